package school_test

import (
	"errors"
	"testing"
	"time"

	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/journal"
	"pupitre/internal/domain/school"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/db/dbtest"
	"pupitre/internal/platform/fault"
)

var offered = school.Wordable{Kind: "place_offered", Title: "Place proposée", Original: school.MailText{Subject: "Une place", Body: "Répondez."},
	Check: func(_, body string) error {
		if body == "faux" {
			return &fault.Invalid{Fields: []fault.Field{{Name: "texte", Message: "Ligne 1."}}}
		}
		return nil
	}}

func TestTheWordsOfAMailAreKeptByVersions(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		must(t, store.Write(ctx, func(tx *db.Tx) error { s := school.New(); s.Name = "École"; return school.Put(ctx, tx, s) }))
		at := time.Date(2027, 5, 2, 9, 0, 0, 0, time.UTC)
		save := func(who actor.Actor, read map[string]string, body string) error {
			at = at.Add(time.Hour)
			return store.Write(ctx, func(tx *db.Tx) error {
				_, err := school.SaveMailText(ctx, tx, school.Edit{Actor: who, Now: at, Read: read}, offered, map[string]string{"objet": "Une place", "texte": body})
				return err
			})
		}
		restore := func(read map[string]string) error {
			at = at.Add(time.Hour)
			return store.Write(ctx, func(tx *db.Tx) error {
				return school.RestoreMailText(ctx, tx, school.Edit{Actor: director, Now: at, Read: read}, offered)
			})
		}
		original := school.MailForm.Values(offered.Original)
		if err := save(actor.Actor{Role: actor.Secretary}, original, "Venez."); !errors.Is(err, fault.ErrForbidden) {
			t.Errorf("a secretary: %v", err)
		}
		var invalid *fault.Invalid
		if err := save(director, original, "faux"); !errors.As(err, &invalid) || invalid.Of("texte") == "" {
			t.Errorf("words that do not hold: %v", err)
		}
		var conflict *fault.Conflict
		if err := restore(nil); !errors.As(err, &conflict) {
			t.Errorf("back to what it says already: %v", err)
		}
		must(t, save(director, original, "Venez.\r\n\r\nVite."))
		first := at
		var stale *school.Stale
		if err := save(director, original, "Courez."); !errors.As(err, &stale) || stale.By != director.Name || len(stale.Since) != 1 {
			t.Errorf("saved from what was read before: %v", err)
		}
		if err := restore(original); !errors.As(err, &stale) {
			t.Errorf("taken back from what was read before: %v", err)
		}
		read := map[string]string{"objet": "Une place", "texte": "Venez.\n\nVite."}
		must(t, restore(read))
		restored := at
		must(t, save(director, original, "Courez."))

		s, all, err := school.Sender(ctx, store)
		must(t, err)
		if s.Name != "École" || len(all["place_offered"]) != 3 {
			t.Fatalf("%q, %+v", s.Name, all)
		}
		for _, row := range []struct {
			what string
			at   time.Time
			want string
		}{
			{"before the first", first.Add(-time.Minute), ""},
			{"with the first", first, "Venez.\n\nVite."},
			{"until it was taken back", restored.Add(-time.Minute), "Venez.\n\nVite."},
			{"after", restored.Add(time.Minute), ""},
			{"now", at, "Courez."},
			{"enqueued before this was noted", time.Time{}, ""},
		} {
			got, own := all.InForce("place_offered", row.at)
			if own != (row.want != "") || own && got.Body != row.want {
				t.Errorf("%s: %t, %q", row.what, own, got.Body)
			}
		}
		lines, err := journal.About(ctx, store, "mail:place_offered", 10)
		must(t, err)
		if len(lines) != 3 {
			t.Errorf("the journal: %+v", lines)
		}
	})
}
