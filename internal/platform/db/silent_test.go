package db_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"pupitre/internal/platform/db"
	"pupitre/internal/platform/db/dbtest"
	"pupitre/internal/platform/wire"
)

// commit is how the driver says it, and nothing else that is said here.
const commit = "commit\x00"

// far opens one store through a wire that will break, and one straight.
func far(t *testing.T) (far, near *db.Store, w *wire.Wire) {
	t.Helper()
	through, straight, w := dbtest.Through(t)
	near = dbtest.Open(t, straight)
	return dbtest.Open(t, through), near, w
}

func put(store *db.Store, key string) error {
	return store.Write(context.Background(), func(tx *db.Tx) error {
		_, err := tx.Exec(context.Background(), `insert into throttle (key, tries, since) values ($1, 1, $2)
			on conflict (key) do update set tries = throttle.tries + 1`, key, time.Unix(0, 0))
		return err
	})
}

func tries(t *testing.T, store *db.Store, key string) int64 {
	t.Helper()
	n, _, err := db.Maybe[int64](context.Background(), store, `select tries from throttle where key = $1`, key)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestACommitWhoseAnswerIsLostIsFoundAgain(t *testing.T) {
	far, near, w := far(t)
	for range 3 {
		w.Lose(wire.Answer, commit)
		if err := put(far, "a"); err != nil {
			t.Errorf("kept, and answered %v", err)
		}
	}
	if n := tries(t, near, "a"); n != 3 || w.Lost() != 3 {
		t.Errorf("written %d times, %d answers lost, want 3 and 3", n, w.Lost())
	}
	if err := put(far, "a"); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}

func TestACommitThatNeverArrivedIsUndoneAndHoldsNobodyUp(t *testing.T) {
	far, near, w := far(t)
	w.Lose(wire.Question, commit)
	if err := put(far, "a"); !db.IsAway(err) || db.MayBeKept(err) {
		t.Errorf("got %v, want that the database is away and nothing kept", err)
	}
	if n := tries(t, near, "a"); n != 0 || w.Lost() != 1 {
		t.Errorf("written %d times, %d commits lost, want 0 and 1", n, w.Lost())
	}
	if err := put(near, "a"); err != nil { // its row was locked
		t.Errorf("another machine: %v", err)
	}
}

func TestACommitOfWhichNobodyCanTellMayBeKept(t *testing.T) {
	far, near, w := far(t)
	far.Bound(300 * time.Millisecond)
	err := far.Write(t.Context(), func(tx *db.Tx) error {
		if _, err := tx.Exec(t.Context(), `insert into throttle (key, tries, since) values ('a', 1, $1)`, time.Unix(0, 0)); err != nil {
			return err
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	w.Lose(wire.Silence, commit)
	if err := put(far, "a"); !db.IsAway(err) || !db.MayBeKept(err) {
		t.Errorf("got %v, want that it may be kept", err)
	}
	w.Mend()
	if n := tries(t, near, "a"); n != 2 {
		t.Errorf("written %d times, want 2: its commit had arrived", n)
	}
}

// A machine that vanished says nothing: whoever asks is told so in time, and
// afterwards all goes on.
func TestSilenceIsAnAnswer(t *testing.T) {
	far, near, w := far(t)
	if err := put(far, "a"); err != nil {
		t.Fatal(err)
	}
	far.Bound(300 * time.Millisecond)
	for name, act := range map[string]func() error{
		"a reader": func() error { _, err := db.One[int64](t.Context(), far, `select tries from throttle`); return err },
		"a writer": func() error { return put(far, "a") },
		"a writer in the middle": func() error {
			return far.Write(t.Context(), func(tx *db.Tx) error {
				if _, err := tx.Exec(t.Context(), `update throttle set tries = tries + 1`); err != nil {
					return err
				}
				w.Freeze()
				_, err := tx.Exec(t.Context(), `update throttle set tries = tries + 1`)
				return err
			})
		},
		"a loader in the middle": func() error {
			return far.Write(t.Context(), func(tx *db.Tx) error {
				_, err := tx.Load(t.Context(), "throttle", []string{"key", "tries", "since"}, func(yield func([]any, error) bool) {
					w.Freeze()
					yield([]any{"loaded", 1, time.Unix(0, 0)}, nil)
				})
				return err
			})
		},
		"readers more than connections": func() error {
			answers := make(chan error)
			for range 40 {
				go func() { answers <- far.Ping(t.Context()) }()
			}
			var last error
			for range 40 {
				if last = <-answers; !db.IsAway(last) {
					t.Errorf("one of many: %v", last)
				}
			}
			return last
		},
	} {
		t.Run(name, func(t *testing.T) {
			if !strings.HasSuffix(name, "in the middle") {
				w.Freeze()
			}
			if err := act(); !db.IsAway(err) || db.MayBeKept(err) {
				t.Errorf("got %v, want that the database is away", err)
			}
			// Its locks are freed although PostgreSQL is told nothing.
			if err := put(near, "a"); err != nil {
				t.Errorf("another machine: %v", err)
			}
			w.Mend()
			err := put(far, "a")
			for tries := 0; tries < 30 && db.IsAway(err) && !db.MayBeKept(err); tries++ { // a busy machine may take longer than the bound
				err = put(far, "a")
			}
			if err != nil {
				t.Errorf("afterwards: %v", err)
			}
		})
	}
	if n := tries(t, near, "a"); n != 1+2*5 {
		t.Errorf("written %d times, want what was acknowledged: 11", n)
	}
}
