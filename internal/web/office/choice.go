package office

import (
	"strconv"
	"strings"

	"pupitre/internal/domain/catalogue"
	"pupitre/internal/domain/enrolment"
	"pupitre/internal/platform/french"
	"pupitre/internal/web/door"
	"pupitre/internal/web/ui"
)

// chooser offers the courses of a programme at a pole, line by line, to whoever
// types a choice in for a family.
type chooser struct {
	Catalogue catalogue.Catalogue
	Facts     catalogue.Pupil
	Programme string
	Site      string
	Chosen    map[string]bool // course/semester
	Places    map[string]enrolment.Places
}

// programmeOptions lists the programmes that the pupil may take, then those
// whose ages or levels, or those of all their courses, are not his.
func (c chooser) programmeOptions() []ui.Option {
	var open, closed []ui.Option
	for _, p := range c.Catalogue.Programmes {
		if p.Open(c.Facts) && c.Catalogue.Fillable(p, c.Facts) {
			open = append(open, ui.Option{Value: p.ID, Label: p.Title})
		} else {
			closed = append(closed, ui.Option{Value: p.ID, Label: "Hors âge ou niveau\u202f: " + p.Title})
		}
	}
	return append(open, closed...)
}

// closed tells whether the programme chosen is not for the pupil.
func (c chooser) closed() bool {
	p, ok := c.Catalogue.Programme(c.Programme)
	return ok && !p.Open(c.Facts)
}

func (c chooser) siteOptions() []ui.Option {
	var options []ui.Option
	for _, s := range c.Catalogue.Sites {
		options = append(options, ui.Option{Value: s.ID, Label: s.Name + ", " + s.Town})
	}
	return options
}

// lines are the courses that may be chosen, line by line; none before a
// programme and a pole are.
func (c chooser) lines() []catalogue.Choices {
	p, ok := c.Catalogue.Programme(c.Programme)
	if !ok || c.Site == "" {
		return nil
	}
	all := c.Catalogue.ChoicesFor(p, c.Facts)
	for i := range all {
		var here []catalogue.Option
		for _, o := range all[i].Options {
			if o.Course.SiteID == c.Site {
				here = append(here, o)
			}
		}
		all[i].Options = here
	}
	return all
}

func (c chooser) options(l catalogue.Choices) []ui.Option {
	var options []ui.Option
	for _, o := range l.Options {
		id := enrolment.OfferingID(o.Course.ID, o.Semester)
		places := c.Places[id]
		side := french.Count(places.Left(), "place", "places")
		if places.Left() <= 0 {
			side = "complet"
			if places.Waiting > 0 {
				side += ", " + french.Count(places.Waiting, "attente", "attentes")
			}
		}
		title := enrolment.RequestView{Title: o.Course.Title, Semester: o.Semester}.FullTitle()
		options = append(options, ui.Option{Value: id, Label: title, Note: o.Course.Slot(), Side: side, Checked: c.Chosen[id]})
	}
	return options
}

// wishes reads the courses ticked, in the order of the page; one that does not
// exist is judged by the rules.
func wishes(form door.Form) enrolment.Choice {
	var choice enrolment.Choice
	seen := map[string]bool{}
	for _, value := range form.Values("cours") {
		if seen[value] {
			continue // the same course fills two lines of the page
		}
		seen[value] = true
		course, semester, _ := strings.Cut(value, "/")
		n, err := strconv.ParseInt(semester, 10, 8)
		if err != nil {
			n = -1
		}
		choice = append(choice, catalogue.Wish{Course: course, Semester: n})
	}
	return choice
}

func chosen(choice enrolment.Choice) map[string]bool {
	ids := map[string]bool{}
	for _, w := range choice {
		ids[enrolment.OfferingID(w.Course, w.Semester)] = true
	}
	return ids
}
