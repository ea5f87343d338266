package web

import (
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"runtime/debug"
	"strings"
	"time"

	"pupitre/internal/web/assets"
	"pupitre/internal/web/door"
)

// policy is the Content-Security-Policy of every page. What streams a
// deposited file sets a closed one of its own.
const policy = "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; " +
	"frame-src 'self' blob:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'"

// surround numbers, measures, logs and guards every request.
func surround(c Config, site *door.Site, m *measures, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began := time.Now()
		r = r.WithContext(door.WithRequestID(r.Context(), c.Proxies.Number(r)))
		defer removeUploads(c.Log, r)
		answer := &answer{ResponseWriter: w}
		address, https := c.Proxies.Client(r)
		setHeaders(answer.Header(), https || c.HTTPS)
		if c.Draining != nil && c.Draining() {
			answer.Header().Set("Connection", "close") // the next request goes to another machine
		}
		serve(site, next, answer, r)
		took := time.Since(began)
		m.note(r, answer.code(), took)
		if strings.HasPrefix(r.URL.Path, assets.Prefix) || answer.code() == http.StatusOK && healthPaths[r.URL.Path] {
			return
		}
		c.Log.InfoContext(r.Context(), "request", "arrived", began.UTC().Format(instant), "route", loggedRoute(r), "status", answer.code(),
			"ms", took.Milliseconds(), "bytes", answer.bytes, "network", network(address), "request", door.RequestID(r.Context()))
	})
}

// instant is how the log writes when a request arrived: to the microsecond,
// for « who was first? ».
const instant = "2006-01-02T15:04:05.000000Z"

// removeUploads removes the files of a form that were put on disk. The server
// does so for the request that it made, which handlers never see: they have the
// one with its number.
func removeUploads(log *slog.Logger, r *http.Request) {
	if r.MultipartForm == nil {
		return
	}
	if err := r.MultipartForm.RemoveAll(); err != nil {
		log.ErrorContext(r.Context(), "remove uploads", "request", door.RequestID(r.Context()), "error", err.Error())
	}
}

// setHeaders guards the answer; over https the browser keeps to https for a year.
func setHeaders(h http.Header, https bool) {
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("X-Frame-Options", "SAMEORIGIN")
	if https {
		h.Set("Strict-Transport-Security", "max-age=31536000")
	}
}

// serve turns a panic into the page of an error of ours.
func serve(site *door.Site, next http.Handler, w *answer, r *http.Request) {
	defer func() {
		p := recover()
		if p == nil {
			return
		}
		if p == http.ErrAbortHandler {
			panic(p)
		}
		err := fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		if w.status != 0 { // the page has begun: all that is left is to cut it
			site.Log.ErrorContext(r.Context(), "request failed", "request", door.RequestID(r.Context()), "error", err.Error())
			panic(http.ErrAbortHandler)
		}
		site.RefusalPage(w, r, err)
	}()
	next.ServeHTTP(w, r)
}

// loggedRoute is the route and never the path: paths name people and hold tokens.
func loggedRoute(r *http.Request) string {
	switch r.Pattern {
	case "": // before any route: another site's form
		return r.Method + " refused"
	case "/": // no such page
		return r.Method + " unknown"
	default:
		return r.Pattern
	}
}

// network is what the log keeps of an address: enough to see where a flood
// comes from, too little to know who.
func network(address string) string {
	at, err := netip.ParseAddr(address)
	if err != nil {
		return ""
	}
	at = at.Unmap()
	bits := 24
	if at.Is6() {
		bits = 48
	}
	prefix, err := at.Prefix(bits)
	if err != nil {
		return ""
	}
	return prefix.String()
}

// answer remembers what was answered.
type answer struct {
	http.ResponseWriter
	status int
	bytes  int64
}

func (a *answer) code() int {
	if a.status == 0 {
		return http.StatusOK
	}
	return a.status
}

func (a *answer) WriteHeader(status int) {
	if a.status == 0 && status >= 200 {
		a.status = status
	}
	a.ResponseWriter.WriteHeader(status)
}

func (a *answer) Write(b []byte) (int, error) {
	if a.status == 0 {
		a.status = http.StatusOK
	}
	n, err := a.ResponseWriter.Write(b)
	a.bytes += int64(n)
	return n, err
}

// Unwrap lets http.ResponseController reach the connection.
func (a *answer) Unwrap() http.ResponseWriter { return a.ResponseWriter }
