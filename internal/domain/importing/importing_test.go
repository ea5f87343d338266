package importing_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"pupitre/internal/demo/testschool"
	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/importing"
	"pupitre/internal/domain/journal"
	"pupitre/internal/domain/people"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/db/dbtest"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/jobs"
	"pupitre/internal/platform/sheet"
)

// desk is a school, and what the secretary does with a file.
type desk struct {
	*testschool.School
	imports *importing.Imports
	id      string
	season  string // that courses go to
}

func (d *desk) start(kind importing.Kind, file string) {
	d.T.Helper()
	book, err := sheet.Read([]byte(file))
	d.Must(err)
	d.id, err = d.imports.Start(d.Ctx, testschool.Secretary, kind, d.season, "eleves-2027.csv", book)
	d.Must(err)
}

// refused is what is said of a file that is not taken.
func (d *desk) refused(file string) string {
	d.T.Helper()
	book, err := sheet.Read([]byte(file))
	d.Must(err)
	_, err = d.imports.Start(d.Ctx, testschool.Secretary, importing.Courses, d.season, "cours.csv", book)
	return says(err)
}

func (d *desk) now() importing.Import {
	d.T.Helper()
	i, err := importing.ByID(d.Ctx, d.Store, testschool.Secretary, d.id)
	d.Must(err)
	return i
}

func (d *desk) match() {
	d.T.Helper()
	i := d.now()
	d.Must(d.imports.Match(d.Ctx, testschool.Secretary, d.id, i.Version, i.Matching()))
}

// run asks for the import and does it, as the background job would.
func (d *desk) run(before func()) importing.Import {
	d.T.Helper()
	d.Must(d.imports.Ask(d.Ctx, testschool.Secretary, d.id, d.now().Version))
	if before != nil {
		before()
	}
	args, err := db.All[string](d.Ctx, d.Store, `select args from job where kind = $1 order by id desc`, importing.Job)
	d.Must(err)
	d.Must(d.imports.Run(d.Ctx, jobs.Job{RawArgs: args[0]}))
	d.Must(d.imports.Run(d.Ctx, jobs.Job{RawArgs: args[0]})) // a job may be run twice
	return d.now()
}

// everything is what the tables that an import writes hold.
func (d *desk) everything() string {
	d.T.Helper()
	var all []string
	for _, query := range []string{
		`select id || address || postcode || town from household order by id`,
		`select id || last_name || first_name || email || mobile || phone || search from guardian order by id`,
		`select id || last_name || birth_date || level_now from pupil order by id`,
		`select pupil_id || household_id from pupil_household order by pupil_id, household_id`,
		`select login || coalesce(household_id, '') from account order by login`,
	} {
		rows, err := db.All[string](d.Ctx, d.Store, query)
		d.Must(err)
		all = append(all, strings.Join(rows, "\n"))
	}
	return strings.Join(all, "\n\n")
}

func says(err error) string {
	var conflict *fault.Conflict
	var invalid *fault.Invalid
	switch {
	case errors.As(err, &conflict):
		return conflict.Message
	case errors.As(err, &invalid):
		return invalid.Message
	}
	return ""
}

const newFamilies = "Nom;Prénom;Né(e) le;Classe;Resp. légal;Mail;Tél;CP\n" +
	"ZYGMUNT;Ana;31/02/2016;CE2;ZYGMUNT Paul;paul.zygmunt@exemple.fr;612003456;44430\n" +
	"ZYGMUNT;Léo;03/04/2018;GS;ZYGMUNT Paul;paul.zygmunt@exemple.fr;;\n" +
	"BOSSIS;Inès;;Tle;;;;\n"

func TestAFileIsTriedImportedAndUndone(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		d := &desk{School: testschool.Open(t, store)}
		d.imports = importing.New(store, d.Clock, d.Accounts, d.Registrar)
		before := d.everything()
		d.start(importing.Families, newFamilies+"BOSSIS;Inès;;Tle;"+d.responsible("BOSSIS-1722")+";;\n")
		d.match()
		i := d.now()
		problems, err := importing.ProblemsOf(d.Ctx, store, testschool.Secretary, d.id, 0)
		d.Must(err)
		if i.State != importing.Tried || i.Blocking != 2 || i.Ready() || len(problems) != int(i.Problems) || problems[0].Line != 2 || problems[0].What != "Cette date n’existe pas" {
			t.Fatalf("%+v, %+v", i, problems)
		}
		if got := says(d.imports.Ask(d.Ctx, testschool.Secretary, d.id, i.Version)); !strings.Contains(got, "2 problèmes") {
			t.Errorf("asked with problems: %q", got)
		}
		d.Must(d.imports.Answer(d.Ctx, testschool.Secretary, d.id, i.Version, map[string]importing.Answer{
			problems[0].Group: {Code: "read:28/02/2016"}, problems[1].Group: {Code: "skip"}}))
		if got := says(d.imports.Try(d.Ctx, testschool.Secretary, d.id, i.Version)); !strings.Contains(got, "Odile Batard") {
			t.Errorf("a second secretary: %q", got)
		}
		if i = d.now(); !i.Ready() || i.Counts().Households != 1 || i.Counts().Pupils != 2 || i.Counts().PupilsChanged != 1 || i.Counts().Skipped != 1 {
			t.Fatalf("%+v", i)
		}
		if d.everything() != before {
			t.Error("a trial has written")
		}
		d.moved(before)
		d.Must(d.imports.Try(d.Ctx, testschool.Secretary, d.id, d.now().Version))
		if i = d.run(nil); i.State != importing.Done || i.DoneBy != "Odile Batard" || i.Failure != "" {
			t.Fatalf("%+v", i)
		}
		d.imported()
		d.held()
		d.Must(d.imports.Undo(d.Ctx, testschool.Secretary, d.id))
		if after := d.everything(); after != before {
			t.Errorf("the undo left something: %s", firstDifference(before, after))
		}
		if got := says(d.imports.Undo(d.Ctx, testschool.Secretary, d.id)); got == "" {
			t.Error("undone twice")
		}
		d.again()
	})
}

func firstDifference(a, b string) string {
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return a[max(0, i-80):min(len(a), i+80)] + " / " + b[max(0, i-80):min(len(b), i+80)]
		}
	}
	return "one is longer"
}

// responsible is the family's first responsible as the file writes it.
func (d *desk) responsible(login string) string {
	d.T.Helper()
	h := d.household(login)
	return h.Guardians[0].LastName + " " + h.Guardians[0].FirstName + ";" + h.Guardians[0].Email
}

func (d *desk) household(login string) people.Household {
	d.T.Helper()
	id, err := db.One[string](d.Ctx, d.Store, `select household_id from account where login = $1`, login)
	d.Must(err)
	h, err := people.HouseholdByID(d.Ctx, d.Store, testschool.Secretary, id)
	d.Must(err)
	return h
}

// moved: what the school holds changes between the trial and the import, which then writes nothing.
func (d *desk) moved(before string) {
	d.T.Helper()
	set := func(level string) {
		d.Must(d.Store.Write(d.Ctx, func(tx *db.Tx) error {
			_, err := tx.Exec(d.Ctx, `update pupil set level_now = $1 where last_name = 'Bossis' and first_name = 'Inès'`, level)
			return err
		}))
	}
	was, err := db.One[string](d.Ctx, d.Store, `select level_now from pupil where last_name = 'Bossis' and first_name = 'Inès'`)
	d.Must(err)
	i := d.run(func() { set("Tle") })
	if i.State != importing.Tried || !strings.Contains(i.Failure, "a changé depuis l’essai") {
		d.T.Errorf("%+v", i)
	}
	set(was)
	if d.everything() != before {
		d.T.Error("an import that was not done has written")
	}
}

func (d *desk) imported() {
	d.T.Helper()
	login, err := db.One[string](d.Ctx, d.Store, `select a.login from account a join guardian g on g.household_id = a.household_id where g.last_name = 'ZYGMUNT'`)
	if err != nil || !strings.HasPrefix(login, "ZYGMUNT-") {
		d.T.Fatalf("identifiant %q, %v", login, err)
	}
	h := d.household(login)
	pupils, err := people.PupilsOf(d.Ctx, d.Store, h.ID)
	if err != nil || len(pupils) != 2 || pupils[0].BirthDate != "2016-02-28" || h.Guardians[0].Mobile != "0612003456" || h.Postcode != "44430" {
		d.T.Errorf("%+v, %+v, %v", h, pupils, err)
	}
	hits, err := people.Search(d.Ctx, d.Store, testschool.Secretary, people.Everybody, "zygmunt", 10)
	if err != nil || len(hits) != 3 {
		d.T.Errorf("found %d, %v", len(hits), err)
	}
	level, err := db.One[string](d.Ctx, d.Store, `select level_now from pupil where last_name = 'Bossis' and first_name = 'Inès'`)
	if err != nil || level != "Tle" {
		d.T.Errorf("level %q, %v", level, err)
	}
	lines, err := journal.About(d.Ctx, d.Store, importing.Subject(d.id), 5)
	if err != nil || len(lines) != 1 || lines[0].Event != "import.done" || !strings.Contains(lines[0].After, "1 foyer créé, 2 élèves créés, 1 élève modifié") {
		d.T.Errorf("%+v, %v", lines, err)
	}
	mails, err := db.One[int64](d.Ctx, d.Store, `select count(*) from outgoing_mail`)
	if err != nil || mails != 0 {
		d.T.Errorf("%d mails, %v", mails, err)
	}
}

// held: the undo is refused, by name, while something has changed.
func (d *desk) held() {
	d.T.Helper()
	change := func(text string) {
		d.Must(d.Store.Write(d.Ctx, func(tx *db.Tx) error { _, err := tx.Exec(d.Ctx, text); return err }))
	}
	for _, row := range []struct{ does, undoes, names string }{
		{`update pupil set level_now = '2de' where last_name = 'Bossis' and first_name = 'Inès'`, `update pupil set level_now = 'Tle' where last_name = 'Bossis' and first_name = 'Inès'`, "Inès Bossis"},
		{`update guardian set mobile = '0699999999' where last_name = 'ZYGMUNT'`, `update guardian set mobile = '0612003456' where last_name = 'ZYGMUNT'`, "le foyer ZYGMUNT Paul"},
		{`update account set password_hash = 'x' where login like 'ZYGMUNT-%'`, `update account set password_hash = '' where login like 'ZYGMUNT-%'`, "ZYGMUNT Paul"},
		{`insert into pupil_course_now (pupil_id, course_code) select id, 'X' from pupil where last_name = 'ZYGMUNT' and first_name = 'Ana'`, `delete from pupil_course_now where course_code = 'X'`, "Ana ZYGMUNT"},
		{`insert into pupil_household (pupil_id, household_id) select p.id, g.household_id from pupil p, guardian g where p.first_name = 'Mathis' and p.last_name like 'Batard%' and g.last_name = 'ZYGMUNT'`,
			`delete from pupil_household where household_id in (select household_id from guardian where last_name = 'ZYGMUNT') and pupil_id not in (select id from pupil where last_name = 'ZYGMUNT')`, "un autre élève"},
	} {
		change(row.does)
		if got := says(d.imports.Undo(d.Ctx, testschool.Secretary, d.id)); !strings.Contains(got, row.names) {
			d.T.Errorf("%s: %q", row.does, got)
		}
		change(row.undoes)
	}
	family := actor.Actor{Account: "f", Role: actor.Family, Household: "h"}
	if err := d.imports.Undo(d.Ctx, family, d.id); !errors.Is(err, fault.ErrForbidden) {
		d.T.Errorf("a family: %v", err)
	}
}

// again: a second file of the same titles is matched as the first was, an open
// file can be given up, and one that was undone is done again.
func (d *desk) again() {
	d.T.Helper()
	first := d.now()
	d.Clock.Set(d.Clock.Now().Add(time.Minute))
	matching := first.Matching()
	matching[7] = importing.LeaveOut
	d.Must(d.imports.Match(d.Ctx, testschool.Secretary, d.id, first.Version, matching))
	undone := d.id
	d.start(importing.Families, strings.Split(newFamilies, "\n")[0]+"\nX;Y;01/01/2016;;X Z;;;44000\n")
	if got := d.now().Matching(); got[7] != importing.LeaveOut {
		d.T.Errorf("matched as %v", got)
	}
	twice := d.now().Matching()
	twice[1] = twice[0]
	if got := says(d.imports.Match(d.Ctx, testschool.Secretary, d.id, d.now().Version, twice)); got == "" {
		d.T.Error("two columns are one field")
	}
	d.Must(d.imports.GiveUp(d.Ctx, testschool.Secretary, d.id, d.now().Version))
	if _, err := importing.ByID(d.Ctx, d.Store, testschool.Secretary, d.id); !errors.Is(err, fault.ErrNotFound) {
		d.T.Errorf("given up: %v", err)
	}
	d.start(importing.Pupils, "Identifiant;Nom;Prénom\nBOSSIS-1722;Bossis;Zoé\n")
	draft := d.id
	d.id = undone
	if i := d.run(nil); i.State != importing.Done {
		d.T.Errorf("done again: %+v", i)
	}
	d.start(importing.Pupils, "Identifiant;Nom;Prénom;Classe\nBOSSIS-1722;Bossis;Inès;1re\n")
	d.match()
	if i := d.run(nil); i.State != importing.Done {
		d.T.Errorf("a second import: %+v", i)
	}
	if got := says(d.imports.Undo(d.Ctx, testschool.Secretary, undone)); !strings.Contains(got, "Inès Bossis") {
		d.T.Errorf("the first undone before the second: %q", got)
	}
	d.Must(d.imports.Undo(d.Ctx, testschool.Secretary, d.id))
	d.id = undone
	d.Must(d.Store.Write(d.Ctx, func(tx *db.Tx) error { return importing.Sweep(d.Ctx, tx, d.Clock.Now().Add(time.Second)) }))
	kept, err := db.All[string](d.Ctx, d.Store, `select distinct part from import_page order by part`)
	if err != nil || strings.Join(kept, " ") != "changes written" {
		d.T.Errorf("swept: %v, %v", kept, err)
	}
	if _, err := importing.ByID(d.Ctx, d.Store, testschool.Secretary, draft); !errors.Is(err, fault.ErrNotFound) {
		d.T.Errorf("an old draft: %v", err)
	}
	d.Must(d.imports.Undo(d.Ctx, testschool.Secretary, d.id))
}
