package account

import (
	"context"
	"fmt"

	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/correspondence"
	"pupitre/internal/domain/journal"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
)

// mayManage tells whether the actor may create, disable and enable accounts.
func mayManage(a actor.Actor) bool {
	return a.May(actor.Changes, actor.Accounts) || a.Role == actor.SystemRole
}

// Disable shuts the account and ends its sessions; its history stays. Nobody
// disables his own, nor the last one of the administration.
func (a *Accounts) Disable(ctx context.Context, by actor.Actor, id string) error {
	if !mayManage(by) {
		return fault.ErrForbidden
	}
	if by.Account == id {
		return fault.Refuse("Vous ne pouvez pas désactiver votre propre compte.")
	}
	return a.store.Write(ctx, func(tx *db.Tx) error {
		held, err := ByID(ctx, tx, id)
		if err != nil {
			return fmt.Errorf("disable account %s: %w", id, err)
		}
		if !held.DisabledAt.IsZero() {
			return nil
		}
		if err := keepsAdministrator(ctx, tx, held); err != nil {
			return err
		}
		now := a.clock.Now()
		if _, err := tx.Exec(ctx, `update account set disabled_at = $1, link_hash = '', link_until = null where id = $2`, now, id); err != nil {
			return fmt.Errorf("disable account %s: %w", id, err)
		}
		if err := endSessions(ctx, tx, id); err != nil {
			return err
		}
		return journal.Append(ctx, tx, held.note(by, now, "account.disabled", "", held.Login))
	})
}

// Enable opens a disabled account again, with the password it had.
func (a *Accounts) Enable(ctx context.Context, by actor.Actor, id string) error {
	if !mayManage(by) {
		return fault.ErrForbidden
	}
	return a.store.Write(ctx, func(tx *db.Tx) error {
		held, err := ByID(ctx, tx, id)
		if err != nil {
			return fmt.Errorf("enable account %s: %w", id, err)
		}
		if held.DisabledAt.IsZero() {
			return nil
		}
		if held.Role == actor.Family && held.Household == "" {
			return fault.Refuse("Cet identifiant était celui d’un foyer qui a été fusionné avec un autre" + french.Nbsp + ": annulez plutôt la fusion.")
		}
		if _, err := tx.Exec(ctx, `update account set disabled_at = null where id = $1`, id); err != nil {
			return fmt.Errorf("enable account %s: %w", id, err)
		}
		return journal.Append(ctx, tx, held.note(by, a.clock.Now(), "account.enabled", "", held.Login))
	})
}

// IdentifierFacts are the facts of MailIdentifier.
type IdentifierFacts struct {
	Name       string `json:"name"`
	Identifier string `json:"identifier"`
}

// MailIdentifiers mails their identifiant to the families of these accounts
// (R1), to the first responsible with an address, and returns how many mails
// were enqueued: a family without address needs a letter. Office only.
func (a *Accounts) MailIdentifiers(ctx context.Context, by actor.Actor, ids []string) (mailed int, err error) {
	if !by.IsOffice() && by.Role != actor.SystemRole {
		return 0, fault.ErrForbidden
	}
	err = a.store.Write(ctx, func(tx *db.Tx) (err error) {
		mailed, err = a.mailIdentifiers(ctx, tx, by, ids)
		return err
	})
	return mailed, err
}

func (a *Accounts) mailIdentifiers(ctx context.Context, tx *db.Tx, by actor.Actor, ids []string) (mailed int, err error) {
	type row struct {
		Account
		To        string `db:"to_email"`
		FirstName string `db:"to_first_name"`
		LastName  string `db:"to_last_name"`
	}
	rows, err := db.All[row](ctx, tx, `select a.id, a.login, a.household_id, g.email as to_email,
				g.first_name as to_first_name, g.last_name as to_last_name
			from account a
			join guardian g on g.household_id = a.household_id and g.email <> ''
			where a.role = 'family' and a.disabled_at is null
				and a.id in (select value from json_each(cast($1 as text)))
				and not exists (select 1 from guardian before
					where before.household_id = g.household_id and before.email <> '' and before.position < g.position)
			order by a.login_folded`, db.IDs(ids))
	if err != nil {
		return 0, fmt.Errorf("mail identifiants: %w", err)
	}
	now := a.clock.Now()
	var lines []journal.Line
	var mails []correspondence.Mail
	var sent []string
	for _, r := range rows {
		mails = append(mails, correspondence.Mail{
			Event: "identifier:" + db.NewID(), Recipient: r.To, Kind: MailIdentifier, Household: r.Household,
			Facts: IdentifierFacts{Name: r.FirstName + " " + r.LastName, Identifier: r.Login},
		})
		lines = append(lines, r.note(by, now, "account.identifier_mailed", "", r.To))
		sent = append(sent, r.ID)
	}
	if err := correspondence.Enqueue(ctx, tx, now, mails...); err != nil {
		return 0, err
	}
	if _, err := tx.Exec(ctx, `update account set letter_mailed_at = $1 where id in (select value from json_each(cast($2 as text)))`, now, db.IDs(sent)); err != nil {
		return 0, fmt.Errorf("mail identifiants: %w", err)
	}
	return len(mails), journal.Append(ctx, tx, lines...)
}

// NoteLetters notes that the letters of these accounts were printed. Office only.
func (a *Accounts) NoteLetters(ctx context.Context, by actor.Actor, ids []string) error {
	if !by.IsOffice() && by.Role != actor.SystemRole {
		return fault.ErrForbidden
	}
	return a.store.Write(ctx, func(tx *db.Tx) error {
		rows, err := db.All[Account](ctx, tx, accounts+`where role = 'family' and id in (select value from json_each(cast($1 as text)))`, db.IDs(ids))
		if err != nil {
			return fmt.Errorf("note letters: %w", err)
		}
		now := a.clock.Now()
		lines := make([]journal.Line, len(rows))
		for i, held := range rows {
			lines[i] = held.note(by, now, "account.letter_printed", "", held.Login)
		}
		if _, err := tx.Exec(ctx, `update account set letter_printed_at = $1 where role = 'family' and id in (select value from json_each(cast($2 as text)))`, now, db.IDs(ids)); err != nil {
			return fmt.Errorf("note letters: %w", err)
		}
		return journal.Append(ctx, tx, lines...)
	})
}
