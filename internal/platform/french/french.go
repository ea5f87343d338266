// Package french writes dates, numbers and lists as a French reader expects
// them, and folds text for searching.
package french

import (
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"pupitre/internal/platform/clock"
)

// Nbsp is the narrow no-break space that goes before ? ! ; : and inside « ».
const Nbsp = "\u202f"

var weekdays = [...]string{"dimanche", "lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi"}
var months = [...]string{"", "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre"}

// Weekday names the day 1 (lundi) to 7 (dimanche); "" for anything else.
func Weekday(day int) string {
	if day < 1 || day > 7 {
		return ""
	}
	return weekdays[day%7]
}

func dayOfMonth(t time.Time) string {
	if t.Day() == 1 {
		return "1er"
	}
	return fmt.Sprint(t.Day())
}

// Date writes « 8 juin 2027 », Paris time.
func Date(t time.Time) string {
	t = t.In(clock.Paris)
	return fmt.Sprintf("%s %s %d", dayOfMonth(t), months[t.Month()], t.Year())
}

// Day writes « mardi 8 juin », Paris time.
func Day(t time.Time) string {
	t = t.In(clock.Paris)
	return fmt.Sprintf("%s %s %s", weekdays[t.Weekday()], dayOfMonth(t), months[t.Month()])
}

// Hour writes « 22 h 05 », Paris time.
func Hour(t time.Time) string {
	t = t.In(clock.Paris)
	return fmt.Sprintf("%d\u00a0h\u00a0%02d", t.Hour(), t.Minute())
}

// HourSecond writes « 20 h 00 min 03 s », Paris time.
func HourSecond(t time.Time) string {
	t = t.In(clock.Paris)
	return fmt.Sprintf("%d\u00a0h\u00a0%02d\u00a0min\u00a0%02d\u00a0s", t.Hour(), t.Minute(), t.Second())
}

// Moment writes « mardi 8 juin à 22 h 52 », Paris time.
func Moment(t time.Time) string { return Day(t) + " à " + Hour(t) }

// MomentSecond writes « mardi 8 juin à 22 h 52 min 07 s », Paris time.
func MomentSecond(t time.Time) string { return Day(t) + " à " + HourSecond(t) }

// ShortMoment writes « 8 juin, 22 h 52 », Paris time.
func ShortMoment(t time.Time) string {
	t = t.In(clock.Paris)
	return fmt.Sprintf("%s %s, %s", dayOfMonth(t), months[t.Month()], Hour(t))
}

// ShortDate writes « 08/06/2027 », Paris time.
func ShortDate(t time.Time) string { return t.In(clock.Paris).Format("02/01/2006") }

// Clock writes « 21:14 », Paris time.
func Clock(t time.Time) string { return t.In(clock.Paris).Format("15:04") }

// CivilDate turns 2015-03-14 into « 14/03/2015 »; anything else stays as it is.
func CivilDate(iso string) string {
	t, err := time.Parse("2006-01-02", iso)
	if err != nil {
		return iso
	}
	return t.Format("02/01/2006")
}

// CivilMonth turns 2027-10 into « octobre 2027 »; anything else stays as it is.
func CivilMonth(iso string) string {
	t, err := time.Parse("2006-01", iso)
	if err != nil {
		return iso
	}
	return months[t.Month()] + " " + t.Format("2006")
}

// ReadDate reads jj/mm/aaaa (or j/m/aaaa) into 2006-01-02; false when it is not a real date.
func ReadDate(s string) (string, bool) {
	t, err := time.Parse("2/1/2006", strings.TrimSpace(s))
	if err != nil || t.Year() < 1900 || t.Year() > 2100 {
		return "", false
	}
	return t.Format("2006-01-02"), true
}

// Ordinal writes 1 as « 1er », others as « 2e ».
func Ordinal(n int64) string {
	if n == 1 {
		return "1er"
	}
	return fmt.Sprintf("%de", n)
}

// FeminineOrdinal writes 1 as « 1re », others as « 2e ».
func FeminineOrdinal(n int64) string {
	if n == 1 {
		return "1re"
	}
	return Ordinal(n)
}

// Count writes « 1 place », « 3 places »; zero takes the singular.
func Count(n int64, one, many string) string {
	return fmt.Sprintf("%d %s", n, Noun(n, one, many))
}

// Noun is the noun for that number; zero takes the singular.
func Noun(n int64, one, many string) string {
	if n > 1 || n < -1 {
		return many
	}
	return one
}

// List joins words: « a, b et c ».
func List(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " et " + words[len(words)-1]
}

// Megabytes writes a size in bytes as « 0,41 » (millions of bytes).
func Megabytes(size int64) string {
	hundredths := (size + 5000) / 10000
	if size > 0 && hundredths == 0 {
		hundredths = 1
	}
	return fmt.Sprintf("%d,%02d", hundredths/100, hundredths%100)
}

// Phone spaces a stored French number by pairs; others stay as they are.
func Phone(s string) string {
	if len(s) == 10 && s[0] == '0' {
		return s[0:2] + " " + s[2:4] + " " + s[4:6] + " " + s[6:8] + " " + s[8:10]
	}
	return s
}

var spelt = strings.NewReplacer("œ", "oe", "Œ", "oe", "æ", "ae", "Æ", "ae", "’", "'", "ß", "ss")

// Fold lowers s and drops its accents and doubled spaces, so that "elodie"
// finds "Élodie". Ligatures are spelt out.
func Fold(s string) string {
	s = spelt.Replace(s)
	if !isASCII(s) {
		s = norm.NFC.String(strings.Map(withoutAccent, norm.NFD.String(s)))
	}
	return strings.Join(strings.Fields(strings.ToLower(s)), " ")
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// withoutAccent drops the marks that a letter has once taken apart.
func withoutAccent(r rune) rune {
	if unicode.Is(unicode.Mn, r) {
		return -1
	}
	return r
}

// Age returns full years from the birth date to the day, both 2006-01-02; -1 when either is unreadable.
func Age(birth, on string) int {
	b, err := time.Parse("2006-01-02", birth)
	if err != nil {
		return -1
	}
	d, err := time.Parse("2006-01-02", on)
	if err != nil {
		return -1
	}
	years := d.Year() - b.Year()
	if d.Month() < b.Month() || d.Month() == b.Month() && d.Day() < b.Day() {
		years--
	}
	return years
}

// Sentence starts the words with a capital.
func Sentence(s string) string {
	if s == "" {
		return ""
	}
	first := []rune(s)[0]
	return strings.ToUpper(string(first)) + s[len(string(first)):]
}

// Euros writes cents as « 1 234,50 € »; what is owed back has a minus sign.
func Euros(cents int64) string {
	sign := ""
	if cents < 0 {
		sign, cents = "−", -cents
	}
	return fmt.Sprintf("%s%s,%02d\u00a0€", sign, thousands(cents/100), cents%100)
}

// WholeEuros writes cents, rounded, as « 1 235 € »: on a plot, cents would only be
// in the way.
func WholeEuros(cents int64) string {
	if cents < 0 {
		return "−" + WholeEuros(-cents)
	}
	return thousands((cents+50)/100) + "\u00a0€"
}

func thousands(n int64) string {
	whole := fmt.Sprint(n)
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + Nbsp + whole[i:]
	}
	return whole
}

// Groups parts the text every n characters, as an IBAN is written: « FR76 1234 … »,
// with spaces that do not break.
func Groups(s string, n int) string {
	var b strings.Builder
	for i, r := range []rune(s) {
		if i > 0 && i%n == 0 {
			b.WriteString("\u00a0")
		}
		b.WriteRune(r)
	}
	return b.String()
}

// Elides tells whether « de » is written « d’ » before the words: « d’Élise »,
// « d’Yves », but « de Yann ».
func Elides(words string) bool {
	folded := []rune(Fold(words))
	if len(folded) == 0 {
		return false
	}
	return strings.ContainsRune("aeiouh", folded[0]) ||
		folded[0] == 'y' && len(folded) > 1 && !strings.ContainsRune("aeiou", folded[1])
}
