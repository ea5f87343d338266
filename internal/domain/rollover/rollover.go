// Package rollover leads the school from one season to the next. Preparing
// makes the coming season beside the current one, with copies of what is
// taught and asked; at the hand-over it becomes the season that families
// register for, and the levels and courses of the year that runs move up. Both
// steps keep the list of what they wrote, and are undone while none of it has
// changed and the campaign has not opened.
package rollover

import (
	"context"
	"errors"
	"time"

	"pupitre/internal/domain/school"
	"pupitre/internal/platform/clock"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
)

// Plan is what the office asks for.
type Plan struct {
	Season       school.Season // days and campaign; its name is that of its years
	Courses      bool          // copy the courses
	Programmes   bool          // copy the formulas
	OnlyEnrolled bool          // who was not enrolled is not asked to re-register
}

// PreparingDays is how long before the opening families prepare when no date is set.
const PreparingDays = 14

// Complete fills in the name and the dates that follow from the others.
func (p Plan) Complete() Plan {
	p.Season.Name = NameOf(p.Season.StartsOn, p.Season.EndsOn)
	if p.Season.HandsOverAt.IsZero() && !p.Season.OpensAt.IsZero() {
		p.Season.HandsOverAt = p.Season.OpensAt.In(clock.Paris).AddDate(0, 0, -PreparingDays).UTC()
	}
	p.Season = p.Season.Settled()
	return p
}

// NameOf names a season by its years: « 2028-2029 ».
func NameOf(starts, ends string) string {
	if len(starts) < 4 {
		return ""
	}
	if len(ends) < 4 || ends[:4] == starts[:4] {
		return starts[:4]
	}
	return starts[:4] + "-" + ends[:4]
}

// Propose is the plan that a year later gives: the same days of the week, the
// opening and the closing left to be said.
func Propose(from school.Season) Plan {
	return Plan{Courses: true, Programmes: true, OnlyEnrolled: true, Season: school.Season{
		StartsOn: yearLater(from.StartsOn), EndsOn: yearLater(from.EndsOn),
		NewcomersOpenAt: momentLater(from.NewcomersOpenAt), ListsEndAt: momentLater(from.ListsEndAt),
	}}
}

const year = 52 * 7 // days

func yearLater(day string) string {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return ""
	}
	return t.AddDate(0, 0, year).Format(time.DateOnly)
}

func momentLater(t time.Time) time.Time {
	if t.IsZero() {
		return t
	}
	return t.In(clock.Paris).AddDate(0, 0, year).UTC()
}

// Prepared is a season that was prepared, and how far it has come.
type Prepared struct {
	Season       string    `db:"season_id"`
	From         string    `db:"from_season_id"`
	PreparedAt   time.Time `db:"prepared_at"`
	PreparedBy   string    `db:"prepared_by"`
	OnlyEnrolled bool      `db:"only_enrolled"`
	Copied       string    `db:"copied"`
	HandedOverAt time.Time `db:"handed_over_at"` // zero before
}

// HandedOver tells whether the season is the one that families register for.
func (p Prepared) HandedOver() bool { return !p.HandedOverAt.IsZero() }

const prepared = `select season_id, from_season_id, prepared_at, prepared_by, only_enrolled, copied, handed_over_at from roll_over `

// Of returns how the season was prepared; false when it was not.
func Of(ctx context.Context, r db.Reader, season string) (Prepared, bool, error) {
	return db.Maybe[Prepared](ctx, r, prepared+`where season_id = $1`, season)
}

// Waiting returns the season that is prepared and not handed over yet.
func Waiting(ctx context.Context, r db.Reader) (Prepared, bool, error) {
	return db.Maybe[Prepared](ctx, r, prepared+`where handed_over_at is null order by prepared_at limit 1`)
}

// current is the season that families register for; a school without any has nothing to go on from.
func current(ctx context.Context, r db.Reader) (school.Season, error) {
	s, err := school.CurrentSeason(ctx, r)
	if errors.Is(err, fault.ErrNotFound) {
		return s, fault.Refuse("L’école n’a pas encore de saison : créez la première dans « Campagne ».")
	}
	return s, err
}
