package office

import (
	"slices"
	"time"

	"pupitre/internal/domain/people"
	"pupitre/internal/platform/clock"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
	"pupitre/internal/web/door"
	"pupitre/internal/web/ui"
)

// SetAddress sets a responsible's address on file, the caller being checked (R3).
func (p *Pages) SetAddress(v *door.Visit) error {
	form, err := v.Form()
	if err != nil {
		return err
	}
	household := v.PathValue("household")
	h, err := people.HouseholdByID(v.Ctx(), p.Store, v.Actor, household)
	if err != nil {
		return err
	}
	guardian := form.Value("responsable")
	if !slices.ContainsFunc(h.Guardians, func(g people.Guardian) bool { return g.ID == guardian }) {
		return fault.ErrNotFound
	}
	var c fault.Check
	c.That(form.Has("verifie"), "verifie", "Cochez la case quand vous avez vérifié qui appelle.")
	if err = c.Err(); err == nil {
		err = p.Store.Write(v.Ctx(), func(tx *db.Tx) error {
			return people.SetGuardianEmail(v.Ctx(), tx, p.Clock.Now(), v.Actor, guardian, form.Value("email"))
		})
	}
	return p.householdAnswer(v, household, householdForm{Act: "adresse", ID: guardian, Value: form.Value("email")}, err,
		done("Adresse enregistrée", "La famille peut demander un mot de passe avec elle ; l’ancienne adresse est prévenue."))
}

// householdAnswer shows the family's page again with what was refused, or leads to it.
func (p *Pages) householdAnswer(v *door.Visit, household string, typed householdForm, err error, flash ui.Flash) error {
	invalid, err := refused(err)
	if err != nil {
		return err
	}
	if invalid == nil {
		return v.Redirect("/bureau/familles/"+household, flash)
	}
	page, err := p.household(v, household)
	if err != nil {
		return err
	}
	typed.Invalid = invalid
	page.Typed, page.Base = typed, withErrors(page.Base, invalid)
	return v.Show(422, householdView(page))
}

// Reopen lets one family send after the closing (R36).
func (p *Pages) Reopen(v *door.Visit) error {
	form, err := v.TypedForm("motif")
	if err != nil {
		return err
	}
	pupil, household, err := people.PupilOf(v.Ctx(), p.Store, v.Actor, v.PathValue("pupil"))
	if err != nil {
		return err
	}
	if wanted := form.Value("foyer"); wanted != "" {
		ids, err := people.HouseholdsOf(v.Ctx(), p.Store, pupil.ID)
		if err != nil {
			return err
		}
		if !slices.Contains(ids, wanted) {
			return fault.ErrNotFound
		}
		household = wanted
	}
	var c fault.Check
	iso, ok := french.ReadDate(form.Value("jusqu_au"))
	c.That(ok, "jusqu_au", "Donnez une date à venir, par exemple "+french.ShortDate(v.Now.AddDate(0, 0, 7))+".")
	reason := form.Required(&c, "motif", 300, "Écrivez le motif\u202f: il est gardé au journal.")
	if err = c.Err(); err == nil {
		err = p.Registrar.Reopen(v.Ctx(), v.Actor, pupil.ID, household, lastMinute(iso), reason)
	}
	return p.householdAnswer(v, household, householdForm{Act: "rouvrir", ID: pupil.ID, Value: form.Value("jusqu_au"), Reason: form.Value("motif")}, err,
		done("Campagne rouverte pour "+pupil.FullName(), "Son dossier prendra rang à son heure d’envoi."))
}

// Invite asks a pupil to re-register who was not enrolled the year before.
func (p *Pages) Invite(v *door.Visit) error {
	pupil, household, err := people.PupilOf(v.Ctx(), p.Store, v.Actor, v.PathValue("pupil"))
	if err != nil {
		return err
	}
	if err := p.Store.Write(v.Ctx(), func(tx *db.Tx) error {
		return people.Invite(v.Ctx(), tx, p.Clock.Now(), v.Actor, pupil.ID, v.Season.ID)
	}); err != nil {
		return err
	}
	return v.Redirect("/bureau/familles/"+household, done(pupil.FullName()+" peut se réinscrire", "Sa famille le voit aussitôt."))
}

// lastMinute is 23:59 in Paris on that day (2006-01-02).
func lastMinute(iso string) time.Time {
	day, err := time.Parse(time.DateOnly, iso)
	if err != nil {
		return time.Time{}
	}
	return time.Date(day.Year(), day.Month(), day.Day(), 23, 59, 0, 0, clock.Paris).UTC()
}
