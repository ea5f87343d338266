package jobs_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pupitre/internal/platform/clock"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/db/dbtest"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/jobs"
)

var morning = time.Date(2026, 6, 2, 8, 0, 0, 0, time.UTC)

func runner(t *testing.T, store *db.Store, c clock.Clock) *jobs.Runner {
	t.Helper()
	r := jobs.NewRunner(store, c, slog.New(slog.NewTextHandler(t.Output(), nil)))
	r.Lease = time.Hour
	r.Poll = 10 * time.Millisecond
	return r
}

func write(t *testing.T, store *db.Store, f func(tx *db.Tx) error) {
	t.Helper()
	if err := store.Write(t.Context(), f); err != nil {
		t.Fatal(err)
	}
}

func enqueue(t *testing.T, store *db.Store, news ...jobs.New) {
	t.Helper()
	write(t, store, func(tx *db.Tx) error {
		for _, n := range news {
			if err := jobs.Enqueue(t.Context(), tx, n); err != nil {
				return err
			}
		}
		return nil
	})
}

func runDue(t *testing.T, r *jobs.Runner, want int) {
	t.Helper()
	got, err := r.RunDue(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if got != want {
		t.Errorf("ran %d jobs, want %d", got, want)
	}
}

// row is what the table holds of the one job there is.
type row struct {
	Attempts  int64     `db:"attempts"`
	RunAt     time.Time `db:"run_at"`
	Secret    string    `db:"secret"`
	LastError string    `db:"last_error"`
	Leased    time.Time `db:"leased_until"`
	Done      time.Time `db:"done_at"`
	Dead      time.Time `db:"dead_at"`
}

func only(t *testing.T, store *db.Store) row {
	t.Helper()
	all, err := db.All[row](t.Context(), store, `select attempts, run_at, secret, last_error, leased_until, done_at, dead_at from job`)
	if err != nil {
		t.Fatal(err)
	}
	if len(all) != 1 {
		t.Fatalf("the table has %d jobs, want 1", len(all))
	}
	return all[0]
}

// list notes what was done, by several goroutines.
type list struct {
	mu   sync.Mutex
	done []string
}

func (l *list) add(s string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.done = append(l.done, s)
	return len(l.done)
}

func TestEachJobOnceByTwoMachinesOfFourWorkers(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		const total = 200
		at := clock.At(morning)
		var done list
		all := make(chan struct{})
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		var running sync.WaitGroup
		for range 2 {
			r := runner(t, store, at)
			r.Handle("greet", func(_ context.Context, j jobs.Job) error {
				var name string
				if err := j.Args(&name); err != nil {
					return err
				}
				if done.add(name) == total {
					close(all)
				}
				return nil
			}, jobs.Policy{})
			running.Go(func() { r.Run(ctx) })
		}
		var want []string
		for i := range total {
			name := fmt.Sprintf("n%03d", i)
			want = append(want, name)
			enqueue(t, store, jobs.New{Kind: "greet", Args: name, RunAt: morning})
		}
		<-all
		stop()
		running.Wait()
		slices.Sort(done.done)
		if !slices.Equal(done.done, want) {
			t.Errorf("done %v, want each of %d once", done.done, total)
		}
		left, err := db.One[int64](context.Background(), store, `select count(*) from job where done_at is null or attempts <> 1 or leased_until is not null`)
		if err != nil || left != 0 {
			t.Errorf("got %d jobs not done at the first attempt (%v), want 0", left, err)
		}
	})
}

func TestRolledBackLeavesNoJob(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		r := runner(t, store, clock.At(morning))
		r.Handle("greet", func(context.Context, jobs.Job) error { return nil }, jobs.Policy{})
		undone := errors.New("changed my mind")
		err := store.Write(t.Context(), func(tx *db.Tx) error {
			if err := jobs.Enqueue(t.Context(), tx, jobs.New{Kind: "greet", RunAt: morning}); err != nil {
				return err
			}
			return undone
		})
		if !errors.Is(err, undone) {
			t.Fatalf("got %v, want %v", err, undone)
		}
		runDue(t, r, 0)
	})
}

func TestKeyIsEnqueuedOnceForEver(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		r := runner(t, store, clock.At(morning))
		var done list
		r.Handle("greet", func(_ context.Context, j jobs.Job) error {
			var name string
			defer func() { done.add(name) }()
			return j.Args(&name)
		}, jobs.Policy{})
		enqueue(t, store,
			jobs.New{Kind: "greet", Key: "receipt:1", Args: "first", RunAt: morning},
			jobs.New{Kind: "greet", Key: "receipt:1", Args: "second", RunAt: morning})
		runDue(t, r, 1)
		enqueue(t, store, jobs.New{Kind: "greet", Key: "receipt:1", Args: "third", RunAt: morning})
		runDue(t, r, 0)
		if !slices.Equal(done.done, []string{"first"}) {
			t.Errorf("done %v, want the first alone", done.done)
		}
	})
}

func TestRunDueKeepsOrderAndFollowsOn(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		at := clock.At(morning)
		r := runner(t, store, at)
		var done list
		r.Handle("greet", func(ctx context.Context, j jobs.Job) error {
			var name string
			if err := j.Args(&name); err != nil {
				return err
			}
			done.add(name)
			if name != "early" {
				return nil
			}
			return store.Write(ctx, func(tx *db.Tx) error {
				return jobs.Enqueue(ctx, tx, jobs.New{Kind: "greet", Args: "follow-up", RunAt: at.Now()})
			})
		}, jobs.Policy{})
		enqueue(t, store,
			jobs.New{Kind: "greet", Args: "late", RunAt: morning.Add(-time.Minute)},
			jobs.New{Kind: "greet", Args: "early", RunAt: morning.Add(-time.Hour)},
			jobs.New{Kind: "greet", Args: "early's twin", RunAt: morning.Add(-time.Hour)},
			jobs.New{Kind: "greet", Args: "tomorrow", RunAt: morning.Add(24 * time.Hour)},
			jobs.New{Kind: "unknown", Args: "for a newer release", RunAt: morning})
		runDue(t, r, 4)
		at.Add(24 * time.Hour)
		runDue(t, r, 1)
		if want := []string{"early", "early's twin", "late", "follow-up", "tomorrow"}; !slices.Equal(done.done, want) {
			t.Errorf("done %v, want %v", done.done, want)
		}
	})
}

func TestSecretIsThereUntilDoneOnly(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		at := clock.At(morning)
		r := runner(t, store, at)
		r.Handle("letter", func(_ context.Context, j jobs.Job) error {
			var password string
			if err := j.Secret(&password); err != nil || password != "K7PM-2QRT" {
				return jobs.Permanent(fmt.Errorf("got %q (%v)", password, err))
			}
			if j.Attempt == 1 {
				return errors.New("server away")
			}
			return nil
		}, jobs.Policy{Backoff: jobs.Exponential(time.Minute, time.Hour)})
		enqueue(t, store, jobs.New{Kind: "letter", Secret: "K7PM-2QRT", RunAt: morning})
		runDue(t, r, 1)
		if got := only(t, store); !strings.Contains(got.Secret, "K7PM") || got.LastError != "server away" {
			t.Errorf("after a failure: got %+v, want the secret kept and the failure noted", got)
		}
		at.Add(time.Minute)
		runDue(t, r, 1)
		if got := only(t, store); got.Secret != "" || got.LastError != "" || !got.Done.Equal(at.Now()) {
			t.Errorf("once done: got %+v, want neither secret nor failure", got)
		}
	})
}

func TestOutcomes(t *testing.T) {
	failure := errors.New("no")
	rows := map[string]struct {
		outcome  error
		attempts int64
		runAt    time.Duration // after now
		dead     bool
	}{
		"a failure waits for the backoff":    {outcome: failure, attempts: 1, runAt: time.Minute},
		"a failure for good is dead at once": {outcome: jobs.Permanent(failure), attempts: 1, dead: true},
		"a failure for good, wrapped":        {outcome: fmt.Errorf("send: %w", jobs.Permanent(failure)), attempts: 1, dead: true},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			dbtest.Each(t, func(t *testing.T, store *db.Store) {
				r := runner(t, store, clock.At(morning))
				r.Handle("try", func(context.Context, jobs.Job) error { return row.outcome }, jobs.Policy{})
				enqueue(t, store, jobs.New{Kind: "try", RunAt: morning})
				runDue(t, r, 1)
				got := only(t, store)
				if got.Attempts != row.attempts || got.Dead.IsZero() == row.dead || !got.Leased.IsZero() || !got.Done.IsZero() {
					t.Errorf("got %+v, want %d attempts, dead %t", got, row.attempts, row.dead)
				}
				if want := morning.Add(row.runAt); !got.RunAt.Equal(want) {
					t.Errorf("comes again at %v, want %v", got.RunAt, want)
				}
			})
		})
	}
}

func TestPanicIsAFailureOfTheJobAlone(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		r := runner(t, store, clock.At(morning))
		r.Handle("try", func(context.Context, jobs.Job) error { panic("oh\x00 no") }, jobs.Policy{})
		enqueue(t, store, jobs.New{Kind: "try", RunAt: morning})
		runDue(t, r, 1)
		if got := only(t, store); !strings.HasPrefix(got.LastError, "panic: oh no") || got.Attempts != 1 {
			t.Errorf("got %+v, want the panic noted", got)
		}
	})
}

func TestBackoffThenDeadThenRetriedThenAbandoned(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		at := clock.At(morning)
		r := runner(t, store, at)
		var buried list
		r.Handle("try", func(context.Context, jobs.Job) error { return errors.New("still no") }, jobs.Policy{
			MaxAttempts: 3, Backoff: jobs.Exponential(time.Minute, 90*time.Second),
			OnDead: func(ctx context.Context, tx *db.Tx, j jobs.Job, cause error) error {
				buried.add(fmt.Sprint(j.Key, " ", j.Attempt, " ", cause))
				return nil
			},
		})
		enqueue(t, store, jobs.New{Kind: "try", Key: "k", Secret: "s3cret", RunAt: morning})
		for _, wait := range []time.Duration{0, time.Minute, 90 * time.Second} {
			if wait > 0 {
				at.Add(wait - time.Second)
				runDue(t, r, 0)
				at.Add(time.Second)
			}
			runDue(t, r, 1)
		}
		if !slices.Equal(buried.done, []string{"k 3 still no"}) {
			t.Errorf("given up %v, want the job of key k once", buried.done)
		}
		at.Add(1000 * time.Hour)
		runDue(t, r, 0)
		dead, err := jobs.Dead(t.Context(), store, 10)
		if err != nil || len(dead) != 1 || dead[0].LastError != "still no" || dead[0].Attempt != 3 {
			t.Fatalf("got %+v (%v), want one dead job", dead, err)
		}
		if strings.Contains(fmt.Sprintf("%+v", dead), "s3cret") {
			t.Errorf("the list of dead jobs shows a secret: %+v", dead)
		}
		write(t, store, func(tx *db.Tx) error { return jobs.Retry(t.Context(), tx, dead[0].ID, at.Now()) })
		runDue(t, r, 1)
		if got := only(t, store); got.Attempts != 1 || !got.Dead.IsZero() {
			t.Errorf("retried: got %+v, want a first attempt again", got)
		}
		at.Add(time.Minute)
		runDue(t, r, 1)
		at.Add(time.Hour)
		runDue(t, r, 1)
		write(t, store, func(tx *db.Tx) error { return jobs.Abandon(t.Context(), tx, dead[0].ID, at.Now()) })
		if got := only(t, store); got.Secret != "" || got.Done.IsZero() || !got.Dead.IsZero() {
			t.Errorf("abandoned: got %+v, want it closed and without its secret", got)
		}
		err = store.Write(t.Context(), func(tx *db.Tx) error { return jobs.Retry(t.Context(), tx, dead[0].ID, at.Now()) })
		if !errors.Is(err, fault.ErrNotFound) {
			t.Errorf("retry a job that is not dead: got %v, want %v", err, fault.ErrNotFound)
		}
	})
}

// Leak: the password of a mail that never left stayed readable in the database.
func TestSecretsOfDeadJobsAreForgotten(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		at := clock.At(morning)
		r := runner(t, store, at)
		r.Handle("try", func(_ context.Context, j jobs.Job) error {
			var secret string
			if err := j.Secret(&secret); err != nil || secret != "sésame" {
				t.Errorf("the secret is %q, %v", secret, err)
			}
			return jobs.Permanent(errors.New("no such address"))
		}, jobs.Policy{})
		r.Handle("plain", func(context.Context, jobs.Job) error { return jobs.Permanent(errors.New("no")) }, jobs.Policy{})
		enqueue(t, store, jobs.New{Kind: "try", Key: "old", Secret: "sésame", RunAt: morning}, jobs.New{Kind: "plain", Key: "plain", RunAt: morning})
		runDue(t, r, 2)
		at.Add(time.Hour)
		enqueue(t, store, jobs.New{Kind: "try", Key: "young", Secret: "sésame", RunAt: morning}, jobs.New{Kind: "try", Key: "waiting", Secret: "sésame", RunAt: morning.AddDate(1, 0, 0)})
		runDue(t, r, 1)

		forget := func(want int64) {
			t.Helper()
			write(t, store, func(tx *db.Tx) error {
				n, err := jobs.ForgetSecrets(t.Context(), tx, morning.Add(time.Minute))
				if n != want {
					t.Errorf("forgot %d secrets, want %d", n, want)
				}
				return err
			})
		}
		forget(1)
		forget(0) // once
		for key, want := range map[string]bool{"old": false, "plain": false, "young": true, "waiting": true} {
			got, err := db.One[string](t.Context(), store, `select secret from job where key = $1`, key)
			if err != nil {
				t.Fatal(err)
			}
			if strings.Contains(got, "sésame") != want {
				t.Errorf("job %s: the table holds %q, want its secret: %v", key, got, want)
			}
		}
		retry := func(key string) error {
			id, err := db.One[string](t.Context(), store, `select id from job where key = $1`, key)
			if err != nil {
				t.Fatal(err)
			}
			return store.Write(t.Context(), func(tx *db.Tx) error { return jobs.Retry(t.Context(), tx, id, at.Now()) })
		}
		var conflict *fault.Conflict
		if err := retry("old"); !errors.As(err, &conflict) || conflict.Message == "" {
			t.Errorf("retry without its secret: want a refusal with a sentence, got %v", err)
		}
		for _, key := range []string{"plain", "young"} {
			if err := retry(key); err != nil {
				t.Errorf("retry %s: %v", key, err)
			}
		}
		runDue(t, r, 2)
	})
}

func TestGivingUpThatFailsIsTriedAgain(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		at := clock.At(morning)
		r := runner(t, store, at)
		r.Handle("try", func(context.Context, jobs.Job) error { return jobs.Permanent(errors.New("no")) }, jobs.Policy{
			OnDead: func(context.Context, *db.Tx, jobs.Job, error) error { return errors.New("cannot note it") },
		})
		enqueue(t, store, jobs.New{Kind: "try", RunAt: morning})
		runDue(t, r, 1)
		if got := only(t, store); !got.Dead.IsZero() || got.Leased.IsZero() {
			t.Errorf("got %+v, want it held until the lease ends", got)
		}
		at.Add(2 * time.Hour)
		runDue(t, r, 1)
	})
}

func TestExponential(t *testing.T) {
	wait := jobs.Exponential(time.Minute, 10*time.Minute)
	for attempt, want := range map[int64]time.Duration{1: time.Minute, 2: 2 * time.Minute, 3: 4 * time.Minute, 4: 8 * time.Minute, 5: 10 * time.Minute, 80: 10 * time.Minute} {
		if got := wait(attempt); got != want {
			t.Errorf("after attempt %d: got %v, want %v", attempt, got, want)
		}
	}
}
