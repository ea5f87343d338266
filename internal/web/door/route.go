// Package door is what every door of the web shares: the visit, the route and
// who may take it, forms read once and checked, the answer to each error.
package door

import (
	"slices"

	"pupitre/internal/domain/actor"
)

// Handler answers a visit. It returns the error it could not show itself; the
// site maps it to a page (404, 403, 409, 429, 422, else 500).
type Handler func(v *Visit) error

// Audience is whom a page is for; it chooses the words of the layout.
type Audience string

// The audiences.
const (
	Public  Audience = "public"
	Family  Audience = "family"
	Teacher Audience = "teacher"
	Office  Audience = "office"
)

// Sets of roles that routes name; Everyone asks for no session.
var (
	Everyone       []actor.Role
	SignedIn       = []actor.Role{actor.Family, actor.Teacher, actor.Secretary, actor.Director, actor.Bursar, actor.Administrator}
	Families       = []actor.Role{actor.Family}
	Staff          = []actor.Role{actor.Teacher, actor.Secretary, actor.Director, actor.Bursar, actor.Administrator}
	Teachers       = []actor.Role{actor.Teacher}
	Bursars        = []actor.Role{actor.Bursar}
	Administrators = []actor.Role{actor.Administrator}
	Directions     = []actor.Role{actor.Director, actor.Administrator}
	Offices        = []actor.Role{actor.Secretary, actor.Director, actor.Administrator}
)

// PlainForm is the largest body of a form without files, in bytes.
const PlainForm = 64 << 10

// Route is one line of the site map.
type Route struct {
	Method   string
	Path     string // as http.ServeMux reads it: /eleves/{pupil}, /{$}
	Audience Audience
	Roles    []actor.Role // empty: everyone, with or without a session
	Handler  Handler
	Name     string       // unique: « family.home »
	MaxBody  int64        // bytes; 0 is PlainForm
	Steps    []actor.Step // open also to sessions that must do one of these first
}

// Pattern is the route as http.ServeMux reads it.
func (r Route) Pattern() string { return r.Method + " " + r.Path }

// Needs tells whether the route asks for a session.
func (r Route) Needs() bool { return len(r.Roles) > 0 }

func (r Route) admits(role actor.Role) bool { return slices.Contains(r.Roles, role) }

func (r Route) maxBody() int64 {
	if r.MaxBody > 0 {
		return r.MaxBody
	}
	return PlainForm
}

// Get is a route that shows a page.
func Get(path string, audience Audience, roles []actor.Role, name string, handler Handler) Route {
	return Route{Method: "GET", Path: path, Audience: audience, Roles: roles, Name: name, Handler: handler}
}

// Post is a route that acts, from a form of PlainForm bytes at most.
func Post(path string, audience Audience, roles []actor.Role, name string, handler Handler) Route {
	return Route{Method: "POST", Path: path, Audience: audience, Roles: roles, Name: name, Handler: handler}
}

// Upload is a Post whose body, files included, may have maxBody bytes.
func Upload(path string, audience Audience, roles []actor.Role, name string, maxBody int64, handler Handler) Route {
	r := Post(path, audience, roles, name, handler)
	r.MaxBody = maxBody
	return r
}

// OpenAt opens the route also to a session that must do one of these steps first.
func (r Route) OpenAt(steps ...actor.Step) Route {
	r.Steps = steps
	return r
}

func (r Route) opensAt(step actor.Step) bool { return slices.Contains(r.Steps, step) }
