package catalogue

import (
	"fmt"
	"slices"

	"pupitre/internal/platform/french"
)

// Pupil is what the rules ask about a pupil.
type Pupil struct {
	Age           int    // full years on the season's day; -1 when unknown
	Level         string // level code of the coming season
	Beginner      string // "yes", "no", or "" when not answered
	HasInstrument bool   // has an instrument course this year
}

// beginner is the answer that counts: an instrument course this year makes no beginner (R26).
func (p Pupil) beginner() string {
	if p.Beginner == "" && p.HasInstrument {
		return "no"
	}
	return p.Beginner
}

// Wish is one course asked for, in one semester (0: the whole year).
type Wish struct {
	Course   string
	Semester int64
}

// Breach is one rule that a choice breaks: which rule of the manual, in
// words, and a way out that exists ("" only when the catalogue has none).
type Breach struct {
	Rule    string // R22 to R28
	Message string
	WayOut  string
}

// Sentence is the breach as a family reads it.
func (b Breach) Sentence() string {
	if b.WayOut == "" {
		return b.Message
	}
	return b.Message + " " + b.WayOut
}

// Applies tells whether the line asks something of the level.
func (l Line) Applies(level string) bool {
	return len(l.Levels) == 0 || slices.Contains(l.Levels, level)
}

// Accepts tells whether the wish can fill the line.
func (l Line) Accepts(c Course, semester int64) bool {
	return slices.Contains(l.Kinds, c.Kind) &&
		(l.Semester == 0 || l.Semester == semester) &&
		(!l.WithoutInstrument || c.WithoutInstrument)
}

// Judge checks a choice against the programme's rules (R22 to R28) and returns
// every breach, none when the choice stands. site is the pole chosen.
func (c Catalogue) Judge(p Programme, pupil Pupil, site string, wishes []Wish) []Breach {
	if b := c.judgeProgramme(p, pupil); b != nil {
		return []Breach{*b}
	}
	if c.SiteName(site) == "" {
		return []Breach{c.noSite(p, pupil)}
	}
	var breaches []Breach
	var courses []Course
	seen := map[Wish]bool{}
	ask := choice{p, pupil, site, wishes}
	for _, w := range wishes {
		course, ok := c.Course(w.Course)
		if !ok {
			breaches = append(breaches, Breach{"R24", "Un des cours choisis n’existe pas.", "Choisissez-en un autre dans la liste."})
			continue
		}
		if seen[w] || w.Semester != 0 && seen[Wish{w.Course, 0}] || w.Semester == 0 && (seen[Wish{w.Course, 1}] || seen[Wish{w.Course, 2}]) {
			breaches = append(breaches, Breach{p.rule(course), "Le cours " + quoted(course.Title) + " est choisi deux fois.", "Retirez-le une fois."})
			continue
		}
		seen[w] = true
		courses = append(courses, course)
		if b := c.judgeCourse(ask, course, w.Semester); b != nil {
			breaches = append(breaches, *b)
		}
	}
	if len(breaches) > 0 {
		return breaches
	}
	return c.judgeLines(ask, courses)
}

// judgeProgramme checks the ages and levels of the programme itself (R28).
func (c Catalogue) judgeProgramme(p Programme, pupil Pupil) *Breach {
	why := outside(p.AgeMin, p.AgeMax, p.Levels, pupil)
	if why == "" {
		return nil
	}
	return &Breach{"R28", "La formule " + quoted(p.Title) + " est réservée " + why + ".", c.otherProgrammes(p, pupil)}
}

// Open tells whether the pupil's age and level may take the programme.
func (p Programme) Open(pupil Pupil) bool {
	return outside(p.AgeMin, p.AgeMax, p.Levels, pupil) == ""
}

// outside says for whom something is reserved when the pupil is not of them.
func outside(ageMin, ageMax int64, levels []string, pupil Pupil) string {
	if pupil.Age >= 0 && (ageMin > 0 && int64(pupil.Age) < ageMin || ageMax > 0 && int64(pupil.Age) > ageMax) {
		switch {
		case ageMin > 0 && ageMin == ageMax:
			return fmt.Sprintf("aux élèves de %d ans", ageMin)
		case ageMin > 0 && ageMax > 0:
			return fmt.Sprintf("aux élèves de %d à %d ans", ageMin, ageMax)
		case ageMin > 0:
			return fmt.Sprintf("aux élèves de %d ans et plus", ageMin)
		default:
			return fmt.Sprintf("aux élèves de %d ans au plus", ageMax)
		}
	}
	if len(levels) > 0 && !slices.Contains(levels, pupil.Level) {
		if len(levels) == 1 {
			return "au niveau " + levels[0]
		}
		return "aux niveaux " + french.List(levels)
	}
	return ""
}

// judgeCourse checks one course against the formula, pole, ages, levels and beginners.
func (c Catalogue) judgeCourse(ask choice, course Course, semester int64) *Breach {
	title := quoted(course.Title)
	breach := func(rule, message string) *Breach {
		return &Breach{rule, message, c.elsewhere(ask, course, semester)}
	}
	switch {
	case !course.CancelledAt.IsZero() || len(course.Semesters) == 0:
		return breach(ask.programme.rule(course), "Le cours "+title+" n’est plus proposé.")
	case !slices.Contains(course.Semesters, semester):
		b := breach(ask.programme.rule(course), "Le cours "+title+" n’est pas proposé "+period(semester)+".")
		b.WayOut = firstOf(otherSemester(ask, course), b.WayOut)
		return b
	case !ask.programme.takes(course, semester, ask.pupil.Level):
		return c.notTaken(ask, course, semester)
	case course.SiteID != ask.site:
		return breach("R27", "Tous les cours d’un même élève ont lieu sur un seul pôle"+french.Nbsp+": "+title+" est au "+c.at(course.SiteID)+".")
	}
	if why := outside(course.AgeMin, course.AgeMax, course.Levels, ask.pupil); why != "" {
		return breach("R28", "Le cours "+title+" est réservé "+why+".")
	}
	if course.NoBeginner && ask.pupil.beginner() != "no" {
		message := "Le cours " + title + " n’est pas ouvert aux débutants."
		if ask.pupil.beginner() == "" {
			message += " Répondez d’abord à la question " + quoted("Débutant") + "."
		}
		return breach("R26", message)
	}
	return nil
}

// notTaken refuses a course that no line of the formula asks of this pupil.
func (c Catalogue) notTaken(ask choice, course Course, semester int64) *Breach {
	lines := ask.programme.linesFor(ask.pupil.Level)
	open := course
	open.WithoutInstrument = true
	if !course.WithoutInstrument && slices.ContainsFunc(lines, func(l Line) bool { return l.Accepts(open, semester) }) {
		return &Breach{
			Rule: "R26",
			Message: "La formule " + quoted(ask.programme.Title) + " ne comprend que des cours ouverts sans instrument" + french.Nbsp +
				": " + quoted(course.Title) + " n’en est pas un.",
			WayOut: c.elsewhere(ask, course, semester),
		}
	}
	b := tooMany(ask.programme, lines, course, semester)
	return &b
}

// Eligible tells whether the pupil may take the course by age, level and experience.
func (c Course) Eligible(pupil Pupil) bool {
	return c.CancelledAt.IsZero() && outside(c.AgeMin, c.AgeMax, c.Levels, pupil) == "" && (!c.NoBeginner || pupil.beginner() == "no")
}

func (p Programme) takes(c Course, semester int64, level string) bool {
	return slices.ContainsFunc(p.Lines, func(l Line) bool { return l.Applies(level) && l.Accepts(c, semester) })
}

func (p Programme) linesFor(level string) []Line {
	var lines []Line
	for _, l := range p.Lines {
		if l.Applies(level) {
			lines = append(lines, l)
		}
	}
	return lines
}
