package importing

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"pupitre/internal/domain/people"
	"pupitre/internal/domain/school"
	"pupitre/internal/platform/french"
	"pupitre/internal/platform/sheet"
)

// trouble is what is wrong with a value: a sentence, and values that may be meant.
type trouble struct {
	what    string
	perhaps []string
}

// reading turns the text of a cell into the value to keep, or says what is wrong.
type reading func(text string) (string, *trouble)

const (
	longestName = 100
	longestText = 200
)

// text reads a line of at most so many characters.
func text(most int) reading {
	return func(v string) (string, *trouble) {
		v = norm.NFC.String(v)
		if n := utf8.RuneCountInString(v); n > most {
			return "", &trouble{fmt.Sprintf("Trop long\u202f: %d caractères, %d au plus", n, most), []string{strings.TrimSpace(string([]rune(v)[:most]))}}
		}
		return v, nil
	}
}

var (
	civilDay  = regexp.MustCompile(`^(\d{1,2})[/.\- ](\d{1,2})[/.\- ](\d{2}|\d{4})( .*)?$`)
	isoDay    = regexp.MustCompile(`^(\d{4})[/.\-](\d{1,2})[/.\-](\d{1,2})([T ].*)?$`)
	wordDay   = regexp.MustCompile(`^(\d{1,2})(?:er)? ([a-z]+)\.? (\d{4})$`)
	serialDay = regexp.MustCompile(`^\d{5}$`)
)

var monthWords = []string{"janv", "fevr", "mars", "avr", "mai", "juin", "juil", "aout", "sept", "oct", "nov", "dec"}

// birthDate reads a day as 2015-03-14, whatever way people write it; today is the last one.
func birthDate(today string) reading {
	return func(v string) (string, *trouble) {
		day, month, year, ok := partsOfDay(v, today)
		if !ok {
			return "", &trouble{what: "Cette date ne se lit pas\u202f: écrivez jj/mm/aaaa"}
		}
		iso, real := dayOf(day, month, year)
		switch {
		case !real:
			t := trouble{what: "Cette date n’existe pas"}
			if month > 12 && day <= 12 {
				if swapped, fine := dayOf(month, day, year); fine {
					t.perhaps = append(t.perhaps, french.CivilDate(swapped))
				}
			} else if month >= 1 && month <= 12 && day > 28 && day <= 31 {
				last := time.Date(year, time.Month(month)+1, 0, 0, 0, 0, 0, time.UTC)
				t.perhaps = append(t.perhaps, last.Format("02/01/2006"))
			}
			return "", &t
		case iso > today:
			return "", &trouble{what: "Cette date est dans l’avenir"}
		case year < 1900:
			return "", &trouble{what: "Cette date est trop ancienne"}
		}
		return iso, nil
	}
}

// partsOfDay takes a date apart; a year of two figures is of the hundred years that end today.
func partsOfDay(v, today string) (day, month, year int, ok bool) {
	number := func(s string) int { n, _ := strconv.Atoi(s); return n }
	if m := civilDay.FindStringSubmatch(v); m != nil {
		year = number(m[3])
		if len(m[3]) == 2 {
			if year += 2000; year > number(today[:min(4, len(today))]) {
				year -= 100
			}
		}
		return number(m[1]), number(m[2]), year, true
	}
	if m := isoDay.FindStringSubmatch(v); m != nil {
		return number(m[3]), number(m[2]), number(m[1]), true
	}
	if m := wordDay.FindStringSubmatch(french.Fold(v)); m != nil {
		i := slices.IndexFunc(monthWords, func(w string) bool { return strings.HasPrefix(m[2], w) || len(m[2]) >= 3 && strings.HasPrefix(w, m[2]) })
		return number(m[1]), i + 1, number(m[3]), i >= 0
	}
	if serialDay.MatchString(v) && v < "60000" { // a date whose format was lost
		t := sheet.Serial(float64(number(v)))
		return t.Day(), int(t.Month()), t.Year(), true
	}
	return 0, 0, 0, false
}

func dayOf(day, month, year int) (string, bool) {
	t := time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
	return t.Format(time.DateOnly), month >= 1 && month <= 12 && day >= 1 && t.Day() == day
}

var nineFigures = regexp.MustCompile(`^[1-9]\d{8}$`)

// phone reads a number; one that lost its zero in a spreadsheet finds it again.
func phone(v string) (string, *trouble) {
	bareNumber := strings.NewReplacer(" ", "", ".", "", "-", "", "/", "").Replace(v)
	if nineFigures.MatchString(bareNumber) {
		v = "0" + bareNumber
	} else if strings.HasPrefix(bareNumber, "33") && len(bareNumber) == 11 {
		v = "+" + bareNumber
	}
	n, ok := people.NormalPhone(v)
	if !ok {
		return "", &trouble{what: "Un numéro compte dix chiffres, ou commence par + et l’indicatif du pays"}
	}
	return n, nil
}

var fiveFigures = regexp.MustCompile(`^\d{5}$`)

func postcode(v string) (string, *trouble) {
	n := strings.ReplaceAll(v, " ", "")
	if fiveFigures.MatchString(n) {
		return n, nil
	}
	t := trouble{what: "Le code postal compte 5 chiffres"}
	if _, err := strconv.Atoi(n); err == nil && len(n) == 4 {
		t.perhaps = []string{"0" + n, n + "0"} // a spreadsheet takes the zero in front away
	}
	return "", &t
}

var slips = strings.NewReplacer(" ", "", ",", ".", ";", ".", "..", ".", "(at)", "@", "[at]", "@", "@@", "@", "mailto:", "")

// email reads an address; what a slip of the keyboard may have been is proposed.
func email(v string) (string, *trouble) {
	if a, ok := people.NormalEmail(v); ok {
		return a, nil
	}
	t := trouble{what: "Cette adresse mail n’est pas complète"}
	mended := strings.Trim(slips.Replace(strings.ToLower(french.Fold(v))), ".<>")
	if first, _, several := strings.Cut(strings.NewReplacer(";", " ", ",", " ", "/", " ").Replace(v), " "); several {
		if a, ok := people.NormalEmail(first); ok {
			return "", &trouble{"Une case tient une seule adresse mail", []string{a}}
		}
	}
	if a, ok := people.NormalEmail(mended); ok {
		t.perhaps = []string{a}
	}
	return "", &t
}

func civility(v string) (string, *trouble) {
	switch strings.Trim(french.Fold(v), ".") {
	case "m", "mr", "monsieur", "homme", "h":
		return "M.", nil
	case "mme", "madame", "mlle", "mademoiselle", "femme", "f":
		return "Mme", nil
	}
	return "", &trouble{"La civilité est «\u202fM.\u202f» ou «\u202fMme\u202f»", []string{"Mme", "M."}}
}

var otherLevels = map[string]school.Level{
	"petite section": school.PS, "moyenne section": school.MS, "grande section": school.GS, "cours preparatoire": school.CP,
	"sixieme": school.Sixth, "cinquieme": school.Fifth, "quatrieme": school.Fourth, "troisieme": school.Third,
	"seconde": school.Second, "2nde": school.Second, "2nd": school.Second, "premiere": school.First, "1ere": school.First, "1er": school.First, "1": school.First,
	"terminale": school.Final, "term": school.Final, "tale": school.Final, "etudiant": school.Higher, "etudiante": school.Higher, "superieur": school.Higher, "fac": school.Higher,
	"adultes": school.Adult, "6": school.Sixth, "5": school.Fifth, "4": school.Fourth, "3": school.Third, "2": school.Second,
}

func levelOf(v string) school.Level {
	key := french.Fold(v)
	for _, l := range school.Levels {
		if key == french.Fold(l.French()) || key == french.Fold(string(l)) {
			return l
		}
	}
	if l := otherLevels[key]; l != "" {
		return l
	}
	if trimmed := strings.TrimSuffix(key, "eme"); trimmed != key {
		return otherLevels[trimmed]
	}
	return ""
}

// level reads a school level; « 6ème B » is proposed as 6e.
func level(v string) (string, *trouble) {
	if l := levelOf(v); l != "" {
		return string(l), nil
	}
	t := trouble{what: "Niveau inconnu"}
	key := french.Fold(v)
	for _, part := range []string{strings.TrimRightFunc(key, unicode.IsLetter), firstWord(key), firstWord(strings.TrimLeft(key, "en "))} {
		if l := levelOf(strings.TrimSpace(part)); l != "" && !slices.Contains(t.perhaps, l.French()) {
			t.perhaps = append(t.perhaps, l.French())
		}
	}
	if len(t.perhaps) == 0 {
		var names []string
		for _, l := range school.Levels {
			names = append(names, l.French())
		}
		t.perhaps = nearest(v, names, 1)
	}
	return "", &t
}

func firstWord(s string) string {
	word, _, _ := strings.Cut(s, " ")
	return word
}

// nearest returns the names that differ least from v, at most so many; those
// that differ in more than a third of their letters are none.
func nearest(v string, names []string, most int) []string {
	type found struct {
		name string
		far  int
	}
	var all []found
	key := []rune(french.Fold(v))
	for _, name := range names {
		folded := []rune(french.Fold(name))
		far := distance(key, folded)
		if strings.HasPrefix(string(folded), string(key)) && len(key) >= 3 {
			far = 1
		}
		if far*3 <= max(len(key), len(folded)) {
			all = append(all, found{name, far})
		}
	}
	slices.SortStableFunc(all, func(a, b found) int { return a.far - b.far })
	var near []string
	for _, f := range all[:min(most, len(all))] {
		near = append(near, f.name)
	}
	return near
}

// distance counts the letters to add, take away or change.
func distance(a, b []rune) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range a {
		left := row[0]
		row[0] = i + 1
		for j := range b {
			up := row[j+1]
			cost := left
			if a[i] != b[j] {
				cost++
			}
			row[j+1] = min(cost, up+1, row[j]+1)
			left = up
		}
	}
	return row[len(b)]
}

// splitName takes « MOREAU Claire » or « Claire MOREAU » apart: the words in
// capitals are the family's name; without any, the first word is.
func splitName(v string) (last, first string) {
	wordsOf := strings.Fields(v)
	var upper, other []string
	for _, w := range wordsOf {
		if w == strings.ToUpper(w) && strings.ContainsFunc(w, unicode.IsLetter) && utf8.RuneCountInString(w) > 1 {
			upper = append(upper, w)
		} else {
			other = append(other, w)
		}
	}
	if len(upper) == 0 || len(other) == 0 {
		if len(wordsOf) < 2 {
			return v, ""
		}
		return wordsOf[0], strings.Join(wordsOf[1:], " ")
	}
	return strings.Join(upper, " "), strings.Join(other, " ")
}
