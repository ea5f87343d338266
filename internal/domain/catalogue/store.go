package catalogue

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"pupitre/internal/domain/school"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/french"
)

type programmeRow struct {
	ID       string `db:"id"`
	Code     string `db:"code"`
	Title    string `db:"title"`
	Message  string `db:"message"`
	AgeMin   int64  `db:"age_min"`
	AgeMax   int64  `db:"age_max"`
	Levels   string `db:"levels"`
	Position int64  `db:"position"`
	school.Edited
}

type lineRow struct {
	Programme         string `db:"programme_id"`
	Label             string `db:"label"`
	Kinds             string `db:"kinds"`
	Min               int64  `db:"min"`
	Max               int64  `db:"max"`
	Levels            string `db:"levels"`
	Semester          int64  `db:"semester"`
	DistinctTitles    bool   `db:"distinct_titles"`
	WithoutInstrument bool   `db:"without_instrument"`
}

type courseRow struct {
	ID                string    `db:"id"`
	Code              string    `db:"code"`
	Title             string    `db:"title"`
	Kind              string    `db:"kind"`
	Discipline        string    `db:"discipline"`
	Site              string    `db:"site_id"`
	Weekday           int64     `db:"weekday"`
	Starts            string    `db:"starts"`
	Ends              string    `db:"ends"`
	Room              string    `db:"room"`
	Teacher           string    `db:"teacher"`
	WithoutInstrument bool      `db:"without_instrument"`
	NoBeginner        bool      `db:"no_beginner"`
	AgeMin            int64     `db:"age_min"`
	AgeMax            int64     `db:"age_max"`
	Levels            string    `db:"levels"`
	CancelledAt       time.Time `db:"cancelled_at"`
	school.Edited
}

type semesterRow struct {
	Course   string `db:"course_id"`
	Semester int64  `db:"semester"`
}

type siteRow struct {
	ID   string `db:"id"`
	Name string `db:"name"`
	Town string `db:"town"`
}

// Of reads the season's whole catalogue, programmes and courses in the order
// of screens.
func Of(ctx context.Context, r db.Reader, season string) (Catalogue, error) {
	var c Catalogue
	sites, err := db.All[siteRow](ctx, r, `select id, name, town from site order by position, name`)
	if err != nil {
		return c, err
	}
	for _, s := range sites {
		c.Sites = append(c.Sites, Site(s))
	}
	if c.Programmes, err = programmes(ctx, r, season); err != nil {
		return c, err
	}
	c.Courses, err = courses(ctx, r, season)
	return c, err
}

// InForce is Of, out of memory while Season.Settings stands; season has just
// been read. What is returned is read only.
func InForce(ctx context.Context, r db.Reader, season school.Season) (Catalogue, error) {
	return school.InForce(ctx, r, inForceKey{season.ID}, season, func(ctx context.Context) (Catalogue, error) { return Of(ctx, r, season.ID) })
}

type inForceKey struct{ season string }

func programmes(ctx context.Context, r db.Reader, season string) ([]Programme, error) {
	rows, err := db.All[programmeRow](ctx, r, `select id, code, title, message, age_min, age_max, levels, position, version, changed_at, changed_by
		from programme where season_id = $1 order by position, title`, season)
	if err != nil {
		return nil, err
	}
	lines, err := db.All[lineRow](ctx, r, `select l.programme_id, l.label, l.kinds, l.min, l.max, l.levels, l.semester, l.distinct_titles, l.without_instrument
		from programme_line l join programme p on p.id = l.programme_id where p.season_id = $1 order by l.programme_id, l.position`, season)
	if err != nil {
		return nil, err
	}
	of := map[string][]Line{}
	for _, l := range lines {
		of[l.Programme] = append(of[l.Programme], Line{
			Label: l.Label, Kinds: readList[Kind](l.Kinds), Min: l.Min, Max: l.Max, Levels: readList[string](l.Levels),
			Semester: l.Semester, DistinctTitles: l.DistinctTitles, WithoutInstrument: l.WithoutInstrument,
		})
	}
	all := make([]Programme, 0, len(rows))
	for _, p := range rows {
		all = append(all, Programme{p.ID, p.Code, p.Title, p.Message, p.AgeMin, p.AgeMax, readList[string](p.Levels), p.Position, of[p.ID], p.Edited})
	}
	return all, nil
}

func courses(ctx context.Context, r db.Reader, season string) ([]Course, error) {
	rows, err := db.All[courseRow](ctx, r, `select id, code, title, kind, discipline, site_id, weekday, starts, ends, room, teacher,
		without_instrument, no_beginner, age_min, age_max, levels, cancelled_at, version, changed_at, changed_by
		from course where season_id = $1`, season)
	if err != nil {
		return nil, err
	}
	semesters, err := db.All[semesterRow](ctx, r, `select course_id, semester from offering where season_id = $1 order by semester`, season)
	if err != nil {
		return nil, err
	}
	of := map[string][]int64{}
	for _, s := range semesters {
		of[s.Course] = append(of[s.Course], s.Semester)
	}
	all := make([]Course, 0, len(rows))
	for _, c := range rows {
		all = append(all, Course{
			ID: c.ID, Code: c.Code, Title: c.Title, Kind: Kind(c.Kind), Discipline: c.Discipline, SiteID: c.Site,
			Weekday: c.Weekday, Starts: c.Starts, Ends: c.Ends, Room: c.Room, Teacher: c.Teacher,
			WithoutInstrument: c.WithoutInstrument, NoBeginner: c.NoBeginner, AgeMin: c.AgeMin, AgeMax: c.AgeMax,
			Levels: readList[string](c.Levels), CancelledAt: c.CancelledAt, Semesters: of[c.ID], Edited: c.Edited,
		})
	}
	return byTitle(all), nil
}

// byTitle sorts as a reader expects, É with E; the engines' own orders differ.
func byTitle(courses []Course) []Course {
	folded := make(map[string]string, len(courses))
	for _, c := range courses {
		folded[c.ID] = french.Fold(c.Title)
	}
	slices.SortFunc(courses, func(a, b Course) int {
		return cmp.Or(cmp.Compare(folded[a.ID], folded[b.ID]), cmp.Compare(a.Weekday, b.Weekday),
			cmp.Compare(a.Starts, b.Starts), cmp.Compare(a.Code, b.Code))
	})
	return courses
}

// PutProgramme writes the programme of that code in the season, for an import,
// its lines included, and returns its id.
func PutProgramme(ctx context.Context, tx *db.Tx, season string, p Programme) (string, error) {
	id, err := db.One[string](ctx, tx, `insert into programme (id, season_id, code, title, message, age_min, age_max, levels, position)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
		on conflict (season_id, code) do update set title = excluded.title, message = excluded.message, age_min = excluded.age_min,
			age_max = excluded.age_max, levels = excluded.levels, position = excluded.position,
			version = programme.version + 1, changed_at = null, changed_by = ''
		returning id`, db.NewID(), season, p.Code, p.Title, p.Message, p.AgeMin, p.AgeMax, writeList(p.Levels), p.Position)
	if err != nil {
		return "", fmt.Errorf("put programme %s: %w", p.Code, err)
	}
	if err := putLines(ctx, tx, id, p); err != nil {
		return "", err
	}
	return id, school.Changed(ctx, tx)
}

func putLines(ctx context.Context, tx *db.Tx, programme string, p Programme) error {
	if _, err := tx.Exec(ctx, `delete from programme_line where programme_id = $1`, programme); err != nil {
		return err
	}
	for i, l := range p.Lines {
		if _, err := tx.Exec(ctx, `insert into programme_line
			(programme_id, position, label, kinds, min, max, levels, semester, distinct_titles, without_instrument)
			values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
			programme, i+1, l.Label, writeList(l.Kinds), l.Min, l.Max, writeList(l.Levels), l.Semester, l.DistinctTitles, l.WithoutInstrument); err != nil {
			return fmt.Errorf("put programme %s, line %d: %w", p.Code, i+1, err)
		}
	}
	return school.Changed(ctx, tx)
}

// PutCourse writes the course of that code in the season, for an import, and
// returns its id.
// Its places are enrolment's to set.
func PutCourse(ctx context.Context, tx *db.Tx, season string, c Course) (string, error) {
	id, err := db.One[string](ctx, tx, `insert into course
		(id, season_id, code, title, kind, discipline, site_id, weekday, starts, ends, room, teacher, without_instrument, no_beginner, age_min, age_max, levels)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
		on conflict (season_id, code) do update set title = excluded.title, kind = excluded.kind, discipline = excluded.discipline,
			site_id = excluded.site_id, weekday = excluded.weekday, starts = excluded.starts, ends = excluded.ends, room = excluded.room,
			teacher = excluded.teacher, without_instrument = excluded.without_instrument, no_beginner = excluded.no_beginner,
			age_min = excluded.age_min, age_max = excluded.age_max, levels = excluded.levels,
			version = course.version + 1, changed_at = null, changed_by = ''
		returning id`,
		db.NewID(), season, c.Code, c.Title, string(c.Kind), c.Discipline, c.SiteID, c.Weekday, c.Starts, c.Ends, c.Room, c.Teacher,
		c.WithoutInstrument, c.NoBeginner, c.AgeMin, c.AgeMax, writeList(c.Levels))
	if err != nil {
		return "", fmt.Errorf("put course %s: %w", c.Code, err)
	}
	if c.Discipline != "" {
		if _, err := tx.Exec(ctx, `insert into discipline (id, name) values ($1, $2) on conflict (name) do nothing`, db.NewID(), c.Discipline); err != nil {
			return "", err
		}
	}
	return id, school.Changed(ctx, tx)
}

// Cancel marks the course as no longer given (R33d); enrolment tells its families.
func Cancel(ctx context.Context, tx *db.Tx, course string, at time.Time) error {
	if _, err := tx.Exec(ctx, `update course set cancelled_at = $1 where id = $2`, at, course); err != nil {
		return err
	}
	return school.Changed(ctx, tx)
}

func readList[T ~string](text string) []T {
	if text == "" || text == "[]" {
		return nil
	}
	var list []T
	if err := json.Unmarshal([]byte(text), &list); err != nil {
		return nil // only writeList writes these columns
	}
	return list
}

func writeList[T ~string](list []T) string { return db.IDs(list) }

// RemoveSeason takes away the programmes and courses of a season that nothing
// hangs on any more; their places are enrolment's to take away before.
func RemoveSeason(ctx context.Context, tx *db.Tx, season string) error {
	for _, statement := range []string{
		`delete from programme_line where programme_id in (select id from programme where season_id = $1)`,
		`delete from programme where season_id = $1`,
		`delete from course where season_id = $1`,
	} {
		if _, err := tx.Exec(ctx, statement, season); err != nil {
			return fmt.Errorf("remove the catalogue of season %s: %w", season, err)
		}
	}
	return school.Changed(ctx, tx)
}
