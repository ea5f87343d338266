package door_test

import (
	"bytes"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"pupitre/internal/domain/actor"
	"pupitre/internal/platform/clock"
	"pupitre/internal/platform/fault"
	"pupitre/internal/web/door"
)

// One script cannot crowd out the others: each account has its own share.
func TestAnAccountThatAsksTooMuchIsToldToWait(t *testing.T) {
	s := site(new(bytes.Buffer))
	moved := clock.At(time.Date(2027, 6, 8, 20, 0, 0, 0, time.UTC))
	s.Clock, s.Limits = moved, door.NewLimits(2, 5, 3)
	mux := s.Mux([]door.Route{
		door.Get("/contact", door.Public, actor.Everybody, "contact", say("ok")),
		door.Get("/accueil", door.Family, actor.OwnAccount, "home", say("ok")),
	})
	get := func(who, path string) (int, string, string) {
		t.Helper()
		res := ask(t, mux, httptest.NewRequest("GET", path, nil), who)
		var body bytes.Buffer
		if _, err := body.ReadFrom(res.Body); err != nil {
			t.Fatal(err)
		}
		return res.StatusCode, res.Header.Get("Retry-After"), body.String()
	}
	for i := range 5 {
		if status, _, _ := get("family", "/accueil"); status != 200 {
			t.Fatalf("request %d of a burst of 5: got %d", i+1, status)
		}
	}
	status, after, body := get("family", "/accueil")
	if status != 429 || after != "1" || !strings.Contains(body, "Votre compte envoie trop de demandes à la fois.") {
		t.Errorf("the sixth: got %d, Retry-After %q, %s", status, after, body)
	}
	if status, _, _ := get("secretary", "/accueil"); status != 200 {
		t.Errorf("another account meanwhile: got %d", status)
	}
	for range 20 {
		if status, _, _ := get("", "/contact"); status != 200 {
			t.Fatalf("a reader without account: got %d", status)
		}
	}
	moved.Add(-time.Hour) // a clock set back gives nothing, and takes nothing
	if status, _, _ := get("family", "/accueil"); status != 429 {
		t.Errorf("with the clock set back: got %d", status)
	}
	moved.Add(time.Hour + time.Second)
	for range 2 {
		if status, _, _ := get("family", "/accueil"); status != 200 {
			t.Errorf("a second later: got %d", status)
		}
	}
}

func TestAnAccountHasSoManyRequestsAtTheSameTime(t *testing.T) {
	s := site(new(bytes.Buffer))
	s.Limits = door.NewLimits(1000, 1000, 2)
	inside, free := make(chan bool), make(chan bool)
	mux := s.Mux([]door.Route{
		door.Get("/long", door.Family, actor.OwnAccount, "long", func(v *door.Visit) error {
			inside <- true
			<-free
			return say("ok")(v)
		}),
		door.Get("/accueil", door.Family, actor.OwnAccount, "home", say("ok")),
	})
	ended := make(chan int)
	for range 2 {
		go func() { ended <- ask(t, mux, httptest.NewRequest("GET", "/long", nil), "family").StatusCode }()
		<-inside
	}
	if res := ask(t, mux, httptest.NewRequest("GET", "/accueil", nil), "family"); res.StatusCode != 429 || res.Header.Get("Retry-After") == "" {
		t.Errorf("the third at the same time: got %d, Retry-After %q", res.StatusCode, res.Header.Get("Retry-After"))
	}
	if res := ask(t, mux, httptest.NewRequest("GET", "/accueil", nil), "secretary"); res.StatusCode != 200 {
		t.Errorf("another account: got %d", res.StatusCode)
	}
	close(free)
	for range 2 {
		if got := <-ended; got != 200 {
			t.Errorf("one of the first two: got %d", got)
		}
	}
	if res := ask(t, mux, httptest.NewRequest("GET", "/accueil", nil), "family"); res.StatusCode != 200 {
		t.Errorf("once they have ended: got %d", res.StatusCode)
	}
}

// Past the guard of the memory nothing is read, and a form is kept all the same.
func TestAnOverloadedMachineReadsNothing(t *testing.T) {
	s := site(new(bytes.Buffer))
	s.Overloaded = func() error { return &fault.Unavailable{RetryAfter: 10 * time.Second, Message: "Trop de monde."} }
	s.Session = nil // asked, it would panic
	mux := s.Mux([]door.Route{door.Post("/envoi", door.Family, actor.FamilyPages, "send", say("ok"))})
	res := ask(t, mux, form("/envoi", map[string][]string{"accord": {"oui"}}), "family")
	var body bytes.Buffer
	if _, err := body.ReadFrom(res.Body); err != nil {
		t.Fatal(err)
	}
	if res.StatusCode != 503 || res.Header.Get("Retry-After") != "10" || !strings.Contains(body.String(), `name="accord" value="oui"`) {
		t.Errorf("got %d, Retry-After %q: %s", res.StatusCode, res.Header.Get("Retry-After"), body.String())
	}
}
