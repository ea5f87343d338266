package account

import (
	"context"
	"fmt"
	"strings"

	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/journal"
	"pupitre/internal/platform/db"
)

// NewFamily is a household that gets an account: under the wanted identifiant,
// which its caller has checked to be free, or one made of the family's name.
type NewFamily struct{ Household, Wanted, Name string }

// CreateFamilies makes the accounts of many households as CreateFamily makes
// one, in few statements.
func (a *Accounts) CreateFamilies(ctx context.Context, tx *db.Tx, by actor.Actor, families []NewFamily) error {
	if len(families) == 0 {
		return nil
	}
	held, err := db.All[string](ctx, tx, `select login_folded from account`)
	if err != nil {
		return err
	}
	taken := make(map[string]bool, len(held)+len(families))
	for _, login := range held {
		taken[login] = true
	}
	for _, f := range families {
		taken[foldLogin(f.Wanted)] = true
	}
	now := a.clock.Now()
	rows := make([][]any, len(families))
	lines := make([]journal.Line, len(families))
	for i, f := range families {
		login := f.Wanted
		for figures, tries := 4, 0; login == ""; tries++ {
			if wanted := loginStem(f.Name) + "-" + randomFigures(figures); !taken[foldLogin(wanted)] {
				login = wanted
			}
			if tries%20 == 19 {
				figures = min(figures+1, 8)
			}
		}
		taken[foldLogin(login)] = true
		made := Account{ID: db.NewID(), Login: login, Role: actor.Family, Household: f.Household, Name: strings.TrimSpace("Famille " + f.Name)}
		rows[i] = []any{made.ID, login, foldLogin(login), made.Role, f.Household, made.Name, "", "", "", now}
		lines[i] = made.note(by, now, "account.created", "", login)
	}
	if _, err := tx.Insert(ctx, `account (id, login, login_folded, role, household_id, name, email, password_hash, link_hash, created_at)`, "", rows); err != nil {
		return fmt.Errorf("create the families' accounts: %w", err)
	}
	return journal.Append(ctx, tx, lines...)
}

// Untouched returns those of the households whose account nobody has used or
// been told of: no password, no letter, the identifiant it was made with.
func Untouched(ctx context.Context, r db.Reader, households []string) (map[string]bool, error) {
	rows, err := db.All[string](ctx, r, `select a.household_id from account a
		where a.household_id in (select value from json_each(cast($1 as text)))
			and a.password_hash = '' and a.link_hash = '' and a.letter_printed_at is null and a.letter_mailed_at is null and a.disabled_at is null`, db.IDs(households))
	found := make(map[string]bool, len(rows))
	for _, id := range rows {
		found[id] = true
	}
	return found, err
}

// DropFamilies deletes the accounts of these households, which are Untouched.
func DropFamilies(ctx context.Context, tx *db.Tx, households []string) error {
	const these = `(select id from account where household_id in (select value from json_each(cast($1 as text))))`
	if _, err := tx.Exec(ctx, `delete from session where account_id in `+these, db.IDs(households)); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `delete from account where id in `+these, db.IDs(households))
	return err
}
