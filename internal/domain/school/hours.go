package school

import (
	"time"

	"pupitre/internal/platform/clock"
)

// QuietHours returns the earliest moment from at on when the school may write
// of its own accord: at itself, or the end of the quiet hours it falls in.
func QuietHours(at time.Time, s School) time.Time {
	local := at.In(clock.Paris)
	if !s.quiet(local) {
		return at
	}
	morning := func(day int) time.Time {
		return time.Date(local.Year(), local.Month(), day, int(s.QuietUntil), 0, 0, 0, clock.Paris)
	}
	day := local.Day()
	if int64(local.Hour()) >= s.QuietUntil {
		day++
	}
	end := morning(day)
	if s.silent(end) {
		end = morning(day + 1)
	}
	for s.quiet(end) { // an hour that the clock change skips
		end = end.Add(time.Hour)
	}
	return end.UTC()
}

// silent tells whether the school writes nothing that whole day.
func (s School) silent(local time.Time) bool {
	return s.QuietSundays && local.Weekday() == time.Sunday
}

func (s School) quiet(local time.Time) bool {
	if s.silent(local) {
		return true
	}
	hour := int64(local.Hour())
	if s.QuietFrom <= s.QuietUntil {
		return s.QuietFrom <= hour && hour < s.QuietUntil
	}
	return hour >= s.QuietFrom || hour < s.QuietUntil
}

// EndOfDay returns 23:59 in Paris, so many calendar days after from.
func EndOfDay(from time.Time, days int64) time.Time {
	local := from.In(clock.Paris)
	return time.Date(local.Year(), local.Month(), local.Day()+int(days), 23, 59, 0, 0, clock.Paris).UTC()
}
