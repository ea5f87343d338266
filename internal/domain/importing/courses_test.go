package importing_test

import (
	"strings"
	"testing"

	"pupitre/internal/demo/testschool"
	"pupitre/internal/domain/enrolment"
	"pupitre/internal/domain/importing"
	"pupitre/internal/domain/journal"
	"pupitre/internal/domain/school"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/db/dbtest"
)

const courseTitles = "Code;Cours;Discipline;Type;Pôle;Salle;Enseignant;Jour;Horaire;Places\n"

// whatIsTaught is what the tables that an import of courses writes hold, but for who
// changed them last.
func (d *desk) whatIsTaught() string {
	d.T.Helper()
	var all []string
	for _, query := range []string{
		`select season_id || id || code || title || kind || discipline || site_id || weekday || starts || ends || room || teacher || levels || age_min from course order by id`,
		`select id || season_id || capacity || '/' || taken from offering order by id`,
		`select name from discipline order by name`,
		`select search || disciplines from teacher order by search`,
		`select code || name || town from site order by code`,
	} {
		rows, err := db.All[string](d.Ctx, d.Store, query)
		d.Must(err)
		all = append(all, strings.Join(rows, "\n"))
	}
	return strings.Join(all, "\n\n")
}

// bring sends a file of courses and answers « Créer » to all that is unknown.
func (d *desk) bring(file string) importing.Import {
	d.T.Helper()
	d.start(importing.Courses, courseTitles+file)
	d.match()
	problems, err := importing.ProblemsOf(d.Ctx, d.Store, testschool.Secretary, d.id, 0)
	d.Must(err)
	answers := map[string]importing.Answer{}
	for _, p := range problems {
		if p.Blocks {
			answers[p.Group] = importing.Answer{Code: "create"}
		}
	}
	d.Must(d.imports.Answer(d.Ctx, testschool.Secretary, d.id, d.now().Version, answers))
	return d.now()
}

func TestCoursesAreImportedAndUndone(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		d := &desk{School: testschool.Open(t, store)}
		d.imports = importing.New(store, d.Clock, d.Accounts, d.Registrar)
		d.season = d.Season.ID
		before := d.whatIsTaught()
		const file = "L-CORDES;;;;;Grange;;;;7\n;Sitar indien;Sitar;instrument;Pôle Goulaine;Grange;Zoé Petit;mardi;17h30–18h15;3\n"
		i := d.bring(file)
		if c := i.Counts(); !i.Ready() || c.Courses != 1 || c.CoursesChanged != 1 || c.Sites != 1 || c.Disciplines != 1 || c.Teachers != 1 || c.Offers != 0 {
			t.Fatalf("%+v", i)
		}
		if d.whatIsTaught() != before {
			t.Error("a trial has written")
		}
		d.meanwhile(before)
		d.Must(d.imports.Try(d.Ctx, testschool.Secretary, d.id, d.now().Version))
		if i = d.run(nil); i.State != importing.Done || i.Failure != "" {
			t.Fatalf("%+v", i)
		}
		d.brought()
		d.coursesHeld()
		d.Must(d.imports.Undo(d.Ctx, testschool.Secretary, d.id))
		if after := d.whatIsTaught(); after != before {
			t.Errorf("the undo left something: %s", firstDifference(before, after))
		}
		d.comingSeason(file)
		d.waitingListMoves()
	})
}

// meanwhile: a place taken between the trial and the import, which then writes nothing.
func (d *desk) meanwhile(before string) {
	d.T.Helper()
	set := func(n string) {
		d.Must(d.Store.Write(d.Ctx, func(tx *db.Tx) error {
			_, err := tx.Exec(d.Ctx, `update course set room = $1 where code = 'L-CORDES'`, n)
			return err
		}))
	}
	was, err := db.One[string](d.Ctx, d.Store, `select room from course where code = 'L-CORDES'`)
	d.Must(err)
	if i := d.run(func() { set("Grange") }); i.State != importing.Tried || !strings.Contains(i.Failure, "a changé depuis l’essai") {
		d.T.Errorf("%+v", i)
	}
	set(was)
	if after := d.whatIsTaught(); after != before {
		d.T.Errorf("an import that was not done has written: %s", firstDifference(before, after))
	}
}

func (d *desk) brought() {
	d.T.Helper()
	got, err := db.One[string](d.Ctx, d.Store, `select c.code || ' ' || c.title || ' ' || c.kind || ' ' || c.discipline || ' ' || s.name || ' ' || c.weekday || ' ' || c.starts || ' ' || c.ends || ' ' || c.room || ' ' || c.teacher || ' ' || o.capacity || ' ' || c.changed_by
		from course c join site s on s.id = c.site_id join offering o on o.course_id = c.id where c.discipline = 'Sitar'`)
	if want := "SITAR-INDIEN-GOULAINE Sitar indien instrument Sitar Pôle Goulaine 2 17:30 18:15 Grange Zoé Petit 3 Odile Batard"; err != nil || got != want {
		d.T.Errorf("got %q, %v", got, err)
	}
	cordes := d.Wish("L-CORDES", 0).Course
	lines, err := journal.OfCourse(d.Ctx, d.Store, cordes, 5)
	if err != nil || len(lines) != 2 || !strings.Contains(lines[0].After+lines[1].After, "7 places") || !strings.Contains(lines[0].After+lines[1].After, "Grange") {
		d.T.Errorf("%+v, %v", lines, err)
	}
	if _, err := db.One[string](d.Ctx, d.Store, `select id from teacher where last_name = 'Petit' and first_name = 'Zoé'`); err != nil {
		d.T.Error(err)
	}
}

// coursesHeld: the undo is refused, by name, while something has changed.
func (d *desk) coursesHeld() {
	d.T.Helper()
	change := func(text string) {
		d.Must(d.Store.Write(d.Ctx, func(tx *db.Tx) error { _, err := tx.Exec(d.Ctx, text); return err }))
	}
	for _, row := range []struct{ does, undoes, names string }{
		{`update course set room = 'Cave' where code = 'L-CORDES'`, `update course set room = 'Grange' where code = 'L-CORDES'`, "L-CORDES"},
		{`update offering set capacity = 9 where course_id in (select id from course where code = 'L-CORDES')`, `update offering set capacity = 7 where course_id in (select id from course where code = 'L-CORDES')`, "ses places ont changé"},
		{`update teacher set email = 'z@exemple.fr' where last_name = 'Petit' and first_name = 'Zoé'`, `update teacher set email = '' where last_name = 'Petit' and first_name = 'Zoé'`, "Zoé Petit"},
		{`update course set discipline = 'Sitar' where code = 'L-VIOLONCELLE'`, `update course set discipline = 'Violoncelle' where code = 'L-VIOLONCELLE'`, "la discipline Sitar"},
		{`update site set town = 'Haute-Goulaine' where name = 'Pôle Goulaine'`, `update site set town = '' where name = 'Pôle Goulaine'`, "le pôle Pôle Goulaine"},
	} {
		change(row.does)
		if got := says(d.imports.Undo(d.Ctx, testschool.Secretary, d.id)); !strings.Contains(got, row.names) {
			d.T.Errorf("%s: %q", row.does, got)
		}
		change(row.undoes)
	}
	malo := d.Family("MOREAU-4821", "Malo").Prepare()
	d.Must(enrolment.SaveDraft(d.Ctx, d.Store, d.Clock, malo.Actor, malo.Pupil.ID, enrolment.DraftStep{}))
	change(`update dossier set choice = (select '[{"Course":"' || id || '","Semester":0}]' from course where discipline = 'Sitar')`)
	if got := says(d.imports.Undo(d.Ctx, testschool.Secretary, d.id)); !strings.Contains(got, "choisi par un élève") {
		d.T.Errorf("a course that a draft has: %q", got)
	}
	change(`update dossier set choice = '[]'`)
}

// comingSeason: courses of a season in preparation, whose places nobody asks for.
func (d *desk) comingSeason(file string) {
	d.T.Helper()
	next := d.Season
	next.ID, next.Name, next.StartsOn, next.EndsOn = db.NewID(), "2028-2029", "2028-09-11", "2029-06-30"
	d.Must(d.Store.Write(d.Ctx, func(tx *db.Tx) error { return school.AddSeason(d.Ctx, tx, next) }))
	d.season = next.ID
	before := d.whatIsTaught()
	d.bring(strings.Replace(file, "L-CORDES;;;", "L-CORDES;Cordes;;pratique", 1))
	if got := says(d.imports.Ask(d.Ctx, testschool.Secretary, d.id, d.now().Version)); !strings.Contains(got, "problème") {
		d.T.Errorf("courses without a site: %q", got)
	}
	d.Must(d.imports.GiveUp(d.Ctx, testschool.Secretary, d.id, d.now().Version))
	if i := d.bring(";Sitar indien;Sitar;instrument;Pôle Loire;;Zoé Petit;mardi;17h30–18h15;3\n"); i.Counts().Courses != 1 {
		d.T.Fatalf("%+v", i)
	}
	first := d.id
	if i := d.run(nil); i.State != importing.Done {
		d.T.Fatalf("%+v", i)
	}
	if i := d.bring(";Sitar indien;Sitar;;Loire;;PETIT Zoé;mardi;17h30–18h15;5\n"); i.Counts().CoursesChanged != 1 {
		d.T.Fatalf("%+v", i)
	}
	if i := d.run(nil); i.State != importing.Done {
		d.T.Fatalf("%+v", i)
	}
	if got := says(d.imports.Undo(d.Ctx, testschool.Secretary, first)); !strings.Contains(got, "ses places ont changé") {
		d.T.Errorf("the first undone before the second: %q", got)
	}
	d.Must(d.imports.Undo(d.Ctx, testschool.Secretary, d.id))
	d.Must(d.imports.Undo(d.Ctx, testschool.Secretary, first))
	if after := d.whatIsTaught(); after != before {
		d.T.Errorf("the undo left something: %s", firstDifference(before, after))
	}
	d.season = "none"
	book := courseTitles + "A;;;;;;;;;1\n"
	if got := d.refused(book); !strings.Contains(got, "Choisissez la saison") {
		d.T.Errorf("no such season: %q", got)
	}
	d.season = d.Season.ID
}

// waitingListMoves: a place that the import adds is offered to the first who waits;
// the import is then no longer undone, and says why.
func (d *desk) waitingListMoves() {
	d.T.Helper()
	cello := d.Wish("L-VIOLONCELLE", 0)
	d.Must(d.Registrar.SetCapacity(d.Ctx, testschool.Secretary, enrolment.OfferingID(cello.Course, 0), 1, ""))
	d.Family("MOREAU-4821", "Lucie").Prepare().Choose("cursus", "L-VIOLONCELLE", "L-CORDES", "L-CULTURE-1").Send()
	d.Family("BATARD-6474", "Mathis").Prepare().Choose("cursus", "L-VIOLONCELLE", "L-CHOEUR-ENFANTS").Send()
	if i := d.bring("L-VIOLONCELLE;;;;;;;;;0\n"); i.Blocking != 1 {
		d.T.Errorf("fewer places than are taken: %+v", i)
	}
	i := d.bring("L-VIOLONCELLE;;;;;;;;;2\n")
	changes, err := importing.ChangesOf(d.Ctx, d.Store, testschool.Secretary, d.id, 0)
	if d.Must(err); i.Counts().Offers != 1 || len(changes) != 1 || !strings.Contains(changes[0].Detail, "place proposée") {
		d.T.Fatalf("%+v, %+v", i, changes)
	}
	if i := d.run(nil); i.State != importing.Done {
		d.T.Fatalf("%+v", i)
	}
	places, err := enrolment.PlacesOf(d.Ctx, d.Store, d.Season.ID)
	if p := places[enrolment.OfferingID(cello.Course, 0)]; err != nil || p.Capacity != 2 || p.Taken != 2 || p.Offered != 1 || p.Waiting != 0 {
		d.T.Errorf("%+v, %v", p, err)
	}
	mails, err := db.One[int64](d.Ctx, d.Store, `select count(*) from outgoing_mail where kind = $1`, "place_offered")
	if err != nil || mails != 1 {
		d.T.Errorf("%d mails, %v", mails, err)
	}
	if got := says(d.imports.Undo(d.Ctx, testschool.Secretary, d.id)); !strings.Contains(got, "2 places prises ou proposées") {
		d.T.Errorf("undone: %q", got)
	}
}
