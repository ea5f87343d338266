package folder

import (
	"fmt"
	"net/mail"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// The longest values, in characters.
const (
	maxName = 100
	maxText = 200
	maxMail = 254
	maxCode = 60
)

// str returns the cell, after a problem if it is too long or holds an invisible character.
func (w row) str(col string, limit int) string {
	v := w.cells[col]
	if n := utf8.RuneCountInString(v); n > limit {
		w.fail(col, fmt.Sprintf("Cette valeur a %d caractères : %d au plus.", n, limit))
		return ""
	}
	if i := strings.IndexFunc(v, hidden); i >= 0 {
		w.fail(col, "Cette valeur contient un caractère invisible ou illisible. Retapez-la.")
		return ""
	}
	return v
}

func hidden(r rune) bool { return unicode.IsControl(r) || r == utf8.RuneError || r == '\uFEFF' }

// need is str of a cell that must be filled.
func (w row) need(col string, limit int) string {
	if w.cells[col] == "" && w.has(col) {
		w.fail(col, "Cette valeur est obligatoire.")
	}
	return w.str(col, limit)
}

// has tells whether the file has the column: its absence is told once, at the header.
func (w row) has(col string) bool { _, ok := w.cells[col]; return ok }

// list returns the cell's values, separated by |.
func (w row) list(col string) []string {
	var values []string
	for v := range strings.SplitSeq(w.str(col, 2*maxText), "|") {
		if v = strings.TrimSpace(v); v != "" {
			values = append(values, v)
		}
	}
	return values
}

// number returns a whole number from 0 to limit; 0 when the cell is empty.
func (w row) number(col string, limit int) int {
	v := w.str(col, maxCode)
	if v == "" {
		return 0
	}
	n, err := strconv.Atoi(v)
	if err != nil || n < 0 || n > limit {
		w.fail(col, fmt.Sprintf("« %s » n’est pas un nombre entier de 0 à %d.", v, limit))
		return 0
	}
	return n
}

// yes reads oui or non; empty gives nil.
func (w row) yes(col string) *bool {
	v := w.str(col, maxCode)
	answer := false
	switch fold(v) {
	case "":
		return nil
	case "oui", "o", "vrai", "x":
		answer = true
	case "non", "n", "faux":
	default:
		w.fail(col, "« "+v+" » : écrivez oui ou non.")
		return nil
	}
	return &answer
}

func (w row) isYes(col string) bool { v := w.yes(col); return v != nil && *v }

// date reads jj/mm/aaaa (or aaaa-mm-jj); empty gives the zero time.
func (w row) date(col string) time.Time {
	v := w.str(col, maxCode)
	if v == "" {
		return time.Time{}
	}
	d, err := parseDay(v)
	if err != nil {
		w.fail(col, "« "+v+" » : "+err.Error())
	}
	return d
}

var dayForms = regexp.MustCompile(`^(?:(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})|(\d{4})-(\d{2})-(\d{2}))$`)

// parseDay returns the midnight UTC of jj/mm/aaaa or aaaa-mm-jj; its error is a French clause.
func parseDay(v string) (time.Time, error) {
	m := dayForms.FindStringSubmatch(v)
	if m == nil {
		return time.Time{}, fmt.Errorf("une date s’écrit jj/mm/aaaa.")
	}
	if m[4] != "" {
		m[1], m[2], m[3] = m[6], m[5], m[4]
	}
	day, _ := strconv.Atoi(m[1])
	month, _ := strconv.Atoi(m[2])
	year, _ := strconv.Atoi(m[3])
	d := time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
	if d.Day() != day || int(d.Month()) != month || year < 1900 {
		return time.Time{}, fmt.Errorf("cette date n’existe pas.")
	}
	return d, nil
}

var timeForm = regexp.MustCompile(`^(\d{1,2})(?:[:hH](\d{2})?)(?::00)?$`)

// hour reads 18:00, 18h or 18 h 30 as "18:00"; empty gives "".
func (w row) hour(col string) string {
	v := w.str(col, maxCode)
	if v == "" {
		return ""
	}
	if m := timeForm.FindStringSubmatch(strings.ReplaceAll(v, " ", "")); m != nil {
		h, _ := strconv.Atoi(m[1])
		minute, _ := strconv.Atoi("0" + m[2])
		if h < 24 && minute < 60 {
			return fmt.Sprintf("%02d:%02d", h, minute)
		}
	}
	w.fail(col, "« "+v+" » : une heure s’écrit 18:30.")
	return ""
}

var weekdays = []string{"lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"}

// weekday reads a day's name as 1 to 7; empty gives 0.
func (w row) weekday(col string) int {
	v := w.str(col, maxCode)
	if v == "" {
		return 0
	}
	i := slices.Index(weekdays, fold(v))
	if i < 0 {
		w.fail(col, "« "+v+" » n’est pas un jour de la semaine.")
	}
	return i + 1
}

var postalForm = regexp.MustCompile(`^\d{5}$`)

func (w row) postalCode(col string) string {
	v := strings.ReplaceAll(w.str(col, maxCode), " ", "")
	if v == "" || postalForm.MatchString(v) {
		return v
	}
	w.fail(col, "« "+v+" » : un code postal a cinq chiffres (Excel enlève le zéro du début : mettez la colonne au format Texte).")
	return ""
}

// phone returns a telephone number as "0612345678", or "+41791234567" for abroad.
func (w row) phone(col string) string {
	v := w.str(col, maxCode)
	if v == "" {
		return ""
	}
	n, ok := normalPhone(v)
	if !ok {
		w.fail(col, "« "+v+" » n’est pas un numéro de téléphone : dix chiffres, ou + et l’indicatif du pays.")
	}
	return n
}

var (
	phoneSigns  = strings.NewReplacer(" ", "", ".", "", "-", "", "/", "", "(0)", "", "(", "", ")", "", "\u2011", "", "\u2013", "")
	frenchPhone = regexp.MustCompile(`^0[1-9]\d{8}$`)
	abroadPhone = regexp.MustCompile(`^\+[1-9]\d{6,14}$`)
)

func normalPhone(v string) (string, bool) {
	n := phoneSigns.Replace(v)
	if rest, ok := strings.CutPrefix(n, "00"); ok {
		n = "+" + rest
	}
	if rest, ok := strings.CutPrefix(n, "+33"); ok {
		n = "0" + strings.TrimPrefix(rest, "0")
	}
	if len(n) == 9 && n[0] != '0' && n[0] != '+' { // Excel took it for a number
		n = "0" + n
	}
	return n, frenchPhone.MatchString(n) || abroadPhone.MatchString(n)
}

// email returns an address with its domain in lower case.
func (w row) email(col string) string {
	v := w.str(col, maxMail)
	if v == "" {
		return ""
	}
	a, ok := plausibleEmail(v)
	if !ok {
		w.fail(col, "« "+v+" » n’est pas une adresse mail.")
	}
	return a
}

// Accents in an address are refused, as most mail servers do.
var emailForm = regexp.MustCompile(`^[!-~]+@[A-Za-z\d]([A-Za-z\d-]*[A-Za-z\d])?(\.[A-Za-z\d]([A-Za-z\d-]*[A-Za-z\d])?)+$`)

func plausibleEmail(v string) (string, bool) {
	a, err := mail.ParseAddress(v)
	at := strings.LastIndex(v, "@")
	if err != nil || a.Address != v || at < 1 || !emailForm.MatchString(v) {
		return "", false
	}
	return v[:at+1] + strings.ToLower(v[at+1:]), true
}

// level returns a school level as the school writes it, "" when v is not one.
func (s *School) level(v string) string {
	for _, l := range s.Levels {
		if levelKey(l) == levelKey(v) {
			return l
		}
	}
	return ""
}

var otherLevels = map[string]string{
	"seconde": "2de", "2nde": "2de", "premiere": "1re", "1ere": "1re", "terminale": "tle", "term": "tle",
	"petite section": "ps", "moyenne section": "ms", "grande section": "gs",
}

// levelKey makes "6ème", "6eme" and "6e" one, "Terminale" and "Tle" too.
func levelKey(v string) string {
	k := fold(strings.TrimSpace(v))
	k = strings.TrimSuffix(strings.TrimSuffix(k, "eme"), "e")
	if full, ok := otherLevels[fold(v)]; ok {
		k = strings.TrimSuffix(full, "e")
	}
	return k
}
