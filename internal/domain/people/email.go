package people

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"

	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/correspondence"
	"pupitre/internal/domain/journal"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
)

// The letters that this room asks for.
const (
	ConfirmAddress correspondence.Kind = "confirm_address" // ConfirmAddressFacts, secret LinkToken
	AddressChanged correspondence.Kind = "address_changed" // AddressChangedFacts
)

// ConfirmAddressFacts is what the letter to a new address says.
type ConfirmAddressFacts struct {
	Name       string    `json:"name"`
	Address    string    `json:"address"`
	ValidUntil time.Time `json:"valid_until"`
}

// LinkToken is the secret of a letter whose link opens a page.
type LinkToken struct {
	Token string `json:"token"`
}

// AddressChangedFacts is what the old address is told once a new one counts.
type AddressChangedFacts struct {
	Name      string    `json:"name"`
	ChangedAt time.Time `json:"changed_at"`
	ByOffice  bool      `json:"by_office"`
}

const (
	confirmWithin = 48 * time.Hour

	// A household makes the school write to so many addresses that nobody has
	// confirmed, within so long.
	mostConfirmations   = 5
	confirmationsWithin = time.Hour
)

// changeEmail asks a family's new address to confirm itself; the office's, and
// an address given up, count at once. The address that counts, typed again by
// the family, gives up the one that waits. It returns *fault.Busy when the household has
// asked too many addresses.
func changeEmail(ctx context.Context, tx *db.Tx, now time.Time, a actor.Actor, g Guardian, email string) error {
	switch {
	case email == g.Email && a.IsOffice():
		return nil
	case email == g.Email:
		return forgetPending(ctx, tx, g)
	case email == g.PendingEmail && now.Before(g.PendingUntil) && !a.IsOffice():
		return nil
	case a.IsOffice() || email == "":
		return setEmail(ctx, tx, now, a, g, email)
	}
	if err := mayAskAddress(ctx, tx, now, g.HouseholdID); err != nil {
		return err
	}
	token := rand.Text() + rand.Text()
	until := now.Add(confirmWithin)
	if _, err := tx.Exec(ctx, `update guardian set pending_email = $1, pending_token_hash = $2, pending_until = $3 where id = $4`,
		email, hashed(token), until, g.ID); err != nil {
		return err
	}
	return correspondence.Enqueue(ctx, tx, now, correspondence.Mail{
		Event: "confirm_address:" + hashed(token), Recipient: email, Kind: ConfirmAddress, Household: g.HouseholdID,
		Facts: ConfirmAddressFacts{Name: g.FullName(), Address: email, ValidUntil: until}, Secret: LinkToken{Token: token},
	})
}

// forgetPending gives up the address that waits: its link is no longer valid.
func forgetPending(ctx context.Context, tx *db.Tx, g Guardian) error {
	if g.PendingEmail == "" {
		return nil
	}
	_, err := tx.Exec(ctx, `update guardian set pending_email = '', pending_token_hash = '', pending_until = null where id = $1`, g.ID)
	return err
}

// mayAskAddress returns *fault.Busy when the household has made the school
// write to too many addresses: they may be strangers'.
func mayAskAddress(ctx context.Context, r db.Reader, now time.Time, household string) error {
	asked, err := db.All[time.Time](ctx, r, `select queued_at from outgoing_mail
		where household_id = $1 and kind = $2 and queued_at > $3
		order by queued_at desc limit $4`, household, string(ConfirmAddress), now.Add(-confirmationsWithin), mostConfirmations)
	if err != nil || len(asked) < mostConfirmations {
		return err
	}
	at := asked[len(asked)-1].Add(confirmationsWithin)
	minute := at.Add(time.Minute - time.Nanosecond).Truncate(time.Minute)
	return &fault.Busy{RetryAfter: at.Sub(now), Message: "Votre famille a donné trop d’adresses mail à confirmer. Réessayez à " + french.Hour(minute) + "."}
}

// hashed is what is kept of a token of 260 random bits, which needs no salt.
func hashed(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// setEmail makes an address count, and tells the one it replaces: its owner may
// not be who asked.
func setEmail(ctx context.Context, tx *db.Tx, now time.Time, a actor.Actor, g Guardian, email string) error {
	old := g.Email
	g.Email = email
	if _, err := tx.Exec(ctx, `update guardian
		set email = $1, email_folded = $2, pending_email = '', pending_token_hash = '', pending_until = null, search = $3
		where id = $4`, email, french.Fold(email), g.searched(), g.ID); err != nil {
		return err
	}
	if old == email || email == "" && !a.IsOffice() {
		return nil
	}
	return correspondence.Enqueue(ctx, tx, now, correspondence.Mail{
		Event: "address_changed:" + g.ID + ":" + now.Format(time.RFC3339Nano), Recipient: old, Kind: AddressChanged, Household: g.HouseholdID,
		Facts: AddressChangedFacts{Name: g.FullName(), ChangedAt: now, ByOffice: a.IsOffice()},
	})
}

// pendingOf returns the responsible whose new address the token confirms, or
// fault.ErrNotFound when the token is unknown, used or too old.
func pendingOf(ctx context.Context, r db.Reader, now time.Time, token string) (Guardian, error) {
	if token == "" {
		return Guardian{}, fmt.Errorf("confirm an address: %w", fault.ErrNotFound)
	}
	g, err := db.One[Guardian](ctx, r, guardians+`where pending_token_hash = $1 and pending_token_hash <> ''`, hashed(token))
	if err == nil && !now.Before(g.PendingUntil) {
		err = fmt.Errorf("confirm an address of guardian %s: %w", g.ID, fault.ErrNotFound)
	}
	return g, err
}

// EmailToConfirm returns the address that the token would confirm, for the
// page that the mail's link opens; fault.ErrNotFound as ConfirmEmail.
func EmailToConfirm(ctx context.Context, r db.Reader, now time.Time, token string) (string, error) {
	g, err := pendingOf(ctx, r, now, token)
	return g.PendingEmail, err
}

// ConfirmEmail makes the new address count and returns it. The token is the
// proof: there is no actor. It returns fault.ErrNotFound when the token is
// unknown, used or too old.
func ConfirmEmail(ctx context.Context, tx *db.Tx, now time.Time, token string) (string, error) {
	g, err := pendingOf(ctx, tx, now, token)
	if err != nil {
		return "", err
	}
	owner := actor.Actor{Name: g.FullName(), Role: actor.Family, Household: g.HouseholdID}
	if err := setEmail(ctx, tx, now, owner, g, g.PendingEmail); err != nil {
		return "", err
	}
	if err := bumpHousehold(ctx, tx, g.HouseholdID); err != nil {
		return "", err
	}
	if err := keepChanges(ctx, tx, now, owner, g.HouseholdID, "", []difference{{"e-mail" + g.suffix(), g.Email, g.PendingEmail}}); err != nil {
		return "", err
	}
	return g.PendingEmail, journal.Append(ctx, tx, journal.By(owner, now, journal.Line{
		Event: "guardian.email_confirmed", Household: g.HouseholdID, Before: g.Email, After: g.PendingEmail,
	}))
}

// SetGuardianEmail lets the office, having checked who calls, set an address at
// once (R3). It returns fault.ErrForbidden, fault.ErrNotFound or *fault.Invalid.
func SetGuardianEmail(ctx context.Context, tx *db.Tx, now time.Time, a actor.Actor, guardian, email string) error {
	if !a.IsOffice() {
		return fmt.Errorf("set the address of guardian %s: %w", guardian, fault.ErrForbidden)
	}
	g, err := db.One[Guardian](ctx, tx, guardians+`where id = $1`, guardian)
	if err != nil {
		return err
	}
	f := &form{}
	f.That(tidy(email) != "", FieldEmail, required)
	email = f.email(FieldEmail, tidy(email))
	if err := f.Err(); err != nil {
		return err
	}
	if email == g.Email && g.PendingEmail == "" {
		return nil
	}
	if err := setEmail(ctx, tx, now, a, g, email); err != nil {
		return err
	}
	if err := bumpHousehold(ctx, tx, g.HouseholdID); err != nil {
		return err
	}
	return journal.Append(ctx, tx, journal.By(a, now, journal.Line{
		Event: "guardian.email_set", Household: g.HouseholdID, Before: g.Email, After: email, Reason: "sur demande de la famille",
	}))
}

func bumpHousehold(ctx context.Context, tx *db.Tx, household string) error {
	_, err := tx.Exec(ctx, `update household set version = version + 1 where id = $1`, household)
	return err
}
