// Package figures is the door of the season in numbers (R49): each number opens
// the list that it counts.
package figures

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/report"
	"pupitre/internal/platform/clock"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/french"
	"pupitre/internal/web/door"
	"pupitre/internal/web/ui"
)

const path = "/bureau/chiffres"

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
	return []door.Route{door.Get(path, door.Office, actor.Lists, "figures", p.Figures)}
}

type figuresPage struct {
	ui.Base
	report.Figures
	At     time.Time
	Season string
	AgesOn string // 2006-01-02
	Poles  []string
}

// Figures shows the season in numbers.
func (p *Pages) Figures(v *door.Visit) error {
	base, err := p.frame(v, v.Base("La saison en chiffres"))
	if err != nil {
		return err
	}
	base.Path = "/bureau/places"
	page := figuresPage{Base: base, At: v.Now, Season: v.Season.Name, AgesOn: v.Season.AgesOn}
	if v.Season.ID != "" {
		if page.Figures, err = report.FiguresOf(v.Ctx(), p.store, v.Actor, v.Season, v.Now); err != nil {
			return err
		}
	}
	if len(page.Disciplines) > 0 {
		for _, s := range page.Disciplines[0].Sites {
			page.Poles = append(page.Poles, s.Site)
		}
	}
	return v.Show(200, figures(page))
}

// list is the address of the dossiers with a rank that these parts of a filter leave.
func list(parts ...string) string {
	values := url.Values{"file": {string(report.Ranked)}}
	for i := 0; i < len(parts); i += 2 {
		values.Set(parts[i], parts[i+1])
	}
	return "/bureau/dossiers?" + values.Encode()
}

// number is a cell that opens its list; 0 opens none.
func number(n int64, address string) ui.FigureCell {
	if n == 0 {
		address = ""
	}
	return ui.FigureCell{Text: strconv.FormatInt(n, 10), URL: address}
}

func part(n, all int64) ui.FigureCell {
	if all == 0 {
		return ui.FigureCell{Text: "–"}
	}
	return ui.FigureCell{Text: fmt.Sprintf("%d\u00a0%%", (200*n+all)/(2*all))}
}

// curve is the dossiers day after day.
func (p figuresPage) curve() (ui.Figure, ui.Curve) {
	c := ui.Curve{Name: p.Season, BeforeName: p.BeforeName}
	f := ui.Figure{ID: "jours", Title: "Dossiers complets, jour après jour", Wide: true, Table: ui.FigureTable{Heads: []string{"Jour", p.Season}}}
	if p.BeforeName != "" {
		f.Table.Heads = append(f.Table.Heads, p.BeforeName, "Écart")
	}
	for i, d := range p.Days {
		c.Points = append(c.Points, ui.PlotPoint{Label: day(d.On), N: d.N})
		row := ui.FigureRow{Name: day(d.On), Cells: []ui.FigureCell{number(d.N, "")}}
		if i < len(p.Before) {
			c.Before = append(c.Before, ui.PlotPoint{N: p.Before[i].N})
			row.Cells = append(row.Cells, number(p.Before[i].N, ""), ui.FigureCell{Text: fmt.Sprintf("%+d", d.N-p.Before[i].N)})
		}
		if len(p.Days) <= 40 || i%7 == 0 || i == len(p.Days)-1 {
			f.Table.Rows = append(f.Table.Rows, row)
		}
	}
	f.Says = p.curveSays()
	c.Says = f.Title + "\u202f: " + f.Says
	return f, c
}

// curveSays is the fact of the curve.
func (p figuresPage) curveSays() string {
	if p.Pupils == 0 || len(p.Days) == 0 {
		return "Aucun dossier complet pour l’instant."
	}
	says := ""
	if n := len(p.Before); n > 0 {
		switch more := p.Days[n-1].N - p.Before[n-1].N; {
		case more > 0:
			says = fmt.Sprintf("%d de plus qu’un an plus tôt. ", more)
		case more < 0:
			says = fmt.Sprintf("%d de moins qu’un an plus tôt. ", -more)
		default:
			says = "Autant qu’un an plus tôt. "
		}
	}
	for _, d := range p.Days {
		if 2*d.N >= p.Pupils {
			return says + "La moitié des dossiers était là le " + day(d.On) + " au soir."
		}
	}
	return says
}

// day is « 8 juin ».
func day(iso string) string {
	t, err := time.ParseInLocation(time.DateOnly, iso, clock.Paris)
	if err != nil {
		return iso
	}
	words := strings.Fields(french.Date(t))
	return strings.Join(words[:len(words)-1], "\u00a0")
}

// date is « 31 décembre 2027 ».
func date(iso string) string {
	t, err := time.ParseInLocation(time.DateOnly, iso, clock.Paris)
	if err != nil {
		return iso
	}
	return french.Date(t)
}

// programmes are the pupils by formula, those who come back and the new ones.
func (p figuresPage) programmes() (ui.Figure, []ui.PlotBar) {
	f := ui.Figure{ID: "formules", Title: "Élèves par formule", Table: ui.FigureTable{Heads: []string{"Formule", "Reviennent", "Nouveaux", "Ensemble"}}}
	var bars []ui.PlotBar
	for _, x := range p.Programmes {
		bars = append(bars, ui.PlotBar{Name: x.Title, Parts: [2]int64{x.Returning, x.New}})
		f.Table.Rows = append(f.Table.Rows, ui.FigureRow{Name: x.Title, Cells: []ui.FigureCell{
			number(x.Returning, list("formule", x.ID, "nouveau", report.No)), number(x.New, list("formule", x.ID, "nouveau", report.Yes)), number(x.All(), list("formule", x.ID))}})
	}
	switch {
	case p.Pupils == 0:
		f.Says = "Aucun élève pour l’instant."
	case p.New == 0:
		f.Says = "Tous étaient élèves cette année."
	default:
		f.Says = french.Count(p.New, "élève est nouveau", "élèves sont nouveaux") + " sur " + strconv.FormatInt(p.Pupils, 10) + "."
	}
	return f, bars
}

// ages are the pupils by age.
func (p figuresPage) ages() (ui.Figure, []ui.PlotBar) {
	f := ui.Figure{ID: "ages", Title: "Âge au " + date(p.AgesOn), Table: ui.FigureTable{Heads: []string{"Âge", "Élèves", "Part"}}}
	var bars []ui.PlotBar
	var adult int64
	for _, a := range p.Ages {
		bar := ui.PlotBar{Name: string(a.Ages), Parts: [2]int64{a.N, 0}}
		if a.Ages == "66-" {
			bar.Name = "66 +"
		}
		if a.Adult {
			bar.Parts = [2]int64{0, a.N}
			adult += a.N
		}
		bars = append(bars, bar)
		f.Table.Rows = append(f.Table.Rows, ui.FigureRow{Name: a.Ages.French(), Cells: []ui.FigureCell{number(a.N, list("age", string(a.Ages))), part(a.N, p.Pupils)}})
	}
	if p.WithoutBirthDate > 0 {
		f.Table.Rows = append(f.Table.Rows, ui.FigureRow{Name: "sans date de naissance", Cells: []ui.FigureCell{number(p.WithoutBirthDate, ""), part(p.WithoutBirthDate, p.Pupils)}})
	}
	f.Says = french.Count(p.Pupils-adult-p.WithoutBirthDate, "mineur", "mineurs") + ", " + french.Count(adult, "adulte", "adultes") + "."
	return f, bars
}

// disciplines are how full the courses are, by pole.
func (p figuresPage) disciplines() (ui.Figure, []ui.PlotSpan) {
	f := ui.Figure{ID: "remplissage", Title: "Remplissage par discipline", Table: ui.FigureTable{Heads: append([]string{"Discipline"}, p.Poles...)}}
	var spans []ui.PlotSpan
	full := 0
	for _, d := range p.Disciplines {
		span, row := ui.PlotSpan{Name: d.Discipline}, ui.FigureRow{Name: d.Discipline}
		var taken, capacity int64
		for _, s := range d.Sites {
			taken, capacity = taken+s.Taken, capacity+s.Capacity
			if s.Capacity == 0 {
				span.Values = append(span.Values, -1)
				row.Cells = append(row.Cells, ui.FigureCell{Text: "–"})
				continue
			}
			span.Values = append(span.Values, s.Percent())
			row.Cells = append(row.Cells, ui.FigureCell{Text: fmt.Sprintf("%d\u00a0%% (%d / %d)", s.Percent(), s.Taken, s.Capacity)})
		}
		if capacity > 0 && taken >= capacity {
			full++
		}
		spans = append(spans, span)
		f.Table.Rows = append(f.Table.Rows, row)
	}
	switch full {
	case 0:
		f.Says = "Il reste des places dans toutes les disciplines."
	case 1:
		f.Says = "Une discipline est complète."
	default:
		f.Says = fmt.Sprintf("%d disciplines sont complètes.", full)
	}
	if len(p.Disciplines) == 0 {
		f.Says = "Aucun cours pour l’instant."
	}
	return f, spans
}

// townsShown are those of the plot; the table has them all.
const townsShown = 9

// towns are the pupils by town.
func (p figuresPage) towns() (ui.Figure, []ui.PlotBar) {
	f := ui.Figure{ID: "communes", Title: "Élèves par commune", Table: ui.FigureTable{Heads: []string{"Commune", "Élèves", "Part"}}}
	var bars []ui.PlotBar
	for i, t := range p.Towns {
		name, address := t.Town, list("commune", t.Town)
		if name == "" {
			name, address = "non renseignée", ""
		}
		switch {
		case i < townsShown || len(p.Towns) == townsShown+1:
			bars = append(bars, ui.PlotBar{Name: name, Parts: [2]int64{t.N, 0}})
		case i == townsShown:
			bars = append(bars, ui.PlotBar{Name: "autres communes", Parts: [2]int64{t.N, 0}})
		default:
			bars[townsShown].Parts[0] += t.N
		}
		f.Table.Rows = append(f.Table.Rows, ui.FigureRow{Name: name, Cells: []ui.FigureCell{number(t.N, address), part(t.N, p.Pupils)}})
	}
	f.Says = french.Count(int64(len(p.Towns)), "commune", "communes") + "."
	if len(p.Towns) > 1 {
		f.Says = french.Count(int64(len(p.Towns)), "commune", "communes") + "\u202f; d’abord " + p.Towns[0].Town + "."
	}
	return f, bars
}
