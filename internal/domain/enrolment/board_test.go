package enrolment

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// boardOf makes a board of offerings written « piano 2 ».
func boardOf(offerings ...string) *Board {
	b := &Board{Offerings: map[string]*Offering{}, Requests: map[string]*Asked{}}
	for _, o := range offerings {
		var id string
		var capacity int64
		if _, err := fmt.Sscan(o, &id, &capacity); err != nil {
			panic(err)
		}
		b.Offerings[id] = &Offering{Capacity: capacity}
	}
	return b
}

var noon = time.Date(2027, 6, 5, 12, 0, 0, 0, time.UTC)

// asks makes the n-th request, received n minutes past noon.
func asks(id, offering string, n int64) Ask {
	return Ask{Asked{ID: id, Offering: offering, ReceivedAt: noon.Add(time.Duration(n) * time.Minute), Seq: n}}
}

// swaps has two requests change places; the new ones have a 2 behind their name.
func swaps(one, of, other, ofOther string) Swap {
	return Swap{One: one, Other: other, ToOther: asks(one+"2", ofOther, 90).Request, ToOne: asks(other+"2", of, 91).Request}
}

// said writes what a board says: « a place, b offered, c waiting 1 ».
func said(b *Board) string {
	var parts []string
	for id, r := range b.Requests {
		part := id + " " + string(r.State)
		if r.State == Waiting {
			part += fmt.Sprint(" ", slices.Index(b.Offerings[r.Offering].Queue, id)+1)
		}
		parts = append(parts, part)
	}
	slices.Sort(parts)
	return strings.Join(parts, ", ")
}

func TestBoard(t *testing.T) {
	three := []Command{asks("a", "piano", 1), asks("b", "piano", 2), asks("c", "piano", 3)}
	then := func(more ...Command) []Command { return append(slices.Clone(three), more...) }
	for _, row := range []struct {
		says     string
		places   string
		commands []Command
		want     string
	}{
		{"places go in order, the rest waits", "piano 1", three, "a place, b waiting 1, c waiting 2"},
		{"no place at all", "piano 0", three, "a waiting 1, b waiting 2, c waiting 3"},
		{"a place given back is offered to the first in line", "piano 1", then(Leave{"a", Returned}), "a returned, b offered, c waiting 1"},
		{"and not left for a new request", "piano 1", then(Leave{"a", Returned}, asks("d", "piano", 4)), "a returned, b offered, c waiting 1, d waiting 2"},
		{"an offer accepted", "piano 1", then(Leave{"a", Returned}, Accept{"b"}), "a returned, b place, c waiting 1"},
		{"an offer declined goes to the next", "piano 1", then(Leave{"a", Returned}, Leave{"b", Declined}), "a returned, b declined, c offered"},
		{"one that waits leaves: the others move up", "piano 1", then(Leave{"b", Returned}), "a place, b returned, c waiting 1"},
		{"the last place given back with nobody in line is free for a new one", "piano 3", then(Leave{"a", Returned}, asks("d", "piano", 4)), "a returned, b place, c place, d place"},
		{"capacity raised by two is offered in order", "piano 1", then(SetCapacity{"piano", 3}), "a place, b offered, c offered"},
		{"capacity lowered to what is taken", "piano 3", then(Leave{"c", Returned}, SetCapacity{"piano", 2}, asks("d", "piano", 4)), "a place, b place, c returned, d waiting 1"},
		{"a jump goes first", "piano 1", then(Jump{"c"}), "a place, b waiting 2, c waiting 1"},
		{"a swap gives each the other's place, and offers nothing", "piano 1 alto 1", then(asks("d", "alto", 4), swaps("a", "piano", "d", "alto")),
			"a returned, a2 place, b waiting 1, c waiting 2, d returned, d2 place"},
		{"offers taken back wait where they stood", "piano 1", then(Jump{"c"}, SetCapacity{"piano", 3}, TakeOffersBack{"piano", 1, map[string]int64{"b": 0, "c": 0}}),
			"a place, b waiting 1, c waiting 2"},
		{"offers taken back keep an earlier jump", "piano 1", then(Jump{"c"}, SetCapacity{"piano", 2}, TakeOffersBack{"piano", 1, map[string]int64{"c": 1}}),
			"a place, b waiting 2, c waiting 1"},
		{"a capacity taken back that nobody has used", "piano 4", then(SetCapacity{"piano", 6}, TakeOffersBack{"piano", 3, nil}), "a place, b place, c place"},
		{"a second jump goes behind the first", "piano 0", then(Jump{"c"}, Jump{"b"}), "a waiting 3, b waiting 2, c waiting 1"},
		{"a request received on paper before noon stands before those after", "piano 1", then(asks("d", "piano", -5)), "a place, b waiting 2, c waiting 3, d waiting 1"},
		{"but behind a jump", "piano 1", then(Jump{"c"}, asks("d", "piano", -5)), "a place, b waiting 3, c waiting 1, d waiting 2"},
		{"received at the same instant, the one asked first stands first", "piano 0", []Command{
			Ask{Asked{ID: "b", Offering: "piano", ReceivedAt: noon, Seq: 2}}, Ask{Asked{ID: "a", Offering: "piano", ReceivedAt: noon, Seq: 1}}}, "a waiting 1, b waiting 2"},
		{"a list closed: nobody waits", "piano 1", then(CloseList{"piano"}), "a place, b ended, c ended"},
		{"in a closed list a place given back stays free for a new request", "piano 1", then(CloseList{"piano"}, Leave{"a", Returned}, asks("d", "piano", 4)), "a returned, b ended, c ended, d place"},
		{"and a request that finds none ends at once", "piano 1", then(CloseList{"piano"}, asks("d", "piano", 4)), "a place, b ended, c ended, d ended"},
		{"one offering does not touch another", "piano 1", then(asks("d", "alto", 4), Leave{"a", Returned}), "a returned, b offered, c waiting 1, d place"},
	} {
		t.Run(row.says, func(t *testing.T) {
			b := boardOf(row.places, "alto 1")
			for _, c := range row.commands {
				if _, err := b.Apply(c); err != nil {
					t.Fatalf("%#v: %v", c, err)
				}
				if err := b.Check(); err != nil {
					t.Fatalf("after %#v: %v", c, err)
				}
			}
			if got := said(b); got != row.want {
				t.Errorf("want %q, got %q", row.want, got)
			}
		})
	}
}

func TestBoardRefuses(t *testing.T) {
	for _, row := range []struct {
		says    string
		command Command
	}{
		{"a request asked twice", asks("a", "piano", 9)},
		{"an offering that is not there", asks("z", "banjo", 9)},
		{"to accept a place that is not offered", Accept{"b"}},
		{"to accept for nobody", Accept{"z"}},
		{"a leave to an active state", Leave{"a", Place}},
		{"a leave to nowhere", Leave{"a", ""}},
		{"a second leave", Leave{"c", Returned}},
		{"a capacity below what is taken", SetCapacity{"piano", 0}},
		{"a jump of one that holds a place", Jump{"a"}},
		{"a swap with one that waits", swaps("a", "piano", "b", "piano")},
		{"a swap within one course", Swap{One: "a", Other: "a"}},
		{"an offer taken back that is none", TakeOffersBack{"piano", 0, map[string]int64{"a": 0}}},
		{"a capacity taken back below what is taken", TakeOffersBack{"piano", 0, nil}},
		{"to close a list that is not there", CloseList{"banjo"}},
	} {
		t.Run(row.says, func(t *testing.T) {
			b := boardOf("piano 1")
			for _, c := range []Command{asks("a", "piano", 1), asks("b", "piano", 2), asks("c", "piano", 3), Leave{"c", Returned}} {
				if _, err := b.Apply(c); err != nil {
					t.Fatal(err)
				}
			}
			before := said(b)
			changes, err := b.Apply(row.command)
			var refused *CannotApply
			if !errors.As(err, &refused) || changes != nil {
				t.Errorf("want CannotApply, got %v, %v", changes, err)
			}
			if after := said(b); after != before {
				t.Errorf("the board has changed: from %q to %q", before, after)
			}
		})
	}
}

// TestCheckSees puts one wrong thing on a right board.
func TestCheckSees(t *testing.T) {
	for _, row := range []struct {
		says  string
		spoil func(b *Board)
	}{
		{"more places held than there are", func(b *Board) { b.Offerings["piano"].Capacity = 0 }},
		{"a count that is not what is held", func(b *Board) { b.Offerings["piano"].Taken = 0 }},
		{"somebody waiting beside a free place", func(b *Board) { b.Offerings["piano"].Capacity = 2 }},
		{"a list in the wrong order", func(b *Board) { slices.Reverse(b.Offerings["piano"].Queue) }},
		{"a jump that was not served first", func(b *Board) { b.Requests["c"].Jumped = 1 }},
		{"one in the list twice", func(b *Board) { q := b.Offerings["piano"]; q.Queue = append(q.Queue, "c") }},
		{"one waiting that is in no list", func(b *Board) { b.Offerings["piano"].Queue = []string{"b"} }},
		{"one in the list that does not wait", func(b *Board) { b.Requests["c"].State = Declined }},
		{"a list that is closed and not empty", func(b *Board) { b.Offerings["piano"].Closed = true }},
	} {
		t.Run(row.says, func(t *testing.T) {
			b := boardOf("piano 1")
			for _, c := range []Command{asks("a", "piano", 1), asks("b", "piano", 2), asks("c", "piano", 3)} {
				if _, err := b.Apply(c); err != nil {
					t.Fatal(err)
				}
			}
			if err := b.Check(); err != nil {
				t.Fatalf("a right board: %v", err)
			}
			row.spoil(b)
			if err := b.Check(); err == nil {
				t.Error("Check found nothing wrong")
			}
		})
	}
}

// oracle says the same as the board in the plainest way: one list of all
// requests, and everything else counted again from it each time.
type oracle struct {
	capacity map[string]int64
	closed   map[string]bool
	all      []*Asked
	jumps    int64
}

func (o *oracle) held(offering string) (n int64) {
	for _, r := range o.all {
		if r.Offering == offering && (r.State == Place || r.State == Offered) {
			n++
		}
	}
	return n
}

// line is who waits: the jumps in the order they were made, then by receipt, then by asking.
func (o *oracle) line(offering string) []*Asked {
	var line []*Asked
	for _, r := range o.all {
		if r.Offering == offering && r.State == Waiting {
			line = append(line, r)
		}
	}
	slices.SortFunc(line, func(a, b *Asked) int {
		last := int64(1) << 40
		jump := func(r *Asked) int64 {
			if r.Jumped == 0 {
				return last
			}
			return r.Jumped
		}
		return cmp.Or(cmp.Compare(jump(a), jump(b)), a.ReceivedAt.Compare(b.ReceivedAt), cmp.Compare(a.Seq, b.Seq))
	})
	return line
}

func (o *oracle) find(id string) *Asked {
	for _, r := range o.all {
		if r.ID == id {
			return r
		}
	}
	return nil
}

// obey returns false when the command cannot be obeyed.
func (o *oracle) obey(c Command) bool {
	switch c := c.(type) {
	case Ask:
		r := c.Request
		_, known := o.capacity[r.Offering]
		switch {
		case !known || o.find(r.ID) != nil:
			return false
		case o.held(r.Offering) < o.capacity[r.Offering]:
			r.State = Place
		case o.closed[r.Offering]:
			r.State = Ended
		default:
			r.State = Waiting
		}
		o.all = append(o.all, &r)
	case Leave:
		r := o.find(c.Request)
		if r == nil || r.State != Place && r.State != Offered && r.State != Waiting {
			return false
		}
		r.State = c.To
		o.serve(r.Offering)
	case Accept:
		r := o.find(c.Request)
		if r == nil || r.State != Offered {
			return false
		}
		r.State = Place
	case SetCapacity:
		if _, known := o.capacity[c.Offering]; !known || o.held(c.Offering) > c.Capacity {
			return false
		}
		o.capacity[c.Offering] = c.Capacity
		o.serve(c.Offering)
	case Jump:
		r := o.find(c.Request)
		if r == nil || r.State != Waiting {
			return false
		}
		o.jumps++
		r.Jumped = o.jumps
	case Swap:
		return o.swap(c)
	case TakeOffersBack:
		return o.takeBack(c)
	case CloseList:
		if _, known := o.capacity[c.Offering]; !known {
			return false
		}
		o.closed[c.Offering] = true
		for _, r := range o.line(c.Offering) {
			r.State = Ended
		}
	}
	return true
}

func (o *oracle) swap(c Swap) bool {
	one, other := o.find(c.One), o.find(c.Other)
	if one == nil || other == nil || one.State != Place || other.State != Place || one.Offering == other.Offering {
		return false
	}
	one.State, other.State = Returned, Returned
	for _, r := range []Asked{c.ToOther, c.ToOne} {
		if len(o.line(r.Offering)) > 0 {
			o.jumps++
			r.Jumped = o.jumps
		}
		r.State = Place
		o.all = append(o.all, &r)
	}
	return true
}

// takeBack tries, and undoes what leaves a place free beside somebody who waits.
func (o *oracle) takeBack(c TakeOffersBack) bool {
	capacity, known := o.capacity[c.Offering]
	if !known {
		return false
	}
	was := map[*Asked]int64{}
	for id, jumped := range c.Offers {
		r := o.find(id)
		if r == nil || r.State != Offered || r.Offering != c.Offering {
			for r, jumped := range was {
				r.State, r.Jumped = Offered, jumped
			}
			return false
		}
		was[r] = r.Jumped
		r.State, r.Jumped = Waiting, jumped
	}
	o.capacity[c.Offering] = c.Capacity
	held, waits := o.held(c.Offering), len(o.line(c.Offering)) > 0
	if held > c.Capacity || waits && (held < c.Capacity || o.closed[c.Offering]) {
		o.capacity[c.Offering] = capacity
		for r, jumped := range was {
			r.State, r.Jumped = Offered, jumped
		}
		return false
	}
	return true
}

func (o *oracle) serve(offering string) {
	for _, r := range o.line(offering) {
		if o.held(offering) < o.capacity[offering] {
			r.State = Offered
		}
	}
}

// TestBoardAgreesWithAPlainOracle runs any commands, right and wrong.
func TestBoardAgreesWithAPlainOracle(t *testing.T) {
	offerings := []string{"piano", "alto", "banjo"} // banjo is not on the board
	rapid.Check(t, func(t *rapid.T) {
		b := boardOf("piano 1", "alto 2")
		o := &oracle{capacity: map[string]int64{"piano": 1, "alto": 2}, closed: map[string]bool{}}
		asked := int64(0)
		request := func() string { return fmt.Sprint("r", rapid.Int64Range(1, asked+1).Draw(t, "request")) }
		offering := func() string { return rapid.SampledFrom(offerings).Draw(t, "offering") }
		try := func(c Command) {
			states := map[string]RequestState{}
			for id, r := range b.Requests {
				states[id] = r.State
			}
			changes, err := b.Apply(c)
			if obeyed := o.obey(c); obeyed != (err == nil) {
				t.Fatalf("%#v: obeyed by the oracle: %v, by the board: %v", c, obeyed, err)
			}
			for _, change := range changes {
				if states[change.Request] != change.From || b.Requests[change.Request].State != change.To {
					t.Fatalf("%#v tells %+v, and the request went from %q to %q", c, change, states[change.Request], b.Requests[change.Request].State)
				}
				delete(states, change.Request)
			}
			for id, was := range states {
				if is := b.Requests[id].State; is != was {
					t.Fatalf("%#v does not tell that %s went from %s to %s", c, id, was, is)
				}
			}
		}
		t.Repeat(map[string]func(*rapid.T){
			"ask": func(t *rapid.T) {
				asked++
				received := asked
				if rapid.IntRange(0, 4).Draw(t, "on paper") == 0 {
					received -= rapid.Int64Range(0, 10).Draw(t, "minutes before")
				}
				a := asks(fmt.Sprint("r", asked), offering(), asked)
				a.Request.ReceivedAt = noon.Add(time.Duration(received) * time.Minute)
				try(a)
			},
			"leave": func(t *rapid.T) {
				try(Leave{request(), rapid.SampledFrom([]RequestState{Declined, Returned}).Draw(t, "to")})
			},
			"accept":   func(t *rapid.T) { try(Accept{request()}) },
			"capacity": func(t *rapid.T) { try(SetCapacity{offering(), rapid.Int64Range(0, 4).Draw(t, "places")}) },
			"jump":     func(t *rapid.T) { try(Jump{request()}) },
			"swap": func(t *rapid.T) {
				one, other := request(), request()
				if x, y := b.Requests[one], b.Requests[other]; x != nil && y != nil {
					c := Swap{one, other, asks(fmt.Sprint("r", asked+1), y.Offering, asked+1).Request, asks(fmt.Sprint("r", asked+2), x.Offering, asked+2).Request}
					asked += 2
					try(c)
				}
			},
			"offers taken back": func(t *rapid.T) {
				c := TakeOffersBack{offering(), rapid.Int64Range(0, 4).Draw(t, "places"), map[string]int64{}}
				for id, r := range b.Requests {
					if r.Offering == c.Offering && r.State == Offered {
						c.Offers[id] = 0
					}
				}
				if rapid.IntRange(0, 5).Draw(t, "a wrong one") == 0 {
					c.Offers[request()] = 0
				}
				try(c)
			},
			"close": func(t *rapid.T) {
				if rapid.IntRange(0, 9).Draw(t, "seldom") == 0 {
					try(CloseList{offering()})
				}
			},
			"": func(t *rapid.T) {
				if err := b.Check(); err != nil {
					t.Fatal(err)
				}
				for _, r := range o.all {
					if got := b.Requests[r.ID]; *got != *r {
						t.Fatalf("request %s: the oracle says %+v, the board %+v", r.ID, *r, *got)
					}
				}
				for id, capacity := range o.capacity {
					got := b.Offerings[id]
					if got.Capacity != capacity || got.Taken != o.held(id) {
						t.Fatalf("%s: the oracle says %d of %d, the board %d of %d", id, o.held(id), capacity, got.Taken, got.Capacity)
					}
					var line []string
					for _, r := range o.line(id) {
						line = append(line, r.ID)
					}
					if !slices.Equal(line, got.Queue) {
						t.Fatalf("%s: the oracle's line is %v, the board's %v", id, line, got.Queue)
					}
					if len(line) > 0 && o.held(id) < capacity {
						t.Fatalf("%s: %v wait beside a free place", id, line)
					}
				}
			},
		})
	})
}
