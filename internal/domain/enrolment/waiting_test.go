package enrolment

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"pupitre/internal/platform/db"
	"pupitre/internal/platform/db/dbtest"
	"pupitre/internal/platform/fault"
)

// hold keeps the registrar busy until release is called.
func (w *world) hold() (release func()) {
	busy, free, done := make(chan bool), make(chan bool), make(chan bool)
	go func() {
		w.reg.submit(w.ctx, office, func(*unit) error { close(busy); <-free; return nil })
		close(done)
	}()
	<-busy
	return sync.OnceFunc(func() { close(free); <-done })
}

func (w *world) queued(f family, pupils ...string) *Sending {
	w.Helper()
	s, err := w.reg.Send(w.ctx, f.Actor, w.submission(f, pupils...))
	w.must(err)
	return s
}

func (w *world) answers(s *Sending) []Outcome {
	w.Helper()
	s.Answered(w.ctx)
	outcomes, err := s.Outcomes()
	w.must(err)
	return outcomes
}

func TestOneSubmissionWaitsForEachPupil(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		w := newWorld(t, store)
		defer w.stop()
		f := w.family("Roux", "Léo", "Zoé")
		for _, p := range []string{"Léo", "Zoé"} {
			w.prepare(f, p, "eveil", "comptines")
			w.deposit(f, p, "assurance")
		}
		other := w.ready("Blin", "comptines")
		release := w.hold()
		defer release()
		at := w.clock.Now()
		first := w.queued(f, "Léo")
		w.clock.Add(time.Second)
		behind := w.queued(other, "Léo")
		w.clock.Add(time.Second)
		var again []*Sending
		for range 50 { // two tabs, a reload, an impatient finger
			again = append(again, w.queued(f, "Léo"))
		}
		both := w.queued(f, "Léo", "Zoé")
		if n := w.reg.Sendings(); n != 3 {
			t.Errorf("%d submissions wait, want one a pupil: 3", n)
		}
		for _, s := range append(again, first, both, w.reg.SendingOf(f.Actor, []string{f.pupils["Léo"]})) {
			if s == nil || s.IsAnswered() || !s.Arrived().Equal(at) {
				t.Errorf("want one that waits since %v, got %+v", at, s)
			}
		}
		if s := w.reg.SendingOf(other.Actor, []string{f.pupils["Léo"]}); s != nil {
			t.Error("another family finds it")
		}
		release()
		for _, s := range append(again, first) {
			if got := w.answers(s); len(got) != 1 || got[0].Err != nil || got[0].Dossier != w.dossier(f, "Léo").ID {
				t.Errorf("answered %+v", got)
			}
		}
		if got := w.answers(both); len(got) != 2 || got[0].Err != nil || got[1].Err != nil || got[1].Pupil != f.pupils["Zoé"] {
			t.Errorf("both answered %+v", got)
		}
		w.answers(behind)
		w.wantStands(f, "Léo", "complete n° 1: comptines place")
		w.wantStands(other, "Léo", "complete n° 2: comptines place")
		w.wantStands(f, "Zoé", "complete n° 3: comptines waiting 1")
		if d := w.dossier(f, "Léo"); !d.CompleteAt.Equal(at) {
			t.Errorf("complete at %v, want the arrival of the first attempt, %v", d.CompleteAt, at)
		}
		if s := w.reg.SendingOf(f.Actor, []string{f.pupils["Léo"], f.pupils["Zoé"]}); s != nil || w.reg.Sendings() != 0 {
			t.Errorf("received, it still waits: %+v, %d", s, w.reg.Sendings())
		}
		w.wantMails(f, "received", "received")
		w.wantSound()
	})
}

func TestWhoLeavesFindsTheAnswerAgain(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		w := newWorld(t, store)
		defer w.stop()
		f := w.family("Roux", "Léo") // lacks nearly everything
		pupils := []string{f.pupils["Léo"]}
		release := w.hold()
		defer release()
		left, leave := context.WithCancel(w.ctx)
		leave()
		_, err := w.reg.Send(left, f.Actor, w.submission(f, "Léo"))
		w.must(err)
		release()
		s := w.reg.SendingOf(f.Actor, pupils)
		if s == nil {
			t.Fatal("the submission is not found again")
		}
		if got := w.answers(s); len(got) != 1 || !isInvalid(got[0].Err) {
			t.Errorf("answered %+v, want a refusal", got)
		}
		w.clock.Add(11 * time.Minute)
		w.sent("Alix", "eveil", "jardin")
		if w.reg.SendingOf(f.Actor, pupils) != nil {
			t.Error("an answer that nobody comes for is kept for ever")
		}
	})
}

func TestWithoutAgreementNothingIsHeld(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		w := newWorld(t, store)
		defer w.stop()
		f := w.ready("Roux", "jardin")
		release := w.hold()
		defer release()
		forgot := w.submission(f, "Léo")
		forgot.Agreed = false
		first, err := w.reg.Send(w.ctx, f.Actor, forgot)
		w.must(err)
		ticked := w.queued(f, "Léo")
		release()
		first.Answered(w.ctx)
		if _, err := first.Outcomes(); !isInvalid(err) {
			t.Errorf("without « J'accepte »: %v", err)
		}
		w.answers(ticked)
		w.wantStands(f, "Léo", "complete n° 1: jardin place")
	})
}

func TestTooManyWaitAndTheNextIsToldToComeBack(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		w := newWorld(t, store)
		defer w.stop()
		w.reg.Bound(2)
		a, b, c := w.ready("Alix", "comptines"), w.ready("Blin", "comptines"), w.ready("Caro", "comptines")
		release := w.hold()
		defer release()
		first, second := w.queued(a, "Léo"), w.queued(b, "Léo")
		_, err := w.reg.Send(w.ctx, c.Actor, w.submission(c, "Léo"))
		var away *fault.Unavailable
		if !errors.As(err, &away) || away.RetryAfter <= 0 || away.Message == "" {
			t.Errorf("the third: want Unavailable, got %v", err)
		}
		if s := w.reg.SendingOf(c.Actor, []string{c.pupils["Léo"]}); s != nil {
			t.Error("refused, it is said to wait")
		}
		w.queued(a, "Léo") // one that waits may still be joined
		release()
		w.answers(first)
		w.answers(second)
		w.send(c, "Léo")
		w.wantStands(c, "Léo", "complete n° 3: comptines waiting 1")
		w.wantSound()
	})
}

// Sixteen clicks a pupil at once, each with its own connection: at no moment do
// more submissions wait than there are pupils.
func TestManyClicksAtOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		w := newWorld(t, store)
		defer w.stop()
		const pupils = 20
		var families []family
		for i := range pupils {
			families = append(families, w.ready(fmt.Sprint("F", i), "comptines"))
		}
		release := w.hold()
		defer release()
		var clicks sync.WaitGroup
		var mu sync.Mutex
		var all []*Sending
		for range 16 {
			for _, f := range families {
				clicks.Go(func() {
					s := w.queued(f, "Léo")
					mu.Lock()
					defer mu.Unlock()
					all = append(all, s)
				})
			}
		}
		clicks.Wait()
		if n := w.reg.Sendings(); n != pupils {
			t.Errorf("%d submissions wait for %d pupils", n, pupils)
		}
		release()
		for _, s := range all {
			if got := w.answers(s); len(got) != 1 || got[0].Err != nil {
				t.Errorf("answered %+v", got)
			}
		}
		ranked, err := db.One[int](w.ctx, w.store, `select count(*) from dossier where rank is not null`)
		w.must(err)
		if ranked != pupils {
			t.Errorf("%d dossiers have a rank, want %d", ranked, pupils)
		}
		w.wantSound()
	})
}
