package db

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// ExecEach runs the statement once for each row of arguments, in order, and
// returns how many rows of the database it touched in all. However many, they
// cost PostgreSQL one round trip.
func (tx *Tx) ExecEach(_ context.Context, text string, rows [][]any) (int64, error) {
	all := make([]command, len(rows))
	for i, args := range rows {
		all[i].text, all[i].args = tx.store.run(text, args)
	}
	return tx.execAll(text, all)
}

// Insert adds the rows and returns how many were added. into is the table with
// its columns, otherwise what to do of a row that cannot be added: "" fails,
// "on conflict (key) do nothing" leaves it out.
func (tx *Tx) Insert(_ context.Context, into, otherwise string, rows [][]any) (int64, error) {
	var all []command
	for len(rows) > 0 {
		n := shape(len(rows))
		var c command
		c.text, c.args = tx.store.run(insertion(into, otherwise, len(rows[0]), n), slices.Concat(rows[:n]...))
		all, rows = append(all, c), rows[n:]
	}
	return tx.execAll("insert into "+into, all)
}

func (tx *Tx) execAll(what string, all []command) (int64, error) {
	if len(all) == 0 {
		return 0, nil
	}
	touched, err := tx.on.execAll(all)
	if err != nil {
		return 0, fmt.Errorf("%s: %w", firstLine(what), orAway(err))
	}
	return touched, nil
}

// mostRows is how many rows one statement takes.
const mostRows = 256

// shape is how many rows go into the next statement: few shapes, so that each
// stays prepared whatever the number of rows.
func shape(rows int) int {
	n := mostRows
	for n > rows {
		n /= 4
	}
	return n
}

type insertionKey struct {
	into, otherwise string
	width, rows     int
}

var insertions sync.Map // insertionKey → text

func insertion(into, otherwise string, width, rows int) string {
	key := insertionKey{into, otherwise, width, rows}
	if text, ok := insertions.Load(key); ok {
		return text.(string)
	}
	text := "insert into " + into + " values " + places(width, rows) + " " + otherwise
	insertions.Store(key, text)
	return text
}

// Rows writes the values of a multi-row insert: "($1,$2),($3,$4)" and the
// flattened arguments. Every row has the same length.
func Rows(rows [][]any) (string, []any) {
	if len(rows) == 0 {
		return "", nil
	}
	return places(len(rows[0]), len(rows)), slices.Concat(rows...)
}

// places is "($1,$2),($3,$4)" for two rows of two.
func places(width, rows int) string {
	var b strings.Builder
	for n := range width * rows {
		switch {
		case n == 0:
			b.WriteString("($")
		case n%width == 0:
			b.WriteString("),($")
		default:
			b.WriteString(",$")
		}
		b.WriteString(strconv.Itoa(n + 1))
	}
	b.WriteByte(')')
	return b.String()
}
