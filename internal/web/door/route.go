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

// PlainForm is the largest body of a form without files, in bytes.
const PlainForm = 64 << 10

// Route is one line of the site map.
type Route struct {
	Method   string
	Path     string // as http.ServeMux reads it: /eleves/{pupil}, /{$}
	Audience Audience
	Right    *actor.Right // the line of the table of rights that opens it
	Asks     actor.Degree // how much of it; "" is Sees for a GET, Changes for all else
	Handler  Handler
	Name     string       // unique: « family.home »
	MaxBody  int64        // bytes; 0 is PlainForm
	Steps    []actor.Step // open also to sessions that must do one of these first
}

// Pattern is the route as http.ServeMux reads it.
func (r Route) Pattern() string { return r.Method + " " + r.Path }

// Needs tells whether the route asks for a session.
func (r Route) Needs() bool { return !r.Right.Open }

// Admits tells whether the table of rights opens the route to the actor.
func (r Route) Admits(a actor.Actor) bool { return r.Right.Admits(a, r.Asked()) }

// Asked is how much of its right the route asks for.
func (r Route) Asked() actor.Degree {
	switch {
	case r.Asks != "":
		return r.Asks
	case r.Method == "GET":
		return actor.Sees
	default:
		return actor.Changes
	}
}

// ForChange asks of a page that shows a form the right that its act asks for.
func (r Route) ForChange() Route {
	r.Asks = actor.Changes
	return r
}

func (r Route) maxBody() int64 {
	if r.MaxBody > 0 {
		return r.MaxBody
	}
	return PlainForm
}

// Get is a route that shows a page, to whom the right lets see.
func Get(path string, audience Audience, right *actor.Right, name string, handler Handler) Route {
	return Route{Method: "GET", Path: path, Audience: audience, Right: right, Name: name, Handler: handler}
}

// Post is a route that acts, for whom the right lets change, from a form of PlainForm bytes at most.
func Post(path string, audience Audience, right *actor.Right, name string, handler Handler) Route {
	return Route{Method: "POST", Path: path, Audience: audience, Right: right, Name: name, Handler: handler}
}

// Upload is a Post whose body, files included, may have maxBody bytes.
func Upload(path string, audience Audience, right *actor.Right, name string, maxBody int64, handler Handler) Route {
	r := Post(path, audience, right, name, handler)
	r.MaxBody = maxBody
	return r
}

// OpenAt opens the route also to a session that must do one of these steps first.
func (r Route) OpenAt(steps ...actor.Step) Route {
	r.Steps = steps
	return r
}

func (r Route) opensAt(step actor.Step) bool { return slices.Contains(r.Steps, step) }
