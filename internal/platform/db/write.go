package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"iter"
	"runtime/debug"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"

	"pupitre/internal/platform/fault"
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
	load(table string, columns []string, rows iter.Seq2[[]any, error]) (loaded int64, err error)
}

// AfterCommit runs f once the transaction is durable; never when it is rolled back.
func (tx *Tx) AfterCommit(f func()) { tx.afterCommit = append(tx.afterCommit, f) }

// Write runs f in a transaction and returns once it is durable (nil) or undone
// (f's error, or the database's). On SQLite writes are served first in, first
// out by one goroutine, those that wait share one commit, and f must not call
// Write. ctx ends the wait for its turn; a write that has begun goes on, even
// when its asker has left. On PostgreSQL f may be run again after a deadlock: it
// must only touch the database and variables it sets anew. It is asked what
// became of a commit whose answer was lost: only an error of MayBeKept leaves
// open whether it was kept.
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
	w := s.watch(ctx)
	defer w.stop()
	conn, err := w.connection(ctx, s.write)
	if err != nil {
		return fmt.Errorf("begin: %w", orAway(w.why(err)))
	}
	defer conn.Close()
	w.asks()
	raw, err := conn.BeginTx(w.ctx, nil)
	if err != nil {
		return fmt.Errorf("begin: %w", orAway(w.why(err)))
	}
	defer raw.Rollback()
	tx := &Tx{store: s, on: pooled{conn, raw, w}}
	if err := guarded(tx, f); err != nil {
		if silent := w.why(err); silent == errSilent {
			return orAway(silent)
		}
		return err // what the database said of it, Exec and All have told
	}
	if err := s.keep(w, conn, raw); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	for _, then := range tx.afterCommit {
		then()
	}
	return nil
}

// keep commits. When the answer is lost it asks what became of the commit: nil
// says that it is durable, *fault.Unavailable that it was undone, or, with
// MayBeKept, that nobody could tell: PostgreSQL did not answer, or has crashed
// or started again since and no longer knows. The connection is given back.
func (s *Store) keep(w *watch, conn *sql.Conn, raw *sql.Tx) error {
	t, err := w.known(conn)
	if err != nil {
		return orAway(w.why(err))
	}
	w.asks()
	err = s.timed(raw.Commit)
	var answered *pgconn.PgError
	if err == nil || errors.As(err, &answered) && !isAwayState(answered.Code) {
		return err
	}
	raw.Rollback()
	conn.Close() // for others: to ask may take long
	switch kept, sure := s.kept(t); {
	case kept:
		return nil
	case sure:
		return orAway(w.why(err))
	default:
		return &fault.Unavailable{RetryAfter: comeBack, Message: inDoubtMessage, Cause: inDoubt{w.why(err)}}
	}
}

// pooled is a transaction of the pool, whose driver keeps statements prepared.
type pooled struct {
	conn  *sql.Conn
	tx    *sql.Tx
	watch *watch
}

func (p pooled) exec(text string, args []any) (int64, error) {
	p.watch.asks()
	res, err := p.tx.ExecContext(p.watch.ctx, text, args...)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

func (p pooled) query(text string, args []any) (*sql.Rows, error) {
	p.watch.asks()
	return p.tx.QueryContext(p.watch.ctx, text, args...)
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
	p.watch.asks()
	err = p.conn.Raw(func(driver any) error {
		return driver.(*stdlib.Conn).Conn().SendBatch(p.watch.ctx, &batch).Close()
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
