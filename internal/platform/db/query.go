package db

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"sync"
	"time"

	"pupitre/internal/platform/fault"
)

// Reader runs queries: a *Store (its read pool) or a *Tx (within the transaction).
type Reader interface {
	query(ctx context.Context, text string, args []any) (*sql.Rows, error)
	within(ctx context.Context) (context.Context, context.CancelFunc)
}

func (s *Store) query(ctx context.Context, text string, args []any) (*sql.Rows, error) {
	text, args = s.run(text, args)
	if s.engine == SQLite {
		return s.ready.query(ctx, s.read, text, args)
	}
	return s.read.QueryContext(ctx, text, args...)
}

func (tx *Tx) query(_ context.Context, text string, args []any) (*sql.Rows, error) {
	text, args = tx.store.run(text, args)
	return tx.on.query(text, args)
}

// Exec runs a statement and returns how many rows it touched.
func (tx *Tx) Exec(_ context.Context, text string, args ...any) (int64, error) {
	run, args := tx.store.run(text, args)
	touched, err := tx.on.exec(run, args)
	if err != nil {
		return 0, fmt.Errorf("%s: %w", firstLine(text), orAway(err))
	}
	return touched, nil
}

// Analyze tells the engine what the tables now hold, so that what follows a
// write of many rows is planned for them.
func (tx *Tx) Analyze(ctx context.Context) error {
	_, err := tx.Exec(ctx, `analyze`)
	return err
}

// All returns every row of the query. T is a struct whose fields carry
// `db:"column"` tags (each column needs its field), or one scalar.
func All[T any](ctx context.Context, r Reader, text string, args ...any) ([]T, error) {
	ctx, done := r.within(ctx)
	defer done()
	rows, err := r.query(ctx, text, args)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", firstLine(text), orAway(err))
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	plan, err := planFor(reflect.TypeFor[T](), columns)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", firstLine(text), err)
	}
	var all []T
	var one, empty T
	targets := plan.targets(reflect.ValueOf(&one).Elem())
	for rows.Next() {
		one = empty
		if err := rows.Scan(targets...); err != nil {
			return nil, fmt.Errorf("%s: %w", firstLine(text), err)
		}
		all = append(all, one)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("%s: %w", firstLine(text), orAway(err))
	}
	return all, nil
}

// One returns the first row, or fault.ErrNotFound when there is none.
func One[T any](ctx context.Context, r Reader, text string, args ...any) (T, error) {
	all, err := All[T](ctx, r, text, args...)
	var zero T
	if err != nil {
		return zero, err
	}
	if len(all) == 0 {
		return zero, fmt.Errorf("%s: %w", firstLine(text), fault.ErrNotFound)
	}
	return all[0], nil
}

// Maybe returns the first row and true, or false when there is none.
func Maybe[T any](ctx context.Context, r Reader, text string, args ...any) (T, bool, error) {
	one, err := One[T](ctx, r, text, args...)
	if errors.Is(err, fault.ErrNotFound) {
		return one, false, nil
	}
	return one, err == nil, err
}

// IDs is the one parameter that carries a list of ids, for json_each.
func IDs[S ~string](ids []S) string {
	if len(ids) == 0 {
		return "[]"
	}
	b, err := json.Marshal(ids)
	if err != nil {
		panic(err) // strings always marshal
	}
	return string(b)
}

func firstLine(text string) string {
	text = strings.TrimSpace(text)
	if i := strings.IndexByte(text, '\n'); i >= 0 {
		text = text[:i] + "…"
	}
	return text
}

// instant scans both engines' instants; null becomes the zero time.
type instant struct{ to *time.Time }

func (i instant) Scan(src any) (err error) {
	switch v := src.(type) {
	case nil:
		*i.to = time.Time{}
	case time.Time:
		*i.to = v.UTC()
	case string:
		*i.to, err = time.Parse(layout, v)
	default:
		err = fmt.Errorf("cannot read an instant from %T", src)
	}
	return err
}

// text scans null into "".
type text struct{ to *string }

func (t text) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*t.to = ""
	case string:
		*t.to = v
	case []byte:
		*t.to = string(v)
	default:
		return fmt.Errorf("cannot read text from %T", src)
	}
	return nil
}

// number scans null into 0.
type number struct{ to reflect.Value }

func (n number) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		n.to.SetInt(0)
	case int64:
		n.to.SetInt(v)
	default:
		return fmt.Errorf("cannot read a number from %T", src)
	}
	return nil
}

type plan struct {
	scalar bool
	fields [][]int
}

type planKey struct {
	t       reflect.Type
	columns string
}

var plans sync.Map // planKey → plan

func planFor(t reflect.Type, columns []string) (plan, error) {
	key := planKey{t, strings.Join(columns, ",")}
	if p, ok := plans.Load(key); ok {
		return p.(plan), nil
	}
	p, err := makePlan(t, columns)
	if err == nil {
		plans.Store(key, p)
	}
	return p, err
}

func makePlan(t reflect.Type, columns []string) (plan, error) {
	if t.Kind() != reflect.Struct || t == reflect.TypeFor[time.Time]() {
		if len(columns) != 1 {
			return plan{}, fmt.Errorf("one column wanted for %s, got %v", t, columns)
		}
		return plan{scalar: true}, nil
	}
	byColumn := map[string][]int{}
	for _, f := range reflect.VisibleFields(t) {
		if tag := f.Tag.Get("db"); tag != "" {
			byColumn[tag] = f.Index
		}
	}
	p := plan{}
	for _, c := range columns {
		index, ok := byColumn[c]
		if !ok {
			return plan{}, fmt.Errorf("%s has no field for column %s", t, c)
		}
		p.fields = append(p.fields, index)
	}
	return p, nil
}

func (p plan) targets(v reflect.Value) []any {
	if p.scalar {
		return []any{target(v)}
	}
	out := make([]any, len(p.fields))
	for i, index := range p.fields {
		out[i] = target(v.FieldByIndex(index))
	}
	return out
}

func target(v reflect.Value) any {
	if t, ok := v.Addr().Interface().(*time.Time); ok {
		return instant{t}
	}
	switch v.Kind() {
	case reflect.String:
		return text{v.Addr().Convert(reflect.TypeFor[*string]()).Interface().(*string)}
	case reflect.Int64, reflect.Int:
		return number{v}
	default:
		return v.Addr().Interface()
	}
}
