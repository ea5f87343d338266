package billing

import (
	"errors"
	"net/url"
	"strconv"

	"pupitre/internal/domain/billing"
	"pupitre/internal/domain/school"
	"pupitre/internal/domain/tariff"
	"pupitre/internal/platform/fault"
	"pupitre/internal/web/door"
	"pupitre/internal/web/invoice"
	"pupitre/internal/web/ui"
)

// listPage is the season's invoices.
type listPage struct {
	ui.Base
	Season school.Season
	billing.Standing
	Filter billing.Filter
	All    []billing.Listed
	Pager  ui.Pager
}

// The fields that narrow the list.
const (
	fieldText  = "q"
	fieldStand = "etat"
	fieldPage  = "page"
)

// Invoices lists the season's invoices and credit notes.
func (p *Pages) Invoices(v *door.Visit) error {
	var l listPage
	var err error
	if l.Base, err = p.base(v, "Factures", invoicesPath); err != nil {
		return err
	}
	if l.Season, err = p.season(v); err != nil {
		return err
	}
	if l.Season.ID == "" {
		return v.Show(200, listView(l))
	}
	l.Base.Title = "Factures, saison " + l.Season.Name
	l.Filter = billing.Filter{Text: v.Query(fieldText), Stand: billing.Stand(v.Query(fieldStand))}
	if l.Standing, err = billing.StandingOf(v.Ctx(), p.store, v.Actor, l.Season.ID, today(v)); err != nil {
		return err
	}
	at, err := strconv.ParseInt(v.Query(fieldPage), 10, 32)
	if err != nil || at < 1 {
		at = 1
	}
	count := int64(0)
	if l.All, count, err = billing.Listing(v.Ctx(), p.store, v.Actor, l.Season.ID, today(v), l.Filter, (at-1)*perPage, perPage); err != nil {
		return err
	}
	l.Pager = ui.Pager{From: int((at-1)*perPage + 1), To: int(min(at*perPage, count)), Total: int(count)}
	if at > 1 {
		l.Pager.PreviousURL = l.at(l.Filter.Stand, at-1)
	}
	if at*perPage < count {
		l.Pager.NextURL = l.at(l.Filter.Stand, at+1)
	}
	return v.Show(200, listView(l))
}

// at is the address of a page of the list.
func (l listPage) at(stand billing.Stand, page int64) string {
	q := url.Values{}
	set := func(name, value string) {
		if value != "" {
			q.Set(name, value)
		}
	}
	set(fieldText, l.Filter.Text)
	set(fieldStand, string(stand))
	if !l.Season.IsCurrent {
		set("saison", l.Season.ID)
	}
	if page > 1 {
		q.Set(fieldPage, itoa(page))
	}
	if len(q) == 0 {
		return invoicesPath
	}
	return invoicesPath + "?" + q.Encode()
}

func (l listPage) tabs() []ui.Tab {
	all := []ui.Tab{
		{Label: "Toutes", Count: int(l.Invoices + l.Cancelled + l.Notes)}, {Label: "En retard", Count: int(l.LateCount)}, {Label: "À payer", Count: int(l.Unpaid)},
		{Label: "Soldées", Count: int(l.Settled)}, {Label: "Annulées", Count: int(l.Cancelled)}, {Label: "Avoirs", Count: int(l.Notes)},
	}
	for i, s := range []billing.Stand{billing.AnyStand, billing.Late, billing.ToPay, billing.Settled, billing.Cancelled, billing.Notes} {
		all[i].URL, all[i].Current = l.at(s, 1), l.Filter.Stand == s
	}
	return all
}

// invoicePage is one invoice, or credit note, as it was issued, and what became of it.
type invoicePage struct {
	ui.Base
	invoice.Read
	Anew        *billing.Prepared // what would be invoiced now, when that is another amount
	Modes       []school.BillingMode
	Today       string
	May         bool
	Refusal     string
	Invalid     *fault.Invalid
	TypedReason string
}

// The fields of the acts on an invoice.
const (
	fieldReason = "motif"
	fieldTimes  = "fois"
)

// mostReason is how long the reason of a credit note may be: it is printed.
const mostReason = 300

func (p *Pages) readInvoice(v *door.Visit) (i invoicePage, err error) {
	if i.Read, err = invoice.Of(v, p.store, v.PathValue("invoice")); err != nil {
		return i, err
	}
	if i.Modes, err = school.BillingModes(v.Ctx(), p.store); err != nil {
		return i, err
	}
	if i.Anew, err = p.anew(v, i.Read); err != nil {
		return i, err
	}
	i.May, i.Today = mayChange(v), today(v)
	i.Base, err = p.base(v, i.Read.Title(), invoicesPath)
	return i, err
}

// anew is what the payer would be invoiced now, when that is another amount: a
// quotient that came later, a tariff or a stay that changed. nil when it is the
// same, or cannot be told.
func (p *Pages) anew(v *door.Visit, i invoice.Read) (*billing.Prepared, error) {
	if !i.Stands() {
		return nil, nil
	}
	season, err := school.SeasonByID(v.Ctx(), p.store, i.Season)
	if err != nil {
		return nil, err
	}
	all, err := billing.Prepare(v.Ctx(), p.store, v.Actor, v.Now, v.School, season, billing.Scope{Households: []string{i.Payer}})
	if _, is := door.AsInvalid(err); is {
		return nil, nil // the season has no tariff
	}
	for n, now := range all {
		if now.Household == i.Payer && now.Refused == "" && now.Total != i.Total {
			return &all[n], nil
		}
	}
	return nil, err
}

// Invoice shows an invoice as it was issued, and what became of it.
func (p *Pages) Invoice(v *door.Visit) error {
	i, err := p.readInvoice(v)
	if err != nil {
		return err
	}
	return v.Show(200, invoiceView(i))
}

// Paper answers an invoice or a credit note as a PDF.
func (p *Pages) Paper(v *door.Visit) error {
	i, err := invoice.Of(v, p.store, v.PathValue("invoice"))
	if err != nil {
		return err
	}
	paper, err := i.PDF()
	if err != nil {
		return err
	}
	return v.ShowFile("application/pdf", i.FileName(), 1, paper)
}

// Cancel issues the credit note of an invoice.
func (p *Pages) Cancel(v *door.Visit) error {
	form, err := v.Form()
	if err != nil {
		return err
	}
	i, err := p.readInvoice(v)
	if err != nil {
		return err
	}
	i.TypedReason = form.Value(fieldReason)
	if len([]rune(i.TypedReason)) > mostReason {
		return p.refuse(v, i, &fault.Invalid{Message: "Rien n’a changé.", Fields: []fault.Field{{Name: fieldReason, Message: "Écrivez le motif en " + itoa(mostReason) + " caractères au plus."}}})
	}
	note, err := p.books.Cancel(v.Ctx(), v.Actor, i.ID, i.TypedReason)
	if err == nil {
		return v.Redirect(invoicePath(note.ID), door.Done("Avoir "+note.Label()+" émis"))
	}
	return p.refuse(v, i, err)
}

func (p *Pages) refuse(v *door.Visit, i invoicePage, err error) error {
	var conflict *fault.Conflict
	if errors.As(err, &conflict) {
		i.Refusal = conflict.Message
		return v.Show(409, invoiceView(i))
	}
	if i.Invalid, err = refused(err); err != nil {
		return err
	}
	if i.Base.Errors = door.FieldErrors(i.Invalid); len(i.Base.Errors) == 0 {
		i.Refusal = i.Invalid.Message
	}
	return v.Show(422, invoiceView(i))
}

// Replan shares what is left of an invoice in another number of times.
func (p *Pages) Replan(v *door.Visit) error {
	form, err := v.Form()
	if err != nil {
		return err
	}
	i, err := p.readInvoice(v)
	if err != nil {
		return err
	}
	season, err := school.SeasonByID(v.Ctx(), p.store, i.Season)
	if err != nil {
		return err
	}
	held, err := tariff.Of(v.Ctx(), p.store, season.ID)
	if err != nil {
		return err
	}
	times, err := strconv.Atoi(form.Value(fieldTimes))
	if err != nil {
		return p.refuse(v, i, &fault.Invalid{Message: "Rien n’a changé.", Fields: []fault.Field{{Name: fieldTimes, Message: "Choisissez en combien de fois."}}})
	}
	if err := p.books.Replan(v.Ctx(), v.Actor, i.ID, held.Tariff, season.StartsOn, times); err != nil {
		return p.refuse(v, i, err)
	}
	return v.Redirect(invoicePath(i.ID), door.Done("Nouvel échéancier"))
}
