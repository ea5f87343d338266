package enrolment

import (
	"context"
	"fmt"
	"time"

	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/catalogue"
	"pupitre/internal/domain/journal"
	"pupitre/internal/domain/people"
	"pupitre/internal/domain/school"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
)

// Choosers counts the dossiers of the season that chose a thing of the catalogue.
type Choosers struct {
	Drafts int64 `db:"drafts"`
	Sent   int64 `db:"sent"`
	Ended  int64 `db:"ended"` // withdrawn, refused, lapsed…: they keep their history
}

// Any tells whether something would be orphaned.
func (c Choosers) Any() bool { return c.Drafts+c.Sent+c.Ended > 0 }

// Words counts them: « 3 dossiers envoyés et 1 brouillon ».
func (c Choosers) Words() string {
	var parts []string
	for _, p := range []struct {
		n         int64
		one, many string
	}{{c.Sent, "dossier envoyé", "dossiers envoyés"}, {c.Drafts, "brouillon", "brouillons"}, {c.Ended, "dossier terminé", "dossiers terminés"}} {
		if p.n > 0 {
			parts = append(parts, french.Count(p.n, p.one, p.many))
		}
	}
	return french.List(parts)
}

const choosers = `select count(*) filter (where state = 'draft') as drafts,
		count(*) filter (where state in ('received', 'complete', 'paper_refused', 'waiting', 'enrolled')) as sent,
		count(*) filter (where state in ('withdrawn', 'refused', 'lapsed', 'not_returning')) as ended
	from dossier d where `

// ChoosersOfCourse counts the dossiers that chose the course, or ever asked for it.
func ChoosersOfCourse(ctx context.Context, r db.Reader, course string) (Choosers, error) {
	return db.One[Choosers](ctx, r, choosers+`d.id in (select id from dossier where choice like $1 union
			select q.dossier_id from request q join offering o on o.id = q.offering_id where o.course_id = $2)`,
		"%"+course+"%", course)
}

// ChoosersOfProgramme counts the dossiers that chose the programme.
func ChoosersOfProgramme(ctx context.Context, r db.Reader, programme string) (Choosers, error) {
	return db.One[Choosers](ctx, r, choosers+`d.programme_id = $1`, programme)
}

// DeleteCourse forgets the course that was read at that version, with its
// offerings. One that a dossier names is kept: *fault.Invalid says which would
// be orphaned, and what to do instead. Office only.
func DeleteCourse(ctx context.Context, store *db.Store, a actor.Actor, now time.Time, season, id string, version int64) error {
	return removing(ctx, store, a, func(tx *db.Tx) error {
		offer, err := catalogue.Of(ctx, tx, season)
		if err != nil {
			return err
		}
		course, ok := offer.Course(id)
		if !ok {
			return notFound("course", id)
		}
		if err := course.Against(version); err != nil {
			return err
		}
		chosen, err := ChoosersOfCourse(ctx, tx, id)
		if err != nil {
			return err
		}
		if chosen.Any() {
			return fault.Refuse("«" + french.Nbsp + course.Title + french.Nbsp + "» est dans " + chosen.Words() + "\u202f: le retirer effacerait ce qu’ils ont demandé. Fermez-le plutôt (aucune place de plus), ou annulez-le\u202f: chaque famille choisit alors de nouveau.")
		}
		for _, s := range course.Semesters {
			if err := dropOffering(ctx, tx, OfferingID(id, s)); err != nil {
				return err
			}
		}
		return catalogue.DeleteCourse(ctx, tx, a, now, course)
	})
}

// removing is a deletion from the catalogue, which nothing of the registrar's
// may run beside: the season's rows are taken first.
func removing(ctx context.Context, store *db.Store, a actor.Actor, do func(tx *db.Tx) error) error {
	if !a.IsOffice() {
		return fault.ErrForbidden
	}
	return store.Write(ctx, func(tx *db.Tx) error {
		if err := school.Changed(ctx, tx); err != nil {
			return err
		}
		return do(tx)
	})
}

func dropOffering(ctx context.Context, tx *db.Tx, offering string) error {
	if _, err := tx.Exec(ctx, `delete from offering where id = $1`, offering); err != nil {
		return fmt.Errorf("drop offering %s: %w", offering, err)
	}
	return school.Changed(ctx, tx)
}

// DeleteProgramme forgets the programme that was read at that version. One that
// a dossier follows is kept: *fault.Invalid says how many. Office only.
func DeleteProgramme(ctx context.Context, store *db.Store, a actor.Actor, now time.Time, season, id string, version int64) error {
	return removing(ctx, store, a, func(tx *db.Tx) error {
		offer, err := catalogue.Of(ctx, tx, season)
		if err != nil {
			return err
		}
		p, ok := offer.Programme(id)
		if !ok {
			return notFound("programme", id)
		}
		if err := p.Against(version); err != nil {
			return err
		}
		chosen, err := ChoosersOfProgramme(ctx, tx, id)
		if err != nil {
			return err
		}
		if chosen.Any() {
			return fault.Refuse("La formule «" + french.Nbsp + p.Title + french.Nbsp + "» est suivie par " + chosen.Words() + "\u202f: la retirer les laisserait sans formule. Changez-la, ou réservez-la à un âge ou à un niveau qui n’existe pas encore.")
		}
		return catalogue.DeleteProgramme(ctx, tx, a, now, p)
	})
}

// DeleteSite forgets the site that was read at that version. One that a course
// or a dossier is at is kept: *fault.Invalid says how many. Office only.
func DeleteSite(ctx context.Context, store *db.Store, a actor.Actor, now time.Time, id string, version int64) error {
	return removing(ctx, store, a, func(tx *db.Tx) error {
		all, err := school.Sites(ctx, tx)
		if err != nil {
			return err
		}
		site, err := school.SiteAmong(all, id)
		if err != nil {
			return err
		}
		if err := site.Against(version); err != nil {
			return err
		}
		courses, err := db.One[int64](ctx, tx, `select count(*) from course where site_id = $1`, id)
		if err != nil {
			return err
		}
		dossiers, err := db.One[int64](ctx, tx, `select count(*) from dossier where site_id = $1`, id)
		if err != nil {
			return err
		}
		if courses+dossiers > 0 {
			return fault.Refuse(site.Name + " a " + french.Count(courses, "cours", "cours") + " et " + french.Count(dossiers, "dossier", "dossiers") + ", toutes saisons comprises. Retirez ou déplacez d’abord ses cours\u202f; un pôle qui a des dossiers se garde, sans cours il n’est plus proposé.")
		}
		if _, err := tx.Exec(ctx, `delete from site where id = $1`, id); err != nil {
			return err
		}
		if err := school.Changed(ctx, tx); err != nil {
			return err
		}
		return journal.Append(ctx, tx, journal.By(a, now, journal.Line{Event: "site.removed", Before: site.Name, After: site.Name + "\u202f: retiré"}))
	})
}

// Effect is what a change of the catalogue would do to the dossiers sent.
type Effect struct {
	Judged int64 // that follow the programme, or chose the course
	Leave  int64 // keep the rules now, and would not any more
	Return int64 // break the rules now, and would not any more
}

// EffectOnProgramme judges the sent dossiers of the programme as the catalogue
// stands and as it would stand. Nothing is written, and no rank depends on it.
func EffectOnProgramme(ctx context.Context, r db.Reader, season school.Season, now, next catalogue.Catalogue, programme string) (Effect, error) {
	return effect(ctx, r, season, now, next, `programme_id = $2`, programme)
}

// EffectOnCourse is EffectOnProgramme for the dossiers that chose the course.
func EffectOnCourse(ctx context.Context, r db.Reader, season school.Season, now, next catalogue.Catalogue, course string) (Effect, error) {
	return effect(ctx, r, season, now, next, `choice like $2`, "%"+course+"%")
}

func effect(ctx context.Context, r db.Reader, season school.Season, now, next catalogue.Catalogue, which string, of string) (e Effect, err error) {
	last := ""
	for {
		dossiers, err := db.All[Dossier](ctx, r, `select `+dossierColumns+` from dossier
			where season_id = $1 and `+which+` and state in ('received', 'complete', 'paper_refused', 'waiting', 'enrolled') and on_paper_form = false and id > $3
			order by id limit $4`, season.ID, of, last, judgedAtOnce)
		if err != nil || len(dossiers) == 0 {
			return e, err
		}
		if err := e.judge(ctx, r, season, now, next, dossiers); err != nil {
			return e, err
		}
		last = dossiers[len(dossiers)-1].ID
	}
}

func (e *Effect) judge(ctx context.Context, r db.Reader, season school.Season, now, next catalogue.Catalogue, dossiers []Dossier) error {
	ids := make([]string, len(dossiers))
	for i, d := range dossiers {
		ids[i] = d.Pupil
	}
	pupils, err := people.PupilsByID(ctx, r, ids)
	if err != nil {
		return err
	}
	answers, err := people.AnswersOf(ctx, r, ids, season.ID)
	if err != nil {
		return err
	}
	courses, err := people.CoursesNow(ctx, r, ids)
	if err != nil {
		return err
	}
	for _, d := range dossiers {
		before := judgeChoice(now, factsFrom(season, now, pupils[d.Pupil], answers[d.Pupil], courses[d.Pupil]), d)
		after := judgeChoice(next, factsFrom(season, next, pupils[d.Pupil], answers[d.Pupil], courses[d.Pupil]), d)
		e.Judged++
		if len(before) == 0 && len(after) > 0 {
			e.Leave++
		}
		if len(before) > 0 && len(after) == 0 {
			e.Return++
		}
	}
	return nil
}
