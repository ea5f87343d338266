package account

import (
	"context"
	"fmt"
	"time"

	"pupitre/internal/domain/actor"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
)

// Nobody stays signed in longer, whatever he does meanwhile.
const (
	familySession = 30 * 24 * time.Hour
	staffSession  = 12 * time.Hour
	seenEvery     = 5 * time.Minute // at most: a read is not a write
)

// Opened is a session just opened. Token goes to the browser and is kept nowhere.
type Opened struct {
	Token   string
	Actor   actor.Actor
	Limited bool // it may only choose a password
	Pending bool // the second factor is still to be given
}

type secrets struct {
	Account
	Hash string `db:"password_hash"`
}

const withSecrets = `select ` + accountColumns + `, password_hash from account `

func (s secrets) usable() bool { return s.ID != "" && s.DisabledAt.IsZero() }

// SignIn opens a session for the identifiant and its password. It returns
// Invalid when they do not go together (the same for an unknown or disabled
// account), Busy after too many tries for the identifiant or from the address.
func (a *Accounts) SignIn(ctx context.Context, login, password, address string) (Opened, error) {
	leave, err := a.Hashing.Enter()
	if err != nil {
		return Opened{}, err
	}
	defer leave()
	perLogin := signInsByLogin.of(foldLogin(login))
	if err := a.count(ctx, perLogin, signInsByAddress.of(network(address))); err != nil {
		return Opened{}, err
	}
	found, _, err := db.Maybe[secrets](ctx, a.store, withSecrets+`where login_folded = $1`, foldLogin(login))
	if err != nil {
		return Opened{}, fmt.Errorf("sign in: %w", err)
	}
	hash := found.Hash
	if !found.usable() {
		hash = ""
	}
	ok, err := a.matches(ctx, password, hash)
	if err != nil {
		return Opened{}, err
	}
	if !ok {
		return Opened{}, fault.Refuse("L’identifiant et le mot de passe ne vont pas ensemble. Vérifiez-les, ou passez par «\u202fMot de passe perdu\u202f».")
	}
	if found.isTemporary() && !a.clock.Now().Before(found.TemporaryUntil) {
		return Opened{}, tooOld()
	}
	var opened Opened
	err = a.store.Write(ctx, func(tx *db.Tx) (err error) {
		if opened, err = a.open(ctx, tx, found); err != nil {
			return err
		}
		return forget(ctx, tx, perLogin)
	})
	return opened, err
}

func (a Account) isTemporary() bool { return !a.TemporaryUntil.IsZero() }

func tooOld() error {
	return fault.Refuse("Ce mot de passe reçu par mail n’est plus valable\u202f: il ne l’était que 24\u00a0h. Demandez-en un nouveau par «\u202fMot de passe perdu\u202f».")
}

// open writes a session, unless the password that was checked has changed meanwhile.
func (a *Accounts) open(ctx context.Context, tx *db.Tx, s secrets) (Opened, error) {
	now := a.clock.Now()
	opened := Opened{Token: newToken(), Actor: s.Actor(), Limited: s.isTemporary()}
	factors, err := countFactors(ctx, tx, s.Account)
	if err != nil {
		return Opened{}, err
	}
	opened.Pending = factors > 0
	n, err := tx.Exec(ctx, `insert into session (token_hash, account_id, limited, pending, created_at, seen_at)
		select cast($1 as text), id, temporary_until is not null, cast($6 as boolean), $2, $3
		from account
		where id = $4 and password_hash = $5 and disabled_at is null`, digest(opened.Token), now, now, s.ID, s.Hash, opened.Pending)
	if err != nil {
		return Opened{}, fmt.Errorf("open a session: %w", err)
	}
	if n == 0 {
		return Opened{}, fault.Refuse("Le mot de passe vient de changer. Recommencez avec le nouveau.")
	}
	return opened, nil
}

type sessionRow struct {
	Account
	Limited      bool      `db:"limited"`
	SessionSince time.Time `db:"session_since"`
	SeenAt       time.Time `db:"seen_at"`
	Minutes      int64     `db:"session_minutes"` // of the school's policies
	Pending      bool      `db:"pending"`
	Asked        bool      `db:"asked"` // the school asks the staff for a second factor
	HasFactor    bool      `db:"has_factor"`
}

// Session tells who holds the token, and what the session must do before it
// opens anything else. Nobody, without error, when it opens nothing (any more).
func (a *Accounts) Session(ctx context.Context, token string) (actor.Actor, actor.Step, error) {
	row, found, err := a.session(ctx, a.store, token)
	if err != nil || !found {
		return actor.Actor{}, "", err
	}
	return row.Actor(), row.step(), nil
}

func (r sessionRow) step() actor.Step {
	switch {
	case r.Limited:
		return actor.ChoosePassword
	case r.Pending:
		return actor.ProveFactor
	case r.isStaff() && r.Asked && !r.HasFactor:
		return actor.MakeFactor
	default:
		return ""
	}
}

func (a *Accounts) session(ctx context.Context, r db.Reader, token string) (sessionRow, bool, error) {
	if token == "" || len(token) > 100 {
		return sessionRow{}, false, nil
	}
	row, found, err := db.Maybe[sessionRow](ctx, r, `select a.id, a.login, a.role, a.household_id, a.name, a.temporary_until, a.site_id,
			s.limited, s.pending, s.created_at as session_since, s.seen_at, p.session_minutes, coalesce(p.second_factor, false) as asked,
			a.role <> 'family' and exists (select 1 from factor f where f.account_id = a.id and f.confirmed_at is not null) as has_factor
		from session s
		join account a on a.id = s.account_id
		left join school p on p.id = 'school'
		where s.token_hash = $1 and a.disabled_at is null`, digest(token))
	if err != nil || !found {
		return sessionRow{}, false, err
	}
	idle := idleFor(row.Minutes)
	now := a.clock.Now()
	switch {
	case now.Sub(row.SeenAt) >= idle, now.Sub(row.SessionSince) >= row.longestSession():
		return sessionRow{}, false, nil
	case row.Limited && !now.Before(row.TemporaryUntil): // also when it has been replaced
		return sessionRow{}, false, nil
	}
	if now.Sub(row.SeenAt) >= min(seenEvery, idle/4) {
		err = a.seen(ctx, token, now)
	}
	return row, true, err
}

func (a Account) longestSession() time.Duration {
	if a.isStaff() {
		return staffSession
	}
	return familySession
}

// idle is how long a session lives without a visit.
func (a *Accounts) idle(ctx context.Context, r db.Reader) (time.Duration, error) {
	s, err := policies(ctx, r)
	return idleFor(s.SessionMinutes), err
}

// idleFor is an hour before the school has said.
func idleFor(minutes int64) time.Duration {
	if minutes == 0 {
		return time.Hour
	}
	return time.Duration(minutes) * time.Minute
}

func (a *Accounts) seen(ctx context.Context, token string, now time.Time) error {
	err := a.store.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, `update session set seen_at = $1 where token_hash = $2`, now, digest(token))
		return err
	})
	if err != nil {
		return fmt.Errorf("note a visit: %w", err)
	}
	return nil
}

// SignOut ends the session; a token that opens nothing is no error.
func (a *Accounts) SignOut(ctx context.Context, token string) error {
	return a.store.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, `delete from session where token_hash = $1`, digest(token))
		return err
	})
}

// Sweep forgets sessions that have ended and throttles that no longer count.
func (a *Accounts) Sweep(ctx context.Context) error {
	idle, err := a.idle(ctx, a.store)
	if err != nil {
		return err
	}
	now := a.clock.Now()
	return a.store.Write(ctx, func(tx *db.Tx) error {
		if _, err := tx.Exec(ctx, `delete from session where seen_at <= $1`, now.Add(-idle)); err != nil {
			return fmt.Errorf("sweep sessions: %w", err)
		}
		if _, err := tx.Exec(ctx, `delete from session where created_at <= $1`, now.Add(-familySession)); err != nil {
			return fmt.Errorf("sweep sessions: %w", err)
		}
		if err := sweepFactors(ctx, tx, now); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `update account set link_hash = '', link_until = null where link_hash <> '' and link_until <= $1`, now); err != nil {
			return fmt.Errorf("sweep links: %w", err)
		}
		if _, err := tx.Exec(ctx, `delete from throttle where since <= $1`, now.Add(-longestThrottleFor)); err != nil {
			return fmt.Errorf("sweep throttles: %w", err)
		}
		return nil
	})
}
