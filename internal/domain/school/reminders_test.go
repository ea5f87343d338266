package school

import (
	"testing"
	"time"

	"pupitre/internal/platform/clock"
)

func TestReminderDaysAreReadAsTheyAreTyped(t *testing.T) {
	for text, want := range map[string]int{"10, 3": 2, "10 et 3": 2, "10;3;1": 3, "": 0, "0": 1, "10": 1, "dix": -1, "3, 3": -1, "-1": -1, "91": -1, "1 2 3 4 5 6 7": -1} {
		days, ok := ParseReminderDays(text)
		if ok != (want >= 0) || ok && len(days) != want {
			t.Errorf("%q: %v, %v", text, days, ok)
		}
	}
}

func TestTheSchoolRemindsOnTheDaysItHasSet(t *testing.T) {
	paris := func(s string) time.Time {
		at, err := time.ParseInLocation("2006-01-02 15:04", s, clock.Paris)
		if err != nil {
			t.Fatal(err)
		}
		return at.UTC()
	}
	s, closing := School{ReminderDays: "10, 3"}, paris("2027-06-25 23:59")
	for at, want := range map[string]bool{"2027-06-15 00:00": true, "2027-06-15 23:59": true, "2027-06-14 23:59": false, "2027-06-16 00:00": false, "2027-06-22 12:00": true, "2027-06-25 12:00": false} {
		if got := s.RemindsOn(paris(at), closing); got != want {
			t.Errorf("%s: %v", at, got)
		}
	}
	if s.RemindsOn(paris("2027-06-15 12:00"), time.Time{}) || (School{}).RemindsOn(paris("2027-06-15 12:00"), closing) {
		t.Error("reminded without a closing, or without days")
	}
}
