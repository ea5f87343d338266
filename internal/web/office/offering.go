package office

import (
	"strconv"

	"pupitre/internal/domain/catalogue"
	"pupitre/internal/domain/enrolment"
	"pupitre/internal/domain/journal"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
	"pupitre/internal/web/door"
	"pupitre/internal/web/ui"
)

// offeringPage is one course in one semester: who is in, who is offered a
// place, who waits.
type offeringPage struct {
	ui.Base
	Course   catalogue.Course
	Semester int64
	Site     string
	Places   enrolment.Places
	Line     []enrolment.InLine
	Left     []enrolment.Left // once cancelled, who was in it
	Lines    []journal.Line
	Ended    bool // the waiting lists are closed
	Typed    offeringForm
}

type offeringForm struct {
	Act      string // capacite, saut, annuler
	Request  string
	Capacity string
	Days     string
	Reason   string
	Invalid  *fault.Invalid
}

func (o offeringPage) id() string { return enrolment.OfferingID(o.Course.ID, o.Semester) }

func (o offeringPage) url(act string) string {
	u := "/bureau/places/" + o.id()
	if act != "" {
		u += "/" + act
	}
	return u
}

func (o offeringPage) title() string {
	return enrolment.RequestView{Title: o.Course.Title, Semester: o.Semester}.FullTitle()
}

// capacity is what the field shows: what was typed, else what there is.
func (o offeringPage) capacity() string {
	if o.Typed.Act == "capacite" {
		return o.Typed.Capacity
	}
	return itoa(o.Places.Capacity)
}

// reason is what was typed in that form.
func (f offeringForm) reason(act string) string {
	if f.Act != act {
		return ""
	}
	return f.Reason
}

// of is the message at the field of that form.
func (f offeringForm) of(act, field string) string {
	if f.Act != act {
		return ""
	}
	return f.Invalid.Of(field)
}

// Offering shows one course in one semester.
func (p *Pages) Offering(v *door.Visit) error {
	page, err := p.offering(v)
	if err != nil {
		return err
	}
	return v.Show(200, offering(page))
}

func (p *Pages) offering(v *door.Visit) (page offeringPage, err error) {
	c, err := catalogue.InForce(v.Ctx(), p.Store, v.Season)
	if err != nil {
		return page, err
	}
	course, ok := c.Course(v.PathValue("course"))
	semester, parseErr := strconv.ParseInt(v.PathValue("semester"), 10, 8)
	if !ok || parseErr != nil {
		return page, fault.ErrNotFound
	}
	page.Ended = !v.Season.ListsEndedAt.IsZero()
	page.Course, page.Semester, page.Site = course, semester, c.SiteName(course.SiteID)
	places, err := enrolment.PlacesNow(v.Ctx(), p.Store, v.Season)
	if err != nil {
		return page, err
	}
	if page.Places, ok = places[page.id()]; !ok {
		return page, fault.ErrNotFound
	}
	if page.Line, err = enrolment.LineOf(v.Ctx(), p.Store, v.Actor, c, page.id()); err != nil {
		return page, err
	}
	if !course.CancelledAt.IsZero() {
		if page.Left, err = enrolment.LeftBy(v.Ctx(), p.Store, v.Actor, course, semester); err != nil {
			return page, err
		}
	}
	if page.Lines, err = p.courseJournal(v, course.ID); err != nil {
		return page, err
	}
	page.Base, err = p.base(v, page.title()+", "+page.Site)
	page.Base.Path = "/bureau/places"
	return page, err
}

// courseJournal is the course's journal, each line opening with the pupil it is about.
func (p *Pages) courseJournal(v *door.Visit, course string) ([]journal.Line, error) {
	lines, err := journal.OfCourse(v.Ctx(), p.Store, course, 20)
	if err != nil {
		return nil, err
	}
	return p.naming(v, lines)
}

// act runs a decision about the course; a refusal shows the page again.
func (p *Pages) act(v *door.Visit, name string, do func(page *offeringPage, form door.Form) (ui.Flash, error)) error {
	form, err := v.TypedForm("motif")
	if err != nil {
		return err
	}
	page, err := p.offering(v)
	if err != nil {
		return err
	}
	page.Typed = offeringForm{Act: name, Request: form.Value("demande"), Capacity: form.Value("places"), Days: form.Value("delai"), Reason: form.Value("motif")}
	flash, err := do(&page, form)
	invalid, err := refused(err)
	if err != nil {
		return err
	}
	if invalid != nil {
		page.Typed.Invalid, page.Base = invalid, withErrors(page.Base, invalid)
		return v.Show(422, offering(page))
	}
	return v.Redirect(page.url(""), flash)
}

// Capacity sets how many places there are (R33d).
func (p *Pages) Capacity(v *door.Visit) error {
	return p.act(v, "capacite", func(page *offeringPage, form door.Form) (ui.Flash, error) {
		var c fault.Check
		reason := form.Optional(&c, "motif", 300)
		n, err := strconv.ParseInt(form.Value("places"), 10, 32)
		c.That(err == nil, "places", "Donnez un nombre de places, par exemple 12.")
		days := answerDays(form, &c)
		if err := c.Err(); err != nil {
			return ui.Flash{}, err
		}
		if read := form.Value("lues"); read != "" && read != itoa(page.Places.Capacity) {
			return ui.Flash{}, p.capacityMoved(*page)
		}
		offered := min(max(n-page.Places.Capacity, 0), page.Places.Waiting)
		text := "Le journal le garde."
		if offered > 0 {
			text = french.Count(offered, "place est proposée au premier", "places sont proposées aux premiers") + " de la liste d’attente."
		}
		return done(french.Count(n, "place", "places")+" en "+page.title(), text), p.Registrar.Open(v.Ctx(), v.Actor, enrolment.Opening{Offering: page.id(), Capacity: n, Days: days, Reason: reason})
	})
}

// answerDays is the delay of the offers, 0 for the school's.
func answerDays(form door.Form, c *fault.Check) int64 {
	typed := form.Value("delai")
	if typed == "" {
		return 0
	}
	n, err := strconv.ParseInt(typed, 10, 32)
	c.That(err == nil && n >= 1 && n <= enrolment.MostOfferDays, "delai", "Donnez un nombre de jours entre 1 et 30, ou laissez vide.")
	return n
}

// capacityMoved names who changed the capacity since the page was read.
func (p *Pages) capacityMoved(page offeringPage) error {
	for _, l := range page.Lines {
		if l.Event == "course.capacity" {
			return &fault.Conflict{Message: l.ActorName + " a changé la capacité le " + french.Moment(l.At) + "\u202f: " + l.After + ". Rien n’a été écrit."}
		}
	}
	return &fault.Conflict{Message: "La capacité a changé depuis que vous avez ouvert cette page. Rien n’a été écrit."}
}

// Jump puts a waiting request in front, with a reason (R34).
func (p *Pages) Jump(v *door.Visit) error {
	return p.act(v, "saut", func(page *offeringPage, form door.Form) (ui.Flash, error) {
		var c fault.Check
		reason := form.Required(&c, "motif", 300, "Écrivez le motif\u202f: il est gardé au journal et le dossier sera marqué «\u202fhors de l’ordre\u202f».")
		sure(form, &c)
		if err := c.Err(); err != nil {
			return ui.Flash{}, err
		}
		name, err := "", fault.ErrNotFound
		for _, l := range page.Line {
			if l.ID == form.Value("demande") {
				name, err = l.PupilName, nil
			}
		}
		if err != nil {
			return ui.Flash{}, err
		}
		return done(name+" passe en tête de la liste", "Marqué «\u202fhors de l’ordre\u202f», avec le motif au journal."), p.Registrar.Jump(v.Ctx(), v.Actor, form.Value("demande"), reason)
	})
}

// CancelCourse ends the course, in all its semesters (R33d).
func (p *Pages) CancelCourse(v *door.Visit) error {
	return p.act(v, "annuler", func(page *offeringPage, form door.Form) (ui.Flash, error) {
		var c fault.Check
		reason := form.Required(&c, "motif", 300, "Écrivez le motif\u202f: les familles le liront.")
		c.That(form.Has("sur"), "sur", "Cochez la case pour annuler le cours.")
		if err := c.Err(); err != nil {
			return ui.Flash{}, err
		}
		return done("Le cours « "+page.Course.Title+" » est annulé", "Chaque famille est invitée à choisir de nouveau ; les rangs restent."), p.Registrar.CancelCourse(v.Ctx(), v.Actor, page.Course.ID, reason)
	})
}
