package households

import (
	"slices"
	"strconv"

	"pupitre/internal/domain/enrolment"
	"pupitre/internal/domain/people"
	"pupitre/internal/domain/report"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
	"pupitre/internal/web/door"
	"pupitre/internal/web/ui"
)

// What is done of a pupil's households.
const (
	add    = "rattacher"
	remove = "detacher"
)

// homesPage is a pupil's households: which, and what linking or unlinking one
// will change, said beforehand.
type homesPage struct {
	ui.Base
	Pupil   people.Pupil
	Homes   []people.Household
	Dossier enrolment.Dossier // its ID is "" without one
	Query   string
	Found   []report.Hit
	Act     string // add or remove, of Other; "" before one is chosen
	Other   people.Household
	Refusal string
}

// mostFound is how many families the search of a second household shows.
const mostFound = 12

// Homes shows a pupil's households, and what an act about one would change.
func (p *Pages) Homes(v *door.Visit) error {
	act, other := "", ""
	for _, a := range []string{add, remove} {
		if id := v.Query(a); id != "" {
			act, other = a, id
		}
	}
	page, err := p.homes(v, act, other)
	if err != nil {
		return err
	}
	if page.Query = v.Query("q"); page.Query != "" && page.Act == "" {
		found, err := report.Search(v.Ctx(), p.Store, v.Actor, v.Season.ID, page.Query, mostFound)
		if err != nil {
			return err
		}
		page.Found = slices.DeleteFunc(found.Families, func(h report.Hit) bool { return page.has(h.Household) })
	}
	return v.Show(200, homesView(page))
}

func (h homesPage) has(household string) bool {
	return slices.ContainsFunc(h.Homes, func(o people.Household) bool { return o.ID == household })
}

// room tells whether the pupil may have one household more.
func (h homesPage) room() bool {
	return h.Pupil.GuardianID == "" && len(h.Homes) < people.MostHouseholds
}

// sender is the household that has sent the dossier, "" when none has.
func (h homesPage) sender() string {
	if h.Dossier.State.Sent() {
		return h.Dossier.Household
	}
	return ""
}

// others are the pupil's households but one.
func (h homesPage) others(but string) string {
	var names []string
	for _, o := range h.Homes {
		if o.ID != but {
			names = append(names, o.Name())
		}
	}
	return french.List(names)
}

func (p *Pages) homes(v *door.Visit, act, other string) (page homesPage, err error) {
	if page.Pupil, _, err = people.PupilOf(v.Ctx(), p.Store, v.Actor, v.PathValue("pupil")); err != nil {
		return page, err
	}
	all, err := people.HouseholdsOfEach(v.Ctx(), p.Store, v.Actor, []string{page.Pupil.ID})
	if err != nil {
		return page, err
	}
	page.Homes = all[page.Pupil.ID]
	if len(page.Homes) > 0 {
		dossiers, err := enrolment.DossiersOf(v.Ctx(), p.Store, v.Actor, page.Homes[0].ID)
		if err != nil {
			return page, err
		}
		page.Dossier = dossiers[page.Pupil.ID]
	}
	if act != "" {
		page.Act = act
		if page.Other, err = people.HouseholdByID(v.Ctx(), p.Store, v.Actor, other); err != nil {
			return page, err
		}
	}
	page.Base, err = p.base(v, "Foyers de "+page.Pupil.FullName())
	return page, err
}

// ChangeHomes links the pupil to a second household, or unlinks one. The fields
// of « Annuler » are in its address.
func (p *Pages) ChangeHomes(v *door.Visit) error {
	form, err := v.Form()
	if err != nil {
		return err
	}
	field := func(name string) string { return or(form.Value(name), v.Query(name)) }
	act := field("action")
	page, err := p.homes(v, act, field("foyer"))
	if err != nil {
		return err
	}
	home := people.Home{Pupil: page.Pupil.ID, Household: page.Other.ID}
	home.Version, err = strconv.ParseInt(field("version"), 10, 64)
	switch {
	case act != add && act != remove || err != nil:
		return fault.Refuse("Choisissez ce qu’il faut faire sur la page des foyers de l’élève.")
	case act == add:
		err = p.Registrar.AddHome(v.Ctx(), v.Actor, home)
	default:
		err = p.Registrar.RemoveHome(v.Ctx(), v.Actor, home)
	}
	if invalid, ok := door.AsInvalid(err); ok {
		page.Refusal = invalid.Message
		return v.Show(status(invalid), homesView(page))
	}
	if err != nil {
		return err
	}
	return v.Redirect(homesURL(page.Pupil.ID), page.done(act, home))
}

// done says what was done, and how to take it back.
func (h homesPage) done(act string, home people.Home) ui.Flash {
	said, back := h.Pupil.FullName()+" a un second foyer"+french.Nbsp+": "+h.Other.Name(), remove
	if act == remove {
		said, back = h.Pupil.FullName()+" n’est plus au foyer "+h.Other.Name(), add
	}
	return ui.Flash{Kind: ui.MessageOK, Title: said,
		UndoURL: link(homesURL(h.Pupil.ID), "action", back, "foyer", home.Household, "version", strconv.FormatInt(home.Version+1, 10))}
}
