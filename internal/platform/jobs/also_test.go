package jobs_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"pupitre/internal/platform/clock"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/db/dbtest"
	"pupitre/internal/platform/jobs"
)

// TestAlsoWriteIsKeptWithTheJobDone lets a job fail once: what it wants written
// is there once, with the job done, and not before. One whose own write fails
// is not done.
func TestAlsoWriteIsKeptWithTheJobDone(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		c := clock.At(morning)
		r := runner(t, store, c)
		fails, breaks := true, true
		r.Handle("tell", func(_ context.Context, j jobs.Job) error {
			j.AlsoWrite(func(ctx context.Context, tx *db.Tx) error {
				if _, err := tx.Exec(ctx, `insert into throttle (key, tries, since) values ($1, 1, $2)`, fmt.Sprint("told ", j.Attempt), c.Now()); err != nil {
					return err
				}
				if breaks {
					return errors.New("the table is full")
				}
				return nil
			})
			if fails {
				return errors.New("not yet")
			}
			return nil
		}, jobs.Policy{Backoff: func(int64) time.Duration { return time.Minute }})
		told := func() []string {
			all, err := db.All[string](t.Context(), store, `select key from throttle order by key`)
			if err != nil {
				t.Fatal(err)
			}
			return all
		}

		enqueue(t, store, jobs.New{Kind: "tell", RunAt: morning})
		runDue(t, r, 1)
		if got := told(); len(got) != 0 {
			t.Errorf("the handler failed: %v was written", got)
		}
		fails = false
		c.Add(time.Minute)
		runDue(t, r, 1)
		if got, job := told(), only(t, store); len(got) != 0 || !job.Done.IsZero() {
			t.Errorf("its write failed: %v was written, done at %s", got, job.Done)
		}
		breaks = false
		c.Add(2 * time.Hour) // the lease has ended
		runDue(t, r, 1)
		if got, job := told(), only(t, store); len(got) != 1 || got[0] != "told 3" || job.Done.IsZero() {
			t.Errorf("it was done: %v was written, done at %s", got, job.Done)
		}
	})
}
