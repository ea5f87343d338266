package enrolment

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

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
			w.must(w.reg.CancelCourse(w.ctx, office, w.courses["jardin"], "encore"))
			w.wantMails(a, "received", "course_cancelled")
			w.deposit(c, "Léo", "assurance")
			w.wantStands(c, "Léo", "received")
			w.must(w.reg.Change(w.ctx, b.Actor, w.choice(b, "Léo", "eveil", "comptines")))
			w.wantStands(b, "Léo", "complete n° 2: comptines place")
			d := w.family("Dore", "Léo")
			w.prepare(d, "Léo", "eveil", "jardin")
			wantRefused(w, w.submit(d, "Léo")[0].Err, "n’est plus proposé")
		}},
		{"a family « inscrit » whose course is cancelled chooses again by itself", func(w *world) {
			a := w.enrolled("Alix", "cursus", "alto choeur")
			w.must(w.reg.CancelCourse(w.ctx, office, w.courses["alto"], "plus de professeur"))
			w.wantStands(a, "Léo", "enrolled n° 1: choeur place")
			w.must(w.reg.Change(w.ctx, a.Actor, w.choice(a, "Léo", "cursus", "piano choeur")))
			w.wantStands(a, "Léo", "complete n° 1: choeur place, piano place")
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
		}},
	}
}

func actsChange() []act {
	return []act{
		{"the rank and the unchanged courses stay; the new one is asked for behind all who wait there", func(w *world) {
			a := w.sent("Alix", "cursus", "piano choeur")
			w.sent("Blin", "cursus", "alto choeur")
			c := w.sent("Caro", "cursus", "alto orchestre")
			d := w.sent("Dore", "cursus", "piano choeur")
			w.wantStands(d, "Léo", "complete n° 4: choeur waiting 1, piano place")
			w.must(w.reg.Change(w.ctx, a.Actor, w.choice(a, "Léo", "cursus", "alto choeur")))
			w.wantStands(c, "Léo", "complete n° 3: alto waiting 1, orchestre place")
			w.wantStands(a, "Léo", "complete n° 1: alto waiting 2, choeur place")
			w.wantMails(a, "received", "changed_choice")
			w.must(w.reg.Change(w.ctx, a.Actor, w.choice(a, "Léo", "eveil", "jardin")))
			w.wantStands(a, "Léo", "complete n° 1: jardin place")
			w.wantStands(d, "Léo", "complete n° 4: choeur offered, piano place")
		}},
		{"behind all, even when the clock has gone back", func(w *world) {
			a := w.sent("Alix", "eveil", "comptines")
			w.sent("Blin", "eveil", "jardin")
			c := w.sent("Caro", "eveil", "jardin")
			w.clock.Add(-time.Hour)
			w.must(w.reg.Change(w.ctx, a.Actor, w.choice(a, "Léo", "eveil", "jardin")))
			w.wantStands(c, "Léo", "complete n° 3: jardin waiting 1")
			w.wantStands(a, "Léo", "complete n° 1: jardin waiting 2")
			w.clock.Add(-time.Hour)
			d := w.sent("Dore", "eveil", "jardin")
			w.wantStands(d, "Léo", "complete n° 4: jardin waiting 3")
		}},
		{"the same choice again changes nothing and writes nothing", func(w *world) {
			a := w.sent("Alix", "cursus", "piano choeur")
			w.must(w.reg.Change(w.ctx, a.Actor, w.choice(a, "Léo", "cursus", "piano choeur")))
			w.wantMails(a, "received")
		}},
		{"a choice against the rules leaves everything as it was", func(w *world) {
			a := w.sent("Alix", "cursus", "piano choeur")
			wantRefused(w, w.reg.Change(w.ctx, a.Actor, w.choice(a, "Léo", "cursus", "piano")), "[cours: ")
			w.wantStands(a, "Léo", "complete n° 1: choeur place, piano place")
		}},
		{"a dossier received, incomplete, changes without asking for places", func(w *world) {
			f := w.family("Roux", "Léo")
			w.prepare(f, "Léo", "eveil", "jardin")
			w.send(f, "Léo")
			w.must(w.reg.Change(w.ctx, f.Actor, w.choice(f, "Léo", "eveil", "comptines")))
			w.wantStands(f, "Léo", "received")
			w.deposit(f, "Léo", "assurance")
			w.wantStands(f, "Léo", "complete n° 1: comptines place")
		}},
		{"a draft is saved, not changed", func(w *world) {
			f := w.family("Roux", "Léo")
			w.prepare(f, "Léo", "eveil", "jardin")
			wantRefused(w, w.reg.Change(w.ctx, f.Actor, w.choice(f, "Léo", "eveil", "comptines")), "n’est pas envoyé")
			w.deposit(f, "Léo", "assurance")
			w.send(f, "Léo")
			no := false
			wantRefused(w, SaveDraft(w.ctx, w.store, w.clock, f.Actor, f.pupils["Léo"], DraftStep{Administrative: &no}), "déjà envoyé")
		}},
		{"after « inscrit » the office does it", func(w *world) {
			a := w.enrolled("Alix", "cursus", "piano choeur")
			wantRefused(w, w.reg.Change(w.ctx, a.Actor, w.choice(a, "Léo", "cursus", "alto choeur")), "déjà inscrit")
			w.must(w.reg.Change(w.ctx, office, w.choice(a, "Léo", "cursus", "alto choeur")))
			w.wantStands(a, "Léo", "enrolled n° 1: alto place, choeur place")
		}},
		{"on the waiting list, the missing part is taken elsewhere: back before the office", func(w *world) {
			w.sent("Alix", "cursus", "alto choeur")
			b := w.sent("Blin", "cursus", "alto choeur")
			w.validate(b, "Léo", "assurance")
			w.must(second(w.confirm(b, "")))
			w.wantStands(b, "Léo", "waiting n° 2: alto waiting 1, choeur place")
			w.must(w.reg.Change(w.ctx, b.Actor, w.choice(b, "Léo", "cursus", "piano choeur")))
			w.wantStands(b, "Léo", "complete n° 2: choeur place, piano place")
		}},
		{"or the rest kept under another formula", func(w *world) {
			w.sent("Alix", "cursus", "alto choeur")
			b := w.sent("Blin", "cursus", "alto choeur")
			w.must(w.reg.Change(w.ctx, b.Actor, w.choice(b, "Léo", "seules", "choeur")))
			w.wantStands(b, "Léo", "complete n° 2: choeur place")
		}},
	}
}

func actsConfirm() []act {
	return []act{
		{"« inscrit » needs every required paper « Validé » and a place in every course", func(w *world) {
			a := w.sent("Alix", "cursus", "alto choeur")
			wantRefused(w, second(w.confirm(a, "")), "Validez d’abord")
			w.validate(a, "Léo", "assurance")
			if became, err := w.confirm(a, ""); became != Enrolled || err != nil {
				w.Errorf("became %q, %v", became, err)
			}
			w.wantMails(a, "received", "enrolled")
			wantRefused(w, second(w.confirm(a, "")), "inscrit")
			b := w.sent("Blin", "cursus", "alto choeur")
			w.validate(b, "Léo", "assurance")
			if became, err := w.confirm(b, ""); became != OnList || err != nil {
				w.Errorf("became %q, %v", became, err)
			}
			w.wantMails(b, "received", "on_waiting_list")
			w.withdraw(a, "") // a wish only, as it is enrolled
			w.must(w.reg.AnswerWithdrawal(w.ctx, office, w.dossier(a, "Léo").ID, true, ""))
			w.answer(b, "alto", true)
			w.wantStands(b, "Léo", "complete n° 2: alto place, choeur place")
			if n := w.count(w.reg.ConfirmReady(w.ctx, office)); n != 1 {
				w.Errorf("confirmed: want 1, got %d", n)
			}
			w.wantStands(b, "Léo", "enrolled n° 2: alto place, choeur place")
		}},
		{"a part, with a reason", func(w *world) {
			w.sent("Alix", "cursus", "alto choeur")
			b := w.sent("Blin", "cursus", "alto choeur")
			w.validate(b, "Léo", "assurance")
			if became, err := w.confirm(b, "chœur seul cette année"); became != Enrolled || err != nil {
				w.Errorf("became %q, %v", became, err)
			}
			if d := w.dossier(b, "Léo"); d.Reason != "chœur seul cette année" || d.ConfirmedBy != office.Name {
				w.Errorf("kept: %+v", d)
			}
		}},
		{"a part without any place is refused", func(w *world) {
			w.sent("Alix", "eveil", "jardin")
			b := w.sent("Blin", "eveil", "jardin")
			w.validate(b, "Léo", "assurance")
			wantRefused(w, second(w.confirm(b, "quand même")), "Aucun cours")
		}},
		{"a formula that lacks the course of a declined offer is not whole", func(w *world) {
			a, b := w.sent("Alix", "cursus", "alto choeur"), w.sent("Blin", "cursus", "alto choeur")
			w.withdraw(a, "")
			w.answer(b, "alto", false)
			w.validate(b, "Léo", "assurance")
			if n := w.count(w.reg.ConfirmReady(w.ctx, office)); n != 0 {
				w.Errorf("confirmed: want 0, got %d", n)
			}
			if became, err := w.confirm(b, ""); became != OnList || err != nil {
				w.Errorf("became %q, %v", became, err)
			}
		}},
		{"a dossier held up by its papers does not hold up the next", func(w *world) {
			a, b := w.sent("Alix", "eveil", "comptines"), w.sent("Blin", "eveil", "comptines")
			w.refuse(a, "Léo", "assurance")
			w.validate(b, "Léo", "assurance")
			if n := w.count(w.reg.ConfirmReady(w.ctx, office)); n != 1 {
				w.Errorf("confirmed: want 1, got %d", n)
			}
			w.wantStands(a, "Léo", "paper_refused n° 1: comptines place")
			w.wantStands(b, "Léo", "enrolled n° 2: comptines place")
			wantRefused(w, second(w.confirm(a, "")), "ne peut pas être confirmé")
		}},
		{"turned down with a reason: places go to the next", func(w *world) {
			a, b := w.sent("Alix", "eveil", "jardin"), w.sent("Blin", "eveil", "jardin")
			wantRefused(w, w.reg.TurnDown(w.ctx, office, w.dossier(a, "Léo").ID, ""), "[motif: ")
			w.must(w.reg.TurnDown(w.ctx, office, w.dossier(a, "Léo").ID, "doublon"))
			w.wantStands(a, "Léo", "refused")
			w.wantStands(b, "Léo", "complete n° 2: jardin offered")
			wantRefused(w, w.reg.TurnDown(w.ctx, office, w.dossier(a, "Léo").ID, "doublon"), "pas envoyé")
		}},
	}
}

func actsWithdraw() []act {
	return []act{
		{"one course: its place goes to the next, the rest is kept", func(w *world) {
			a, b := w.sent("Alix", "cursus", "alto choeur"), w.sent("Blin", "cursus", "alto choeur")
			w.withdraw(a, "alto")
			w.wantStands(a, "Léo", "complete n° 1: choeur place")
			w.wantStands(b, "Léo", "complete n° 2: alto offered, choeur place")
			w.wantMails(a, "received", "withdrawn")
			w.withdraw(a, "choeur") // the last one: the whole dossier
			w.wantStands(a, "Léo", "withdrawn")
		}},
		{"after « inscrit » it is a wish, accepted by the office", func(w *world) {
			a := w.enrolled("Alix", "cursus", "alto choeur")
			w.withdraw(a, "")
			w.withdraw(a, "")
			w.wantStands(a, "Léo", "enrolled n° 1: alto place, choeur place")
			w.wantMails(a, "received", "enrolled")
			w.must(w.reg.AnswerWithdrawal(w.ctx, office, w.dossier(a, "Léo").ID, true, ""))
			w.wantStands(a, "Léo", "withdrawn")
			w.wantMails(a, "received", "enrolled", "withdrawal_answered")
			wantRefused(w, w.reg.AnswerWithdrawal(w.ctx, office, w.dossier(a, "Léo").ID, true, ""), "Aucun renoncement")
		}},
		{"or refused, with a reason", func(w *world) {
			a := w.enrolled("Alix", "cursus", "alto choeur")
			w.withdraw(a, "")
			wantRefused(w, w.reg.AnswerWithdrawal(w.ctx, office, w.dossier(a, "Léo").ID, false, " "), "[motif: ")
			w.must(w.reg.AnswerWithdrawal(w.ctx, office, w.dossier(a, "Léo").ID, false, "l’année est commencée"))
			w.wantStands(a, "Léo", "enrolled n° 1: alto place, choeur place")
		}},
		{"a wish to leave one course takes that one only", func(w *world) {
			a, b := w.enrolled("Alix", "cursus", "alto choeur"), w.sent("Blin", "cursus", "alto choeur")
			w.withdraw(a, "alto")
			w.must(w.reg.AnswerWithdrawal(w.ctx, office, w.dossier(a, "Léo").ID, true, ""))
			w.wantStands(a, "Léo", "enrolled n° 1: choeur place")
			w.wantStands(b, "Léo", "complete n° 2: alto offered, choeur place")
		}},
		{"what is not sent is not given up", func(w *world) {
			f := w.family("Roux", "Léo")
			w.prepare(f, "Léo", "eveil", "jardin")
			wantRefused(w, w.reg.Withdraw(w.ctx, f.Actor, f.pupils["Léo"], "", ""), "rien à quoi renoncer")
		}},
	}
}

func actsPartlyFull() []act {
	partly := func(w *world) (whole, part family) {
		whole, part = w.sent("Alix", "cursus", "alto choeur"), w.sent("Blin", "cursus", "alto choeur")
		w.validate(part, "Léo", "assurance")
		w.must(second(w.confirm(part, "")))
		return whole, part
	}
	return []act{
		{"reminded seven days before, released at the date, once each", func(w *world) {
			_, b := partly(w)
			c := w.sent("Caro", "cursus", "piano choeur") // choeur: waits
			d := w.sent("Dore", "eveil", "jardin")
			w.clock.Set(paris("2027-07-13 11:59"))
			w.count(w.reg.ReleaseParts(w.ctx))
			w.wantMails(b, "received", "on_waiting_list")
			w.clock.Set(paris("2027-07-13 12:00"))
			w.count(w.reg.ReleaseParts(w.ctx))
			w.clock.Add(time.Hour)
			w.count(w.reg.ReleaseParts(w.ctx))
			w.wantMails(b, "received", "on_waiting_list", "partly_full")
			if m := w.lastMail(b); !strings.Contains(m.ArgsText, `"until":"2027-07-20T10:00:00Z"`) {
				w.Errorf("the reminder says %s", m.ArgsText)
			}
			w.wantStands(b, "Léo", "waiting n° 2: alto waiting 1, choeur place")
			w.clock.Set(paris("2027-07-20 11:59"))
			w.count(w.reg.ReleaseParts(w.ctx))
			w.wantStands(b, "Léo", "waiting n° 2: alto waiting 1, choeur place")
			w.clock.Set(paris("2027-07-20 12:01"))
			w.count(w.reg.ReleaseParts(w.ctx))
			w.count(w.reg.ReleaseParts(w.ctx))
			w.wantStands(b, "Léo", "refused")
			w.wantMails(b, "received", "on_waiting_list", "partly_full", "partly_released")
			w.wantStands(c, "Léo", "complete n° 3: choeur offered, piano place") // an offer is on its way
			w.wantMails(d, "received")
		}},
		{"one that only waits holds nothing, and waits on", func(w *world) {
			w.sent("Alix", "eveil", "jardin")
			b := w.sent("Blin", "eveil", "jardin")
			w.validate(b, "Léo", "assurance")
			w.must(second(w.confirm(b, "")))
			w.clock.Set(w.season.PartialReleaseAt)
			w.count(w.reg.ReleaseParts(w.ctx))
			w.clock.Add(10 * 24 * time.Hour)
			w.count(w.reg.ReleaseParts(w.ctx))
			w.wantStands(b, "Léo", "waiting n° 2: jardin waiting 1")
			w.wantMails(b, "received", "on_waiting_list")
		}},
		{"never released without its seven days' notice", func(w *world) {
			_, b := partly(w)
			w.clock.Set(paris("2027-07-21 09:00")) // the job did not run for a week
			w.count(w.reg.ReleaseParts(w.ctx))
			w.wantMails(b, "received", "on_waiting_list", "partly_full")
			w.clock.Set(paris("2027-07-28 23:58"))
			w.count(w.reg.ReleaseParts(w.ctx))
			w.wantStands(b, "Léo", "waiting n° 2: alto waiting 1, choeur place")
			w.clock.Set(paris("2027-07-28 23:59"))
			w.count(w.reg.ReleaseParts(w.ctx))
			w.wantStands(b, "Léo", "refused")
		}},
		{"the missing place comes in time: nothing is released", func(w *world) {
			a, b := partly(w)
			w.withdraw(a, "")
			w.answer(b, "alto", true)
			w.clock.Set(w.season.PartialReleaseAt.Add(time.Hour))
			w.count(w.reg.ReleaseParts(w.ctx))
			w.wantStands(b, "Léo", "complete n° 2: alto place, choeur place")
		}},
	}
}

func actsLateAndOnPaper() []act {
	onPaper := func(w *world, f family, at string) error {
		return w.reg.EnterPaper(w.ctx, office, f.Household, OnPaper{
			NewChoice: func() NewChoice {
				c := w.choice(f, "Léo", "eveil", "jardin")
				c.Reason = "déposé à l’accueil"
				return c
			}(), ReceivedAt: paris(at),
		})
	}
	return []act{
		{"a paper dossier takes no place given, but stands before every request received after it", func(w *world) {
			f := w.family("Roux", "Léo")
			a, b, c := w.sent("Alix", "eveil", "jardin"), w.sent("Blin", "eveil", "jardin"), w.sent("Caro", "eveil", "jardin")
			w.clock.Set(paris("2027-06-07 09:00"))
			w.must(onPaper(w, f, "2027-06-04 16:30"))
			w.wantStands(a, "Léo", "complete n° 1: jardin place")
			w.wantStands(f, "Léo", "complete n° 4: jardin waiting 1")
			w.wantStands(b, "Léo", "complete n° 2: jardin waiting 2")
			w.wantStands(c, "Léo", "complete n° 3: jardin waiting 3")
			w.wantMails(f, "entered_by_office")
			if d := w.dossier(f, "Léo"); !d.ReceivedOnPaperAt.Equal(paris("2027-06-04 16:30")) || d.Reason != "déposé à l’accueil" {
				w.Errorf("kept: %v, %q", d.ReceivedOnPaperAt, d.Reason)
			}
			lines, err := journal.OfDossier(w.ctx, w.store, w.dossier(f, "Léo").ID)
			w.must(err)
			if !strings.Contains(fmt.Sprint(lines), "reçu sur papier le 4 juin 2027 à 16") {
				w.Errorf("the journal says %v", lines)
			}
			wantRefused(w, onPaper(w, f, "2027-06-04 16:30"), "déjà un dossier complet")
		}},
		{"it is taken after the closing, for what was received before", func(w *world) {
			f := w.family("Roux", "Léo")
			w.clock.Set(paris("2027-06-22 09:00"))
			wantRefused(w, onPaper(w, f, "2027-06-21 10:00"), "close à cette date")
			wantRefused(w, onPaper(w, f, "2027-05-30 10:00"), "pas ouverte à cette date")
			wantRefused(w, onPaper(w, f, "2027-06-23 10:00"), "dans l’avenir")
			w.must(onPaper(w, f, "2027-06-19 10:00"))
			w.wantStands(f, "Léo", "complete n° 1: jardin place")
		}},
		{"not for a household that is not the pupil's, and not without a reason", func(w *world) {
			f, other := w.family("Roux", "Léo"), w.family("Petit")
			wrong := family{other.Actor, f.pupils}
			if err := onPaper(w, wrong, "2027-06-04 10:00"); !errors.Is(err, fault.ErrNotFound) {
				w.Errorf("another household: want ErrNotFound, got %v", err)
			}
			err := w.reg.EnterPaper(w.ctx, office, f.Household, OnPaper{NewChoice: w.choice(f, "Léo", "eveil", "jardin"), ReceivedAt: paris("2027-06-04 10:00")})
			wantRefused(w, err, "[motif: ")
		}},
		{"withdrawn and sent online, it is no longer « reçu sur papier »", func(w *world) {
			f := w.family("Roux", "Léo")
			w.must(onPaper(w, f, "2027-06-04 10:00"))
			w.withdraw(f, "")
			w.deposit(f, "Léo", "assurance")
			w.send(f, "Léo")
			if d := w.dossier(f, "Léo"); !d.ReceivedOnPaperAt.IsZero() || d.Rank != 2 {
				w.Errorf("sent online: %+v", d)
			}
		}},
		{"at the closing an incomplete dossier is a draft again, its family is told, once", func(w *world) {
			f := w.family("Roux", "Léo")
			w.prepare(f, "Léo", "eveil", "jardin")
			w.send(f, "Léo")
			w.clock.Set(w.season.ClosesAt.Add(-time.Second))
			w.count(w.reg.CloseCampaign(w.ctx))
			w.wantStands(f, "Léo", "received")
			w.clock.Set(w.season.ClosesAt)
			if n := w.count(w.reg.CloseCampaign(w.ctx)); n != 1 {
				w.Errorf("told: want 1, got %d", n)
			}
			w.count(w.reg.CloseCampaign(w.ctx))
			w.deposit(f, "Léo", "assurance")
			w.wantStands(f, "Léo", "draft")
			w.wantMails(f, "received", "campaign_closed")
			if m := w.lastMail(f); !strings.Contains(m.ArgsText, "Assurance scolaire") || !m.Leaves.Equal(paris("2027-06-21 08:00")) {
				w.Errorf("told at %v: %s", m.Leaves, m.ArgsText)
			}
		}},
		{"between the closing and its job nothing is completed", func(w *world) {
			f := w.family("Roux", "Léo")
			w.prepare(f, "Léo", "eveil", "jardin")
			w.send(f, "Léo")
			w.clock.Set(w.season.ClosesAt)
			w.deposit(f, "Léo", "assurance")
			w.wantStands(f, "Léo", "received")
		}},
		{"reopened for one family, a late dossier ranks at its own time", func(w *world) {
			f, g := w.family("Roux", "Léo"), w.family("Petit", "Léo")
			for _, x := range []family{f, g} {
				w.prepare(x, "Léo", "eveil", "jardin")
				w.deposit(x, "Léo", "assurance")
			}
			w.clock.Set(paris("2027-06-25 10:00"))
			wantRefused(w, w.reg.Reopen(w.ctx, office, f.pupils["Léo"], f.Household, paris("2027-06-27 20:00"), ""), "[motif: ")
			wantRefused(w, w.reg.Reopen(w.ctx, office, f.pupils["Léo"], f.Household, paris("2027-06-24 20:00"), "panne"), "passée")
			w.must(w.reg.Reopen(w.ctx, office, f.pupils["Léo"], f.Household, paris("2027-06-27 20:00"), "panne"))
			wantRefused(w, w.submit(g, "Léo")[0].Err, "close")
			w.send(f, "Léo")
			if got := w.dossier(f, "Léo").CompleteAt; !got.Equal(w.clock.Now()) {
				w.Errorf("complete at: want %v, got %v", w.clock.Now(), got)
			}
			w.wantStands(f, "Léo", "complete n° 1: jardin place")
		}},
		{"reopened, incomplete, over: told again", func(w *world) {
			f := w.family("Roux", "Léo")
			w.prepare(f, "Léo", "eveil", "jardin")
			w.send(f, "Léo")
			w.clock.Set(w.season.ClosesAt)
			w.count(w.reg.CloseCampaign(w.ctx))
			w.must(w.reg.Reopen(w.ctx, office, f.pupils["Léo"], f.Household, paris("2027-06-27 20:00"), "panne"))
			w.send(f, "Léo")
			w.count(w.reg.CloseCampaign(w.ctx))
			w.wantStands(f, "Léo", "received")
			w.clock.Set(paris("2027-06-27 20:00"))
			w.count(w.reg.CloseCampaign(w.ctx))
			w.wantStands(f, "Léo", "draft")
			w.wantMails(f, "received", "campaign_closed", "received", "campaign_closed")
			w.deposit(f, "Léo", "assurance")
			w.wantStands(f, "Léo", "draft")
		}},
		{"reopened before the opening opens nothing early", func(w *world) {
			f := w.family("Roux", "Léo")
			w.clock.Set(paris("2027-05-20 10:00"))
			w.prepare(f, "Léo", "eveil", "jardin")
			w.must(w.reg.Reopen(w.ctx, office, f.pupils["Léo"], f.Household, paris("2027-06-27 20:00"), "voyage"))
			wantRefused(w, w.submit(f, "Léo")[0].Err, "La campagne ouvre")
		}},
		{"an export restored elsewhere gives no rank again", func(w *world) {
			a := w.sent("Alix", "eveil", "jardin")
			w.sent("Blin", "eveil", "comptines")
			c := w.sent("Caro", "eveil", "comptines")
			w.withdraw(c, "")
			kept, err := Everything(w.ctx, w.store)
			w.must(err)
			w.write(func(ctx context.Context, tx *db.Tx) error {
				for _, statement := range []string{`delete from request`, `delete from dossier`, `update offering set taken = 0`, `update season set next_rank = 1, next_number = 1, last_at = null, moves = 0`} {
					if _, err := tx.Exec(ctx, statement); err != nil {
						return err
					}
				}
				mine := kept
				mine.Dossiers, mine.Requests = nil, nil
				of := map[string]bool{}
				for _, d := range kept.Dossiers {
					if d.Season == w.season.ID {
						mine.Dossiers, of[d.ID] = append(mine.Dossiers, d), true
					}
				}
				for _, r := range kept.Requests {
					if of[r.Dossier] {
						mine.Requests = append(mine.Requests, r)
					}
				}
				return Restore(ctx, tx, w.season.ID, mine)
			})
			w.wantStands(a, "Léo", "complete n° 1: jardin place")
			d := w.sent("Dore", "eveil", "jardin")
			w.wantStands(d, "Léo", "complete n° 4: jardin waiting 1")
		}},
	}
}
