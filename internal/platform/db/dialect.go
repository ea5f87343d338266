package db

import (
	"regexp"
	"sync"
)

// statement is the text and the arguments as the engine takes them.
func statement(engine Engine, text string, args []any) (string, []any) {
	args = bind(engine, args)
	if engine == PostgreSQL {
		return arrays.of(text, toArrays), args
	}
	p := positionals.of(text, toPositional)
	return p.text, p.arrange(args)
}

// PostgreSQL takes a list that a function returns for a thousand rows, and
// rather reads a whole table than looks so many up. An array has it use the index.
var (
	arrays texts[string]
	list   = regexp.MustCompile(`(\bnot )?\bin (\(select value from json_each\(cast\(\$\d+ as text\)\)\))`)
)

func toArrays(text string) string {
	return list.ReplaceAllStringFunc(text, func(found string) string {
		parts := list.FindStringSubmatch(found)
		if parts[1] != "" {
			return "<> all(array" + parts[2] + ")"
		}
		return "= any(array" + parts[2] + ")"
	})
}

// texts keeps what was made of each statement. Multi-row ones have few shapes,
// so there are some hundreds; past maxTexts they are made anew each time.
type texts[T any] struct {
	kept sync.Map
	mu   sync.Mutex
	n    int
}

const maxTexts = 4096

func (c *texts[T]) of(text string, convert func(string) T) T {
	if made, ok := c.kept.Load(text); ok {
		return made.(T)
	}
	made := convert(text)
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.n < maxTexts {
		c.n++
		c.kept.Store(text, made)
	}
	return made
}
