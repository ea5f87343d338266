package db

import (
	"slices"
	"testing"
)

func TestNumberedParametersBecomePositional(t *testing.T) {
	for _, c := range []struct {
		what, text, want string
		order            []int
	}{
		{"in order", "select $1, $2", "select ?, ?", []int{0, 1}},
		{"out of order and twice", "select $2 where a = $1 or b = $2", "select ? where a = ? or b = ?", []int{1, 0, 1}},
		{"two figures", "values ($10, $9)", "values (?, ?)", []int{9, 8}},
		{"within a text", "select '$1', $1, 'it''s $2'", "select '$1', ?, 'it''s $2'", []int{0}},
		{"none", "select json_extract(a, '$.b')", "select json_extract(a, '$.b')", nil},
	} {
		got := toPositional(c.text)
		if got.text != c.want || !slices.Equal(got.order, c.order) {
			t.Errorf("%s: want %q %v, got %q %v", c.what, c.want, c.order, got.text, got.order)
		}
	}
}

func TestArgumentsFollowTheirUse(t *testing.T) {
	text, args := statement(SQLite, "select $2, $1, $2", []any{"a", "b"})
	if text != "select ?, ?, ?" || !slices.Equal(args, []any{"b", "a", "b"}) {
		t.Errorf("got %q %v", text, args)
	}
	text, args = statement(PostgreSQL, "select $2, $1, $2", []any{"a", "b"})
	if text != "select $2, $1, $2" || !slices.Equal(args, []any{"a", "b"}) {
		t.Errorf("PostgreSQL keeps its numbers: got %q %v", text, args)
	}
}

func TestListsBecomeArraysOnPostgreSQL(t *testing.T) {
	const ids = `(select value from json_each(cast($2 as text)))`
	for _, c := range []struct{ what, text, want string }{
		{"in a list", "where a = $1 and b in " + ids + " and c", "where a = $1 and b = any(array" + ids + ") and c"},
		{"not in a list", "where b not in " + ids, "where b <> all(array" + ids + ")"},
		{"twice", "b in " + ids + " or c in " + ids, "b = any(array" + ids + ") or c = any(array" + ids + ")"},
		{"another list", "where b in (select id from a)", "where b in (select id from a)"},
	} {
		if got, _ := statement(PostgreSQL, c.text, nil); got != c.want {
			t.Errorf("%s: want %q, got %q", c.what, c.want, got)
		}
	}
}
