package people

import (
	"context"
	"fmt"
	"time"

	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/journal"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
)

// ApartFrom is a household that the office has said is not this one, known twice.
type ApartFrom struct {
	Household string    `db:"household_id"`
	At        time.Time `db:"said_at"`
	By        string    `db:"said_by"`
}

// pair is the two households in the order in which they are kept.
func pair(a, b string) (first, second string) { return min(a, b), max(a, b) }

// ApartFromEach returns the households that are said not to be the household, the
// last said first. Office only.
func ApartFromEach(ctx context.Context, r db.Reader, a actor.Actor, household string) ([]ApartFrom, error) {
	if !a.IsOffice() {
		return nil, fmt.Errorf("households apart: %w", fault.ErrForbidden)
	}
	return db.All[ApartFrom](ctx, r, `select second_id as household_id, said_at, said_by from household_apart where first_id = $1
		union all select first_id, said_at, said_by from household_apart where second_id = $1 order by said_at desc, household_id`, household)
}

// SayApart notes that the two are not one household: neither is proposed to be
// merged with the other any more. Said again, nothing changes. It returns
// fault.ErrNotFound when one of them is none, *fault.Invalid when they are not
// two. Office only.
func SayApart(ctx context.Context, tx *db.Tx, now time.Time, a actor.Actor, one, other string) error {
	two, err := bothOf(ctx, tx, a, one, other)
	if err != nil {
		return err
	}
	first, second := pair(one, other)
	n, err := tx.Exec(ctx, `insert into household_apart (first_id, second_id, said_at, said_by) values ($1, $2, $3, $4) on conflict (first_id, second_id) do nothing`,
		first, second, now, a.Name)
	if err != nil || n == 0 {
		return err
	}
	return journalBoth(ctx, tx, now, a, two, "household.apart", "n’est pas le même foyer que ")
}

// TakeApartBack forgets what SayApart noted. It returns *fault.Conflict when
// nothing is noted, and else as SayApart.
func TakeApartBack(ctx context.Context, tx *db.Tx, now time.Time, a actor.Actor, one, other string) error {
	two, err := bothOf(ctx, tx, a, one, other)
	if err != nil {
		return err
	}
	first, second := pair(one, other)
	n, err := tx.Exec(ctx, `delete from household_apart where first_id = $1 and second_id = $2`, first, second)
	if err == nil && n == 0 {
		err = &fault.Conflict{Message: "C’est déjà annulé" + french.Nbsp + ": rechargez la page."}
	}
	if err != nil {
		return err
	}
	return journalBoth(ctx, tx, now, a, two, "household.apart_taken_back", "ressemble de nouveau à ")
}

func bothOf(ctx context.Context, tx *db.Tx, a actor.Actor, one, other string) (two [2]Household, err error) {
	if !a.IsOffice() {
		return two, fmt.Errorf("two households: %w", fault.ErrForbidden)
	}
	if one == other {
		return two, fault.Refuse("Choisissez un autre foyer que celui-ci.")
	}
	if two[0], err = HouseholdByID(ctx, tx, a, one); err == nil {
		two[1], err = HouseholdByID(ctx, tx, a, other)
	}
	return two, err
}

func journalBoth(ctx context.Context, tx *db.Tx, now time.Time, a actor.Actor, two [2]Household, event, says string) error {
	return journal.Append(ctx, tx,
		journal.By(a, now, journal.Line{Event: event, Household: two[0].ID, After: says + "celui de " + two[1].Name()}),
		journal.By(a, now, journal.Line{Event: event, Household: two[1].ID, After: says + "celui de " + two[0].Name()}))
}

// rehouseApart makes what is said of the lost household said of the kept one.
func rehouseApart(ctx context.Context, tx *db.Tx, lost, kept string) error {
	type said struct {
		First  string    `db:"first_id"`
		Second string    `db:"second_id"`
		At     time.Time `db:"said_at"`
		By     string    `db:"said_by"`
	}
	all, err := db.All[said](ctx, tx, `select first_id, second_id, said_at, said_by from household_apart where first_id = $1 or second_id = $1 order by first_id, second_id`, lost)
	if err != nil {
		return err
	}
	for _, s := range all {
		if _, err := tx.Exec(ctx, `delete from household_apart where first_id = $1 and second_id = $2`, s.First, s.Second); err != nil {
			return err
		}
		other := s.First
		if other == lost {
			other = s.Second
		}
		if other == kept {
			continue
		}
		first, second := pair(kept, other)
		if _, err := tx.Exec(ctx, `insert into household_apart (first_id, second_id, said_at, said_by) values ($1, $2, $3, $4) on conflict (first_id, second_id) do nothing`,
			first, second, s.At, s.By); err != nil {
			return err
		}
	}
	return nil
}
