// Package merge makes two households of one family one: shown beforehand, done
// in one act, undone as long as nothing of what it moved has changed since. It
// gives no rank and moves no place, and what a pupil's other household may not
// read it does not read afterwards.
package merge

import (
	"context"
	"time"

	"pupitre/internal/domain/account"
	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/enrolment"
	"pupitre/internal/platform/clock"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
)

// Merges is the room: the preview, the act and its undoing.
type Merges struct {
	store     *db.Store
	clock     clock.Clock
	accounts  *account.Accounts
	registrar *enrolment.Registrar
}

// New opens the room.
func New(store *db.Store, clock clock.Clock, accounts *account.Accounts, registrar *enrolment.Registrar) *Merges {
	return &Merges{store: store, clock: clock, accounts: accounts, registrar: registrar}
}

// Choice is how the office wants two households to be made one. What it does
// not say is as the preview proposes.
type Choice struct {
	Kept, Lost string
	Seen       string            // Preview.Seen of what was read
	Said       map[string]string // by the Name of a Field, Person or Twin
}

// What is said of a field, of a person and of a pupil.
const (
	OfKept  = "garde" // the kept household's value
	OfLost  = "autre" // the other one's
	Apart   = "deux"  // another person, another child
	OneSame = "un"    // one child, known twice
)

// Merged is a merge as it is kept.
type Merged struct {
	ID        string    `db:"id"`
	Kept      string    `db:"kept_id"`
	Lost      string    `db:"lost_id"`
	KeptName  string    `db:"kept_name"`
	LostName  string    `db:"lost_name"`
	Login     string    `db:"login"`      // that goes on signing in, "" without an account
	LostLogin string    `db:"lost_login"` // that does not any more, "" when there was one account at most
	At        time.Time `db:"merged_at"`
	By        string    `db:"merged_by"`
	Said      string    `db:"said"` // what it moved, in words
	Before    string    `db:"before"`
	After     string    `db:"after"`
	Lines     string    `db:"lines"`
	Mails     string    `db:"mails"`
	UndoneAt  time.Time `db:"undone_at"`
	UndoneBy  string    `db:"undone_by"`

	Application string `db:"application_id"` // the pré-inscription that was attached, "" for a merge of two families
}

// IsAttachment tells whether a pré-inscription was attached to a known household.
func (m Merged) IsAttachment() bool { return m.Application != "" }

// Undone tells whether the households are two again.
func (m Merged) Undone() bool { return !m.UndoneAt.IsZero() }

// Words say what was done, by whom and when.
func (m Merged) Words() string {
	if m.IsAttachment() {
		return "La pré-inscription de " + m.LostName + " a été rattachée au foyer " + m.KeptName + " par " + m.By + " le " + french.Moment(m.At) + "."
	}
	return "Le foyer " + m.LostName + " a été fusionné avec le foyer " + m.KeptName + " par " + m.By + " le " + french.Moment(m.At) + "."
}

const merges = `select id, kept_id, lost_id, kept_name, lost_name, login, lost_login, merged_at, merged_by, said,
	before, after, lines, mails, undone_at, undone_by, application_id from household_merge `

// Of returns a merge, or fault.ErrNotFound. Office only.
func Of(ctx context.Context, r db.Reader, by actor.Actor, id string) (Merged, error) {
	if !by.May(actor.Changes, actor.Merges) {
		return Merged{}, fault.ErrForbidden
	}
	return db.One[Merged](ctx, r, merges+`where id = $1`, id)
}

// Into returns the merge that made the household a part of another one, when it
// is not undone. Office only.
func Into(ctx context.Context, r db.Reader, by actor.Actor, household string) (Merged, bool, error) {
	if !by.May(actor.Changes, actor.Merges) {
		return Merged{}, false, fault.ErrForbidden
	}
	return db.Maybe[Merged](ctx, r, merges+`where lost_id = $1 and undone_at is null order by merged_at desc limit 1`, household)
}

// The journal's events of a merge and of an attachment; their lines' subject is SubjectOf.
const (
	EventMerged   = "household.merged"
	EventAttached = "household.attached"
)

// Undoable tells whether a line of that event leads to an undoing.
func Undoable(event string) bool { return event == EventMerged || event == EventAttached }

const subject = "merge:"

// SubjectOf is what the journal's lines about the merge are about.
func SubjectOf(id string) string { return subject + id }

// InSubject is the merge that a line of the journal is about.
func InSubject(s string) string {
	if len(s) <= len(subject) {
		return ""
	}
	return s[len(subject):]
}
