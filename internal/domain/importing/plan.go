package importing

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"pupitre/internal/platform/french"
)

// Change is one thing that the import would make or change, for a reader.
type Change struct {
	Line   int    `json:"line"`
	Makes  bool   `json:"makes,omitempty"` // else it changes
	What   string `json:"what"`            // « foyer », « élève »
	Name   string `json:"name"`
	Detail string `json:"detail,omitempty"`
	Diffs  []Diff `json:"diffs,omitempty"`
}

// Diff is one value that changes.
type Diff struct {
	Label  string `json:"label"`
	Before string `json:"before,omitempty"`
	After  string `json:"after"`
}

// Counts says what the import would do, in numbers.
type Counts struct {
	Households        int64 `json:"households"` // made
	HouseholdsChanged int64 `json:"households_changed"`
	Pupils            int64 `json:"pupils"` // made
	PupilsChanged     int64 `json:"pupils_changed"`
	Unchanged         int64 `json:"unchanged"` // lines that change nothing
	Skipped           int64 `json:"skipped"`   // lines left out by an answer
	BlockedLines      int64 `json:"blocked_lines"`
	Lines             int64 `json:"lines"`
	MakingLines       int64 `json:"making_lines"`   // that make something
	ChangingLines     int64 `json:"changing_lines"` // that change something and make nothing

	Courses        int64 `json:"courses,omitempty"` // made
	CoursesChanged int64 `json:"courses_changed,omitempty"`
	Sites          int64 `json:"sites,omitempty"` // made, as those below
	Disciplines    int64 `json:"disciplines,omitempty"`
	Teachers       int64 `json:"teachers,omitempty"`
	Offers         int64 `json:"offers,omitempty"`  // places that would be offered to those who wait
	Leaving        int64 `json:"leaving,omitempty"` // dossiers sent that would no longer keep the rules
}

// Writes tells whether anything would be written.
func (c Counts) Writes() bool {
	return c.Households+c.HouseholdsChanged+c.Pupils+c.PupilsChanged+c.Courses+c.CoursesChanged > 0
}

// trial is what a file would do, as a reader sees it.
type trial struct {
	Changes  []Change
	Problems []Problem
	Counts   Counts
}

// digest tells two trials apart: the import does what was shown, or nothing.
func (t trial) digest() string {
	text, err := json.Marshal([]any{t.Changes, t.Counts})
	if err != nil {
		panic(err) // plain structs of this package
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:16])
}

// count numbers the lines, and asks what becomes of what is known already with
// other values.
func (t *trial) count(known int64, keeps bool) {
	slices.SortStableFunc(t.Changes, func(a, b Change) int { return a.Line - b.Line })
	changed := map[int]bool{} // the line makes something
	for _, c := range t.Changes {
		changed[c.Line] = changed[c.Line] || c.Makes
	}
	for _, makes := range changed {
		if makes {
			t.Counts.MakingLines++
		} else {
			t.Counts.ChangingLines++
		}
	}
	t.Counts.Unchanged = max(0, t.Counts.Lines-t.Counts.Skipped-t.Counts.BlockedLines-int64(len(changed)))
	if known > 0 {
		given := update
		if keeps {
			given = keep
		}
		t.Problems = append(t.Problems, Problem{Value: french.Count(known, "fiche", "fiches"), What: "Déjà connus, avec d’autres valeurs que le fichier", Group: knownGroup, Given: given,
			Ways: []Way{{update, "Mettre à jour avec le fichier"}, {keep, "Laisser tels quels"}}})
	}
}

// knownGroup is the question what becomes of those that the school knows already.
var knownGroup = groupOf("connus", "")

func joined(parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), ", ")
}

func itoa(n int) string { return strconv.Itoa(n) }
