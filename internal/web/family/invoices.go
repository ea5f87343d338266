package family

import (
	"slices"
	"strings"

	"pupitre/internal/domain/billing"
	"pupitre/internal/domain/people"
	"pupitre/internal/domain/school"
	"pupitre/internal/platform/clock"
	"pupitre/internal/platform/french"
	"pupitre/internal/web/door"
	"pupitre/internal/web/invoice"
	"pupitre/internal/web/ui"
)

// invoicesPage is what the household was invoiced and has paid.
type invoicesPage struct {
	ui.Base
	Season  string
	Account billing.Account
	Seasons []invoicedSeason
	Late    int64
	Today   string
	Rows    []ui.RecapRow
}

// invoicedSeason is an invoice that stands, as its season is paid.
type invoicedSeason struct {
	billing.Invoice
	Name        string
	Debited     bool
	Paid        int64
	Settled     int // instalments
	Instalments []billing.Instalment
}

// ShowInvoices shows what the household was invoiced, has paid and still owes (R16).
func (p *Pages) ShowInvoices(v *door.Visit) error {
	h, err := p.household(v)
	if err != nil {
		return err
	}
	page := invoicesPage{Base: v.Base("Factures"), Season: v.Season.Name, Today: v.Now.In(clock.Paris).Format("2006-01-02")}
	if page.Rows, err = p.billingRows(v, h, "/famille/identite"); err != nil {
		return err
	}
	if page.Account, err = billing.AccountOf(v.Ctx(), p.store, v.Actor, h.ID); err != nil {
		return err
	}
	for _, i := range slices.Backward(page.Account.Invoices) {
		if !i.Stands() {
			continue
		}
		said, err := i.Printed()
		if err != nil {
			return err
		}
		s := invoicedSeason{Invoice: i, Name: said.Season, Debited: said.Debited}
		for _, t := range page.Account.Instalments {
			if t.Invoice != i.ID || !t.Stands() {
				continue
			}
			paid := page.Account.Paid(t.ID)
			s.Instalments, s.Paid = append(s.Instalments, t), s.Paid+paid
			if paid >= t.Amount {
				s.Settled++
			}
			if t.On < page.Today {
				page.Late += t.Amount - paid
			}
		}
		page.Seasons = append(page.Seasons, s)
	}
	return v.Show(200, invoicesView(page))
}

// invoicePage is the twin on screen of an invoice on paper.
type invoicePage struct {
	ui.Base
	invoice.Read
	Today string
}

// ShowInvoice shows one invoice or credit note.
func (p *Pages) ShowInvoice(v *door.Visit) (err error) {
	page := invoicePage{Today: v.Now.In(clock.Paris).Format("2006-01-02")}
	if page.Read, err = invoice.Of(v, p.store, v.PathValue("invoice")); err != nil {
		return err
	}
	page.Base = v.Base(page.Read.Title())
	return v.Show(200, invoiceView(page))
}

// otherWords says what the other paper does to this one, or this one to it.
func (i invoicePage) otherWords() string {
	if i.Series == billing.CreditNotes {
		return " est annulée par cet avoir."
	}
	return " annule cette facture."
}

// payable tells whether the page says how to pay.
func (i invoicePage) payable() bool { return i.Stands() && !i.Said.Debited && i.Total > 0 }

// ways are how to pay: nothing of what the school has not said.
func (i invoicePage) ways() []ui.RecapRow {
	c := i.Said.Creditor
	rows := []ui.RecapRow{{Term: "Référence à rappeler", Text: i.Label()}, {Term: "Chèque à l’ordre de", Text: c.Cheque}}
	if c.IBAN != "" {
		rows = append(rows, ui.RecapRow{Term: "Virement, IBAN", Text: strings.ReplaceAll(french.Groups(c.IBAN, 4), "\u00a0", " ")}, ui.RecapRow{Term: "BIC", Text: c.BIC})
	}
	return slices.DeleteFunc(rows, func(r ui.RecapRow) bool { return r.Text == "" })
}

// InvoicePaper answers an invoice or credit note as a PDF.
func (p *Pages) InvoicePaper(v *door.Visit) error {
	i, err := invoice.Of(v, p.store, v.PathValue("invoice"))
	if err != nil {
		return err
	}
	paper, err := i.PDF()
	if err != nil {
		return err
	}
	return sendPDF(v, i.FileName(), paper)
}

// Receipt answers the paper of a payment.
func (p *Pages) Receipt(v *door.Visit) error {
	paper, name, err := invoice.Receipt(v, p.store, v.PathValue("entry"))
	if err != nil {
		return err
	}
	return sendPDF(v, name, paper)
}

// Certificate answers the paper of what was paid in a year.
func (p *Pages) Certificate(v *door.Visit) error {
	paper, name, err := invoice.Certificate(v, p.store, v.Actor.Household, v.PathValue("year"))
	if err != nil {
		return err
	}
	return sendPDF(v, name, paper)
}

// billingRows are the billing mode and the means of payment, in words.
func (p *Pages) billingRows(v *door.Visit, h people.Household, edit string) ([]ui.RecapRow, error) {
	modes, err := school.BillingModes(v.Ctx(), p.store)
	if err != nil {
		return nil, err
	}
	means, err := school.PaymentMeans(v.Ctx(), p.store)
	if err != nil {
		return nil, err
	}
	mode, chosen := "À choisir", []string{}
	for _, m := range modes {
		if m.Code == h.BillingMode {
			mode = m.Name
		}
	}
	for _, m := range means {
		if slices.Contains(h.Means, m.Code) {
			chosen = append(chosen, m.Name)
		}
	}
	if len(chosen) == 0 {
		chosen = []string{"À choisir"}
	}
	return []ui.RecapRow{
		{Term: "Mode de facturation", Text: mode, EditURL: edit},
		{Term: "Moyens de paiement", Text: french.List(chosen), EditURL: edit},
	}, nil
}

func invoicePath(id string) string { return "/factures/" + id }

// papers are what the household may keep: its invoices, and what it has paid each year.
func (p invoicesPage) papers() (all []ui.Task) {
	for _, i := range slices.Backward(p.Account.Invoices) {
		note := french.CivilDate(i.On) + " · " + french.Euros(i.Total)
		if i.CancelledBy != "" {
			note += " · annulée par un avoir"
		}
		all = append(all, ui.Task{Label: french.Sentence(i.Series.French()) + " " + i.Label(), Note: note, URL: invoicePath(i.ID)})
	}
	for _, year := range invoice.PaidIn(p.Account) {
		all = append(all, ui.Task{Label: "Attestation de paiement " + year, Note: "Pour les impôts ou l’employeur · PDF", URL: "/attestations/" + year})
	}
	return all
}

// payments are the entries of the ledger, each with its receipt when it has one.
func (p invoicesPage) payments() (all []ui.Task) {
	for _, e := range slices.Backward(p.Account.Entries) {
		t := ui.Task{Label: french.Euros(e.Amount), Note: french.CivilDate(e.On) + " · " + e.Way.French()}
		switch {
		case invoice.HasReceipt(p.Account, e):
			t.URL, t.Note = "/paiements/"+e.ID, t.Note+" · reçu, PDF"
		case e.Kind == billing.Received:
			t.Note += " · annulé ou rejeté ensuite"
		default:
			t.Note += " · " + e.Kind.French()
		}
		all = append(all, t)
	}
	return all
}
