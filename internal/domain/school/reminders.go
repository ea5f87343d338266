package school

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"pupitre/internal/platform/clock"
	"pupitre/internal/platform/french"
)

// mostReminders is how many days a school may set, the furthest mostDays before
// the closing.
const (
	mostReminders = 6
	mostDays      = 90
)

// ParseReminderDays reads numbers of days as they are typed, « 10, 3 » or « 10 et
// 3 »; false when there is something else, or too much of it.
func ParseReminderDays(text string) ([]int, bool) {
	var days []int
	words := strings.FieldsFunc(strings.ReplaceAll(text, "et", " "), func(r rune) bool { return r == ',' || r == ';' || r == ' ' || r == '\u00a0' || r == '\u202f' })
	for _, w := range words {
		n, err := strconv.Atoi(w)
		if err != nil || n < 0 || n > mostDays || slices.Contains(days, n) {
			return nil, false
		}
		days = append(days, n)
	}
	return days, len(days) <= mostReminders
}

func reminderDays(v string) string {
	if _, ok := ParseReminderDays(v); !ok {
		return "Écrivez des nombres de jours avant la clôture, six au plus" + french.Nbsp + ": 10, 3."
	}
	return ""
}

// DayBegins is the first instant of that day in Paris.
func DayBegins(at time.Time) time.Time {
	local := at.In(clock.Paris)
	return time.Date(local.Year(), local.Month(), local.Day(), 0, 0, 0, 0, clock.Paris).UTC()
}

// RemindsOn tells whether the instant is of a day that the school has set before
// the closing; never without one.
func (s School) RemindsOn(at, closing time.Time) bool {
	if closing.IsZero() {
		return false
	}
	days, _ := ParseReminderDays(s.ReminderDays)
	local := closing.In(clock.Paris)
	for _, n := range days {
		day := time.Date(local.Year(), local.Month(), local.Day()-n, 12, 0, 0, 0, clock.Paris)
		if DayBegins(day).Equal(DayBegins(at)) {
			return true
		}
	}
	return false
}
