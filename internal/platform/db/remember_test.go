package db_test

import (
	"errors"
	"sync"
	"sync/atomic"
	"testing"

	"pupitre/internal/platform/db"
	"pupitre/internal/platform/db/dbtest"
)

type remembered struct{ name string }

func TestRemember(t *testing.T) {
	store := dbtest.SQLite(t)
	reads := 0
	read := func() (int, error) { reads++; return reads, nil }
	failing := func() (int, error) { return 0, errors.New("away") }
	for _, row := range []struct {
		says    string
		store   *db.Store
		what    string
		version int64
		read    func() (int, error)
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
		got, err := db.Remember(row.store, remembered{row.what}, row.version, row.read)
		if got != row.want || (err != nil) != (row.want == 0) {
			t.Errorf("%s: got %d, %v, want %d", row.says, got, err, row.want)
		}
	}
}

// What a transaction has read may be undone: it is not for others.
func TestATransactionRemembersNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		reads := 0
		read := func() (int, error) { reads++; return reads, nil }
		err := store.Write(t.Context(), func(tx *db.Tx) error {
			for range 2 {
				if _, err := db.Remember(tx, remembered{"a"}, 1, read); err != nil {
					return err
				}
			}
			return nil
		})
		if got, _ := db.Remember(store, remembered{"a"}, 1, read); err != nil || reads != 3 || got != 3 {
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
			if got, err := db.Remember(store, remembered{"a"}, 7, func() (int64, error) { return reads.Add(1), nil }); got != 1 || err != nil {
				t.Errorf("got %d, %v", got, err)
			}
		})
	}
	all.Wait()
}
