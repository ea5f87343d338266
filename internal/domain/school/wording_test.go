package school_test

import (
	"errors"
	"testing"
	"time"

	"pupitre/internal/domain/school"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/db/dbtest"
	"pupitre/internal/platform/fault"
)

// A text that may have been accepted is never edited: what is saved is a new
// version, and all of them stay.
func TestATextIsCorrectedByANewVersion(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		at := time.Date(2027, 5, 2, 9, 0, 0, 0, time.UTC)
		save := func(read map[string]string, version, body string) error {
			at = at.Add(time.Hour)
			return store.Write(ctx, func(tx *db.Tx) error {
				_, err := school.SaveText(ctx, tx, school.Edit{Actor: director, Now: at, Read: read}, school.TextRules, map[string]string{"titre": "Règlement", "version": version, "texte": body})
				return err
			})
		}
		must(t, save(nil, "1", "Article 1."))
		first, err := school.LatestText(ctx, store, school.TextRules)
		must(t, err)
		var invalid *fault.Invalid
		if err := save(nil, "1", "Article 1 corrigé."); !errors.As(err, &invalid) || invalid.Of("version") == "" {
			t.Errorf("the same version again: %v", err)
		}
		must(t, save(school.TextForm.Values(first), "2", "Article 1 corrigé.\r\n\r\nArticle 2."))
		var stale *school.Stale
		if err := save(school.TextForm.Values(first), "3", "Article 3."); !errors.As(err, &stale) {
			t.Errorf("saved from what was read before version 2: %v", err)
		}
		all, err := school.VersionsOf(ctx, store, school.TextRules)
		must(t, err)
		if len(all) != 2 || all[0].Version != "2" || all[0].Body != "Article 1 corrigé.\n\nArticle 2." || all[1] != first {
			t.Errorf("the versions are %+v", all)
		}
	})
}
