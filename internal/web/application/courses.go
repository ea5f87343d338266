package application

import (
	"fmt"
	"time"

	rooms "pupitre/internal/domain/application"
	"pupitre/internal/domain/catalogue"
	"pupitre/internal/domain/enrolment"
	"pupitre/internal/domain/people"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
	"pupitre/internal/web/choosing"
	"pupitre/internal/web/door"
	"pupitre/internal/web/ui"
)

// coursesPage is the second step: the formule, then its courses.
type coursesPage struct {
	ui.Base
	Head        head
	For         string // « Noé », "" for oneself
	Who         string // « 6 ans au 31 décembre 2027, CP à la rentrée »
	Choosing    bool
	Open        []ui.Option
	Closed      []choosing.Closed
	AskBeginner bool
	Beginner    string
	Form        choosing.Form
	Invalid     *fault.Invalid
}

const coursesTitle = "Pré-inscription, les cours"

// registration is the form as the rules and the choice of courses read it.
func (p *Pages) registration(v *door.Visit, f rooms.Form) (enrolment.Registration, error) {
	c, err := catalogue.InForce(v.Ctx(), p.store, v.Season)
	r := enrolment.Registration{
		Season: v.Season, Catalogue: c, Facts: f.Facts(v.Season),
		Dossier: enrolment.Dossier{Programme: f.Programme, Site: f.Site, Choice: f.Wishes, Note: f.Note},
	}
	r.Programme, _ = c.Programme(f.Programme)
	if !c.Fillable(r.Programme, r.Facts) {
		r.Programme = catalogue.Programme{} // the pupil's age or level has been corrected since
	}
	return r, err
}

// asksBeginner tells whether a course on offer to the pupil refuses beginners (R26).
func asksBeginner(r enrolment.Registration) bool {
	for _, programme := range r.Catalogue.Programmes {
		if programme.Open(r.Facts) && r.Catalogue.AsksBeginner(programme, r.Facts) {
			return true
		}
	}
	return false
}

func (p *Pages) coursesPage(v *door.Visit, b ui.Base, token string, f rooms.Form, r enrolment.Registration) coursesPage {
	page := coursesPage{Base: b, Head: headOf(v, token, stepCourses), For: f.Pupil.FirstName, AskBeginner: asksBeginner(r), Beginner: f.Pupil.Beginner}
	page.Who = fmt.Sprintf("%s au %s, %s à la rentrée.", french.Count(int64(r.Facts.Age), "an", "ans"), day(v.Season.AgesOn), level(f.Pupil.Level))
	return page
}

// day writes 2027-12-31 as « 31 décembre 2027 ».
func day(iso string) string {
	t, err := time.Parse(time.DateOnly, iso)
	if err != nil {
		return iso
	}
	return french.Date(t)
}

// ShowCourses asks for the formule, then for its courses (§5).
func (p *Pages) ShowCourses(v *door.Visit) error {
	app, token, done, err := p.found(v)
	if err != nil || done {
		return err
	}
	r, err := p.registration(v, app.Form)
	if err != nil {
		return err
	}
	page := p.coursesPage(v, base(v, coursesTitle), token, app.Form, r)
	if r.Programme.ID == "" || v.Query("formule") != "" {
		return p.showProgrammes(v, r, page)
	}
	return p.showChoice(v, r, choosing.Chosen{Site: app.Form.Site, Wishes: app.Form.Wishes, Note: app.Form.Note}, page)
}

func (p *Pages) showProgrammes(v *door.Visit, r enrolment.Registration, page coursesPage) error {
	page.Choosing = true
	page.Open, page.Closed = choosing.Programmes(r, r.Programme.ID)
	return v.Show(status(page.Base), coursesView(page))
}

func (p *Pages) showChoice(v *door.Visit, r enrolment.Registration, c choosing.Chosen, page coursesPage) (err error) {
	if page.Form, err = choosing.Lay(v, p.store, r, r.Programme, c); err != nil {
		return err
	}
	return v.Show(status(page.Base), coursesView(page))
}

// SaveCourses keeps the formule, or the choice even when it breaks a rule: then
// it says which.
func (p *Pages) SaveCourses(v *door.Visit) error {
	app, token, done, err := p.found(v)
	if err != nil || done {
		return err
	}
	form, err := v.TypedForm("note")
	if err != nil {
		return err
	}
	if form.Value("action") == "formule" {
		return p.saveProgramme(v, token, app.Form, form)
	}
	r, err := p.registration(v, app.Form)
	if err != nil {
		return err
	}
	if r.Programme.ID == "" {
		return v.Redirect(stepCourses.path(token))
	}
	c := choosing.Read(form, r, r.Programme)
	if err = form.Strange("note"); err == nil {
		err = p.rooms.SaveCourses(v.Ctx(), token, rooms.CourseStep{Programme: r.Programme.ID, Site: c.Site, Wishes: c.Wishes, Note: c.Note, Beginner: app.Form.Pupil.Beginner})
	}
	invalid, refused := door.AsInvalid(err)
	if err != nil && !refused {
		return err
	}
	if form.Value("action") == "lien" && !refused {
		return v.Redirect(root + "/demande/" + token + "/lien")
	}
	if invalid == nil {
		invalid = choosing.Judged(r, r.Programme, c)
	}
	if invalid != nil {
		page := p.coursesPage(v, refusedBase(v, coursesTitle, invalid), token, app.Form, r)
		page.Invalid = invalid
		return p.showChoice(v, r, c, page)
	}
	return v.Redirect(stepContact.path(token), choosing.ClearedFlash(c)...)
}

func (p *Pages) saveProgramme(v *door.Visit, token string, f rooms.Form, form door.Form) error {
	beginner := form.Value(people.FieldBeginner)
	if beginner == people.Yes || beginner == people.No {
		f.Pupil.Beginner = beginner
	}
	r, err := p.registration(v, f)
	if err != nil {
		return err
	}
	var c fault.Check
	programme, ok := r.Catalogue.Programme(form.Value("formule"))
	c.That(ok && r.Catalogue.Fillable(programme, r.Facts), "formule", "Choisissez une des formules ouvertes à cet élève.")
	c.That(f.Pupil.Beginner != "" || !asksBeginner(r), people.FieldBeginner, "Répondez oui ou non.")
	if invalid, refused := door.AsInvalid(c.Err()); refused {
		page := p.coursesPage(v, refusedBase(v, coursesTitle, invalid), token, f, r)
		page.Invalid = invalid
		if ok {
			r.Programme = programme
		}
		return p.showProgrammes(v, r, page)
	}
	step := rooms.CourseStep{Programme: programme.ID, Site: f.Site, Wishes: choosing.Fitting(r, programme), Note: f.Note, Beginner: f.Pupil.Beginner}
	if err := p.rooms.SaveCourses(v.Ctx(), token, step); err != nil {
		return err
	}
	return v.Redirect(stepCourses.path(token))
}
