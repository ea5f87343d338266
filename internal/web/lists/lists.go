// Package lists is the door of what the office takes away: every list as a
// spreadsheet, and rolls, lists of courses and labels on paper (R49).
package lists

import (
	"bytes"
	"errors"
	"net/url"

	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/catalogue"
	"pupitre/internal/domain/report"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/sheet"
	"pupitre/internal/web/door"
	"pupitre/internal/web/ui"
)

// Pages answers the routes.
type Pages struct {
	store     *db.Store
	publicURL string
	frame     func(v *door.Visit, base ui.Base) (ui.Base, error) // the office's
}

// New makes the pages; publicURL is the portal's address, as papers print it.
func New(store *db.Store, publicURL string, frame func(v *door.Visit, base ui.Base) (ui.Base, error)) *Pages {
	return &Pages{store, publicURL, frame}
}

// Routes is this door's part of the site map.
func (p *Pages) Routes() []door.Route {
	get := func(path, name string, h door.Handler) door.Route {
		return door.Get("/bureau"+path, door.Office, actor.Lists, "lists."+name, h)
	}
	return []door.Route{
		get("/listes", "index", p.Index),
		get("/listes/{list}/{format}", "sheet", p.Sheet),
		get("/impressions/{paper}", "paper", p.Paper),
	}
}

type indexPage struct {
	ui.Base
	Sites, Programmes, Courses []ui.Option
	Papers                     []paper
	Typed                      url.Values
	Nothing                    bool // the paper asked for would be empty
}

// Index shows every list with what may narrow it, and what may be printed.
func (p *Pages) Index(v *door.Visit) error { return p.index(v, 200, false) }

func (p *Pages) index(v *door.Visit, status int, nothing bool) error {
	base, err := p.frame(v, v.Base("Listes et impressions"))
	if err != nil {
		return err
	}
	base.Path = "/bureau/places"
	c, err := catalogue.InForce(v.Ctx(), p.store, v.Season)
	if err != nil && !errors.Is(err, fault.ErrNotFound) {
		return err
	}
	page := indexPage{Base: base, Papers: papers, Typed: v.R.URL.Query(), Nothing: nothing,
		Sites: []ui.Option{{Label: "Tous"}}, Programmes: []ui.Option{{Label: "Toutes"}}, Courses: []ui.Option{{Label: "Tous"}}}
	for _, s := range c.Sites {
		page.Sites = append(page.Sites, ui.Option{Value: s.ID, Label: s.Name})
	}
	for _, f := range c.Programmes {
		page.Programmes = append(page.Programmes, ui.Option{Value: f.ID, Label: f.Title})
	}
	for _, s := range c.Sites {
		for _, course := range c.Courses {
			if course.SiteID == s.ID && course.CancelledAt.IsZero() {
				label := course.Title
				if slot := course.Slot(); slot != "" {
					label += ", " + slot
				}
				page.Courses = append(page.Courses, ui.Option{Value: course.ID, Label: label, Group: s.Name})
			}
		}
	}
	return v.Show(status, index(page))
}

// Sheet answers one list as a file.
func (p *Pages) Sheet(v *door.Visit) error {
	format := sheet.Format(v.PathValue("format"))
	mediaType, ok := format.MediaType()
	if !ok {
		return fault.ErrNotFound
	}
	list := report.List(v.PathValue("list"))
	table, err := report.TableOf(v.Ctx(), p.store, v.Actor, v.Season, list, report.FilterFrom(v.Query))
	if err != nil {
		return err
	}
	rows := counted(&table)
	var file bytes.Buffer // so that a list that cannot be read to its end is no file
	if err := sheet.Write(&file, format, table); err != nil {
		return err
	}
	return v.Attach(mediaType, string(list)+"-"+v.Season.Name+"."+string(format), *rows, file.Bytes())
}

// counted has the table count its rows as they are written.
func counted(table *sheet.Table) *int {
	n, rows := new(int), table.Rows
	table.Rows = func(yield func([]any, error) bool) {
		for row, err := range rows {
			*n++
			if !yield(row, err) {
				return
			}
		}
	}
	return n
}
