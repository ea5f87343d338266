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
	kept   map[scoped]Counts
	silent map[scope]int64 // pupils who have not answered
}

// scoped is whose dossiers were counted: those of the scope, of a pole asked
// for, "" for all of them.
type scoped struct {
	scope
	pole string
}

// at forgets what was counted at another state of the season; mu is held.
func (c *Counter) at(season school.Season) {
	if c.season != season.ID || c.moves != season.Moves || c.kept == nil {
		c.season, c.moves, c.kept, c.silent = season.ID, season.Moves, map[scoped]Counts{}, map[scope]int64{}
	}
}

// CountsOf counts the dossiers of each group that the filter leaves; what
// narrows more than a pole is counted each time. The answer is read only. season has just been read.
func (c *Counter) CountsOf(ctx context.Context, r db.Reader, a actor.Actor, season school.Season, f Filter) (Counts, error) {
	s, err := scopeOf(a)
	if err != nil {
		return nil, err
	}
	q, err := f.narrowed(ctx, r, s, season)
	if err != nil {
		return nil, err
	}
	return c.counts(ctx, r, s, season, f, q)
}

func (c *Counter) counts(ctx context.Context, r db.Reader, s scope, season school.Season, f Filter, q query) (Counts, error) {
	if !f.bySite() {
		return q.counts(ctx, r)
	}
	c.mu.Lock() // while it counts, too: those who come meanwhile would count the same
	defer c.mu.Unlock()
	c.at(season)
	if counts, ok := c.kept[scoped{s, f.Site}]; ok {
		return counts, nil
	}
	counts, err := q.counts(ctx, r)
	if err == nil && len(c.kept) < 100 { // a pole is whatever the address says
		c.kept[scoped{s, f.Site}] = counts
	}
	return counts, err
}

// NoAnswerCount is how many pupils have not answered.
func (c *Counter) NoAnswerCount(ctx context.Context, r db.Reader, a actor.Actor, season school.Season) (int64, error) {
	s, err := scopeOf(a)
	if err != nil {
		return 0, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at(season)
	if n, ok := c.silent[s]; ok {
		return n, nil
	}
	n, err := s.noAnswerCount(ctx, r, season.ID)
	if err == nil {
		c.silent[s] = n
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
	s, err := scopeOf(a)
	if err != nil {
		return Rail{}, err
	}
	rail, err := db.One[Rail](ctx, r, `select (select count(*) from outgoing_mail m where m.failed_at is not null`+s.andMail("m", 1)+`)
		+ (select count(*) from outgoing_mail m where m.recipient = '' and m.sent_at is null`+s.andMail("m", 1)+`) as untold,
		(select count(*) from household_change c where c.seen_at is null`+s.andChange("c", 1)+`) as changed`, s.args()...)
	rail.ToCheck = counts[inState(enrolment.Complete)]
	return rail, err
}
