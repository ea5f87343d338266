package account_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"pupitre/internal/domain/account"
	"pupitre/internal/domain/actor"
	"pupitre/internal/platform/db"
)

func (r *room) secrets() []string {
	r.Helper()
	kept, err := db.All[string](ctx, r.store, `select secret from factor where kind = 'application'`)
	if err != nil {
		r.Fatal(err)
	}
	return kept
}

// TestTheSecretOfAnApplicationLiesSealed finds no secret in the database, seals
// at the next start one that an earlier version has left in clear, and starts
// with no other key.
func TestTheSecretOfAnApplicationLiesSealed(t *testing.T) {
	each(t, func(r *room) {
		who, shown, _ := r.equipped()
		secret := strings.ReplaceAll(shown, " ", "")
		if kept := r.secrets(); len(kept) != 1 || strings.Contains(kept[0], secret) || len(kept[0]) < len(secret) {
			r.Fatalf("kept: %q", kept)
		}
		r.write(func(tx *db.Tx) error {
			_, err := tx.Exec(ctx, `update factor set secret = $1`, secret)
			return err
		})
		proves := func(what string) {
			r.clock.Add(time.Minute)
			opened := r.signIn("solene@exemple.fr", staffPassword)
			if _, err := r.accounts.ProveByCode(ctx, opened.Token, r.code(secret, r.clock.Now())); err != nil {
				r.Errorf("%s: %v", what, err)
			}
		}
		proves("in clear, as a machine not yet upgraded leaves it")

		again := account.New(r.store, r.clock)
		if err := again.SealWith(ctx, installed); err != nil {
			r.Fatal(err)
		}
		if kept := r.secrets(); strings.Contains(kept[0], secret) {
			r.Error("the next start leaves it in clear")
		}
		r.accounts = again
		proves("after the next start")

		if err := account.New(r.store, r.clock).SealWith(ctx, strings.ToUpper(installed)); !errors.Is(err, account.ErrOtherKey) {
			r.Errorf("another key: %v", err)
		}
		unsealed := account.New(r.store, r.clock)
		opened := r.signIn("solene@exemple.fr", staffPassword)
		r.clock.Add(time.Minute)
		if _, err := unsealed.ProveByCode(ctx, opened.Token, r.code(secret, r.clock.Now())); err == nil {
			r.Error("a room without a key opens it")
		}
		before := r.secrets()[0]
		r.write(func(tx *db.Tx) error {
			_, err := tx.Exec(ctx, `update factor set account_id = (select min(id) from account where id <> $1)`, who.Account)
			return err
		})
		if err := account.New(r.store, r.clock).SealWith(ctx, installed); !errors.Is(err, account.ErrOtherKey) || r.secrets()[0] != before {
			r.Errorf("given to another account: %v", err)
		}
	})
}

// TestAnInstallationWhoseKeyIsLost forgets the applications, and starts with
// another key; no other machine may have a third one.
func TestAnInstallationWhoseKeyIsLost(t *testing.T) {
	each(t, func(r *room) {
		who, _, codes := r.equipped()
		if _, err := r.accounts.ForgetApplications(ctx, actor.Actor{Account: "x", Role: actor.Director}); err == nil {
			r.Error("the direction forgets them")
		}
		n, err := r.accounts.ForgetApplications(ctx, actor.System)
		if err != nil || n != 1 || len(r.secrets()) != 0 {
			r.Fatalf("forgotten: %d, %v", n, err)
		}
		if left, err := account.CodesLeft(ctx, r.store, who.Account); err != nil || left != 0 {
			r.Errorf("%d of %d codes are left beside no factor (%v)", left, len(codes), err)
		}
		mails, err := db.One[int64](ctx, r.store, `select count(*) from outgoing_mail where kind = 'factor_reset' and recipient = 'solene@exemple.fr'`)
		if err != nil || mails != 1 {
			r.Errorf("%d mails tell its owner (%v)", mails, err)
		}
		if opened := r.signIn("solene@exemple.fr", staffPassword); opened.Pending {
			r.Error("the session asks for a factor that nothing can prove")
		}
		next := strings.Repeat("another key ", 4)
		if err := account.New(r.store, r.clock).SealWith(ctx, next); err != nil {
			r.Errorf("a new key: %v", err)
		}
		if err := account.New(r.store, r.clock).SealWith(ctx, installed); !errors.Is(err, account.ErrOtherKey) {
			r.Errorf("the former key on another machine, before anything is sealed: %v", err)
		}
	})
}
