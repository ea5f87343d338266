package public

import (
	"net/http"
	"net/url"

	"pupitre/internal/domain/account"
	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/trail"
	"pupitre/internal/platform/fault"
	"pupitre/internal/web/door"
	"pupitre/internal/web/ui"
)

type signInForm struct {
	ui.Base
	Login           string
	Next            string // the page asked for before signing in
	LoginError      string
	PasswordError   string
	Ended           bool // the session with which the page was asked for
	PreEnrolmentURL string
}

const fieldPassword = "mot_de_passe"

// SignInForm is the page « Connexion » (R2).
func (p *Pages) SignInForm(v *door.Visit) error {
	if v.Actor.Role != actor.Nobody {
		return p.Home(v)
	}
	page := p.signInForm(v, v.Query("suite"))
	page.Ended = page.Next != "" && v.SessionToken() != ""
	return v.Show(http.StatusOK, signInPage(page))
}

func (p *Pages) signInForm(v *door.Visit, next string) signInForm {
	if !door.IsLocal(next) {
		next = ""
	}
	return signInForm{Base: v.Base("Connexion"), Next: next, PreEnrolmentURL: preEnrolment(v)}
}

// preEnrolment is where somebody new to the school applies: the portal's form,
// unless the school takes newcomers elsewhere (R10).
func preEnrolment(v *door.Visit) string {
	if v.School.PreEnrolmentURL != "" {
		return v.School.PreEnrolmentURL
	}
	return "/pre-inscription"
}

// SignIn opens the session, or shows the form again.
func (p *Pages) SignIn(v *door.Visit) error {
	form, err := v.Form()
	if err != nil {
		return err
	}
	var check fault.Check
	login := form.Required(&check, "identifiant", 200, "Indiquez votre identifiant, par exemple MOREAU-4821.")
	password := form.Required(&check, fieldPassword, 200, "Indiquez votre mot de passe.")
	if err := check.Err(); err != nil {
		return p.signInAgain(v, form, err)
	}
	opened, err := p.accounts.SignIn(v.Ctx(), login, password, v.Address)
	if err != nil {
		v.NoteRefused(login, err)
		return p.signInAgain(v, form, err)
	}
	if former := v.SessionToken(); former != "" {
		if err := p.accounts.SignOut(v.Ctx(), former); err != nil {
			return err
		}
	}
	if opened.Actor.IsStaff() {
		if err := p.accounts.NoteDevice(v.Ctx(), opened.Token, v.R.UserAgent()); err != nil {
			return err
		}
	}
	v.OpenSession(opened.Token)
	v.NoteSession(opened.Actor, trail.SignedIn, howOpened(opened))
	next := form.Value("suite")
	switch {
	case opened.Limited:
		return v.Redirect("/mot-de-passe")
	case opened.Pending:
		return p.proveFactor(v, opened, next)
	case next == "" || next == "/" || !door.IsLocal(next):
		return v.Redirect(door.HomeOf(opened.Actor.Role))
	default:
		return v.Redirect(next)
	}
}

func (p *Pages) signInAgain(v *door.Visit, form door.Form, err error) error {
	status := http.StatusUnprocessableEntity
	invalid, ok := door.AsInvalid(err)
	if full, crowded := door.AsCrowded(err); crowded {
		v.ComeBack(full)
		invalid, status = fault.Refuse(full.Message), http.StatusServiceUnavailable
	} else if !ok {
		return err
	}
	page := p.signInForm(v, form.Value("suite"))
	page.Login = form.Value("identifiant")
	page.Errors = door.FieldErrors(invalid)
	page.LoginError, page.PasswordError = invalid.Of("identifiant"), invalid.Of(fieldPassword)
	return v.Show(status, signInPage(page))
}

// howOpened says what a session that a password has opened still lacks.
func howOpened(opened account.Opened) string {
	switch {
	case opened.Limited:
		return "mot de passe provisoire, un autre est à choisir"
	case opened.Pending:
		return "mot de passe juste, second facteur attendu"
	default:
		return ""
	}
}

// SignOut ends the session.
func (p *Pages) SignOut(v *door.Visit) error {
	if err := p.accounts.SignOut(v.Ctx(), v.SessionToken()); err != nil {
		return err
	}
	if v.Actor.Role != actor.Nobody {
		v.NoteSession(v.Actor, trail.SignedOut, "")
	}
	v.OpenSession("")
	return v.Redirect("/connexion", door.Done("Vous êtes déconnecté."))
}

// proveFactor leads to the second factor, unless this browser has given it in
// the last thirty days; then next is where it goes on.
func (p *Pages) proveFactor(v *door.Visit, opened account.Opened, next string) error {
	trusted, err := p.accounts.TrustDevice(v.Ctx(), opened, v.DeviceToken())
	if err != nil {
		return err
	}
	if trusted {
		v.NoteSession(opened.Actor, trail.FactorGiven, "appareil connu")
	}
	if next == "/" || !door.IsLocal(next) {
		next = ""
	}
	switch {
	case !trusted && next == "":
		return v.Redirect("/second-facteur")
	case !trusted:
		return v.Redirect("/second-facteur?suite=" + url.QueryEscape(next))
	case next == "":
		return v.Redirect(door.HomeOf(opened.Actor.Role))
	default:
		return v.Redirect(next)
	}
}
