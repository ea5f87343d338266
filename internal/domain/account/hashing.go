package account

import (
	"context"
	"runtime"
	"sync/atomic"
	"time"

	"pupitre/internal/platform/fault"
)

// MaxSignIns is how many sign-ins may wait unless Hashing.Bound says otherwise:
// some ten seconds of two processors.
const MaxSignIns = 512

// Hashing is the waiting room of those whose password is being checked. A hash
// takes 19 MiB and a processor: one a processor at a time, and the memory of one
// is given back before the next begins, or as many again would lie about. Who is
// signed in never comes here.
type Hashing struct {
	turns  chan struct{}
	most   atomic.Int64
	inside atomic.Int64
}

func newHashing() *Hashing {
	h := &Hashing{turns: make(chan struct{}, runtime.NumCPU())}
	h.Bound(MaxSignIns)
	return h
}

// Bound sets how many may be in the room; the next one is told to come back.
func (h *Hashing) Bound(most int) { h.most.Store(int64(most)) }

// Inside is how many are in the room: their turn has come, or they wait for it.
func (h *Hashing) Inside() int { return int(h.inside.Load()) }

// Enter takes a place in the room, to be left by the returned function, or
// returns fault.Unavailable when the room is full. It is asked before a try is
// counted: who was not let in has not tried.
func (h *Hashing) Enter() (leave func(), err error) {
	if h.inside.Add(1) > h.most.Load() {
		h.inside.Add(-1)
		return nil, &fault.Unavailable{RetryAfter: 10 * time.Second, Message: "Beaucoup de personnes se connectent en ce moment. Recommencez dans une dizaine de secondes\u202f: cet essai n’est pas compté."}
	}
	return func() { h.inside.Add(-1) }, nil
}

// Turn waits for a processor, to be given back by the returned function.
func (h *Hashing) Turn(ctx context.Context) (done func(), err error) {
	select {
	case h.turns <- struct{}{}:
		return h.giveBack, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (h *Hashing) giveBack() {
	runtime.GC()
	<-h.turns
}
