package folder

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// clean puts a value in NFC, trimmed, its runs of spaces made one and its
// lines joined by between. Control characters stay: they are refused later.
func clean(s, between string) string {
	s = norm.NFC.String(s)
	var lines []string
	for _, line := range strings.FieldsFunc(s, func(r rune) bool { return r == '\n' || r == '\r' || r == '\u2028' }) {
		if line = strings.Join(strings.Fields(line), " "); line != "" {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, between)
}

// fold makes two spellings of one word equal: no accents, no capitals, one apostrophe.
func fold(s string) string {
	s = strings.NewReplacer("œ", "oe", "Œ", "oe", "æ", "ae", "Æ", "ae", "’", "'").Replace(s)
	var b strings.Builder
	for _, r := range norm.NFD.String(s) {
		if !unicode.Is(unicode.Mn, r) {
			b.WriteRune(unicode.ToLower(r))
		}
	}
	return b.String()
}

// folded is the key under which values that differ by accents or case are one.
func folded(values ...string) string {
	for i, v := range values {
		values[i] = fold(v)
	}
	return strings.Join(values, "\x1f")
}
