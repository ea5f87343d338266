package enrolment

import (
	"context"
	"testing"
	"time"

	"pupitre/internal/platform/db"
	"pupitre/internal/platform/db/dbtest"
	"pupitre/internal/platform/wire"
)

// The connection to PostgreSQL breaks around a commit: the act is done once,
// and its asker learns that it was.
func TestAnActWhoseCommitIsLostIsDoneOnce(t *testing.T) {
	for loss, says := range map[wire.Loss]string{wire.Answer: "kept, its answer lost", wire.Question: "the commit never arrived"} {
		t.Run(says, func(t *testing.T) {
			through, _, far := dbtest.Through(t)
			w := newWorld(t, dbtest.Open(t, through))
			defer w.stop()
			lost := 0
			losing := func(what string, act func() error) {
				t.Helper()
				far.Lose(loss, "commit\x00")
				if err := act(); err != nil {
					t.Errorf("%s: %v", what, err)
				}
				if lost++; far.Lost() != lost {
					t.Errorf("%s: no commit was lost", what)
				}
			}
			f := w.family("Roux", "Léo")
			w.prepare(f, "Léo", "eveil", "comptines")
			losing("a deposit", func() error { return second(w.reg.Deposit(w.ctx, f.Actor, w.paper(f, "Léo", "assurance"))) })
			losing("« Valider »", func() error { return second(w.reg.Submit(w.ctx, f.Actor, w.submission(f, "Léo"))) })
			n, err := db.One[int64](w.ctx, w.store, `select count(*) from deposit where household_id = $1`, f.Household)
			if err != nil || n != 1 {
				t.Errorf("the document is there %d times (%v), want once", n, err)
			}
			w.wantStands(f, "Léo", "complete n° 1: comptines place")
			w.wantMails(f, "received")
			losing("a refused paper", func() error {
				return w.reg.Refuse(w.ctx, office, w.review(f, "Léo", "assurance", "illisible"))
			})
			losing("a withdrawal", func() error { return w.reg.Withdraw(w.ctx, f.Actor, f.pupils["Léo"], "", "") })
			w.wantSound()
		})
	}
}

// While the database is away, whoever has waited long is told so with the
// batch before; who has just come is tried.
func TestNobodyWaitsLongForADatabaseThatIsAway(t *testing.T) {
	now := time.Date(2027, 6, 5, 8, 0, 0, 0, time.UTC)
	early, fresh := &order{ctx: context.Background(), arrived: now.Add(-late)}, &order{ctx: context.Background(), arrived: now.Add(-time.Second)}
	if left := notLate([]*order{early, fresh}, now, nil); len(left) != 2 || early.answer != nil {
		t.Errorf("the database is there, and %d of 2 are tried", len(left))
	}
	if left := notLate([]*order{early, fresh}, now, errPowerCut); len(left) != 1 || left[0] != fresh || early.answer != errPowerCut || fresh.answer != nil {
		t.Errorf("tried %v, answered %v and %v", left, early.answer, fresh.answer)
	}
}
