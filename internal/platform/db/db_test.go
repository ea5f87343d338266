package db_test

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"testing"
	"time"

	"pupitre/internal/platform/db"
	"pupitre/internal/platform/db/dbtest"
	"pupitre/internal/platform/fault"
)

type row struct {
	Key   string    `db:"key"`
	Tries int64     `db:"tries"`
	Since time.Time `db:"since"`
}

func TestOneTextForBothEngines(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		ctx := context.Background()
		paris, _ := time.LoadLocation("Europe/Paris")
		at := time.Date(2027, 6, 8, 22, 52, 7, 123456000, paris)
		err := store.Write(ctx, func(tx *db.Tx) error {
			values, args := db.Rows([][]any{{"a", 1, at}, {"b", 2, at.Add(time.Second)}})
			n, err := tx.Exec(ctx, "insert into throttle (key, tries, since) values "+values, args...)
			if n != 2 {
				t.Errorf("rows inserted: want 2, got %d", n)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		got, err := db.All[row](ctx, store, `select key, tries, since from throttle
			where key in (select value from json_each(cast($1 as text))) and since > $2 order by key`, db.IDs([]string{"a", "b", "c"}), at)
		if err != nil {
			t.Fatal(err)
		}
		want := row{"b", 2, at.Add(time.Second).UTC()}
		if len(got) != 1 || got[0] != want {
			t.Errorf("rows after %v: want [%v], got %v", at, want, got)
		}
		if _, err := db.One[row](ctx, store, "select key, tries, since from throttle where key = $1", "z"); !errors.Is(err, fault.ErrNotFound) {
			t.Errorf("absent row: want ErrNotFound, got %v", err)
		}
	})
}

func TestWriteUndoesAFailureAlone(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		ctx := context.Background()
		var wg sync.WaitGroup
		refused := errors.New("refused")
		var hooks sync.Map
		for i := range 60 {
			wg.Add(1)
			go func() {
				defer wg.Done()
				err := store.Write(ctx, func(tx *db.Tx) error {
					tx.AfterCommit(func() { hooks.Store(i, true) })
					if _, err := tx.Exec(ctx, "insert into throttle (key, tries, since) values ($1, $2, $3)", fmt.Sprint(i), i, time.Now()); err != nil {
						return err
					}
					switch i % 3 {
					case 1:
						return refused
					case 2:
						panic("boom")
					}
					return nil
				})
				if want := i%3 == 0; (err == nil) != want {
					t.Errorf("write %d: kept=%v, error %v", i, want, err)
				}
				if i%3 == 1 && !errors.Is(err, refused) {
					t.Errorf("write %d: want its own error, got %v", i, err)
				}
			}()
		}
		wg.Wait()
		n, err := db.One[int64](ctx, store, "select count(*) from throttle")
		if err != nil || n != 20 {
			t.Errorf("rows kept: want 20, got %d (%v)", n, err)
		}
		for i := range 60 {
			if _, ran := hooks.Load(i); ran != (i%3 == 0) {
				t.Errorf("after-commit hook of write %d ran: %v", i, ran)
			}
		}
	})
}

func TestIsUnique(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		ctx := context.Background()
		put := func() error {
			return store.Write(ctx, func(tx *db.Tx) error {
				_, err := tx.Exec(ctx, "insert into discipline (id, name) values ($1, 'Violon')", db.NewID())
				return err
			})
		}
		if err := put(); err != nil {
			t.Fatal(err)
		}
		if err := put(); !db.IsUnique(err) {
			t.Errorf("second discipline of the same name: want a unique violation, got %v", err)
		}
	})
}

func TestSQLiteKeepsAfterClose(t *testing.T) {
	ctx := context.Background()
	path := t.TempDir() + "/école ?#.db"
	first, err := db.Open(ctx, path)
	if err != nil {
		t.Fatal(err)
	}
	if err := first.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, "insert into discipline (id, name) values ('d', 'Alto')")
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	if err := first.Write(ctx, func(*db.Tx) error { return nil }); !errors.Is(err, db.ErrClosed) {
		t.Errorf("write after close: want ErrClosed, got %v", err)
	}
	second, err := db.Open(ctx, path)
	if err != nil {
		t.Fatal(err)
	}
	defer second.Close()
	if name, err := db.One[string](ctx, second, "select name from discipline"); err != nil || name != "Alto" {
		t.Errorf("after reopening: want Alto, got %q (%v)", name, err)
	}
}

// TestReadsKeepTheirStatementsThroughAChange reads by statements that stay
// prepared, before and after the table has changed under them.
func TestReadsKeepTheirStatementsThroughAChange(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		ctx := context.Background()
		write := func(statement string) {
			t.Helper()
			if err := store.Write(ctx, func(tx *db.Tx) error { _, err := tx.Exec(ctx, statement); return err }); err != nil {
				t.Fatal(err)
			}
		}
		write(`create table thing (name text not null)`)
		for i, change := range []string{`insert into thing (name) values ('a')`, `alter table thing add column size bigint`, `create index thing_name on thing (name)`} {
			write(change)
			for range 20 {
				if n, err := db.One[int64](ctx, store, `select count(*) from thing where name = $1`, "a"); err != nil || n != 1 {
					t.Fatalf("after change %d: %d, %v", i, n, err)
				}
			}
		}
		for i := range 600 { // more statements than are kept
			if n, err := db.One[int64](ctx, store, `select `+strconv.Itoa(i)+` + count(*) from thing`); err != nil || n != int64(i+1) {
				t.Fatalf("statement %d: %d, %v", i, n, err)
			}
		}
	})
}
