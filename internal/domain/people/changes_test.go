package people_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/journal"
	"pupitre/internal/domain/people"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/db/dbtest"
	"pupitre/internal/platform/fault"
)

// toSee are the household's changes as the office reads them.
func toSee(t *testing.T, store *db.Store, household string) string {
	t.Helper()
	all, err := people.ChangesOf(ctx, store, secretary, household)
	if err != nil {
		t.Fatal(err)
	}
	said := ""
	for _, c := range all {
		said += c.Field + " " + c.Before + " → " + c.After + "; "
	}
	return said
}

// changes gives a function that saves the family's form as it stands, changed so.
func changes(t *testing.T, store *db.Store) func(func(*people.HouseholdForm)) {
	return func(a func(*people.HouseholdForm)) {
		t.Helper()
		h, err := people.HouseholdByID(ctx, store, moreau, "moreau")
		if err != nil {
			t.Fatal(err)
		}
		form := identity()
		form.Version, form.Address, form.Guardians[0].LastName, form.Guardians[0].Mobile = h.Version, h.Address, h.Guardians[0].LastName, h.Guardians[0].Mobile
		a(&form)
		if _, err := save(store, moreau, form); err != nil {
			t.Fatal(err)
		}
	}
}

func TestWhatAFamilyChangesIsToBeSeen(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		seed(t, store)
		wants := func(when, want string) {
			t.Helper()
			if got := toSee(t, store, "moreau"); got != want {
				t.Errorf("%s: got %q, want %q", when, got, want)
			}
		}
		change := changes(t, store)
		see := func(until time.Time) (batch string, err error) {
			err = store.Write(ctx, func(tx *db.Tx) (err error) {
				_, batch, err = people.See(ctx, tx, now, secretary, "moreau", until)
				return err
			})
			return batch, err
		}
		change(func(*people.HouseholdForm) {})
		wants("first answers, where nothing was known", "")
		change(func(f *people.HouseholdForm) { f.Guardians[0].Mobile = "0699999999" })
		wants("a telephone", "mobile 0612345678 → 0699999999; ")
		change(func(f *people.HouseholdForm) { f.Guardians[0].Mobile = "0688888888" })
		wants("changed again: its oldest value", "mobile 0612345678 → 0688888888; ")
		change(func(f *people.HouseholdForm) { f.Guardians[0].Mobile = "0612345678" })
		wants("changed back", "")
		change(func(f *people.HouseholdForm) { f.Address, f.BillingMode = "9 quai Neuf", 1 })
		wants("address and billing", "adresse 1 rue de l’Écluse → 9 quai Neuf; facturation En 3 fois → En 1 fois; ")
		// The office's own changes are known to it.
		h, _ := people.HouseholdByID(ctx, store, secretary, "moreau")
		form := identity()
		form.Version, form.Address, form.BillingMode = h.Version, "10 quai Neuf", 1
		if _, err := save(store, secretary, form); err != nil {
			t.Fatal(err)
		}
		wants("by the office", "adresse 1 rue de l’Écluse → 9 quai Neuf; facturation En 3 fois → En 1 fois; ")

		var conflict *fault.Conflict
		if _, err := see(now.Add(-time.Hour)); !errors.As(err, &conflict) {
			t.Errorf("seen until before the changes: got %v", err)
		}
		batch, err := see(now)
		if err != nil {
			t.Fatal(err)
		}
		wants("seen", "")
		unsee := func() error {
			return store.Write(ctx, func(tx *db.Tx) error { return people.Unsee(ctx, tx, now, secretary, "moreau", batch) })
		}
		if err := unsee(); err != nil {
			t.Fatal(err)
		}
		wants("taken back", "adresse 1 rue de l’Écluse → 9 quai Neuf; facturation En 3 fois → En 1 fois; ")
		if err := unsee(); !errors.As(err, &conflict) {
			t.Errorf("taken back twice: got %v", err)
		}
		if batch, err = see(now); err != nil {
			t.Fatal(err)
		}
		change(func(f *people.HouseholdForm) { f.Address, f.BillingMode = "11 quai Neuf", 1 })
		if err := unsee(); !errors.As(err, &conflict) {
			t.Errorf("taken back after the family has changed it again: got %v", err)
		}
		wants("changed since it was seen", "adresse 10 quai Neuf → 11 quai Neuf; ")
		for _, a := range []error{second(people.ChangesOf(ctx, store, moreau, "moreau")), second(people.ChangesToSee(ctx, store, moreau, people.Everybody, "", 10))} {
			if !errors.Is(a, fault.ErrForbidden) {
				t.Errorf("a family reads what is to be seen: %v", a)
			}
		}
	})
}

// The office puts a former value back, unless it has changed again.
func TestAFormerValueIsPutBack(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		seed(t, store)
		change := changes(t, store)
		put := func(a actor.Actor, field string) error {
			t.Helper()
			all, err := people.ChangesOf(ctx, store, secretary, "moreau")
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range all {
				if c.Field == field {
					return store.Write(ctx, func(tx *db.Tx) error {
						_, err := people.PutBack(ctx, tx, now, a, "moreau", c.ID)
						return err
					})
				}
			}
			t.Fatalf("no change of %s to see", field)
			return nil
		}
		change(func(*people.HouseholdForm) {}) // first answers
		change(func(f *people.HouseholdForm) {
			f.Address, f.Guardians[0].Mobile, f.BillingMode, f.Means = "9 quai Neuf", "0699999999", 1, []string{"cheques"}
		})
		said := toSee(t, store, "moreau")
		if err := put(moreau, "mobile"); !errors.Is(err, fault.ErrForbidden) {
			t.Errorf("a family puts it back: %v", err)
		}
		for _, field := range []string{"mobile", "facturation", "moyens de paiement"} {
			if err := put(secretary, field); err != nil {
				t.Errorf("%s of %s: %v", field, said, err)
			}
		}
		h, err := people.HouseholdByID(ctx, store, secretary, "moreau")
		if err != nil {
			t.Fatal(err)
		}
		was := identity()
		if h.Guardians[0].Mobile != "0612345678" || h.BillingMode != was.BillingMode || !slices.Equal(h.Means, was.Means) || h.Address != "9 quai Neuf" {
			t.Errorf("put back: %+v", h)
		}
		if got := toSee(t, store, "moreau"); got != "adresse 1 rue de l’Écluse → 9 quai Neuf; " {
			t.Errorf("left to see: %s", got)
		}
		lines, err := journal.OfHousehold(ctx, store, "moreau", 1)
		if err != nil || len(lines) != 1 || lines[0].Reason != "ancienne valeur remise par le secrétariat" {
			t.Errorf("the journal: %+v, %v", lines, err)
		}
		// Somebody of the office has corrected it meanwhile.
		form := identity()
		form.Version, form.Address, form.Guardians[0].LastName = h.Version, "10 quai Neuf", h.Guardians[0].LastName
		if _, err := save(store, secretary, form); err != nil {
			t.Fatal(err)
		}
		var conflict *fault.Conflict
		if err := put(secretary, "adresse"); !errors.As(err, &conflict) || !strings.Contains(conflict.Message, "c’est maintenant «\u202f10 quai Neuf\u202f»") {
			t.Errorf("it has changed again: %v", err)
		}
		if got := toSee(t, store, "moreau"); got == "" {
			t.Error("refused, and no longer to see")
		}
	})
}

func second[T any](_ T, err error) error { return err }
