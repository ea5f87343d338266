package catalogue

import (
	"fmt"
	"slices"

	"pupitre/internal/platform/french"
)

// judgeLines checks that the courses fill the programme's lines exactly.
// courses[i] is the course of the i-th wish, already known to suit the pupil.
func (c Catalogue) judgeLines(ask choice, courses []Course) []Breach {
	lines := ask.programme.linesFor(ask.pupil.Level)
	filled, stray := fill(lines, len(courses), func(w int, l Line) bool { return l.Accepts(courses[w], ask.wishes[w].Semester) })
	var breaches []Breach
	for _, w := range stray {
		breaches = append(breaches, tooMany(ask.programme, lines, courses[w], ask.wishes[w].Semester))
	}
	for i, l := range lines {
		if missing := l.Min - int64(len(filled[i])); missing > 0 {
			breaches = append(breaches, c.tooFew(ask, l, missing))
		}
	}
	if len(breaches) == 0 {
		breaches = append(breaches, c.sameTitles(ask, lines, filled, courses)...)
	}
	return breaches
}

// assignment gives each wish to one line at most.
type assignment struct {
	lines   []Line
	accepts func(wish int, l Line) bool
	owner   []int // line of each wish, -1 for none
	count   []int64
}

// fill assigns each of n wishes to one line: all of them within Min and Max
// when that can be done, else as many as can be. It returns the wishes of each
// line and those that no line takes.
func fill(lines []Line, n int, accepts func(wish int, l Line) bool) (filled [][]int, stray []int) {
	a := assignment{lines, accepts, slices.Repeat([]int{-1}, n), make([]int64, len(lines))}
	// Augmenting paths: first up to each line's Min, then up to its Max, so
	// that a wish two lines would take goes where it is missed.
	for _, bound := range []func(Line) int64{func(l Line) int64 { return l.Min }, func(l Line) int64 { return l.Max }} {
		for w := range n {
			if a.owner[w] < 0 {
				a.place(w, bound, map[int]bool{})
			}
		}
	}
	filled = make([][]int, len(lines))
	for w, l := range a.owner {
		if l < 0 {
			stray = append(stray, w)
		} else {
			filled[l] = append(filled[l], w)
		}
	}
	return filled, stray
}

func (a *assignment) place(w int, bound func(Line) int64, tried map[int]bool) bool {
	for l, line := range a.lines {
		if tried[l] || !a.accepts(w, line) {
			continue
		}
		tried[l] = true
		if a.count[l] < bound(line) {
			a.owner[w] = l
			a.count[l]++
			return true
		}
		for other, o := range a.owner {
			if o == l && a.place(other, bound, tried) {
				a.owner[w] = l // other has moved to a line with room
				return true
			}
		}
	}
	return false
}

// ruleOf is the number of the manual's rule that the line writes.
func (p Programme) ruleOf(l Line) string {
	switch {
	case slices.Contains(l.Kinds, Eveil):
		return "R22"
	case slices.Contains(l.Kinds, Parcours):
		return "R23"
	case l.WithoutInstrument:
		return "R26"
	case p.AgeMin >= 18:
		return "R25"
	default:
		return "R24"
	}
}

// rule is that of the line which takes courses of this kind, else of the first line.
func (p Programme) rule(c Course) string {
	for _, l := range p.Lines {
		if slices.Contains(l.Kinds, c.Kind) {
			return p.ruleOf(l)
		}
	}
	if len(p.Lines) > 0 {
		return p.ruleOf(p.Lines[0])
	}
	return "R24"
}

// Unbounded is the Max of a line that takes as many courses as wanted.
const Unbounded = 99

// Demand writes what the line asks, to go inside a sentence: « un instrument »,
// « un parcours au premier semestre ».
func (l Line) Demand() string {
	one, many := l.nouns()
	var what string
	switch {
	case l.Min == 0 && l.Max >= Unbounded:
		what = "des " + many + " si vous le souhaitez"
	case l.Min == 0 && l.Max == 1:
		what = one + " si vous le souhaitez"
	case l.Min == 0:
		what = fmt.Sprintf("jusqu’à %d %s si vous le souhaitez", l.Max, many)
	case l.Max >= Unbounded:
		what = "au moins " + counted(l.Min, one, many)
	case l.Min == l.Max:
		what = counted(l.Min, one, many)
	default:
		what = fmt.Sprintf("%d à %d %s", l.Min, l.Max, many)
	}
	return what + semesterAfter(l.Semester)
}

func counted(n int64, one, many string) string {
	if n == 1 {
		return one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// nouns names what the line takes, one with its article and many without.
func (l Line) nouns() (one, many string) {
	ones, manys := make([]string, len(l.Kinds)), make([]string, len(l.Kinds))
	for i, k := range l.Kinds {
		ones[i], manys[i] = k.nouns()
		if l.WithoutInstrument {
			ones[i] += " sans instrument"
			manys[i] += " sans instrument"
		}
	}
	return orList(ones), orList(manys)
}

func (k Kind) nouns() (one, many string) {
	switch k {
	case Eveil:
		return "un cours d’éveil", "cours d’éveil"
	case Parcours:
		return "un parcours", "parcours"
	case Instrument:
		return "un instrument", "instruments"
	case Pratique:
		return "une pratique collective", "pratiques collectives"
	default:
		return "un cours de " + k.French(), "cours de " + k.French()
	}
}

func semesterAfter(semester int64) string {
	if semester == 0 {
		return ""
	}
	return " " + period(semester)
}

func period(semester int64) string {
	switch semester {
	case 1:
		return "au premier semestre"
	case 2:
		return "au second semestre"
	default:
		return "à l’année"
	}
}

func tooMany(p Programme, lines []Line, course Course, semester int64) Breach {
	exactly, why := " comprend exactement ", " est en trop."
	demands := make([]string, len(lines))
	for i, l := range lines {
		demands[i] = l.Demand()
		if l.Min != l.Max {
			exactly = " comprend "
		}
	}
	if exactly == " comprend " && !slices.ContainsFunc(lines, func(l Line) bool { return l.Accepts(course, semester) }) {
		why = " n’en fait pas partie."
	}
	return Breach{
		Rule:    p.rule(course),
		Message: "La formule " + quoted(p.Title) + exactly + french.List(demands) + french.Nbsp + ": " + quoted(course.Title) + semesterAfter(semester) + why,
		WayOut:  "Retirez " + quoted(course.Title) + semesterAfter(semester) + french.Nbsp + "; le secrétariat peut ajouter un cours ensuite.",
	}
}

func (c Catalogue) tooFew(ask choice, l Line, missing int64) Breach {
	b := Breach{
		Rule:    ask.programme.ruleOf(l),
		Message: "Il manque " + counted(missing, "un cours", "cours") + french.Nbsp + ": la formule " + quoted(ask.programme.Title) + " demande " + l.Demand() + ".",
	}
	here := c.titles(ask, l, l.Semester, true)
	if len(here) == 0 && c.canFill(ask.programme, ask.pupil, ask.site) {
		here = c.titles(ask, l, l.Semester, false) // another wish has to change too
	}
	if len(here) > 0 {
		b.WayOut = "Au " + c.at(ask.site) + ", choisissez " + orList(firstFew(here)) + "."
		return b
	}
	if there, titles := c.otherSite(ask, l); there != "" {
		b.Rule = "R27"
		b.Message += " Le " + c.at(ask.site) + " n’en propose pas pour cet élève" + french.Nbsp + "; le " + c.at(there) + " propose " + french.List(firstFew(titles)) + "."
		if c.canFill(ask.programme, ask.pupil, there) {
			b.WayOut = "Prenez tous les cours au " + c.at(there) + "."
			return b
		}
	}
	b.WayOut = c.otherProgrammes(ask.programme, ask.pupil)
	return b
}

// sameTitles holds the lines of DistinctTitles to different titles (R23).
func (c Catalogue) sameTitles(ask choice, lines []Line, filled [][]int, courses []Course) []Breach {
	type taken struct{ line, wish int }
	first := map[string]taken{}
	for i, l := range lines {
		if !l.DistinctTitles {
			continue
		}
		for _, w := range filled[i] {
			title := french.Fold(courses[w].Title)
			before, twice := first[title]
			if !twice {
				first[title] = taken{i, w}
				continue
			}
			return []Breach{c.sameTitle(ask, courses[w], l, ask.wishes[w].Semester, lines[before.line], ask.wishes[before.wish].Semester)}
		}
	}
	return nil
}

// sameTitle refuses a title taken on line b, in semester sb, and before that on line a.
func (c Catalogue) sameTitle(ask choice, course Course, b Line, sb int64, a Line, sa int64) Breach {
	what, when := "Les cours", "deux fois"
	if course.Kind == Parcours {
		what = "Les parcours"
	}
	if sa != sb {
		when = "aux deux semestres"
	}
	breach := Breach{
		Rule:    ask.programme.ruleOf(b),
		Message: what + " doivent être différents" + french.Nbsp + ": " + quoted(course.Title) + " est choisi " + when + ".",
	}
	keep, other := sa, sb
	titles := c.titles(ask, b, sb, true)
	if len(titles) == 0 {
		keep, other = sb, sa
		titles = c.titles(ask, a, sa, true)
	}
	if len(titles) > 0 {
		breach.WayOut = "Gardez-le" + semesterAfter(keep) + " et choisissez" + semesterAfter(other) + " " + orList(firstFew(titles)) + "."
		return breach
	}
	for _, s := range c.Sites {
		if s.ID != ask.site && c.canFill(ask.programme, ask.pupil, s.ID) {
			breach.Message += " Le " + c.at(ask.site) + " n’en propose pas d’autre pour cet élève."
			breach.WayOut = "Prenez tous les cours au " + c.at(s.ID) + "."
			return breach
		}
	}
	breach.WayOut = c.otherProgrammes(ask.programme, ask.pupil)
	return breach
}

// Choices is what the screen offers for one line: the courses of a site that
// the pupil may take, each with the semester to ask for.
type Choices struct {
	Line    Line
	Options []Option
}

// Option is one course in one semester.
type Option struct {
	Course   Course
	Semester int64
}

// ChoicesFor lists, line by line, what the pupil can choose in the programme,
// over all sites: the page shows one site at a time.
func (c Catalogue) ChoicesFor(p Programme, pupil Pupil) []Choices {
	var all []Choices
	for _, l := range p.Lines {
		if !l.Applies(pupil.Level) {
			continue
		}
		choices := Choices{Line: l}
		for _, x := range c.Courses {
			if !x.Eligible(pupil) {
				continue
			}
			for _, s := range x.Semesters {
				if l.Accepts(x, s) {
					choices.Options = append(choices.Options, Option{x, s})
				}
			}
		}
		all = append(all, choices)
	}
	return all
}

// AsksBeginner tells whether some course of the programme refuses beginners,
// so that « Débutant » is a question to ask (R26).
func (c Catalogue) AsksBeginner(p Programme, pupil Pupil) bool {
	if pupil.HasInstrument {
		return false
	}
	asked := pupil
	asked.Beginner = "no"
	for _, x := range c.Courses {
		if !x.NoBeginner || !x.Eligible(asked) {
			continue
		}
		for _, s := range x.Semesters {
			if p.takes(x, s, pupil.Level) {
				return true
			}
		}
	}
	return false
}

// Lack is a kind of course that a programme demands and a site does not offer.
type Lack struct {
	Programme string
	Site      string
	Demand    string
	Elsewhere string // a site that has one, or ""
}

// Lacks lists what R27 warns the office of.
func (c Catalogue) Lacks() []Lack {
	var lacks []Lack
	for _, p := range c.Programmes {
		for _, l := range p.Lines {
			if l.Min == 0 {
				continue
			}
			offers := map[string]bool{}
			for _, x := range c.Courses {
				if !x.CancelledAt.IsZero() {
					continue
				}
				for _, s := range x.Semesters {
					if l.Accepts(x, s) {
						offers[x.SiteID] = true
					}
				}
			}
			for _, site := range c.Sites {
				if offers[site.ID] {
					continue
				}
				lack := Lack{Programme: p.Title, Site: site.Name, Demand: l.Demand()}
				if i := slices.IndexFunc(c.Sites, func(s Site) bool { return offers[s.ID] }); i >= 0 {
					lack.Elsewhere = c.Sites[i].Name
				}
				lacks = append(lacks, lack)
			}
		}
	}
	return lacks
}
