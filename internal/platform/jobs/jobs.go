// Package jobs does later what a transaction asked for: a job is a row written
// with the rest of the transaction, so that it exists if and only if the rest
// does. A job is run at least once, by one machine at a time; what it does must
// bear being done again.
package jobs

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"pupitre/internal/platform/clock"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
)

// New is a job to be.
type New struct {
	Kind   string
	Key    string    // the same key is enqueued once for ever; when empty, always
	Args   any       // kept as JSON, shown to whoever keeps the house
	Secret any       // kept as JSON until the job is done or ForgetSecrets, shown nowhere
	RunAt  time.Time // from the caller's clock; when zero, now by the machine's
}

// Enqueue writes the jobs in the caller's transaction; a job of the same key,
// done or not, makes one do nothing.
func Enqueue(ctx context.Context, tx *db.Tx, jobs ...New) error {
	now := clock.System().Now()
	rows := make([][]any, len(jobs))
	for i, n := range jobs {
		args, err := json.Marshal(n.Args)
		if err != nil {
			return fmt.Errorf("enqueue %s: %w", n.Kind, err)
		}
		secret := ""
		if n.Secret != nil {
			b, err := json.Marshal(n.Secret)
			if err != nil {
				return fmt.Errorf("enqueue %s: %w", n.Kind, err)
			}
			secret = string(b)
		}
		if n.RunAt.IsZero() {
			n.RunAt = now
		}
		id := db.NewID()
		rows[i] = []any{id, n.Kind, cmp.Or(n.Key, id), string(args), secret, n.RunAt, 0, "", now}
	}
	if _, err := tx.Insert(ctx, `job (id, kind, key, args, secret, run_at, attempts, last_error, created_at)`,
		`on conflict (key) do nothing`, rows); err != nil {
		return fmt.Errorf("enqueue: %w", err)
	}
	return nil
}

// Job is a job being run, or one that was given up.
type Job struct {
	ID          string    `db:"id"`
	Kind        string    `db:"kind"`
	Key         string    `db:"key"`
	Attempt     int64     `db:"attempts"` // 1 the first time
	RunAt       time.Time `db:"run_at"`
	LastError   string    `db:"last_error"` // of the attempt before
	DeadAt      time.Time `db:"dead_at"`    // zero while it is tried
	RawArgs     string    `db:"args"`
	rawSecret   string
	leasedUntil time.Time
	also        *func(ctx context.Context, tx *db.Tx) error // what AlsoWrite was given
}

// AlsoWrite has f run in the transaction that marks the job as done, once the
// handler has returned nil: what it did is told in the same write.
func (j Job) AlsoWrite(f func(ctx context.Context, tx *db.Tx) error) { *j.also = f }

// Args reads the job's arguments into a pointer.
func (j Job) Args(into any) error { return j.decode("arguments", j.RawArgs, into) }

// Secret reads the job's secret part into a pointer; it fails when there is none.
func (j Job) Secret(into any) error { return j.decode("secret", j.rawSecret, into) }

func (j Job) decode(what, text string, into any) error {
	if err := json.Unmarshal([]byte(text), into); err != nil {
		return Permanent(fmt.Errorf("read the %s of job %s: %w", what, j.ID, err))
	}
	return nil
}

type permanent struct{ error }

func (p permanent) Unwrap() error { return p.error }

// Permanent is what a handler returns when another attempt cannot help: the
// job is given up at once.
func Permanent(err error) error { return permanent{err} }

// later is the outcome of a job whose time has not come.
type later struct{ at time.Time }

func (l later) Error() string { return "not before " + l.at.Format(time.RFC3339) }

// Later is what a handler returns when the job's time has not come: it is done
// from that instant on, and the attempt does not count.
func Later(at time.Time) error { return later{at} }

const secretForgotten = "Le mot de passe ou le lien de cet envoi a été effacé par sécurité, deux jours après son échec\u202f: " +
	"il ne peut plus repartir. Faites-en une nouvelle demande."

// Dead lists the jobs given up, the last first, without their secrets.
func Dead(ctx context.Context, r db.Reader, limit int) ([]Job, error) {
	dead, err := db.All[Job](ctx, r, `
		select id, kind, key, attempts, run_at, last_error, dead_at, args
		from job
		where dead_at is not null
		order by dead_at desc, id desc
		limit $1`, limit)
	if err != nil {
		return nil, fmt.Errorf("list dead jobs: %w", err)
	}
	return dead, nil
}

// forgotten stands for a secret that was swept; it is no JSON, so that no
// handler reads one from it.
const forgotten = "forgotten"

// ForgetSecrets forgets the secrets of the jobs given up before the instant,
// and returns how many.
func ForgetSecrets(ctx context.Context, tx *db.Tx, before time.Time) (int64, error) {
	n, err := tx.Exec(ctx, `update job set secret = $1 where dead_at < $2 and secret not in ('', $1)`, forgotten, before)
	if err != nil {
		return 0, fmt.Errorf("forget the secrets of dead jobs: %w", err)
	}
	return n, nil
}

// Retry gives a dead job all its attempts again, from now on; fault.ErrNotFound
// when there is no dead job of that id, fault.Conflict when its secret was
// forgotten.
func Retry(ctx context.Context, tx *db.Tx, id string, now time.Time) error {
	_, gone, err := db.Maybe[string](ctx, tx, `select id from job where id = $1 and dead_at is not null and secret = $2`, id, forgotten)
	if err != nil {
		return fmt.Errorf("retry job %s: %w", id, err)
	}
	if gone {
		return &fault.Conflict{Message: secretForgotten}
	}
	return onDead(ctx, tx, "retry", `update job set dead_at = null, attempts = 0, run_at = $1 where id = $2 and dead_at is not null`, now, id)
}

// RetryKey is Retry of the dead job of that key.
func RetryKey(ctx context.Context, tx *db.Tx, key string, at time.Time) error {
	return onDead(ctx, tx, "retry", `update job set dead_at = null, attempts = 0, run_at = $1 where key = $2 and dead_at is not null`, at, key)
}

// Forget removes the dead job of that key: it is never tried again.
func Forget(ctx context.Context, tx *db.Tx, key string) error {
	_, err := tx.Exec(ctx, `delete from job where key = $1 and dead_at is not null`, key)
	return err
}

// Abandon closes a dead job for good and forgets its secret; fault.ErrNotFound
// when there is no dead job of that id.
func Abandon(ctx context.Context, tx *db.Tx, id string, now time.Time) error {
	return onDead(ctx, tx, "abandon", `update job set dead_at = null, secret = '', done_at = $1 where id = $2 and dead_at is not null`, now, id)
}

// Withdraw removes the job of that key that nobody has begun, and tells whether
// it was still there to be removed.
func Withdraw(ctx context.Context, tx *db.Tx, key string) (bool, error) {
	n, err := tx.Exec(ctx, `delete from job where key = $1 and attempts = 0 and leased_until is null and done_at is null and dead_at is null`, key)
	if err != nil {
		return false, fmt.Errorf("withdraw job %s: %w", key, err)
	}
	return n > 0, nil
}

func onDead(ctx context.Context, tx *db.Tx, act, text string, now time.Time, id string) error {
	n, err := tx.Exec(ctx, text, now, id)
	if err == nil && n == 0 {
		err = fault.ErrNotFound
	}
	if err != nil {
		return fmt.Errorf("%s job %s: %w", act, id, err)
	}
	return nil
}

// Exponential waits first after the first failure and twice as long after each
// more, never longer than longest.
func Exponential(first, longest time.Duration) func(attempt int64) time.Duration {
	return func(attempt int64) time.Duration {
		wait := first
		for range attempt - 1 {
			if wait >= longest/2 {
				return longest
			}
			wait *= 2
		}
		return min(wait, longest)
	}
}

func isPermanent(err error) bool {
	var p permanent
	return errors.As(err, &p)
}
