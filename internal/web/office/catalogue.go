package office

import (
	"pupitre/internal/domain/catalogue"
	"pupitre/internal/domain/enrolment"
	"pupitre/internal/domain/school"
	"pupitre/internal/platform/french"
	"pupitre/internal/web/door"
	"pupitre/internal/web/ui"
)

type cataloguePage struct {
	ui.Base
	Catalogue catalogue.Catalogue
	Places    map[string]enrolment.Places
	Lacks     []catalogue.Lack
}

// Catalogue lists formulas and courses, with what a pole lacks (R27).
func (p *Pages) Catalogue(v *door.Visit) error {
	base, err := p.base(v, "Cours et formules")
	if err != nil {
		return err
	}
	page := cataloguePage{Base: base}
	if page.Catalogue, err = catalogue.InForce(v.Ctx(), p.Store, v.Season); err != nil {
		return err
	}
	if page.Places, err = enrolment.PlacesNow(v.Ctx(), p.Store, v.Season); err != nil {
		return err
	}
	page.Lacks = page.Catalogue.Lacks()
	return v.Show(200, catalogueList(page))
}

// who says for whom a formula or course is: ages and levels.
func forWhom(ageMin, ageMax int64, levels []string) string {
	var s string
	switch {
	case ageMin > 0 && ageMax > 0:
		s = "de " + itoa(ageMin) + " à " + itoa(ageMax) + " ans"
	case ageMin > 0:
		s = "à partir de " + itoa(ageMin) + " ans"
	case ageMax > 0:
		s = "jusqu’à " + itoa(ageMax) + " ans"
	}
	if len(levels) > 0 {
		var names []string
		for _, l := range levels {
			names = append(names, school.Level(l).French())
		}
		if s != "" {
			s += ", "
		}
		s += french.List(names)
	}
	return or(s, "tous")
}
