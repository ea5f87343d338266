package account

import (
	"context"
	"fmt"
	"time"

	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/journal"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
)

// The public form (R37) makes the school write to whomever it names, and keeps
// what it is sent. Those per network address are loose, as for sign-ins.
var (
	applicationsByAddress = limit{"apply-from", 40, time.Hour}
	linksByEmail          = limit{"apply-mail", 5, time.Hour}
	linkMailsByAddress    = limit{"apply-mail-from", 40, time.Hour}
)

// MayApply counts a form begun from the network address, and returns Busy when
// there are too many.
func (a *Accounts) MayApply(ctx context.Context, address string) error {
	return a.count(ctx, applicationsByAddress.of(network(address)))
}

// MayMailLink counts a link to be mailed to who is not known yet, whether it is
// or not, and returns Busy when the address, or who asks, has had too many.
func (a *Accounts) MayMailLink(ctx context.Context, email, address string) error {
	return a.count(ctx, linksByEmail.of(french.Fold(email)), linkMailsByAddress.of(network(address)))
}

// OpenFor opens a session of the household's account for who has proved to be
// it otherwise: by the link that the school mailed to its address. It returns
// fault.ErrNotFound when there is no account, or it is shut.
func (a *Accounts) OpenFor(ctx context.Context, household string) (opened Opened, err error) {
	held, err := db.One[secrets](ctx, a.store, withSecrets+`where household_id = $1`, household)
	if err == nil && !held.usable() {
		err = fault.ErrNotFound
	}
	if err != nil {
		return opened, fmt.Errorf("open a session of household %s: %w", household, err)
	}
	err = a.store.Write(ctx, func(tx *db.Tx) error {
		opened, err = a.open(ctx, tx, held)
		return err
	})
	return opened, err
}

// TellIdentifier mails the household its identifiant, within the transaction,
// and tells whether there was an address to mail it to.
func (a *Accounts) TellIdentifier(ctx context.Context, tx *db.Tx, by actor.Actor, household string) (mailed bool, err error) {
	held, err := OfHousehold(ctx, tx, household)
	if err != nil {
		return false, err
	}
	n, err := a.mailIdentifiers(ctx, tx, by, []string{held.ID})
	return n > 0, err
}

// Shut ends the sessions of the household's account, and nobody comes in by it
// any more, within the transaction.
func (a *Accounts) Shut(ctx context.Context, tx *db.Tx, by actor.Actor, household string) error {
	held, err := OfHousehold(ctx, tx, household)
	if err != nil {
		return err
	}
	now := a.clock.Now()
	if _, err := tx.Exec(ctx, `update account set disabled_at = $1, link_hash = '', link_until = null where id = $2`, now, held.ID); err != nil {
		return err
	}
	if err := endSessions(ctx, tx, held.ID); err != nil {
		return err
	}
	return journal.Append(ctx, tx, held.note(by, now, "account.disabled", "", held.Login))
}

// Remove deletes the account of a household that is about to be no more, within
// the transaction.
func Remove(ctx context.Context, tx *db.Tx, household string) error {
	held, err := OfHousehold(ctx, tx, household)
	if err != nil {
		return err
	}
	if err := endSessions(ctx, tx, held.ID); err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `delete from account where id = $1`, held.ID)
	return err
}
