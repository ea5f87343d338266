package document

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"pupitre/internal/domain/people"
	"pupitre/internal/platform/db"
)

// Move gives the deposits of a household to another, those of a pupil to the
// pupil it becomes. One whose paper the other household has handed in already
// comes as an older version: what that household gave stands.
func Move(ctx context.Context, tx *db.Tx, now time.Time, from, to, pupil, becomes string) error {
	if _, err := tx.Exec(ctx, `update deposit set replaced_at = $1, version = version + 1
		where household_id = $2 and replaced_at is null and exists (select 1 from deposit o
			where o.household_id = $3 and o.paper_code = deposit.paper_code and o.replaced_at is null
				and coalesce(o.pupil_id, '') = case when deposit.pupil_id = $4 then $5 else coalesce(deposit.pupil_id, '') end)`,
		now, from, to, pupil, becomes); err != nil {
		return fmt.Errorf("move the deposits of household %s: %w", from, err)
	}
	_, err := tx.Exec(ctx, `update deposit set household_id = $1, pupil_id = case when pupil_id = $2 then $3 else pupil_id end, version = version + 1
		where household_id = $4`, to, pupil, becomes, from)
	if err != nil {
		return fmt.Errorf("move the deposits of household %s: %w", from, err)
	}
	return nil
}

// ForgetHouseholds deletes the deposits of households that are about to be no
// more; their files, which nothing names any more, are swept.
func ForgetHouseholds(ctx context.Context, tx *db.Tx, households []string) error {
	_, err := tx.Exec(ctx, `delete from deposit where household_id in (select value from json_each(cast($1 as text)))`, db.IDs(households))
	return err
}

// Reunion is two households whose papers become those of one. Becomes says of a
// pupil of the lost one which other it is; Standing which papers stay valid
// from one season to the next.
type Reunion struct {
	Lost, Kept string
	Becomes    map[string]string
	Standing   map[string]bool
}

// into is the deposit as it stands once the households are one.
func (in Reunion) into(d Deposit) Deposit {
	if d.Household == in.Lost {
		d.Household = in.Kept
	}
	if to, other := in.Becomes[d.Pupil]; other {
		d.Pupil = to
	}
	return d
}

// better tells whether a stands rather than b where one paper is wanted: what
// the office has validated, then what it has yet to read, then the newest.
func better(a, b Deposit) bool {
	worth := map[State]int{Validated: 3, Provided: 2, Refused: 1, Expired: 1}
	if worth[a.State] != worth[b.State] {
		return worth[a.State] > worth[b.State]
	}
	return a.DepositedAt.After(b.DepositedAt)
}

// Settle says which of the current deposits of both households stand, as they
// will, and which become older versions of another.
func (in Reunion) Settle(current []Deposit) (stand, outdone []Deposit) {
	type place struct {
		Slot
		season string
	}
	held := map[place]Deposit{}
	for _, d := range current {
		is := in.into(d)
		at := place{Slot{is.Household, is.Pupil, is.Paper}, is.Season}
		if in.Standing[d.Paper] {
			at.season = ""
		}
		other, taken := held[at]
		switch {
		case !taken:
			held[at] = is
		case better(is, other):
			held[at], outdone = is, append(outdone, other)
		default:
			outdone = append(outdone, is)
		}
	}
	for _, d := range held {
		stand = append(stand, d)
	}
	slices.SortFunc(stand, func(a, b Deposit) int { return cmp.Compare(a.ID, b.ID) })
	return stand, outdone
}

// Current returns the deposits of both households, and of the pupils who are
// another in whichever household, that nothing has replaced.
func (in Reunion) Current(ctx context.Context, r db.Reader) ([]Deposit, error) {
	var pupils []string
	for from, to := range in.Becomes {
		pupils = append(pupils, from, to)
	}
	return db.All[Deposit](ctx, r, `select `+depositColumns+` from deposit where replaced_at is null and id in
		(select id from deposit where household_id in ($1, $2) union select id from deposit where pupil_id in (select value from json_each(cast($3 as text))))
		order by deposited_at, id`, in.Kept, in.Lost, db.IDs(pupils))
}

// HeldOf is the current deposit of each slot in the season, of those that stand.
func (in Reunion) HeldOf(stand []Deposit, season string) Held {
	held := Held{}
	for _, d := range stand {
		if d.Season == season || d.State == Validated && in.Standing[d.Paper] {
			held[Slot{d.Household, d.Pupil, d.Paper}] = d
		}
	}
	return held
}

// Reunite gives the deposits of the lost household to the kept one, those of a
// pupil to the one it becomes. Of two of one paper, the one that Settle leaves
// stands, the other is an older version of it.
func Reunite(ctx context.Context, tx *db.Tx, now time.Time, in Reunion) error {
	current, err := in.Current(ctx, tx)
	if err != nil {
		return err
	}
	_, outdone := in.Settle(current)
	var ids []string
	for _, d := range outdone {
		ids = append(ids, d.ID)
	}
	if _, err := tx.Exec(ctx, `update deposit set replaced_at = $1, version = version + $2 where id in (select value from json_each(cast($3 as text)))`,
		now, int64(people.Apart), db.IDs(ids)); err != nil {
		return fmt.Errorf("retire the deposits of household %s: %w", in.Lost, err)
	}
	for from, to := range in.Becomes {
		if _, err := tx.Exec(ctx, `update deposit set pupil_id = $1 where pupil_id = $2`, to, from); err != nil {
			return fmt.Errorf("move the deposits of pupil %s: %w", from, err)
		}
	}
	if _, err := tx.Exec(ctx, `update deposit set household_id = $1 where household_id = $2`, in.Kept, in.Lost); err != nil {
		return fmt.Errorf("move the deposits of household %s: %w", in.Lost, err)
	}
	return nil
}
