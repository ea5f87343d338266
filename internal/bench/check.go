package bench

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"pupitre/internal/domain/correspondence"
	"pupitre/internal/domain/enrolment"
	"pupitre/internal/platform/db"
)

// Ack is a « Valider » that was answered, by the client's own clock.
type Ack struct {
	Pupil          string
	SentAt, ReadAt time.Duration // since the campaign opened: before the first byte left, after the last was read
}

// Evidence is what a rush leaves behind.
type Evidence struct {
	Board    *enrolment.Board
	Kept     enrolment.Kept
	Receipts map[string]int // mails « Demande reçue », by dossier
	Acks     []Ack
}

// Gather reads the evidence of the season's rush from the store.
func Gather(ctx context.Context, r db.Reader, season string, acks []Ack) (Evidence, error) {
	e := Evidence{Receipts: map[string]int{}, Acks: acks}
	var err error
	if e.Board, err = enrolment.BoardOf(ctx, r, season); err != nil {
		return e, err
	}
	if e.Kept, err = enrolment.Everything(ctx, r); err != nil {
		return e, err
	}
	mails, err := correspondence.OfKind(ctx, r, enrolment.MailReceived)
	for _, m := range mails {
		e.Receipts[m.Dossier]++
	}
	return e, err
}

// Breaches says every promise that the rush broke: ranks, places and lists by
// the pure board, answers and mails, and the order that clients could see.
func (e Evidence) Breaches() []string {
	var b breaches
	e.ranks(&b)
	if err := e.Board.Check(); err != nil {
		b.add("the board: %v", err)
	}
	e.replay(&b)
	e.acknowledged(&b)
	e.receipts(&b)
	e.seenOrder(&b)
	return b.all
}

type breaches struct{ all []string }

func (b *breaches) add(format string, args ...any) {
	b.all = append(b.all, fmt.Sprintf(format, args...))
}

// ranked lists the dossiers that have a rank, in its order.
func (e Evidence) ranked() []enrolment.Dossier {
	ranked := slices.DeleteFunc(slices.Clone(e.Kept.Dossiers), func(d enrolment.Dossier) bool { return d.Rank == 0 })
	slices.SortFunc(ranked, func(a, b enrolment.Dossier) int { return cmp.Compare(a.Rank, b.Rank) })
	return ranked
}

// ranks: 1 to n without gap or double, later ones completed later.
func (e Evidence) ranks(b *breaches) {
	ranked := e.ranked()
	for i, d := range ranked {
		if want := int64(i + 1); d.Rank != want {
			b.add("ranks: %s has rank %d where %d is next", d.Label(), d.Rank, want)
		}
		if i > 0 && !d.CompleteAt.After(ranked[i-1].CompleteAt) {
			b.add("ranks: %s (%d) was not completed after %s (%d)", d.Label(), d.Rank, ranked[i-1].Label(), ranked[i-1].Rank)
		}
	}
	if want := int64(len(ranked)) + 1; e.Kept.NextRank != want {
		b.add("ranks: the next rank is %d, after %d dossiers", e.Kept.NextRank, len(ranked))
	}
}

// replay asks the pure board for everything once more, in the order of the
// ranks: it must give each request what the product gave it. Nobody then has
// passed one who waited before.
func (e Evidence) replay(b *breaches) {
	again := &enrolment.Board{Offerings: map[string]*enrolment.Offering{}, Requests: map[string]*enrolment.Asked{}}
	for id, o := range e.Board.Offerings {
		again.Offerings[id] = &enrolment.Offering{Capacity: o.Capacity, Closed: o.Closed}
	}
	of := map[string][]enrolment.Request{}
	for _, r := range e.Kept.Requests { // in the order of asking
		of[r.Dossier] = append(of[r.Dossier], r)
	}
	for _, d := range e.ranked() {
		if len(of[d.ID]) != len(d.Choice) {
			b.add("places: %s chose %d courses and asked for %d", d.Label(), len(d.Choice), len(of[d.ID]))
		}
		for _, r := range of[d.ID] {
			asked := enrolment.Asked{ID: r.ID, Offering: r.Offering, ReceivedAt: r.ReceivedAt, Seq: r.Seq, Jumped: r.Jumped}
			changes, err := again.Apply(enrolment.Ask{Request: asked})
			if err != nil {
				b.add("places: %s: %v", d.Label(), err)
			} else if changes[0].To != r.State {
				b.add("places: %s (rank %d) is « %s » for %s, in the order of the ranks « %s »", d.Label(), d.Rank, r.State, r.Offering, changes[0].To)
			}
		}
	}
}

// acknowledged: what was answered « reçu » is there, complete and once.
func (e Evidence) acknowledged(b *breaches) {
	of := map[string]enrolment.Dossier{}
	for _, d := range e.Kept.Dossiers {
		of[d.Pupil] = d
	}
	answered := map[string]bool{}
	for _, a := range e.Acks {
		if d := of[a.Pupil]; !d.State.Ranked() || d.Rank == 0 {
			b.add("answers: the dossier of pupil %s was acknowledged and is %q", a.Pupil, d.State)
		}
		if answered[a.Pupil] {
			b.add("answers: the dossier of pupil %s was acknowledged twice", a.Pupil)
		}
		answered[a.Pupil] = true
	}
}

// receipts: one mail « Demande reçue » a dossier.
func (e Evidence) receipts(b *breaches) {
	known := map[string]bool{}
	for _, d := range e.ranked() {
		known[d.ID] = true
		if n := e.Receipts[d.ID]; n != 1 {
			b.add("mails: %s has %d receipts", d.Label(), n)
		}
	}
	for id, n := range e.Receipts {
		if !known[id] {
			b.add("mails: %d receipts for %s, which has no rank", n, id)
		}
	}
}

// seenOrder: a dossier sent after another's answer was read never has a smaller rank.
func (e Evidence) seenOrder(b *breaches) {
	ranks := map[string]int64{}
	for _, d := range e.Kept.Dossiers {
		ranks[d.Pupil] = d.Rank
	}
	sent := slices.SortedFunc(slices.Values(e.Acks), func(x, y Ack) int { return cmp.Compare(x.SentAt, y.SentAt) })
	read := slices.SortedFunc(slices.Values(e.Acks), func(x, y Ack) int { return cmp.Compare(x.ReadAt, y.ReadAt) })
	highest, next := int64(0), 0
	for _, a := range sent {
		for next < len(read) && read[next].ReadAt < a.SentAt {
			highest = max(highest, ranks[read[next].Pupil])
			next++
		}
		if rank := ranks[a.Pupil]; rank != 0 && rank < highest {
			b.add("order: pupil %s, sent after rank %d was read, has rank %d", a.Pupil, highest, rank)
		}
	}
}

// overtaken counts the dossiers that were ranked behind one that reached the
// first middleware later.
func overtaken(arrivals []arrival, dossiers []enrolment.Dossier) int {
	first := map[string]time.Time{}
	for _, a := range arrivals {
		if at, again := first[a.pupil]; !again || a.at.Before(at) {
			first[a.pupil] = a.at
		}
	}
	var ranked []enrolment.Dossier
	for _, d := range dossiers {
		if _, told := first[d.Pupil]; told && d.Rank > 0 {
			ranked = append(ranked, d)
		}
	}
	slices.SortFunc(ranked, func(a, b enrolment.Dossier) int {
		return cmp.Or(first[b.Pupil].Compare(first[a.Pupil]), cmp.Compare(b.Rank, a.Rank))
	})
	n, smallest := 0, int64(0) // from the last to arrive to the first
	for _, d := range ranked {
		if smallest != 0 && d.Rank > smallest {
			n++
		}
		if smallest == 0 || d.Rank < smallest {
			smallest = d.Rank
		}
	}
	return n
}
