package family

import (
	"context"
	"errors"
	"strconv"

	"pupitre/internal/domain/enrolment"
	"pupitre/internal/domain/people"
	"pupitre/internal/domain/school"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
	"pupitre/internal/web/door"
	"pupitre/internal/web/ui"
)

// The pages of a pupil, as their addresses end.
const (
	tabIdentity     = "identite"
	tabCourses      = "cours"
	tabRegistration = "reinscription"
	tabPapers       = "documents"
)

// pupilHead is what stands above every page of a pupil: which pupil, and the tabs.
type pupilHead struct {
	Name    string
	ID      string
	Tab     string
	New     bool        // new to the school
	Chips   []ui.Tab    // up to four pupils
	Options []ui.Option // the manual's drop-down
	Tabs    []ui.Tab
}

const mostChips = 4

func (p *Pages) head(v *door.Visit, r enrolment.Registration, tab string) (pupilHead, error) {
	head := pupilHead{Name: r.Pupil.FullName(), ID: r.Pupil.ID, Tab: tab, New: isNew(r.Pupil, r.Season)}
	pupils, err := p.pupils(v)
	if err != nil {
		return head, err
	}
	for _, pupil := range pupils {
		current := pupil.ID == r.Pupil.ID
		head.Chips = append(head.Chips, ui.Tab{Label: called(pupil), URL: pupilPath(pupil.ID) + "/" + tab, Current: current})
		head.Options = append(head.Options, ui.Option{Value: pupil.ID, Label: called(pupil), Checked: current})
	}
	if len(pupils) > mostChips {
		head.Chips = nil
	}
	papers := 0
	for _, paper := range r.Papers {
		if toProvide(paper) && !r.Elsewhere {
			papers++
		}
	}
	registration := 0
	if _, todo := registrationTask(r, false); todo {
		registration = 1
	}
	if _, must := choiceTask(r); must {
		registration++
	}
	for _, t := range []ui.Tab{
		{Label: "Identité", URL: tabIdentity},
		{Label: "Cours", URL: tabCourses},
		{Label: saidOf(r, "Réinscription"), URL: tabRegistration, Count: registration, CountWord: "à traiter"},
		{Label: "Documents fournis", URL: tabPapers, Count: papers, CountWord: "à traiter"},
	} {
		t.Current = t.URL == tab
		t.URL = pupilPath(r.Pupil.ID) + "/" + t.URL
		head.Tabs = append(head.Tabs, t)
	}
	return head, nil
}

// ShowPupils opens the pupil chosen in the drop-down (R17), else the first one.
func (p *Pages) ShowPupils(v *door.Visit) error {
	tab := v.Query("page")
	switch tab {
	case tabCourses, tabRegistration, tabPapers:
	default:
		tab = tabIdentity
	}
	pupils, err := p.pupils(v)
	if err != nil {
		return err
	}
	chosen := v.Query("eleve")
	for _, pupil := range pupils {
		if chosen == pupil.ID || chosen == "" {
			return v.Redirect(pupilPath(pupil.ID) + "/" + tab)
		}
	}
	if chosen != "" {
		return fault.ErrNotFound
	}
	return v.Show(200, noPupilView(v.Base("Élèves"), preEnrolment(v)))
}

// ShowPupil leads to « Identité ».
func (p *Pages) ShowPupil(v *door.Visit) error {
	r, err := p.registration(v)
	if err != nil {
		return err
	}
	return v.Redirect(pupilPath(r.Pupil.ID) + "/" + tabIdentity)
}

type pupilIdentityPage struct {
	ui.Base
	Head     pupilHead
	First    string
	Season   string
	Suite    string
	Form     people.PupilForm
	Invalid  *fault.Invalid
	Conflict string
	Levels   []ui.Option
	LevelNow string
	Answered string // who answered for the image right, and when
}

// ShowPupilIdentity shows the pupil's details and the season's questions (R18).
func (p *Pages) ShowPupilIdentity(v *door.Visit) error {
	r, err := p.registration(v)
	if err != nil {
		return err
	}
	page := pupilIdentityPage{Base: v.Base(r.Pupil.FirstName + ", identité"), Suite: v.Query("suite")}
	return p.showPupilIdentity(v, 200, r, pupilForm(r), page)
}

// SavePupilIdentity saves the form; refused, it comes back as typed.
func (p *Pages) SavePupilIdentity(v *door.Visit) error {
	r, err := p.registration(v)
	if err != nil {
		return err
	}
	form, err := v.Form()
	if err != nil {
		return err
	}
	typed := readPupil(form, r)
	page := pupilIdentityPage{Suite: form.Value("suite")}
	title := r.Pupil.FirstName + ", identité"
	before, err := p.dossiers(v)
	if err != nil {
		return err
	}
	err = p.savePupil(v, typed)
	var conflict *fault.Conflict
	if invalid, ok := door.AsInvalid(err); ok {
		page.Base, page.Invalid = invalidBase(v, title, invalid), invalid
		return p.showPupilIdentity(v, 422, r, typed, page)
	}
	if errors.As(err, &conflict) {
		page.Base, page.Conflict = v.Base(title), conflict.Message
		typed.Version = r.Pupil.Version
		return p.showPupilIdentity(v, 409, r, typed, page)
	}
	if err != nil {
		return err
	}
	flashes := append([]ui.Flash{door.Done("Modifications enregistrées")}, p.followed(v, before)...)
	return v.Redirect(next(page.Suite, pupilPath(r.Pupil.ID)+"/"+tabIdentity), flashes...)
}

// savePupil writes the pupil through the registrar: a correction may complete
// a dossier.
func (p *Pages) savePupil(v *door.Visit, form people.PupilForm) error {
	return p.registrar.Alter(v.Ctx(), v.Actor, v.Actor.Household, func(ctx context.Context, tx *db.Tx) error {
		return people.SavePupil(ctx, tx, v.Now, v.Actor, form)
	})
}

func (p *Pages) showPupilIdentity(v *door.Visit, status int, r enrolment.Registration, typed people.PupilForm, page pupilIdentityPage) error {
	var err error
	if page.Head, err = p.head(v, r, tabIdentity); err != nil {
		return err
	}
	page.First, page.Season, page.Form, page.Levels = r.Pupil.FirstName, r.Season.Name, typed, levels()
	page.LevelNow = levelHelp(r)
	if s := r.InSeason; s.ImageRight != "" && s.ImageAnsweredBy != "" && s.ImageHousehold == r.Household.ID {
		page.Answered = "Réponse donnée par " + s.ImageAnsweredBy + " le " + french.Date(s.ImageAnsweredAt) + "."
	}
	return v.Show(status, pupilIdentityView(page))
}

func pupilForm(r enrolment.Registration) people.PupilForm {
	return people.PupilForm{
		PupilID: r.Pupil.ID, Version: r.Pupil.Version, SeasonID: r.Season.ID, LastName: r.Pupil.LastName, FirstName: r.Pupil.FirstName,
		BirthDate: french.CivilDate(r.Pupil.BirthDate), Level: r.InSeason.Level, ImageRight: r.InSeason.ImageRight,
		Beginner: r.InSeason.Beginner, TeacherNote: r.InSeason.Notes[r.Household.ID],
	}
}

// readPupil reads the form; a question that was not shown keeps its answer.
func readPupil(form door.Form, r enrolment.Registration) people.PupilForm {
	f := pupilForm(r)
	if n, err := strconv.ParseInt(form.Value("version"), 10, 64); err == nil {
		f.Version = n
	}
	for name, into := range map[string]*string{
		people.FieldLastName: &f.LastName, people.FieldFirstName: &f.FirstName, people.FieldBirthDate: &f.BirthDate,
		people.FieldLevel: &f.Level, people.FieldTeacherNote: &f.TeacherNote,
	} {
		if form.Has(name) {
			*into = form.Value(name)
		}
	}
	// A group of radios with none chosen sends nothing: its hidden twin tells that it was shown.
	for name, into := range map[string]*string{people.FieldImageRight: &f.ImageRight, people.FieldBeginner: &f.Beginner} {
		if form.Has(name) || form.Has("demande_"+name) {
			*into = form.Value(name)
		}
	}
	return f
}

func levels() []ui.Option {
	options := make([]ui.Option, len(school.Levels))
	for i, l := range school.Levels {
		options[i] = ui.Option{Value: string(l), Label: l.French()}
	}
	return options
}

func levelHelp(r enrolment.Registration) string {
	if r.Pupil.LevelNow == "" {
		return "À la rentrée de septembre."
	}
	return "À la rentrée de septembre. Cette année" + colon + school.Level(r.Pupil.LevelNow).French() + "."
}

func yesNo(value string) []ui.Option {
	return []ui.Option{
		{Value: people.Yes, Label: "Oui", Checked: value == people.Yes},
		{Value: people.No, Label: "Non", Checked: value == people.No},
	}
}

func (page pupilIdentityPage) field(f ui.Field) ui.Field {
	f.Error = page.Invalid.Of(f.Name)
	return f
}
