package sepa

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// spelt are the letters and signs that no taking apart brings into the charset.
var spelt = strings.NewReplacer(
	"œ", "oe", "Œ", "OE", "æ", "ae", "Æ", "AE", "ß", "ss", "ẞ", "SS", "ø", "o", "Ø", "O", "ł", "l", "Ł", "L", "đ", "d", "Đ", "D",
	"ð", "d", "Ð", "D", "þ", "th", "Þ", "TH", "ı", "i", "€", "EUR", "°", "o", "&", "+", "_", "-", ";", ",", "!", ".",
	"’", "'", "‘", "'", "‛", "'", "ʼ", "'", "´", "'", "`", "'", `"`, "'", "“", "'", "”", "'", "«", " ", "»", " ",
	"–", "-", "—", "-", "‑", "-", "‐", "-", "−", "-", "…", "...", "[", "(", "]", ")", "{", "(", "}", ")", "@", "(at)",
)

// Transliterate brings a text down to the characters that every SEPA bank takes:
// « Noël Œuvré » is « Noel OEuvre ». What has no equivalent becomes a space, and
// spaces are gathered: the result may be empty. The true name stays with the caller.
func Transliterate(text string) string {
	var b strings.Builder
	for _, r := range norm.NFKD.String(spelt.Replace(text)) {
		switch {
		case writable(r):
			b.WriteRune(r)
		case !unicode.Is(unicode.Mn, r):
			b.WriteByte(' ')
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

// IsWritable tells whether the text has only characters of the SEPA set: those
// that Transliterate leaves.
func IsWritable(text string) bool {
	for _, r := range text {
		if !writable(r) {
			return false
		}
	}
	return true
}

func writable(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("/-?:().,'+ ", r)
}
