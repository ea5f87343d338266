package enrolment

import (
	"time"
)

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
			if n := w.confirmReady(); n != 1 {
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
			if n := w.confirmReady(); n != 0 {
				w.Errorf("confirmed: want 0, got %d", n)
			}
			wantRefused(w, second(w.confirm(b, "")), "la famille doit choisir à nouveau")
			w.wantStands(b, "Léo", "complete n° 2: choeur place")
		}},
		{"a dossier held up by its papers does not hold up the next", func(w *world) {
			a, b := w.sent("Alix", "eveil", "comptines"), w.sent("Blin", "eveil", "comptines")
			w.refuse(a, "Léo", "assurance")
			w.validate(b, "Léo", "assurance")
			if n := w.confirmReady(); n != 1 {
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
