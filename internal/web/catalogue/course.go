package catalogue

import (
	"net/url"
	"slices"
	"strconv"

	taught "pupitre/internal/domain/catalogue"
	"pupitre/internal/domain/enrolment"
	"pupitre/internal/domain/journal"
	"pupitre/internal/domain/school"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
	"pupitre/internal/web/door"
	"pupitre/internal/web/ui"
)

// The boxes of a course's form.
const (
	withoutInstrument = "sans_instrument"
	noBeginner        = "non_debutant"
)

// coursePage is the form of one course; its ID is "" for a new one.
type coursePage struct {
	ui.Base
	editing
	Offer    taught.Catalogue
	Course   taught.Course
	Places   map[string]enrolment.Places
	Teachers []string
	Known    []string // disciplines
	Choosers enrolment.Choosers
	Effect   *enrolment.Effect // of what was typed, when it has to be confirmed
	Lines    []journal.Line
}

// specsOf are the fields of the form: a course that is held keeps its reference.
func specsOf(c taught.Course, offer taught.Catalogue) []spec {
	words := func(f func(string) string) func([]string) string {
		return func(values []string) string {
			var all []string
			for _, v := range clean(values) {
				all = append(all, f(v))
			}
			return french.List(all)
		}
	}
	box := words(func(string) string { return "oui" })
	all := []spec{
		{Name: taught.CourseTitle, Label: "Intitulé", Most: 120},
		{Name: taught.CourseKind, Label: "Type", Words: words(func(s string) string { return taught.Kind(s).French() })},
		{Name: taught.CourseDiscipline, Label: "Discipline"},
		{Name: taught.CourseSite, Label: "Pôle", Words: words(offer.SiteName)},
		{Name: taught.CourseWeekday, Label: "Jour", Words: words(func(s string) string {
			n, _ := strconv.Atoi(s)
			return dayName(n)
		})},
		{Name: taught.CourseStarts, Label: "Début", Most: 5},
		{Name: taught.CourseEnds, Label: "Fin", Most: 5},
		{Name: taught.CourseRoom, Label: "Salle", Most: 120},
		{Name: taught.CourseTeacher, Label: "Enseignant"},
		{Name: taught.CourseAgeMin, Label: "Âge, à partir de", Most: 3},
		{Name: taught.CourseAgeMax, Label: "Âge, jusqu’à", Most: 3},
		{Name: taught.CourseLevels, Label: "Niveaux", Words: words(func(s string) string { return school.Level(s).French() })},
		{Name: withoutInstrument, Label: "Ouvert sans instrument", Words: box},
		{Name: noBeginner, Label: "Débutants non admis", Words: box},
		{Name: enrolment.PlacesField(0), Label: "Places à l’année", Most: 3},
		{Name: enrolment.PlacesField(1), Label: "Places au 1er semestre", Most: 3},
		{Name: enrolment.PlacesField(2), Label: "Places au 2d semestre", Most: 3},
	}
	if c.ID == "" {
		all = append(all, spec{Name: taught.CourseCode, Label: "Référence", Most: 120})
	}
	return all
}

func dayName(day int) string {
	if day < 1 || day > 7 {
		return "à fixer"
	}
	return french.Weekday(day)
}

func courseValues(c taught.Course, places map[string]enrolment.Places) url.Values {
	u := url.Values{
		taught.CourseTitle: {c.Title}, taught.CourseCode: {c.Code}, taught.CourseKind: {string(c.Kind)}, taught.CourseDiscipline: {c.Discipline},
		taught.CourseSite: {c.SiteID}, taught.CourseWeekday: {count(c.Weekday)}, taught.CourseStarts: {c.Starts}, taught.CourseEnds: {c.Ends},
		taught.CourseRoom: {c.Room}, taught.CourseTeacher: {c.Teacher}, taught.CourseAgeMin: {count(c.AgeMin)}, taught.CourseAgeMax: {count(c.AgeMax)},
		taught.CourseLevels: slices.Clone(c.Levels),
	}
	if c.WithoutInstrument {
		u.Set(withoutInstrument, "oui")
	}
	if c.NoBeginner {
		u.Set(noBeginner, "oui")
	}
	for _, s := range c.Semesters {
		u.Set(enrolment.PlacesField(s), itoa(places[enrolment.OfferingID(c.ID, s)].Capacity))
	}
	return u
}

func (p *Pages) course(v *door.Visit) (page coursePage, err error) {
	if err := noSeason(v); err != nil {
		return page, err
	}
	if page.Offer, err = p.offer(v); err != nil {
		return page, err
	}
	if page.Places, err = enrolment.PlacesNow(v.Ctx(), p.store, v.Season); err != nil {
		return page, err
	}
	title, id := "Ajouter un cours", v.PathValue("course")
	if id != "" {
		var ok bool
		if page.Course, ok = page.Offer.Course(id); !ok {
			return page, fault.ErrNotFound
		}
		title = "Cours " + page.Course.Title + ", " + page.Offer.SiteName(page.Course.SiteID)
		if page.Choosers, err = enrolment.ChoosersOfCourse(v.Ctx(), p.store, id); err != nil {
			return page, err
		}
		if page.Lines, err = journal.OfCourse(v.Ctx(), p.store, id, 10); err != nil {
			return page, err
		}
	}
	page.editing = opened(specsOf(page.Course, page.Offer), courseValues(page.Course, page.Places), page.Course.Version)
	if page.Known, err = p.disciplineNames(v, page.Course.Discipline); err != nil {
		return page, err
	}
	teachers, err := taught.Teachers(v.Ctx(), p.store)
	if err != nil {
		return page, err
	}
	for _, t := range teachers {
		page.Teachers = append(page.Teachers, t.FullName())
	}
	if page.Course.Teacher != "" && !slices.Contains(page.Teachers, page.Course.Teacher) {
		page.Teachers = append(page.Teachers, page.Course.Teacher)
	}
	page.Base, err = p.base(v, title)
	return page, err
}

// Course shows the form of a course, or of a new one.
func (p *Pages) Course(v *door.Visit) error {
	if v.Season.ID == "" {
		return v.Redirect(root, ui.Flash{Kind: ui.MessageInfo, Title: "Aucune saison n’est ouverte", Text: "Ouvrez d’abord une saison\u202f: les cours et les formules sont ceux d’une saison."})
	}
	page, err := p.course(v)
	if err != nil {
		return err
	}
	return v.Show(200, courseForm(page))
}

// follow takes the places that somebody has changed meanwhile and this form has not.
func (c *coursePage) follow(held url.Values) {
	for _, s := range []int64{0, 1, 2} {
		if field := enrolment.PlacesField(s); c.of(field) == c.Read.Get(field) {
			c.Typed.Set(field, held.Get(field))
			c.Read.Set(field, held.Get(field))
		}
	}
}

// read turns what was typed into a course; what cannot be read is noted.
func (c *coursePage) read() (enrolment.CourseForm, error) {
	var k fault.Check
	age := "Donnez un âge en années, par exemple 7."
	day, err := strconv.ParseInt(or(c.of(taught.CourseWeekday), "0"), 10, 8)
	k.That(err == nil, taught.CourseWeekday, "Choisissez un jour, ou «\u202fà fixer\u202f».")
	in := enrolment.CourseForm{Course: taught.Course{
		ID: c.Course.ID, Code: c.of(taught.CourseCode), Title: c.of(taught.CourseTitle), Kind: taught.Kind(c.of(taught.CourseKind)),
		Discipline: c.of(taught.CourseDiscipline), SiteID: c.of(taught.CourseSite), Weekday: day, Starts: c.of(taught.CourseStarts), Ends: c.of(taught.CourseEnds),
		Room: c.of(taught.CourseRoom), Teacher: c.of(taught.CourseTeacher), WithoutInstrument: c.ticked(withoutInstrument), NoBeginner: c.ticked(noBeginner),
		AgeMin: c.number(&k, taught.CourseAgeMin, age), AgeMax: c.number(&k, taught.CourseAgeMax, age),
		Levels: clean(c.Typed[taught.CourseLevels]), Edited: school.Edited{Version: c.Version},
	}}
	for _, s := range []int64{0, 1, 2} {
		field := enrolment.PlacesField(s)
		if c.of(field) == "" {
			continue
		}
		n, err := strconv.ParseInt(c.of(field), 10, 32)
		k.That(err == nil, field, "Donnez un nombre de places, par exemple 12.")
		read, _ := strconv.ParseInt(c.Read.Get(field), 10, 32)
		in.Places = append(in.Places, enrolment.SemesterPlaces{Semester: s, Capacity: n, Read: read})
	}
	return in, k.Err()
}

// SaveCourse makes or changes a course, with its places. What would take sent
// dossiers out of the rules is shown first, and asks to be confirmed.
func (p *Pages) SaveCourse(v *door.Visit) error {
	page, err := p.course(v)
	if err != nil {
		return err
	}
	held := courseValues(page.Course, page.Places)
	var form door.Form
	if page.editing, form, err = typed(v, specsOf(page.Course, page.Offer), held); err != nil {
		return err
	}
	page.follow(held)
	in, refused := page.read()
	if page.Invalid != nil {
		refused = page.Invalid
	}
	if refused == nil {
		var stop bool
		if stop, err = p.confirm(v, &page, in, form); err != nil {
			return err
		} else if stop {
			return v.Show(422, courseForm(page))
		}
		var id string
		if id, refused = p.registrar.SaveCourse(v.Ctx(), v.Actor, in); refused == nil {
			return v.Redirect(root+"/cours/"+id, done("«\u202f"+in.Title+"\u202f» est enregistré", "Le journal le garde. Aucun rang ne bouge."))
		}
	}
	status, up := page.refuse(refused, page.Course.Edited, held)
	if up != nil {
		return up
	}
	page.Errors = page.errors()
	return v.Show(status, courseForm(page))
}

// confirm tells whether the office has first to confirm what the change does to
// the dossiers sent; a course as it was read is compared, whatever has become of it.
func (p *Pages) confirm(v *door.Visit, page *coursePage, in enrolment.CourseForm, form door.Form) (stop bool, err error) {
	next := in.Course
	next.Code, next.Semesters = page.Course.Code, nil
	for _, s := range in.Places {
		next.Semesters = append(next.Semesters, s.Semester)
	}
	if in.ID == "" || page.Version != page.Course.Version || page.Course.SameRules(next) {
		return false, nil
	}
	e, err := enrolment.EffectOnCourse(v.Ctx(), p.store, v.Season, page.Offer, page.Offer.WithCourse(next), in.ID)
	if err != nil || e.Leave == 0 || form.Value("confirme") == itoa(e.Leave) {
		return false, err
	}
	page.Effect = &e
	return true, nil
}

// DeleteCourse removes a course that nobody has chosen.
func (p *Pages) DeleteCourse(v *door.Visit) error {
	version, err := deletion(v)
	if err != nil {
		return err
	}
	if err := enrolment.DeleteCourse(v.Ctx(), p.store, v.Actor, v.Now, v.Season.ID, v.PathValue("course"), version); err != nil {
		return err
	}
	return v.Redirect(root, done("Le cours est retiré", "Le journal le garde."))
}
