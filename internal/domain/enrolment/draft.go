package enrolment

import (
	"context"
	"fmt"
	"time"

	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/catalogue"
	"pupitre/internal/domain/journal"
	"pupitre/internal/domain/people"
	"pupitre/internal/domain/school"
	"pupitre/internal/platform/clock"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
)

type wish = catalogue.Wish

const maxNote = 2000

// DraftStep is what one step of the re-registration keeps; nil leaves it as it is.
type DraftStep struct {
	Administrative *bool
	Choice         *NewChoice // Programme, Site and Wishes; kept even when a rule is broken
	OnPaperForm    *bool
	Note           *string
}

// SaveDraft keeps a step of the pupil's draft (R9). A dossier already sent is
// not a draft: fault.Conflict says what to do instead.
func SaveDraft(ctx context.Context, store *db.Store, clk clock.Clock, a actor.Actor, pupil string, step DraftStep) error {
	return store.Write(ctx, func(tx *db.Tx) error { return SaveDraftIn(ctx, tx, clk.Now(), a, pupil, step) })
}

// SaveDraftIn is SaveDraft within the caller's transaction.
func SaveDraftIn(ctx context.Context, tx *db.Tx, now time.Time, a actor.Actor, pupil string, step DraftStep) error {
	p, household, err := people.PupilOf(ctx, tx, a, pupil)
	if err != nil {
		return err
	}
	season, err := school.CurrentSeason(ctx, tx)
	if err != nil {
		return err
	}
	if err := asksToReRegister(ctx, tx, a, p, season.ID); err != nil {
		return err
	}
	d, err := ensureDossier(ctx, tx, now, a, season.ID, pupil, household)
	if err != nil {
		return err
	}
	// Take its row: the registrar may be sending it at this very moment.
	if d, err = db.One[Dossier](ctx, tx, `update dossier set updated_at = $1 where id = $2 returning `+dossierColumns, now, d.ID); err != nil {
		return err
	}
	switch {
	case !a.Sees(d.Household) && d.State.Sent():
		return sentByTheOther(d, p.IsNewIn(season.ID))
	case d.State == NotReturning && season.HasClosed(now) && !a.IsOffice():
		return fault.Refuse("La campagne est close depuis le " + french.Moment(season.ClosesAt) + ".")
	case d.State.Sent():
		return &fault.Conflict{Message: "Ce dossier est déjà envoyé" + french.Nbsp + ": changez de cours depuis sa page."}
	}
	if !a.Sees(d.Household) {
		d.takeOver(household)
	}
	if err := applyStep(ctx, tx, season.ID, &d, step); err != nil {
		return err
	}
	if d.State != Draft { // it leaves what the office counts
		if _, err := tx.Exec(ctx, `update season set moves = moves + 1 where id = $1`, season.ID); err != nil {
			return err
		}
	}
	if d.State != Lapsed {
		d.State = Draft
	}
	_, err = tx.Exec(ctx, `update dossier set household_id = $1, state = $2, programme_id = $3, site_id = $4, choice = $5, note = $6,
				administrative = $7, on_paper_form = $8, reason = $9, agreed_by = $10, text_id = $11, sent_at = $12, reopened_until = $13,
				updated_at = $14, version = version + 1 where id = $15`,
		d.Household, string(d.State), orNull(d.Programme), orNull(d.Site), d.Choice.text(), d.Note, d.Administrative, d.OnPaperForm,
		d.Reason, d.AgreedBy, orNull(d.Text), d.SentAt, d.ReopenedUntil, now, d.ID)
	return err
}

// asksToReRegister refuses a family whose pupil was not enrolled the year before (R10).
func asksToReRegister(ctx context.Context, tx *db.Tx, a actor.Actor, p people.Pupil, season string) error {
	if a.IsOffice() {
		return nil
	}
	answers, err := people.PupilSeasonsOf(ctx, tx, []string{p.ID}, season)
	if err != nil || !answers[p.ID].NotInvited {
		return err
	}
	s, err := school.Current(ctx, tx)
	if err != nil {
		return err
	}
	return notInvited(p, s.Phone)
}

// takeOver makes the dossier that of another household of the pupil, which
// reads nothing that the first one wrote and has no delay that was given to it.
func (d *Dossier) takeOver(household string) {
	if d.Household != household {
		d.Household, d.Note, d.Reason, d.AgreedBy, d.Text, d.SentAt, d.ReopenedUntil = household, "", "", "", "", zero, zero
	}
}

func applyStep(ctx context.Context, tx *db.Tx, season string, d *Dossier, step DraftStep) error {
	if step.Administrative != nil {
		d.Administrative = *step.Administrative
	}
	if step.OnPaperForm != nil {
		d.OnPaperForm = *step.OnPaperForm
	}
	if step.Note != nil {
		if len([]rune(*step.Note)) > maxNote {
			return &fault.Invalid{Message: "Ce texte est trop long.", Fields: []fault.Field{{Name: "note", Message: fmt.Sprintf("Gardez %d caractères au plus.", maxNote)}}}
		}
		d.Note = *step.Note
	}
	if step.Choice == nil {
		return nil
	}
	c, err := catalogue.Of(ctx, tx, season)
	if err != nil {
		return err
	}
	if _, ok := c.Programme(step.Choice.Programme); !ok && step.Choice.Programme != "" {
		return &fault.Invalid{Message: "Choisissez une formule de la liste.", Fields: []fault.Field{{Name: "formule", Message: "Choisissez une formule de la liste."}}}
	}
	if c.SiteName(step.Choice.Site) == "" && step.Choice.Site != "" {
		return &fault.Invalid{Message: "Choisissez un pôle de la liste.", Fields: []fault.Field{{Name: "pole", Message: "Choisissez un pôle de la liste."}}}
	}
	var known Choice
	for _, w := range step.Choice.Wishes {
		if _, ok := c.Course(w.Course); ok {
			known = append(known, w)
		}
	}
	d.Programme, d.Site, d.Choice = step.Choice.Programme, step.Choice.Site, known
	return nil
}

// ensureDossier returns the pupil's dossier of the season, made when there is none.
func ensureDossier(ctx context.Context, tx *db.Tx, now time.Time, a actor.Actor, season, pupil, household string) (Dossier, error) {
	find := `select ` + dossierColumns + ` from dossier where season_id = $1 and pupil_id = $2`
	d, found, err := db.Maybe[Dossier](ctx, tx, find, season, pupil)
	if err != nil || found {
		return d, err
	}
	number, err := db.One[int64](ctx, tx, `update season set next_number = next_number + 1 where id = $1 returning next_number - 1`, season)
	if err != nil {
		return d, err
	}
	if d, found, err = db.Maybe[Dossier](ctx, tx, find, season, pupil); err != nil || found {
		return d, err // another machine made it while this one waited for the season's row
	}
	d = Dossier{ID: db.NewID(), Number: number, Season: season, Pupil: pupil, Household: household, State: Draft, UpdatedAt: now, Version: 1}
	if err := insertDossier(ctx, tx, d); err != nil {
		return d, fmt.Errorf("open the dossier of pupil %s: %w", pupil, err)
	}
	return d, journal.Append(ctx, tx, journal.By(a, now, journal.Line{
		Event: "dossier.opened", Household: household, Pupil: pupil, Dossier: d.ID, After: d.Label() + french.Nbsp + ": " + Draft.French(),
	}))
}

func insertDossier(ctx context.Context, tx *db.Tx, d Dossier) error {
	_, err := tx.Exec(ctx, `insert into dossier (`+dossierColumns+`)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30)`,
		d.ID, d.Number, d.Season, d.Pupil, d.Household, string(d.State), orNull(d.Programme), orNull(d.Site), d.Choice.text(), d.OnPaperForm, d.Note,
		d.Administrative, d.Reason, orNull(d.Text), d.AgreedBy, d.SentAt, d.CompleteAt, rankOrNull(d.Rank), d.ReceivedOnPaperAt, d.HoldUntil,
		d.HoldTotalUntil, d.ConfirmedAt, d.ConfirmedBy, d.ReopenedUntil, d.WithdrawalAskedAt, d.RemindedAt, d.UpdatedAt, d.Version, orNull(string(d.Desk)), d.ChooseAgain)
	return err
}

// ensure is ensureDossier within the registrar; fault.ErrNotFound when the
// pupil is not of the household.
func (u *unit) ensure(pupil, household string) (*Dossier, error) {
	if err := u.isOf(pupil, household); err != nil {
		return nil, err
	}
	if d, err := u.dossierOf(pupil); err != nil || d != nil {
		return d, err
	}
	d, err := ensureDossier(u.ctx, u.tx, u.at, u.actor, u.season.ID, pupil, household)
	if err != nil {
		return nil, err
	}
	u.written++
	u.know(&d)
	return &d, nil
}
