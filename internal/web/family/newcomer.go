package family

import (
	"pupitre/internal/domain/enrolment"
	"pupitre/internal/domain/people"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
	"pupitre/internal/web/door"
	"pupitre/internal/web/ui"
)

const newcomerPath = "/eleves/nouveau"

// preEnrolment is where a pupil new to the school is registered: in the
// household's own pages, unless the school takes newcomers elsewhere (R10).
func preEnrolment(v *door.Visit) string {
	if v.School.PreEnrolmentURL != "" {
		return v.School.PreEnrolmentURL
	}
	return newcomerPath
}

// newcomerPage is « Inscrire un frère, une sœur » (R37).
type newcomerPage struct {
	ui.Base
	Typed   people.Newcomer
	Invalid *fault.Invalid
	Season  string
	Levels  []ui.Option
	Notice  string
}

func (page newcomerPage) field(f ui.Field) ui.Field {
	f.Error = page.Invalid.Of(f.Name)
	return f
}

const newcomerTitle = "Inscrire un frère, une sœur"

// ShowNewcomer asks who is new to the school.
func (p *Pages) ShowNewcomer(v *door.Visit) error {
	return p.showNewcomer(v, newcomerPage{Base: v.Base(newcomerTitle)})
}

func (p *Pages) showNewcomer(v *door.Visit, page newcomerPage) error {
	page.Season, page.Levels = v.Season.Name, levels()
	if opens := enrolment.NewcomersOpenAt(v.Season); v.Now.Before(opens) {
		page.Notice = "Les inscriptions de nouveaux élèves ouvrent le " + french.Moment(opens) + ". Préparez tout dès maintenant" + colon + "vous validerez à cette minute."
	}
	return v.Show(status(page.Base), newcomerView(page))
}

// AddNewcomer adds the pupil to the household; the rest is the ordinary path.
func (p *Pages) AddNewcomer(v *door.Visit) error {
	texts := []string{people.FieldFirstName, people.FieldLastName, people.FieldBirthDate}
	form, err := v.TypedForm(texts...)
	if err != nil {
		return err
	}
	typed := people.Newcomer{
		FirstName: form.Value(people.FieldFirstName), LastName: form.Value(people.FieldLastName), BirthDate: form.Value(people.FieldBirthDate),
		Level: form.Value(people.FieldLevel),
	}
	var pupil string
	if err = form.Strange(texts...); err == nil {
		err = p.store.Write(v.Ctx(), func(tx *db.Tx) (err error) {
			pupil, err = people.AddNewPupil(v.Ctx(), tx, v.Now, v.Actor, v.Season.ID, v.Actor.Household, typed)
			return err
		})
	}
	if invalid, ok := door.AsInvalid(err); ok {
		return p.showNewcomer(v, newcomerPage{Base: invalidBase(v, newcomerTitle, invalid), Typed: typed, Invalid: invalid})
	}
	if err != nil {
		return err
	}
	return v.Redirect(wizardPath(pupil), ui.Flash{Kind: ui.MessageOK, Title: typed.FirstName + " est parmi vos élèves", Text: "Son inscription suit le même chemin, les mêmes règles et le même ordre que les autres."})
}
