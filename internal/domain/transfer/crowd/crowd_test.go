package crowd_test

import (
	"testing"

	"pupitre/internal/demo/testschool"
	"pupitre/internal/domain/enrolment"
	"pupitre/internal/domain/report"
	"pupitre/internal/domain/transfer/crowd"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/db/dbtest"
)

// A crowd is a school as the rooms would have written it: its board is sound,
// and the office's lists find each dossier.
func TestACrowdIsASoundSchool(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		s := testschool.Open(t, store)
		s.Must(crowd.Fill(s.Ctx, store, crowd.Crowd{Pupils: 300, Hash: "x", Sessions: 2, Digest: func(token string) string { return token }, Now: s.Clock.Now()}))
		board, err := enrolment.BoardOf(s.Ctx, store, s.Season.ID)
		s.Must(err)
		if err := board.Check(); err != nil {
			t.Errorf("the board: %v", err)
		}
		counts, err := new(report.Counter).CountsOf(s.Ctx, store, testschool.Secretary, s.Season, report.Filter{})
		s.Must(err)
		if counts[report.Everyone] != 210 || counts[report.Validated] != 30 || counts[report.Incomplete] != 60 || counts[report.Ready] == 0 || counts[report.ToCheck] == 0 {
			t.Errorf("got %v", counts)
		}
		done, err := s.Registrar.ConfirmReady(s.Ctx, testschool.Secretary)
		s.Must(err)
		if n := len(done.Dossiers); int64(n) != counts[report.Ready] {
			t.Errorf("the registrar confirmed %d, the queue said %d", n, counts[report.Ready])
		}
	})
}
