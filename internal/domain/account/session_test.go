package account_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"pupitre/internal/domain/account"
	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/school"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
)

func TestFirstSignIn(t *testing.T) {
	each(t, func(r *room) {
		r.refused("without a password yet", "MOREAU-4821", "")
		password := r.mailedPassword("moreau-4821 ", "CLAIRE@exemple.fr")
		if words := (account.Policy{Min: 8, Max: 20}).Refusal(password); words != "" || len(password) != 12 {
			r.Errorf("mailed password %q: %s", password, words)
		}
		limited := r.signIn("Moreau-4821", password)
		if !limited.Limited || limited.Actor.Household != "moreau" || limited.Actor.Role != actor.Family {
			r.Fatalf("opened %+v", limited)
		}
		if _, step, _ := r.accounts.Session(ctx, limited.Token); step != actor.ChoosePassword {
			r.Error("the mailed password opens more than the choice of another")
		}
		if err := r.accounts.ChangePassword(ctx, limited.Actor, limited.Token, password, good); !errors.Is(err, fault.ErrForbidden) {
			r.Errorf("change from a limited session: %v", err)
		}
		if _, err := r.accounts.SetFirstPassword(ctx, limited.Token, "court"); at(err, account.FieldNew) == "" {
			r.Errorf("a short one: %v", err)
		}
		if _, err := r.accounts.SetFirstPassword(ctx, limited.Token, password); at(err, account.FieldNew) == "" {
			r.Errorf("the mailed one again: %v", err)
		}
		full, err := r.accounts.SetFirstPassword(ctx, limited.Token, good)
		if err != nil || full.Limited {
			r.Fatalf("set: %v %+v", err, full)
		}
		if r.isOpen(limited.Token) || !r.isOpen(full.Token) {
			r.Error("the limited session goes on, or the full one is not open")
		}
		r.refused("the mailed password once replaced", "MOREAU-4821", password)
		if again := r.signIn("MOREAU-4821", good); again.Limited {
			r.Error("the chosen password opens a limited session")
		}
		if _, err := r.accounts.SetFirstPassword(ctx, full.Token, other); !errors.Is(err, fault.ErrForbidden) {
			r.Errorf("a full session sets a password without the current one: %v", err)
		}
	})
}

func TestSessionsEnd(t *testing.T) {
	each(t, func(r *room) {
		idle := r.settled("MOREAU-4821", "claire@exemple.fr")
		r.clock.Add(59 * time.Minute)
		if !r.isOpen(idle.Token) {
			r.Fatal("59 minutes without a visit end a session of 60")
		}
		r.clock.Add(59 * time.Minute)
		if !r.isOpen(idle.Token) {
			r.Fatal("a visit does not prolong the session")
		}
		r.clock.Add(time.Hour)
		if r.isOpen(idle.Token) {
			r.Error("an hour without a visit does not end it")
		}
		out := r.signIn("MOREAU-4821", good)
		if err := r.accounts.SignOut(ctx, out.Token); err != nil || r.isOpen(out.Token) {
			r.Errorf("signed out: %v, still open %v", err, r.isOpen(out.Token))
		}
		for token, open := range map[string]bool{"": false, "x": false, strings.Repeat("x", 500): false} {
			if r.isOpen(token) != open {
				r.Errorf("token %q opens", token)
			}
		}
	})
}

func TestNobodyStaysSignedInForEver(t *testing.T) {
	each(t, func(r *room) {
		_, err := r.accounts.CreateStaff(ctx, actor.System, actor.Secretary, "Odile Batard", "odile@exemple.fr", "Secretariat2027")
		if err != nil {
			r.Fatal(err)
		}
		week := policies()
		week.SessionMinutes = 7 * 24 * 60
		r.write(func(tx *db.Tx) error { return school.Put(ctx, tx, week) })
		family := r.settled("MOREAU-4821", "claire@exemple.fr")
		staff := r.signIn("odile@exemple.fr", "Secretariat2027")
		var familyEnd, staffEnd time.Duration
		for spent := time.Duration(0); spent < 31*24*time.Hour; spent += 6 * time.Hour {
			if familyEnd == 0 && !r.isOpen(family.Token) {
				familyEnd = spent
			}
			if staffEnd == 0 && !r.isOpen(staff.Token) {
				staffEnd = spent
			}
			r.clock.Add(6 * time.Hour)
		}
		if familyEnd != 30*24*time.Hour || staffEnd != 12*time.Hour {
			r.Errorf("always busy, a family is signed out after %s and the staff after %s", familyEnd, staffEnd)
		}
		r.clock.Add(7 * 24 * time.Hour)
		if err := r.accounts.Sweep(ctx); err != nil {
			r.Fatal(err)
		}
		if n, err := db.One[int64](ctx, r.store, `select (select count(*) from session) + (select count(*) from throttle)`); err != nil || n != 0 {
			r.Errorf("after the sweep %d rows are left (%v)", n, err)
		}
	})
}

func TestChangingThePasswordEndsTheOtherSessions(t *testing.T) {
	each(t, func(r *room) {
		mine := r.settled("MOREAU-4821", "claire@exemple.fr")
		others := r.signIn("MOREAU-4821", good)
		for what, c := range map[string]struct{ current, next, field string }{
			"wrong current one":  {"Mauvais123", other, account.FieldCurrent},
			"the same again":     {good, good, account.FieldNew},
			"against the policy": {good, "toutminuscule1", account.FieldNew},
		} {
			if err := r.accounts.ChangePassword(ctx, mine.Actor, mine.Token, c.current, c.next); at(err, c.field) == "" {
				r.Errorf("%s: %v", what, err)
			}
		}
		if !r.isOpen(others.Token) {
			r.Fatal("a refused change ends sessions")
		}
		if err := r.accounts.ChangePassword(ctx, mine.Actor, mine.Token, good, other); err != nil {
			r.Fatal(err)
		}
		if !r.isOpen(mine.Token) || r.isOpen(others.Token) {
			r.Errorf("mine open %v, the other one open %v", r.isOpen(mine.Token), r.isOpen(others.Token))
		}
		r.refused("the former password", "MOREAU-4821", good)
		r.signIn("MOREAU-4821", other)
	})
}

func TestTwoChoicesOfAFirstPasswordAtTheSameTime(t *testing.T) {
	each(t, func(r *room) {
		limited := r.signIn("MOREAU-4821", r.mailedPassword("MOREAU-4821", "claire@exemple.fr"))
		outcomes := make(chan error, 2)
		for _, password := range []string{good, other} {
			go func() {
				_, err := r.accounts.SetFirstPassword(ctx, limited.Token, password)
				outcomes <- err
			}()
		}
		first, second := <-outcomes, <-outcomes
		if (first == nil) == (second == nil) {
			r.Errorf("got %v and %v, want exactly one to win", first, second)
		}
	})
}
