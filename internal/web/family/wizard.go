package family

import (
	"strings"

	"pupitre/internal/domain/enrolment"
	"pupitre/internal/domain/people"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
	"pupitre/internal/web/door"
	"pupitre/internal/web/ui"
)

// wizardHead is what stands above every step of the re-registration.
type wizardHead struct {
	Pupil   string // id
	Name    string // « Lucie », « Claire (vous) »
	New     bool   // new to the school
	Season  string
	Step    step
	Back    string
	Warning string // before the opening, after the closing
}

func headOf(v *door.Visit, r enrolment.Registration, s step) wizardHead {
	head := wizardHead{Pupil: r.Pupil.ID, Name: called(r.Pupil), New: isNew(r.Pupil, r.Season), Season: r.Season.Name, Step: s, Back: "/accueil"}
	if s > stepHousehold {
		head.Back = (s - 1).path(r.Pupil.ID)
	}
	if !isReopened(r, v.Now) {
		switch {
		case r.Season.BeforeOpening(v.Now):
			head.Warning = "La campagne ouvre le " + french.Moment(r.Season.OpensAt) + ". Préparez tout dès maintenant" + colon + "vous validerez à cette minute."
		case r.Season.HasClosed(v.Now):
			head.Warning = "La campagne est close depuis le " + french.Moment(r.Season.ClosesAt) + ". Appelez le secrétariat au " + french.Phone(v.School.Phone) + "."
		}
	}
	return head
}

// draft reads the re-registration for a step; sent is true when the dossier is
// no draft, and the visit has then been sent to its page.
func (p *Pages) draft(v *door.Visit) (r enrolment.Registration, sent bool, err error) {
	r, err = p.registration(v)
	if err != nil {
		return r, false, err
	}
	if r.InSeason.NotInvited {
		return r, true, v.Redirect(wizardPath(r.Pupil.ID))
	}
	switch r.Dossier.State {
	case "", enrolment.Draft, enrolment.Lapsed, enrolment.Withdrawn, enrolment.TurnedDown:
		return r, false, nil
	case enrolment.NotReturning:
		if isOthers(r) { // the other household's answer does not bind this one
			return r, false, nil
		}
	}
	return r, true, v.Redirect(wizardPath(r.Pupil.ID))
}

type wizardHouseholdPage struct {
	ui.Base
	Head wizardHead
	Rows []ui.RecapRow
	Left int
}

// ShowWizardHousehold asks « Rien n’a changé ? », once for all pupils.
func (p *Pages) ShowWizardHousehold(v *door.Visit) error {
	r, sent, err := p.draft(v)
	if err != nil || sent {
		return err
	}
	return p.showWizardHousehold(v, r, nil)
}

func (p *Pages) showWizardHousehold(v *door.Visit, r enrolment.Registration, invalid *fault.Invalid) error {
	page := wizardHouseholdPage{Base: invalidBase(v, saidOf(r, "Réinscription, la famille"), invalid), Head: headOf(v, r, stepHousehold)}
	for i := range page.Errors {
		page.Errors[i].ID = "famille" // the list below, whose links mend it
	}
	edit := "/famille/identite?suite=" + stepHousehold.path(r.Pupil.ID)
	page.Rows = householdRows(r.Household, edit)
	billing, err := p.billingRows(v, r.Household, edit)
	if err != nil {
		return err
	}
	page.Rows = append(page.Rows, billing...)
	page.Left = len(people.MissingFamily(r.Household))
	return v.Show(status(page.Base), wizardHouseholdView(page))
}

// ConfirmHousehold notes « Tout est juste ».
func (p *Pages) ConfirmHousehold(v *door.Visit) error {
	r, sent, err := p.draft(v)
	if err != nil || sent {
		return err
	}
	err = p.store.Write(v.Ctx(), func(tx *db.Tx) error {
		return people.MarkChecked(v.Ctx(), tx, v.Now, v.Actor, v.Actor.Household, r.Season.ID)
	})
	if invalid, ok := door.AsInvalid(err); ok {
		return p.showWizardHousehold(v, r, invalid)
	}
	if err != nil {
		return err
	}
	return v.Redirect(stepPupil.path(r.Pupil.ID))
}

// householdRows are the household's details to read again.
func householdRows(h people.Household, edit string) []ui.RecapRow {
	var rows []ui.RecapRow
	add := func(term, text string) {
		if text == "" {
			text = "À remplir"
		}
		rows = append(rows, ui.RecapRow{Term: term, Text: text, EditURL: edit})
	}
	for _, g := range h.Guardians {
		term := "Responsable"
		if g.Position > 0 {
			term = "Autre responsable"
		}
		add(term, g.FullName())
		add("Téléphone", joinNonEmpty(", ", french.Phone(g.Mobile), french.Phone(g.Phone)))
		email := g.Email
		if g.PendingEmail != "" {
			email = joinNonEmpty(", ", email, g.PendingEmail+" (à confirmer)")
		}
		add("Adresse mail", email)
	}
	add("Adresse postale", joinNonEmpty(", ", h.Address, h.AddressExtra, strings.TrimSpace(h.Postcode+" "+h.Town)))
	return rows
}

type wizardPupilPage struct {
	ui.Base
	Head           wizardHead
	Form           people.PupilForm
	Invalid        *fault.Invalid
	AskBirth       bool
	AskBeginner    bool
	Administrative bool
	Reason         string
	Identity       []ui.RecapRow
	Levels         []ui.Option
	LevelHelp      string
}

// ShowWizardPupil asks what is asked anew each season, under the box
// « Réinscription administrative » beside « Ne se réinscrit pas » (R20, R20b).
func (p *Pages) ShowWizardPupil(v *door.Visit) error {
	r, sent, err := p.draft(v)
	if err != nil || sent {
		return err
	}
	page := wizardPupilPage{Base: v.Base(saidOf(r, "Réinscription, l’élève")), Form: pupilForm(r), Administrative: r.Dossier.Administrative}
	return p.showWizardPupil(v, r, page)
}

func (p *Pages) showWizardPupil(v *door.Visit, r enrolment.Registration, page wizardPupilPage) error {
	page.Head, page.Levels, page.LevelHelp = headOf(v, r, stepPupil), levels(), levelHelp(r)
	page.AskBirth, page.AskBeginner = r.Pupil.BirthDate == "", asksBeginner(r, page.Form)
	edit := pupilPath(r.Pupil.ID) + "/identite?suite=" + stepPupil.path(r.Pupil.ID)
	page.Identity = []ui.RecapRow{{Term: "Élève", Text: r.Pupil.FullName(), EditURL: edit}}
	if r.Pupil.BirthDate != "" {
		page.Identity = append(page.Identity, ui.RecapRow{Term: "Date de naissance", Text: french.CivilDate(r.Pupil.BirthDate), EditURL: edit})
	}
	return v.Show(status(page.Base), wizardPupilView(page))
}

// asksBeginner tells whether a course on offer to the pupil refuses beginners (R26).
func asksBeginner(r enrolment.Registration, form people.PupilForm) bool {
	facts := r.Facts
	if form.Level != "" {
		facts.Level = form.Level
	}
	for _, programme := range r.Catalogue.Programmes {
		if programme.Open(facts) && r.Catalogue.AsksBeginner(programme, facts) {
			return true
		}
	}
	return false
}

// SaveWizardPupil keeps the answers, or « Ne se réinscrit pas ».
func (p *Pages) SaveWizardPupil(v *door.Visit) error {
	r, sent, err := p.draft(v)
	if err != nil || sent {
		return err
	}
	form, err := v.Form()
	if err != nil {
		return err
	}
	if form.Value("action") == "non" {
		return p.notReturning(v, r, form)
	}
	page := wizardPupilPage{Form: readPupil(form, r), Administrative: form.Has("administrative")}
	page.Form.Version = r.Pupil.Version // this step shows no name to overwrite
	invalid, err := p.keepPupil(v, r, page)
	if err != nil {
		return err
	}
	if invalid != nil {
		page.Base, page.Invalid = invalidBase(v, saidOf(r, "Réinscription, l’élève"), invalid), invalid
		return p.showWizardPupil(v, r, page)
	}
	return v.Redirect(stepCourses.path(r.Pupil.ID))
}

// keepPupil keeps the box in the draft, even when the rest is refused, then
// the answers. It returns what is left to answer.
func (p *Pages) keepPupil(v *door.Visit, r enrolment.Registration, page wizardPupilPage) (*fault.Invalid, error) {
	invalid, err := p.saveDraft(v, r.Pupil.ID, enrolment.DraftStep{Administrative: &page.Administrative})
	if err != nil || invalid != nil {
		return invalid, err
	}
	var c fault.Check
	c.That(page.Administrative, "administrative", saidOf(r, "Cochez « Réinscription administrative » pour continuer."))
	if asksBeginner(r, page.Form) {
		c.That(page.Form.Beginner != "", people.FieldBeginner, "Répondez oui ou non.")
	}
	err = p.savePupil(v, page.Form)
	if refused, ok := door.AsInvalid(err); ok {
		for _, f := range refused.Fields {
			c.Add(f.Name, f.Message)
		}
	} else if err != nil {
		return nil, err
	}
	left, _ := door.AsInvalid(c.Err())
	return left, nil
}

func (p *Pages) notReturning(v *door.Visit, r enrolment.Registration, form door.Form) error {
	var c fault.Check
	reason := form.Optional(&c, "raison", 500)
	err := c.Err()
	if err == nil {
		err = p.registrar.NotReturning(v.Ctx(), v.Actor, r.Pupil.ID, v.Actor.Household, reason)
	}
	if invalid, ok := door.AsInvalid(err); ok {
		page := wizardPupilPage{Base: invalidBase(v, saidOf(r, "Réinscription, l’élève"), invalid), Invalid: invalid, Form: pupilForm(r), Administrative: r.Dossier.Administrative, Reason: reason}
		return p.showWizardPupil(v, r, page)
	}
	if err != nil {
		return err
	}
	return v.Redirect("/accueil", ui.Flash{Kind: ui.MessageOK, Title: saidOf(r, notReturning(called(r.Pupil))), Text: "C’est noté. Vous pouvez revenir sur cette réponse jusqu’à la clôture.", UndoURL: wizardPath(r.Pupil.ID) + "/revient"})
}

// Return takes « Ne se réinscrit pas » back.
func (p *Pages) Return(v *door.Visit) error {
	pupil := v.PathValue("pupil")
	if err := p.registrar.Returning(v.Ctx(), v.Actor, pupil); err != nil {
		return err
	}
	return v.Redirect(wizardPath(pupil))
}

type wizardPapersPage struct {
	ui.Base
	Head     wizardHead
	Family   []ui.Task
	Pupil    []ui.Task
	OnPaper  bool
	First    *enrolment.PaperStatus // the first to provide, a required one before the others
	Missing  []string               // required, still missing
	Optional []string               // what happens without the others
}

// ShowWizardPapers lists what is asked and what is missing (R20).
func (p *Pages) ShowWizardPapers(v *door.Visit) error {
	r, sent, err := p.draft(v)
	if err != nil || sent {
		return err
	}
	page := wizardPapersPage{Base: v.Base(saidOf(r, "Réinscription, les pièces")), Head: headOf(v, r, stepPapers), OnPaper: r.Dossier.OnPaperForm, Missing: paperNames(r.Missing)}
	page.Pupil, page.Family = paperTasks(r, stepPapers.path(r.Pupil.ID))
	for i := range r.Papers {
		paper := &r.Papers[i]
		if !toProvide(*paper) {
			continue
		}
		if page.First == nil || paper.Paper.Required && !page.First.Paper.Required {
			page.First = paper
		}
		if !paper.Paper.Required && paper.Paper.Consequence != "" {
			page.Optional = append(page.Optional, paper.Paper.Consequence)
		}
	}
	return v.Show(200, wizardPapersView(page))
}

// saveDraft keeps a step; a refusal comes back as such.
func (p *Pages) saveDraft(v *door.Visit, pupil string, s enrolment.DraftStep) (*fault.Invalid, error) {
	err := enrolment.SaveDraft(v.Ctx(), p.store, p.clock, v.Actor, pupil, s)
	if invalid, ok := door.AsInvalid(err); ok {
		return invalid, nil
	}
	return nil, err
}
