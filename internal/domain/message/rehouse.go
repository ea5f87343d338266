package message

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"pupitre/internal/platform/db"
)

// Hold keeps what was written to the households from being changed by anyone
// else until the transaction ends.
func Hold(ctx context.Context, tx *db.Tx, households ...string) error {
	_, err := tx.Exec(ctx, `update message_recipient set position = position where household_id in (select value from json_each(cast($1 as text)))`, db.IDs(households))
	return err
}

// twice is a message that both households are written to.
type twice struct {
	Message      string    `db:"message_id"`
	Dossiers     string    `db:"dossiers"`
	LostDossiers string    `db:"lost_dossiers"`
	PreparedAt   time.Time `db:"prepared_at"`
	LostPrepared time.Time `db:"lost_prepared_at"`
	ReadAt       time.Time `db:"read_at"`
	LostRead     time.Time `db:"lost_read_at"`
}

// Rehouse makes what was written to the lost household the kept one's. Of a
// message to both, the kept one's stays: unread unless both have read it, and,
// not written yet, about the dossiers of both.
func Rehouse(ctx context.Context, tx *db.Tx, lost, kept string) error {
	both, err := db.All[twice](ctx, tx, `select k.message_id, k.dossiers, l.dossiers as lost_dossiers, k.prepared_at, l.prepared_at as lost_prepared_at,
			k.read_at, l.read_at as lost_read_at
		from message_recipient k join message_recipient l on l.message_id = k.message_id and l.household_id = $1
		where k.household_id = $2 order by k.message_id`, lost, kept)
	if err != nil {
		return fmt.Errorf("read what both households were written: %w", err)
	}
	for _, t := range both {
		if err := t.unite(ctx, tx, lost, kept); err != nil {
			return fmt.Errorf("unite the recipients of message %s: %w", t.Message, err)
		}
	}
	_, err = tx.Exec(ctx, `update message_recipient set household_id = $1 where household_id = $2`, kept, lost)
	return err
}

func (t twice) unite(ctx context.Context, tx *db.Tx, lost, kept string) error {
	dossiers, read := t.Dossiers, t.ReadAt
	if t.PreparedAt.IsZero() && t.LostPrepared.IsZero() {
		var all, others []string
		if err := json.Unmarshal([]byte(t.Dossiers), &all); err != nil {
			return err
		}
		if err := json.Unmarshal([]byte(t.LostDossiers), &others); err != nil {
			return err
		}
		text, err := json.Marshal(append(all, others...))
		if err != nil {
			return err
		}
		dossiers = string(text)
	}
	if t.LostRead.IsZero() {
		read = time.Time{}
	}
	if _, err := tx.Exec(ctx, `update message_recipient set dossiers = $1, read_at = $2 where message_id = $3 and household_id = $4`,
		dossiers, read, t.Message, kept); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `delete from message_recipient where message_id = $1 and household_id = $2`, t.Message, lost)
	return err
}

// ForgetHouseholds leaves of what was written to households that are about to be
// no more only that it was.
func ForgetHouseholds(ctx context.Context, tx *db.Tx, households []string) error {
	_, err := tx.Exec(ctx, `update message_recipient set address = '', subject = '', body = '' where household_id in (select value from json_each(cast($1 as text)))`, db.IDs(households))
	return err
}
