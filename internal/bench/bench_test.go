package bench

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	demofiles "pupitre/demo"
	"pupitre/internal/domain/enrolment"
	"pupitre/internal/domain/school"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/db/dbtest"
)

// deps are those of the built program.
var deps = Deps{Open: db.Open, Files: demofiles.Files}

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "pupitre-bench-test-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	deps.Program = filepath.Join(dir, "pupitre")
	if out, err := exec.Command("go", "build", "-o", deps.Program, "pupitre/cmd/pupitre").CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "build the program: %v\n%s", err, out)
		return 1
	}
	return m.Run()
}

// onEngines runs f on SQLite, and on PostgreSQL where there is one.
func onEngines(t *testing.T, f func(t *testing.T, databaseURL string)) {
	t.Run("sqlite", func(t *testing.T) { f(t, "") })
	if dbtest.OnBoth() {
		t.Run("postgresql", func(t *testing.T) { f(t, dbtest.Database(t)) })
	}
}

func TestARushKeepsEveryPromise(t *testing.T) {
	onEngines(t, func(t *testing.T, databaseURL string) {
		o := RushOptions{Families: 60, Courses: 20, Clients: 16, Machines: 1, DatabaseURL: databaseURL}
		if databaseURL != "" {
			o.Machines = 2
		}
		result, err := Rush(t.Context(), deps, o)
		if err != nil {
			t.Fatal(err)
		}
		if result.Breaches != 0 {
			t.Errorf("%d promises broken:\n%s", result.Breaches, strings.Join(result.Broken, "\n"))
		}
		if result.Mails != 60 || result.Submissions <= 0 || result.RawCommits <= 0 || result.PeakRSS <= 0 {
			t.Errorf("a rush that measured nothing: %+v", result)
		}
		var said bytes.Buffer
		result.Write(&said)
		for _, word := range []string{"submissions", "raw one-row commits", "inversions", "breaches"} {
			if !strings.Contains(said.String(), word) {
				t.Errorf("%q is not said:\n%s", word, &said)
			}
		}
	})
}

func TestARushRefusesWhatItCannotPlay(t *testing.T) {
	good := RushOptions{Families: 60, Courses: 20, Clients: 16, Machines: 1}
	for name, spoil := range map[string]func(*RushOptions){
		"no family":                   func(o *RushOptions) { o.Families = 0 },
		"too few courses":             func(o *RushOptions) { o.Courses = 19 },
		"no client":                   func(o *RushOptions) { o.Clients = 0 },
		"two machines on SQLite":      func(o *RushOptions) { o.Machines = 2 },
		"a database that is no URL":   func(o *RushOptions) { o.DatabaseURL = "pupitre.db" },
		"a database that nobody runs": func(o *RushOptions) { o.DatabaseURL = "postgres://127.0.0.1:1/nothing" },
	} {
		o := good
		spoil(&o)
		if _, err := Rush(t.Context(), deps, o); err == nil {
			t.Errorf("%s: played", name)
		}
	}
}

func TestABenchRefusesTheDatabaseOfASchool(t *testing.T) {
	if !dbtest.OnBoth() {
		return
	}
	where := dbtest.Database(t)
	store := dbtest.Open(t, where)
	played(t, store, 1)
	_, err := Rush(t.Context(), deps, RushOptions{Families: 60, Courses: 20, Clients: 16, Machines: 1, DatabaseURL: where})
	if err == nil || !strings.Contains(err.Error(), "already holds a school") {
		t.Errorf("got %v", err)
	}
}

func TestFormOfReadsTheFormThatPostsThere(t *testing.T) {
	page := []byte(`<form method="post" action="/deconnexion"><button>x</button></form>
		<form method="post" action="/a"><input type="hidden" name="texte" value="t1"><input type="checkbox" name="accord"></form>`)
	form, err := formOf(page, "/a")
	if err != nil || form.Encode() != "accord=on&texte=t1" {
		t.Errorf("got %q, %v", form.Encode(), err)
	}
	if _, err := formOf(page, "/b"); err == nil {
		t.Error("a form that is not there was read")
	}
}

func TestThePagesOfAGrownSchoolAreVisited(t *testing.T) {
	where := ""
	if dbtest.OnBoth() { // the school itself is grown on SQLite below
		where = dbtest.Database(t)
	}
	var said, progress bytes.Buffer
	told := deps
	told.Progress = &progress
	result, err := Pages(t.Context(), told, PagesOptions{Pupils: []int{300, 600}, Clients: 4, Secretaries: 2, Seconds: .2, DatabaseURL: where, Tables: &said})
	if err != nil {
		t.Fatal(err)
	}
	size := result.Sizes[1]
	if size.Pupils != 666 || size.Dossiers < 500 || len(size.Pages) != 8 {
		t.Errorf("visited %d pupils, %d dossiers, %d pages", size.Pupils, size.Dossiers, len(size.Pages))
	}
	for _, size := range result.Sizes {
		for _, p := range size.Pages {
			row := fmt.Sprintf("  %-16s %8.0f %9.1f %9.1f %8.3f %8d", p.Name, p.PerSecond, p.P50, p.P99, p.Ratio, p.Bytes>>10)
			if !strings.Contains(said.String(), row) || p.Size != size.Pupils || p.PerSecond <= 0 || p.Ratio != p.PerSecond/size.Pages[0].PerSecond {
				t.Errorf("%+v is not the row of the table:\n%s", p, &said)
			}
		}
	}
	for _, word := range []string{"bare 20 kB page", "sign-in page", "family home", "documents", "course choice", "office queue", "dossier review", "places board", "333 pupils"} {
		if !strings.Contains(said.String(), word) {
			t.Errorf("%q is not said:\n%s", word, &said)
		}
	}
	for _, step := range []string{"333 pupils, rows", "666 pupils, rows", "signing in", "666 pupils, office queue"} {
		if !strings.Contains(progress.String(), step) {
			t.Errorf("%q is not shown on the way:\n%s", step, &progress)
		}
	}
}

// TestWhoAsksTooFastWaits holds that a refusal is no page.
func TestASeasonIsInvoicedAndPrinted(t *testing.T) {
	for _, o := range []InvoicesOptions{{Invoices: 0, Clients: 1}, {Invoices: 60, Clients: 0}, {Invoices: 60, Clients: desks + 1}} {
		if _, err := Invoices(t.Context(), deps, o); err == nil {
			t.Errorf("%+v: invoiced", o)
		}
	}
	result, err := Invoices(t.Context(), deps, InvoicesOptions{Invoices: 60, Clients: 2})
	if err != nil {
		t.Fatal(err)
	}
	var said bytes.Buffer
	result.Write(&said)
	if result.Invoices < 50 || result.Missing != 0 || result.Bytes < int64(result.Invoices)<<10 || result.PeakRSS <= 0 || result.Half <= 0 || result.Issuing <= 0 || result.Printing <= 0 {
		t.Errorf("%+v\n%s", result, &said)
	}
	if want := fmt.Sprintf("%d pupils, %d invoices", result.Pupils, result.Invoices); !strings.Contains(said.String(), want) {
		t.Errorf("no %q in:\n%s", want, &said)
	}
}

func TestWhoAsksTooFastWaits(t *testing.T) {
	asked := 0
	took, err := crowd(t.Context(), 1, time.Minute, func(_, turn int) error {
		asked++
		switch turn {
		case 0, 2:
			return nil
		case 1:
			return tooFast{time.Millisecond}
		default:
			return errors.New("enough")
		}
	})
	if err == nil || err.Error() != "enough" || asked != 4 || len(took.took) != 2 || took.told != 1 {
		t.Errorf("%d asked, %d answers, %d told to wait, %v", asked, len(took.took), took.told, err)
	}
}

// TestTheLargestSchoolHasEnoughDossiers counts what would be poured.
func TestTheLargestSchoolHasEnoughDossiers(t *testing.T) {
	s := &seed{dossiers: 284}
	if n := s.copiesOfDossiers() * s.dossiers; n < mostDossiers || n >= mostDossiers+s.dossiers {
		t.Errorf("%d dossiers, want %d", n, mostDossiers)
	}
}

// TestAGrownSchoolIsSound has the board of many copies hold its promises.
func TestAGrownSchoolIsSound(t *testing.T) {
	g := &ground{dir: t.TempDir()}
	s, err := sow(t.Context(), deps, g)
	if err != nil {
		t.Fatal(err)
	}
	store := dbtest.SQLite(t)
	if err := s.raise(t.Context(), lot{dir: t.TempDir()}, store, 1500, &bar{}); err != nil {
		t.Fatal(err)
	}
	season, err := school.CurrentSeason(t.Context(), store)
	if err != nil {
		t.Fatal(err)
	}
	board, err := enrolment.BoardOf(t.Context(), store, season.ID)
	if err != nil {
		t.Fatal(err)
	}
	if err := board.Check(); err != nil {
		t.Error(err)
	}
	kept, err := enrolment.Everything(t.Context(), store)
	if err != nil {
		t.Fatal(err)
	}
	ranks := map[int64]bool{}
	for _, d := range kept.Dossiers {
		if d.Rank > 0 && ranks[d.Rank] || d.Rank >= kept.NextRank {
			t.Errorf("%s: rank %d, the next is %d", d.Label(), d.Rank, kept.NextRank)
		}
		ranks[d.Rank] = true
	}
	if want := s.copies(1500) * s.dossiers; len(kept.Dossiers) != want {
		t.Errorf("%d dossiers, want %d", len(kept.Dossiers), want)
	}
}
