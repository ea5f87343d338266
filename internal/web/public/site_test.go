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
