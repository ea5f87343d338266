package pdf

import (
	"bytes"
	"compress/zlib"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// The layout engine writes words apart, without the spaces between them, and
// takes a no-break space for an ordinary one. So the text goes in with private
// characters that our typefaces draw as blanks, and the written file's tables of
// characters are put right: what a reader copies or hears has the true spaces.
const (
	privateNoBreak = "\ue000"
	privateNarrow  = "\ue001"
	privateWordEnd = "\ue002" // as wide as nothing: the engine leaves the gap
)

var hideNoBreaks = strings.NewReplacer(
	"\u00a0", privateNoBreak, "&nbsp;", privateNoBreak, "&#160;", privateNoBreak,
	"\u202f", privateNarrow, "&#8239;", privateNarrow,
)

var trueSpaces = strings.NewReplacer("<E000>", "<00A0>", "<E001>", "<202F>", "<E002>", "<0020>")

var inline = map[atom.Atom]bool{
	atom.A: true, atom.B: true, atom.Em: true, atom.I: true, atom.Small: true,
	atom.Span: true, atom.Strong: true, atom.Sub: true, atom.Sup: true, atom.Time: true,
}

// hideSpaces puts the private characters into the document's text: a word ends
// at white space, and where the block around it ends.
func hideSpaces(document string) string {
	z := html.NewTokenizer(strings.NewReader(hideNoBreaks.Replace(document)))
	var out strings.Builder
	inWord, verbatim := false, false
	for z.Next() != html.ErrorToken {
		raw := string(z.Raw())
		token := z.Token()
		switch {
		case token.Type == html.TextToken && verbatim:
		case token.Type == html.TextToken:
			raw, inWord = markWordEnds(raw, inWord)
		case token.Type == html.StartTagToken || token.Type == html.EndTagToken || token.Type == html.SelfClosingTagToken:
			verbatim = token.Type == html.StartTagToken && (token.DataAtom == atom.Style || token.DataAtom == atom.Title)
			if inWord && !inline[token.DataAtom] {
				out.WriteString(privateWordEnd)
				inWord = false
			}
		}
		out.WriteString(raw)
	}
	return out.String()
}

// markWordEnds marks the white space after every word, and tells whether the
// text stops within one. Space at the beginning counts only after a word.
func markWordEnds(text string, inWord bool) (string, bool) {
	var out strings.Builder
	for _, r := range text {
		space := r == ' ' || r == '\n' || r == '\t' || r == '\r'
		if space && inWord {
			out.WriteString(privateWordEnd)
		}
		inWord = !space
		out.WriteRune(r)
	}
	return out.String(), inWord
}

var (
	objectStart = regexp.MustCompile(`^\d+ 0 obj\b`)
	lengthEntry = regexp.MustCompile(`/Length \d+`)
	fileEnd     = regexp.MustCompile(`startxref\n(\d+)\n%%EOF\s*$`)
)

// restoreSpaces rewrites the ToUnicode tables of a file written by the
// layout engine (classic cross-reference table, objects in order).
func restoreSpaces(file []byte) ([]byte, error) {
	end := fileEnd.FindSubmatchIndex(file)
	if end == nil {
		return nil, errors.New("no end of file")
	}
	at, err := strconv.Atoi(string(file[end[2]:end[3]]))
	if err != nil || at > end[0] || !bytes.HasPrefix(file[at:], []byte("xref\n")) {
		return nil, fmt.Errorf("no cross-reference table at %d", at)
	}
	table, trailer, ok := bytes.Cut(file[at:end[0]], []byte("trailer\n"))
	if !ok {
		return nil, errors.New("no trailer")
	}
	starts, err := objectOffsets(table)
	if err != nil {
		return nil, err
	}
	var out, xref bytes.Buffer
	out.Write(file[:starts[0]])
	fmt.Fprintf(&xref, "xref\n0 %d\n0000000000 65535 f \n", len(starts)+1)
	for i, start := range starts {
		stop := at
		if i+1 < len(starts) {
			stop = starts[i+1]
		}
		if !objectStart.Match(file[start:stop]) {
			return nil, fmt.Errorf("object %d is not at %d", i+1, start)
		}
		fmt.Fprintf(&xref, "%010d 00000 n \n", out.Len())
		object, err := restoreObject(file[start:stop])
		if err != nil {
			return nil, fmt.Errorf("object %d: %w", i+1, err)
		}
		out.Write(object)
	}
	newAt := out.Len()
	out.Write(xref.Bytes())
	fmt.Fprintf(&out, "trailer\n%sstartxref\n%d\n%%%%EOF\n", trailer, newAt)
	return out.Bytes(), nil
}

func objectOffsets(table []byte) ([]int, error) {
	var starts []int
	for _, line := range strings.Split(string(table), "\n") {
		if len(line) < 18 || line[17] != 'n' {
			continue
		}
		at, err := strconv.Atoi(line[:10])
		if err != nil || (len(starts) > 0 && at <= starts[len(starts)-1]) {
			return nil, fmt.Errorf("cross-reference entry %q", line)
		}
		starts = append(starts, at)
	}
	if len(starts) == 0 {
		return nil, errors.New("empty cross-reference table")
	}
	return starts, nil
}

// restoreObject returns the object as it is, unless it is a ToUnicode table.
func restoreObject(object []byte) ([]byte, error) {
	head, rest, ok := bytes.Cut(object, []byte("\nstream\n"))
	if !ok || !bytes.Contains(head, []byte("/FlateDecode")) {
		return object, nil
	}
	z, err := zlib.NewReader(bytes.NewReader(rest))
	if err != nil {
		return nil, err
	}
	plain, err := io.ReadAll(z)
	if err != nil {
		return nil, err
	}
	if !bytes.Contains(plain, []byte("begincmap")) {
		return object, nil
	}
	var packed bytes.Buffer
	w := zlib.NewWriter(&packed)
	if _, err := io.WriteString(w, trueSpaces.Replace(string(plain))); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	head = lengthEntry.ReplaceAll(head, []byte("/Length "+strconv.Itoa(packed.Len())))
	return bytes.Join([][]byte{head, []byte("\nstream\n"), packed.Bytes(), []byte("\nendstream\nendobj\n")}, nil), nil
}
