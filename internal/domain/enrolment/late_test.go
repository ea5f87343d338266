package enrolment

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"pupitre/internal/domain/journal"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
)

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
			if m := w.lastMail(b); !strings.Contains(m.ArgsText, `"given_up":["Cours alto (liste d’attente)","Cours choeur"]`) {
				w.Errorf("the mail of what is given back says %s", m.ArgsText)
			}
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
		{"not while the campaign is open until then anyway", func(w *world) {
			f := w.family("Roux", "Léo")
			reopen := func(until string) error {
				return w.reg.Reopen(w.ctx, office, f.pupils["Léo"], f.Household, paris(until), "voyage")
			}
			wantRefused(w, reopen("2027-06-19 23:59"), "ouverte à toutes les familles jusqu’au")
			wantRefused(w, reopen("2027-06-20 20:00"), "[jusqu_au: ") // the very closing
			w.must(reopen("2027-06-20 20:01"))
			w.clock.Set(paris("2027-05-20 10:00"))
			wantRefused(w, reopen("2027-06-10 20:00"), "La campagne ouvre le")
			w.write(func(ctx context.Context, tx *db.Tx) error {
				_, err := tx.Exec(ctx, `update season set campaign_closes_at = null, moves = moves + 1 where id = $1`, w.season.ID)
				return err
			})
			w.clock.Set(paris("2027-06-05 10:00"))
			wantRefused(w, reopen("2027-07-20 20:00"), "sans date de fermeture")
			if got := w.dossier(f, "Léo").ReopenedUntil; !got.Equal(paris("2027-06-20 20:01")) {
				w.Errorf("reopened until %v", got)
			}
		}},
		{"reopened before the opening opens nothing early", func(w *world) {
			f := w.family("Roux", "Léo")
			w.clock.Set(paris("2027-05-20 10:00"))
			w.prepare(f, "Léo", "eveil", "jardin")
			w.must(w.reg.Reopen(w.ctx, office, f.pupils["Léo"], f.Household, paris("2027-06-27 20:00"), "voyage"))
			wantRefused(w, w.submit(f, "Léo")[0].Err, "La campagne ouvre")
		}},
	}
}
