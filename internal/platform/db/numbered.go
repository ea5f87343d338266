package db

import (
	"strings"
	"sync"
)

// SQLite looks a numbered parameter up by its name, which costs n² for n of
// them: 200 rows of 13 columns take a hundred times longer than with plain
// question marks. So a statement for SQLite is rewritten once, `$n` to `?`, and
// its arguments are given in the order of their use.

// positional is a statement with plain question marks; order[i] is the index of
// the argument that the i-th of them takes.
type positional struct {
	text  string
	order []int
}

var rewritten sync.Map // statement → positional

// maxRewritten bounds the statements kept: multi-row ones differ by their
// number of rows only, so there are some hundreds.
const maxRewritten = 4096

var (
	rewrittenMu sync.Mutex
	rewrittenN  int
)

func toPositional(text string) positional {
	if p, ok := rewritten.Load(text); ok {
		return p.(positional)
	}
	p := rewrite(text)
	rewrittenMu.Lock()
	if rewrittenN < maxRewritten {
		rewrittenN++
		rewritten.Store(text, p)
	}
	rewrittenMu.Unlock()
	return p
}

func rewrite(text string) positional {
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
	p.text = b.String()
	return p
}

// arrange gives the arguments in the order that the question marks take them.
// A statement that names an argument it was not given is left to the database
// to refuse.
func (p positional) arrange(args []any) []any {
	out := make([]any, len(p.order))
	for i, n := range p.order {
		if n >= len(args) {
			return args
		}
		out[i] = args[n]
	}
	return out
}

// statement is the text and the arguments as the engine takes them.
func statement(engine Engine, text string, args []any) (string, []any) {
	args = bind(engine, args)
	if engine != SQLite {
		return text, args
	}
	p := toPositional(text)
	return p.text, p.arrange(args)
}
