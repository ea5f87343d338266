package transfer

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"pupitre/internal/platform/db"
)

// Pick chooses rows of a table of the export.
type Pick struct {
	Table string
	Where string
	Args  []any
}

// Part is some rows of the school as a full export writes them: by table, then
// by what identifies the row in it. It holds no secret, as an export holds none.
type Part map[string]map[string]json.RawMessage

// identified names what identifies a row of the tables that have no id.
var identified = map[string][]string{
	"household_payment_mean": {"household_id", "mean"},
	"pupil_household":        {"pupil_id", "household_id"},
	"pupil_season":           {"pupil_id", "season_id"},
	"pupil_note":             {"pupil_id", "season_id", "household_id"},
	"pupil_course_now":       {"pupil_id", "course_code"},
	"roll_over_pupil":        {"season_id", "pupil_id"},
	"imported":               {"kind", "key"},
	"message_recipient":      {"message_id", "household_id"},
	"household_apart":        {"first_id", "second_id"},
	"invoice_line":           {"invoice_id", "position"},
	"remittance_payment":     {"remittance_id", "payment_id"},
	"pupil_billing":          {"season_id", "pupil_id"},
	"cost_share":             {"season_id", "pupil_id", "household_id"},
}

func (t table) identity() []string {
	if columns := identified[t.name]; columns != nil {
		return columns
	}
	return []string{"id"}
}

// PartOf reads the rows that are picked.
func PartOf(ctx context.Context, r db.Reader, picks []Pick) (Part, error) {
	part := Part{}
	for _, p := range picks {
		t := tables[slices.IndexFunc(tables, func(t table) bool { return t.name == p.Table })]
		rows, err := t.read(ctx, r, "select "+strings.Join(t.columns, ", ")+" from "+t.name+" where "+p.Where, p.Args...)
		if err != nil {
			return nil, fmt.Errorf("read a part of %s: %w", t.name, err)
		}
		held := map[string]json.RawMessage{}
		for _, row := range rows {
			line, err := t.line(row)
			if err != nil {
				return nil, fmt.Errorf("read a part of %s: %w", t.name, err)
			}
			var key []string
			for _, column := range t.identity() {
				key = append(key, t.textOf(row, column))
			}
			held[strings.Join(key, "\x1f")] = bytes.TrimSpace(line)
		}
		part[t.name] = held
	}
	return part, nil
}

// Text is the part in one line, to be kept and read by ReadPart.
func (p Part) Text() (string, error) {
	var b bytes.Buffer
	encode := json.NewEncoder(&b)
	encode.SetEscapeHTML(false) // the lines' bytes are compared
	err := encode.Encode(p)
	return b.String(), err
}

// ReadPart reads what Text wrote.
func ReadPart(text string) (p Part, err error) {
	err = json.Unmarshal([]byte(text), &p)
	return p, err
}

// Turned is a row that is not the same in two parts: it is "" in the one that
// lacks it.
type Turned struct {
	Table         string
	Key           string
	Before, After json.RawMessage
}

// Column is a column's value in the row, of whichever part has it.
func (t Turned) Column(name string) string {
	line := t.After
	if line == nil {
		line = t.Before
	}
	var cells map[string]any
	if err := json.Unmarshal(line, &cells); err != nil {
		return ""
	}
	switch v := cells[name].(type) {
	case string:
		return v
	case float64:
		return strconv.FormatInt(int64(v), 10)
	default:
		return ""
	}
}

// Only tells whether the row is in both parts, and differs in that column alone.
func (t Turned) Only(column string) bool {
	var before, after map[string]json.RawMessage
	if json.Unmarshal(t.Before, &before) != nil || json.Unmarshal(t.After, &after) != nil {
		return false
	}
	delete(before, column)
	delete(after, column)
	return maps.EqualFunc(before, after, func(a, b json.RawMessage) bool { return bytes.Equal(a, b) })
}

// Since lists the rows that differ from the part to the later one, in the order
// of the tables, then of their keys.
func (p Part) Since(later Part) []Turned {
	var all []Turned
	for _, t := range tables {
		keys := map[string]bool{}
		for _, rows := range []map[string]json.RawMessage{p[t.name], later[t.name]} {
			for key := range rows {
				keys[key] = true
			}
		}
		for _, key := range slices.Sorted(maps.Keys(keys)) {
			if before, after := p[t.name][key], later[t.name][key]; !bytes.Equal(before, after) {
				all = append(all, Turned{t.name, key, before, after})
			}
		}
	}
	return all
}

// TakeBack writes the rows back as they were before they turned: a row that
// came is deleted, one that went is written again, of the others the columns
// that changed. What an export leaves out stays as it is.
func TakeBack(ctx context.Context, tx *db.Tx, turned []Turned) error {
	for _, t := range tables {
		of := slices.DeleteFunc(slices.Clone(turned), func(r Turned) bool { return r.Table != t.name })
		for _, step := range []func(table, context.Context, *db.Tx, Turned) error{table.free, table.changeBack, table.writeAgain} {
			for _, r := range of {
				if err := step(t, ctx, tx, r); err != nil {
					return fmt.Errorf("take back a row of %s: %w", t.name, err)
				}
			}
		}
	}
	return nil
}

// free makes room for what is given back: rows that came go, and columns that
// may be empty are, before another row takes what is unique in them.
func (t table) free(ctx context.Context, tx *db.Tx, r Turned) error {
	switch {
	case r.After == nil:
		return nil
	case r.Before != nil:
		return t.set(ctx, tx, r, func(column string, value any) (any, bool) { return nil, slices.Contains(t.nulls, column) })
	}
	after, err := t.parse(r.After)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, "delete from "+t.name+t.naming(1), t.identityOf(after)...)
	return err
}

func (t table) changeBack(ctx context.Context, tx *db.Tx, r Turned) error {
	if r.Before == nil || r.After == nil {
		return nil
	}
	return t.set(ctx, tx, r, func(_ string, value any) (any, bool) { return value, true })
}

func (t table) writeAgain(ctx context.Context, tx *db.Tx, r Turned) error {
	if r.After != nil {
		return nil
	}
	before, err := t.parse(r.Before)
	if err != nil {
		return err
	}
	names := slices.Clone(t.columns)
	for _, f := range t.fixed {
		names = append(names, f.name)
	}
	_, err = tx.Insert(ctx, t.name+" ("+strings.Join(names, ", ")+")", "", [][]any{before})
	return err
}

// set writes the columns that changed and that to wants written, as it says.
func (t table) set(ctx context.Context, tx *db.Tx, r Turned, to func(column string, value any) (any, bool)) error {
	before, err := t.parse(r.Before)
	if err != nil {
		return err
	}
	after, err := t.parse(r.After)
	if err != nil {
		return err
	}
	var set []string
	var args []any
	for i, column := range t.columns {
		value, wanted := to(column, before[i])
		if !wanted || reflect.DeepEqual(before[i], after[i]) {
			continue
		}
		args = append(args, value)
		set = append(set, column+" = $"+strconv.Itoa(len(args)))
	}
	if len(set) == 0 {
		return nil
	}
	_, err = tx.Exec(ctx, "update "+t.name+" set "+strings.Join(set, ", ")+t.naming(len(args)+1), append(args, t.identityOf(after)...)...)
	return err
}

// naming is the condition that names a row, its arguments from $n on.
func (t table) naming(n int) string {
	var conditions []string
	for i, column := range t.identity() {
		conditions = append(conditions, column+" = $"+strconv.Itoa(n+i))
	}
	return " where " + strings.Join(conditions, " and ")
}

// textOf is a column of the row, as text.
func (t table) textOf(row reflect.Value, column string) string {
	for _, f := range reflect.VisibleFields(t.row) {
		if f.Tag.Get("db") == column {
			return fmt.Sprint(row.FieldByIndex(f.Index).Interface())
		}
	}
	return ""
}

func (t table) identityOf(row []any) []any {
	var all []any
	for _, column := range t.identity() {
		all = append(all, row[slices.Index(t.columns, column)])
	}
	return all
}
