package transfer

import (
	"encoding/json"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// reader returns what reads the lines that are written as table.line writes
// them, many times faster than parse: its row is the next one's too. It answers
// false for every other line, which is parse's to read or to refuse.
func (t table) reader() func(line string) ([]any, bool) {
	cells := t.cells()
	row := make([]any, 0, len(cells)+len(t.fixed))
	return func(line string) ([]any, bool) {
		row = row[:0]
		if !utf8.ValidString(line) {
			return nil, false
		}
		for _, c := range cells {
			rest, found := strings.CutPrefix(line, c.before)
			if !found {
				return nil, false
			}
			value, rest, ok := c.read(rest)
			if !ok {
				return nil, false
			}
			if c.nullable && (value == "" || value == int64(0)) {
				value = nil
			}
			row, line = append(row, value), rest
		}
		for _, f := range t.fixed {
			row = append(row, f.value)
		}
		return row, line == "}\n"
	}
}

// cell is how a column stands in a line: what is written before its value, and
// what reads the value and leaves the rest.
type cell struct {
	before   string
	nullable bool
	read     func(text string) (value any, rest string, ok bool)
}

func (t table) cells() []cell {
	var all []cell
	for _, f := range reflect.VisibleFields(t.row) {
		tag := f.Tag.Get("db")
		if tag == "" {
			continue
		}
		c := cell{before: `,"` + tag + `":`, nullable: slices.Contains(t.nulls, tag), read: readNone}
		if len(all) == 0 {
			c.before = `{"` + tag + `":`
		}
		switch {
		case f.Type == reflect.TypeFor[time.Time]():
			c.read = readInstant
		case f.Type.Kind() == reflect.String:
			c.read = readText
		case f.Type.Kind() == reflect.Int64:
			c.read = readNumber
		case f.Type.Kind() == reflect.Bool:
			c.read = readBool
		}
		all = append(all, c)
	}
	return all
}

// readNone leaves a type that no table has to parse.
func readNone(string) (value any, rest string, ok bool) { return nil, "", false }

func readText(text string) (value any, rest string, ok bool) {
	if text == "" || text[0] != '"' {
		return nil, "", false
	}
	escaped := false
	for i := 1; i < len(text); i++ {
		switch c := text[i]; {
		case c == '\\':
			escaped = true
			i++
		case c < ' ':
			return nil, "", false
		case c == '"' && escaped:
			var s string
			err := json.Unmarshal([]byte(text[:i+1]), &s)
			return s, text[i+1:], err == nil
		case c == '"':
			return text[1:i], text[i+1:], true
		}
	}
	return nil, "", false
}

func readNumber(text string) (value any, rest string, ok bool) {
	end := strings.IndexAny(text, ",}")
	if end < 1 {
		return nil, "", false
	}
	n, err := strconv.ParseInt(text[:end], 10, 64)
	return n, text[end:], err == nil && strconv.FormatInt(n, 10) == text[:end]
}

func readBool(text string) (value any, rest string, ok bool) {
	if rest, ok = strings.CutPrefix(text, "true"); ok {
		return true, rest, true
	}
	rest, ok = strings.CutPrefix(text, "false")
	return false, rest, ok
}

func readInstant(text string) (value any, rest string, ok bool) {
	if rest, ok = strings.CutPrefix(text, "null"); ok {
		return time.Time{}, rest, true
	}
	const long = len(instantForm) + 2
	if len(text) < long || text[0] != '"' || text[long-1] != '"' {
		return nil, "", false
	}
	at, err := time.Parse(instantForm, text[1:long-1])
	return at, text[long:], err == nil
}
