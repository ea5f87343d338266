package catalogue

import (
	"slices"
	"strings"
)

// The rules of the manual once more, in the simplest words and by trying all:
// what Judge is held to. Nothing here calls the code under test.

func appliesTo(l Line, level string) bool {
	return len(l.Levels) == 0 || slices.Contains(l.Levels, level)
}

func accepted(l Line, x Course, semester int64) bool {
	if l.WithoutInstrument && !x.WithoutInstrument {
		return false
	}
	if l.Semester != 0 && l.Semester != semester {
		return false
	}
	return slices.Contains(l.Kinds, x.Kind)
}

func takenBy(p Programme, level string, x Course, semester int64) bool {
	for _, l := range p.Lines {
		if appliesTo(l, level) && accepted(l, x, semester) {
			return true
		}
	}
	return false
}

func ageAndLevel(ageMin, ageMax int64, levels []string, pupil Pupil) bool {
	age := int64(pupil.Age)
	if age >= 0 && ageMin != 0 && age < ageMin || age >= 0 && ageMax != 0 && age > ageMax {
		return false
	}
	return len(levels) == 0 || slices.Contains(levels, pupil.Level)
}

func mayTake(x Course, pupil Pupil) bool {
	experienced := pupil.Beginner == "no" || pupil.Beginner == "" && pupil.HasInstrument
	return x.CancelledAt.IsZero() && ageAndLevel(x.AgeMin, x.AgeMax, x.Levels, pupil) && (experienced || !x.NoBeginner)
}

// rightNumber tries every assignment of the wishes to the lines of the level.
func (c Catalogue) rightNumber(p Programme, level string, wishes []Wish) bool {
	counts := make([]int64, len(p.Lines))
	var assign func(i int) bool
	assign = func(i int) bool {
		if i == len(wishes) {
			for k, l := range p.Lines {
				if appliesTo(l, level) && counts[k] < l.Min {
					return false
				}
			}
			return true
		}
		x, _ := c.Course(wishes[i].Course)
		for k, l := range p.Lines {
			if !appliesTo(l, level) || !accepted(l, x, wishes[i].Semester) || counts[k] == l.Max {
				continue
			}
			counts[k]++
			if assign(i + 1) {
				return true
			}
			counts[k]--
		}
		return false
	}
	return assign(0)
}

// stands tells whether the choice breaks no rule. In the programmes of these
// tests all the lines that take parcours ask for different titles, or none.
func (c Catalogue) stands(a asked) bool {
	if !ageAndLevel(a.Programme.AgeMin, a.Programme.AgeMax, a.Programme.Levels, a.Pupil) || c.SiteName(a.Site) == "" {
		return false
	}
	distinct := slices.ContainsFunc(a.Programme.Lines, func(l Line) bool { return l.DistinctTitles })
	for i, w := range a.Wishes {
		x, ok := c.Course(w.Course)
		if !ok || x.SiteID != a.Site || !mayTake(x, a.Pupil) || !slices.Contains(x.Semesters, w.Semester) || slices.Contains(a.Wishes[:i], w) {
			return false
		}
		for _, before := range a.Wishes[:i] {
			y, _ := c.Course(before.Course)
			if distinct && x.Kind == Parcours && y.Kind == Parcours && strings.EqualFold(x.Title, y.Title) {
				return false
			}
		}
	}
	return c.rightNumber(a.Programme, a.Pupil.Level, a.Wishes)
}
