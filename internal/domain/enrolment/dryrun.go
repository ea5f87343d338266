package enrolment

import (
	"cmp"
	"maps"
	"slices"
	"time"
)

// Plan is what a dry run (« essai à blanc ») changes of the real situation.
type Plan struct {
	Capacities map[string]int64 // by offering; the others stay
	AtClosing  bool             // « tous à la clôture »: see Rehearse
}

// Turn is when a dossier takes its turn if all are placed at closing: its time
// of receipt (R35: a paper dossier's own), whenever it chose its courses.
type Turn struct {
	At   time.Time
	Rank int64
}

// Step is what publishing a plan does to one offering.
type Step struct {
	Offering string   `json:"offering"`
	From     int64    `json:"from"` // capacity
	To       int64    `json:"to"`
	Jumps    []string `json:"jumps,omitempty"`  // requests put in front, out of the order of the list
	Offers   []string `json:"offers,omitempty"` // requests offered a place, in the order they are
}

// TooFew is a capacity that the plan may not have: more is taken (R33d).
type TooFew struct {
	Offering      string
	Taken, Wanted int64
}

// Rehearse runs the plan on a copy of the board and returns what comes of it, and
// the steps that lead there, by offering. No place given or offered is ever taken
// back: both modes only differ in who is offered a place that is free. As
// dossiers come, it is the first of the list; at closing, it is the first by
// Turn, and whoever passes one who is not served jumps. What the plan may not
// have is left out of it, and told.
func (b *Board) Rehearse(p Plan, turns map[string]Turn) (after *Board, steps []Step, refused []TooFew) {
	after = b.Clone()
	for _, id := range slices.Sorted(maps.Keys(p.Capacities)) {
		o, to := after.Offerings[id], p.Capacities[id]
		switch {
		case o == nil || o.Capacity == to:
			continue
		case to < o.Taken:
			refused = append(refused, TooFew{id, o.Taken, to})
			continue
		}
		step := Step{Offering: id, From: o.Capacity, To: to}
		if p.AtClosing {
			step.Jumps = after.passing(o, to-o.Taken, turns)
		}
		for _, request := range step.Jumps {
			after.must(Jump{request})
		}
		for _, change := range after.must(SetCapacity{id, to}) {
			step.Offers = append(step.Offers, change.Request)
		}
		steps = append(steps, step)
	}
	return after, steps, refused
}

// must applies a command that cannot be refused where it stands.
func (b *Board) must(c Command) []Change {
	changes, err := b.Apply(c)
	if err != nil {
		panic(err)
	}
	return changes
}

// passing lists who must jump so that the free places go to the first by Turn:
// those served who stand behind one who is not.
func (b *Board) passing(o *Offering, free int64, turns map[string]Turn) []string {
	inTurn := slices.Clone(o.Queue)
	slices.SortStableFunc(inTurn, func(x, y string) int { return b.byTurn(x, y, turns) })
	served := inTurn[:min(max(free, 0), int64(len(inTurn)))]
	passes := make(map[string]bool, len(served))
	for _, id := range served {
		passes[id] = true
	}
	for _, id := range o.Queue { // those at its head who are served where they stand
		if !passes[id] {
			break
		}
		delete(passes, id)
	}
	return slices.DeleteFunc(slices.Clone(served), func(id string) bool { return !passes[id] })
}

// byTurn orders requests as they are served at closing: jumps first, as in a
// list, then by the dossier's turn, then in the order of asking.
func (b *Board) byTurn(x, y string, turns map[string]Turn) int {
	r, s := b.Requests[x], b.Requests[y]
	if r.Jumped > 0 || s.Jumped > 0 {
		return cmp.Compare(last(r.Jumped), last(s.Jumped))
	}
	return cmp.Or(turns[x].At.Compare(turns[y].At), cmp.Compare(turns[x].Rank, turns[y].Rank), cmp.Compare(r.Seq, s.Seq))
}

// last puts what has not jumped behind all that has.
func last(jump int64) int64 {
	if jump == 0 {
		return 1 << 62
	}
	return jump
}

// AtClosing is what would have come of the requests if nothing had been given
// before the closing: all asked again on empty courses, by Turn. It is a
// comparison only, and cannot be published: places were given since.
func (b *Board) AtClosing(p Plan, turns map[string]Turn) *Board {
	anew := &Board{Offerings: map[string]*Offering{}, Requests: map[string]*Asked{}, Jumps: b.Jumps}
	for id, o := range b.Offerings {
		capacity := o.Capacity
		if to, changed := p.Capacities[id]; changed && to >= o.Taken {
			capacity = to
		}
		anew.Offerings[id] = &Offering{Capacity: capacity, Closed: o.Closed}
	}
	var asking []string
	for id, r := range b.Requests {
		if r.State.Active() {
			asking = append(asking, id)
		}
	}
	slices.SortFunc(asking, func(x, y string) int { return cmp.Or(b.byTurn(x, y, turns), cmp.Compare(x, y)) })
	for _, id := range asking {
		anew.must(Ask{*b.Requests[id]})
	}
	return anew
}

// Difference is what a dry run changes for one request.
type Difference struct {
	Kind          DifferenceKind
	Request       string
	Offering      string
	Before, After Stand
	Nth           int    // among those offered a place of the offering, from 1
	Instead       string // Passed: who is served before it; Keeps: who would have had the place
}

// Stand is where a request stands.
type Stand struct {
	State    RequestState
	Position int64 // in its list, from 1
}

// DifferenceKind says in what a dry run changes something for a request.
type DifferenceKind string

// The kinds, in the order in which they are shown. Keeps and Lacks compare with
// AtClosing and change nothing: no place is taken back.
const (
	Gains    DifferenceKind = "gains"    // is offered a place
	GainsOut DifferenceKind = "out"      // is offered a place, out of the order of the list
	Passed   DifferenceKind = "passed"   // the first of the list, and another is served at closing
	Advances DifferenceKind = "advances" // waits nearer to the front
	Keeps    DifferenceKind = "keeps"    // holds a place that the closing would have given to another
	Lacks    DifferenceKind = "lacks"    // would have had a place at closing
)

var kindOrder = []DifferenceKind{Gains, GainsOut, Passed, Advances, Keeps, Lacks}

// Compare lists for whom the plan changes something, by kind, then by offering
// and place in line. closing is nil, or what AtClosing gives.
func Compare(before, after, closing *Board, steps []Step) []Difference {
	var all []Difference
	stands, becomes := before.stands(), after.stands()
	for _, step := range steps {
		for i, id := range step.Offers {
			kind := Gains
			if slices.Contains(step.Jumps, id) {
				kind = GainsOut
			}
			all = append(all, Difference{Kind: kind, Request: id, Offering: step.Offering, Before: stands[id], After: becomes[id], Nth: i + 1})
		}
		passed := 0
		for i, id := range before.Offerings[step.Offering].Queue {
			o := Difference{Kind: Advances, Request: id, Offering: step.Offering, Before: stands[id], After: becomes[id]}
			switch {
			case becomes[id].State == Waiting && i < len(step.Offers):
				o.Kind, o.Instead = Passed, step.Jumps[min(passed, len(step.Jumps)-1)]
				passed++
			case becomes[id].State != Waiting || becomes[id].Position == stands[id].Position:
				continue
			}
			all = append(all, o)
		}
	}
	if closing != nil {
		all = append(all, kept(stands, becomes, after, closing)...)
	}
	slices.SortStableFunc(all, func(x, y Difference) int {
		return cmp.Or(slices.Index(kindOrder, x.Kind)-slices.Index(kindOrder, y.Kind), cmp.Compare(x.Offering, y.Offering),
			cmp.Compare(x.Nth, y.Nth), cmp.Compare(x.Before.Position, y.Before.Position), cmp.Compare(x.Request, y.Request))
	})
	return all
}

// kept lists who keeps a place that the closing would not have given, and who
// lacks one for it.
func kept(stands, becomes map[string]Stand, after, closing *Board) []Difference {
	keeps, lacks := map[string][]Difference{}, map[string][]Difference{}
	for _, id := range slices.Sorted(maps.Keys(becomes)) {
		r := after.Requests[id]
		has, would := r.State.holds(), closing.Requests[id] != nil && closing.Requests[id].State.holds()
		o := Difference{Request: id, Offering: r.Offering, Before: stands[id], After: becomes[id]}
		switch {
		case has && !would:
			o.Kind = Keeps
			keeps[r.Offering] = append(keeps[r.Offering], o)
		case !has && would:
			o.Kind = Lacks
			lacks[r.Offering] = append(lacks[r.Offering], o)
		}
	}
	var all []Difference
	for offering, found := range keeps {
		for i := range found {
			if i < len(lacks[offering]) {
				found[i].Instead, lacks[offering][i].Instead = lacks[offering][i].Request, found[i].Request
			}
		}
		all = append(all, found...)
	}
	for _, found := range lacks {
		all = append(all, found...)
	}
	return all
}

// stands is where every active request of the board stands.
func (b *Board) stands() map[string]Stand {
	all := make(map[string]Stand, len(b.Requests))
	for id, r := range b.Requests {
		if r.State.Active() {
			all[id] = Stand{State: r.State}
		}
	}
	for _, o := range b.Offerings {
		for i, id := range o.Queue {
			all[id] = Stand{Waiting, int64(i + 1)}
		}
	}
	return all
}
