package transfer_test

import (
	"errors"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	demofiles "pupitre/demo"
	"pupitre/internal/domain/correspondence"
	"pupitre/internal/domain/enrolment"
	"pupitre/internal/domain/transfer"
	"pupitre/internal/domain/transfer/folder"
	"pupitre/internal/platform/clock"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/db/dbtest"
)

const (
	qfOptional = "code = \"quotient-familial\"\nnom = \"Attestation Quotient Familial\"\npour = \"famille\"\nobligatoire = false"
	qfRequired = "code = \"quotient-familial\"\nnom = \"Attestation Quotient Familial\"\npour = \"famille\"\nobligatoire = true"
)

// asking is the demonstration whose attestation is required, or not.
func asking(t *testing.T, required bool) fstest.MapFS {
	t.Helper()
	files := fstest.MapFS{}
	for _, name := range []string{folder.SchoolFile, folder.HouseholdsFile, folder.PupilsFile, folder.CoursesFile, folder.TeachersFile} {
		files[name] = &fstest.MapFile{Data: must(demofiles.Files.ReadFile(name))(t)}
	}
	if required {
		text := string(files[folder.SchoolFile].Data)
		if !strings.Contains(text, qfOptional) {
			t.Fatalf("%s has no attestation to require", folder.SchoolFile)
		}
		files[folder.SchoolFile].Data = []byte(strings.Replace(text, qfOptional, qfRequired, 1))
	}
	return files
}

// TestDossiersFollowThePapersOfAnImport asks for a paper more, then no longer (R29, R32).
func TestDossiersFollowThePapersOfAnImport(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		h := newHouse(t, store)
		h.load(asking(t, false))
		c := newCampaign(h)
		pupils := c.adults(4)
		has := c.prepare(pupils[0], "cheques")
		c.deposit(has, "quotient-familial")
		kept := c.submit(has, pupils[0])
		held := c.submit(c.prepare(pupils[1], "cheques"), pupils[1])
		h.clock.Set(time.Date(2027, 6, 9, 21, 0, 0, 0, clock.Paris).UTC()) // quiet until eight

		report, err := h.try(asking(t, true), true)
		c.ok(err)
		if report.Followed != (enrolment.Followed{Held: 1}) {
			t.Errorf("the dry run says %+v", report.Followed)
		}
		if d := c.dossier(held); d.State != enrolment.Complete {
			t.Errorf("after a dry run: want complete, got %s", d.State)
		}

		report = h.load(asking(t, true))
		if report.Followed != (enrolment.Followed{Held: 1}) {
			t.Errorf("the import says %+v", report.Followed)
		}
		want := time.Date(2027, 6, 17, 23, 59, 0, 0, clock.Paris)
		if d := c.dossier(held); d.State != enrolment.PaperRefused || d.Rank != 2 || !d.HoldUntil.Equal(want) {
			t.Errorf("newly required: %s, rank %d, until %v", d.State, d.Rank, d.HoldUntil)
		}
		if d := c.dossier(kept); d.State != enrolment.Complete || d.Rank != 1 {
			t.Errorf("the paper was there: %s, rank %d", d.State, d.Rank)
		}
		c.told(held, "received", "newly_required")
		c.told(kept, "received")

		// Sent while it is required, the second one first.
		late, early := pupils[2], pupils[3]
		second := c.submit(c.prepare(early, "cheques"), early)
		third := c.submit(c.prepare(late, "cheques"), late)
		for _, id := range []string{second, third} {
			if d := c.dossier(id); d.State != enrolment.Received {
				t.Errorf("sent without the paper: want received, got %s", d.State)
			}
		}
		if report = h.load(asking(t, true)); report.Followed != (enrolment.Followed{}) {
			t.Errorf("imported again: %+v", report.Followed)
		}
		c.told(held, "received", "newly_required")

		report = h.load(asking(t, false))
		if report.Followed != (enrolment.Followed{Ranked: 2}) {
			t.Errorf("no longer required: %+v", report.Followed)
		}
		if d := c.dossier(held); d.State != enrolment.Complete || d.Rank != 2 || !d.HoldUntil.IsZero() {
			t.Errorf("no longer required: %s, rank %d, until %v", d.State, d.Rank, d.HoldUntil)
		}
		if a, b := c.dossier(second), c.dossier(third); a.Rank != 3 || b.Rank != 4 {
			t.Errorf("ranks in the order of « Valider »: got %d and %d", a.Rank, b.Rank)
		}
		c.told(second, "received", "became_complete")
		board := must(enrolment.BoardOf(ctx, store, c.season.ID))(t)
		c.ok(board.Check())
	})
}

// TestARefusedImportAsksForNothing: the papers are those of before.
func TestARefusedImportAsksForNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		h := newHouse(t, store)
		h.load(asking(t, false))
		c := newCampaign(h)
		pupil := c.adults(1)[0]
		id := c.submit(c.prepare(pupil, "cheques"), pupil)
		files := asking(t, true)
		text := string(files[folder.SchoolFile].Data)
		files[folder.SchoolFile].Data = []byte(strings.Replace(text, `condition = "prelevement"`, `condition = "cheques"`, 1))
		_, err := h.try(files, false)
		if refused := (*transfer.Refused)(nil); !errors.As(err, &refused) {
			t.Fatalf("want a refusal, got %v", err)
		}
		if d := c.dossier(id); d.State != enrolment.Complete {
			t.Errorf("want complete, got %s", d.State)
		}
		c.told(id, "received")
	})
}

func (c *campaign) dossier(id string) enrolment.Dossier {
	c.t.Helper()
	return must(enrolment.DossierByID(ctx, c.store, secretary, id))(c.t)
}

// told checks the mails about the dossier, in order, one recipient each.
func (c *campaign) told(dossier string, want ...correspondence.Kind) {
	c.t.Helper()
	got := must(db.All[string](ctx, c.store, `select kind from outgoing_mail where dossier_id = $1 order by id`, dossier))(c.t)
	if len(got) != len(want) {
		c.t.Errorf("mails: want %v, got %v", want, got)
		return
	}
	for i := range want {
		if got[i] != string(want[i]) {
			c.t.Errorf("mails: want %v, got %v", want, got)
		}
	}
}
