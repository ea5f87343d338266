// Package trail is the door of « Journal des accès »: who came in, who saw what,
// what was taken away and what was changed, for direction and administration.
package trail

import (
	"bytes"
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"time"

	"pupitre/internal/domain/account"
	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/people"
	rooms "pupitre/internal/domain/trail"
	"pupitre/internal/platform/clock"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
	"pupitre/internal/platform/sheet"
	"pupitre/internal/web/door"
	"pupitre/internal/web/ui"
)

const (
	rightsPath = "/bureau/reglages/droits" // « Droits et comptes », another door's
	path       = rightsPath + "/journal"
)

// linesOfAPage is how many lines a page lists.
const linesOfAPage = 50

// sheetMost bounds the lines of a file: some megabytes.
const sheetMost = 50_000

// The names of what narrows the list, in the address.
const (
	fieldPerson    = "personne"
	fieldChoice    = "nature"
	fieldHousehold = "foyer"
	fieldFrom      = "du"
	fieldUntil     = "au"
	fieldWords     = "mots"
	fieldBefore    = "avant"
)

// Pages answers the routes.
type Pages struct {
	store *db.Store
	frame func(v *door.Visit, base ui.Base) (ui.Base, error) // the office's
}

// New makes the pages.
func New(store *db.Store, frame func(v *door.Visit, base ui.Base) (ui.Base, error)) *Pages {
	return &Pages{store, frame}
}

// Routes is this door's part of the site map.
func (p *Pages) Routes() []door.Route {
	return []door.Route{
		door.Get(path, door.Office, actor.Accesses, "trail", p.List),
		door.Get(path+"/{format}", door.Office, actor.Accesses, "trail.sheet", p.Sheet),
	}
}

// typed is what narrows the list, as it was asked.
type typed struct{ Person, Choice, Household, From, Until, Words, Before string }

func typedIn(v *door.Visit) typed {
	return typed{v.Query(fieldPerson), v.Query(fieldChoice), v.Query(fieldHousehold), v.Query(fieldFrom), v.Query(fieldUntil), v.Query(fieldWords), v.Query(fieldBefore)}
}

// values are those of an address that narrows alike.
func (t typed) values() url.Values {
	q := url.Values{}
	for name, value := range map[string]string{
		fieldPerson: t.Person, fieldChoice: t.Choice, fieldHousehold: t.Household, fieldFrom: t.From, fieldUntil: t.Until, fieldWords: t.Words,
	} {
		if value != "" {
			q.Set(name, value)
		}
	}
	return q
}

// before is the address of the lines before that one.
func (t typed) before(id string) string {
	q := t.values()
	q.Set(fieldBefore, id)
	return path + "?" + q.Encode()
}

// anyHousehold is the address of the same list, of all households.
func (t typed) anyHousehold() string {
	t.Household = ""
	return path + "?" + t.values().Encode()
}

// narrow reads it, or returns Invalid.
func (t typed) narrow() (rooms.Narrow, error) {
	var check fault.Check
	n := rooms.Narrow{Person: t.Person, Choice: rooms.Choice(t.Choice), Household: t.Household, Words: t.Words, Before: t.Before}
	known := func(c choice) bool { return c.value == n.Choice }
	check.That(slices.ContainsFunc(choices, known), fieldChoice, "Choisissez une nature de la liste.")
	check.That(len([]rune(t.Words)) <= 100, fieldWords, "100 caractères au plus.")
	n.From = day(&check, fieldFrom, t.From)
	if until := day(&check, fieldUntil, t.Until); !until.IsZero() {
		n.Until = until.In(clock.Paris).AddDate(0, 0, 1) // that day included
		check.That(n.From.Before(n.Until), fieldUntil, "Ce jour vient avant le premier"+french.Nbsp+": échangez les deux dates.")
	}
	return n, check.Err()
}

// day is the beginning of a day at Paris; zero without one.
func day(check *fault.Check, field, text string) time.Time {
	if text == "" {
		return time.Time{}
	}
	iso, ok := french.ReadDate(text)
	at, err := time.ParseInLocation(time.DateOnly, iso, clock.Paris)
	check.That(ok && err == nil, field, "Écrivez le jour comme 21/06/2027.")
	return at
}

type listPage struct {
	ui.Base
	rooms.Page
	Typed   typed
	Invalid *fault.Invalid
	Staff   []ui.Option
	Names   map[string]people.Household
	Months  int64
	Keeps   bool // the visitor keeps the accounts
}

func (p listPage) error(field string) string { return p.Invalid.Of(field) }

// List shows both journals as one list, newest first.
func (p *Pages) List(v *door.Visit) error {
	page := listPage{Typed: typedIn(v), Months: v.School.AccessMonths, Keeps: v.Actor.May(actor.Changes, actor.Accounts)}
	base, err := p.frame(v, v.Base("Journal des accès"))
	if err != nil {
		return err
	}
	base.Path = rightsPath
	page.Base = base
	if page.Staff, err = p.staff(v); err != nil {
		return err
	}
	narrow, err := page.Typed.narrow()
	if invalid, ok := door.AsInvalid(err); ok {
		page.Invalid, page.Errors = invalid, door.FieldErrors(invalid)
		return v.Show(http.StatusUnprocessableEntity, list(page))
	}
	if page.Page, err = rooms.ReadPage(v.Ctx(), p.store, v.Actor, narrow, says, linesOfAPage); err != nil {
		return err
	}
	if page.Names, err = p.names(v, page.Entries, page.Typed.Household); err != nil {
		return err
	}
	return v.Show(http.StatusOK, list(page))
}

// staff are the accounts to choose among, by name.
func (p *Pages) staff(v *door.Visit) ([]ui.Option, error) {
	all, err := account.Staff(v.Ctx(), p.store)
	options := []ui.Option{{Label: "Tout le monde"}}
	for _, a := range all {
		options = append(options, ui.Option{Value: a.ID, Label: a.Name})
	}
	return options, err
}

// names are the households that the lines are about.
func (p *Pages) names(v *door.Visit, entries []rooms.Entry, more ...string) (map[string]people.Household, error) {
	ids := slices.DeleteFunc(more, func(id string) bool { return id == "" })
	for _, e := range entries {
		if id := e.Household(); id != "" {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return people.HouseholdsByID(v.Ctx(), p.store, v.Actor, slices.Compact(ids))
}

// Sheet answers the list as a file, as it is narrowed.
func (p *Pages) Sheet(v *door.Visit) error {
	format := sheet.Format(v.PathValue("format"))
	mediaType, ok := format.MediaType()
	if !ok {
		return fault.ErrNotFound
	}
	narrow, err := typedIn(v).narrow()
	if err != nil {
		return err
	}
	narrow.Before = ""
	rows := 0
	table := sheet.Table{Name: "Journal des accès", Columns: []sheet.Column{
		{Title: "Quand", Width: 18}, {Title: "Qui", Width: 24}, {Title: "Rôle", Width: 14}, {Title: "Quoi", Width: 24}, {Title: "Détail", Width: 60},
		{Title: "Foyer", Width: 24}, {Title: "Lignes", Width: 8}, {Title: "Adresse réseau", Width: 18}, {Title: "Navigateur", Width: 22},
	}}
	table.Rows = func(yield func([]any, error) bool) {
		for entries, err := range rooms.All(v.Ctx(), p.store, v.Actor, narrow, says) {
			var names map[string]people.Household
			if err == nil {
				names, err = p.names(v, entries)
			}
			if err != nil {
				yield(nil, err)
				return
			}
			for _, e := range entries {
				if rows == sheetMost || !yield(row(e, names), nil) {
					return
				}
				rows++
			}
		}
	}
	var file bytes.Buffer
	if err := sheet.Write(&file, format, table); err != nil {
		return err
	}
	return v.Attach(mediaType, "journal-des-acces."+string(format), rows, file.Bytes())
}

func row(e rooms.Entry, names map[string]people.Household) []any {
	_, name, role := e.Who()
	household := ""
	if h, ok := names[e.Household()]; ok {
		household = h.Name()
	}
	cells := []any{e.At, cmp.Or(name, "inconnu"), roleWords(role), what(e), detail(e), household, nil, "", ""}
	if e.Access != nil {
		if e.Access.Rows > 0 {
			cells[6] = e.Access.Rows
		}
		cells[7], cells[8] = e.Access.Address, e.Access.Browser
	}
	return cells
}
