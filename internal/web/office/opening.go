package office

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"time"

	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/catalogue"
	"pupitre/internal/domain/enrolment"
	"pupitre/internal/domain/report"
	"pupitre/internal/platform/french"
	"pupitre/internal/platform/jobs"
	"pupitre/internal/web/door"
	"pupitre/internal/web/ui"

	"github.com/a-h/templ"
)

// openingPath is the page of the opening, as it goes.
const openingPath = "/bureau/ouverture"

// minutesShown are those of the figure.
const minutesShown = 20

type openingPage struct {
	ui.Base
	Campaign string
	At       time.Time
	Still    bool // it does not renew itself: asked by the reader
	Counts   report.Counts
	Minutes  []report.Minute
	Waiting  int
	Jobs     jobs.Queue
	Courses  []openingCourse
	Left     int64
}

// openingCourse is a course's places, those of the fewest left first.
type openingCourse struct {
	Title, Site             string
	Capacity, Left, Waiting int64
}

// Opening shows the dossiers as they come, the places left and what waits. A
// fragment of it is asked every few seconds; ?fixe=oui stops that.
func (p *Pages) Opening(v *door.Visit) error {
	page := openingPage{Campaign: campaign(v), At: v.Now, Still: v.Query("fixe") != "", Waiting: p.Registrar.Waiting()}
	var err error
	if page.Minutes, err = report.LastMinutes(v.Ctx(), p.Store, v.Actor, v.Season.ID, v.Now, minutesShown); err != nil {
		return err
	}
	if page.Counts, err = p.counter.CountsOf(v.Ctx(), p.Store, v.Actor, v.Season, report.Filter{}); err != nil {
		return err
	}
	if page.Jobs, err = jobs.Waiting(v.Ctx(), p.Store, v.Now); err != nil {
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
	page.fill(c, places)
	if v.IsHTMX() {
		return v.Show(200, openingNow(page))
	}
	if page.Base, err = p.base(v, "L’ouverture en direct"); err != nil {
		return err
	}
	page.Base.Path = "/bureau/places" // its entry in the rail
	return v.Show(200, opening(page))
}

func (o *openingPage) fill(c catalogue.Catalogue, places map[string]enrolment.Places) {
	for _, course := range c.Courses {
		if !course.CancelledAt.IsZero() {
			continue
		}
		for _, semester := range course.Semesters {
			at := places[enrolment.OfferingID(course.ID, semester)]
			row := openingCourse{
				Title: enrolment.RequestView{Title: course.Title, Semester: semester}.FullTitle(), Site: c.SiteName(course.SiteID),
				Capacity: at.Capacity, Left: at.Left(), Waiting: at.Waiting,
			}
			o.Left += row.Left
			o.Courses = append(o.Courses, row)
		}
	}
	sortCourses(o.Courses)
}

// ThisMinute is how many dossiers have come since the minute began.
func (o openingPage) ThisMinute() int64 { return o.Minutes[len(o.Minutes)-1].N }

// summary says the figure in words.
func (o openingPage) summary() string {
	most, all := o.Minutes[0], int64(0)
	for _, m := range o.Minutes {
		all += m.N
		if m.N > most.N {
			most = m
		}
	}
	if all == 0 {
		return fmt.Sprintf("Aucun dossier complet dans les %d dernières minutes.", len(o.Minutes))
	}
	return fmt.Sprintf("%s dans les %d dernières minutes\u202f; le plus à %s (%d).",
		french.Count(all, "dossier complet", "dossiers complets"), len(o.Minutes), french.Hour(most.At), most.N)
}

// oldest says for how long what has waited longest has waited.
func (o openingPage) oldest() string {
	if o.Jobs.Oldest.IsZero() {
		return ""
	}
	return ", depuis " + french.Count(int64(o.At.Sub(o.Jobs.Oldest)/time.Minute), "minute", "minutes") + " au plus"
}

// The figure: a bar a minute, in a frame of 1110 by 230.
const (
	plotLeft, plotTop, plotHeight = 52.0, 20.0, 165.0
	plotStep                      = 52.0
)

type bar struct{ X, Y, Width, Height, Middle, Label, Value string }

// top is a round number not below the largest minute.
func (o openingPage) top() int64 {
	largest := int64(0)
	for _, m := range o.Minutes {
		largest = max(largest, m.N)
	}
	for step := int64(1); ; step *= 10 {
		for _, n := range []int64{4, 10, 20} {
			if top := n * step; top >= largest {
				return top
			}
		}
	}
}

func (o openingPage) bars() []bar {
	top := float64(o.top())
	bars := make([]bar, len(o.Minutes))
	for i, m := range o.Minutes {
		height := plotHeight * float64(m.N) / top
		x := plotLeft + plotStep*float64(i)
		bars[i] = bar{X: tenth(x + 6), Y: tenth(plotTop + plotHeight - height), Width: tenth(plotStep - 12), Height: tenth(height), Middle: tenth(x + plotStep/2)}
		if m.N > 0 {
			bars[i].Value = itoa(m.N)
		}
		if i%5 == 4 || i == 0 {
			bars[i].Label = french.Hour(m.At)
		}
	}
	return bars
}

type gridLine struct{ Y, TextY, Label string }

func (o openingPage) grid() []gridLine {
	var lines []gridLine
	for i := range int64(5) {
		y := plotTop + plotHeight*(1-float64(i)/4)
		lines = append(lines, gridLine{tenth(y), tenth(y + 4.5), itoa(o.top() * i / 4)})
	}
	return lines
}

func tenth(f float64) string { return strconv.FormatFloat(f, 'f', 1, 64) }

func mayFollowOpening(a actor.Role) bool { return a == actor.Director || a == actor.Administrator }

// renewal asks for the fragment again, unless the reader has stopped it.
func (o openingPage) renewal() templ.Attributes {
	if o.Still {
		return nil
	}
	return templ.Attributes{"hx-get": openingPath, "hx-trigger": "every 5s", "hx-swap": "outerHTML"}
}

// lately are the minutes that had a dossier, the last first.
func (o openingPage) lately() []report.Minute {
	var some []report.Minute
	for _, m := range slices.Backward(o.Minutes) {
		if m.N > 0 {
			some = append(some, m)
		}
	}
	return some
}

// sortCourses puts the fullest first, then by title and pole.
func sortCourses(courses []openingCourse) {
	slices.SortStableFunc(courses, func(a, b openingCourse) int {
		return cmp.Or(cmp.Compare(a.Left, b.Left), cmp.Compare(b.Waiting, a.Waiting), cmp.Compare(french.Fold(a.Title), french.Fold(b.Title)), cmp.Compare(a.Site, b.Site))
	})
}
