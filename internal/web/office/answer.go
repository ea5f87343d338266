package office

import (
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
	form, err := v.Form()
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
	page, err := p.review(v, d.ID, "", group)
	if err != nil {
		return err
	}
	if invalid != nil {
		page.Typed = typed{Act: act, Text: form.Value("motif"), Invalid: invalid}
		return page.show(v)
	}
	return p.nextDossier(v, page, flash)
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
			return done(d.Label()+" en liste d’attente", "La famille reçoit un mail avec sa position."), err
		}
		return done(d.Label()+" inscrit", "La famille reçoit un mail."), err
	})
}

// TurnDown refuses a dossier with a reason.
func (p *Pages) TurnDown(v *door.Visit) error {
	return p.answer(v, "refuser-dossier", func(form door.Form, d enrolment.Dossier) (ui.Flash, error) {
		var c fault.Check
		reason := form.Required(&c, "motif", 300, "Écrivez le motif\u202f: la famille le lira.")
		if err := c.Err(); err != nil {
			return ui.Flash{}, err
		}
		return done(d.Label()+" refusé", "La famille reçoit le motif ; ses places vont aux suivants."), p.Registrar.TurnDown(v.Ctx(), v.Actor, d.ID, reason)
	})
}

// Withdrawal answers a family's renoncement, or renounces at its request.
func (p *Pages) Withdrawal(v *door.Visit) error {
	return p.answer(v, "renoncement", func(form door.Form, d enrolment.Dossier) (ui.Flash, error) {
		var c fault.Check
		reply, reason := form.Value("reponse"), form.Optional(&c, "motif", 300)
		if reply == "renoncer" {
			c.That(reason != "", "motif", "Écrivez qui l’a demandé et comment\u202f: le journal le garde.")
		}
		if err := c.Err(); err != nil {
			return ui.Flash{}, err
		}
		switch reply {
		case "accepter":
			return done("Renoncement accepté", "Les places vont aux suivants."), p.Registrar.AnswerWithdrawal(v.Ctx(), v.Actor, d.ID, true, reason)
		case "refuser":
			return done("Inscription gardée", "La famille reçoit le motif."), p.Registrar.AnswerWithdrawal(v.Ctx(), v.Actor, d.ID, false, reason)
		case "renoncer":
			return done(d.Label()+" désisté", "Les places vont aux suivants."), p.Registrar.Withdraw(v.Ctx(), v.Actor, d.Pupil, "", reason)
		}
		return ui.Flash{}, fault.Refuse("Choisissez une réponse.")
	})
}
