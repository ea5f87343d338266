package message

import (
	"context"

	"pupitre/internal/domain/school"
	"pupitre/internal/platform/db"
)

// WriteSome writes to the next households; meanwhile runs between the reading of
// them and the writing.
func (m *Messages) WriteSome(ctx context.Context, msg Message, season school.Season, s school.School, meanwhile func()) error {
	next, letters, err := m.next(ctx, msg, season, s)
	if err != nil {
		return err
	}
	meanwhile()
	return m.store.Write(ctx, func(tx *db.Tx) error { return m.write(ctx, tx, msg, s, next, letters) })
}

// Settle writes whom the message goes to.
func (m *Messages) Settle(ctx context.Context, msg Message, season school.Season) error {
	return m.settle(ctx, msg, season)
}
