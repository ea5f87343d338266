package billing

import (
	"cmp"
	"slices"
	"time"

	"pupitre/internal/domain/tariff"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
)

// Instalment (échéance) is one part of an invoice, due on a day. Those of an
// invoice that stand add up to its total.
type Instalment struct {
	ID        string    `db:"id"`
	Invoice   string    `db:"invoice_id"`
	Position  int64     `db:"position"`
	On        string    `db:"due_on"`
	Amount    int64     `db:"amount"`
	EndedAt   time.Time `db:"ended_at"` // replaced by others, or its invoice is cancelled
	CreatedAt time.Time `db:"created_at"`
}

// Stands tells whether the instalment is part of the plan.
func (i Instalment) Stands() bool { return i.EndedAt.IsZero() }

// Schedule is when the total is due, in so many times: on the plan's days that
// have not passed on that day; on that day itself when all have. It returns
// *fault.Invalid when the tariff has no plan in so many times.
func Schedule(t tariff.Tariff, starts string, times int, total int64, from string) ([]tariff.Instalment, error) {
	plan, found := t.Plan(times)
	if !found {
		return nil, noPlan(times)
	}
	days := notBefore(tariff.Days(starts, plan), from)
	if len(days) == 0 {
		days = []string{from}
	}
	return t.Share(days, total), nil
}

func noPlan(times int) error {
	return fault.Refuse("Les tarifs de la saison n’ont pas de dates pour un paiement en " + french.Count(int64(times), "fois", "fois") + french.Nbsp + ": la régie les complète.")
}

func notBefore(days []string, from string) []string {
	return slices.DeleteFunc(slices.Clone(days), func(day string) bool { return day < from })
}

// Replan shares what is not due yet of the invoice anew, among the days of the
// other plan that are still to come after today. What is paid stays as it is;
// what was due by today and is not paid stays due: changing the mode puts off no
// debt. An instalment paid in part is lowered to what was paid of it.
// *fault.Invalid when nothing is left to share, or no day is left for it.
func (a Account) Replan(invoice string, t tariff.Tariff, starts string, times int, now time.Time, today string) (Change, error) {
	plan, found := t.Plan(times)
	if !found {
		return Change{}, noPlan(times)
	}
	var c Change
	left, last := int64(0), int64(0)
	for _, i := range a.of(invoice) {
		last = max(last, i.Position)
		paid := a.Paid(i.ID)
		if i.On <= today || paid == i.Amount {
			continue
		}
		left += i.Amount - paid
		if paid > 0 {
			i.Amount = paid
			c.Lowered = append(c.Lowered, i)
			continue
		}
		i.EndedAt = now
		c.Ended = append(c.Ended, i)
	}
	if left == 0 {
		return Change{}, fault.Refuse("Il ne reste rien à échelonner" + french.Nbsp + ": tout est réglé, ou déjà dû.")
	}
	days := notBefore(tariff.Days(starts, plan), nextDay(today))
	if len(days) == 0 {
		return Change{}, fault.Refuse("Aucune date de ce mode de facturation n’est encore à venir" + french.Nbsp + ": gardez l’échéancier.")
	}
	for _, due := range t.Share(days, left) {
		last++
		c.Added = append(c.Added, Instalment{ID: db.NewID(), Invoice: invoice, Position: last, On: due.On, Amount: due.Amount, CreatedAt: now})
	}
	return c, nil
}

// of are the instalments of the invoice that stand, in order.
func (a Account) of(invoice string) []Instalment {
	var all []Instalment
	for _, i := range a.Instalments {
		if i.Invoice == invoice && i.Stands() {
			all = append(all, i)
		}
	}
	return sorted(all)
}

func sorted(all []Instalment) []Instalment {
	all = slices.Clone(all)
	slices.SortFunc(all, oldestFirst)
	return all
}

// oldestFirst orders instalments as payments settle them.
func oldestFirst(a, b Instalment) int {
	return cmp.Or(cmp.Compare(a.On, b.On), cmp.Compare(a.Invoice, b.Invoice), cmp.Compare(a.Position, b.Position))
}

// nextDay is the day after; a text that is no day stays as it is.
func nextDay(day string) string {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return day
	}
	return t.AddDate(0, 0, 1).Format(time.DateOnly)
}
