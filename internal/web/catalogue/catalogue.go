// Package catalogue is the door of what the school teaches: courses, programmes
// (formules), sites (pôles), disciplines and teachers, made and changed on
// screen by the office.
package catalogue

import (
	"context"
	"errors"
	"net/url"
	"strconv"

	taught "pupitre/internal/domain/catalogue"
	"pupitre/internal/domain/enrolment"
	"pupitre/internal/domain/school"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
	"pupitre/internal/web/door"
	"pupitre/internal/web/ui"
)

// Frame adds the office's menu and search to what all pages have.
type Frame func(v *door.Visit, base ui.Base) (ui.Base, error)

// Pages answers the routes of « Cours et salles ».
type Pages struct {
	store     *db.Store
	registrar *enrolment.Registrar
	frame     Frame
}

// New opens the door.
func New(store *db.Store, registrar *enrolment.Registrar, frame Frame) *Pages {
	return &Pages{store, registrar, frame}
}

const (
	root       = "/bureau/catalogue"
	importPath = "/bureau/import?sorte=cours" // another door's
)

// base is the frame of a page.
func (p *Pages) base(v *door.Visit, title string) (ui.Base, error) {
	base, err := p.frame(v, v.Base(title))
	base.Path = root
	return base, err
}

// tabs are those of the section; here is the current one's address.
func tabs(here string) []ui.Tab {
	all := []ui.Tab{
		{Label: "Cours", URL: root},
		{Label: "Formules", URL: root + "/formules"},
		{Label: "Pôles et disciplines", URL: root + "/poles"},
		{Label: "Enseignants", URL: root + "/enseignants"},
	}
	for i := range all {
		all[i].Current = all[i].URL == here
	}
	return all
}

// offer is the season's catalogue; it is empty but for the sites without a season.
func (p *Pages) offer(v *door.Visit) (taught.Catalogue, error) {
	return taught.InForce(v.Ctx(), p.store, v.Season)
}

// sites are read anew: a form says which version it has read.
func (p *Pages) sites(ctx context.Context) ([]school.Site, error) { return school.Sites(ctx, p.store) }

// noSeason refuses what belongs to a season while there is none.
func noSeason(v *door.Visit) error {
	if v.Season.ID != "" {
		return nil
	}
	return &fault.Conflict{Message: "Aucune saison n’est ouverte. Ouvrez d’abord une saison\u202f: les cours et les formules sont ceux d’une saison."}
}

func asConflict(err error) (*fault.Conflict, bool) {
	var conflict *fault.Conflict
	ok := errors.As(err, &conflict)
	return conflict, ok
}

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

// pageOf reads ?page=, 1 when it is none.
func pageOf(v *door.Visit) int64 {
	n, err := strconv.ParseInt(v.Query("page"), 10, 32)
	if err != nil || n < 1 {
		return 1
	}
	return n
}

// pager says where a list stands; address is that of another page of it.
func pager(page, total int64, address func(page string) string) ui.Pager {
	p := ui.Pager{From: int((page-1)*pageSize + 1), To: int(min(page*pageSize, total)), Total: int(total)}
	if page > 1 {
		p.PreviousURL = address(itoa(page - 1))
	}
	if page*pageSize < total {
		p.NextURL = address(itoa(page + 1))
	}
	return p
}

// pageSize is how many lines a page of a list has.
const pageSize = 50

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

// count writes a bound, "" for none.
func count(n int64) string {
	if n == 0 {
		return ""
	}
	return itoa(n)
}

// or returns the text, or the other when it is empty.
func or(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}
