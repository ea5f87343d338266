package application

import (
	"context"
	"fmt"
	"strings"

	"pupitre/internal/domain/account"
	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/correspondence"
	"pupitre/internal/domain/document"
	"pupitre/internal/domain/enrolment"
	"pupitre/internal/domain/journal"
	"pupitre/internal/domain/people"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
)

// AnswerFacts is what a mail of the office's answer says.
type AnswerFacts struct {
	Name  string `json:"name"`
	Pupil string `json:"pupil"`
	Text  string `json:"text"`
}

// The fields of the office's forms.
const (
	FieldReason  = "motif"
	FieldMessage = "message"
	FieldTo      = "foyer"
)

var answered = &fault.Conflict{Message: "Cette demande a déjà reçu une réponse. Rechargez la page pour la lire."}

// opened reads a pré-inscription that awaits an answer.
func (a *Applications) opened(ctx context.Context, r db.Reader, by actor.Actor, id string) (Application, error) {
	if !by.IsOffice() {
		return Application{}, fault.ErrForbidden
	}
	app, err := db.One[Application](ctx, r, applications+`where id = $1 and state <> 'draft'`, id)
	if err == nil && !app.State.Open() {
		err = answered
	}
	return app, err
}

// decide writes the answer and its line in the journal.
func (a *Applications) decide(ctx context.Context, tx *db.Tx, by actor.Actor, app Application, became State, reason string) error {
	now := a.clock.Now()
	n, err := tx.Exec(ctx, `update application set state = $1, household_id = $2, pupil_id = $3, decided_at = $4, decided_by = $5, reason = $6, version = version + 1
		where id = $7 and version = $8`, string(became), orNull(app.Household), orNull(app.Pupil), now, by.Name, reason, app.ID, app.Version)
	if err == nil && n == 0 {
		err = answered
	}
	if err != nil {
		return err
	}
	return a.note(ctx, tx, by, app, "application."+string(became), became.French(), reason)
}

func (a *Applications) note(ctx context.Context, tx *db.Tx, by actor.Actor, app Application, event, after, reason string) error {
	return journal.Append(ctx, tx, journal.By(by, a.clock.Now(), journal.Line{
		Event: event, Household: app.Household, Pupil: app.Pupil, Before: app.Form.PupilName() + ", " + app.State.French(), After: after, Reason: reason,
	}))
}

func (a *Applications) mail(ctx context.Context, tx *db.Tx, app Application, kind correspondence.Kind, text string) error {
	return correspondence.Enqueue(ctx, tx, a.clock.Now(), correspondence.Mail{
		Event: string(kind) + ":" + db.NewID(), Recipient: app.Form.Guardian.Email, Kind: kind, Household: app.Household,
		Facts: AnswerFacts{Name: app.Form.Responsible(), Pupil: app.Form.PupilName(), Text: text},
	})
}

// Accept makes the candidate one of the families and mails it its identifiant.
// It returns *fault.Conflict when the pupil has another dossier: there is no
// second place. Office only.
func (a *Applications) Accept(ctx context.Context, by actor.Actor, id string) error {
	return a.store.Write(ctx, func(tx *db.Tx) error {
		app, err := a.opened(ctx, tx, by, id)
		if err != nil {
			return err
		}
		if app.State == Held {
			return &fault.Conflict{Message: "Cet élève a peut-être déjà un dossier" + french.Nbsp + ": dites d’abord si c’est un autre enfant, ou refusez."}
		}
		if err := oneDossier(ctx, tx, app); err != nil {
			return err
		}
		if err := people.Welcome(ctx, tx, a.clock.Now(), by, app.Household); err != nil {
			return err
		}
		if _, err := a.accounts.TellIdentifier(ctx, tx, by, app.Household); err != nil {
			return err
		}
		return a.decide(ctx, tx, by, app, Accepted, "")
	})
}

// oneDossier refuses a candidate whose name and date of birth are those of
// another pupil with a dossier, unless the office has said that they are two.
func oneDossier(ctx context.Context, r db.Reader, app Application) error {
	known, err := people.PupilsByID(ctx, r, []string{app.Pupil})
	if err != nil || known[app.Pupil].Apart {
		return err
	}
	twins, err := withDossier(ctx, r, app.Season, app.Form, app.Pupil)
	if err == nil && len(twins) > 0 {
		err = &fault.Conflict{Message: "Un élève du même nom, né le même jour, a aussi un dossier cette saison" + french.Nbsp + ": un élève n’a pas de seconde place. Refusez cette demande avec un motif."}
	}
	return err
}

// Attaching is an attachment as it is made.
type Attaching struct {
	Application Application // as it was before
	Household   string      // that it goes to
	Pupil       string      // the newcomer, or the pupil known in that household
}

// Keeper keeps what an attachment moves, within its transaction: Before reads
// what stands, After what has become of it.
type Keeper interface {
	Before(ctx context.Context, tx *db.Tx, a Attaching) error
	After(ctx context.Context, tx *db.Tx, a Attaching) error
}

// Attach gives the pupil and its dossier, with rank and places, to a household of
// the school: as a new pupil of it, or as the one known there when pupil is not
// empty. The candidate household is no more. It returns *fault.Conflict when
// that pupil has a dossier already, fault.ErrNotFound when the household or the
// pupil is not one of the school's. k keeps what it takes to undo it. Office only.
func (a *Applications) Attach(ctx context.Context, by actor.Actor, id, household, pupil string, k Keeper) error {
	app, err := a.opened(ctx, a.store, by, id)
	if err != nil {
		return err
	}
	if app.State == Held {
		return &fault.Conflict{Message: "Cet élève a peut-être déjà un dossier" + french.Nbsp + ": dites d’abord si c’est un autre enfant, ou refusez."}
	}
	if pupil, err = a.target(ctx, by, app, household, pupil); err != nil {
		return err
	}
	d, err := enrolment.DossiersOfPupils(ctx, a.store, app.Season, []string{app.Pupil})
	if err != nil {
		return err
	}
	in := enrolment.Rehousing{Dossier: d[app.Pupil].ID, Household: household, Pupil: app.Pupil, Reason: "pré-inscription rattachée"}
	if pupil != "" {
		in.Pupil = pupil
	}
	made := Attaching{app, household, in.Pupil}
	in.Before = func(ctx context.Context, tx *db.Tx) error { return k.Before(ctx, tx, made) }
	in.After = func(ctx context.Context, tx *db.Tx) error { return k.After(ctx, tx, made) }
	return a.registrar.Rehouse(ctx, by, in, func(ctx context.Context, tx *db.Tx) error {
		now, from, newcomer := a.clock.Now(), app.Household, app.Pupil
		if err := document.Move(ctx, tx, now, from, household, newcomer, in.Pupil); err != nil {
			return err
		}
		moved := app
		moved.Household, moved.Pupil = household, in.Pupil
		if err := a.decide(ctx, tx, by, moved, Attached, ""); err != nil {
			return err
		}
		if err := account.Remove(ctx, tx, from); err != nil {
			return err
		}
		if err := people.JoinHousehold(ctx, tx, now, by, newcomer, from, household, pupil, app.Season); err != nil {
			return err
		}
		return a.mail(ctx, tx, moved, MailAttached, "")
	})
}

// target checks the household, and finds in it the pupil that has the
// newcomer's name and date of birth, when none is named.
func (a *Applications) target(ctx context.Context, by actor.Actor, app Application, household, pupil string) (string, error) {
	h, err := people.HouseholdByID(ctx, a.store, by, household)
	if err == nil && (h.Candidate || h.ID == app.Household) {
		err = fmt.Errorf("attach to household %s: %w", household, fault.ErrNotFound)
	}
	if err != nil {
		return "", err
	}
	known, err := people.PupilsOf(ctx, a.store, household)
	if err != nil {
		return "", err
	}
	f := app.Form.named()
	for _, p := range known {
		if pupil == p.ID || pupil == "" && p.BirthDate == f.Pupil.BirthDate && distance(p.FullName(), f.PupilName()) == 0 {
			return p.ID, nil
		}
	}
	if pupil != "" {
		return "", fmt.Errorf("pupil %s of household %s: %w", pupil, household, fault.ErrNotFound)
	}
	return "", nil
}

// Refuse answers no, with a reason that is mailed: the dossier is turned down,
// its places go to the next in line, and the account is shut. Office only.
func (a *Applications) Refuse(ctx context.Context, by actor.Actor, id, reason string) error {
	reason = strings.TrimSpace(reason)
	app, err := a.opened(ctx, a.store, by, id)
	if err != nil {
		return err
	}
	var c fault.Check
	c.That(reason != "", FieldReason, "Écrivez le motif"+french.Nbsp+": il est envoyé à la famille et gardé au journal.")
	c.That(len([]rune(reason)) <= 1000, FieldReason, "Gardez 1000 caractères au plus.")
	if err := c.Err(); err != nil {
		return err
	}
	told := false
	if app.Pupil != "" {
		d, err := enrolment.DossiersOfPupils(ctx, a.store, app.Season, []string{app.Pupil})
		if err != nil {
			return err
		}
		if d[app.Pupil].State.Sent() {
			if err := a.registrar.TurnDown(ctx, by, d[app.Pupil].ID, reason); err != nil {
				return err
			}
			told = true
		}
	}
	return a.store.Write(ctx, func(tx *db.Tx) error {
		if app.Household != "" {
			if err := a.accounts.Shut(ctx, tx, by, app.Household); err != nil {
				return err
			}
		}
		if !told {
			if err := a.mail(ctx, tx, app, MailRefused, reason); err != nil {
				return err
			}
		}
		return a.decide(ctx, tx, by, app, Refused, reason)
	})
}

// Answer mails a message to who asks; the pré-inscription stays as it is. Office only.
func (a *Applications) Answer(ctx context.Context, by actor.Actor, id, message string) error {
	message = strings.TrimSpace(message)
	return a.store.Write(ctx, func(tx *db.Tx) error {
		app, err := a.opened(ctx, tx, by, id)
		if err != nil {
			return err
		}
		var c fault.Check
		c.That(message != "", FieldMessage, "Écrivez votre message.")
		c.That(len([]rune(message)) <= 4000, FieldMessage, "Gardez 4000 caractères au plus.")
		if err := c.Err(); err != nil {
			return err
		}
		if err := a.mail(ctx, tx, app, MailAnswer, message); err != nil {
			return err
		}
		return a.note(ctx, tx, by, app, "application.answered", "message envoyé", message)
	})
}

// Admit says that a held pré-inscription is of another pupil: its dossier takes
// its rank now, and stands in each list before every request received after it
// was confirmed (as R35). Office only.
func (a *Applications) Admit(ctx context.Context, by actor.Actor, id string) error {
	var app Application
	err := a.store.Write(ctx, func(tx *db.Tx) (err error) {
		if app, err = a.opened(ctx, tx, by, id); err != nil {
			return err
		}
		if app.State != Held {
			return answered
		}
		if err := a.admit(ctx, tx, &app); err != nil {
			return err
		}
		if err := people.SetApart(ctx, tx, app.Pupil); err != nil {
			return err
		}
		return a.note(ctx, tx, by, app, "application.admitted", "ce n’est pas le même élève", "")
	})
	if err != nil {
		return err
	}
	seen, err := enrolment.RegistrationOf(ctx, a.store, by, app.Pupil)
	if err != nil {
		return err
	}
	if len(seen.Missing) > 0 { // it would have had no rank either: the papers complete it
		return a.submit(ctx, app)
	}
	return a.registrar.EnterPaper(ctx, by, app.Household, enrolment.OnPaper{
		NewChoice: enrolment.NewChoice{
			Pupil: app.Pupil, Programme: app.Form.Programme, Site: app.Form.Site, Wishes: app.Form.Wishes,
			Reason: "pré-inscription en ligne, confirmée le " + french.MomentSecond(app.ConfirmedAt) + ", vérifiée par le secrétariat",
		},
		ReceivedAt: app.ConfirmedAt,
	})
}

// Rehome makes the answered pré-inscriptions of the lost household those of the
// kept one, and of the pupils that its pupils are.
func Rehome(ctx context.Context, tx *db.Tx, lost, kept string, becomes map[string]string) error {
	for from, to := range becomes {
		if _, err := tx.Exec(ctx, `update application set pupil_id = $1 where pupil_id = $2`, to, from); err != nil {
			return err
		}
	}
	_, err := tx.Exec(ctx, `update application set household_id = $1 where household_id = $2`, kept, lost)
	return err
}
