package school

import (
	"fmt"
	"net/mail"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"pupitre/internal/platform/clock"
	"pupitre/internal/platform/french"
	"pupitre/internal/platform/sepa"
)

// ReadMoment reads « jj/mm/aaaa » or « jj/mm/aaaa hh:mm » (18h30 as well), Paris
// time; a day alone is its first minute, or its last second with endOfDay. An
// empty text is the zero time.
func ReadMoment(text string, endOfDay bool) (time.Time, bool) {
	day, hour, _ := strings.Cut(strings.TrimSpace(text), " ")
	if day == "" {
		return time.Time{}, hour == ""
	}
	iso, ok := french.ReadDate(day)
	if !ok {
		return time.Time{}, false
	}
	d, err := time.Parse(time.DateOnly, iso)
	if err != nil {
		return time.Time{}, false
	}
	h, m, s := 0, 0, 0
	hour = strings.ReplaceAll(strings.TrimPrefix(strings.TrimSpace(hour), "à"), " ", "")
	switch {
	case hour == "" && endOfDay:
		h, m, s = 23, 59, 59
	case hour != "":
		t, err := time.Parse("15:04", strings.Replace(hour, "h", ":", 1))
		if err != nil {
			return time.Time{}, false
		}
		h, m = t.Hour(), t.Minute()
	}
	return time.Date(d.Year(), d.Month(), d.Day(), h, m, s, 0, clock.Paris).UTC(), true
}

// ShownMoment writes a moment as ReadMoment reads it; "" for the zero time.
func ShownMoment(t time.Time, endOfDay bool) string {
	if t.IsZero() {
		return ""
	}
	hour := french.Clock(t)
	if local := t.In(clock.Paris); endOfDay && hour == "23:59" && local.Second() == 59 || !endOfDay && hour == "00:00" {
		return french.ShortDate(t)
	}
	return french.ShortDate(t) + " " + hour
}

func moment[T any](field, label, help string, endOfDay bool, of func(*T) *time.Time) Setting[T] {
	return Setting[T]{Field: field, Label: label, Help: help, Kind: MomentKind, Most: 30,
		Get: func(t T) string { return ShownMoment(*of(&t), endOfDay) },
		set: func(t *T, v string) string {
			at, ok := ReadMoment(v, endOfDay)
			if !ok {
				return "Écrivez une date, avec l’heure si besoin" + french.Nbsp + ": 01/06/2027 08:00."
			}
			*of(t) = at
			return ""
		}}
}

func day[T any](field, label, help string, of func(*T) *string) Setting[T] {
	return Setting[T]{Field: field, Label: label, Help: help, Kind: DayKind, Most: 10,
		Get: func(t T) string { return french.CivilDate(*of(&t)) },
		set: func(t *T, v string) string {
			iso, ok := french.ReadDate(v)
			if v != "" && !ok {
				return "Écrivez une date" + french.Nbsp + ": 13/09/2027."
			}
			*of(t) = iso
			return ""
		}}
}

// Line asks for one line of text.
func Line[T any](field, label, help string, most int, of func(*T) *string) Setting[T] {
	return Setting[T]{Field: field, Label: label, Help: help, Kind: LineKind, Most: most,
		Get: func(t T) string { return *of(&t) },
		set: func(t *T, v string) string {
			*of(t) = strings.Join(strings.Fields(v), " ")
			return ""
		}}
}

// Area asks for several lines.
func Area[T any](field, label, help string, most int, of func(*T) *string) Setting[T] {
	s := Line(field, label, help, most, of)
	s.Kind, s.set = AreaKind, func(t *T, v string) string {
		*of(t) = strings.ReplaceAll(v, "\r\n", "\n") // as a browser sends it
		return ""
	}
	return s
}

// Number asks for a whole number.
func Number[T any](field, label, help string, low, high int64, of func(*T) *int64) Setting[T] {
	return Setting[T]{Field: field, Label: label, Help: help, Kind: NumberKind, Required: true, Most: 6,
		Get: func(t T) string { return strconv.FormatInt(*of(&t), 10) },
		set: func(t *T, v string) string {
			n, err := strconv.ParseInt(v, 10, 64)
			if err != nil || n < low || n > high {
				return fmt.Sprintf("Écrivez un nombre de %d à %d.", low, high)
			}
			*of(t) = n
			return ""
		}}
}

// Pick asks for one of the choices.
func Pick[T any](field, label, help string, of func(*T) *string, choices ...Choice) Setting[T] {
	return Setting[T]{Field: field, Label: label, Help: help, Kind: ChoiceKind, Choices: choices,
		Get: func(t T) string { return *of(&t) },
		set: func(t *T, v string) string { *of(t) = v; return "" }}
}

// Tick is a box.
func Tick[T any](field, label, help string, of func(*T) *bool) Setting[T] {
	return Setting[T]{Field: field, Label: label, Help: help, Kind: YesKind,
		Get: func(t T) string {
			if *of(&t) {
				return "oui"
			}
			return ""
		},
		set: func(t *T, v string) string { *of(t) = v == "oui"; return "" }}
}

// Required makes the setting one that may not stay empty.
func Required[T any](s Setting[T]) Setting[T] { s.Required = true; return s }

func withHelp[T any](s Setting[T], help string) Setting[T] { s.Help = help; return s }

// Under puts the settings under one heading.
func Under[T any](heading string, all ...Setting[T]) []Setting[T] {
	for i := range all {
		all[i].Group = heading
	}
	return all
}

func webAddress(v string) string {
	u, err := url.Parse(v)
	if v != "" && (err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http") {
		return "Une adresse commence par https://"
	}
	return ""
}

func mailAddress(v string) string {
	a, err := mail.ParseAddress(v)
	if v != "" && (err != nil || a.Address != v) {
		return "Écrivez une adresse mail" + french.Nbsp + ": secretariat@ecole.fr."
	}
	return ""
}

var telephone = regexp.MustCompile(`^(0[1-9][0-9]{8}|\+[1-9][0-9]{6,14})$`)

func phoneNumber(v string) string {
	if v != "" && !telephone.MatchString(strings.NewReplacer(" ", "", ".", "", "-", "", "\u00a0", "", "\u202f", "").Replace(v)) {
		return "Écrivez un numéro de téléphone" + french.Nbsp + ": 02 40 12 34 56."
	}
	return ""
}

// IsCreditor tells whether v is a French SEPA creditor's identifier (ICS).
func IsCreditor(v string) bool {
	return strings.HasPrefix(v, "FR") && sepa.IsICS(v)
}

func creditorNumber(v string) string {
	if v != "" && !IsCreditor(v) {
		return "Ce n’est pas un identifiant de créancier SEPA" + french.Nbsp + ": FR, deux chiffres de contrôle, ZZZ, six caractères."
	}
	return ""
}

// checked adds a judgement of the value to a setting of text.
func checked[T any](s Setting[T], kind Kind, judge func(string) string) Setting[T] {
	write := s.set
	s.Kind = kind
	s.set = func(t *T, v string) string {
		if message := judge(v); message != "" {
			return message
		}
		return write(t, v)
	}
	return s
}
