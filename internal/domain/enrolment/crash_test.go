package enrolment

import (
	"context"
	"errors"
	"path/filepath"
	"runtime"
	"testing"

	"pupitre/internal/platform/db"
	"pupitre/internal/platform/db/dbtest"
	"pupitre/internal/platform/fault"
)

var errPowerCut = errors.New("power cut")

// together runs the acts as one batch: the registrar is kept busy until all wait.
func (w *world) together(acts ...func() error) []error {
	w.Helper()
	busy, free := make(chan bool), make(chan bool)
	go w.reg.submit(w.ctx, office, func(*unit) error { close(busy); <-free; return nil })
	<-busy
	answers := make([]error, len(acts))
	done := make(chan bool)
	for i, act := range acts {
		before := len(w.reg.waiting)
		go func() { answers[i] = act(); done <- true }()
		for len(w.reg.waiting) == before { // it is in the queue once this ends
			runtime.Gosched()
		}
	}
	close(free)
	for range acts {
		<-done
	}
	return answers
}

// halfDone ranks the dossier, takes its places and writes a row, then fails.
func (w *world) halfDone(f family, end func() error) error {
	return w.reg.submit(w.ctx, f.Actor, func(u *unit) error {
		d, err := u.dossierOf(f.pupils["Léo"])
		if err != nil {
			return err
		}
		d.SentAt = u.stamp()
		if err := u.place(d, d.SentAt); err != nil {
			return err
		}
		if _, err := u.tx.Exec(u.ctx, `insert into discipline (id, name) values ($1, 'à moitié')`, db.NewID()); err != nil {
			return err
		}
		return end()
	})
}

func (w *world) ready(name, courses string) family {
	w.Helper()
	f := w.family(name, "Léo")
	w.prepare(f, "Léo", "eveil", courses)
	w.deposit(f, "Léo", "assurance")
	return f
}

func TestAHalfDoneActLeavesNothing(t *testing.T) {
	rows := []struct {
		says string
		end  func() error
		want func(error) bool
	}{
		{"it fails", func() error { return errPowerCut }, func(err error) bool { return errors.Is(err, errPowerCut) }},
		{"it refuses after it has written", func() error { return fault.Refuse("trop tard") }, isRefusal},
		{"it panics", func() error { panic("power cut") }, func(err error) bool { return err != nil && !isRefusal(err) }},
	}
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		for _, row := range rows {
			t.Run(row.says+", alone", func(t *testing.T) {
				w := newWorld(t, store)
				defer w.stop()
				w.sent("Alix", "eveil", "comptines") // the board is in memory, with one place left
				f := w.ready("Roux", "comptines")
				if err := w.halfDone(f, row.end); !row.want(err) {
					t.Errorf("answer: %v", err)
				}
				w.wantNothingOf(f)
				b := w.sent("Blin", "eveil", "comptines")
				w.wantStands(b, "Léo", "complete n° 2: comptines place")
				w.wantSound()
			})
			t.Run(row.says+", between two others of its batch", func(t *testing.T) {
				w := newWorld(t, store)
				defer w.stop()
				w.sent("Alix", "eveil", "comptines")
				a, f, b := w.ready("Blin", "comptines"), w.ready("Roux", "comptines"), w.ready("Caro", "comptines")
				answers := w.together(
					func() error { return second(w.reg.Submit(w.ctx, a.Actor, w.submission(a, "Léo"))) },
					func() error { return w.halfDone(f, row.end) },
					func() error { return second(w.reg.Submit(w.ctx, b.Actor, w.submission(b, "Léo"))) },
				)
				if answers[0] != nil || !row.want(answers[1]) || answers[2] != nil {
					t.Errorf("answers: %v", answers)
				}
				w.wantNothingOf(f)
				w.wantStands(a, "Léo", "complete n° 2: comptines place")
				w.wantStands(b, "Léo", "complete n° 3: comptines waiting 1")
				w.wantMails(a, "received")
				w.wantSound()
			})
		}
	})
}

func (w *world) wantNothingOf(f family) {
	w.Helper()
	w.wantStands(f, "Léo", "draft")
	w.wantMails(f)
	if n, err := db.One[int64](w.ctx, w.store, `select count(*) from discipline where name = 'à moitié'`); n != 0 || err != nil {
		w.Errorf("rows left behind: %d, %v", n, err)
	}
	lines, err := db.One[int64](w.ctx, w.store, `select count(*) from journal where dossier_id = $1 and event = 'dossier.ranked'`, w.dossier(f, "Léo").ID)
	if lines != 0 || err != nil {
		w.Errorf("lines left in the journal: %d, %v", lines, err)
	}
}

// An error that is no answer to the asker undoes its act, even when only another
// room had written.
func TestAnotherRoomsWriteIsUndone(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		w := newWorld(t, store)
		defer w.stop()
		f := w.ready("Roux", "jardin")
		err := w.reg.submit(w.ctx, office, func(u *unit) error {
			if _, err := u.tx.Exec(u.ctx, `insert into discipline (id, name) values ($1, 'à moitié')`, db.NewID()); err != nil {
				return err
			}
			return errPowerCut
		})
		if !errors.Is(err, errPowerCut) {
			t.Errorf("answer: %v", err)
		}
		w.wantNothingOf(f)
	})
}

// An act that asks for more than one transaction's numbers pushes the next ones on.
func TestRequestsOfAHugeActComeBeforeTheNext(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		w := newWorld(t, store)
		defer w.stop()
		a, b := w.ready("Alix", "jardin"), w.ready("Blin", "jardin")
		w.must(w.reg.submit(w.ctx, office, func(u *unit) error {
			u.seq += 3 * seqPerMove
			d, err := u.dossierOf(a.pupils["Léo"])
			if err != nil {
				return err
			}
			return u.send([]*Dossier{d}, w.text)
		}))
		w.send(b, "Léo")
		if first, next := w.requests(a, "Léo")["jardin"].Seq, w.requests(b, "Léo")["jardin"].Seq; next <= first {
			t.Errorf("the later request has number %d, the earlier %d", next, first)
		}
		w.wantSound()
	})
}

func TestABatchIsServedInOrder(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		w := newWorld(t, store)
		defer w.stop()
		f := w.family("Roux", "Léo", "Zoé")
		w.write(means("debit")(f))
		for _, p := range []string{"Léo", "Zoé"} {
			w.prepare(f, p, "eveil", "jardin")
			w.deposit(f, p, "assurance")
		}
		gone := w.ready("Petit", "jardin")
		left, leave := context.WithCancel(w.ctx)
		answers := w.together(
			func() error { return second(w.reg.Submit(w.ctx, f.Actor, w.submission(f, "Zoé"))) },
			func() error { return second(w.reg.Submit(w.ctx, f.Actor, w.submission(f, "Léo"))) },
			func() error { leave(); return second(w.reg.Submit(left, gone.Actor, w.submission(gone, "Léo"))) },
			func() error { return second(w.reg.Deposit(w.ctx, f.Actor, w.paper(f, "", "rib"))) },
			func() error { return w.reg.Withdraw(w.ctx, f.Actor, f.pupils["Zoé"], "", "") },
		)
		if err := errors.Join(answers...); err != nil {
			t.Errorf("answers: %v", answers)
		}
		w.send(f, "Zoé")
		w.wantStands(gone, "Léo", "complete n° 1: jardin place") // who leaves has sent all the same
		w.wantStands(f, "Léo", "complete n° 3: jardin waiting 1")
		w.wantStands(f, "Zoé", "complete n° 4: jardin waiting 2")
		w.wantSound()
	})
}

func TestClosedRegistrarAsksToComeBack(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		w := newWorld(t, store)
		f := w.ready("Roux", "jardin")
		w.stop()
		w.stop()
		_, err := w.reg.Submit(w.ctx, f.Actor, w.submission(f, "Léo"))
		var away *fault.Unavailable
		if !errors.As(err, &away) || away.RetryAfter <= 0 {
			t.Errorf("want Unavailable, got %v", err)
		}
		w.wantStands(f, "Léo", "draft")
	})
}

func TestWhatIsNotDurableIsNotAnswered(t *testing.T) {
	where := filepath.Join(t.TempDir(), "pupitre.db")
	store, err := db.Open(context.Background(), where)
	if err != nil {
		t.Fatal(err)
	}
	w := newWorld(t, store)
	a, f := w.sent("Alix", "eveil", "jardin"), w.ready("Roux", "comptines")
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := w.reg.Submit(w.ctx, f.Actor, w.submission(f, "Léo")); err == nil || isRefusal(err) {
		t.Errorf("without a database: want a failure, got %v", err)
	}
	w.stop()
	w.store = dbtest.Open(t, where)
	w.start()
	defer w.stop()
	w.wantStands(a, "Léo", "complete n° 1: jardin place")
	w.wantStands(f, "Léo", "draft")
	w.send(f, "Léo")
	w.wantStands(f, "Léo", "complete n° 2: comptines place")
	w.wantSound()
}

// A new season has its own counter: the board in memory is not taken for its.
func TestTheBoardInMemoryIsOfItsSeason(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		last := newWorld(t, store)
		a := last.sent("Alix", "eveil", "jardin")
		w := newWorld(t, store)
		w.stop()
		w.reg = last.reg // the server runs on into the new season
		defer w.stop()
		w.write(func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.Exec(ctx, `update season set moves = $1 where id = $2`, last.reg.kept.moves, w.season.ID)
			return err
		})
		b := w.sent("Blin", "eveil", "jardin")
		w.wantStands(b, "Léo", "complete n° 1: jardin place")
		last.wantStands(a, "Léo", "complete n° 1: jardin place")
		w.wantSound()
	})
}
