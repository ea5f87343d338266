// Package application keeps pré-inscriptions (R37): what somebody without an
// account types on the public form, from the first step to the office's answer.
// Confirmed from its address, a pré-inscription is a candidate household with a
// pupil and a dossier like any other, ranked by the registrar; before, it is
// only a row that is soon forgotten.
package application

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"pupitre/internal/domain/account"
	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/catalogue"
	"pupitre/internal/domain/enrolment"
	"pupitre/internal/domain/people"
	"pupitre/internal/domain/school"
	"pupitre/internal/platform/clock"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
)

// State is where a pré-inscription stands.
type State string

// The states of a pré-inscription.
const (
	Draft     State = "draft"     // begun
	Sent      State = "sent"      // « Valider »; the address is to be confirmed
	Held      State = "held"      // confirmed, and the pupil has a dossier already: the office looks first
	Confirmed State = "confirmed" // with its household, pupil and dossier
	Accepted  State = "accepted"  // one of the families
	Attached  State = "attached"  // its pupil and dossier are those of a known household
	Refused   State = "refused"
)

// French is the state as the office reads it.
func (s State) French() string {
	return map[State]string{
		Draft: "commencée", Sent: "adresse à confirmer", Held: "à vérifier d’abord", Confirmed: "à accepter",
		Accepted: "acceptée", Attached: "rattachée", Refused: "refusée",
	}[s]
}

// Open tells whether the office has not answered yet.
func (s State) Open() bool { return s == Held || s == Confirmed }

// Form is what was typed. The pupil's names are the responsible's when Self.
type Form struct {
	Self        bool                `json:"self"`
	Pupil       people.Newcomer     `json:"pupil"` // its date is 2006-01-02
	Postcode    string              `json:"postcode"`
	Programme   string              `json:"programme"`
	Site        string              `json:"site"`
	Wishes      enrolment.Choice    `json:"wishes"`
	Note        string              `json:"note"`
	Guardian    people.GuardianForm `json:"guardian"`
	Address     string              `json:"address"`
	Town        string              `json:"town"`
	BillingMode int64               `json:"billing_mode"`
	Means       []string            `json:"means"`
	ImageRight  string              `json:"image_right"`
	Text        string              `json:"text"` // id of the text accepted
}

// Scan reads the stored form.
func (f *Form) Scan(src any) error {
	switch v := src.(type) {
	case string:
		return json.Unmarshal([]byte(v), f)
	case []byte:
		return json.Unmarshal(v, f)
	default:
		return fmt.Errorf("cannot read a pré-inscription from %T", src)
	}
}

func (f Form) text() string {
	b, err := json.Marshal(f)
	if err != nil {
		panic(err) // strings and numbers always marshal
	}
	return string(b)
}

// named is the form with the pupil's names in their place.
func (f Form) named() Form {
	if f.Self {
		f.Pupil.FirstName, f.Pupil.LastName = f.Guardian.FirstName, f.Guardian.LastName
	}
	return f
}

// candidate is the form as the room of people takes it.
func (f Form) candidate() people.Candidate {
	f = f.named()
	return people.Candidate{
		Pupil: f.Pupil, Self: f.Self, Guardian: f.Guardian, Address: f.Address, Postcode: f.Postcode, Town: f.Town,
		BillingMode: f.BillingMode, Means: f.Means, ImageRight: f.ImageRight,
	}
}

// PupilName is the pupil's full name, "" while an adult has not typed its own.
func (f Form) PupilName() string {
	f = f.named()
	return people.Pupil{FirstName: f.Pupil.FirstName, LastName: f.Pupil.LastName}.FullName()
}

// Responsible is the full name of who asks.
func (f Form) Responsible() string {
	return people.Guardian{FirstName: f.Guardian.FirstName, LastName: f.Guardian.LastName}.FullName()
}

// Facts is what the rules ask about the pupil.
func (f Form) Facts(season school.Season) catalogue.Pupil {
	return catalogue.Pupil{Age: french.Age(f.Pupil.BirthDate, season.AgesOn), Level: f.Pupil.Level, Beginner: f.Pupil.Beginner}
}

// Application is one pré-inscription.
type Application struct {
	ID          string    `db:"id"`
	Season      string    `db:"season_id"`
	State       State     `db:"state"`
	Form        Form      `db:"form"`
	Household   string    `db:"household_id"` // the candidate's, then the one it was attached to
	Pupil       string    `db:"pupil_id"`
	SentAt      time.Time `db:"sent_at"`
	ConfirmedAt time.Time `db:"confirmed_at"`
	DecidedAt   time.Time `db:"decided_at"`
	DecidedBy   string    `db:"decided_by"`
	Reason      string    `db:"reason"`
	CreatedAt   time.Time `db:"created_at"`
	Version     int64     `db:"version"`
}

const columns = `id, season_id, state, form, household_id, pupil_id, sent_at, confirmed_at, decided_at, decided_by, reason, created_at, version`

const applications = `select ` + columns + ` from application `

// Applications is the room: every act on pré-inscriptions.
type Applications struct {
	store     *db.Store
	clock     clock.Clock
	accounts  *account.Accounts
	registrar *enrolment.Registrar
}

// New opens the room.
func New(store *db.Store, clock clock.Clock, accounts *account.Accounts, registrar *enrolment.Registrar) *Applications {
	return &Applications{store: store, clock: clock, accounts: accounts, registrar: registrar}
}

// Find returns the pré-inscription that the token opens, be it the browser's
// while it is typed, or the one mailed; mailed tells which. It returns
// fault.ErrNotFound when the token opens nothing.
func (a *Applications) Find(ctx context.Context, token string) (found Application, mailed bool, err error) {
	return find(ctx, a.store, token)
}

func find(ctx context.Context, r db.Reader, token string) (found Application, mailed bool, err error) {
	if token == "" || len(token) > 100 {
		return found, false, fmt.Errorf("open a pré-inscription: %w", fault.ErrNotFound)
	}
	if found, mailed, err = db.Maybe[Application](ctx, r, applications+`where link_hash = $1 and link_hash <> ''`, hashed(token)); err != nil || mailed {
		return found, mailed, err
	}
	found, err = db.One[Application](ctx, r, applications+`where draft_hash = $1 and draft_hash <> ''`, hashed(token))
	return found, false, err
}

// hashed is what is kept of a token of 260 random bits, which needs no salt.
func hashed(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// who acts on a pré-inscription from outside, as the journal names it.
func (f Form) who(household string) actor.Actor {
	return actor.Actor{Name: f.Responsible() + " (pré-inscription)", Role: actor.Family, Household: household}
}

// Taken refuses what comes while the season takes no pré-inscription; one may
// be prepared before the opening.
func Taken(season school.Season, now time.Time) error {
	if season.ID == "" {
		return fault.Refuse("L’école n’a pas encore ouvert de saison.")
	}
	if season.HasClosed(now) {
		return fault.Refuse("Les inscriptions sont closes depuis le " + french.Moment(season.ClosesAt) + ".")
	}
	return nil
}
