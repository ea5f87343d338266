package importing

import (
	"context"
	"errors"
	"slices"
	"time"

	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/catalogue"
	"pupitre/internal/domain/enrolment"
	"pupitre/internal/domain/school"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
)

// Seasons are those that courses may be brought to: the current one, then the
// one in preparation.
func Seasons(ctx context.Context, r db.Reader) ([]school.Season, error) {
	now, err := school.CurrentSeason(ctx, r)
	if errors.Is(err, fault.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	all := []school.Season{now}
	next, found, err := school.NextSeason(ctx, r)
	if found {
		all = append(all, next)
	}
	return all, err
}

// mayReceive refuses a season that takes no courses.
func mayReceive(ctx context.Context, r db.Reader, season string) error {
	all, err := Seasons(ctx, r)
	switch {
	case err != nil:
		return err
	case len(all) == 0:
		return fault.Refuse("Aucune saison n’est ouverte. Ouvrez d’abord une saison\u202f: les cours sont ceux d’une saison.")
	case !slices.ContainsFunc(all, func(s school.Season) bool { return s.ID == season }):
		return fault.Refuse("Choisissez la saison de ces cours\u202f: celle des familles, ou celle qui se prépare.")
	}
	return nil
}

// judgedCourses is what a file of courses would do on what r shows.
func judgedCourses(ctx context.Context, r db.Reader, i Import) (coursePlan, error) {
	if err := mayReceive(ctx, r, i.Season); err != nil {
		return coursePlan{}, err
	}
	rows, err := rowsBelow(ctx, r, i)
	if err != nil {
		return coursePlan{}, err
	}
	h, err := readCourses(ctx, r, i.Season)
	if err != nil {
		return coursePlan{}, err
	}
	p := judgeCourses(i.Columns(), i.Matching(), i.Answers(), rows, h)
	p.Counts.Leaving, err = leaving(ctx, r, h, p.changed)
	return p, err
}

// leaving counts the dossiers sent that keep the rules now, and would not any
// more with the courses changed so.
func leaving(ctx context.Context, r db.Reader, h *heldCourses, changed []*course) (int64, error) {
	next := h.offer
	next.Courses = slices.Clone(next.Courses)
	at := map[string]int{}
	for i, c := range next.Courses {
		at[c.ID] = i
	}
	var ids []string
	for _, c := range changed {
		if !c.before.SameRules(c.now) {
			next.Courses[at[c.now.ID]] = c.now
			ids = append(ids, c.now.ID)
		}
	}
	if len(ids) == 0 || !h.season.IsCurrent {
		return 0, nil
	}
	e, err := enrolment.EffectOnCourses(ctx, r, h.season, h.offer, next, ids)
	return e.Leave, err
}

// errNotUnderWay says that an import was done already, or given up: the job was run again.
var errNotUnderWay = &fault.Conflict{Message: "Cet import n’est pas en cours."}

// runCourses does the import of courses, in one act of the registrar.
func (im *Imports) runCourses(ctx context.Context, args asked) error {
	var i Import
	var p coursePlan
	var made things
	err := im.registrar.BringCourses(ctx, args.By, func(ctx context.Context, tx *db.Tx, at time.Time) (batch enrolment.CourseBatch, err error) {
		if i, err = ByID(ctx, tx, actor.System, args.Import); err != nil {
			return batch, err
		}
		if i.State != Running {
			return batch, errNotUnderWay
		}
		if p, err = judgedCourses(ctx, tx, i); err != nil {
			return batch, err
		}
		if p.digest() != i.Digest {
			return batch, errMoved
		}
		if made, err = bringNamed(ctx, tx, args.By, at, p); err != nil {
			return batch, err
		}
		return p.batch(i.Season, made), nil
	}, func(ctx context.Context, tx *db.Tx, at time.Time, stands map[string]enrolment.BroughtPlaces) error {
		list, err := p.written(ctx, tx, i.Season, made, stands)
		if err != nil {
			return err
		}
		if err := putPages(ctx, tx, i.ID, partWritten, list, writtenOfAPage); err != nil {
			return err
		}
		return done(ctx, tx, args.By, at, i)
	})
	if err == errNotUnderWay {
		return nil
	}
	return err
}

// things are what the import makes beside its courses.
type things struct {
	catalogue.Named
	sites []school.Site
	ids   map[string]string // what stands for a site that is made → its id
}

func bringNamed(ctx context.Context, tx *db.Tx, a actor.Actor, now time.Time, p coursePlan) (things, error) {
	n := things{ids: map[string]string{}}
	for _, name := range p.sites {
		site, err := school.BringSite(ctx, tx, a, now, name)
		if err != nil {
			return n, err
		}
		n.sites = append(n.sites, site)
		n.ids[newSite+name] = site.ID
	}
	for _, name := range p.disciplines {
		n.Disciplines = append(n.Disciplines, catalogue.Discipline{Name: name})
	}
	for _, name := range p.teachers {
		last, first := splitTeacher(name)
		n.Teachers = append(n.Teachers, catalogue.Teacher{LastName: last, FirstName: first})
	}
	var err error
	n.Named, err = catalogue.BringNamed(ctx, tx, a, now, n.Named)
	return n, err
}

func (p coursePlan) batch(season string, made things) enrolment.CourseBatch {
	b := enrolment.CourseBatch{Season: season}
	for _, c := range p.made {
		b.Made = append(b.Made, c.form(made.ids))
	}
	for _, c := range p.changed {
		b.Changed = append(b.Changed, c.form(made.ids))
	}
	return b
}

// written reads back what was written, as it stands now.
func (p coursePlan) written(ctx context.Context, tx *db.Tx, season string, made things, stands map[string]enrolment.BroughtPlaces) ([]written, error) {
	offer, err := catalogue.Of(ctx, tx, season)
	if err != nil {
		return nil, err
	}
	now := byCourse(offer)
	var list []written
	for i := range made.sites {
		list = append(list, written{Makes: true, Site: &made.sites[i]})
	}
	for i := range made.Disciplines {
		list = append(list, written{Makes: true, Discipline: &made.Disciplines[i]})
	}
	for i := range made.Teachers {
		list = append(list, written{Makes: true, Teacher: &made.Teachers[i]})
	}
	for _, c := range append(slices.Clone(p.made), p.changed...) {
		is := now[c.now.ID]
		w := written{Makes: !c.known, Course: &is, Stands: map[int64]enrolment.BroughtPlaces{}}
		for s := range c.places {
			w.Stands[s] = stands[enrolment.OfferingID(is.ID, s)]
		}
		if c.known {
			before := c.before
			w.CourseBefore, w.PlacesBefore = &before, c.was
		}
		list = append(list, w)
	}
	return list, nil
}

func byCourse(offer catalogue.Catalogue) map[string]catalogue.Course {
	all := map[string]catalogue.Course{}
	for _, c := range offer.Courses {
		all[c.ID] = c
	}
	return all
}
