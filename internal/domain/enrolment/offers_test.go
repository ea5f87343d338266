package enrolment

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/correspondence"
	"pupitre/internal/domain/journal"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
)

func (w *world) withdraw(f family, course string) {
	w.Helper()
	request := ""
	if course != "" {
		request = w.requests(f, "Léo")[course].ID
	}
	w.must(w.reg.Withdraw(w.ctx, f.Actor, f.pupils["Léo"], request, ""))
}

func (w *world) answer(f family, course string, accept bool) {
	w.Helper()
	w.must(w.reg.Answer(w.ctx, f.Actor, OfferAnswer{Request: w.requests(f, "Léo")[course].ID, Accept: accept}))
}

func (w *world) token(f family) string {
	w.Helper()
	var link OfferLink
	w.must(json.Unmarshal([]byte(w.lastMail(f).Secret), &link))
	return link.Token
}

func (w *world) confirm(f family, partReason string) (State, error) {
	w.Helper()
	return w.reg.Confirm(w.ctx, office, w.dossier(f, "Léo").ID, partReason)
}

func (w *world) enrolled(name, programme, courses string) family {
	w.Helper()
	f := w.sent(name, programme, courses)
	w.validate(f, "Léo", "assurance")
	if became, err := w.confirm(f, ""); err != nil || became != Enrolled {
		w.Fatalf("confirm %s: became %q, %v", name, became, err)
	}
	return f
}

func actsOffers() []act {
	return []act{
		{"a place given back is held for the first in line, not left for a new dossier", func(w *world) {
			a, b := w.sent("Alix", "eveil", "jardin"), w.sent("Blin", "eveil", "jardin")
			w.withdraw(a, "")
			w.wantStands(b, "Léo", "complete n° 2: jardin offered")
			c := w.sent("Caro", "eveil", "jardin")
			w.wantStands(c, "Léo", "complete n° 3: jardin waiting 1")
			w.answer(b, "jardin", true)
			w.wantStands(b, "Léo", "complete n° 2: jardin place")
			w.wantMails(b, "received", "place_offered", "offer_accepted")
		}},
		{"accepted twice, by a click and by the link: one mail, no fault", func(w *world) {
			a, b := w.sent("Alix", "eveil", "jardin"), w.sent("Blin", "eveil", "jardin")
			w.withdraw(a, "")
			token := w.token(b)
			w.answer(b, "jardin", true)
			w.must(w.reg.Answer(w.ctx, b.Actor, OfferAnswer{Token: token, Accept: true}))
			w.wantMails(b, "received", "place_offered", "offer_accepted")
			wantRefused(w, w.reg.Answer(w.ctx, b.Actor, OfferAnswer{Token: token}), "n’est plus proposée")
		}},
		{"the link answers without an account, and still opens afterwards", func(w *world) {
			a, b := w.sent("Alix", "eveil", "jardin"), w.sent("Blin", "eveil", "jardin")
			w.withdraw(a, "")
			token := w.token(b)
			o, err := OfferOf(w.ctx, w.store, token)
			w.must(err)
			if o.Answered || o.Course != "Cours jardin" || o.PupilFirst != "Léo" {
				w.Errorf("the offer shows %+v", o)
			}
			nobody := b.Actor
			nobody.Household, nobody.Role = "", ""
			w.must(w.reg.Answer(w.ctx, nobody, OfferAnswer{Token: token}))
			o, err = OfferOf(w.ctx, w.store, token)
			w.must(err)
			if !o.Answered || o.AnsweredWith != Declined {
				w.Errorf("once declined the offer shows %+v", o)
			}
		}},
		{"declined: next in line; the dossier leaves that one list and keeps the rest", func(w *world) {
			a, b := w.sent("Alix", "cursus", "alto choeur"), w.sent("Blin", "cursus", "alto choeur")
			c := w.sent("Caro", "cursus", "alto orchestre")
			w.withdraw(a, "alto")
			w.wantStands(b, "Léo", "complete n° 2: alto offered, choeur place")
			w.answer(b, "alto", false)
			w.wantStands(b, "Léo", "complete n° 2: choeur place")
			w.wantStands(c, "Léo", "complete n° 3: alto offered, orchestre place")
			w.wantMails(b, "received", "place_offered", "offer_declined")
			w.wantStands(a, "Léo", "complete n° 1: choeur place")
		}},
		{"silent: next in line at the end of the delay, which starts when the mail leaves", func(w *world) {
			a, b, c := w.sent("Alix", "eveil", "jardin"), w.sent("Blin", "eveil", "jardin"), w.sent("Caro", "eveil", "jardin")
			w.clock.Set(paris("2027-06-08 21:30")) // quiet until eight
			w.withdraw(a, "")
			if m := w.lastMail(b); !m.Leaves.Equal(paris("2027-06-09 08:00")) {
				w.Errorf("the offer leaves at %v", m.Leaves)
			}
			if got := w.requests(b, "Léo")["jardin"].OfferedUntil; !got.Equal(paris("2027-06-12 23:59")) {
				w.Errorf("offered until %v", got)
			}
			w.clock.Set(paris("2027-06-12 23:59"))
			if n := w.count(w.reg.EndOffers(w.ctx)); n != 0 {
				w.Errorf("ended at 23:59: want 0, got %d", n)
			}
			w.clock.Set(paris("2027-06-13 00:02"))
			if n := w.count(w.reg.EndOffers(w.ctx)); n != 1 {
				w.Errorf("ended at 00:02: want 1, got %d", n)
			}
			w.count(w.reg.EndOffers(w.ctx))
			w.wantStands(b, "Léo", "complete n° 2")
			w.wantStands(c, "Léo", "complete n° 3: jardin offered")
			w.wantMails(b, "received", "place_offered", "offer_ended")
			if m := w.lastMail(b); !m.Leaves.Equal(paris("2027-06-13 08:00")) {
				w.Errorf("told of the end at %v", m.Leaves)
			}
		}},
		{"a family without any address: the office is told to call, and by when", func(w *world) {
			a, b := w.sent("Alix", "eveil", "jardin"), w.sent("Blin", "eveil", "jardin")
			w.write(func(ctx context.Context, tx *db.Tx) error {
				_, err := tx.Exec(ctx, `update guardian set email = '' where household_id = $1`, b.Household)
				return err
			})
			w.withdraw(a, "")
			w.wantMails(b, "received")
			calls, err := correspondence.ToCall(w.ctx, w.store, 10)
			w.must(err)
			if len(calls) != 1 || calls[0].Household != b.Household || calls[0].Kind != MailPlaceOffered ||
				!calls[0].AnswerBy.Equal(w.requests(b, "Léo")["jardin"].OfferedUntil) ||
				calls[0].Subject != "Léo Blin ("+w.dossier(b, "Léo").Label()+")\u202f; Cours jardin" {
				w.Fatalf("to be called: %+v", calls)
			}
			w.answer(b, "jardin", true) // by itself, on the portal: nobody calls about it any more
			left, err := correspondence.ToCall(w.ctx, w.store, 10)
			w.must(err)
			if len(left) != 0 {
				w.Errorf("still to be called: %+v", left)
			}
		}},
		{"an answer before the job counts, even after the hour", func(w *world) {
			a, b := w.sent("Alix", "eveil", "jardin"), w.sent("Blin", "eveil", "jardin")
			w.withdraw(a, "")
			w.clock.Set(paris("2027-06-20 10:00"))
			w.answer(b, "jardin", true)
			if n := w.count(w.reg.EndOffers(w.ctx)); n != 0 {
				w.Errorf("ended: want 0, got %d", n)
			}
			w.wantStands(b, "Léo", "complete n° 2: jardin place")
		}},
		{"capacity raised: offered in order, one mail each", func(w *world) {
			w.sent("Alix", "eveil", "jardin")
			b, c, d := w.sent("Blin", "eveil", "jardin"), w.sent("Caro", "eveil", "jardin"), w.sent("Dore", "eveil", "jardin")
			w.must(w.reg.SetCapacity(w.ctx, office, w.offering("jardin"), 3, "une salle de plus"))
			w.wantStands(b, "Léo", "complete n° 2: jardin offered")
			w.wantStands(c, "Léo", "complete n° 3: jardin offered")
			w.wantStands(d, "Léo", "complete n° 4: jardin waiting 1")
			w.wantMails(c, "received", "place_offered")
		}},
		{"capacity not below the places taken and offered", func(w *world) {
			a := w.sent("Alix", "eveil", "comptines")
			w.sent("Blin", "eveil", "comptines")
			w.sent("Caro", "eveil", "comptines")
			w.withdraw(a, "")
			wantRefused(w, w.reg.SetCapacity(w.ctx, office, w.offering("comptines"), 1, ""), "2 places déjà prises ou proposées")
			w.must(w.reg.SetCapacity(w.ctx, office, w.offering("comptines"), 2, ""))
			w.must(w.reg.SetCapacity(w.ctx, office, w.offering("piano"), 0, "plus de professeur"))
			if err := w.reg.SetCapacity(w.ctx, office, "no/0", 1, ""); !errors.Is(err, fault.ErrNotFound) {
				w.Errorf("unknown offering: want ErrNotFound, got %v", err)
			}
		}},
		{"an import may not change the places of a course that is asked for", func(w *world) {
			w.sent("Alix", "eveil", "jardin")
			put := func(course string, capacity int64) error {
				return w.store.Write(w.ctx, func(tx *db.Tx) error { return PutOffering(w.ctx, tx, w.season.ID, w.courses[course], 0, capacity) })
			}
			wantRefused(w, put("jardin", 5), "déjà demandées")
			w.must(put("jardin", 1))
			w.must(put("comptines", 5))
			b := w.sent("Blin", "eveil", "jardin")
			w.wantStands(b, "Léo", "complete n° 2: jardin waiting 1")
		}},
		{"a jump needs a reason, shows in the journal, and goes behind the jumps before it", func(w *world) {
			a, b, c, d := w.sent("Alix", "eveil", "jardin"), w.sent("Blin", "eveil", "jardin"), w.sent("Caro", "eveil", "jardin"), w.sent("Dore", "eveil", "jardin")
			request := w.requests(d, "Léo")["jardin"].ID
			wantRefused(w, w.reg.Jump(w.ctx, office, request, " "), "[motif: ")
			w.must(w.reg.Jump(w.ctx, office, request, "fratrie"))
			w.must(w.reg.Jump(w.ctx, office, w.requests(c, "Léo")["jardin"].ID, "accord de la direction"))
			w.wantStands(d, "Léo", "complete n° 4: jardin waiting 1")
			w.wantStands(c, "Léo", "complete n° 3: jardin waiting 2")
			w.wantStands(b, "Léo", "complete n° 2: jardin waiting 3")
			lines, err := journal.OfDossier(w.ctx, w.store, w.dossier(d, "Léo").ID)
			w.must(err)
			if last := lines[len(lines)-1]; !strings.Contains(last.Reason, "hors de l’ordre") || !strings.Contains(last.Reason, "fratrie") || last.ActorName != office.Name {
				w.Errorf("the journal says %+v", last)
			}
			wantRefused(w, w.reg.Jump(w.ctx, office, w.requests(a, "Léo")["jardin"].ID, "fratrie"), "changé")
			w.withdraw(a, "")
			w.wantStands(d, "Léo", "complete n° 4: jardin offered")
		}},
		{"a cancelled course leaves its dossiers their rank and asks each to choose again", func(w *world) {
			a, b := w.sent("Alix", "eveil", "jardin"), w.sent("Blin", "eveil", "jardin")
			c := w.family("Caro", "Léo")
			w.prepare(c, "Léo", "eveil", "jardin")
			w.send(c, "Léo") // received, without rank
			w.must(w.reg.CancelCourse(w.ctx, office, w.courses["jardin"], "plus de professeur"))
			w.wantStands(a, "Léo", "complete n° 1")
			w.wantStands(b, "Léo", "complete n° 2")
			w.wantMails(a, "received", "course_cancelled")
			w.wantMails(b, "received", "course_cancelled")
			w.wantMails(c, "received", "course_cancelled")
			w.wantAgain(true, a, b, c)
			w.must(w.reg.CancelCourse(w.ctx, office, w.courses["jardin"], "encore"))
			w.wantMails(a, "received", "course_cancelled")
			w.deposit(c, "Léo", "assurance")
			w.wantStands(c, "Léo", "received")
			w.wantMails(c, "received", "course_cancelled", "not_ranked")
			w.must(w.reg.Change(w.ctx, b.Actor, w.choice(b, "Léo", "eveil", "comptines")))
			w.wantStands(b, "Léo", "complete n° 2: comptines place")
			w.wantAgain(false, b)
			w.wantAgain(true, a, c)
			d := w.family("Dore", "Léo")
			w.prepare(d, "Léo", "eveil", "jardin")
			wantRefused(w, w.submit(d, "Léo")[0].Err, "n’est plus proposé")
		}},
		{"a family « inscrit » whose course is cancelled chooses again by itself", func(w *world) {
			a := w.enrolled("Alix", "cursus", "alto choeur")
			w.must(w.reg.CancelCourse(w.ctx, office, w.courses["alto"], "plus de professeur"))
			w.wantStands(a, "Léo", "enrolled n° 1: choeur place")
			w.wantAgain(true, a)
			w.must(w.reg.Change(w.ctx, a.Actor, w.choice(a, "Léo", "cursus", "piano choeur")))
			w.wantStands(a, "Léo", "complete n° 1: choeur place, piano place")
			w.wantAgain(false, a)
		}},
		{"or the office does it for them, and they stay « inscrit »", func(w *world) {
			a := w.enrolled("Alix", "cursus", "alto choeur")
			w.must(w.reg.CancelCourse(w.ctx, office, w.courses["alto"], "plus de professeur"))
			w.must(w.reg.Change(w.ctx, office, w.choice(a, "Léo", "cursus", "piano choeur")))
			w.wantStands(a, "Léo", "enrolled n° 1: choeur place, piano place")
			w.wantAgain(false, a)
		}},
		{"a declined offer leaves a course lacking that nothing waits for: to choose again, until the office confirms the part", func(w *world) {
			a, b := w.sent("Alix", "cursus", "alto choeur"), w.sent("Blin", "cursus", "alto choeur")
			w.wantAgain(false, a, b)
			w.withdraw(a, "")
			w.wantAgain(false, b)
			w.answer(b, "alto", false)
			w.wantAgain(true, b)
			w.wantAgain(false, a)
			w.validate(b, "Léo", "assurance")
			if _, err := w.confirm(b, "le reste en octobre"); err != nil {
				w.Fatal(err)
			}
			w.wantAgain(false, b)
		}},
		{"at the end of the lists nobody waits, those who waited are told, places freed later stay free", func(w *world) {
			a, b, c := w.sent("Alix", "eveil", "jardin"), w.sent("Blin", "eveil", "jardin"), w.sent("Caro", "eveil", "jardin")
			w.withdraw(a, "")
			w.clock.Set(w.season.ListsEndAt.Add(-time.Second))
			if n := w.count(w.reg.EndLists(w.ctx)); n != 0 {
				w.Errorf("told before the date: want 0, got %d", n)
			}
			w.clock.Set(w.season.ListsEndAt)
			if n := w.count(w.reg.EndLists(w.ctx)); n != 1 {
				w.Errorf("told: want 1, got %d", n)
			}
			w.count(w.reg.EndLists(w.ctx))
			w.wantStands(b, "Léo", "complete n° 2: jardin offered")
			w.wantStands(c, "Léo", "complete n° 3")
			w.wantMails(c, "received", "lists_closed")
			w.answer(b, "jardin", false)
			if got := w.requests(c, "Léo")["jardin"].State; got != Ended {
				w.Errorf("the request that waited: want ended, got %s", got)
			}
			w.wantMails(c, "received", "lists_closed")
			w.wantAgain(true, b, c)
		}},
		{"at the very instant of the lists' end a place given back is offered to nobody, before any job", func(w *world) {
			a, b := w.sent("Alix", "eveil", "jardin"), w.sent("Blin", "eveil", "jardin")
			w.clock.Set(w.season.ListsEndAt)
			w.withdraw(a, "")
			w.wantStands(b, "Léo", "complete n° 2")
			w.wantMails(b, "received", "lists_closed")
			if n := w.count(w.reg.EndLists(w.ctx)); n != 0 {
				w.Errorf("told again by the job: want 0, got %d", n)
			}
		}},
		{"a microsecond before the lists' end it is offered still", func(w *world) {
			a, b := w.sent("Alix", "eveil", "jardin"), w.sent("Blin", "eveil", "jardin")
			w.clock.Set(w.season.ListsEndAt.Add(-time.Microsecond))
			w.withdraw(a, "")
			w.wantStands(b, "Léo", "complete n° 2: jardin offered")
			w.wantMails(b, "received", "place_offered")
		}},
		{"an act refused after the lists' end ends them all the same, in the school's name", func(w *world) {
			w.sent("Alix", "eveil", "jardin")
			b := w.sent("Blin", "eveil", "jardin")
			w.clock.Set(w.season.ListsEndAt)
			wantRefused(w, w.reg.Jump(w.ctx, office, w.requests(b, "Léo")["jardin"].ID, "fratrie"), "changé")
			lines, err := journal.OfDossier(w.ctx, w.store, w.dossier(b, "Léo").ID)
			w.must(err)
			if last := lines[len(lines)-1]; last.Event != "request.ended" || last.ActorName != actor.System.Name || !last.At.Equal(w.season.ListsEndAt) {
				w.Errorf("the journal says %+v", last)
			}
		}},
	}
}
