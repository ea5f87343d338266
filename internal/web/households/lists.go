package households

import (
	"strings"

	"pupitre/internal/domain/people"
	"pupitre/internal/domain/report"
	"pupitre/internal/platform/french"
	"pupitre/internal/web/door"
	"pupitre/internal/web/ui"
)

// linesOfAPage is how many families or pupils a page lists.
const linesOfAPage = 50

// turning leads to the parts of a list before and after the one shown.
type turning struct{ Previous, Next string }

type familiesPage struct {
	ui.Base
	turning
	From string
	report.Listed[report.FamilyLine]
}

type pupilsPage struct {
	ui.Base
	turning
	From string
	report.Listed[report.PupilLine]
}

// part reads which part of a list is asked for.
func part(v *door.Visit) report.Part {
	return report.Part{After: v.Query("apres"), Before: v.Query("avant"), From: v.Query("depuis"), Limit: linesOfAPage}
}

func turn(path, from string, less, more bool, first, last string) (t turning) {
	if less {
		t.Previous = link(path, "avant", first)
	}
	if more {
		t.Next = link(path, "apres", last)
	}
	return t
}

// Families lists the families in the order of names.
func (p *Pages) Families(v *door.Visit) (err error) {
	page := familiesPage{From: v.Query("depuis")}
	if page.Base, err = p.base(v, "Foyers"); err != nil {
		return err
	}
	if page.Listed, err = report.Families(v.Ctx(), p.Store, v.Actor, part(v)); err != nil {
		return err
	}
	if n := len(page.Lines); n > 0 {
		page.turning = turn(familiesPath, page.From, page.Less, page.More, page.Lines[0].ID, page.Lines[n-1].ID)
	}
	return v.Show(200, familiesView(page))
}

// Pupils lists the pupils in the order of names.
func (p *Pages) Pupils(v *door.Visit) (err error) {
	page := pupilsPage{From: v.Query("depuis")}
	if page.Base, err = p.base(v, "Élèves"); err != nil {
		return err
	}
	if page.Listed, err = report.Pupils(v.Ctx(), p.Store, v.Actor, v.Season.ID, part(v)); err != nil {
		return err
	}
	if n := len(page.Lines); n > 0 {
		page.turning = turn(pupilsPath, page.From, page.Less, page.More, page.Lines[0].Pupil.ID, page.Lines[n-1].Pupil.ID)
	}
	return v.Show(200, pupilsView(page))
}

// letters lead to the names that begin with each.
func letters(path string) []ui.Tab {
	var tabs []ui.Tab
	for c := 'A'; c <= 'Z'; c++ {
		tabs = append(tabs, ui.Tab{Label: string(c), URL: link(path, "depuis", string(c))})
	}
	return tabs
}

// called is the name as the list is sorted: « MOREAU Claire ».
func called(last, first string) string { return strings.TrimSpace(last + " " + first) }

func familyName(h people.Household) string {
	if len(h.Guardians) == 0 {
		return "Sans responsable"
	}
	return called(h.Guardians[0].LastName, h.Guardians[0].FirstName)
}

func others(h people.Household) string {
	var names []string
	for i, g := range h.Guardians {
		if i > 0 {
			names = append(names, g.FullName())
		}
	}
	return french.List(names)
}

// reach is the telephone of the first responsible, and its address.
func reach(h people.Household) (phone, email string) {
	if len(h.Guardians) == 0 {
		return "", ""
	}
	g := h.Guardians[0]
	return french.Phone(or(g.Mobile, g.Phone)), g.Email
}

func firstNames(pupils []people.Pupil) string {
	var names []string
	for _, p := range pupils {
		names = append(names, p.FirstName)
	}
	return strings.Join(names, ", ")
}

func born(p people.Pupil) string {
	if p.BirthDate == "" {
		return "date de naissance inconnue"
	}
	return french.CivilDate(p.BirthDate)
}
