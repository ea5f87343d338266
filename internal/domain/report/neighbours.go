package report

import (
	"context"
	"fmt"
	"time"

	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/enrolment"
	"pupitre/internal/platform/clock"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
)

// Neighbour is a dossier beside another in the queue; its ID is "" at the ends.
type Neighbour struct {
	ID        string `db:"id"`
	FirstName string `db:"first_name"`
	LastName  string `db:"last_name"`
}

// Position is where a dossier stands in a group of the queue.
type Position struct {
	Previous, Next Neighbour
	At             int64 // from 1; where it would stand when it has left the group
	Total          int64
	Inside         bool // it is still in the group
}

// PositionOf finds the neighbours of the dossier in the group, in order of
// completeness, even when it has just left the group.
func PositionOf(ctx context.Context, r db.Reader, a actor.Actor, season string, group Group, d enrolment.Dossier) (Position, error) {
	var p Position
	if err := officeOnly(a); err != nil {
		return p, err
	}
	var err error
	if p.Next, err = beside(ctx, r, season, group, d, true); err != nil {
		return p, err
	}
	if p.Previous, err = beside(ctx, r, season, group, d, false); err != nil {
		return p, err
	}
	type counted struct {
		Before int64 `db:"before"`
		Total  int64 `db:"total"`
		Inside int64 `db:"inside"`
	}
	var q query
	is := q.param(d.ID)
	before := stands(&q, group, d, false)
	q.with(`d.season_id = ?`, season)
	q.with(group.in())
	n, err := db.One[counted](ctx, r, `select coalesce(sum(case when `+before+` then 1 else 0 end), 0) as before, count(*) as total,
			coalesce(sum(case when d.id = `+is+` then 1 else 0 end), 0) as inside
		from dossier d where `+q.conditions(), q.args...)
	p.At, p.Total, p.Inside = n.Before+1, n.Total, n.Inside > 0
	return p, err
}

// stands is the condition of standing after (or before) the dossier in the
// group's order.
func stands(q *query, group Group, d enrolment.Dossier, after bool) string {
	sign := "<"
	if after {
		sign = ">"
	}
	if d.Rank > 0 {
		rank := `d.rank ` + sign + ` ` + q.param(d.Rank)
		if after && (group == Everyone || group == Incomplete) {
			return `(d.rank is null or ` + rank + `)`
		}
		return rank
	}
	sent := d.SentAt
	if sent.IsZero() { // it stands behind all that were sent
		sent = time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	at, number := q.param(sent), q.param(d.Number)
	unranked := `d.rank is null and (d.sent_at ` + sign + ` ` + at + ` or d.sent_at = ` + at + ` and d.number ` + sign + ` ` + number + `)`
	if after {
		return `(` + unranked + `)`
	}
	return `(d.rank is not null or ` + unranked + `)`
}

func beside(ctx context.Context, r db.Reader, season string, group Group, d enrolment.Dossier, after bool) (Neighbour, error) {
	var q query
	q.with(`d.season_id = ?`, season)
	q.with(group.in())
	q.with(stands(&q, group, d, after))
	by := group.order("")
	if !after {
		by = group.order("desc")
	}
	n, _, err := db.Maybe[Neighbour](ctx, r, `select d.id, p.first_name, p.last_name from dossier d join pupil p on p.id = d.pupil_id
		where `+q.conditions()+by+` limit 1`, q.args...)
	return n, err
}

// First returns the first dossier of the group in order, or fault.ErrNotFound.
func First(ctx context.Context, r db.Reader, a actor.Actor, season string, group Group) (string, error) {
	if err := officeOnly(a); err != nil {
		return "", err
	}
	id, found, err := db.Maybe[string](ctx, r, `select d.id from dossier d where d.season_id = $1 and (`+group.in()+`)`+group.order("")+` limit 1`, season)
	if err == nil && !found {
		err = fmt.Errorf("first dossier %s: %w", group, fault.ErrNotFound)
	}
	return id, err
}

// ByNumber returns the id of the season's dossier of that number, or fault.ErrNotFound.
func ByNumber(ctx context.Context, r db.Reader, a actor.Actor, season, label string) (string, error) {
	if err := officeOnly(a); err != nil {
		return "", err
	}
	n, ok := number(label)
	if !ok {
		return "", fmt.Errorf("dossier %q: %w", label, fault.ErrNotFound)
	}
	return db.One[string](ctx, r, `select id from dossier where season_id = $1 and number = $2`, season, n)
}

// AnsweredSince counts the dossiers answered (« inscrit », « en liste d'attente »)
// by the office since that day began in Paris.
func AnsweredSince(ctx context.Context, r db.Reader, now time.Time) (int64, error) {
	local := now.In(clock.Paris)
	midnight := time.Date(local.Year(), local.Month(), local.Day(), 0, 0, 0, 0, clock.Paris).UTC()
	return db.One[int64](ctx, r, `select count(distinct dossier_id) from journal
		where at >= $1 and event in ('dossier.enrolled', 'dossier.on_list', 'dossier.refused')`, midnight)
}
