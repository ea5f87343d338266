package particulier_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"

	"pupitre/internal/platform/clock"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/particulier"
	"pupitre/internal/platform/particulier/simulator"
)

const siret = "13002526500013"

type scene struct {
	*particulier.Client
	service *simulator.Simulator
	clock   *clock.Moved
}

func newScene(t *testing.T) scene {
	t.Helper()
	s := scene{service: simulator.New(), clock: clock.At(time.Date(2026, 12, 1, 8, 0, 0, 0, time.UTC))}
	server := httptest.NewServer(s.service)
	t.Cleanup(server.Close)
	s.Client = client(t, particulier.Options{Address: server.URL, Token: simulator.Token, Clock: s.clock, Timeout: time.Minute})
	return s
}

func client(t *testing.T, o particulier.Options) *particulier.Client {
	t.Helper()
	o.Recipient = siret
	c, err := particulier.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// person reads who is asked about out of an example's parameters. One example
// has no first name, which the interface demands: it gets one.
func person(p url.Values) (particulier.Person, particulier.Month) {
	number := func(name string) int { n, _ := strconv.Atoi(p.Get(name)); return n }
	names := p["prenoms[]"]
	if len(names) == 0 {
		names = []string{"CAMILLE"}
	}
	return particulier.Person{BirthName: p.Get("nomNaissance"), UsedName: p.Get("nomUsage"), FirstNames: names, Sex: p.Get("sexeEtatCivil"),
		Year: number("anneeDateNaissance"), Month: number("moisDateNaissance"), Day: number("jourDateNaissance"),
		Country: p.Get("codeCogInseePaysNaissance"), Commune: p.Get("codeCogInseeCommuneNaissance"),
	}, particulier.Month{Year: number("annee"), Month: number("mois")}
}

func TestEveryExampleOfTheAdministration(t *testing.T) {
	cases := simulator.Cases()
	if len(cases) != 41 {
		t.Fatalf("%d examples", len(cases))
	}
	for _, c := range cases {
		t.Run(c.Mode+" "+c.Name, func(t *testing.T) {
			t.Parallel()
			s := newScene(t)
			var answer particulier.Answer
			var err error
			if c.ByFranceConnect() {
				answer, err = s.ByFranceConnect(t.Context(), c.Token(), particulier.Month{})
			} else {
				who, month := person(c.Params)
				answer, err = s.ByIdentity(t.Context(), who, month)
			}
			var u *fault.Unavailable
			switch c.Status {
			case http.StatusOK:
				if err != nil {
					t.Fatal(err)
				}
				same(t, answer, c.Answer)
			case http.StatusNotFound:
				if !errors.Is(err, particulier.ErrNoAllowance) {
					t.Errorf("%v", err)
				}
			default:
				if !errors.As(err, &u) || !strings.Contains(u.Message, "attestation") || particulier.TokenRefused(err) {
					t.Errorf("%d: %v", c.Status, err)
				}
			}
		})
	}
}

// same compares an answer with the payload's data, field by field; the payload's
// null is our empty text.
func same(t *testing.T, answer particulier.Answer, payload []byte) {
	t.Helper()
	var want struct{ Data any }
	if err := json.Unmarshal(payload, &want); err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(answer)
	if err != nil {
		t.Fatal(err)
	}
	var got any
	if err := json.Unmarshal(text, &got); err != nil {
		t.Fatal(err)
	}
	if want := emptied(want.Data); !reflect.DeepEqual(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
}

func emptied(v any) any {
	switch v := v.(type) {
	case nil:
		return ""
	case map[string]any:
		for name, inner := range v {
			v[name] = emptied(inner)
		}
	case []any:
		for i, inner := range v {
			v[i] = emptied(inner)
		}
	}
	return v
}

func example(t *testing.T, name string) (particulier.Person, particulier.Month) {
	t.Helper()
	for _, c := range simulator.Cases() {
		if c.Name == name && !c.ByFranceConnect() {
			return person(c.Params)
		}
	}
	t.Fatalf("no example %s", name)
	return particulier.Person{}, particulier.Month{}
}

func TestTooManyRequestsAreObeyed(t *testing.T) {
	now := time.Date(2026, 12, 1, 8, 0, 0, 0, time.UTC)
	for header, wait := range map[string]time.Duration{"90": 90 * time.Second, "": time.Minute, "-5": time.Minute, "soon": time.Minute,
		now.Add(2 * time.Hour).Format(http.TimeFormat): 2 * time.Hour, "999999999": 24 * time.Hour} {
		s := newScene(t)
		s.service.RetryAfter = header
		much, month := example(t, "429")
		var u *fault.Unavailable
		if _, err := s.ByIdentity(t.Context(), much, month); !errors.As(err, &u) || u.RetryAfter != wait {
			t.Errorf("%q: %v", header, err)
		}
		other, month := example(t, "200-identite-cas-nominal")
		s.clock.Add(wait - time.Second)
		if _, err := s.ByIdentity(t.Context(), other, month); !errors.As(err, &u) || s.service.Asked() != 1 {
			t.Errorf("%q: asked again before the delay: %v", header, err)
		}
		if _, err := s.ByFranceConnect(t.Context(), "fc-x", month); !errors.As(err, &u) || s.service.Asked() != 1 {
			t.Errorf("%q: asked again by the other way: %v", header, err)
		}
		s.clock.Add(time.Second)
		if _, err := s.ByIdentity(t.Context(), other, month); err != nil || s.service.Asked() != 2 {
			t.Errorf("%q: not asked after the delay: %v", header, err)
		}
	}
}

func TestWhatDoesNotAnswerIsUnavailableAndSaysNothing(t *testing.T) {
	const detail = `{"errors":[{"code":"%","title":"Interdit","detail":"DURAND Zéphirine n'est pas connue"}]}`
	rows := map[string]struct {
		status int
		body   string
		token  bool
	}{
		"a wrong token":        {401, strings.Replace(detail, "%", "00101", 1), true},
		"no habilitation":      {403, strings.Replace(detail, "%", "00100", 1), true},
		"a conflict":           {409, strings.Replace(detail, "%", "00015", 1), false},
		"our parameters":       {422, strings.Replace(detail, "%", "00203", 1), false},
		"a proxy's 404":        {404, "<html>DURAND Zéphirine</html>", false},
		"a 404 without code":   {404, `{}`, false},
		"a redirection":        {302, "", false},
		"a page":               {200, "<html>", false},
		"no data":              {200, `{"data":null}`, false},
		"a hidden quotient":    {200, `{"data":{"allocataires":[]}}`, false},
		"a negative one":       {200, `{"data":{"quotient_familial":{"fournisseur":"MSA","valeur":-1,"annee":2026,"mois":1}}}`, false},
		"a quotient of a text": {200, `{"data":{"quotient_familial":{"valeur":"DURAND"}}}`, false},
		"too much":             {200, `{"data":"` + strings.Repeat("DURAND", 100000) + `"}`, false},
		"a failure":            {500, "DURAND", false},
	}
	who := particulier.Person{BirthName: "DURAND", FirstNames: []string{"Zéphirine"}, Sex: "F", Country: "99404"}
	for name, row := range rows {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", "https://example.org/")
			w.WriteHeader(row.status)
			_, _ = io.WriteString(w, row.body)
		}))
		_, err := client(t, particulier.Options{Address: server.URL, Clock: clock.System()}).ByIdentity(t.Context(), who, particulier.Month{})
		server.Close()
		quiet(t, name, err)
		if particulier.TokenRefused(err) != row.token {
			t.Errorf("%s: %v", name, err)
		}
	}
	server := httptest.NewServer(http.NotFoundHandler())
	server.Close()
	_, err := client(t, particulier.Options{Address: server.URL, Clock: clock.System()}).ByIdentity(t.Context(), who, particulier.Month{})
	quiet(t, "nobody", err)

	slow := simulator.New()
	slow.Slow = time.Minute // the client does not wait for it
	server = httptest.NewServer(slow)
	defer server.Close()
	s := client(t, particulier.Options{Address: server.URL, Timeout: 50 * time.Millisecond})
	_, err = s.ByIdentity(t.Context(), who, particulier.Month{})
	quiet(t, "a slow one", err)
	gone, leave := context.WithCancel(t.Context())
	leave()
	if _, err := s.ByIdentity(gone, who, particulier.Month{}); !errors.Is(err, context.Canceled) || strings.Contains(err.Error(), "DURAND") {
		t.Errorf("an asker who has left: %v", err)
	}
}

// quiet asks that an error is « unavailable », with the paper way, and names nobody.
func quiet(t *testing.T, name string, err error) {
	t.Helper()
	var u *fault.Unavailable
	if !errors.As(err, &u) || !strings.Contains(u.Message, "attestation") {
		t.Errorf("%s: %v", name, err)
		return
	}
	if said := err.Error(); strings.Contains(said, "DURAND") || strings.Contains(said, "phirine") {
		t.Errorf("%s: the error names somebody: %s", name, said)
	}
}

func TestARefusedIdentityIsTheAskersToMend(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusUnprocessableEntity)
		_, _ = io.WriteString(w, `{"errors":[{"code":"00366"}]}`)
	}))
	defer server.Close()
	who, month := example(t, "200-identite-cas-nominal")
	var invalid *fault.Invalid
	if _, err := client(t, particulier.Options{Address: server.URL, Clock: clock.System()}).ByIdentity(t.Context(), who, month); !errors.As(err, &invalid) {
		t.Errorf("%v", err)
	}
}

func TestWhatIsCheckedBeforeAsking(t *testing.T) {
	rows := []struct {
		field  string
		change func(*particulier.Person)
	}{
		{"nomNaissance", func(p *particulier.Person) { p.BirthName = " " }},
		{"prenoms", func(p *particulier.Person) { p.FirstNames = nil }},
		{"prenoms", func(p *particulier.Person) { p.FirstNames = []string{"A", "B", "C", "D"} }},
		{"prenoms", func(p *particulier.Person) { p.FirstNames = []string{"A", ""} }},
		{"sexeEtatCivil", func(p *particulier.Person) { p.Sex = "" }},
		{"dateNaissance", func(p *particulier.Person) { p.Year = 82 }},
		{"dateNaissance", func(p *particulier.Person) { p.Month = 13 }},
		{"paysNaissance", func(p *particulier.Person) { p.Country = "FR" }},
		{"communeNaissance", func(p *particulier.Person) { p.Commune = "" }},
		{"communeNaissance", func(p *particulier.Person) { p.Commune, p.Town, p.Department, p.Year = "", "Vallet", "44", 0 }},
		{"communeNaissance", func(p *particulier.Person) { p.Country = "99404" }},
	}
	s := newScene(t)
	for _, row := range rows {
		who, month := example(t, "200-identite-cas-nominal")
		row.change(&who)
		var invalid *fault.Invalid
		if _, err := s.ByIdentity(t.Context(), who, month); !errors.As(err, &invalid) || len(invalid.Fields) != 1 || invalid.Of(row.field) == "" {
			t.Errorf("%s: %v", row.field, err)
		}
	}
	if s.service.Asked() != 0 {
		t.Errorf("%d questions left", s.service.Asked())
	}
	who, _ := example(t, "200-identite-cas-nominal")
	who.Commune, who.Town, who.Department = "", "Charleville", "08"
	if _, err := s.ByIdentity(t.Context(), who, particulier.Month{}); !errors.Is(err, particulier.ErrNoAllowance) { // the examples have codes only
		t.Errorf("by the commune's name: %v", err)
	}
	if _, err := s.ByIdentity(t.Context(), who, particulier.Month{Year: 2026}); err == nil || s.service.Asked() != 1 {
		t.Errorf("a year without month: %v", err)
	}
}

func TestOnlyHTTPSLeavesTheMachine(t *testing.T) {
	for _, o := range []particulier.Options{{Address: "http://particulier.api.gouv.fr", Recipient: siret}, {Address: "x", Recipient: siret}, {Recipient: "123"}} {
		if _, err := particulier.New(o); err == nil {
			t.Errorf("%+v is taken", o)
		}
	}
	if _, err := particulier.New(particulier.Options{Recipient: siret}); err != nil {
		t.Error(err)
	}
}
