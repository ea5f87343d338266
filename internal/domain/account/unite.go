package account

import (
	"context"
	"fmt"

	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/journal"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/french"
)

// Unite leaves the kept household one account, within the transaction: the one
// named, of either household. The other one is shut, its sessions end, and
// nobody else gets its identifiant. Without any account it does nothing.
func (a *Accounts) Unite(ctx context.Context, tx *db.Tx, by actor.Actor, kept, lost, account string) error {
	held, err := db.All[Account](ctx, tx, accounts+`where household_id in ($1, $2)`, kept, lost)
	if err != nil {
		return err
	}
	now := a.clock.Now()
	for _, one := range held { // the household is free before the other takes it
		if one.ID == account {
			continue
		}
		if _, err := tx.Exec(ctx, `update account set household_id = null, disabled_at = $1, link_hash = '', link_until = null where id = $2`, now, one.ID); err != nil {
			return fmt.Errorf("shut account %s: %w", one.ID, err)
		}
		if err := endSessions(ctx, tx, one.ID); err != nil {
			return err
		}
		line := one.note(by, now, "account.disabled", "", "L’identifiant "+one.Login+" ne sert plus"+french.Nbsp+": foyers fusionnés")
		line.Household = kept
		if err := journal.Append(ctx, tx, line); err != nil {
			return err
		}
	}
	_, err = tx.Exec(ctx, `update account set household_id = $1 where id = $2`, kept, account)
	return err
}

// HoldFamilies keeps the accounts of these households from being changed by
// anyone else until the transaction ends.
func HoldFamilies(ctx context.Context, tx *db.Tx, households ...string) error {
	_, err := tx.Exec(ctx, `update account set login = login where household_id in (select value from json_each(cast($1 as text)))`, db.IDs(households))
	return err
}

// OfHouseholds returns the accounts of these households, by household.
func OfHouseholds(ctx context.Context, r db.Reader, households ...string) (map[string]Account, error) {
	rows, err := db.All[Account](ctx, r, accounts+`where household_id in (select value from json_each(cast($1 as text)))`, db.IDs(households))
	found := map[string]Account{}
	for _, a := range rows {
		found[a.Household] = a
	}
	return found, err
}
