package people_test

import (
	"errors"
	"maps"
	"strings"
	"testing"

	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/people"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/db/dbtest"
	"pupitre/internal/platform/fault"
)

func pupilForm() people.PupilForm {
	return people.PupilForm{PupilID: "elise", Version: 1, SeasonID: "s1", LastName: "Moreau", FirstName: "Élise", BirthDate: "14/03/2016", Level: "6e", ImageRight: people.No, Beginner: people.No, TeacherNote: "Elle lit déjà."}
}

func savePupil(store *db.Store, a actor.Actor, form people.PupilForm) error {
	return store.Write(ctx, func(tx *db.Tx) error { return people.SavePupil(ctx, tx, now, a, form) })
}

func TestSavePupil(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		seed(t, store)
		if err := savePupil(store, moreau, pupilForm()); err != nil {
			t.Fatal(err)
		}
		ps, err := people.PupilSeasonOf(ctx, store, "elise", "s1")
		if err != nil || ps.Level != "6e" || ps.ImageRight != people.No || ps.ImageAnsweredBy != "Claire Moreau" || !ps.ImageAnsweredAt.Equal(now) || ps.Notes["moreau"] != "Elle lit déjà." {
			t.Errorf("got %+v, %v", ps, err)
		}
		var conflict *fault.Conflict
		if err := savePupil(store, moreau, pupilForm()); !errors.As(err, &conflict) {
			t.Errorf("from the same reading: got %v, want a conflict", err)
		}
		adult := pupilForm()
		adult.PupilID, adult.FirstName, adult.LastName, adult.BirthDate, adult.Level = "claire", "Claire", "Petit", "01/02/1980", "adulte"
		if err := savePupil(store, moreau, adult); err != nil {
			t.Fatal(err)
		}
		h, err := people.HouseholdByID(ctx, store, moreau, "moreau")
		if err != nil || h.Guardians[0].LastName != "Petit" {
			t.Errorf("the responsible that is the same adult: got %+v, %v", h.Guardians, err)
		}
	})
}

func TestSavePupilRefuses(t *testing.T) {
	rows := []struct {
		name  string
		field string
		spoil func(f *people.PupilForm)
	}{
		{"no name", people.FieldLastName, func(f *people.PupilForm) { f.LastName = "" }},
		{"no first name", people.FieldFirstName, func(f *people.PupilForm) { f.FirstName = "" }},
		{"no date of birth", people.FieldBirthDate, func(f *people.PupilForm) { f.BirthDate = "" }},
		{"the 31st of February", people.FieldBirthDate, func(f *people.PupilForm) { f.BirthDate = "31/02/2016" }},
		{"born tomorrow", people.FieldBirthDate, func(f *people.PupilForm) { f.BirthDate = "09/06/2027" }},
		{"no level", people.FieldLevel, func(f *people.PupilForm) { f.Level = "" }},
		{"a level that is none", people.FieldLevel, func(f *people.PupilForm) { f.Level = "7e" }},
		{"image right not answered", people.FieldImageRight, func(f *people.PupilForm) { f.ImageRight = "" }},
		{"image right: maybe", people.FieldImageRight, func(f *people.PupilForm) { f.ImageRight = "maybe" }},
		{"beginner: maybe", people.FieldBeginner, func(f *people.PupilForm) { f.Beginner = "maybe" }},
		{"a note of 1001 letters", people.FieldTeacherNote, func(f *people.PupilForm) { f.TeacherNote = strings.Repeat("n", 1001) }},
		{"a note with NUL", people.FieldTeacherNote, func(f *people.PupilForm) { f.TeacherNote = "a\x00b" }},
	}
	store := dbtest.SQLite(t)
	seed(t, store)
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			form := pupilForm()
			row.spoil(&form)
			var invalid *fault.Invalid
			if err := savePupil(store, moreau, form); !errors.As(err, &invalid) || invalid.Of(row.field) == "" || len(invalid.Fields) != 1 {
				t.Errorf("got %v, want a message at %s alone", err, row.field)
			}
		})
	}
}

// What one household writes of a pupil is none of the other's business, and a
// « non » is not overruled.
func TestTheOtherHouseholdReadsTheNoteAndOverrulesTheImageRight(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		seed(t, store)
		write(t, store, func(tx *db.Tx) error {
			return people.PutPupil(ctx, tx, now, people.Pupil{ID: "elise", LastName: "Moreau", FirstName: "Élise", BirthDate: "2016-03-14"}, []string{"haddad"}, nil)
		})
		answer := func(a actor.Actor, image, note string) error {
			p, _, err := people.PupilOf(ctx, store, a, "elise")
			if err != nil {
				return err
			}
			form := pupilForm()
			form.Version, form.ImageRight, form.TeacherNote = p.Version, image, note
			return savePupil(store, a, form)
		}
		is := func(what, image string, by actor.Actor, notes people.Notes) {
			t.Helper()
			ps, err := people.PupilSeasonOf(ctx, store, "elise", "s1")
			if err != nil || ps.ImageRight != image || ps.ImageHousehold != by.Household || ps.ImageAnsweredBy != by.Name || !maps.Equal(ps.Notes, notes) {
				t.Errorf("%s: got %+v, %v", what, ps, err)
			}
		}
		ok := func(err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
		}
		ok(answer(moreau, people.Yes, "Allergie aux arachides."))
		ok(answer(haddad, people.Yes, "Vient le mercredi."))
		both := people.Notes{"moreau": "Allergie aux arachides.", "haddad": "Vient le mercredi."}
		is("the same answer by the other", people.Yes, moreau, both)
		ok(answer(haddad, people.No, "Vient le mercredi."))
		is("the stricter answer", people.No, haddad, both)
		var invalid *fault.Invalid
		if err := answer(moreau, people.Yes, ""); !errors.As(err, &invalid) || !strings.Contains(invalid.Of(people.FieldImageRight), "L’autre foyer a répondu «\u202fnon\u202f»\u202f: appelez le secrétariat") {
			t.Errorf("overruled: got %v", err)
		}
		is("refused", people.No, haddad, both)
		ok(answer(moreau, people.No, ""))
		is("a note taken back", people.No, haddad, people.Notes{"haddad": "Vient le mercredi."})
		ok(answer(haddad, people.Yes, ""))
		is("its own « non » taken back", people.Yes, haddad, people.Notes{})
	})
}

func TestTwoHouseholdsOfOnePupilEachSeeIt(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		seed(t, store)
		write(t, store, func(tx *db.Tx) error {
			return people.PutPupil(ctx, tx, now, people.Pupil{ID: "elise", LastName: "Moreau", FirstName: "Élise", BirthDate: "2016-03-14"}, []string{"haddad"}, []string{"violon-1"})
		})
		for _, a := range []actor.Actor{moreau, haddad} {
			if p, household, err := people.PupilOf(ctx, store, a, "elise"); err != nil || household != a.Household || p.FirstName != "Élise" {
				t.Errorf("%s: got %v, %s, %v", a.Name, p, household, err)
			}
		}
		if _, err := people.HouseholdByID(ctx, store, haddad, "moreau"); !errors.Is(err, fault.ErrNotFound) {
			t.Errorf("the other household: got %v, want not found", err)
		}
	})
}
