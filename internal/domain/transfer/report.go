// Package transfer brings a school in from its files and out to them: one
// transaction over the rooms, nothing half-imported.
package transfer

import (
	"fmt"
	"io/fs"
	"strings"

	"pupitre/internal/domain/account"
	"pupitre/internal/domain/enrolment"
	"pupitre/internal/domain/transfer/folder"
	"pupitre/internal/platform/blob"
	"pupitre/internal/platform/clock"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/french"
)

// Deps is what an import works with. Files is the folder that was read: the
// documents it names and the rest of an export are taken from it.
type Deps struct {
	Store    *db.Store
	Blobs    blob.Store
	Accounts *account.Accounts
	Clock    clock.Clock
	Files    fs.FS
}

// Report is what an import did, or would do.
type Report struct {
	DryRun      bool
	Restored    bool    // the folder was a full export, and the school was empty
	Counts      []Count // what each file brought
	Kept        []Kept  // fields changed on screen since the last import: not overwritten
	Identifiers []Made  // identifiants that were made
	Warnings    []folder.Problem
	Followed    enrolment.Followed // what became of dossiers whose papers are asked otherwise now
}

// Count says how many things of one sort were made, changed and left alone.
type Count struct {
	What                        string // in French, plural
	Created, Updated, Unchanged int
}

// Words writes the count: « 3 ajouts, 1 modification, 12 sans changement ».
func (c Count) Words() string {
	words := french.Count(int64(c.Created), "ajout", "ajouts")
	if c.Updated > 0 {
		words += ", " + french.Count(int64(c.Updated), "modification", "modifications")
	}
	if c.Unchanged > 0 {
		words += fmt.Sprintf(", %d sans changement", c.Unchanged)
	}
	return words
}

// Kept is one field that the file would change, and a person had changed on screen.
type Kept struct {
	File   string
	Line   int // 0 in ecole.toml
	What   string
	Field  string // the file's column or key
	InFile string
	Held   string
}

// Made is an identifiant made for a family without one.
type Made struct {
	Line       int
	Family     string
	Identifier string
}

// Refused says that nothing was imported, and every reason why.
type Refused struct{ Problems []folder.Problem }

func (e *Refused) Error() string {
	lines := make([]string, len(e.Problems))
	for i, p := range e.Problems {
		lines[i] = Sentence(p)
	}
	return strings.Join(lines, "\n")
}

// Sentence writes a problem on one line: file, line, column, message.
func Sentence(p folder.Problem) string {
	where := p.File
	if p.Line > 0 {
		where += fmt.Sprintf(", ligne %d", p.Line)
	}
	if p.Column != "" {
		where += ", " + p.Column
	}
	return where + " : " + p.Message
}

// count notes what became of one thing.
func (r *Report) count(what string, c change) {
	i := len(r.Counts) - 1
	for i >= 0 && r.Counts[i].What != what {
		i--
	}
	if i < 0 {
		r.Counts = append(r.Counts, Count{What: what})
		i = len(r.Counts) - 1
	}
	switch c {
	case created:
		r.Counts[i].Created++
	case updated:
		r.Counts[i].Updated++
	default:
		r.Counts[i].Unchanged++
	}
}

// Changed tells whether the import made or changed anything.
func (r Report) Changed() bool {
	for _, c := range r.Counts {
		if c.Created+c.Updated > 0 {
			return true
		}
	}
	return r.Restored
}
