package enrolment

import (
	"context"
	"errors"
	"strings"
	"time"

	"pupitre/internal/domain/document"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
)

func (w *world) wantHold(f family, until string) {
	w.Helper()
	if got := w.dossier(f, "Léo").HoldUntil; !got.Equal(paris(until)) {
		w.Errorf("delay of %s: want %s, got %v", f.Name, until, got)
	}
}

func (w *world) count(n int, err error) int {
	w.Helper()
	w.must(err)
	return n
}

func (w *world) confirmReady() int {
	w.Helper()
	done, err := w.reg.ConfirmReady(w.ctx, office)
	w.must(err)
	return len(done.Dossiers)
}

func actsPaperDelays() []act {
	return []act{
		{"a required paper refused opens seven days, to 23:59 in Paris; rank and places are kept", func(w *world) {
			f := w.sent("Roux", "eveil", "jardin")
			w.clock.Set(paris("2027-06-07 09:30"))
			w.refuse(f, "Léo", "assurance")
			w.wantStands(f, "Léo", "paper_refused n° 1: jardin place")
			w.wantHold(f, "2027-06-14 23:59")
			w.wantMails(f, "received", "paper_refused")
			if m := w.lastMail(f); !strings.Contains(m.ArgsText, "illisible") || !strings.Contains(m.ArgsText, `"until":"2027-06-14T21:59:00Z"`) {
				w.Errorf("the message says: %s", m.ArgsText)
			}
		}},
		{"the delay ends at 23:59 in Paris on the other side of the clock change", func(w *world) {
			f := w.sent("Roux", "eveil", "jardin")
			w.clock.Set(paris("2027-10-28 09:00"))
			w.refuse(f, "Léo", "assurance")
			w.wantHold(f, "2027-11-04 23:59")
			if got, want := w.dossier(f, "Léo").HoldUntil.Format(time.RFC3339), "2027-11-04T22:59:00Z"; got != want {
				w.Errorf("in UTC: want %s, got %s", want, got)
			}
		}},
		{"the delay runs on past the closing, and a replacement counts", func(w *world) {
			f := w.sent("Roux", "eveil", "jardin")
			w.clock.Set(paris("2027-06-19 09:30"))
			w.refuse(f, "Léo", "assurance")
			w.clock.Set(paris("2027-06-25 22:00"))
			w.count(w.reg.CloseCampaign(w.ctx))
			w.deposit(f, "Léo", "assurance")
			w.wantStands(f, "Léo", "complete n° 1: jardin place")
		}},
		{"a second refusal gives what is left of the delay", func(w *world) {
			f := w.sent("Roux", "eveil", "jardin")
			w.clock.Set(paris("2027-06-07 09:30"))
			w.refuse(f, "Léo", "assurance")
			w.clock.Set(paris("2027-06-08 10:00"))
			w.deposit(f, "Léo", "assurance")
			w.refuse(f, "Léo", "assurance")
			w.wantHold(f, "2027-06-14 23:59")
			w.wantMails(f, "received", "paper_refused", "paper_refused")
		}},
		{"a second refusal on the last day gives 48 hours", func(w *world) {
			f := w.sent("Roux", "eveil", "jardin")
			w.clock.Set(paris("2027-06-07 09:30"))
			w.refuse(f, "Léo", "assurance")
			w.clock.Set(paris("2027-06-14 10:00"))
			w.deposit(f, "Léo", "assurance")
			w.refuse(f, "Léo", "assurance")
			if got, want := w.dossier(f, "Léo").HoldUntil, paris("2027-06-16 10:00").Add(TakeBackDelay); !got.Equal(want) || !w.lastMail(f).Leaves.Equal(want.Add(-48*time.Hour)) {
				w.Errorf("delay: want %v, 48 hours from the mail, got %v and a mail at %v", want, got, w.lastMail(f).Leaves)
			}
		}},
		{"a paper refused long after the others were validated has a whole delay of its own", func(w *world) {
			f := w.family("Roux", "Léo")
			w.write(means("debit")(f))
			w.prepare(f, "Léo", "cursus", "piano choeur")
			w.deposit(f, "Léo", "assurance")
			w.deposit(f, "", "rib")
			w.send(f, "Léo")
			w.clock.Set(paris("2027-06-07 09:30"))
			w.refuse(f, "Léo", "assurance")
			w.deposit(f, "Léo", "assurance")
			w.validate(f, "Léo", "assurance")
			w.validate(f, "", "rib")
			w.clock.Set(paris("2027-07-01 09:30"))
			w.deposit(f, "", "rib") // a new account
			w.refuse(f, "", "rib")
			w.wantHold(f, "2027-07-08 23:59")
		}},
		{"a replacement before the job counts, even after the hour", func(w *world) {
			f := w.sent("Roux", "eveil", "jardin")
			w.clock.Set(paris("2027-06-07 09:30"))
			w.refuse(f, "Léo", "assurance")
			w.clock.Set(paris("2027-06-15 00:03"))
			w.deposit(f, "Léo", "assurance")
			if n := w.count(w.reg.EndDelays(w.ctx)); n != 0 {
				w.Errorf("lapsed: want 0, got %d", n)
			}
			w.wantStands(f, "Léo", "complete n° 1: jardin place")
		}},
		{"at the very end of the delay it still stands, a minute later it lapses, once", func(w *world) {
			f := w.sent("Roux", "eveil", "jardin")
			g := w.sent("Petit", "eveil", "jardin")
			w.clock.Set(paris("2027-06-07 09:30"))
			w.refuse(f, "Léo", "assurance")
			w.clock.Set(paris("2027-06-14 23:59"))
			if n := w.count(w.reg.EndDelays(w.ctx)); n != 0 {
				w.Errorf("lapsed at 23:59: want 0, got %d", n)
			}
			w.clock.Set(paris("2027-06-15 00:00"))
			if n := w.count(w.reg.EndDelays(w.ctx)); n != 1 {
				w.Errorf("lapsed at midnight: want 1, got %d", n)
			}
			w.count(w.reg.EndDelays(w.ctx))
			w.wantStands(f, "Léo", "lapsed")
			w.wantStands(g, "Léo", "complete n° 2: jardin offered")
			w.wantMails(f, "received", "paper_refused", "delay_ended")
			if m := w.lastMail(f); !m.Leaves.Equal(paris("2027-06-15 08:00")) {
				w.Errorf("told at midnight, in the quiet hours: leaves at %v", m.Leaves)
			}
		}},
		{"lapsed, then completed while the campaign is open: a new rank, behind", func(w *world) {
			f := w.sent("Roux", "eveil", "comptines")
			w.sent("Petit", "eveil", "comptines")
			w.clock.Set(paris("2027-06-07 09:30"))
			w.refuse(f, "Léo", "assurance")
			w.clock.Set(paris("2027-06-15 00:01"))
			w.count(w.reg.EndDelays(w.ctx))
			w.deposit(f, "Léo", "assurance")
			w.wantStands(f, "Léo", "complete n° 3: comptines place")
		}},
		{"lapsed, then completed after the closing: nothing", func(w *world) {
			f := w.sent("Roux", "eveil", "comptines")
			w.clock.Set(paris("2027-06-18 09:30"))
			w.refuse(f, "Léo", "assurance")
			w.clock.Set(paris("2027-06-26 00:01"))
			w.count(w.reg.EndDelays(w.ctx))
			w.deposit(f, "Léo", "assurance")
			w.wantStands(f, "Léo", "lapsed")
		}},
		{"refused by mistake, validated again: nothing lapses", func(w *world) {
			f := w.sent("Roux", "eveil", "jardin")
			w.refuse(f, "Léo", "assurance")
			w.validate(f, "Léo", "assurance")
			w.wantStands(f, "Léo", "complete n° 1: jardin place")
			w.clock.Add(30 * 24 * time.Hour)
			w.count(w.reg.EndDelays(w.ctx))
			w.wantStands(f, "Léo", "complete n° 1: jardin place")
		}},
		{"a refusal, a validation or « sans valeur » twice is a conflict", func(w *world) {
			f := w.sent("Roux", "eveil", "jardin")
			first := w.review(f, "Léo", "assurance", "illisible")
			w.must(w.reg.Refuse(w.ctx, office, first))
			wantRefused(w, w.reg.Refuse(w.ctx, office, first), "a changé")
			first.Version++
			wantRefused(w, w.reg.Refuse(w.ctx, office, first), "a changé")
			w.wantMails(f, "received", "paper_refused")
			w.must(w.reg.DeclareWorthless(w.ctx, office, first))
			wantRefused(w, w.reg.Validate(w.ctx, office, w.review(f, "Léo", "assurance", "")), "a changé")
		}},
		{"a refusal without a reason is refused", func(w *world) {
			f := w.sent("Roux", "eveil", "jardin")
			wantRefused(w, w.reg.Refuse(w.ctx, office, w.review(f, "Léo", "assurance", "  ")), "[motif: ")
			w.wantStands(f, "Léo", "complete n° 1: jardin place")
		}},
		{"a family's paper counts for all its dossiers, refused or replaced", func(w *world) {
			f := w.family("Roux", "Léo", "Zoé")
			w.write(means("debit")(f))
			for _, p := range []string{"Léo", "Zoé"} {
				w.prepare(f, p, "eveil", "comptines")
				w.deposit(f, p, "assurance")
			}
			w.deposit(f, "", "rib")
			w.send(f, "Léo", "Zoé")
			w.refuse(f, "", "rib")
			w.wantStands(f, "Léo", "paper_refused n° 1: comptines place")
			w.wantStands(f, "Zoé", "paper_refused n° 2: comptines place")
			w.deposit(f, "", "rib")
			w.wantStands(f, "Léo", "complete n° 1: comptines place")
			w.wantStands(f, "Zoé", "complete n° 2: comptines place")
		}},
		{"what becomes required after the rank is asked for with a delay, and takes nothing away", func(w *world) {
			f := w.sent("Roux", "eveil", "jardin")
			w.clock.Set(paris("2027-06-07 21:00"))
			w.must(w.reg.Alter(w.ctx, f.Actor, f.Household, means("debit")(f)))
			w.wantStands(f, "Léo", "paper_refused n° 1: jardin place")
			w.wantHold(f, "2027-06-15 23:59") // the mail leaves in the morning
			w.wantMails(f, "received", "newly_required")
			w.deposit(f, "", "rib")
			w.wantStands(f, "Léo", "complete n° 1: jardin place")
		}},
		{"what becomes required while another paper is refused has its own delay", func(w *world) {
			f := w.sent("Roux", "eveil", "jardin")
			w.clock.Set(paris("2027-06-07 10:00"))
			w.refuse(f, "Léo", "assurance")
			w.clock.Set(paris("2027-06-14 10:00"))
			w.must(w.reg.Alter(w.ctx, f.Actor, f.Household, means("debit")(f)))
			w.wantHold(f, "2027-06-21 23:59")
			w.wantMails(f, "received", "paper_refused", "newly_required")
		}},
		{"no longer required: the delay is over", func(w *world) {
			f := w.sent("Roux", "eveil", "jardin")
			w.must(w.reg.Alter(w.ctx, f.Actor, f.Household, means("debit")(f)))
			w.must(w.reg.Alter(w.ctx, f.Actor, f.Household, means("cheque")(f)))
			w.wantStands(f, "Léo", "complete n° 1: jardin place")
		}},
		{"a form refused by the other room leaves nothing behind", func(w *world) {
			f := w.sent("Roux", "eveil", "jardin")
			refused := w.reg.Alter(w.ctx, f.Actor, f.Household, func(ctx context.Context, tx *db.Tx) error {
				w.must(means("debit")(f)(ctx, tx))
				return sentByTheOther(Dossier{}, false)
			})
			wantRefused(w, refused, "déjà envoyée")
			w.wantStands(f, "Léo", "complete n° 1: jardin place")
			if got, err := db.One[string](w.ctx, w.store, `select mean from household_payment_mean where household_id = $1`, f.Household); got != "cheque" {
				w.Errorf("means of payment: want cheque, got %s (%v)", got, err)
			}
		}},
		{"« sans valeur »: never complete, rank and places fall at once, the family is told", func(w *world) {
			f := w.sent("Roux", "eveil", "jardin")
			g := w.sent("Petit", "eveil", "jardin")
			w.must(w.reg.DeclareWorthless(w.ctx, office, w.review(f, "Léo", "assurance", "page blanche")))
			w.wantStands(f, "Léo", "received")
			w.wantStands(g, "Léo", "complete n° 2: jardin offered")
			w.wantMails(f, "received", "paper_worthless")
			w.deposit(f, "Léo", "assurance")
			w.wantStands(f, "Léo", "complete n° 3: jardin waiting 1")
		}},
		{"« sans valeur » after the closing: a draft again", func(w *world) {
			f := w.sent("Roux", "eveil", "jardin")
			w.clock.Set(w.season.ClosesAt)
			w.count(w.reg.CloseCampaign(w.ctx))
			w.must(w.reg.DeclareWorthless(w.ctx, office, w.review(f, "Léo", "assurance", "page blanche")))
			w.count(w.reg.CloseCampaign(w.ctx))
			w.wantStands(f, "Léo", "draft")
			w.wantMails(f, "received", "paper_worthless", "campaign_closed")
		}},
		{"« sans valeur » of an attestation costs no rank", func(w *world) {
			f := w.sent("Roux", "eveil", "jardin")
			w.deposit(f, "", "qf")
			w.must(w.reg.DeclareWorthless(w.ctx, office, w.review(f, "", "qf", "page blanche")))
			w.wantStands(f, "Léo", "complete n° 1: jardin place")
			w.wantMails(f, "received", "paper_worthless")
		}},
		{"a validation is undone, until « inscrit »", func(w *world) {
			f := w.sent("Roux", "eveil", "jardin")
			w.validate(f, "Léo", "assurance")
			w.must(w.reg.Undo(w.ctx, office, w.review(f, "Léo", "assurance", "")))
			w.wantStands(f, "Léo", "complete n° 1: jardin place")
			wantRefused(w, w.reg.Undo(w.ctx, office, w.review(f, "Léo", "assurance", "")), "Seuls une validation et un refus")
			w.validate(f, "Léo", "assurance")
			if _, err := w.reg.Confirm(w.ctx, office, w.dossier(f, "Léo").ID, ""); err != nil {
				w.Fatal(err)
			}
			wantRefused(w, w.reg.Undo(w.ctx, office, w.review(f, "Léo", "assurance", "")), "inscrit")
		}},
		{"a paper that is not asked is not taken", func(w *world) {
			f := w.sent("Roux", "eveil", "jardin")
			wantRefused(w, second(w.reg.Deposit(w.ctx, f.Actor, w.paper(f, "", "rib"))), "ne vous est pas demandé")
			wantRefused(w, second(w.reg.Deposit(w.ctx, f.Actor, w.paper(f, "", "passeport"))), "Choisissez le document")
		}},
		{"a paper validated for the season is the office's to replace", func(w *world) {
			f := w.sent("Roux", "eveil", "jardin")
			w.validate(f, "Léo", "assurance")
			wantRefused(w, second(w.reg.Deposit(w.ctx, f.Actor, w.paper(f, "Léo", "assurance"))), "déjà validé")
			w.must(second(w.reg.Deposit(w.ctx, office, w.paper(f, "Léo", "assurance"))))
			versions, err := document.Versions(w.ctx, w.store, office, document.Slot{Household: f.Household, Pupil: f.pupils["Léo"], Paper: "assurance"})
			w.must(err)
			if len(versions) != 2 || versions[0].State != document.Provided || versions[1].State != document.Validated || versions[1].ReplacedAt.IsZero() {
				w.Errorf("versions: %+v", versions)
			}
		}},
		{"the office hands in and validates in one act, a family does not", func(w *world) {
			f := w.sent("Roux", "eveil", "jardin")
			checked := w.paper(f, "Léo", "assurance")
			checked.Checked = true
			if err := second(w.reg.Deposit(w.ctx, f.Actor, checked)); !errors.Is(err, fault.ErrForbidden) {
				w.Errorf("a family validates its own paper: got %v", err)
			}
			w.must(second(w.reg.Deposit(w.ctx, office, checked)))
			versions, err := document.Versions(w.ctx, w.store, office, document.Slot{Household: f.Household, Pupil: f.pupils["Léo"], Paper: "assurance"})
			w.must(err)
			if len(versions) != 2 || versions[0].State != document.Validated || !versions[0].ByOffice || versions[0].ReviewedBy != office.Name || versions[1].ByOffice {
				w.Errorf("versions: %+v", versions)
			}
		}},
		{"an expired deposit does not count", func(w *world) {
			f := w.family("Roux", "Léo")
			w.prepare(f, "Léo", "eveil", "jardin")
			w.deposit(f, "Léo", "assurance")
			w.write(func(ctx context.Context, tx *db.Tx) error {
				_, err := tx.Exec(ctx, `update deposit set state = 'expired' where household_id = $1`, f.Household)
				return err
			})
			w.send(f, "Léo")
			w.wantStands(f, "Léo", "received")
		}},
	}
}

func actsPaperForm() []act {
	onPaper := func(w *world, f family) {
		yes := true
		w.must(SaveDraft(w.ctx, w.store, w.clock, f.Actor, f.pupils["Léo"], DraftStep{Administrative: &yes, OnPaperForm: &yes}))
		w.deposit(f, "Léo", "assurance")
	}
	return []act{
		{"it ranks the dossier at « Valider », and its places are asked for with that time when it is typed in", func(w *world) {
			f := w.family("Roux", "Léo")
			onPaper(w, f)
			w.deposit(f, "Léo", "formulaire")
			w.send(f, "Léo")
			w.wantStands(f, "Léo", "complete n° 1")
			a, b := w.sent("Alix", "eveil", "jardin"), w.sent("Blin", "eveil", "jardin")
			w.must(w.reg.TypeIn(w.ctx, office, w.choice(f, "Léo", "eveil", "jardin")))
			w.wantStands(a, "Léo", "complete n° 2: jardin place") // a place given stays given
			w.wantStands(f, "Léo", "complete n° 1: jardin waiting 1")
			w.wantStands(b, "Léo", "complete n° 3: jardin waiting 2")
			wantRefused(w, w.reg.TypeIn(w.ctx, office, w.choice(f, "Léo", "eveil", "jardin")), "n’attend pas")
		}},
		{"ranked the instant before another, it stands before it", func(w *world) {
			f, g, a := w.family("Roux", "Léo"), w.family("Petit", "Léo"), w.sent("Alix", "eveil", "jardin")
			onPaper(w, f)
			w.deposit(f, "Léo", "formulaire")
			w.prepare(g, "Léo", "eveil", "jardin")
			w.deposit(g, "Léo", "assurance")
			w.send(f, "Léo")
			w.send(g, "Léo") // the clock stands still
			w.must(w.reg.TypeIn(w.ctx, office, w.choice(f, "Léo", "eveil", "jardin")))
			w.wantStands(a, "Léo", "complete n° 1: jardin place")
			w.wantStands(f, "Léo", "complete n° 2: jardin waiting 1")
			w.wantStands(g, "Léo", "complete n° 3: jardin waiting 2")
		}},
		{"without the form it is received, incomplete", func(w *world) {
			f := w.family("Roux", "Léo")
			onPaper(w, f)
			w.send(f, "Léo")
			w.wantStands(f, "Léo", "received")
			w.deposit(f, "Léo", "formulaire")
			w.wantStands(f, "Léo", "complete n° 1")
		}},
		{"typed in against a rule, it is refused and still waits to be typed in", func(w *world) {
			f := w.family("Roux", "Léo")
			onPaper(w, f)
			w.deposit(f, "Léo", "formulaire")
			w.send(f, "Léo")
			wantRefused(w, w.reg.TypeIn(w.ctx, office, w.choice(f, "Léo", "cursus", "piano")), "[cours: ")
			if !w.dossier(f, "Léo").OnPaperForm {
				w.Errorf("the form is gone")
			}
			w.must(w.reg.TypeIn(w.ctx, office, w.choice(f, "Léo", "cursus", "piano choeur")))
			w.wantStands(f, "Léo", "complete n° 1: choeur place, piano place")
		}},
		{"unreadable, it is a refused paper with its delay", func(w *world) {
			f := w.family("Roux", "Léo")
			onPaper(w, f)
			w.deposit(f, "Léo", "formulaire")
			w.send(f, "Léo")
			w.refuse(f, "Léo", "formulaire")
			w.wantStands(f, "Léo", "paper_refused n° 1")
		}},
		{"the family that chooses online after all no longer owes the form", func(w *world) {
			f := w.family("Roux", "Léo")
			onPaper(w, f)
			w.send(f, "Léo")
			w.must(w.reg.Change(w.ctx, f.Actor, w.choice(f, "Léo", "eveil", "jardin")))
			w.wantStands(f, "Léo", "complete n° 1: jardin place")
		}},
		{"it is not confirmed before it is typed in", func(w *world) {
			f := w.family("Roux", "Léo")
			onPaper(w, f)
			w.deposit(f, "Léo", "formulaire")
			w.send(f, "Léo")
			w.validate(f, "Léo", "assurance")
			w.validate(f, "Léo", "formulaire")
			if n := w.confirmReady(); n != 0 {
				w.Errorf("confirmed: want 0, got %d", n)
			}
			wantRefused(w, second(w.reg.Confirm(w.ctx, office, w.dossier(f, "Léo").ID, "")), "formulaire papier")
		}},
	}
}
