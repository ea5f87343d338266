package people_test

import (
	"errors"
	"testing"

	"pupitre/internal/domain/people"
	"pupitre/internal/domain/school"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/db/dbtest"
	"pupitre/internal/platform/fault"
)

// added is what the office types of a family that it adds.
func added() people.AddedHousehold {
	return people.AddedHousehold{
		Guardian: people.GuardianForm{FirstName: " Line ", LastName: "Bonnaud", Email: "line@exemple.fr", Mobile: "06 12 34 56 99"},
		Pupil:    people.AddedPupil{Newcomer: people.Newcomer{FirstName: "Zoé", LastName: "Bonnaud", BirthDate: "21/03/2016", Level: "CM1"}},
	}
}

func TestTheOfficeAddsAFamilyAndAPupil(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		seed(t, store)
		current, err := school.CurrentSeason(ctx, store)
		if err != nil {
			t.Fatal(err)
		}
		season := current.ID
		checked, err := added().Check(ctx, store, now)
		if err != nil {
			t.Fatal(err)
		}
		if found, err := people.Resembling(ctx, store, secretary, checked); err != nil || len(found) != 0 {
			t.Errorf("before it is there it resembles %v, %v", found, err)
		}
		var household, zoe, noe string
		add := func(do func(tx *db.Tx) error) error { return store.Write(ctx, do) }
		if err := add(func(tx *db.Tx) (err error) {
			household, zoe, err = people.AddHousehold(ctx, tx, now, secretary, season, checked)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		h, err := people.HouseholdByID(ctx, store, secretary, household)
		if err != nil || h.Name() != "Line Bonnaud" || h.Guardians[0].Mobile != "0612345699" || h.Candidate {
			t.Errorf("the household is %+v, %v", h, err)
		}
		brother := people.AddedPupil{New: true, Newcomer: people.Newcomer{FirstName: "Noé", LastName: "Bonnaud", BirthDate: "02/09/2019", Level: "GS"}}
		another := func() error {
			return add(func(tx *db.Tx) (err error) {
				noe, err = people.AddPupil(ctx, tx, now, secretary, season, household, brother)
				return err
			})
		}
		if err := another(); err != nil {
			t.Fatal(err)
		}
		id := noe
		var invalid *fault.Invalid
		if err := another(); !errors.As(err, &invalid) || invalid.Of("eleve_prenom") == "" {
			t.Errorf("the same pupil twice: %v", err)
		}
		pupils, err := people.PupilsByID(ctx, store, []string{zoe, id})
		if err != nil || pupils[zoe].NewIn != "" || pupils[zoe].BirthDate != "2016-03-21" || pupils[id].NewIn != season {
			t.Errorf("the pupils are %+v, %v", pupils, err)
		}
		for what, change := range map[string]func(*people.AddedHousehold){
			"the same pupil":   func(h *people.AddedHousehold) { h.Guardian.Email = "" },
			"the same address": func(h *people.AddedHousehold) { h.Pupil.FirstName, h.Guardian.Email = "Ève", "LINE@exemple.fr" },
		} {
			again := added()
			change(&again)
			if again, err = again.Check(ctx, store, now); err != nil {
				t.Fatal(err)
			}
			if found, err := people.Resembling(ctx, store, secretary, again); err != nil || len(found) != 1 || found[0].ID != household {
				t.Errorf("%s: it resembles %v, %v", what, found, err)
			}
		}
		if err := add(func(tx *db.Tx) error {
			_, _, err := people.AddHousehold(ctx, tx, now, moreau, season, checked)
			return err
		}); !errors.Is(err, fault.ErrForbidden) {
			t.Errorf("a family adds one: %v", err)
		}
	})
}

func TestAFamilyThatIsAddedIsJudgedFieldByField(t *testing.T) {
	store := dbtest.SQLite(t)
	seed(t, store)
	in := added()
	in.Guardian.LastName, in.Guardian.Mobile, in.Postcode, in.Pupil.BirthDate, in.Pupil.Level = "", "12", "443", "31/02/2016", ""
	_, err := in.Check(ctx, store, now)
	var invalid *fault.Invalid
	if !errors.As(err, &invalid) {
		t.Fatalf("got %v", err)
	}
	for _, field := range []string{"nom", "telephone_mobile", "code_postal", "eleve_date_naissance", "eleve_niveau"} {
		if invalid.Of(field) == "" {
			t.Errorf("no message at %s: %+v", field, invalid.Fields)
		}
	}
	if len(invalid.Fields) != 5 {
		t.Errorf("messages at %+v", invalid.Fields)
	}
}
