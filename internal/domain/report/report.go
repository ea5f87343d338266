// Package report lists across rooms what the office works from: the queue of
// dossiers, searches, those who have not answered, mails that failed. It reads
// every table and writes none.
package report

import (
	"fmt"
	"slices"
	"strings"
)

// query gathers the conditions of a statement and their arguments, numbered in order.
type query struct {
	where []string
	args  []any
}

// with adds a condition; each ? in it takes the next argument.
func (q *query) with(condition string, args ...any) {
	for _, a := range args {
		q.args = append(q.args, a)
		condition = strings.Replace(condition, "?", fmt.Sprintf("$%d", len(q.args)), 1)
	}
	q.where = append(q.where, "("+condition+")")
}

// param adds an argument and returns its number in the statement.
func (q *query) param(a any) string {
	q.args = append(q.args, a)
	return fmt.Sprintf("$%d", len(q.args))
}

// and is the query with a condition more; the first one stays as it is.
func (q query) and(condition string, args ...any) query {
	q.where, q.args = slices.Clip(q.where), slices.Clip(q.args)
	q.with(condition, args...)
	return q
}

func (q *query) conditions() string { return strings.Join(q.where, " and ") }

// contains is what « like » finds anywhere in a folded text.
func contains(word string) string {
	return "%" + strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(word) + "%"
}
