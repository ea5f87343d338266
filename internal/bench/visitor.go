package bench

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"golang.org/x/net/html"
)

// lines are the connections of some clients, kept open as browsers keep them.
type lines struct{ http http.Client }

func newLines(clients int) *lines {
	return &lines{http.Client{
		Timeout: 2 * time.Minute,
		Transport: &http.Transport{
			DialContext:         (&net.Dialer{Timeout: 10 * time.Second}).DialContext,
			MaxIdleConns:        4 * clients,
			MaxIdleConnsPerHost: 2 * clients,
			DisableCompression:  true,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

func (l *lines) close() { l.http.CloseIdleConnections() }

// visitor is one browser at one machine, behind a proxy that says which
// address it comes from.
type visitor struct {
	lines   *lines
	site    string // http://127.0.0.1:port
	address string
	number  string // X-Request-Id, as the proxy gives it; "" leaves it to the machine
	cookies []*http.Cookie
}

// answer is what came back, read to its end.
type answer struct {
	status   int
	location string
	retry    string
	body     []byte
}

func (v *visitor) get(ctx context.Context, path string) (answer, error) {
	return v.ask(ctx, http.MethodGet, path, nil)
}

func (v *visitor) post(ctx context.Context, path string, form url.Values) (answer, error) {
	return v.ask(ctx, http.MethodPost, path, form)
}

// hand posts a form with a file.
func (v *visitor) hand(ctx context.Context, path string, fields map[string]string, field, name string, file []byte) (answer, error) {
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for key, value := range fields {
		if err := form.WriteField(key, value); err != nil {
			return answer{}, err
		}
	}
	part, err := form.CreateFormFile(field, name)
	if err != nil {
		return answer{}, err
	}
	if _, err := part.Write(file); err != nil {
		return answer{}, err
	}
	if err := form.Close(); err != nil {
		return answer{}, err
	}
	return v.send(ctx, http.MethodPost, path, form.FormDataContentType(), &body)
}

func (v *visitor) ask(ctx context.Context, method, path string, form url.Values) (answer, error) {
	if form == nil {
		return v.send(ctx, method, path, "", nil)
	}
	return v.send(ctx, method, path, "application/x-www-form-urlencoded", strings.NewReader(form.Encode()))
}

func (v *visitor) send(ctx context.Context, method, path, contentType string, body io.Reader) (answer, error) {
	r, err := http.NewRequestWithContext(ctx, method, v.site+path, body)
	if err != nil {
		return answer{}, err
	}
	v.dress(r)
	if contentType != "" {
		r.Header.Set("Content-Type", contentType)
	}
	got, err := v.lines.http.Do(r)
	if err != nil {
		return answer{}, err
	}
	defer got.Body.Close()
	page, err := io.ReadAll(got.Body)
	if err != nil {
		return answer{}, fmt.Errorf("%s %s: %w", method, path, err)
	}
	for _, c := range got.Cookies() {
		v.keep(c)
	}
	return answer{got.StatusCode, got.Header.Get("Location"), got.Header.Get("Retry-After"), page}, nil
}

// dress gives the request what a browser sends.
func (v *visitor) dress(r *http.Request) {
	h := r.Header
	h.Set("User-Agent", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0")
	h.Set("Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8")
	h.Set("Accept-Language", "fr,fr-FR;q=0.8,en;q=0.3")
	h.Set("Sec-Fetch-Dest", "document")
	h.Set("Sec-Fetch-Mode", "navigate")
	h.Set("Sec-Fetch-Site", "same-origin")
	h.Set("Upgrade-Insecure-Requests", "1")
	if v.address != "" {
		h.Set("X-Forwarded-For", v.address)
	}
	if v.number != "" {
		h.Set("X-Request-Id", v.number)
	}
	if r.Method == http.MethodPost {
		h.Set("Origin", v.site)
		h.Set("Referer", v.site+r.URL.Path)
	}
	for _, c := range v.cookies {
		r.AddCookie(&http.Cookie{Name: c.Name, Value: c.Value})
	}
}

func (v *visitor) keep(c *http.Cookie) {
	for i, held := range v.cookies {
		if held.Name == c.Name {
			v.cookies = append(v.cookies[:i], v.cookies[i+1:]...)
			break
		}
	}
	if c.MaxAge >= 0 && c.Value != "" {
		v.cookies = append(v.cookies, c)
	}
}

// signIn fills in the sign-in page.
func (v *visitor) signIn(ctx context.Context, login, password string) error {
	got, err := v.post(ctx, "/connexion", url.Values{"identifiant": {login}, "mot_de_passe": {password}})
	if err != nil {
		return err
	}
	if got.status != http.StatusSeeOther || strings.HasPrefix(got.location, "/connexion") {
		return fmt.Errorf("sign in as %s: answered %d %s", login, got.status, got.location)
	}
	return nil
}

// await looks again, as the page that waits does by itself, until « Valider » is answered.
func (v *visitor) await(ctx context.Context, got answer) (answer, error) {
	for got.status == http.StatusSeeOther && strings.Contains(got.location, "/attente?") {
		select {
		case <-time.After(2 * time.Second):
		case <-ctx.Done():
			return got, context.Cause(ctx)
		}
		waits := got.location
		var err error
		if got, err = v.get(ctx, waits); err != nil {
			return got, err
		}
		if got.status == http.StatusOK {
			got.status, got.location = http.StatusSeeOther, waits
		}
	}
	return got, nil
}

// tooFast says that the account asked for more than it may, and how long to wait.
type tooFast struct{ wait time.Duration }

func (e tooFast) Error() string { return fmt.Sprintf("told to wait %s", e.wait) }

// page fetches a page that must be there, or returns tooFast.
func (v *visitor) page(ctx context.Context, path string) ([]byte, error) {
	got, err := v.get(ctx, path)
	switch {
	case err != nil:
	case got.status == http.StatusTooManyRequests:
		seconds, _ := strconv.Atoi(got.retry)
		err = tooFast{time.Duration(max(seconds, 1)) * time.Second}
	case got.status != http.StatusOK:
		err = fmt.Errorf("%s answered %d %s", path, got.status, got.location)
	}
	return got.body, err
}

// pause waits, unless ctx ends.
func pause(ctx context.Context, during time.Duration) error {
	select {
	case <-time.After(during):
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// formOf reads the form of the page that posts to action, its boxes ticked.
func formOf(page []byte, action string) (url.Values, error) {
	doc, err := html.Parse(strings.NewReader(string(page)))
	if err != nil {
		return nil, err
	}
	for n := range doc.Descendants() {
		if n.Type != html.ElementNode || n.Data != "form" || attr(n, "action") != action || !strings.EqualFold(attr(n, "method"), "post") {
			continue
		}
		values := url.Values{}
		for field := range n.Descendants() {
			if field.Type == html.ElementNode && field.Data == "input" && attr(field, "name") != "" {
				value := attr(field, "value")
				if value == "" && attr(field, "type") == "checkbox" {
					value = "on"
				}
				values.Add(attr(field, "name"), value)
			}
		}
		return values, nil
	}
	return nil, errors.New("the page has no form that posts to " + action)
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}
