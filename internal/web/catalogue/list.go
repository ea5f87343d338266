package catalogue

import (
	"slices"
	"strconv"
	"strings"

	taught "pupitre/internal/domain/catalogue"
	"pupitre/internal/domain/enrolment"
	"pupitre/internal/domain/journal"
	"pupitre/internal/domain/school"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
	"pupitre/internal/web/door"
	"pupitre/internal/web/ui"
)

// filter narrows the list of courses.
type filter struct {
	Query, Programme, Day, State, Site string
	Page                               string
}

// The states that the list can be narrowed to.
const (
	full       = "complets"
	waited     = "attente"
	incomplete = "a-completer"
)

func (f filter) url(changes ...string) string {
	pairs := map[string]string{"q": f.Query, "formule": f.Programme, "jour": f.Day, "etat": f.State, "pole": f.Site, "page": f.Page}
	for i := 0; i+1 < len(changes); i += 2 {
		pairs[changes[i]] = changes[i+1]
	}
	var all []string
	for _, name := range []string{"q", "formule", "jour", "etat", "pole", "page", "ouvre", "places"} {
		all = append(all, name, pairs[name])
	}
	return link(root, all...)
}

// coursesPage is the list of courses with their capacities.
type coursesPage struct {
	ui.Base
	Filter  filter
	Offer   taught.Catalogue
	Lacks   []taught.Lack
	Rows    []courseRow
	Chips   []ui.Tab
	Pager   ui.Pager
	Courses int64 // of the season
	Places  int64
	Changes []change
	Moved   string // who has changed a capacity meanwhile
	Open    *openPanel
	Invalid *fault.Invalid
}

// courseRow is one course in one semester.
type courseRow struct {
	taught.Course
	Semester int64
	Site     string
	Places   enrolment.Places
	Offering string
	Typed    string // the capacity as the cell shows it
}

func (r courseRow) title() string {
	return enrolment.RequestView{Title: r.Title, Semester: r.Semester}.FullTitle()
}

func (r courseRow) edited() bool { return r.Typed != itoa(r.Places.Capacity) }

func (r courseRow) incomplete() bool {
	return r.CancelledAt.IsZero() && (r.Course.Teacher == "" || r.Room == "")
}

// change is one capacity changed in the list and not kept yet.
type change struct {
	courseRow
	Capacity int64
	Gets     []string // who will be offered a place, in order
}

// Courses lists the courses of the season.
func (p *Pages) Courses(v *door.Visit) error {
	page, err := p.courses(v, filter{v.Query("q"), v.Query("formule"), v.Query("jour"), v.Query("etat"), v.Query("pole"), v.Query("page")}, nil)
	if err != nil {
		return err
	}
	if page.Open, err = p.openPanel(v, page); err != nil {
		return err
	}
	return v.Show(200, courses(page))
}

// courses reads the page of the list; cells are capacities as they were typed,
// by offering.
func (p *Pages) courses(v *door.Visit, f filter, cells map[string]string) (page coursesPage, err error) {
	if page.Base, err = p.base(v, "Cours"); err != nil {
		return page, err
	}
	page.Filter = f
	if page.Offer, err = p.offer(v); err != nil {
		return page, err
	}
	places, err := enrolment.PlacesNow(v.Ctx(), p.store, v.Season)
	if err != nil {
		return page, err
	}
	page.Lacks = page.Offer.Lacks()
	rows := page.rows(places)
	page.chips(rows)
	var shown []courseRow
	for _, r := range rows {
		if f.State == "" || inState(r, f.State) {
			shown = append(shown, r)
		}
	}
	at, _ := strconv.ParseInt(f.Page, 10, 32)
	at = max(at, 1)
	total := int64(len(shown))
	page.Pager = pager(at, total, func(n string) string { return f.url("page", n) })
	from := min((at-1)*pageSize, total)
	page.Rows = slices.Clone(shown[from:min(from+pageSize, total)])
	for i := range page.Rows {
		r := &page.Rows[i]
		r.Typed = itoa(r.Places.Capacity)
		if cell, ok := cells[r.Offering]; ok {
			r.Typed = cell
		}
	}
	return page, nil
}

// rows are the offerings that the filter leaves, whatever their state.
func (c *coursesPage) rows(places map[string]enrolment.Places) []courseRow {
	programme, chosen := c.Offer.Programme(c.Filter.Programme)
	words := strings.Fields(french.Fold(c.Filter.Query))
	var all []courseRow
	for i := range c.Offer.Courses {
		x := &c.Offer.Courses[i]
		c.Courses++
		for _, s := range x.Semesters {
			id := enrolment.OfferingID(x.ID, s)
			c.Places += places[id].Capacity
			if chosen && !programme.TakesSome(*x, s) || c.Filter.Day != "" && itoa(x.Weekday) != c.Filter.Day ||
				c.Filter.Site != "" && x.SiteID != c.Filter.Site || !has(words, x.Title, x.Code, x.Teacher, x.Room, x.Discipline) {
				continue
			}
			all = append(all, courseRow{Course: *x, Semester: s, Site: c.Offer.SiteName(x.SiteID), Places: places[id], Offering: id})
		}
	}
	return all
}

// has tells whether each word is in one of the texts, whatever the accents.
func has(words []string, texts ...string) bool {
	if len(words) == 0 {
		return true
	}
	folded := french.Fold(strings.Join(texts, " "))
	for _, w := range words {
		if !strings.Contains(folded, w) {
			return false
		}
	}
	return true
}

func inState(r courseRow, state string) bool {
	switch state {
	case full:
		return r.CancelledAt.IsZero() && r.Places.Left() <= 0
	case waited:
		return r.Places.Waiting > 0
	case incomplete:
		return r.incomplete()
	default:
		return false
	}
}

func (c *coursesPage) chips(rows []courseRow) {
	for _, chip := range []struct{ label, state string }{{"Tous", ""}, {"Complets", full}, {"Avec attente", waited}, {"À compléter", incomplete}} {
		n := len(rows)
		if chip.state != "" {
			n = 0
			for _, r := range rows {
				if inState(r, chip.state) {
					n++
				}
			}
		}
		c.Chips = append(c.Chips, ui.Tab{Label: chip.label, URL: c.Filter.url("etat", chip.state, "page", ""), Current: c.Filter.State == chip.state, Count: n})
	}
}

// Capacities shows what the capacities changed in the list would do, then
// keeps them: nothing is saved cell by cell.
func (p *Pages) Capacities(v *door.Visit) error {
	form, err := v.Form()
	if err != nil {
		return err
	}
	cells, read := map[string]string{}, map[string]string{}
	for _, id := range form.Values("cours") {
		cells[id], read[id] = form.Value("capacite:"+id), form.Value("lue:"+id)
	}
	f := filter{form.Value("q"), form.Value("formule"), form.Value("jour"), form.Value("etat"), form.Value("pole"), form.Value("page")}
	page, err := p.courses(v, f, cells)
	if err != nil {
		return err
	}
	changes, err := p.changes(v, &page, read)
	if err != nil {
		return err
	}
	if page.Invalid == nil && page.Moved == "" && form.Value("action") == "enregistrer" {
		if len(changes) == 0 {
			return v.Redirect(f.url(), ui.Flash{Title: "Aucune capacité n’était modifiée"})
		}
		err := p.registrar.SetCapacities(v.Ctx(), v.Actor, changes)
		if err == nil {
			return v.Redirect(f.url(), done(french.Count(int64(len(changes)), "capacité enregistrée", "capacités enregistrées"), page.offered()))
		}
		invalid, ok := door.AsInvalid(err)
		if !ok {
			return err
		}
		page.Invalid = invalid
	}
	status := 200
	switch {
	case page.Invalid != nil:
		status, page.Errors = 422, page.cellErrors()
	case page.Moved != "" && form.Value("action") == "enregistrer":
		status = 409 // a look at what would change is no act
	}
	return v.Show(status, courses(page))
}

// changes are the cells that differ from what was read.
func (p *Pages) changes(v *door.Visit, page *coursesPage, read map[string]string) ([]enrolment.CapacityChange, error) {
	var c fault.Check
	var all []enrolment.CapacityChange
	for i := range page.Rows {
		r := &page.Rows[i]
		was, sent := read[r.Offering]
		if !sent || r.Typed == was {
			r.Typed = itoa(r.Places.Capacity)
			continue
		}
		if was != itoa(r.Places.Capacity) {
			who, err := p.whoMoved(v, *r)
			if err != nil {
				return nil, err
			}
			page.Moved = who
		}
		n, err := strconv.ParseInt(r.Typed, 10, 32)
		if !c.That(err == nil && n >= 0 && n <= enrolment.MostPlaces, r.Offering, "Donnez un nombre de places entre 0 et 999.") ||
			!c.That(n >= r.Places.Taken, r.Offering, french.Count(r.Places.Taken, "place prise ou proposée", "places prises ou proposées")+"\u202f: la capacité ne peut pas descendre au-dessous.") {
			continue
		}
		gets, err := p.gets(v, page.Offer, *r, n)
		if err != nil {
			return nil, err
		}
		page.Changes = append(page.Changes, change{*r, n, gets})
		all = append(all, enrolment.CapacityChange{Offering: r.Offering, Read: r.Places.Capacity, Capacity: n})
	}
	if err := c.Err(); err != nil {
		page.Invalid, _ = door.AsInvalid(err)
	}
	return all, nil
}

// gets names who would be offered a place, in order.
func (p *Pages) gets(v *door.Visit, offer taught.Catalogue, r courseRow, capacity int64) ([]string, error) {
	n := min(capacity-r.Places.Taken, r.Places.Waiting)
	if n <= 0 || !v.Season.ListsEndedAt.IsZero() {
		return nil, nil
	}
	line, err := enrolment.LineOf(v.Ctx(), p.store, v.Actor, offer, r.Offering)
	var names []string
	for _, l := range line {
		if l.State == enrolment.Waiting && int64(len(names)) < n {
			names = append(names, l.PupilName)
		}
	}
	return names, err
}

// whoMoved says who has changed the capacity since the list was read.
func (p *Pages) whoMoved(v *door.Visit, r courseRow) (string, error) {
	lines, err := journal.OfCourse(v.Ctx(), p.store, r.ID, 20)
	for _, l := range lines {
		if l.Event == "course.capacity" {
			return l.ActorName + " a changé la capacité de «\u202f" + r.title() + "\u202f» le " + french.Moment(l.At) + "\u202f: " + l.After, err
		}
	}
	return "La capacité de «\u202f" + r.title() + "\u202f» a changé depuis que vous avez ouvert la liste\u202f: " + french.Count(r.Places.Capacity, "place", "places"), err
}

// cellErrors lead to the cells.
func (c coursesPage) cellErrors() []ui.FieldError {
	lines := door.FieldErrors(c.Invalid)
	for i := range lines {
		for _, r := range c.Rows {
			if r.Offering == lines[i].ID {
				lines[i] = ui.FieldError{ID: cellID(r), Message: r.title() + ", " + r.Site + "\u202f: " + lines[i].Message}
			}
		}
	}
	return lines
}

func cellID(r courseRow) string { return "c-" + strings.ReplaceAll(r.Offering, "/", "-") }

// offered says what the changes do to those who wait.
func (c coursesPage) offered() string {
	n := 0
	for _, x := range c.Changes {
		n += len(x.Gets)
	}
	if n == 0 {
		return "Personne n’attendait\u202f: aucun mail ne part."
	}
	return french.Count(int64(n), "place est proposée", "places sont proposées") + " à qui attendait, dans l’ordre."
}

// leaves says when the mails of an offer leave.
func leaves(v *door.Visit) string {
	if at := school.QuietHours(v.Now, v.School); at.After(v.Now) {
		return "Les mails partent le " + french.Moment(at) + "\u202f; le délai court à leur départ."
	}
	return "Les mails partent aussitôt\u202f; le délai court à leur départ."
}

// openPanel is one course of the list: who waits, and more places.
type openPanel struct {
	courseRow
	Line     []enrolment.InLine
	Capacity string // as typed
	Gets     []string
	Leaves   string
	Days     int64
	Error    string
}

func (o openPanel) counts() ui.PlaceCount { return placeCount(o.Places) }

// openPanel reads ?ouvre=, nil when no course is open; ?places= shows who would
// be offered one.
func (p *Pages) openPanel(v *door.Visit, page coursesPage) (*openPanel, error) {
	id := v.Query("ouvre")
	course, _, _ := strings.Cut(id, "/")
	x, ok := page.Offer.Course(course)
	if id == "" || !ok {
		return nil, nil
	}
	places, err := enrolment.PlacesNow(v.Ctx(), p.store, v.Season)
	if err != nil {
		return nil, err
	}
	now, ok := places[id]
	if !ok {
		return nil, nil
	}
	o := &openPanel{courseRow: courseRow{Course: x, Semester: now.Semester, Site: page.Offer.SiteName(x.SiteID), Places: now, Offering: id},
		Capacity: v.Query("places"), Leaves: leaves(v), Days: v.School.OfferDays}
	if o.Line, err = enrolment.LineOf(v.Ctx(), p.store, v.Actor, page.Offer, id); err != nil || o.Capacity == "" {
		return o, err
	}
	n, parseErr := strconv.ParseInt(o.Capacity, 10, 32)
	switch {
	case parseErr != nil || n < 0 || n > enrolment.MostPlaces:
		o.Error = "Donnez un nombre de places entre 0 et 999."
	case n < now.Taken:
		o.Error = french.Count(now.Taken, "place prise ou proposée", "places prises ou proposées") + "\u202f: la capacité ne peut pas descendre au-dessous."
	default:
		o.Gets, err = p.gets(v, page.Offer, o.courseRow, n)
	}
	return o, err
}

func placeCount(p enrolment.Places) ui.PlaceCount {
	return ui.PlaceCount{
		Confirmed: int(p.Confirmed), ToVerify: int(p.Taken - p.Confirmed - p.Offered), Offered: int(p.Offered),
		Free: int(p.Capacity - p.Taken), Waiting: int(p.Waiting),
	}
}
