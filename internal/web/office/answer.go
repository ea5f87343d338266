package office

import (
	"strconv"

	"pupitre/internal/domain/enrolment"
	"pupitre/internal/domain/report"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
	"pupitre/internal/web/door"
	"pupitre/internal/web/ui"
)

// answer runs an act about the dossier, then leads to the next one; a refusal
// shows the review again with what was typed.
func (p *Pages) answer(v *door.Visit, act string, do func(form door.Form, d enrolment.Dossier) (ui.Flash, error)) error {
	form, err := v.TypedForm("motif")
	if err != nil {
		return err
	}
	group := report.GroupNamed(form.Value("file"))
	d, err := enrolment.DossierByID(v.Ctx(), p.Store, v.Actor, v.PathValue("id"))
	if err != nil {
		return err
	}
	flash, err := do(form, d)
	invalid, err := refused(err)
	if asConflict(err) {
		return p.whoAnswered(v, d.ID, err)
	}
	if err != nil {
		return err
	}
	page, err := p.after(v, d, group)
	if err != nil {
		return err
	}
	if invalid != nil {
		page.Typed = typed{Act: act, Text: form.Value("motif"), Invalid: invalid}
		return page.show(v)
	}
	if act == "confirmer" {
		flash.UndoURL = takeBackURL(page.D, group)
	}
	return p.nextDossier(v, page, flash)
}

// sure notes that the box of an act that nothing takes back is not ticked.
func sure(form door.Form, c *fault.Check) {
	c.That(form.Value("sur") != "", "sur", "Cochez la case\u202f: ce qui est perdu ne se reprend pas.")
}

// takeBackURL takes back the answer that gave the dossier its version.
func takeBackURL(d enrolment.Dossier, group report.Group) string {
	return link("/bureau/dossiers/"+d.ID+"/annuler", "version", itoa(d.Version), "file", string(group))
}

// TakeBack takes back « inscrit » or « en liste d’attente », as long as the mail
// has not left.
func (p *Pages) TakeBack(v *door.Visit) error {
	version, err := strconv.ParseInt(v.Query("version"), 10, 64)
	if err != nil {
		return fault.Refuse("Ce formulaire n’est pas complet. Rechargez la page et recommencez.")
	}
	d, err := enrolment.DossierByID(v.Ctx(), p.Store, v.Actor, v.PathValue("id"))
	if err != nil {
		return err
	}
	if err := p.Registrar.TakeBack(v.Ctx(), v.Actor, d.ID, version); err != nil {
		return err
	}
	return v.Redirect(dossierURL(d.ID, report.GroupNamed(v.Query("file"))), done("Réponse annulée", "Le mail n’est pas parti. "+d.Label()+" est comme avant."))
}

// whoAnswered names who answered the dossier meanwhile.
func (p *Pages) whoAnswered(v *door.Visit, id string, err error) error {
	d, failed := enrolment.DossierByID(v.Ctx(), p.Store, v.Actor, id)
	if failed != nil || d.ConfirmedBy == "" || d.ConfirmedAt.IsZero() {
		return err
	}
	return &fault.Conflict{Message: d.ConfirmedBy + " a déjà répondu à ce dossier le " + french.Moment(d.ConfirmedAt) + "\u202f: «\u202f" + d.State.French() + "\u202f». Rien n’a été écrit."}
}

// Confirm answers a checked dossier: enrolled, on the list, or a part with a reason.
func (p *Pages) Confirm(v *door.Visit) error {
	return p.answer(v, "confirmer", func(form door.Form, d enrolment.Dossier) (ui.Flash, error) {
		var c fault.Check
		reason := ""
		if form.Has("partie") {
			reason = form.Required(&c, "motif", 300, "Écrivez pourquoi une partie suffit\u202f: la famille le lira.")
		}
		if err := c.Err(); err != nil {
			return ui.Flash{}, err
		}
		state, err := p.Registrar.Confirm(v.Ctx(), v.Actor, d.ID, reason)
		if state == enrolment.OnList {
			return done(d.Label()+" en liste d’attente", p.mailOrCall(v, d.Household, "Le mail, avec sa position, part dans 10 secondes.")), err
		}
		return done(d.Label()+" inscrit", p.mailOrCall(v, d.Household, "Le mail part dans 10 secondes.")), err
	})
}

// TurnDown refuses a dossier with a reason.
func (p *Pages) TurnDown(v *door.Visit) error {
	return p.answer(v, "refuser-dossier", func(form door.Form, d enrolment.Dossier) (ui.Flash, error) {
		var c fault.Check
		reason := form.Required(&c, "motif", 300, "Écrivez le motif\u202f: la famille le lira.")
		sure(form, &c)
		if err := c.Err(); err != nil {
			return ui.Flash{}, err
		}
		return done(d.Label()+" refusé", p.mailOrCall(v, d.Household, "La famille reçoit le motif.")+" Ses places vont aux suivants."), p.Registrar.TurnDown(v.Ctx(), v.Actor, d.ID, reason)
	})
}

// Withdrawal answers a family's renoncement, or renounces at its request.
func (p *Pages) Withdrawal(v *door.Visit) error {
	return p.answer(v, "renoncement", func(form door.Form, d enrolment.Dossier) (ui.Flash, error) {
		var c fault.Check
		reply, reason := form.Value("reponse"), form.Optional(&c, "motif", 300)
		if reply == "renoncer" {
			c.That(reason != "", "motif", "Écrivez qui l’a demandé et comment\u202f: le journal le garde.")
			sure(form, &c)
		}
		if err := c.Err(); err != nil {
			return ui.Flash{}, err
		}
		switch reply {
		case "accepter":
			return done("Renoncement accepté", "Les places vont aux suivants."), p.Registrar.AnswerWithdrawal(v.Ctx(), v.Actor, d.ID, true, reason)
		case "refuser":
			return done("Inscription gardée", p.mailOrCall(v, d.Household, "La famille reçoit le motif.")), p.Registrar.AnswerWithdrawal(v.Ctx(), v.Actor, d.ID, false, reason)
		case "renoncer":
			return done(d.Label()+" désisté", "Les places vont aux suivants."), p.Registrar.Withdraw(v.Ctx(), v.Actor, d.Pupil, "", reason)
		}
		return ui.Flash{}, fault.Refuse("Choisissez une réponse.")
	})
}
