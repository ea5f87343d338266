package jobs_test

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"testing"
	"time"

	"pupitre/internal/platform/clock"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/db/dbtest"
	"pupitre/internal/platform/jobs"
)

func TestAnotherMachineTakesOverWhenTheLeaseEnds(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		at := clock.At(morning)
		enqueue(t, store, jobs.New{Kind: "try", RunAt: morning})
		stuck, begun, release := runner(t, store, at), make(chan struct{}), make(chan struct{})
		stuck.Handle("try", func(context.Context, jobs.Job) error {
			close(begun)
			<-release
			return errors.New("too late to say")
		}, jobs.Policy{})
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			stuck.RunDue(context.Background())
		}()
		<-begun

		other := runner(t, store, at)
		var attempt int64
		other.Handle("try", func(_ context.Context, j jobs.Job) error {
			attempt = j.Attempt
			return nil
		}, jobs.Policy{})
		at.Add(time.Hour)
		runDue(t, other, 0)
		at.Add(time.Second)
		runDue(t, other, 1)
		if attempt != 2 {
			t.Errorf("taken over as attempt %d, want 2", attempt)
		}
		close(release)
		<-ended
		if got := only(t, store); got.Done.IsZero() || got.LastError != "" {
			t.Errorf("got %+v, want the other machine's outcome to stand", got)
		}
	})
}

func TestJobThatKillsEveryMachineIsGivenUp(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		enqueue(t, store, jobs.New{Kind: "try", RunAt: morning})
		write(t, store, func(tx *db.Tx) error { // three machines died with it
			_, err := tx.Exec(t.Context(), `update job set attempts = 3, leased_until = $1`, morning)
			return err
		})
		r := runner(t, store, clock.At(morning.Add(time.Second)))
		r.Handle("try", func(context.Context, jobs.Job) error {
			t.Error("run a fourth time")
			return nil
		}, jobs.Policy{MaxAttempts: 3})
		runDue(t, r, 1)
		if got := only(t, store); got.Dead.IsZero() {
			t.Errorf("got %+v, want it given up", got)
		}
	})
}

func TestLongJobKeepsItsLease(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		at := clock.At(morning)
		enqueue(t, store, jobs.New{Kind: "long", RunAt: morning})
		r, begun, release := runner(t, store, at), make(chan struct{}), make(chan struct{})
		r.Lease = 30 * time.Millisecond
		r.Handle("long", func(context.Context, jobs.Job) error {
			close(begun)
			<-release
			return nil
		}, jobs.Policy{})
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			r.RunDue(context.Background())
		}()
		<-begun
		other := runner(t, store, at)
		other.Handle("long", func(context.Context, jobs.Job) error { return nil }, jobs.Policy{})
		for range 5 { // each step is shorter than the lease, together they are longer
			before := only(t, store).Leased
			at.Add(20 * time.Millisecond)
			for !only(t, store).Leased.After(before) { // until the next heartbeat
				runtime.Gosched()
			}
			runDue(t, other, 0)
		}
		close(release)
		<-ended
		if got := only(t, store); got.Done.IsZero() || got.Attempts != 1 {
			t.Errorf("got %+v, want it done at the first attempt", got)
		}
	})
}

func TestStopFinishesWhatIsBegun(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		r, begun, release := runner(t, store, clock.At(morning)), make(chan struct{}), make(chan struct{})
		r.Poll = time.Hour // it looks at once, or the test hangs
		r.Workers = 1
		r.Handle("try", func(ctx context.Context, _ jobs.Job) error {
			close(begun) // a second job would panic here
			<-release
			return ctx.Err()
		}, jobs.Policy{})
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		enqueue(t, store, jobs.New{Kind: "try", RunAt: morning})
		go func() { ended <- r.Run(ctx) }()
		<-begun
		enqueue(t, store, jobs.New{Kind: "try", RunAt: morning})
		stop()
		close(release)
		if err := <-ended; err != nil {
			t.Errorf("got %v, want nil", err)
		}
		counts, err := db.One[int64](context.Background(), store, `select count(*) from job where done_at is not null and last_error = ''`)
		if err != nil || counts != 1 {
			t.Errorf("got %d jobs done (%v), want the one begun", counts, err)
		}
	})
}

func TestPeriodicOnceASlotForAllMachines(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		at := clock.At(morning.Add(10 * time.Minute))
		var ran list
		machine := func() *jobs.Runner {
			r := runner(t, store, at)
			r.Handle("sweep", func(_ context.Context, j jobs.Job) error {
				ran.add(j.RunAt.Format("02 15:04"))
				return nil
			}, jobs.Policy{})
			r.Every(time.Hour, "sweep")
			return r
		}
		first, second := machine(), machine()
		runDue(t, first, 1)
		runDue(t, second, 0)
		at.Add(time.Hour)
		runDue(t, second, 1)
		runDue(t, first, 0)
		at.Add(72 * time.Hour)
		runDue(t, first, 1)
		if want := []string{"02 08:00", "02 09:00", "05 09:00"}; !slices.Equal(ran.done, want) {
			t.Errorf("ran at %v, want %v", ran.done, want)
		}
		kept, err := db.One[int64](t.Context(), store, `select count(*) from job`)
		if err != nil || kept != 1 {
			t.Errorf("the table keeps %d slots (%v), want the last alone", kept, err)
		}
	})
}
