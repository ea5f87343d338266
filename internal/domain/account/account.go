// Package account keeps who may come in: identifiants, passwords, sessions,
// and the throttles that guard them (R1 to R6).
package account

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/go-webauthn/webauthn/webauthn"

	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/journal"
	"pupitre/internal/platform/clock"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/seal"
)

// Accounts is the room: every act on accounts, passwords and sessions.
type Accounts struct {
	Hashing *Hashing // who waits for a password to be checked

	store  *db.Store
	keys   *webauthn.WebAuthn // nil where browsers offer no keys: see ServeAt
	key    seal.Key           // seals the secrets of applications: see SealWith
	clock  clock.Clock
	waited atomic.Pointer[func(time.Duration)]
	decoy  string // hash compared with when there is no account, so that the answer takes as long
}

// New opens the room.
func New(store *db.Store, clock clock.Clock) *Accounts {
	return &Accounts{store: store, clock: clock, Hashing: newHashing(), decoy: decoyHash()}
}

// Account is one identifiant and what it opens. No method hands out its hashes.
type Account struct {
	ID                string     `db:"id"`
	Login             string     `db:"login"`
	Role              actor.Role `db:"role"`
	Household         string     `db:"household_id"` // of a family's account
	Name              string     `db:"name"`
	Email             string     `db:"email"`        // of the staff; families' addresses are their responsibles'
	HasPassword       bool       `db:"has_password"` // false until the first one is asked for
	TemporaryUntil    time.Time  `db:"temporary_until"`
	PasswordChangedAt time.Time  `db:"password_changed_at"`
	DisabledAt        time.Time  `db:"disabled_at"`
	CreatedAt         time.Time  `db:"created_at"`
	LetterPrintedAt   time.Time  `db:"letter_printed_at"`
	LetterMailedAt    time.Time  `db:"letter_mailed_at"`
	Site              string     `db:"site_id"`    // the only pole a secretary acts on; "" is the whole school
	Teacher           string     `db:"teacher_id"` // whose account a teacher's is
}

const (
	accountColumns = `id, login, role, household_id, name, email, password_hash <> '' as has_password, temporary_until,
		password_changed_at, disabled_at, created_at, letter_printed_at, letter_mailed_at, site_id, teacher_id`
	accounts = `select ` + accountColumns + ` from account `
)

// ByID returns the account, or fault.ErrNotFound.
func ByID(ctx context.Context, r db.Reader, id string) (Account, error) {
	return db.One[Account](ctx, r, accounts+`where id = $1`, id)
}

// OfHousehold returns the family's account, or fault.ErrNotFound.
func OfHousehold(ctx context.Context, r db.Reader, household string) (Account, error) {
	return db.One[Account](ctx, r, accounts+`where household_id = $1`, household)
}

// ByLogin returns the account of the identifiant, whatever its case and
// accents, or fault.ErrNotFound.
func ByLogin(ctx context.Context, r db.Reader, login string) (Account, error) {
	return db.One[Account](ctx, r, accounts+`where login_folded = $1`, foldLogin(login))
}

// Families lists the families' accounts, by identifiant.
func Families(ctx context.Context, r db.Reader) ([]Account, error) {
	return db.All[Account](ctx, r, accounts+`where role = $1 order by login_folded`, actor.Family)
}

// Actor is who acts with the account.
func (a Account) Actor() actor.Actor {
	return actor.Actor{Account: a.ID, Name: a.Name, Role: a.Role, Household: a.Household, Site: a.Site}
}

func (a Account) isStaff() bool { return a.Role != actor.Family }

// note is a line of the journal about the account.
func (a Account) note(by actor.Actor, at time.Time, event, before, after string) journal.Line {
	return journal.By(by, at, journal.Line{Event: event, Household: a.Household, Before: before, After: after})
}
