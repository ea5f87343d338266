package web_test

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"syscall"
	"testing"
	"testing/fstest"
	"time"

	"pupitre/internal/demo/testschool"
	"pupitre/internal/domain/account"
	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/enrolment"
	"pupitre/internal/domain/transfer/crowd"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/db/dbtest"
	"pupitre/internal/web"
	"pupitre/internal/web/door"
)

// BenchmarkPages asks for the pages that families and the office open most, one
// at a time and without a network. cpu-µs/op is the processor time of a page, on
// SQLite its database included, whatever else the machine does.
func BenchmarkPages(b *testing.B) {
	for _, pupils := range []int{300, 30_000} {
		for engine, open := range map[string]func(testing.TB) *db.Store{"sqlite": dbtest.SQLite, "postgresql": dbtest.PostgreSQL} {
			b.Run(fmt.Sprintf("%s-%d", engine, pupils), func(b *testing.B) {
				c := newCrowded(b, open(b), pupils)
				for _, page := range []struct{ name, who, path string }{
					{"sign-in", "", "/connexion"},
					{"home", crowd.Token(4), "/accueil"},
					{"documents", crowd.Token(4), "/famille/documents"},
					{"choice", crowd.Token(4), "/eleves/" + crowd.Pupil(7) + "/reinscription/cours"},
					{"queue", c.office, "/bureau/dossiers"},
					{"review", c.office, "/bureau/dossiers/crowd-o-13"},
					{"places", c.office, "/bureau/places"},
				} {
					b.Run(page.name, func(b *testing.B) {
						began := processorTime()
						for b.Loop() {
							if res := c.get(page.who, page.path); res.Code != 200 {
								b.Fatalf("%s: got %d %s", page.path, res.Code, res.Body)
							}
						}
						b.ReportMetric(float64((processorTime()-began).Microseconds())/float64(b.N), "cpu-µs/op")
					})
				}
			})
		}
	}
}

// processorTime is what this process has used so far.
func processorTime() time.Duration {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		panic(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// crowded is a school of many made-up families, served in this process.
type crowded struct {
	*testschool.School
	pages   web.Pages
	handler http.Handler
	office  string       // the token of a secretary's session
	files   fstest.MapFS // as last imported
}

func newCrowded(t testing.TB, store *db.Store, pupils int) *crowded {
	t.Helper()
	s := testschool.Open(t, store)
	s.Must(crowd.Fill(s.Ctx, store, crowd.Crowd{Pupils: pupils, Hash: "x", Sessions: 16, Now: s.Clock.Now(), Digest: func(token string) string {
		sum := sha256.Sum256([]byte(token))
		return hex.EncodeToString(sum[:])
	}}))
	const login, password = "odile@exemple.fr", "Secretariat2027"
	_, err := s.Accounts.CreateStaff(s.Ctx, actor.System, actor.Secretary, "Odile Batard", login, password)
	s.Must(err)
	opened, err := s.Accounts.SignIn(s.Ctx, login, password, "127.0.0.1")
	s.Must(err)
	return (&crowded{School: s, office: opened.Token}).served(store)
}

// served is the school served by a machine that has this store.
func (c crowded) served(store *db.Store) *crowded {
	accounts := account.New(store, c.Clock)
	c.Must(accounts.SealWith(c.Ctx, secretKey))
	registrar := enrolment.NewRegistrar(store, c.Clock)
	c.T.Cleanup(registrar.Close)
	c.pages = everyPage(store, registrar, accounts, c.Blobs, c.Clock)
	c.handler = web.New(web.Config{Store: store, Accounts: accounts, Clock: c.Clock, Log: slog.New(slog.DiscardHandler), Version: "test", Pages: c.pages})
	return &c
}

// get asks for the page with the session of that token, "" for none.
func (c *crowded) get(token, path string) *httptest.ResponseRecorder {
	r := httptest.NewRequest("GET", path, nil)
	if token != "" {
		r.AddCookie(&http.Cookie{Name: door.SessionCookie, Value: token})
	}
	answer := httptest.NewRecorder()
	c.handler.ServeHTTP(answer, r)
	return answer
}
