package enrolment

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pupitre/internal/domain/correspondence"
	"pupitre/internal/domain/document"
	"pupitre/internal/domain/journal"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/db/dbtest"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/jobs"
)

// postman is a machine that sends the mails that are due.
func (w *world) postman(send func(context.Context, jobs.Job) error) *jobs.Runner {
	r := jobs.NewRunner(w.store, w.clock, slog.New(slog.DiscardHandler))
	r.Lease = time.Hour
	r.Handle(correspondence.SendMail, send, jobs.Policy{})
	return r
}

// mailsLeave sends every mail that is due.
func (w *world) mailsLeave() {
	w.Helper()
	_, err := w.postman(func(context.Context, jobs.Job) error { return nil }).RunDue(w.ctx)
	w.must(err)
}

// asItWas is everything that a decision changes of Léo's dossier and of the paper.
func (w *world) asItWas(f family, paper string) string {
	w.Helper()
	d := w.dossier(f, "Léo")
	who := "Léo"
	if paper == "qf" || paper == "rib" {
		who = ""
	}
	held, err := document.HeldBy(w.ctx, w.store, w.season.ID, f.Household)
	w.must(err)
	x := held[document.Slot{Household: f.Household, Pupil: f.pupils[who], Paper: paper}]
	return fmt.Sprint(w.stands(f, "Léo"), " hold ", d.HoldUntil, d.HoldTotalUntil, " confirmed ", d.ConfirmedAt, d.ConfirmedBy, " why ", d.Reason,
		" paper ", x.State, x.Reason, x.ReviewedBy, x.ReviewedAt, " mails ", w.mails(f))
}

func (w *world) takeBack(f family) error {
	w.Helper()
	d := w.dossier(f, "Léo")
	return w.reg.TakeBack(w.ctx, office, d.ID, d.Version)
}

func (w *world) undo(f family, pupil, paper string) error {
	w.Helper()
	return w.reg.Undo(w.ctx, office, w.review(f, pupil, paper, ""))
}

// lastLine is the last line of the dossier's journal.
func (w *world) lastLine(f family) string {
	w.Helper()
	lines, err := journal.OfDossier(w.ctx, w.store, w.dossier(f, "Léo").ID)
	w.must(err)
	l := lines[len(lines)-1]
	return l.Before + " → " + l.After + ", " + l.Reason + ", " + l.ActorName
}

func actsTakeBack() []act {
	return append(actsTakeBackConfirmation(), actsTakeBackRefusal()...)
}

func actsTakeBackConfirmation() []act {
	ready := func(w *world, name string) family {
		f := w.sent(name, "eveil", "comptines")
		w.validate(f, "Léo", "assurance")
		return f
	}
	return []act{
		{"« inscrit » is taken back as it was, its mail with it, and decided again", func(w *world) {
			f := ready(w, "Alix")
			before := w.asItWas(f, "assurance")
			w.must(second(w.confirm(f, "")))
			if got, want := w.lastMail(f).Leaves, w.clock.Now().Add(10*time.Second); !got.Equal(want) {
				w.Errorf("the mail leaves at %v, want %v", got, want)
			}
			w.must(w.takeBack(f))
			if after := w.asItWas(f, "assurance"); after != before {
				w.Errorf("want %s\n got %s", before, after)
			}
			if got, want := w.lastLine(f), "inscrit → complet, annulé avant le départ du mail, Mme Martin"; got != want {
				w.Errorf("journal: want %q, got %q", want, got)
			}
			w.must(second(w.confirm(f, "")))
			w.wantMails(f, "received", "enrolled")
		}},
		{"« en liste d’attente » is taken back, and a part with its reason", func(w *world) {
			w.sent("Alix", "cursus", "alto choeur")
			b := w.sent("Blin", "cursus", "alto choeur")
			w.validate(b, "Léo", "assurance")
			before := w.asItWas(b, "assurance")
			w.must(second(w.confirm(b, "")))
			w.must(w.takeBack(b))
			w.must(second(w.confirm(b, "chœur seul cette année")))
			w.must(w.takeBack(b))
			if after := w.asItWas(b, "assurance"); after != before {
				w.Errorf("want %s\n got %s", before, after)
			}
		}},
		{"a part taken back leaves the dossier on the list where it was", func(w *world) {
			w.sent("Alix", "cursus", "alto choeur")
			b := w.sent("Blin", "cursus", "alto choeur")
			w.validate(b, "Léo", "assurance")
			w.must(second(w.confirm(b, "")))
			w.must(second(w.confirm(b, "chœur seul cette année")))
			w.must(w.takeBack(b))
			w.wantStands(b, "Léo", "waiting n° 2: alto waiting 1, choeur place")
			w.wantMails(b, "received", "on_waiting_list")
		}},
		{"ten seconds later the mail still waits for its postman: it is taken back", func(w *world) {
			f := ready(w, "Alix")
			w.must(second(w.confirm(f, "")))
			w.clock.Add(11 * time.Second)
			w.must(w.takeBack(f))
			w.mailsLeave()
			w.wantMails(f, "received")
		}},
		{"before ten seconds no postman takes the mail", func(w *world) {
			f := ready(w, "Alix")
			w.must(second(w.confirm(f, "")))
			w.clock.Add(9 * time.Second)
			w.mailsLeave()
			w.must(w.takeBack(f))
		}},
		{"once its mail has left, « inscrit » stays", func(w *world) {
			f := ready(w, "Alix")
			w.must(second(w.confirm(f, "")))
			w.clock.Add(10 * time.Second)
			w.mailsLeave()
			wantRefused(w, w.takeBack(f), "Le mail est déjà parti")
			w.wantStands(f, "Léo", "enrolled n° 1: comptines place")
			w.write(func(ctx context.Context, tx *db.Tx) error { return SweepAnswers(ctx, tx, w.clock.Now().Add(time.Hour)) })
			wantRefused(w, w.takeBack(f), "Le mail est déjà parti")
		}},
		{"what the family did since is not overwritten", func(w *world) {
			f := w.sent("Alix", "cursus", "piano choeur")
			w.validate(f, "Léo", "assurance")
			w.must(second(w.confirm(f, "")))
			answered := w.dossier(f, "Léo").Version
			w.withdraw(f, "") // a wish only, as it is enrolled
			wantRefused(w, w.reg.TakeBack(w.ctx, office, w.dossier(f, "Léo").ID, answered), "a changé depuis")
			wantRefused(w, w.takeBack(f), w.dossier(f, "Léo").Label())
		}},
		{"it is taken back once", func(w *world) {
			f := ready(w, "Alix")
			w.must(second(w.confirm(f, "")))
			answered := w.dossier(f, "Léo").Version
			w.must(w.takeBack(f))
			wantRefused(w, w.reg.TakeBack(w.ctx, office, w.dossier(f, "Léo").ID, answered), "a changé depuis")
		}},
		{"a paper refused since keeps it « inscrit »", func(w *world) {
			f := ready(w, "Alix")
			w.must(second(w.confirm(f, "")))
			w.refuse(f, "Léo", "assurance")
			wantRefused(w, w.takeBack(f), "il lui manque")
			w.must(w.undo(f, "Léo", "assurance"))
			w.must(w.takeBack(f))
			w.wantStands(f, "Léo", "complete n° 1: comptines place")
		}},
		{"a family without address has ten seconds too", func(w *world) {
			f := ready(w, "Alix")
			w.write(func(ctx context.Context, tx *db.Tx) error {
				_, err := tx.Exec(ctx, `update guardian set email = '' where household_id = $1`, f.Household)
				return err
			})
			w.must(second(w.confirm(f, "")))
			w.must(w.takeBack(f))
			calls, err := correspondence.ToCall(w.ctx, w.store, 10)
			w.must(err)
			if len(calls) != 0 {
				w.Errorf("taken back, it is still to be called: %+v", calls)
			}
			w.must(second(w.confirm(f, "")))
			w.clock.Add(11 * time.Second)
			wantRefused(w, w.takeBack(f), "10 secondes")
		}},
		{"all that were confirmed at once are taken back at once, but for the one that moved", func(w *world) {
			a, b := ready(w, "Alix"), ready(w, "Blin")
			done, err := w.reg.ConfirmReady(w.ctx, office)
			w.must(err)
			if len(done.Dossiers) != 2 {
				w.Fatalf("confirmed %v, want two", done.Dossiers)
			}
			w.withdraw(b, "")
			taken, err := w.reg.TakeBackAll(w.ctx, office, done.Batch)
			w.must(err)
			if want := []string{w.dossier(b, "Léo").Label()}; taken.N != 1 || !slices.Equal(taken.Left, want) {
				w.Errorf("taken back %+v, want 1 and %v left", taken, want)
			}
			w.wantStands(a, "Léo", "complete n° 1: comptines place")
			w.wantStands(b, "Léo", "enrolled n° 2: comptines place")
			w.wantMails(a, "received")
			w.wantMails(b, "received", "enrolled")
		}},
		{"of those confirmed at once one is taken back alone", func(w *world) {
			a, b := ready(w, "Alix"), ready(w, "Blin")
			done, err := w.reg.ConfirmReady(w.ctx, office)
			w.must(err)
			w.must(w.takeBack(a))
			w.wantStands(b, "Léo", "enrolled n° 2: comptines place")
			taken, err := w.reg.TakeBackAll(w.ctx, office, done.Batch)
			w.must(err)
			if taken.N != 1 || len(taken.Left) > 0 {
				w.Errorf("taken back %+v, want the other one", taken)
			}
			wantRefused(w, second(w.reg.TakeBackAll(w.ctx, office, done.Batch)), "déjà annulées")
		}},
		{"only the dossiers that were read are confirmed", func(w *world) {
			a, b := ready(w, "Alix"), ready(w, "Blin")
			if done, err := w.reg.ConfirmReady(w.ctx, office, w.dossier(b, "Léo").ID); err != nil || len(done.Dossiers) != 1 {
				w.Errorf("confirmed %+v, %v, want one", done, err)
			}
			w.wantStands(a, "Léo", "complete n° 1: comptines place")
			w.wantStands(b, "Léo", "enrolled n° 2: comptines place")
		}},
	}
}

func actsTakeBackRefusal() []act {
	return []act{
		{"a refusal is taken back as it was: state, delay, who validated, mail", func(w *world) {
			f := w.sent("Alix", "eveil", "jardin")
			w.validate(f, "Léo", "assurance")
			before := w.asItWas(f, "assurance")
			w.refuse(f, "Léo", "assurance")
			w.must(w.undo(f, "Léo", "assurance"))
			if after := w.asItWas(f, "assurance"); after != before {
				w.Errorf("want %s\n got %s", before, after)
			}
			if got, want := w.lastLine(f), "pièce refusée → complet, annulé avant le départ du mail, Mme Martin"; got != want {
				w.Errorf("journal: want %q, got %q", want, got)
			}
			w.refuse(f, "Léo", "assurance")
			w.wantMails(f, "received", "paper_refused")
		}},
		{"a second refusal taken back leaves the delay of the first", func(w *world) {
			f := w.sent("Alix", "eveil", "jardin")
			w.clock.Set(paris("2027-06-07 09:30"))
			w.refuse(f, "Léo", "assurance")
			w.deposit(f, "Léo", "assurance")
			before := w.asItWas(f, "assurance")
			w.clock.Set(paris("2027-06-14 10:00"))
			w.refuse(f, "Léo", "assurance")
			w.must(w.undo(f, "Léo", "assurance"))
			if after := w.asItWas(f, "assurance"); after != before {
				w.Errorf("want %s\n got %s", before, after)
			}
		}},
		{"a family's paper gives all its dossiers back, and an attestation costs nothing", func(w *world) {
			f := w.family("Alix", "Léo", "Mia")
			w.write(means("debit")(f))
			for _, p := range []string{"Léo", "Mia"} {
				w.prepare(f, p, "seules", "choeur")
				w.deposit(f, p, "assurance")
			}
			w.deposit(f, "", "rib")
			w.deposit(f, "", "qf")
			w.send(f, "Léo", "Mia")
			before := w.asItWas(f, "rib")
			w.refuse(f, "", "rib")
			w.wantMails(f, "received", "paper_refused", "paper_refused")
			w.must(w.undo(f, "", "rib"))
			w.wantStands(f, "Mia", "complete n° 2: choeur place")
			w.refuse(f, "", "qf")
			w.must(w.undo(f, "", "qf"))
			if after := w.asItWas(f, "rib"); after != before {
				w.Errorf("want %s\n got %s", before, after)
			}
		}},
		{"a dossier sent meanwhile, that lacked only this paper, is complete when the refusal is taken back", func(w *world) {
			f := w.family("Alix", "Léo", "Mia")
			w.write(means("debit")(f))
			for _, p := range []string{"Léo", "Mia"} {
				w.prepare(f, p, "seules", "choeur")
				w.deposit(f, p, "assurance")
			}
			w.deposit(f, "", "rib")
			w.send(f, "Léo")
			w.refuse(f, "", "rib")
			w.send(f, "Mia")
			w.wantStands(f, "Mia", "received")
			w.must(w.undo(f, "", "rib"))
			w.wantStands(f, "Léo", "complete n° 1: choeur place")
			w.wantStands(f, "Mia", "complete n° 2: choeur place")
		}},
		{"a replacement deposited since stays", func(w *world) {
			f := w.sent("Alix", "eveil", "jardin")
			w.refuse(f, "Léo", "assurance")
			refused := w.review(f, "Léo", "assurance", "")
			w.deposit(f, "Léo", "assurance")
			wantRefused(w, w.reg.Undo(w.ctx, office, refused), "a changé depuis")
			w.wantStands(f, "Léo", "complete n° 1: jardin place")
			w.wantMails(f, "received", "paper_refused")
		}},
		{"once its mail has left the refusal stays, and the paper can be validated", func(w *world) {
			f := w.sent("Alix", "eveil", "jardin")
			w.refuse(f, "Léo", "assurance")
			w.clock.Add(10 * time.Second)
			w.mailsLeave()
			wantRefused(w, w.undo(f, "Léo", "assurance"), "Le mail est déjà parti")
			w.wantStands(f, "Léo", "paper_refused n° 1: jardin place")
			w.validate(f, "Léo", "assurance")
			w.wantStands(f, "Léo", "complete n° 1: jardin place")
		}},
		{"« sans valeur » is not taken back", func(w *world) {
			f := w.sent("Alix", "eveil", "jardin")
			w.must(w.reg.DeclareWorthless(w.ctx, office, w.review(f, "Léo", "assurance", "page blanche")))
			wantRefused(w, w.undo(f, "Léo", "assurance"), "Seuls une validation et un refus")
		}},
	}
}

// TestAMailBeingSentIsNotTakenBack takes a decision back while its mail is in
// the postman's hands.
func TestAMailBeingSentIsNotTakenBack(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		w := newWorld(t, store)
		defer w.stop()
		f := w.sent("Alix", "eveil", "jardin")
		w.validate(f, "Léo", "assurance")
		w.mailsLeave()
		w.must(second(w.confirm(f, "")))
		w.clock.Add(TakeBackDelay)
		var inHand error
		sent := 0
		_, err := w.postman(func(context.Context, jobs.Job) error {
			inHand = w.takeBack(f)
			sent++
			return nil
		}).RunDue(w.ctx)
		w.must(err)
		wantRefused(t, inHand, "Le mail est déjà parti")
		if sent != 1 {
			t.Errorf("sent %d mails, want 1", sent)
		}
		w.wantStands(f, "Léo", "enrolled n° 1: jardin place")
		w.wantMails(f, "received", "enrolled")
	})
}

// TestTwoMachinesTakeBackOrSend lets one machine take decisions back while
// another sends their mails: each decision is either taken back and its mail
// never sent, or stands and its mail is sent once.
func TestTwoMachinesTakeBackOrSend(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		w := newWorld(t, store)
		defer w.stop()
		second := NewRegistrar(store, w.clock)
		defer second.Close()
		w.write(func(ctx context.Context, tx *db.Tx) error {
			_, err := w.course(ctx, tx, "grand", "eveil", "loire", 40, 0)
			return err
		})
		var families []family
		for i := range 20 {
			f := w.sent(fmt.Sprintf("Famille%02d", i), "eveil", "grand")
			w.validate(f, "Léo", "assurance")
			families = append(families, f)
		}
		w.mailsLeave()
		done, err := w.reg.ConfirmReady(w.ctx, office)
		w.must(err)
		if len(done.Dossiers) != len(families) {
			t.Fatalf("confirmed %d, want %d", len(done.Dossiers), len(families))
		}
		w.clock.Add(TakeBackDelay)
		var mu sync.Mutex
		sent := map[string]int{}
		postman := w.postman(func(_ context.Context, j jobs.Job) error {
			mu.Lock()
			defer mu.Unlock()
			sent[j.Key]++
			return nil
		})
		taken := make([]bool, len(families))
		var both sync.WaitGroup
		both.Go(func() {
			for {
				if n, err := postman.RunDue(w.ctx); err != nil || n == 0 {
					return
				}
			}
		})
		both.Go(func() {
			for i := len(families) - 1; i >= 0; i-- {
				d := w.dossier(families[i], "Léo")
				err := second.TakeBack(w.ctx, office, d.ID, d.Version)
				var late *fault.Conflict
				if err != nil && !errors.As(err, &late) {
					t.Errorf("take back %s: %v", d.Label(), err)
				}
				taken[i] = err == nil
			}
		})
		both.Wait()
		mails := 0
		for i, f := range families {
			state, want := w.dossier(f, "Léo").State, Enrolled
			if taken[i] {
				want = Complete
			} else {
				mails++
			}
			if state != want {
				t.Errorf("%s is %s, want %s", f.Name, state, want)
			}
			if n := strings.Count(fmt.Sprint(w.mails(f)), string(MailEnrolled)+":"); n > 0 == taken[i] {
				t.Errorf("%s: taken back %v with %d mails", f.Name, taken[i], n)
			}
		}
		if len(sent) != mails {
			t.Errorf("%d mails were sent, want %d", len(sent), mails)
		}
		for key, n := range sent {
			if n != 1 {
				t.Errorf("%s was sent %d times", key, n)
			}
		}
		w.wantSound()
	})
}
