package public_test

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"pupitre/internal/domain/actor"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/db/dbtest"
	"pupitre/internal/web"
	"pupitre/internal/web/door"
	"pupitre/internal/web/public"
)

func TestSignInLeadsToThePageAskedFor(t *testing.T) {
	s := open(t, dbtest.SQLite(t))
	for _, c := range []struct{ next, want string }{
		{"/bureau?file=1", "/bureau?file=1"}, {"", "/bureau"}, {"//evil.example", "/bureau"}, {"https://evil.example/", "/bureau"}, {"/\\evil.example", "/bureau"},
	} {
		b := s.browser()
		form := b.get("/connexion?suite=" + url.QueryEscape(c.next))
		hidden := form.Find(`input[name="suite"]`).AttrOr("value", "")
		if strings.Contains(hidden, "evil") {
			t.Errorf("%q: the form carries it", c.next)
		}
		b.wants(b.post("/connexion", "identifiant", "odile@exemple.fr", "mot_de_passe", "Secretariat2027", "suite", c.next), 303, c.want)
	}
}

func TestThrottleSaysWhenToTryAgain(t *testing.T) {
	each(t, func(s *site) {
		b := s.browser()
		for range 8 {
			if p := b.signIn("MOREAU-4821", "Mauvais123"); p.StatusCode != 422 {
				t.Fatalf("got %d", p.StatusCode)
			}
		}
		p := b.signIn("MOREAU-4821", "Mauvais123")
		if p.StatusCode != 429 || p.Response.Header.Get("Retry-After") != "900" || !strings.Contains(p.text(), "Réessayez à 20\u00a0h\u00a015.") {
			t.Errorf("got %d, Retry-After %s: %s", p.StatusCode, p.Response.Header.Get("Retry-After"), p.text())
		}
	})
}

func TestCookieOfTheSession(t *testing.T) {
	s := open(t, dbtest.SQLite(t))
	secure := web.New(web.Config{
		Store: s.store, Accounts: s.accounts, Clock: s.clock, Log: slog.New(slog.DiscardHandler), HTTPS: true,
		Pages: web.Pages{Public: public.New(s.store, s.accounts, nil)},
	})
	for _, c := range []struct {
		what    string
		handler http.Handler
		secure  bool
	}{{"http", s.handler, false}, {"public address in https", secure, true}} {
		r := httptest.NewRequest("POST", "/connexion", strings.NewReader("identifiant=odile@exemple.fr&mot_de_passe=Secretariat2027"))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		w := httptest.NewRecorder()
		c.handler.ServeHTTP(w, r)
		var found *http.Cookie
		for _, cookie := range w.Result().Cookies() {
			if cookie.Name == map[bool]string{false: door.SessionCookie, true: door.SecureSessionCookie}[c.secure] {
				found = cookie
			}
		}
		if found == nil || !found.HttpOnly || found.SameSite != http.SameSiteLaxMode || found.Secure != c.secure || found.Path != "/" || len(found.Value) < 43 {
			t.Errorf("%s: cookie %+v", c.what, found)
		}
		if n, err := db.One[int64](ctx, s.store, `select count(*) from session where token_hash = $1`, found.Value); err != nil || n != 0 {
			t.Errorf("%s: the token is stored as it is", c.what)
		}
	}
}

func TestRolesWithoutScreensYet(t *testing.T) {
	s := open(t, dbtest.SQLite(t))
	if _, err := s.accounts.CreateStaff(ctx, actor.System, actor.Teacher, "Paul Duret", "paul@exemple.fr", "Enseignant2027"); err != nil {
		t.Fatal(err)
	}
	b := s.browser()
	b.wants(b.signIn("paul@exemple.fr", "Enseignant2027"), 303, "/enseignant")
	if p := b.get("/enseignant"); p.StatusCode != 200 || !strings.Contains(p.text(), "ne sont pas encore ouverts") || p.Find(`form[action="/deconnexion"]`).Length() == 0 {
		t.Errorf("got %d %s", p.StatusCode, p.text())
	}
	b.wants(b.get("/bureau"), 403, "")
	if p := b.get("/mot-de-passe"); !strings.Contains(p.text(), "De 12 à 64 caractères") {
		t.Errorf("the staff's policy: %s", p.text())
	}
}
