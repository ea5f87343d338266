package bench

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"
)

// bar shows how far a step is: on a terminal in one line that is written over,
// else by a line now and then; without out nowhere.
type bar struct {
	out   io.Writer
	lines bool // out is no terminal

	mu    sync.Mutex
	step  string
	total int
	done  int
	shown time.Time
	wide  int
}

// begin starts a step of so many parts; 0 when nobody knows.
func (b *bar) begin(step string, total int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.step, b.total, b.done = step, total, 0
	b.show()
}

func (b *bar) add(n int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.done += n
	often := 100 * time.Millisecond
	if b.lines {
		often = 10 * time.Second
	}
	if time.Since(b.shown) > often {
		b.show()
	}
}

// end takes the line away.
func (b *bar) end() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.out != nil && !b.lines {
		fmt.Fprint(b.out, "\r"+strings.Repeat(" ", b.wide)+"\r")
	}
}

const barCells = 30

func (b *bar) show() {
	if b.out == nil {
		return
	}
	b.shown = time.Now()
	line := b.step + " …"
	if b.total > 0 {
		full := min(barCells, b.done*barCells/b.total)
		line = fmt.Sprintf("%-24s [%s%s] %d/%d", b.step, strings.Repeat("#", full), strings.Repeat(".", barCells-full), b.done, b.total)
	}
	if b.lines {
		fmt.Fprintln(b.out, line)
		return
	}
	pad := max(0, b.wide-len(line))
	b.wide = len(line)
	fmt.Fprint(b.out, "\r"+line+strings.Repeat(" ", pad))
}
