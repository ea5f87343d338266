package merging

import (
	"context"
	"net/url"
	"slices"
	"time"

	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/people"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/french"
	"pupitre/internal/web/door"
	"pupitre/internal/web/ui"
)

// ApartURL is where « Ce ne sont pas les mêmes foyers » posts.
func ApartURL(household, other string) string {
	return familyURL(household) + "/differents?" + fieldWith + "=" + url.QueryEscape(other)
}

func apartBackURL(household, other string) string {
	return familyURL(household) + "/differents/annuler?" + fieldWith + "=" + url.QueryEscape(other)
}

// apart reads the households said not to be this one, or what is said of other alone.
func (p *Pages) apart(v *door.Visit, household, other string) ([]apart, error) {
	said, err := people.ApartFromEach(v.Ctx(), p.store, v.Actor, household)
	if err != nil {
		return nil, err
	}
	if other != "" {
		said = slices.DeleteFunc(said, func(a people.ApartFrom) bool { return a.Household != other })
	}
	var ids []string
	for _, a := range said {
		ids = append(ids, a.Household)
	}
	known, err := people.HouseholdsByID(v.Ctx(), p.store, v.Actor, ids)
	var all []apart
	for _, a := range said {
		all = append(all, apart{a, known[a.Household].Name()})
	}
	return all, err
}

// SayApart notes that the two are not one household: the bar proposes them no more.
func (p *Pages) SayApart(v *door.Visit) error {
	name, err := p.sayOfTwo(v, people.SayApart)
	if err != nil {
		return err
	}
	return v.Redirect(familyURL(v.PathValue("household")), ui.Flash{Kind: ui.MessageOK, Title: "Ce ne sont pas les mêmes foyers", Text: "Celui de " + name + " ne sera plus proposé ici. Cela se défait aussi depuis la page de la fusion.",
		UndoURL: apartBackURL(v.PathValue("household"), v.Query(fieldWith))})
}

// TakeApartBack has the two resemble each other again.
func (p *Pages) TakeApartBack(v *door.Visit) error {
	name, err := p.sayOfTwo(v, people.TakeApartBack)
	if err != nil {
		return err
	}
	return v.Redirect(URL(v.PathValue("household"), ""), ui.Flash{Kind: ui.MessageOK, Title: "Le foyer de " + name + " est de nouveau proposé", Text: "S’il ressemble toujours à celui-ci" + french.Nbsp + ": même enfant, même adresse."})
}

// sayOfTwo has something noted of the household and of the other one, whose name it returns.
func (p *Pages) sayOfTwo(v *door.Visit, say func(context.Context, *db.Tx, time.Time, actor.Actor, string, string) error) (name string, err error) {
	household, with := v.PathValue("household"), v.Query(fieldWith)
	other, err := people.HouseholdByID(v.Ctx(), p.store, v.Actor, with)
	if err != nil {
		return "", err
	}
	return other.Name(), p.store.Write(v.Ctx(), func(tx *db.Tx) error {
		return say(v.Ctx(), tx, v.Now, v.Actor, household, with)
	})
}
