package db_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"pupitre/internal/platform/db"
	"pupitre/internal/platform/db/dbtest"
)

type remembered struct{ name string }

func TestRemember(t *testing.T) {
	store := dbtest.SQLite(t)
	reads := 0
	read := func(context.Context) (int, error) { reads++; return reads, nil }
	failing := func(context.Context) (int, error) { return 0, errors.New("away") }
	for _, row := range []struct {
		says    string
		store   *db.Store
		what    string
		version int64
		read    func(context.Context) (int, error)
		want    int // 0 fails
	}{
		{"the first time", store, "a", 1, read, 1},
		{"at the same version", store, "a", 1, read, 1},
		{"another thing", store, "b", 1, read, 2},
		{"a new version, which cannot be read", store, "a", 2, failing, 0},
		{"then it can", store, "a", 2, read, 3},
		{"an older version: the database is an older one", store, "a", 1, read, 4},
		{"another store", dbtest.SQLite(t), "a", 1, read, 5},
	} {
		got, err := db.Remember(t.Context(), row.store, remembered{row.what}, row.version, row.read)
		if got != row.want || (err != nil) != (row.want == 0) {
			t.Errorf("%s: got %d, %v, want %d", row.says, got, err, row.want)
		}
	}
}

// What a transaction has read may be undone: it is not for others.
func TestATransactionRemembersNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		reads := 0
		read := func(context.Context) (int, error) { reads++; return reads, nil }
		err := store.Write(t.Context(), func(tx *db.Tx) error {
			for range 2 {
				if _, err := db.Remember(t.Context(), tx, remembered{"a"}, 1, read); err != nil {
					return err
				}
			}
			return nil
		})
		if got, _ := db.Remember(t.Context(), store, remembered{"a"}, 1, read); err != nil || reads != 3 || got != 3 {
			t.Errorf("read %d times, got %d, %v", reads, got, err)
		}
	})
}

func TestThoseWhoComeMeanwhileReadOnce(t *testing.T) {
	store := dbtest.SQLite(t)
	var reads atomic.Int64
	var all sync.WaitGroup
	for range 32 {
		all.Go(func() {
			if got, err := db.Remember(t.Context(), store, remembered{"a"}, 7, func(context.Context) (int64, error) { return reads.Add(1), nil }); got != 1 || err != nil {
				t.Errorf("got %d, %v", got, err)
			}
		})
	}
	all.Wait()
}

// A database that is silent is silent once, not for each in his turn; and who
// has left does not wait for it.
func TestThoseWhoComeMeanwhileShareAFailure(t *testing.T) {
	store := dbtest.SQLite(t)
	synctest.Test(t, func(t *testing.T) {
		goesOn, silent := make(chan bool), errors.New("silent")
		outcomes := make(chan error, 40)
		ask := func(ctx context.Context, read func(context.Context) (int, error)) {
			_, err := db.Remember(ctx, store, remembered{"a"}, 7, read)
			outcomes <- err
		}
		first, leave := context.WithCancel(t.Context())
		go ask(first, func(ctx context.Context) (int, error) {
			<-goesOn
			return 0, errors.Join(silent, ctx.Err())
		})
		synctest.Wait()
		leave() // the others still want it
		again := func(context.Context) (int, error) { return 0, errors.New("asked again") }
		ask(first, again)
		if err := <-outcomes; !errors.Is(err, context.Canceled) {
			t.Errorf("one who has left is answered %v", err)
		}
		for range 32 {
			go ask(t.Context(), again)
		}
		synctest.Wait()
		close(goesOn)
		for range 33 {
			if err := <-outcomes; !errors.Is(err, silent) || errors.Is(err, context.Canceled) {
				t.Errorf("got %v, want what the one reading found", err)
			}
		}
	})
}

// Whoever reads an older version slowly does not put it in the place of a newer.
func TestASlowReadingDoesNotReplaceANewer(t *testing.T) {
	store := dbtest.SQLite(t)
	at := func(version int64, read func(context.Context) (int, error)) int {
		got, err := db.Remember(t.Context(), store, remembered{"a"}, version, read)
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	value := func(n int) func(context.Context) (int, error) {
		return func(context.Context) (int, error) { return n, nil }
	}
	old := at(1, func(context.Context) (int, error) {
		if got := at(2, func(context.Context) (int, error) { return at(1, value(12)) + 8, nil }); got != 20 {
			t.Errorf("the newer: got %d, want 20, which read 12", got)
		}
		return 10, nil
	})
	if got := at(2, value(21)); old != 10 || got != 20 {
		t.Errorf("got %d, then %d, want 10 and the newer that is kept, 20", old, got)
	}
}

// A reading that breaks off leaves nobody waiting.
func TestAReadingThatPanicsIsOver(t *testing.T) {
	store := dbtest.SQLite(t)
	func() {
		defer func() { recover() }()
		db.Remember(t.Context(), store, remembered{"a"}, 1, func(context.Context) (int, error) { panic("broken") })
	}()
	if got, err := db.Remember(t.Context(), store, remembered{"a"}, 1, func(context.Context) (int, error) { return 3, nil }); got != 3 || err != nil {
		t.Errorf("got %d, %v", got, err)
	}
}
