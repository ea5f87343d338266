package db

import "strings"

// SQLite looks a numbered parameter up by its name, which costs n² for n of
// them: 200 rows of 13 columns take a hundred times longer than with plain
// question marks. So a statement for SQLite is rewritten once, `$n` to `?`, and
// its arguments are given in the order of their use.

// positional is a statement with plain question marks; order[i] is the index of
// the argument that the i-th of them takes.
type positional struct {
	text    string
	order   []int
	inOrder bool // order is 0, 1, 2…
}

var positionals texts[positional]

func toPositional(text string) positional {
	var b strings.Builder
	var p positional
	quoted := false
	for i := 0; i < len(text); i++ {
		c := text[i]
		if c == '\'' {
			quoted = !quoted
		}
		if c != '$' || quoted || i+1 == len(text) || text[i+1] < '0' || text[i+1] > '9' {
			b.WriteByte(c)
			continue
		}
		n := 0
		for i+1 < len(text) && text[i+1] >= '0' && text[i+1] <= '9' {
			i++
			n = n*10 + int(text[i]-'0')
		}
		b.WriteByte('?')
		p.order = append(p.order, n-1)
	}
	p.text, p.inOrder = b.String(), true
	for i, n := range p.order {
		p.inOrder = p.inOrder && i == n
	}
	return p
}

// arrange gives the arguments in the order that the question marks take them.
// A statement that names an argument it was not given is left to the database
// to refuse.
func (p positional) arrange(args []any) []any {
	if p.inOrder && len(args) == len(p.order) {
		return args
	}
	out := make([]any, len(p.order))
	for i, n := range p.order {
		if n >= len(args) {
			return args
		}
		out[i] = args[n]
	}
	return out
}
