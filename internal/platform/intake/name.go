package intake

import (
	"path"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

const maxName = 120 // runes

// CleanName is the name of an upload for showing: without folders, invisible
// and control characters, accents kept (composed), at most 120 runes with the
// ending kept. A name of which nothing is left is "document".
func CleanName(name string) string {
	name = strings.ToValidUTF8(name, "")
	name = name[strings.LastIndexAny(name, `/\`)+1:]
	name = strings.Map(func(r rune) rune {
		switch {
		case unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co, unicode.Zl, unicode.Zp):
			return -1
		case unicode.IsSpace(r):
			return ' '
		}
		return r
	}, norm.NFC.String(name))
	name = strings.Trim(strings.Join(strings.Fields(name), " "), " .")
	if name == "" {
		return "document"
	}
	if runes := []rune(name); len(runes) > maxName {
		ending := []rune(path.Ext(name))
		if len(ending) > 10 {
			ending = nil
		}
		name = strings.TrimRight(string(runes[:maxName-len(ending)]), " .") + string(ending)
	}
	return name
}
