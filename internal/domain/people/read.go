package people

import (
	"context"
	"fmt"

	"pupitre/internal/domain/actor"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
)

const households = `select id, address, address_extra, postcode, town, billing_mode, mandate_reference, checked_for_season, candidate, version from household `

const guardians = `select id, household_id, civility, last_name, first_name, email, pending_email, pending_until, mobile, phone, position from guardian `

const pupils = `select p.id, p.last_name, p.first_name, p.birth_date, p.level_now, p.guardian_id, p.new_in, p.apart, p.version from pupil p `

// HouseholdByID returns a household with its responsibles and means of
// payment, or fault.ErrNotFound when it is not the actor's to see.
func HouseholdByID(ctx context.Context, r db.Reader, a actor.Actor, id string) (Household, error) {
	if !a.Sees(id) {
		return Household{}, fmt.Errorf("household %s: %w", id, fault.ErrNotFound)
	}
	found, err := HouseholdsByID(ctx, r, a, []string{id})
	if err != nil {
		return Household{}, err
	}
	h, ok := found[id]
	if !ok {
		return Household{}, fmt.Errorf("household %s: %w", id, fault.ErrNotFound)
	}
	return h, nil
}

// HouseholdsByID returns those of the households that the actor sees, by id.
func HouseholdsByID(ctx context.Context, r db.Reader, a actor.Actor, ids []string) (map[string]Household, error) {
	var seen []string
	for _, id := range ids {
		if a.Sees(id) {
			seen = append(seen, id)
		}
	}
	list := db.IDs(seen)
	rows, err := db.All[Household](ctx, r, households+`where id in (select value from json_each(cast($1 as text)))`, list)
	if err != nil {
		return nil, err
	}
	all, err := db.All[Guardian](ctx, r, guardians+`where household_id in (select value from json_each(cast($1 as text))) order by position, id`, list)
	if err != nil {
		return nil, err
	}
	means, err := db.All[householdMean](ctx, r, `select m.household_id, m.mean from household_payment_mean m
		join payment_mean p on p.code = m.mean
		where m.household_id in (select value from json_each(cast($1 as text)))
		order by p.position, p.code`, list)
	if err != nil {
		return nil, err
	}
	found := make(map[string]Household, len(rows))
	for _, h := range rows {
		found[h.ID] = h
	}
	for _, g := range all {
		h := found[g.HouseholdID]
		h.Guardians = append(h.Guardians, g)
		found[g.HouseholdID] = h
	}
	for _, m := range means {
		h := found[m.Household]
		h.Means = append(h.Means, m.Mean)
		found[m.Household] = h
	}
	return found, nil
}

type householdMean struct {
	Household string `db:"household_id"`
	Mean      string `db:"mean"`
}

// PupilsOf returns a household's pupils, the eldest first; its caller has
// checked that the household may be seen.
func PupilsOf(ctx context.Context, r db.Reader, household string) ([]Pupil, error) {
	return db.All[Pupil](ctx, r, pupils+`join pupil_household ph on ph.pupil_id = p.id
		where ph.household_id = $1
		order by case when p.guardian_id is null then 1 else 0 end, p.birth_date, p.first_name, p.id`, household)
}

// PupilOf returns a pupil and the household through which the actor sees it
// (for the office, the one that comes first), or fault.ErrNotFound.
func PupilOf(ctx context.Context, r db.Reader, a actor.Actor, id string) (Pupil, string, error) {
	in, err := HouseholdsOf(ctx, r, id)
	if err != nil {
		return Pupil{}, "", err
	}
	for _, household := range in {
		if a.Sees(household) {
			p, err := db.One[Pupil](ctx, r, pupils+`where p.id = $1`, id)
			return p, household, err
		}
	}
	return Pupil{}, "", fmt.Errorf("pupil %s: %w", id, fault.ErrNotFound)
}

// PupilsByID returns the pupils by id, for rooms that have checked the actor.
func PupilsByID(ctx context.Context, r db.Reader, ids []string) (map[string]Pupil, error) {
	rows, err := db.All[Pupil](ctx, r, pupils+`where p.id in (select value from json_each(cast($1 as text)))`, db.IDs(ids))
	if err != nil {
		return nil, err
	}
	found := make(map[string]Pupil, len(rows))
	for _, p := range rows {
		found[p.ID] = p
	}
	return found, nil
}

// HouseholdsOf returns the ids of the pupil's households, the oldest first.
func HouseholdsOf(ctx context.Context, r db.Reader, pupil string) ([]string, error) {
	return db.All[string](ctx, r, `select ph.household_id from pupil_household ph
		join household h on h.id = ph.household_id
		where ph.pupil_id = $1 order by h.created_at, h.id`, pupil)
}

const pupilSeasons = `select pupil_id, season_id, level, image_right, image_answered_by, image_answered_at, image_household_id, beginner, not_invited from pupil_season `

// PupilSeasonOf returns the pupil's answers for the season, with what each of
// its households signals to the teachers; unanswered, they are empty.
func PupilSeasonOf(ctx context.Context, r db.Reader, pupil, season string) (PupilSeason, error) {
	all, err := AnswersOf(ctx, r, []string{pupil}, season)
	return all[pupil], err
}

// AnswersOf is PupilSeasonOf for several pupils, by pupil.
func AnswersOf(ctx context.Context, r db.Reader, pupils []string, season string) (map[string]PupilSeason, error) {
	all, err := PupilSeasonsOf(ctx, r, pupils, season)
	if err != nil {
		return nil, err
	}
	for _, id := range pupils {
		ps := all[id]
		ps.PupilID, ps.SeasonID, ps.Notes = id, season, Notes{}
		all[id] = ps
	}
	type row struct {
		Pupil     string `db:"pupil_id"`
		Household string `db:"household_id"`
		Note      string `db:"note"`
	}
	notes, err := db.All[row](ctx, r, `select pupil_id, household_id, note from pupil_note
		where season_id = $1 and pupil_id in (select value from json_each(cast($2 as text)))`, season, db.IDs(pupils))
	for _, n := range notes {
		all[n.Pupil].Notes[n.Household] = n.Note
	}
	return all, err
}

// PupilSeasonsOf returns the answers of these pupils for the season, by pupil; unanswered ones are absent.
func PupilSeasonsOf(ctx context.Context, r db.Reader, pupils []string, season string) (map[string]PupilSeason, error) {
	rows, err := db.All[PupilSeason](ctx, r, pupilSeasons+`where season_id = $1 and pupil_id in (select value from json_each(cast($2 as text)))`, season, db.IDs(pupils))
	if err != nil {
		return nil, err
	}
	found := make(map[string]PupilSeason, len(rows))
	for _, ps := range rows {
		found[ps.PupilID] = ps
	}
	return found, nil
}

// CoursesNow returns the codes of this year's courses, by pupil.
func CoursesNow(ctx context.Context, r db.Reader, pupils []string) (map[string][]string, error) {
	type now struct {
		Pupil string `db:"pupil_id"`
		Code  string `db:"course_code"`
	}
	rows, err := db.All[now](ctx, r, `select pupil_id, course_code from pupil_course_now
		where pupil_id in (select value from json_each(cast($1 as text)))
		order by pupil_id, course_code`, db.IDs(pupils))
	found := map[string][]string{}
	for _, row := range rows {
		found[row.Pupil] = append(found[row.Pupil], row.Code)
	}
	return found, err
}
