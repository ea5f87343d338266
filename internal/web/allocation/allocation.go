// Package allocation is the door of « Attribution »: the waiting lists of a pole
// or a formula, what the office does of one request, and the dry runs.
package allocation

import (
	"errors"
	"net/url"
	"strconv"
	"strings"

	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/catalogue"
	"pupitre/internal/domain/enrolment"
	"pupitre/internal/platform/clock"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
	"pupitre/internal/web/door"
	"pupitre/internal/web/ui"
)

const (
	placesPath   = "/bureau/places"
	listsPath    = placesPath + "/listes"
	requestsPath = placesPath + "/demandes"
	dryRunsPath  = placesPath + "/attribution"
)

// longForm is enough for a scenario of some hundreds of courses.
const longForm = 1 << 20

// Pages answers the routes.
type Pages struct {
	store     *db.Store
	registrar *enrolment.Registrar
	clock     clock.Clock
	frame     func(*door.Visit, ui.Base) (ui.Base, error) // the office's
}

// New makes the pages.
func New(store *db.Store, registrar *enrolment.Registrar, clk clock.Clock, frame func(*door.Visit, ui.Base) (ui.Base, error)) *Pages {
	return &Pages{store, registrar, clk, frame}
}

// Routes is this door's part of the site map.
func (p *Pages) Routes() []door.Route {
	get := func(right *actor.Right, path, name string, h door.Handler) door.Route {
		return door.Get(path, door.Office, right, "allocation."+name, h)
	}
	post := func(right *actor.Right, path, name string, h door.Handler) door.Route {
		return door.Upload(path, door.Office, right, "allocation."+name, longForm, h)
	}
	return []door.Route{
		get(actor.Queues, listsPath, "lists", p.Lists),
		get(actor.Queues, requestsPath+"/{request}", "request", p.Request),
		post(actor.Queues, requestsPath+"/{request}/deplacer", "move", p.Move),
		post(actor.Jumps, requestsPath+"/{request}/echanger", "swap", p.Swap),
		post(actor.Queues, requestsPath+"/{request}/renoncer", "withdraw", p.Withdraw),
		post(actor.Queues, requestsPath+"/{request}/repondre", "answer", p.Answer),

		get(actor.Allocation, dryRunsPath, "dry-runs", p.DryRuns),
		get(actor.Allocation, dryRunsPath+"/nouveau", "new-scenario", p.NewScenario).ForChange(),
		post(actor.Allocation, dryRunsPath, "make-scenario", p.MakeScenario),
		get(actor.Allocation, dryRunsPath+"/{scenario}", "dry-run", p.DryRun),
		get(actor.Allocation, dryRunsPath+"/{scenario}/modifier", "edit-scenario", p.EditScenario).ForChange(),
		post(actor.Allocation, dryRunsPath+"/{scenario}/modifier", "save-scenario", p.SaveScenario),
		post(actor.Allocation, dryRunsPath+"/{scenario}/publier", "publish", p.Publish),
		post(actor.Allocation, dryRunsPath+"/{scenario}/annuler", "unpublish", p.Unpublish),
		post(actor.Allocation, dryRunsPath+"/{scenario}/jeter", "throw", p.Throw),
	}
}

func (p *Pages) base(v *door.Visit, title string) (ui.Base, error) {
	base, err := p.frame(v, v.Base(title))
	base.Path = placesPath
	return base, err
}

// offer is the season's catalogue; it is empty but for the sites without a season.
func (p *Pages) offer(v *door.Visit) (catalogue.Catalogue, error) {
	return catalogue.InForce(v.Ctx(), p.store, v.Season)
}

func courseURL(offering string) string { return placesPath + "/" + offering }

func requestURL(id, act string) string {
	address := requestsPath + "/" + url.PathEscape(id)
	if act != "" {
		address += "/" + act
	}
	return address
}

func scenarioURL(id, act string) string {
	address := dryRunsPath + "/" + url.PathEscape(id)
	if act != "" {
		address += "/" + act
	}
	return address
}

// title is a course with its semester, its pole, and when it meets: two courses
// may differ in that alone.
func title(c catalogue.Catalogue, offering string) string {
	id, semester, _ := strings.Cut(offering, "/")
	course, ok := c.Course(id)
	if !ok {
		return "cours retiré"
	}
	n, _ := strconv.ParseInt(semester, 10, 8) // an offering's name always ends in its semester
	name := enrolment.RequestView{Title: course.Title, Semester: n}.FullTitle() + ", " + c.SiteName(course.SiteID)
	if slot := course.Slot(); slot != "" {
		name += ", " + slot
	}
	return name
}

func done(title, text string) ui.Flash {
	return ui.Flash{Kind: ui.MessageOK, Title: title, Text: text}
}

// refused splits an error: what a form shows again, or what goes up.
func refused(err error) (*fault.Invalid, error) {
	if invalid, ok := door.AsInvalid(err); ok {
		return invalid, nil
	}
	return nil, err
}

func asConflict(err error) (*fault.Conflict, bool) {
	var conflict *fault.Conflict
	ok := errors.As(err, &conflict)
	return conflict, ok
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

// placeCount is the places of an offering as noteheads.
func placeCount(p enrolment.Places) ui.PlaceCount {
	return ui.PlaceCount{
		Confirmed: int(p.Confirmed), ToVerify: int(p.Taken - p.Confirmed - p.Offered), Offered: int(p.Offered),
		Free: int(p.Capacity - p.Taken), Waiting: int(p.Waiting),
	}
}
