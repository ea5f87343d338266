package document

import (
	"context"
	"fmt"
	"time"

	"pupitre/internal/platform/db"
)

// Move gives the deposits of a household to another, those of a pupil to the
// pupil it becomes. One whose paper the other household has handed in already
// comes as an older version: what that household gave stands.
func Move(ctx context.Context, tx *db.Tx, now time.Time, from, to, pupil, becomes string) error {
	if _, err := tx.Exec(ctx, `update deposit set replaced_at = $1, version = version + 1
		where household_id = $2 and replaced_at is null and exists (select 1 from deposit o
			where o.household_id = $3 and o.paper_code = deposit.paper_code and o.replaced_at is null
				and coalesce(o.pupil_id, '') = case when deposit.pupil_id = $4 then $5 else coalesce(deposit.pupil_id, '') end)`,
		now, from, to, pupil, becomes); err != nil {
		return fmt.Errorf("move the deposits of household %s: %w", from, err)
	}
	_, err := tx.Exec(ctx, `update deposit set household_id = $1, pupil_id = case when pupil_id = $2 then $3 else pupil_id end, version = version + 1
		where household_id = $4`, to, pupil, becomes, from)
	if err != nil {
		return fmt.Errorf("move the deposits of household %s: %w", from, err)
	}
	return nil
}
