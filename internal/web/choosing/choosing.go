// Package choosing is the form by which a formule and its courses are Chosen
// (§5): a family for a pupil it re-registers, somebody new for a newcomer.
package choosing

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"pupitre/internal/domain/catalogue"
	"pupitre/internal/domain/enrolment"
	"pupitre/internal/domain/school"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
	"pupitre/internal/web/door"
	"pupitre/internal/web/ui"
)

// Chosen is a choice as typed: what the form sends, or what is stored.
type Chosen struct {
	Site    string
	Wishes  enrolment.Choice
	Note    string
	Cleared []string // courses of another pole that were ticked and are given up
}

// Form is the form of the courses: the pole, then line by line.
type Form struct {
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
func (f Form) rankOf(code string) string {
	return strconv.Itoa(1 + slices.IndexFunc(f.Poles, func(p poleOption) bool { return p.Code == code }))
}

type lineForm struct {
	Name     string // of its radios or boxes
	Title    string // « 2. Instrument »
	Help     string
	Several  bool
	Required bool
	Optional bool // « Aucun » is a choice
	None     bool // « Aucun » is Chosen
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

func LineName(i int) string { return "ligne-" + strconv.Itoa(i) }

func WishValue(w catalogue.Wish) string { return enrolment.OfferingID(w.Course, w.Semester) }

// Lay lays the form out for the programme, with the places left in each course.
func Lay(v *door.Visit, store *db.Store, r enrolment.Registration, programme catalogue.Programme, c Chosen) (Form, error) {
	form := Form{Programme: programme, Note: c.Note, Cleared: c.Cleared}
	sites := v.Settings.Sites
	places, err := enrolment.PlacesLeft(v.Ctx(), store, r.Season)
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
			Name: LineName(i), Title: fmt.Sprintf("%d. %s", i+2, line.Line.Label), Several: line.Line.Max > 1,
			Required: line.Line.Min > 0, Optional: line.Line.Min == 0 && line.Line.Max == 1, None: true, NoneWord: noneWord(line.Line),
		}
		if l.Several {
			l.Help = french.Sentence(line.Line.Demand())
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
		Note: french.Sentence(joinNonEmpty(" · ", now, slot)), PoleName: r.Catalogue.SiteName(o.Course.SiteID),
		Side: placesLeft(places[offering]),
	}
	for _, q := range r.Requests {
		if q.Offering == offering {
			option.Side = french.Sentence(q.Standing())
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

func ClearedTitle(n int) string {
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

// Read reads the form. What was ticked at another pole is given up: a
// hidden radio stays ticked in a browser without scripts.
func Read(form door.Form, r enrolment.Registration, programme catalogue.Programme) Chosen {
	c := Chosen{Site: form.Value("pole"), Note: form.Value("note")}
	for i, line := range r.Catalogue.ChoicesFor(programme, r.Facts) {
		ticked := form.Values(LineName(i))
		for _, o := range line.Options {
			w := catalogue.Wish{Course: o.Course.ID, Semester: o.Semester}
			if !slices.Contains(ticked, WishValue(w)) {
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

// ThisYear are the wishes that continue this year's courses in the programme:
// a proposal, which reserves nothing.
func ThisYear(r enrolment.Registration, programme catalogue.Programme) Chosen {
	var c Chosen
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

// Closed is a formule in the list to choose from.
type Closed struct {
	ui.Option
	WhyNot string // why it is not open to the pupil, "" when it is
}

// Programmes lists the formules: those open to the pupil, and why not the
// others. Without a choice, the one that continues this year is proposed.
func Programmes(r enrolment.Registration, current string) (open []ui.Option, closed []Closed) {
	if current == "" {
		current = proposed(r)
	}
	for _, pr := range r.Catalogue.Programmes {
		o := ui.Option{Value: pr.ID, Label: pr.Title, Checked: pr.ID == current}
		if !r.Catalogue.Fillable(pr, r.Facts) {
			closed = append(closed, Closed{o, whyNot(r, pr)})
			continue
		}
		var demands []string
		for _, l := range pr.Lines {
			if l.Applies(r.Facts.Level) {
				demands = append(demands, l.Demand())
			}
		}
		o.Note = french.Sentence(french.List(demands))
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
		c := ThisYear(r, pr)
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

// colon is a colon with the space that French puts before it.
const colon = french.Nbsp + ": "

// quoted puts the words between French quotation marks.
func quoted(s string) string { return "«" + french.Nbsp + s + french.Nbsp + "»" }

func joinNonEmpty(sep string, parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), sep)
}

// Fitting keeps of the stored wishes those that a line of the programme takes.
func Fitting(r enrolment.Registration, programme catalogue.Programme) enrolment.Choice {
	var kept enrolment.Choice
	for _, w := range r.Dossier.Choice {
		for _, line := range r.Catalogue.ChoicesFor(programme, r.Facts) {
			course, ok := r.Catalogue.Course(w.Course)
			if ok && line.Line.Accepts(course, w.Semester) {
				kept = append(kept, w)
				break
			}
		}
	}
	return kept
}

// Judged says which rules the choice breaks, nil when none.
func Judged(r enrolment.Registration, programme catalogue.Programme, c Chosen) *fault.Invalid {
	return breachFields(r.Catalogue.Judge(programme, r.Facts, c.Site, c.Wishes))
}

// breachFields are the rules that a choice breaks, each with its way out.
func breachFields(breaches []catalogue.Breach) *fault.Invalid {
	if len(breaches) == 0 {
		return nil
	}
	invalid := &fault.Invalid{Message: "Ce choix ne suit pas les règles de la formule."}
	for _, b := range breaches {
		invalid.Fields = append(invalid.Fields, fault.Field{Name: "cours", Message: b.Sentence()})
	}
	return invalid
}

// ClearedFlash says which courses of another pole were given up.
func ClearedFlash(c Chosen) []ui.Flash {
	var all []ui.Flash
	for _, title := range c.Cleared {
		all = append(all, ui.Flash{Title: title + colon + "retiré de vos choix", Text: "Tous les cours d’un même élève ont lieu sur un seul pôle."})
	}
	return all
}

// Title is a course of a choice in words.
type Title struct{ Title, Note string }

// Titles names the courses of the wishes, with their semesters and hours.
func Titles(r enrolment.Registration, wishes enrolment.Choice) []Title {
	var all []Title
	for _, w := range wishes {
		course, ok := r.Catalogue.Course(w.Course)
		if !ok {
			continue
		}
		view := enrolment.RequestView{Title: course.Title, Semester: w.Semester}
		all = append(all, Title{view.FullTitle(), french.Sentence(course.Slot())})
	}
	return all
}
