package tariff

import (
	"slices"
	"strings"

	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
)

// situation is what decides a case beside programme and age.
type situation struct{ student, outside bool }

var situations = []situation{{false, false}, {false, true}, {true, false}, {true, true}}

// finding is a hole (fewer than two lines) or an overlap over some ages.
type finding struct {
	lines      []int // that match
	least      int64
	most       int64
	situations []situation
}

// checkCases looks for exactly one line in every case that a programme admits.
func (t Tariff) checkCases(c *fault.Check, known Known) {
	for _, p := range known.Programmes {
		for _, f := range t.findings(p, len(t.Towns) > 0) {
			where := p.Title + f.words(p, len(t.Towns) > 0)
			if len(f.lines) == 0 {
				c.Add(t.fieldOf(p.Code), where+french.Nbsp+": aucun prix. Ajoutez une ligne, ou élargissez une ligne de cette formule.")
				continue
			}
			names := make([]string, len(f.lines))
			for i, l := range f.lines {
				names[i] = "« " + t.Lines[l].Name + " » (ligne " + itoa(int64(l+1)) + ")"
			}
			c.Add(LineField("formule", f.lines[1]), where+french.Nbsp+": "+french.Count(int64(len(names)), "prix", "prix")+" pour le même cas, "+french.List(names)+". Restreignez l’une des lignes, ou retirez-la.")
		}
	}
}

// fieldOf is where a hole is shown: the programme's first line, or the grid.
func (t Tariff) fieldOf(programme string) string {
	if i := slices.IndexFunc(t.Lines, func(l Line) bool { return l.Programme == programme }); i >= 0 {
		return LineField("formule", i)
	}
	return LinesField
}

// findings walks every age and situation of the programme; what is alike is told once.
func (t Tariff) findings(p Programme, territory bool) []finding {
	var all []finding
	last := p.AgeMax
	if last == 0 || last > oldest {
		last = oldest
	}
	for _, s := range situations {
		if s.outside && !territory {
			continue
		}
		var open *finding
		for age := p.AgeMin; age <= last; age++ {
			lines := t.matching(p.Code, age, s)
			switch {
			case len(lines) == 1:
				open = nil
			case open != nil && slices.Equal(open.lines, lines):
				open.most = age
			default:
				all = append(all, finding{lines, age, age, []situation{s}})
				open = &all[len(all)-1]
			}
		}
	}
	return merged(all)
}

func (t Tariff) matching(programme string, age int64, s situation) []int {
	lines := []int{}
	for i, l := range t.Lines {
		if l.Programme == programme && l.Student.admits(s.student) && l.Outside.admits(s.outside) && within(age, l.AgeMin, l.AgeMax) {
			lines = append(lines, i)
		}
	}
	return lines
}

// merged joins the findings that differ by their situation only.
func merged(all []finding) []finding {
	var joined []finding
	for _, f := range all {
		i := slices.IndexFunc(joined, func(x finding) bool {
			return x.least == f.least && x.most == f.most && slices.Equal(x.lines, f.lines)
		})
		if i < 0 {
			joined = append(joined, f)
		} else {
			joined[i].situations = append(joined[i].situations, f.situations...)
		}
	}
	return joined
}

// words writes the cases: « , de 18 à 25 ans, étudiants, hors territoire ».
func (f finding) words(p Programme, territory bool) string {
	var words []string
	lowest, highest := f.least == p.AgeMin, f.most == oldest || f.most == p.AgeMax
	switch {
	case lowest && highest:
	case highest:
		words = append(words, agesWords(f.least, 0))
	case f.least == 0:
		words = append(words, agesWords(0, f.most))
	default:
		words = append(words, agesWords(f.least, f.most))
	}
	possible := 2
	if territory {
		possible = 4
	}
	if len(f.situations) < possible {
		var kinds []string
		for _, s := range f.situations {
			kinds = append(kinds, s.words(territory, f.situations))
		}
		slices.Sort(kinds)
		words = append(words, strings.Join(slices.Compact(kinds), " ou "))
	}
	if len(words) == 0 {
		return ""
	}
	return ", " + strings.Join(words, ", ")
}

// words leaves out what makes no difference among the others.
func (s situation) words(territory bool, among []situation) string {
	student := map[bool]string{true: "étudiants", false: "sauf étudiants"}[s.student]
	outside := map[bool]string{true: "hors territoire", false: "sur le territoire"}[s.outside]
	switch {
	case !territory || slices.Contains(among, situation{s.student, !s.outside}):
		return student
	case slices.Contains(among, situation{!s.student, s.outside}):
		return outside
	default:
		return student + " " + outside
	}
}

// Remarks are what a tariff may say, but seldom means: a bracket that pays less
// than the one below it.
func (t Tariff) Remarks() []string {
	var all []string
	for _, l := range t.Lines {
		for b := 1; l.Method == ByBracket && b < len(l.Prices); b++ {
			if l.Prices[b] < l.Prices[b-1] {
				all = append(all, "« "+l.Name+" »"+french.Nbsp+": la tranche "+t.BracketName(b)+" paie moins que la tranche d’avant ("+euros(l.Prices[b])+" au lieu de "+euros(l.Prices[b-1])+").")
			}
		}
	}
	return all
}
