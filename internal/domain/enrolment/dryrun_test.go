package enrolment

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// inTurn writes turns: the dossiers by name, the first to be served first.
func inTurn(names string) map[string]Turn {
	turns := map[string]Turn{}
	for i, name := range strings.Fields(names) {
		turns[name] = Turn{At: noon.Add(time.Duration(i) * time.Minute), Rank: int64(i + 1)}
	}
	return turns
}

// says writes what a plan changes: « gains b offered 1; advances c waiting 2→1 ».
func (d Difference) says() string {
	stand := func(s Stand) string {
		if s.State == Waiting {
			return fmt.Sprint(s.Position)
		}
		return string(s.State)
	}
	said := fmt.Sprintf("%s %s %s→%s", d.Kind, d.Request, stand(d.Before), stand(d.After))
	if d.Instead != "" {
		said += " for " + d.Instead
	}
	return said
}

func TestADryRunSaysWhomItServes(t *testing.T) {
	asked := []Command{asks("a", "piano", 1), asks("b", "piano", 2), asks("c", "piano", 3), asks("d", "piano", 4)}
	then := func(more ...Command) []Command { return append(slices.Clone(asked), more...) }
	for _, row := range []struct {
		says     string
		places   string
		commands []Command
		plan     Plan
		turns    string
		want     string
		steps    string
	}{
		{"two places more go to the first two", "piano 1", asked, Plan{Capacities: map[string]int64{"piano": 3}}, "",
			"gains b 1→offered, gains c 2→offered, advances d 3→1", "piano 1→3 [] [b c]"},
		{"nothing changed", "piano 1", asked, Plan{Capacities: map[string]int64{"piano": 1}}, "", "", ""},
		{"more places than wait", "piano 3", asked, Plan{Capacities: map[string]int64{"piano": 9}}, "", "gains d 1→offered", "piano 3→9 [] [d]"},
		{"fewer places, none taken", "piano 6", asked, Plan{Capacities: map[string]int64{"piano": 4}}, "", "", "piano 6→4 [] []"},
		{"a course that is not there", "piano 4", asked, Plan{Capacities: map[string]int64{"banjo": 4}}, "", "", ""},
		{"at closing in the same order", "piano 1", asked, Plan{map[string]int64{"piano": 2}, true}, "a b c d",
			"gains b 1→offered, advances c 2→1, advances d 3→2", "piano 1→2 [] [b]"},
		{"at closing one comes before those who wait in front", "piano 1", asked, Plan{map[string]int64{"piano": 2}, true}, "a d b c",
			"out d 3→offered, passed b 1→1 for d", "piano 1→2 [d] [d]"},
		{"who is served in place does not jump", "piano 1", asked, Plan{map[string]int64{"piano": 3}, true}, "a d b c",
			"gains b 1→offered, out d 3→offered, passed c 2→1 for d", "piano 1→3 [d] [d b]"},
		{"a place given stays where the closing would have moved it", "piano 1", asked, Plan{AtClosing: true}, "c a b d",
			"keeps a place→place for c, lacks c 2→2 for a", ""},
		{"and an offer stays", "piano 1", then(Leave{"a", Returned}), Plan{AtClosing: true}, "d b c",
			"keeps b offered→offered for d, lacks d 2→2 for b", ""},
		{"a jump of before comes first at closing too", "piano 1", then(Jump{"d"}), Plan{map[string]int64{"piano": 2}, true}, "a b c d",
			"gains d 1→offered, advances b 2→1, advances c 3→2", "piano 1→2 [] [d]"},
	} {
		t.Run(row.says, func(t *testing.T) {
			b := boardOf(row.places)
			for _, c := range row.commands {
				b.must(c)
			}
			before := said(b)
			after, steps, refused := b.Rehearse(row.plan, inTurn(row.turns))
			var closing *Board
			if row.plan.AtClosing {
				closing = b.AtClosing(row.plan, inTurn(row.turns))
			}
			var got, did []string
			for _, d := range Compare(b, after, closing, steps) {
				got = append(got, d.says())
			}
			for _, s := range steps {
				did = append(did, fmt.Sprintf("%s %d→%d %v %v", s.Offering, s.From, s.To, s.Jumps, s.Offers))
			}
			if len(refused) > 0 || strings.Join(got, ", ") != row.want || strings.Join(did, ", ") != row.steps {
				t.Errorf("want %q by %q,\n got %q by %q, refused %v", row.want, row.steps, strings.Join(got, ", "), strings.Join(did, ", "), refused)
			}
			if said(b) != before {
				t.Errorf("the real board has moved: from %q to %q", before, said(b))
			}
		})
	}
	b := boardOf("piano 3")
	for _, c := range asked {
		b.must(c)
	}
	if after, steps, refused := b.Rehearse(Plan{Capacities: map[string]int64{"piano": 2}}, nil); said(after) != said(b) || steps != nil || !slices.Equal(refused, []TooFew{{"piano", 3, 2}}) {
		t.Errorf("fewer places than are taken: got %q, %v, %v", said(after), steps, refused)
	}
}

// TestADryRunTakesNothingBack runs any plan on any board.
func TestADryRunTakesNothingBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b, turns := anyBoard(t)
		plan := Plan{AtClosing: rapid.Bool().Draw(t, "at closing"), Capacities: map[string]int64{}}
		for _, id := range slices.Sorted(maps.Keys(b.Offerings)) {
			if rapid.Bool().Draw(t, "changed") {
				plan.Capacities[id] = rapid.Int64Range(0, 8).Draw(t, "places")
			}
		}
		after, steps, refused := b.Rehearse(plan, turns)
		if err := after.Check(); err != nil {
			t.Fatalf("the board of the dry run: %v", err)
		}
		for id, r := range b.Requests {
			if is := after.Requests[id].State; r.State != is && !(r.State == Waiting && is == Offered) {
				t.Fatalf("%s went from %s to %s", id, r.State, is)
			}
		}
		closing := b.AtClosing(plan, turns)
		if err := closing.Check(); err != nil {
			t.Fatalf("the board at closing: %v", err)
		}
		if !plan.AtClosing {
			closing = nil
		}
		for _, d := range Compare(b, after, closing, steps) {
			if holds := d.Before.State.holds(); holds != (d.Kind == Keeps) || d.After.State != after.Requests[d.Request].State {
				t.Fatalf("%s is said of one that is %s, and becomes %s", d.says(), d.Before.State, after.Requests[d.Request].State)
			}
		}
		// The steps alone, on the real board, lead to the same one.
		played := b.Clone()
		for _, s := range steps {
			served := s.To - played.Offerings[s.Offering].Taken
			first := slices.SortedFunc(slices.Values(played.Offerings[s.Offering].Queue), func(x, y string) int { return played.byTurn(x, y, turns) })
			for _, id := range s.Jumps {
				played.must(Jump{id})
			}
			var offered []string
			for _, c := range played.must(SetCapacity{s.Offering, s.To}) {
				offered = append(offered, c.Request)
			}
			if !slices.Equal(offered, s.Offers) {
				t.Fatalf("step %+v offers %v", s, offered)
			}
			want := first[:min(max(served, 0), int64(len(first)))]
			if plan.AtClosing && !slices.Equal(slices.Sorted(slices.Values(offered)), slices.Sorted(slices.Values(want))) {
				t.Fatalf("at closing the first by turn are %v, served are %v", want, offered)
			}
			if !plan.AtClosing && len(s.Jumps) > 0 {
				t.Fatalf("as they come, %v jump", s.Jumps)
			}
		}
		if said(played) != said(after) {
			t.Fatalf("played: %s\nshown: %s", said(played), said(after))
		}
		// Taken back in one act, everything stands as before.
		for _, s := range steps {
			back := TakeOffersBack{s.Offering, s.From, map[string]int64{}}
			for _, id := range s.Offers {
				if !slices.Contains(s.Jumps, id) {
					back.Offers[id] = after.Requests[id].Jumped
				} else {
					back.Offers[id] = 0
				}
			}
			after.must(back)
		}
		if said(after) != said(b) {
			t.Fatalf("taken back: %s\nbefore: %s", said(after), said(b))
		}
		for _, r := range refused {
			if r.Wanted >= b.Offerings[r.Offering].Taken {
				t.Fatalf("%+v is refused, and %d are taken", r, b.Offerings[r.Offering].Taken)
			}
		}
	})
}

// anyBoard draws a board, and the turns of its requests.
func anyBoard(t *rapid.T) (*Board, map[string]Turn) {
	b, turns := boardOf("piano 2", "alto 1", "choeur 3"), map[string]Turn{}
	for i := range rapid.Int64Range(0, 14).Draw(t, "requests") {
		id := fmt.Sprint("r", i)
		b.must(asks(id, rapid.SampledFrom(slices.Sorted(maps.Keys(b.Offerings))).Draw(t, "offering"), i))
		turns[id] = Turn{At: noon.Add(time.Duration(rapid.Int64Range(0, 9).Draw(t, "turn")) * time.Minute)}
	}
	for range rapid.IntRange(0, 6).Draw(t, "moves") {
		id := fmt.Sprint("r", rapid.IntRange(0, 13).Draw(t, "request"))
		c := rapid.SampledFrom([]Command{Leave{id, Returned}, Leave{id, Declined}, Jump{id}, Accept{id}}).Draw(t, "move")
		_, _ = b.Apply(c) // one that it refuses changes nothing
	}
	if rapid.IntRange(0, 9).Draw(t, "closed") == 0 {
		b.must(CloseList{"alto"})
	}
	return b, turns
}

// BenchmarkDryRun rehearses, at closing, on 200 courses and the requests of 5,000 dossiers.
func BenchmarkDryRun(b *testing.B) {
	board, turns, plan := boardOf(), map[string]Turn{}, Plan{AtClosing: true, Capacities: map[string]int64{}}
	for i := range 200 {
		id := fmt.Sprint("course", i)
		board.Offerings[id] = &Offering{Capacity: 40}
		plan.Capacities[id] = 45
	}
	for i := range int64(10000) {
		id := fmt.Sprint("r", i)
		board.must(asks(id, fmt.Sprint("course", i*i%200), i))
		turns[id] = Turn{At: noon.Add(time.Duration(i*7919%10000) * time.Second), Rank: i}
	}
	for b.Loop() {
		after, steps, _ := board.Rehearse(plan, turns)
		Compare(board, after, board.AtClosing(plan, turns), steps)
	}
}
