// Package billing is the money of the régie: the season is invoiced after a look
// at what surprises, each invoice and each household's account is read, and what
// is paid is entered.
package billing

import (
	"net/url"
	"strconv"

	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/billing"
	"pupitre/internal/domain/school"
	"pupitre/internal/platform/clock"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
	"pupitre/internal/web/door"
	"pupitre/internal/web/ui"
)

const (
	invoicesPath = "/bureau/factures"
	issuePath    = "/bureau/facturation"
	accountsPath = "/bureau/comptes"
	entriesPath  = "/bureau/ecritures"
)

const colon = french.Nbsp + ": "

// perPage is how many invoices a page of the list has.
const perPage = 50

// Pages answers the routes.
type Pages struct {
	store *db.Store
	books *billing.Books
	frame func(*door.Visit, ui.Base) (ui.Base, error) // the office's
}

// New makes the pages.
func New(store *db.Store, books *billing.Books, frame func(*door.Visit, ui.Base) (ui.Base, error)) *Pages {
	return &Pages{store, books, frame}
}

// Routes is this door's part of the site map.
func (p *Pages) Routes() []door.Route {
	get := func(path, name string, h door.Handler) door.Route {
		return door.Get(path, door.Office, actor.Billing, "billing."+name, h)
	}
	post := func(path, name string, h door.Handler) door.Route {
		return door.Post(path, door.Office, actor.Billing, "billing."+name, h)
	}
	return []door.Route{
		get(issuePath, "control", p.Control),
		post(issuePath, "issue", p.Issue),
		get(issuePath+"/avancement", "progress", p.Progress),
		post(issuePath+"/suspendre", "suspend", p.Suspend),
		post(issuePath+"/reprendre", "resume", p.Resume),
		get(issuePath+"/foyers/{household}", "draft", p.Draft),
		post(issuePath+"/foyers/{household}", "issue-one", p.IssueOne),
		get(issuePath+"/eleves/{pupil}", "terms", p.Terms),
		post(issuePath+"/eleves/{pupil}", "terms.save", p.SaveTerms),

		get(figuresPath, "figures", p.Figures),
		get(invoicesPath, "invoices", p.Invoices),
		get(invoicesPath+"/{invoice}", "invoice", p.Invoice),
		get(invoicesPath+"/{invoice}/pdf", "paper", p.Paper),
		post(invoicesPath+"/{invoice}/avoir", "cancel", p.Cancel),
		post(invoicesPath+"/{invoice}/echeancier", "replan", p.Replan),

		get(accountsPath+"/{household}", "account", p.Account),
		post(accountsPath+"/{household}", "receive", p.Receive),
		post(accountsPath+"/{household}/remboursement", "refund", p.Refund),
		get(debtsPath, "debts", p.Debts),
		post(debtsPath, "remind", p.Remind),
		get(debtsPath+"/lettres/{day}", "reminder-letters", p.ReminderLetters),
		get(receiptsPath, "receipts", p.Receipts),
		get(findPath, "find", p.Find),
		get(receiptsPath+"/journal/{format}", "ledger", p.Ledger),
		post(receiptsPath+"/cloture", "close", p.Close),
		post(remittancesPath, "remit", p.Remit),
		get(remittancesPath+"/{remittance}", "remittance", p.Remittance),
		get(remittancesPath+"/{remittance}/pdf", "slip", p.Slip),
		post(remittancesPath+"/{remittance}/credit", "settle", p.Settle),
		post(remittancesPath+"/{remittance}/annulation", "cancel-remittance", p.CancelRemittance),
		get(entriesPath+"/{entry}", "entry", p.Entry),
		post(entriesPath+"/{entry}", "counter", p.Counter),
		get(entriesPath+"/{entry}/recu", "receipt", p.Receipt),
		get(accountsPath+"/{household}/attestations/{year}", "certificate", p.Certificate),
	}
}

// base is the frame of a page; here is the entry of the rail that it belongs to.
func (p *Pages) base(v *door.Visit, title, here string) (ui.Base, error) {
	base, err := p.frame(v, v.Base(title))
	base.Path = here
	return base, err
}

// season is the one asked for, or the current one; its ID is "" before there is one.
func (p *Pages) season(v *door.Visit) (school.Season, error) {
	if asked := v.Query("saison"); asked != "" {
		return school.SeasonByID(v.Ctx(), p.store, asked)
	}
	return v.Season, nil
}

func invoicePath(id string) string  { return invoicesPath + "/" + url.PathEscape(id) }
func accountPath(id string) string  { return accountsPath + "/" + url.PathEscape(id) }
func entryPath(id string) string    { return entriesPath + "/" + url.PathEscape(id) }
func draftPath(id string) string    { return issuePath + "/foyers/" + url.PathEscape(id) }
func termsPath(pupil string) string { return issuePath + "/eleves/" + url.PathEscape(pupil) }
func mayChange(v *door.Visit) bool  { return v.Actor.May(actor.Changes, actor.Billing) }
func today(v *door.Visit) string    { return v.Now.In(clock.Paris).Format("2006-01-02") }
func itoa(n int64) string           { return strconv.FormatInt(n, 10) }

// refused are the messages of a form that was not taken; any other error is
// returned.
func refused(err error) (*fault.Invalid, error) {
	if invalid, is := door.AsInvalid(err); is {
		return invalid, nil
	}
	return nil, err
}
