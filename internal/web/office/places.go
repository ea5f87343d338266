package office

import (
	"cmp"
	"slices"
	"strings"

	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/catalogue"
	"pupitre/internal/domain/enrolment"
	"pupitre/internal/domain/report"
	"pupitre/internal/platform/french"
	"pupitre/internal/web/door"
	"pupitre/internal/web/ui"
)

type placesPage struct {
	ui.Base
	Counts          report.Counts
	Follows         bool // may follow the opening as it goes
	Sites           []catalogue.Site
	Groups          []placesGroup
	Taken, Capacity int64
	Full, Open      []string // titles with their pole
}

// placesGroup is the courses of one kind.
type placesGroup struct {
	Title string
	Rows  []placesRow
}

// placesRow is one course title, a cell for each pole; a cell without offering is nil.
type placesRow struct {
	Title string
	Cells []*placesCell
}

type placesCell struct {
	enrolment.Places
	Slot      string
	Cancelled bool
	Title     string
}

func (c placesCell) url() string { return "/bureau/places/" + c.Offering }

// Places is the board: each course of each pole, its places as noteheads.
func (p *Pages) Places(v *door.Visit) error {
	base, err := p.base(v, "Places")
	if err != nil {
		return err
	}
	page := placesPage{Base: base, Follows: mayFollowOpening(v.Actor.Role)}
	if page.Counts, err = p.counter.CountsOf(v.Ctx(), p.Store, v.Actor, v.Season, report.Filter{}); err != nil {
		return err
	}
	c, err := catalogue.InForce(v.Ctx(), p.Store, v.Season)
	if err != nil {
		return err
	}
	places, err := enrolment.PlacesNow(v.Ctx(), p.Store, v.Season)
	if err != nil {
		return err
	}
	c.Sites, c.Courses = within(v.Actor, c)
	page.Sites = c.Sites
	page.fill(c, places)
	return v.Show(200, board(page))
}

// within are the poles and courses of the catalogue that the actor works for.
func within(a actor.Actor, c catalogue.Catalogue) ([]catalogue.Site, []catalogue.Course) {
	if !a.IsLimited() {
		return c.Sites, c.Courses
	}
	sites, courses := slices.Clone(c.Sites), slices.Clone(c.Courses)
	return slices.DeleteFunc(sites, func(s catalogue.Site) bool { return s.ID != a.Site }),
		slices.DeleteFunc(courses, func(c catalogue.Course) bool { return c.SiteID != a.Site })
}

func (b *placesPage) fill(c catalogue.Catalogue, places map[string]enrolment.Places) {
	for _, kind := range []catalogue.Kind{catalogue.Eveil, catalogue.Parcours, catalogue.Instrument, catalogue.Pratique, catalogue.Culture} {
		group := placesGroup{Title: kindTitle(kind), Rows: b.rows(c, places, kind)}
		if len(group.Rows) > 0 {
			b.Groups = append(b.Groups, group)
		}
	}
}

// rows lays courses of one title side by side, a line more where a pole has several.
func (b *placesPage) rows(c catalogue.Catalogue, places map[string]enrolment.Places, kind catalogue.Kind) []placesRow {
	bySite := map[string]map[string][]*placesCell{} // title, site
	var titles []string
	for _, course := range c.Courses {
		if course.Kind != kind {
			continue
		}
		for _, semester := range course.Semesters {
			o := places[enrolment.OfferingID(course.ID, semester)]
			title := enrolment.RequestView{Title: course.Title, Semester: semester}.FullTitle()
			if bySite[title] == nil {
				bySite[title] = map[string][]*placesCell{}
				titles = append(titles, title)
			}
			cell := &placesCell{Places: o, Slot: course.Slot(), Cancelled: !course.CancelledAt.IsZero(), Title: title}
			bySite[title][course.SiteID] = append(bySite[title][course.SiteID], cell)
			b.count(cell, c.SiteName(course.SiteID))
		}
	}
	slices.SortStableFunc(titles, func(x, y string) int { return cmp.Compare(french.Fold(x), french.Fold(y)) })
	var rows []placesRow
	for _, title := range titles {
		deepest := 0
		for _, cells := range bySite[title] {
			deepest = max(deepest, len(cells))
		}
		for i := range deepest {
			row := placesRow{Title: title}
			for _, s := range c.Sites {
				var cell *placesCell
				if cells := bySite[title][s.ID]; i < len(cells) {
					cell = cells[i]
				}
				row.Cells = append(row.Cells, cell)
			}
			rows = append(rows, row)
		}
	}
	return rows
}

func (b *placesPage) count(cell *placesCell, site string) {
	b.Taken += cell.Taken
	b.Capacity += cell.Capacity
	if cell.Cancelled {
		return
	}
	name := cell.Title + " (" + site + ")"
	if cell.Taken >= cell.Capacity {
		b.Full = append(b.Full, name)
	} else if cell.Capacity > 0 && cell.Taken*4 < cell.Capacity {
		b.Open = append(b.Open, name)
	}
}

// summary is the sentence that the direction reads first.
func (b placesPage) summary() string {
	var s string
	switch n := len(b.Full); {
	case n == 0:
		s = "Aucun cours n’est complet aujourd’hui."
	case n <= 8:
		s = "Complets aujourd’hui\u202f: " + french.List(b.Full) + "."
	default:
		s = "Complets aujourd’hui\u202f: " + strings.Join(b.Full[:8], ", ") + " et " + french.Count(int64(n-8), "autre cours", "autres cours") + "."
	}
	if n := len(b.Open); n > 0 {
		s += " Plus des trois quarts des places restent libres dans " + french.Count(int64(n), "cours", "cours") + "."
	}
	return s
}

func kindTitle(k catalogue.Kind) string {
	switch k {
	case catalogue.Eveil:
		return "Éveil"
	case catalogue.Parcours:
		return "Parcours découverte"
	case catalogue.Instrument:
		return "Instruments"
	case catalogue.Pratique:
		return "Pratiques collectives"
	default:
		return "Culture musicale"
	}
}
