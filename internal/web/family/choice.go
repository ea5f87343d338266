package family

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"pupitre/internal/domain/catalogue"
	"pupitre/internal/domain/enrolment"
	"pupitre/internal/domain/school"
	"pupitre/internal/platform/french"
	"pupitre/internal/web/door"
	"pupitre/internal/web/ui"
)

// chosen is a choice as typed: what the form sends, or what is stored.
type chosen struct {
	Site    string
	Wishes  enrolment.Choice
	Note    string
	Cleared []string // courses of another pole that were ticked and are given up
}

// choiceForm is the form of the courses: the pole, then line by line.
type choiceForm struct {
	Programme catalogue.Programme
	Poles     []poleOption
	Lines     []lineForm
	Note      string
	Cleared   []string
}

type poleOption struct {
	ID, Code, Name, Town string
	Checked              bool
}

// rankOf is the rank of the pole in the form, by which the style sheet hides
// the courses of the others, whatever the school's codes are.
func (f choiceForm) rankOf(code string) string {
	return strconv.Itoa(1 + slices.IndexFunc(f.Poles, func(p poleOption) bool { return p.Code == code }))
}

type lineForm struct {
	Name     string // of its radios or boxes
	Title    string // « 2. Instrument »
	Help     string
	Several  bool
	Required bool
	Optional bool // « Aucun » is a choice
	None     bool // « Aucun » is chosen
	NoneWord string
	Options  []courseOption
	Lacking  []lackOption
}

type courseOption struct {
	ID, Value, Title, Note, Side string
	Pole, PoleName               string
	Checked                      bool
}

// lackOption says that a pole offers nothing for the line.
type lackOption struct{ Pole, Text string }

func lineName(i int) string { return "ligne-" + strconv.Itoa(i) }

func wishValue(w catalogue.Wish) string { return enrolment.OfferingID(w.Course, w.Semester) }

// choice lays the form out for the programme, with the places left in each course.
func (p *Pages) choice(v *door.Visit, r enrolment.Registration, programme catalogue.Programme, c chosen) (choiceForm, error) {
	form := choiceForm{Programme: programme, Note: c.Note, Cleared: c.Cleared}
	sites := v.Settings.Sites
	places, err := enrolment.PlacesLeft(v.Ctx(), p.store, r.Season)
	if err != nil {
		return form, err
	}
	codes := map[string]string{}
	for _, s := range sites {
		codes[s.ID] = s.Code
		form.Poles = append(form.Poles, poleOption{s.ID, s.Code, s.Name, s.Town, s.ID == c.Site})
	}
	for i, line := range r.Catalogue.ChoicesFor(programme, r.Facts) {
		l := lineForm{
			Name: lineName(i), Title: fmt.Sprintf("%d. %s", i+2, line.Line.Label), Several: line.Line.Max > 1,
			Required: line.Line.Min > 0, Optional: line.Line.Min == 0 && line.Line.Max == 1, None: true, NoneWord: noneWord(line.Line),
		}
		if l.Several {
			l.Help = sentence(line.Line.Demand())
		}
		offers := map[string]bool{}
		for j, o := range usualFirst(line.Options, r.Now) {
			option := optionOf(r, o, places)
			option.ID, option.Pole = fmt.Sprintf("%s-%d", l.Name, j+1), codes[o.Course.SiteID]
			option.Checked = slices.Contains(c.Wishes, catalogue.Wish{Course: o.Course.ID, Semester: o.Semester})
			l.None = l.None && !option.Checked
			offers[o.Course.SiteID] = true
			l.Options = append(l.Options, option)
		}
		l.Lacking = lacking(sites, offers)
		form.Lines = append(form.Lines, l)
	}
	return form, nil
}

// usualFirst puts this year's courses before the others.
func usualFirst(options []catalogue.Option, now []string) []catalogue.Option {
	var usual, others []catalogue.Option
	for _, o := range options {
		if slices.Contains(now, o.Course.Code) {
			usual = append(usual, o)
		} else {
			others = append(others, o)
		}
	}
	return append(usual, others...)
}

func optionOf(r enrolment.Registration, o catalogue.Option, places map[string]enrolment.Places) courseOption {
	slot := o.Course.Slot()
	if slot == "" {
		slot = "horaire fixé à la rentrée"
	}
	now := ""
	if slices.Contains(r.Now, o.Course.Code) {
		now = "comme cette année"
	}
	offering := enrolment.OfferingID(o.Course.ID, o.Semester)
	option := courseOption{
		Value: offering, Title: o.Course.Title,
		Note: sentence(joinNonEmpty(" · ", now, slot)), PoleName: r.Catalogue.SiteName(o.Course.SiteID),
		Side: placesLeft(places[offering]),
	}
	for _, q := range r.Requests {
		if q.Offering == offering {
			option.Side = sentence(q.Standing())
		}
	}
	return option
}

// placesLeft says « 3 places », or « Complet, 2 en attente ».
func placesLeft(p enrolment.Places) string {
	switch {
	case p.Left() > 0:
		return french.Count(p.Left(), "place", "places")
	case p.Waiting > 0:
		return fmt.Sprintf("Complet, %d en attente", p.Waiting)
	default:
		return "Complet"
	}
}

// noneWord agrees with what the line takes.
func noneWord(l catalogue.Line) string {
	if len(l.Kinds) == 1 && l.Kinds[0] == catalogue.Pratique {
		return "Aucune"
	}
	return "Aucun"
}

func clearedTitle(n int) string {
	if n == 1 {
		return "Un choix a été retiré"
	}
	return french.Count(int64(n), "choix a été retiré", "choix ont été retirés")
}

// lacking says which poles offer nothing for a line, and which does (R27).
func lacking(sites []school.Site, offers map[string]bool) []lackOption {
	var with []string
	for _, s := range sites {
		if offers[s.ID] {
			with = append(with, s.Name)
		}
	}
	var lacks []lackOption
	for _, s := range sites {
		if offers[s.ID] {
			continue
		}
		text := s.Name + colon + "aucun cours de ce type n’est proposé à cet élève."
		if len(with) > 0 {
			text += " Il y en a un choix au " + strings.ReplaceAll(french.List(with), "Pôle", "pôle") + "."
		}
		lacks = append(lacks, lackOption{s.Code, text})
	}
	return lacks
}

// readChoice reads the form. What was ticked at another pole is given up: a
// hidden radio stays ticked in a browser without scripts.
func readChoice(form door.Form, r enrolment.Registration, programme catalogue.Programme) chosen {
	c := chosen{Site: form.Value("pole"), Note: form.Value("note")}
	for i, line := range r.Catalogue.ChoicesFor(programme, r.Facts) {
		ticked := form.Values(lineName(i))
		for _, o := range line.Options {
			w := catalogue.Wish{Course: o.Course.ID, Semester: o.Semester}
			if !slices.Contains(ticked, wishValue(w)) {
				continue
			}
			if o.Course.SiteID != c.Site && c.Site != "" {
				c.Cleared = append(c.Cleared, o.Course.Title+" ("+r.Catalogue.SiteName(o.Course.SiteID)+")")
				continue
			}
			c.Wishes = append(c.Wishes, w)
		}
	}
	return c
}

// thisYear are the wishes that continue this year's courses in the programme:
// a proposal, which reserves nothing.
func thisYear(r enrolment.Registration, programme catalogue.Programme) chosen {
	var c chosen
	for _, line := range r.Catalogue.ChoicesFor(programme, r.Facts) {
		taken := int64(0)
		for _, o := range line.Options {
			if o.Semester != 0 || taken >= line.Line.Max || !slices.Contains(r.Now, o.Course.Code) || c.Site != "" && o.Course.SiteID != c.Site {
				continue
			}
			c.Site = o.Course.SiteID
			c.Wishes = append(c.Wishes, catalogue.Wish{Course: o.Course.ID})
			taken++
		}
	}
	return c
}

// programmeOption is a formule in the list to choose from.
type programmeOption struct {
	ui.Option
	WhyNot string // why it is not open to the pupil, "" when it is
}

// programmes lists the formules: those open to the pupil, and why not the
// others. Without a choice, the one that continues this year is proposed.
func programmes(r enrolment.Registration, current string) (open []ui.Option, closed []programmeOption) {
	if current == "" {
		current = proposed(r)
	}
	for _, pr := range r.Catalogue.Programmes {
		o := ui.Option{Value: pr.ID, Label: pr.Title, Checked: pr.ID == current}
		if !r.Catalogue.Fillable(pr, r.Facts) {
			closed = append(closed, programmeOption{o, whyNot(r, pr)})
			continue
		}
		var demands []string
		for _, l := range pr.Lines {
			if l.Applies(r.Facts.Level) {
				demands = append(demands, l.Demand())
			}
		}
		o.Note = sentence(french.List(demands))
		open = append(open, o)
	}
	return open, closed
}

// whyNot says why the formule is not for the pupil: its own ages and levels,
// else those of each of its courses (R28).
func whyNot(r enrolment.Registration, pr catalogue.Programme) string {
	if breaches := r.Catalogue.Judge(pr, r.Facts, "", nil); !pr.Open(r.Facts) && len(breaches) > 0 {
		return breaches[0].Message
	}
	reasons := []string{quoted(pr.Title) + colon + "aucun pôle ne propose à cet élève tout ce que cette formule demande."}
	for _, course := range r.Catalogue.Courses {
		if !slices.ContainsFunc(pr.Lines, func(l catalogue.Line) bool { return l.Min > 0 && l.Applies(r.Facts.Level) && takesAny(l, course) }) || course.Eligible(r.Facts) {
			continue
		}
		for _, b := range r.Catalogue.Judge(pr, r.Facts, course.SiteID, enrolment.Choice{{Course: course.ID, Semester: course.Semesters[0]}}) {
			if len(reasons) < 5 && (b.Rule == "R28" || b.Rule == "R26") && !slices.Contains(reasons, b.Message) {
				reasons = append(reasons, b.Message)
			}
		}
	}
	return strings.Join(reasons, " ")
}

func takesAny(l catalogue.Line, c catalogue.Course) bool {
	return slices.ContainsFunc(c.Semesters, func(s int64) bool { return l.Accepts(c, s) })
}

// proposed is the open formule that this year's courses fill best, "" when none does.
func proposed(r enrolment.Registration) string {
	best, most := "", 0
	for _, pr := range r.Catalogue.Programmes {
		if !r.Catalogue.Fillable(pr, r.Facts) {
			continue
		}
		c := thisYear(r, pr)
		n := 2 * len(c.Wishes)
		if n > 0 && len(r.Catalogue.Judge(pr, r.Facts, c.Site, c.Wishes)) == 0 {
			n++
		}
		if n > most {
			best, most = pr.ID, n
		}
	}
	return best
}

// sentence starts with a capital.
func sentence(s string) string {
	if s == "" {
		return ""
	}
	first := []rune(s)[0]
	return strings.ToUpper(string(first)) + s[len(string(first)):]
}
