package public_test

import (
	"net/url"
	"strings"
	"testing"

	"pupitre/internal/platform/db/dbtest"
)

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
