package scenario_test

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"pupitre/internal/browser"
	"pupitre/internal/demo/testschool"
	"pupitre/internal/domain/account"
	"pupitre/internal/domain/enrolment"
	"pupitre/internal/domain/people"
	schoolroom "pupitre/internal/domain/school"
	"pupitre/internal/platform/blob/blobtest"
	"pupitre/internal/platform/clock"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/db/dbtest"
	"pupitre/internal/web/door"
)

// rushFamilies send their dossiers while the machines are restarted.
const rushFamilies = 72

// rush is a school on PostgreSQL and S3, with families ready to send.
type rush struct {
	t                *testing.T
	database, bucket string
	smtp             string
	store            *db.Store
	season           string
	text             string
	families         []sender
}

// sender is a family with its session and the dossier it is about to send.
type sender struct{ token, pupil string }

func newRush(t *testing.T) *rush {
	t.Helper()
	r := &rush{t: t, database: dbtest.Database(t), bucket: blobtest.Bucket(t), smtp: browser.SMTP(t)}
	r.store = dbtest.Open(t, r.database)
	s := testschool.Open(t, r.store)
	r.season, r.text = s.Season.ID, s.Text
	now := clock.System().Now()
	season := s.Season
	season.OpensAt, season.ClosesAt = now.Add(-time.Hour), now.AddDate(0, 1, 0)
	s.Must(r.store.Write(t.Context(), func(tx *db.Tx) error { return schoolroom.PutSeason(t.Context(), tx, season) }))
	s.Clock.Set(now)
	logins, err := db.All[string](t.Context(), r.store, `
		select a.login from account a where a.role = 'family' and exists (select 1 from pupil_household m where m.household_id = a.household_id)
			and exists (select 1 from guardian g where g.household_id = a.household_id and g.email <> '' and g.mobile <> '')
			and not exists (select 1 from guardian g where g.household_id = a.household_id and g.email = '')
		order by a.login limit $1`, rushFamilies)
	s.Must(err)
	for _, login := range logins {
		held, err := account.ByLogin(t.Context(), r.store, login)
		s.Must(err)
		pupils, err := people.PupilsOf(t.Context(), r.store, held.Household)
		s.Must(err)
		f := s.Family(login, pupils[0].FirstName)
		f.Pupil.BirthDate, f.Pupil.LevelNow = "2017-03-14", "CM1"
		f.Prepare().Choose("pratiques", "L-CHOEUR-ENFANTS")
		r.families = append(r.families, sender{r.session(f), f.Pupil.ID})
	}
	return r
}

// session is that of a family which signed in before the opening.
func (r *rush) session(f testschool.Family) string {
	r.t.Helper()
	token := rand.Text()
	sum := sha256.Sum256([]byte(token))
	if err := r.store.Write(r.t.Context(), func(tx *db.Tx) error {
		_, err := tx.Exec(r.t.Context(), `insert into session (token_hash, account_id, limited, created_at, seen_at) values ($1, $2, $3, $4, $4)`,
			hex.EncodeToString(sum[:]), f.Account, false, clock.System().Now())
		return err
	}); err != nil {
		r.t.Fatal(err)
	}
	return token
}

// serve starts a machine at the address; "" is a free one. Its few accounts ask
// faster than people may.
func (r *rush) serve(address string) *server {
	r.t.Helper()
	return serveOn(r.t, address, serving, "serve", "--account-rate", "0", "--database-url", r.database, "--blob-url", r.bucket, "--smtp-url", r.smtp,
		"--mail-from", "portail@exemple.fr", "--public-url", "http://portail.exemple.fr", "--trusted-proxies", "127.0.0.1", "--secret-key", strings.Repeat("essai", 8))
}

// balance starts HAProxy with the configuration of deploy/ before the machines
// and returns its address.
func balance(t *testing.T, one, two string) string {
	t.Helper()
	haproxy := os.Getenv("PUPITRE_TEST_HAPROXY")
	if haproxy == "" {
		t.Fatal("PUPITRE_TEST_HAPROXY is not set: run `make test`, which installs HAProxy")
	}
	deploy, err := filepath.Abs("../../deploy")
	if err != nil {
		t.Fatal(err)
	}
	bind, err := freeAddress()
	if err != nil {
		t.Fatal(err)
	}
	said := &output{changed: make(chan struct{})}
	c := exec.Command(haproxy, "-f", filepath.Join(deploy, "haproxy.cfg"))
	c.Env = append(os.Environ(), "PUPITRE_BIND="+bind, "PUPITRE_ONE="+one, "PUPITRE_TWO="+two, "PUPITRE_DEPLOY="+deploy)
	c.Stdout, c.Stderr = said, said
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = c.Process.Kill() // it may have ended already
		_ = c.Wait()
		if t.Failed() {
			t.Logf("HAProxy said:\n%s", said)
		}
	})
	waitFor(t, func() bool {
		connection, err := net.Dial("tcp", bind)
		if err == nil {
			connection.Close()
		}
		return err == nil
	})
	return "http://" + bind
}

// TestARollingRestartLosesNoRequest restarts two machines in turn behind
// HAProxy while families send their dossiers.
func TestARollingRestartLosesNoRequest(t *testing.T) {
	r := newRush(t)
	one, two := r.serve(""), r.serve("")
	addresses := []string{strings.TrimPrefix(one.url, "http://"), strings.TrimPrefix(two.url, "http://")}
	site := balance(t, addresses[0], addresses[1])
	waitFor(t, func() bool { return r.read(site, r.families[0]) == nil })

	l := r.load(site)
	l.release(12)
	for i, machine := range []*server{one, two} {
		l.release(6)
		machine.terminate(t)
		began := time.Now()
		l.release(6)
		waitFor(t, func() bool { return !ready(machine.url) })
		l.release(6)
		<-machine.ended
		if took := time.Since(began); took > 20*time.Second || machine.err != nil {
			t.Errorf("the machine stopped after %s with %v", took, machine.err)
		}
		l.release(6)
		again := r.serve(addresses[i])
		l.release(6)
		waitFor(t, func() bool { return strings.Contains(again.said.String(), `"msg":"request"`) }) // HAProxy is back on it
	}
	l.end()
	if l.failed.Load() != 0 {
		t.Errorf("%d of %d requests failed", l.failed.Load(), l.asked.Load())
	}
	if l.released != len(r.families) {
		t.Errorf("%d families of %d sent their dossier", l.released, len(r.families))
	}
	t.Logf("%d requests, %d dossiers", l.asked.Load(), l.released)
	r.judge()
}

// load is families that send, read and press again without a pause.
type load struct {
	r             *rush
	released      int
	waiting       chan sender
	clients       errgroup.Group
	asked, failed atomic.Int64
	first         sync.Once
}

func (r *rush) load(site string) *load {
	l := &load{r: r, waiting: make(chan sender, len(r.families))}
	for range 6 {
		l.clients.Go(func() error {
			last := r.families[0]
			for {
				select {
				case f, more := <-l.waiting:
					if !more {
						return nil
					}
					l.note("sending", r.send(site, f))
					last = f
				default:
					l.note("reading", r.read(site, last))
					l.note("sending again", r.send(site, last))
				}
			}
		})
	}
	return l
}

// release lets n families more send their dossier.
func (l *load) release(n int) {
	for _, f := range l.r.families[l.released : l.released+n] {
		l.waiting <- f
	}
	l.released += n
}

func (l *load) end() {
	close(l.waiting)
	_ = l.clients.Wait() // they note what fails
}

func (l *load) note(what string, err error) {
	l.asked.Add(1)
	if err != nil {
		l.failed.Add(1)
		l.first.Do(func() { l.r.t.Errorf("%s: %v", what, err) })
	}
}

// TestASecondServerOnOneFolderIsRefused: on SQLite one process keeps the order.
func TestASecondServerOnOneFolderIsRefused(t *testing.T) {
	t.Parallel()
	s := newSchool(t, newFamily("Renaud", "Lise", "Théo"))
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	out, err := exec.CommandContext(ctx, program, "serve", "--data", s.data, "--listen", "127.0.0.1:0").CombinedOutput()
	if err == nil || !strings.Contains(string(out), "already serves") || ctx.Err() != nil {
		t.Errorf("a second server: %v, %q, want a sentence", err, out)
	}
	if !ready(s.url) {
		t.Error("the first does not serve any more")
	}
	s.kill()
	s.restart() // a crash leaves nothing to clean up
}

func ready(url string) bool {
	answer, err := http.Get(url + "/readyz")
	if err != nil {
		return false
	}
	answer.Body.Close()
	return answer.StatusCode == 200
}

// judge compares what was acknowledged with what is kept: every family was.
func (r *rush) judge() {
	r.t.Helper()
	ctx := context.Background()
	board, err := enrolment.BoardOf(ctx, r.store, r.season)
	if err != nil {
		r.t.Fatal(err)
	}
	if err := board.Check(); err != nil {
		r.t.Errorf("the board: %v", err)
	}
	ranks, err := db.All[int64](ctx, r.store, `select rank from dossier where rank is not null order by rank`)
	if err != nil {
		r.t.Fatal(err)
	}
	want := make([]int64, len(r.families))
	for i := range want {
		want[i] = int64(i + 1)
	}
	if !slices.Equal(ranks, want) {
		r.t.Errorf("ranks %v, want 1 to %d", ranks, len(r.families))
	}
	mails, err := db.One[int64](ctx, r.store, `select count(*) from outgoing_mail where kind = $1`, enrolment.MailReceived)
	if err != nil || mails != int64(len(r.families)) {
		r.t.Errorf("%d receipts (%v), want one a dossier: %d", mails, err, len(r.families))
	}
	waitFor(r.t, func() bool { // whichever machine has them, they leave
		left, err := db.One[int64](ctx, r.store, `select count(*) from outgoing_mail where kind = $1 and sent_at is null`, enrolment.MailReceived)
		return err == nil && left == 0
	})
}

var browserLike = &http.Client{
	Timeout:       patience,
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	Transport:     &http.Transport{MaxIdleConnsPerHost: 32},
}

func (r *rush) read(site string, f sender) error {
	return r.ask(f, http.MethodGet, site+"/eleves/"+f.pupil+"/reinscription", nil, 200, 303)
}

func (r *rush) send(site string, f sender) error {
	return r.ask(f, http.MethodPost, site+"/eleves/"+f.pupil+"/reinscription/envoi", url.Values{"texte": {r.text}, "accord": {"oui"}}, 303)
}

func (r *rush) ask(f sender, method, address string, form url.Values, want ...int) error {
	q, err := http.NewRequest(method, address, strings.NewReader(form.Encode()))
	if err != nil {
		return err
	}
	if form != nil {
		q.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		q.GetBody = nil // a browser does not send a form twice of its own accord
	}
	q.AddCookie(&http.Cookie{Name: door.SessionCookie, Value: f.token})
	answer, err := browserLike.Do(q)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		return err
	}
	if !slices.Contains(want, answer.StatusCode) || strings.Contains(answer.Header.Get("Location"), "/connexion") {
		return fmt.Errorf("%s %s: %d to %q\n%.600s", method, address, answer.StatusCode, answer.Header.Get("Location"), body)
	}
	return nil
}
