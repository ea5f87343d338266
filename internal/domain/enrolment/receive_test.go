package enrolment

import (
	"context"
	"errors"
	"strings"
	"time"

	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/catalogue"
	"pupitre/internal/domain/document"
	"pupitre/internal/domain/people"
	"pupitre/internal/domain/school"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
)

func actsValider() []act {
	return []act{
		{"a complete dossier gets its rank, its time and its places at once", func(w *world) {
			f := w.sent("Roux", "cursus", "piano choeur")
			w.wantStands(f, "Léo", "complete n° 1: choeur place, piano place")
			if got := w.dossier(f, "Léo").CompleteAt; !got.Equal(w.clock.Now()) {
				w.Errorf("complete at: want %v, got %v", w.clock.Now(), got)
			}
			w.wantMails(f, "received")
		}},
		{"completed by its last paper, with nobody in between, it has the time of that paper and not of its « Valider »", func(w *world) {
			f := w.family("Roux", "Léo")
			w.prepare(f, "Léo", "eveil", "jardin")
			w.send(f, "Léo")
			w.wantStands(f, "Léo", "received")
			w.clock.Add(10 * time.Minute)
			w.deposit(f, "Léo", "assurance")
			w.wantStands(f, "Léo", "complete n° 1: jardin place")
			d := w.dossier(f, "Léo")
			if !d.CompleteAt.Equal(w.clock.Now()) || !d.SentAt.Equal(w.clock.Now().Add(-10*time.Minute)) {
				w.Errorf("sent at %v, complete at %v: want the last paper's %v", d.SentAt, d.CompleteAt, w.clock.Now())
			}
		}},
		{"before the opening minute it is refused, at that minute it is taken", func(w *world) {
			f := w.family("Roux", "Léo")
			w.clock.Set(paris("2027-05-31 21:00"))
			w.prepare(f, "Léo", "eveil", "jardin")
			w.deposit(f, "Léo", "assurance")
			w.clock.Set(w.season.OpensAt.Add(-time.Microsecond))
			wantRefused(w, w.submit(f, "Léo")[0].Err, "La campagne ouvre le mardi 1er juin")
			w.clock.Set(w.season.OpensAt)
			w.send(f, "Léo")
			w.wantStands(f, "Léo", "complete n° 1: jardin place")
		}},
		{"from the closing on it is refused, with whom to call", func(w *world) {
			f := w.family("Roux", "Léo")
			w.prepare(f, "Léo", "eveil", "jardin")
			w.deposit(f, "Léo", "assurance")
			w.clock.Set(w.season.ClosesAt)
			err := w.submit(f, "Léo")[0].Err
			wantRefused(w, err, "La campagne est close")
			wantRefused(w, err, "02")
			w.wantStands(f, "Léo", "draft")
		}},
		{"a yellow field empty, of the family", func(w *world) {
			f := w.family("Roux", "Léo")
			w.prepare(f, "Léo", "eveil", "jardin")
			w.write(means()(f))
			wantRefused(w, w.submit(f, "Léo")[0].Err, "[famille.")
			w.wantStands(f, "Léo", "draft")
		}},
		{"a yellow field empty, of the pupil", func(w *world) {
			f := w.family("Roux", "Léo")
			w.prepare(f, "Léo", "eveil", "jardin")
			w.write(func(ctx context.Context, tx *db.Tx) error {
				_, err := tx.Exec(ctx, `update pupil_season set image_right = '' where pupil_id = $1`, f.pupils["Léo"])
				return err
			})
			wantRefused(w, w.submit(f, "Léo")[0].Err, "[eleve.")
		}},
		{"the box « Réinscription administrative » unticked", func(w *world) {
			f := w.family("Roux", "Léo")
			w.prepare(f, "Léo", "eveil", "jardin")
			no := false
			w.must(SaveDraft(w.ctx, w.store, w.clock, f.Actor, f.pupils["Léo"], DraftStep{Administrative: &no}))
			wantRefused(w, w.submit(f, "Léo")[0].Err, "[administrative: ")
		}},
		{"« J’accepte » unticked, or a text that has changed", func(w *world) {
			f := w.family("Roux", "Léo")
			w.prepare(f, "Léo", "eveil", "jardin")
			s := w.submission(f, "Léo")
			s.Agreed = false
			_, err := w.reg.Submit(w.ctx, f.Actor, s)
			wantRefused(w, err, "[accord: ")
			s.Agreed, s.Text = true, "an earlier one"
			_, err = w.reg.Submit(w.ctx, f.Actor, s)
			wantRefused(w, err, "Le règlement a changé")
			w.wantStands(f, "Léo", "draft")
		}},
		{"a choice against the rules of its formula", func(w *world) {
			f := w.family("Roux", "Léo")
			w.prepare(f, "Léo", "cursus", "piano")
			wantRefused(w, w.submit(f, "Léo")[0].Err, "[cours: ")
		}},
		{"a pupil whose registration is not begun", func(w *world) {
			f := w.family("Roux", "Léo")
			wantRefused(w, w.submit(f, "Léo")[0].Err, "n’est pas commencée")
		}},
		{"a pupil new to the school is told of its inscription, as its pages name it", func(w *world) {
			f := w.family("Roux", "Léo")
			w.write(func(ctx context.Context, tx *db.Tx) error {
				_, err := tx.Exec(ctx, `update pupil set new_in = $1 where id = $2`, w.season.ID, f.pupils["Léo"])
				return err
			})
			wantRefused(w, w.submit(f, "Léo")[0].Err, "L’inscription n’est pas commencée. [administrative: Cochez « Inscription administrative »")
			w.prepare(f, "Léo", "eveil", "jardin")
			no := false
			w.must(SaveDraft(w.ctx, w.store, w.clock, f.Actor, f.pupils["Léo"], DraftStep{Administrative: &no}))
			wantRefused(w, w.submit(f, "Léo")[0].Err, "« Inscription administrative »")
			w.must(w.reg.NotReturning(w.ctx, f.Actor, f.pupils["Léo"], f.Household, ""))
			wantRefused(w, w.submit(f, "Léo")[0].Err, "« Ne s’inscrit pas »")
		}},
		{"one pupil refused does not hold up a sister", func(w *world) {
			f := w.family("Roux", "Léo", "Zoé")
			w.prepare(f, "Léo", "cursus", "piano")
			w.prepare(f, "Zoé", "eveil", "jardin")
			w.deposit(f, "Zoé", "assurance")
			outcomes := w.submit(f, "Léo", "Zoé")
			wantRefused(w, outcomes[0].Err, "[cours: ")
			w.must(outcomes[1].Err)
			w.wantStands(f, "Zoé", "complete n° 1: jardin place")
		}},
		{"a required paper missing: received without rank, and the message names it", func(w *world) {
			f := w.family("Roux", "Léo")
			w.prepare(f, "Léo", "eveil", "jardin")
			w.send(f, "Léo")
			w.wantStands(f, "Léo", "received")
			w.wantMails(f, "received")
			if m := w.lastMail(f); !strings.Contains(m.ArgsText, "Assurance scolaire") {
				w.Errorf("the message names no paper: %s", m.ArgsText)
			}
		}},
		{"the last paper ranks it at its own instant", func(w *world) {
			f, g := w.family("Roux", "Léo"), w.family("Petit", "Ana")
			w.prepare(f, "Léo", "eveil", "jardin")
			w.prepare(g, "Ana", "eveil", "jardin")
			w.send(f, "Léo")
			w.clock.Add(time.Hour)
			w.deposit(g, "Ana", "assurance")
			w.send(g, "Ana")
			w.clock.Add(time.Hour)
			w.deposit(f, "Léo", "assurance")
			w.wantStands(g, "Ana", "complete n° 1: jardin place")
			w.wantStands(f, "Léo", "complete n° 2: jardin waiting 1")
			if got := w.dossier(f, "Léo").CompleteAt; !got.Equal(w.clock.Now()) {
				w.Errorf("complete at: want %v, got %v", w.clock.Now(), got)
			}
			w.wantMails(f, "received", "became_complete")
		}},
		{"the attestation QF never holds it up", func(w *world) {
			f := w.sent("Roux", "eveil", "jardin")
			w.wantStands(f, "Léo", "complete n° 1: jardin place")
			w.deposit(f, "", "qf")
			w.refuse(f, "", "qf")
			w.wantStands(f, "Léo", "complete n° 1: jardin place")
			w.wantMails(f, "received", "paper_refused")
			if m := w.lastMail(f); !strings.Contains(m.ArgsText, "le tarif maximal sera appliqué") {
				w.Errorf("the message does not say the cost: %s", m.ArgsText)
			}
		}},
		{"a change of means of payment that asks for less completes it", func(w *world) {
			f := w.family("Roux", "Léo")
			w.write(means("debit")(f))
			w.prepare(f, "Léo", "eveil", "jardin")
			w.deposit(f, "Léo", "assurance")
			w.send(f, "Léo")
			w.wantStands(f, "Léo", "received")
			w.clock.Add(time.Hour)
			w.must(w.reg.Alter(w.ctx, f.Actor, f.Household, means("cheque")(f)))
			w.wantStands(f, "Léo", "complete n° 1: jardin place")
			w.wantMails(f, "received", "became_complete")
		}},
		{"the last paper of a choice that no longer stands: the family is told what to mend, once, and mending it ranks", func(w *world) {
			f := w.family("Roux", "Léo")
			w.prepare(f, "Léo", "eveil", "jardin")
			w.send(f, "Léo")
			w.must(w.reg.CancelCourse(w.ctx, office, w.courses["jardin"], "plus de professeur"))
			w.deposit(f, "Léo", "assurance")
			w.wantMails(f, "received", "course_cancelled", "not_ranked")
			if m := w.lastMail(f); !strings.Contains(m.ArgsText, "n’est plus proposé") || !strings.Contains(m.ArgsText, `"paper":"Assurance scolaire"`) {
				w.Errorf("the mail says %s", m.ArgsText)
			}
			w.deposit(f, "Léo", "assurance") // replaced: it lacked nothing
			w.validate(f, "Léo", "assurance")
			w.wantMails(f, "received", "course_cancelled", "not_ranked")
			w.wantStands(f, "Léo", "received")
			w.must(w.reg.Change(w.ctx, f.Actor, w.choice(f, "Léo", "eveil", "comptines")))
			w.wantStands(f, "Léo", "complete n° 1: comptines place")
			w.wantMails(f, "received", "course_cancelled", "not_ranked", "became_complete")
		}},
		{"an age corrected since « Valider » is told with the last paper too", func(w *world) {
			f := w.family("Roux", "Léo")
			w.write(func(ctx context.Context, tx *db.Tx) error {
				_, err := tx.Exec(ctx, `update course set age_max = 6 where id = $1`, w.courses["jardin"])
				return errors.Join(err, school.Changed(ctx, tx))
			})
			birth := func(day string) func(context.Context, *db.Tx) error {
				return func(ctx context.Context, tx *db.Tx) error {
					_, err := tx.Exec(ctx, `update pupil set birth_date = $1 where id = $2`, day, f.pupils["Léo"])
					return err
				}
			}
			w.write(birth("2022-03-04"))
			w.prepare(f, "Léo", "eveil", "jardin")
			w.send(f, "Léo")
			w.must(w.reg.Alter(w.ctx, office, f.Household, birth("2017-03-04")))
			w.wantMails(f, "received")
			w.deposit(f, "Léo", "assurance")
			w.wantStands(f, "Léo", "received")
			w.wantMails(f, "received", "not_ranked")
		}},
		{"refused by mistake and validated after all, with a course cancelled meanwhile: told as well", func(w *world) {
			f := w.family("Roux", "Léo")
			w.prepare(f, "Léo", "eveil", "jardin")
			w.send(f, "Léo")
			w.must(w.reg.CancelCourse(w.ctx, office, w.courses["jardin"], "plus de professeur"))
			w.deposit(f, "Léo", "assurance")
			w.refuse(f, "Léo", "assurance")
			w.validate(f, "Léo", "assurance")
			w.wantMails(f, "received", "course_cancelled", "not_ranked", "paper_refused", "not_ranked")
		}},
		{"a choice that no longer stands at the closing: a draft again, told what lacked", func(w *world) {
			f := w.family("Roux", "Léo")
			w.prepare(f, "Léo", "eveil", "jardin")
			w.send(f, "Léo")
			w.must(w.reg.CancelCourse(w.ctx, office, w.courses["jardin"], "plus de professeur"))
			w.deposit(f, "Léo", "assurance")
			w.clock.Set(w.season.ClosesAt)
			w.count(w.reg.CloseCampaign(w.ctx))
			w.wantStands(f, "Léo", "draft")
			if m := w.lastMail(f); m.Kind != "campaign_closed" || !strings.Contains(m.ArgsText, "un choix de cours") {
				w.Errorf("told %s: %s", m.Kind, m.ArgsText)
			}
		}},
		{"a paper no longer asked completes every family, in the order of their « Valider »", func(w *world) {
			b, a := w.family("Blin", "Bo"), w.family("Alix", "Al")
			w.prepare(b, "Bo", "eveil", "jardin")
			w.prepare(a, "Al", "eveil", "jardin")
			w.send(a, "Al")
			w.send(b, "Bo")
			followed := w.asks(document.Paper{Code: "assurance", Name: "Assurance scolaire", Audience: document.OfPupil, Validity: "season"})
			if followed.Ranked != 2 || followed.Held != 0 {
				w.Errorf("followed: %+v", followed)
			}
			w.wantStands(a, "Al", "complete n° 1: jardin place")
			w.wantStands(b, "Bo", "complete n° 2: jardin waiting 1")
		}},
		{"a paper newly required of all is asked for of those that have a rank, and of them alone", func(w *world) {
			a, b := w.sent("Alix", "eveil", "jardin"), w.sent("Blin", "eveil", "jardin")
			c := w.family("Caro", "Léo")
			w.prepare(c, "Léo", "eveil", "jardin")
			w.send(c, "Léo") // received: it lacks the insurance
			w.deposit(b, "", "qf")
			w.clock.Set(paris("2027-06-08 21:00")) // quiet until eight
			followed := w.asks(document.Paper{Code: "qf", Name: "Attestation Quotient Familial", Audience: document.OfHousehold, Required: true, Validity: "season"})
			if followed.Held != 1 || followed.Ranked != 0 {
				w.Errorf("followed: %+v", followed)
			}
			w.wantStands(a, "Léo", "paper_refused n° 1: jardin place")
			w.wantStands(b, "Léo", "complete n° 2: jardin waiting 1")
			w.wantStands(c, "Léo", "received")
			w.wantMails(a, "received", "newly_required")
			w.wantMails(b, "received")
			w.wantMails(c, "received")
			if m, d := w.lastMail(a), w.dossier(a, "Léo"); !m.Leaves.Equal(paris("2027-06-09 08:00")) || !d.HoldUntil.Equal(paris("2027-06-16 23:59")) {
				w.Errorf("the mail leaves at %v, the delay runs to %v", m.Leaves, d.HoldUntil)
			}
			again := w.asks(document.Paper{Code: "qf", Name: "Attestation Quotient Familial", Audience: document.OfHousehold, Required: true, Validity: "season"})
			if again != (Followed{}) {
				w.Errorf("followed again: %+v", again)
			}
			w.wantMails(a, "received", "newly_required")
		}},
		{"several dossiers completed by one deposit rank in the order of their « Valider »", func(w *world) {
			f := w.family("Roux", "Léo", "Zoé", "Max")
			w.write(means("debit")(f))
			for _, p := range []string{"Léo", "Zoé", "Max"} {
				w.prepare(f, p, "eveil", "jardin")
				w.deposit(f, p, "assurance")
			}
			w.send(f, "Max", "Léo") // « Valider pour tous », in the order that the family set
			w.send(f, "Zoé")
			w.deposit(f, "", "rib")
			w.wantStands(f, "Max", "complete n° 1: jardin place")
			w.wantStands(f, "Léo", "complete n° 2: jardin waiting 1")
			w.wantStands(f, "Zoé", "complete n° 3: jardin waiting 2")
		}},
		{"« Valider pour tous » ranks in the order shown, and writes one mail", func(w *world) {
			f := w.family("Roux", "Léo", "Zoé", "Max")
			for _, p := range []string{"Léo", "Zoé", "Max"} {
				w.prepare(f, p, "eveil", "jardin")
				w.deposit(f, p, "assurance")
			}
			w.send(f, "Zoé", "Max", "Léo")
			w.wantStands(f, "Zoé", "complete n° 1: jardin place")
			w.wantStands(f, "Max", "complete n° 2: jardin waiting 1")
			w.wantStands(f, "Léo", "complete n° 3: jardin waiting 2")
			w.wantMails(f, "received")
		}},
		{"a second click gives the same rank and writes nothing", func(w *world) {
			f := w.sent("Roux", "eveil", "jardin")
			w.sent("Petit", "eveil", "jardin")
			before := w.dossier(f, "Léo")
			w.clock.Add(time.Minute)
			w.send(f, "Léo", "Léo")
			if after := w.dossier(f, "Léo"); after.Rank != 1 || after.Version != before.Version || !after.SentAt.Equal(before.SentAt) {
				w.Errorf("after a second click: want %+v, got %+v", before, after)
			}
			w.wantMails(f, "received")
		}},
		{"the same pupil twice in one submission is sent once", func(w *world) {
			f := w.family("Roux", "Léo")
			w.prepare(f, "Léo", "eveil", "comptines")
			w.deposit(f, "Léo", "assurance")
			w.send(f, "Léo", "Léo")
			w.wantStands(f, "Léo", "complete n° 1: comptines place")
		}},
		{"withdrawn and sent anew, it takes the next number", func(w *world) {
			f := w.sent("Roux", "eveil", "jardin")
			g := w.sent("Petit", "eveil", "jardin")
			w.must(w.reg.Withdraw(w.ctx, f.Actor, f.pupils["Léo"], "", "déménagement"))
			w.wantStands(f, "Léo", "withdrawn")
			w.wantStands(g, "Léo", "complete n° 2: jardin offered")
			w.clock.Add(time.Minute)
			w.send(f, "Léo")
			w.wantStands(f, "Léo", "complete n° 3: jardin waiting 1")
			w.wantMails(f, "received", "withdrawn", "received")
		}},
		{"« Ne se réinscrit pas » must be undone first, and needs no rank", func(w *world) {
			f := w.family("Roux", "Léo")
			w.prepare(f, "Léo", "eveil", "jardin")
			w.deposit(f, "Léo", "assurance")
			w.must(w.reg.NotReturning(w.ctx, f.Actor, f.pupils["Léo"], f.Household, ""))
			wantRefused(w, w.submit(f, "Léo")[0].Err, "Ne se réinscrit pas")
			w.wantStands(f, "Léo", "not_returning")
			w.must(w.reg.Returning(w.ctx, f.Actor, f.pupils["Léo"]))
			w.send(f, "Léo")
			w.wantStands(f, "Léo", "complete n° 1: jardin place")
			wantRefused(w, w.reg.NotReturning(w.ctx, f.Actor, f.pupils["Léo"], f.Household, ""), "renoncez d’abord")
		}},
		{"« Ne se réinscrit pas » ends with the closing, both ways", func(w *world) {
			f := w.family("Roux", "Léo", "Zoé")
			w.must(w.reg.NotReturning(w.ctx, f.Actor, f.pupils["Léo"], f.Household, "trop loin"))
			w.clock.Set(w.season.ClosesAt)
			wantRefused(w, w.reg.Returning(w.ctx, f.Actor, f.pupils["Léo"]), "close")
			wantRefused(w, w.reg.NotReturning(w.ctx, f.Actor, f.pupils["Zoé"], f.Household, ""), "close")
			no := false
			wantRefused(w, SaveDraft(w.ctx, w.store, w.clock, f.Actor, f.pupils["Léo"], DraftStep{Administrative: &no}), "close")
			w.wantStands(f, "Léo", "not_returning")
			w.must(w.reg.Returning(w.ctx, office, f.pupils["Léo"]))
			w.wantStands(f, "Léo", "draft")
		}},
		{"a clock that goes back never gives an earlier time to a later rank", func(w *world) {
			f := w.sent("Roux", "eveil", "jardin")
			w.clock.Add(-time.Hour)
			g := w.sent("Petit", "eveil", "jardin")
			if a, b := w.dossier(f, "Léo").CompleteAt, w.dossier(g, "Léo").CompleteAt; !b.After(a) {
				w.Errorf("rank 2 is complete at %v, rank 1 at %v", b, a)
			}
		}},
		{"a place in each semester is counted apart (R23)", func(w *world) {
			f := w.sent("Roux", "parcours", "cordes/1 vents/2")
			g := w.sent("Petit", "parcours", "cordes/1 vents/2")
			h := w.sent("Blin", "parcours", "vents/1 cordes/2")
			w.wantStands(f, "Léo", "complete n° 1: cordes/1 place, vents/2 place")
			w.wantStands(g, "Léo", "complete n° 2: cordes/1 waiting 1, vents/2 waiting 1")
			w.wantStands(h, "Léo", "complete n° 3: cordes/2 place, vents/1 place")
		}},
	}
}

func actsTwoHouseholds() []act {
	separated := func(w *world) (mother, father family) {
		mother, father = w.family("Roux", "Léo"), w.family("Petit")
		father.pupils["Léo"] = mother.pupils["Léo"]
		w.write(func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.Exec(ctx, `insert into pupil_household (pupil_id, household_id) values ($1, $2)`, mother.pupils["Léo"], father.Household)
			return err
		})
		return mother, father
	}
	return []act{
		{"once one has sent it, the other reads « déjà envoyée par l’autre foyer le … » everywhere", func(w *world) {
			mother, father := separated(w)
			w.prepare(mother, "Léo", "eveil", "jardin")
			w.deposit(mother, "Léo", "assurance")
			w.send(mother, "Léo")
			const words = "déjà envoyée par l’autre foyer le samedi 5 juin"
			wantRefused(w, w.submit(father, "Léo")[0].Err, words)
			no := false
			wantRefused(w, SaveDraft(w.ctx, w.store, w.clock, father.Actor, father.pupils["Léo"], DraftStep{Administrative: &no}), words)
			wantRefused(w, w.reg.NotReturning(w.ctx, father.Actor, father.pupils["Léo"], father.Household, ""), words)
			if err := w.reg.Change(w.ctx, father.Actor, w.choice(father, "Léo", "eveil", "comptines")); !errors.Is(err, fault.ErrNotFound) {
				w.Errorf("change by the other household: want ErrNotFound, got %v", err)
			}
			if err := w.reg.Withdraw(w.ctx, father.Actor, father.pupils["Léo"], "", ""); !errors.Is(err, fault.ErrNotFound) {
				w.Errorf("withdraw by the other household: want ErrNotFound, got %v", err)
			}
			w.wantStands(mother, "Léo", "complete n° 1: jardin place")
			v, err := RegistrationOf(w.ctx, w.store, father.Actor, father.pupils["Léo"])
			w.must(err)
			if !v.Elsewhere || v.Dossier.Rank != 1 || v.Household.ID != father.Household {
				w.Errorf("the other household sees: %+v", v.Dossier)
			}
		}},
		{"a note of one is never read by the other, not even when it takes the draft over", func(w *world) {
			mother, father := separated(w)
			w.prepare(mother, "Léo", "eveil", "jardin")
			note := "le père ne doit pas savoir"
			w.must(SaveDraft(w.ctx, w.store, w.clock, mother.Actor, mother.pupils["Léo"], DraftStep{Note: &note}))
			v, err := RegistrationOf(w.ctx, w.store, father.Actor, father.pupils["Léo"])
			w.must(err)
			all, err := DossiersOf(w.ctx, w.store, father.Actor, father.Household)
			w.must(err)
			if v.Dossier.Note != "" || all[father.pupils["Léo"]].Note != "" {
				w.Errorf("the father reads the mother's note: %q, %q", v.Dossier.Note, all[father.pupils["Léo"]].Note)
			}
			w.prepare(father, "Léo", "eveil", "jardin")
			if d := w.dossier(father, "Léo"); d.Note != "" || d.Household != father.Household {
				w.Errorf("taken over: note %q, household %s", d.Note, d.Household)
			}
		}},
		{"a delay given to one is not the other's when it takes the draft over", func(w *world) {
			mother, father := separated(w)
			w.prepare(mother, "Léo", "eveil", "jardin")
			w.must(w.reg.Reopen(w.ctx, office, mother.pupils["Léo"], mother.Household, w.clock.Now().AddDate(0, 0, 90), "hospitalisation"))
			yes := true
			w.must(SaveDraft(w.ctx, w.store, w.clock, mother.Actor, mother.pupils["Léo"], DraftStep{Administrative: &yes}))
			if w.dossier(mother, "Léo").ReopenedUntil.IsZero() {
				w.Errorf("the mother has lost her delay by a step of her own")
			}
			w.must(SaveDraft(w.ctx, w.store, w.clock, father.Actor, father.pupils["Léo"], DraftStep{Administrative: &yes}))
			if d := w.dossier(father, "Léo"); d.Household != father.Household || !d.ReopenedUntil.IsZero() {
				w.Errorf("taken over: household %s, reopened until %v", d.Household, d.ReopenedUntil)
			}
		}},
		{"the office that helps with a draft leaves it to its household", func(w *world) {
			mother, father := separated(w)
			w.prepare(father, "Léo", "eveil", "jardin")
			no := false
			w.must(SaveDraft(w.ctx, w.store, w.clock, office, mother.pupils["Léo"], DraftStep{Administrative: &no}))
			if d := w.dossier(father, "Léo"); d.Household != father.Household {
				w.Errorf("household after the office's help: want the father's, got %s", d.Household)
			}
		}},
		{"papers of one household do not complete a dossier of the other", func(w *world) {
			mother, father := separated(w)
			w.prepare(mother, "Léo", "eveil", "jardin")
			w.send(mother, "Léo")
			w.deposit(father, "Léo", "assurance")
			w.wantStands(mother, "Léo", "received")
			w.deposit(mother, "Léo", "assurance")
			w.wantStands(mother, "Léo", "complete n° 1: jardin place")
		}},
		{"the office links a pupil to its second household, and unlinks it", func(w *world) {
			mother, father := w.family("Roux", "Léo"), w.family("Petit", "Ana")
			home := people.Home{Pupil: mother.pupils["Léo"], Household: father.Household, Version: w.version(mother, "Léo")}
			for name, a := range map[string]actor.Actor{"the mother": mother.Actor, "the father": father.Actor} {
				if err := w.reg.AddHome(w.ctx, a, home); !errors.Is(err, fault.ErrForbidden) {
					w.Errorf("%s links: want ErrForbidden, got %v", name, err)
				}
			}
			w.must(w.reg.AddHome(w.ctx, office, home))
			father.pupils["Léo"] = mother.pupils["Léo"]
			wantRefused(w, w.reg.AddHome(w.ctx, office, home), "déjà dans ce foyer")
			home.Version = w.version(father, "Léo")
			third := home
			third.Household = w.family("Blin").Household
			wantRefused(w, w.reg.AddHome(w.ctx, office, third), "déjà deux foyers")
			// What the father has only begun goes on at the mother's, without his words.
			w.prepare(father, "Léo", "eveil", "jardin")
			note := "la mère ne doit pas savoir"
			w.must(SaveDraft(w.ctx, w.store, w.clock, father.Actor, father.pupils["Léo"], DraftStep{Note: &note}))
			home.Version = w.version(father, "Léo")
			stale := home
			stale.Version--
			var conflict *fault.Conflict
			if err := w.reg.RemoveHome(w.ctx, office, stale); !errors.As(err, &conflict) {
				w.Errorf("unlinked from an old reading: got %v", err)
			}
			w.must(w.reg.RemoveHome(w.ctx, office, home))
			if d := w.dossier(mother, "Léo"); d.Household != mother.Household || d.Note != "" {
				w.Errorf("after the father is unlinked: household %s, note %q", d.Household, d.Note)
			}
			if _, err := RegistrationOf(w.ctx, w.store, father.Actor, mother.pupils["Léo"]); !errors.Is(err, fault.ErrNotFound) {
				w.Errorf("the father still sees the pupil: %v", err)
			}
			last := people.Home{Pupil: home.Pupil, Household: mother.Household, Version: w.version(mother, "Léo")}
			wantRefused(w, w.reg.RemoveHome(w.ctx, office, last), "n’a que ce foyer")
		}},
		{"who has sent the dossier keeps the pupil, and the other can be unlinked", func(w *world) {
			mother, father := separated(w)
			w.prepare(mother, "Léo", "eveil", "jardin")
			w.deposit(mother, "Léo", "assurance")
			w.send(mother, "Léo")
			home := people.Home{Pupil: mother.pupils["Léo"], Household: mother.Household, Version: w.version(mother, "Léo")}
			wantRefused(w, w.reg.RemoveHome(w.ctx, office, home), "détachez plutôt l’autre foyer")
			home.Household = father.Household
			w.must(w.reg.RemoveHome(w.ctx, office, home))
			w.wantStands(mother, "Léo", "complete n° 1: jardin place")
		}},
	}
}

func actsAnotherFamilyIsNotFound() []act {
	return []act{{"every act and read on a pupil that is not one's own", func(w *world) {
		f := w.sent("Roux", "cursus", "piano choeur")
		other := w.family("Petit", "Ana")
		d := w.dossier(f, "Léo")
		request := w.requests(f, "Léo")["piano"].ID
		no := false
		for name, err := range map[string]error{
			"Submit":  second(w.reg.Submit(w.ctx, other.Actor, w.submission(f, "Léo"))),
			"Deposit": second(w.reg.Deposit(w.ctx, other.Actor, w.paper(f, "Léo", "assurance"))),
			"Deposit for a pupil that is not its own": second(w.reg.Deposit(w.ctx, other.Actor, Deposit{Household: other.Household, Pupil: f.pupils["Léo"], Paper: "assurance"})),
			"Alter":                                 w.reg.Alter(w.ctx, other.Actor, f.Household, means("debit")(f)),
			"Change":                                w.reg.Change(w.ctx, other.Actor, w.choice(f, "Léo", "eveil", "jardin")),
			"Withdraw":                              w.reg.Withdraw(w.ctx, other.Actor, f.pupils["Léo"], "", ""),
			"Withdraw a request of another dossier": w.reg.Withdraw(w.ctx, other.Actor, f.pupils["Léo"], request, ""),
			"NotReturning":                          w.reg.NotReturning(w.ctx, other.Actor, f.pupils["Léo"], other.Household, ""),
			"NotReturning in another's name":        w.reg.NotReturning(w.ctx, other.Actor, other.pupils["Ana"], f.Household, ""),
			"Returning":                             w.reg.Returning(w.ctx, other.Actor, f.pupils["Léo"]),
			"Answer":                                w.reg.Answer(w.ctx, other.Actor, OfferAnswer{Request: request, Accept: true}),
			"Answer with a wrong token":             w.reg.Answer(w.ctx, other.Actor, OfferAnswer{Token: "0123", Accept: true}),
			"SaveDraft":                             SaveDraft(w.ctx, w.store, w.clock, other.Actor, f.pupils["Léo"], DraftStep{Administrative: &no}),
			"RegistrationOf":                        second(RegistrationOf(w.ctx, w.store, other.Actor, f.pupils["Léo"])),
			"DossiersOf":                            second(DossiersOf(w.ctx, w.store, other.Actor, f.Household)),
			"HouseholdPapers":                       second(HouseholdPapers(w.ctx, w.store, other.Actor, f.Household)),
			"OfferOf":                               second(OfferOf(w.ctx, w.store, "0123")),
			"OfferOf without a token":               second(OfferOf(w.ctx, w.store, "")),
		} {
			if !errors.Is(err, fault.ErrNotFound) {
				w.Errorf("%s: want ErrNotFound, got %v", name, err)
			}
		}
		review := w.review(f, "Léo", "assurance", "non")
		for name, err := range map[string]error{
			"Validate": w.reg.Validate(w.ctx, f.Actor, review), "Undo": w.reg.Undo(w.ctx, f.Actor, review), "Refuse": w.reg.Refuse(w.ctx, f.Actor, review),
			"DeclareWorthless": w.reg.DeclareWorthless(w.ctx, f.Actor, review), "Confirm": second(w.reg.Confirm(w.ctx, f.Actor, d.ID, "")),
			"ConfirmReady": second(w.reg.ConfirmReady(w.ctx, f.Actor)), "TurnDown": w.reg.TurnDown(w.ctx, f.Actor, d.ID, "non"),
			"SetCapacity": w.reg.SetCapacity(w.ctx, f.Actor, w.offering("piano"), 9, ""), "CancelCourse": w.reg.CancelCourse(w.ctx, f.Actor, w.courses["piano"], "non"),
			"Move":    w.reg.Move(w.ctx, f.Actor, Moving{Request: request, To: w.offering("alto"), Reason: "moi"}),
			"Swap":    w.reg.Swap(w.ctx, f.Actor, Swapping{One: request, Other: request, Reason: "moi"}),
			"Publish": second(w.reg.Publish(w.ctx, f.Actor, Publication{})), "Unpublish": w.reg.Unpublish(w.ctx, f.Actor, "0123"),
			"SaveScenario": second(SaveScenario(w.ctx, w.store, w.clock, f.Actor, Scenario{})), "ThrowScenario": ThrowScenario(w.ctx, w.store, w.clock, f.Actor, "0123", 1),
			"SituationOf": second(SituationOf(w.ctx, w.store, f.Actor, catalogue.Catalogue{}, w.season.ID)), "Scenarios": second(Scenarios(w.ctx, w.store, f.Actor, w.season.ID)),
			"Jump": w.reg.Jump(w.ctx, f.Actor, request, "moi"), "Reopen": w.reg.Reopen(w.ctx, f.Actor, f.pupils["Léo"], f.Household, w.season.ListsEndAt, "moi"),
			"EnterPaper": w.reg.EnterPaper(w.ctx, f.Actor, f.Household, OnPaper{}), "TypeIn": w.reg.TypeIn(w.ctx, f.Actor, w.choice(f, "Léo", "eveil", "jardin")),
			"AnswerWithdrawal": w.reg.AnswerWithdrawal(w.ctx, f.Actor, d.ID, true, ""), "DossierByID": second(DossierByID(w.ctx, w.store, f.Actor, d.ID)),
			"TakeBack": w.reg.TakeBack(w.ctx, f.Actor, d.ID, d.Version), "TakeBackAll": second(w.reg.TakeBackAll(w.ctx, f.Actor, "0123")),
		} {
			if !errors.Is(err, fault.ErrForbidden) {
				w.Errorf("%s by a family: want ErrForbidden, got %v", name, err)
			}
		}
		w.wantStands(f, "Léo", "complete n° 1: choeur place, piano place")
		w.wantMails(f, "received")
	}}}
}

func second[T any](_ T, err error) error { return err }
