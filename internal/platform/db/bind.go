package db

import (
	"reflect"
	"time"
)

const layout = "2006-01-02T15:04:05.000000Z"

// bind turns the arguments into what the engine keeps: an instant becomes text
// on SQLite, a zero instant null, a named type of text its text.
func bind(engine Engine, args []any) []any {
	out := make([]any, len(args))
	for i, a := range args {
		out[i] = bound(engine, a)
	}
	return out
}

func bound(engine Engine, a any) any {
	switch v := a.(type) {
	case nil, string, int64, int, bool:
		return a
	case time.Time:
		return boundInstant(engine, v)
	case *time.Time:
		if v == nil {
			return nil
		}
		return boundInstant(engine, *v)
	}
	if v := reflect.ValueOf(a); v.Kind() == reflect.String {
		return v.String()
	}
	return a
}

func boundInstant(engine Engine, t time.Time) any {
	switch {
	case t.IsZero():
		return nil
	case engine == SQLite:
		return t.UTC().Format(layout)
	default:
		return t.UTC()
	}
}
