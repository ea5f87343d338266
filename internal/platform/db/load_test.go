package db_test

import (
	"context"
	"errors"
	"iter"
	"slices"
	"testing"
	"time"

	"pupitre/internal/platform/db"
	"pupitre/internal/platform/db/dbtest"
)

var throttleColumns = []string{"key", "tries", "since"}

// each yields the rows, then the error when there is one.
func each(rows [][]any, last error) iter.Seq2[[]any, error] {
	return func(yield func([]any, error) bool) {
		for _, row := range rows {
			if !yield(row, nil) {
				return
			}
		}
		if last != nil {
			yield(nil, last)
		}
	}
}

func TestRowsAreLoadedAsTheyCome(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		ctx := context.Background()
		before := indexesOf(t, store, "throttle")
		for _, part := range []struct{ from, to int }{{0, 603}, {603, 603}, {603, 610}} { // the first into an empty table
			err := store.Write(ctx, func(tx *db.Tx) error {
				n, err := tx.Load(ctx, "throttle", throttleColumns, each(keys(part.from, part.to), nil))
				if n != int64(part.to-part.from) {
					t.Errorf("%v: loaded %d", part, n)
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		for text, want := range map[string]int64{
			`select count(*) from throttle`:                                   610,
			`select count(*) from throttle where cast(key as bigint) = tries`: 610,
		} {
			if n, err := db.One[int64](ctx, store, text); err != nil || n != want {
				t.Errorf("%s: got %d, %v", text, n, err)
			}
		}
		at, err := db.One[time.Time](ctx, store, `select since from throttle where key = '0300'`)
		if err != nil || !at.Equal(time.Time{}.AddDate(2026, 0, 0)) {
			t.Errorf("an instant came back as %v, %v", at, err)
		}
		if after := indexesOf(t, store, "throttle"); !slices.Equal(before, after) || len(before) == 0 {
			t.Errorf("indexes %v became %v", before, after)
		}
	})
}

func indexesOf(t *testing.T, store *db.Store, table string) []string {
	t.Helper()
	text := `select sql from sqlite_master where type = 'index' and sql is not null and tbl_name = $1 order by name`
	if store.Engine() == db.PostgreSQL {
		text = `select indexdef from pg_indexes where tablename = $1 and schemaname = current_schema() order by indexname`
	}
	all, err := db.All[string](context.Background(), store, text, table)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// A load that fails undoes the transaction, indexes and all.
func TestALoadThatFailsLeavesNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		ctx := context.Background()
		before := indexesOf(t, store, "throttle")
		mine := errors.New("the file ends here")
		for name, bad := range map[string]struct {
			rows iter.Seq2[[]any, error]
			want func(error) bool
		}{
			"the rows end with an error": {each(keys(0, 300), mine), func(err error) bool { return errors.Is(err, mine) }},
			"a key is there twice":       {each(append(keys(0, 300), keys(5, 6)...), nil), db.IsUnique},
		} {
			err := store.Write(ctx, func(tx *db.Tx) error {
				_, err := tx.Load(ctx, "throttle", throttleColumns, bad.rows)
				return err
			})
			if !bad.want(err) {
				t.Errorf("%s: got %v", name, err)
			}
			if n, err := db.One[int64](ctx, store, `select count(*) from throttle`); err != nil || n != 0 {
				t.Errorf("%s: %d rows are left (%v)", name, n, err)
			}
			if after := indexesOf(t, store, "throttle"); !slices.Equal(before, after) {
				t.Errorf("%s: indexes %v became %v", name, before, after)
			}
		}
	})
}
