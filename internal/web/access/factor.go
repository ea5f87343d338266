package access

import (
	"context"
	"errors"
	"net/http"

	"github.com/a-h/templ"

	"pupitre/internal/domain/account"
	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/trail"
	"pupitre/internal/platform/fault"
	"pupitre/internal/web/door"
	"pupitre/internal/web/ui"
)

const (
	provePath = "/second-facteur"
	makePath  = "/second-facteur/creer"
)

// factorRoutes are the second factor's: given after the password, made, and
// taken away by its owner.
func (p *Pages) factorRoutes() []door.Route {
	prove := func(r door.Route) door.Route { return r.OpenAt(actor.ProveFactor) }
	making := func(r door.Route) door.Route { return r.OpenAt(actor.MakeFactor) }
	return []door.Route{
		prove(door.Get(provePath, door.Public, actor.OwnFactor, "factor.form", p.ProveForm)),
		prove(door.Post(provePath, door.Public, actor.OwnFactor, "factor.code", p.ProveByCode)),
		prove(door.Post(provePath+"/cle", door.Public, actor.OwnFactor, "factor.key", p.ProveByKey)),
		prove(door.Post(provePath+"/secours", door.Public, actor.OwnFactor, "factor.recovery", p.ProveByRecovery)),
		making(door.Get(makePath, door.Public, actor.OwnFactor, "factor.make", p.MakeForm)),
		making(door.Post(makePath+"/application", door.Public, actor.OwnFactor, "factor.confirm-app", p.ConfirmApplication)),
		making(door.Post(makePath+"/cle", door.Public, actor.OwnFactor, "factor.confirm-key", p.ConfirmKey)),
		door.Post(ownPath+"/codes", door.Public, actor.OwnFactor, "own.codes", p.RenewCodes),
		door.Post(ownPath+"/facteurs/{factor}/retirer", door.Public, actor.OwnFactor, "own.remove-factor", p.RemoveFactor),
	}
}

// provePage asks for the second factor: the key first, the code second.
type provePage struct {
	ui.Base
	Who     actor.Actor
	Next    string
	Key     string // what a key must sign, for the browser; "" when the account has none
	Invalid *fault.Invalid
}

func (p provePage) error(field string) string { return p.Invalid.Of(field) }

// ProveForm is the page « C’est bien vous ? ».
func (p *Pages) ProveForm(v *door.Visit) error {
	if v.Step != actor.ProveFactor {
		return v.Redirect(door.HomeOf(v.Actor.Role))
	}
	return p.proveAgain(v, v.Query("suite"), nil)
}

func (p *Pages) proveAgain(v *door.Visit, next string, invalid *fault.Invalid) error {
	key, err := p.accounts.AskKey(v.Ctx(), v.SessionToken())
	if err != nil {
		return err
	}
	if !door.IsLocal(next) {
		next = ""
	}
	page := provePage{Base: v.Base("C’est bien vous\u202f?"), Who: v.Actor, Next: next, Key: key, Invalid: invalid}
	status := http.StatusOK
	if invalid != nil {
		page.Errors, status = door.FieldErrors(invalid), http.StatusUnprocessableEntity
	}
	return v.Show(status, prove(page))
}

// proved goes on where the sign-in was to lead, or shows the form again.
func (p *Pages) proved(v *door.Visit, form door.Form, opened account.Opened, err error) error {
	if invalid, ok := door.AsInvalid(err); ok {
		return p.proveAgain(v, form.Value("suite"), invalid)
	}
	if err != nil {
		return err
	}
	if form.Has("appareil") {
		token, err := p.accounts.KeepDevice(v.Ctx(), opened)
		if err != nil {
			return err
		}
		v.KeepDevice(token, account.TrustedSeconds)
	}
	v.OpenSession(opened.Token)
	if next := form.Value("suite"); next != "" && door.IsLocal(next) {
		return v.Redirect(next)
	}
	return v.Redirect(door.HomeOf(opened.Actor.Role))
}

// ProveByCode takes the code of an application.
func (p *Pages) ProveByCode(v *door.Visit) error {
	return p.proveBy(v, account.FieldCode, "Tapez les 6 chiffres que montre l’application.", p.accounts.ProveByCode)
}

// ProveByKey takes a key's answer, which a script has put in the form.
func (p *Pages) ProveByKey(v *door.Visit) error {
	return p.proveBy(v, account.FieldAnswer, "La clé d’accès n’a rien répondu. Recommencez, ou utilisez un code.", p.accounts.ProveByKey)
}

// ProveByRecovery takes a recovery code.
func (p *Pages) ProveByRecovery(v *door.Visit) error {
	return p.proveBy(v, account.FieldRecovery, "Tapez un de vos codes de secours.", p.accounts.ProveByRecovery)
}

func (p *Pages) proveBy(v *door.Visit, field, missing string, by func(context.Context, string, string) (account.Opened, error)) error {
	if v.Step != actor.ProveFactor { // proved already: a second click, another tab
		return v.Redirect(door.HomeOf(v.Actor.Role))
	}
	form, err := v.Form()
	if err != nil {
		return err
	}
	var check fault.Check
	given := form.Required(&check, field, 20_000, missing)
	var opened account.Opened
	if err = check.Err(); err == nil {
		opened, err = by(v.Ctx(), v.SessionToken(), given)
	}
	noteFactor(v, field, opened, err)
	return p.proved(v, form, opened, err)
}

// noteFactor keeps that the second factor was given, or refused.
func noteFactor(v *door.Visit, field string, opened account.Opened, err error) {
	said := map[string]string{account.FieldCode: "application de codes", account.FieldAnswer: "clé d’accès", account.FieldRecovery: "code de secours"}[field]
	var busy *fault.Busy
	_, wrong := door.AsInvalid(err)
	switch {
	case err == nil:
		v.NoteSession(opened.Actor, trail.FactorGiven, said)
	case errors.As(err, &busy):
		v.NoteSession(v.Actor, trail.FactorRefused, said+", trop d’essais")
	case wrong:
		v.NoteSession(v.Actor, trail.FactorRefused, said)
	}
}

// makePage is where a second factor is made.
type makePage struct {
	ui.Base
	Frame   func(ui.Base) templ.Component
	Must    bool   // the account opens nothing else
	Key     string // what the browser needs to make a key; "" where it offers none
	App     account.AppSecret
	KeyName string
	Invalid *fault.Invalid
}

func (p makePage) error(field string) string { return p.Invalid.Of(field) }

// MakeForm is the page that makes a second factor.
func (p *Pages) MakeForm(v *door.Visit) error { return p.makeAgain(v, "", nil) }

func (p *Pages) makeAgain(v *door.Visit, keyName string, invalid *fault.Invalid) error {
	base, frame, err := p.ownFrame(v, "Ajouter un second facteur")
	if err != nil {
		return err
	}
	page := makePage{Base: base, Frame: frame, Must: v.Limited, KeyName: keyName, Invalid: invalid}
	if page.Key, err = p.accounts.NewKey(v.Ctx(), v.SessionToken()); err != nil {
		return err
	}
	if page.App, err = p.accounts.NewApplication(v.Ctx(), v.SessionToken(), v.School.Name); err != nil {
		return err
	}
	status := http.StatusOK
	if invalid != nil {
		page.Errors, status = door.FieldErrors(invalid), http.StatusUnprocessableEntity
	}
	return v.Show(status, makeFactor(page))
}

// ConfirmApplication makes the application count once it has shown a code.
func (p *Pages) ConfirmApplication(v *door.Visit) error {
	form, err := v.Form()
	if err != nil {
		return err
	}
	var check fault.Check
	code := form.Required(&check, account.FieldCode, 20, "Tapez les 6 chiffres que montre l’application.")
	var codes []string
	if err = check.Err(); err == nil {
		codes, err = p.accounts.ConfirmApplication(v.Ctx(), v.SessionToken(), code)
	}
	return p.made(v, "", codes, err)
}

// ConfirmKey keeps the key that the browser has made.
func (p *Pages) ConfirmKey(v *door.Visit) error {
	form, err := v.TypedForm(account.FieldKeyName)
	if err != nil {
		return err
	}
	var check fault.Check
	name := form.Optional(&check, account.FieldKeyName, 60)
	answer := form.Required(&check, account.FieldAnswer, 20_000, "Aucune clé d’accès n’a été créée. Recommencez, ou utilisez une application.")
	var codes []string
	if err = check.Err(); err == nil {
		codes, err = p.accounts.ConfirmKey(v.Ctx(), v.SessionToken(), answer, name)
	}
	return p.made(v, name, codes, err)
}

// made shows the recovery codes of a first factor, once.
func (p *Pages) made(v *door.Visit, keyName string, codes []string, err error) error {
	if invalid, ok := door.AsInvalid(err); ok {
		return p.makeAgain(v, keyName, invalid)
	}
	if err != nil {
		return err
	}
	if len(codes) == 0 {
		return v.Redirect(ownPath, door.Done("Le second facteur est ajouté."))
	}
	return p.showCodes(v, codes)
}

type codesPage struct {
	ui.Base
	Frame func(ui.Base) templ.Component
	Codes []string
	Home  string
}

func (p *Pages) showCodes(v *door.Visit, codes []string) error {
	v.Limited, v.Step = false, "" // what the session lacked is made
	base, frame, err := p.ownFrame(v, "Vos codes de secours")
	if err != nil {
		return err
	}
	return v.Show(http.StatusOK, recoveryCodes(codesPage{Base: base, Frame: frame, Codes: codes, Home: door.HomeOf(v.Actor.Role)}))
}

// RenewCodes makes other recovery codes and shows them once.
func (p *Pages) RenewCodes(v *door.Visit) error {
	codes, err := p.accounts.RenewCodes(v.Ctx(), v.SessionToken())
	if err != nil {
		return err
	}
	return p.showCodes(v, codes)
}

// RemoveFactor takes one of the visitor's own second factors away.
func (p *Pages) RemoveFactor(v *door.Visit) error {
	if err := p.accounts.RemoveFactor(v.Ctx(), v.SessionToken(), v.PathValue("factor")); err != nil {
		return err
	}
	return v.Redirect(ownPath, door.Done("Le second facteur est retiré."))
}

// Require lays down whether the staff must have a second factor.
func (p *Pages) Require(v *door.Visit) error {
	form, err := v.Form()
	if err != nil {
		return err
	}
	must := form.Has("obligatoire")
	if err := p.accounts.RequireFactor(v.Ctx(), v.Actor, must); err != nil {
		return err
	}
	words := map[bool]string{true: "Le second facteur est obligatoire pour le personnel.", false: "Le second facteur est facultatif."}
	return v.Redirect(rightsPath, door.Done(words[must]))
}

// ResetFactor takes every second factor of an account away: its owner has lost them.
func (p *Pages) ResetFactor(v *door.Visit) error {
	return p.act(v, func(id string) error { return p.accounts.ResetFactor(v.Ctx(), v.Actor, id) },
		"Son second facteur est retiré.", "Ses sessions sont fermées, et un mail le lui dit.")
}
