package db_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/url"
	"testing"
	"time"

	"pupitre/internal/platform/db"
	"pupitre/internal/platform/db/dbtest"
)

// A visitor who closes the tab in the middle of a write breaks nothing off:
// neither the write nor, on PostgreSQL, its connection.
func TestAWriteThatHasBegunGoesOnWithoutItsAsker(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		ctx, leave := context.WithCancel(t.Context())
		var connections [2]int64
		process := func(tx *db.Tx) (pid int64, err error) {
			if store.Engine() == db.SQLite {
				return 0, nil
			}
			return db.One[int64](t.Context(), tx, `select pg_backend_pid()`)
		}
		err := store.Write(ctx, func(tx *db.Tx) (err error) {
			if connections[0], err = process(tx); err != nil {
				return err
			}
			leave()
			_, err = tx.Insert(ctx, "throttle (key, tries, since)", "", [][]any{{"a", 1, time.Unix(0, 0)}})
			if err != nil {
				return err
			}
			_, err = tx.Exec(ctx, `update throttle set tries = 2 where key = 'a'`)
			return err
		})
		if n := tries(t, store, "a"); err != nil || n != 2 {
			t.Errorf("got %v and %d, want it written to its end", err, n)
		}
		err = store.Write(t.Context(), func(tx *db.Tx) (err error) { connections[1], err = process(tx); return err })
		if err != nil || connections[0] != connections[1] {
			t.Errorf("another connection, %v (%v), want the same", connections, err)
		}
		began := false
		if err := store.Write(ctx, func(*db.Tx) error { began = true; return nil }); !errors.Is(err, context.Canceled) || began {
			t.Errorf("got %v, begun: %v; want nothing done for one who has left before", err, began)
		}
	})
}

// An error of another service looks like one of a lost database: only the
// database's own say that it is away.
func TestAnErrorOfTheWriterIsNotTheDatabases(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		for _, other := range []error{&net.OpError{Op: "dial", Net: "tcp", Err: errors.New("connection refused")}, io.ErrUnexpectedEOF} {
			if err := store.Write(t.Context(), func(*db.Tx) error { return other }); err != other || db.IsAway(err) {
				t.Errorf("got %v, want %v as it is", err, other)
			}
		}
	})
}

// PostgreSQL refuses what a connection is greeted with: it does not stay open.
func TestAConnectionThatCannotBeGreetedIsClosed(t *testing.T) {
	where, err := url.Parse(dbtest.Database(t))
	if err != nil {
		t.Fatal(err)
	}
	near := dbtest.Open(t, where.String())
	q := where.Query()
	q.Set("application_name", db.NewID())
	where.RawQuery = q.Encode()
	refused := dbtest.Open(t, where.String())
	refused.Bound(10000 * time.Hour) // twice that is more milliseconds than PostgreSQL counts
	for range 5 {
		if err := refused.Ping(t.Context()); err == nil {
			t.Fatal("the greeting was taken")
		}
	}
	var open int64
	for range 100 { // PostgreSQL takes a moment to notice
		open, err = db.One[int64](t.Context(), near, `select count(*) from pg_stat_activity where application_name = $1`, q.Get("application_name"))
		if err != nil || open == 0 {
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	if err != nil || open != 0 {
		t.Errorf("%d connections stay open (%v)", open, err)
	}
}
