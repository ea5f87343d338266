package office_test

import (
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"pupitre/internal/demo/testschool"
	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/application"
	"pupitre/internal/domain/enrolment"
	"pupitre/internal/domain/merge"
	"pupitre/internal/domain/people"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/db/dbtest"
	"pupitre/internal/web"
	newcomers "pupitre/internal/web/application"
	"pupitre/internal/web/catalogue"
	"pupitre/internal/web/door"
	"pupitre/internal/web/family"
	"pupitre/internal/web/households"
	"pupitre/internal/web/merging"
	"pupitre/internal/web/messages"
	"pupitre/internal/web/office"
	"pupitre/internal/web/public"
)

const password = "Violoncelle-2027"

// rig is the whole site on the demonstration school, and someone signed in.
type rig struct {
	*testschool.School
	handler http.Handler
	token   string
}

// open signs a secretary in.
func open(t *testing.T, store *db.Store) *rig {
	t.Helper()
	r := &rig{School: testschool.Open(t, store)}
	desk := office.New(store, r.Registrar, r.Accounts, r.Blobs, r.Clock, "https://portail.exemple.fr")
	pages := web.Pages{
		Public: public.New(store, r.Accounts, office.Nav),
		Family: family.New(store, r.Registrar, r.Blobs, r.Clock, "https://portail.exemple.fr"),
		Office: desk,

		Application: newcomers.New(store, application.New(store, r.Clock, r.Accounts, r.Registrar), merge.New(store, r.Clock, r.Accounts, r.Registrar), desk.Frame),
		Households:  households.New(store, r.Registrar, r.Accounts, desk.Frame),
		Merging:     merging.New(store, merge.New(store, r.Clock, r.Accounts, r.Registrar), desk.Frame),
		Catalogue:   catalogue.New(store, r.Registrar, desk.Frame),
		Messages:    messages.New(store, r.Clock, "https://portail.exemple.fr", desk.Frame),
	}
	r.handler = web.New(web.Config{Store: store, Accounts: r.Accounts, Clock: r.Clock, Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Pages: pages})
	r.token = r.signIn(actor.Secretary, "Odile Batard")
	return r
}

func sqlite(t *testing.T) *rig { t.Helper(); return open(t, dbtest.SQLite(t)) }

// signIn makes an account of that role and returns its session.
func (r *rig) signIn(role actor.Role, name string) string {
	r.T.Helper()
	email := strings.ToLower(strings.ReplaceAll(name, " ", ".")) + "@exemple.fr"
	_, err := r.Accounts.CreateStaff(r.Ctx, actor.System, role, name, email, password)
	r.Must(err)
	opened, err := r.Accounts.SignIn(r.Ctx, email, password, "192.0.2.1")
	r.Must(err)
	return opened.Token
}

// page is an answer, its body read.
type page struct {
	*http.Response
	*goquery.Document
	body string
}

func (r *rig) do(method, path string, form url.Values) page {
	r.T.Helper()
	var body io.Reader
	if method == "POST" {
		body = strings.NewReader(form.Encode())
	}
	req := httptest.NewRequest(method, path, body)
	if method == "POST" {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if r.token != "" {
		req.AddCookie(&http.Cookie{Name: door.SessionCookie, Value: r.token})
	}
	w := httptest.NewRecorder()
	r.handler.ServeHTTP(w, req)
	text := w.Body.String()
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(text))
	r.Must(err)
	return page{w.Result(), doc, text}
}

// get asks for a page that must be there.
func (r *rig) get(path string) page {
	r.T.Helper()
	p := r.do("GET", path, nil)
	if p.StatusCode != 200 {
		r.T.Fatalf("GET %s: got %d %.300s", path, p.StatusCode, strings.Join(strings.Fields(p.Find("main").Text()), " "))
	}
	return p
}

// post sends a form and checks the status; it returns the answer.
func (r *rig) post(want int, path string, pairs ...string) page {
	r.T.Helper()
	form := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	p := r.do("POST", path, form)
	if p.StatusCode != want {
		r.T.Fatalf("POST %s %v: got %d, want %d: %.400s", path, pairs, p.StatusCode, want, strings.Join(strings.Fields(p.Find("main").Text()), " "))
	}
	return p
}

// to is where a redirection leads.
func (p page) to() string { return p.Header.Get("Location") }

// text is what the element says, spaces made one.
func (p page) text(selector string) string {
	return strings.Join(strings.Fields(p.Find(selector).Text()), " ")
}

// says fails unless the element has the words, whatever their spaces.
func (r *rig) says(p page, selector, words string) {
	r.T.Helper()
	if got := p.text(selector); !strings.Contains(got, strings.Join(strings.Fields(words), " ")) {
		r.T.Errorf("%s: got %.600q, want %q in it", selector, got, words)
	}
}

// press sends the form that has the button of that label, as a browser would:
// its hidden and filled fields, what is added in pairs, the button's own value.
func (r *rig) press(want int, p page, label string, pairs ...string) page {
	r.T.Helper()
	button := p.Find("main button").FilterFunction(func(_ int, s *goquery.Selection) bool {
		return strings.HasPrefix(strings.Join(strings.Fields(s.Text()), " "), label)
	}).First()
	if button.Length() == 0 {
		r.T.Fatalf("no button %q on %s", label, p.text("h1"))
	}
	form := button.Closest("form")
	if id, ok := button.Attr("form"); ok {
		form = p.Find("form#" + id)
	}
	action := form.AttrOr("action", "")
	action = button.AttrOr("formaction", action)
	var all []string
	set := map[string]bool{}
	for i := 0; i+1 < len(pairs); i += 2 {
		set[pairs[i]] = true
	}
	form.Find("input, select, textarea").Each(func(_ int, s *goquery.Selection) {
		name, kind := s.AttrOr("name", ""), s.AttrOr("type", "")
		_, checked := s.Attr("checked")
		if name == "" || set[name] || (kind == "radio" || kind == "checkbox") && !checked {
			return
		}
		all = append(all, name, s.AttrOr("value", ""))
	})
	all = append(all, pairs...)
	if name, ok := button.Attr("name"); ok {
		all = append(all, name, button.AttrOr("value", ""))
	}
	return r.post(want, action, all...)
}

// augustin is complete, a RIB and a mandate to check.
func (r *rig) augustin() testschool.Family {
	f := r.Family("AUBRY-4572", "Augustin").Prepare("prelevement").Choose("cursus", "S-VIOLON", "S-ORCHESTRE-1")
	f.Deposit("rib")
	f.Deposit("mandat")
	f.Send()
	return f
}

// mathis is ready to be confirmed: cheques, a place in each course.
func (r *rig) mathis() testschool.Family {
	f := r.Family("BATARD-6474", "Mathis").Prepare().Choose("cursus", "L-HAUTBOIS", "L-ORCHESTRE-1")
	f.Send()
	return f
}

func dossierURL(f testschool.Family) string { return "/bureau/dossiers/" + f.Dossier().ID }

func (r *rig) state(f testschool.Family, want enrolment.State) {
	r.T.Helper()
	if got := f.Dossier().State; got != want {
		r.T.Errorf("%s: got %q, want %q", f.Pupil.FirstName, got, want)
	}
}

// offering is the id of a course's places for the whole year.
func (r *rig) offering(code string) string {
	return enrolment.OfferingID(r.Wish(code, 0).Course, 0)
}

// setCapacity leaves a course with that many places.
func (r *rig) setCapacity(code string, n int64) {
	r.T.Helper()
	r.Must(r.Registrar.SetCapacity(r.Ctx, testschool.Secretary, r.offering(code), n, "test"))
}

// mails counts the mails enqueued of a kind.
func (r *rig) mails(kind string) int64 {
	r.T.Helper()
	n, err := db.One[int64](r.Ctx, r.Store, `select count(*) from outgoing_mail where kind = $1`, kind)
	r.Must(err)
	return n
}

func (r *rig) guardianOf(f testschool.Family) people.Guardian {
	r.T.Helper()
	h, err := people.HouseholdByID(r.Ctx, r.Store, testschool.Secretary, f.Household)
	r.Must(err)
	return h.Guardians[0]
}

func is(t *testing.T, what string, got, want any) {
	t.Helper()
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}
