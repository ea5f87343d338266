package web_test

import (
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"pupitre/internal/domain/account"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/db/dbtest"
)

// TestASecondFactorOnScreen makes the second factor compulsory, makes one, and
// signs in with it: before, the session opens nothing else. The secret and the
// codes reach no log.
func TestASecondFactorOnScreen(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		s := empty(t, store)
		c := &scene{seeded: s}
		token, err := s.accounts.OpenInstallation(t.Context())
		s.must(err)
		const login, password = "solene@exemple.fr", "Chanson-du-soir-2027"
		opened, err := s.accounts.Install(t.Context(), token, account.Installation{
			Name: "Solène Besnard", Email: login, Password: password, School: "École des Bords de Loire", Place: "Nantes", Phone: "0240000000", Mail: login,
		}, "")
		s.must(err)
		leads := func(path, cookie, to string) {
			t.Helper()
			if answer := s.ask(request{path: path, cookie: cookie}); answer.status != 303 || answer.location != to {
				t.Errorf("%s: got %d %s, want %s", path, answer.status, answer.location, to)
			}
		}
		s.ask(request{path: "/bureau/reglages/droits/second-facteur", cookie: opened.Token, form: url.Values{"obligatoire": {"oui"}}})
		for _, path := range []string{"/bureau", "/bureau/reglages/droits", "/mon-compte", "/mot-de-passe"} {
			leads(path, opened.Token, "/second-facteur/creer")
		}
		page := s.ask(request{path: "/second-facteur/creer", cookie: opened.Token}).body
		found := regexp.MustCompile(`<strong id="secret">([A-Z2-7 ]{20,})</strong>`).FindStringSubmatch(page)
		if found == nil || !strings.Contains(page, `src="data:image/png;base64,`) {
			t.Fatal("the page shows no secret, or does not draw it")
		}
		secret := strings.ReplaceAll(found[1], " ", "")
		code := func() string {
			code, err := totp.GenerateCode(secret, s.clock.Now())
			s.must(err)
			return code
		}
		for path, field := range map[string]string{"/second-facteur/creer/application": "code", "/second-facteur/creer/cle": "reponse"} {
			for _, bad := range []string{"", "000000", overLong, script} {
				answer := s.ask(request{path: path, cookie: opened.Token, form: url.Values{field: {bad}}})
				c.isRefusal(path+" "+bad[:min(len(bad), 10)], answer)
				if strings.Contains(answer.body, script) {
					t.Errorf("%s: %.10q comes back", path, bad)
				}
			}
		}
		made := s.ask(request{path: "/second-facteur/creer/application", cookie: opened.Token, form: url.Values{"code": {code()}}})
		codes := regexp.MustCompile(`<code>([A-Z2-9-]{14})</code>`).FindAllStringSubmatch(made.body, -1)
		if made.status != 200 || len(codes) != 10 {
			t.Fatalf("confirm: got %d with %d codes%s", made.status, len(codes), said(made))
		}
		if again := s.ask(request{path: "/mon-compte", cookie: opened.Token}); again.status != 200 || strings.Contains(again.body, codes[0][1]) || strings.Contains(again.body, secret) {
			t.Errorf("« Mon compte »: got %d, or it shows a secret again", again.status)
		}

		in := s.ask(request{path: "/connexion", form: url.Values{"identifiant": {login}, "mot_de_passe": {password}, "suite": {"/bureau/places"}}})
		if in.location != "/second-facteur?suite=%2Fbureau%2Fplaces" {
			t.Fatalf("after the password: got %d %s", in.status, in.location)
		}
		leads("/bureau", in.cookie, "/second-facteur")
		leads("/second-facteur/creer", in.cookie, "/second-facteur")
		for path, field := range map[string]string{"/second-facteur": "code", "/second-facteur/secours": "secours", "/second-facteur/cle": "reponse"} {
			for _, bad := range []string{"", "000000", overLong, script} {
				answer := s.ask(request{path: path, cookie: in.cookie, form: url.Values{field: {bad}}})
				c.isRefusal(path+" "+bad[:min(len(bad), 10)], answer)
				if strings.Contains(answer.body, script) || answer.cookie != "" {
					t.Errorf("%s: %.10q comes back, or opens a session", path, bad)
				}
			}
			s.clock.Add(15 * time.Minute)
		}
		proved := s.ask(request{path: "/second-facteur", cookie: in.cookie, form: url.Values{"code": {code()}, "suite": {"/bureau/places"}}})
		if proved.status != 303 || proved.location != "/bureau/places" || proved.cookie == "" || proved.cookie == in.cookie {
			t.Fatalf("a right code: got %d %s%s", proved.status, proved.location, said(proved))
		}
		if answer := s.ask(request{path: "/bureau", cookie: proved.cookie}); answer.status != 200 {
			t.Errorf("the office: got %d", answer.status)
		}
		if answer := s.ask(request{path: "/bureau", cookie: in.cookie}); answer.status == 200 {
			t.Error("the former token opens the office")
		}
		if log := s.log.take(); strings.Contains(log, secret) || strings.Contains(log, codes[0][1]) {
			t.Error("the log holds a secret")
		}
	})
}
