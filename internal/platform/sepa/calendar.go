package sepa

import (
	"slices"
	"time"

	"pupitre/internal/platform/clock"
)

const dayForm = "2006-01-02"

// IsBusinessDay tells whether banks settle on the day (TARGET): no Saturday or
// Sunday, not 1 January, Good Friday, Easter Monday, 1 May, 25 or 26 December.
// False for what is no day.
func IsBusinessDay(day string) bool {
	t, err := time.Parse(dayForm, day)
	return err == nil && settles(t)
}

func settles(t time.Time) bool {
	if t.Weekday() == time.Saturday || t.Weekday() == time.Sunday {
		return false
	}
	if slices.Contains([]string{"01-01", "05-01", "12-25", "12-26"}, t.Format("01-02")) {
		return false
	}
	easter := easterOf(t.Year())
	return !t.Equal(easter.AddDate(0, 0, -2)) && !t.Equal(easter.AddDate(0, 0, 1))
}

// NextBusinessDay returns the day itself when banks settle on it, else the first
// such day after it; "" for what is no day.
func NextBusinessDay(day string) string {
	t, err := time.Parse(dayForm, day)
	if err != nil {
		return ""
	}
	for !settles(t) {
		t = t.AddDate(0, 0, 1)
	}
	return t.Format(dayForm)
}

// EarliestDue is the first due date that a file made at the instant may ask for,
// when the bank wants that many business days (at least one).
func EarliestDue(made time.Time, lead int) string {
	t, _ := time.Parse(dayForm, made.In(clock.Paris).Format(dayForm))
	for range max(lead, 1) {
		t = t.AddDate(0, 0, 1)
		for !settles(t) {
			t = t.AddDate(0, 0, 1)
		}
	}
	return t.Format(dayForm)
}

// easterOf is Easter Sunday (Meeus, for the Gregorian calendar).
func easterOf(year int) time.Time {
	a, b, c := year%19, year/100, year%100
	h := (19*a + b - b/4 - (b-(b+8)/25+1)/3 + 15) % 30
	l := (32 + 2*(b%4) + 2*(c/4) - h - c%4) % 7
	m := (a + 11*h + 22*l) / 451
	n := h + l - 7*m + 114
	return time.Date(year, time.Month(n/31), n%31+1, 0, 0, 0, 0, time.UTC)
}
