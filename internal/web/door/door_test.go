package door_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/a-h/templ"

	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/school"
	"pupitre/internal/platform/clock"
	"pupitre/internal/platform/fault"
	"pupitre/internal/web/door"
	"pupitre/internal/web/ui"
)

func site(log *bytes.Buffer) *door.Site {
	return &door.Site{
		Session: func(_ context.Context, token string) (actor.Actor, actor.Step, error) {
			role, limited := strings.CutSuffix(token, "-limited")
			step := map[bool]actor.Step{true: actor.ChoosePassword}[limited]
			return actor.Actor{Account: token, Role: actor.Role(role)}, step, nil
		},
		Settings: func(context.Context, school.Season) (school.Settings, error) {
			return school.Settings{School: school.School{Name: "École Sèvre & Loire", Phone: "0240000000"}}, nil
		},
		Season: func(context.Context) (school.Season, error) { return school.Season{Name: "2027-2028"}, nil },
		Clock:  clock.At(time.Date(2027, 6, 8, 20, 0, 0, 0, time.UTC)),
		Log:    slog.New(slog.NewTextHandler(log, nil)),
	}
}

func ask(t *testing.T, h http.Handler, r *http.Request, session string) *http.Response {
	t.Helper()
	if session != "" {
		r.AddCookie(&http.Cookie{Name: door.SessionCookie, Value: session})
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

func form(path string, values url.Values) *http.Request {
	r := httptest.NewRequest("POST", path, strings.NewReader(values.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return r
}

func say(text string) door.Handler {
	return func(v *door.Visit) error { return v.Show(200, templ.Raw(text)) }
}

func TestWhoMayComeIn(t *testing.T) {
	limited := door.Get("/mot-de-passe", door.Public, actor.OwnAccount, "password", say("ok")).OpenAt(actor.ChoosePassword)
	mux := site(new(bytes.Buffer)).Mux([]door.Route{
		limited,
		door.Get("/contact", door.Public, actor.Everybody, "contact", say("ok")),
		door.Get("/famille/{x}", door.Family, actor.FamilyPages, "family", say("ok")),
		door.Get("/bureau", door.Office, actor.Dossiers, "office", say("ok")),
	})
	for _, c := range []struct {
		who, path string
		status    int
		location  string
	}{
		{"", "/contact", 200, ""},
		{"", "/nulle-part", 404, ""},
		{"", "/famille/a?b=c", 303, "/connexion?suite=%2Ffamille%2Fa%3Fb%3Dc"},
		{"", "/mot-de-passe", 303, "/connexion?suite=%2Fmot-de-passe"},
		{"family", "/famille/a", 200, ""},
		{"family", "/bureau", 403, ""},
		{"family-limited", "/famille/a", 303, "/mot-de-passe"},
		{"family-limited", "/mot-de-passe", 200, ""},
		{"family-limited", "/contact", 200, ""},
		{"teacher", "/famille/a", 403, ""},
		{"secretary", "/bureau", 200, ""},
		{"bursar", "/bureau", 403, ""},
	} {
		res := ask(t, mux, httptest.NewRequest("GET", c.path, nil), c.who)
		if res.StatusCode != c.status || res.Header.Get("Location") != c.location {
			t.Errorf("%q asks %s: got %d %s, want %d %s", c.who, c.path, res.StatusCode, res.Header.Get("Location"), c.status, c.location)
		}
		if c.who != "" && res.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("%q asks %s: the answer may be kept by a cache", c.who, c.path)
		}
	}
}

func TestSigningInAfterAnActLeadsBackToItsPage(t *testing.T) {
	mux := site(new(bytes.Buffer)).Mux([]door.Route{door.Post("/famille", door.Family, actor.FamilyPages, "save", say("ok"))})
	r := form("/famille", nil)
	r.Header.Set("Referer", "http://example.com/famille?onglet=2")
	res := ask(t, mux, r, "")
	if got, want := res.Header.Get("Location"), "/connexion?suite=%2Ffamille%3Fonglet%3D2"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	r = form("/famille", nil)
	r.Header.Set("Referer", "http://evil.example/famille")
	if got := ask(t, mux, r, "").Header.Get("Location"); got != "/connexion" {
		t.Errorf("another site's page: got %s", got)
	}
}

func TestEachErrorHasItsPageAndNoneShowsItsText(t *testing.T) {
	for _, c := range []struct {
		err        error
		status     int
		says       string
		retryAfter string
	}{
		{fault.Refuse("Choisissez un cours."), 422, "Choisissez un cours.", ""},
		{fmt.Errorf("dossier secret-42: %w", fault.ErrNotFound), 404, "n’existe pas", ""},
		{fmt.Errorf("secret-42: %w", fault.ErrForbidden), 403, "Page réservée", ""},
		{fmt.Errorf("secret-42: %w", &fault.Conflict{Message: "Rechargez la page."}), 409, "Rechargez la page.", ""},
		{&fault.Busy{RetryAfter: 90*time.Second + time.Millisecond, Message: "Réessayez à 21 h 14."}, 429, "Réessayez à 21 h 14.", "91"},
		{&fault.Unavailable{Message: "Trop de monde."}, 503, "Trop de monde.", "1"},
		{fmt.Errorf("secret-42: %w", &fault.Unavailable{RetryAfter: 5 * time.Second, Message: "Recommencez.", Cause: errors.New("secret-42")}), 503, "Recommencez.", "5"},
		{errors.New("secret-42: disk full"), 500, "Une erreur est survenue", ""},
	} {
		var log bytes.Buffer
		mux := site(&log).Mux([]door.Route{door.Get("/x", door.Public, actor.Everybody, "x", func(*door.Visit) error { return c.err })})
		r := httptest.NewRequest("GET", "/x", nil)
		r = r.WithContext(door.WithRequestID(r.Context(), "R-17"))
		res := ask(t, mux, r, "")
		page, err := goquery.NewDocumentFromReader(res.Body)
		if err != nil {
			t.Fatal(err)
		}
		text := page.Find("main").Text()
		if res.StatusCode != c.status || !strings.Contains(text, c.says) || res.Header.Get("Retry-After") != c.retryAfter {
			t.Errorf("%v: got %d %q retry %q", c.err, res.StatusCode, text, res.Header.Get("Retry-After"))
		}
		if strings.Contains(page.Text(), "secret-42") {
			t.Errorf("%v: the page shows the error", c.err)
		}
		logged := strings.Count(log.String(), "request failed")
		failed := c.status == 500 || c.retryAfter == "5" // it has a cause
		if want := map[bool]int{true: 1}[failed]; logged != want {
			t.Errorf("%v: logged %d times, want %d", c.err, logged, want)
		}
		if c.status == 500 && (!strings.Contains(log.String(), "request=R-17") || !strings.Contains(text, "R-17")) {
			t.Errorf("%v: the number of the request is missing", c.err)
		}
	}
}

func TestFormRefusesWhatNoKeyboardTypes(t *testing.T) {
	mux := site(new(bytes.Buffer)).Mux([]door.Route{door.Post("/x", door.Public, actor.Everybody, "x", func(v *door.Visit) error {
		f, err := v.Form()
		if err != nil {
			return err
		}
		var c fault.Check
		f.Required(&c, "nom", 5, "Indiquez le nom.")
		if err := c.Err(); err != nil {
			return err
		}
		return v.Show(200, templ.Raw("["+templ.EscapeString(f.Value("nom"))+"]"))
	})})
	for _, c := range []struct {
		what, value string
		status      int
		says        string
	}{
		{"a name between blanks", "  Élise ", 200, "[Élise]"},
		{"nothing", " ", 422, "Indiquez le nom."},
		{"six letters of five", "Élodie", 422, "5 caractères au plus (vous en avez saisi 6)."},
		{"NUL", "a\x00b", 422, "caractères qui ne peuvent pas être enregistrés"},
		{"an escape", "a\x1bb", 422, "caractères qui ne peuvent pas être enregistrés"},
		{"broken UTF-8", "a\xffb", 422, "caractères qui ne peuvent pas être enregistrés"},
		{"more than a plain form", strings.Repeat("a", door.PlainForm), 422, "trop lourd"},
	} {
		res := ask(t, mux, form("/x", url.Values{"nom": {c.value}}), "")
		body := new(bytes.Buffer)
		body.ReadFrom(res.Body)
		if res.StatusCode != c.status || !strings.Contains(body.String(), c.says) {
			t.Errorf("%s: got %d %s", c.what, res.StatusCode, body)
		}
	}
}

func TestFlashIsShownOnce(t *testing.T) {
	mux := site(new(bytes.Buffer)).Mux([]door.Route{
		door.Post("/x", door.Public, actor.Everybody, "x", func(v *door.Visit) error { return v.Redirect("/y", door.Done("C’est <b>fait</b>.")) }),
		door.Get("/y", door.Public, actor.Everybody, "y", func(v *door.Visit) error { return v.Show(200, ui.PlainPage(v.Base("Y"))) }),
	})
	res := ask(t, mux, form("/x", nil), "")
	if len(res.Cookies()) != 1 || !res.Cookies()[0].HttpOnly {
		t.Fatalf("cookies %v", res.Cookies())
	}
	r := httptest.NewRequest("GET", "/y", nil)
	r.AddCookie(res.Cookies()[0])
	res = ask(t, mux, r, "")
	page, err := goquery.NewDocumentFromReader(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	if got := page.Find(".flash").Text(); !strings.Contains(got, "C’est <b>fait</b>.") {
		t.Errorf("flash %q", got)
	}
	if len(res.Cookies()) != 1 || res.Cookies()[0].MaxAge >= 0 {
		t.Errorf("the message is kept: %v", res.Cookies())
	}
}

// A site beside ours may set a cookie for the whole domain: its session or its
// words must not pass for ours.
func TestACookieOfASiteBesideOursIsNotRead(t *testing.T) {
	s := site(new(bytes.Buffer))
	s.HTTPS = true
	mux := s.Mux([]door.Route{
		door.Get("/x", door.Public, actor.Everybody, "x", func(v *door.Visit) error { return say("token " + v.SessionToken())(v) }),
		door.Post("/x", door.Public, actor.Everybody, "in", func(v *door.Visit) error {
			v.OpenSession("family")
			return v.Redirect("/x", door.Done("Fait"))
		}),
	})
	for name, want := range map[string]string{door.SessionCookie: "token ", door.SecureSessionCookie: "token family"} {
		r := httptest.NewRequest("GET", "/x", nil)
		r.AddCookie(&http.Cookie{Name: name, Value: "family"})
		body := new(bytes.Buffer)
		body.ReadFrom(ask(t, mux, r, "").Body)
		if !strings.HasSuffix(strings.TrimSpace(body.String()), strings.TrimSpace(want)) {
			t.Errorf("%s: got %s, want %s", name, body, want)
		}
	}
	cookies := ask(t, mux, form("/x", nil), "").Cookies()
	if len(cookies) != 2 {
		t.Fatalf("got %v, want the session and the message", cookies)
	}
	for _, c := range cookies {
		if !strings.HasPrefix(c.Name, "__Host-") || !c.Secure || c.Path != "/" || c.Domain != "" {
			t.Errorf("got %+v", c)
		}
	}
}

func TestFragmentsAreSentElsewhereByHTMX(t *testing.T) {
	mux := site(new(bytes.Buffer)).Mux([]door.Route{
		door.Post("/x", door.Public, actor.Everybody, "x", func(v *door.Visit) error { return v.Redirect("/y") }),
		door.Post("/z", door.Public, actor.Everybody, "z", func(v *door.Visit) error { return v.Redirect("//evil.example") }),
	})
	r := form("/x", nil)
	r.Header.Set("HX-Request", "true")
	if res := ask(t, mux, r, ""); res.StatusCode != 204 || res.Header.Get("HX-Redirect") != "/y" {
		t.Errorf("got %d %v", res.StatusCode, res.Header)
	}
	if got := ask(t, mux, form("/z", nil), "").Header.Get("Location"); got != "/" {
		t.Errorf("sent to %s", got)
	}
}

func TestUpload(t *testing.T) {
	mux := site(new(bytes.Buffer)).Mux([]door.Route{door.Upload("/x", door.Public, actor.Everybody, "x", 100<<10, func(v *door.Visit) error {
		f, err := v.Form()
		if err != nil {
			return err
		}
		said := f.Value("piece")
		for _, file := range f.Files("fichiers") {
			said += fmt.Sprintf(" %s=%d", file.Filename, file.Size)
		}
		return v.Show(200, templ.Raw(said))
	})})
	send := func(size int) (int, string) {
		var body bytes.Buffer
		w := multipart.NewWriter(&body)
		w.WriteField("piece", " rib ")
		part, err := w.CreateFormFile("fichiers", "page.pdf")
		if err != nil {
			t.Fatal(err)
		}
		part.Write(make([]byte, size))
		w.Close()
		r := httptest.NewRequest("POST", "/x", &body)
		r.Header.Set("Content-Type", w.FormDataContentType())
		res := ask(t, mux, r, "")
		text, err := io.ReadAll(res.Body)
		if err != nil {
			t.Fatal(err)
		}
		return res.StatusCode, string(text)
	}
	if status, body := send(80 << 10); status != 200 || body != "rib page.pdf=81920" {
		t.Errorf("80 KB: got %d %s", status, body)
	}
	if status, body := send(120 << 10); status != 422 || !strings.Contains(body, "100\u00a0Ko au plus") {
		t.Errorf("120 KB of 100: got %d %s", status, body)
	}
}

func TestIsLocal(t *testing.T) {
	for path, want := range map[string]bool{
		"/": true, "/famille?x=1#y": true, "": false, "famille": false, "//evil.example": false, "/\\evil.example": false,
		"https://evil.example/": false, "/a\nb": false, "/%2f/evil": false, "javascript:alert(1)": false,
	} {
		if got := door.IsLocal(path); got != want {
			t.Errorf("IsLocal(%q) = %v", path, got)
		}
	}
}

func TestClientAddress(t *testing.T) {
	proxies, err := door.ParseProxies("10.0.0.0/8, 127.0.0.1 ::1")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		what, remote, forwarded, proto string
		address                        string
		https                          bool
	}{
		{"no proxy", "203.0.113.9:4000", "", "", "203.0.113.9", false},
		{"a stranger claims an address and https", "203.0.113.9:4000", "198.51.100.1", "https", "203.0.113.9", false},
		{"our proxy", "127.0.0.1:4000", "198.51.100.1", "https", "198.51.100.1", true},
		{"our two proxies", "127.0.0.1:4000", "198.51.100.1, 10.1.1.1", "http", "198.51.100.1", false},
		{"a client lies before our proxy", "127.0.0.1:4000", "1.2.3.4, 198.51.100.1", "https", "198.51.100.1", true},
		{"junk in the header", "[::1]:4000", "junk, 198.51.100.1", "https", "198.51.100.1", true},
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr = c.remote
		if c.forwarded != "" {
			r.Header.Set("X-Forwarded-For", c.forwarded)
		}
		if c.proto != "" {
			r.Header.Set("X-Forwarded-Proto", c.proto)
		}
		if address, https := proxies.Client(r); address != c.address || https != c.https {
			t.Errorf("%s: got %s %v, want %s %v", c.what, address, https, c.address, c.https)
		}
	}
	if _, err := door.ParseProxies("10.0.0.0/99"); err == nil {
		t.Error("10.0.0.0/99 is taken for a network")
	}
}

func TestTheNumberOfTheTrustedProxyIsKept(t *testing.T) {
	proxies, err := door.ParseProxies("127.0.0.1")
	if err != nil {
		t.Fatal(err)
	}
	const given = "0193a5d2-7c44-7f00-8000-00000000000a"
	for _, c := range []struct {
		name, from, header string
		kept               bool
	}{
		{"the proxy's", "127.0.0.1:4000", given, true},
		{"a stranger's", "192.0.2.7:4000", given, false},
		{"no number", "127.0.0.1:4000", "12 \"}", false},
		{"none", "127.0.0.1:4000", "", false},
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr = c.from
		r.Header.Set("X-Request-Id", c.header)
		got := proxies.Number(r)
		if (got == given) != c.kept || len(got) != len(given) {
			t.Errorf("%s: %q", c.name, got)
		}
	}
}
