// Package office is the door of the secretariat, the direction and the
// administration: the queue of dossiers and their review, places, families,
// identifiants and mails.
package office

import (
	"errors"
	"net/url"
	"slices"
	"strconv"

	"pupitre/internal/domain/account"
	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/application"
	"pupitre/internal/domain/enrolment"
	"pupitre/internal/domain/report"
	"pupitre/internal/platform/blob"
	"pupitre/internal/platform/clock"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
	"pupitre/internal/web/door"
	"pupitre/internal/web/ui"
	"pupitre/internal/web/upload"
)

// Pages answers the office's routes. PublicURL is the portal's address, as
// letters print it.
type Pages struct {
	Store     *db.Store
	Registrar *enrolment.Registrar
	Accounts  *account.Accounts
	Clock     clock.Clock
	PublicURL string
	counter   report.Counter
	uploads   *upload.Uploads
}

// New opens the office.
func New(store *db.Store, registrar *enrolment.Registrar, accounts *account.Accounts, blobs blob.Store, clk clock.Clock, publicURL string) *Pages {
	return &Pages{Store: store, Registrar: registrar, Accounts: accounts, Clock: clk, PublicURL: publicURL, uploads: upload.New(store, registrar, blobs)}
}

// applicationsPath is the queue of pré-inscriptions, another door's.
const applicationsPath = "/bureau/pre-inscriptions"

// Nav is the rail of the office, without counts; nil is for who has none.
func Nav(a actor.Actor) []ui.NavEntry {
	prices := ui.NavEntry{Label: "Tarifs", URL: "/bureau/tarifs", Icon: "euro"}
	invoices := ui.NavEntry{Label: "Factures", URL: "/bureau/factures", Icon: "invoice"}
	receipts := ui.NavEntry{Label: "Encaissements", URL: "/bureau/encaissements", Icon: "receipt"}
	debts := ui.NavEntry{Label: "Impayés", URL: "/bureau/impayes", Icon: "alert"}
	if !a.IsOffice() {
		home := ui.NavEntry{Label: "Tableau de bord", URL: "/bureau/recettes", Icon: "home"}
		return permitted(a, []ui.NavEntry{home, prices, invoices, receipts, debts})
	}
	entries := []ui.NavEntry{
		{Label: "Tableau de bord", URL: "/bureau/tableau", Icon: "home"},
		{Label: "Dossiers", URL: "/bureau/dossiers", Icon: "folder", CountWord: "à traiter"},
		{Label: "Pré-inscriptions", URL: applicationsPath, Icon: "document", CountWord: "à répondre"},
		{Label: "Places", URL: "/bureau/places", Icon: "places"},
		{Label: "Familles et élèves", URL: "/bureau/foyers", Icon: "family", CountWord: "à vérifier"},
		{Label: "Cours et salles", URL: "/bureau/catalogue", Icon: "calendar"},
		{Label: "Sans réponse", URL: "/bureau/sans-reponse", Icon: "info"},
		{Label: "Courriers", URL: "/bureau/mails", Icon: "mail", CountWord: "non partis"},
		{Label: "Identifiants", URL: "/bureau/identifiants", Icon: "key"},
	}
	if a.May(actor.Changes, actor.Messages) {
		entries = slices.Insert(entries, 7, ui.NavEntry{Label: "Messages", URL: "/bureau/messages", Icon: "message"})
	}
	entries = append(entries, prices, invoices, receipts, debts)
	if a.MaySettle() {
		entries = append(entries, ui.NavEntry{Label: "Réglages", URL: "/bureau/reglages", Icon: "settings"})
	}
	return permitted(a, entries)
}

// permitted leaves out the entries that the actor may not open.
func permitted(a actor.Actor, entries []ui.NavEntry) []ui.NavEntry {
	closed := map[string]*actor.Right{applicationsPath: actor.Applications, "/bureau/identifiants": actor.Identifiers, "/bureau/messages": actor.Messages,
		"/bureau/tarifs": actor.Tariffs, "/bureau/factures": actor.Billing, "/bureau/encaissements": actor.Billing, "/bureau/impayes": actor.Billing, "/bureau/recettes": actor.Billing}
	var open []ui.NavEntry
	for _, e := range entries {
		if right := closed[e.URL]; right == nil || a.May(actor.Sees, right) {
			open = append(open, e)
		}
	}
	return open
}

// base is the frame of an office page: the rail with what waits, the search.
func (p *Pages) base(v *door.Visit, title string) (ui.Base, error) {
	return p.Frame(v, v.Base(title))
}

// Frame adds the office's menu and search to what all pages have.
func (p *Pages) Frame(v *door.Visit, base ui.Base) (ui.Base, error) {
	base.Nav = Nav(v.Actor)
	if !v.Actor.IsOffice() { // the régie: its own entries, and no search of families
		return base, nil
	}
	base.Links.Home = "/bureau"
	base.Office.SearchURL = "/bureau/recherche"
	rail, err := p.counter.RailCounts(v.Ctx(), p.Store, v.Actor, v.Season)
	if err != nil {
		return base, err
	}
	var asked int64
	if v.Actor.May(actor.Sees, actor.Applications) {
		if asked, err = application.Waiting(v.Ctx(), p.Store, v.Actor, v.Season.ID); err != nil {
			return base, err
		}
	}
	for i := range base.Nav {
		switch base.Nav[i].URL {
		case applicationsPath:
			base.Nav[i].Count = int(asked)
		case "/bureau/dossiers":
			base.Nav[i].Count = int(rail.ToCheck)
		case "/bureau/foyers":
			base.Nav[i].Count = int(rail.Changed)
		case "/bureau/mails":
			base.Nav[i].Count = int(rail.Untold)
		}
	}
	switch base.Path {
	case "/bureau":
		base.Path = "/bureau/tableau"
	case "/bureau/dossier-papier":
		base.Path = "/bureau/dossiers"
	}
	return base, nil
}

// withErrors adds the refusal to the page: its title then starts with « Erreur ».
func withErrors(base ui.Base, invalid *fault.Invalid) ui.Base {
	base.Errors = door.FieldErrors(invalid)
	return base
}

// status is 422 for a form shown again, else 200.
func status(invalid *fault.Invalid) int {
	if invalid != nil {
		return 422
	}
	return 200
}

// refused splits an error: what a form shows again, or what goes up.
func refused(err error) (*fault.Invalid, error) {
	if invalid, ok := door.AsInvalid(err); ok {
		return invalid, nil
	}
	return nil, err
}

func asConflict(err error) bool {
	var conflict *fault.Conflict
	return errors.As(err, &conflict)
}

// done is the green message of something done, with more to say.
func done(title, text string) ui.Flash {
	return ui.Flash{Kind: ui.MessageOK, Title: title, Text: text}
}

// link writes a path of ours with its query; empty values are left out.
func link(path string, pairs ...string) string {
	q := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			q.Set(pairs[i], pairs[i+1])
		}
	}
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

// pageNumber reads ?page=, 1 when it is none.
func pageNumber(v *door.Visit) int64 {
	n, err := strconv.ParseInt(v.Query("page"), 10, 32)
	if err != nil || n < 1 {
		return 1
	}
	return n
}

// pager says where a list of pages stands.
func pager(page, size, total int64, address func(page string) string) ui.Pager {
	p := ui.Pager{From: int((page-1)*size + 1), To: int(min(page*size, total)), Total: int(total)}
	if page > 1 {
		p.PreviousURL = address(strconv.FormatInt(page-1, 10))
	}
	if page*size < total {
		p.NextURL = address(strconv.FormatInt(page+1, 10))
	}
	return p
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

// percent is the share in whole percents, 0 of nothing.
func percent(part, whole int64) int64 {
	if whole == 0 {
		return 0
	}
	return part * 100 / whole
}

// or returns the text, or the other when it is empty.
func or(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}

// dossierURL is the address of a dossier's review.
func dossierURL(id string, group report.Group) string {
	if group == report.ToCheck {
		group = ""
	}
	return link("/bureau/dossiers/"+id, "file", string(group))
}
