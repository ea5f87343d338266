package transfer

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"reflect"
	"slices"
	"strings"
	"time"

	"pupitre/internal/platform/db"
)

// table is one table as a full export keeps it: a line of JSON a row, its keys
// the columns, in the order of the lines' bytes.
type table struct {
	name    string
	row     reflect.Type
	read    func(ctx context.Context, r db.Reader, text string, args ...any) ([]reflect.Value, error)
	columns []string
	where   string
	nulls   []string       // columns whose empty value is null
	fixed   []fixedColumns // columns that are not kept
}

type fixedColumns struct {
	name  string
	value any
}

// tableOf describes a table by a struct whose db tags are the columns kept.
func tableOf[T any](name string) table {
	t := table{name: name, row: reflect.TypeFor[T](), where: "true"}
	for _, f := range reflect.VisibleFields(t.row) {
		if tag := f.Tag.Get("db"); tag != "" {
			t.columns = append(t.columns, tag)
		}
	}
	t.read = func(ctx context.Context, r db.Reader, text string, args ...any) ([]reflect.Value, error) {
		rows, err := db.All[T](ctx, r, text, args...)
		values := make([]reflect.Value, len(rows))
		for i := range rows {
			values[i] = reflect.ValueOf(&rows[i]).Elem()
		}
		return values, err
	}
	return t
}

func (t table) nullable(columns ...string) table { t.nulls = columns; return t }

func (t table) only(where string) table { t.where = where; return t }

func (t table) always(column string, value any) table {
	t.fixed = append(slices.Clone(t.fixed), fixedColumns{column, value})
	return t
}

// file is the table's file in an export.
func (t table) file() string {
	switch t.name {
	case "journal":
		return "journal.jsonl"
	case "outgoing_mail":
		return "courriels.jsonl"
	default:
		return dataFolder + "/" + t.name + ".jsonl"
	}
}

// dump returns the table's file.
func (t table) dump(ctx context.Context, r db.Reader) ([]byte, error) {
	rows, err := t.read(ctx, r, "select "+strings.Join(t.columns, ", ")+" from "+t.name+" where "+t.where)
	if err != nil {
		return nil, fmt.Errorf("export %s: %w", t.name, err)
	}
	lines := make([][]byte, len(rows))
	for i, row := range rows {
		if lines[i], err = t.line(row); err != nil {
			return nil, fmt.Errorf("export %s: %w", t.name, err)
		}
	}
	slices.SortFunc(lines, bytes.Compare)
	return bytes.Join(lines, nil), nil
}

const instantForm = "2006-01-02T15:04:05.000000Z"

func (t table) line(row reflect.Value) ([]byte, error) {
	var b bytes.Buffer
	encode := json.NewEncoder(&b)
	encode.SetEscapeHTML(false)
	b.WriteByte('{')
	first := true
	for _, f := range reflect.VisibleFields(t.row) {
		tag := f.Tag.Get("db")
		if tag == "" {
			continue
		}
		if !first {
			b.WriteByte(',')
		}
		first = false
		fmt.Fprintf(&b, "%q:", tag)
		value := row.FieldByIndex(f.Index).Interface()
		if at, ok := value.(time.Time); ok {
			value = nil
			if !at.IsZero() {
				value = at.UTC().Format(instantForm)
			}
		}
		if err := encode.Encode(value); err != nil {
			return nil, err
		}
		b.Truncate(b.Len() - 1) // the encoder's line break
	}
	b.WriteString("}\n")
	return b.Bytes(), nil
}

// restore writes the rows of the table's file, as they were, and returns how
// many. It reads them as it writes them: none is kept.
func (t table) restore(ctx context.Context, tx *db.Tx, files fs.FS) (int64, error) {
	f, err := files.Open(t.file())
	if err != nil {
		return 0, fmt.Errorf("read %s: %w", t.file(), err)
	}
	defer f.Close()
	names := slices.Clone(t.columns)
	for _, f := range t.fixed {
		names = append(names, f.name)
	}
	return tx.Load(ctx, t.name, names, t.rows(f))
}

// rows reads a table's file. A line that is none of an export ends it with *Refused.
func (t table) rows(file io.Reader) iter.Seq2[[]any, error] {
	return func(yield func([]any, error) bool) {
		lines := bufio.NewReaderSize(file, 1<<16)
		exact := t.reader()
		for n := 1; ; n++ {
			line, err := lines.ReadString('\n')
			if err != nil && !errors.Is(err, io.EOF) {
				yield(nil, fmt.Errorf("read %s: %w", t.file(), err))
				return
			}
			ended := err != nil
			if strings.TrimSpace(line) != "" {
				row, ok := exact(line)
				if !ok {
					if row, err = t.parse([]byte(line)); err != nil {
						yield(nil, refuse(t.file(), n, "Cette ligne n’est pas celle d’un export : "+err.Error()))
						return
					}
				}
				if !yield(row, nil) {
					return
				}
			}
			if ended {
				return
			}
		}
	}
}

// parse reads a line however it is written, and says what is wrong with it.
func (t table) parse(line []byte) ([]any, error) {
	var cells map[string]json.RawMessage
	if err := json.Unmarshal(line, &cells); err != nil {
		return nil, err
	}
	if len(cells) != len(t.columns) {
		return nil, fmt.Errorf("%d colonnes au lieu de %d", len(cells), len(t.columns))
	}
	var row []any
	for _, f := range reflect.VisibleFields(t.row) {
		tag := f.Tag.Get("db")
		if tag == "" {
			continue
		}
		value := reflect.New(f.Type)
		if cell := cells[tag]; cell == nil {
			return nil, fmt.Errorf("il manque %s", tag)
		} else if string(cell) != "null" {
			if err := json.Unmarshal(cell, value.Interface()); err != nil {
				return nil, fmt.Errorf("%s : %w", tag, err)
			}
		}
		if value.Elem().IsZero() && slices.Contains(t.nulls, tag) {
			row = append(row, nil)
		} else {
			row = append(row, value.Elem().Interface())
		}
	}
	for _, f := range t.fixed {
		row = append(row, f.value)
	}
	return row, nil
}
