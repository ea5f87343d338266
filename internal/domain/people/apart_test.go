package people_test

import (
	"errors"
	"testing"

	"pupitre/internal/domain/people"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/db/dbtest"
	"pupitre/internal/platform/fault"
)

func TestTwoHouseholdsAreSaidToBeTwo(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		seed(t, store)
		say := func(one, other string) error {
			return store.Write(ctx, func(tx *db.Tx) error { return people.SayApart(ctx, tx, now, secretary, one, other) })
		}
		back := func(one, other string) error {
			return store.Write(ctx, func(tx *db.Tx) error { return people.TakeApartBack(ctx, tx, now, secretary, one, other) })
		}
		for _, two := range [][2]string{{"moreau", "haddad"}, {"haddad", "moreau"}} { // said again, the other way round
			if err := say(two[0], two[1]); err != nil {
				t.Fatal(err)
			}
		}
		for one, other := range map[string]string{"moreau": "haddad", "haddad": "moreau"} {
			said, err := people.ApartFromEach(ctx, store, secretary, one)
			if err != nil || len(said) != 1 || said[0].Household != other || said[0].By != secretary.Name || !said[0].At.Equal(now) {
				t.Errorf("of %s: %+v, %v", one, said, err)
			}
		}
		var invalid *fault.Invalid
		if err := say("moreau", "moreau"); !errors.As(err, &invalid) {
			t.Errorf("a household and itself: %v", err)
		}
		if err := say("moreau", "none"); !errors.Is(err, fault.ErrNotFound) {
			t.Errorf("a household that is none: %v", err)
		}
		if err := store.Write(ctx, func(tx *db.Tx) error { return people.SayApart(ctx, tx, now, moreau, "moreau", "haddad") }); !errors.Is(err, fault.ErrForbidden) {
			t.Errorf("a family says so: %v", err)
		}
		if err := back("haddad", "moreau"); err != nil {
			t.Fatal(err)
		}
		var conflict *fault.Conflict
		if err := back("moreau", "haddad"); !errors.As(err, &conflict) {
			t.Errorf("taken back twice: %v", err)
		}
	})
}
