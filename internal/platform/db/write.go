package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"

	"github.com/jackc/pgx/v5/pgconn"
)

// ErrClosed says that the store no longer takes writes.
var ErrClosed = errors.New("the store is closed")

// Tx is a transaction of Write. It is used by one goroutine and dies with the
// function it was given to.
type Tx struct {
	store       *Store
	tx          *sql.Tx
	afterCommit []func()
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
	raw, err := s.write.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin: %w", orAway(err))
	}
	defer raw.Rollback()
	tx := &Tx{store: s, tx: raw}
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

// guarded turns a panic of f into an error, so that one request cannot take the queue down.
func guarded(tx *Tx, f func(*Tx) error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic in a transaction: %v\n%s", p, debug.Stack())
		}
	}()
	return f(tx)
}

// maxShared bounds how many writes share one commit.
const maxShared = 128

type write struct {
	ctx  context.Context
	f    func(*Tx) error
	done chan error
}

type queue struct {
	mu      sync.Mutex
	closed  bool
	waiting chan *write
	stopped chan struct{}
}

func newQueue() *queue {
	return &queue{waiting: make(chan *write, 4096), stopped: make(chan struct{})}
}

// wait joins the queue and returns the outcome. Once queued, a write is not
// abandoned: its caller must learn what became of it.
func (q *queue) wait(ctx context.Context, f func(*Tx) error) error {
	w := &write{ctx: ctx, f: f, done: make(chan error, 1)}
	q.mu.Lock()
	if q.closed {
		q.mu.Unlock()
		return orAway(ErrClosed)
	}
	select {
	case q.waiting <- w:
		q.mu.Unlock()
	case <-ctx.Done():
		q.mu.Unlock()
		return ctx.Err()
	}
	return <-w.done
}

func (q *queue) close() {
	q.mu.Lock()
	already := q.closed
	q.closed = true
	if !already {
		close(q.waiting)
	}
	q.mu.Unlock()
	<-q.stopped
}

func (s *Store) serveQueue() {
	defer close(s.queue.stopped)
	for first := range s.queue.waiting {
		batch := []*write{first}
	gather:
		for len(batch) < maxShared {
			select {
			case next, open := <-s.queue.waiting:
				if !open {
					break gather
				}
				batch = append(batch, next)
			default:
				break gather
			}
		}
		s.commitTogether(batch)
	}
}

// commitTogether runs each write in a savepoint of one transaction and answers
// all of them after its commit.
func (s *Store) commitTogether(batch []*write) {
	outcomes := make([]error, len(batch))
	var then []func()
	err := func() error {
		raw, err := s.write.Begin()
		if err != nil {
			return fmt.Errorf("begin: %w", err)
		}
		defer raw.Rollback()
		for i, w := range batch {
			if err := w.ctx.Err(); err != nil {
				outcomes[i] = err
				continue
			}
			if _, err := raw.Exec("savepoint w"); err != nil {
				return fmt.Errorf("savepoint: %w", err)
			}
			tx := &Tx{store: s, tx: raw}
			if outcomes[i] = guarded(tx, w.f); outcomes[i] != nil {
				if _, err := raw.Exec("rollback to w"); err != nil {
					return fmt.Errorf("roll back: %w", err)
				}
			} else {
				then = append(then, tx.afterCommit...)
			}
			if _, err := raw.Exec("release w"); err != nil {
				return fmt.Errorf("release: %w", err)
			}
		}
		if err := s.timed(raw.Commit); err != nil {
			return fmt.Errorf("commit: %w", err)
		}
		return nil
	}()
	if err == nil {
		for _, f := range then {
			f()
		}
	}
	for i, w := range batch {
		if err != nil && outcomes[i] == nil {
			outcomes[i] = orAway(err)
		}
		w.done <- outcomes[i]
	}
}
