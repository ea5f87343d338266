package account

import (
	"bytes"
	"context"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"image/png"
	"strings"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/totp"

	"pupitre/internal/domain/journal"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
)

// period is how long a code of an application is shown.
const period = 30 * time.Second

// AppSecret is what an application is given to make codes: shown to its owner
// while it is not confirmed, and never again.
type AppSecret struct {
	Text  string // to type by hand, in groups of four
	Image string // the same as a QR code: a data: URL of a PNG
}

// NewApplication returns the secret of an application to be confirmed: the same
// one until it is, so that a reload does not undo what was scanned. It is kept
// sealed: the room must have been given its key (SealWith).
func (a *Accounts) NewApplication(ctx context.Context, token, schoolName string) (AppSecret, error) {
	row, err := a.maker(ctx, token)
	if err != nil {
		return AppSecret{}, err
	}
	full, err := ByID(ctx, a.store, row.ID)
	if err != nil {
		return AppSecret{}, err
	}
	issuer := strings.ReplaceAll(schoolName, ":", " ")
	if issuer == "" {
		issuer = "Pupitre"
	}
	fresh, err := totp.Generate(totp.GenerateOpts{Issuer: issuer, AccountName: full.Login})
	if err != nil {
		return AppSecret{}, fmt.Errorf("make a secret: %w", err)
	}
	secret := fresh.Secret()
	err = a.store.Write(ctx, func(tx *db.Tx) error {
		kept, found, err := db.Maybe[factorRow](ctx, tx, factorRows+`where account_id = $1 and kind = 'application' and confirmed_at is null order by id limit 1`, row.ID)
		if err != nil {
			return err
		}
		if found {
			secret, err = a.secretOf(kept)
			return err
		}
		secret = fresh.Secret()
		return a.keepApplication(ctx, tx, row.ID, secret)
	})
	if err != nil {
		return AppSecret{}, fmt.Errorf("keep a secret: %w", err)
	}
	return drawn(fresh, secret)
}

// keepApplication keeps an application to be confirmed, its secret sealed.
func (a *Accounts) keepApplication(ctx context.Context, tx *db.Tx, account, secret string) error {
	f := factorRow{Factor: Factor{ID: db.NewID(), Account: account}}
	sealed, err := a.key.Seal(secret, f.owner())
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `insert into factor (id, account_id, kind, name, secret, last_step, created_at) values ($1, $2, 'application', $3, $4, 0, $5)`,
		f.ID, account, "Application de codes", sealed, a.clock.Now())
	return err
}

// drawn is the key with that secret, for the eye and for a camera.
func drawn(like *otp.Key, secret string) (AppSecret, error) {
	key, err := otp.NewKeyFromURL(strings.Replace(like.URL(), like.Secret(), secret, 1))
	if err != nil {
		return AppSecret{}, err
	}
	image, err := key.Image(232, 232)
	if err != nil {
		return AppSecret{}, fmt.Errorf("draw a QR code: %w", err)
	}
	var b bytes.Buffer
	if err := png.Encode(&b, image); err != nil {
		return AppSecret{}, fmt.Errorf("draw a QR code: %w", err)
	}
	var groups []string
	for rest := secret; rest != ""; {
		n := min(4, len(rest))
		groups, rest = append(groups, rest[:n]), rest[n:]
	}
	return AppSecret{Text: strings.Join(groups, " "), Image: "data:image/png;base64," + base64.StdEncoding.EncodeToString(b.Bytes())}, nil
}

// ConfirmApplication makes the application count once it has shown a right code.
// It returns the recovery codes with the account's first factor, Invalid for a
// wrong code.
func (a *Accounts) ConfirmApplication(ctx context.Context, token, code string) (codes []string, err error) {
	row, err := a.maker(ctx, token)
	if err != nil {
		return nil, err
	}
	if err := a.count(ctx, factorByAccount.of(row.ID)); err != nil {
		return nil, err
	}
	err = a.store.Write(ctx, func(tx *db.Tx) error {
		made, found, err := db.Maybe[factorRow](ctx, tx, factorRows+`where account_id = $1 and kind = 'application' and confirmed_at is null order by id limit 1`, row.ID)
		if err != nil {
			return err
		}
		if !found {
			return fault.Refuse("Ce code a déjà servi, ou la page est trop ancienne. Rechargez-la et recommencez.")
		}
		if err := a.useCode(ctx, tx, []factorRow{made}, code); err != nil {
			return err
		}
		if codes, err = a.confirm(ctx, tx, row.Account, made.ID, made.Name); err != nil {
			return err
		}
		return forget(ctx, tx, factorByAccount.of(row.ID))
	})
	return codes, err
}

// ProveByCode opens the session by a code of an application, which serves once.
// It returns Invalid for a wrong one, Busy after too many tries.
func (a *Accounts) ProveByCode(ctx context.Context, token, code string) (Opened, error) {
	return a.prove(ctx, token, func(tx *db.Tx, row sessionRow) error {
		held, err := confirmed(ctx, tx, row.ID, Application)
		if err != nil {
			return err
		}
		return a.useCode(ctx, tx, held, code)
	})
}

// useCode consumes the code of one of the applications, or returns Invalid.
func (a *Accounts) useCode(ctx context.Context, tx *db.Tx, applications []factorRow, code string) error {
	code = strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, code)
	now := a.clock.Now()
	for _, f := range applications {
		secret, err := a.secretOf(f)
		if err != nil {
			return err
		}
		step, ok := stepOf(secret, code, now)
		if !ok {
			continue
		}
		n, err := tx.Exec(ctx, `update factor set last_step = $1, used_at = $2 where id = $3 and last_step < $4`, step, now, f.ID, step)
		if err != nil {
			return fmt.Errorf("use a code: %w", err)
		}
		if n == 0 {
			return refuseField(FieldCode, "Ce code a déjà servi. Attendez le suivant, dans moins de 30 secondes.")
		}
		return nil
	}
	return refuseField(FieldCode, "Ce code n’est pas le bon. Tapez les 6 chiffres que l’application montre maintenant\u202f; l’heure de l’appareil doit être juste.")
}

// stepOf is the period that the code belongs to: now, or the one before or after.
func stepOf(secret, code string, now time.Time) (int64, bool) {
	for _, shift := range []time.Duration{0, -period, period} {
		at := now.Add(shift)
		want, err := totp.GenerateCode(secret, at)
		if err == nil && subtle.ConstantTimeCompare([]byte(want), []byte(code)) == 1 {
			return at.Unix() / int64(period/time.Second), true
		}
	}
	return 0, false
}

const (
	codesGiven  = 10
	codeLetters = "ABCDEFGHJKMNPQRSTUVWXYZ23456789" // no two look alike
)

// newCodes replaces the account's recovery codes; they are returned once.
func newCodes(ctx context.Context, tx *db.Tx, held Account) ([]string, error) {
	if _, err := tx.Exec(ctx, `delete from recovery_code where account_id = $1`, held.ID); err != nil {
		return nil, fmt.Errorf("replace the recovery codes of %s: %w", held.ID, err)
	}
	codes := make([]string, codesGiven)
	for i := range codes {
		var b strings.Builder
		for n := range 12 {
			if n > 0 && n%4 == 0 {
				b.WriteByte('-')
			}
			b.WriteByte(codeLetters[randomBelow(len(codeLetters))])
		}
		codes[i] = b.String()
		if _, err := tx.Exec(ctx, `insert into recovery_code (code_hash, account_id) values ($1, $2)`, codeDigest(held.ID, codes[i]), held.ID); err != nil {
			return nil, fmt.Errorf("make the recovery codes of %s: %w", held.ID, err)
		}
	}
	return codes, nil
}

// codeDigest is what is kept of a code: some 59 random bits, with its account.
func codeDigest(account, code string) string {
	plain := strings.Map(func(r rune) rune {
		if strings.ContainsRune(codeLetters, r) {
			return r
		}
		return -1
	}, strings.ToUpper(code))
	return digest(account + ":" + plain)
}

// RenewCodes replaces the asker's recovery codes, which are returned once.
func (a *Accounts) RenewCodes(ctx context.Context, token string) (codes []string, err error) {
	row, err := a.maker(ctx, token)
	if err != nil {
		return nil, err
	}
	err = a.store.Write(ctx, func(tx *db.Tx) error {
		n, err := countFactors(ctx, tx, row.Account)
		if err != nil {
			return err
		}
		if n == 0 {
			return fault.Refuse("Les codes de secours remplacent un second facteur\u202f: ajoutez-en un d’abord.")
		}
		if codes, err = newCodes(ctx, tx, row.Account); err != nil {
			return err
		}
		return journal.Append(ctx, tx, row.note(row.Actor(), a.clock.Now(), "account.codes_renewed", "", ""))
	})
	return codes, err
}

// ProveByRecovery opens the session by a recovery code, which serves once. It
// returns Invalid for a wrong one, Busy after too many tries.
func (a *Accounts) ProveByRecovery(ctx context.Context, token, code string) (Opened, error) {
	return a.prove(ctx, token, func(tx *db.Tx, row sessionRow) error {
		now := a.clock.Now()
		n, err := tx.Exec(ctx, `update recovery_code set used_at = $1 where code_hash = $2 and account_id = $3 and used_at is null`, now, codeDigest(row.ID, code), row.ID)
		if err != nil {
			return fmt.Errorf("use a recovery code: %w", err)
		}
		if n == 0 {
			return refuseField(FieldRecovery, "Ce code de secours n’est pas le bon, ou il a déjà servi.")
		}
		return journal.Append(ctx, tx, row.note(row.Actor(), now, "account.recovery_code_used", "", ""))
	})
}
