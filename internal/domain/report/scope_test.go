package report_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/report"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/sheet"
)

// atOnePole reads everything as a secretary limited to Loire: Mathis, Thaïs and
// Zoé are there; Augustin, Salomé and Inès are at Sèvre alone.
func atOnePole(t *testing.T, c campaign) {
	limited := actor.Actor{Account: "maud", Name: "Maud", Role: actor.Secretary, Site: c.Site("L-HAUTBOIS")}
	now := c.Clock.Now()
	counter := new(report.Counter)
	for group, want := range map[report.Group]string{report.Everyone: "Mathis Thaïs", report.ToCheck: "Thaïs", report.Ready: "Mathis", report.Validated: ""} {
		q, err := counter.QueueOf(c.Ctx, c.Store, limited, c.Season, report.Filter{Group: group})
		if err != nil || names(q.Rows) != want || q.Total != int64(len(q.Rows)) {
			t.Errorf("%s: got %q of %d, %v; want %q", group, names(q.Rows), q.Total, err, want)
		}
	}
	if q, err := counter.QueueOf(c.Ctx, c.Store, secretary, c.Season, report.Filter{Group: report.Validated}); err != nil || names(q.Rows) != "Inès" {
		t.Errorf("the whole school, counted after: got %q, %v", names(q.Rows), err)
	}
	var all strings.Builder
	say := func(what any, err error) {
		t.Helper()
		if err != nil {
			t.Error(err)
		}
		fmt.Fprintf(&all, "%+v\n", what)
	}
	say(counter.RailCounts(c.Ctx, c.Store, limited, c.Season))
	say(counter.DashboardOf(c.Ctx, c.Store, limited, c.Season))
	say(report.Families(c.Ctx, c.Store, limited, report.Part{Limit: 500}))
	say(report.Pupils(c.Ctx, c.Store, limited, c.Season.ID, report.Part{Limit: 500}))
	say(report.Search(c.Ctx, c.Store, limited, c.Season.ID, "augustin", 10))
	say(report.Search(c.Ctx, c.Store, limited, c.Season.ID, "AUBRY-4572", 10))
	say(report.Search(c.Ctx, c.Store, limited, c.Season.ID, "D-1", 10))
	say(report.NoAnswer(c.Ctx, c.Store, limited, c.Season.ID, 0, 0))
	say(report.NeverSignedIn(c.Ctx, c.Store, limited))
	say(report.FailedMails(c.Ctx, c.Store, limited, 100))
	say(report.RecentMails(c.Ctx, c.Store, limited, 1000))
	say(report.Calls(c.Ctx, c.Store, limited, 100))
	say(report.ReadyToConfirm(c.Ctx, c.Store, limited, c.Season))
	say(report.Reminders(c.Ctx, c.Store, limited, c.Season, now))
	say(report.ClassesOf(c.Ctx, c.Store, limited, c.Season, report.Filter{}))
	say(report.FamiliesOf(c.Ctx, c.Store, limited, c.Season, report.Filter{}))
	say(report.AnsweredSince(c.Ctx, c.Store, limited, now))
	for _, l := range report.Lists {
		table, err := report.TableOf(c.Ctx, c.Store, limited, c.Season, l, report.Filter{Group: report.Everyone})
		if err == nil {
			err = sheet.Write(&all, sheet.CSV, table)
		}
		if err != nil {
			t.Errorf("%s: %v", l, err)
		}
	}
	for _, name := range []string{"Augustin", "Salomé Benali", "Benali;Salomé", "Inès Bossis", "Bossis;Inès"} {
		if strings.Contains(all.String(), name) {
			t.Errorf("%s, of the other pole, is told of", name)
		}
	}
	if !strings.Contains(all.String(), "Mathis") {
		t.Error("nobody of the pole is told of")
	}
	f, err := report.FiguresOf(c.Ctx, c.Store, limited, c.Season, now)
	if err != nil || f.Pupils != 2 || len(f.Disciplines) == 0 || len(f.Disciplines[0].Sites) != 1 {
		t.Errorf("figures: got %d pupils, %+v, %v", f.Pupils, f.Disciplines, err)
	}
	reaches(t, c, limited)
}

// reaches asks of ids alone, as an address or a form names them.
func reaches(t *testing.T, c campaign, limited actor.Actor) {
	deposit, err := db.One[string](c.Ctx, c.Store, `select min(id) from deposit where household_id = $1`, c.augustin.Household)
	c.Must(err)
	mail, err := db.One[string](c.Ctx, c.Store, `select min(id) from outgoing_mail where household_id = $1`, c.ines.Household)
	c.Must(err)
	guardian, err := db.One[string](c.Ctx, c.Store, `select min(id) from guardian where household_id = $1`, c.ines.Household)
	c.Must(err)
	for _, beyond := range []string{c.augustin.Pupil.ID, c.augustin.Household, deposit, mail, guardian} {
		for _, text := range []string{beyond, "/bureau/x/" + beyond + "/y", "rib:" + beyond} {
			if err := report.Reaches(c.Ctx, c.Store, limited, []string{"", text}); !errors.Is(err, fault.ErrNotFound) {
				t.Errorf("%s: got %v, want not found", text, err)
			}
			c.Must(report.Reaches(c.Ctx, c.Store, secretary, []string{text}))
		}
	}
	if err := report.Reaches(c.Ctx, c.Store, limited, []string{c.mathis.Pupil.ID, c.thais.Household, db.NewID(), "7"}); err != nil {
		t.Errorf("of the pole: got %v", err)
	}
	if err := report.ReachesCourse(c.Ctx, c.Store, limited, c.Wish("S-VIOLON", 0).Course); !errors.Is(err, fault.ErrNotFound) {
		t.Errorf("a course of the other pole: got %v, want not found", err)
	}
	c.Must(report.ReachesCourse(c.Ctx, c.Store, limited, c.Wish("L-HAUTBOIS", 0).Course))
}
