package importing

import (
	"slices"
	"strings"

	"pupitre/internal/platform/french"
)

// create is the answer that makes what a value names.
const create = "create"

// vocabulary is the things of one sort that values of a file name: disciplines,
// sites, rooms, teachers.
type vocabulary struct {
	sort    string            // one answer serves equal values of it
	unknown string            // « Salle inconnue »
	many    string            // « salles inconnues »
	empty   string            // what leaving the value out is called; "" when it must be there
	names   []string          // those that are known, as they are written
	by      map[string]string // the ways in which they may be written → the name
	key     func(string) string
	refuse  func(string) string // why a thing of that name cannot be made, "" when it can

	made    []string        // by answers, in the order of the file
	pending map[string]bool // values that nobody has answered, and that resemble none
}

func (j *courseJudge) vocabulary(v vocabulary) *vocabulary {
	v.pending = map[string]bool{}
	if v.key == nil {
		v.key = french.Fold
	}
	if v.by == nil {
		v.by = map[string]string{}
	}
	for _, name := range v.names {
		v.by[v.key(name)] = name
	}
	j.vocabularies = append(j.vocabularies, &v)
	return &v
}

// allOf is the question whether all that resembles nothing known is made.
func (v *vocabulary) allOf() string { return groupOf("créer "+v.sort, "") }

// known returns the name that the value means; "" while that is a question, or
// when the answer leaves it out. What is unknown may be made.
func (j *courseJudge) known(e *entry, v *vocabulary, column, value string) string {
	if value == "" {
		return ""
	}
	if name := v.by[v.key(value)]; name != "" {
		return name
	}
	near := slices.DeleteFunc(nearest(value, v.names, 5), func(name string) bool { return !sameFigures(name, value) })
	group := groupOf(v.sort, value)
	answer := j.answers[group].Code
	if answer == "" && len(near) == 0 && j.answers[v.allOf()].Code == create {
		answer = create
	}
	why := v.refuse(value)
	switch name, same := strings.CutPrefix(answer, isSame); {
	case same && slices.Contains(v.names, name):
		return name
	case answer == create && why == "":
		v.makes(j, value)
		return value
	case answer == asEmpty && v.empty != "":
		return ""
	case answer == skipLines:
		e.skip = true
		return ""
	}
	if len(near) == 0 && why == "" && answer == "" {
		v.pending[v.key(value)] = true
	}
	what := v.unknown
	if why != "" {
		what += "\u202f: " + why
	}
	j.note(Problem{Line: e.row.Line, Column: column, Value: value, What: what, Blocks: true, Group: group, Ways: j.waysFor(v, value, group, near, why == "")})
	return ""
}

// sameFigures tells « Salle 2 » from « Salle 3 », which no slip makes one.
func sameFigures(a, b string) bool {
	return slices.Equal(figures.FindAllString(a, -1), figures.FindAllString(b, -1))
}

// makes notes that the name is made, unless its line is left out.
func (v *vocabulary) makes(j *courseJudge, name string) {
	named(j.judge, v.by, v.key(name), name)
	taken(j.judge, &v.made)
	v.made = append(slices.Clone(v.made), name)
}

// mostNames is how many of those known an answer may choose among.
const mostNames = 300

// waysFor are the answers for an unknown value: the nearest of those known
// first. They are listed where the value is met first.
func (j *courseJudge) waysFor(v *vocabulary, value, group string, near []string, may bool) []Way {
	var ways []Way
	for _, name := range near {
		ways = append(ways, Way{isSame + name, "C’est «\u202f" + name + "\u202f»"})
	}
	if may {
		ways = append(ways, Way{create, "Créer «\u202f" + value + "\u202f»"})
	}
	if j.first[group] != 0 {
		return ways
	}
	if v.empty != "" {
		ways = append(ways, Way{asEmpty, v.empty})
	}
	ways = append(ways, Way{skipLines, "Ne pas importer ces lignes"})
	others := slices.DeleteFunc(slices.Clone(v.names), func(name string) bool { return slices.Contains(near, name) })
	slices.SortFunc(others, func(a, b string) int { return strings.Compare(french.Fold(a), french.Fold(b)) })
	for _, name := range others[:min(len(others), mostNames)] {
		ways = append(ways, Way{isSame + name, "C’est «\u202f" + name + "\u202f»"})
	}
	return ways
}

// askForAll asks once whether all that resembles nothing known is made.
func (v *vocabulary) askForAll(j *judge) {
	if len(v.pending) < 2 {
		return
	}
	j.note(Problem{Value: itoa(len(v.pending)) + " " + v.many, What: "Elles ne ressemblent à aucune de celles que Pupitre connaît", Blocks: true, Group: v.allOf(),
		Ways: []Way{{create, "Les créer toutes"}}})
}
