package public_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"pupitre/internal/domain/account"
	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/people"
	"pupitre/internal/domain/school"
	"pupitre/internal/platform/clock"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/db/dbtest"
	"pupitre/internal/web"
	"pupitre/internal/web/door"
	"pupitre/internal/web/public"
)

var ctx = context.Background()

const (
	good  = "Violoncelle8"
	other = "Clavecin2027"
)

// site is the real handler on a real store, with the family Moreau and the
// secretary Odile Batard.
type site struct {
	*testing.T
	store    *db.Store
	clock    *clock.Moved
	accounts *account.Accounts
	server   *httptest.Server
	handler  http.Handler
}

func policies() school.School {
	return school.School{
		Name: "École de musique Sèvre & Loire", ShortName: "Sèvre & Loire", Phone: "0240000000", Email: "ecole@exemple.fr",
		Recovery: school.RecoverByPassword, PasswordMin: 8, PasswordMax: 20, SessionMinutes: 60, PaperDays: 7, OfferDays: 3,
		QuietFrom: 20, QuietUntil: 8, Accessibility: "non conforme",
	}
}

func each(t *testing.T, f func(s *site)) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) { f(open(t, store)) })
}

func open(t *testing.T, store *db.Store) *site {
	c := clock.At(time.Date(2027, 6, 8, 18, 0, 0, 0, time.UTC))
	s := &site{T: t, store: store, clock: c, accounts: account.New(store, c)}
	s.write(func(tx *db.Tx) error {
		_, err := s.accounts.CreateFamily(ctx, tx, actor.System, "moreau", "MOREAU-4821", "Moreau")
		return errors.Join(err, school.Put(ctx, tx, policies()))
	})
	if _, err := s.accounts.CreateStaff(ctx, actor.System, actor.Secretary, "Odile Batard", "odile@exemple.fr", "Secretariat2027"); err != nil {
		t.Fatal(err)
	}
	s.handler = web.New(web.Config{
		Store: store, Accounts: s.accounts, Clock: c, Log: slog.New(slog.DiscardHandler),
		Pages: web.Pages{Public: public.New(store, s.accounts, nil)},
		Extra: []door.Route{
			door.Get("/accueil", door.Family, door.Families, "test.home", func(v *door.Visit) error { return v.Redirect("/contact") }),
			door.Get("/bureau", door.Office, door.Offices, "test.office", func(v *door.Visit) error { return v.Redirect("/contact") }),
		},
	})
	s.server = httptest.NewServer(s.handler)
	t.Cleanup(s.server.Close)
	return s
}

func (s *site) write(f func(tx *db.Tx) error) {
	s.Helper()
	err := s.store.Write(ctx, func(tx *db.Tx) error {
		return errors.Join(people.PutHousehold(ctx, tx, s.clock.Now(), people.Household{ID: "moreau", Guardians: []people.Guardian{
			{ID: "g1", HouseholdID: "moreau", LastName: "Moreau", FirstName: "Claire", Email: "claire@exemple.fr"}}}), f(tx))
	})
	if err != nil {
		s.Fatal(err)
	}
}

// browser keeps cookies and follows no redirection.
type browser struct {
	*site
	http.Client
}

func (s *site) browser() *browser {
	jar, err := cookiejar.New(nil)
	if err != nil {
		s.Fatal(err)
	}
	return &browser{s, http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// page is an answer, read.
type page struct {
	*http.Response
	*goquery.Document
	body string
}

func (p page) location() string { return p.Response.Header.Get("Location") }

func (p page) text() string { return p.Find("main").Text() }

func (b *browser) read(res *http.Response, err error) page {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		b.Fatal(err)
	}
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(string(body)))
	if err != nil {
		b.Fatal(err)
	}
	return page{res, doc, string(body)}
}

func (b *browser) get(path string) page { b.Helper(); return b.read(b.Get(b.server.URL + path)) }

func (b *browser) post(path string, pairs ...string) page {
	b.Helper()
	values := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		values.Set(pairs[i], pairs[i+1])
	}
	return b.read(b.PostForm(b.server.URL+path, values))
}

func (b *browser) wants(p page, status int, location string) {
	b.Helper()
	if p.StatusCode != status || p.location() != location {
		b.Fatalf("got %d %q, want %d %q: %s", p.StatusCode, p.location(), status, location, p.text())
	}
}

func (b *browser) signIn(login, password string) page {
	b.Helper()
	return b.post("/connexion", "identifiant", login, "mot_de_passe", password)
}

// answerRequests does what the background jobs do, and returns the last password mailed.
func (s *site) answerRequests() string {
	s.Helper()
	requests, err := db.All[string](ctx, s.store, `select secret from job where kind = $1 order by id`, account.RecoverJob)
	if err != nil {
		s.Fatal(err)
	}
	for _, text := range requests {
		var lost account.Lost
		if err := json.Unmarshal([]byte(text), &lost); err != nil {
			s.Fatal(err)
		}
		if err := s.accounts.Answer(ctx, lost); err != nil {
			s.Fatal(err)
		}
	}
	secrets, err := db.All[string](ctx, s.store, `select secret from job where kind = 'send_mail' order by id desc`)
	if err != nil || len(secrets) == 0 {
		s.Fatal("no mail", err)
	}
	var mailed struct {
		Password string `json:"password"`
		Path     string `json:"path"`
	}
	if err := json.Unmarshal([]byte(secrets[0]), &mailed); err != nil {
		s.Fatal(err)
	}
	return mailed.Password + mailed.Path
}

// settled signs Moreau in with the chosen password good.
func (s *site) settled() *browser {
	s.Helper()
	b := s.browser()
	b.wants(b.post("/mot-de-passe-perdu", "identifiant", "MOREAU-4821", "mail", "claire@exemple.fr"), 303, "/mot-de-passe-perdu/envoi")
	b.wants(b.signIn("MOREAU-4821", s.answerRequests()), 303, "/mot-de-passe")
	b.wants(b.post("/mot-de-passe", "nouveau", good, "confirmation", good), 303, "/accueil")
	return b
}

func TestFromTheLetterToTheFirstPage(t *testing.T) {
	each(t, func(s *site) {
		b := s.browser()
		b.wants(b.get("/"), 303, "/connexion")
		b.wants(b.get("/extranet/usager"), 303, "/connexion")
		signIn := b.get("/connexion")
		for _, want := range []string{"Identifiant", "Mot de passe", "Première connexion"} {
			if !strings.Contains(signIn.text(), want) {
				t.Errorf("the sign-in page lacks « %s »", want)
			}
		}
		if signIn.Find(`a[href="/mot-de-passe-perdu"]`).First().Text() == "" {
			t.Error("no link « Mot de passe perdu »")
		}
		lost := b.get("/mot-de-passe-perdu")
		for _, want := range []string{"Entrez votre identifiant", "Renseignez votre adresse mail", "Valider", "Première connexion", "Identifiant oublié ou adresse changée\u202f?", "02 40 00 00 00"} {
			if !strings.Contains(lost.text(), want) {
				t.Errorf("the page « Mot de passe perdu » lacks « %s »", want)
			}
		}
		b.wants(b.post("/mot-de-passe-perdu", "identifiant", "moreau-4821", "mail", "Claire@exemple.fr"), 303, "/mot-de-passe-perdu/envoi")
		if answer := b.get("/mot-de-passe-perdu/envoi"); !strings.Contains(answer.text(), "spams") {
			t.Error("the answer does not speak of the spams")
		}
		password := s.answerRequests()
		b.wants(b.signIn("MOREAU-4821", password), 303, "/mot-de-passe")
		first := b.get("/mot-de-passe")
		if !strings.Contains(first.text(), "Choisissez votre mot de passe") || !strings.Contains(first.text(), "De 8 à 20 caractères") || first.Find(`[name="actuel"]`).Length() != 0 {
			t.Errorf("first choice: %s", first.text())
		}
		b.wants(b.post("/mot-de-passe", "nouveau", good, "confirmation", good), 303, "/accueil")
		b.wants(b.get("/accueil"), 303, "/contact")
		if got := b.get("/contact").Find(".flash").Text(); !strings.Contains(got, "Conservez bien vos identifiants") {
			t.Errorf("message after the choice: %q", got)
		}
		b.wants(b.get("/"), 303, "/accueil")
		b.wants(b.get("/connexion"), 303, "/accueil")
	})
}

func TestMailedPasswordOpensOnlyItsPage(t *testing.T) {
	each(t, func(s *site) {
		b := s.browser()
		b.post("/mot-de-passe-perdu", "identifiant", "MOREAU-4821", "mail", "claire@exemple.fr")
		b.wants(b.signIn("MOREAU-4821", s.answerRequests()), 303, "/mot-de-passe")
		for _, path := range []string{"/", "/accueil", "/bureau", "/connexion", "/enseignant"} {
			b.wants(b.get(path), 303, "/mot-de-passe")
		}
		b.wants(b.post("/mot-de-passe/identifiant", "identifiant", "Autre-Nom"), 303, "/mot-de-passe")
		if held, err := account.OfHousehold(ctx, s.store, "moreau"); err != nil || held.Login != "MOREAU-4821" {
			t.Errorf("the identifiant was changed: %s %v", held.Login, err)
		}
		s.clock.Add(24 * time.Hour)
		b.wants(b.get("/mot-de-passe"), 303, "/connexion?suite=%2Fmot-de-passe")
	})
}

func TestAnswerToALostPasswordIsConstant(t *testing.T) {
	s := open(t, dbtest.SQLite(t))
	var answers []string
	for _, c := range [][2]string{
		{"MOREAU-4821", "claire@exemple.fr"}, {"MOREAU-4821", "autre@exemple.fr"}, {"NESSUNO-1", "claire@exemple.fr"}, {"odile@exemple.fr", "odile@exemple.fr"},
	} {
		b := s.browser()
		b.wants(b.post("/mot-de-passe-perdu", "identifiant", c[0], "mail", c[1]), 303, "/mot-de-passe-perdu/envoi")
		if len(b.Jar.Cookies(must(url.Parse(s.server.URL)))) != 0 {
			t.Errorf("%v leaves a cookie", c)
		}
		answers = append(answers, b.get("/mot-de-passe-perdu/envoi").body)
	}
	for i := range answers {
		if answers[i] != answers[0] {
			t.Errorf("answer %d differs", i)
		}
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

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

func TestForms(t *testing.T) {
	each(t, func(s *site) {
		family := s.settled()
		nobody := s.browser()
		long, script, nul := strings.Repeat("a", 300), `<script>alert(1)</script>`, "a\x00b"
		signIn := []string{"identifiant", "MOREAU-4821", "mot_de_passe", "Mauvais123"}
		lost := []string{"identifiant", "MOREAU-4821", "mail", "x@exemple.fr"}
		change := []string{"actuel", good, "nouveau", other, "confirmation", other}
		for _, c := range []struct {
			what, path string
			who        *browser
			form       []string
			field      string
			value      string
			says       string
			at         string // field that bears the message; "" for the whole form
		}{
			{"sign-in without identifiant", "/connexion", nobody, signIn, "identifiant", "", "Indiquez votre identifiant", "identifiant"},
			{"sign-in without password", "/connexion", nobody, signIn, "mot_de_passe", "", "Indiquez votre mot de passe", "mot_de_passe"},
			{"sign-in, identifiant over-long", "/connexion", nobody, signIn, "identifiant", long, "200 caractères au plus", "identifiant"},
			{"sign-in, password over-long", "/connexion", nobody, signIn, "mot_de_passe", long, "200 caractères au plus", "mot_de_passe"},
			{"sign-in, script", "/connexion", nobody, signIn, "identifiant", script, "ne vont pas ensemble", ""},
			{"sign-in, NUL", "/connexion", nobody, signIn, "identifiant", nul, "ne peuvent pas être enregistrés", ""},
			{"sign-in, wrong password", "/connexion", nobody, signIn, "mot_de_passe", "Mauvais123", "ne vont pas ensemble", ""},
			{"lost without identifiant", "/mot-de-passe-perdu", nobody, lost, "identifiant", "", "Indiquez votre identifiant", "identifiant"},
			{"lost without address", "/mot-de-passe-perdu", nobody, lost, "mail", "", "Indiquez l’adresse mail", "mail"},
			{"lost, no address", "/mot-de-passe-perdu", nobody, lost, "mail", "claire", "adresse mail complète", "mail"},
			{"lost, identifiant over-long", "/mot-de-passe-perdu", nobody, lost, "identifiant", long, "200 caractères au plus", "identifiant"},
			{"lost, address over-long", "/mot-de-passe-perdu", nobody, lost, "mail", long + "@exemple.fr", "254 caractères au plus", "mail"},
			{"lost, script", "/mot-de-passe-perdu", nobody, lost, "mail", script, "adresse mail complète", "mail"},
			{"lost, NUL", "/mot-de-passe-perdu", nobody, lost, "mail", nul, "ne peuvent pas être enregistrés", ""},
			{"change without current", "/mot-de-passe", family, change, "actuel", "", "Indiquez votre mot de passe actuel", "actuel"},
			{"change without new", "/mot-de-passe", family, change, "nouveau", "", "Choisissez un mot de passe", "nouveau"},
			{"change without repetition", "/mot-de-passe", family, change, "confirmation", "", "ne sont pas les mêmes", "confirmation"},
			{"change, new over-long", "/mot-de-passe", family, change, "nouveau", long, "200 caractères au plus", "nouveau"},
			{"change, NUL", "/mot-de-passe", family, change, "nouveau", nul, "ne peuvent pas être enregistrés", ""},
			{"change, wrong current", "/mot-de-passe", family, change, "actuel", "Mauvais123", "pas votre mot de passe actuel", "actuel"},
			{"change, script", "/mot-de-passe", family, change, "actuel", script, "pas votre mot de passe actuel", "actuel"},
			{"identifiant empty", "/mot-de-passe/identifiant", family, nil, "identifiant", "", "De 4 à 40", "identifiant"},
			{"identifiant over-long", "/mot-de-passe/identifiant", family, nil, "identifiant", long, "De 4 à 40", "identifiant"},
			{"identifiant, script", "/mot-de-passe/identifiant", family, nil, "identifiant", script, "De 4 à 40", "identifiant"},
			{"identifiant, NUL", "/mot-de-passe/identifiant", family, nil, "identifiant", nul, "ne peuvent pas être enregistrés", ""},
			{"identifiant taken", "/mot-de-passe/identifiant", family, nil, "identifiant", "Odile@exemple.fr", "déjà pris", "identifiant"},
		} {
			p := c.who.post(c.path, append(append([]string{}, c.form...), c.field, c.value)...)
			if p.StatusCode != 422 || !strings.Contains(p.text(), c.says) {
				t.Errorf("%s: got %d %s", c.what, p.StatusCode, p.text())
			}
			if c.at != "" && (p.Find("#"+c.at).AttrOr("aria-invalid", "") != "true" || p.Find(`a[href="#`+c.at+`"]`).Length() != 1) {
				t.Errorf("%s: no message at the field %s", c.what, c.at)
			}
			if c.says != "ne peuvent pas être enregistrés" && !strings.HasPrefix(p.Find("title").Text(), "Erreur") {
				t.Errorf("%s: the title is %q", c.what, p.Find("title").Text())
			}
			if strings.Contains(p.body, script) {
				t.Errorf("%s: the script stands in the page", c.what)
			}
		}
		if kept := nobody.post("/mot-de-passe-perdu", "identifiant", "MOREAU-4821", "mail", "").Find("#identifiant").AttrOr("value", ""); kept != "MOREAU-4821" {
			t.Errorf("what was typed comes back as %q", kept)
		}
	})
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
			if cookie.Name == door.SessionCookie {
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

func TestSigningOutAndOtherDevices(t *testing.T) {
	each(t, func(s *site) {
		phone, computer := s.settled(), s.browser()
		computer.wants(computer.signIn("MOREAU-4821", good), 303, "/accueil")
		phone.wants(phone.post("/mot-de-passe", "actuel", good, "nouveau", other, "confirmation", other), 303, "/mot-de-passe")
		if got := phone.get("/mot-de-passe").Find(".flash").Text(); !strings.Contains(got, "Votre mot de passe est changé.") {
			t.Errorf("message %q", got)
		}
		computer.wants(computer.get("/accueil"), 303, "/connexion?suite=%2Faccueil")
		phone.wants(phone.post("/mot-de-passe/identifiant", "identifiant", "Les.Moreau"), 303, "/mot-de-passe")
		stolen := phone.Jar.Cookies(must(url.Parse(s.server.URL)))
		phone.wants(phone.post("/deconnexion"), 303, "/connexion")
		phone.Jar.SetCookies(must(url.Parse(s.server.URL)), stolen)
		phone.wants(phone.get("/accueil"), 303, "/connexion?suite=%2Faccueil")
		phone.wants(phone.signIn("les.moreau", other), 303, "/accueil")
	})
}

func TestLink(t *testing.T) {
	each(t, func(s *site) {
		byLink := policies()
		byLink.Recovery = school.RecoverByLink
		s.write(func(tx *db.Tx) error { return school.Put(ctx, tx, byLink) })
		b := s.browser()
		if p := b.get("/mot-de-passe/lien/inconnu"); p.StatusCode != 404 || !strings.Contains(p.text(), "Ce lien ne sert plus") {
			t.Errorf("an unknown link: %d %s", p.StatusCode, p.text())
		}
		b.post("/mot-de-passe-perdu", "identifiant", "MOREAU-4821", "mail", "claire@exemple.fr")
		path := s.answerRequests()
		for range 2 { // a scanner of mails may open it
			if p := b.get(path); p.StatusCode != 200 || p.Find(`form[action="`+path+`"]`).Length() != 1 {
				t.Fatalf("the link: %d %s", p.StatusCode, p.text())
			}
		}
		if p := b.post(path, "nouveau", "court", "confirmation", "court"); p.StatusCode != 422 || p.Find("#nouveau-e").Length() != 1 {
			t.Errorf("a short password: %d %s", p.StatusCode, p.text())
		}
		b.wants(b.post(path, "nouveau", good, "confirmation", good), 303, "/accueil")
		b.wants(b.get("/"), 303, "/accueil")
		if p := b.post(path, "nouveau", other, "confirmation", other); p.StatusCode != 404 {
			t.Errorf("used twice: %d", p.StatusCode)
		}
	})
}

func TestAccessibilitySettings(t *testing.T) {
	s := open(t, dbtest.SQLite(t))
	b := s.browser()
	b.wants(b.post("/accessibilite", "texte", "tres-grand", "police", "dys", "theme", `"><script>`, "contraste", "fort"), 303, "/accessibilite")
	p := b.get("/contact")
	html := p.Find("html")
	if html.AttrOr("data-texte", "") != "tres-grand" || html.AttrOr("data-police", "") != "dys" || html.AttrOr("data-contraste", "") != "fort" || html.AttrOr("data-theme", "none") != "none" {
		t.Errorf("attributes %+v", html.Nodes[0].Attr)
	}
	if !strings.Contains(p.Find("footer").Text(), "Accessibilité\u202f: non conforme") {
		t.Errorf("footer %s", p.Find("footer").Text())
	}
	form := b.get("/accessibilite")
	if form.Find(`[name="texte"][checked]`).AttrOr("value", "") != "tres-grand" {
		t.Error("the form does not show the setting")
	}
}

func TestPagesOfTheLawNameTheSchool(t *testing.T) {
	s := open(t, dbtest.SQLite(t))
	b := s.browser()
	for _, path := range []string{"/mentions-legales", "/donnees-personnelles", "/contact", "/accessibilite"} {
		p := b.get(path)
		if p.StatusCode != 200 || !strings.Contains(p.text(), "École de musique Sèvre & Loire") || !strings.Contains(p.text(), "02 40 00 00 00") {
			t.Errorf("%s: %d %s", path, p.StatusCode, p.text())
		}
	}
}

func TestColourOfTheSchool(t *testing.T) {
	b := open(t, dbtest.SQLite(t)).browser()
	if p := b.get("/couleur/345-0.085.css"); p.StatusCode != 200 || p.body != ":root{--accent-h:345;--accent-c:0.085}\n" || p.Response.Header.Get("Content-Type") != "text/css; charset=utf-8" {
		t.Errorf("got %d %q", p.StatusCode, p.body)
	}
	for _, name := range []string{"361-0.085.css", "345-1.css", "345-0.085;}.css", "x.css", "345-0.085"} {
		if p := b.get("/couleur/" + url.PathEscape(name)); p.StatusCode != 404 {
			t.Errorf("%s: got %d", name, p.StatusCode)
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
