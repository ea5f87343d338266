package door_test

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"pupitre/internal/domain/actor"
	"pupitre/internal/platform/fault"
	"pupitre/internal/web/door"
)

// What could not be taken is still in the page, to be sent again as it was.
func TestWhatWasTypedIsKeptInThePageThatAsksToComeBack(t *testing.T) {
	full := func(v *door.Visit) error { return &fault.Unavailable{Message: "Trop de monde."} }
	mux := site(new(bytes.Buffer)).Mux([]door.Route{
		door.Post("/eleves/{pupil}/envoi", door.Family, actor.FamilyPages, "send", full),
		door.Post("/connexion", door.Public, actor.Everybody, "signin", full),
		door.Post("/mot-de-passe", door.Public, actor.OwnAccount, "password", full),
	})
	typed := url.Values{"accord": {"oui"}, "eleve": {"a", "b"}, "note": {`« L’été »` + "\n" + `<b>"2"</b>`}}
	answer := func(path string, body *http.Request, session string) (*http.Response, *goquery.Selection) {
		t.Helper()
		res := ask(t, mux, body, session)
		page, err := goquery.NewDocumentFromReader(res.Body)
		if err != nil {
			t.Fatal(err)
		}
		if res.StatusCode != 503 || res.Header.Get("Retry-After") == "" {
			t.Errorf("%s: got %d, Retry-After %q", path, res.StatusCode, res.Header.Get("Retry-After"))
		}
		return res, page.Find(`main form[method="post"]`)
	}
	_, kept := answer("send", form("/eleves/7/envoi?suite=x", typed), "family")
	got := url.Values{}
	kept.Find("input").Each(func(_ int, e *goquery.Selection) { got.Add(e.AttrOr("name", ""), e.AttrOr("value", "")) })
	if kept.AttrOr("action", "") != "/eleves/7/envoi?suite=x" || got.Encode() != typed.Encode() {
		t.Errorf("the page keeps %v for %q, want %v", got, kept.AttrOr("action", ""), typed)
	}
	for path, session := range map[string]string{"/connexion": "", "/mot-de-passe": "family"} {
		if _, kept := answer(path, form(path, url.Values{"nouveau": {"Secret2027"}}), session); kept.Length() != 0 {
			t.Errorf("%s: the page keeps a password", path)
		}
	}
	r := httptest.NewRequest("POST", "/eleves/7/envoi", strings.NewReader("--x\r\nContent-Disposition: form-data; name=\"fichier\"; filename=\"a.pdf\"\r\n\r\nx\r\n--x--\r\n"))
	r.Header.Set("Content-Type", "multipart/form-data; boundary=x")
	res, kept := answer("upload", r, "family")
	if kept.Length() != 0 || res.StatusCode != 503 {
		t.Errorf("an upload is kept without its file")
	}
}
