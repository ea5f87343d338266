package people

import (
	"context"
	"time"

	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/journal"
	"pupitre/internal/platform/clock"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/french"
)

// SavePupil saves a pupil's « Identité » and its answers for the season, in the
// caller's transaction. It returns fault.ErrNotFound when the pupil is not of
// the actor's household, *fault.Invalid with a message at each field, or
// *fault.Conflict when it has changed since form.Version. The note is that of
// the actor's household, and « non » to the image right, given by another
// household, stands. An adult pupil's responsible takes its name.
func SavePupil(ctx context.Context, tx *db.Tx, now time.Time, a actor.Actor, form PupilForm) error {
	before, household, err := PupilOf(ctx, tx, a, form.PupilID)
	if err != nil {
		return err
	}
	form, err = form.check(now.In(clock.Paris).Format(time.DateOnly))
	if err != nil {
		return err
	}
	if form.Version != before.Version {
		return changedMeanwhile
	}
	was, err := PupilSeasonOf(ctx, tx, form.PupilID, form.SeasonID)
	if err != nil {
		return err
	}
	if err := mayAnswerImage(ctx, tx, a, household, was, form.ImageRight); err != nil {
		return err
	}
	after := before
	after.LastName, after.FirstName, after.BirthDate = form.LastName, form.FirstName, form.BirthDate
	if err := updatePupil(ctx, tx, after); err != nil {
		return err
	}
	is := was
	is.Level, is.Beginner, is.Notes = form.Level, form.Beginner, Notes{household: form.TeacherNote}
	if form.ImageRight != was.ImageRight {
		is.ImageRight, is.ImageAnsweredBy, is.ImageAnsweredAt, is.ImageHousehold = form.ImageRight, a.Name, now, household
	}
	if err := putPupilSeason(ctx, tx, is); err != nil {
		return err
	}
	if err := putNote(ctx, tx, form.PupilID, form.SeasonID, household, form.TeacherNote); err != nil {
		return err
	}
	return journalChange(ctx, tx, now, a, "pupil.changed", journal.Line{Household: household, Pupil: before.ID},
		append(pupilFacts(before), seasonFacts(was, household)...), append(pupilFacts(after), seasonFacts(is, household)...))
}

// mayAnswerImage refuses a family that would turn the « non » of the pupil's
// other household into « oui »: the stricter answer holds.
func mayAnswerImage(ctx context.Context, r db.Reader, a actor.Actor, household string, was PupilSeason, answer string) error {
	if was.ImageRight != No || answer == No || was.ImageHousehold == household || a.IsOffice() {
		return nil
	}
	in, err := HouseholdsOf(ctx, r, was.PupilID)
	if err != nil || len(in) < 2 {
		return err
	}
	f := &form{}
	f.Add(FieldImageRight, "L’autre foyer a répondu «"+french.Nbsp+"non"+french.Nbsp+"»"+french.Nbsp+": appelez le secrétariat.")
	return f.Err()
}

// updatePupil writes the pupil if its version is still p.Version, and renames
// the responsible that is the same adult.
func updatePupil(ctx context.Context, tx *db.Tx, p Pupil) error {
	n, err := tx.Exec(ctx, `update pupil
		set last_name = $1, first_name = $2, birth_date = $3, search = $4, sort_name = $5, version = version + 1
		where id = $6 and version = $7`, p.LastName, p.FirstName, p.BirthDate, p.searched(), sortName(p.LastName, p.FirstName), p.ID, p.Version)
	if err != nil {
		return err
	}
	if n == 0 {
		return changedMeanwhile
	}
	return renameGuardian(ctx, tx, p)
}

func renameGuardian(ctx context.Context, tx *db.Tx, p Pupil) error {
	if p.GuardianID == "" {
		return nil
	}
	g, err := db.One[Guardian](ctx, tx, guardians+`where id = $1`, p.GuardianID)
	if err != nil || g.LastName == p.LastName && g.FirstName == p.FirstName {
		return err
	}
	g.LastName, g.FirstName = p.LastName, p.FirstName
	if err := updateGuardian(ctx, tx, g); err != nil {
		return err
	}
	return bumpHousehold(ctx, tx, g.HouseholdID)
}

// searched is the folded text in which the office finds a pupil.
func (p Pupil) searched() string {
	return french.Fold(p.FirstName + " " + p.LastName + " " + p.FirstName)
}

func putPupilSeason(ctx context.Context, tx *db.Tx, ps PupilSeason) error {
	_, err := tx.Exec(ctx, `insert into pupil_season
		(pupil_id, season_id, level, image_right, image_answered_by, image_answered_at, image_household_id, beginner)
		values ($1, $2, $3, $4, $5, $6, $7, $8)
		on conflict (pupil_id, season_id) do update
		set level = excluded.level, image_right = excluded.image_right, image_answered_by = excluded.image_answered_by,
			image_answered_at = excluded.image_answered_at, image_household_id = excluded.image_household_id, beginner = excluded.beginner`,
		ps.PupilID, ps.SeasonID, ps.Level, ps.ImageRight, ps.ImageAnsweredBy, ps.ImageAnsweredAt, ps.ImageHousehold, ps.Beginner)
	return err
}

// putNote keeps the household's note; "" takes it back.
func putNote(ctx context.Context, tx *db.Tx, pupil, season, household, note string) error {
	if note == "" {
		_, err := tx.Exec(ctx, `delete from pupil_note where pupil_id = $1 and season_id = $2 and household_id = $3`, pupil, season, household)
		return err
	}
	_, err := tx.Exec(ctx, `insert into pupil_note (pupil_id, season_id, household_id, note) values ($1, $2, $3, $4)
		on conflict (pupil_id, season_id, household_id) do update set note = excluded.note`, pupil, season, household, note)
	return err
}
