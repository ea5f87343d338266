package jobs

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"pupitre/internal/platform/clock"
	"pupitre/internal/platform/db"
)

// Handler does one job. nil means done; Later and Permanent say so; any other
// error is tried again after the policy's backoff. Its context ends when
// another machine may have taken the job over.
type Handler func(ctx context.Context, j Job) error

// Policy says how failures of a kind are borne.
type Policy struct {
	MaxAttempts int64                             // when 0, 10
	Backoff     func(attempt int64) time.Duration // when nil, Exponential(time.Minute, 6*time.Hour)
	// OnDead, when set, runs in the transaction that gives the job up.
	OnDead func(ctx context.Context, tx *db.Tx, j Job, cause error) error
}

// Runner runs the jobs of the kinds it was given. Its fields are set before Run.
type Runner struct {
	Workers int           // jobs at the same time; 4
	Poll    time.Duration // how often the table is looked at; 1 s
	Lease   time.Duration // how long a silent machine keeps a job; 2 min

	store    *db.Store
	clock    clock.Clock
	log      *slog.Logger
	handlers map[string]registered
	slots    sync.Mutex // over periodic
	periodic []periodic
}

type registered struct {
	run    Handler
	policy Policy
}

type periodic struct {
	kind     string
	interval time.Duration
	last     time.Time // the slot enqueued last by this runner
}

// NewRunner makes a runner that runs nothing yet.
func NewRunner(store *db.Store, c clock.Clock, log *slog.Logger) *Runner {
	return &Runner{
		Workers: 4, Poll: time.Second, Lease: 2 * time.Minute,
		store: store, clock: c, log: log, handlers: map[string]registered{},
	}
}

// Handle registers what does the jobs of a kind; a kind is registered once.
func (r *Runner) Handle(kind string, h Handler, p Policy) {
	if _, twice := r.handlers[kind]; twice {
		panic("two handlers for jobs of kind " + kind)
	}
	if p.MaxAttempts == 0 {
		p.MaxAttempts = 10
	}
	if p.Backoff == nil {
		p.Backoff = Exponential(time.Minute, 6*time.Hour)
	}
	r.handlers[kind] = registered{h, p}
}

// Every has a job of the kind done once in each interval, counted from the
// start of the calendar in UTC, by whichever machine comes first. An interval
// during which no machine ran is not made up for.
func (r *Runner) Every(interval time.Duration, kind string) {
	if _, known := r.handlers[kind]; !known {
		panic("no handler for the periodic kind " + kind)
	}
	r.periodic = append(r.periodic, periodic{kind: kind, interval: interval})
}

// Run works until ctx ends, then finishes the jobs it has begun and returns nil.
func (r *Runner) Run(ctx context.Context) error {
	var working sync.WaitGroup
	defer working.Wait()
	free := make(chan struct{}, r.Workers)
	for range r.Workers {
		free <- struct{}{}
	}
	ticker := time.NewTicker(r.Poll)
	defer ticker.Stop()
	for ctx.Err() == nil {
		if started := r.dispatch(ctx, free, &working); started {
			continue // there may be more
		}
		select {
		case <-ctx.Done():
		case <-ticker.C:
		}
	}
	return nil
}

// dispatch waits for a free worker, claims as many jobs as there are free
// workers and starts them; it tells whether there was one.
func (r *Runner) dispatch(ctx context.Context, free chan struct{}, working *sync.WaitGroup) bool {
	select {
	case <-free:
	case <-ctx.Done():
		return false
	}
	hands := 1
	for more := true; more; {
		select {
		case <-free:
			hands++
		default:
			more = false
		}
	}
	if err := r.enqueuePeriodic(ctx); err != nil && ctx.Err() == nil {
		r.log.Error("enqueue periodic jobs", "error", err)
	}
	claims, err := r.claim(ctx, hands)
	if err != nil && ctx.Err() == nil {
		r.log.Error("claim jobs", "error", err)
	}
	for _, j := range claims {
		working.Go(func() {
			r.do(context.WithoutCancel(ctx), j)
			free <- struct{}{}
		})
	}
	for range hands - len(claims) {
		free <- struct{}{}
	}
	return len(claims) > 0
}

// RunDue does every job that is due now, one after the other in order, those
// they enqueue for now included, and returns how many it ran. The error is the
// database's; a job that fails is logged and put off as ever.
func (r *Runner) RunDue(ctx context.Context) (int, error) {
	if err := r.enqueuePeriodic(ctx); err != nil {
		return 0, err
	}
	for ran := 0; ; ran++ {
		claims, err := r.claim(ctx, 1)
		if err != nil || len(claims) == 0 {
			return ran, err
		}
		r.do(ctx, claims[0])
	}
}

// do runs one claimed job and writes its outcome.
func (r *Runner) do(ctx context.Context, j Job) {
	h := r.handlers[j.Kind]
	j.also = new(func(context.Context, *db.Tx) error)
	log := r.log.With("job", j.ID, "kind", j.Kind, "attempt", j.Attempt)
	outcome := Permanent(errors.New("the machine stopped during every attempt"))
	if j.Attempt <= h.policy.MaxAttempts {
		j.leasedUntil, outcome = r.attempt(ctx, h.run, j)
	}
	// A stop of the machine must not lose an outcome that is known.
	err := r.settle(context.WithoutCancel(ctx), j, h.policy, outcome)
	switch {
	case errors.Is(err, errLost):
		log.Warn("job taken over by another machine before its end")
	case err != nil:
		log.Error("write the job's outcome", "error", err, "outcome", outcome)
	case outcome != nil && !errors.As(outcome, new(later)):
		log.Warn("job failed", "error", outcome)
	}
}

// attempt runs the handler, keeping the lease meanwhile, and returns the lease's
// last end and the handler's outcome.
func (r *Runner) attempt(ctx context.Context, h Handler, j Job) (time.Time, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	outcome := make(chan error, 1)
	go func() { outcome <- guarded(ctx, h, j) }()
	beat := time.NewTicker(r.Lease / 3)
	defer beat.Stop()
	for {
		select {
		case err := <-outcome:
			return j.leasedUntil, err
		case <-beat.C:
			until, err := r.extend(context.WithoutCancel(ctx), j)
			if err == nil {
				j.leasedUntil = until
			} else if errors.Is(err, errLost) {
				cancel()
			} else {
				r.log.Error("keep a job's lease", "job", j.ID, "error", err)
			}
		}
	}
}

// guarded turns a panic into a failure of the job alone.
func guarded(ctx context.Context, h Handler, j Job) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	return h(ctx, j)
}

// enqueuePeriodic enqueues the present slot of each periodic kind, and drops
// the slots done more than a day ago, which no machine can ask for any more.
func (r *Runner) enqueuePeriodic(ctx context.Context) error {
	r.slots.Lock()
	defer r.slots.Unlock()
	now := r.clock.Now()
	for i := range r.periodic {
		p := &r.periodic[i]
		slot := now.Truncate(p.interval)
		if slot.Equal(p.last) {
			continue
		}
		if err := r.store.Write(ctx, func(tx *db.Tx) error {
			if _, err := tx.Exec(ctx, `
				delete from job
				where kind = $1 and key like 'every:%' and done_at < $2`,
				p.kind, now.Add(-24*time.Hour-p.interval)); err != nil {
				return err
			}
			return Enqueue(ctx, tx, New{Kind: p.kind, Key: "every:" + p.kind + ":" + slot.Format(time.RFC3339), RunAt: slot})
		}); err != nil {
			return fmt.Errorf("enqueue periodic %s: %w", p.kind, err)
		}
		p.last = slot
	}
	return nil
}

func (r *Runner) kinds() []string {
	kinds := make([]string, 0, len(r.handlers))
	for kind := range r.handlers {
		kinds = append(kinds, kind)
	}
	slices.Sort(kinds)
	return kinds
}
