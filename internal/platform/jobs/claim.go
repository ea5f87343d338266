package jobs

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
	"unicode/utf8"

	"pupitre/internal/platform/db"
)

// errLost says that another machine holds the job now: this one's outcome
// counts for nothing.
var errLost = errors.New("the job's lease was lost")

// isDue is what makes a job due at $1 among the kinds $2.
const isDue = `done_at is null and dead_at is null and run_at <= $1
		and (leased_until is null or leased_until < $1)
		and kind in (select value from json_each(cast($2 as text)))`

type claimed struct {
	Job
	Secret string    `db:"secret"`
	Until  time.Time `db:"leased_until"`
}

// claim takes up to n due jobs for the length of a lease, in order. It writes
// nothing when none is due, so that polling costs one indexed read.
func (r *Runner) claim(ctx context.Context, n int) ([]Job, error) {
	now := r.clock.Now()
	kinds := db.IDs(r.kinds())
	_, due, err := db.Maybe[string](ctx, r.store, `select id from job where `+isDue+` limit 1`, now, kinds)
	if err != nil || !due {
		return nil, err
	}
	var rows []claimed
	err = r.store.Write(ctx, func(tx *db.Tx) (err error) {
		// The condition stands twice: where another machine claims at the same
		// time, PostgreSQL judges the outer one again on the row it left.
		rows, err = db.All[claimed](ctx, tx, `
			update job set leased_until = $3, attempts = attempts + 1
			where id in (select id from job where `+isDue+` order by run_at, id limit $4) and `+isDue+`
			returning id, kind, key, attempts, run_at, last_error, args, secret, leased_until`,
			now, kinds, now.Add(r.Lease), n)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("claim jobs: %w", err)
	}
	slices.SortFunc(rows, func(a, b claimed) int {
		return cmp.Or(a.RunAt.Compare(b.RunAt), cmp.Compare(a.ID, b.ID))
	})
	claims := make([]Job, len(rows))
	for i, row := range rows {
		claims[i] = row.Job
		claims[i].rawSecret, claims[i].leasedUntil = row.Secret, row.Until
	}
	return claims, nil
}

// extend keeps the job for another lease and returns until when.
func (r *Runner) extend(ctx context.Context, j Job) (time.Time, error) {
	until := r.clock.Now().Add(r.Lease)
	return until, r.store.Write(ctx, func(tx *db.Tx) error {
		return held(tx.Exec(ctx, `update job set leased_until = $1 where id = $2 and leased_until = $3`, until, j.ID, j.leasedUntil))
	})
}

// settle writes what became of the job, if it is still ours.
func (r *Runner) settle(ctx context.Context, j Job, p Policy, outcome error) error {
	now := r.clock.Now()
	var off later
	return r.store.Write(ctx, func(tx *db.Tx) error {
		switch {
		case outcome == nil:
			return finish(ctx, tx, j, now)
		case errors.As(outcome, &off):
			return held(tx.Exec(ctx, `
				update job set run_at = $1, attempts = attempts - 1, leased_until = null
				where id = $2 and leased_until = $3`, off.at, j.ID, j.leasedUntil))
		case isPermanent(outcome) || j.Attempt >= p.MaxAttempts:
			return bury(ctx, tx, j, p, now, outcome)
		default:
			return held(tx.Exec(ctx, `
				update job set run_at = $1, last_error = $4, leased_until = null
				where id = $2 and leased_until = $3`, now.Add(p.Backoff(j.Attempt)), j.ID, j.leasedUntil, words(outcome)))
		}
	})
}

func finish(ctx context.Context, tx *db.Tx, j Job, now time.Time) error {
	if err := held(tx.Exec(ctx, `
		update job set done_at = $1, leased_until = null, secret = '', last_error = ''
		where id = $2 and leased_until = $3`, now, j.ID, j.leasedUntil)); err != nil || *j.also == nil {
		return err
	}
	return (*j.also)(ctx, tx)
}

func bury(ctx context.Context, tx *db.Tx, j Job, p Policy, now time.Time, cause error) error {
	if err := held(tx.Exec(ctx, `
		update job set dead_at = $1, last_error = $4, leased_until = null
		where id = $2 and leased_until = $3`, now, j.ID, j.leasedUntil, words(cause))); err != nil {
		return err
	}
	if p.OnDead == nil {
		return nil
	}
	j.DeadAt = now
	return p.OnDead(ctx, tx, j, cause)
}

func held(rows int64, err error) error {
	if err == nil && rows == 0 {
		return errLost
	}
	return err
}

// words is an error cut to what a list can show, and safe for a text column.
func words(err error) string {
	const longest = 500
	var b []byte
	for _, c := range err.Error() {
		if c == 0 {
			continue
		}
		if len(b) >= longest {
			break
		}
		b = utf8.AppendRune(b, c)
	}
	return string(b)
}
