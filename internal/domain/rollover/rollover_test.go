package rollover_test

import (
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	demofiles "pupitre/demo"
	"pupitre/internal/demo"
	"pupitre/internal/demo/testschool"
	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/catalogue"
	"pupitre/internal/domain/document"
	"pupitre/internal/domain/enrolment"
	"pupitre/internal/domain/journal"
	"pupitre/internal/domain/people"
	"pupitre/internal/domain/report"
	"pupitre/internal/domain/rollover"
	"pupitre/internal/domain/school"
	"pupitre/internal/domain/tariff"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/db/dbtest"
	"pupitre/internal/platform/fault"
)

var director = actor.Actor{Account: "d", Name: "Maud Terrien", Role: actor.Director}

func TestASeasonIsNamedByItsYears(t *testing.T) {
	for _, row := range []struct{ starts, ends, want string }{
		{"2028-09-11", "2029-06-29", "2028-2029"}, {"2028-01-10", "2028-12-15", "2028"}, {"2028-09-11", "", "2028"}, {"", "2029-06-29", ""},
	} {
		if got := rollover.NameOf(row.starts, row.ends); got != row.want {
			t.Errorf("%s to %s: %q, want %q", row.starts, row.ends, got, row.want)
		}
	}
}

func TestTheNextSeasonIsProposedOnTheSameDaysOfTheWeek(t *testing.T) {
	p := rollover.Propose(school.Season{StartsOn: "2027-09-13", EndsOn: "2028-06-30", ListsEndAt: testschool.Paris("2027-11-15 23:59")})
	if p.Season.StartsOn != "2028-09-11" || p.Season.EndsOn != "2029-06-29" || !p.Season.ListsEndAt.Equal(testschool.Paris("2028-11-13 23:59")) || !p.Season.OpensAt.IsZero() {
		t.Errorf("%+v", p.Season)
	}
	p.Season.OpensAt, p.Season.ClosesAt = testschool.Paris("2028-06-01 08:00"), testschool.Paris("2028-06-30 23:59")
	s := p.Complete().Season
	if s.Name != "2028-2029" || s.AgesOn != "2028-12-31" || !s.HandsOverAt.Equal(testschool.Paris("2028-05-18 08:00")) || !s.PartialReleaseAt.Equal(testschool.Paris("2028-07-30 23:59")) {
		t.Errorf("%+v", s)
	}
}

// year is a school in which Augustin is enrolled, Mathis has withdrawn and
// nobody else has answered.
type year struct {
	*testschool.School
	augustin, mathis testschool.Family
}

func newYear(t *testing.T, store *db.Store) *year {
	y := &year{School: testschool.Open(t, store)}
	y.augustin = y.Family("BOSSIS-1722", "Inès").Prepare().Choose("cursus", "S-FLUTE", "S-ORCHESTRE-1")
	y.mathis = y.Family("BATARD-6474", "Mathis").Prepare()
	d := y.augustin.Send()
	_, err := y.Registrar.Confirm(y.Ctx, testschool.Secretary, d.ID, "")
	y.Must(err)
	y.Clock.Set(testschool.Paris("2028-04-03 10:00"))
	y.charge(y.Season, 0, func(*tariff.Tariff) {})
	return y
}

// charge saves the made-up tariff for the season, changed so.
func (y *year) charge(s school.Season, read int64, mend func(*tariff.Tariff)) {
	y.T.Helper()
	known, err := tariff.KnownOf(y.Ctx, y.Store, s)
	y.Must(err)
	t, err := demo.SampleTariff(demofiles.Files, known)
	y.Must(err)
	mend(&t)
	y.Must(y.write(func(tx *db.Tx) error { return tariff.Save(y.Ctx, tx, director, y.Clock.Now(), s, read, t) }))
}

func (y *year) write(f func(tx *db.Tx) error) error { return y.Store.Write(y.Ctx, f) }

func (y *year) plan() rollover.Plan {
	p := rollover.Propose(y.Season)
	p.Season.OpensAt, p.Season.ClosesAt = testschool.Paris("2028-06-01 08:00"), testschool.Paris("2028-06-30 23:59")
	return p
}

func (y *year) prepare() (id string) {
	y.T.Helper()
	y.Must(y.write(func(tx *db.Tx) (err error) {
		id, err = rollover.Prepare(y.Ctx, tx, y.Clock.Now(), director, y.plan())
		return err
	}))
	return id
}

func (y *year) do(act func(tx *db.Tx, now time.Time) error) error {
	return y.write(func(tx *db.Tx) error { return act(tx, y.Clock.Now()) })
}

func (y *year) undoPreparation(id string) error {
	return y.do(func(tx *db.Tx, now time.Time) error { return rollover.UndoPreparation(y.Ctx, tx, now, director, id) })
}

func (y *year) handOver(id string) error {
	return y.do(func(tx *db.Tx, now time.Time) error { return rollover.HandOver(y.Ctx, tx, now, director, id) })
}

func (y *year) undoHandOver(id string) error {
	return y.do(func(tx *db.Tx, now time.Time) error { return rollover.UndoHandOver(y.Ctx, tx, now, director, id) })
}

// refused wants a conflict that names the words.
func (y *year) refused(what string, err error, words ...string) {
	y.T.Helper()
	var conflict *fault.Conflict
	if !errors.As(err, &conflict) {
		y.T.Errorf("%s: got %v, want a conflict", what, err)
		return
	}
	for _, w := range words {
		if !strings.Contains(conflict.Message, w) {
			y.T.Errorf("%s: %q does not name %q", what, conflict.Message, w)
		}
	}
}

func (y *year) current() school.Season {
	y.T.Helper()
	s, err := school.CurrentSeason(y.Ctx, y.Store)
	y.Must(err)
	return s
}

func (y *year) pupil(f testschool.Family) (people.Pupil, []string) {
	y.T.Helper()
	p, _, err := people.PupilOf(y.Ctx, y.Store, testschool.Secretary, f.Pupil.ID)
	y.Must(err)
	now, err := people.CoursesNow(y.Ctx, y.Store, []string{p.ID})
	y.Must(err)
	return p, now[p.ID]
}

func TestASeasonIsRolledOverAndBack(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		y := newYear(t, store)
		y.previews()
		held := y.everything()
		id := y.prepare()
		y.copied(id)
		y.changedCopies(id)
		y.Must(y.undoPreparation(id))
		y.same("the preparation was undone", held)

		id = y.prepare()
		if y.current().ID != y.Season.ID {
			t.Error("preparing has changed the current season")
		}
		before := y.everything()
		y.Must(y.handOver(id))
		y.movedUp(id)
		y.Must(y.undoHandOver(id))
		y.same("the hand-over was undone", before)
		y.atItsDate(id)
		y.familiesBegin(id)
		y.running()
	})
}

// previews reads what the plan would come to.
func (y *year) previews() {
	y.T.Helper()
	v, err := rollover.PreviewOf(y.Ctx, y.Store, y.plan())
	y.Must(err)
	if v.Pupils != 1 || v.Households != 1 || v.Enrolled != 1 || v.Leaving < 300 || v.Courses != len(y.Catalogue.Courses) || v.Programmes != 5 || v.Name != "2028-2029" {
		y.T.Errorf("preview: %+v", v)
	}
	if len(v.Levels) != 1 || string(v.Levels[0].Now) != string(school.NextLevel(school.Level(y.augustin.Pupil.LevelNow))) || v.Levels[0].Pupils != 1 {
		y.T.Errorf("levels: %+v of %q", v.Levels, y.augustin.Pupil.LevelNow)
	}
	all := y.plan()
	all.OnlyEnrolled, all.Courses = false, false
	if v, err = rollover.PreviewOf(y.Ctx, y.Store, all); err != nil || v.Leaving != 0 || v.Pupils < 300 || v.Courses != 0 {
		y.T.Errorf("everyone: %d pupils, %d leave, %d courses, %v", v.Pupils, v.Leaving, v.Courses, err)
	}
	for _, wrong := range []func(*school.Season){
		func(s *school.Season) { s.OpensAt = y.Clock.Now().Add(-time.Hour) },
		func(s *school.Season) { s.StartsOn = "2028-05-01" },
		func(s *school.Season) { s.StartsOn, s.EndsOn = "2027-09-13", "2028-06-30" },
	} {
		p := y.plan()
		wrong(&p.Season)
		err := y.write(func(tx *db.Tx) error { _, err := rollover.Prepare(y.Ctx, tx, y.Clock.Now(), director, p); return err })
		var invalid *fault.Invalid
		if !errors.As(err, &invalid) {
			y.T.Errorf("prepared all the same: %+v, %v", p.Season, err)
		}
	}
	err = y.write(func(tx *db.Tx) error {
		_, err := rollover.Prepare(y.Ctx, tx, y.Clock.Now(), testschool.Secretary, y.plan())
		return err
	})
	if !errors.Is(err, fault.ErrForbidden) {
		y.T.Errorf("a secretary: %v", err)
	}
}

// copied checks that the coming season has what the current one has.
func (y *year) copied(id string) {
	y.T.Helper()
	next, err := catalogue.Of(y.Ctx, y.Store, id)
	y.Must(err)
	if len(next.Courses) != len(y.Catalogue.Courses) || len(next.Programmes) != len(y.Catalogue.Programmes) {
		y.T.Fatalf("%d courses, %d programmes", len(next.Courses), len(next.Programmes))
	}
	for i, c := range next.Courses {
		was := y.Catalogue.Courses[i]
		if c.ID == was.ID || c.Code != was.Code || c.Teacher != was.Teacher || c.Room != was.Room || !slices.Equal(c.Semesters, was.Semesters) {
			y.T.Errorf("course %s: %+v", was.Code, c)
		}
	}
	was, err := tariff.Of(y.Ctx, y.Store, y.Season.ID)
	y.Must(err)
	is, err := tariff.Of(y.Ctx, y.Store, id)
	y.Must(err)
	if !was.Found() || !reflect.DeepEqual(is.Tariff, was.Tariff) || is.Version != 1 {
		y.T.Errorf("the tariff was copied as %+v", is)
	}
	papers, err := document.Papers(y.Ctx, y.Store, id)
	if err != nil || len(papers) != 4 {
		y.T.Errorf("%d papers, %v", len(papers), err)
	}
	places, err := enrolment.CapacitiesOf(y.Ctx, y.Store, id)
	y.Must(err)
	now, err := enrolment.CapacitiesOf(y.Ctx, y.Store, y.Season.ID)
	y.Must(err)
	if len(places) != len(now) {
		y.T.Errorf("%d offerings, want %d", len(places), len(now))
	}
	y.refused("a second preparation", y.write(func(tx *db.Tx) error {
		_, err := rollover.Prepare(y.Ctx, tx, y.Clock.Now(), director, y.plan())
		return err
	}), "Maud Terrien")
}

// changedCopies wants the undo refused by name while a copy is changed.
func (y *year) changedCopies(id string) {
	y.T.Helper()
	next, err := catalogue.Of(y.Ctx, y.Store, id)
	y.Must(err)
	i := slices.IndexFunc(next.Courses, func(c catalogue.Course) bool { return c.Code == "S-FLUTE" })
	course := next.Courses[i]
	put := func(c catalogue.Course) {
		y.Must(y.write(func(tx *db.Tx) error { _, err := catalogue.PutCourse(y.Ctx, tx, id, c); return err }))
	}
	other := course
	other.Room = "Salle des fêtes"
	put(other)
	y.refused("undo after a course was changed", y.undoPreparation(id), "« "+course.Title+" »")
	put(course)
	y.Must(y.write(func(tx *db.Tx) error { return enrolment.PutOffering(y.Ctx, tx, id, course.ID, 0, 77) }))
	y.refused("undo after a capacity was changed", y.undoPreparation(id), "« "+course.Title+" »")
	for _, c := range must(enrolment.CapacitiesOf(y.Ctx, y.Store, y.Season.ID))(y) {
		if was, _ := y.Catalogue.Course(c.Course); was.Code == "S-FLUTE" {
			y.Must(y.write(func(tx *db.Tx) error { return enrolment.PutOffering(y.Ctx, tx, id, course.ID, 0, c.Places) }))
		}
	}
	coming, err := school.SeasonByID(y.Ctx, y.Store, id)
	y.Must(err)
	y.charge(coming, 1, func(t *tariff.Tariff) { t.Months = 9 })
	y.refused("undo after the tariff was changed", y.undoPreparation(id), "les tarifs de la saison")
	y.charge(coming, 2, func(*tariff.Tariff) {})
}

// movedUp checks what the hand-over made of each.
func (y *year) movedUp(id string) {
	y.T.Helper()
	if y.current().ID != id {
		y.T.Fatal("the season was not handed over")
	}
	p, now := y.pupil(y.augustin)
	if p.LevelNow != string(school.NextLevel(school.Level(y.augustin.Pupil.LevelNow))) || !slices.Equal(now, []string{"S-FLUTE", "S-ORCHESTRE-1"}) {
		y.T.Errorf("the enrolled pupil: %s, %v", p.LevelNow, now)
	}
	if _, now = y.pupil(y.mathis); len(now) != 0 {
		y.T.Errorf("the pupil who is not enrolled has courses: %v", now)
	}
	n, err := report.NoAnswerCount(y.Ctx, y.Store, id)
	if err != nil || n != 1 {
		y.T.Errorf("%d pupils are asked to answer, want 1: %v", n, err)
	}
	yes := true
	err = enrolment.SaveDraft(y.Ctx, y.Store, y.Clock, y.mathis.Actor, y.mathis.Pupil.ID, enrolment.DraftStep{Administrative: &yes})
	var invalid *fault.Invalid
	if !errors.As(err, &invalid) || !strings.Contains(invalid.Message, "pré-inscription") {
		y.T.Errorf("a pupil who is not invited began: %v", err)
	}
	y.refused("undo of the preparation after the hand-over", y.undoPreparation(id), "déjà celle des familles")
	y.Must(y.write(func(tx *db.Tx) error {
		return people.PutPupil(y.Ctx, tx, y.Clock.Now(), with(p, "Tle"), []string{y.augustin.Household}, []string{"S-FLUTE", "S-ORCHESTRE-1"})
	}))
	y.refused("undo after a pupil was changed", y.undoHandOver(id), "Inès")
	y.Must(y.write(func(tx *db.Tx) error {
		return people.PutPupil(y.Ctx, tx, y.Clock.Now(), p, []string{y.augustin.Household}, []string{"S-FLUTE", "S-ORCHESTRE-1"})
	}))
}

func with(p people.Pupil, level string) people.Pupil { p.LevelNow = level; return p }

// atItsDate lets the job hand over: not before the date, nor while something waits.
func (y *year) atItsDate(id string) {
	y.T.Helper()
	if handed, err := rollover.HandOverDue(y.Ctx, y.Store, y.Clock); err != nil || handed {
		y.T.Errorf("handed over again after it was undone: %t, %v", handed, err)
	}
	y.Must(y.undoPreparation(id))
	id = y.prepare()
	y.Clock.Set(testschool.Paris("2028-05-18 07:59"))
	if handed, err := rollover.HandOverDue(y.Ctx, y.Store, y.Clock); err != nil || handed {
		y.T.Errorf("before its date: %t, %v", handed, err)
	}
	y.Clock.Set(testschool.Paris("2028-05-18 08:00"))
	y.mathis.Choose("cursus", "L-HAUTBOIS", "L-ORCHESTRE-1")
	d := y.mathis.Send()
	if handed, err := rollover.HandOverDue(y.Ctx, y.Store, y.Clock); err != nil || handed {
		y.T.Errorf("while a dossier waits for the office: %t, %v", handed, err)
	}
	y.refused("by hand, while a dossier waits", y.handOver(id), "1 dossier complet")
	y.Must(y.Registrar.TurnDown(y.Ctx, testschool.Secretary, d.ID, "Hors délai"))
	if handed, err := rollover.HandOverDue(y.Ctx, y.Store, y.Clock); err != nil || !handed || y.current().ID != id {
		y.T.Fatalf("at its date: %t, %v", handed, err)
	}
}

// familiesBegin wants the undo refused once a family has begun, and at the opening.
func (y *year) familiesBegin(string) {
	y.T.Helper()
	id := y.current().ID
	if p, found, err := rollover.Of(y.Ctx, y.Store, id); err != nil || !found {
		y.T.Fatal(p, err)
	} else if why := must(rollover.HoldsUp(y.Ctx, y.Store, y.Clock.Now(), p))(y); why != "" {
		y.T.Errorf("held up before anyone began: %s", why)
	}
	p, _ := y.pupil(y.augustin)
	y.Must(y.write(func(tx *db.Tx) error {
		return people.SavePupil(y.Ctx, tx, y.Clock.Now(), y.augustin.Actor, people.PupilForm{PupilID: p.ID, Version: p.Version, SeasonID: id, LastName: p.LastName, FirstName: p.FirstName,
			BirthDate: birth(p.BirthDate), Level: string(school.NextLevel(school.Level(p.LevelNow))), ImageRight: people.Yes})
	}))
	y.refused("undo after a family began", y.undoHandOver(id), "1 famille")
	lines, err := journal.About(y.Ctx, y.Store, school.SeasonSubject(id), 5)
	if err != nil || len(lines) < 2 || lines[0].Event != "season.handed_over" || lines[0].ActorName != actor.System.Name {
		y.T.Errorf("journal: %+v, %v", lines, err)
	}
	y.Clock.Set(testschool.Paris("2028-06-01 08:00"))
	y.refused("undo after the opening", y.undoHandOver(id), "la campagne est ouverte")
	if !y.current().IsOpen(y.Clock.Now()) {
		y.T.Error("the campaign did not open at its date")
	}
}

// running checks that the year that runs is still read, and moves no more.
func (y *year) running() {
	y.T.Helper()
	run, found, err := enrolment.RunningOf(y.Ctx, y.Store, y.augustin.Pupil.ID, y.current(), "2028-06-01")
	if err != nil || !found || run.Season.ID != y.Season.ID || len(run.Requests) != 2 || run.Requests[0].Title == "" {
		y.T.Errorf("the courses of the year that runs: %+v, %t, %v", run.Requests, found, err)
	}
	if _, found, err = enrolment.RunningOf(y.Ctx, y.Store, y.augustin.Pupil.ID, y.current(), "2028-07-01"); err != nil || found {
		y.T.Errorf("after its last day: %t, %v", found, err)
	}
	dossiers, err := db.All[string](y.Ctx, y.Store, `select id from dossier where season_id = $1 and state = 'enrolled'`, y.Season.ID)
	y.Must(err)
	y.refused("a decision about the season before", y.Registrar.AnswerWithdrawal(y.Ctx, testschool.Secretary, dossiers[0], true, "parti"), "autre saison")
}

func must[T any](v T, err error) func(*year) T {
	return func(y *year) T { y.T.Helper(); y.Must(err); return v }
}

func birth(iso string) string {
	t, err := time.Parse(time.DateOnly, iso)
	if err != nil {
		return ""
	}
	return t.Format("02/01/2006")
}

// everything is what the roll-over may move, row by row.
func (y *year) everything() map[string][]string {
	y.T.Helper()
	all := map[string][]string{}
	for name, query := range map[string]string{
		"season":           `select id || is_current || coalesce(next_rank, 0) from season order by id`,
		"pupil":            `select id || level_now from pupil order by id`,
		"pupil_course_now": `select pupil_id || course_code from pupil_course_now order by pupil_id, course_code`,
		"pupil_season":     `select pupil_id || season_id || level || not_invited from pupil_season order by pupil_id, season_id`,
		"course":           `select id from course order by id`,
		"programme":        `select id from programme order by id`,
		"programme_line":   `select programme_id from programme_line order by programme_id, position`,
		"offering":         `select id || capacity || taken from offering order by id`,
		"paper":            `select id from paper order by id`,
		"imported":         `select kind || key || fields from imported order by kind, key`,
	} {
		rows, err := db.All[string](y.Ctx, y.Store, query)
		y.Must(err)
		all[name] = rows
	}
	return all
}

func (y *year) same(what string, before map[string][]string) {
	y.T.Helper()
	for name, rows := range y.everything() {
		if !slices.Equal(rows, before[name]) {
			y.T.Errorf("%s: the table %s is not what it was (%d rows, %d before)", what, name, len(rows), len(before[name]))
		}
	}
}
