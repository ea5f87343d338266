package db_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"pupitre/internal/platform/db"
	"pupitre/internal/platform/db/dbtest"
)

func keys(from, to int) [][]any {
	var rows [][]any
	for i := from; i < to; i++ {
		rows = append(rows, []any{fmt.Sprintf("%04d", i), i, time.Time{}.AddDate(2026, 0, 0)})
	}
	return rows
}

func TestManyRowsAtOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		ctx := context.Background()
		const into, once = `throttle (key, tries, since)`, `on conflict (key) do nothing`
		count := func(what string, want, got int64, err error) {
			t.Helper()
			if err != nil || got != want {
				t.Errorf("%s: want %d, got %d (%v)", what, want, got, err)
			}
		}
		err := store.Write(ctx, func(tx *db.Tx) error {
			n, err := tx.Insert(ctx, into, "", nil)
			count("no row added", 0, n, err)
			n, err = tx.Insert(ctx, into, "", keys(0, 603)) // 256 + 256 + 64 + 16 + 4 + 4 + 1 + 1 + 1
			count("rows added", 603, n, err)
			n, err = tx.Insert(ctx, into, once, keys(600, 610))
			count("rows added that were not there", 7, n, err)
			n, err = tx.ExecEach(ctx, `update throttle set tries = $2 where key = $1`, nil)
			count("no row changed", 0, n, err)
			n, err = tx.ExecEach(ctx, `update throttle set tries = $2 where key = $1`, [][]any{{"0001", 70}, {"none", 71}, {"0602", 72}, {"0001", 73}})
			count("rows changed", 3, n, err)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		for text, want := range map[string]int64{
			`select count(*) from throttle`:                                       610,
			`select count(*) from throttle where cast(key as bigint) = tries`:     608,
			`select tries from throttle where key = '0001'`:                       73,
			`select tries from throttle where key = '0602'`:                       72,
			`select count(*) from throttle where key in ('0000', '0609', '0256')`: 3,
		} {
			n, err := db.One[int64](ctx, store, text)
			count(text, want, n, err)
		}
	})
}

func TestAFailureAmongManyUndoesAll(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		ctx := context.Background()
		for what, write := range map[string]func(tx *db.Tx) error{
			"insert": func(tx *db.Tx) error {
				_, err := tx.Insert(ctx, `throttle (key, tries, since)`, "", append(keys(0, 100), keys(50, 51)...))
				return err
			},
			"each": func(tx *db.Tx) error {
				_, err := tx.ExecEach(ctx, `insert into throttle (key, tries, since) values ($1, $2, $3)`, append(keys(0, 10), keys(5, 6)...))
				return err
			},
		} {
			if err := store.Write(ctx, write); !db.IsUnique(err) {
				t.Errorf("%s: want the refusal of a duplicate, got %v", what, err)
			}
			if n, err := db.One[int64](ctx, store, `select count(*) from throttle`); err != nil || n != 0 {
				t.Errorf("%s: rows left: %d (%v)", what, n, err)
			}
		}
		if err := store.Write(ctx, func(tx *db.Tx) error {
			_, err := tx.Insert(ctx, `throttle (key, tries, since)`, "", keys(0, 3))
			return err
		}); err != nil {
			t.Errorf("the next write: %v", err)
		}
	})
}

// More texts than are kept prepared.
func TestStatementsComeAndGo(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		ctx := context.Background()
		err := store.Write(ctx, func(tx *db.Tx) error {
			for i := range 1200 {
				n, err := db.One[int64](ctx, tx, fmt.Sprintf(`select cast($1 as bigint) + %d`, i), 1)
				if err != nil || n != int64(i+1) {
					return fmt.Errorf("statement %d: %d, %w", i, n, err)
				}
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	})
}
