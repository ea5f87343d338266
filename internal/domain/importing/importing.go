// Package importing brings in a file that somebody made with a spreadsheet,
// whatever its columns: they are matched by their titles, every problem is
// listed by line with the answers it may have, a trial says what would be
// written, and the import then writes all of that or nothing. It can be undone
// while nothing that it wrote has changed.
package importing

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"pupitre/internal/domain/account"
	"pupitre/internal/domain/enrolment"
	"pupitre/internal/platform/clock"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
)

// Imports is the room.
type Imports struct {
	store     *db.Store
	clock     clock.Clock
	accounts  *account.Accounts
	registrar *enrolment.Registrar
}

// New opens the room. Courses and their places are written through the registrar.
func New(store *db.Store, clk clock.Clock, accounts *account.Accounts, registrar *enrolment.Registrar) *Imports {
	return &Imports{store, clk, accounts, registrar}
}

// State is how far an import has come.
type State string

// The states.
const (
	Matching State = "columns" // which column is what
	Tried    State = "trial"   // the trial says what would be written
	Running  State = "running"
	Done     State = "done"
	Undone   State = "undone" // as after a trial: it can be done again
)

// Open tells whether it can still be matched, answered and done.
func (s State) Open() bool { return s == Matching || s == Tried || s == Undone }

// Import is one file on its way in.
type Import struct {
	ID         string    `db:"id"`
	Kind       Kind      `db:"kind"`
	Season     string    `db:"season_id"` // of courses; "" for all else
	State      State     `db:"state"`
	Name       string    `db:"name"`        // of the file
	Form       string    `db:"form"`        // how it was written, in words
	RawSheets  string    `db:"sheets"`      // JSON of []Sheet
	Sheet      int64     `db:"sheet"`       // the one that is read
	Header     int64     `db:"header"`      // index of the row of titles
	HeaderLine int64     `db:"header_line"` // its number in the file
	RawCols    string    `db:"columns"`
	HeaderKey  string    `db:"header_key"`
	RawMatch   string    `db:"matching"`
	RawAnswer  string    `db:"answers"`
	RawCounts  string    `db:"counts"`
	Problems   int64     `db:"problems"`
	Blocking   int64     `db:"blocking"` // of them, those without an answer
	Changes    int64     `db:"changes"`
	Digest     string    `db:"digest"`  // of what the last trial showed
	Failure    string    `db:"failure"` // why the import was not done, a French sentence
	CreatedAt  time.Time `db:"created_at"`
	CreatedBy  string    `db:"created_by"`
	ChangedAt  time.Time `db:"changed_at"`
	ChangedBy  string    `db:"changed_by"`
	DoneAt     time.Time `db:"done_at"`
	DoneBy     string    `db:"done_by"`
	UndoneAt   time.Time `db:"undone_at"`
	UndoneBy   string    `db:"undone_by"`
	Version    int64     `db:"version"`
}

// Sheet is one sheet of the file.
type Sheet struct {
	Name string `json:"name"`
	Rows int    `json:"rows"`
}

func decoded[T any](text string) (v T) {
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		panic(fmt.Sprintf("a column of import_file is no JSON: %v", err)) // only encoded writes them
	}
	return v
}

func encoded(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err) // plain structs of this package
	}
	return string(text)
}

// Sheets lists the sheets of the file.
func (i Import) Sheets() []Sheet { return decoded[[]Sheet](i.RawSheets) }

// Columns lists the columns of the sheet that is read.
func (i Import) Columns() []Column { return decoded[[]Column](i.RawCols) }

// Matching gives the field of each column.
func (i Import) Matching() []string { return decoded[[]string](i.RawMatch) }

// Matched is the import with its columns matched so, which is not kept.
func (i Import) Matched(matching []string) Import {
	i.RawMatch = encoded(matching)
	return i
}

// Answers are those that were given, by group.
func (i Import) Answers() map[string]Answer { return decoded[map[string]Answer](i.RawAnswer) }

// Counts is what the last trial showed.
func (i Import) Counts() Counts { return decoded[Counts](i.RawCounts) }

// Rows is how many rows the sheet that is read has below its titles.
func (i Import) Rows() int64 {
	if sheets := i.Sheets(); int(i.Sheet) < len(sheets) {
		return max(0, int64(sheets[i.Sheet].Rows)-i.Header-1)
	}
	return 0
}

// Ready tells whether the import can be done as the trial showed it.
func (i Import) Ready() bool {
	return (i.State == Tried || i.State == Undone) && i.Blocking == 0 && i.Digest != "" && i.Counts().Writes()
}

// Subject is what the journal's lines about the import are found by.
func Subject(id string) string { return "import:" + id }

// Against returns *fault.Conflict when somebody has changed the import since it was read at that version.
func (i Import) against(version int64) error {
	if i.Version == version {
		return nil
	}
	return &fault.Conflict{Message: fmt.Sprintf("%s a modifié cet import le %s. Rien n’a été enregistré\u202f: relisez-le, puis recommencez.", or(i.ChangedBy, "Quelqu’un"), french.Moment(i.ChangedAt))}
}

// Made says in words what was, or would be, made.
func (c Counts) Made() []string {
	return counted(c.Households, "foyer", "foyers", c.Pupils, "élève", "élèves", c.Courses, "cours", "cours",
		c.Sites, "pôle", "pôles", c.Disciplines, "discipline", "disciplines", c.Teachers, "enseignant", "enseignants")
}

// Changed says in words what was, or would be, changed.
func (c Counts) Changed() []string {
	return counted(c.HouseholdsChanged, "foyer", "foyers", c.PupilsChanged, "élève", "élèves", c.CoursesChanged, "cours", "cours")
}

// Summary says in words what was, or would be, written.
func (c Counts) Summary() string {
	parts := counted(c.Households, "foyer créé", "foyers créés", c.Pupils, "élève créé", "élèves créés", c.Courses, "cours créé", "cours créés",
		c.Sites, "pôle créé", "pôles créés", c.Disciplines, "discipline créée", "disciplines créées", c.Teachers, "enseignant créé", "enseignants créés",
		c.HouseholdsChanged, "foyer modifié", "foyers modifiés", c.PupilsChanged, "élève modifié", "élèves modifiés", c.CoursesChanged, "cours modifié", "cours modifiés",
		c.Offers, "place proposée", "places proposées")
	return strings.Join(parts, ", ")
}

// counted writes triples of a number, its word and its plural; none for 0.
func counted(triples ...any) []string {
	var parts []string
	for i := 0; i+2 < len(triples); i += 3 {
		if n := triples[i].(int64); n > 0 {
			parts = append(parts, french.Count(n, triples[i+1].(string), triples[i+2].(string)))
		}
	}
	return parts
}
