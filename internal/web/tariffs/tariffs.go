// Package tariffs is « Tarifs », for the régie, direction and administration:
// the season's grid, its reductions and supplements, typed or read from a file,
// and tried on a case before anybody is charged.
package tariffs

import (
	"bytes"
	"net/url"
	"strconv"

	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/school"
	"pupitre/internal/domain/tariff"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/sheet"
	"pupitre/internal/web/door"
	"pupitre/internal/web/ui"
)

const (
	path     = "/bureau/tarifs"
	fileForm = path + "/import"
	gridFile = path + "/grille"
)

// longForm holds the largest grid and more; mostFile a file of one.
const (
	longForm = 1 << 20
	mostFile = 1 << 20
)

// Pages answers the routes.
type Pages struct {
	store *db.Store
	frame func(*door.Visit, ui.Base) (ui.Base, error) // the office's
}

// New makes the pages.
func New(store *db.Store, frame func(*door.Visit, ui.Base) (ui.Base, error)) *Pages {
	return &Pages{store, frame}
}

// Routes is this door's part of the site map.
func (p *Pages) Routes() []door.Route {
	return []door.Route{
		door.Get(path, door.Office, actor.Tariffs, "tariffs", p.Show),
		door.Upload(path, door.Office, actor.Tariffs, "tariffs.save", longForm, p.Save),
		door.Get(gridFile, door.Office, actor.Tariffs, "tariffs.grid", p.Grid),
		door.Upload(fileForm, door.Office, actor.Tariffs, "tariffs.import", mostFile, p.Import),
	}
}

// page is « Tarifs » of one season.
type page struct {
	ui.Base
	Season  school.Season
	Seasons []school.Season
	Known   tariff.Known
	Held    tariff.Kept // as it is stored
	Values  url.Values  // as the form shows it
	Version int64       // that the form has read
	Read    url.Values  // what it has read
	Invalid *fault.Invalid
	Broken  *fault.Invalid // what is wrong with what is stored: a formule was added or changed since
	File    *fault.Invalid // what is wrong with a file
	Moved   *moved
	Note    string // what was just done with the form, which is not yet saved
	Trial   trial
}

// read gathers what every answer shows.
func (p *Pages) read(v *door.Visit) (g page, err error) {
	if g.Base, err = p.frame(v, v.Base("Tarifs")); err != nil {
		return g, err
	}
	g.Base.Path = path
	if g.Seasons, err = school.Seasons(v.Ctx(), p.store); err != nil {
		return g, err
	}
	g.Season = v.Season
	if asked := v.Query("saison"); asked != "" {
		if g.Season, err = school.SeasonByID(v.Ctx(), p.store, asked); err != nil {
			return g, err
		}
	}
	if g.Season.ID == "" {
		return g, nil
	}
	g.Base.Title = "Tarifs, saison " + g.Season.Name
	if g.Known, err = tariff.KnownOf(v.Ctx(), p.store, g.Season); err != nil {
		return g, err
	}
	if g.Held, err = tariff.Of(v.Ctx(), p.store, g.Season.ID); err != nil {
		return g, err
	}
	if g.Held.Found() {
		g.Broken, _ = door.AsInvalid(g.Held.Check(g.Known))
	}
	g.Values, g.Version = g.Held.Values(g.Known.Modes), g.Held.Version
	g.Read = g.Values
	g.Trial = trialOf(v, g)
	return g, nil
}

func (p *Pages) show(v *door.Visit, status int, g page) error {
	g.Base.Errors = append(door.FieldErrors(g.Invalid), door.FieldErrors(g.File)...)
	return v.Show(status, view(g))
}

// Show shows the season's tariff, and what the case that the address holds would pay.
func (p *Pages) Show(v *door.Visit) error {
	g, err := p.read(v)
	if err != nil {
		return err
	}
	status := 200
	if g.Trial.Invalid != nil {
		status = 422
	}
	return p.show(v, status, g)
}

func noSeason() error {
	return &fault.Conflict{Message: "Aucune saison n’est ouverte" + "\u202f" + ": les tarifs sont ceux d’une saison. Ouvrez d’abord une saison."}
}

// Grid is the stored grid as a file that Import reads back.
func (p *Pages) Grid(v *door.Visit) error {
	g, err := p.read(v)
	if err != nil {
		return err
	}
	if g.Season.ID == "" {
		return v.Redirect(path) // which says so
	}
	rows := g.Held.WriteGrid()
	table := sheet.Table{Name: "Tarifs"}
	for _, title := range rows[0] {
		table.Columns = append(table.Columns, sheet.Column{Title: title, Width: 12})
	}
	table.Rows = func(yield func([]any, error) bool) {
		for _, row := range rows[1:] {
			cells := make([]any, len(row))
			for i, c := range row {
				cells[i] = c
			}
			if !yield(cells, nil) {
				return
			}
		}
	}
	var file bytes.Buffer
	if err := sheet.Write(&file, sheet.CSV, table); err != nil {
		return err
	}
	mediaType, _ := sheet.CSV.MediaType()
	return v.Attach(mediaType, "tarifs-"+g.Season.Name+".csv", len(rows)-1, file.Bytes())
}

// here is the page of the season.
func (g page) here() string { return address(path, g) }

// address is a path of this door for the page's season.
func address(path string, g page) string {
	return path + "?saison=" + url.QueryEscape(g.Season.ID)
}

func itoa(n int) string { return strconv.Itoa(n) }

func count(n int64) string { return strconv.FormatInt(n, 10) }
