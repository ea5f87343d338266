package school_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"pupitre/internal/domain/school"
	"pupitre/internal/platform/clock"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/db/dbtest"
	"pupitre/internal/platform/fault"
)

var ctx = context.Background()

func paris(t *testing.T, s string) time.Time {
	t.Helper()
	at, err := time.ParseInLocation("2006-01-02 15:04:05", s, clock.Paris)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func TestQuietHours(t *testing.T) {
	night := school.School{QuietFrom: 20, QuietUntil: 8}
	rows := []struct {
		name     string
		school   school.School
		at, want string
	}{
		{"in the afternoon, at once", night, "2027-06-08 15:30:00", "2027-06-08 15:30:00"},
		{"at 8 sharp, at once", night, "2027-06-08 08:00:00", "2027-06-08 08:00:00"},
		{"a second before 8", night, "2027-06-08 07:59:59", "2027-06-08 08:00:00"},
		{"a second before 20 h, at once", night, "2027-06-08 19:59:59", "2027-06-08 19:59:59"},
		{"at 20 h, the next morning", night, "2027-06-08 20:00:00", "2027-06-09 08:00:00"},
		{"after midnight, the same morning", night, "2027-06-08 00:30:00", "2027-06-08 08:00:00"},
		{"new year's eve", night, "2027-12-31 23:00:00", "2028-01-01 08:00:00"},
		{"the night the clock goes forward", night, "2027-03-27 22:00:00", "2027-03-28 08:00:00"},
		{"the night the clock goes back", night, "2027-10-30 22:00:00", "2027-10-31 08:00:00"},
		{"quiet until an hour that does not exist", school.School{QuietFrom: 20, QuietUntil: 2}, "2027-03-28 00:30:00", "2027-03-28 03:00:00"},
		{"quiet at lunch only", school.School{QuietFrom: 12, QuietUntil: 14}, "2027-06-08 12:15:00", "2027-06-08 14:00:00"},
		{"never quiet", school.School{QuietFrom: 24, QuietUntil: 0}, "2027-06-08 23:59:59", "2027-06-08 23:59:59"},
	}
	for _, row := range rows {
		got := school.QuietHours(paris(t, row.at), row.school)
		if want := paris(t, row.want); !got.Equal(want) {
			t.Errorf("%s: got %s, want %s", row.name, got.In(clock.Paris), want)
		}
	}
}

func TestEndOfDay(t *testing.T) {
	rows := []struct {
		name string
		from string
		days int64
		want string
	}{
		{"a week later", "2027-06-08 10:00:00", 7, "2027-06-15 23:59:00"},
		{"the same day", "2027-06-08 10:00:00", 0, "2027-06-08 23:59:00"},
		{"just after midnight in Paris, still the day before in UTC", "2027-06-08 00:30:00", 3, "2027-06-11 23:59:00"},
		{"over the clock going forward", "2027-03-26 10:00:00", 7, "2027-04-02 23:59:00"},
		{"over the clock going back", "2027-10-29 10:00:00", 7, "2027-11-05 23:59:00"},
		{"over the end of a month", "2027-06-28 10:00:00", 7, "2027-07-05 23:59:00"},
	}
	for _, row := range rows {
		got := school.EndOfDay(paris(t, row.from), row.days)
		if want := paris(t, row.want); !got.Equal(want) {
			t.Errorf("%s: got %s, want %s", row.name, got.In(clock.Paris), want)
		}
	}
}

func TestCampaign(t *testing.T) {
	opens, closes := paris(t, "2027-06-08 20:00:00"), paris(t, "2027-06-22 23:59:00")
	rows := []struct {
		name                 string
		season               school.Season
		at                   string
		before, open, closed bool
	}{
		{"the second before opening", school.Season{OpensAt: opens, ClosesAt: closes}, "2027-06-08 19:59:59", true, false, false},
		{"the opening minute", school.Season{OpensAt: opens, ClosesAt: closes}, "2027-06-08 20:00:00", false, true, false},
		{"the last second", school.Season{OpensAt: opens, ClosesAt: closes}, "2027-06-22 23:58:59", false, true, false},
		{"closing", school.Season{OpensAt: opens, ClosesAt: closes}, "2027-06-22 23:59:00", false, false, true},
		{"a year later, without closing date", school.Season{OpensAt: opens}, "2028-06-22 23:59:00", false, true, false},
	}
	for _, row := range rows {
		at := paris(t, row.at)
		if before, open, closed := row.season.BeforeOpening(at), row.season.IsOpen(at), row.season.HasClosed(at); before != row.before || open != row.open || closed != row.closed {
			t.Errorf("%s: got before %v, open %v, closed %v", row.name, before, open, closed)
		}
	}
}

func TestNextLevel(t *testing.T) {
	rows := []struct{ level, want school.Level }{
		{"non_scolarise", "PS"}, {"GS", "CP"}, {"CM2", "6e"}, {"3e", "2de"}, {"Tle", "sup"}, {"sup", "sup"}, {"adulte", "adulte"}, {"", ""}, {"7e", "7e"},
	}
	for _, row := range rows {
		if got := school.NextLevel(row.level); got != row.want {
			t.Errorf("after %q: got %q, want %q", row.level, got, row.want)
		}
	}
	for _, l := range school.Levels {
		if got := school.LevelNamed(l.French()); got != l {
			t.Errorf("the level named %q: got %q, want %q", l.French(), got, l)
		}
	}
}

func TestTextsKeepTheirVersions(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		if _, err := school.LatestText(ctx, store, school.TextRules); !errors.Is(err, fault.ErrNotFound) {
			t.Fatalf("no text yet: got %v", err)
		}
		at := paris(t, "2027-06-08 20:00:00")
		add := func(at time.Time, version, body string) {
			err := store.Write(ctx, func(tx *db.Tx) error {
				return school.AddText(ctx, tx, at, school.Text{Kind: school.TextRules, Version: version, Title: "Règlement", Body: body})
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		add(at, "2026", "Ancien.\n\nSuite.")
		old, err := school.LatestText(ctx, store, school.TextRules)
		if err != nil {
			t.Fatal(err)
		}
		add(at.Add(time.Hour), "2027", "Nouveau.")
		add(at.Add(2*time.Hour), "2026", "Réécrit.")
		latest, err := school.LatestText(ctx, store, school.TextRules)
		if err != nil || latest.Version != "2027" || latest.Title != "Règlement" || latest.Body != "Nouveau." {
			t.Errorf("latest: got %+v, %v", latest, err)
		}
		accepted, err := school.TextByID(ctx, store, old.ID)
		if err != nil || accepted.Body != "Ancien.\n\nSuite." {
			t.Errorf("the version accepted: got %+v, %v", accepted, err)
		}
	})
}
