package message

import (
	"context"
	"fmt"
	"time"

	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/report"
	"pupitre/internal/domain/school"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
	"pupitre/internal/platform/jobs"
)

// departure is what the job carries.
type departure struct {
	Message string `json:"message"`
	Version int64  `json:"version"`
}

// Miscounted says that the selection is no longer the one that was shown:
// nothing was planned.
type Miscounted struct{ Shown, Now int64 }

func (e *Miscounted) Error() string {
	return fmt.Sprintf("La sélection a changé depuis que vous avez ouvert cette page%s: %s, et non %d. Rien n’est parti%[1]s; relisez, puis envoyez.",
		french.Nbsp, french.Count(e.Now, "famille", "familles"), e.Shown)
}

// Plan saves the draft and lets it leave at that instant, or at once when it is
// past, and in the hours that the school keeps; it returns the message as
// planned. shown is how many families the office was shown (*Miscounted).
// Otherwise as Save.
func (m *Messages) Plan(ctx context.Context, a actor.Actor, season school.Season, s school.School, t Typed, at time.Time, shown int64) (planned Message, err error) {
	if !a.May(actor.Changes, actor.Messages) {
		return planned, fault.ErrForbidden
	}
	t.Template = false
	if err := t.check(true); err != nil {
		return planned, err
	}
	targets, err := report.Targets(ctx, m.store, a, season, t.Selection)
	if err != nil {
		return planned, err
	}
	count := int64(len(targets))
	switch {
	case count == 0:
		return planned, fault.Refuse("Cette sélection ne contient aucune famille" + french.Nbsp + ": personne ne recevrait ce message.")
	case count != shown:
		return planned, &Miscounted{shown, count}
	}
	now := m.clock.Now()
	if at.Before(now) {
		at = now
	}
	leaves := school.QuietHours(at, s)
	err = m.store.Write(ctx, func(tx *db.Tx) error {
		id, err := save(ctx, tx, a, now, season, t)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `update message set state = 'planned', counted = $1, leaves_at = $2 where id = $3`, count, leaves, id); err != nil {
			return err
		}
		if planned, err = byID(ctx, tx, id); err != nil {
			return err
		}
		if err := jobs.Enqueue(ctx, tx, jobs.New{Kind: DepartJob, Key: departKey(planned), RunAt: leaves, Args: departure{id, planned.Version}}); err != nil {
			return err
		}
		return note(ctx, tx, a, now, planned, "message.planned", "départ le "+french.Moment(leaves)+", "+french.Count(count, "famille", "familles"))
	})
	return planned, err
}

func departKey(m Message) string { return fmt.Sprintf("message:%s:%d", m.ID, m.Version) }

// Recall makes a planned message a draft again. It returns fault.ErrNotFound,
// or *fault.Conflict when it is leaving or has left.
func (m *Messages) Recall(ctx context.Context, a actor.Actor, id string) error {
	if !a.May(actor.Changes, actor.Messages) {
		return fault.ErrForbidden
	}
	now := m.clock.Now()
	return m.store.Write(ctx, func(tx *db.Tx) error {
		held, err := byID(ctx, tx, id)
		if err != nil {
			return err
		}
		n, err := tx.Exec(ctx, `update message set state = 'draft', leaves_at = null, version = version + 1, changed_at = $1, changed_by = $2 where id = $3 and state = 'planned'`, now, a.Name, id)
		if err != nil {
			return err
		}
		if n == 0 {
			return &fault.Conflict{Message: "Ce message est " + held.State.French() + french.Nbsp + ": il n’y a pas de départ à annuler."}
		}
		if _, err := jobs.Withdraw(ctx, tx, departKey(held)); err != nil {
			return err
		}
		return note(ctx, tx, a, now, held, "message.recalled", "départ annulé")
	})
}
