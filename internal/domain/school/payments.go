package school

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
)

// MostInstalments is in how many times an invoice may be paid.
const MostInstalments = 12

// mostMeans is how many means of payment there are beside the direct debit.
const mostMeans = 10

// Payments is how families may pay (R12). A name that is empty is not offered.
type Payments struct {
	Modes [MostInstalments]string // by number of instalments less one
	Debit string                  // the direct debit, for which a mandate may be asked
	Means [mostMeans]string       // the others, in order
	codes [mostMeans]string       // of those that are kept
	debit string                  // its code
}

// Payers counts the families that have chosen each billing mode and each means.
type Payers struct {
	Modes map[int64]int64
	Means map[string]int64
}

// PaymentRules are the payments as one form holds them.
var PaymentRules = Group[Payments]{Settings: join(
	Under("En combien de fois", modes()...),
	Under("Avec quels moyens", means()...),
), whole: func(p Payments, c *fault.Check) {
	c.That(slices.ContainsFunc(p.Modes[:], func(name string) bool { return name != "" }), "fois_1", "Gardez au moins une façon de payer"+french.Nbsp+": une famille ne pourrait rien envoyer.")
	known := map[string]string{french.Fold(p.Debit): "prelevement"}
	for i, name := range p.Means {
		other, twice := known[french.Fold(name)]
		c.That(name == "" || !twice, meanField(i), "Ce moyen est déjà dans la liste.")
		if name != "" && other == "" {
			known[french.Fold(name)] = meanField(i)
		}
	}
	c.That(p.Debit != "" || slices.ContainsFunc(p.Means[:], func(name string) bool { return name != "" }), "prelevement", "Gardez au moins un moyen"+french.Nbsp+": une famille ne pourrait rien envoyer.")
}}

func modeField(instalments int) string { return fmt.Sprintf("fois_%d", instalments) }

func meanField(i int) string { return fmt.Sprintf("moyen_%d", i+1) }

func modes() []Setting[Payments] {
	all := make([]Setting[Payments], MostInstalments)
	for i := range all {
		help := ""
		if i == 0 {
			help = "Ce que lit la famille, comme «" + french.Nbsp + "En 1 fois – paiement en octobre" + french.Nbsp + "». Vide" + french.Nbsp + ": n’est pas proposé."
		}
		all[i] = Line(modeField(i+1), fmt.Sprintf("En %d fois", i+1), help, 100, func(p *Payments) *string { return &p.Modes[i] })
	}
	return all
}

func means() []Setting[Payments] {
	all := []Setting[Payments]{Line("prelevement", "Prélèvement bancaire", "Un mandat et un RIB peuvent être demandés à qui le choisit. Vide"+french.Nbsp+": n’est pas proposé.", 100, func(p *Payments) *string { return &p.Debit })}
	for i := range mostMeans {
		help := ""
		if i == 0 {
			help = "Chèques, chèques vacances, e-pass culture, virement…"
		}
		all = append(all, Line(meanField(i), fmt.Sprintf("Autre moyen %d", i+1), help, 100, func(p *Payments) *string { return &p.Means[i] }))
	}
	return all
}

// PaymentsOf returns how families may pay now.
func PaymentsOf(ctx context.Context, r db.Reader) (p Payments, err error) {
	kept, err := BillingModes(ctx, r)
	if err != nil {
		return p, err
	}
	for _, m := range kept {
		if m.Code >= 1 && m.Code <= MostInstalments {
			p.Modes[m.Code-1] = m.Name
		}
	}
	all, err := PaymentMeans(ctx, r)
	n := 0
	for _, m := range all {
		switch {
		case m.IsDebit && p.debit == "":
			p.Debit, p.debit = m.Name, m.Code
		case n < mostMeans:
			p.Means[n], p.codes[n] = m.Name, m.Code
			n++
		}
	}
	return p, err
}

// SavePayments saves how families may pay; what some have chosen is not taken
// away. It returns *Stale, *fault.Invalid or fault.ErrForbidden.
func SavePayments(ctx context.Context, tx *db.Tx, e Edit, typed map[string]string, payers Payers) ([]Difference, error) {
	now, err := PaymentsOf(ctx, tx)
	if err != nil {
		return nil, err
	}
	e.Subject, e.Name = "payments", "Paiement"
	return PaymentRules.Apply(ctx, tx, e, now, typed, func(next Payments) error {
		if err := missed(now, next, payers); err != nil {
			return err
		}
		for i, name := range next.Modes {
			if err := putMode(ctx, tx, int64(i+1), now.Modes[i], name); err != nil {
				return err
			}
		}
		all, err := PaymentMeans(ctx, tx)
		if err != nil {
			return err
		}
		return putMeans(ctx, tx, all, next)
	})
}

// missed refuses to take away what families have chosen.
func missed(now, next Payments, payers Payers) error {
	var c fault.Check
	gone := func(field string, n int64) {
		c.That(n == 0, field, french.Count(n, "famille l’a choisi", "familles l’ont choisi")+french.Nbsp+": gardez-le, ou changez d’abord leur choix, sur leur page.")
	}
	for i, name := range next.Modes {
		if name == "" && now.Modes[i] != "" {
			gone(modeField(i+1), payers.Modes[int64(i+1)])
		}
	}
	for i, name := range next.Means {
		if name == "" && now.codes[i] != "" {
			gone(meanField(i), payers.Means[now.codes[i]])
		}
	}
	if next.Debit == "" && now.debit != "" {
		gone("prelevement", payers.Means[now.debit])
	}
	return c.Err()
}

func putMode(ctx context.Context, tx *db.Tx, instalments int64, was, name string) error {
	switch {
	case was == name:
		return nil
	case name == "":
		_, err := tx.Exec(ctx, `delete from billing_mode where code = $1`, instalments)
		return changed(ctx, tx, err)
	default:
		return PutBillingMode(ctx, tx, BillingMode{Code: instalments, Name: name, Position: instalments})
	}
}

// putMeans writes the means by their codes; a new one gets the code of its name.
func putMeans(ctx context.Context, tx *db.Tx, all []PaymentMean, next Payments) error {
	taken, last := map[string]PaymentMean{}, int64(0)
	for _, m := range all {
		taken[m.Code], last = m, max(last, m.Position)
	}
	put := func(code, name string, debit bool) error {
		held, there := taken[code]
		switch {
		case code == "" && name == "", there && held.Name == name:
			return nil
		case name == "":
			_, err := tx.Exec(ctx, `delete from payment_mean where code = $1`, code)
			return changed(ctx, tx, err)
		case !there:
			last++
			held = PaymentMean{Code: freeCode(taken, name), IsDebit: debit, Position: last}
		}
		held.Name = name
		taken[held.Code] = held
		return PutPaymentMean(ctx, tx, held)
	}
	if err := put(next.debit, next.Debit, true); err != nil {
		return err
	}
	for i, name := range next.Means {
		if err := put(next.codes[i], name, false); err != nil {
			return err
		}
	}
	return nil
}

// freeCode is the name in plain letters, with a number when it is taken.
func freeCode(taken map[string]PaymentMean, name string) string {
	plain := strings.Join(strings.FieldsFunc(french.Fold(name), func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') }), "-")
	if plain == "" {
		plain = "moyen"
	}
	code := plain
	for n := 2; ; n++ {
		if _, there := taken[code]; !there {
			return code
		}
		code = fmt.Sprintf("%s-%d", plain, n)
	}
}
