package db_test

import (
	"errors"
	"testing"

	"pupitre/internal/platform/db"
	"pupitre/internal/platform/db/dbtest"
	"pupitre/internal/platform/wire"
)

// A number may be given again after a crash: that it was kept is believed in
// the life of PostgreSQL that gave it, and in no other.
func TestANumberOfAnotherLifeTellsNothing(t *testing.T) {
	store := dbtest.PostgreSQL(t)
	life, err := db.One[string](t.Context(), store, db.Life)
	if err != nil || life == "" {
		t.Fatal(life, err)
	}
	numbered := func(end error) (number string) {
		err := store.Write(t.Context(), func(tx *db.Tx) (err error) {
			if number, err = db.One[string](t.Context(), tx, `select pg_current_xact_id()::text`); err != nil {
				return err
			}
			return end
		})
		if !errors.Is(err, end) {
			t.Fatal(err)
		}
		return number
	}
	committed, undone := numbered(nil), numbered(errors.New("undone"))
	for _, row := range []struct {
		says, number, life string
		kept, sure         bool
	}{
		{"kept", committed, life, true, true},
		{"kept, by whomever", committed, "another", false, false},
		{"undone", undone, life, false, true},
		{"undone, by whomever", undone, "another", false, true},
	} {
		if kept, sure := store.KeptIn(row.number, row.life); kept != row.kept || sure != row.sure {
			t.Errorf("%s: got %v, %v", row.says, kept, sure)
		}
	}
}

// The commit that holds a row never arrives, and all connections of the pool
// wait for that row: it is ended all the same, and they go on.
func TestWhatBecameOfACommitIsAskedBesideTheFullPool(t *testing.T) {
	far, near, w := far(t)
	if err := put(far, "a"); err != nil {
		t.Fatal(err)
	}
	const others = 40 // more than the pool has
	answers := make(chan error, others)
	w.Lose(wire.Question, commit)
	err := far.Write(t.Context(), func(tx *db.Tx) error {
		if _, err := tx.Exec(t.Context(), `update throttle set tries = tries where key = 'a'`); err != nil {
			return err
		}
		for range others {
			go func() { answers <- put(far, "a") }()
		}
		return waiting(t, near, 15)
	})
	if !db.IsAway(err) || db.MayBeKept(err) {
		t.Errorf("got %v, want that the database is away and nothing kept", err)
	}
	for range others {
		if err := <-answers; err != nil {
			t.Errorf("one that waited: %v", err)
		}
	}
	if n := tries(t, near, "a"); n != 1+others {
		t.Errorf("written %d times, want %d", n, 1+others)
	}
}

// waiting returns once n connections wait for a lock of this test's schema.
func waiting(t *testing.T, store *db.Store, n int64) error {
	for t.Context().Err() == nil {
		waiters, err := db.One[int64](t.Context(), store, `select count(*) from pg_locks l join pg_class c on c.oid = l.relation
			where c.oid = 'throttle'::regclass and l.mode = 'RowExclusiveLock' and l.granted
			and l.pid in (select pid from pg_locks where not granted)`)
		if err != nil || waiters >= n {
			return err
		}
	}
	return t.Context().Err()
}
