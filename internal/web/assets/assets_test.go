package assets

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
)

func get(t *testing.T, url string, encoding string) *http.Response {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, url, nil)
	if encoding != "" {
		r.Header.Set("Accept-Encoding", encoding)
	}
	w := httptest.NewRecorder()
	Handler().ServeHTTP(w, r)
	return w.Result()
}

func TestEveryFileIsServedForEver(t *testing.T) {
	for name, kind := range map[string]string{
		"app.css":         "text/css; charset=utf-8",
		"pupitre.js":      "text/javascript; charset=utf-8",
		"htmx.min.js":     "text/javascript; charset=utf-8",
		"favicon.svg":     "image/svg+xml",
		"figtree.woff2":   "font/woff2",
		"OFL-figtree.txt": "text/plain; charset=utf-8",
	} {
		resp := get(t, URL(name), "")
		if resp.StatusCode != http.StatusOK {
			t.Errorf("%s: status %d, want 200", name, resp.StatusCode)
		}
		if got := resp.Header.Get("Content-Type"); got != kind {
			t.Errorf("%s: type %q, want %q", name, got, kind)
		}
		if got := resp.Header.Get("Cache-Control"); !strings.Contains(got, "immutable") {
			t.Errorf("%s: cache %q, want immutable", name, got)
		}
	}
}

func TestOldAndPlainNamesAreNotServed(t *testing.T) {
	for _, url := range []string{"/static/app.css", "/static/app.0000000000.css", "/static/", "/static/css/10-tokens.css"} {
		if resp := get(t, url, ""); resp.StatusCode != http.StatusNotFound {
			t.Errorf("%s: status %d, want 404", url, resp.StatusCode)
		}
	}
}

func TestGzipHoldsTheSameBytes(t *testing.T) {
	plain, err := io.ReadAll(get(t, URL("app.css"), "").Body)
	if err != nil {
		t.Fatal(err)
	}
	resp := get(t, URL("app.css"), "br;q=1, gzip")
	if got := resp.Header.Get("Content-Encoding"); got != "gzip" {
		t.Fatalf("encoding %q, want gzip", got)
	}
	r, err := gzip.NewReader(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	packed, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(plain, packed) {
		t.Error("the compressed style sheet differs from the plain one")
	}
	if got := get(t, URL("app.css"), "gzip;q=0").Header.Get("Content-Encoding"); got != "" {
		t.Errorf("encoding %q for a reader who refuses gzip, want none", got)
	}
}

func sheet(t *testing.T) string {
	t.Helper()
	text, err := styleSheet()
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestEveryURLOfTheStyleSheetResolves(t *testing.T) {
	urls := regexp.MustCompile(`url\(([^)]*)\)`).FindAllStringSubmatch(sheet(t), -1)
	if len(urls) < 6 {
		t.Fatalf("%d urls in the style sheet, want at least the six fonts", len(urls))
	}
	for _, url := range urls {
		if resp := get(t, Prefix+url[1], ""); resp.StatusCode != http.StatusOK {
			t.Errorf("%s: status %d, want 200", url[1], resp.StatusCode)
		}
	}
}

func TestStyleSheetIsWellClosed(t *testing.T) {
	text := regexp.MustCompile(`(?s)/\*.*?\*/|"[^"]*"`).ReplaceAllString(sheet(t), "")
	depth := 0
	for i, c := range text {
		switch c {
		case '{':
			depth++
		case '}':
			depth--
		}
		if depth < 0 {
			t.Fatalf("a brace too many after %q", text[max(0, i-80):i])
		}
	}
	if depth != 0 {
		t.Errorf("%d blocks left open", depth)
	}
	if strings.Contains(text, "/*") || strings.Contains(text, "*/") {
		t.Error("a comment is left open")
	}
}

// A part that leaves a block open would swallow the parts after it even when
// the whole balances.
func TestEveryPartIsClosed(t *testing.T) {
	parts, err := files.ReadDir("static/css")
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range parts {
		text, err := files.ReadFile("static/css/" + part.Name())
		if err != nil {
			t.Fatal(err)
		}
		if open, closed := bytes.Count(text, []byte("{")), bytes.Count(text, []byte("}")); open != closed {
			t.Errorf("%s: %d opening and %d closing braces", part.Name(), open, closed)
		}
	}
}

func TestNoScriptNeedsEvalOrInlineStyle(t *testing.T) {
	script, err := files.ReadFile("static/pupitre.js")
	if err != nil {
		t.Fatal(err)
	}
	for _, forbidden := range []string{"eval(", "new Function", "style=", "document.cookie", "http://", "https://"} {
		if bytes.Contains(script, []byte(forbidden)) {
			t.Errorf("pupitre.js contains %q", forbidden)
		}
	}
}
