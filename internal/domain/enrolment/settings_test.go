package enrolment

import (
	"context"
	"testing"
	"time"

	"pupitre/internal/domain/catalogue"
	"pupitre/internal/domain/document"
	"pupitre/internal/domain/school"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/db/dbtest"
)

// What the school changes, an import or another machine, holds for the very
// next dossier, although the registrar keeps the settings in memory.
func TestSettingsChangedElsewhereHoldAtOnce(t *testing.T) {
	course := func(w *world, code string) catalogue.Course {
		c, err := catalogue.Of(w.ctx, w.store, w.season.ID)
		w.must(err)
		found, _ := c.Course(w.courses[code])
		return found
	}
	rows := []struct {
		says    string
		change  func(w *world, elsewhere *Registrar)
		refused string // what the next « Valider » is refused for
		stands  string // else how its dossier stands
	}{
		{"nothing", func(*world, *Registrar) {}, "", "complete n° 2: jardin waiting 1"},
		{"a paper is newly required by an import", func(w *world, _ *Registrar) {
			w.asks(document.Paper{Code: "qf", Name: "Attestation", Audience: document.OfHousehold, Required: true, Validity: "season"})
		}, "", "received"},
		{"a means of payment becomes a debit", func(w *world, _ *Registrar) {
			w.write(func(ctx context.Context, tx *db.Tx) error {
				return school.PutPaymentMean(ctx, tx, school.PaymentMean{Code: "cheque", Name: "chèques", IsDebit: true})
			})
		}, "", "received"},
		{"the campaign ends", func(w *world, _ *Registrar) {
			w.season.ClosesAt = w.clock.Now().Add(-time.Hour)
			w.write(func(ctx context.Context, tx *db.Tx) error { return school.PutSeason(ctx, tx, w.season) })
		}, "La campagne est close", ""},
		{"the text has a new version", func(w *world, _ *Registrar) {
			w.write(func(ctx context.Context, tx *db.Tx) error {
				return school.AddText(ctx, tx, w.clock.Now(), school.Text{Kind: school.TextRules, Version: db.NewID(), Title: "Règlement", Body: "Soyez en avance."})
			})
		}, "Le règlement a changé", ""},
		{"the formula asks for two courses", func(w *world, _ *Registrar) {
			w.write(func(ctx context.Context, tx *db.Tx) error {
				_, err := catalogue.PutProgramme(ctx, tx, w.season.ID, catalogue.Programme{Code: "eveil", Title: "Éveil", Lines: []catalogue.Line{{Kinds: []catalogue.Kind{catalogue.Eveil}, Min: 2, Max: 2}}})
				return err
			})
		}, "Il reste à compléter", ""},
		{"the course moves to another site", func(w *world, _ *Registrar) {
			c := course(w, "jardin")
			c.SiteID = w.sites["sevre"]
			w.write(func(ctx context.Context, tx *db.Tx) error {
				_, err := catalogue.PutCourse(ctx, tx, w.season.ID, c)
				return err
			})
		}, "Il reste à compléter", ""},
		{"the course is cancelled by another machine", func(w *world, elsewhere *Registrar) {
			w.must(elsewhere.CancelCourse(w.ctx, office, w.courses["jardin"], "professeur parti"))
		}, "Il reste à compléter", ""},
		{"the course gets places from another machine", func(w *world, elsewhere *Registrar) {
			w.must(elsewhere.SetCapacity(w.ctx, office, w.offering("jardin"), 5, "salle plus grande"))
		}, "", "complete n° 2: jardin place"},
	}
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		for _, row := range rows {
			t.Run(row.says, func(t *testing.T) {
				w := newWorld(t, store)
				defer w.stop()
				elsewhere := NewRegistrar(store, w.clock)
				defer elsewhere.Close()
				f := w.ready("Roux", "jardin")
				w.sent("Alix", "eveil", "jardin") // now the registrar knows all
				if w.reg.kept.board == nil || w.reg.kept.settings.catalogue == nil {
					t.Error("the registrar keeps nothing")
				}
				row.change(w, elsewhere)
				outcomes, err := w.reg.Submit(w.ctx, f.Actor, w.submission(f, "Léo"))
				if err == nil {
					err = outcomes[0].Err
				}
				if row.refused != "" {
					wantRefused(t, err, row.refused)
					return
				}
				w.must(err)
				w.wantStands(f, "Léo", row.stands)
			})
		}
	})
}

// The registrar's own change of the settings holds for the next batch too.
func TestSettingsChangedByTheRegistrarHoldAtOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		w := newWorld(t, store)
		defer w.stop()
		f := w.ready("Roux", "jardin")
		w.sent("Alix", "eveil", "jardin")
		w.must(w.reg.CancelCourse(w.ctx, office, w.courses["jardin"], "professeur parti"))
		wantRefused(t, w.submit(f, "Léo")[0].Err, "Il reste à compléter")
	})
}
