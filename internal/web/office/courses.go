package office

import (
	"pupitre/internal/domain/enrolment"
	"pupitre/internal/platform/fault"
	"pupitre/internal/web/door"
	"pupitre/internal/web/ui"
)

// coursesPage types in a paper form (R20a), or changes a choice for the family (R30b).
type coursesPage struct {
	ui.Base
	chooser
	D       enrolment.Dossier
	Reg     enrolment.Registration
	Reason  string
	Invalid *fault.Invalid
}

// Typing tells whether a paper form is being typed in.
func (c coursesPage) typing() bool { return c.D.OnPaperForm && c.D.State.Sent() }

func (c coursesPage) url() string { return "/bureau/dossiers/" + c.D.ID + "/cours" }

// Courses shows the choice of a dossier to type in or to change.
func (p *Pages) Courses(v *door.Visit) error {
	page, err := p.courses(v)
	if err != nil {
		return err
	}
	if v.Query("formule") != "" {
		page.Programme, page.Site = v.Query("formule"), v.Query("pole")
	}
	return v.Show(200, courses(page))
}

func (p *Pages) courses(v *door.Visit) (page coursesPage, err error) {
	if page.D, err = enrolment.DossierByID(v.Ctx(), p.Store, v.Actor, v.PathValue("id")); err != nil {
		return page, err
	}
	if page.Reg, err = enrolment.RegistrationOf(v.Ctx(), p.Store, v.Actor, page.D.Pupil); err != nil {
		return page, err
	}
	page.chooser = chooser{
		Catalogue: page.Reg.Catalogue, Facts: page.Reg.Facts, Programme: page.D.Programme, Site: page.D.Site, Chosen: chosen(page.D.Choice),
	}
	if page.Places, err = enrolment.PlacesNow(v.Ctx(), p.Store, v.Season); err != nil {
		return page, err
	}
	page.Base, err = p.base(v, "Cours de "+page.Reg.Pupil.FullName())
	page.Base.Path = "/bureau/dossiers"
	return page, err
}

// SaveCourses types the form in, or changes the choice.
func (p *Pages) SaveCourses(v *door.Visit) error {
	form, err := v.TypedForm("motif")
	if err != nil {
		return err
	}
	page, err := p.courses(v)
	if err != nil {
		return err
	}
	var c fault.Check
	page.Programme, page.Site = form.Value("formule"), form.Value("pole")
	page.Reason = form.Optional(&c, "motif", 300)
	choice := wishes(form)
	page.Chosen = chosen(choice)
	typing := page.typing()
	c.That(typing || page.Reason != "", "motif", "Dites pourquoi vous changez les cours\u202f: le journal le garde.")
	if err = c.Err(); err == nil {
		in := enrolment.NewChoice{Pupil: page.D.Pupil, Programme: page.Programme, Site: page.Site, Wishes: choice, Reason: page.Reason}
		if typing {
			err = p.Registrar.TypeIn(v.Ctx(), v.Actor, in)
		} else {
			err = p.Registrar.Change(v.Ctx(), v.Actor, in)
		}
	}
	invalid, err := refused(err)
	if err != nil {
		return err
	}
	if invalid != nil {
		page.Invalid, page.Base = invalid, withErrors(page.Base, invalid)
		return v.Show(422, courses(page))
	}
	title := "Cours changés"
	if typing {
		title = "Formulaire papier saisi"
	}
	return v.Redirect("/bureau/dossiers/"+page.D.ID, done(title, p.mailOrCall(v, page.D.Household, "La famille reçoit un mail avec ses places.")))
}
