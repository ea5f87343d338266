package people

import (
	"context"
	"time"

	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/journal"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
)

// PutHousehold writes a household and its responsibles as they are given, for
// the import: nothing is judged, confirmed or journaled. One with an unknown
// id is made; a responsible that is not named is left.
func PutHousehold(ctx context.Context, tx *db.Tx, now time.Time, h Household) error {
	if _, err := tx.Exec(ctx, `insert into household
		(id, address, address_extra, postcode, town, billing_mode, mandate_reference, checked_for_season, created_at, version)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 1)
		on conflict (id) do update
		set address = excluded.address, address_extra = excluded.address_extra, postcode = excluded.postcode, town = excluded.town,
			version = household.version + 1`,
		h.ID, h.Address, h.AddressExtra, h.Postcode, h.Town, h.BillingMode, h.MandateReference, h.CheckedForSeason, now); err != nil {
		return err
	}
	for _, g := range h.Guardians {
		if err := putGuardian(ctx, tx, g); err != nil {
			return err
		}
	}
	return nil
}

func putGuardian(ctx context.Context, tx *db.Tx, g Guardian) error {
	n, err := tx.Exec(ctx, `update guardian set email = $1, email_folded = $2, position = $3 where id = $4`, g.Email, french.Fold(g.Email), g.Position, g.ID)
	if err != nil {
		return err
	}
	if n == 0 {
		return insertGuardian(ctx, tx, g)
	}
	if err := updateGuardian(ctx, tx, g); err != nil {
		return err
	}
	return renameAdultPupil(ctx, tx, g)
}

// PutPupil writes a pupil as it is given, for the import, with its households
// and the courses it has this year. One with an unknown id is made; a
// household that is not named is left.
func PutPupil(ctx context.Context, tx *db.Tx, now time.Time, p Pupil, households, coursesNow []string) error {
	if _, err := tx.Exec(ctx, `insert into pupil
		(id, last_name, first_name, birth_date, level_now, guardian_id, created_at, version, search, sort_name)
		values ($1, $2, $3, $4, $5, $6, $7, 1, $8, $9)
		on conflict (id) do update
		set last_name = excluded.last_name, first_name = excluded.first_name, birth_date = excluded.birth_date,
			level_now = excluded.level_now, guardian_id = excluded.guardian_id, search = excluded.search,
			sort_name = excluded.sort_name, version = pupil.version + 1`,
		p.ID, p.LastName, p.FirstName, p.BirthDate, p.LevelNow, orNull(p.GuardianID), now, p.searched(), sortName(p.LastName, p.FirstName)); err != nil {
		return err
	}
	if err := renameGuardian(ctx, tx, p); err != nil {
		return err
	}
	for _, h := range households {
		if _, err := tx.Exec(ctx, `insert into pupil_household (pupil_id, household_id) values ($1, $2) on conflict (pupil_id, household_id) do nothing`, p.ID, h); err != nil {
			return err
		}
	}
	if _, err := tx.Exec(ctx, `delete from pupil_course_now where pupil_id = $1`, p.ID); err != nil {
		return err
	}
	for _, code := range coursesNow {
		if _, err := tx.Exec(ctx, `insert into pupil_course_now (pupil_id, course_code) values ($1, $2)`, p.ID, code); err != nil {
			return err
		}
	}
	return nil
}

// PutBeginner answers « Débutant » for the season, for the import.
func PutBeginner(ctx context.Context, tx *db.Tx, pupil, season, beginner string) error {
	ps, err := PupilSeasonOf(ctx, tx, pupil, season)
	if err != nil {
		return err
	}
	ps.Beginner = beginner
	return putPupilSeason(ctx, tx, ps)
}

func orNull(id string) any {
	if id == "" {
		return nil
	}
	return id
}

// NewYear is what a pupil begins a year with: the level and courses of the year
// that runs, and whether it is asked to re-register for the season.
type NewYear struct {
	Pupil      string
	Level      string
	Courses    []string // codes
	NotInvited bool
}

// BeginYear writes what the pupils begin the year with, in place of what they had.
func BeginYear(ctx context.Context, tx *db.Tx, season string, pupils []NewYear) error {
	var levels, courses, strangers [][]any
	ids := make([]string, len(pupils))
	for i, p := range pupils {
		ids[i] = p.Pupil
		levels = append(levels, []any{p.Level, p.Pupil})
		for _, code := range p.Courses {
			courses = append(courses, []any{p.Pupil, code})
		}
		if p.NotInvited {
			strangers = append(strangers, []any{p.Pupil, season, "", "", "", time.Time{}, "", "", true})
		}
	}
	if _, err := tx.ExecEach(ctx, `update pupil set level_now = $1 where id = $2`, levels); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `delete from pupil_course_now where pupil_id in (select value from json_each(cast($1 as text)))`, db.IDs(ids)); err != nil {
		return err
	}
	if _, err := tx.Insert(ctx, `pupil_course_now (pupil_id, course_code)`, "", courses); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `update pupil_season set not_invited = false where season_id = $1 and not_invited = true`, season); err != nil {
		return err
	}
	_, err := tx.Insert(ctx, `pupil_season (pupil_id, season_id, level, image_right, image_answered_by, image_answered_at, image_household_id, beginner, not_invited)`,
		`on conflict (pupil_id, season_id) do update set not_invited = excluded.not_invited`, strangers)
	return err
}

// ForgetSeason takes away what no family has answered of a season that is given up.
func ForgetSeason(ctx context.Context, tx *db.Tx, season string) error {
	_, err := tx.Exec(ctx, `delete from pupil_season where season_id = $1 and level = '' and image_right = '' and beginner = ''`, season)
	return err
}

// Invite asks a pupil to re-register for the season who was not enrolled the year before.
func Invite(ctx context.Context, tx *db.Tx, now time.Time, a actor.Actor, pupil, season string) error {
	if !a.IsOffice() {
		return fault.ErrForbidden
	}
	n, err := tx.Exec(ctx, `update pupil_season set not_invited = false where pupil_id = $1 and season_id = $2 and not_invited = true`, pupil, season)
	if err != nil || n == 0 {
		return err
	}
	_, household, err := PupilOf(ctx, tx, a, pupil)
	if err != nil {
		return err
	}
	return journal.Append(ctx, tx, journal.By(a, now, journal.Line{Event: "pupil.invited", Household: household, Pupil: pupil, Before: "n’est pas invité à se réinscrire", After: "invité à se réinscrire"}))
}
