package transfer_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	demofiles "pupitre/demo"
	"pupitre/internal/domain/account"
	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/document"
	"pupitre/internal/domain/people"
	"pupitre/internal/domain/school"
	"pupitre/internal/domain/transfer"
	"pupitre/internal/domain/transfer/folder"
	"pupitre/internal/platform/blob"
	"pupitre/internal/platform/clock"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/db/dbtest"
)

var (
	ctx       = context.Background()
	start     = time.Date(2027, 6, 8, 18, 0, 0, 0, time.UTC)
	secretary = actor.Actor{Account: "s", Name: "Odile Batard", Role: actor.Secretary}
)

// house is a school under test: an empty store and what an import needs.
type house struct {
	t     *testing.T
	store *db.Store
	blobs blob.Store
	clock *clock.Moved
}

func newHouse(t *testing.T, store *db.Store) house {
	t.Helper()
	blobs, err := blob.Disk(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { blobs.Close() })
	return house{t, store, blobs, clock.At(start)}
}

func (h house) try(files fs.FS, dryRun bool) (transfer.Report, error) {
	h.t.Helper()
	deps := transfer.Deps{Store: h.store, Blobs: h.blobs, Accounts: account.New(h.store, h.clock), Clock: h.clock, Files: files}
	if restorable, err := transfer.Restorable(ctx, deps); restorable || err != nil {
		if err != nil {
			return transfer.Report{}, err
		}
		return transfer.Restore(ctx, deps, dryRun)
	}
	f, problems := folder.Read(files)
	for _, p := range problems {
		h.t.Error(transfer.Sentence(p))
	}
	if len(problems) > 0 {
		h.t.FailNow()
	}
	return transfer.Import(ctx, deps, f, dryRun)
}

func (h house) load(files fs.FS) transfer.Report {
	h.t.Helper()
	report, err := h.try(files, false)
	if err != nil {
		h.t.Fatal(err)
	}
	return report
}

func (h house) export() string {
	h.t.Helper()
	dir := filepath.Join(h.t.TempDir(), "export")
	if err := transfer.Export(ctx, h.store, h.blobs, dir); err != nil {
		h.t.Fatal(err)
	}
	return dir
}

func (h house) write(f func(tx *db.Tx) error) {
	h.t.Helper()
	if err := h.store.Write(ctx, f); err != nil {
		h.t.Fatal(err)
	}
}

func (h house) count(table string) int64 {
	h.t.Helper()
	n, err := db.One[int64](ctx, h.store, `select count(*) from `+table)
	if err != nil {
		h.t.Fatal(err)
	}
	return n
}

// small is the demonstration school with its first ten families.
func small(t *testing.T) fstest.MapFS {
	t.Helper()
	files := fstest.MapFS{}
	for _, name := range []string{folder.SchoolFile, folder.HouseholdsFile, folder.PupilsFile, folder.CoursesFile, folder.TeachersFile} {
		data, err := fs.ReadFile(demofiles.Files, name)
		if err != nil {
			t.Fatal(err)
		}
		files[name] = &fstest.MapFile{Data: data}
	}
	families := firstRows(t, files[folder.HouseholdsFile], func(i int, _ string) bool { return i <= 10 })
	firstRows(t, files[folder.PupilsFile], func(i int, family string) bool { return i == 0 || slices.Contains(families, family) })
	return files
}

// firstRows keeps the rows of a CSV by number and first cell, and returns the first cells kept.
func firstRows(t *testing.T, file *fstest.MapFile, keep func(i int, cell string) bool) []string {
	t.Helper()
	r := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(file.Data, []byte("\ufeff"))))
	r.Comma, r.FieldsPerRecord = ';', -1
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	w.Comma = ';'
	var cells []string
	for i, row := range rows {
		if keep(i, row[0]) {
			cells = append(cells, row[0])
			if err := w.Write(row); err != nil {
				t.Fatal(err)
			}
		}
	}
	w.Flush()
	file.Data = b.Bytes()
	return cells
}

// edited is the small school with one file changed.
func edited(t *testing.T, name string, change func(string) string) fs.FS {
	t.Helper()
	files := small(t)
	before := string(files[name].Data)
	after := change(before)
	if before == after {
		t.Fatalf("%s was not changed", name)
	}
	files[name].Data = []byte(after)
	return files
}

// sameFolders fails for each file that differs between the folders.
func sameFolders(t *testing.T, a, b string) {
	t.Helper()
	first, second := contents(t, a), contents(t, b)
	for name, data := range first {
		if other, ok := second[name]; !ok {
			t.Errorf("%s is missing from the second", name)
		} else if data != other {
			t.Errorf("%s differs: %s", name, difference(data, other))
		}
	}
	for name := range second {
		if _, ok := first[name]; !ok {
			t.Errorf("%s is only in the second", name)
		}
	}
}

func contents(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := fs.WalkDir(os.DirFS(dir), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(filepath.Join(dir, path))
		all[path] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func difference(a, b string) string {
	first, second := strings.Split(a, "\n"), strings.Split(b, "\n")
	for i := range first {
		if i >= len(second) {
			return "the second is shorter"
		}
		if first[i] != second[i] {
			return "\n\t" + first[i] + "\n\t" + second[i]
		}
	}
	return "the second is longer"
}

func TestImportTheDemonstration(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		h := newHouse(t, store)
		report := h.load(demofiles.Files)
		if len(report.Kept) > 0 || h.count("household") != 250 || h.count("pupil") != 333 || h.count("course") != 68 || h.count("account") != 250 {
			t.Errorf("households %d, pupils %d, courses %d, accounts %d, kept %v", h.count("household"), h.count("pupil"), h.count("course"), h.count("account"), report.Kept)
		}
		season, err := school.CurrentSeason(ctx, store)
		if err != nil || !season.IsOpen(start) || season.Name != "2027-2028" || season.AgesOn != "2027-12-31" {
			t.Errorf("season: got %+v, %v", season, err)
		}
		s, err := school.Current(ctx, store)
		if err != nil || s.QuietFrom != 20 || s.QuietUntil != 8 || s.PasswordMax != 20 || s.Recovery != school.RecoverByPassword {
			t.Errorf("school: got %+v, %v", s, err)
		}
		lines := h.count("journal")
		h.clock.Add(time.Hour)
		again := h.load(demofiles.Files)
		if again.Changed() || len(again.Kept) > 0 || len(again.Identifiers) > 0 {
			t.Errorf("importing again changed %+v, kept %v", again.Counts, again.Kept)
		}
		if h.count("journal") != lines {
			t.Error("importing again wrote to the journal")
		}
	})
}

func TestADryRunWritesNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		h := newHouse(t, store)
		report, err := h.try(small(t), true)
		if err != nil || !report.Changed() {
			t.Fatalf("got %+v, %v", report, err)
		}
		for _, table := range []string{"school", "season", "household", "pupil", "course", "account", "journal", "imported"} {
			if n := h.count(table); n != 0 {
				t.Errorf("%s has %d rows", table, n)
			}
		}
	})
}

func TestAFieldChangedOnScreenIsKeptAndListed(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		h := newHouse(t, store)
		h.load(small(t))
		abelard, err := account.ByLogin(ctx, store, "ABELARD-1844")
		if err != nil {
			t.Fatal(err)
		}
		family, err := people.HouseholdByID(ctx, store, secretary, abelard.Household)
		if err != nil {
			t.Fatal(err)
		}
		g := family.Guardians[0]
		h.write(func(tx *db.Tx) error {
			_, err := people.SaveIdentity(ctx, tx, start, secretary, people.HouseholdForm{HouseholdID: family.ID, Version: family.Version,
				Address: "5 rue de l’Écran", Postcode: family.Postcode, Town: family.Town, BillingMode: 1, Means: []string{"cheques"},
				Guardians: []people.GuardianForm{{ID: g.ID, Civility: g.Civility, LastName: g.LastName, FirstName: g.FirstName, Email: g.Email, Mobile: g.Mobile}}})
			return err
		})
		files := edited(t, "familles.csv", func(s string) string {
			return strings.Replace(s, "66 rue du Muscadet;;44450;Divatte-sur-Loire", "66 rue du Fichier;;44450;La Chapelle", 1)
		})
		report := h.load(files)
		if len(report.Kept) != 1 || report.Kept[0].Field != "adresse" || report.Kept[0].InFile != "66 rue du Fichier" || report.Kept[0].Held != "5 rue de l’Écran" || report.Kept[0].Line != 2 {
			t.Errorf("kept: got %+v", report.Kept)
		}
		family, err = people.HouseholdByID(ctx, store, secretary, abelard.Household)
		if err != nil || family.Address != "5 rue de l’Écran" || family.Town != "La Chapelle" || family.BillingMode != 1 || !slices.Equal(family.Means, []string{"cheques"}) {
			t.Errorf("got %+v, %v", family, err)
		}
		report = h.load(files)
		if report.Changed() || len(report.Kept) != 1 {
			t.Errorf("again: changed %v, kept %v", report.Changed(), report.Kept)
		}
	})
}

func TestAPaperRenamedByTheNextImportTakesItsNewName(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		h := newHouse(t, store)
		h.load(small(t))
		report := h.load(edited(t, "ecole.toml", func(s string) string { return strings.Replace(s, `nom = "RIB"`, `nom = "Relevé d’identité"`, 1) }))
		season, err := school.CurrentSeason(ctx, store)
		if err != nil {
			t.Fatal(err)
		}
		papers, err := document.Papers(ctx, store, season.ID)
		if err != nil || len(report.Kept) != 0 || !slices.ContainsFunc(papers, func(p document.Paper) bool { return p.Code == "rib" && p.Name == "Relevé d’identité" }) {
			t.Errorf("got %+v, kept %+v (%v)", papers, report.Kept, err)
		}
	})
}

func TestAPersonalisedIdentifierIsStillTheSameFamily(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		h := newHouse(t, store)
		h.load(small(t))
		abelard, err := account.ByLogin(ctx, store, "ABELARD-1844")
		if err != nil {
			t.Fatal(err)
		}
		if err := account.New(store, h.clock).ChangeLogin(ctx, abelard.Actor(), "apolline"); err != nil {
			t.Fatal(err)
		}
		if report := h.load(small(t)); report.Changed() {
			t.Errorf("got %+v", report.Counts)
		}
	})
}

func TestAFamilyWithoutIdentifierIsGivenOneOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		h := newHouse(t, store)
		files := edited(t, "familles.csv", func(s string) string {
			return s + ";Mme;Le Goff;Anne;1 rue Neuve;;44330;Vallet;0639980000;;anne.legoff@exemple.fr\n"
		})
		report := h.load(files)
		made := report.Identifiers[len(report.Identifiers)-1]
		if !strings.HasPrefix(made.Identifier, "LEGOFF-") || made.Line != 12 || made.Family != "Anne Le Goff" {
			t.Errorf("made: got %+v", report.Identifiers)
		}
		if again := h.load(files); again.Changed() || len(again.Identifiers) != 0 {
			t.Errorf("again: got %+v", again)
		}
	})
}

func TestAnIdentifierTakenByTheStaffRefusesEverything(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		h := newHouse(t, store)
		h.write(func(tx *db.Tx) error {
			_, err := tx.Exec(ctx, `insert into account (id, login, login_folded, role, name, email, password_hash, link_hash, created_at)
				values ('x', 'ABELARD-1844', 'abelard-1844', 'secretary', 'x', '', '', '', $1)`, start)
			return err
		})
		_, err := h.try(small(t), false)
		var refused *transfer.Refused
		if !errors.As(err, &refused) || len(refused.Problems) != 1 || refused.Problems[0].File != "familles.csv" || refused.Problems[0].Line != 2 || refused.Problems[0].Column != "identifiant" {
			t.Errorf("got %v", err)
		}
		if h.count("household") != 0 || h.count("school") != 0 {
			t.Error("something was imported")
		}
	})
}

func TestATextOfTheSameVersionIsNeverEdited(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		h := newHouse(t, store)
		h.load(small(t))
		_, err := h.try(edited(t, "ecole.toml", func(s string) string {
			return strings.Replace(s, "Chaque année, tous les élèves", "Chaque année, certains élèves", 1)
		}), false)
		var refused *transfer.Refused
		if !errors.As(err, &refused) || refused.Problems[0].Column != "textes" {
			t.Errorf("got %v", err)
		}
	})
}

func TestExportOfTheImportedDemonstrationComesBack(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		h := newHouse(t, store)
		h.load(small(t))
		first := h.export()
		if report := h.load(os.DirFS(first)); report.Changed() || len(report.Kept) > 0 {
			t.Errorf("its own files changed the school: %+v, kept %v", report.Counts, report.Kept)
		}
		other := newHouse(t, dbtest.SQLite(t))
		if report := other.load(os.DirFS(first)); !report.Restored || len(report.Warnings) > 0 && strings.Contains(report.Warnings[len(report.Warnings)-1].Message, "export") {
			t.Errorf("got %+v", report)
		}
		sameFolders(t, first, other.export())
	})
}
