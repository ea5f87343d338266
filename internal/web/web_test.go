package web_test

import (
	"bytes"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
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
	"pupitre/internal/web/public"
)

var update = flag.Bool("update", false, "write the golden files anew")

func pages(store *db.Store, accounts *account.Accounts) web.Pages {
	return web.Pages{Public: public.New(store, accounts, nil)}
}

// site is the whole handler with two routes more: one that panics, and one
// that panics in the middle of its page.
func site(t *testing.T, log io.Writer) (http.Handler, *db.Store) {
	t.Helper()
	store := dbtest.SQLite(t)
	c := clock.At(time.Date(2027, 6, 8, 18, 0, 0, 0, time.UTC))
	accounts := account.New(store, c)
	proxies, err := door.ParseProxies("127.0.0.0/8")
	if err != nil {
		t.Fatal(err)
	}
	return web.New(web.Config{
		Store: store, Accounts: accounts, Clock: c, Log: slog.New(slog.NewTextHandler(log, nil)), Pages: pages(store, accounts),
		Proxies: proxies, Version: "1.2.3",
		Extra: []door.Route{
			door.Get("/panic", door.Public, actor.Everybody, "test.panic", func(*door.Visit) error { panic("secret-42") }),
			door.Get("/panic/{token}", door.Public, actor.Everybody, "test.half", func(v *door.Visit) error {
				_, _ = v.W.Write([]byte("half a page"))
				panic("secret-42")
			}),
		},
	}), store
}

func ask(h http.Handler, r *http.Request) (*http.Response, string) {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result(), w.Body.String()
}

// everyRole is an actor of each role, a secretary limited to a pole among them.
var everyRole = []actor.Actor{{Role: actor.Family}, {Role: actor.Teacher}, {Role: actor.Secretary}, {Role: actor.Secretary, Site: "pole"},
	{Role: actor.Director}, {Role: actor.Bursar}, {Role: actor.Administrator}}

func named(who actor.Actor) string {
	if who.IsLimited() {
		return string(who.Role) + "-of-pole"
	}
	return string(who.Role)
}

// TestRoutesGolden shows every change of the site map, and of who may ask for
// what, in review.
func TestRoutesGolden(t *testing.T) {
	var b strings.Builder
	names := map[string]string{}
	for _, r := range web.SiteMap(pages(nil, nil)) {
		roles := []string{"everyone"}
		if r.Needs() {
			roles = nil
			for _, who := range everyRole {
				if r.Admits(who) {
					roles = append(roles, named(who))
				}
			}
		}
		limited := ""
		for _, step := range r.Steps {
			limited += " +" + string(step)
		}
		fmt.Fprintf(&b, "%-4s %-40s %-12s %-7s %s%s\n", r.Method, r.Path, r.Right.Code, r.Asked(), strings.Join(roles, ","), limited)
		if other, taken := names[r.Name]; taken || r.Name == "" {
			t.Errorf("%s: the name %q is empty or that of %s", r.Pattern(), r.Name, other)
		}
		names[r.Name] = r.Pattern()
	}
	const golden = "testdata/routes.golden"
	if *update {
		if err := os.WriteFile(golden, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if b.String() != string(want) {
		t.Errorf("the site map has changed; if so wanted, run the test with -update:\n%s", b.String())
	}
}

func TestEveryAnswerIsGuarded(t *testing.T) {
	h, _ := site(t, io.Discard)
	for _, path := range []string{"/connexion", "/nulle-part", "/panic", "/healthz"} {
		res, _ := ask(h, httptest.NewRequest("GET", path, nil))
		for header, want := range map[string]string{
			"Content-Security-Policy": "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; frame-src 'self' blob:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'",
			"X-Content-Type-Options":  "nosniff",
			"Referrer-Policy":         "same-origin",
		} {
			if got := res.Header.Get(header); got != want {
				t.Errorf("%s: %s is %q", path, header, got)
			}
		}
	}
}

func TestFormsOfOtherSitesAreRefused(t *testing.T) {
	h, _ := site(t, io.Discard)
	for _, c := range []struct {
		what, header, value string
		status              int
	}{
		{"another site", "Sec-Fetch-Site", "cross-site", 403},
		{"a site beside ours", "Sec-Fetch-Site", "same-site", 403},
		{"another origin", "Origin", "https://evil.example", 403},
		{"our own form", "Sec-Fetch-Site", "same-origin", 303},
	} {
		r := httptest.NewRequest("POST", "/deconnexion", nil)
		r.Header.Set(c.header, c.value)
		if res, body := ask(h, r); res.StatusCode != c.status || c.status == 403 && !strings.Contains(body, "<html") {
			t.Errorf("%s: got %d %s", c.what, res.StatusCode, body)
		}
	}
}

func TestPanicIsAPageAndALine(t *testing.T) {
	var log bytes.Buffer
	h, _ := site(t, &log)
	res, body := ask(h, httptest.NewRequest("GET", "/panic", nil))
	if res.StatusCode != 500 || !strings.Contains(body, "Une erreur est survenue") || strings.Contains(body, "secret-42") {
		t.Errorf("got %d %s", res.StatusCode, body)
	}
	if strings.Count(log.String(), "request failed") != 1 || !strings.Contains(log.String(), "secret-42") {
		t.Errorf("log: %s", log.String())
	}
	server := httptest.NewServer(h)
	defer server.Close()
	res, err := http.Get(server.URL + "/panic/abc")
	if err == nil {
		_, err = io.ReadAll(res.Body)
		res.Body.Close()
	}
	if err == nil {
		t.Error("half a page passes for a whole one")
	}
}

func TestLogHoldsNoSecret(t *testing.T) {
	var log bytes.Buffer
	h, _ := site(t, &log)
	r := httptest.NewRequest("GET", "/mot-de-passe/lien/secret-42?x=secret-43", nil)
	r.RemoteAddr = "127.0.0.1:4000"
	r.Header.Set("X-Forwarded-For", "198.51.100.1")
	ask(h, r)
	ask(h, httptest.NewRequest("GET", "/connexion?suite=secret-44", nil))
	for _, secret := range []string{"secret-42", "secret-43", "secret-44", "198.51.100.1"} {
		if strings.Contains(log.String(), secret) {
			t.Errorf("the log holds %s: %s", secret, log.String())
		}
	}
	for _, want := range []string{`route="GET /mot-de-passe/lien/{token}"`, "network=198.51.100.0/24", `route="GET /connexion"`, "status=200"} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("the log lacks %s: %s", want, log.String())
		}
	}
}

// A token is in the address of a page that no route answers, too: another
// method, a slash more, a copy in capitals.
func TestTokensAreNotLoggedOffTheirRoutes(t *testing.T) {
	var log bytes.Buffer
	h, _ := site(t, &log)
	for _, path := range []string{
		"/adresse/secret-42", "/offre/secret-42", "/mot-de-passe/lien/secret-42", "/offre/secret-42/", "/offre/secret-42/x", "//offre/secret-42", "/offre//secret-42",
		"/mot-de-passe/./lien/secret-42", "/OFFRE/secret-42", "/offre%2fsecret-42", "/x/adresse/secret-42",
	} {
		for _, method := range []string{"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PROPFIND"} {
			log.Reset()
			r := httptest.NewRequest(method, path, nil)
			if method == "POST" {
				r.Header.Set("Sec-Fetch-Site", "cross-site") // refused before any route
			}
			ask(h, r)
			if !strings.Contains(log.String(), "msg=request") || strings.Contains(log.String(), "secret-42") {
				t.Errorf("%s %s: the log holds %s", method, path, log.String())
			}
		}
	}
}

// The measures tell what a school's days are like.
func TestMetricsAreHiddenFromTheWorld(t *testing.T) {
	h, _ := site(t, io.Discard)
	for _, c := range []struct {
		what, from, forwarded string
		status                int
	}{
		{"this machine", "127.0.0.1:4000", "", 200},
		{"this machine in IPv6", "[::1]:4000", "", 200},
		{"the world", "198.51.100.1:4000", "", 404},
		{"the world through the proxy", "127.0.0.1:4000", "198.51.100.1", 404},
		{"the world that says it is this machine", "127.0.0.1:4000", "127.0.0.1, 198.51.100.1", 404},
		{"the world that says it, without proxy", "198.51.100.1:4000", "127.0.0.1", 404},
		{"a proxy that was fooled", "127.0.0.1:4000", "127.0.0.1", 404},
	} {
		r := httptest.NewRequest("GET", "/metrics", nil)
		r.RemoteAddr = c.from
		if c.forwarded != "" {
			r.Header.Set("X-Forwarded-For", c.forwarded)
		}
		if res, body := ask(h, r); res.StatusCode != c.status || strings.Contains(body, "pupitre_") != (c.status == 200) {
			t.Errorf("%s: got %d %s", c.what, res.StatusCode, body)
		}
	}
}

func TestHTTPSIsKeptTo(t *testing.T) {
	h, _ := site(t, io.Discard)
	for proto, want := range map[string]string{"https": "max-age=31536000", "http": ""} {
		r := httptest.NewRequest("GET", "/connexion", nil)
		r.RemoteAddr = "127.0.0.1:4000"
		r.Header.Set("X-Forwarded-Proto", proto)
		if res, _ := ask(h, r); res.Header.Get("Strict-Transport-Security") != want {
			t.Errorf("%s: got %q, want %q", proto, res.Header.Get("Strict-Transport-Security"), want)
		}
	}
}

func TestHealth(t *testing.T) {
	store := dbtest.SQLite(t)
	c := clock.At(time.Date(2027, 6, 8, 18, 0, 0, 0, time.UTC))
	accounts, stopping := account.New(store, c), false
	h := web.New(web.Config{
		Store: store, Accounts: accounts, Clock: c, Log: slog.New(slog.DiscardHandler), Pages: pages(store, accounts),
		Draining: func() bool { return stopping },
	})
	for _, step := range []struct {
		what                 string
		before               func()
		live, ready, healthy int
		closes               bool
	}{
		{"in good health", func() {}, 200, 200, 200, false},
		{"asked to stop", func() { stopping = true }, 200, 503, 200, true},
		{"without database", func() { stopping = false; store.Close() }, 200, 503, 503, false},
	} {
		step.before()
		for path, want := range map[string]int{"/livez": step.live, "/readyz": step.ready, "/healthz": step.healthy} {
			res, body := ask(h, httptest.NewRequest("GET", path, nil))
			if res.StatusCode != want || (res.Header.Get("Connection") == "close") != step.closes {
				t.Errorf("%s, %s: got %d %q, Connection %q", step.what, path, res.StatusCode, body, res.Header.Get("Connection"))
			}
		}
	}
}

func TestMetricsCountRoutesAndNamePeopleNowhere(t *testing.T) {
	h, _ := site(t, io.Discard)
	ask(h, httptest.NewRequest("GET", "/mot-de-passe/lien/abcdef", nil))
	here := httptest.NewRequest("GET", "/metrics", nil)
	here.RemoteAddr = "127.0.0.1:4000"
	_, body := ask(h, here)
	for _, want := range []string{
		`pupitre_http_requests_total{route="GET /mot-de-passe/lien/{token}",status="404"} 1`,
		`pupitre_http_request_seconds_count{route="GET /mot-de-passe/lien/{token}"} 1`,
		`version="1.2.3"`,
	} {
		if !strings.Contains(body, want) {
			t.Errorf("lacks %s", want)
		}
	}
	if strings.Contains(body, "abcdef") {
		t.Error("a path is in the measures")
	}
}

func TestSiteBeforeTheFirstImport(t *testing.T) {
	h, _ := site(t, io.Discard)
	if res, body := ask(h, httptest.NewRequest("GET", "/connexion", nil)); res.StatusCode != 200 {
		t.Errorf("got %d %s", res.StatusCode, body)
	}
}

func TestAssetsAreServed(t *testing.T) {
	h, _ := site(t, io.Discard)
	_, body := ask(h, httptest.NewRequest("GET", "/connexion", nil))
	_, after, found := strings.Cut(body, `rel="stylesheet" href="`)
	if !found {
		t.Fatal("no style sheet")
	}
	path, _, _ := strings.Cut(after, `"`)
	if res, _ := ask(h, httptest.NewRequest("GET", path, nil)); res.StatusCode != 200 || !strings.Contains(res.Header.Get("Cache-Control"), "immutable") {
		t.Errorf("%s: %d %s", path, res.StatusCode, res.Header.Get("Cache-Control"))
	}
}
