package enrolment

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"pupitre/internal/domain/catalogue"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/db/dbtest"
)

type one struct {
	f      family
	pupil  string
	choice string
}

// crowd makes families with three pupils each, ready to be sent to twenty
// courses of few places.
func (w *world) crowd(families int) []one {
	w.Helper()
	w.write(func(ctx context.Context, tx *db.Tx) error {
		var err error
		for i := range 10 {
			_, again := w.course(ctx, tx, fmt.Sprint("eveil", i), catalogue.Eveil, "loire", int64(i%4), 0)
			_, more := w.course(ctx, tx, fmt.Sprint("pratique", i), catalogue.Pratique, "loire", int64(1+i%5), 0)
			err = errors.Join(err, again, more)
		}
		return err
	})
	made := make([]family, families)
	w.write(func(ctx context.Context, tx *db.Tx) error {
		for i := range made {
			made[i] = newFamily(fmt.Sprint("Famille", i))
			if err := w.putFamily(ctx, tx, made[i], fmt.Sprint("Famille", i), "a", "b", "c"); err != nil {
				return err
			}
		}
		return nil
	})
	var all []one
	for _, f := range made {
		for _, p := range []string{"a", "b", "c"} {
			o := one{f, p, fmt.Sprint("eveil", rand.IntN(10))}
			if rand.IntN(2) == 0 {
				n := rand.IntN(10)
				o.choice = fmt.Sprintf("pratique%d pratique%d", n, (n+1+rand.IntN(8))%10)
			}
			all = append(all, o)
		}
	}
	inParallel(16, all, func(o one) {
		programme := "eveil"
		if len(w.wishes(o.choice)) > 1 {
			programme = "seules"
		}
		w.prepare(o.f, o.pupil, programme, o.choice)
		w.deposit(o.f, o.pupil, "assurance")
	})
	return all
}

// inParallel lets n goroutines take the items in turn.
func inParallel[T any](n int, items []T, do func(T)) {
	next := make(chan T)
	var wg sync.WaitGroup
	for range n {
		wg.Go(func() {
			for item := range next {
				do(item)
			}
		})
	}
	for _, item := range items {
		next <- item
	}
	close(next)
	wg.Wait()
}

// TestRush sends 300 pupils from 64 clients, each three times at once.
func TestRush(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		w := newWorld(t, store)
		defer w.stop()
		crowd := w.crowd(100)
		clicks := slices.Concat(crowd, crowd, crowd)
		rand.Shuffle(len(clicks), func(i, j int) { clicks[i], clicks[j] = clicks[j], clicks[i] })

		// highest is the highest rank that any client has read; a dossier first
		// sent after that must come behind it.
		var highest atomic.Int64
		var mu sync.Mutex
		floor, answered := map[string]int64{}, map[string]string{}
		inParallel(64, clicks, func(o one) {
			pupil := o.f.pupils[o.pupil]
			mu.Lock()
			if _, sent := floor[pupil]; !sent {
				floor[pupil] = highest.Load()
			}
			mu.Unlock()
			outcomes, err := w.reg.Submit(w.ctx, o.f.Actor, w.submission(o.f, o.pupil))
			if err != nil || len(outcomes) != 1 || outcomes[0].Err != nil {
				t.Errorf("%s of %s: %v, %v", o.pupil, o.f.Name, outcomes, err)
				return
			}
			w.clock.Add(time.Microsecond * time.Duration(rand.IntN(900)))
			rank, err := db.One[int64](w.ctx, w.store, `select rank from dossier where id = $1`, outcomes[0].Dossier)
			if err != nil || rank == 0 {
				t.Errorf("%s of %s is answered and has rank %d, %v", o.pupil, o.f.Name, rank, err)
			}
			mu.Lock()
			defer mu.Unlock()
			if rank <= floor[pupil] {
				t.Errorf("%s of %s, sent after rank %d was read, has rank %d", o.pupil, o.f.Name, floor[pupil], rank)
			}
			answered[pupil] = outcomes[0].Dossier
			highest.Store(max(highest.Load(), rank))
		})
		if len(answered) != len(crowd) || highest.Load() != int64(len(crowd)) {
			t.Errorf("%d dossiers answered, the highest rank is %d; want %d", len(answered), highest.Load(), len(crowd))
		}
		for _, o := range crowd {
			d := w.dossier(o.f, o.pupil)
			if answered[d.Pupil] != d.ID || d.State != Complete || len(w.requests(o.f, o.pupil)) != len(d.Choice) {
				t.Errorf("%s of %s: answered %s, kept %+v", o.pupil, o.f.Name, answered[d.Pupil], d)
			}
		}
		mails, err := db.One[int](w.ctx, w.store, `select count(*) from outgoing_mail`)
		w.must(err)
		if mails != len(crowd) {
			t.Errorf("mails: want one a dossier, %d, got %d", len(crowd), mails)
		}
		w.wantSound()
		w.wantServedInOrder()
	})
}

// wantServedInOrder checks, without the board, that whoever holds a place asked
// before everyone who waits for it.
func (w *world) wantServedInOrder() {
	w.Helper()
	n, err := db.One[int64](w.ctx, w.store, `select count(*) from request a join request b on a.offering_id = b.offering_id
		join dossier da on da.id = a.dossier_id join dossier db on db.id = b.dossier_id
		where a.state = 'place' and b.state = 'waiting' and da.season_id = $1 and db.rank < da.rank`, w.season.ID)
	if err != nil || n > 0 {
		w.Errorf("%d times a later dossier has the place that an earlier one waits for (%v)", n, err)
	}
}

// TestADraftSavedWhileItIsSent lets a draft and « Valider » race: whatever wins,
// the places asked for are those of the choice kept.
func TestADraftSavedWhileItIsSent(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		w := newWorld(t, store)
		defer w.stop()
		crowd := w.crowd(20)
		choice := func(o one) NewChoice { return w.choice(o.f, o.pupil, "eveil", "comptines") }
		inParallel(16, crowd, func(o one) {
			var wg sync.WaitGroup
			wg.Go(func() {
				for range 3 {
					c := choice(o)
					if err := SaveDraft(w.ctx, w.store, w.clock, o.f.Actor, o.f.pupils[o.pupil], DraftStep{Choice: &c}); err != nil && !isRefusal(err) {
						t.Errorf("draft: %v", err)
					}
				}
			})
			wg.Go(func() {
				if outcomes, err := w.reg.Submit(w.ctx, o.f.Actor, w.submission(o.f, o.pupil)); err != nil || outcomes[0].Err != nil {
					t.Errorf("send: %v, %v", outcomes, err)
				}
			})
			wg.Wait()
			d, requests := w.dossier(o.f, o.pupil), w.requests(o.f, o.pupil)
			if d.State != Complete || len(requests) != len(d.Choice) {
				t.Errorf("%s of %s: %s, %d requests for %v", o.pupil, o.f.Name, d.State, len(requests), d.Choice)
			}
			for _, wish := range d.Choice {
				if _, ok := requests[w.named(OfferingID(wish.Course, wish.Semester))]; !ok {
					t.Errorf("%s of %s chose %v and asked for %v", o.pupil, o.f.Name, d.Choice, requests)
				}
			}
		})
		w.wantSound()
	})
}
