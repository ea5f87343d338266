package trail

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"pupitre/internal/domain/actor"
	"pupitre/internal/platform/clock"
	"pupitre/internal/platform/db"
)

const (
	rhythm = time.Second // between two writes of what was noted
	most   = 5000        // lines that wait for a database that is away; more are left out, and counted in the log
)

// Keeper writes the journal of accesses of one machine. A nil Keeper keeps
// nothing.
type Keeper struct {
	store *db.Store
	clock clock.Clock
	log   *slog.Logger

	mu      sync.Mutex
	waiting []Line
	left    int             // out, for want of room
	slots   map[string]bool // of the running ten minutes: what has its line
	period  int64

	stop, stopped chan struct{}
}

// NewKeeper begins to write what is noted. The caller closes it, before the store.
func NewKeeper(store *db.Store, clk clock.Clock, log *slog.Logger) *Keeper {
	k := &Keeper{store: store, clock: clk, log: log, stop: make(chan struct{}), stopped: make(chan struct{})}
	go k.run()
	return k
}

// Note keeps the line to be written within a second or so. It never waits, and
// never fails: the way in must not get slower. A machine that is killed loses
// what it has not written.
func (k *Keeper) Note(who actor.Actor, l Line) { k.note(by(who, k.now(), l)) }

// NoteRefused keeps a sign-in that failed for the identifiant typed, once in ten
// minutes from one address when it was turned away untried.
func (k *Keeper) NoteRefused(login string, l Line, untried bool) {
	l = by(actor.Actor{}, k.now(), l)
	l.Kind, l.Event, l.Login = Session, SignInRefused, login
	if untried {
		l.Slot = l.once("untried " + l.Address + " " + login)
	}
	k.note(l)
}

// NoteView keeps that a member of the staff has opened the page, once in ten minutes.
func (k *Keeper) NoteView(who actor.Actor, l Line) {
	l = by(who, k.now(), l)
	l.Kind, l.Slot = View, l.once(l.Subject)
	k.note(l)
}

// Write keeps that a member of the staff takes the file away, and returns once
// that is durable. A paper looked at again within ten minutes, in parts or on the
// same page, has one line; a list has one each time.
func (k *Keeper) Write(ctx context.Context, who actor.Actor, l Line) error {
	if k == nil {
		return nil
	}
	l = by(who, k.now(), l)
	l.Kind = File
	if l.Deposit != "" {
		l.Slot = l.once("deposit " + l.Deposit)
		if k.has(l.Slot) {
			return nil
		}
	}
	err := k.store.Write(ctx, func(tx *db.Tx) error { return appendLines(ctx, tx, []Line{l}) })
	if err == nil && l.Slot != "" {
		k.keep(l.Slot)
	}
	return err
}

func (k *Keeper) now() time.Time {
	if k == nil {
		return time.Time{}
	}
	return k.clock.Now()
}

func (k *Keeper) note(l Line) {
	if k == nil || l.Slot != "" && !k.keep(l.Slot) {
		return
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.waiting) >= most {
		k.left++
		return
	}
	k.waiting = append(k.waiting, l)
}

// has tells whether this machine has written or noted the slot; another one is
// found out by the table's key.
func (k *Keeper) has(slot string) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.slots[slot]
}

// keep remembers the slot, and tells whether it is new. What is remembered goes
// with the ten minutes.
func (k *Keeper) keep(name string) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	if period := k.clock.Now().Unix() / int64(slot/time.Second); period != k.period || k.slots == nil {
		k.period, k.slots = period, map[string]bool{}
	}
	known := k.slots[name]
	k.slots[name] = true
	return !known
}

func (k *Keeper) run() {
	defer close(k.stopped)
	tick := time.NewTicker(rhythm)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			k.Flush(context.Background())
		case <-k.stop:
			return
		}
	}
}

// Flush writes what was noted, as one write; what cannot be written now is
// tried again a second later.
func (k *Keeper) Flush(ctx context.Context) {
	if k == nil {
		return
	}
	k.mu.Lock()
	lines, left := k.waiting, k.left
	k.waiting, k.left = nil, 0
	k.mu.Unlock()
	if left > 0 {
		k.log.ErrorContext(ctx, "lines of the journal of accesses left out", "lines", left)
	}
	if len(lines) == 0 {
		return
	}
	err := k.store.Write(ctx, func(tx *db.Tx) error { return appendLines(ctx, tx, lines) })
	if err == nil {
		return
	}
	k.log.WarnContext(ctx, "the journal of accesses waits", "lines", len(lines), "error", err.Error())
	k.mu.Lock()
	defer k.mu.Unlock()
	k.waiting = append(lines, k.waiting...)
	if over := len(k.waiting) - most; over > 0 {
		k.waiting, k.left = k.waiting[:most], k.left+over
	}
}

// Close writes what was noted, within a second, and ends.
func (k *Keeper) Close() {
	if k == nil {
		return
	}
	close(k.stop)
	<-k.stopped
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	k.Flush(ctx)
}
