package enrolment

import (
	"context"
	"fmt"

	"pupitre/internal/platform/db"
)

// ForgetHouseholds deletes the dossiers of households that are about to be no
// more, none of which holds a place; the caller has moved their seasons on.
func ForgetHouseholds(ctx context.Context, tx *db.Tx, households []string) error {
	const theirs = `(select id from dossier where household_id in (select value from json_each(cast($1 as text))))`
	for _, text := range []string{
		`delete from decision where subject_id in ` + theirs,
		`delete from request where dossier_id in ` + theirs,
		`delete from dossier where id in ` + theirs,
	} {
		if _, err := tx.Exec(ctx, text, db.IDs(households)); err != nil {
			return fmt.Errorf("forget dossiers: %w", err)
		}
	}
	return nil
}
