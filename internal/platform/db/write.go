package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"runtime/debug"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
)

// ErrClosed says that the store no longer takes writes.
var ErrClosed = errors.New("the store is closed")

// Tx is a transaction of Write. It is used by one goroutine and dies with the
// function it was given to.
type Tx struct {
	store       *Store
	on          connection
	afterCommit []func()
}

// command is a statement and its arguments as the engine takes them.
type command struct {
	text string
	args []any
}

// connection runs the statements of one transaction.
type connection interface {
	exec(text string, args []any) (touched int64, err error)
	execAll(all []command) (touched int64, err error)
	query(text string, args []any) (*sql.Rows, error)
}

// AfterCommit runs f once the transaction is durable; never when it is rolled back.
func (tx *Tx) AfterCommit(f func()) { tx.afterCommit = append(tx.afterCommit, f) }

// Write runs f in a transaction and returns once it is durable (nil) or undone
// (f's error, or the database's). On SQLite writes are served first in, first
// out by one goroutine, those that wait share one commit, and f must not call
// Write. On PostgreSQL f may be run again after a deadlock: it must only touch
// the database and variables it sets anew.
func (s *Store) Write(ctx context.Context, f func(*Tx) error) error {
	if s.queue != nil {
		return s.queue.wait(ctx, f)
	}
	for attempt := 1; ; attempt++ {
		err := s.writeOnce(ctx, f)
		var pg *pgconn.PgError
		if attempt < 4 && errors.As(err, &pg) && (pg.Code == "40P01" || pg.Code == "40001") {
			continue
		}
		return err
	}
}

func (s *Store) writeOnce(ctx context.Context, f func(*Tx) error) error {
	conn, err := s.write.Conn(ctx)
	if err != nil {
		return fmt.Errorf("begin: %w", orAway(err))
	}
	defer conn.Close()
	raw, err := conn.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin: %w", orAway(err))
	}
	defer raw.Rollback()
	tx := &Tx{store: s, on: pooled{conn, raw}}
	if err := guarded(tx, f); err != nil {
		return err
	}
	if err := s.timed(raw.Commit); err != nil {
		return fmt.Errorf("commit: %w", orAway(err))
	}
	for _, then := range tx.afterCommit {
		then()
	}
	return nil
}

// pooled is a transaction of the pool, whose driver keeps statements prepared.
type pooled struct {
	conn *sql.Conn
	tx   *sql.Tx
}

func (p pooled) exec(text string, args []any) (int64, error) {
	res, err := p.tx.ExecContext(context.Background(), text, args...)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

func (p pooled) query(text string, args []any) (*sql.Rows, error) {
	return p.tx.QueryContext(context.Background(), text, args...)
}

// execAll sends all in one round trip.
func (p pooled) execAll(all []command) (touched int64, err error) {
	var batch pgx.Batch
	for _, c := range all {
		batch.Queue(c.text, c.args...).Exec(func(tag pgconn.CommandTag) error {
			touched += tag.RowsAffected()
			return nil
		})
	}
	err = p.conn.Raw(func(driver any) error {
		return driver.(*stdlib.Conn).Conn().SendBatch(context.Background(), &batch).Close()
	})
	return touched, err
}

// guarded turns a panic of f into an error, so that one request cannot take the queue down.
func guarded(tx *Tx, f func(*Tx) error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic in a transaction: %v\n%s", p, debug.Stack())
		}
	}()
	return f(tx)
}
