package transfer

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"

	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/enrolment"
	"pupitre/internal/domain/journal"
	"pupitre/internal/domain/school"
	"pupitre/internal/domain/transfer/folder"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
)

// Importer is who acts in the journal for an import.
var Importer = actor.Actor{Name: "Import", Role: actor.SystemRole}

var errDryRun = errors.New("dry run")

// Import brings the folder into the school in one transaction; with dryRun it
// does the same and undoes it. Importing again changes nothing; what a person
// changed on screen since is kept and listed. Dossiers follow what becomes of
// the papers asked (R29). A full export is restored when
// the school is empty (Restore). It returns *Refused, and imports nothing, when the files
// disagree with what the school holds.
func Import(ctx context.Context, deps Deps, f *folder.Folder, dryRun bool) (Report, error) {
	restorable, err := Restorable(ctx, deps)
	if err != nil {
		return Report{}, err
	}
	if restorable {
		return Restore(ctx, deps, dryRun)
	}
	documents, err := keepDownloads(ctx, deps, f, dryRun)
	if err != nil {
		return Report{}, err
	}
	var report Report
	err = deps.Store.Write(ctx, func(tx *db.Tx) error {
		im := &importer{ctx: ctx, deps: deps, tx: tx, now: deps.Clock.Now(), folder: f, downloads: documents,
			report: &Report{DryRun: dryRun, Warnings: slices.Clip(f.Warnings)}}
		followed, err := enrolment.Following(ctx, tx, Importer, im.now, im.run)
		if err != nil {
			return err
		}
		im.report.Followed = followed
		if isExport(deps.Files) {
			im.warn(dataFolder, 0, "", "L’école n’est pas vide : seuls les cinq fichiers ont été lus, pas le reste de l’export.")
		}
		report = *im.report
		if dryRun {
			return errDryRun
		}
		return nil
	})
	if errors.Is(err, errDryRun) {
		err = nil
	}
	return report, err
}

// importer is one import under way.
type importer struct {
	ctx       context.Context
	deps      Deps
	tx        *db.Tx
	now       time.Time
	folder    *folder.Folder
	downloads map[string]school.PublishedDocument // by file name
	report    *Report
	problems  []folder.Problem
	memory    *memory

	season     school.Season
	sites      map[string]string // id by code
	debit      string            // code of the means of payment that is a debit
	teacherOf  []string          // full names as they are held, as folder.Teachers
	households []held            // as folder.Households
}

// held is a family of the file and where it is held.
type held struct{ household, guardian string }

func (im *importer) run() error {
	memory, err := remember(im.ctx, im.tx)
	if err != nil {
		return err
	}
	im.memory = memory
	for _, part := range []func() error{im.school, im.programmes, im.papers, im.texts, im.publications, im.teachers, im.courses, im.families, im.pupils} {
		if err := part(); err != nil {
			return err
		}
	}
	if len(im.problems) > 0 {
		return &Refused{Problems: im.problems}
	}
	if err := im.memory.save(im.ctx, im.tx); err != nil {
		return err
	}
	return im.sign()
}

// sign tells the journal that an import changed something.
func (im *importer) sign() error {
	if !im.report.Changed() {
		return nil
	}
	var parts []string
	for _, c := range im.report.Counts {
		if c.Created+c.Updated > 0 {
			parts = append(parts, c.What+" : "+c.Words())
		}
	}
	return journal.Append(im.ctx, im.tx, journal.By(Importer, im.now, journal.Line{Event: "school.imported", After: strings.Join(parts, " ; ")}))
}

func (im *importer) problem(file string, line int, column, message string) {
	im.problems = append(im.problems, folder.Problem{File: file, Line: line, Column: column, Message: message})
}

// refused notes an error that the author of the files can act on, and passes any other on.
func (im *importer) refused(err error, file string, line int, column string) error {
	var invalid *fault.Invalid
	if !errors.As(err, &invalid) {
		return err
	}
	message := invalid.Message
	if len(invalid.Fields) > 0 {
		message = invalid.Fields[0].Message
	}
	im.problem(file, line, column, message)
	return nil
}

// thing is one row of a file, or one table of ecole.toml, on its way in.
type thing struct {
	kind string
	key  string
	id   string // where it is held, "" when it is not
	what string // sort, for the count
	name string // for the list of what was kept
	file string
	line int
}

// settle merges the incoming fields with those held and remembers them. The id
// may be given after the thing is made, by keepAs.
func settle[T any](im *importer, t thing, now *T, incoming T) (T, change) {
	in := fieldsOf(incoming)
	if now == nil {
		im.report.count(t.what, created)
		if t.id != "" {
			im.memory.keep(t.kind, t.key, t.id, in)
		}
		return incoming, created
	}
	heldNow := fieldsOf(*now)
	merged, kept := merge(im.memory.last(t.kind, t.key, t.id), heldNow, in)
	for _, name := range kept {
		im.report.Kept = append(im.report.Kept, Kept{File: t.file, Line: t.line, What: t.name, Field: name, InFile: shown(in[name]), Held: shown(heldNow[name])})
	}
	im.memory.keep(t.kind, t.key, t.id, in)
	c := unchanged
	if merged.text() != heldNow.text() {
		c = updated
	}
	im.report.count(t.what, c)
	var settled T
	if err := json.Unmarshal([]byte(merged.text()), &settled); err != nil {
		panic(err) // merged from two values of T
	}
	return settled, c
}

// removed tells whether an import brought the thing before and a person has
// removed it on screen since: it stays removed, and is listed.
func (im *importer) removed(t thing) bool {
	if im.memory.entity(t.kind, t.key) == "" {
		return false
	}
	im.report.Kept = append(im.report.Kept, Kept{File: t.file, Line: t.line, What: t.name, InFile: "présent", Held: "retiré à l’écran"})
	return true
}

// keepAs remembers a thing that was just made under its id.
func keepAs[T any](im *importer, t thing, id string, incoming T) {
	im.memory.keep(t.kind, t.key, id, fieldsOf(incoming))
}
