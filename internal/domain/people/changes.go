package people

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/journal"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
)

// Change is one thing that a family has changed of what the office knew. Pupil
// is "" when it is the household's own; Field, Before and After are French words.
type Change struct {
	ID        string    `db:"id"`
	Household string    `db:"household_id"`
	Pupil     string    `db:"pupil_id"`
	Field     string    `db:"field"`
	Before    string    `db:"before"`
	After     string    `db:"after"`
	At        time.Time `db:"at"`
	By        string    `db:"changed_by"`
}

const changes = `select id, household_id, pupil_id, field, before, after, at, changed_by from household_change `

// mustKnow are the facts whose change by a family the office must know: how to
// reach it, who it is, how it pays. What is asked anew each season is no change.
var mustKnow = []string{"adresse", "complément", "code postal", "commune", "facturation", "moyens de paiement",
	"nom", "prénom", "mobile", "fixe", "e-mail", "date de naissance"}

// toSee tells whether the office must see the change: a first answer where
// nothing was known is none, but a responsible more is one.
func (d difference) toSee() bool {
	field, more, _ := strings.Cut(d.label, " (responsable")
	return slices.Contains(mustKnow, field) && (d.before != "" || more != "" && field == "nom")
}

// keepChanges keeps what the family has changed until the office has seen it. A
// fact changed again before that keeps its oldest value; changed back, it is
// no change.
func keepChanges(ctx context.Context, tx *db.Tx, now time.Time, a actor.Actor, household, pupil string, all []difference) error {
	if a.Role != actor.Family {
		return nil
	}
	for _, d := range all {
		open, found, err := db.Maybe[Change](ctx, tx, changes+`where household_id = $1 and pupil_id = $2 and field = $3 and seen_at is null`, household, pupil, d.label)
		switch {
		case err != nil:
			return err
		case found && open.Before == d.after:
			_, err = tx.Exec(ctx, `delete from household_change where id = $1`, open.ID)
		case found:
			_, err = tx.Exec(ctx, `update household_change set after = $1, at = $2, changed_by = $3 where id = $4`, d.after, now, a.Name, open.ID)
		case d.toSee():
			_, err = tx.Exec(ctx, `insert into household_change (id, household_id, pupil_id, field, before, after, at, changed_by, seen_by, seen_batch)
				values ($1, $2, $3, $4, $5, $6, $7, $8, '', '')`, db.NewID(), household, pupil, d.label, d.before, d.after, now, a.Name)
		}
		if err != nil {
			return fmt.Errorf("keep a change to see: %w", err)
		}
	}
	return nil
}

// ChangesToSee returns what the families have changed and the office has not
// seen, of only, the oldest first: at most limit, those after the change of that id.
// Office only: fault.ErrForbidden for anyone else.
func ChangesToSee(ctx context.Context, r db.Reader, a actor.Actor, only Only, after string, limit int) ([]Change, error) {
	if !a.IsOffice() {
		return nil, fmt.Errorf("changes to see: %w", fault.ErrForbidden)
	}
	at, found, err := db.Maybe[time.Time](ctx, r, `select at from household_change where id = $1`, after)
	if err != nil {
		return nil, err
	}
	if !found {
		at = time.Unix(0, 0)
	}
	where, args := narrowed(`seen_at is null and (at, id) > ($1, $2)`, []any{at, after}, only.Household, "household_change.household_id")
	if only.Pupil != nil {
		condition, more := narrowed("", args, only.Pupil, "household_change.pupil_id")
		where, args = where+` and (household_change.pupil_id = '' or `+strings.TrimPrefix(condition, " and ")+`)`, more
	}
	return db.All[Change](ctx, r, changes+`where `+where+fmt.Sprintf(` order by at, id limit $%d`, len(args)+1), append(args, limit)...)
}

// ChangesOf returns the household's changes that the office has not seen.
func ChangesOf(ctx context.Context, r db.Reader, a actor.Actor, household string) ([]Change, error) {
	if !a.IsOffice() {
		return nil, fmt.Errorf("changes to see: %w", fault.ErrForbidden)
	}
	return db.All[Change](ctx, r, changes+`where household_id = $1 and seen_at is null order by at, id`, household)
}

// See notes that the office has seen the household's changes made until then:
// one made since stays to be seen. It returns how many, and the batch that
// Unsee takes back; *fault.Conflict when none was left.
func See(ctx context.Context, tx *db.Tx, now time.Time, a actor.Actor, household string, until time.Time) (n int64, batch string, err error) {
	all, err := ChangesOf(ctx, tx, a, household)
	if err != nil {
		return 0, "", err
	}
	all = slices.DeleteFunc(all, func(c Change) bool { return c.At.After(until) })
	if len(all) == 0 {
		return 0, "", &fault.Conflict{Message: "Ces changements ont déjà été vus, ou modifiés depuis. Relisez la liste."}
	}
	batch = db.NewID()
	var ids, fields []string
	for _, c := range all {
		ids, fields = append(ids, c.ID), append(fields, c.Field)
	}
	n, err = tx.Exec(ctx, `update household_change set seen_at = $1, seen_by = $2, seen_batch = $3
		where id in (select value from json_each(cast($4 as text)))`, now, a.Name, batch, db.IDs(ids))
	if err != nil {
		return 0, "", err
	}
	return n, batch, journal.Append(ctx, tx, journal.By(a, now, journal.Line{Event: "household.changes_seen", Household: household, After: "vu" + french.Nbsp + ": " + french.List(fields)}))
}

// Unsee takes See back: the changes of the batch are to be seen again. It
// returns *fault.Conflict when the family has changed one of them since, or
// when they are taken back already.
func Unsee(ctx context.Context, tx *db.Tx, now time.Time, a actor.Actor, household, batch string) error {
	if !a.IsOffice() {
		return fmt.Errorf("take back what was seen: %w", fault.ErrForbidden)
	}
	again, err := db.All[string](ctx, tx, `select n.field from household_change n join household_change s
		on s.household_id = n.household_id and s.pupil_id = n.pupil_id and s.field = n.field
		where n.household_id = $1 and n.seen_at is null and s.household_id = $1 and s.seen_batch = $2 and s.seen_at is not null`, household, batch)
	if err != nil {
		return err
	}
	if len(again) > 0 {
		return &fault.Conflict{Message: "La famille a changé à nouveau depuis" + french.Nbsp + ": " + french.List(again) + ". Ce changement-là est dans la liste."}
	}
	n, err := tx.Exec(ctx, `update household_change set seen_at = null, seen_by = '', seen_batch = ''
		where household_id = $1 and seen_batch = $2 and seen_at is not null`, household, batch)
	if err != nil {
		return err
	}
	if n == 0 {
		return &fault.Conflict{Message: "C’est déjà annulé."}
	}
	return journal.Append(ctx, tx, journal.By(a, now, journal.Line{Event: "household.changes_unseen", Household: household, After: "à vérifier de nouveau"}))
}
