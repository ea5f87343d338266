package web_test

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"io/fs"
	"log/slog"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	files "pupitre/demo"
	"pupitre/internal/demo"
	"pupitre/internal/domain/account"
	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/application"
	"pupitre/internal/domain/billing"
	"pupitre/internal/domain/enrolment"
	"pupitre/internal/domain/importing"
	"pupitre/internal/domain/merge"
	"pupitre/internal/domain/people"
	"pupitre/internal/domain/school"
	"pupitre/internal/platform/blob"
	"pupitre/internal/platform/clock"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/db/dbtest"
	"pupitre/internal/platform/mail"
	"pupitre/internal/web"
	"pupitre/internal/web/access"
	"pupitre/internal/web/allocation"
	newcomerpages "pupitre/internal/web/application"
	money "pupitre/internal/web/billing"
	"pupitre/internal/web/catalogue"
	"pupitre/internal/web/family"
	"pupitre/internal/web/figures"
	"pupitre/internal/web/households"
	importpages "pupitre/internal/web/importing"
	"pupitre/internal/web/lists"
	"pupitre/internal/web/merging"
	"pupitre/internal/web/messages"
	"pupitre/internal/web/office"
	"pupitre/internal/web/personal"
	"pupitre/internal/web/public"
	"pupitre/internal/web/quotients"
	"pupitre/internal/web/settings"
	"pupitre/internal/web/tariffs"
	trailpages "pupitre/internal/web/trail"
	"pupitre/internal/work"
)

// shown is the day the seeded school is visited: a Tuesday evening, twelve
// days after the campaign has opened.
var shown = time.Date(2027, 6, 8, 18, 0, 0, 0, time.UTC)

const (
	publicURL = "http://portail.exemple"
	mailFrom  = "École <ecole@exemple.fr>"
)

func TestMain(m *testing.M) {
	code := m.Run()
	if masterDir != "" {
		os.RemoveAll(masterDir)
	}
	os.Exit(code)
}

var masterDir string

// master is the demonstration school, seeded once; each test has a copy.
type master struct {
	path  string
	files string         // the folder of the deposits
	mails []mail.Message // sent so far, the newest first
}

var seedOnce = sync.OnceValues(func() (m master, err error) {
	ctx := context.Background()
	if masterDir, err = os.MkdirTemp("", "pupitre-web-*"); err != nil {
		return m, err
	}
	m.path = filepath.Join(masterDir, "pupitre.db")
	store, err := db.Open(ctx, m.path)
	if err != nil {
		return m, err
	}
	m.files = filepath.Join(masterDir, "documents")
	blobs, err := blob.Disk(m.files)
	if err != nil {
		return m, err
	}
	outbox := mail.NewMemory(5000)
	if err := demo.Seed(ctx, demo.Deps{
		Store: store, Blobs: blobs, Files: files.Files, Outbox: outbox, Log: slog.New(slog.DiscardHandler), Now: shown,
		PublicURL: publicURL, MailFrom: mailFrom,
	}); err != nil {
		return m, err
	}
	m.mails = outbox.Last()
	return m, store.Close() // which leaves one file, without its journal
})

// eachSeeded runs f on a copy of the seeded school of its own, on both engines,
// beside the other tests.
func eachSeeded(t *testing.T, f func(s *seeded)) {
	t.Helper()
	m := seededOnSQLite(t, f)
	if os.Getenv("PUPITRE_TEST_ENGINES") == "sqlite" {
		return
	}
	t.Run("postgresql", func(t *testing.T) {
		t.Parallel()
		where := dbtest.Database(t)
		store := dbtest.Open(t, where)
		copyRows(t, m.path, where)
		f(open(t, m, where, store))
	})
}

// seededOnSQLite is eachSeeded on one engine, for what is refused before any
// engine is asked.
func seededOnSQLite(t *testing.T, f func(s *seeded)) master {
	t.Helper()
	t.Parallel()
	m, err := seedOnce()
	if err != nil {
		t.Fatal(err)
	}
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		where := filepath.Join(t.TempDir(), "pupitre.db")
		data, err := os.ReadFile(m.path)
		if err == nil {
			err = os.WriteFile(where, data, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
		f(open(t, m, where, dbtest.Open(t, where)))
	})
	return m
}

// seeded is the school served over HTTP.
type seeded struct {
	*testing.T
	store     *db.Store
	raw       *sql.DB // what the tests read and set beside the rooms
	lite      bool
	counted   bool // what is written is counted, from the first time it is asked for on
	blobs     blob.Store
	clock     *clock.Moved
	outbox    *mail.Memory
	accounts  *account.Accounts
	registrar *enrolment.Registrar
	season    school.Season
	secretary actor.Actor
	server    *httptest.Server
	log       *lockedLog
	sessions  map[string]string // cookies by who
}

// secretKey seals what the accounts keep sealed.
const secretKey = "the secret of an installation that is tested"

// lockedLog is the server's log, of which a test wants no « request failed ».
type lockedLog struct {
	mu sync.Mutex
	bytes.Buffer
}

func (l *lockedLog) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.Buffer.Write(b)
}

// take returns what was logged since the last time.
func (l *lockedLog) take() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	defer l.Reset()
	return l.String()
}

func open(t *testing.T, m master, where string, store *db.Store) *seeded {
	t.Helper()
	s := &seeded{T: t, store: store, lite: !db.IsPostgres(where), blobs: linked(t, m.files), clock: clock.At(shown), log: &lockedLog{}, outbox: mail.NewMemory(5000), sessions: map[string]string{}}
	for _, one := range slices.Backward(m.mails) {
		s.must(s.outbox.Send(t.Context(), one))
	}
	s.raw = openRaw(t, where)
	s.accounts = account.New(store, s.clock)
	s.must(s.accounts.SealWith(t.Context(), secretKey))
	s.registrar = enrolment.NewRegistrar(store, s.clock)
	t.Cleanup(s.registrar.Close)
	var err error
	s.season, err = school.CurrentSeason(t.Context(), store)
	s.must(err)
	s.secretary = actor.Actor{Account: s.text(`select id from account where role = 'secretary'`), Name: "Annie Douillard", Role: actor.Secretary}
	s.server = httptest.NewServer(web.New(web.Config{
		Store: store, Accounts: s.accounts, Clock: s.clock, Log: slog.New(slog.NewTextHandler(s.log, &slog.HandlerOptions{Level: slog.LevelWarn})),
		Pages: s.pages(), Version: "test",
	}))
	t.Cleanup(s.server.Close)
	return s
}

// linked is a store of its own with the files of the folder.
func linked(t *testing.T, from string) blob.Store {
	t.Helper()
	to := t.TempDir()
	err := filepath.WalkDir(from, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		if entry.IsDir() {
			return os.MkdirAll(filepath.Join(to, name), 0o700)
		}
		return os.Link(path, filepath.Join(to, name))
	})
	if err != nil {
		t.Fatal(err)
	}
	blobs, err := blob.Disk(to)
	if err != nil {
		t.Fatal(err)
	}
	return blobs
}

func (s *seeded) pages() web.Pages {
	return everyPage(s.store, s.registrar, s.accounts, s.blobs, s.clock)
}

// everyPage is what the product serves.
func everyPage(store *db.Store, registrar *enrolment.Registrar, accounts *account.Accounts, blobs blob.Store, clk clock.Clock) web.Pages {
	desk := office.New(store, registrar, accounts, blobs, clk, publicURL)
	return web.Pages{
		Public:     public.New(store, accounts, office.Nav),
		Family:     family.New(store, registrar, blobs, clk, publicURL),
		Office:     desk,
		Access:     access.New(store, accounts, desk.Frame),
		Settings:   settings.New(store, registrar, clk, desk.Frame, work.Composer(publicURL)),
		Households: households.New(store, registrar, accounts, desk.Frame),
		Lists:      lists.New(store, publicURL, desk.Frame),
		Figures:    figures.New(store, desk.Frame),
		Messages:   messages.New(store, clk, publicURL, desk.Frame),

		Catalogue:   catalogue.New(store, registrar, desk.Frame),
		Allocation:  allocation.New(store, registrar, clk, desk.Frame),
		Importing:   importpages.New(store, importing.New(store, clk, accounts, registrar), desk.Frame),
		Tariffs:     tariffs.New(store, desk.Frame),
		Quotients:   quotients.New(store, clk, desk.Frame),
		Billing:     money.New(store, billing.New(store, clk), desk.Frame),
		Trail:       trailpages.New(store, desk.Frame),
		Personal:    personal.New(store, blobs),
		Application: newcomerpages.New(store, application.New(store, clk, accounts, registrar), merge.New(store, clk, accounts, registrar), desk.Frame),
		Merging:     merging.New(store, merge.New(store, clk, accounts, registrar), desk.Frame),
	}
}

func (s *seeded) must(err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
}

func openRaw(t *testing.T, where string) *sql.DB {
	t.Helper()
	driver := "sqlite"
	if db.IsPostgres(where) {
		driver = "pgx"
	} else {
		where = "file:" + where + "?_pragma=busy_timeout(5000)"
	}
	raw, err := sql.Open(driver, where)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { raw.Close() })
	return raw
}

// text is the first value that the query returns, as text; the test ends when
// there is none.
func (s *seeded) text(query string, args ...any) string {
	s.Helper()
	var v string
	if err := s.raw.QueryRowContext(s.Context(), query, args...).Scan(&v); err != nil {
		s.Fatalf("%s %v: %v", query, args, err)
	}
	return v
}

// texts are the columns of the query's first row.
func (s *seeded) texts(columns int, query string, args ...any) []string {
	s.Helper()
	values := make([]string, columns)
	into := make([]any, columns)
	for i := range values {
		into[i] = &values[i]
	}
	if err := s.raw.QueryRowContext(s.Context(), query, args...).Scan(into...); err != nil {
		s.Fatalf("%s %v: %v", query, args, err)
	}
	return values
}

// set writes beside the rooms what no screen sets yet, and tells the registrar.
func (s *seeded) set(statement string, args ...any) {
	s.Helper()
	s.must(s.store.Write(s.Context(), func(tx *db.Tx) error {
		_, err := tx.Exec(s.Context(), statement, args...)
		return errors.Join(err, school.Changed(s.Context(), tx))
	}))
}

// runJobs does what is due: mails leave.
func (s *seeded) runJobs() {
	s.Helper()
	runner := work.NewRunner(work.Deps{
		Store: s.store, Clock: s.clock, Log: slog.New(slog.DiscardHandler), Registrar: s.registrar, Accounts: s.accounts, Blobs: s.blobs,
		Outbox: s.outbox, PublicURL: publicURL, MailFrom: mailFrom,
	})
	for range 2 { // what is due, then the mails it enqueues
		_, err := runner.RunDue(s.Context())
		s.must(err)
	}
}

// mailed is what the pattern's group finds in the newest mail to the address.
func (s *seeded) mailed(to, pattern string) string {
	s.Helper()
	found := regexp.MustCompile(pattern)
	for _, m := range s.outbox.Last() {
		if hit := found.FindStringSubmatch(m.Text); hit != nil && strings.Contains(m.To, to) {
			return hit[1]
		}
	}
	s.Fatalf("no mail to %s has %s", to, pattern)
	return ""
}

func (s *seeded) household(id string) people.Household {
	s.Helper()
	h, err := people.HouseholdByID(s.Context(), s.store, s.secretary, id)
	s.must(err)
	return h
}
