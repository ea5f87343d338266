// Package invoice shows an invoice the same way to the régie and to its family,
// on screen and on paper.
package invoice

import (
	"slices"
	"time"

	"pupitre/internal/domain/billing"
	"pupitre/internal/domain/tariff"
	"pupitre/internal/letter"
	"pupitre/internal/platform/clock"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/french"
	"pupitre/internal/web/door"
	"pupitre/internal/web/ui"
)

// Read is an invoice or a credit note with what it says, and what became of it.
type Read struct {
	billing.Invoice
	Said    billing.Printed
	Account billing.Account
	Other   billing.Invoice // the credit note that cancels it, or the invoice that it cancels; its ID is "" for none
}

// Of reads the invoice; fault.ErrNotFound unless the visitor sees it, and an
// internal error when it is not what was issued.
func Of(v *door.Visit, r db.Reader, id string) (i Read, err error) {
	if i.Invoice, err = billing.InvoiceOf(v.Ctx(), r, v.Actor, id); err != nil {
		return i, err
	}
	if err := i.Untouched(); err != nil {
		return i, err
	}
	if i.Said, err = i.Printed(); err != nil {
		return i, err
	}
	if i.Account, err = billing.AccountOf(v.Ctx(), r, v.Actor, i.Household); err != nil {
		return i, err
	}
	if other := i.CancelledBy + i.Cancels; other != "" {
		i.Other, err = billing.InvoiceOf(v.Ctx(), r, v.Actor, other)
	}
	return i, err
}

// Title is « Facture 2027-0148 ».
func (i Read) Title() string { return french.Sentence(i.Series.French()) + " " + i.Label() }

// Instalments are those of the invoice that stand.
func (i Read) Instalments() (all []billing.Instalment) {
	for _, t := range i.Account.Instalments {
		if t.Invoice == i.ID && t.Stands() {
			all = append(all, t)
		}
	}
	return all
}

// FileName is the paper's.
func (i Read) FileName() string { return i.Series.French() + "-" + i.Label() + ".pdf" }

// PDF is the paper, as it was issued.
func (i Read) PDF() ([]byte, error) {
	c, d := i.Said.Creditor, i.Said.Debtor
	f := letter.InvoiceFacts{
		Number: i.Label(), Note: i.Series == billing.CreditNotes, Cancels: i.Said.Cancels, Reason: i.Reason, Season: i.Said.Season, On: i.IssuedAt, Total: i.Total,
		Creditor: letter.InvoiceCreditor{Name: c.Name, Address: c.Address, Phone: french.Phone(c.Phone), Email: c.Email, SIRET: c.SIRET, TaxNote: c.TaxNote, Appeal: c.Appeal, IBAN: c.IBAN, BIC: c.BIC, Cheque: c.Cheque},
		Debtor:   letter.Party{Name: d.Name, Street: d.Street, Extra: d.Extra, PostalCode: d.Postcode, City: d.Town},
		Mode:     i.Said.Mode, Means: i.Said.Means, Debited: i.Said.Debited,
	}
	for _, l := range i.Lines {
		line := letter.InvoiceLine{Label: l.Label, Amount: l.Amount}
		for _, s := range l.Steps {
			line.Steps = append(line.Steps, letter.InvoiceStep{Label: s.Label, Detail: s.Detail, Change: s.Change})
		}
		f.Lines = append(f.Lines, line)
	}
	for _, p := range i.Said.Plan {
		on, err := time.ParseInLocation(time.DateOnly, p.On, clock.Paris)
		if err != nil {
			return nil, err
		}
		f.Plan = append(f.Plan, letter.InvoiceInstalment{On: on, Amount: p.Amount})
	}
	return letter.Invoice(f)
}

// State shows how an instalment of which so much is paid stands on the day.
func State(i billing.Instalment, paid int64, today string) (ui.StateKind, string) {
	switch {
	case paid >= i.Amount:
		return ui.StateDone, "Réglée"
	case i.On < today:
		return ui.StateTodo, "En retard"
	case paid > 0:
		return ui.StateStarted, french.Euros(paid) + " réglés"
	case i.On == today:
		return ui.StateChecking, "Due aujourd’hui"
	default:
		return ui.StateNone, "À venir"
	}
}

func stepsOf(steps []billing.Step) []tariff.Step {
	all := make([]tariff.Step, len(steps))
	for i, s := range steps {
		all[i] = tariff.Step{Label: s.Label, Detail: s.Detail, Change: s.Change}
	}
	return all
}

// PartyLines are a name and address, line by line.
func PartyLines(p billing.Party) []string {
	return slices.DeleteFunc([]string{p.Name, p.Street, p.Extra, p.Postcode + " " + p.Town}, func(s string) bool { return s == "" || s == " " })
}
