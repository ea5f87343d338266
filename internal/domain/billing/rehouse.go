package billing

import (
	"context"

	"pupitre/internal/platform/db"
)

// Rehouse puts the account of the lost household on the kept one's, and has the
// pupils that are another be that one: becomes says which. Who was invoiced stays
// as it is; nothing is settled anew.
func Rehouse(ctx context.Context, tx *db.Tx, lost, kept string, becomes map[string]string) error {
	for _, statement := range []string{
		`update invoice set household_id = $1 where household_id = $2`,
		`update payment set household_id = $1 where household_id = $2`,
		`update reminder set household_id = $1 where household_id = $2`,
	} {
		if _, err := tx.Exec(ctx, statement, kept, lost); err != nil {
			return err
		}
	}
	for from, to := range becomes {
		if err := become(ctx, tx, from, to); err != nil {
			return err
		}
	}
	// Both paid a part of a pupil: the kept one pays both.
	if _, err := tx.Exec(ctx, `update cost_share set percent = percent + (select l.percent from cost_share l where l.season_id = cost_share.season_id
			and l.pupil_id = cost_share.pupil_id and l.household_id = $2)
		where household_id = $1 and exists (select 1 from cost_share l where l.season_id = cost_share.season_id and l.pupil_id = cost_share.pupil_id and l.household_id = $2)`, kept, lost); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `delete from cost_share where household_id = $2 and exists (select 1 from cost_share k where k.season_id = cost_share.season_id
			and k.pupil_id = cost_share.pupil_id and k.household_id = $1)`, kept, lost); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `update cost_share set household_id = $1 where household_id = $2`, kept, lost)
	return err
}

// become has what is invoiced of one pupil be the other's; what the régie has said
// of the season of both stays as said of the other.
func become(ctx context.Context, tx *db.Tx, from, to string) error {
	if _, err := tx.Exec(ctx, `update invoice_line set pupil_id = $1 where pupil_id = $2`, to, from); err != nil {
		return err
	}
	for _, table := range []string{"pupil_billing", "cost_share"} {
		if _, err := tx.Exec(ctx, `delete from `+table+` where pupil_id = $2 and season_id in (select o.season_id from `+table+` o where o.pupil_id = $1)`, to, from); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `update `+table+` set pupil_id = $1 where pupil_id = $2`, to, from); err != nil {
			return err
		}
	}
	return nil
}
