// Package web is the door of the browsers: the site map, and what surrounds
// every request before it reaches a route.
package web

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/netip"

	"pupitre/internal/domain/account"
	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/enrolment"
	"pupitre/internal/domain/report"
	"pupitre/internal/domain/school"
	"pupitre/internal/domain/trail"
	"pupitre/internal/platform/clock"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
	"pupitre/internal/web/assets"
	"pupitre/internal/web/door"
)

// Config is what the site is built from.
type Config struct {
	Store    *db.Store
	Accounts *account.Accounts
	Clock    clock.Clock
	Log      *slog.Logger
	Pages    Pages
	Extra    []door.Route  // beside the site map: what exists in the demonstration only
	Proxies  door.Proxies  // whose X-Forwarded headers are believed
	HTTPS    bool          // the public address is https
	Version  string        // shown by /metrics
	Limits   *door.Limits  // of each account; nil is none
	Trail    *trail.Keeper // of accesses; nil is none
	Memory   uint64        // bytes in use past which no page is begun; 0 is no bound

	Registrar *enrolment.Registrar // measured by /metrics; nil when there is none
	Draining  func() bool          // tells whether the machine is about to stop; nil when it never does
}

// New builds the site's handler. It panics when two routes collide.
func New(c Config) http.Handler {
	site := &door.Site{
		Session: c.Accounts.Session,
		Season:  func(ctx context.Context) (school.Season, error) { return orNone(school.CurrentSeason(ctx, c.Store)) },
		Settings: func(ctx context.Context, season school.Season) (school.Settings, error) {
			return orNone(school.SettingsOf(ctx, c.Store, season))
		},
		Clock:   c.Clock,
		Log:     c.Log,
		Proxies: c.Proxies,
		HTTPS:   c.HTTPS,
		Frame:   c.Pages.Office.Frame,
		Limits:  c.Limits,
		Trail:   c.Trail,

		Reaches: func(ctx context.Context, a actor.Actor, texts []string) error {
			return report.Reaches(ctx, c.Store, a, texts)
		},
		ReachesCourse: func(ctx context.Context, a actor.Actor, course string) error {
			return report.ReachesCourse(ctx, c.Store, a, course)
		},

		Overloaded: newMemory(c.Memory).guard,
	}
	mux := site.Mux(append(SiteMap(c.Pages), c.Extra...))
	mux.Handle("GET "+assets.Prefix, assets.Handler())
	healthRoutes(mux, c)
	measures := newMeasures(c)
	mux.HandleFunc("GET /metrics", measured(c, site, measures))

	origin := http.NewCrossOriginProtection()
	origin.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		site.RefusalPage(w, r, fault.ErrForbidden)
	}))
	return surround(c, site, measures, origin.Handler(mux))
}

// orNone is the zero value before the first import.
func orNone[T any](value T, err error) (T, error) {
	if errors.Is(err, fault.ErrNotFound) {
		return value, nil
	}
	return value, err
}

// measured shows the measures to this machine alone: a request that came
// through a proxy is never this machine's.
func measured(c Config, site *door.Site, m *measures) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		client, _ := c.Proxies.Client(r)
		address, err := netip.ParseAddr(client)
		forwarded := r.Header.Get("X-Forwarded-For") + r.Header.Get("Forwarded")
		if err != nil || !address.Unmap().IsLoopback() || forwarded != "" {
			site.RefusalPage(w, r, fault.ErrNotFound)
			return
		}
		m.page.ServeHTTP(w, r)
	}
}
