package family

import (
	"pupitre/internal/domain/enrolment"
	"pupitre/internal/platform/fault"
	"pupitre/internal/web/choosing"
	"pupitre/internal/web/door"
	"pupitre/internal/web/ui"
)

type wizardCoursesPage struct {
	ui.Base
	Head      wizardHead
	OnPaper   bool
	Choosing  bool // the formule comes first
	Open      []ui.Option
	Closed    []choosing.Closed
	Form      choosing.Form
	FormError string // at the formule
	NoteError string
	ThisYear  bool // this year's courses are proposed
}

// ShowWizardCourses asks for the formule, then for its courses (§5).
func (p *Pages) ShowWizardCourses(v *door.Visit) error {
	r, sent, err := p.draft(v)
	if err != nil || sent {
		return err
	}
	page := wizardCoursesPage{Base: v.Base(saidOf(r, "Réinscription, les cours")), OnPaper: r.Dossier.OnPaperForm}
	if r.Programme.ID == "" || v.Query("formule") != "" {
		return p.showProgrammes(v, r, page)
	}
	c := choosing.Chosen{Site: r.Dossier.Site, Wishes: r.Dossier.Choice, Note: r.Dossier.Note}
	if len(c.Wishes) == 0 {
		if proposal := choosing.ThisYear(r, r.Programme); len(proposal.Wishes) > 0 && (c.Site == "" || c.Site == proposal.Site) {
			page.ThisYear, c.Wishes, c.Site = true, proposal.Wishes, proposal.Site
		}
	}
	return p.showCourses(v, r, c, page)
}

func (p *Pages) showProgrammes(v *door.Visit, r enrolment.Registration, page wizardCoursesPage) error {
	page.Head, page.Choosing = headOf(v, r, stepCourses), true
	page.Open, page.Closed = choosing.Programmes(r, r.Programme.ID)
	return v.Show(status(page.Base), wizardCoursesView(page))
}

func (p *Pages) showCourses(v *door.Visit, r enrolment.Registration, c choosing.Chosen, page wizardCoursesPage) (err error) {
	page.Head = headOf(v, r, stepCourses)
	if page.Form, err = choosing.Lay(v, p.store, r, r.Programme, c); err != nil {
		return err
	}
	return v.Show(status(page.Base), wizardCoursesView(page))
}

// SaveWizardCourses keeps the formule, the choice, or that it comes on paper.
func (p *Pages) SaveWizardCourses(v *door.Visit) error {
	r, sent, err := p.draft(v)
	if err != nil || sent {
		return err
	}
	form, err := v.Form()
	if err != nil {
		return err
	}
	yes, no := true, false
	switch form.Value("action") {
	case "formule":
		return p.saveProgramme(v, r, form.Value("formule"))
	case "papier":
		return p.saveOnPaper(v, r, &yes, stepPapers)
	case "en-ligne":
		return p.saveOnPaper(v, r, &no, stepCourses)
	default:
		return p.saveCourses(v, r, form)
	}
}

func (p *Pages) saveOnPaper(v *door.Visit, r enrolment.Registration, onPaper *bool, to step) error {
	if err := enrolment.SaveDraft(v.Ctx(), p.store, p.clock, v.Actor, r.Pupil.ID, enrolment.DraftStep{OnPaperForm: onPaper}); err != nil {
		return err
	}
	return v.Redirect(to.path(r.Pupil.ID))
}

// saveProgramme keeps the formule, and of the courses those it takes.
func (p *Pages) saveProgramme(v *door.Visit, r enrolment.Registration, id string) error {
	programme, ok := r.Catalogue.Programme(id)
	if !ok || !r.Catalogue.Fillable(programme, r.Facts) {
		invalid := &fault.Invalid{Message: "Choisissez une formule.", Fields: []fault.Field{{Name: "formule", Message: "Choisissez une des formules ouvertes à cet élève."}}}
		page := wizardCoursesPage{Base: invalidBase(v, saidOf(r, "Réinscription, les cours"), invalid), FormError: invalid.Of("formule")}
		return p.showProgrammes(v, r, page)
	}
	choice := enrolment.NewChoice{Programme: programme.ID, Site: r.Dossier.Site, Wishes: choosing.Fitting(r, programme)}
	online := false
	invalid, err := p.saveDraft(v, r.Pupil.ID, enrolment.DraftStep{Choice: &choice, OnPaperForm: &online})
	if err != nil {
		return err
	}
	if invalid != nil {
		return p.showProgrammes(v, r, wizardCoursesPage{Base: invalidBase(v, saidOf(r, "Réinscription, les cours"), invalid), FormError: invalid.Message})
	}
	return v.Redirect(stepCourses.path(r.Pupil.ID))
}

// saveCourses keeps the choice even when it breaks a rule, then says which.
func (p *Pages) saveCourses(v *door.Visit, r enrolment.Registration, form door.Form) error {
	if r.Programme.ID == "" {
		return v.Redirect(stepCourses.path(r.Pupil.ID))
	}
	c := choosing.Read(form, r, r.Programme)
	choice := enrolment.NewChoice{Programme: r.Programme.ID, Site: c.Site, Wishes: c.Wishes}
	online := false
	invalid, err := p.saveDraft(v, r.Pupil.ID, enrolment.DraftStep{Choice: &choice, Note: &c.Note, OnPaperForm: &online})
	if err != nil {
		return err
	}
	if invalid == nil {
		invalid = choosing.Judged(r, r.Programme, c)
	}
	if invalid != nil {
		page := wizardCoursesPage{Base: invalidBase(v, saidOf(r, "Réinscription, les cours"), invalid), NoteError: invalid.Of("note")}
		return p.showCourses(v, r, c, page)
	}
	return v.Redirect(stepPapers.path(r.Pupil.ID), choosing.ClearedFlash(c)...)
}
