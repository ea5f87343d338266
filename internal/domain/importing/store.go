package importing

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/school"
	"pupitre/internal/platform/clock"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/sheet"
)

const columnsOfImport = `id, kind, season_id, state, name, form, sheets, sheet, header, header_line, columns, header_key, matching, answers, counts, problems, blocking, changes, digest, failure,
	created_at, created_by, changed_at, changed_by, done_at, done_by, undone_at, undone_by, version`

// ByID returns the import, or fault.ErrNotFound. Office only.
func ByID(ctx context.Context, r db.Reader, a actor.Actor, id string) (Import, error) {
	if !a.May(actor.Changes, actor.Imports) && a.Role != actor.SystemRole {
		return Import{}, fault.ErrForbidden
	}
	return db.One[Import](ctx, r, `select `+columnsOfImport+` from import_file where id = $1`, id)
}

// Recent lists the last imports, those under way and those that were done. Office only.
func Recent(ctx context.Context, r db.Reader, a actor.Actor, limit int) ([]Import, error) {
	if !a.May(actor.Changes, actor.Imports) {
		return nil, fault.ErrForbidden
	}
	return db.All[Import](ctx, r, `select `+columnsOfImport+` from import_file order by changed_at desc, id desc limit $1`, limit)
}

// The parts of an import that are kept in pages, and how much a page has.
const (
	partProblems = "problems"
	partChanges  = "changes"
	partWritten  = "written"

	LinesOfAPage = 50
	rowsOfAPage  = 500
)

func partOfSheet(n int64) string { return fmt.Sprintf("sheet:%d", n) }

// putPages replaces a part of the import by these things, so many a page.
func putPages[T any](ctx context.Context, tx *db.Tx, id, part string, things []T, ofAPage int) error {
	if _, err := tx.Exec(ctx, `delete from import_page where import_id = $1 and part = $2`, id, part); err != nil {
		return err
	}
	var rows [][]any
	for page := 0; page*ofAPage < len(things); page++ {
		rows = append(rows, []any{id, part, int64(page), encoded(things[page*ofAPage : min(len(things), (page+1)*ofAPage)])})
	}
	_, err := tx.Insert(ctx, `import_page (import_id, part, page, content)`, "", rows)
	return err
}

// pageOf reads one page, from 0 on; empty past the last one.
func pageOf[T any](ctx context.Context, r db.Reader, id, part string, page int64) ([]T, error) {
	text, found, err := db.Maybe[string](ctx, r, `select content from import_page where import_id = $1 and part = $2 and page = $3`, id, part, page)
	if err != nil || !found {
		return nil, err
	}
	return decoded[[]T](text), nil
}

// allPages reads a part whole.
func allPages[T any](ctx context.Context, r db.Reader, id, part string) ([]T, error) {
	texts, err := db.All[string](ctx, r, `select content from import_page where import_id = $1 and part = $2 order by page`, id, part)
	var all []T
	for _, text := range texts {
		all = append(all, decoded[[]T](text)...)
	}
	return all, err
}

// ProblemsOf reads one page of the problems of the last trial. Office only.
func ProblemsOf(ctx context.Context, r db.Reader, a actor.Actor, id string, page int64) ([]Problem, error) {
	if !a.May(actor.Changes, actor.Imports) {
		return nil, fault.ErrForbidden
	}
	return pageOf[Problem](ctx, r, id, partProblems, page)
}

// AllProblems reads the problems of the last trial, for a file of them. Office only.
func AllProblems(ctx context.Context, r db.Reader, a actor.Actor, id string) ([]Problem, error) {
	if !a.May(actor.Changes, actor.Imports) {
		return nil, fault.ErrForbidden
	}
	return allPages[Problem](ctx, r, id, partProblems)
}

// ChangesOf reads one page of what the last trial would make and change. Office only.
func ChangesOf(ctx context.Context, r db.Reader, a actor.Actor, id string, page int64) ([]Change, error) {
	if !a.May(actor.Changes, actor.Imports) {
		return nil, fault.ErrForbidden
	}
	return pageOf[Change](ctx, r, id, partChanges, page)
}

// rowsOf reads the rows of a sheet of the import.
func rowsOf(ctx context.Context, r db.Reader, id string, n int64) ([]sheet.Row, error) {
	return allPages[sheet.Row](ctx, r, id, partOfSheet(n))
}

// save writes the import that was read at its Version.
func save(ctx context.Context, tx *db.Tx, i Import) error {
	n, err := tx.Exec(ctx, `update import_file set state = $1, sheet = $2, header = $3, columns = $4, header_key = $5, matching = $6, answers = $7, counts = $8,
			problems = $9, blocking = $10, changes = $11, digest = $12, failure = $13, changed_at = $14, changed_by = $15,
			done_at = $16, done_by = $17, undone_at = $18, undone_by = $19, header_line = $20, version = version + 1
		where id = $21 and version = $22`,
		string(i.State), i.Sheet, i.Header, i.RawCols, i.HeaderKey, i.RawMatch, i.RawAnswer, i.RawCounts,
		i.Problems, i.Blocking, i.Changes, i.Digest, i.Failure, i.ChangedAt, i.ChangedBy,
		i.DoneAt, i.DoneBy, i.UndoneAt, i.UndoneBy, i.HeaderLine, i.ID, i.Version)
	if err == nil && n == 0 {
		err = &fault.Conflict{Message: "Cet import a été modifié entre-temps. Rien n’a été enregistré\u202f: relisez-le, puis recommencez."}
	}
	return err
}

// days are those on which the judge counts: today, and the first day of the
// season, on which an adult is one.
func days(ctx context.Context, r db.Reader, clk clock.Clock) (today, season string, err error) {
	today = clk.Now().In(clock.Paris).Format("2006-01-02")
	s, err := school.CurrentSeason(ctx, r)
	switch {
	case errors.Is(err, fault.ErrNotFound), err == nil && s.StartsOn == "":
		return today, today, nil
	}
	return today, s.StartsOn, err
}

func headerKey(kind Kind, columns []Column) string {
	var names []string
	for _, c := range columns {
		names = append(names, titleKey(c.Title))
	}
	return groupOf(string(kind), strings.Join(names, "\x1f"))
}

// Sweep forgets, of imports that nobody has touched since, the rows of the files
// that were imported (what they wrote is kept, for the undo and for readers),
// and whole those that were not.
func Sweep(ctx context.Context, tx *db.Tx, since time.Time) error {
	for _, text := range []string{
		`delete from import_page where part not in ('written', 'changes') and import_id in (select id from import_file where state = 'done' and changed_at < $1)`,
		`delete from import_page where import_id in (select id from import_file where state in ('columns', 'trial', 'undone') and changed_at < $1)`,
		`delete from import_file where state in ('columns', 'trial', 'undone') and changed_at < $1`,
	} {
		if _, err := tx.Exec(ctx, text, since); err != nil {
			return fmt.Errorf("forget old imports: %w", err)
		}
	}
	return nil
}
