package catalogue

import (
	"slices"
	"strings"

	"pupitre/internal/platform/french"
)

// choice is what Judge is asked about.
type choice struct {
	programme Programme
	pupil     Pupil
	site      string
	wishes    []Wish
}

// noSite asks for a pole among those where the formula can be filled.
func (c Catalogue) noSite(p Programme, pupil Pupil) Breach {
	b := Breach{Rule: "R27", Message: "Tous les cours d’un même élève ont lieu sur un seul pôle" + french.Nbsp + ": choisissez lequel."}
	var names []string
	for _, s := range c.Sites {
		if c.canFill(p, pupil, s.ID) {
			names = append(names, "le "+c.at(s.ID))
		}
	}
	if len(names) == 0 {
		b.Message = "Aucun pôle ne propose à cet élève tout ce que demande la formule " + quoted(p.Title) + "."
		b.WayOut = c.otherProgrammes(p, pupil)
		return b
	}
	b.WayOut = "Prenez " + orList(names) + "."
	return b
}

// otherProgrammes names the other formulas that the pupil may take and can
// fill at some pole, or "".
func (c Catalogue) otherProgrammes(p Programme, pupil Pupil) string {
	var open []string
	for _, other := range c.Programmes {
		if other.ID != p.ID && c.Fillable(other, pupil) {
			open = append(open, quoted(other.Title))
		}
	}
	if len(open) == 0 {
		return ""
	}
	return "Choisissez la formule " + orList(open) + "."
}

// Fillable tells whether some pole offers the pupil all that the programme demands.
func (c Catalogue) Fillable(p Programme, pupil Pupil) bool {
	return slices.ContainsFunc(c.Sites, func(s Site) bool { return c.canFill(p, pupil, s.ID) })
}

// FillableAt tells whether that one pole does.
func (c Catalogue) FillableAt(p Programme, pupil Pupil, site string) bool {
	return c.canFill(p, pupil, site)
}

// canFill tells whether the site offers all that the programme demands of the
// pupil, and one course at least.
func (c Catalogue) canFill(p Programme, pupil Pupil, site string) bool {
	if !p.Open(pupil) {
		return false
	}
	// A pick is one option for an ordinary line; for lines of distinct titles
	// it is a title, in whichever of its courses.
	type pick struct {
		distinct bool
		options  []Option
	}
	var picks []pick
	titles := map[string]*pick{}
	for _, x := range c.Courses {
		if x.SiteID != site || !x.Eligible(pupil) {
			continue
		}
		title := french.Fold(x.Title)
		if titles[title] == nil {
			titles[title] = &pick{distinct: true}
		}
		for _, s := range x.Semesters {
			picks = append(picks, pick{options: []Option{{x, s}}})
			titles[title].options = append(titles[title].options, Option{x, s})
		}
	}
	for _, t := range titles {
		picks = append(picks, *t)
	}
	lines := p.linesFor(pupil.Level)
	filled, _ := fill(lines, len(picks), func(w int, l Line) bool {
		return picks[w].distinct == l.DistinctTitles &&
			slices.ContainsFunc(picks[w].options, func(o Option) bool { return l.Accepts(o.Course, o.Semester) })
	})
	some := false
	for i, l := range lines {
		if int64(len(filled[i])) < l.Min {
			return false
		}
		some = some || len(filled[i]) > 0
	}
	return some
}

// titles lists, each once, the courses of the chosen site that the pupil could
// add on the line; semester 0 is any. With more, those not yet chosen only.
func (c Catalogue) titles(ask choice, l Line, semester int64, more bool) []string {
	var list []string
	for _, x := range c.Courses {
		for _, s := range x.Semesters {
			if x.SiteID != ask.site || !x.Eligible(ask.pupil) || !l.Accepts(x, s) || semester != 0 && s != semester {
				continue
			}
			if more && c.chosen(ask, l, x) {
				continue
			}
			if name := quoted(x.Title); !slices.Contains(list, name) {
				list = append(list, name)
			}
		}
	}
	return list
}

// chosen tells whether the course, or on a line of distinct titles its title,
// is among the wishes.
func (c Catalogue) chosen(ask choice, l Line, x Course) bool {
	return slices.ContainsFunc(ask.wishes, func(w Wish) bool {
		if w.Course == x.ID {
			return true
		}
		wished, ok := c.Course(w.Course)
		return ok && l.DistinctTitles && french.Fold(wished.Title) == french.Fold(x.Title)
	})
}

// otherSite returns another site with courses for the line, and their titles:
// first one where the whole formula can be filled. "" when there is none.
func (c Catalogue) otherSite(ask choice, l Line) (site string, titles []string) {
	for _, s := range c.Sites {
		if s.ID == ask.site {
			continue
		}
		there := ask
		there.site = s.ID
		found := c.titles(there, l, l.Semester, false)
		if len(found) == 0 {
			continue
		}
		if c.canFill(ask.programme, ask.pupil, s.ID) {
			return s.ID, found
		}
		if site == "" {
			site, titles = s.ID, found
		}
	}
	return site, titles
}

// elsewhere names a course the pupil may take in place of the refused one: at
// the chosen site, the same title first; else a site that has one and all the
// formula demands; else what withoutIt says.
func (c Catalogue) elsewhere(ask choice, refused Course, semester int64) string {
	var sameTitle, sameKind string
	for _, x := range c.Courses {
		if x.SiteID != ask.site || !c.replaces(ask, x, refused, semester) {
			continue
		}
		if french.Fold(x.Title) == french.Fold(refused.Title) {
			sameTitle = firstOf(sameTitle, "Le même cours existe au "+c.place(x)+".")
		} else {
			sameKind = firstOf(sameKind, "Au "+c.at(ask.site)+", choisissez par exemple "+quoted(x.Title)+slotAfterComma(x)+".")
		}
	}
	if sameTitle != "" {
		return sameTitle
	}
	if refused.SiteID != ask.site && slices.Contains(refused.Semesters, semester) && refused.Eligible(ask.pupil) &&
		ask.programme.takes(refused, semester, ask.pupil.Level) && c.canFill(ask.programme, ask.pupil, refused.SiteID) {
		if sameKind == "" {
			return "Prenez tous les cours au " + c.at(refused.SiteID) + "."
		}
		return sameKind + " Sinon, prenez tous les cours au " + c.at(refused.SiteID) + "."
	}
	return firstOf(sameKind, c.atOtherSite(ask, refused, semester), c.withoutIt(ask, refused))
}

// withoutIt is the way out when nothing replaces the refused course.
func (c Catalogue) withoutIt(ask choice, refused Course) string {
	if c.canFill(ask.programme, ask.pupil, ask.site) {
		return "Retirez " + quoted(refused.Title) + "."
	}
	for _, s := range c.Sites {
		if c.canFill(ask.programme, ask.pupil, s.ID) {
			return "Prenez tous les cours au " + c.at(s.ID) + "."
		}
	}
	return c.otherProgrammes(ask.programme, ask.pupil)
}

// otherSemester asks for the same course when it is given, or is "".
func otherSemester(ask choice, course Course) string {
	if course.SiteID != ask.site || !course.Eligible(ask.pupil) {
		return ""
	}
	for _, s := range course.Semesters {
		if ask.programme.takes(course, s, ask.pupil.Level) && !slices.Contains(ask.wishes, Wish{course.ID, s}) {
			return "Choisissez-le " + period(s) + "."
		}
	}
	return ""
}

// atOtherSite names a course that replaces the refused one where the whole
// formula can be filled, the same title first.
func (c Catalogue) atOtherSite(ask choice, refused Course, semester int64) string {
	var sameTitle, sameKind string
	ask.wishes = nil // all of them would change pole
	for _, x := range c.Courses {
		if x.SiteID == ask.site || !c.replaces(ask, x, refused, semester) || !c.canFill(ask.programme, ask.pupil, x.SiteID) {
			continue
		}
		text := " existe au " + c.place(x) + french.Nbsp + ": prenez-y tous les cours."
		if french.Fold(x.Title) == french.Fold(refused.Title) {
			sameTitle = firstOf(sameTitle, "Le même cours"+text)
		} else {
			sameKind = firstOf(sameKind, quoted(x.Title)+text)
		}
	}
	return firstOf(sameTitle, sameKind)
}

// replaces tells whether the pupil may take x in place of the refused course
// without breaking a rule by the other wishes.
func (c Catalogue) replaces(ask choice, x, refused Course, semester int64) bool {
	if x.ID == refused.ID || x.Kind != refused.Kind || !x.Eligible(ask.pupil) || !slices.Contains(x.Semesters, semester) {
		return false
	}
	others := ask
	others.wishes = slices.DeleteFunc(slices.Clone(ask.wishes), func(w Wish) bool { return w == Wish{refused.ID, semester} })
	return slices.ContainsFunc(ask.programme.linesFor(ask.pupil.Level), func(l Line) bool {
		return l.Accepts(x, semester) && !c.chosen(others, l, x)
	})
}

func firstOf(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}

// at names the site after « le » or « au »: « pôle Loire ».
func (c Catalogue) at(site string) string {
	name := c.SiteName(site)
	if first, rest, ok := strings.Cut(name, " "); ok && french.Fold(first) == "pole" {
		return "pôle " + rest
	}
	return "pôle " + name
}

func (c Catalogue) place(x Course) string { return c.at(x.SiteID) + slotAfterComma(x) }

// slotAfterComma writes « , jeudi 18 h », or "" when the slot is fixed later.
func slotAfterComma(x Course) string {
	if x.Slot() == "" {
		return ""
	}
	return ", " + french.Weekday(int(x.Weekday)) + " " + strings.TrimSuffix(hour(x.Starts), "\u00a000")
}

func quoted(title string) string { return "«" + french.Nbsp + title + french.Nbsp + "»" }

func orList(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " ou " + words[len(words)-1]
}

func firstFew(list []string) []string { return list[:min(len(list), 3)] }
