package web_test

import (
	"bytes"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"

	"pupitre/internal/demo"
	"pupitre/internal/web/door"
)

// visitor is who asks.
type visitor string

const (
	nobody        visitor = "nobody"
	stranger      visitor = "a family of another household"
	ownFamily     visitor = "the household itself"
	teacher       visitor = "teacher"
	secretary     visitor = "secretary"
	director      visitor = "director"
	bursar        visitor = "bursar"
	administrator visitor = "administrator"
)

// visitors are in the order they come: those who may the least first.
var visitors = []visitor{nobody, teacher, bursar, stranger, ownFamily, secretary, director, administrator}

const chosenPassword = "Choisi2027"

// request is one visit.
type request struct {
	method  string // "" is GET without a form, POST with one
	path    string
	form    url.Values
	files   []upload
	cookie  string
	headers map[string]string
}

type upload struct {
	field, name string
	data        []byte
}

// reply is what came back.
type reply struct {
	status   int
	location string
	header   http.Header
	body     string
	cookie   string // a session that was opened
}

func (s *seeded) ask(r request) reply {
	s.Helper()
	method, contentType := r.method, ""
	if method == "" {
		method = map[bool]string{true: "POST", false: "GET"}[r.form != nil]
	}
	var body io.Reader
	if method == "POST" {
		contentType = "application/x-www-form-urlencoded"
		body = strings.NewReader(r.form.Encode())
	}
	if r.files != nil {
		body, contentType = s.multipart(r.form, r.files)
	}
	req, err := http.NewRequestWithContext(s.Context(), method, s.server.URL+r.path, body)
	s.must(err)
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	if r.cookie != "" {
		req.AddCookie(&http.Cookie{Name: door.SessionCookie, Value: r.cookie})
	}
	for name, value := range r.headers {
		req.Header.Set(name, value)
	}
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.Do(req)
	s.must(err)
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	s.must(err)
	answer := reply{status: res.StatusCode, location: res.Header.Get("Location"), header: res.Header, body: string(text)}
	for _, c := range res.Cookies() {
		if c.Name == door.SessionCookie {
			answer.cookie = c.Value
		}
	}
	return answer
}

func (s *seeded) multipart(form url.Values, files []upload) (io.Reader, string) {
	s.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for name, values := range form {
		for _, value := range values {
			s.must(w.WriteField(name, value))
		}
	}
	for _, f := range files {
		part, err := w.CreateFormFile(f.field, f.name)
		s.must(err)
		_, err = part.Write(f.data)
		s.must(err)
	}
	s.must(w.Close())
	return &body, w.FormDataContentType()
}

// signIn opens a session by the sign-in page and returns its cookie.
func (s *seeded) signIn(login, password string) string {
	s.Helper()
	answer := s.ask(request{path: "/connexion", form: url.Values{"identifiant": {login}, "mot_de_passe": {password}}})
	if answer.status != 303 || answer.cookie == "" {
		s.Fatalf("sign in as %s: %d", login, answer.status)
	}
	return answer.cookie
}

// signInStaff opens a session of that role.
func (s *seeded) signInStaff(who visitor) string {
	s.Helper()
	return s.signIn(s.text(`select login from account where role = $1`, string(who)), demo.StaffPassword)
}

// limited opens the session of a family that has only its mailed password (R4).
func (s *seeded) limited(household string) string {
	s.Helper()
	login := s.text(`select login from account where household_id = $1`, household)
	email := s.text(`select email from guardian where household_id = $1 and email <> '' order by position limit 1`, household)
	s.ask(request{path: "/mot-de-passe-perdu", form: url.Values{"identifiant": {login}, "mail": {email}}})
	s.runJobs()
	return s.signIn(login, s.mailed(email, `Mot de passe : (\S+)`))
}

// signInFamily opens a family's session: by the mailed password, then one of its own.
func (s *seeded) signInFamily(household string) string {
	s.Helper()
	answer := s.ask(request{path: "/mot-de-passe", cookie: s.limited(household), form: url.Values{"nouveau": {chosenPassword}, "confirmation": {chosenPassword}}})
	if answer.status != 303 || answer.cookie == "" {
		s.Fatalf("choose a password: %d", answer.status)
	}
	return answer.cookie
}

// cookieOf is the session of who asks, opened the first time.
func (s *seeded) cookieOf(who string, open func() string) string {
	s.Helper()
	if s.sessions[who] == "" {
		s.sessions[who] = open()
	}
	return s.sessions[who]
}
