package application

import (
	"context"
	"errors"
	"fmt"
	"time"

	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/enrolment"
	"pupitre/internal/domain/journal"
	"pupitre/internal/domain/people"
	"pupitre/internal/domain/school"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
)

// Confirm is the button of the page that the mailed link opens: the address
// counts, and the dossier is sent to the registrar, which gives it its rank and
// places at that instant (R30), or says what it lacks. When the pupil has a
// dossier already the pré-inscription is Held, and keeps its time. Confirmed
// again, it answers as it stands. It returns fault.ErrNotFound for a link that
// opens nothing, *fault.Invalid when what was typed no longer follows the
// rules, or it is not the time.
func (a *Applications) Confirm(ctx context.Context, token string, season school.Season) (Application, error) {
	app, mailed, err := a.Find(ctx, token)
	if err == nil && !mailed {
		err = fmt.Errorf("confirm a pré-inscription: %w", fault.ErrNotFound)
	}
	if err != nil {
		return app, err
	}
	if app.State == Sent {
		if app, err = a.confirm(ctx, token, season, app); err != nil {
			return app, err
		}
	}
	if app.State == Confirmed {
		err = a.submit(ctx, app)
		if invalid := (*fault.Invalid)(nil); errors.As(err, &invalid) {
			err = nil // its dossier is a draft: its own pages say what is left
		}
	}
	return app, err
}

func (a *Applications) confirm(ctx context.Context, token string, season school.Season, read Application) (app Application, err error) {
	now := a.clock.Now()
	if err := Taken(season, now); err != nil {
		return app, err
	}
	if opens := enrolment.NewcomersOpenAt(season); now.Before(opens) {
		return app, fault.Refuse("Les inscriptions de nouveaux élèves ouvrent le " + french.Moment(opens) + ". Votre demande est gardée" + french.Nbsp + ": revenez par ce lien à cette minute.")
	}
	left, err := a.leftBefore(ctx, season, read.Form)
	if err != nil {
		return app, err
	}
	if len(left) > 0 {
		return app, &fault.Invalid{Message: "Ce choix ne suit plus les règles" + french.Nbsp + ": corrigez-le, puis validez de nouveau.", Fields: left}
	}
	err = a.store.Write(ctx, func(tx *db.Tx) error {
		if _, err := tx.Exec(ctx, `update season set moves = moves + 1 where id = $1`, season.ID); err != nil { // one after the other, with the registrars
			return err
		}
		app, _, err = find(ctx, tx, token)
		if err != nil || app.State != Sent {
			return err
		}
		app.ConfirmedAt = a.clock.Now()
		known, err := withDossier(ctx, tx, season.ID, app.Form, "")
		if err != nil {
			return err
		}
		if len(known) > 0 {
			app.State = Held
			return a.keep(ctx, tx, app)
		}
		return a.admit(ctx, tx, &app)
	})
	return app, err
}

// withDossier returns the pupils of the form's names and date of birth that have
// a dossier of the season which counts, be it on its way; except is left out.
func withDossier(ctx context.Context, r db.Reader, season string, f Form, except string) ([]string, error) {
	f = f.named()
	twins, err := people.TwinsOf(ctx, r, people.Pupil{ID: except, FirstName: f.Pupil.FirstName, LastName: f.Pupil.LastName, BirthDate: f.Pupil.BirthDate})
	if err != nil || len(twins) == 0 {
		return nil, err
	}
	ids := make([]string, len(twins))
	for i, p := range twins {
		ids[i] = p.ID
	}
	return db.All[string](ctx, r, `select d.pupil_id from dossier d join household h on h.id = d.household_id
		where d.season_id = $1 and d.pupil_id in (select value from json_each(cast($2 as text)))
			and (d.state in ('received', 'complete', 'paper_refused', 'waiting', 'enrolled') or d.state = 'draft' and h.candidate = true)`, season, db.IDs(ids))
}

// admit makes the household, the pupil, the account and the draft of the dossier.
func (a *Applications) admit(ctx context.Context, tx *db.Tx, app *Application) error {
	f := app.Form.named()
	who := f.who("")
	household, pupil, err := people.AddCandidate(ctx, tx, app.ConfirmedAt, who, app.Season, f.candidate())
	if err != nil {
		return err
	}
	who.Household = household
	if _, err := a.accounts.CreateFamily(ctx, tx, who, household, "", f.Guardian.LastName); err != nil {
		return err
	}
	yes, note := true, f.Note
	step := enrolment.DraftStep{Administrative: &yes, Note: &note, Choice: &enrolment.NewChoice{Programme: f.Programme, Site: f.Site, Wishes: f.Wishes}}
	if err := enrolment.SaveDraftIn(ctx, tx, a.clock.Now(), who, pupil, step); err != nil {
		return err
	}
	app.State, app.Household, app.Pupil = Confirmed, household, pupil
	return a.keep(ctx, tx, *app)
}

// keep writes where the pré-inscription stands, and a line in the journal.
func (a *Applications) keep(ctx context.Context, tx *db.Tx, app Application) error {
	n, err := tx.Exec(ctx, `update application set state = $1, household_id = $2, pupil_id = $3, confirmed_at = $4, draft_hash = '', version = version + 1
		where id = $5 and version = $6`, string(app.State), orNull(app.Household), orNull(app.Pupil), app.ConfirmedAt, app.ID, app.Version)
	if err == nil && n == 0 {
		err = closedToEdits
	}
	if err != nil {
		return err
	}
	line := journal.Line{Event: "application.confirmed", Household: app.Household, Pupil: app.Pupil, After: app.Form.PupilName() + ", " + app.State.French()}
	return journal.Append(ctx, tx, journal.By(app.Form.who(app.Household), app.ConfirmedAt, line))
}

func orNull(id string) any {
	if id == "" {
		return nil
	}
	return id
}

// submit sends the dossier, as its household would; one sent already stays as it is.
func (a *Applications) submit(ctx context.Context, app Application) error {
	outcomes, err := a.registrar.Submit(ctx, app.Form.who(app.Household), enrolment.Submission{Pupils: []string{app.Pupil}, Text: app.Form.Text, Agreed: true})
	if err != nil {
		return err
	}
	for _, o := range outcomes {
		if o.Err != nil {
			return o.Err
		}
	}
	return nil
}

// finishWithin is for how long a confirmation whose machine died before the
// registrar answered is tried again.
const finishWithin = time.Hour

// Finish sends the dossiers of pré-inscriptions that were confirmed while the
// machine stopped, and returns how many.
func (a *Applications) Finish(ctx context.Context) (int, error) {
	apps, err := db.All[Application](ctx, a.store, applications+`where season_id in (select id from season where is_current = true) and state = 'confirmed' and confirmed_at > $1 and exists (select 1 from dossier d
		where d.pupil_id = application.pupil_id and d.season_id = application.season_id and d.state = 'draft' and d.sent_at is null) order by confirmed_at`,
		a.clock.Now().Add(-finishWithin))
	n := 0
	for _, app := range apps {
		err := a.submit(ctx, app)
		if invalid := (*fault.Invalid)(nil); errors.As(err, &invalid) {
			continue
		}
		if err != nil {
			return n, err
		}
		n++
	}
	return n, err
}

// Enter opens a session of the candidate household for who holds the mailed
// link; fault.ErrNotFound when the link opens none.
func (a *Applications) Enter(ctx context.Context, token string) (app Application, session string, who actor.Actor, err error) {
	app, mailed, err := a.Find(ctx, token)
	if err == nil && (!mailed || app.State != Confirmed) {
		err = fmt.Errorf("enter by a pré-inscription: %w", fault.ErrNotFound)
	}
	if err != nil {
		return app, "", who, err
	}
	opened, err := a.accounts.OpenFor(ctx, app.Household)
	return app, opened.Token, opened.Actor, err
}
