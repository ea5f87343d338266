// Package catalogue describes what the school teaches: programmes (formules)
// with their rules as data, courses and teachers. How many places a course
// has, and who holds them, belongs to enrolment.
package catalogue

import (
	"slices"
	"time"

	"pupitre/internal/domain/school"
	"pupitre/internal/platform/french"
)

// Kind is the type of a course, as the school's files write it.
type Kind string

// The kinds of course.
const (
	Eveil      Kind = "eveil"
	Parcours   Kind = "parcours"
	Instrument Kind = "instrument"
	Pratique   Kind = "pratique"
	Culture    Kind = "culture"
)

// French names the kind as a family reads it.
func (k Kind) French() string {
	switch k {
	case Eveil:
		return "éveil"
	case Parcours:
		return "parcours"
	case Instrument:
		return "instrument"
	case Pratique:
		return "pratique collective"
	case Culture:
		return "culture musicale"
	default:
		return string(k)
	}
}

// Programme is a formule: who may take it, and the lines a choice must fill
// exactly. Ages are full years on the season's day (school.Season.AgesOn); 0
// is no bound; no Levels means every level.
type Programme struct {
	ID       string
	Code     string
	Title    string
	Message  string // shown on screen with the choice
	AgeMin   int64
	AgeMax   int64
	Levels   []string
	Position int64
	Lines    []Line
	school.Edited
}

// Line asks for Min to Max courses of the given kinds. With Levels it holds
// for these levels only, and asks for nothing of the others. Semester 1 or 2
// asks for a place in that semester. DistinctTitles: the courses of all such
// lines have different titles (R23). WithoutInstrument: only courses open
// without an instrument (R26).
type Line struct {
	Label             string
	Kinds             []Kind
	Min               int64
	Max               int64
	Levels            []string
	Semester          int64
	DistinctTitles    bool
	WithoutInstrument bool
}

// Course is one course of a season at one site. Semesters lists the semesters
// it is offered in separately; [0] is the whole year.
type Course struct {
	ID                string
	Code              string
	Title             string
	Kind              Kind
	Discipline        string
	SiteID            string
	Weekday           int64 // 1 (lundi) to 7; 0 when fixed later
	Starts            string
	Ends              string
	Room              string
	Teacher           string
	WithoutInstrument bool
	NoBeginner        bool
	AgeMin            int64
	AgeMax            int64
	Levels            []string
	CancelledAt       time.Time
	Semesters         []int64
	school.Edited
}

// Slot writes when the course is given: « mercredi, 15 h 00 », or "" when it
// is fixed later.
func (c Course) Slot() string {
	if c.Weekday == 0 || c.Starts == "" {
		return ""
	}
	return french.Weekday(int(c.Weekday)) + ", " + hour(c.Starts)
}

func hour(hhmm string) string {
	if len(hhmm) != 5 {
		return hhmm
	}
	h := hhmm[:2]
	if h[0] == '0' {
		h = h[1:]
	}
	return h + "\u00a0h\u00a0" + hhmm[3:]
}

// Site is a pôle as the rules need it.
type Site struct {
	ID   string
	Name string
	Town string
}

// Catalogue is what a season offers.
type Catalogue struct {
	Sites      []Site
	Programmes []Programme
	Courses    []Course
}

// Course returns the course of that id, and whether there is one.
func (c Catalogue) Course(id string) (Course, bool) {
	for i := range c.Courses { // not a copy of each
		if c.Courses[i].ID == id {
			return c.Courses[i], true
		}
	}
	return Course{}, false
}

// Programme returns the programme of that id, and whether there is one.
func (c Catalogue) Programme(id string) (Programme, bool) {
	i := slices.IndexFunc(c.Programmes, func(x Programme) bool { return x.ID == id })
	if i < 0 {
		return Programme{}, false
	}
	return c.Programmes[i], true
}

// SiteName returns the site's name, or "".
func (c Catalogue) SiteName(id string) string {
	i := slices.IndexFunc(c.Sites, func(x Site) bool { return x.ID == id })
	if i < 0 {
		return ""
	}
	return c.Sites[i].Name
}
