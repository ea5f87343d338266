package db

import (
	"context"
	"database/sql"
	"fmt"
	"sync"
)

// maxShared bounds how many writes share one commit.
const maxShared = 128

type write struct {
	ctx  context.Context
	f    func(*Tx) error
	done chan error
}

// queue serves the writes of SQLite, first in, first out.
type queue struct {
	store   *Store
	on      *kept
	mu      sync.Mutex
	closed  bool
	waiting chan *write
	stopped chan struct{}
}

func (s *Store) startQueue(ctx context.Context) error {
	conn, err := s.write.Conn(ctx)
	if err != nil {
		return fmt.Errorf("open the queue of writes: %w", err)
	}
	s.queue = &queue{store: s, on: &kept{conn: conn, prepared: map[string]*sql.Stmt{}}, waiting: make(chan *write, 4096), stopped: make(chan struct{})}
	go s.queue.serve()
	return nil
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

// close answers those that wait, then gives the connection back.
func (q *queue) close() error {
	q.mu.Lock()
	already := q.closed
	q.closed = true
	if !already {
		close(q.waiting)
	}
	q.mu.Unlock()
	<-q.stopped
	if already {
		return nil
	}
	return q.on.close()
}

func (q *queue) serve() {
	defer close(q.stopped)
	for first := range q.waiting {
		batch := []*write{first}
	gather:
		for len(batch) < maxShared {
			select {
			case next, open := <-q.waiting:
				if !open {
					break gather
				}
				batch = append(batch, next)
			default:
				break gather
			}
		}
		q.commitTogether(batch)
	}
}

// commitTogether runs the writes in one transaction, each undone alone when it
// fails, and answers all of them after its commit.
func (q *queue) commitTogether(batch []*write) {
	outcomes := make([]error, len(batch))
	then, err := q.runTogether(batch, outcomes)
	if err != nil {
		q.on.run("rollback") // fails when SQLite has rolled back by itself
	}
	for _, f := range then {
		f()
	}
	for i, w := range batch {
		if err != nil && outcomes[i] == nil {
			outcomes[i] = orAway(err)
		}
		w.done <- outcomes[i]
	}
}

// runTogether returns what the kept writes do once they are durable. An error
// means that nothing was kept.
func (q *queue) runTogether(batch []*write, outcomes []error) (then []func(), err error) {
	if err := q.on.run("begin immediate"); err != nil {
		return nil, err
	}
	for i, w := range batch {
		if outcomes[i] = w.ctx.Err(); outcomes[i] != nil {
			continue
		}
		tx := &Tx{store: q.store, on: q.on}
		if len(batch) == 1 { // the whole transaction is its own
			if outcomes[i] = guarded(tx, w.f); outcomes[i] != nil {
				return nil, outcomes[i]
			}
			then = tx.afterCommit
			continue
		}
		if err := q.on.run("savepoint w"); err != nil {
			return nil, err
		}
		if outcomes[i] = guarded(tx, w.f); outcomes[i] != nil {
			if err := q.on.run("rollback to w"); err != nil {
				return nil, err
			}
		} else {
			then = append(then, tx.afterCommit...)
		}
		if err := q.on.run("release w"); err != nil {
			return nil, err
		}
	}
	if err := q.store.timed(func() error { return q.on.run("commit") }); err != nil {
		return nil, err
	}
	return then, nil
}

// kept is a connection that keeps its statements prepared, by their text: to
// parse a statement costs more than to run it. Only one goroutine uses it.
type kept struct {
	conn     *sql.Conn
	prepared map[string]*sql.Stmt
}

// maxKept bounds the statements kept. The house has some hundreds of texts.
const maxKept = 512

func (k *kept) statement(text string) (*sql.Stmt, error) {
	if st := k.prepared[text]; st != nil {
		return st, nil
	}
	if len(k.prepared) >= maxKept {
		k.forget()
	}
	st, err := k.conn.PrepareContext(context.Background(), text)
	if err != nil {
		return nil, err
	}
	k.prepared[text] = st
	return st, nil
}

func (k *kept) forget() {
	for text, st := range k.prepared {
		st.Close()
		delete(k.prepared, text)
	}
}

func (k *kept) exec(text string, args []any) (int64, error) {
	st, err := k.statement(text)
	if err != nil {
		return 0, err
	}
	res, err := st.Exec(args...)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

func (k *kept) execAll(all []command) (touched int64, err error) {
	for _, c := range all {
		n, err := k.exec(c.text, c.args)
		if err != nil {
			return touched, err
		}
		touched += n
	}
	return touched, nil
}

func (k *kept) query(text string, args []any) (*sql.Rows, error) {
	st, err := k.statement(text)
	if err != nil {
		return nil, err
	}
	return st.Query(args...)
}

// run begins, ends or marks a transaction.
func (k *kept) run(text string) error {
	if _, err := k.exec(text, nil); err != nil {
		return fmt.Errorf("%s: %w", text, err)
	}
	return nil
}

func (k *kept) close() error {
	k.forget()
	return k.conn.Close()
}
