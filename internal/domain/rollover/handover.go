package rollover

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/enrolment"
	"pupitre/internal/domain/journal"
	"pupitre/internal/domain/people"
	"pupitre/internal/domain/school"
	"pupitre/internal/platform/clock"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
)

// moved is what the hand-over moved of a pupil.
type moved struct {
	Pupil         string `db:"pupil_id"`
	LevelBefore   string `db:"level_before"`
	LevelAfter    string `db:"level_after"`
	CoursesBefore string `db:"courses_before"`
	CoursesAfter  string `db:"courses_after"`
	Invited       bool   `db:"invited"`
}

// HandOverDue hands the prepared season over when its date has come, for the
// background job. What of the year still waits for someone holds it up: it is
// tried again a minute later, and the office reads why.
func HandOverDue(ctx context.Context, store *db.Store, clk clock.Clock) (bool, error) {
	p, due, err := Due(ctx, store, clk.Now())
	if err != nil || !due {
		return false, err
	}
	if unsettled, err := enrolment.Unsettled(ctx, store, p.From); err != nil || len(unsettled) > 0 {
		return false, err
	}
	err = store.Write(ctx, func(tx *db.Tx) error { return HandOver(ctx, tx, clk.Now(), actor.System, p.Season) })
	return err == nil, err
}

// Due returns the prepared season whose date has come.
func Due(ctx context.Context, r db.Reader, now time.Time) (Prepared, bool, error) {
	p, waiting, err := Waiting(ctx, r)
	if err != nil || !waiting {
		return p, false, err
	}
	s, err := school.SeasonByID(ctx, r, p.Season)
	return p, err == nil && !s.HandsOverAt.IsZero() && !now.Before(s.HandsOverAt), err
}

// HandOver makes the prepared season the one that families register for. The
// levels and courses of the year that ends become those of « cette année ». It
// is refused while something of that year waits for someone.
func HandOver(ctx context.Context, tx *db.Tx, now time.Time, a actor.Actor, season string) error {
	if !a.MaySettle() && a.Role != actor.SystemRole {
		return fault.ErrForbidden
	}
	if err := school.Changed(ctx, tx); err != nil { // the seasons' rows first: the registrar's acts wait
		return err
	}
	p, found, err := Of(ctx, tx, season)
	if err != nil {
		return err
	}
	if !found {
		return fault.ErrNotFound
	}
	if p.HandedOver() {
		return &fault.Conflict{Message: "Cette saison est déjà celle des familles."}
	}
	unsettled, err := enrolment.Unsettled(ctx, tx, p.From)
	if err != nil {
		return err
	}
	from, err := school.SeasonByID(ctx, tx, p.From)
	if err != nil {
		return err
	}
	if len(unsettled) > 0 {
		return &fault.Conflict{Message: "La saison " + from.Name + " n’est pas réglée" + french.Nbsp + ": " + french.List(unsettled) + ". Répondez-leur, ou closez les listes d’attente, avant de passer à la suivante."}
	}
	if !from.IsCurrent {
		return &fault.Conflict{Message: "La saison " + from.Name + " n’est plus celle des familles" + french.Nbsp + ": rechargez la page."}
	}
	return handOver(ctx, tx, now, a, p, from)
}

func handOver(ctx context.Context, tx *db.Tx, now time.Time, a actor.Actor, p Prepared, from school.Season) error {
	pupils, err := enrolment.YearOf(ctx, tx, from.ID)
	if err != nil {
		return err
	}
	ids := make([]string, len(pupils))
	for i, in := range pupils {
		ids[i] = in.Pupil
	}
	before, err := people.CoursesNow(ctx, tx, ids)
	if err != nil {
		return err
	}
	next := make([]people.NewYear, len(pupils))
	kept := make([][]any, len(pupils))
	asked := int64(0)
	for i, in := range pupils {
		invited := !p.OnlyEnrolled || in.Enrolled()
		if invited {
			asked++
		}
		next[i] = people.NewYear{Pupil: in.Pupil, Level: string(levelIn(in)), Courses: in.Courses, NotInvited: !invited}
		kept[i] = []any{p.Season, in.Pupil, in.LevelNow, next[i].Level, db.IDs(sorted(before[in.Pupil])), db.IDs(in.Courses), invited}
	}
	if _, err := tx.Insert(ctx, `roll_over_pupil (season_id, pupil_id, level_before, level_after, courses_before, courses_after, invited)`, "", kept); err != nil {
		return fmt.Errorf("keep what the hand-over moves: %w", err)
	}
	if err := people.BeginYear(ctx, tx, p.Season, next); err != nil {
		return err
	}
	if err := school.MakeCurrent(ctx, tx, p.Season); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `update roll_over set handed_over_at = $1 where season_id = $2`, now, p.Season); err != nil {
		return err
	}
	s, err := school.SeasonByID(ctx, tx, p.Season)
	if err != nil {
		return err
	}
	return tell(ctx, tx, now, a, p.Season, journal.Line{Event: "season.handed_over", Before: "saison " + from.Name,
		After: "Les familles préparent la saison " + s.Name + french.Nbsp + ": " + french.Count(asked, "élève invité", "élèves invités") + ", les niveaux sont montés"})
}

// UndoHandOver makes the season before the families' again, and gives every
// pupil back the level and courses it had. It is refused, naming them, once the
// campaign has opened, a family has begun, or a pupil was changed since.
func UndoHandOver(ctx context.Context, tx *db.Tx, now time.Time, a actor.Actor, season string) error {
	if !a.MaySettle() {
		return fault.ErrForbidden
	}
	if err := school.Changed(ctx, tx); err != nil {
		return err
	}
	p, found, err := Of(ctx, tx, season)
	if err != nil {
		return err
	}
	if !found || !p.HandedOver() {
		return fault.ErrNotFound
	}
	held, err := HoldsUp(ctx, tx, now, p)
	if err != nil {
		return err
	}
	if held != "" {
		return &fault.Conflict{Message: "Le passage ne s’annule plus" + french.Nbsp + ": " + held + "."}
	}
	rows, err := movedIn(ctx, tx, season)
	if err != nil {
		return err
	}
	back := make([]people.NewYear, len(rows))
	for i, m := range rows {
		var courses []string
		if err := json.Unmarshal([]byte(m.CoursesBefore), &courses); err != nil {
			return fmt.Errorf("read the courses of pupil %s: %w", m.Pupil, err)
		}
		back[i] = people.NewYear{Pupil: m.Pupil, Level: m.LevelBefore, Courses: courses}
	}
	if err := people.BeginYear(ctx, tx, season, back); err != nil {
		return err
	}
	if err := people.ForgetSeason(ctx, tx, season); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `delete from roll_over_pupil where season_id = $1`, season); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `update roll_over set handed_over_at = null where season_id = $1`, season); err != nil {
		return err
	}
	// By hand from now on: the date that has come would hand it over again.
	s, err := school.SeasonByID(ctx, tx, season)
	if err != nil {
		return err
	}
	if err := keepDates(ctx, tx, p, s); err != nil {
		return err
	}
	if err := school.MakeCurrent(ctx, tx, p.From); err != nil {
		return err
	}
	from, err := school.SeasonByID(ctx, tx, p.From)
	if err != nil {
		return err
	}
	return tell(ctx, tx, now, a, season, journal.Line{Event: "season.hand_over_undone", Before: "saison " + s.Name, After: "Retour à la saison " + from.Name + french.Nbsp + ": les niveaux et les cours de chaque élève sont ceux d’avant"})
}

// keepDates takes the date of the hand-over away, in the list of copies as well:
// that is no change of anybody's.
func keepDates(ctx context.Context, tx *db.Tx, p Prepared, s school.Season) error {
	var copied []copyOf
	if err := json.Unmarshal([]byte(p.Copied), &copied); err != nil {
		return err
	}
	before, err := standing(ctx, tx, s.ID)
	if err != nil {
		return err
	}
	s.HandsOverAt = time.Time{}
	if err := school.PutSeason(ctx, tx, s); err != nil {
		return err
	}
	after, err := standing(ctx, tx, s.ID)
	if err != nil {
		return err
	}
	if len(copied) > 0 && copied[0].Digest == before[0].Digest {
		copied[0].Digest = after[0].Digest
	}
	list, err := json.Marshal(copied)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `update roll_over set copied = $1 where season_id = $2`, string(list), s.ID)
	return err
}

// HoldsUp says in words why the hand-over is not undone any more; "" when it is.
func HoldsUp(ctx context.Context, r db.Reader, now time.Time, p Prepared) (string, error) {
	s, err := school.SeasonByID(ctx, r, p.Season)
	if err != nil {
		return "", err
	}
	if !s.BeforeOpening(now) {
		return "la campagne est ouverte depuis le " + french.Moment(s.OpensAt), nil
	}
	if !s.IsCurrent {
		return "une autre saison a suivi", nil
	}
	begun, err := enrolment.Begun(ctx, r, p.Season)
	if err != nil {
		return "", err
	}
	if len(begun) > 0 {
		return french.Count(int64(len(begun)), "famille a commencé sa réinscription", "familles ont commencé leur réinscription") + " (" + some(begun) + ")", nil
	}
	changed, err := changedPupils(ctx, r, p.Season)
	if err != nil || len(changed) == 0 {
		return "", err
	}
	return "le niveau ou les cours de " + some(changed) + " ont changé depuis", nil
}

// sorted is the list in an order that no engine decides.
func sorted(codes []string) []string { return slices.Sorted(slices.Values(codes)) }

func movedIn(ctx context.Context, r db.Reader, season string) ([]moved, error) {
	return db.All[moved](ctx, r, `select pupil_id, level_before, level_after, courses_before, courses_after, invited
		from roll_over_pupil where season_id = $1 order by pupil_id`, season)
}

// changedPupils names those whose level, courses or invitation is no longer
// what the hand-over made of it.
func changedPupils(ctx context.Context, r db.Reader, season string) ([]string, error) {
	rows, err := movedIn(ctx, r, season)
	if err != nil {
		return nil, err
	}
	all, err := enrolment.YearOf(ctx, r, season)
	if err != nil {
		return nil, err
	}
	is := map[string]enrolment.InYear{}
	ids := make([]string, len(all))
	for i, p := range all {
		is[p.Pupil], ids[i] = p, p.Pupil
	}
	courses, err := people.CoursesNow(ctx, r, ids)
	if err != nil {
		return nil, err
	}
	answers, err := people.PupilSeasonsOf(ctx, r, ids, season)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, m := range rows {
		p, found := is[m.Pupil]
		if found && (p.LevelNow != m.LevelAfter || db.IDs(sorted(courses[m.Pupil])) != m.CoursesAfter || answers[m.Pupil].NotInvited == m.Invited) {
			names = append(names, p.FirstName+" "+p.LastName)
		}
	}
	slices.Sort(names)
	return names, nil
}

// ForgetPupils forgets what hand-overs moved of pupils that are about to be no more.
func ForgetPupils(ctx context.Context, tx *db.Tx, pupils []string) error {
	_, err := tx.Exec(ctx, `delete from roll_over_pupil where season_id in (select season_id from roll_over) and pupil_id in (select value from json_each(cast($1 as text)))`, db.IDs(pupils))
	return err
}

// Become keeps what hand-overs moved of a pupil as that of the pupil it is; what
// is kept of that one already stays.
func Become(ctx context.Context, tx *db.Tx, from, to string) error {
	if _, err := tx.Exec(ctx, `update roll_over_pupil set pupil_id = $1 where season_id in (select season_id from roll_over) and pupil_id = $2
		and not exists (select 1 from roll_over_pupil o where o.season_id = roll_over_pupil.season_id and o.pupil_id = $1)`, to, from); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `delete from roll_over_pupil where season_id in (select season_id from roll_over) and pupil_id = $1`, from)
	return err
}
