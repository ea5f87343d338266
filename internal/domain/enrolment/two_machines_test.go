package enrolment

import (
	"sync"
	"testing"

	"pupitre/internal/platform/db"
	"pupitre/internal/platform/db/dbtest"
)

// TestTwoRegistrarsShareOneOrder is what order means on two machines: each
// keeps its own strictly, together they leave no gap, and times never run
// backwards against ranks.
func TestTwoRegistrarsShareOneOrder(t *testing.T) {
	where := dbtest.Database(t)
	w := newWorld(t, dbtest.Open(t, where))
	defer w.stop()
	crowd := w.crowd(40)
	second := NewRegistrar(dbtest.Open(t, where), w.clock)
	defer second.Close()

	// Each machine gets its half, one after the other: Send returns once the act
	// is in line, so that the order of arrival at each is known.
	half := len(crowd) / 2
	var machines sync.WaitGroup
	for i, machine := range []*Registrar{w.reg, second} {
		machines.Go(func() {
			var waiting sync.WaitGroup
			defer waiting.Wait()
			for _, o := range crowd[i*half : (i+1)*half] {
				sending, err := machine.Send(w.ctx, o.f.Actor, w.submission(o.f, o.pupil))
				if err != nil {
					t.Errorf("%s of %s: %v", o.pupil, o.f.Name, err)
					return
				}
				waiting.Go(func() { w.answers(sending) })
			}
		})
	}
	machines.Wait()

	ranked, err := db.All[string](w.ctx, w.store, `select pupil_id from dossier where rank is not null order by rank`)
	w.must(err)
	if len(ranked) != len(crowd) {
		t.Errorf("%d dossiers have a rank, want %d", len(ranked), len(crowd))
	}
	rank := map[string]int{}
	for i, pupil := range ranked {
		rank[pupil] = i + 1
	}
	for i := range 2 {
		before := 0
		for _, o := range crowd[i*half : (i+1)*half] {
			if got := rank[o.f.pupils[o.pupil]]; got <= before {
				t.Errorf("machine %d: %s of %s arrived after rank %d and has %d", i+1, o.pupil, o.f.Name, before, got)
			} else {
				before = got
			}
		}
	}
	highest, err := db.One[int](w.ctx, w.store, `select max(rank) from dossier`)
	w.must(err)
	backwards, err := db.One[int](w.ctx, w.store, `select count(*) from dossier a join dossier b on b.rank > a.rank where b.complete_at <= a.complete_at`)
	w.must(err)
	if highest != len(crowd) || backwards != 0 {
		t.Errorf("the highest rank is %d of %d, %d pairs whose time runs backwards", highest, len(crowd), backwards)
	}
	w.wantSound()
	w.wantServedInOrder()
}
