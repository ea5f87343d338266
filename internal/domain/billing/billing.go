// Package billing turns what tariff has calculated into invoices, and keeps what
// is paid of them. An invoice that is issued is never edited: a credit note
// (avoir) cancels it. The ledger of payments only grows: what was wrong, or came
// back, has a counter-entry. The rules are pure: they work on an Account, and
// answer with the Change that they want kept.
//
// Money is whole cents; days are text, 2027-10-05.
package billing

import (
	"fmt"

	"pupitre/internal/domain/tariff"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
)

// Step is one line of a calculation, as the invoice prints it.
type Step struct {
	Label  string `json:"label"`
	Detail string `json:"detail"`
	Change int64  `json:"change"`
}

// Line is one line of an invoice: a pupil's season, or what a household is
// charged once. Its steps add up to its amount.
type Line struct {
	Pupil  string `json:"-"` // id, "" for the household's own
	Label  string `json:"label"`
	Steps  []Step `json:"steps"`
	Amount int64  `json:"amount"`
}

// householdLabel is the line of what no pupil is charged for.
const householdLabel = "Foyer"

// LinesOf makes the lines of an invoice of what tariff has calculated. A line of
// nothing is kept: the family reads why.
func LinesOf(bill tariff.Bill) []Line {
	var all []Line
	for _, c := range bill.Charges {
		all = append(all, Line{Pupil: c.Pupil.Key, Label: c.Pupil.Name, Steps: stepsOf(c.Steps), Amount: c.Total})
	}
	if len(bill.Steps) > 0 {
		line := Line{Label: householdLabel, Steps: stepsOf(bill.Steps)}
		for _, s := range bill.Steps {
			line.Amount += s.Change
		}
		all = append(all, line)
	}
	return all
}

func stepsOf(steps []tariff.Step) []Step {
	all := make([]Step, len(steps))
	for i, s := range steps {
		all[i] = Step{Label: s.Label, Detail: s.Detail, Change: s.Change}
	}
	return all
}

// Party is a creditor or a debtor, as it is printed.
type Party struct {
	Name     string `json:"name"`
	Street   string `json:"street"`
	Extra    string `json:"extra"`
	Postcode string `json:"postcode"`
	Town     string `json:"town"`
}

// Draft is an invoice that is not issued yet.
type Draft struct {
	Payer      string // household id
	Season     string // id
	SeasonName string // « 2027-2028 »
	Creditor   Creditor
	Debtor     Party
	Lines      []Line
	Mode       string              // « en 8 fois »
	Means      []string            // as the family has chosen them, in words
	Debited    bool                // collected by direct debit
	Plan       []tariff.Instalment // adds up to the total
}

// Creditor is who an invoice is owed to, and what it must say of it.
type Creditor struct {
	Name    string `json:"name"`
	Address string `json:"address"` // on one line
	Phone   string `json:"phone"`
	Email   string `json:"email"`
	SIRET   string `json:"siret"`
	TaxNote string `json:"tax_note"` // « TVA non applicable, article … »
	Appeal  string `json:"appeal"`   // ways and delay of appeal
	IBAN    string `json:"iban"`     // of the account that transfers go to
	BIC     string `json:"bic"`
	Cheque  string `json:"cheque"` // to whose order cheques are made
}

// Total is what the lines add up to.
func (d Draft) Total() int64 {
	total := int64(0)
	for _, l := range d.Lines {
		total += l.Amount
	}
	return total
}

// Check returns *fault.Invalid when the invoice lacks a debtor or a line, and an
// internal error when its sums do not agree: that is ours to mend.
func (d Draft) Check() error {
	switch {
	case d.Debtor.Name == "":
		return fault.Refuse("Cette facture n’a pas de débiteur" + french.Nbsp + ": complétez le responsable du foyer.")
	case d.Debtor.Postcode == "" || d.Debtor.Town == "":
		return fault.Refuse("Le foyer " + d.Debtor.Name + " n’a pas d’adresse complète" + french.Nbsp + ": complétez-la avant de facturer.")
	case len(d.Lines) == 0:
		return fault.Refuse("Il n’y a rien à facturer au foyer " + d.Debtor.Name + ".")
	case d.Total() < 0:
		return fmt.Errorf("the invoice of household %s is negative: %d", d.Payer, d.Total())
	}
	for _, l := range d.Lines {
		sum := int64(0)
		for _, s := range l.Steps {
			sum += s.Change
		}
		if sum != l.Amount {
			return fmt.Errorf("the steps of « %s », household %s, add up to %d, not to %d", l.Label, d.Payer, sum, l.Amount)
		}
	}
	planned, last := int64(0), ""
	for _, i := range d.Plan {
		if i.Amount <= 0 || i.On <= last {
			return fmt.Errorf("household %s: an instalment of %d on %q after %q", d.Payer, i.Amount, i.On, last)
		}
		planned, last = planned+i.Amount, i.On
	}
	if planned != d.Total() {
		return fmt.Errorf("household %s: the instalments add up to %d, not to %d", d.Payer, planned, d.Total())
	}
	return nil
}
