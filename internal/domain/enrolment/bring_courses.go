package enrolment

import (
	"context"
	"slices"
	"time"

	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/catalogue"
	"pupitre/internal/domain/school"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
)

// CourseBatch is courses of one season, the current one or one in preparation,
// that an import or its undo writes together. Each form has all its semesters,
// with the places that were read of those that stand.
type CourseBatch struct {
	Season  string
	Made    []CourseForm // each with its id
	Changed []CourseForm
	Removed []catalogue.Course // that nobody has chosen
}

// BroughtPlaces is how an offering stands once the batch is written.
type BroughtPlaces struct{ Capacity, Taken, Waiting int64 }

// BringCourses writes courses and their places in one act, whole or not at all:
// plan says what, within it, on what stands then; done is told how the offerings
// of the batch then stand, by id. Places gained are offered to those who wait,
// and the dossiers that chose a course whose rules change are judged anew; no
// rank moves. Office only; *fault.Conflict when something is no longer as plan
// has read it, and whatever plan and done return.
func (r *Registrar) BringCourses(ctx context.Context, a actor.Actor, plan func(ctx context.Context, tx *db.Tx, at time.Time) (CourseBatch, error),
	done func(ctx context.Context, tx *db.Tx, at time.Time, stands map[string]BroughtPlaces) error) error {
	return r.submit(ctx, a, func(u *unit) error {
		if !a.IsOffice() {
			return fault.ErrForbidden
		}
		if len(u.dirtyOffers)+len(u.dirtyRequests)+len(u.newRequests) > 0 {
			return errMoved // plan reads what another act of the batch has still to write: alone, then
		}
		var batch CourseBatch
		if err := u.apart(func(ctx context.Context, tx *db.Tx) (err error) { batch, err = plan(ctx, tx, u.at); return err }); err != nil {
			return err
		}
		u.written++
		stands, err := u.bringCourses(batch)
		if err != nil {
			return err
		}
		return done(u.ctx, u.tx, u.at, stands)
	})
}

func (u *unit) bringCourses(batch CourseBatch) (map[string]BroughtPlaces, error) {
	offer, err := catalogue.Of(u.ctx, u.tx, batch.Season)
	if err != nil {
		return nil, err
	}
	held := map[string]catalogue.Course{}
	for _, c := range offer.Courses {
		held[c.ID] = c
	}
	brought := catalogue.Brought{Removed: batch.Removed}
	var rules []string // courses that are judged otherwise than before
	for _, in := range batch.Made {
		brought.Made = append(brought.Made, in.Course)
	}
	for _, in := range batch.Changed {
		was := held[in.ID]
		brought.Changed = append(brought.Changed, catalogue.Replaced{Was: was, Is: in.Course})
		if !was.SameRules(in.asCourse()) {
			rules = append(rules, in.ID)
		}
	}
	if err := u.dropSemesters(batch, held); err != nil {
		return nil, err
	}
	if err := catalogue.Bring(u.ctx, u.tx, u.actor, u.at, batch.Season, brought); err != nil {
		return nil, err
	}
	if err := u.addSemesters(batch, held); err != nil {
		return nil, err
	}
	u.catalogue = nil
	if batch.Season != u.season.ID {
		return u.putCapacities(batch, held)
	}
	stands, err := u.setCapacities(batch, held)
	if err != nil {
		return nil, err
	}
	return stands, u.judgeChoosersOf(rules)
}

// dropSemesters takes away the offerings of what is removed or no longer given so.
func (u *unit) dropSemesters(batch CourseBatch, held map[string]catalogue.Course) error {
	var gone []string
	for _, c := range batch.Removed {
		for _, s := range held[c.ID].Semesters {
			gone = append(gone, OfferingID(c.ID, s))
		}
	}
	for _, in := range batch.Changed {
		for _, s := range held[in.ID].Semesters {
			if !in.offers(s) {
				gone = append(gone, OfferingID(in.ID, s))
			}
		}
	}
	for _, id := range gone {
		delete(u.board.Offerings, id)
	}
	_, err := u.tx.Exec(u.ctx, `delete from offering where id in (select value from json_each(cast($1 as text)))`, db.IDs(gone))
	return err
}

// addSemesters makes the offerings that the courses do not have yet.
func (u *unit) addSemesters(batch CourseBatch, held map[string]catalogue.Course) error {
	var rows [][]any
	for _, in := range slices.Concat(batch.Made, batch.Changed) {
		for _, p := range in.Places {
			if !slices.Contains(held[in.ID].Semesters, p.Semester) {
				rows = append(rows, []any{OfferingID(in.ID, p.Semester), in.ID, batch.Season, p.Semester, p.Capacity, int64(0)})
			}
		}
	}
	if _, err := u.tx.Insert(u.ctx, `offering (id, course_id, season_id, semester, capacity, taken)`, "", rows); err != nil {
		return err
	}
	return school.Changed(u.ctx, u.tx)
}

var errPlacesMoved = &fault.Conflict{Message: "Les places d’un cours ont changé entre-temps. Rien n’a été écrit\u202f: relancez l’essai."}

// setCapacities gives the offerings that stand their new places, by the rules.
func (u *unit) setCapacities(batch CourseBatch, held map[string]catalogue.Course) (map[string]BroughtPlaces, error) {
	stands := map[string]BroughtPlaces{}
	var before []string
	each := func(do func(id string, p SemesterPlaces) error) error {
		for _, in := range batch.Changed {
			for _, p := range in.Places {
				if !slices.Contains(held[in.ID].Semesters, p.Semester) {
					continue
				}
				if err := do(OfferingID(in.ID, p.Semester), p); err != nil {
					return err
				}
			}
		}
		return nil
	}
	if err := each(func(id string, _ SemesterPlaces) error { before = append(before, id); return nil }); err != nil {
		return nil, err
	}
	if err := u.bring(before...); err != nil {
		return nil, err
	}
	if err := each(func(id string, p SemesterPlaces) error {
		if now, err := u.mayHave(id, p.Capacity); err != nil || now != p.Read {
			return errPlacesMoved
		}
		return u.setCapacity(id, p.Capacity, "import")
	}); err != nil {
		return nil, err
	}
	for _, in := range slices.Concat(batch.Made, batch.Changed) {
		for _, p := range in.Places {
			stand := BroughtPlaces{Capacity: p.Capacity}
			if o := u.board.Offerings[OfferingID(in.ID, p.Semester)]; o != nil {
				stand = BroughtPlaces{o.Capacity, o.Taken, int64(len(o.Queue))}
			}
			stands[OfferingID(in.ID, p.Semester)] = stand
		}
	}
	return stands, nil
}

// putCapacities is setCapacities of a season in preparation, of which nobody has
// asked for a place.
func (u *unit) putCapacities(batch CourseBatch, held map[string]catalogue.Course) (map[string]BroughtPlaces, error) {
	stands := map[string]BroughtPlaces{}
	var rows [][]any
	for _, in := range slices.Concat(batch.Made, batch.Changed) {
		for _, p := range in.Places {
			id := OfferingID(in.ID, p.Semester)
			stands[id] = BroughtPlaces{Capacity: p.Capacity}
			if slices.Contains(held[in.ID].Semesters, p.Semester) {
				rows = append(rows, []any{p.Capacity, id, p.Read})
			}
		}
	}
	n, err := u.tx.ExecEach(u.ctx, `update offering set capacity = $1 where id = $2 and capacity = $3 and taken = 0
		and not exists (select 1 from request q where q.offering_id = offering.id)`, rows)
	if err == nil && n != int64(len(rows)) {
		err = errPlacesMoved
	}
	return stands, err
}

// judgeChoosersOf judges the dossiers that chose one of the courses anew, at the
// end of the unit.
func (u *unit) judgeChoosersOf(courses []string) error {
	ids, err := choosing(u.ctx, u.tx, u.season.ID, courses)
	if err != nil || len(ids) == 0 {
		return err
	}
	return u.judgeChoosers(`id in (select value from json_each(cast($1 as text)))`, db.IDs(ids))
}

// choosing lists the dossiers of the season that chose one of the courses: one
// reading of the season's choices, whatever the number of courses.
func choosing(ctx context.Context, r db.Reader, season string, courses []string) ([]string, error) {
	if len(courses) == 0 {
		return nil, nil
	}
	type chosen struct {
		ID     string `db:"id"`
		Choice Choice `db:"choice"`
	}
	all, err := db.All[chosen](ctx, r, `select id, choice from dossier where season_id = $1 and choice <> '[]' order by id`, season)
	of := map[string]bool{}
	for _, id := range courses {
		of[id] = true
	}
	var ids []string
	for _, d := range all {
		if slices.ContainsFunc(d.Choice, func(w catalogue.Wish) bool { return of[w.Course] }) {
			ids = append(ids, d.ID)
		}
	}
	return ids, err
}

// EffectOnCourses is EffectOnCourse for all these courses together.
func EffectOnCourses(ctx context.Context, r db.Reader, season school.Season, now, next catalogue.Catalogue, courses []string) (Effect, error) {
	ids, err := choosing(ctx, r, season.ID, courses)
	if err != nil || len(ids) == 0 {
		return Effect{}, err
	}
	return effect(ctx, r, season, now, next, `id in (select value from json_each(cast($2 as text)))`, db.IDs(ids))
}

// EverAsked lists the offerings of the season that somebody has asked for, even
// if nothing stands of it.
func EverAsked(ctx context.Context, r db.Reader, season string) (map[string]bool, error) {
	ids, err := db.All[string](ctx, r, `select o.id from offering o where o.season_id = $1 and exists (select 1 from request q where q.offering_id = o.id)`, season)
	all := map[string]bool{}
	for _, id := range ids {
		all[id] = true
	}
	return all, err
}

// ChosenAmong lists those of the courses that a dossier names, in its choice or by
// a request.
func ChosenAmong(ctx context.Context, r db.Reader, season string, courses []string) (map[string]bool, error) {
	all := map[string]bool{}
	asked, err := db.All[string](ctx, r, `select distinct o.course_id from offering o join request q on q.offering_id = o.id
		where o.course_id in (select value from json_each(cast($1 as text)))`, db.IDs(courses))
	if err != nil {
		return nil, err
	}
	for _, id := range asked {
		all[id] = true
	}
	chosen, err := db.All[struct {
		Choice Choice `db:"choice"`
	}](ctx, r, `select choice from dossier where season_id = $1 and choice <> '[]'`, season)
	of := map[string]bool{}
	for _, id := range courses {
		of[id] = true
	}
	for _, d := range chosen {
		for _, w := range d.Choice {
			if of[w.Course] {
				all[w.Course] = true
			}
		}
	}
	return all, err
}
