package report_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pupitre/internal/domain/report"
	"pupitre/internal/platform/db"
)

func figures(t *testing.T, c campaign) {
	f, err := report.FiguresOf(c.Ctx, c.Store, secretary, c.Season, c.Clock.Now())
	c.Must(err)
	// Augustin, Mathis, Thaïs and Inès have a rank; each has a course this year or not.
	if f.Pupils != 4 || f.Families != 4 || f.NotComing != 1 || f.Waiting != 0 || f.Taken != 8 {
		t.Errorf("got %+v", f)
	}
	if n := len(f.Days); f.Days[0].N != 0 || f.Days[n-1].N != 4 || f.Days[n-1].On != "2027-06-07" {
		t.Errorf("the days: got %v", f.Days)
	}
	// Every number is that of the list it opens.
	total := func(filter report.Filter) int64 {
		filter.Group = report.Ranked
		q, err := new(report.Counter).QueueOf(c.Ctx, c.Store, secretary, c.Season, filter)
		c.Must(err)
		if int64(len(q.Rows)) != q.Total {
			t.Errorf("%+v lists %d and counts %d", filter, len(q.Rows), q.Total)
		}
		return q.Total
	}
	var sum int64
	same := func(what string, n int64, filter report.Filter) {
		sum += n
		if got := total(filter); got != n {
			t.Errorf("%s: the figure is %d, its list has %d", what, n, got)
		}
	}
	same("new", f.New, report.Filter{New: report.Yes})
	same("returning", f.Pupils-f.New, report.Filter{New: report.No})
	for _, p := range f.Programmes {
		same(p.Title, p.All(), report.Filter{Programme: p.ID})
		same(p.Title+", new", p.New, report.Filter{Programme: p.ID, New: report.Yes})
		sum -= p.New
	}
	for _, town := range f.Towns {
		same(town.Town, town.N, report.Filter{Town: town.Town})
	}
	sum += f.WithoutBirthDate
	for _, a := range f.Ages {
		same(a.Ages.French(), a.N, report.Filter{Ages: a.Ages})
	}
	if sum != 4*f.Pupils {
		t.Errorf("the parts of four figures make %d, want %d", sum, 4*f.Pupils)
	}
	violin := slices.IndexFunc(f.Disciplines, func(d report.DisciplineFigure) bool { return d.Discipline == "Violon" })
	if violin < 0 || !strings.Contains(fmt.Sprint(f.Disciplines[violin].Sites), "Pôle Sèvre 1 ") {
		t.Errorf("the violin: got %v", f.Disciplines)
	}
}

func TestFiguresBesideTheSeasonBefore(t *testing.T) {
	each(t, func(t *testing.T, c campaign) {
		c.Must(c.Store.Write(c.Ctx, func(tx *db.Tx) error {
			_, err := tx.Exec(c.Ctx, `insert into season (id, name, starts_on, ends_on, ages_on, campaign_opens_at, is_current, next_rank, next_number, moves)
				select 'past', '2026-2027', '2026-09-14', '2027-06-30', '2026-12-31', $1, false, 1, 1, 1 from season where is_current = true`, c.Season.OpensAt.AddDate(-1, 0, 0))
			if err != nil {
				return err
			}
			_, err = tx.Exec(c.Ctx, `update dossier set season_id = 'past', programme_id = null, complete_at = $1 where id = $2`, c.Season.OpensAt.AddDate(-1, 0, 1), c.ines.Dossier().ID)
			return err
		}))
		c.Must(c.Store.Write(c.Ctx, func(tx *db.Tx) error {
			_, err := tx.Exec(c.Ctx, `update season set moves = moves + 1 where is_current = true`)
			return err
		}))
		c.Season.Moves++
		f, err := report.FiguresOf(c.Ctx, c.Store, secretary, c.Season, c.Clock.Now())
		c.Must(err)
		if f.BeforeName != "2026-2027" || len(f.Before) != len(f.Days) || f.Before[0].N != 0 || f.Before[1].N != 1 || f.Before[len(f.Before)-1].N != 1 {
			t.Errorf("the season before: %q %v, beside %v", f.BeforeName, f.Before, f.Days)
		}
	})
}

func TestAges(t *testing.T) {
	for _, row := range []struct {
		ages report.Ages
		says string
	}{{"6-7", "6 à 7 ans"}, {"66-", "66 ans et plus"}, {"5-5", "5 ans"}, {"", ""}, {"7-6", ""}, {"six-7", ""}, {"-3", ""}, {"6", ""}} {
		if got := row.ages.French(); got != row.says {
			t.Errorf("%q: got %q, want %q", row.ages, got, row.says)
		}
	}
}
