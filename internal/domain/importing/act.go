package importing

import (
	"context"
	"fmt"
	"slices"

	"pupitre/internal/domain/actor"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/sheet"
)

// Start keeps the file that was read and matches its columns, and returns the
// import's id. Courses go to the season of that id, current or in preparation;
// season is "" for all else. Office only; *fault.Invalid for a file without rows.
func (im *Imports) Start(ctx context.Context, a actor.Actor, kind Kind, season, name string, book sheet.Book) (string, error) {
	if !a.May(actor.Changes, actor.Imports) {
		return "", fault.ErrForbidden
	}
	if !slices.Contains(Kinds, kind) {
		return "", fault.Refuse("Choisissez ce que le fichier contient.")
	}
	if kind != Courses {
		season = ""
	} else if err := mayReceive(ctx, im.store, season); err != nil {
		return "", err
	}
	now := im.clock.Now()
	i := Import{ID: db.NewID(), Kind: kind, Season: season, State: Matching, Name: name, Form: formOf(book), RawAnswer: "{}", RawCounts: "{}",
		CreatedAt: now, CreatedBy: a.Name, ChangedAt: now, ChangedBy: a.Name, Version: 1}
	var sheets []Sheet
	for _, g := range book.Grids {
		sheets = append(sheets, Sheet{g.Name, len(g.Rows)})
	}
	i.RawSheets = encoded(sheets)
	if err := im.lay(ctx, im.store, &i, book.Grids[0].Rows, -1); err != nil {
		return "", err
	}
	err := im.store.Write(ctx, func(tx *db.Tx) error {
		if _, err := tx.Exec(ctx, `insert into import_file (`+columnsOfImport+`) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29)`,
			i.ID, string(i.Kind), i.Season, string(i.State), i.Name, i.Form, i.RawSheets, i.Sheet, i.Header, i.HeaderLine, i.RawCols, i.HeaderKey, i.RawMatch, i.RawAnswer, i.RawCounts, i.Problems, i.Blocking, i.Changes, i.Digest, i.Failure,
			i.CreatedAt, i.CreatedBy, i.ChangedAt, i.ChangedBy, i.DoneAt, i.DoneBy, i.UndoneAt, i.UndoneBy, i.Version); err != nil {
			return fmt.Errorf("keep the file: %w", err)
		}
		for n, g := range book.Grids {
			if err := putPages(ctx, tx, i.ID, partOfSheet(int64(n)), g.Rows, rowsOfAPage); err != nil {
				return fmt.Errorf("keep the rows of the file: %w", err)
			}
		}
		return nil
	})
	return i.ID, err
}

// formOf says how the file was written.
func formOf(b sheet.Book) string {
	if b.Format == sheet.XLSX {
		return "classeur XLSX"
	}
	names := map[rune]string{'\t': "tabulation", ',': "«\u202f,\u202f»", '|': "«\u202f|\u202f»", ';': "«\u202f;\u202f»"}
	return "séparateur " + names[b.Separator] + ", " + b.Encoding
}

// lay reads the columns of the sheet below the row of titles (-1: it is looked
// for), and matches them: as the last file of the same titles was, else by them.
func (im *Imports) lay(ctx context.Context, r db.Reader, i *Import, rows []sheet.Row, header int64) error {
	if header < 0 {
		header = int64(HeaderOf(i.Kind, rows))
	}
	if header >= int64(len(rows)) {
		return fault.Refuse("Cette ligne n’existe pas dans le fichier.")
	}
	columns := ColumnsOf(rows, int(header))
	i.Header, i.HeaderLine, i.RawCols, i.HeaderKey = header, int64(rows[header].Line), encoded(columns), headerKey(i.Kind, columns)
	last, found, err := db.Maybe[string](ctx, r, `select matching from import_file where header_key = $1 and state <> 'columns' order by changed_at desc limit 1`, i.HeaderKey)
	if err != nil {
		return err
	}
	i.RawMatch = last
	if !found {
		var header []string
		for _, c := range columns {
			header = append(header, c.Title)
		}
		i.RawMatch = encoded(Recognise(i.Kind, header))
	}
	return nil
}

// Lay reads another sheet of the file, or takes another row for that of titles
// (line counts as the spreadsheet does). *fault.Invalid, *fault.Conflict.
func (im *Imports) Lay(ctx context.Context, a actor.Actor, id string, version, n int64, line int) error {
	i, err := im.open(ctx, a, id, version)
	if err != nil {
		return err
	}
	if n < 0 || n >= int64(len(i.Sheets())) {
		return fault.Refuse("Cette feuille n’existe pas dans le fichier.")
	}
	rows, err := rowsOf(ctx, im.store, id, n)
	if err != nil {
		return err
	}
	header := slices.IndexFunc(rows, func(r sheet.Row) bool { return r.Line == line })
	if n != i.Sheet {
		header = -1
	} else if header < 0 {
		return fault.Refuse(fmt.Sprintf("La ligne %d du fichier est vide\u202f: donnez celle des titres.", line))
	}
	i.Sheet, i.State = n, Matching
	i.Digest, i.Problems, i.Blocking, i.Changes = "", 0, 0, 0
	if err := im.lay(ctx, im.store, &i, rows, int64(header)); err != nil {
		return err
	}
	return im.keep(ctx, a, i)
}

// open reads an import that may still be changed.
func (im *Imports) open(ctx context.Context, a actor.Actor, id string, version int64) (Import, error) {
	i, err := ByID(ctx, im.store, a, id)
	if err != nil {
		return i, err
	}
	if err := i.against(version); err != nil {
		return i, err
	}
	if !i.State.Open() {
		return i, &fault.Conflict{Message: "Cet import est fait ou en cours\u202f: il ne se change plus."}
	}
	return i, nil
}

func (im *Imports) keep(ctx context.Context, a actor.Actor, i Import) error {
	i.ChangedAt, i.ChangedBy = im.clock.Now(), a.Name
	return im.store.Write(ctx, func(tx *db.Tx) error { return save(ctx, tx, i) })
}

// Match gives each column its field and tries the file. *fault.Invalid when two
// columns are the same field; *fault.Conflict when somebody has changed it since.
func (im *Imports) Match(ctx context.Context, a actor.Actor, id string, version int64, matching []string) error {
	i, err := im.open(ctx, a, id, version)
	if err != nil {
		return err
	}
	var c fault.Check
	first := map[string]string{}
	columns := i.Columns()
	for n, code := range matching {
		if n >= len(columns) || code == Unchosen || code == LeaveOut {
			continue
		}
		c.That(LabelOf(i.Kind, code) != "", ColumnField(n), "Choisissez une des propositions.")
		c.That(first[code] == "", ColumnField(n), "La colonne «\u202f"+first[code]+"\u202f» est déjà «\u202f"+LabelOf(i.Kind, code)+"\u202f».")
		first[code] = columns[n].Title
	}
	if err := c.Err(); err != nil {
		return err
	}
	full := make([]string, len(columns))
	copy(full, matching)
	i.RawMatch = encoded(full)
	return im.try(ctx, a, i)
}

// ColumnField is the form field of a column.
func ColumnField(n int) string { return fmt.Sprintf("colonne-%d", n) }

// Answer keeps the answers, by group, beside those given before, and tries the
// file again; an empty code takes an answer back.
func (im *Imports) Answer(ctx context.Context, a actor.Actor, id string, version int64, answers map[string]Answer) error {
	i, err := im.open(ctx, a, id, version)
	if err != nil {
		return err
	}
	all := i.Answers()
	for group, answer := range answers {
		if answer.Code == "" {
			delete(all, group)
		} else {
			all[group] = answer
		}
	}
	i.RawAnswer = encoded(all)
	return im.try(ctx, a, i)
}

// Try tries the file again on what the school holds now.
func (im *Imports) Try(ctx context.Context, a actor.Actor, id string, version int64) error {
	i, err := im.open(ctx, a, id, version)
	if err != nil {
		return err
	}
	return im.try(ctx, a, i)
}

// judged is what the import would do on what r shows.
func (im *Imports) judged(ctx context.Context, r db.Reader, a actor.Actor, i Import) (trial, error) {
	if i.Kind == Courses {
		p, err := judgedCourses(ctx, r, i)
		return p.trial, err
	}
	p, err := im.judgedPeople(ctx, r, a, i)
	return p.trial, err
}

// rowsBelow reads the rows of the import below that of titles.
func rowsBelow(ctx context.Context, r db.Reader, i Import) ([]sheet.Row, error) {
	rows, err := rowsOf(ctx, r, i.ID, i.Sheet)
	return rows[min(int(i.Header)+1, len(rows)):], err
}

func (im *Imports) judgedPeople(ctx context.Context, r db.Reader, a actor.Actor, i Import) (peoplePlan, error) {
	rows, err := rowsBelow(ctx, r, i)
	if err != nil {
		return peoplePlan{}, err
	}
	today, season, err := days(ctx, r, im.clock)
	if err != nil {
		return peoplePlan{}, err
	}
	h, err := readHeld(ctx, r, a, today, season)
	if err != nil {
		return peoplePlan{}, err
	}
	return judgePeople(i.Kind, i.Columns(), i.Matching(), i.Answers(), rows, h), nil
}

// try judges the file away from the queue, and keeps what it shows.
func (im *Imports) try(ctx context.Context, a actor.Actor, i Import) error {
	p, err := im.judged(ctx, im.store, a, i)
	if err != nil {
		return err
	}
	i.State, i.Failure, i.Digest, i.RawCounts = Tried, "", p.digest(), encoded(p.Counts)
	i.Problems, i.Changes, i.Blocking = int64(len(p.Problems)), int64(len(p.Changes)), 0
	for _, one := range p.Problems {
		if one.Blocks {
			i.Blocking++
		}
	}
	slices.SortStableFunc(p.Problems, func(x, y Problem) int {
		if x.Blocks != y.Blocks {
			return map[bool]int{true: -1, false: 1}[x.Blocks]
		}
		return x.Line - y.Line
	})
	i.ChangedAt, i.ChangedBy = im.clock.Now(), a.Name
	return im.store.Write(ctx, func(tx *db.Tx) error {
		if err := save(ctx, tx, i); err != nil {
			return err
		}
		if err := putPages(ctx, tx, i.ID, partProblems, p.Problems, LinesOfAPage); err != nil {
			return err
		}
		return putPages(ctx, tx, i.ID, partChanges, p.Changes, LinesOfAPage)
	})
}

// GiveUp forgets a file that was not imported. *fault.Conflict once it was.
func (im *Imports) GiveUp(ctx context.Context, a actor.Actor, id string, version int64) error {
	if _, err := im.open(ctx, a, id, version); err != nil {
		return err
	}
	return im.store.Write(ctx, func(tx *db.Tx) error {
		n, err := tx.Exec(ctx, `update import_file set version = version + 1 where id = $1 and version = $2`, id, version)
		if err != nil {
			return err
		}
		if n == 0 {
			return &fault.Conflict{Message: "Cet import a été modifié entre-temps\u202f: relisez-le."}
		}
		if _, err := tx.Exec(ctx, `delete from import_page where import_id = $1`, id); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `delete from import_file where id = $1`, id)
		return err
	})
}
