package db_test

import (
	"testing"
	"time"

	"pupitre/internal/platform/db"
	"pupitre/internal/platform/db/dbtest"
)

func TestShiftMovesEveryInstant(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		at := time.Date(2027, 6, 8, 22, 52, 7, 123456000, time.UTC)
		if err := store.Write(t.Context(), func(tx *db.Tx) error {
			if _, err := tx.Exec(t.Context(), `insert into throttle (key, tries, since) values ('a', 1, $1)`, at); err != nil {
				return err
			}
			_, err := tx.Exec(t.Context(), `insert into job (id, kind, key, args, secret, run_at, attempts, last_error, created_at, done_at)
				values ('j', 'k', 'k', '', '', $1, 0, '', $1, $2)`, at, time.Time{})
			return err
		}); err != nil {
			t.Fatal(err)
		}
		for _, by := range []time.Duration{time.Hour, -90 * time.Minute} {
			if err := store.Shift(t.Context(), by); err != nil {
				t.Fatal(err)
			}
			at = at.Add(by)
			for _, column := range []string{"since from throttle", "run_at from job", "created_at from job"} {
				if got, err := db.One[time.Time](t.Context(), store, "select "+column); err != nil || !got.Equal(at) {
					t.Errorf("%s is %v (%v), want %v", column, got, err, at)
				}
			}
			if got, err := db.One[time.Time](t.Context(), store, "select done_at from job"); err != nil || !got.IsZero() {
				t.Errorf("what has no instant got %v (%v)", got, err)
			}
		}
	})
}
