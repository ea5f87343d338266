package report_test

import (
	"context"
	"testing"

	"pupitre/internal/demo/testschool"
	"pupitre/internal/domain/enrolment"
	"pupitre/internal/domain/report"
	"pupitre/internal/domain/transfer/crowd"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/db/dbtest"
)

// BenchmarkOffice reads what the office's pages read, in a school of 50,000
// dossiers, 25,000 of them with a rank.
func BenchmarkOffice(b *testing.B) {
	b.Run("sqlite", func(b *testing.B) { office(b, dbtest.SQLite(b)) })
	b.Run("postgresql", func(b *testing.B) { office(b, dbtest.PostgreSQL(b)) })
}

func office(b *testing.B, store *db.Store) {
	s := testschool.Open(b, store)
	s.Must(crowd.Fill(s.Ctx, store, crowd.Crowd{Pupils: 55_556, Hash: "x"}))
	counter := new(report.Counter)
	queue := func(f report.Filter) func(context.Context) error {
		return func(ctx context.Context) error {
			q, err := counter.QueueOf(ctx, store, secretary, s.Season, f)
			if err == nil && len(q.Rows) == 0 {
				b.Errorf("%+v: no dossier", f)
			}
			return err
		}
	}
	d, err := db.One[enrolment.Dossier](s.Ctx, store, `select id, number, rank, state, desk, sent_at from dossier where desk = 'check' order by rank limit 1 offset 9000`)
	s.Must(err)
	for _, row := range []struct {
		what string
		read func(context.Context) error
	}{
		{"to check, first page", queue(report.Filter{Group: report.ToCheck})},
		{"to check, page 150", queue(report.Filter{Group: report.ToCheck, Page: 150})},
		{"incomplete, page 150", queue(report.Filter{Group: report.Incomplete, Page: 150})},
		{"everyone, page 600", queue(report.Filter{Group: report.Everyone, Page: 600})},
		{"everyone, by pole", queue(report.Filter{Group: report.Everyone, Site: s.Site("L-HAUTBOIS")})},
		{"to check, by a name", queue(report.Filter{Group: report.Everyone, Text: "lou 2345"})},
		{"counts, anew", func(ctx context.Context) error {
			_, err := new(report.Counter).CountsOf(ctx, store, secretary, s.Season, report.Filter{})
			return err
		}},
		{"position", func(ctx context.Context) error {
			_, err := report.PositionOf(ctx, store, secretary, s.Season.ID, report.ToCheck, d)
			return err
		}},
		{"position among everyone", func(ctx context.Context) error {
			_, err := report.PositionOf(ctx, store, secretary, s.Season.ID, report.Everyone, d)
			return err
		}},
		{"menu", func(ctx context.Context) error {
			_, err := counter.RailCounts(ctx, store, secretary, s.Season)
			return err
		}},
		{"dashboard", func(ctx context.Context) error {
			_, err := counter.DashboardOf(ctx, store, secretary, s.Season)
			return err
		}},
		{"search", func(ctx context.Context) error {
			_, err := report.Search(ctx, store, secretary, s.Season.ID, "lou2345", 30)
			return err
		}},
		{"without answer", func(ctx context.Context) error {
			_, err := report.NoAnswer(ctx, store, secretary, s.Season.ID, 100, 0)
			return err
		}},
	} {
		b.Run(row.what, func(b *testing.B) {
			for b.Loop() {
				s.Must(row.read(s.Ctx))
			}
		})
	}
}
