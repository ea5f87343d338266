package account

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"time"

	"github.com/alexedwards/argon2id"
)

var cost = &argon2id.Params{Memory: 19 * 1024, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32}

// longest is beyond every policy: a longer text is no password, and is not hashed.
const longest = 128

func (a *Accounts) hash(ctx context.Context, password string) (string, error) {
	done, err := a.turn(ctx)
	if err != nil {
		return "", err
	}
	defer done()
	return argon2id.CreateHash(password, cost)
}

// matches takes as long whether the account exists or not: without a hash it
// compares with a decoy, and answers no.
func (a *Accounts) matches(ctx context.Context, password, hash string) (bool, error) {
	done, err := a.turn(ctx)
	if err != nil {
		return false, err
	}
	defer done()
	known := hash != "" && len(password) <= 4*longest
	if !known {
		hash, password = a.decoy, ""
	}
	ok, err := argon2id.ComparePasswordAndHash(password, hash)
	if err != nil {
		return false, fmt.Errorf("check a password: %w", err)
	}
	return ok && known, nil
}

// WatchTurns has f told how long each password waited for its turn to be
// hashed. It must return at once.
func (a *Accounts) WatchTurns(f func(time.Duration)) { a.waited.Store(&f) }

// turn waits for a processor.
func (a *Accounts) turn(ctx context.Context) (done func(), err error) {
	began := a.clock.Now()
	defer func() {
		if f := a.waited.Load(); f != nil {
			(*f)(a.clock.Now().Sub(began))
		}
	}()
	return a.Hashing.Turn(ctx)
}

func decoyHash() string {
	hash, err := argon2id.CreateHash(newToken(), cost)
	if err != nil {
		panic(err) // only crypto/rand could fail, and does not
	}
	return hash
}

// newToken makes 32 random bytes, as text for a cookie or a link.
func newToken() string {
	b := make([]byte, 32)
	rand.Read(b)
	return base64.RawURLEncoding.EncodeToString(b)
}

// digest is what is kept of a token or of a throttle's key.
func digest(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])
}
