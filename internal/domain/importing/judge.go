package importing

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"

	"pupitre/internal/platform/french"
	"pupitre/internal/platform/sheet"
)

// Problem is one thing that the file does not settle, at one line.
type Problem struct {
	Line   int    `json:"line"`
	Column string `json:"column,omitempty"` // its title in the file
	Value  string `json:"value,omitempty"`
	What   string `json:"what"`
	Blocks bool   `json:"blocks,omitempty"` // nothing is imported before it is answered
	Group  string `json:"group,omitempty"`  // one answer serves all of the group
	First  int    `json:"first,omitempty"`  // the line where the group was met first
	Ways   []Way  `json:"ways,omitempty"`   // the answers proposed, the likeliest first
	Typed  bool   `json:"typed,omitempty"`  // another value may be typed
	Given  string `json:"given,omitempty"`  // the answer that holds, of a problem that does not block
}

// Way is one answer that may be given: its code, and how a reader sees it.
type Way struct {
	Code  string `json:"code"`
	Label string `json:"label"`
}

// The codes of answers. « read:5e » reads the value as 5e, wherever it stands;
// « same:ID » says that a look-alike is the one held under that id.
const (
	readAs    = "read:"
	asEmpty   = "empty"
	skipLines = "skip"
	isSame    = "same:"
	isOther   = "other"
	update    = "update"
	keep      = "keep"
)

// ReadAs is the code of an answer that was typed: the value is read as text.
func ReadAs(text string) string { return readAs + text }

// IsRead tells whether the answer reads a value as another.
func IsRead(code string) bool { return strings.HasPrefix(code, readAs) }

// Answer is an answer that was given, with what it was given to.
type Answer struct {
	Code   string `json:"code"`
	Column string `json:"column"`
	Value  string `json:"value"`
	Label  string `json:"label"`
}

// groupOf names what one answer serves: equal values of one sort of field.
func groupOf(sort, value string) string {
	sum := sha256.Sum256([]byte(sort + "\x1f" + french.Fold(value)))
	return hex.EncodeToString(sum[:8])
}

// judge reads the rows of a file. It is pure: what the school holds is given.
type judge struct {
	fields   map[string]int // field → column
	titles   []string
	answers  map[string]Answer
	problems []Problem
	first    map[string]int // group → line where it was met first
	back     []func()       // takes back what the row in hand has done so far
}

func newJudge(columns []Column, matching []string, answers map[string]Answer) *judge {
	j := &judge{fields: map[string]int{}, answers: answers, first: map[string]int{}}
	for i, c := range columns {
		j.titles = append(j.titles, c.Title)
		if i < len(matching) && matching[i] != Unchosen && matching[i] != LeaveOut {
			j.fields[matching[i]] = i
		}
	}
	return j
}

// entry is one row on its way.
type entry struct {
	row  sheet.Row
	skip bool
}

func (j *judge) has(field string) bool { _, ok := j.fields[field]; return ok }

func (j *judge) title(field string) string {
	if i, ok := j.fields[field]; ok {
		return j.titles[i]
	}
	return ""
}

// note adds a problem, grouped with those before it.
func (j *judge) note(p Problem) {
	if p.Group != "" {
		if j.first[p.Group] == 0 {
			j.first[p.Group] = p.Line
		}
		p.First = j.first[p.Group]
	}
	j.problems = append(j.problems, p)
}

// begin turns to the next row; the number it returns is leave's.
func (j *judge) begin() (problems int) {
	j.back = nil
	return len(j.problems)
}

// leave leaves the row out: what it did is taken back, and its problems since
// begin are none.
func (j *judge) leave(since int) {
	for n := len(j.back) - 1; n >= 0; n-- {
		j.back[n]()
	}
	for _, p := range j.problems[since:] {
		if p.First == p.Line {
			delete(j.first, p.Group)
		}
	}
	j.problems = j.problems[:since]
}

// blocked tells whether the row has a problem since begin that nobody has answered.
func (j *judge) blocked(since int) bool {
	return slices.ContainsFunc(j.problems[since:], func(p Problem) bool { return p.Blocks })
}

// taken has the row's leaving out put a thing back as it is now.
func taken[T any](j *judge, thing *T) {
	was := *thing
	j.back = append(j.back, func() { *thing = was })
}

// named puts a thing into an index, until the row is left out.
func named[T any](j *judge, index map[string]T, key string, thing T) {
	was, known := index[key]
	index[key] = thing
	j.back = append(j.back, func() {
		if known {
			index[key] = was
		} else {
			delete(index, key)
		}
	})
}

// value reads a cell. What is wrong with it is a problem that blocks, unless it
// was answered.
func (j *judge) value(e *entry, field string, read reading) string {
	i, ok := j.fields[field]
	if !ok {
		return ""
	}
	cell := cellOf(e.row, i)
	if cell == "" {
		return ""
	}
	value, bad := read(cell)
	if bad == nil {
		return value
	}
	group := groupOf(sortOf(field), cell)
	what := bad.what
	switch answer := j.answers[group].Code; {
	case answer == asEmpty:
		return ""
	case answer == skipLines:
		e.skip = true
		return ""
	case strings.HasPrefix(answer, readAs):
		instead, worse := read(strings.TrimPrefix(answer, readAs))
		if worse == nil {
			return instead
		}
		what = "«\u202f" + strings.TrimPrefix(answer, readAs) + "\u202f» ne convient pas. " + worse.what
	}
	var ways []Way
	for _, v := range bad.perhaps {
		ways = append(ways, Way{readAs + v, "Lire «\u202f" + v + "\u202f»"})
	}
	ways = append(ways, Way{asEmpty, "Laisser vide"}, Way{skipLines, "Ne pas importer ces lignes"})
	j.note(Problem{Line: e.row.Line, Column: j.titles[i], Value: cell, What: what, Blocks: true, Group: group, Ways: ways, Typed: true})
	return ""
}

// sortOf is the field whoever's it is: one answer serves « 6ème B » in each column.
func sortOf(field string) string {
	_, code, ok := strings.Cut(field, ".")
	if !ok {
		return field
	}
	return code
}

// missing says that a value must be there; it can only be left out with its lines.
func (j *judge) missing(e *entry, field, value, what string, ways ...Way) (answer string) {
	group := groupOf("missing "+field, value)
	answer = j.answers[group].Code
	if answer == skipLines {
		e.skip = true
		return answer
	}
	if slices.ContainsFunc(ways, func(w Way) bool { return w.Code == answer }) {
		return answer
	}
	j.note(Problem{Line: e.row.Line, Column: j.title(field), Value: value, What: what, Blocks: true, Group: group,
		Ways: append(ways, Way{skipLines, "Ne pas importer ces lignes"})})
	return ""
}

// choose asks which of the ways holds; "" while nobody has said.
func (j *judge) choose(e *entry, sort, column, value, what string, ways ...Way) string {
	group := groupOf(sort, value)
	answer := j.answers[group].Code
	if slices.ContainsFunc(ways, func(w Way) bool { return w.Code == answer }) {
		e.skip = e.skip || answer == skipLines
		return answer
	}
	j.note(Problem{Line: e.row.Line, Column: column, Value: value, What: what, Blocks: true, Group: group, Ways: ways})
	return ""
}

// tell notes what hinders nothing.
func (j *judge) tell(e *entry, column, value, what string) {
	j.note(Problem{Line: e.row.Line, Column: column, Value: value, What: what})
}
