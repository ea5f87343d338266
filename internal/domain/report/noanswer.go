package report

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/enrolment"
	"pupitre/internal/domain/people"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/french"
)

// Silent is a pupil of whom nothing was heard for the season (R20b): neither a
// dossier sent nor « Ne se réinscrit pas ».
type Silent struct {
	PupilID   string          `db:"pupil_id"`
	FirstName string          `db:"first_name"`
	LastName  string          `db:"last_name"`
	Household string          `db:"household_id"`
	Login     string          `db:"login"`
	SignedIn  bool            `db:"signed_in"` // the family has asked for a password at least once
	State     enrolment.State `db:"state"`     // "" or Draft
	Sent      bool            `db:"sent"`      // the household has sent another pupil's dossier
	Contacts  people.Household
}

// Pupil is the pupil's full name.
func (s Silent) Pupil() string { return strings.TrimSpace(s.FirstName + " " + s.LastName) }

// sorted is the name as a French list sorts it, without accents.
func (s Silent) sorted() string { return french.Fold(s.LastName) + "\x00" + french.Fold(s.FirstName) }

const silent = ` from pupil p
	join pupil_household ph on ph.pupil_id = p.id
	left join account a on a.household_id = ph.household_id
	left join dossier d on d.pupil_id = p.id and d.season_id = $1
	where p.new_in <> $1 and (d.id is null or d.state = 'draft')
		and not exists (select 1 from pupil_season i where i.pupil_id = p.id and i.season_id = $1 and i.not_invited = true)`

// NoAnswerCount is how many pupils have not answered.
func NoAnswerCount(ctx context.Context, r db.Reader, season string) (int64, error) {
	return scope{}.noAnswerCount(ctx, r, season)
}

func (s scope) noAnswerCount(ctx context.Context, r db.Reader, season string) (int64, error) {
	return db.One[int64](ctx, r, `select count(distinct p.id)`+silent+s.andPupil("p.id", 2), s.args(season)...)
}

// NoAnswer lists them by name, a line for each of a pupil's households, with
// what is needed to reach it; limit 0 lists all.
func NoAnswer(ctx context.Context, r db.Reader, a actor.Actor, season string, limit, offset int64) ([]Silent, error) {
	s, err := scopeOf(a)
	if err != nil {
		return nil, err
	}
	if limit == 0 {
		limit = 1 << 40
	}
	rows, err := db.All[Silent](ctx, r, `select p.id as pupil_id, p.first_name, p.last_name, ph.household_id, coalesce(a.login, '') as login,
			coalesce(a.password_hash, '') <> '' as signed_in, coalesce(d.state, '') as state,
			exists (select 1 from dossier o where o.household_id = ph.household_id and o.season_id = $1 and o.sent_at is not null) as sent`+silent+s.andPupil("p.id", 2)+`
		order by p.id, ph.household_id`, s.args(season)...)
	if err != nil {
		return nil, fmt.Errorf("list those without answer: %w", err)
	}
	slices.SortStableFunc(rows, func(a, b Silent) int { return cmp.Compare(a.sorted(), b.sorted()) })
	rows = rows[min(offset, int64(len(rows))):]
	rows = rows[:min(limit, int64(len(rows)))]
	ids := make([]string, len(rows))
	for i, row := range rows {
		ids[i] = row.Household
	}
	households, err := people.HouseholdsByID(ctx, r, a, ids)
	for i := range rows {
		rows[i].Contacts = households[rows[i].Household]
	}
	return rows, err
}
