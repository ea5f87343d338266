package allocation

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"pupitre/internal/domain/catalogue"
	"pupitre/internal/domain/enrolment"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
	"pupitre/internal/web/door"
	"pupitre/internal/web/ui"
)

// scenarioPage is the form of a scenario: its name, its mode, and a number of
// places for each course.
type scenarioPage struct {
	ui.Base
	S       enrolment.Scenario // Version 0: a new one
	Rows    []scenarioRow
	Days    string
	Invalid *fault.Invalid
}

// scenarioRow is one offering of the form.
type scenarioRow struct {
	Title  string
	Places enrolment.Places
	Typed  string // number of places
	Read   string // what the capacity was when the form was opened
}

// field is the name of the row's field, and its id on the page.
func (r scenarioRow) field() string {
	return "places-" + strings.ReplaceAll(r.Places.Offering, "/", "-")
}

func (r scenarioRow) readField() string {
	return "lues-" + strings.ReplaceAll(r.Places.Offering, "/", "-")
}

func (r scenarioRow) changed() bool { return r.Typed != itoa(r.Places.Capacity) }

func (s scenarioPage) action() string {
	if s.S.Version == 0 {
		return dryRunsPath
	}
	return scenarioURL(s.S.ID, "modifier")
}

func (s scenarioPage) mode() string {
	if s.S.AtClosing {
		return "cloture"
	}
	return "fil"
}

// NewScenario shows an empty form.
func (p *Pages) NewScenario(v *door.Visit) error {
	page, err := p.scenarioForm(v, enrolment.Scenario{})
	if err != nil {
		return err
	}
	return v.Show(200, scenarioView(page))
}

// EditScenario shows the form of one that is kept.
func (p *Pages) EditScenario(v *door.Visit) error {
	s, err := enrolment.ScenarioByID(v.Ctx(), p.store, v.Actor, v.PathValue("scenario"))
	if err != nil {
		return err
	}
	page, err := p.scenarioForm(v, s)
	if err != nil {
		return err
	}
	return v.Show(200, scenarioView(page))
}

func (p *Pages) scenarioForm(v *door.Visit, s enrolment.Scenario) (page scenarioPage, err error) {
	c, err := p.offer(v)
	if err != nil {
		return page, err
	}
	all, err := enrolment.PlacesNow(v.Ctx(), p.store, v.Season)
	if err != nil {
		return page, err
	}
	page.S = s
	if s.Days > 0 {
		page.Days = itoa(s.Days)
	}
	page.Rows = scenarioRows(c, all, s)
	name := "Nouveau scénario"
	if s.Version > 0 {
		name = "Modifier « " + s.Name + " »"
	}
	page.Base, err = p.base(v, name)
	return page, err
}

// scenarioRows lists the courses that may be changed, those with a list first.
func scenarioRows(c catalogue.Catalogue, all map[string]enrolment.Places, s enrolment.Scenario) (rows []scenarioRow) {
	for _, course := range c.Courses {
		if !course.CancelledAt.IsZero() {
			continue
		}
		for _, semester := range course.Semesters {
			places, ok := all[enrolment.OfferingID(course.ID, semester)]
			if !ok {
				continue
			}
			row := scenarioRow{Title: title(c, places.Offering), Places: places, Typed: itoa(places.Capacity), Read: itoa(places.Capacity)}
			if n, changed := s.Capacities[places.Offering]; changed {
				row.Typed = itoa(n)
			}
			rows = append(rows, row)
		}
	}
	slices.SortStableFunc(rows, func(a, b scenarioRow) int {
		return cmp.Or(cmp.Compare(b.Places.Waiting, a.Places.Waiting), cmp.Compare(french.Fold(a.Title), french.Fold(b.Title)))
	})
	return rows
}

// MakeScenario keeps a new scenario.
func (p *Pages) MakeScenario(v *door.Visit) error {
	if v.Season.ID == "" {
		return &fault.Conflict{Message: "Aucune saison n’est ouverte\u202f: un essai à blanc se fait sur les dossiers d’une saison."}
	}
	return p.keep(v, enrolment.Scenario{Season: v.Season.ID})
}

// SaveScenario changes one that is kept.
func (p *Pages) SaveScenario(v *door.Visit) error {
	s, err := enrolment.ScenarioByID(v.Ctx(), p.store, v.Actor, v.PathValue("scenario"))
	if err != nil {
		return err
	}
	form, err := v.TypedForm("nom")
	if err != nil {
		return err
	}
	s.Version = max(int64(number(form.Value("version"))), 1) // 0 would keep a second one
	return p.keep(v, s)
}

func (p *Pages) keep(v *door.Visit, s enrolment.Scenario) error {
	form, err := v.TypedForm("nom")
	if err != nil {
		return err
	}
	page, err := p.scenarioForm(v, s)
	if err != nil {
		return err
	}
	err = page.read(form)
	if err == nil {
		s.ID, err = enrolment.SaveScenario(v.Ctx(), p.store, p.clock, v.Actor, page.S)
	}
	if conflict, ok := asConflict(err); ok {
		page.Base.Errors = []ui.FieldError{{Message: conflict.Message}}
		return v.Show(409, scenarioView(page))
	}
	invalid, err := refused(err)
	if err != nil {
		return err
	}
	if invalid != nil {
		page.Invalid, page.Base.Errors = invalid, door.FieldErrors(invalid)
		return v.Show(422, scenarioView(page))
	}
	return v.Redirect(scenarioURL(s.ID, ""), done("Scénario gardé", "Rien n’est écrit dans les places, aucune famille n’est prévenue."))
}

// read takes what was typed. A number left as it was when the form was opened is
// no change, whatever the capacity has become since.
func (s *scenarioPage) read(form door.Form) error {
	var c fault.Check
	s.S.Name = form.Required(&c, "nom", 80, "Donnez un nom au scénario, par exemple « Guitare et piano ».")
	s.S.AtClosing = form.Value("mode") == "cloture"
	s.Days, s.S.Days = form.Value("delai"), 0
	if s.Days != "" {
		n, err := strconv.ParseInt(s.Days, 10, 32)
		c.That(err == nil && n >= 1 && n <= enrolment.MostOfferDays, "delai", "Donnez un nombre de jours entre 1 et 30, ou laissez vide.")
		s.S.Days = n
	}
	s.S.Capacities = enrolment.Capacities{}
	for i := range s.Rows {
		row := &s.Rows[i]
		if !form.Has(row.field()) {
			continue
		}
		row.Typed = form.Value(row.field())
		if row.Read = form.Value(row.readField()); row.Typed == row.Read {
			continue
		}
		n, err := strconv.ParseInt(row.Typed, 10, 32)
		switch {
		case err != nil || n < 0 || n > enrolment.MostPlaces:
			c.Add(row.field(), row.Title+"\u202f: donnez un nombre de places entre 0 et 999.")
		case n < row.Places.Taken:
			c.Add(row.field(), row.Title+"\u202f: "+french.Count(row.Places.Taken, "place est prise ou proposée", "places sont prises ou proposées")+", la capacité ne peut pas descendre au-dessous.")
		default:
			s.S.Capacities[row.Places.Offering] = n
		}
	}
	return c.Err()
}

// number reads a number typed or sent; 0 when it is none.
func number(s string) int {
	n, err := strconv.ParseInt(s, 10, 32)
	if err != nil {
		return 0
	}
	return int(n)
}
