// Package journal keeps what happened: who, when, from, to, why (R34). Lines
// are appended in the transaction of what they tell, and never changed.
package journal

import (
	"context"
	"fmt"
	"time"

	"pupitre/internal/domain/actor"
	"pupitre/internal/platform/db"
)

// Line is one line of the journal. Event is a code (dossier.ranked); Before,
// After and Reason are French words for a reader.
type Line struct {
	ID        string    `db:"id"`
	At        time.Time `db:"at"`
	ActorID   string    `db:"actor_id"`
	ActorName string    `db:"actor_name"`
	ActorRole string    `db:"actor_role"`
	Event     string    `db:"event"`
	Household string    `db:"household_id"`
	Pupil     string    `db:"pupil_id"`
	Dossier   string    `db:"dossier_id"`
	Course    string    `db:"course_id"`
	Subject   string    `db:"subject"` // which setting, "" for all else
	Before    string    `db:"before"`
	After     string    `db:"after"`
	Reason    string    `db:"reason"`
}

// By completes a line with who acted and when.
func By(a actor.Actor, at time.Time, line Line) Line {
	line.ID = db.NewID()
	line.At = at
	line.ActorID, line.ActorName, line.ActorRole = a.Account, a.Name, string(a.Role)
	return line
}

// Append adds the lines, made by By, within the transaction.
func Append(ctx context.Context, tx *db.Tx, lines ...Line) error {
	rows := make([][]any, len(lines))
	for i, l := range lines {
		rows[i] = []any{l.ID, l.At, l.ActorID, l.ActorName, l.ActorRole, l.Event, l.Household, l.Pupil, l.Dossier, l.Course, l.Subject, l.Before, l.After, l.Reason}
	}
	if _, err := tx.Insert(ctx, `journal (`+columns+`)`, "", rows); err != nil {
		return fmt.Errorf("append to the journal: %w", err)
	}
	return nil
}

const columns = `id, at, actor_id, actor_name, actor_role, event, household_id, pupil_id, dossier_id, course_id, subject, before, after, reason`

// OfDossier returns the dossier's lines, oldest first.
func OfDossier(ctx context.Context, r db.Reader, dossier string) ([]Line, error) {
	return db.All[Line](ctx, r, `select `+columns+` from journal where dossier_id = $1 order by at, id`, dossier)
}

// AboutDossier returns, oldest first, the dossier's lines and what was decided
// since that instant of the papers of its pupil and household.
func AboutDossier(ctx context.Context, r db.Reader, dossier, household, pupil string, since time.Time) ([]Line, error) {
	return db.All[Line](ctx, r, `select `+columns+` from journal
		where dossier_id = $1 or household_id = $2 and event like 'document.%' and pupil_id in ('', $3) and at >= $4
		order by at, id`, dossier, household, pupil, since)
}

// OfHousehold returns the household's last lines, newest first.
func OfHousehold(ctx context.Context, r db.Reader, household string, limit int) ([]Line, error) {
	return db.All[Line](ctx, r, `select `+columns+` from journal where household_id = $1 order by at desc, id desc limit $2`, household, limit)
}

// OfCourse returns the course's last lines, newest first.
func OfCourse(ctx context.Context, r db.Reader, course string, limit int) ([]Line, error) {
	return db.All[Line](ctx, r, `select `+columns+` from journal where course_id = $1 and course_id <> '' order by at desc, id desc limit $2`, course, limit)
}

// About returns the last lines about a setting or a season, newest first.
func About(ctx context.Context, r db.Reader, subject string, limit int) ([]Line, error) {
	return db.All[Line](ctx, r, `select `+columns+` from journal where subject = $1 and subject <> '' order by at desc, id desc limit $2`, subject, limit)
}

// LinesOf returns the ids of the household's lines, oldest first.
func LinesOf(ctx context.Context, r db.Reader, household string) ([]string, error) {
	return db.All[string](ctx, r, `select id from journal where household_id = $1 order by at, id`, household)
}

// Rehouse has the lines read on another household's page: all that is ever
// changed of a line.
func Rehouse(ctx context.Context, tx *db.Tx, lines []string, household string) error {
	_, err := tx.Exec(ctx, `update journal set household_id = $1 where id in (select value from json_each(cast($2 as text)))`, household, db.IDs(lines))
	return err
}
