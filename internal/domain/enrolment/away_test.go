package enrolment

import (
	"context"
	"io"
	"testing"
	"time"

	"pupitre/internal/platform/db"
	"pupitre/internal/platform/db/dbtest"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/wire"
)

// acts makes a batch of which the first fails half-done, so that each is tried
// alone, and the second time does as told; tried counts the others' tries.
func acts(w *world, again func(*unit) error) (batch []*order, tried *int) {
	runs, others := 0, 0
	act := func(do func(*unit) error) *order {
		return &order{ctx: context.Background(), arrived: w.clock.Now(), do: do}
	}
	other := func(*unit) error { others++; return nil }
	first := func(u *unit) error {
		if runs++; runs == 1 {
			return errPowerCut
		}
		return again(u)
	}
	return []*order{act(first), act(other), act(other)}, &others
}

// The database goes away while a batch is tried one by one: nobody behind
// waits for it again in his turn.
func TestNobodyIsTriedBehindAnActThatFoundNoDatabase(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		w := newWorld(t, store)
		w.stop() // what follows is decided here
		batch, tried := acts(w, func(*unit) error {
			return &fault.Unavailable{Message: "away", Cause: io.ErrUnexpectedEOF}
		})
		if err := w.reg.decide(batch); !db.IsAway(err) || *tried != 0 {
			t.Errorf("got %v, and %d others were tried", err, *tried)
		}
		for i, o := range batch {
			if !db.IsAway(o.answer) {
				t.Errorf("act %d is answered %v", i, o.answer)
			}
		}
		batch, tried = acts(w, func(*unit) error { return nil })
		if err := w.reg.decide(batch); err != nil || *tried != 2 || batch[0].answer != nil || batch[2].answer != nil {
			t.Errorf("afterwards: %v, %d others tried, answered %v, %v", err, *tried, batch[0].answer, batch[2].answer)
		}
	})
}

// Nobody can tell whether an act was kept: the doubt is of that act alone, not
// of those that were never tried.
func TestTheDoubtIsOfTheActThatWasTried(t *testing.T) {
	through, _, far := dbtest.Through(t)
	store := dbtest.Open(t, through)
	w := newWorld(t, store)
	w.stop()
	store.Bound(300 * time.Millisecond)
	batch, tried := acts(w, func(u *unit) error {
		_, err := u.tx.Exec(u.ctx, `insert into throttle (key, tries, since) values ('a', 1, $1)`, w.clock.Now())
		far.Lose(wire.Silence, "commit\x00")
		return err
	})
	err := w.reg.decide(batch)
	if far.Mend(); !db.MayBeKept(err) || !db.MayBeKept(batch[0].answer) {
		t.Errorf("got %v, the act is answered %v, want a doubt", err, batch[0].answer)
	}
	late := &order{ctx: context.Background(), arrived: w.clock.Now().Add(-time.Hour)}
	notLate([]*order{late}, w.clock.Now(), err)
	for _, o := range append(batch[1:], late) {
		if !db.IsAway(o.answer) || db.MayBeKept(o.answer) {
			t.Errorf("one that was not tried is answered %v", o.answer)
		}
	}
	if *tried != 0 {
		t.Errorf("%d others were tried", *tried)
	}
}
