package enrolment

import (
	"fmt"
	"slices"
	"time"
)

// RequestState is where a request for a place stands.
type RequestState string

// The states of a request. Place, Waiting and Offered are active; the others
// are where it ended.
const (
	Place    RequestState = "place"
	Waiting  RequestState = "waiting"
	Offered  RequestState = "offered"
	Declined RequestState = "declined" // an offer refused, or left without answer
	Returned RequestState = "returned" // given back, by the family or by a decision
	Ended    RequestState = "ended"    // the list was closed
)

// Active tells whether the request holds a place or waits for one.
func (s RequestState) Active() bool { return s == Place || s == Waiting || s == Offered }

// holds tells whether the request counts in taken.
func (s RequestState) holds() bool { return s == Place || s == Offered }

// Board is the places of some offerings and the requests for them. It is the
// whole of R30 and R33 as a pure value: the registrar, the dry run and the
// tests run the same Apply.
//
// It keeps four promises: no more places are held than an offering has; nobody
// waits while a place is neither given nor on offer; a list is served in the
// order of Ahead; a request once answered is not asked again.
type Board struct {
	Offerings map[string]*Offering
	Requests  map[string]*Asked
	Jumps     int64 // number of jumps so far: each goes behind the earlier ones
}

// Offering is one course in one semester, and its waiting list in order.
type Offering struct {
	Capacity int64
	Taken    int64 // places given and places on offer
	Queue    []string
	Closed   bool // its list is closed: nobody waits any more (end of the lists, course cancelled)
}

// Asked is one request on the board.
type Asked struct {
	ID         string
	Offering   string
	State      RequestState
	ReceivedAt time.Time
	Seq        int64
	Jumped     int64 // 0, or the number of the jump that put it in front
}

// Ahead tells whether a stands before b in a waiting list: jumps first, in
// their order; then by time of receipt (R35: a paper dossier's own); then in
// the order of asking.
func (a *Asked) Ahead(b *Asked) bool {
	switch {
	case (a.Jumped > 0) != (b.Jumped > 0):
		return a.Jumped > 0
	case a.Jumped != b.Jumped:
		return a.Jumped < b.Jumped
	case !a.ReceivedAt.Equal(b.ReceivedAt):
		return a.ReceivedAt.Before(b.ReceivedAt)
	default:
		return a.Seq < b.Seq
	}
}

// Command is one act on the board; the types below are all there are.
type Command interface {
	apply(*Board) ([]Change, error)
}

// Ask asks for a place: given when one is left, else the request waits.
type Ask struct{ Request Asked }

// Leave ends an active request (To is Declined, Returned or Ended); a place it
// held goes to the next in line.
type Leave struct {
	Request string
	To      RequestState
}

// Accept turns an offer into a place.
type Accept struct{ Request string }

// SetCapacity sets how many places the offering has; not below those taken or
// offered (R33d).
type SetCapacity struct {
	Offering string
	Capacity int64
}

// Jump puts a waiting request in front of its list (R34: with a reason, kept by the journal).
type Jump struct{ Request string }

// CloseList ends every waiting request of the offering, and its list.
type CloseList struct{ Offering string }

// Change is what became of one request.
type Change struct {
	Request  string
	Offering string
	From, To RequestState // From is "" for a new request
	Jumped   int64
}

// CannotApply refuses a command that the board cannot obey, without changing it.
type CannotApply struct{ Why string }

func (e *CannotApply) Error() string { return e.Why }

func cannot(format string, args ...any) error { return &CannotApply{fmt.Sprintf(format, args...)} }

// Apply obeys the command and returns what changed, the named request first.
// On error the board is unchanged.
func (b *Board) Apply(c Command) ([]Change, error) { return c.apply(b) }

func (b *Board) offering(id string) (*Offering, error) {
	o := b.Offerings[id]
	if o == nil {
		return nil, cannot("offering %s is not on the board", id)
	}
	return o, nil
}

func (b *Board) request(id string) (*Asked, *Offering, error) {
	r := b.Requests[id]
	if r == nil {
		return nil, nil, cannot("request %s is not on the board", id)
	}
	o, err := b.offering(r.Offering)
	return r, o, err
}

func (c Ask) apply(b *Board) ([]Change, error) {
	o, err := b.offering(c.Request.Offering)
	if err != nil {
		return nil, err
	}
	if b.Requests[c.Request.ID] != nil {
		return nil, cannot("request %s was asked already", c.Request.ID)
	}
	r := c.Request
	switch {
	case o.Taken < o.Capacity: // then nobody waits: a free place is on offer at once
		r.State = Place
		o.Taken++
	case o.Closed:
		r.State = Ended
	default:
		r.State = Waiting
	}
	b.Requests[r.ID] = &r
	if r.State == Waiting {
		b.enqueue(o, &r)
	}
	return []Change{{Request: r.ID, Offering: r.Offering, To: r.State, Jumped: r.Jumped}}, nil
}

func (b *Board) enqueue(o *Offering, r *Asked) {
	at := b.stand(o, r)
	o.Queue = slices.Insert(o.Queue, at, r.ID)
}

// stand is where the request stands in the queue, or would stand: behind all
// that are ahead of it.
func (b *Board) stand(o *Offering, r *Asked) int {
	if n := len(o.Queue); n > 0 && b.Requests[o.Queue[n-1]].Ahead(r) {
		return n // it comes last, as most do
	}
	at, _ := slices.BinarySearchFunc(o.Queue, r, func(id string, r *Asked) int {
		if b.Requests[id].Ahead(r) {
			return -1
		}
		return 1
	})
	return at
}

// Position counts where the request stands in its list, from 1; 0 when it does not wait.
func (b *Board) Position(request string) int64 {
	r := b.Requests[request]
	if r == nil || r.State != Waiting {
		return 0
	}
	return int64(b.stand(b.Offerings[r.Offering], r) + 1)
}

func (c Leave) apply(b *Board) ([]Change, error) {
	r, o, err := b.request(c.Request)
	if err != nil {
		return nil, err
	}
	if !r.State.Active() {
		return nil, cannot("request %s has ended already", r.ID)
	}
	if c.To.Active() || c.To == "" {
		return nil, cannot("request %s cannot leave to %q", r.ID, c.To)
	}
	change := Change{Request: r.ID, Offering: r.Offering, From: r.State, To: c.To, Jumped: r.Jumped}
	if r.State.holds() {
		o.Taken--
	} else {
		o.Queue = slices.DeleteFunc(o.Queue, func(id string) bool { return id == r.ID })
	}
	r.State = c.To
	return append([]Change{change}, b.serve(r.Offering, o)...), nil
}

// serve offers every free place to the first in line.
func (b *Board) serve(id string, o *Offering) []Change {
	var changes []Change
	for o.Taken < o.Capacity && len(o.Queue) > 0 {
		r := b.Requests[o.Queue[0]]
		o.Queue = o.Queue[1:]
		o.Taken++
		changes = append(changes, Change{Request: r.ID, Offering: id, From: r.State, To: Offered, Jumped: r.Jumped})
		r.State = Offered
	}
	return changes
}

func (c Accept) apply(b *Board) ([]Change, error) {
	r, _, err := b.request(c.Request)
	if err != nil {
		return nil, err
	}
	if r.State != Offered {
		return nil, cannot("request %s is not offered a place", r.ID)
	}
	r.State = Place
	return []Change{{Request: r.ID, Offering: r.Offering, From: Offered, To: Place, Jumped: r.Jumped}}, nil
}

func (c SetCapacity) apply(b *Board) ([]Change, error) {
	o, err := b.offering(c.Offering)
	if err != nil {
		return nil, err
	}
	if c.Capacity < o.Taken {
		return nil, cannot("%d places are taken or offered", o.Taken)
	}
	o.Capacity = c.Capacity
	return b.serve(c.Offering, o), nil
}

func (c Jump) apply(b *Board) ([]Change, error) {
	r, o, err := b.request(c.Request)
	if err != nil {
		return nil, err
	}
	if r.State != Waiting {
		return nil, cannot("request %s does not wait", r.ID)
	}
	o.Queue = slices.DeleteFunc(o.Queue, func(id string) bool { return id == r.ID })
	b.Jumps++
	r.Jumped = b.Jumps
	b.enqueue(o, r)
	return []Change{{Request: r.ID, Offering: r.Offering, From: Waiting, To: Waiting, Jumped: r.Jumped}}, nil
}

func (c CloseList) apply(b *Board) ([]Change, error) {
	o, err := b.offering(c.Offering)
	if err != nil {
		return nil, err
	}
	o.Closed = true
	var changes []Change
	for _, id := range o.Queue {
		r := b.Requests[id]
		r.State = Ended
		changes = append(changes, Change{Request: id, Offering: c.Offering, From: Waiting, To: Ended, Jumped: r.Jumped})
	}
	o.Queue = nil
	return changes, nil
}

// Check returns the first promise that the board breaks, or nil. The bench and
// the tests run it on what the database holds.
func (b *Board) Check() error {
	held := map[string]int64{}
	queued := map[string]bool{}
	for _, r := range b.Requests {
		if r.State.holds() {
			held[r.Offering]++
		}
	}
	for id, o := range b.Offerings {
		if o.Taken < 0 || o.Taken > o.Capacity {
			return fmt.Errorf("offering %s: %d places taken of %d", id, o.Taken, o.Capacity)
		}
		if held[id] != o.Taken {
			return fmt.Errorf("offering %s: %d places taken but %d held", id, o.Taken, held[id])
		}
		if len(o.Queue) > 0 && o.Taken < o.Capacity {
			return fmt.Errorf("offering %s: %d wait while a place is free", id, len(o.Queue))
		}
		if len(o.Queue) > 0 && o.Closed {
			return fmt.Errorf("offering %s: %d wait in a closed list", id, len(o.Queue))
		}
		for i, q := range o.Queue {
			r := b.Requests[q]
			if r == nil || r.State != Waiting || r.Offering != id || queued[q] {
				return fmt.Errorf("offering %s: %s is not rightly in its list", id, q)
			}
			queued[q] = true
			if i > 0 && r.Ahead(b.Requests[o.Queue[i-1]]) {
				return fmt.Errorf("offering %s: %s waits behind a later one", id, q)
			}
		}
	}
	for id, r := range b.Requests {
		if (r.State == Waiting) != queued[id] {
			return fmt.Errorf("request %s is %s but queued is %v", id, r.State, queued[id])
		}
	}
	return nil
}
