package web_test

import (
	"log/slog"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"pupitre/internal/domain/account"
	"pupitre/internal/domain/enrolment"
	"pupitre/internal/domain/school"
	"pupitre/internal/platform/clock"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/db/dbtest"
	"pupitre/internal/web"
)

// empty is a school in which nothing was ever done, served over HTTP.
func empty(t *testing.T, store *db.Store) *seeded {
	s := &seeded{T: t, store: store, clock: clock.At(shown), log: &lockedLog{}, sessions: map[string]string{}}
	s.accounts, s.registrar = account.New(store, s.clock), enrolment.NewRegistrar(store, s.clock)
	s.must(s.accounts.SealWith(t.Context(), secretKey))
	t.Cleanup(s.registrar.Close)
	s.server = httptest.NewServer(web.New(web.Config{
		Store: store, Accounts: s.accounts, Clock: s.clock, Log: slog.New(slog.NewTextHandler(s.log, nil)), Pages: s.pages(), Version: "test",
	}))
	t.Cleanup(s.server.Close)
	return s
}

// TestAnEmptySchoolIsInstalledByItsOneTimeAddress makes the first account and
// the school by screen. Neither the address nor the password reaches the log,
// and the office's pages open on a school that has no season yet.
func TestAnEmptySchoolIsInstalledByItsOneTimeAddress(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		s := empty(t, store)
		c := &scene{seeded: s}
		earlier, err := s.accounts.OpenInstallation(t.Context())
		s.must(err)
		token, err := s.accounts.OpenInstallation(t.Context())
		s.must(err)
		path := account.InstallPath + token
		if answer := s.ask(request{path: account.InstallPath + "autre"}); answer.status != 404 {
			t.Errorf("a wrong address: got %d", answer.status)
		}
		if answer := s.ask(request{path: path}); answer.status != 200 || !strings.Contains(answer.body, "Première installation") {
			t.Errorf("the address: got %d", answer.status)
		}
		proper := url.Values{
			"nom": {"Solène Besnard"}, "mail": {"solene@exemple.fr"}, "nouveau": {"Chanson-du-soir-2027"}, "confirmation": {"Chanson-du-soir-2027"},
			"ecole": {"École de musique des Bords de Loire"}, "ecole_court": {""}, "ecole_adresse": {"3 quai des Gabares, 44000 Nantes"},
			"ecole_telephone": {"02 40 00 00 00"}, "ecole_mail": {"secretariat@exemple.fr"},
		}
		for name, bad := range map[string][]string{
			"nom": {"", overLong, "nul\x00"}, "mail": {"", "solene", overLong}, "nouveau": {"", "court", "sans-majuscule-2027"}, "confirmation": {"", "Autre-chose-2027"},
			"ecole": {"", overLong}, "ecole_court": {overLong}, "ecole_adresse": {"", overLong}, "ecole_telephone": {"", "12"}, "ecole_mail": {"", "x@"},
		} {
			for _, value := range bad {
				answer := s.ask(request{path: path, form: with(proper, name, value)})
				c.isRefusal("installation, "+name+" "+value[:min(len(value), 20)], answer)
				if other := map[bool]string{true: "ecole_adresse", false: "nom"}[name == "nom"]; !strings.Contains(answer.body, proper.Get(other)) {
					t.Errorf("%s %.20q: %s is lost", name, value, other)
				}
				if strings.Contains(answer.body, "Chanson-du-soir") {
					t.Errorf("%s %.20q: the password comes back", name, value)
				}
			}
		}
		if _, err := school.Current(t.Context(), store); err == nil {
			t.Error("a refused form has made the school")
		}
		answer := s.ask(request{path: path, form: proper})
		if answer.status != 303 || answer.location != "/bureau" || answer.cookie == "" {
			t.Fatalf("install: got %d %s%s", answer.status, answer.location, said(answer))
		}
		s.opensEveryPage(answer.cookie)
		for _, used := range []string{token, earlier} {
			for _, again := range []request{{path: account.InstallPath + used}, {path: account.InstallPath + used, form: proper}} {
				if answer := s.ask(again); answer.status != 404 {
					t.Errorf("the address, used: got %d", answer.status)
				}
			}
		}
		if closed, err := s.accounts.OpenInstallation(t.Context()); err != nil || closed != "" {
			t.Errorf("a school with an account: got %q, %v", closed, err)
		}
		log := s.log.take()
		for _, secret := range []string{token, earlier, "Chanson-du-soir"} {
			if strings.Contains(log, secret) {
				t.Errorf("the log holds %q", secret)
			}
		}
		if !strings.Contains(log, "GET /installation/{token}") {
			t.Error("the log does not name the route: does the test still read it?")
		}
	})
}

// opensEveryPage visits the office's pages that name no object.
func (s *seeded) opensEveryPage(cookie string) {
	s.Helper()
	visited := 0
	for _, r := range web.SiteMap(s.pages()) {
		if r.Method != "GET" || strings.Contains(r.Path, "{") || !strings.HasPrefix(r.Path, "/bureau") {
			continue
		}
		visited++
		if answer := s.ask(request{path: r.Path, cookie: cookie}); answer.status >= 400 && answer.status != 403 {
			s.Errorf("%s without a season: got %d%s %s", r.Path, answer.status, said(answer), s.log.take())
		}
	}
	if visited < 10 {
		s.Errorf("only %d pages of the office visited", visited)
	}
	home := s.ask(request{path: "/bureau", cookie: cookie})
	if !strings.Contains(home.body, "Aucune saison n’est ouverte") {
		s.Errorf("the dashboard does not say what to do first%s", said(home))
	}
	for path, links := range map[string][]string{
		"/bureau":        {"/bureau/catalogue/poles", "/bureau/reglages/campagne", "/bureau/reglages/textes", "/bureau/reglages/paiement", "/bureau/import", "/bureau/import?sorte=cours"},
		"/bureau/foyers": {"/bureau/foyers/nouveau", "/bureau/import"},
		"/bureau/eleves": {"/bureau/foyers/nouveau", "/bureau/import"},
	} {
		page := s.ask(request{path: path, cookie: cookie})
		main := page.body[max(0, strings.Index(page.body, `id="contenu"`)):]
		for _, to := range links {
			if !strings.Contains(main, `href="`+to+`"`) {
				s.Errorf("%s of a school that is empty does not lead to %s", path, to)
			}
		}
	}
}
