package intake

import (
	"context"
	"time"

	"golang.org/x/sync/semaphore"

	"pupitre/internal/platform/fault"
)

// patience is how long an upload waits for its turn.
const patience = 20 * time.Second

// wait takes n of the turns. It returns *fault.Busy after patience, or the
// context's error.
func wait(ctx context.Context, turns *semaphore.Weighted, n int64) error {
	waiting, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if turns.Acquire(waiting, n) == nil {
		return nil
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	return &fault.Busy{RetryAfter: time.Minute, Message: crowded}
}

// inTurn runs f when its turn comes, and answers with the refusal slow when it
// takes longer than the limit, damaged when it fails otherwise, or the
// context's error, or *fault.Busy when the turn did not come. The libraries do
// not all look at the context at once: what is late keeps its turn until it is
// done with, so that late files cannot pile up.
func inTurn(ctx context.Context, turns *semaphore.Weighted, limit time.Duration, damaged, slow string,
	f func(context.Context) (*File, error),
) (*File, error) {
	if err := wait(ctx, turns, 1); err != nil {
		return nil, err
	}
	limited, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	type result struct {
		file *File
		err  error
	}
	done := make(chan result, 1)
	go func() {
		defer turns.Release(1)
		file, err := guard(damaged, func() (*File, error) { return f(limited) })
		done <- result{file, err}
	}()
	select {
	case r := <-done:
		if r.err == nil {
			return r.file, nil
		}
		if limited.Err() == nil {
			return nil, refused(r.err, damaged)
		}
	case <-limited.Done():
	}
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	return nil, fault.Refuse(slow)
}
