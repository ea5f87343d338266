package account

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/netip"
	"net/url"
	"time"
	"unicode/utf8"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
)

// ServeAt tells at which address the school is served: keys are bound to its
// host. At a bare number, or over http elsewhere than on localhost, browsers
// offer no keys, and neither does the room.
func (a *Accounts) ServeAt(publicURL string) error {
	u, err := url.Parse(publicURL)
	if err != nil {
		return fmt.Errorf("read the public address: %w", err)
	}
	if _, err := netip.ParseAddr(u.Hostname()); err == nil || u.Scheme != "https" && u.Hostname() != "localhost" {
		return nil
	}
	a.keys, err = webauthn.New(&webauthn.Config{
		RPID: u.Hostname(), RPDisplayName: "Pupitre", RPOrigins: []string{u.Scheme + "://" + u.Host},
		AttestationPreference: protocol.PreferNoAttestation,
	})
	if err != nil {
		return fmt.Errorf("prepare keys for %s: %w", u.Host, err)
	}
	return nil
}

// OffersKeys tells whether browsers can make keys at the school's address.
func (a *Accounts) OffersKeys() bool { return a.keys != nil }

// keeper is an account as the library of keys wants it.
type keeper struct {
	account     Account
	credentials []webauthn.Credential
}

func (k keeper) WebAuthnID() []byte                         { return []byte(k.account.ID) }
func (k keeper) WebAuthnName() string                       { return k.account.Login }
func (k keeper) WebAuthnDisplayName() string                { return k.account.Name }
func (k keeper) WebAuthnCredentials() []webauthn.Credential { return k.credentials }

// keeperOf reads the account with its keys.
func (a *Accounts) keeperOf(ctx context.Context, r db.Reader, id string) (keeper, []factorRow, error) {
	if a.keys == nil {
		return keeper{}, nil, fault.ErrNotFound
	}
	held, err := ByID(ctx, r, id)
	if err != nil {
		return keeper{}, nil, err
	}
	rows, err := confirmed(ctx, r, id, Key)
	if err != nil {
		return keeper{}, nil, err
	}
	k := keeper{account: held, credentials: make([]webauthn.Credential, len(rows))}
	for i, row := range rows {
		if err := json.Unmarshal([]byte(row.Secret), &k.credentials[i]); err != nil {
			return keeper{}, nil, fmt.Errorf("read key %s: %w", row.ID, err)
		}
	}
	return k, rows, nil
}

// begin keeps what the session's next answer must sign, and returns the options
// that the browser is handed, as JSON.
func (a *Accounts) begin(ctx context.Context, token string, options any, session *webauthn.SessionData) (string, error) {
	kept, err := json.Marshal(session)
	if err != nil {
		return "", err
	}
	if err := a.store.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, `update session set ceremony = $1, ceremony_until = $2 where token_hash = $3`, string(kept), a.clock.Now().Add(ceremonyFor), digest(token))
		return err
	}); err != nil {
		return "", fmt.Errorf("ask a key: %w", err)
	}
	text, err := json.Marshal(options)
	return string(text), err
}

type ceremony struct {
	Session string    `db:"ceremony"`
	Until   time.Time `db:"ceremony_until"`
}

// asked takes what the session's answer must sign: it serves once.
func (a *Accounts) asked(ctx context.Context, tx *db.Tx, token string) (session webauthn.SessionData, err error) {
	kept, err := db.One[ceremony](ctx, tx, `select ceremony, ceremony_until from session where token_hash = $1`, digest(token))
	if err != nil {
		return session, err
	}
	if kept.Session == "" || !a.clock.Now().Before(kept.Until) {
		return session, refuseKey()
	}
	if _, err := tx.Exec(ctx, `update session set ceremony = '', ceremony_until = null where token_hash = $1`, digest(token)); err != nil {
		return session, err
	}
	return session, json.Unmarshal([]byte(kept.Session), &session)
}

func refuseKey() error {
	return refuseField(FieldAnswer, "La clé d’accès n’a pas été reconnue. Recommencez, ou utilisez un autre moyen.")
}

// AskKey returns, as JSON for the browser, what one of the account's keys must
// sign; "" when the account has none. The session's second factor is to be given.
func (a *Accounts) AskKey(ctx context.Context, token string) (string, error) {
	row, err := a.pending(ctx, token)
	if err != nil || a.keys == nil {
		return "", err
	}
	k, rows, err := a.keeperOf(ctx, a.store, row.ID)
	if err != nil || len(rows) == 0 {
		return "", err
	}
	options, session, err := a.keys.BeginLogin(k)
	if err != nil {
		return "", fmt.Errorf("ask a key of %s: %w", row.ID, err)
	}
	return a.begin(ctx, token, options.Response, session)
}

// ProveByKey opens the session by a key's answer. It returns Invalid for a wrong
// one, Busy after too many tries.
func (a *Accounts) ProveByKey(ctx context.Context, token, answer string) (Opened, error) {
	return a.prove(ctx, token, func(tx *db.Tx, row sessionRow) error {
		session, err := a.asked(ctx, tx, token)
		if err != nil {
			return err
		}
		k, rows, err := a.keeperOf(ctx, tx, row.ID)
		if err != nil {
			return err
		}
		parsed, err := protocol.ParseCredentialRequestResponseBytes([]byte(answer))
		if err != nil {
			return refuseKey()
		}
		credential, err := a.keys.ValidateLogin(k, session, parsed)
		if err != nil || credential.Authenticator.CloneWarning {
			return refuseKey()
		}
		for i, held := range k.credentials {
			if string(held.ID) == string(credential.ID) {
				return a.used(ctx, tx, rows[i].ID, credential)
			}
		}
		return refuseKey()
	})
}

func (a *Accounts) used(ctx context.Context, tx *db.Tx, id string, credential *webauthn.Credential) error {
	kept, err := json.Marshal(credential)
	if err == nil {
		_, err = tx.Exec(ctx, `update factor set secret = $1, used_at = $2 where id = $3`, string(kept), a.clock.Now(), id)
	}
	if err != nil {
		return fmt.Errorf("note the use of key %s: %w", id, err)
	}
	return nil
}

// NewKey returns, as JSON for the browser, what it needs to make a key; "" where
// browsers offer none.
func (a *Accounts) NewKey(ctx context.Context, token string) (string, error) {
	row, err := a.maker(ctx, token)
	if err != nil || a.keys == nil {
		return "", err
	}
	k, _, err := a.keeperOf(ctx, a.store, row.ID)
	if err != nil {
		return "", err
	}
	options, session, err := a.keys.BeginRegistration(k, webauthn.WithExclusions(webauthn.Credentials(k.credentials).CredentialDescriptors()))
	if err != nil {
		return "", fmt.Errorf("make a key for %s: %w", row.ID, err)
	}
	return a.begin(ctx, token, options.Response, session)
}

// ConfirmKey keeps the key that the browser has made. It returns the recovery
// codes with the account's first factor, Invalid for an answer that is none.
func (a *Accounts) ConfirmKey(ctx context.Context, token, answer, name string) (codes []string, err error) {
	row, err := a.maker(ctx, token)
	if err != nil {
		return nil, err
	}
	if name == "" {
		name = "Clé d’accès"
	}
	if utf8.RuneCountInString(name) > 60 {
		return nil, refuseField(FieldKeyName, "60 caractères au plus.")
	}
	err = a.store.Write(ctx, func(tx *db.Tx) error {
		session, err := a.asked(ctx, tx, token)
		if err != nil {
			return err
		}
		k, _, err := a.keeperOf(ctx, tx, row.ID)
		if err != nil {
			return err
		}
		parsed, err := protocol.ParseCredentialCreationResponseBytes([]byte(answer))
		if err != nil {
			return refuseKey()
		}
		credential, err := a.keys.CreateCredential(k, session, parsed)
		if err != nil {
			return refuseKey()
		}
		if codes, err = a.keepKey(ctx, tx, row.Account, name, credential); db.IsUnique(err) {
			return refuseKey()
		}
		return err
	})
	return codes, err
}

// keepKey keeps a key under its own identifier, so that none is kept twice.
func (a *Accounts) keepKey(ctx context.Context, tx *db.Tx, held Account, name string, credential *webauthn.Credential) ([]string, error) {
	kept, err := json.Marshal(credential)
	if err != nil {
		return nil, err
	}
	id := "key-" + digest(base64.RawURLEncoding.EncodeToString(credential.ID))
	if _, err := tx.Exec(ctx, `insert into factor (id, account_id, kind, name, secret, last_step, created_at) values ($1, $2, 'key', $3, $4, 0, $5)`,
		id, held.ID, name, string(kept), a.clock.Now()); err != nil {
		return nil, err
	}
	return a.confirm(ctx, tx, held, id, name)
}
