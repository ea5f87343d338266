package account_test

import (
	"strings"
	"testing"
	"time"

	"pupitre/internal/domain/account"
	"pupitre/internal/platform/db"
)

func TestThrottles(t *testing.T) {
	each(t, func(r *room) {
		r.settled("MOREAU-4821", "claire@exemple.fr")
		for range 8 {
			r.refused("a wrong password", "MOREAU-4821", "Mauvais123")
		}
		again := account.New(r.store, r.clock) // the throttle is kept across a restart
		_, err := again.SignIn(ctx, " moreau-4821", good, "198.51.100.7")
		busy := isBusy(err)
		if busy == nil || busy.RetryAfter != 15*time.Minute || !strings.Contains(busy.Message, "20\u00a0h\u00a015") {
			r.Fatalf("ninth try: got %v, want to come back at 20 h 15", err)
		}
		if _, err := r.accounts.SignIn(ctx, "HADDAD-1733", good, from); isBusy(err) != nil {
			r.Error("another identifiant behind the same address is throttled")
		}
		r.clock.Add(15 * time.Minute)
		r.signIn("MOREAU-4821", good)
		for range 7 {
			r.refused("a wrong password", "MOREAU-4821", "Mauvais123")
		}
		r.signIn("MOREAU-4821", good)
	})
}

func TestTriesFromOneNetworkAreBounded(t *testing.T) {
	each(t, func(r *room) {
		if _, err := r.accounts.SignIn(ctx, "inconnu-1", "", "2001:db8::1"); !isInvalid(err) {
			r.Fatalf("first try: %v", err)
		}
		r.write(func(tx *db.Tx) error { // 198 tries more
			_, err := tx.Exec(ctx, `update throttle set tries = tries + 198 where key like 'signin-from:%'`)
			return err
		})
		if _, err := r.accounts.SignIn(ctx, "inconnu-200", "", "2001:db8::2"); !isInvalid(err) {
			r.Errorf("try 200 from one network: %v", err)
		}
		_, last := r.accounts.SignIn(ctx, "inconnu-201", "", "2001:db8::3")
		if isBusy(last) == nil {
			r.Errorf("try 201 from one network: %v", last)
		}
		if _, err := r.accounts.SignIn(ctx, "MOREAU-4821", "Mauvais123", "2001:db9::1"); !isInvalid(err) {
			r.Errorf("another network: %v", err)
		}
	})
}

func TestRequestsForAPasswordAreBounded(t *testing.T) {
	each(t, func(r *room) {
		for _, login := range []string{"MOREAU-4821", "NESSUNO-0000"} {
			for range 5 {
				r.lost(login, "x@exemple.fr")
			}
			if err := r.accounts.Recover(ctx, login, "x@exemple.fr", from); isBusy(err) == nil {
				r.Errorf("sixth request for %s: %v", login, err)
			}
		}
	})
}

func TestThrottleHoldsAgainstTriesAtTheSameTime(t *testing.T) {
	each(t, func(r *room) {
		r.settled("MOREAU-4821", "claire@exemple.fr")
		outcomes := make(chan error, 20)
		for range 20 {
			go func() {
				_, err := r.accounts.SignIn(ctx, "MOREAU-4821", "Mauvais123", from)
				outcomes <- err
			}()
		}
		checked, told := 0, 0
		for range 20 {
			switch err := <-outcomes; {
			case isInvalid(err):
				checked++
			case isBusy(err) != nil:
				told++
			default:
				r.Errorf("got %v", err)
			}
		}
		if checked != 8 || told != 12 {
			r.Errorf("%d passwords were checked and %d refused, want 8 and 12", checked, told)
		}
	})
}
