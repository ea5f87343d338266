package enrolment

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"pupitre/internal/domain/actor"
	"pupitre/internal/platform/clock"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
)

// Registrar gives ranks and places. Every act that can move a place, or make a
// dossier complete, goes through its one queue, first in, first out: arrival
// and place in the queue are one step, and all that wait share one
// transaction. On several machines the season's row is the lock between them:
// order is strict on one machine, and by batch across machines.
type Registrar struct {
	store *db.Store
	clock clock.Clock

	mu      sync.Mutex
	closed  bool
	waiting chan *order
	stopped chan struct{}

	// The board as this machine last wrote it, good as long as nobody else has
	// moved: moves is the season's counter at that write.
	board *Board
	moves int64
}

// order is one act waiting for its turn.
type order struct {
	ctx     context.Context
	actor   actor.Actor
	arrived time.Time
	do      func(*unit) error
	answer  error
	done    chan struct{}
}

// NewRegistrar starts the registrar of the store's school. The caller closes it
// before the store.
func NewRegistrar(store *db.Store, clock clock.Clock) *Registrar {
	r := &Registrar{store: store, clock: clock, waiting: make(chan *order, 8192), stopped: make(chan struct{})}
	go r.serve()
	return r
}

// Close answers those that wait, then stops.
func (r *Registrar) Close() {
	r.mu.Lock()
	if !r.closed {
		r.closed = true
		close(r.waiting)
	}
	r.mu.Unlock()
	<-r.stopped
}

var errStopping = &fault.Busy{RetryAfter: 10 * time.Second, Message: "Le serveur redémarre. Validez de nouveau dans quelques secondes : rien n’est perdu."}

// submit queues the act and returns its outcome once it is durable.
func (r *Registrar) submit(ctx context.Context, a actor.Actor, do func(*unit) error) error {
	o := &order{ctx: ctx, actor: a, do: do, done: make(chan struct{})}
	r.mu.Lock()
	if r.closed {
		r.mu.Unlock()
		return errStopping
	}
	o.arrived = r.clock.Now()
	select {
	case r.waiting <- o:
		r.mu.Unlock()
	default:
		r.mu.Unlock()
		return &fault.Busy{RetryAfter: 5 * time.Second, Message: "Trop de demandes arrivent en même temps. Validez de nouveau dans quelques secondes : votre saisie est gardée."}
	}
	<-o.done
	return o.answer
}

const maxBatch = 128

func (r *Registrar) serve() {
	defer close(r.stopped)
	for first := range r.waiting {
		batch := []*order{first}
	gather:
		for len(batch) < maxBatch {
			select {
			case next, open := <-r.waiting:
				if !open {
					break gather
				}
				batch = append(batch, next)
			default:
				break gather
			}
		}
		r.decide(batch)
		for _, o := range batch {
			close(o.done)
		}
	}
}

// errHalfDone says that an act failed after it had begun to write: it is undone
// with its whole batch, and each act is tried alone.
var errHalfDone = errors.New("an act failed half-done")

func (r *Registrar) decide(batch []*order) {
	err := r.transact(batch)
	if err == nil {
		return
	}
	if len(batch) == 1 {
		if batch[0].answer == nil || !errors.Is(err, errHalfDone) {
			batch[0].answer = err
		}
		return
	}
	for _, o := range batch {
		o.answer = nil
		if err := r.transact([]*order{o}); err != nil && (o.answer == nil || !errors.Is(err, errHalfDone)) {
			o.answer = err
		}
	}
}

// transact runs the batch as one transaction. Each order's answer is set; an
// error means that nothing was kept.
func (r *Registrar) transact(batch []*order) error {
	var kept *Board
	var moves int64
	err := r.store.Write(context.Background(), func(tx *db.Tx) error {
		u, err := r.begin(tx)
		if err != nil {
			return err
		}
		for _, o := range batch {
			o.answer = o.ctx.Err()
			if o.answer != nil {
				continue
			}
			u.take(o)
			before := u.written
			if o.answer = o.do(u); o.answer != nil && u.written != before {
				return fmt.Errorf("%w: %w", errHalfDone, o.answer)
			}
		}
		if err := u.save(); err != nil {
			return err
		}
		kept, moves = u.board, u.moves
		return nil
	})
	if err != nil {
		return err
	}
	r.board, r.moves = kept, moves
	return nil
}

// begin takes the season's row, which is the lock between machines, and opens
// the unit of work on it.
func (r *Registrar) begin(tx *db.Tx) (*unit, error) {
	ctx := context.Background()
	board, moves := r.board, r.moves
	r.board = nil // until this transaction is kept
	u, err := open(ctx, tx)
	if err != nil {
		return nil, err
	}
	if board != nil && u.moves == moves+1 {
		u.board = board
	}
	return u, nil
}
