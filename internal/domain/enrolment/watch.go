package enrolment

import (
	"sync/atomic"
	"time"
)

// Batch is what the registrar decided at once.
type Batch struct {
	Acts int           // that shared one transaction
	Took time.Duration // until its durable commit
}

// watched is what the registrar tells of its work while it goes on.
type watched struct {
	batches atomic.Pointer[func(Batch)]
	sent    atomic.Int64
}

// Watch has f told of each batch from now on. It must return at once.
func (r *Registrar) Watch(f func(Batch)) { r.watched.batches.Store(&f) }

// Waiting is how many acts wait for their turn on this machine.
func (r *Registrar) Waiting() int { return len(r.waiting) }

// Sent is how many dossiers this machine has received by « Valider » since it started.
func (r *Registrar) Sent() int64 { return r.watched.sent.Load() }

func (w *watched) batch(acts int, took time.Duration) {
	if f := w.batches.Load(); f != nil {
		(*f)(Batch{acts, took})
	}
}
