package settings_test

import (
	"errors"
	"testing"

	"pupitre/internal/demo/testschool"
	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/document"
	"pupitre/internal/domain/enrolment"
	"pupitre/internal/domain/school"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/db/dbtest"
	"pupitre/internal/platform/fault"
)

// TestAPaperThatBecomesRequiredIsAskedForAndHeld makes a paper on screen, has it
// required while a dossier is complete, and asks it no more.
func TestAPaperThatBecomesRequiredIsAskedForAndHeld(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		s := testschool.Open(t, store)
		f := s.Family("BOSSIS-1722", "Inès").Prepare().Choose("cursus", "S-FLUTE", "S-ORCHESTRE-1")
		if d := f.Send(); d.State != enrolment.Complete {
			t.Fatalf("the dossier is %s", d.State)
		}
		e := school.Edit{Actor: actor.Actor{Name: "Maud", Role: actor.Director}, Now: s.Clock.Now()}
		typed := document.PaperSettings.Values(document.Paper{Name: "Assurance scolaire", Audience: document.OfHousehold, Validity: "season"})
		save := func(code string) (saved string, f enrolment.Followed, err error) {
			err = store.Write(s.Ctx, func(tx *db.Tx) (err error) {
				saved, _, f, err = enrolment.SavePaper(s.Ctx, tx, e, s.Season, code, typed)
				return err
			})
			return saved, f, err
		}
		code, followed, err := save("")
		if err != nil || code != "assurance-scolaire" || followed.Held != 0 {
			t.Fatalf("made: %q, %+v, %v", code, followed, err)
		}
		asks := document.Paper{Code: code, Audience: document.OfHousehold, Validity: "season", Required: true}
		if reach, err := enrolment.ReachOf(s.Ctx, store, s.Season.ID, asks); err != nil || reach != (enrolment.Reach{Asked: 1, Ranked: 1}) {
			t.Errorf("reach: %+v, %v", reach, err)
		}
		if reach, err := enrolment.ReachOf(s.Ctx, store, s.Season.ID, document.Paper{Code: code, Audience: document.OfHousehold, Validity: "season", Condition: "debit"}); err != nil || reach.Asked != 0 {
			t.Errorf("asked of those who pay by debit: %+v, %v", reach, err)
		}
		typed["obligatoire"] = "oui"
		if _, followed, err = save(code); err != nil || followed.Held != 1 {
			t.Fatalf("required: %+v, %v", followed, err)
		}
		if d := f.Dossier(); d.State != enrolment.PaperRefused || d.Rank == 0 || d.HoldUntil.IsZero() {
			t.Errorf("the complete dossier: %s, rank %d, until %v", d.State, d.Rank, d.HoldUntil)
		}
		told, err := db.One[int64](s.Ctx, store, `select count(*) from outgoing_mail where kind = $1`, string(enrolment.MailNewlyRequired))
		if err != nil || told != 1 {
			t.Errorf("%d mails ask for it, %v", told, err)
		}
		typed["obligatoire"] = ""
		if _, _, err = save(code); err != nil || f.Dossier().State != enrolment.Complete {
			t.Errorf("optional again: %s, %v", f.Dossier().State, err)
		}
		f.Deposit(code)
		err = store.Write(s.Ctx, func(tx *db.Tx) error { _, err := enrolment.RemovePaper(s.Ctx, tx, e, s.Season, code); return err })
		var conflict *fault.Conflict
		if !errors.As(err, &conflict) {
			t.Errorf("removed though one was handed in: %v", err)
		}
		typed["pour"] = "pupil"
		var invalid *fault.Invalid
		if _, _, err = save(code); !errors.As(err, &invalid) || invalid.Of("pour") == "" {
			t.Errorf("asked of the pupils though a family handed it in: %v", err)
		}
	})
}

func TestWhatAPaperSaysHoldsTogether(t *testing.T) {
	for what, p := range map[string]document.Paper{
		"condition":   {Name: "Formulaire", Audience: document.OfPupil, Validity: "season", Required: true, Template: "pedagogical"},
		"obligatoire": {Name: "Formulaire", Audience: document.OfPupil, Validity: "season", Condition: "on_paper", Template: "pedagogical"},
		"pour":        {Name: "Mandat", Audience: document.OfPupil, Validity: "standing", Condition: "debit", Template: "mandate"},
		"modele":      {Name: "Autre", Audience: document.OfPupil, Validity: "season", Condition: "on_paper"},
		"validite":    {Name: "Autre", Audience: document.OfPupil, Validity: "toujours"},
		"nom":         {Audience: document.OfPupil, Validity: "season"},
	} {
		_, err := document.PaperSettings.Read(document.Paper{}, document.PaperSettings.Values(p))
		var invalid *fault.Invalid
		if !errors.As(err, &invalid) || invalid.Of(what) == "" {
			t.Errorf("%s: %v", what, err)
		}
	}
}
