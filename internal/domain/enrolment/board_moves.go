package enrolment

import (
	"maps"
	"slices"
)

// Swap ends two requests that hold places and gives each one's place to the
// other's dossier, without a moment in which either is free: the new requests
// hold places at once. One whose new list had somebody waiting is marked as out
// of order (Asked.Jumped), like a jump.
type Swap struct {
	One, Other     string // the requests that end
	ToOther, ToOne Asked  // what One's dossier asks of Other's offering, and the reverse
}

// TakeOffersBack puts offers back where they stood in their list, and the
// capacity back to what it was (R34: an act undone before its mails left).
type TakeOffersBack struct {
	Offering string
	Capacity int64
	Offers   map[string]int64 // request → the jump it had before, 0 when none
}

func (c Swap) apply(b *Board) ([]Change, error) {
	one, from, err := b.request(c.One)
	if err != nil {
		return nil, err
	}
	other, to, err := b.request(c.Other)
	if err != nil {
		return nil, err
	}
	switch {
	case one.State != Place || other.State != Place:
		return nil, cannot("a swap is of two places")
	case one.Offering == other.Offering:
		return nil, cannot("both places are of offering %s", one.Offering)
	case c.ToOther.Offering != other.Offering || c.ToOne.Offering != one.Offering:
		return nil, cannot("a swap leads from one's place to the other's")
	case b.Requests[c.ToOther.ID] != nil || b.Requests[c.ToOne.ID] != nil || c.ToOther.ID == c.ToOne.ID:
		return nil, cannot("a request was asked already")
	}
	one.State, other.State = Returned, Returned
	return []Change{
		{Request: one.ID, Offering: one.Offering, From: Place, To: Returned, Jumped: one.Jumped},
		{Request: other.ID, Offering: other.Offering, From: Place, To: Returned, Jumped: other.Jumped},
		b.seat(c.ToOther, to), b.seat(c.ToOne, from),
	}, nil
}

// seat gives the request the place that has just been left in the offering.
func (b *Board) seat(a Asked, o *Offering) Change {
	a.State = Place
	if len(o.Queue) > 0 {
		b.Jumps++
		a.Jumped = b.Jumps
	}
	b.Requests[a.ID] = &a
	return Change{Request: a.ID, Offering: a.Offering, To: Place, Jumped: a.Jumped}
}

func (c TakeOffersBack) apply(b *Board) ([]Change, error) {
	o, err := b.offering(c.Offering)
	if err != nil {
		return nil, err
	}
	for id := range c.Offers {
		if r := b.Requests[id]; r == nil || r.State != Offered || r.Offering != c.Offering {
			return nil, cannot("request %s is not offered a place any more", id)
		}
	}
	taken, wait := o.Taken-int64(len(c.Offers)), len(o.Queue)+len(c.Offers) > 0
	if taken > c.Capacity || wait && (taken < c.Capacity || o.Closed) {
		return nil, cannot("offering %s has moved since", c.Offering)
	}
	o.Taken, o.Capacity = taken, c.Capacity
	var changes []Change
	for _, id := range slices.Sorted(maps.Keys(c.Offers)) {
		r := b.Requests[id]
		r.State, r.Jumped = Waiting, c.Offers[id]
		b.enqueue(o, r)
		changes = append(changes, Change{Request: id, Offering: c.Offering, From: Offered, To: Waiting, Jumped: r.Jumped})
	}
	return changes, nil
}

// Clone is a board of its own, to try commands on.
func (b *Board) Clone() *Board {
	c := &Board{Offerings: make(map[string]*Offering, len(b.Offerings)), Requests: make(map[string]*Asked, len(b.Requests)), Jumps: b.Jumps}
	for id, o := range b.Offerings {
		copied := *o
		copied.Queue = slices.Clone(o.Queue)
		c.Offerings[id] = &copied
	}
	for id, r := range b.Requests {
		copied := *r
		c.Requests[id] = &copied
	}
	return c
}
