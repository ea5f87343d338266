package bench

import (
	"bufio"
	"context"
	"io"
	"io/fs"
	"iter"
	"regexp"
	"strconv"
	"strings"
	"time"

	"pupitre/internal/platform/blob"
	"pupitre/internal/platform/fault"
)

// mould is a line cut where its copies differ.
type mould []part

type part struct {
	text  string
	id    bool   // text is an id, without its tail
	count string // text ends with a number, counted by this name
	value int64  // that number, or the id's tail
	login bool   // a copy appends its own number
}

func (s *seed) mouldOf(line []byte) mould {
	var m mould
	for len(line) > 0 {
		at, kind := len(line), 0
		var found []int
		for i, e := range []*regexp.Regexp{uuid, counted, loginsIn} {
			if f := e.FindIndex(line); f != nil && f[0] < at {
				at, kind, found = f[0], i, f
			}
		}
		if found == nil {
			return append(m, part{text: string(line)})
		}
		cell := line[found[0]:found[1]]
		m = append(m, part{text: string(line[:at])})
		switch kind {
		case 0:
			m = append(m, s.idPart(string(cell)))
		case 1:
			name, n := numberCell(cell)
			m = append(m, part{text: `"` + name + `":`, count: name, value: n})
		default:
			m = append(m, part{text: string(cell), login: true})
		}
		line = line[found[1]:]
	}
	return m
}

// idPart is an id in a line: each copy has its own, but of what all share.
func (s *seed) idPart(id string) part {
	if s.fixed[id] {
		return part{text: id}
	}
	tail, _ := strconv.ParseInt(id[24:], 16, 64) // the expression found hexadecimal digits
	return part{text: id[:24], id: true, value: tail}
}

// writeTail writes twelve hexadecimal digits.
func writeTail(out *bufio.Writer, n int64) {
	const digits = "0123456789abcdef"
	for shift := 44; shift >= 0; shift -= 4 {
		out.WriteByte(digits[n>>shift&15])
	}
}

// pour writes the n-th copy.
func (m mould) pour(out *bufio.Writer, n int64, top map[string]int64) {
	for _, p := range m {
		switch {
		case p.id:
			out.WriteString(p.text)
			writeTail(out, p.value^n*0x10001)
		case p.count != "":
			value := p.value
			if value > 0 { // 0 is none
				value += n * (top[p.count] + 1)
			}
			out.WriteString(p.text)
			out.WriteString(strconv.FormatInt(value, 10))
		case p.login:
			out.WriteString(p.text)
			out.WriteString("-" + strconv.FormatInt(n, 10))
		default:
			out.WriteString(p.text)
		}
	}
}

// copies are the rows of a table that a grown school has more than the seed.
type copies struct {
	moulds []mould
	times  int64 // the first is the seed's own
	top    map[string]int64
}

func (c copies) rows() int { return len(c.moulds) * int(c.times-1) }

// pour writes all copies of a row, then those of the next, as an export's order
// has them: their ids begin alike.
func (c copies) pour(to io.Writer, poured func(rows int)) error {
	out := bufio.NewWriterSize(to, 1<<16)
	for _, m := range c.moulds {
		for n := int64(1); n < c.times; n++ {
			m.pour(out, n, c.top)
		}
		if err := out.Flush(); err != nil {
			return err // nobody reads on
		}
		poured(int(c.times - 1))
	}
	return nil
}

// grown is a grown export: its copies are poured as they are read, and every
// deposit's file is there, and is none of its own.
type grown struct {
	fs.FS
	tables map[string]copies
	poured func(rows int)
}

func (g grown) rows() int {
	all := 0
	for _, c := range g.tables {
		all += c.rows()
	}
	return all
}

func (g grown) Open(name string) (fs.File, error) {
	if strings.HasPrefix(name, "pieces/") {
		name = oneFile
	}
	f, err := g.FS.Open(name)
	if c, is := g.tables[name]; is && err == nil {
		f = &pouring{File: f, copies: c, poured: g.poured}
	}
	return f, err
}

// pouring reads the seed's rows, then their copies.
type pouring struct {
	fs.File
	copies copies
	poured func(rows int)
	more   *io.PipeReader // once the seed's rows are read
}

func (p *pouring) Read(b []byte) (int, error) {
	if p.more != nil {
		return p.more.Read(b)
	}
	n, err := p.File.Read(b)
	if err != io.EOF {
		return n, err
	}
	out, in := io.Pipe()
	p.more = out
	go func() { in.CloseWithError(p.copies.pour(in, p.poured)) }()
	return n, nil
}

// Close ends the pouring too.
func (p *pouring) Close() error {
	if p.more != nil {
		p.more.Close()
	}
	return p.File.Close()
}

// withoutPapers hides the deposits' files: pages do not read them.
type withoutPapers struct{ fs.FS }

func (f withoutPapers) ReadDir(name string) ([]fs.DirEntry, error) {
	entries, err := fs.ReadDir(f.FS, name)
	var kept []fs.DirEntry
	for _, e := range entries {
		if name != "." || e.Name() != "pieces" {
			kept = append(kept, e)
		}
	}
	return kept, err
}

// noBlobs keeps no file.
type noBlobs struct{}

func (noBlobs) Put(_ context.Context, _ string, r io.Reader) (int64, error) {
	return io.Copy(io.Discard, r)
}
func (noBlobs) Open(context.Context, string) (io.ReadSeekCloser, error) {
	return nil, fault.ErrNotFound
}
func (noBlobs) Delete(context.Context, string) error { return nil }
func (noBlobs) Keys(context.Context) iter.Seq2[blob.KeyInfo, error] {
	return func(func(blob.KeyInfo, error) bool) {}
}
func (noBlobs) Sweep(context.Context, time.Time) (int, error) { return 0, nil }
func (noBlobs) Close() error                                  { return nil }
