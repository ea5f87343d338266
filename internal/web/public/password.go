package public

import (
	"errors"
	"net/http"

	"github.com/a-h/templ"

	"pupitre/internal/domain/account"
	"pupitre/internal/domain/trail"
	"pupitre/internal/platform/fault"
	"pupitre/internal/web/door"
	"pupitre/internal/web/ui"
)

const fieldRepeat = "confirmation"

// passwordForm is a page where a password is chosen: after signing in with the
// mailed one (First), from a link (First, with its Action), or at any time.
type passwordForm struct {
	ui.Base
	Frame   func(ui.Base) templ.Component
	Action  string
	First   bool
	Invalid *fault.Invalid
	Policy  account.Policy
	Login   string // as it is
	Typed   string // as it was typed
	LoginOK bool   // the identifiant can be personalised here
}

func (f passwordForm) error(field string) string { return f.Invalid.Of(field) }

const keepThem = "Conservez bien vos identifiants, indispensables à toute future connexion."

func (p *Pages) passwordForm(v *door.Visit) (passwordForm, error) {
	held, err := account.ByID(v.Ctx(), p.store, v.Actor.Account)
	if err != nil {
		return passwordForm{}, err
	}
	title := "Mot de passe"
	if v.Limited {
		title = "Choisissez votre mot de passe"
	}
	return passwordForm{
		Base: v.Base(title), Frame: p.layout(v), Action: "/mot-de-passe", First: v.Limited,
		Policy: account.PolicyFor(v.Actor.Role, v.School), Login: held.Login, Typed: held.Login, LoginOK: !v.Limited,
	}, nil
}

// PasswordForm is the page « Mot de passe » (R5), or, for a session opened
// with a mailed password, « choisissez votre mot de passe ».
func (p *Pages) PasswordForm(v *door.Visit) error {
	page, err := p.passwordForm(v)
	if err != nil {
		return err
	}
	return v.Show(http.StatusOK, passwordPage(page))
}

// Password replaces the password.
func (p *Pages) Password(v *door.Visit) error {
	form, err := v.Form()
	if err != nil {
		return err
	}
	next, err := p.chosen(form, !v.Limited)
	if err == nil && v.Limited {
		return p.firstPassword(v, next)
	}
	if err == nil {
		err = p.accounts.ChangePassword(v.Ctx(), v.Actor, v.SessionToken(), form.Value(account.FieldCurrent), next)
	}
	if err != nil {
		return p.passwordAgain(v, "", err)
	}
	return v.Redirect("/mot-de-passe", ui.Flash{Kind: ui.MessageOK, Title: "Votre mot de passe est changé.", Text: "Les autres appareils connectés à ce compte ont été déconnectés. " + keepThem})
}

// chosen is the new password, typed twice.
func (p *Pages) chosen(form door.Form, withCurrent bool) (string, error) {
	var check fault.Check
	if withCurrent {
		form.Required(&check, account.FieldCurrent, 200, "Indiquez votre mot de passe actuel.")
	}
	next := form.Required(&check, account.FieldNew, 200, "Choisissez un mot de passe.")
	if next != "" {
		check.That(form.Value(fieldRepeat) == next, fieldRepeat, "Les deux mots de passe ne sont pas les mêmes. Tapez deux fois le même.")
	}
	return next, check.Err()
}

func (p *Pages) firstPassword(v *door.Visit, next string) error {
	opened, err := p.accounts.SetFirstPassword(v.Ctx(), v.SessionToken(), next)
	if err != nil {
		return p.passwordAgain(v, "", err)
	}
	v.OpenSession(opened.Token)
	return v.Redirect(door.HomeOf(opened.Actor.Role), ui.Flash{Kind: ui.MessageOK, Title: "Votre mot de passe est enregistré.", Text: keepThem})
}

func (p *Pages) passwordAgain(v *door.Visit, typedLogin string, err error) error {
	invalid, ok := door.AsInvalid(err)
	if !ok {
		return err
	}
	page, err := p.passwordForm(v)
	if err != nil {
		return err
	}
	if typedLogin != "" {
		page.Typed = typedLogin
	}
	page.Invalid, page.Errors = invalid, door.FieldErrors(invalid)
	return v.Show(http.StatusUnprocessableEntity, passwordPage(page))
}

// Login personalises the identifiant (R5).
func (p *Pages) Login(v *door.Visit) error {
	form, err := v.Form()
	if err != nil {
		return err
	}
	login := form.Value(account.FieldLogin)
	if err := p.accounts.ChangeLogin(v.Ctx(), v.Actor, login); err != nil {
		return p.passwordAgain(v, login, err)
	}
	return v.Redirect("/mot-de-passe", ui.Flash{Kind: ui.MessageOK, Title: "Votre identifiant est maintenant " + login + ".", Text: keepThem})
}

// LinkForm is the page that a one-time link opens; opening it changes nothing.
func (p *Pages) LinkForm(v *door.Visit) error {
	held, err := p.accounts.Link(v.Ctx(), v.PathValue("token"))
	if err != nil {
		return p.linkIsDead(v, err)
	}
	return v.Show(http.StatusOK, passwordPage(p.linkForm(v, held)))
}

func (p *Pages) linkForm(v *door.Visit, held account.Account) passwordForm {
	return passwordForm{
		Base: v.Base("Choisissez votre mot de passe"), Frame: ui.PlainPage, Action: account.LinkPath + v.PathValue("token"), First: true,
		Policy: account.PolicyFor(held.Role, v.School), Login: held.Login,
	}
}

// Link sets the password that the link allows to choose, and signs in.
func (p *Pages) Link(v *door.Visit) error {
	form, err := v.Form()
	if err != nil {
		return err
	}
	token := v.PathValue("token")
	held, err := p.accounts.Link(v.Ctx(), token)
	if err != nil {
		return p.linkIsDead(v, err)
	}
	next, err := p.chosen(form, false)
	var opened account.Opened
	if err == nil {
		opened, err = p.accounts.UseLink(v.Ctx(), token, next, v.Address)
	}
	if invalid, ok := door.AsInvalid(err); ok {
		page := p.linkForm(v, held)
		page.Invalid, page.Errors = invalid, door.FieldErrors(invalid)
		return v.Show(http.StatusUnprocessableEntity, passwordPage(page))
	}
	if err != nil {
		return p.linkIsDead(v, err)
	}
	v.OpenSession(opened.Token)
	v.NoteSession(opened.Actor, trail.SignedIn, "par un lien reçu par mail")
	return v.Redirect(door.HomeOf(opened.Actor.Role), ui.Flash{Kind: ui.MessageOK, Title: "Votre mot de passe est enregistré.", Text: keepThem})
}

func (p *Pages) linkIsDead(v *door.Visit, err error) error {
	if !errors.Is(err, fault.ErrNotFound) {
		return err
	}
	return v.Show(http.StatusNotFound, deadLinkPage(v.Base("Ce lien ne sert plus")))
}
