package billing

import (
	"context"
	"fmt"

	"pupitre/internal/domain/actor"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
)

// Loose is what is left to look at before a month is closed, as it stands now, of
// what came until its last day.
type Loose struct {
	Cheques      int64      `db:"cheques"` // in hand, and not kept for a later month
	ChequesSum   int64      `db:"cheques_sum"`
	Vouchers     int64      `db:"vouchers"` // in hand
	VouchersSum  int64      `db:"vouchers_sum"`
	Unsettled    int64      `db:"unsettled"` // slips whose money has not come
	UnsettledSum int64      `db:"unsettled_sum"`
	Credits      []Credited // accounts that have paid too much, the most first
}

// Words name what is left, for who closes the month.
func (l Loose) Words() (all []string) {
	if l.Cheques > 0 {
		all = append(all, french.Euros(l.ChequesSum)+" de chèques à remettre")
	}
	if l.Vouchers > 0 {
		all = append(all, french.Euros(l.VouchersSum)+" de titres à remettre")
	}
	if l.Unsettled > 0 {
		all = append(all, french.Count(l.Unsettled, "bordereau", "bordereaux")+" dont l’argent n’est pas venu")
	}
	if n := int64(len(l.Credits)); n > 0 {
		all = append(all, french.Count(n, "trop-perçu", "trop-perçus"))
	}
	return all
}

func looseOf(ctx context.Context, r db.Reader, last string) (Loose, error) {
	l, err := db.One[Loose](ctx, r, `select coalesce(sum(case when way = 'cheque' then 1 else 0 end), 0) as cheques,
		cast(coalesce(sum(case when way = 'cheque' then amount else 0 end), 0) as bigint) as cheques_sum,
		coalesce(sum(case when way = 'voucher' then 1 else 0 end), 0) as vouchers,
		cast(coalesce(sum(case when way = 'voucher' then amount else 0 end), 0) as bigint) as vouchers_sum,
		(select count(*) from remittance r where r.cancelled_at is null and r.settled_on = '' and r.made_on <= $1) as unsettled,
		cast(coalesce((select sum(r.total) from remittance r where r.cancelled_at is null and r.settled_on = '' and r.made_on <= $1), 0) as bigint) as unsettled_sum
		from (select p.way, p.amount from payment p`+heldWhere+` and p.paid_on <= $1 and p.deposit_on <= $1) h`, last)
	if err != nil {
		return l, fmt.Errorf("read what is left to look at: %w", err)
	}
	l.Credits, err = db.All[Credited](ctx, r, `select c.household_id, coalesce(g.first_name, '') as first_name, coalesce(g.last_name, '') as last_name, c.credit
		from (select p.household_id, cast(sum(p.amount) - coalesce((select sum(x.amount) from allocation x join payment o on o.id = x.payment_id
			where o.household_id = p.household_id), 0) as bigint) as credit from payment p group by p.household_id) c
		left join guardian g on g.household_id = c.household_id and g.position = 0 where c.credit > 0 order by c.credit desc, c.household_id`)
	if err != nil {
		return l, fmt.Errorf("read who has paid too much: %w", err)
	}
	return l, nil
}

// Month is a month of the ledger.
type Month struct {
	Period  Period
	Entries []Entry // in the order of their numbers
	Sums    []Sum
	Due     int64 // instalments due in the month, cents
	Paid    int64 // of these
	Loose   Loose
	Closing *Closing // when it is closed
	Until   string   // the last closed day of all, "" for none
}

// In is what came in.
func (m Month) In() (sum int64) {
	for _, s := range m.Sums {
		sum += s.In
	}
	return sum
}

// Out is what went out, came back or was corrected; not positive.
func (m Month) Out() (sum int64) {
	for _, s := range m.Sums {
		sum += s.Out
	}
	return sum
}

// MonthOf returns the month as it stands; a closed one keeps the sums with which
// it was closed. Office only: fault.ErrForbidden. fault.ErrNotFound when p is no
// month.
func MonthOf(ctx context.Context, r db.Reader, a actor.Actor, p Period) (m Month, err error) {
	m = Month{Period: p}
	if p.Last() == "" {
		return m, fault.ErrNotFound
	}
	if m.Entries, err = EntriesBetween(ctx, r, a, p.First(), p.Last()); err != nil {
		return m, err
	}
	m.Sums = Sums(m.Entries)
	due, err := db.One[struct {
		Due  int64 `db:"due"`
		Paid int64 `db:"paid"`
	}](ctx, r, `select cast(coalesce(sum(t.amount), 0) as bigint) as due,
		cast(coalesce(sum((select sum(x.amount) from allocation x where x.instalment_id = t.id)), 0) as bigint) as paid
		from instalment t where t.ended_at is null and t.due_on between $1 and $2`, p.First(), p.Last())
	if err != nil {
		return m, fmt.Errorf("read what was due: %w", err)
	}
	m.Due, m.Paid = due.Due, due.Paid
	closings, err := Closings(ctx, r)
	if err != nil {
		return m, err
	}
	for i, c := range closings {
		m.Until = max(m.Until, c.Until)
		if c.Period == p {
			m.Closing = &closings[i]
		}
	}
	m.Loose, err = looseOf(ctx, r, p.Last())
	return m, err
}

// LedgerOf returns the entries of the month with whose they are, in the order of
// their numbers. Office only: fault.ErrForbidden.
func LedgerOf(ctx context.Context, r db.Reader, a actor.Actor, p Period) ([]NamedEntry, error) {
	if !a.May(actor.Sees, actor.Billing) {
		return nil, fault.ErrForbidden
	}
	return db.All[NamedEntry](ctx, r, `select `+namedColumns+namedFrom+` where p.paid_on between $1 and $2 order by p.number`, p.First(), p.Last())
}

// Next is the month that may be closed next: the one after the last closed, or
// else that of the first entry; "" when there is nothing to close.
func Next(ctx context.Context, r db.Reader) (Period, error) {
	until, err := ClosedUntil(ctx, r)
	if err != nil {
		return "", err
	}
	if until != "" {
		return PeriodOf(nextDay(until)), nil
	}
	first, err := db.One[string](ctx, r, `select coalesce(min(paid_on), '') from payment`)
	return PeriodOf(first), err
}

// Numbers are those that a series has given in a year.
type Numbers struct {
	Year    int64 `db:"year"`
	Last    int64 `db:"last_number"`
	Invoice int64 `db:"invoices"` // how many there are
}

// Whole tells whether none is missing.
func (n Numbers) Whole() bool { return n.Last == n.Invoice }

// NumbersOf counts the invoices of a civil year. Office only: fault.ErrForbidden.
func NumbersOf(ctx context.Context, r db.Reader, a actor.Actor, year int64) (Numbers, error) {
	if !a.May(actor.Sees, actor.Billing) {
		return Numbers{}, fault.ErrForbidden
	}
	return db.One[Numbers](ctx, r, `select cast($1 as bigint) as year, coalesce((select last_number from billing_number where series = 'invoice' and year = $1), 0) as last_number,
		(select count(*) from invoice where series = 'invoice' and year = $1) as invoices`, year)
}

// Credited is an account that has paid more than it owes.
type Credited struct {
	Household string `db:"household_id"`
	Named
	Credit int64 `db:"credit"`
}
