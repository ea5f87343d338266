package account

import (
	"context"
	"fmt"
	"time"

	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/correspondence"
	"pupitre/internal/domain/journal"
	"pupitre/internal/domain/school"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
)

// FactorKind is what a second factor is.
type FactorKind string

// An application that shows a code, or a key (fingerprint, face, security key).
const (
	Application FactorKind = "application"
	Key         FactorKind = "key"
)

// The names of the fields of the second factor's forms.
const (
	FieldCode     = "code"
	FieldRecovery = "secours"
	FieldAnswer   = "reponse"
	FieldKeyName  = "nom_cle"
)

// Factor is a second factor as its owner sees it: never its secret.
type Factor struct {
	ID          string     `db:"id"`
	Account     string     `db:"account_id"`
	Kind        FactorKind `db:"kind"`
	Name        string     `db:"name"`
	ConfirmedAt time.Time  `db:"confirmed_at"`
	CreatedAt   time.Time  `db:"created_at"`
	UsedAt      time.Time  `db:"used_at"`
}

// factorRow is a factor with what proves it. It stays in this room.
type factorRow struct {
	Factor
	Secret   string `db:"secret"` // of an application, sealed (sealed.go); of a key, what is public of it
	LastStep int64  `db:"last_step"`
}

const factorRows = `select id, account_id, kind, name, confirmed_at, created_at, used_at, secret, last_step from factor `

// MailFactorReset tells a member of the staff that the administration has taken
// the account's second factor away.
const MailFactorReset correspondence.Kind = "factor_reset"

// FactorResetFacts are the facts of MailFactorReset.
type FactorResetFacts struct {
	Name       string    `json:"name"`
	Identifier string    `json:"identifier"`
	At         time.Time `json:"at"`
}

const (
	trustedFor  = 30 * 24 * time.Hour
	ceremonyFor = 5 * time.Minute
	// TrustedSeconds is how long a browser keeps the token of a trusted device.
	TrustedSeconds = int(trustedFor / time.Second)
)

// Factors lists the confirmed second factors of the account, the oldest first.
func Factors(ctx context.Context, r db.Reader, account string) ([]Factor, error) {
	return db.All[Factor](ctx, r, `select id, account_id, kind, name, confirmed_at, created_at, used_at
		from factor where account_id = $1 and confirmed_at is not null order by created_at, id`, account)
}

func countFactors(ctx context.Context, r db.Reader, held Account) (int64, error) {
	if !held.isStaff() {
		return 0, nil
	}
	n, err := db.One[int64](ctx, r, `select count(*) from factor where account_id = $1 and confirmed_at is not null`, held.ID)
	if err != nil {
		return 0, fmt.Errorf("second factors of %s: %w", held.ID, err)
	}
	return n, nil
}

// CodesLeft is how many recovery codes of the account have not served.
func CodesLeft(ctx context.Context, r db.Reader, account string) (int64, error) {
	return db.One[int64](ctx, r, `select count(*) from recovery_code where account_id = $1 and used_at is null`, account)
}

// confirmed reads the factors that prove something, of that kind.
func confirmed(ctx context.Context, r db.Reader, account string, kind FactorKind) ([]factorRow, error) {
	return db.All[factorRow](ctx, r, factorRows+`where account_id = $1 and kind = $2 and confirmed_at is not null order by created_at, id`, account, kind)
}

// prove is an act of a session whose second factor is still to be given: a try
// is counted first, as for passwords, and check must consume what was given.
func (a *Accounts) prove(ctx context.Context, token string, check func(*db.Tx, sessionRow) error) (Opened, error) {
	row, err := a.pending(ctx, token)
	if err != nil {
		return Opened{}, err
	}
	counted := factorByAccount.of(row.ID)
	if err := a.count(ctx, counted); err != nil {
		return Opened{}, err
	}
	opened := Opened{Token: newToken(), Actor: row.Actor()}
	err = a.store.Write(ctx, func(tx *db.Tx) error {
		if err := check(tx, row); err != nil {
			return err
		}
		// A session that has proved more bears another token.
		n, err := tx.Exec(ctx, `update session set pending = false, ceremony = '', ceremony_until = null, token_hash = $1
			where token_hash = $2 and pending = true`, digest(opened.Token), digest(token))
		if err != nil {
			return fmt.Errorf("open the session of %s: %w", row.ID, err)
		}
		if n == 0 {
			return fault.ErrForbidden
		}
		return forget(ctx, tx, counted)
	})
	return opened, err
}

// pending is the session whose second factor is to be given, or Forbidden.
func (a *Accounts) pending(ctx context.Context, token string) (sessionRow, error) {
	row, found, err := a.session(ctx, a.store, token)
	if err == nil && (!found || row.step() != actor.ProveFactor) {
		err = fault.ErrForbidden
	}
	return row, err
}

// maker is the session that may make a second factor: one of the staff that is
// wholly open, or that lacks nothing else; else Forbidden.
func (a *Accounts) maker(ctx context.Context, token string) (sessionRow, error) {
	row, found, err := a.session(ctx, a.store, token)
	if err == nil && (!found || !row.isStaff() || row.step() != "" && row.step() != actor.MakeFactor) {
		err = fault.ErrForbidden
	}
	return row, err
}

// TrustDevice opens the session wholly when the device gave its second factor in
// the last thirty days, and tells whether it did.
func (a *Accounts) TrustDevice(ctx context.Context, opened Opened, device string) (trusted bool, err error) {
	if device == "" || len(device) > 100 {
		return false, nil
	}
	err = a.store.Write(ctx, func(tx *db.Tx) error {
		n, err := tx.Exec(ctx, `update session set pending = false where token_hash = $1 and pending = true and exists (
				select 1 from trusted_device d where d.token_hash = $2 and d.account_id = session.account_id and d.created_at > $3)`,
			digest(opened.Token), digest(device), a.clock.Now().Add(-trustedFor))
		trusted = n > 0
		return err
	})
	if err != nil {
		return false, fmt.Errorf("trust a device: %w", err)
	}
	return trusted, nil
}

// KeepDevice makes the token of a device that need not give the second factor
// for thirty days. The session must be wholly open.
func (a *Accounts) KeepDevice(ctx context.Context, opened Opened) (token string, err error) {
	row, err := a.maker(ctx, opened.Token)
	if err != nil {
		return "", err
	}
	token = newToken()
	err = a.store.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, `insert into trusted_device (token_hash, account_id, created_at) values ($1, $2, $3)`, digest(token), row.ID, a.clock.Now())
		return err
	})
	return token, err
}

// confirm keeps a new factor as one that counts, and makes the recovery codes
// with the account's first; they are returned once, and kept nowhere.
func (a *Accounts) confirm(ctx context.Context, tx *db.Tx, held Account, id, what string) (codes []string, err error) {
	now := a.clock.Now()
	before, err := countFactors(ctx, tx, held)
	if err != nil {
		return nil, err
	}
	if _, err := tx.Exec(ctx, `update factor set confirmed_at = $1 where id = $2 and account_id = $3`, now, id, held.ID); err != nil {
		return nil, fmt.Errorf("confirm a second factor of %s: %w", held.ID, err)
	}
	if before == 0 {
		if codes, err = newCodes(ctx, tx, held); err != nil {
			return nil, err
		}
	}
	return codes, journal.Append(ctx, tx, held.note(held.Actor(), now, "account.factor_added", "", what))
}

// RemoveFactor takes one of the asker's own factors away, and with the last one
// the recovery codes and trusted devices. It returns fault.ErrNotFound for
// another's.
func (a *Accounts) RemoveFactor(ctx context.Context, token, id string) error {
	row, err := a.maker(ctx, token)
	if err != nil {
		return err
	}
	return a.store.Write(ctx, func(tx *db.Tx) error {
		held, err := db.One[factorRow](ctx, tx, factorRows+`where id = $1 and account_id = $2`, id, row.ID)
		if err != nil {
			return fmt.Errorf("remove a second factor: %w", err)
		}
		if _, err := tx.Exec(ctx, `delete from factor where id = $1`, id); err != nil {
			return fmt.Errorf("remove a second factor: %w", err)
		}
		left, err := countFactors(ctx, tx, row.Account)
		if err == nil && left == 0 {
			err = forgetFactors(ctx, tx, row.ID)
		}
		if err != nil {
			return err
		}
		return journal.Append(ctx, tx, row.note(row.Actor(), a.clock.Now(), "account.factor_removed", held.Name, ""))
	})
}

// forgetFactors leaves nothing of the account's second factors.
func forgetFactors(ctx context.Context, tx *db.Tx, account string) error {
	for _, table := range []string{"factor", "recovery_code", "trusted_device"} {
		if _, err := tx.Exec(ctx, `delete from `+table+` where account_id = $1`, account); err != nil {
			return fmt.Errorf("forget the second factor of %s: %w", account, err)
		}
	}
	return nil
}

// ResetFactor takes away every second factor of an account of the staff whose
// owner has lost them all, ends its sessions, and tells the owner by mail. The
// administration alone.
func (a *Accounts) ResetFactor(ctx context.Context, by actor.Actor, id string) error {
	return a.manage(ctx, by, id, func(tx *db.Tx, held Account) error {
		n, err := countFactors(ctx, tx, held)
		if err != nil {
			return err
		}
		if n == 0 {
			return fault.Refuse("Ce compte n’a pas de second facteur.")
		}
		if err := forgetFactors(ctx, tx, held.ID); err != nil {
			return err
		}
		if err := endSessions(ctx, tx, held.ID); err != nil {
			return err
		}
		now := a.clock.Now()
		if err := correspondence.Enqueue(ctx, tx, now, correspondence.Mail{
			Event: "factor_reset:" + db.NewID(), Recipient: held.Email, Kind: MailFactorReset,
			Facts: FactorResetFacts{Name: held.Name, Identifier: held.Login, At: now},
		}); err != nil {
			return err
		}
		return journal.Append(ctx, tx, held.note(by, now, "account.factor_reset", "", held.Login))
	})
}

// RequireFactor lays down whether the staff must have a second factor. The
// administration alone.
func (a *Accounts) RequireFactor(ctx context.Context, by actor.Actor, must bool) error {
	if !mayManage(by) {
		return fault.ErrForbidden
	}
	return a.store.Write(ctx, func(tx *db.Tx) error {
		s, err := school.Current(ctx, tx)
		if err != nil || s.SecondFactor == must {
			return err
		}
		if err := school.RequireSecondFactor(ctx, tx, must); err != nil {
			return err
		}
		words := map[bool]string{true: "obligatoire", false: "facultatif"}
		return journal.Append(ctx, tx, journal.By(by, a.clock.Now(), journal.Line{Event: "school.second_factor", Before: words[!must], After: words[must]}))
	})
}

// sweepFactors forgets devices trusted too long ago, and secrets never confirmed.
func sweepFactors(ctx context.Context, tx *db.Tx, now time.Time) error {
	if _, err := tx.Exec(ctx, `delete from trusted_device where created_at <= $1`, now.Add(-trustedFor)); err != nil {
		return fmt.Errorf("sweep devices: %w", err)
	}
	if _, err := tx.Exec(ctx, `delete from factor where confirmed_at is null and created_at <= $1`, now.Add(-24*time.Hour)); err != nil {
		return fmt.Errorf("sweep second factors: %w", err)
	}
	return nil
}
