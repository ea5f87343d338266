package allocation

import (
	"slices"

	"pupitre/internal/domain/catalogue"
	"pupitre/internal/domain/enrolment"
	"pupitre/internal/domain/journal"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
	"pupitre/internal/web/door"
	"pupitre/internal/web/ui"
)

// requestPage is one request for a place: why it stands where it stands, and
// what the office can do of it.
type requestPage struct {
	ui.Base
	Of       enrolment.InLine
	Course   catalogue.Course
	Title    string
	Places   enrolment.Places
	Why      []string
	Targets  []ui.Option // courses that it can be moved to
	Partners []ui.Option // places that it can be swapped with
	Lines    []journal.Line
	Typed    requestForm
}

// requestForm is what was typed in the act that was refused.
type requestForm struct {
	Act     string // deplacer, echanger, renoncer, repondre
	To      string
	With    string
	Reason  string
	Invalid *fault.Invalid
}

func (f requestForm) of(act, field string) string {
	if f.Act != act {
		return ""
	}
	return f.Invalid.Of(field)
}

func (f requestForm) reason(act string) string {
	if f.Act != act {
		return ""
	}
	return f.Reason
}

// Request shows one request.
func (p *Pages) Request(v *door.Visit) error {
	page, err := p.request(v)
	if err != nil {
		return err
	}
	return v.Show(200, requestView(page))
}

func (p *Pages) request(v *door.Visit) (page requestPage, err error) {
	row, err := enrolment.RequestByID(v.Ctx(), p.store, v.Actor, v.PathValue("request"))
	if err != nil {
		return page, err
	}
	c, err := p.offer(v)
	if err != nil {
		return page, err
	}
	all, err := enrolment.PlacesNow(v.Ctx(), p.store, v.Season)
	if err != nil {
		return page, err
	}
	places, ok := all[row.Offering]
	if !ok {
		return page, fault.ErrNotFound // of another season
	}
	if page.Course, ok = c.Course(places.Course); !ok {
		return page, fault.ErrNotFound
	}
	page.Title, page.Places = title(c, row.Offering), places
	reg, err := p.registration(v, row.Dossier)
	if err != nil {
		return page, err
	}
	alike := slices.DeleteFunc(alike(c, all, page.Course, row.Offering), func(id string) bool { return !suits(c, reg, row.Offering, id) })
	lines, err := enrolment.LinesOf(v.Ctx(), p.store, v.Actor, c, append(slices.Clone(alike), row.Offering)...)
	if err != nil {
		return page, err
	}
	i := slices.IndexFunc(lines[row.Offering], func(l enrolment.InLine) bool { return l.ID == row.ID })
	if i < 0 {
		return page, fault.ErrNotFound // it has ended: the dossier's page tells how
	}
	page.Of = lines[row.Offering][i]
	if page.Of.State == enrolment.Waiting {
		page.Why = enrolment.WhyWaiting(places, lines[row.Offering], page.Of)
	}
	page.choices(c, all, alike, lines)
	if page.Lines, err = journal.OfDossier(v.Ctx(), p.store, page.Of.Dossier); err != nil {
		return page, err
	}
	page.Lines = slices.DeleteFunc(page.Lines, func(l journal.Line) bool { return l.Course != page.Course.ID })
	slices.Reverse(page.Lines)
	page.Base, err = p.base(v, page.Of.PupilName+", "+page.Title)
	return page, err
}

// alike lists the other offerings of that kind at that pole, in the same semester (R27).
func alike(c catalogue.Catalogue, all map[string]enrolment.Places, of catalogue.Course, but string) (ids []string) {
	for _, course := range c.Courses {
		if course.Kind != of.Kind || course.SiteID != of.SiteID || !course.CancelledAt.IsZero() {
			continue
		}
		for _, semester := range course.Semesters {
			if id := enrolment.OfferingID(course.ID, semester); id != but && semester == all[but].Semester {
				ids = append(ids, id)
			}
		}
	}
	return ids
}

// registration is what the rules ask of the pupil whose dossier it is.
func (p *Pages) registration(v *door.Visit, dossier string) (enrolment.Registration, error) {
	d, err := enrolment.DossierByID(v.Ctx(), p.store, v.Actor, dossier)
	if err != nil {
		return enrolment.Registration{}, err
	}
	return enrolment.RegistrationOf(v.Ctx(), p.store, v.Actor, d.Pupil)
}

// suits tells whether the pupil's choice keeps the rules with one course in place
// of another.
func suits(c catalogue.Catalogue, reg enrolment.Registration, from, to string) bool {
	programme, ok := c.Programme(reg.Dossier.Programme)
	return ok && len(c.Judge(programme, reg.Facts, reg.Dossier.Site, reg.Dossier.Choice.Instead(from, to))) == 0
}

// choices fills where the request may go, and with whom it may change places.
func (r *requestPage) choices(c catalogue.Catalogue, all map[string]enrolment.Places, alike []string, lines map[string][]enrolment.InLine) {
	for _, id := range alike {
		places, name := all[id], title(c, id)
		r.Targets = append(r.Targets, ui.Option{Value: id, Label: name + " – " + room(places)})
		for _, l := range lines[id] {
			if l.State == enrolment.Place && l.Dossier != r.Of.Dossier {
				r.Partners = append(r.Partners, ui.Option{Value: l.ID, Label: l.PupilName, Group: name})
			}
		}
	}
}

// room says what a request would find: « 2 places », « complet, 3 attendent ».
func room(p enrolment.Places) string {
	switch {
	case p.Left() > 0:
		return french.Count(p.Left(), "place libre", "places libres")
	case p.Waiting > 0:
		return "complet, " + french.Count(p.Waiting, "élève attend", "élèves attendent")
	default:
		return "complet"
	}
}

// act runs one act; a refusal shows the page again, with what was typed.
func (p *Pages) act(v *door.Visit, name string, do func(page requestPage, form door.Form) (ui.Flash, error)) error {
	form, err := v.TypedForm("motif")
	if err != nil {
		return err
	}
	page, err := p.request(v)
	if err != nil {
		return err
	}
	page.Typed = requestForm{Act: name, To: form.Value("vers"), With: form.Value("avec"), Reason: form.Value("motif")}
	flash, err := do(page, form)
	invalid, err := refused(err)
	if err != nil {
		return err
	}
	if invalid != nil {
		page.Typed.Invalid, page.Base.Errors = invalid, door.FieldErrors(onThePage(invalid, name))
		return v.Show(422, requestView(page))
	}
	return v.Redirect(courseURL(page.Of.Offering), flash)
}

// onThePage names the fields as the page does: each act has a reason of its own.
func onThePage(invalid *fault.Invalid, act string) *fault.Invalid {
	named := &fault.Invalid{Message: invalid.Message}
	for _, f := range invalid.Fields {
		switch f.Name {
		case "motif":
			f.Name = "motif-" + act
		case "cours": // the rules of the formula, broken by the course moved to
			f.Name = "vers"
		}
		named.Fields = append(named.Fields, f)
	}
	return named
}

const reasonMissing = "Écrivez le motif\u202f: le journal le garde."

// Move moves the pupil to another course (R30b).
func (p *Pages) Move(v *door.Visit) error {
	return p.act(v, "deplacer", func(page requestPage, form door.Form) (ui.Flash, error) {
		var c fault.Check
		reason := form.Required(&c, "motif", 300, reasonMissing)
		to := chosen(form, &c, "vers", page.Targets, "Choisissez le cours où va l’élève.")
		if err := c.Err(); err != nil {
			return ui.Flash{}, err
		}
		err := p.registrar.Move(v.Ctx(), v.Actor, enrolment.Moving{Request: page.Of.ID, To: to, Reason: reason})
		return done(page.Of.PupilName+" change de cours", "Son rang reste. Ce qui est quitté va au premier de la liste, et sa famille est prévenue."), err
	})
}

// chosen is the value of a select, which must be one of its options.
func chosen(form door.Form, c *fault.Check, field string, options []ui.Option, missing string) string {
	value := form.Value(field)
	c.That(value != "" && slices.ContainsFunc(options, func(o ui.Option) bool { return o.Value == value }), field, missing)
	return value
}

// Swap has two pupils change places.
func (p *Pages) Swap(v *door.Visit) error {
	return p.act(v, "echanger", func(page requestPage, form door.Form) (ui.Flash, error) {
		var c fault.Check
		reason := form.Required(&c, "motif", 300, reasonMissing)
		with := chosen(form, &c, "avec", page.Partners, "Choisissez l’élève avec qui échanger.")
		if err := c.Err(); err != nil {
			return ui.Flash{}, err
		}
		err := p.registrar.Swap(v.Ctx(), v.Actor, enrolment.Swapping{One: page.Of.ID, Other: with, Reason: reason})
		return done("Les deux places sont échangées", "Personne d’autre ne bouge. Les deux familles sont prévenues."), err
	})
}

// Withdraw gives the place, or the line of the list, up for the family (R33c).
func (p *Pages) Withdraw(v *door.Visit) error {
	return p.act(v, "renoncer", func(page requestPage, form door.Form) (ui.Flash, error) {
		var c fault.Check
		reason := form.Required(&c, "motif", 300, reasonMissing)
		if err := c.Err(); err != nil {
			return ui.Flash{}, err
		}
		err := p.registrar.Withdraw(v.Ctx(), v.Actor, page.Of.PupilID, page.Of.ID, reason)
		return done(page.Of.PupilName+" quitte "+page.Title, "La place va au premier de la liste, s’il y en a un. La famille est prévenue."), err
	})
}

// Answer accepts or declines an offer for a family that has said so by telephone.
func (p *Pages) Answer(v *door.Visit) error {
	return p.act(v, "repondre", func(page requestPage, form door.Form) (ui.Flash, error) {
		answer := form.Value("reponse")
		if answer != "accepter" && answer != "decliner" {
			return ui.Flash{}, fault.Refuse("Dites si la famille accepte ou décline la place.")
		}
		err := p.registrar.Answer(v.Ctx(), v.Actor, enrolment.OfferAnswer{Request: page.Of.ID, Accept: answer == "accepter"})
		if answer == "accepter" {
			return done("Place acceptée pour "+page.Of.PupilName, "Elle est réservée. La famille reçoit une confirmation."), err
		}
		return done("Place déclinée pour "+page.Of.PupilName, "Elle va au suivant de la liste. La famille reçoit une confirmation."), err
	})
}
