package enrolment

import (
	"context"
	"errors"
	"fmt"
	"slices"
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
	room    *waitingRoom

	kept memory // used by serve alone

	watched watched
}

// order is one act waiting for its turn.
type order struct {
	ctx     context.Context
	actor   actor.Actor
	about   []string // pupils to be read at once with those of the whole batch
	arrived time.Time
	do      func(*unit) error
	answer  error
	then    func() // when not nil, called once the answer stands
	done    chan struct{}
}

// NewRegistrar starts the registrar of the store's school. The caller closes it
// before the store.
func NewRegistrar(store *db.Store, clock clock.Clock) *Registrar {
	r := &Registrar{store: store, clock: clock, waiting: make(chan *order, 8192), stopped: make(chan struct{}), room: newWaitingRoom()}
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

var errStopping = &fault.Unavailable{RetryAfter: 10 * time.Second, Message: "Le serveur redémarre. Validez de nouveau dans quelques secondes : rien n’est perdu."}

// submit queues the act and returns its outcome once it is durable.
func (r *Registrar) submit(ctx context.Context, a actor.Actor, do func(*unit) error) error {
	return r.submitAbout(ctx, a, nil, do)
}

// submitAbout is submit for an act on these pupils.
func (r *Registrar) submitAbout(ctx context.Context, a actor.Actor, pupils []string, do func(*unit) error) error {
	o := &order{ctx: ctx, actor: a, about: pupils, do: do, done: make(chan struct{})}
	if err := r.enqueue(o); err != nil {
		return err
	}
	<-o.done
	return o.answer
}

// enqueue notes the arrival and joins the queue, in one step.
func (r *Registrar) enqueue(o *order) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return errStopping
	}
	o.arrived = r.clock.Now()
	select {
	case r.waiting <- o:
		return nil
	default:
		return errCrowded
	}
}

const maxBatch = 128

func (r *Registrar) serve() {
	defer close(r.stopped)
	var away error // what the last batch was answered, while the database is away
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
		began := r.clock.Now()
		away = r.decide(notLate(batch, began, away))
		r.watched.batch(len(batch), r.clock.Now().Sub(began))
		for _, o := range batch {
			if o.then != nil {
				o.then()
			}
			close(o.done)
		}
	}
}

var (
	// errHalfDone says that an act failed after it had begun to write: it is
	// undone with its whole batch, and each act is tried alone.
	errHalfDone = errors.New("an act failed half-done")
	// errMoved says that a draft was saved while the registrar read its dossier.
	errMoved = errors.New("a dossier changed meanwhile")
)

// maxTries bounds how often one act is tried again because a draft moved under it.
const maxTries = 5

// late is how long an act waits at most, once the database is away: each batch
// that tries in vain may take as long as the database may be silent.
const late = 10 * time.Second

// notLate answers the acts that have waited too long with away, as they have not
// been tried, and returns the others; all of them when the database is there.
func notLate(batch []*order, now time.Time, away error) []*order {
	if away == nil {
		return batch
	}
	return slices.DeleteFunc(slices.Clone(batch), func(o *order) bool {
		if now.Sub(o.arrived) < late {
			return false
		}
		o.answer = db.Untried(away)
		return true
	})
}

// decide answers every act of the batch, and returns the error when the
// database is away.
func (r *Registrar) decide(batch []*order) error {
	if len(batch) == 0 {
		return nil
	}
	err := r.attempt(batch)
	if err == nil {
		return nil
	}
	if db.IsAway(err) {
		for _, o := range batch {
			o.answer = err
		}
		return err
	}
	for i, o := range batch {
		err := r.attempt([]*order{o})
		for try := 1; try < maxTries && errors.Is(err, errMoved); try++ {
			err = r.attempt([]*order{o})
		}
		if err != nil && (o.answer == nil || db.IsAway(err) || !errors.Is(err, errHalfDone)) {
			o.answer = err
		}
		if db.IsAway(err) { // for the others too: each would wait for it in its turn
			for _, next := range batch[i+1:] {
				next.answer = db.Untried(err)
			}
			return err
		}
	}
	return nil
}

// attempt is transact, once more on another connection when the one it had was lost.
func (r *Registrar) attempt(batch []*order) error {
	err := r.transact(batch)
	if db.IsAway(err) && !db.MayBeKept(err) && !errors.Is(err, context.DeadlineExceeded) {
		err = r.transact(batch)
	}
	return err
}

// transact runs the batch as one transaction. Each order's answer is set; an
// error means that nothing was kept.
func (r *Registrar) transact(batch []*order) error {
	kept := r.kept
	r.kept = memory{} // until this transaction is durable
	var done *unit
	err := r.store.Write(context.Background(), func(tx *db.Tx) error {
		u, err := open(context.Background(), tx, kept)
		kept = memory{} // run again, it would find a board that has changed
		if err != nil {
			return err
		}
		var about []string
		for _, o := range batch {
			about = append(about, o.about...)
		}
		if err := u.read(about...); err != nil {
			return err
		}
		for _, o := range batch {
			o.answer = o.ctx.Err()
			if o.answer != nil {
				continue
			}
			u.take(o.actor, o.arrived)
			if err := u.endDueLists(); err != nil {
				return err
			}
			before := u.written
			if o.answer = o.do(u); o.answer != nil && (u.written != before || !isRefusal(o.answer)) {
				return fmt.Errorf("%w: %w", errHalfDone, o.answer)
			}
		}
		if err := u.save(); err != nil {
			return err
		}
		done = u
		return nil
	})
	if err != nil {
		return err
	}
	r.kept = memory{done.moves, done.board, done.settings}
	return nil
}

// isRefusal tells whether err is an answer to the asker, given before anything
// was written, and not a failure of the machinery.
func isRefusal(err error) bool {
	var invalid *fault.Invalid
	var conflict *fault.Conflict
	var busy *fault.Busy
	return errors.As(err, &invalid) || errors.As(err, &conflict) || errors.As(err, &busy) ||
		errors.Is(err, fault.ErrNotFound) || errors.Is(err, fault.ErrForbidden)
}
