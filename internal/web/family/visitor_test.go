package family_test

import (
	"bytes"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"

	"github.com/PuerkitoBio/goquery"

	"pupitre/internal/web/door"
)

// visitor is a family signed in by its identifiant; "" is nobody.
type visitor struct {
	s     *site
	login string
	flash string
}

func (s *site) as(login string) *visitor { return &visitor{s: s, login: login} }

// page is an answer, its HTML read.
type page struct {
	*goquery.Document
	code   int
	header http.Header
	body   []byte
}

func (p page) text() string { return strings.Join(strings.Fields(p.Find("body").Text()), " ") }

func (p page) to() string { return p.header.Get("Location") }

func (v *visitor) do(r *http.Request) page {
	v.s.t.Helper()
	if v.login != "" {
		r.AddCookie(&http.Cookie{Name: door.SessionCookie, Value: v.login})
	}
	if v.flash != "" {
		r.AddCookie(&http.Cookie{Name: "pupitre_message", Value: v.flash})
	}
	w := httptest.NewRecorder()
	v.s.handler.ServeHTTP(w, r)
	for _, c := range w.Result().Cookies() {
		if c.Name == "pupitre_message" {
			v.flash = c.Value
		}
	}
	body := w.Body.Bytes()
	doc, err := goquery.NewDocumentFromReader(bytes.NewReader(body))
	v.s.must(err)
	return page{doc, w.Code, w.Header(), body}
}

func (v *visitor) get(path string) page {
	v.s.t.Helper()
	return v.do(httptest.NewRequest("GET", path, nil))
}

// post sends names and values by pairs.
func (v *visitor) post(path string, pairs ...string) page {
	v.s.t.Helper()
	form := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	r := httptest.NewRequest("POST", path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return v.do(r)
}

// submit posts the form of the page whose action is path, as a browser would,
// with the pairs in place of what it holds.
func (v *visitor) submit(p page, path string, pairs ...string) page {
	v.s.t.Helper()
	form := p.Find(`form[method="post"][action="` + path + `"]`).First()
	if form.Length() == 0 {
		v.s.t.Fatalf("no form for %s in %s", path, p.text())
	}
	replaced := map[string]bool{}
	for i := 0; i+1 < len(pairs); i += 2 {
		replaced[pairs[i]] = true
	}
	form.Find("input, select, textarea").Each(func(_ int, e *goquery.Selection) {
		name := e.AttrOr("name", "")
		if name == "" || replaced[name] {
			return
		}
		if value, sends := sent(e); sends {
			pairs = append(pairs, name, value)
		}
	})
	return v.post(path, pairs...)
}

func sent(e *goquery.Selection) (string, bool) {
	_, checked := e.Attr("checked")
	switch {
	case e.Is("textarea"):
		return e.Text(), true
	case e.Is("select"):
		return e.Find("option[selected]").AttrOr("value", ""), true
	case e.Is("[type=radio], [type=checkbox]"):
		return e.AttrOr("value", "on"), checked
	default:
		return e.AttrOr("value", ""), true
	}
}

// upload sends files to the import, the slot being code or code:pupil.
func (v *visitor) upload(path, slot string, files map[string][]byte) page {
	v.s.t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	v.s.must(w.WriteField("document", slot))
	for name, data := range files {
		part, err := w.CreateFormFile("fichier", name)
		v.s.must(err)
		_, err = io.Copy(part, bytes.NewReader(data))
		v.s.must(err)
	}
	v.s.must(w.Close())
	r := httptest.NewRequest("POST", path, &body)
	r.Header.Set("Content-Type", w.FormDataContentType())
	return v.do(r)
}
