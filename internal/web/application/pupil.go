package application

import (
	"time"

	rooms "pupitre/internal/domain/application"
	"pupitre/internal/domain/enrolment"
	"pupitre/internal/domain/people"
	"pupitre/internal/domain/school"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
	"pupitre/internal/web/door"
	"pupitre/internal/web/ui"
)

func opensAt(v *door.Visit) time.Time { return enrolment.NewcomersOpenAt(v.Season) }

// pupilPage is the first step: for whom, and who it is.
type pupilPage struct {
	ui.Base
	Head    head
	Typed   rooms.PupilStep
	Invalid *fault.Invalid
	Action  string
	Closed  string // why no pré-inscription is taken
	Family  bool   // the visitor has an account
	Kept    string
}

func (page pupilPage) field(f ui.Field) ui.Field {
	f.Error = page.Invalid.Of(f.Name)
	return f
}

func (page pupilPage) levels() []ui.Option {
	options := make([]ui.Option, len(school.Levels))
	for i, l := range school.Levels {
		options[i] = ui.Option{Value: string(l), Label: l.French()}
	}
	return options
}

const pupilTitle = "Pré-inscription, l’élève"

// ShowBegin is the first step, before anything is kept.
func (p *Pages) ShowBegin(v *door.Visit) error {
	return p.showPupil(v, pupilPage{Base: base(v, pupilTitle)}, "")
}

func (p *Pages) showPupil(v *door.Visit, page pupilPage, token string) error {
	page.Head, page.Action, page.Kept = headOf(v, token, stepPupil), root, kept(v)
	if token != "" {
		page.Action = stepPupil.path(token)
	}
	page.Family = v.Actor.Household != ""
	if invalid, ok := door.AsInvalid(rooms.Taken(v.Season, v.Now)); ok {
		page.Closed = invalid.Message
	}
	return v.Show(status(page.Base), pupilView(page))
}

// readPupil reads the first step; refused is what no keyboard types.
func readPupil(v *door.Visit) (typed rooms.PupilStep, refused, err error) {
	texts := []string{people.FieldFirstName, people.FieldLastName, people.FieldBirthDate, people.FieldPostcode}
	form, err := v.TypedForm(texts...)
	if err != nil {
		return typed, nil, err
	}
	return rooms.PupilStep{
		Self:     form.Value(rooms.FieldFor) == "moi",
		Postcode: form.Value(people.FieldPostcode),
		Pupil: people.Newcomer{
			FirstName: form.Value(people.FieldFirstName), LastName: form.Value(people.FieldLastName), BirthDate: form.Value(people.FieldBirthDate),
			Level: form.Value(people.FieldLevel),
		},
	}, form.Strange(texts...), nil
}

// Begin keeps the first step and goes on to the courses.
func (p *Pages) Begin(v *door.Visit) error {
	typed, refused, err := readPupil(v)
	if err != nil {
		return err
	}
	token := ""
	if err = refused; err == nil {
		token, err = p.rooms.Begin(v.Ctx(), v.Season, v.Address, typed)
	}
	if invalid, ok := door.AsInvalid(err); ok {
		return p.showPupil(v, pupilPage{Base: refusedBase(v, pupilTitle, invalid), Typed: typed, Invalid: invalid}, "")
	}
	if err != nil {
		return err
	}
	return v.Redirect(stepCourses.path(token))
}

// ShowPupil is the first step of one that was begun.
func (p *Pages) ShowPupil(v *door.Visit) error {
	app, token, done, err := p.found(v)
	if err != nil || done {
		return err
	}
	typed := rooms.PupilStep{Self: app.Form.Self, Pupil: app.Form.Pupil, Postcode: app.Form.Postcode}
	typed.Pupil.BirthDate = french.CivilDate(typed.Pupil.BirthDate)
	return p.showPupil(v, pupilPage{Base: base(v, pupilTitle), Typed: typed}, token)
}

// SavePupil keeps the first step again.
func (p *Pages) SavePupil(v *door.Visit) error {
	_, token, done, err := p.found(v)
	if err != nil || done {
		return err
	}
	typed, refused, err := readPupil(v)
	if err != nil {
		return err
	}
	if err = refused; err == nil {
		err = p.rooms.SavePupil(v.Ctx(), token, typed)
	}
	if invalid, ok := door.AsInvalid(err); ok {
		return p.showPupil(v, pupilPage{Base: refusedBase(v, pupilTitle, invalid), Typed: typed, Invalid: invalid}, token)
	}
	if err != nil {
		return err
	}
	return v.Redirect(stepCourses.path(token))
}
