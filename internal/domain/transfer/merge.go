package transfer

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"pupitre/internal/platform/db"
)

type change int

const (
	unchanged change = iota
	created
	updated
)

// fields are the values of one thing by the name of their column, each as JSON.
type fields map[string]json.RawMessage

// fieldsOf reads a struct whose json tags are the columns' names.
func fieldsOf(v any) fields {
	var f fields
	b, err := json.Marshal(v)
	if err == nil {
		err = json.Unmarshal(b, &f)
	}
	if err != nil {
		panic(err) // plain structs of this package
	}
	return f
}

func (f fields) text() string {
	b, err := json.Marshal(f)
	if err != nil {
		panic(err)
	}
	return string(b)
}

// merge decides field by field: the file's value is taken unless the one held
// differs from what the last import brought, which means that a person changed
// it. last is nil when no import is known to have brought the thing: then only
// empty fields are filled. It returns the fields to hold and the names of those kept.
func merge(last, held, incoming fields) (fields, []string) {
	merged := fields{}
	var kept []string
	for name, in := range incoming {
		now := held[name]
		before, known := last[name]
		switch {
		case string(in) == string(now):
			merged[name] = now
		case known && string(before) == string(now), !known && empty(now):
			merged[name] = in
		default:
			merged[name] = now
			kept = append(kept, name)
		}
	}
	slices.Sort(kept)
	return merged, kept
}

func empty(v json.RawMessage) bool {
	return slices.Contains([]string{``, `""`, `0`, `null`, `[]`, `false`, `"0001-01-01T00:00:00Z"`}, string(v))
}

// shown writes a field's value for a reader.
func shown(v json.RawMessage) string {
	s := string(v)
	if strings.HasPrefix(s, `"`) {
		if err := json.Unmarshal(v, &s); err != nil {
			return string(v)
		}
	}
	return s
}

// memory is what earlier imports brought, from the table imported.
type memory struct {
	byKey    map[string]remembered
	byEntity map[string]remembered
	changed  []remembered
}

type remembered struct {
	Kind   string `db:"kind"`
	Key    string `db:"key"`
	Entity string `db:"entity_id"`
	Fields string `db:"fields"`
}

func remember(ctx context.Context, r db.Reader) (*memory, error) {
	rows, err := db.All[remembered](ctx, r, `select kind, key, entity_id, fields from imported order by kind, key`)
	m := &memory{byKey: map[string]remembered{}, byEntity: map[string]remembered{}}
	for _, row := range rows {
		m.byKey[row.Kind+"\x1f"+row.Key] = row
		m.byEntity[row.Kind+"\x1f"+row.Entity] = row
	}
	return m, err
}

// entity returns the id of the thing that was last imported under the key, or "".
func (m *memory) entity(kind, key string) string { return m.byKey[kind+"\x1f"+key].Entity }

// last returns the fields that an import last brought, nil when none did.
func (m *memory) last(kind, key, entity string) fields {
	row, ok := m.byKey[kind+"\x1f"+key]
	if !ok || row.Entity != entity {
		if row, ok = m.byEntity[kind+"\x1f"+entity]; !ok {
			return nil
		}
	}
	var f fields
	if err := json.Unmarshal([]byte(row.Fields), &f); err != nil {
		return nil // only keep writes the column
	}
	return f
}

// keep notes what this import brings, to be written at its end.
func (m *memory) keep(kind, key, entity string, f fields) {
	row := remembered{kind, key, entity, f.text()}
	if m.byKey[kind+"\x1f"+key] != row {
		m.byKey[kind+"\x1f"+key] = row
		m.changed = append(m.changed, row)
	}
}

func (m *memory) save(ctx context.Context, tx *db.Tx) error {
	for rows := range slices.Chunk(m.changed, 200) {
		var all [][]any
		for _, row := range rows {
			all = append(all, []any{row.Kind, row.Key, row.Entity, row.Fields})
		}
		values, args := db.Rows(all)
		if _, err := tx.Exec(ctx, `insert into imported (kind, key, entity_id, fields) values `+values+`
			on conflict (kind, key) do update set entity_id = excluded.entity_id, fields = excluded.fields`, args...); err != nil {
			return fmt.Errorf("remember what was imported: %w", err)
		}
	}
	return nil
}

// Carry remembers for the copies of a season's papers, programmes and courses
// what was last imported of their originals, so that a field changed on screen
// stays known as such in the next season. to gives the copy of each thing.
func Carry(ctx context.Context, tx *db.Tx, fromName, toName string, to map[string]string) error {
	rows, err := db.All[remembered](ctx, tx, `select kind, key, entity_id, fields from imported where kind in ('paper', 'programme', 'course') order by kind, key`)
	if err != nil {
		return err
	}
	m := &memory{byKey: map[string]remembered{}}
	for _, row := range rows {
		code, ours := strings.CutPrefix(row.Key, fromName+"/")
		entity := row.Entity
		if row.Kind != "paper" {
			entity = to[row.Entity]
		}
		if ours && entity != "" {
			m.changed = append(m.changed, remembered{row.Kind, toName + "/" + code, entity, row.Fields})
		}
	}
	return m.save(ctx, tx)
}

// ForgetCarried takes back what Carry remembered of the season.
func ForgetCarried(ctx context.Context, tx *db.Tx, name string) error {
	_, err := tx.Exec(ctx, `delete from imported where kind in ('paper', 'programme', 'course') and substr(key, 1, $1) = $2`, int64(len([]rune(name)))+1, name+"/")
	return err
}

// Rename has the next import find under what it knows what each thing became.
func Rename(ctx context.Context, tx *db.Tx, becomes map[string]string) error {
	for from, to := range becomes {
		if _, err := tx.Exec(ctx, `update imported set entity_id = $1 where entity_id = $2`, to, from); err != nil {
			return fmt.Errorf("remember what became of %s: %w", from, err)
		}
	}
	return nil
}
