package web_test

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"runtime"
	"strings"
	"testing"
	"time"

	"pupitre/internal/domain/account"
	"pupitre/internal/domain/actor"
	"pupitre/internal/platform/clock"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/db/dbtest"
	"pupitre/internal/web"
	"pupitre/internal/web/door"
)

// Sign-ins have a waiting room of their own: while it is full and no password
// is checked at all, who is signed in is answered; the next sign-in is told to
// come back, and its try is not counted.
func TestSignInsThatWaitStarveNobody(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		const most, login, password = 40, "odile@exemple.fr", "Secretariat2027"
		c := clock.At(time.Date(2027, 6, 8, 18, 0, 0, 0, time.UTC))
		accounts := account.New(store, c)
		accounts.Hashing.Bound(most)
		if _, err := accounts.CreateStaff(t.Context(), actor.System, actor.Teacher, "Odile Batard", login, password); err != nil {
			t.Fatal(err)
		}
		h := web.New(web.Config{Store: store, Accounts: accounts, Clock: c, Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Pages: pages(store, accounts)})
		signIn := func(who string) *http.Response {
			r := httptest.NewRequest("POST", "/connexion", strings.NewReader(url.Values{"identifiant": {who}, "mot_de_passe": {password}}.Encode()))
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			res, _ := ask(h, r)
			return res
		}
		in := signIn(login)
		cookies := in.Cookies()
		if in.StatusCode != 303 || len(cookies) == 0 {
			t.Fatalf("sign in: got %d", in.StatusCode)
		}

		var release []func() // every processor is taken
		for range runtime.NumCPU() {
			done, err := accounts.Hashing.Turn(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			release = append(release, done)
		}
		answers := make(chan int, most)
		for i := range most {
			go func() { answers <- signIn([]string{login, "personne"}[i%2] + strings.Repeat("x", i/2)).StatusCode }()
		}
		for accounts.Hashing.Inside() < most {
			runtime.Gosched()
		}
		for range 10 {
			r := httptest.NewRequest("GET", "/enseignant", nil)
			for _, cookie := range cookies {
				r.AddCookie(cookie)
			}
			if res, body := ask(h, r); res.StatusCode != 200 {
				t.Fatalf("signed in, while %d sign-ins wait: got %d %s", most, res.StatusCode, body)
			}
		}
		for range 20 { // more than the tries that one identifiant has
			r := httptest.NewRequest("POST", "/connexion", strings.NewReader(url.Values{"identifiant": {"haddad"}, "mot_de_passe": {password}}.Encode()))
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			res, body := ask(h, r)
			if res.StatusCode != 503 || res.Header.Get("Retry-After") != "10" || !strings.Contains(body, "Beaucoup de personnes se connectent") || !strings.Contains(body, `value="haddad"`) || strings.Contains(body, password) {
				t.Fatalf("one too many: got %d, Retry-After %q, %s", res.StatusCode, res.Header.Get("Retry-After"), body)
			}
		}
		if len(answers) > 0 {
			t.Error("a sign-in is answered while no password is checked")
		}
		for _, done := range release {
			done()
		}
		ended := map[int]int{}
		for range most {
			ended[<-answers]++
		}
		if ended[303] != 1 || ended[422] != most-1 {
			t.Errorf("in the end: %v, want one signed in and the others refused", ended)
		}
		if res := signIn("haddad"); res.StatusCode != 422 {
			t.Errorf("who was told to come back comes back: got %d", res.StatusCode)
		}
	})
}

func TestPastTheMemoryGuardNoPageIsBegun(t *testing.T) {
	store := dbtest.SQLite(t)
	c := clock.At(time.Date(2027, 6, 8, 18, 0, 0, 0, time.UTC))
	accounts := account.New(store, c)
	for most, want := range map[uint64]int{0: 200, 1 << 40: 200, 1: 503} {
		h := web.New(web.Config{Store: store, Accounts: accounts, Clock: c, Log: slog.New(slog.DiscardHandler), Pages: pages(store, accounts), Memory: most, Limits: door.NewLimits(20, 100, 32)})
		res, body := ask(h, httptest.NewRequest("GET", "/connexion", nil))
		if res.StatusCode != want || want == 503 && (res.Header.Get("Retry-After") != "10" || !strings.Contains(body, "Trop de personnes utilisent le portail")) {
			t.Errorf("a bound of %d bytes: got %d, Retry-After %q", most, res.StatusCode, res.Header.Get("Retry-After"))
		}
		for _, path := range []string{"/healthz", "/static/favicon.svg"} {
			if res, _ := ask(h, httptest.NewRequest("GET", path, nil)); want == 503 && res.StatusCode == 503 {
				t.Errorf("%s is refused too", path)
			}
		}
	}
}
