package enrolment

import (
	"context"
	"slices"
	"sync"
	"time"

	"pupitre/internal/domain/actor"
	"pupitre/internal/platform/fault"
)

// MaxWaiting is how many submissions may wait unless Registrar.Bound says otherwise.
const MaxWaiting = 8192

// rememberedFor is how long the answer of a submission that was not received is
// kept for a family that had not waited for it.
const rememberedFor = 10 * time.Minute

var errCrowded = &fault.Unavailable{RetryAfter: 5 * time.Second, Message: "Trop de demandes arrivent en même temps. Validez de nouveau dans quelques secondes : votre saisie est gardée."}

// Sending is a submission on its way through the registrar's queue. It goes on
// when its asker leaves.
type Sending struct {
	pupils []string
	turns  []*turn // of pupils[i]
}

// turn is one act of the queue: pupils sent together at one instant.
type turn struct {
	arrived  time.Time
	done     chan struct{} // closed once what follows stands
	ended    time.Time
	outcomes []Outcome
	received int // dossiers
	err      error
}

// attempt names who sends which pupil.
type attempt struct{ household, account, pupil string }

// waitingRoom holds the submissions that wait, one at most for each pupil of a
// household, and for a while those that ended without being received.
type waitingRoom struct {
	mu    sync.Mutex
	most  int
	open  int
	turns map[attempt]*turn
	swept time.Time
}

func newWaitingRoom() *waitingRoom {
	return &waitingRoom{most: MaxWaiting, turns: map[attempt]*turn{}}
}

// Bound sets how many submissions may wait; the next one is told to come back.
func (r *Registrar) Bound(most int) {
	r.room.mu.Lock()
	defer r.room.mu.Unlock()
	r.room.most = most
}

// Sendings is how many submissions wait for their turn.
func (r *Registrar) Sendings() int {
	r.room.mu.Lock()
	defer r.room.mu.Unlock()
	return r.room.open
}

// Send is Submit that does not wait for the answer. A pupil of whom a
// submission already waits joins it, with the time of the first: a double
// click, a reload or a second tab gets the first one's answer. It returns
// fault.Unavailable when too many wait.
func (r *Registrar) Send(ctx context.Context, a actor.Actor, s Submission) (*Sending, error) {
	room := r.room
	room.mu.Lock()
	defer room.mu.Unlock()
	room.sweep(r.clock.Now())
	w := &Sending{pupils: s.Pupils, turns: make([]*turn, len(s.Pupils))}
	first := s
	first.Pupils = nil
	for i, pupil := range s.Pupils {
		if t := room.turns[attemptOf(a, pupil)]; s.Agreed && t != nil && !t.isDone() {
			w.turns[i] = t
		} else if !slices.Contains(first.Pupils, pupil) {
			first.Pupils = append(first.Pupils, pupil)
		}
	}
	if len(first.Pupils) == 0 {
		return w, nil
	}
	if room.open >= room.most {
		return nil, errCrowded
	}
	t, err := r.queue(ctx, a, first)
	if err != nil {
		return nil, err
	}
	for i, pupil := range s.Pupils {
		if w.turns[i] == nil {
			w.turns[i] = t
		}
		if s.Agreed { // one without « J'accepte » is refused, and holds nobody's place
			room.turns[attemptOf(a, pupil)] = w.turns[i]
		}
	}
	return w, nil
}

// queue puts the submission into the registrar's queue. The caller holds the room.
func (r *Registrar) queue(ctx context.Context, a actor.Actor, s Submission) (*turn, error) {
	t := &turn{done: make(chan struct{})}
	o := &order{ctx: context.WithoutCancel(ctx), actor: a, about: s.Pupils, done: make(chan struct{})}
	o.do = func(u *unit) (err error) {
		t.outcomes, t.received, err = u.submit(a, s)
		return err
	}
	o.then = func() {
		r.room.mu.Lock()
		defer r.room.mu.Unlock()
		r.room.open--
		t.err, t.ended = o.answer, r.clock.Now()
		if t.err == nil {
			r.watched.sent.Add(int64(t.received))
		}
		for _, pupil := range s.Pupils {
			if key := attemptOf(a, pupil); r.room.turns[key] == t && t.outcome(pupil).Err == nil {
				delete(r.room.turns, key) // the dossier itself tells
			}
		}
		close(t.done)
	}
	if err := r.enqueue(o); err != nil {
		return nil, err
	}
	r.room.open++
	t.arrived = o.arrived
	return t, nil
}

func attemptOf(a actor.Actor, pupil string) attempt {
	return attempt{a.Household, a.Account, pupil}
}

// sweep forgets the answers that nobody has come for.
func (room *waitingRoom) sweep(now time.Time) {
	if now.Sub(room.swept) < time.Minute {
		return
	}
	room.swept = now
	for key, t := range room.turns {
		if t.isDone() && now.Sub(t.ended) > rememberedFor {
			delete(room.turns, key)
		}
	}
}

// SendingOf finds the submission of these pupils again: one that waits, or that
// ended lately without being received. It returns nil when the asker has none.
func (r *Registrar) SendingOf(a actor.Actor, pupils []string) *Sending {
	r.room.mu.Lock()
	defer r.room.mu.Unlock()
	w := &Sending{}
	for _, pupil := range pupils {
		if t := r.room.turns[attemptOf(a, pupil)]; t != nil {
			w.pupils, w.turns = append(w.pupils, pupil), append(w.turns, t)
		}
	}
	if len(w.turns) == 0 {
		return nil
	}
	return w
}

// Arrived is the time of R30: of the first attempt.
func (w *Sending) Arrived() time.Time {
	first := time.Time{}
	for _, t := range w.turns {
		if first.IsZero() || t.arrived.Before(first) {
			first = t.arrived
		}
	}
	return first
}

// Answered waits for the answer until ctx ends, and tells whether it is there.
func (w *Sending) Answered(ctx context.Context) bool {
	for _, t := range w.turns {
		if t.isDone() {
			continue
		}
		select {
		case <-t.done:
		case <-ctx.Done():
			return false
		}
	}
	return true
}

// IsAnswered tells whether the answer is there.
func (w *Sending) IsAnswered() bool {
	return !slices.ContainsFunc(w.turns, func(t *turn) bool { return !t.isDone() })
}

// Outcomes are the answers for each pupil, once it is answered. The error
// is the whole submission's, as Submit returns it.
func (w *Sending) Outcomes() ([]Outcome, error) {
	all := make([]Outcome, 0, len(w.pupils))
	for i, pupil := range w.pupils {
		t := w.turns[i]
		if t.err != nil && (!isInvalid(t.err) || t == w.turns[0]) {
			return t.outcomes, t.err
		}
		all = append(all, t.outcome(pupil))
	}
	return all, nil
}

func (t *turn) isDone() bool {
	select {
	case <-t.done:
		return true
	default:
		return false
	}
}

func (t *turn) outcome(pupil string) Outcome {
	for _, o := range t.outcomes {
		if o.Pupil == pupil && t.err == nil {
			return o
		}
	}
	return Outcome{Pupil: pupil, Err: t.err}
}
