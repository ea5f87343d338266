package enrolment

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/correspondence"
	"pupitre/internal/domain/document"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
)

// TakeBackDelay is how long the mails of an answer of the office wait: until
// they leave, it can be taken back.
const TakeBackDelay = 10 * time.Second

// answersAt is when the mails of an answer of the office leave. It answers a
// dossier, so it keeps no quiet hours.
func (u *unit) answersAt() time.Time { return u.at.Add(TakeBackDelay) }

// decision is an answer of the office, and how things stood before it.
type decision struct {
	ID       string    `db:"id"`
	Batch    string    `db:"batch"`      // shared by what was confirmed at once
	Subject  string    `db:"subject_id"` // the dossier confirmed, or the deposit refused
	Version  int64     `db:"version"`    // of the subject, once it was decided
	LeavesAt time.Time `db:"leaves_at"`
	Before   former    `db:"before"`
}

// former is what taking back restores, and the mails it removes.
type former struct {
	Dossiers []formerDossier   `json:"dossiers"`
	Deposit  *document.Deposit `json:"deposit,omitempty"`
	Mails    []string          `json:"mails"` // their events
}

// formerDossier is what an answer changes of a dossier. Version is the one it
// had after: another one says that something else happened since.
type formerDossier struct {
	ID             string    `json:"id"`
	Version        int64     `json:"version"`
	State          State     `json:"state"`
	Reason         string    `json:"reason"`
	HoldUntil      time.Time `json:"hold_until"`
	HoldTotalUntil time.Time `json:"hold_total_until"`
	ConfirmedAt    time.Time `json:"confirmed_at"`
	ConfirmedBy    string    `json:"confirmed_by"`
}

// Scan reads what was stored.
func (f *former) Scan(src any) error {
	switch v := src.(type) {
	case string:
		return json.Unmarshal([]byte(v), f)
	case []byte:
		return json.Unmarshal(v, f)
	default:
		return fmt.Errorf("cannot read a decision from %T", src)
	}
}

// formerOf keeps how the dossier stands before an answer changes it.
func formerOf(d *Dossier) formerDossier {
	return formerDossier{
		ID: d.ID, State: d.State, Reason: d.Reason, HoldUntil: d.HoldUntil, HoldTotalUntil: d.HoldTotalUntil,
		ConfirmedAt: d.ConfirmedAt, ConfirmedBy: d.ConfirmedBy,
	}
}

func (f formerDossier) restore(d *Dossier) {
	d.State, d.Reason, d.HoldUntil, d.HoldTotalUntil = f.State, f.Reason, f.HoldUntil, f.HoldTotalUntil
	d.ConfirmedAt, d.ConfirmedBy = f.ConfirmedAt, f.ConfirmedBy
}

// decided notes an answer that has just been given; mails is how many the unit
// had before it.
func (u *unit) decided(batch, subject string, version int64, before former, mails int) {
	for i := range before.Dossiers {
		before.Dossiers[i].Version = u.dossiers[before.Dossiers[i].ID].Version
	}
	for _, m := range u.mails[mails:] {
		if !slices.Contains(before.Mails, m.Event) {
			before.Mails = append(before.Mails, m.Event)
		}
	}
	u.decisions = append(u.decisions, decision{ID: db.NewID(), Batch: batch, Subject: subject, Version: version, LeavesAt: u.answersAt(), Before: before})
}

const decisionColumns = `id, batch, subject_id, version, leaves_at, before`

func (u *unit) saveDecisions() error {
	rows := make([][]any, len(u.decisions))
	for i, d := range u.decisions {
		before, err := json.Marshal(d.Before)
		if err != nil {
			return fmt.Errorf("save decision %s: %w", d.ID, err)
		}
		rows[i] = []any{d.ID, d.Batch, d.Subject, d.Version, d.LeavesAt, string(before)}
	}
	if _, err := u.tx.Insert(u.ctx, `decision (`+decisionColumns+`)`, "", rows); err != nil {
		return fmt.Errorf("save decisions: %w", err)
	}
	return nil
}

// TakeBack takes back the answer « inscrit » or « en liste d’attente » that
// gave the dossier this version, as long as its mails have not left and nothing
// has changed since: fault.Conflict otherwise.
func (r *Registrar) TakeBack(ctx context.Context, a actor.Actor, dossier string, version int64) error {
	return r.submit(ctx, a, func(u *unit) error {
		if !a.IsOffice() {
			return fault.ErrForbidden
		}
		d, err := u.dossier(dossier)
		if err != nil {
			return err
		}
		answer, found, err := u.answerOn(dossier, version)
		if err != nil {
			return err
		}
		switch {
		case found:
			return u.takeBack(answer)
		case d.Version == version && (d.State == Enrolled || d.State == OnList):
			return tooLateFor(d, mailLeft)
		default:
			return movedSince(d)
		}
	})
}

// TakenBack is what taking several answers back did: how many, and the dossiers
// (« D-1164 ») whose answer stays.
type TakenBack struct {
	N    int
	Left []string
}

// TakeBackAll takes back what was confirmed at once; an answer whose mail has
// left, or that something has followed, stays.
func (r *Registrar) TakeBackAll(ctx context.Context, a actor.Actor, batch string) (done TakenBack, err error) {
	err = r.submit(ctx, a, func(u *unit) error {
		done = TakenBack{}
		if !a.IsOffice() {
			return fault.ErrForbidden
		}
		answers, err := db.All[decision](u.ctx, u.tx, `select `+decisionColumns+` from decision where batch = $1 and batch <> '' order by id`, batch)
		if err != nil {
			return err
		}
		if len(answers) == 0 {
			return &fault.Conflict{Message: "Ces confirmations sont déjà annulées, ou leurs mails sont partis."}
		}
		for _, answer := range answers {
			err := u.takeBack(answer)
			var refusal *fault.Conflict
			if errors.As(err, &refusal) {
				d, err := u.dossier(answer.Subject)
				if err != nil {
					return err
				}
				done.Left = append(done.Left, d.Label())
				continue
			}
			if err != nil {
				return err
			}
			done.N++
		}
		return nil
	})
	return done, err
}

func (u *unit) answerOn(subject string, version int64) (decision, bool, error) {
	return db.Maybe[decision](u.ctx, u.tx, `select `+decisionColumns+` from decision where subject_id = $1 and version = $2`, subject, version)
}

func movedSince(d *Dossier) error {
	return &fault.Conflict{Message: "Le dossier " + d.Label() + " a changé depuis, il est «\u202f" + d.State.French() + "\u202f»" + french.Nbsp + ": rien n’est annulé. Relisez-le avant de décider."}
}

// takeBack restores what the answer changed, or refuses before it has written
// anything.
func (u *unit) takeBack(answer decision) error {
	var dossiers []*Dossier
	for _, f := range answer.Before.Dossiers {
		d, err := u.dossier(f.ID)
		if err != nil {
			return err
		}
		if d.Version != f.Version {
			return movedSince(d)
		}
		if err := u.lacksNothing(d, answer); err != nil {
			return err
		}
		dossiers = append(dossiers, d)
	}
	after, lacked, err := u.followers(answer)
	if err != nil {
		return err
	}
	if err := u.apart(func(ctx context.Context, tx *db.Tx) error { return u.recall(ctx, tx, answer) }); err != nil {
		return err
	}
	u.written++
	for i, d := range dossiers {
		before := d.State
		answer.Before.Dossiers[i].restore(d)
		u.changed(d)
		u.told(d, "dossier.taken_back", before.French(), d.State.French(), "annulé avant le départ du mail")
	}
	if answer.Before.Deposit == nil {
		return nil
	}
	delete(u.held, answer.Before.Deposit.Household)
	return u.recheck(after, lacked, "")
}

// followers are the dossiers that a paper counting again may complete, and what
// each lacks until then; none for a confirmation.
func (u *unit) followers(answer decision) ([]*Dossier, map[string][]document.Paper, error) {
	if answer.Before.Deposit == nil {
		return nil, nil, nil
	}
	dossiers, err := u.dossiersOf(answer.Before.Deposit.Household)
	if err != nil {
		return nil, nil, err
	}
	lacked, err := u.lacked(dossiers)
	return dossiers, lacked, err
}

// lacksNothing refuses to make a confirmed dossier wait again for the office
// when a required paper was refused, or became required, since.
func (u *unit) lacksNothing(d *Dossier, answer decision) error {
	if answer.Before.Deposit != nil {
		return nil
	}
	missing, err := u.missing(d)
	if err == nil && len(missing) > 0 {
		err = &fault.Conflict{Message: "Le dossier " + d.Label() + " a changé depuis, il lui manque" + french.Nbsp + ": " + french.List(paperNames(missing)) + ". Rien n’est annulé."}
	}
	return err
}

// recall removes the answer's mails, its deposit's decision and the answer itself.
func (u *unit) recall(ctx context.Context, tx *db.Tx, answer decision) error {
	n, err := correspondence.Withdraw(ctx, tx, answer.Before.Mails...)
	switch {
	case errors.Is(err, correspondence.ErrLeft):
		return u.tooLate(answer, mailLeft)
	case err != nil:
		return err
	case n == 0 && u.at.After(answer.LeavesAt):
		return u.tooLate(answer, delayEnded)
	}
	if before := answer.Before.Deposit; before != nil {
		if err := document.TakeBack(ctx, tx, u.at, u.actor, *before, answer.Version); err != nil {
			return err
		}
	}
	_, err = tx.Exec(ctx, `delete from decision where id = $1`, answer.ID)
	return err
}

const (
	mailLeft   = "Le mail est déjà parti" + french.Nbsp + ": "
	delayEnded = "Les 10 secondes pour annuler sont passées" + french.Nbsp + ": " // of a family without address
)

// tooLate says why the answer stands, and what can still be done.
func (u *unit) tooLate(answer decision, why string) error {
	if answer.Before.Deposit != nil {
		return tooLateForPaper(why)
	}
	d, err := u.dossier(answer.Subject)
	if err != nil {
		return err
	}
	return tooLateFor(d, why)
}

func tooLateForPaper(why string) error {
	return &fault.Conflict{Message: why + "le refus ne s’annule plus. Si la pièce était bonne, ouvrez-la dans le dossier et validez-la" + french.Nbsp + ": elle compte de nouveau. Prévenez aussi la famille."}
}

func tooLateFor(d *Dossier, why string) error {
	if d.State == OnList {
		return &fault.Conflict{Message: why + d.Label() + " reste en liste d’attente. S’il a une place dans chaque cours, confirmez-le" + french.Nbsp + "; sinon appelez la famille."}
	}
	return &fault.Conflict{Message: why + d.Label() + " reste inscrit. Appelez la famille, puis changez ses cours ou enregistrez son renoncement sur la page du dossier."}
}

// Standing is an answer that can still be taken back.
type Standing struct {
	Version  int64     `db:"version"`
	LeavesAt time.Time `db:"leaves_at"`
}

// AnswerStanding returns the last answer on the dossier, or on the deposit,
// whose mails have not had to leave yet at that instant.
func AnswerStanding(ctx context.Context, r db.Reader, subject string, now time.Time) (Standing, bool, error) {
	return db.Maybe[Standing](ctx, r, `select version, leaves_at from decision where subject_id = $1 and leaves_at > $2 order by version desc limit 1`, subject, now)
}

// SweepAnswers forgets how things stood before the answers whose mails had to
// leave before the instant.
func SweepAnswers(ctx context.Context, tx *db.Tx, before time.Time) error {
	_, err := tx.Exec(ctx, `delete from decision where leaves_at < $1`, before)
	return err
}
