package db

import (
	"context"
	"fmt"
	"iter"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

// Load adds the rows to the table as they come, and returns how many: however
// many, it holds few of them in memory. PostgreSQL takes them by COPY. rows
// ends at its first error, which is then Load's; each row is the columns' values
// and may be changed once the next is asked for.
func (tx *Tx) Load(_ context.Context, table string, columns []string, rows iter.Seq2[[]any, error]) (int64, error) {
	var failed error // of the rows; what PostgreSQL answers to a copy that is broken off hides it
	loaded, err := tx.on.load(table, columns, func(yield func([]any, error) bool) {
		for row, err := range rows {
			if failed = err; err != nil {
				yield(nil, err)
				return
			}
			if !yield(bind(tx.store.engine, row), nil) {
				return
			}
		}
	})
	if failed != nil {
		return 0, failed
	}
	if err != nil {
		return 0, fmt.Errorf("load %s: %w", table, orAway(err))
	}
	return loaded, nil
}

func (p pooled) load(table string, columns []string, rows iter.Seq2[[]any, error]) (loaded int64, err error) {
	next, stop := iter.Pull2(rows)
	defer stop()
	source := pgx.CopyFromFunc(func() ([]any, error) {
		p.watch.asks() // PostgreSQL is not waited for while the rows come
		row, err, _ := next()
		p.watch.asks()
		return row, err // no row is the end
	})
	err = p.conn.Raw(func(driver any) error {
		var err error
		loaded, err = driver.(*stdlib.Conn).Conn().CopyFrom(p.watch.ctx, pgx.Identifier{table}, columns, source)
		return err
	})
	return loaded, err
}

// load makes the indexes of an empty table once its rows are there: to keep
// them up costs many times more, as each statement changes pages all over them
// and keeps a copy of each page for the case that it fails.
func (k *kept) load(table string, columns []string, rows iter.Seq2[[]any, error]) (loaded int64, err error) {
	held, err := k.texts(`select 'a row' from ` + table + ` limit 1`)
	if err != nil {
		return 0, err
	}
	if len(held) > 0 {
		return k.insert(table, columns, rows)
	}
	indexes, err := k.texts(`select name from sqlite_master where type = 'index' and sql is not null and tbl_name = ? order by name`, table)
	if err != nil {
		return 0, err
	}
	made, err := k.texts(`select sql from sqlite_master where type = 'index' and sql is not null and tbl_name = ? order by name`, table)
	if err != nil {
		return 0, err
	}
	for _, name := range indexes {
		if err := k.once("drop index " + name); err != nil {
			return 0, err
		}
	}
	if loaded, err = k.insert(table, columns, rows); err != nil {
		return 0, err
	}
	for _, index := range made {
		if err := k.once(index); err != nil {
			return 0, err
		}
	}
	return loaded, nil
}

// texts reads a query's one column.
func (k *kept) texts(query string, args ...any) ([]string, error) {
	rows, err := k.conn.QueryContext(context.Background(), query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []string
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			return nil, err
		}
		all = append(all, s)
	}
	return all, rows.Err()
}

// once runs a statement that is not kept.
func (k *kept) once(text string) error {
	_, err := k.conn.ExecContext(context.Background(), text)
	return err
}

func (k *kept) insert(table string, columns []string, rows iter.Seq2[[]any, error]) (loaded int64, err error) {
	into := table + " (" + strings.Join(columns, ", ") + ")"
	width := len(columns)
	args := make([]any, 0, mostRows*width)
	flush := func() error {
		for left := args; len(left) > 0; {
			n := shape(len(left) / width)
			text := positionals.of(insertion(into, "", width, n), toPositional).text
			if _, err := k.exec(text, left[:n*width]); err != nil {
				return err
			}
			loaded, left = loaded+int64(n), left[n*width:]
		}
		args = args[:0]
		return nil
	}
	for row, err := range rows {
		if err != nil {
			return 0, err
		}
		if args = append(args, row...); len(args) == cap(args) {
			if err := flush(); err != nil {
				return 0, err
			}
		}
	}
	err = flush()
	return loaded, err
}
