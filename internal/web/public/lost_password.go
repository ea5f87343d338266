package public

import (
	"net/http"

	"pupitre/internal/domain/account"
	"pupitre/internal/domain/school"
	"pupitre/internal/platform/fault"
	"pupitre/internal/web/door"
	"pupitre/internal/web/ui"
)

type lostPassword struct {
	ui.Base
	Login, Email           string
	LoginError, EmailError string
	Phone                  string
	ByLink                 bool
}

func lostPasswordPageOf(v *door.Visit, title string) lostPassword {
	base := v.Base(title)
	base.SmallBand = true
	return lostPassword{Base: base, Phone: v.School.Phone, ByLink: v.School.Recovery == school.RecoverByLink}
}

// LostPasswordForm is the page « Mot de passe perdu » (R3), which is also the
// way to the first sign-in.
func (p *Pages) LostPasswordForm(v *door.Visit) error {
	return v.Show(http.StatusOK, lostPasswordPage(lostPasswordPageOf(v, "Mot de passe perdu")))
}

// LostPassword takes the request; the answer is the same whatever it finds.
func (p *Pages) LostPassword(v *door.Visit) error {
	form, err := v.Form()
	if err != nil {
		return err
	}
	var check fault.Check
	login := form.Required(&check, account.FieldLogin, 200, "Indiquez votre identifiant, par exemple MOREAU-4821.")
	email := form.Required(&check, account.FieldEmail, 254, "Indiquez l’adresse mail que vous avez donnée à l’école.")
	err = check.Err()
	if err == nil {
		err = p.accounts.Recover(v.Ctx(), login, email, v.Address)
	}
	if invalid, ok := door.AsInvalid(err); ok {
		page := lostPasswordPageOf(v, "Mot de passe perdu")
		page.Login, page.Email = login, email
		page.LoginError, page.EmailError = invalid.Of(account.FieldLogin), invalid.Of(account.FieldEmail)
		page.Errors = door.FieldErrors(invalid)
		return v.Show(http.StatusUnprocessableEntity, lostPasswordPage(page))
	}
	if err != nil {
		return err
	}
	return v.Redirect("/mot-de-passe-perdu/envoi")
}

// LostPasswordAnswer says what to do next, the same to everybody.
func (p *Pages) LostPasswordAnswer(v *door.Visit) error {
	return v.Show(http.StatusOK, lostPasswordAnswerPage(lostPasswordPageOf(v, "Votre demande est reçue")))
}
