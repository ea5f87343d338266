package report

import (
	"context"
	"sync"

	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/enrolment"
	"pupitre/internal/domain/school"
	"pupitre/internal/platform/db"
)

// Counter keeps the counts of the dossiers for as long as nobody moves one:
// every act that changes what they count moves the season's row on
// (school.Season.Moves), on whichever machine. The zero Counter is ready.
type Counter struct {
	mu     sync.Mutex
	season string
	moves  int64
	kept   map[string]Counts // by pole, "" for all of them
	silent *int64            // pupils who have not answered
}

// at forgets what was counted at another state of the season; mu is held.
func (c *Counter) at(season school.Season) {
	if c.season != season.ID || c.moves != season.Moves || c.kept == nil {
		c.season, c.moves, c.kept, c.silent = season.ID, season.Moves, map[string]Counts{}, nil
	}
}

// CountsOf counts the dossiers of each group that the filter leaves; what
// narrows more than a pole is counted each time. The answer is read only. season has just been read.
func (c *Counter) CountsOf(ctx context.Context, r db.Reader, a actor.Actor, season school.Season, f Filter) (Counts, error) {
	if err := officeOnly(a); err != nil {
		return nil, err
	}
	q, err := f.narrowed(ctx, r, season)
	if err != nil {
		return nil, err
	}
	return c.counts(ctx, r, season, f, q)
}

func (c *Counter) counts(ctx context.Context, r db.Reader, season school.Season, f Filter, q query) (Counts, error) {
	if !f.bySite() {
		return q.counts(ctx, r)
	}
	c.mu.Lock() // while it counts, too: those who come meanwhile would count the same
	defer c.mu.Unlock()
	c.at(season)
	if counts, ok := c.kept[f.Site]; ok {
		return counts, nil
	}
	counts, err := q.counts(ctx, r)
	if err == nil && len(c.kept) < 100 { // a pole is whatever the address says
		c.kept[f.Site] = counts
	}
	return counts, err
}

// NoAnswerCount is how many pupils have not answered.
func (c *Counter) NoAnswerCount(ctx context.Context, r db.Reader, season school.Season) (int64, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at(season)
	if c.silent != nil {
		return *c.silent, nil
	}
	n, err := NoAnswerCount(ctx, r, season.ID)
	if err == nil {
		c.silent = &n
	}
	return n, err
}

// Rail is what the office's menu says on every page.
type Rail struct {
	ToCheck int64 // dossiers to check or to confirm
	Untold  int64 `db:"untold"`  // what no mail has told: those that could not be sent, and the families to call
	Changed int64 `db:"changed"` // what families have changed, to be seen
}

// RailCounts counts what the menu says; season has just been read.
func (c *Counter) RailCounts(ctx context.Context, r db.Reader, a actor.Actor, season school.Season) (Rail, error) {
	counts, err := c.CountsOf(ctx, r, a, season, Filter{})
	if err != nil {
		return Rail{}, err
	}
	rail, err := db.One[Rail](ctx, r, `select (select count(*) from outgoing_mail where failed_at is not null)
		+ (select count(*) from outgoing_mail where recipient = '' and sent_at is null) as untold,
		(select count(*) from household_change where seen_at is null) as changed`)
	rail.ToCheck = counts[inState(enrolment.Complete)]
	return rail, err
}
