package message

import (
	"context"
	"fmt"
	"strings"
	"time"

	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/journal"
	"pupitre/internal/domain/report"
	"pupitre/internal/domain/school"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
)

// The fields of the composer's form.
const (
	FieldSubject = "objet"
	FieldBody    = "texte"
	FieldChannel = "par"
	FieldLeaves  = "depart"
)

// Typed is what the composer holds. Without ID it is a new message; Version is
// the one that was read.
type Typed struct {
	ID        string
	Version   int64
	Subject   string
	Body      string
	Selection report.Selection
	ByMail    bool
	InPortal  bool
	Template  bool
}

const (
	longestSubject = 200
	longestBody    = 4_000
)

// check refuses what no message may hold; whole also what one that leaves must.
func (t Typed) check(whole bool) error {
	var c fault.Check
	c.That(len([]rune(t.Subject)) <= longestSubject, FieldSubject, fmt.Sprintf("%d caractères au plus.", longestSubject))
	c.That(len([]rune(t.Body)) <= longestBody, FieldBody, fmt.Sprintf("%d caractères au plus.", longestBody))
	checkText(&c, FieldSubject, t.Subject)
	checkText(&c, FieldBody, t.Body)
	if whole || t.Template {
		c.That(strings.TrimSpace(t.Subject) != "", FieldSubject, "Écrivez l’objet"+french.Nbsp+": ce que les familles lisent d’abord.")
		c.That(strings.TrimSpace(t.Body) != "", FieldBody, "Écrivez le texte du message.")
	}
	if whole {
		c.That(t.ByMail || t.InPortal, FieldChannel, "Choisissez comment il est envoyé.")
	}
	return c.Err()
}

// Save keeps the draft, or the template, and returns its id. It returns
// *fault.Invalid (an unknown field is named), *fault.Conflict when somebody else
// has changed it or it has left, or fault.ErrNotFound.
func (m *Messages) Save(ctx context.Context, a actor.Actor, season school.Season, t Typed) (id string, err error) {
	if !a.May(actor.Changes, actor.Messages) {
		return "", fault.ErrForbidden
	}
	if err := t.check(false); err != nil {
		return "", err
	}
	err = m.store.Write(ctx, func(tx *db.Tx) (err error) {
		id, err = save(ctx, tx, a, m.clock.Now(), season, t)
		return err
	})
	return id, err
}

func save(ctx context.Context, tx *db.Tx, a actor.Actor, now time.Time, season school.Season, t Typed) (string, error) {
	state := Draft
	if t.Template {
		state = Template
	}
	t.Subject = strings.Join(strings.Fields(t.Subject), " ")
	if t.ID == "" {
		id := db.NewID()
		_, err := tx.Exec(ctx, `insert into message (id, season_id, state, subject, body, selection, by_mail, in_portal, counted, created_by, created_at, version, changed_at, changed_by)
			values ($1, $2, $3, $4, $5, $6, $7, $8, 0, $9, $10, 1, $10, $9)`,
			id, season.ID, string(state), t.Subject, t.Body, t.Selection.Query(), t.ByMail, t.InPortal, a.Name, now)
		return id, err
	}
	held, err := byID(ctx, tx, t.ID)
	if err != nil {
		return "", err
	}
	if err := held.Against(t.Version); err != nil {
		return "", err
	}
	if !held.IsDraft() {
		return "", alreadyOff(held)
	}
	_, err = tx.Exec(ctx, `update message set subject = $1, body = $2, selection = $3, by_mail = $4, in_portal = $5, version = version + 1, changed_at = $6, changed_by = $7
		where id = $8`, t.Subject, t.Body, t.Selection.Query(), t.ByMail, t.InPortal, now, a.Name, t.ID)
	return t.ID, err
}

func alreadyOff(m Message) error {
	return &fault.Conflict{Message: "Ce message est " + m.State.French() + french.Nbsp + ": il ne se change plus. Reprenez-en le texte dans un nouveau message."}
}

// Delete removes a draft or a template. It returns fault.ErrNotFound, or
// *fault.Conflict when it has left or is planned.
func (m *Messages) Delete(ctx context.Context, a actor.Actor, id string) error {
	if !a.May(actor.Changes, actor.Messages) {
		return fault.ErrForbidden
	}
	return m.store.Write(ctx, func(tx *db.Tx) error {
		held, err := byID(ctx, tx, id)
		if err != nil {
			return err
		}
		if !held.IsDraft() {
			return alreadyOff(held)
		}
		_, err = tx.Exec(ctx, `delete from message where id = $1`, id)
		return err
	})
}

// note appends a line about the message to the journal.
func note(ctx context.Context, tx *db.Tx, a actor.Actor, now time.Time, m Message, event, after string) error {
	return journal.Append(ctx, tx, journal.By(a, now, journal.Line{Event: event, Subject: "message:" + m.ID, After: "« " + m.Subject + " »" + french.Nbsp + ": " + after}))
}
