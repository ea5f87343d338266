package billing

import (
	"bytes"
	"errors"
	"net/url"
	"slices"
	"time"

	"pupitre/internal/domain/billing"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
	"pupitre/internal/platform/sheet"
	"pupitre/internal/web/door"
	"pupitre/internal/web/ui"
)

const (
	receiptsPath    = "/bureau/encaissements"
	remittancesPath = "/bureau/remises"
)

const (
	fieldMonth = "mois"
	fieldEntry = "ecriture" // of what is handed over, once for each
	fieldQuery = "q"
)

// latestSlips is how many remittances the page of what came in shows.
const latestSlips = 20

// receiptsPage is what came in: what is in hand, and the month that is to be closed.
type receiptsPage struct {
	ui.Base
	Month   billing.Month
	Next    billing.Period // the month that may be closed now, "" for none
	Months  []ui.Option
	Cheques []billing.NamedEntry
	Issuers [][]billing.NamedEntry // the vouchers of each
	Slips   []billing.Remittance
	Numbers billing.Numbers
	Today   string
	May     bool
	Chosen  []string // what was chosen, on a form that was refused
	Reason  string
	Invalid *fault.Invalid // of the closing
	Refusal string
}

func remittancePath(id string) string { return remittancesPath + "/" + url.PathEscape(id) }

func monthPath(p billing.Period) string {
	return receiptsPath + "?" + url.Values{fieldMonth: {string(p)}}.Encode()
}

func (p *Pages) readReceipts(v *door.Visit, period billing.Period) (r receiptsPage, err error) {
	r.Today, r.May = today(v), mayChange(v)
	if period == "" {
		period = billing.PeriodOf(r.Today)
	}
	if r.Month, err = billing.MonthOf(v.Ctx(), p.store, v.Actor, period); err != nil {
		return r, err
	}
	if r.Next, err = billing.Next(v.Ctx(), p.store); err != nil {
		return r, err
	}
	held, err := billing.InHand(v.Ctx(), p.store, v.Actor)
	if err != nil {
		return r, err
	}
	for _, h := range held {
		switch {
		case h.Way == billing.Cheque:
			r.Cheques = append(r.Cheques, h)
		case len(r.Issuers) > 0 && r.Issuers[len(r.Issuers)-1][0].Issuer == h.Issuer:
			last := len(r.Issuers) - 1
			r.Issuers[last] = append(r.Issuers[last], h)
		default:
			r.Issuers = append(r.Issuers, []billing.NamedEntry{h})
		}
	}
	if r.Slips, err = billing.Remittances(v.Ctx(), p.store, v.Actor, latestSlips); err != nil {
		return r, err
	}
	if r.Numbers, err = billing.NumbersOf(v.Ctx(), p.store, v.Actor, int64(v.Now.Year())); err != nil {
		return r, err
	}
	r.Months = months(r.Today, period)
	r.Base, err = p.base(v, "Encaissements", receiptsPath)
	return r, err
}

// months are the last two years' to choose from, and the one that is shown.
func months(today string, shown billing.Period) (all []ui.Option) {
	t, err := time.Parse(time.DateOnly, billing.PeriodOf(today).First())
	for i := 0; err == nil && i < 24; i++ {
		p := billing.PeriodOf(t.AddDate(0, -i, 0).Format(time.DateOnly))
		all = append(all, ui.Option{Value: string(p), Label: french.CivilMonth(string(p))})
	}
	if !slices.ContainsFunc(all, func(o ui.Option) bool { return o.Value == string(shown) }) {
		all = append(all, ui.Option{Value: string(shown), Label: french.CivilMonth(string(shown))})
	}
	return all
}

// Receipts shows what is in hand and a month of the ledger.
func (p *Pages) Receipts(v *door.Visit) error {
	r, err := p.readReceipts(v, billing.Period(v.Query(fieldMonth)))
	if err != nil {
		return err
	}
	return v.Show(200, receiptsView(r))
}

// chosen tells whether the entry's box is checked: as it was, or all that may go
// to the bank today.
func (r receiptsPage) chosen(h billing.NamedEntry) bool {
	if r.Chosen != nil {
		return slices.Contains(r.Chosen, h.ID)
	}
	return !h.Waits(r.Today)
}

func (r receiptsPage) chosenCheques() (all []billing.NamedEntry) {
	for _, h := range r.Cheques {
		if r.chosen(h) {
			all = append(all, h)
		}
	}
	return all
}

func sumOf(held []billing.NamedEntry) (sum int64) {
	for _, h := range held {
		sum += h.Amount
	}
	return sum
}

// checkAll is the name of the boxes, for who may hand over.
func (r receiptsPage) checkAll() string {
	if !r.May {
		return ""
	}
	return fieldEntry
}

// over tells whether the month has ended.
func (r receiptsPage) over() bool { return r.Month.Period.Last() < r.Today }

// closable tells whether the month is the one to close now.
func (r receiptsPage) closable() bool {
	return r.over() && r.Month.Closing == nil && (r.Month.Until == "" || r.Month.Period == r.Next)
}

func (r receiptsPage) whyNotClosable() string {
	switch {
	case r.Month.Period.Last() <= r.Month.Until:
		return "Ce mois est d’avant la première clôture" + colon + "plus aucune écriture n’y entre."
	case !r.over():
		return "Ce mois se clôt à partir du " + french.CivilDate(r.Month.Period.After()) + "."
	case r.Month.Until != "" && r.Month.Period != r.Next:
		return "Les mois se closent l’un après l’autre" + colon + french.CivilMonth(string(r.Next)) + " d’abord."
	default:
		return "Ce mois n’est pas clos."
	}
}

// points are what closing looks at.
func (r receiptsPage) points() (all []ui.Task) {
	n := r.Numbers
	if n.Last > 0 {
		numbered := ui.Task{Label: "Factures numérotées sans trou", Note: billing.Invoices.Label(n.Year, 1) + " à " + billing.Invoices.Label(n.Year, n.Last), State: ui.StateDone, Word: "Vérifié"}
		if !n.Whole() {
			numbered = ui.Task{Label: "Numéros de facture", Note: french.Count(n.Last-n.Invoice, "manque", "manquent"), State: ui.StateRejected, Word: "À signaler"}
		}
		all = append(all, numbered)
	}
	for _, words := range r.Month.Loose.Words() {
		all = append(all, ui.Task{Label: words, State: ui.StateTodo, Word: "À faire"})
	}
	return all
}

func ledgerPath(p billing.Period, format string) string {
	return receiptsPath + "/journal/" + format + "?" + url.Values{fieldMonth: {string(p)}}.Encode()
}

// slipState shows what became of a remittance.
func slipState(r billing.Remittance) (ui.StateKind, string) {
	switch {
	case !r.Stands():
		return ui.StateRejected, "Annulé"
	case r.SettledOn != "":
		return ui.StateDone, "Sur le compte"
	default:
		return ui.StateChecking, "Remis"
	}
}

// Remit hands over what is chosen.
func (p *Pages) Remit(v *door.Visit) error {
	form, err := v.Form()
	if err != nil {
		return err
	}
	chosen := form.Values(fieldEntry)
	made, err := p.books.Remit(v.Ctx(), v.Actor, chosen)
	if err == nil {
		return v.Redirect(remittancePath(made.ID), door.Done("Bordereau "+made.Label()+colon+made.Words()+", "+french.Euros(made.Total)))
	}
	status, invalid, err := refusalOf(err)
	if err != nil {
		return err
	}
	r, err := p.readReceipts(v, "")
	if err != nil {
		return err
	}
	r.Refusal, r.Chosen = invalid.Message, append([]string{}, chosen...)
	return v.Show(status, receiptsView(r))
}

// refusalOf is the status and the messages of an act that was not done; any other
// error is returned.
func refusalOf(err error) (int, *fault.Invalid, error) {
	var conflict *fault.Conflict
	if errors.As(err, &conflict) {
		return 409, fault.Refuse(conflict.Message), nil
	}
	invalid, err := refused(err)
	return 422, invalid, err
}

// Close ends a month of the ledger.
func (p *Pages) Close(v *door.Visit) error {
	form, err := v.Form()
	if err != nil {
		return err
	}
	period := billing.Period(form.Value(fieldMonth))
	if period.Last() == "" {
		return fault.ErrNotFound
	}
	var c fault.Check
	reason := form.Optional(&c, fieldReason, longest)
	if err = c.Err(); err == nil {
		err = p.books.Close(v.Ctx(), v.Actor, period, reason)
	}
	if err == nil {
		return v.Redirect(monthPath(period), door.Done(french.Sentence(french.CivilMonth(string(period)))+" est clos"))
	}
	status, invalid, err := refusalOf(err)
	if err != nil {
		return err
	}
	r, err := p.readReceipts(v, period)
	if err != nil {
		return err
	}
	r.Reason, r.Invalid = reason, invalid
	if r.Base.Errors = door.FieldErrors(invalid); len(r.Base.Errors) == 0 {
		r.Refusal = invalid.Message
	}
	return v.Show(status, receiptsView(r))
}

// Ledger answers the entries of a month as a spreadsheet, for the accountant.
func (p *Pages) Ledger(v *door.Visit) error {
	format := sheet.Format(v.PathValue("format"))
	mediaType, ok := format.MediaType()
	if !ok {
		return fault.ErrNotFound
	}
	period := billing.Period(v.Query(fieldMonth))
	if period.Last() == "" {
		return fault.ErrNotFound
	}
	lines, err := billing.LedgerOf(v.Ctx(), p.store, v.Actor, period)
	if err != nil {
		return err
	}
	var file bytes.Buffer
	if err := sheet.Write(&file, format, ledgerSheet(period, lines)); err != nil {
		return err
	}
	return v.Attach(mediaType, "journal-"+string(period)+"."+string(format), len(lines), file.Bytes())
}

func ledgerSheet(period billing.Period, entries []billing.NamedEntry) sheet.Table {
	return sheet.Table{
		Name: "Journal " + string(period),
		Columns: []sheet.Column{{Title: "Écriture", Width: 9}, {Title: "Date", Width: 12}, {Title: "Foyer", Width: 26}, {Title: "Nature", Width: 16}, {Title: "Moyen", Width: 14},
			{Title: "Montant", Width: 12}, {Title: "Banque", Width: 18}, {Title: "Numéro ou référence", Width: 22}, {Title: "Remboursé par", Width: 14},
			{Title: "Annule l’écriture", Width: 16}, {Title: "Motif", Width: 30}, {Title: "Saisie le", Width: 20}, {Title: "Par", Width: 20}},
		Rows: func(yield func([]any, error) bool) {
			for _, e := range entries {
				var undone any
				if e.CountersNumber > 0 {
					undone = e.CountersNumber
				}
				if !yield([]any{e.Number, sheet.Day(e.On), e.Name(), e.Kind.French(), e.Way.French(), sheet.Cents(e.Amount), e.Bank, e.Reference, e.Issuer, undone, e.Reason, e.At, e.By}, nil) {
					return
				}
			}
		},
	}
}
