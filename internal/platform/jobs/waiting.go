package jobs

import (
	"context"
	"time"

	"pupitre/internal/platform/db"
)

// Queue is what waits to be done.
type Queue struct {
	Due    int64     `db:"due"`    // due and not begun, or begun by a machine that has stopped
	Oldest time.Time `db:"oldest"` // since when the oldest of them is due; zero when none is
}

// Waiting counts what is due at that instant and nobody does.
func Waiting(ctx context.Context, r db.Reader, now time.Time) (Queue, error) {
	return db.One[Queue](ctx, r, `
		select count(*) as due, min(run_at) as oldest from job
		where done_at is null and dead_at is null and run_at <= $1 and (leased_until is null or leased_until < $1)`, now)
}
