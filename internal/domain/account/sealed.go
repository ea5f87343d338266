package account

import (
	"context"
	"errors"
	"fmt"

	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/correspondence"
	"pupitre/internal/domain/journal"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/seal"
)

// ErrOtherKey says that what the database holds was sealed under another
// installation key.
var ErrOtherKey = errors.New("the secrets of second factors were sealed under another key")

// What is sealed once to tell the key again, and for whom.
const (
	proofText  = "pupitre"
	proofOwner = "sealing"
)

// SealWith gives the room the key derived from the installation's secret, and
// seals the secrets of applications that still lie in clear. Without it no
// application of codes can be made. It returns ErrOtherKey, and seals nothing,
// when one of them, or another machine, has another key.
func (a *Accounts) SealWith(ctx context.Context, secret string) error {
	key, err := seal.NewKey(secret, "second factor")
	if err != nil {
		return err
	}
	err = a.store.Write(ctx, func(tx *db.Tx) error {
		if err := isOurs(ctx, tx, key); err != nil {
			return err
		}
		held, err := db.All[factorRow](ctx, tx, factorRows+`where kind = 'application' order by id`)
		if err != nil {
			return err
		}
		for _, f := range held {
			if err := sealOne(ctx, tx, key, f); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("seal the secrets of second factors: %w", err)
	}
	a.key = key
	return nil
}

// isOurs keeps that this is the key, or returns ErrOtherKey when another is.
func isOurs(ctx context.Context, tx *db.Tx, key seal.Key) error {
	fresh, err := key.Seal(proofText, proofOwner)
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `insert into sealing (id, proof) values ('key', $1) on conflict (id) do nothing`, fresh); err != nil {
		return err
	}
	kept, err := db.One[string](ctx, tx, `select proof from sealing where id = 'key'`)
	if err != nil {
		return err
	}
	if _, err := key.Open(kept, proofOwner); err != nil {
		return ErrOtherKey
	}
	return nil
}

// sealOne seals what lies in clear, and tries to open what is sealed.
func sealOne(ctx context.Context, tx *db.Tx, key seal.Key, f factorRow) error {
	if seal.IsSealed(f.Secret) {
		if _, err := key.Open(f.Secret, f.owner()); err != nil {
			return ErrOtherKey
		}
		return nil
	}
	sealed, err := key.Seal(f.Secret, f.owner())
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `update factor set secret = $1 where id = $2 and secret = $3`, sealed, f.ID, f.Secret)
	return err
}

// owner is for whom the secret of an application is sealed.
func (f factorRow) owner() string { return f.Account + "/" + f.ID }

// secretOf is the secret of an application. One in clear was kept by an earlier
// version that still serves beside this one; the next start seals it.
func (a *Accounts) secretOf(f factorRow) (string, error) {
	if !seal.IsSealed(f.Secret) {
		return f.Secret, nil
	}
	secret, err := a.key.Open(f.Secret, f.owner())
	if err != nil {
		return "", fmt.Errorf("open the secret of %s: %w", f.ID, err)
	}
	return secret, nil
}

// ForgetApplications takes the applications of codes of every account away, for
// an installation whose key is lost: nothing can open their secrets any more,
// and the next start takes whatever key it is given. Keys and recovery codes
// stay where a key is left. Their owners are told by mail; it returns how many.
func (a *Accounts) ForgetApplications(ctx context.Context, by actor.Actor) (told int, err error) {
	if !mayManage(by) {
		return 0, fault.ErrForbidden
	}
	err = a.store.Write(ctx, func(tx *db.Tx) error {
		owners, err := db.All[Account](ctx, tx, accounts+`where id in (
			select account_id from factor where kind = 'application' and confirmed_at is not null) order by login`)
		if err != nil {
			return err
		}
		for _, statement := range []string{`delete from factor where kind = 'application'`, `delete from sealing`} {
			if _, err := tx.Exec(ctx, statement); err != nil {
				return err
			}
		}
		told = len(owners)
		for _, held := range owners {
			if err := a.forgotten(ctx, tx, by, held); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("forget the applications of codes: %w", err)
	}
	return told, nil
}

// forgotten ends the account's sessions, leaves nothing of its second factors
// when it has no other one, and tells its owner.
func (a *Accounts) forgotten(ctx context.Context, tx *db.Tx, by actor.Actor, held Account) error {
	now := a.clock.Now()
	left, err := countFactors(ctx, tx, held)
	if err == nil && left == 0 {
		err = forgetFactors(ctx, tx, held.ID)
	}
	if err == nil {
		err = endSessions(ctx, tx, held.ID)
	}
	if err != nil {
		return err
	}
	if err := correspondence.Enqueue(ctx, tx, now, correspondence.Mail{
		Event: "factor_reset:" + db.NewID(), Recipient: held.Email, Kind: MailFactorReset,
		Facts: FactorResetFacts{Name: held.Name, Identifier: held.Login, At: now},
	}); err != nil {
		return err
	}
	line := held.note(by, now, "account.factor_removed", "Application de codes", "")
	line.Reason = "la clé qui gardait son secret est perdue"
	return journal.Append(ctx, tx, line)
}
