package message

import (
	"context"
	"fmt"

	"pupitre/internal/domain/actor"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
)

// Written is what was written to a household that has no e-mail address.
type Written struct {
	Household string `db:"household_id"`
	Subject   string `db:"subject"`
	Body      string `db:"body"` // Link stands for the portal's button
}

// ToPrint returns what is to be printed for the households without an address,
// in the order of the message: those whose letter was not printed yet, or all of
// them; limit at most. A message that was not to go by mail has none. Who may
// write only.
func ToPrint(ctx context.Context, r db.Reader, a actor.Actor, id string, all bool, limit int) ([]Written, error) {
	if !a.May(actor.Changes, actor.Messages) {
		return nil, fault.ErrForbidden
	}
	m, err := byID(ctx, r, id)
	if err != nil || !m.ByMail {
		return nil, err
	}
	waiting := ` and printed_at is null`
	if all {
		waiting = ``
	}
	return db.All[Written](ctx, r, `select household_id, subject, body from message_recipient
		where message_id = $1 and address = '' and prepared_at is not null and subject <> ''`+waiting+` order by position limit $2`, id, limit)
}

// Printed notes that the letters to the households were printed. Who may write only.
func (m *Messages) Printed(ctx context.Context, a actor.Actor, id string, households []string) error {
	if !a.May(actor.Changes, actor.Messages) {
		return fault.ErrForbidden
	}
	now := m.clock.Now()
	return m.store.Write(ctx, func(tx *db.Tx) error {
		held, err := byID(ctx, tx, id)
		if err != nil {
			return err
		}
		n, err := tx.Exec(ctx, `update message_recipient set printed_at = $1
			where message_id = $2 and household_id in (select value from json_each(cast($3 as text)))`, now, id, db.IDs(households))
		if err != nil {
			return fmt.Errorf("note what was printed: %w", err)
		}
		return note(ctx, tx, a, now, held, "message.printed", french.Count(n, "lettre imprimée", "lettres imprimées"))
	})
}
