package letter

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"pupitre/internal/platform/clock"
	"pupitre/internal/platform/french"
)

const noBreak = "\u00a0"

var weekdays = [...]string{"dimanche", "lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi"}

var months = [...]string{"janvier", "février", "mars", "avril", "mai", "juin",
	"juillet", "août", "septembre", "octobre", "novembre", "décembre"}

// shortDay returns « 8 juin 2027 », in Paris.
func shortDay(t time.Time) string {
	t = t.In(clock.Paris)
	n := strconv.Itoa(t.Day())
	if t.Day() == 1 {
		n = "1er"
	}
	return n + noBreak + months[t.Month()-1] + " " + strconv.Itoa(t.Year())
}

// day returns « mardi 8 juin 2027 », in Paris.
func day(t time.Time) string {
	return weekdays[t.In(clock.Paris).Weekday()] + " " + shortDay(t)
}

// moment returns « mardi 8 juin 2027 à 22 h 52 », in Paris.
func moment(t time.Time) string {
	p := t.In(clock.Paris)
	if p.Minute() == 0 {
		return day(t) + fmt.Sprintf(" à %d"+noBreak+"h", p.Hour())
	}
	return day(t) + fmt.Sprintf(" à %d"+noBreak+"h"+noBreak+"%02d", p.Hour(), p.Minute())
}

// second returns « mardi 8 juin 2027 à 22 h 52 min 07 s », in Paris.
func second(t time.Time) string {
	return day(t) + " à " + toSecond(t) + noBreak + "s"
}

// milli returns « mardi 8 juin 2027 à 22 h 52 min 07,431 s », in Paris.
func milli(t time.Time) string {
	return day(t) + " à " + toSecond(t) + fmt.Sprintf(",%03d", t.Nanosecond()/int(time.Millisecond)) + noBreak + "s"
}

func toSecond(t time.Time) string {
	p := t.In(clock.Paris)
	return fmt.Sprintf("%d"+noBreak+"h"+noBreak+"%02d"+noBreak+"min"+noBreak+"%02d", p.Hour(), p.Minute(), p.Second())
}

func number(n int) string { return strconv.Itoa(n) }

// ordinal returns « 1er », « 57e ».
func ordinal(n int) string { return strconv.Itoa(n) + ordinalEnd(n) }

func ordinalEnd(n int) string {
	if n == 1 {
		return "er"
	}
	return "e"
}

// list returns « a, b et c ».
func list(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " et " + words[len(words)-1]
}

// of returns « de Lucie », « d’Élise », « d’Yves ».
func of(name string) string {
	switch {
	case name == "":
		return "de"
	case french.Elides(name):
		return "d’" + name
	}
	return "de " + name
}

// sentence ends the text with a full stop unless it already ends.
func sentence(text string) string {
	if strings.HasSuffix(text, ".") || strings.HasSuffix(text, "?") || strings.HasSuffix(text, "!") || strings.HasSuffix(text, "…") {
		return text
	}
	return text + "."
}
