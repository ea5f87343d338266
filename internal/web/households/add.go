package households

import (
	"pupitre/internal/domain/people"
	"pupitre/internal/domain/school"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
	"pupitre/internal/web/door"
	"pupitre/internal/web/ui"
)

const addPath = familiesPath + "/nouveau"

// The fields beside those of people.
const (
	fieldNew    = "nouveau"
	fieldAnyway = "quand_meme"
)

// The answers of the form.
const (
	yes = "oui"
	no  = "non"
)

// addPage adds a household with its first pupil, or a pupil to one that is there.
type addPage struct {
	ui.Base
	Household people.Household // the one that gets a pupil; its ID is "" for a new one
	Typed     people.AddedHousehold
	Invalid   *fault.Invalid
	Resemble  []people.Household // to be looked at first
	Anyway    bool
	Season    string
}

func (p addPage) field(f ui.Field) ui.Field {
	f.Error = p.Invalid.Of(f.Name)
	return f
}

func (p addPage) pupil(f ui.Field) ui.Field {
	f.Name = people.PupilField(f.Name)
	return p.field(f)
}

func (p addPage) title() string {
	if p.Household.ID == "" {
		return "Nouveau foyer"
	}
	return "Ajouter un élève au foyer " + p.Household.Name()
}

// action is where the form is sent.
func (p addPage) action() string {
	if p.Household.ID == "" {
		return addPath
	}
	return addPupilURL(p.Household.ID)
}

func addPupilURL(household string) string { return familyURL(household) + "/eleves/nouveau" }

func levels() []ui.Option {
	options := make([]ui.Option, len(school.Levels))
	for i, l := range school.Levels {
		options[i] = ui.Option{Value: string(l), Label: l.French()}
	}
	return options
}

// newOrKnown are the answers to « À l’école »; neither is taken for granted.
func (p addPage) newOrKnown() []ui.Option {
	return []ui.Option{
		{Value: no, Label: "Déjà élève l’an dernier", Note: "se réinscrit, comme tous les autres"},
		{Value: yes, Label: "Nouveau", Note: "passe par les inscriptions de nouveaux élèves"},
	}
}

func (p addPage) newAnswer() string {
	switch {
	case p.Typed.Pupil.FirstName+p.Typed.Pupil.BirthDate == "" && p.Invalid == nil, p.Invalid.Of(people.PupilField(fieldNew)) != "":
		return ""
	case p.Typed.Pupil.New:
		return yes
	default:
		return no
	}
}

// ShowAdd asks who the new family is.
func (p *Pages) ShowAdd(v *door.Visit) error { return p.showAdd(v, addPage{}) }

// ShowAddPupil asks who the new pupil of the household is.
func (p *Pages) ShowAddPupil(v *door.Visit) error {
	h, err := people.HouseholdByID(v.Ctx(), p.Store, v.Actor, v.PathValue("household"))
	if err != nil {
		return err
	}
	page := addPage{Household: h}
	if len(h.Guardians) > 0 {
		page.Typed.Pupil.LastName = h.Guardians[0].LastName
	}
	return p.showAdd(v, page)
}

func (p *Pages) showAdd(v *door.Visit, page addPage) (err error) {
	if page.Base, err = p.base(v, page.title()); err != nil {
		return err
	}
	page.Season, page.Errors = v.Season.Name, door.FieldErrors(page.Invalid)
	if len(page.Resemble) > 0 {
		return v.Show(422, addView(page))
	}
	return v.Show(status(page.Invalid), addView(page))
}

// typedFields are the fields of one line in which anything can be typed.
var typedFields = []string{
	people.FieldLastName, people.FieldFirstName, people.FieldAddress, people.FieldPostcode, people.FieldTown, people.FieldMobile, people.FieldPhone, people.FieldEmail,
	people.PupilField(people.FieldFirstName), people.PupilField(people.FieldLastName), people.PupilField(people.FieldBirthDate),
}

func (p *Pages) typedAdd(v *door.Visit) (in people.AddedHousehold, anyway bool, err error) {
	form, err := v.TypedForm(typedFields...)
	if err != nil {
		return in, false, err
	}
	pupil := func(field string) string { return form.Value(people.PupilField(field)) }
	in = people.AddedHousehold{
		Guardian: people.GuardianForm{
			Civility: form.Value(people.FieldCivility), LastName: form.Value(people.FieldLastName), FirstName: form.Value(people.FieldFirstName),
			Email: form.Value(people.FieldEmail), Mobile: form.Value(people.FieldMobile), Phone: form.Value(people.FieldPhone),
		},
		Address: form.Value(people.FieldAddress), Postcode: form.Value(people.FieldPostcode), Town: form.Value(people.FieldTown),
		Pupil: people.AddedPupil{
			New: pupil(fieldNew) == yes,
			Newcomer: people.Newcomer{
				FirstName: pupil(people.FieldFirstName), LastName: pupil(people.FieldLastName), BirthDate: pupil(people.FieldBirthDate), Level: pupil(people.FieldLevel),
			},
		},
	}
	if in.Pupil.LastName == "" {
		in.Pupil.LastName = in.Guardian.LastName
	}
	if err := form.Strange(typedFields...); err != nil {
		return in, false, err
	}
	var c fault.Check
	answer := pupil(fieldNew)
	c.That(answer == yes || answer == no, people.PupilField(fieldNew), "Dites si l’élève est nouveau à l’école.")
	return in, form.Value(fieldAnyway) == yes, c.Err()
}

var noSeason = fault.Refuse("L’école n’a pas encore de saison" + french.Nbsp + ": créez-la d’abord dans Réglages, Saisons.")

// Add makes the household, its pupil and its account, unless one that is there
// resembles it and nobody has said that it is another.
func (p *Pages) Add(v *door.Visit) error {
	in, anyway, err := p.typedAdd(v)
	page := addPage{Typed: in, Anyway: anyway}
	var checked people.AddedHousehold
	if err == nil && v.Season.ID == "" {
		err = noSeason
	}
	if err == nil || isInvalid(err) {
		var refused error
		checked, refused = in.Check(v.Ctx(), p.Store, v.Now)
		err = both(refused, err)
	}
	if err == nil && !anyway {
		if page.Resemble, err = people.Resembling(v.Ctx(), p.Store, v.Actor, checked); err == nil && len(page.Resemble) > 0 {
			return p.showAdd(v, page)
		}
	}
	var household, login string
	if err == nil {
		err = p.Store.Write(v.Ctx(), func(tx *db.Tx) (err error) {
			if household, _, err = people.AddHousehold(v.Ctx(), tx, v.Now, v.Actor, v.Season.ID, checked); err != nil {
				return err
			}
			login, err = p.accounts.CreateFamily(v.Ctx(), tx, v.Actor, household, "", checked.Guardian.LastName)
			return err
		})
	}
	if invalid, ok := door.AsInvalid(err); ok {
		page.Invalid = invalid
		return p.showAdd(v, page)
	}
	if err != nil {
		return err
	}
	return v.Redirect(familyURL(household), ui.Flash{Kind: ui.MessageOK, Title: "Foyer " + checked.Guardian.LastName + " ajouté, identifiant " + login,
		Text: "Envoyez-lui son identifiant par mail ou par lettre" + french.Nbsp + ": il choisit alors son mot de passe et complète son dossier."})
}

// AddPupil adds a pupil to the household.
func (p *Pages) AddPupil(v *door.Visit) error {
	h, err := people.HouseholdByID(v.Ctx(), p.Store, v.Actor, v.PathValue("household"))
	if err != nil {
		return err
	}
	in, _, err := p.typedAdd(v)
	page := addPage{Household: h, Typed: in}
	if err == nil && v.Season.ID == "" {
		err = noSeason
	}
	if err == nil || isInvalid(err) {
		refused := p.Store.Write(v.Ctx(), func(tx *db.Tx) error {
			_, added := people.AddPupil(v.Ctx(), tx, v.Now, v.Actor, v.Season.ID, h.ID, in.Pupil)
			return both(added, err)
		})
		err = refused
	}
	if invalid, ok := door.AsInvalid(err); ok {
		page.Invalid = invalid
		return p.showAdd(v, page)
	}
	if err != nil {
		return err
	}
	return v.Redirect(familyURL(h.ID), ui.Flash{Kind: ui.MessageOK, Title: in.Pupil.FirstName + " est parmi les élèves du foyer"})
}

func isInvalid(err error) bool {
	_, is := door.AsInvalid(err)
	return is
}

// both is one refusal of the fields of two, or the one there is.
func both(a, b error) error {
	first, one := door.AsInvalid(a)
	second, two := door.AsInvalid(b)
	if one && two {
		return &fault.Invalid{Message: first.Message, Fields: append(append([]fault.Field{}, first.Fields...), second.Fields...)}
	}
	if b != nil {
		return b
	}
	return a
}
