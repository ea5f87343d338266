package catalogue

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/journal"
	"pupitre/internal/domain/school"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
)

// Replaced is a course before and after.
type Replaced struct{ Was, Is Course }

// Brought is courses of one season that an import writes together, judged by its
// caller. What is changed or removed carries the version that was read.
type Brought struct {
	Made    []Course // each with its id
	Changed []Replaced
	Removed []Course
}

// Rooms lists the rooms that courses are given in, in every season.
func Rooms(ctx context.Context, r db.Reader) ([]string, error) {
	all, err := db.All[string](ctx, r, `select distinct room from course where room <> ''`)
	slices.SortFunc(all, func(x, y string) int { return strings.Compare(french.Fold(x)+x, french.Fold(y)+y) })
	return all, err
}

const (
	intoCourse = `course (id, season_id, code, title, kind, discipline, site_id, weekday, starts, ends, room, teacher,
		without_instrument, no_beginner, age_min, age_max, levels, version, changed_at, changed_by)`
	changeCourse = `update course set title = $1, kind = $2, discipline = $3, site_id = $4, weekday = $5, starts = $6, ends = $7, room = $8, teacher = $9,
		without_instrument = $10, no_beginner = $11, age_min = $12, age_max = $13, levels = $14, version = version + 1, changed_at = $15, changed_by = $16
		where id = $17 and version = $18`
)

// Bring writes all of it in few statements, with its lines in the journal. Their
// places are enrolment's, whose Registrar.BringCourses calls this. It returns
// *fault.Conflict when a course is no longer at its version.
func Bring(ctx context.Context, tx *db.Tx, a actor.Actor, now time.Time, season string, b Brought) error {
	if err := school.Changed(ctx, tx); err != nil {
		return err
	}
	sites, err := db.All[siteRow](ctx, tx, `select id, name, town from site order by position, name`)
	if err != nil {
		return err
	}
	var offer Catalogue
	for _, s := range sites {
		offer.Sites = append(offer.Sites, Site(s))
	}
	var made, changed, removed [][]any
	var lines []journal.Line
	tell := func(course, event, before, after string) {
		lines = append(lines, journal.By(a, now, journal.Line{Event: event, Course: course, Before: before, After: after}))
	}
	for _, c := range b.Made {
		made = append(made, []any{c.ID, season, c.Code, c.Title, string(c.Kind), c.Discipline, c.SiteID, c.Weekday, c.Starts, c.Ends, c.Room, c.Teacher,
			c.WithoutInstrument, c.NoBeginner, c.AgeMin, c.AgeMax, writeList(c.Levels), int64(1), now, a.Name})
		tell(c.ID, "course.made", "", c.Title+", "+offer.SiteName(c.SiteID)+"\u202f: ajouté")
	}
	for _, x := range b.Changed {
		c := x.Is
		changed = append(changed, []any{c.Title, string(c.Kind), c.Discipline, c.SiteID, c.Weekday, c.Starts, c.Ends, c.Room, c.Teacher,
			c.WithoutInstrument, c.NoBeginner, c.AgeMin, c.AgeMax, writeList(c.Levels), now, a.Name, c.ID, c.Version})
		if before, after := journal.Changes(offer.Differences(x.Was, c)...); after != "" {
			tell(c.ID, "course.changed", before, after)
		}
	}
	for _, c := range b.Removed {
		removed = append(removed, []any{c.ID, c.Version})
		tell(c.ID, "course.removed", c.Title+" ("+c.Code+")", c.Title+"\u202f: retiré")
	}
	if _, err := tx.Insert(ctx, intoCourse, "", made); err != nil {
		return fmt.Errorf("bring courses: %w", err)
	}
	if err := each(tx.ExecEach(ctx, changeCourse, changed))(len(changed)); err != nil {
		return err
	}
	if err := each(tx.ExecEach(ctx, `delete from course where id = $1 and version = $2`, removed))(len(removed)); err != nil {
		return err
	}
	return journal.Append(ctx, tx, lines...)
}

// each says that somebody has changed one of the rows meanwhile unless each was touched.
func each(touched int64, err error) func(int) error {
	return func(rows int) error {
		if err == nil && touched != int64(rows) {
			return &fault.Conflict{Message: "Un cours a été modifié entre-temps. Rien n’a été écrit."}
		}
		return err
	}
}

// Named is what an import makes beside its courses: disciplines by name, teachers.
type Named struct {
	Disciplines []Discipline
	Teachers    []Teacher
}

// BringNamed makes them, and returns them with their ids.
func BringNamed(ctx context.Context, tx *db.Tx, a actor.Actor, now time.Time, n Named) (Named, error) {
	n.Disciplines, n.Teachers = slices.Clone(n.Disciplines), slices.Clone(n.Teachers)
	var disciplines, teachers [][]any
	var lines []journal.Line
	signed := school.Edited{Version: 1, ChangedAt: now, ChangedBy: a.Name}
	for i := range n.Disciplines {
		d := &n.Disciplines[i]
		d.ID, d.Edited = db.NewID(), signed
		disciplines = append(disciplines, []any{d.ID, d.Name, d.Version, d.ChangedAt, d.ChangedBy})
		lines = append(lines, journal.By(a, now, journal.Line{Event: "discipline.made", After: "Discipline " + d.Name + "\u202f: ajoutée"}))
	}
	for i := range n.Teachers {
		t := &n.Teachers[i]
		t.ID, t.Edited = db.NewID(), signed
		teachers = append(teachers, []any{t.ID, t.LastName, t.FirstName, t.Email, t.Disciplines, french.Fold(t.LastName + " " + t.FirstName), t.Version, t.ChangedAt, t.ChangedBy})
		lines = append(lines, journal.By(a, now, journal.Line{Event: "teacher.made", After: t.FullName() + "\u202f: ajouté"}))
	}
	if _, err := tx.Insert(ctx, `discipline (id, name, version, changed_at, changed_by)`, "", disciplines); err != nil {
		return n, fmt.Errorf("bring disciplines: %w", err)
	}
	if _, err := tx.Insert(ctx, `teacher (id, last_name, first_name, email, disciplines, search, version, changed_at, changed_by)`, "", teachers); err != nil {
		return n, fmt.Errorf("bring teachers: %w", err)
	}
	if err := journal.Append(ctx, tx, lines...); err != nil {
		return n, err
	}
	return n, school.Changed(ctx, tx)
}

// TakeNamedBack forgets what BringNamed made; its caller has seen that nothing
// else is of it.
func TakeNamedBack(ctx context.Context, tx *db.Tx, a actor.Actor, now time.Time, n Named) error {
	var lines []journal.Line
	var disciplines, teachers []string
	for _, d := range n.Disciplines {
		disciplines = append(disciplines, d.ID)
		lines = append(lines, journal.By(a, now, journal.Line{Event: "discipline.removed", Before: "Discipline " + d.Name, After: "Discipline " + d.Name + "\u202f: retirée"}))
	}
	for _, t := range n.Teachers {
		teachers = append(teachers, t.ID)
		lines = append(lines, journal.By(a, now, journal.Line{Event: "teacher.removed", Before: t.FullName(), After: t.FullName() + "\u202f: retiré"}))
	}
	const these = `in (select value from json_each(cast($1 as text)))`
	if _, err := tx.Exec(ctx, `delete from discipline where id `+these, db.IDs(disciplines)); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `delete from teacher where id `+these, db.IDs(teachers)); err != nil {
		return err
	}
	if err := journal.Append(ctx, tx, lines...); err != nil {
		return err
	}
	return school.Changed(ctx, tx)
}
