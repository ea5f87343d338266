// Package enrolment is the heart: dossiers and when they are complete, the
// registrar that gives ranks and places in the order in which complete
// dossiers arrive, waiting lists and offers (R29 to R36).
package enrolment

import (
	"encoding/json"
	"fmt"
	"time"

	"pupitre/internal/domain/catalogue"
)

// State is where a dossier stands.
type State string

// The states of a dossier.
const (
	Draft        State = "draft"         // brouillon
	Received     State = "received"      // reçu, incomplet: without rank or place
	Complete     State = "complete"      // complet, to be checked by the office
	PaperRefused State = "paper_refused" // a paper to bring before hold_until; rank and places kept
	OnList       State = "waiting"       // checked, en liste d'attente
	Enrolled     State = "enrolled"      // inscrit
	Withdrawn    State = "withdrawn"     // désisté
	TurnedDown   State = "refused"       // refusé
	Lapsed       State = "lapsed"        // caduc
	NotReturning State = "not_returning" // ne se réinscrit pas
)

// French is the state as every screen and export says it.
func (s State) French() string {
	switch s {
	case Draft:
		return "brouillon"
	case Received:
		return "reçu, incomplet"
	case Complete:
		return "complet"
	case PaperRefused:
		return "pièce refusée"
	case OnList:
		return "en liste d’attente"
	case Enrolled:
		return "inscrit"
	case Withdrawn:
		return "désisté"
	case TurnedDown:
		return "refusé"
	case Lapsed:
		return "caduc"
	case NotReturning:
		return "ne se réinscrit pas"
	default:
		return string(s)
	}
}

// Ranked tells whether the dossier has a rank and its requests stand.
func (s State) Ranked() bool {
	return s == Complete || s == PaperRefused || s == OnList || s == Enrolled
}

// Sent tells whether « Valider » was accepted and still counts.
func (s State) Sent() bool { return s.Ranked() || s == Received }

// Dossier is one pupil's re-registration for a season. A request outside of it
// is for its courses. Rank is 0 without one.
type Dossier struct {
	ID                string    `db:"id"`
	Number            int64     `db:"number"`
	Season            string    `db:"season_id"`
	Pupil             string    `db:"pupil_id"`
	Household         string    `db:"household_id"`
	State             State     `db:"state"`
	Programme         string    `db:"programme_id"`
	Site              string    `db:"site_id"`
	Choice            Choice    `db:"choice"`
	OnPaperForm       bool      `db:"on_paper_form"` // R20a: the choice is handed in on paper
	Note              string    `db:"note"`
	Administrative    bool      `db:"administrative"` // the box « Réinscription administrative »
	Reason            string    `db:"reason"`         // why it was declined, refused or confirmed in part
	Text              string    `db:"text_id"`        // the text accepted
	AgreedBy          string    `db:"agreed_by"`
	SentAt            time.Time `db:"sent_at"`
	CompleteAt        time.Time `db:"complete_at"`
	Rank              int64     `db:"rank"`
	ReceivedOnPaperAt time.Time `db:"received_on_paper_at"` // R35
	HoldUntil         time.Time `db:"hold_until"`
	HoldTotalUntil    time.Time `db:"hold_total_until"` // end of the delay first given: a second refusal gives what is left of it
	ConfirmedAt       time.Time `db:"confirmed_at"`
	ConfirmedBy       string    `db:"confirmed_by"`
	ReopenedUntil     time.Time `db:"reopened_until"`
	WithdrawalAskedAt time.Time `db:"withdrawal_asked_at"`
	RemindedAt        time.Time `db:"reminded_at"`
	UpdatedAt         time.Time `db:"updated_at"`
	Version           int64     `db:"version"`
	Desk              Desk      `db:"desk"`
	ChooseAgain       bool      `db:"choose_again"` // the family must: a course was cancelled, or is lacking (R33d)
}

// Label is how the office calls the dossier: « D-1164 ».
func (d Dossier) Label() string { return fmt.Sprintf("D-%04d", d.Number) }

// Choice is the courses asked for, each with its semester.
type Choice []catalogue.Wish

// Scan reads the stored choice.
func (c *Choice) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*c = nil
		return nil
	case string:
		return json.Unmarshal([]byte(v), c)
	case []byte:
		return json.Unmarshal(v, c)
	default:
		return fmt.Errorf("cannot read a choice from %T", src)
	}
}

func (c Choice) text() string {
	if len(c) == 0 {
		return "[]"
	}
	b, err := json.Marshal([]catalogue.Wish(c))
	if err != nil {
		panic(err) // strings and numbers always marshal
	}
	return string(b)
}

// Request is one request for a place of a dossier, with what a screen says of it.
type Request struct {
	ID           string       `db:"id"`
	Dossier      string       `db:"dossier_id"`
	Offering     string       `db:"offering_id"`
	State        RequestState `db:"state"`
	ReceivedAt   time.Time    `db:"received_at"`
	Seq          int64        `db:"seq"`
	Jumped       int64        `db:"jumped"`
	OfferedUntil time.Time    `db:"offered_until"`
	TokenHash    string       `db:"offer_token_hash"`
	DecidedAt    time.Time    `db:"decided_at"`
	Line         int64        `db:"line"` // its place in the choice
	CreatedAt    time.Time    `db:"created_at"`
}
