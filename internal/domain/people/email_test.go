package people_test

import (
	"errors"
	"fmt"
	"regexp"
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

func TestANewAddressCountsOnceConfirmed(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		seed(t, store)
		form := identity()
		form.Guardians[0].Email = "nouvelle@Exemple.FR"
		h, err := save(store, moreau, form)
		if err != nil {
			t.Fatal(err)
		}
		if g := h.Guardians[0]; g.Email != "claire@exemple.fr" || g.PendingEmail != "nouvelle@exemple.fr" {
			t.Fatalf("before the confirmation: got %+v", g)
		}
		token := sentToken(t, store)
		if got, err := people.EmailToConfirm(ctx, store, now, token); err != nil || got != "nouvelle@exemple.fr" {
			t.Errorf("the page of the link: got %q, %v", got, err)
		}
		confirm := func(at time.Time, token string) error {
			return store.Write(ctx, func(tx *db.Tx) error { _, err := people.ConfirmEmail(ctx, tx, at, token); return err })
		}
		if err := confirm(now, token+"x"); !errors.Is(err, fault.ErrNotFound) {
			t.Errorf("a wrong token: got %v", err)
		}
		if err := confirm(now, ""); !errors.Is(err, fault.ErrNotFound) {
			t.Errorf("no token: got %v", err)
		}
		if err := confirm(now.Add(48*time.Hour), token); !errors.Is(err, fault.ErrNotFound) {
			t.Errorf("two days later: got %v", err)
		}
		if err := confirm(now, token); err != nil {
			t.Fatal(err)
		}
		if err := confirm(now, token); !errors.Is(err, fault.ErrNotFound) {
			t.Errorf("a second time: got %v", err)
		}
		h, err = people.HouseholdByID(ctx, store, moreau, "moreau")
		if err != nil || h.Guardians[0].Email != "nouvelle@exemple.fr" || h.Guardians[0].PendingEmail != "" {
			t.Errorf("after: got %+v, %v", h, err)
		}
	})
}

// typeEmail saves « Identité » with what was typed in the field of the address.
func typeEmail(store *db.Store, at time.Time, a actor.Actor, email string) error {
	return store.Write(ctx, func(tx *db.Tx) error {
		h, err := people.HouseholdByID(ctx, tx, a, "moreau")
		if err != nil {
			return err
		}
		form := identity()
		form.Version, form.Guardians[0].Email = h.Version, email
		_, err = people.SaveIdentity(ctx, tx, at, a, form)
		return err
	})
}

func toConfirm(t *testing.T, store *db.Store) (tokens []string) {
	t.Helper()
	secrets, err := db.All[string](ctx, store, `select secret from job where kind = 'send_mail' and secret like '%token%' order by id`)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range secrets {
		tokens = append(tokens, regexp.MustCompile(`"token":"([^"]+)"`).FindStringSubmatch(s)[1])
	}
	return tokens
}

// A link that was mailed to a mistyped address, or by who held the session for
// a minute, must die when the family puts its own address back.
func TestThePendingAddressSurvivesTheOldOnePutBack(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		seed(t, store)
		if err := errors.Join(typeEmail(store, now, moreau, "voleur@exemple.fr"), typeEmail(store, now, moreau, "claire@exemple.fr")); err != nil {
			t.Fatal(err)
		}
		h, err := people.HouseholdByID(ctx, store, moreau, "moreau")
		if g := h.Guardians[0]; err != nil || g.Email != "claire@exemple.fr" || g.PendingEmail != "" || !g.PendingUntil.IsZero() {
			t.Errorf("got %+v, %v", g, err)
		}
		err = store.Write(ctx, func(tx *db.Tx) error {
			_, err := people.ConfirmEmail(ctx, tx, now, toConfirm(t, store)[0])
			return err
		})
		if !errors.Is(err, fault.ErrNotFound) {
			t.Errorf("the link given up: got %v, want not found", err)
		}
		lines, err := journal.OfHousehold(ctx, store, "moreau", 1)
		if err != nil || len(lines) != 1 || !strings.Contains(lines[0].Before, "e-mail à confirmer\u202f: voleur@exemple.fr") {
			t.Errorf("journal: got %v, %v", lines, err)
		}
	})
}

func TestOneResponsibleHasTwoLivePendingAddresses(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		seed(t, store)
		if err := errors.Join(typeEmail(store, now, moreau, "un@exemple.fr"), typeEmail(store, now, moreau, "deux@exemple.fr")); err != nil {
			t.Fatal(err)
		}
		alive := 0
		for _, token := range toConfirm(t, store) {
			switch address, err := people.EmailToConfirm(ctx, store, now, token); {
			case err == nil && address == "deux@exemple.fr":
				alive++
			case !errors.Is(err, fault.ErrNotFound):
				t.Errorf("got %q, %v", address, err)
			}
		}
		if alive != 1 {
			t.Errorf("%d links are alive, want the last one", alive)
		}
	})
}

func TestTheOldAddressIsNotToldOfAFamilysOwnChange(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		seed(t, store)
		if err := typeEmail(store, now, moreau, "voleur@exemple.fr"); err != nil {
			t.Fatal(err)
		}
		told := `select recipient from outgoing_mail where kind = 'address_changed'`
		if early, err := db.All[string](ctx, store, told); err != nil || len(early) != 0 {
			t.Errorf("told before it counts: %v, %v", early, err)
		}
		write(t, store, func(tx *db.Tx) error {
			_, err := people.ConfirmEmail(ctx, tx, now, sentToken(t, store))
			return err
		})
		if got, err := db.All[string](ctx, store, told); err != nil || !slices.Equal(got, []string{"claire@exemple.fr"}) {
			t.Errorf("told: got %v, %v, want the old address", got, err)
		}
		jobs, err := db.All[string](ctx, store, `select args from job where args like '%address_changed%'`)
		if err != nil || len(jobs) != 1 || !strings.Contains(jobs[0], `"by_office":false`) {
			t.Errorf("facts: got %v, %v", jobs, err)
		}
	})
}

func TestAFamilyMakesTheSchoolWriteToManyStrangers(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		seed(t, store)
		for i := range 5 {
			if err := typeEmail(store, now.Add(time.Duration(i)*time.Minute), moreau, fmt.Sprintf("inconnu%d@exemple.fr", i)); err != nil {
				t.Fatal(err)
			}
		}
		var busy *fault.Busy
		err := typeEmail(store, now.Add(10*time.Minute), moreau, "inconnu5@exemple.fr")
		if !errors.As(err, &busy) || busy.RetryAfter != 50*time.Minute || !strings.Contains(busy.Message, "Réessayez à 23\u00a0h\u00a000.") {
			t.Errorf("the sixth: got %v, %+v", err, busy)
		}
		if mails, err := db.One[int64](ctx, store, `select count(*) from outgoing_mail where kind = 'confirm_address'`); err != nil || mails != 5 {
			t.Errorf("got %d mails, %v, want 5", mails, err)
		}
		for what, err := range map[string]error{
			"the one that waits, typed again": typeEmail(store, now.Add(10*time.Minute), moreau, "inconnu4@exemple.fr"),
			"the office":                      typeEmail(store, now.Add(10*time.Minute), secretary, "bureau@exemple.fr"),
			"an hour after the first":         typeEmail(store, now.Add(time.Hour), moreau, "inconnu6@exemple.fr"),
		} {
			if err != nil {
				t.Errorf("%s: got %v", what, err)
			}
		}
	})
}

func sentToken(t *testing.T, store *db.Store) string {
	t.Helper()
	secrets, err := db.All[string](ctx, store, `select secret from job where kind = 'send_mail' and secret like '%token%'`)
	if err != nil || len(secrets) != 1 {
		t.Fatalf("mails with a link: got %v, %v", secrets, err)
	}
	return regexp.MustCompile(`"token":"([^"]+)"`).FindStringSubmatch(secrets[0])[1]
}

func TestTheOfficeSetsAnAddressAtOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		seed(t, store)
		set := func(a actor.Actor, email string) error {
			return store.Write(ctx, func(tx *db.Tx) error { return people.SetGuardianEmail(ctx, tx, now, a, "g1", email) })
		}
		for _, a := range []actor.Actor{moreau, haddad, teacher, {}} {
			if err := set(a, "x@exemple.fr"); !errors.Is(err, fault.ErrForbidden) {
				t.Errorf("%s: got %v, want forbidden", a.Role.French(), err)
			}
		}
		if err := set(secretary, "pas une adresse"); err == nil {
			t.Error("a word that is no address was taken")
		}
		if err := set(secretary, "bureau@exemple.fr"); err != nil {
			t.Fatal(err)
		}
		h, err := people.HouseholdByID(ctx, store, moreau, "moreau")
		if err != nil || h.Guardians[0].Email != "bureau@exemple.fr" || h.Version != 2 {
			t.Errorf("got %+v, %v", h, err)
		}
		told, err := db.All[string](ctx, store, `select recipient from outgoing_mail where kind = 'address_changed'`)
		if err != nil || !slices.Equal(told, []string{"claire@exemple.fr"}) {
			t.Errorf("told: got %v, %v, want the old address", told, err)
		}
	})
}

func TestTheOfficesNewAddressOnTheFormCountsAtOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		seed(t, store)
		form := identity()
		form.Guardians[0].Email = "bureau@exemple.fr"
		h, err := save(store, secretary, form)
		if err != nil || h.Guardians[0].Email != "bureau@exemple.fr" || h.Guardians[0].PendingEmail != "" {
			t.Errorf("got %+v, %v", h, err)
		}
	})
}
