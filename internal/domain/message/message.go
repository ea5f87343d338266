// Package message keeps what the office writes to a selection of families
// (R48): a text with fields, the list that it goes to, when it leaves, and what
// became of it for each household. A selection is counted again at the
// departure; each household is written to once, whatever stops or is done twice.
package message

import (
	"context"
	"fmt"
	"time"

	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/correspondence"
	"pupitre/internal/domain/report"
	"pupitre/internal/domain/school"
	"pupitre/internal/platform/blank"
	"pupitre/internal/platform/clock"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
)

// MailMessage is the kind of the mail that carries a message.
const MailMessage correspondence.Kind = "message"

// DepartJob is the kind of the background job with which a message leaves.
const DepartJob = "depart_message"

// State is how far a message is.
type State string

// The states. A template is a text to begin others with: it never leaves.
const (
	Template State = "template"
	Draft    State = "draft"
	Planned  State = "planned"
	Leaving  State = "leaving" // its households are settled; some are not written to yet
	Sent     State = "sent"
)

// French is the state as the list names it.
func (s State) French() string {
	switch s {
	case Template:
		return "modèle"
	case Planned:
		return "programmé"
	case Leaving:
		return "en cours d’envoi"
	case Sent:
		return "envoyé"
	default:
		return "brouillon"
	}
}

// Message is what the office writes to a selection.
type Message struct {
	ID         string    `db:"id"`
	Season     string    `db:"season_id"`
	State      State     `db:"state"`
	Subject    string    `db:"subject"`
	Body       string    `db:"body"`
	Kept       string    `db:"selection"` // as report.Selection.Query writes it
	ByMail     bool      `db:"by_mail"`
	InPortal   bool      `db:"in_portal"`
	Counted    int64     `db:"counted"` // families, when it was planned
	LeavesAt   time.Time `db:"leaves_at"`
	DepartedAt time.Time `db:"departed_at"`
	CreatedBy  string    `db:"created_by"`
	CreatedAt  time.Time `db:"created_at"`
	school.Edited
}

// Selection is the list that it goes to.
func (m Message) Selection() report.Selection { return report.ParseSelection(m.Kept) }

// Heading is the subject where no family reads it: « … » stands for its fields.
func (m Message) Heading() string {
	return blank.Fill(m.Subject, func(string) string { return "…" })
}

// IsDraft tells whether it may still be changed.
func (m Message) IsDraft() bool { return m.State == Draft || m.State == Template }

// Departed tells whether its households are settled.
func (m Message) Departed() bool { return m.State == Leaving || m.State == Sent }

// Messages writes and sends messages.
type Messages struct {
	store *db.Store
	clock clock.Clock
}

// New opens the room.
func New(store *db.Store, clk clock.Clock) *Messages { return &Messages{store, clk} }

const messages = `select id, season_id, state, subject, body, selection, by_mail, in_portal, counted, leaves_at, departed_at, created_by, created_at,
	version, changed_at, changed_by from message `

// ByID returns a message, or fault.ErrNotFound. Who may write only.
func ByID(ctx context.Context, r db.Reader, a actor.Actor, id string) (Message, error) {
	if !a.May(actor.Changes, actor.Messages) {
		return Message{}, fault.ErrForbidden
	}
	return byID(ctx, r, id)
}

func byID(ctx context.Context, r db.Reader, id string) (Message, error) {
	return db.One[Message](ctx, r, messages+`where id = $1`, id)
}

// Templates lists the texts to begin with, by subject. Who may write only.
func Templates(ctx context.Context, r db.Reader, a actor.Actor) ([]Message, error) {
	if !a.May(actor.Changes, actor.Messages) {
		return nil, fault.ErrForbidden
	}
	return db.All[Message](ctx, r, messages+`where state = 'template' order by subject, id`)
}

// Listed is a message of the list, with what became of it.
type Listed struct {
	Message
	Progress
}

// List lists the messages that are no templates, the last first; limit at most. Who may write only.
func List(ctx context.Context, r db.Reader, a actor.Actor, limit, offset int64) ([]Listed, error) {
	if !a.May(actor.Changes, actor.Messages) {
		return nil, fault.ErrForbidden
	}
	found, err := db.All[Message](ctx, r, messages+`where state in ('draft', 'planned', 'leaving', 'sent') order by created_at desc, id desc limit $1 offset $2`, limit, offset)
	if err != nil {
		return nil, fmt.Errorf("list messages: %w", err)
	}
	var ids []string
	for _, m := range found {
		ids = append(ids, m.ID)
	}
	progress, err := progressOf(ctx, r, ids)
	listed := make([]Listed, len(found))
	for i, m := range found {
		listed[i] = Listed{m, progress[m.ID]}
	}
	return listed, err
}
