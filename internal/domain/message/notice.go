package message

import (
	"context"
	"fmt"
	"time"

	"pupitre/internal/domain/actor"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
)

// Notice is a message as a family reads it in the portal.
type Notice struct {
	ID      string    `db:"message_id"`
	Subject string    `db:"subject"`
	Body    string    `db:"body"` // Link stands for the portal's button
	At      time.Time `db:"prepared_at"`
	ReadAt  time.Time `db:"read_at"` // zero until the family has read it
}

const notices = `select x.message_id, x.subject, x.body, x.prepared_at, x.read_at from message_recipient x
	join message m on m.id = x.message_id and m.in_portal = true
	where x.household_id = $1 and x.prepared_at is not null and x.subject <> '' `

// Notices lists what the school shows the actor's household, the last first;
// limit at most. Nobody but a family has any.
func Notices(ctx context.Context, r db.Reader, a actor.Actor, limit int64) ([]Notice, error) {
	if a.Role != actor.Family || a.Household == "" {
		return nil, nil
	}
	found, err := db.All[Notice](ctx, r, notices+`order by x.prepared_at desc, x.message_id desc limit $2`, a.Household, limit)
	if err != nil {
		return nil, fmt.Errorf("list notices: %w", err)
	}
	return found, nil
}

// NoticeOf returns one of them; fault.ErrNotFound when it is not the actor's
// household's. It notes nothing: browsers fetch pages that nobody opens.
func NoticeOf(ctx context.Context, r db.Reader, a actor.Actor, id string) (Notice, error) {
	if a.Role != actor.Family || a.Household == "" {
		return Notice{}, fault.ErrNotFound
	}
	return db.One[Notice](ctx, r, notices+`and x.message_id = $2`, a.Household, id)
}

// MarkRead notes that the actor's household has read it, and returns it so; a
// second time nothing changes. It returns fault.ErrNotFound as NoticeOf.
func (m *Messages) MarkRead(ctx context.Context, a actor.Actor, id string) (n Notice, err error) {
	now := m.clock.Now()
	err = m.store.Write(ctx, func(tx *db.Tx) error {
		if n, err = NoticeOf(ctx, tx, a, id); err != nil || !n.ReadAt.IsZero() {
			return err
		}
		n.ReadAt = now
		_, err = tx.Exec(ctx, `update message_recipient set read_at = $1 where message_id = $2 and household_id = $3 and read_at is null`, now, id, a.Household)
		return err
	})
	return n, err
}

// Hide takes the message out of the portal. Who may write only.
func (m *Messages) Hide(ctx context.Context, a actor.Actor, id string) error {
	if !a.May(actor.Changes, actor.Messages) {
		return fault.ErrForbidden
	}
	now := m.clock.Now()
	return m.store.Write(ctx, func(tx *db.Tx) error {
		held, err := byID(ctx, tx, id)
		if err != nil {
			return err
		}
		n, err := tx.Exec(ctx, `update message set in_portal = false where id = $1 and in_portal = true and state in ('leaving', 'sent')`, id)
		if err == nil && n == 0 {
			err = &fault.Conflict{Message: "Ce message n’est pas dans le portail" + french.Nbsp + ": rechargez la page."}
		}
		if err != nil {
			return err
		}
		return note(ctx, tx, a, now, held, "message.hidden", "retiré du portail")
	})
}
