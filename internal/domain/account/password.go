package account

import (
	"context"
	"fmt"
	"time"

	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/journal"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
)

// Policy is the school's policy for the role.
func (a *Accounts) Policy(ctx context.Context, role actor.Role) (Policy, error) {
	s, err := policies(ctx, a.store)
	return PolicyFor(role, s), err
}

// ChangePassword replaces the current password and ends the account's other
// sessions; the token's own goes on. It returns Invalid when the current one
// is wrong or the new one breaks the policy, Busy after too many tries.
func (a *Accounts) ChangePassword(ctx context.Context, who actor.Actor, token, current, next string) error {
	leave, err := a.Hashing.Enter()
	if err != nil {
		return err
	}
	defer leave()
	if err := a.count(ctx, changesByAccount.of(who.Account)); err != nil {
		return err
	}
	found, err := db.One[secrets](ctx, a.store, withSecrets+`where id = $1`, who.Account)
	if err != nil {
		return fmt.Errorf("change the password of %s: %w", who.Account, err)
	}
	if found.isTemporary() {
		return fault.ErrForbidden // a limited session chooses by SetFirstPassword
	}
	ok, err := a.matches(ctx, current, found.Hash)
	if err != nil {
		return err
	}
	if !ok {
		return refuseField(FieldCurrent, "Ce n’est pas votre mot de passe actuel.")
	}
	if next == current {
		return refuseField(FieldNew, "Choisissez un autre mot de passe que l’actuel.")
	}
	hash, err := a.hashChecked(ctx, found.Role, next)
	if err != nil {
		return err
	}
	return a.store.Write(ctx, func(tx *db.Tx) error {
		if err := a.replace(ctx, tx, found, hash); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `delete from session where account_id = $1 and token_hash <> $2`, found.ID, digest(token)); err != nil {
			return fmt.Errorf("end the other sessions of %s: %w", found.ID, err)
		}
		return forget(ctx, tx, changesByAccount.of(who.Account))
	})
}

func refuseField(field, message string) error {
	return &fault.Invalid{Message: message, Fields: []fault.Field{{Name: field, Message: message}}}
}

func (a *Accounts) hashChecked(ctx context.Context, role actor.Role, password string) (string, error) {
	policy, err := a.Policy(ctx, role)
	if err != nil {
		return "", err
	}
	if err := policy.check(password); err != nil {
		return "", err
	}
	return a.hash(ctx, password)
}

// replace puts the new hash in the place of the one that was checked, and
// voids every temporary password and link.
func (a *Accounts) replace(ctx context.Context, tx *db.Tx, s secrets, hash string) error {
	now := a.clock.Now()
	n, err := tx.Exec(ctx, `update account
		set password_hash = $1, temporary_until = null, link_hash = '', link_until = null, password_changed_at = $2
		where id = $3 and password_hash = $4 and disabled_at is null`, hash, now, s.ID, s.Hash)
	if err != nil {
		return fmt.Errorf("replace the password of %s: %w", s.ID, err)
	}
	if n == 0 {
		return changedElsewhere()
	}
	return journal.Append(ctx, tx, s.note(s.Actor(), now, "account.password_changed", "", ""))
}

func changedElsewhere() error {
	return &fault.Conflict{Message: "Le mot de passe de ce compte vient de changer ailleurs. Reconnectez-vous."}
}

// SetFirstPassword replaces the mailed password of a limited session (R4). All
// sessions of the account end and a full one is opened. It returns Invalid
// when the new one breaks the policy or is the mailed one again, and Forbidden
// for a session that is not limited.
func (a *Accounts) SetFirstPassword(ctx context.Context, token, next string) (Opened, error) {
	leave, err := a.Hashing.Enter()
	if err != nil {
		return Opened{}, err
	}
	defer leave()
	row, found, err := a.session(ctx, a.store, token)
	if err != nil {
		return Opened{}, err
	}
	if !found || !row.Limited {
		return Opened{}, fault.ErrForbidden
	}
	held, err := db.One[secrets](ctx, a.store, withSecrets+`where id = $1`, row.ID)
	if err != nil {
		return Opened{}, fmt.Errorf("first password of %s: %w", row.ID, err)
	}
	if !held.isTemporary() {
		return Opened{}, changedElsewhere() // chosen between the two reads
	}
	same, err := a.matches(ctx, next, held.Hash)
	if err != nil {
		return Opened{}, err
	}
	if same {
		return Opened{}, refuseField(FieldNew, "Choisissez un autre mot de passe que celui reçu par mail.")
	}
	hash, err := a.hashChecked(ctx, held.Role, next)
	if err != nil {
		return Opened{}, err
	}
	return a.replaceAndOpen(ctx, held, hash)
}

func (a *Accounts) replaceAndOpen(ctx context.Context, held secrets, hash string) (opened Opened, err error) {
	err = a.store.Write(ctx, func(tx *db.Tx) error {
		if err := a.replace(ctx, tx, held, hash); err != nil {
			return err
		}
		if err := endSessions(ctx, tx, held.ID); err != nil {
			return err
		}
		renewed := held
		renewed.Hash, renewed.TemporaryUntil = hash, time.Time{}
		opened, err = a.open(ctx, tx, renewed)
		return err
	})
	return opened, err
}

// GivePassword gives these accounts one password, hashed once, and ends their
// sessions: for a school made to be tried or measured, where thousands of
// families sign in. It returns Invalid when it breaks the families' policy, and
// Forbidden to anybody but who runs commands on the machine.
func (a *Accounts) GivePassword(ctx context.Context, by actor.Actor, password string, ids ...string) error {
	if by.Role != actor.SystemRole {
		return fault.ErrForbidden
	}
	hash, err := a.hashChecked(ctx, actor.Family, password)
	if err != nil {
		return err
	}
	const these = `(select value from json_each(cast($1 as text)))`
	return a.store.Write(ctx, func(tx *db.Tx) error {
		held, err := db.All[Account](ctx, tx, accounts+`where id in `+these, db.IDs(ids))
		if err != nil {
			return fmt.Errorf("give a password: %w", err)
		}
		now := a.clock.Now()
		if _, err := tx.Exec(ctx, `update account set password_hash = $2, temporary_until = null, link_hash = '', link_until = null, password_changed_at = $3
			where id in `+these, db.IDs(ids), hash, now); err != nil {
			return fmt.Errorf("give a password: %w", err)
		}
		if _, err := tx.Exec(ctx, `delete from session where account_id in `+these, db.IDs(ids)); err != nil {
			return fmt.Errorf("end the sessions: %w", err)
		}
		lines := make([]journal.Line, len(held))
		for i, one := range held {
			lines[i] = one.note(by, now, "account.password_given", "", "")
		}
		return journal.Append(ctx, tx, lines...)
	})
}

func endSessions(ctx context.Context, tx *db.Tx, account string) error {
	if _, err := tx.Exec(ctx, `delete from session where account_id = $1`, account); err != nil {
		return fmt.Errorf("end the sessions of %s: %w", account, err)
	}
	return nil
}
