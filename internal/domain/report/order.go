package report

import (
	"context"
	"slices"
	"time"

	"pupitre/internal/domain/enrolment"
	"pupitre/internal/platform/db"
)

// order is what dossiers stand in; each is the order of an index.
type order string

const (
	byRank    order = "d.rank"
	bySending order = "d.sent_at, d.number"
)

// by is the order's « order by », the last first when back is set.
func (o order) by(back bool) string {
	switch {
	case o == byRank && back:
		return ` order by d.rank desc`
	case o == bySending && back:
		return ` order by d.sent_at desc, d.number desc`
	default:
		return ` order by ` + string(o)
	}
}

// part is dossiers that stand in one order. A group is one part, or two: those
// that have a rank, then those that have none.
type part struct {
	in     string
	order  order
	behind bool // it stands behind all that have a rank
}

// parts are what the group is made of, in their order.
func (g Group) parts() []part {
	switch g {
	case Everyone: // a dossier has a rank in the states that rank only
		return []part{{in: `d.rank is not null`, order: byRank}, {in: unranked, order: bySending, behind: true}}
	case ToChoose:
		return []part{{in: `d.choose_again = true and d.rank is not null`, order: byRank}, {in: `d.choose_again = true and ` + unranked, order: bySending, behind: true}}
	case Ranked:
		return []part{{in: `d.rank is not null`, order: byRank}}
	case Incomplete:
		return []part{{in: g.in(), order: bySending}}
	default:
		return []part{{in: g.in(), order: byRank}}
	}
}

// toward are the parts as they are met from any dossier of them on, to the end
// or back to the front.
func (g Group) toward(end bool) []part {
	parts := g.parts()
	if !end {
		slices.Reverse(parts)
	}
	return parts
}

// of is the query of the season's dossiers of the part, within the scope.
func (p part) of(s scope, season string) query {
	var q query
	q.with(`d.season_id = ?`, season)
	q.with(p.in)
	s.pupils(&q, "d.pupil_id")
	return q
}

// past narrows the query to what stands after the dossier, or before it; false
// when nothing of the part does.
func (p part) past(q *query, d enrolment.Dossier, after bool) bool {
	sign := "<"
	if after {
		sign = ">"
	}
	switch {
	case p.order == byRank && d.Rank > 0:
		q.with(`d.rank `+sign+` ?`, d.Rank)
	case p.order == byRank: // one without a rank stands behind them all
		return !after
	case p.behind && d.Rank > 0:
		return after
	default:
		q.with(`(d.sent_at, d.number) `+sign+` (?, ?)`, sentAt(d), d.Number)
	}
	return true
}

// sentAt is when the dossier was sent; one that was not stands behind the others.
func sentAt(d enrolment.Dossier) time.Time {
	if d.SentAt.IsZero() {
		return time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	return d.SentAt
}

// page reads a page of the group among the dossiers of the query; ranked is how
// many of these have a rank.
func (q query) page(ctx context.Context, r db.Reader, group Group, offset, ranked int64) ([]Row, error) {
	var rows []Row
	for _, p := range group.parts() {
		from := offset
		if p.behind {
			from = max(offset-ranked, 0)
		}
		if len(rows) == PageSize {
			break
		}
		some, err := p.page(ctx, r, q.and(p.in), PageSize-int64(len(rows)), from)
		if err != nil {
			return nil, err
		}
		rows = append(rows, some...)
	}
	return rows, nil
}

// page reads the rows from the offset on. What is passed over is passed over
// within the index: the first row's key is found there, and only the rows shown
// are read.
func (p part) page(ctx context.Context, r db.Reader, q query, limit, offset int64) ([]Row, error) {
	if offset > 0 {
		skip := q
		first, found, err := db.Maybe[key](ctx, r, `select `+string(p.order)+` from dossier d where `+q.conditions()+p.order.by(false)+
			` limit 1 offset `+skip.param(offset), skip.args...)
		switch {
		case err != nil || !found:
			return nil, err
		case p.order == byRank:
			q = q.and(`d.rank >= ?`, first.Rank)
		default:
			q = q.and(`(d.sent_at, d.number) >= (?, ?)`, first.SentAt, first.Number)
		}
	}
	return db.All[Row](ctx, r, `select `+rowColumns+` from dossier d join pupil p on p.id = d.pupil_id where `+q.conditions()+
		p.order.by(false)+` limit `+q.param(limit), q.args...)
}

// key is where a dossier stands in its order.
type key struct {
	Rank   int64     `db:"rank"`
	SentAt time.Time `db:"sent_at"`
	Number int64     `db:"number"`
}
