package report

import (
	"context"
	"fmt"
	"time"

	"pupitre/internal/domain/actor"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
)

// Minute is how many dossiers became complete in it.
type Minute struct {
	At time.Time
	N  int64
}

// latestRead bounds how many dossiers are counted by the minute: more than any
// school has in one of them.
const latestRead = 5000

// LastMinutes counts the season's dossiers that became complete in each of the
// last n minutes, the present one included, in order of time. Only the
// direction and the administration may ask.
func LastMinutes(ctx context.Context, r db.Reader, a actor.Actor, season string, now time.Time, n int) ([]Minute, error) {
	if !a.May(actor.Sees, actor.Opening) {
		return nil, fault.ErrForbidden
	}
	this := now.Truncate(time.Minute)
	minutes := make([]Minute, n)
	for i := range minutes {
		minutes[i].At = this.Add(time.Duration(i-n+1) * time.Minute)
	}
	// Ranks and times go together: the last ranks are the last minutes.
	latest, err := db.All[time.Time](ctx, r, `select complete_at from dossier where season_id = $1 and rank is not null order by rank desc limit $2`, season, latestRead)
	if err != nil {
		return nil, fmt.Errorf("count dossiers by the minute: %w", err)
	}
	for _, at := range latest {
		if i := n - 1 - int(this.Sub(at.Truncate(time.Minute))/time.Minute); i >= 0 && i < n {
			minutes[i].N++
		}
	}
	return minutes, nil
}
