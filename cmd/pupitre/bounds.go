package main

import (
	"errors"
	"runtime/debug"
	"time"

	"pupitre/internal/domain/account"
	"pupitre/internal/domain/enrolment"
	"pupitre/internal/web/door"
)

// bounds say what the server takes before it asks to come back.
type bounds struct {
	MaxWaiting  int     `help:"Submissions that may wait for their turn; past them 503." default:"8192" env:"PUPITRE_MAX_WAITING"`
	MaxSignIns  int     `help:"Sign-ins that may wait for their turn; past them 503." default:"512" env:"PUPITRE_MAX_SIGN_INS"`
	MaxMemory   int     `help:"Memory in use past which no page is begun (503), in MiB; 0 is no bound." default:"1024" env:"PUPITRE_MAX_MEMORY"`
	AccountRate float64 `help:"Requests a second of one account, after a burst of five seconds' worth; past them 429. 0 is no bound." default:"20" env:"PUPITRE_ACCOUNT_RATE"`
	AccountOpen int     `help:"Requests of one account at the same time; past them 429." default:"32" env:"PUPITRE_ACCOUNT_OPEN"`

	DatabasePatience time.Duration `help:"How long PostgreSQL may take to answer a question; past it 503." default:"15s" env:"PUPITRE_DATABASE_PATIENCE" placeholder:"DURATION"`
}

// Validate checks the flags.
func (b bounds) Validate() error {
	switch {
	case b.MaxWaiting < 1 || b.MaxWaiting > enrolment.MaxWaiting:
		return errors.New("--max-waiting goes from 1 to 8192")
	case b.MaxSignIns < 1:
		return errors.New("--max-sign-ins must be 1 at least")
	case b.MaxMemory != 0 && b.MaxMemory < 64:
		return errors.New("--max-memory must be 0, or 64 MiB at least")
	case b.AccountRate < 0 || b.AccountOpen < 1:
		return errors.New("--account-rate must be 0 or more, --account-open 1 at least")
	case b.DatabasePatience < time.Second || b.DatabasePatience > time.Minute:
		return errors.New("--database-patience goes from 1s to 1m")
	}
	return nil
}

// set has the rooms keep to the bounds, and Go collect before the guard of the
// memory has to turn anybody away.
func (b bounds) set(registrar *enrolment.Registrar, accounts *account.Accounts) {
	registrar.Bound(b.MaxWaiting)
	accounts.Hashing.Bound(b.MaxSignIns)
	if b.MaxMemory > 0 {
		debug.SetMemoryLimit(int64(b.memory()) / 10 * 8)
	}
}

func (b bounds) memory() uint64 { return uint64(b.MaxMemory) << 20 }

func (b bounds) limits() *door.Limits {
	if b.AccountRate == 0 {
		return nil
	}
	return door.NewLimits(b.AccountRate, int(5*b.AccountRate)+1, b.AccountOpen)
}
