package enrolment

import (
	"context"
	"slices"
	"strings"

	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/catalogue"
	"pupitre/internal/domain/people"
	"pupitre/internal/domain/school"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/french"
)

// InYear is where a pupil of the school stands in a season.
type InYear struct {
	Pupil     string `db:"id"`
	FirstName string `db:"first_name"`
	LastName  string `db:"last_name"`
	BirthDate string `db:"birth_date"`
	LevelNow  string `db:"level_now"` // of the year before that season
	Level     string `db:"level"`     // of that season, "" when its family has not said
	State     State  `db:"state"`     // "" without a dossier
	Programme string `db:"programme_id"`
	Courses   []string
}

// Enrolled tells whether the pupil is enrolled in that season.
func (p InYear) Enrolled() bool { return p.State == Enrolled }

// YearOf returns every pupil of the school as it stands in the season, with the
// codes of the courses of those who are enrolled.
func YearOf(ctx context.Context, r db.Reader, season string) ([]InYear, error) {
	all, err := db.All[InYear](ctx, r, `select p.id, p.first_name, p.last_name, p.birth_date, p.level_now, coalesce(s.level, '') as level,
			coalesce(d.state, '') as state, coalesce(d.programme_id, '') as programme_id
		from pupil p
		left join pupil_season s on s.pupil_id = p.id and s.season_id = $1
		left join dossier d on d.pupil_id = p.id and d.season_id = $1
		order by p.id`, season)
	if err != nil {
		return nil, err
	}
	type given struct {
		Pupil string `db:"pupil_id"`
		Code  string `db:"code"`
	}
	courses, err := db.All[given](ctx, r, `select distinct d.pupil_id, c.code
		from dossier d
		join request q on q.dossier_id = d.id and q.state = 'place'
		join offering o on o.id = q.offering_id
		join course c on c.id = o.course_id
		where d.season_id = $1 and d.state = 'enrolled' order by d.pupil_id, c.code`, season)
	of := map[string][]string{}
	for _, c := range courses {
		of[c.Pupil] = append(of[c.Pupil], c.Code)
	}
	for i := range all {
		all[i].Courses = of[all[i].Pupil]
		slices.Sort(all[i].Courses) // the engines' own orders differ
	}
	return all, err
}

// Unsettled says in words what of the season still waits for someone: nothing
// of it would be served once another season is the current one.
func Unsettled(ctx context.Context, r db.Reader, season string) ([]string, error) {
	type count struct {
		State string `db:"state"`
		N     int64  `db:"n"`
	}
	dossiers, err := db.All[count](ctx, r, `select state, count(*) as n from dossier where season_id = $1 and state in ('received', 'complete', 'paper_refused') group by state`, season)
	if err != nil {
		return nil, err
	}
	requests, err := db.All[count](ctx, r, `select q.state, count(*) as n from request q join dossier d on d.id = q.dossier_id
		where d.season_id = $1 and q.state in ('waiting', 'offered') group by q.state`, season)
	if err != nil {
		return nil, err
	}
	n := map[string]int64{}
	for _, c := range slices.Concat(dossiers, requests) {
		n[c.State] = c.N
	}
	var words []string
	for _, w := range []struct{ state, one, many string }{
		{"received", "dossier envoyé n’est pas complet", "dossiers envoyés ne sont pas complets"},
		{"complete", "dossier complet attend votre réponse", "dossiers complets attendent votre réponse"},
		{"paper_refused", "dossier attend une pièce", "dossiers attendent une pièce"},
		{"offered", "place proposée attend une réponse", "places proposées attendent une réponse"},
		{"waiting", "demande est encore en liste d’attente", "demandes sont encore en liste d’attente"},
	} {
		if n[w.state] > 0 {
			words = append(words, french.Count(n[w.state], w.one, w.many))
		}
	}
	return words, nil
}

// Capacity is how many places a course has in a semester.
type Capacity struct {
	Course   string `db:"course_id"`
	Semester int64  `db:"semester"`
	Places   int64  `db:"capacity"`
}

// CapacitiesOf returns the places of the season's courses.
func CapacitiesOf(ctx context.Context, r db.Reader, season string) ([]Capacity, error) {
	return db.All[Capacity](ctx, r, `select course_id, semester, capacity from offering where season_id = $1 order by course_id, semester`, season)
}

// RemoveOfferings takes away the places of a season that nobody has asked for.
func RemoveOfferings(ctx context.Context, tx *db.Tx, season string) error {
	if _, err := tx.Exec(ctx, `delete from offering where season_id = $1`, season); err != nil {
		return err
	}
	return school.Changed(ctx, tx)
}

// Begun names the families that have begun something for the season: a dossier,
// an answer, a paper.
func Begun(ctx context.Context, r db.Reader, season string) ([]string, error) {
	ids, err := db.All[string](ctx, r, `select household_id from dossier where season_id = $1
		union select household_id from deposit where season_id = $1
		union select ph.household_id from pupil_season s join pupil_household ph on ph.pupil_id = s.pupil_id
			where s.season_id = $1 and (s.level <> '' or s.image_right <> '' or s.beginner <> '')
		union select id from household where checked_for_season = $1`, season)
	if err != nil || len(ids) == 0 {
		return nil, err
	}
	households, err := people.HouseholdsByID(ctx, r, actor.System, ids)
	var names []string
	for _, h := range households {
		names = append(names, h.Name())
	}
	slices.SortFunc(names, func(a, b string) int { return strings.Compare(french.Fold(a), french.Fold(b)) })
	return names, err
}

// Running is the year that a pupil is in while another season is registered for.
type Running struct {
	Season    school.Season
	Requests  []RequestView
	Catalogue catalogue.Catalogue
}

// RunningOf returns the pupil's courses of the year that runs on that day, when
// it is not the season given; false when it has none. The actor has been checked
// to see the pupil.
func RunningOf(ctx context.Context, r db.Reader, pupil string, current school.Season, day string) (run Running, found bool, err error) {
	type row struct {
		Dossier string `db:"id"`
		Season  string `db:"season_id"`
	}
	d, found, err := db.Maybe[row](ctx, r, `select d.id, d.season_id from dossier d join season s on s.id = d.season_id
		where d.pupil_id = $1 and d.state = 'enrolled' and s.id <> $2 and s.starts_on < $3 and s.ends_on >= $4
		order by s.starts_on desc limit 1`, pupil, current.ID, current.StartsOn, day)
	if err != nil || !found {
		return run, false, err
	}
	if run.Season, err = school.SeasonByID(ctx, r, d.Season); err != nil {
		return run, false, err
	}
	if run.Catalogue, err = catalogue.InForce(ctx, r, run.Season); err != nil {
		return run, false, err
	}
	requests, err := RequestsOf(ctx, r, run.Catalogue, d.Dossier)
	run.Requests = requests[d.Dossier]
	return run, true, err
}
