package access

import (
	"net/http"

	"pupitre/internal/domain/account"
	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/trail"
	"pupitre/internal/platform/fault"
	"pupitre/internal/web/door"
	"pupitre/internal/web/ui"
)

type installPage struct {
	ui.Base
	Action  string
	Policy  account.Policy
	Typed   account.Installation
	Invalid *fault.Invalid
}

func (p installPage) error(field string) string { return p.Invalid.Of(field) }

// InstallForm is the first page of an empty school, at its one-time address.
func (p *Pages) InstallForm(v *door.Visit) error {
	if err := p.accounts.MayInstall(v.Ctx(), v.PathValue("token")); err != nil {
		return err
	}
	s := v.School // of an import that came first
	return v.Show(http.StatusOK, install(p.installPage(v, account.Installation{
		School: s.Name, SchoolShort: s.ShortName, Place: s.Address, Phone: s.Phone, Mail: s.Email,
	})))
}

func (p *Pages) installPage(v *door.Visit, typed account.Installation) installPage {
	return installPage{
		Base: v.Base("Première installation"), Action: account.InstallPath + v.PathValue("token"),
		Policy: account.PolicyFor(actor.Administrator, v.School), Typed: typed,
	}
}

// Install makes the administration's account and the school, and leads to the office.
func (p *Pages) Install(v *door.Visit) error {
	token := v.PathValue("token")
	if err := p.accounts.MayInstall(v.Ctx(), token); err != nil {
		return err
	}
	typed, err := typedInstallation(v)
	var opened account.Opened
	if err == nil {
		opened, err = p.accounts.Install(v.Ctx(), token, typed, v.Address)
	}
	if invalid, ok := door.AsInvalid(err); ok {
		page := p.installPage(v, typed)
		page.Invalid, page.Errors = invalid, door.FieldErrors(invalid)
		return v.Show(http.StatusUnprocessableEntity, install(page))
	}
	if err != nil {
		return err
	}
	v.OpenSession(opened.Token)
	v.NoteSession(opened.Actor, trail.SignedIn, "première installation")
	return v.Redirect(door.HomeOf(opened.Actor.Role), ui.Flash{
		Kind: ui.MessageOK, Title: "L’école est créée, et votre compte ouvert.", Text: "L’adresse de première installation ne sert plus.",
	})
}

// typedInstallation returns what was typed, with Invalid for the password typed
// twice differently; the room checks the rest.
func typedInstallation(v *door.Visit) (account.Installation, error) {
	form, err := v.TypedForm(account.FieldName, account.FieldEmail, account.FieldSchool, account.FieldSchoolShort, account.FieldSchoolPlace,
		account.FieldSchoolPhone, account.FieldSchoolEmail)
	if err != nil {
		return account.Installation{}, err
	}
	var check fault.Check
	typed := account.Installation{
		Name: form.Optional(&check, account.FieldName, 100), Email: form.Optional(&check, account.FieldEmail, 200),
		Password: form.Value(account.FieldNew), School: form.Optional(&check, account.FieldSchool, 120),
		SchoolShort: form.Optional(&check, account.FieldSchoolShort, 40), Place: form.Optional(&check, account.FieldSchoolPlace, 300),
		Phone: form.Optional(&check, account.FieldSchoolPhone, 40), Mail: form.Optional(&check, account.FieldSchoolEmail, 200),
	}
	if typed.Password != "" {
		check.That(form.Value(fieldRepeat) == typed.Password, fieldRepeat, "Les deux mots de passe ne sont pas les mêmes. Tapez deux fois le même.")
	}
	return typed, check.Err()
}

const fieldRepeat = "confirmation"
