// Package trail keeps the journal of accesses (R50): who came in or failed to,
// from where; which family, dossier or paper a member of the staff opened; which
// file was taken away. What was changed is the journal's to tell; ReadPage reads
// both as one list.
//
// A line is written beside what it tells, in one of two ways. Note keeps it in
// memory and writes it within a second or so with all others: a machine that is
// killed loses those of its last second (sign-ins, refusals, pages opened). Write
// returns once the line is durable: files are answered after it, so none of
// theirs is lost.
package trail

import (
	"context"
	"fmt"
	"time"

	"pupitre/internal/domain/actor"
	"pupitre/internal/platform/db"
)

// Kind is what a line tells of.
type Kind string

// The kinds: a session, a page that shows a family, a file taken away.
const (
	Session Kind = "session"
	View    Kind = "view"
	File    Kind = "file"
)

// The events of sessions. Those of views and files are the route's name.
const (
	SignedIn      = "signed_in"
	SignInRefused = "sign_in_refused"
	FactorGiven   = "factor_given"
	FactorRefused = "factor_refused"
	SignedOut     = "signed_out"
)

// Line is one line of the journal of accesses; it is never changed. What a view
// or a file is of is told by ids: the household and pupil are found from them.
type Line struct {
	ID        string    `db:"id"`
	At        time.Time `db:"at"`
	Kind      Kind      `db:"kind"`
	Event     string    `db:"event"`
	ActorID   string    `db:"actor_id"`
	ActorName string    `db:"actor_name"`
	ActorRole string    `db:"actor_role"`
	Household string    `db:"household_id"`
	Pupil     string    `db:"pupil_id"`
	Dossier   string    `db:"dossier_id"`
	Subject   string    `db:"subject"`   // address of the page; of a file, its name
	Said      string    `db:"said"`      // title of the page, filters of the file, how one signed in
	Rows      int64     `db:"row_count"` // of a file; 0 when it is no list
	Address   string    `db:"address"`   // of the client
	Browser   string    `db:"browser"`   // what it says to be, in few words

	Deposit, Application, Request string // what else may name the household
	Login                         string // typed by who was refused: the account is looked up, the text is not kept
	Slot                          string // set by once: a second line of the same is left out
}

const columns = `id, at, kind, event, actor_id, actor_name, actor_role, household_id, pupil_id, dossier_id, subject, said, row_count, address, browser`

// slot is the time within which the same page or file, opened again by the same
// account, has no second line.
const slot = 10 * time.Minute

// by completes a line with who acted and when.
func by(a actor.Actor, at time.Time, l Line) Line {
	l.ID, l.At = db.NewID(), at
	l.ActorID, l.ActorName, l.ActorRole = a.Account, a.Name, string(a.Role)
	if a.Role == actor.Family && l.Household == "" {
		l.Household = a.Household
	}
	return l
}

// once names the ten minutes in which the line is written once.
func (l Line) once(what string) string {
	return fmt.Sprintf("%d %s %s", l.At.Unix()/int64(slot/time.Second), l.ActorID, what)
}

// append adds the lines within the transaction: it finds of which household each
// is, and who was refused. Lines of the same slot are written once, whatever
// the machine.
func appendLines(ctx context.Context, tx *db.Tx, lines []Line) error {
	lines, err := resolve(ctx, tx, lines)
	if err != nil {
		return fmt.Errorf("append to the journal of accesses: %w", err)
	}
	rows := make([][]any, len(lines))
	for i, l := range lines {
		rows[i] = []any{l.ID, l.At, l.Kind, l.Event, l.ActorID, l.ActorName, l.ActorRole, l.Household, l.Pupil, l.Dossier, l.Subject, l.Said, l.Rows, l.Address, l.Browser, l.Slot}
	}
	if _, err := tx.Insert(ctx, `access_line (`+columns+`, slot)`, "on conflict do nothing", rows); err != nil {
		return fmt.Errorf("append to the journal of accesses: %w", err)
	}
	return nil
}

// Sweep removes the lines written before that instant, and returns how many.
func Sweep(ctx context.Context, tx *db.Tx, before time.Time) (int64, error) {
	n, err := tx.Exec(ctx, `delete from access_line where at < $1`, before)
	if err != nil {
		return 0, fmt.Errorf("sweep the journal of accesses: %w", err)
	}
	return n, nil
}

// LastSignIn is when the family last signed in, as far as the journal goes back;
// the zero time when it has not.
func LastSignIn(ctx context.Context, r db.Reader, household string) (time.Time, error) {
	last, _, err := db.Maybe[time.Time](ctx, r, `select at from access_line
		where household_id = $1 and household_id <> '' and event = $2 order by id desc limit 1`, household, SignedIn)
	if err != nil {
		return time.Time{}, fmt.Errorf("last sign-in of %s: %w", household, err)
	}
	return last, nil
}
