package work

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/document"
	"pupitre/internal/domain/people"
	"pupitre/internal/domain/school"
	"pupitre/internal/domain/trail"
	"pupitre/internal/platform/blob"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/db/dbtest"
	"pupitre/internal/platform/jobs"
)

// TestSweepRemovesFilesThatNobodyNames a day after they were written, be they
// finished or not, and no other.
func TestSweepRemovesFilesThatNobodyNames(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		h := newHouse(t, store)
		dir := t.TempDir()
		files, err := blob.Disk(dir)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { files.Close() })
		h.deps.Blobs = files
		for _, key := range []string{"deposits/named", "deposits/orphan", "deposits/young"} {
			if _, err := files.Put(t.Context(), key, strings.NewReader("x")); err != nil {
				t.Fatal(err)
			}
		}
		for _, name := range []string{"half", "begun"} {
			if err := os.WriteFile(filepath.Join(dir, "tmp", name), []byte("x"), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if err := store.Write(t.Context(), func(tx *db.Tx) error { return deposited(t, tx, "deposits/named") }); err != nil {
			t.Fatal(err)
		}
		age(t, dir, at.Add(-25*time.Hour), "_named", "_orphan", "half")
		age(t, dir, at.Add(-23*time.Hour), "_young", "begun")
		for range 2 { // once more changes nothing
			if err := h.deps.sweep(t.Context(), jobs.Job{}); err != nil {
				t.Fatal(err)
			}
			if got, want := names(t, dir), []string{"begun", "deposits_named", "deposits_young"}; !slices.Equal(got, want) {
				t.Errorf("left: got %v, want %v", got, want)
			}
		}
	})
}

// deposited writes a household with a deposit of that file.
func deposited(t *testing.T, tx *db.Tx, key string) error {
	season := school.Season{ID: "s", Name: "2027-2028", StartsOn: "2027-09-01", EndsOn: "2028-06-30", AgesOn: "2027-12-31", OpensAt: at}
	if err := school.PutSeason(t.Context(), tx, season); err != nil {
		return err
	}
	if err := people.PutHousehold(t.Context(), tx, at, people.Household{ID: "h"}); err != nil {
		return err
	}
	paper := document.Paper{Code: "rib", Name: "RIB", Audience: document.OfHousehold, Validity: "season"}
	if err := document.PutPaper(t.Context(), tx, season.ID, paper); err != nil {
		return err
	}
	_, err := document.Put(t.Context(), tx, at, actor.Actor{Name: "Claire", Role: actor.Family, Household: "h"}, season.ID, paper,
		document.Slot{Household: "h", Paper: "rib"}, document.File{Name: "rib.pdf", BlobKey: key, MediaType: "application/pdf", Size: 1, Pages: 1})
	return err
}

// age sets when the files whose names end so were written.
func age(t *testing.T, dir string, written time.Time, endings ...string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		for _, end := range endings {
			if strings.HasSuffix(path, end) {
				return os.Chtimes(path, written, written)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func names(t *testing.T, dir string) []string {
	t.Helper()
	var all []string
	err := filepath.WalkDir(dir, func(_ string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			all = append(all, e.Name())
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(all)
	return all
}

// TestOldAccessesAreSwept after the months that the school has laid down.
func TestOldAccessesAreSwept(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		h := newHouse(t, store)
		keeper := trail.NewKeeper(store, h.clock, h.deps.Log)
		t.Cleanup(keeper.Close)
		for range 3 { // 21, 14 and 7 months ago at the end
			if err := keeper.Write(t.Context(), actor.System, trail.Line{Event: "test"}); err != nil {
				t.Fatal(err)
			}
			h.clock.Set(h.clock.Now().AddDate(0, 7, 0))
		}
		left := func(want int64) {
			t.Helper()
			if err := h.deps.sweep(t.Context(), jobs.Job{}); err != nil {
				t.Fatal(err)
			}
			if n, err := db.One[int64](t.Context(), store, `select count(*) from access_line`); err != nil || n != want {
				t.Errorf("%d lines are left, want %d (%v)", n, want, err)
			}
		}
		left(1)
		if err := store.Write(t.Context(), func(tx *db.Tx) error {
			s, err := school.Current(t.Context(), tx)
			if err != nil {
				return err
			}
			s.AccessMonths = 6
			return school.Put(t.Context(), tx, s)
		}); err != nil {
			t.Fatal(err)
		}
		left(0)
	})
}
