package people_test

import (
	"errors"
	"testing"
	"time"

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

func TestWhatAFamilyChangesIsToBeSeen(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		seed(t, store)
		wants := func(when, want string) {
			t.Helper()
			if got := toSee(t, store, "moreau"); got != want {
				t.Errorf("%s: got %q, want %q", when, got, want)
			}
		}
		change := func(a func(*people.HouseholdForm)) {
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

func second[T any](_ T, err error) error { return err }
