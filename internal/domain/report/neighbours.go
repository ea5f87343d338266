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
	s, err := scopeOf(a)
	if err != nil {
		return p, err
	}
	for _, after := range []bool{true, false} {
		beside := &p.Previous
		if after {
			beside = &p.Next
		}
		for _, part := range group.toward(after) {
			n, found, err := part.beside(ctx, r, s, season, d, after)
			if err != nil {
				return p, fmt.Errorf("neighbour of %s: %w", d.Label(), err)
			}
			if found {
				*beside = n
				break
			}
		}
	}
	for _, part := range group.parts() {
		before, total, err := part.count(ctx, r, s, season, d)
		if err != nil {
			return p, fmt.Errorf("position of %s: %w", d.Label(), err)
		}
		p.At += before
		p.Total += total
	}
	p.At++
	p.Inside = group.has(d)
	return p, nil
}

// beside reads the dossier of the part that is nearest, before or after; false
// when there is none.
func (p part) beside(ctx context.Context, r db.Reader, s scope, season string, d enrolment.Dossier, after bool) (Neighbour, bool, error) {
	q := p.of(s, season)
	if !p.past(&q, d, after) {
		return Neighbour{}, false, nil
	}
	return db.Maybe[Neighbour](ctx, r, `select d.id, p.first_name, p.last_name from dossier d join pupil p on p.id = d.pupil_id
		where `+q.conditions()+p.order.by(!after)+` limit 1`, q.args...)
}

// count counts the dossiers of the part, and those before this one.
func (p part) count(ctx context.Context, r db.Reader, s scope, season string, d enrolment.Dossier) (before, total int64, err error) {
	q := p.of(s, season)
	if total, err = db.One[int64](ctx, r, `select count(*) from dossier d where `+q.conditions(), q.args...); err != nil {
		return 0, 0, err
	}
	if p.past(&q, d, false) {
		before, err = db.One[int64](ctx, r, `select count(*) from dossier d where `+q.conditions(), q.args...)
	}
	return before, total, err
}

// First returns the first dossier of the group in order, or fault.ErrNotFound.
func First(ctx context.Context, r db.Reader, a actor.Actor, season string, group Group) (string, error) {
	s, err := scopeOf(a)
	if err != nil {
		return "", err
	}
	for _, p := range group.parts() {
		q := p.of(s, season)
		id, found, err := db.Maybe[string](ctx, r, `select d.id from dossier d where `+q.conditions()+p.order.by(false)+` limit 1`, q.args...)
		if err != nil || found {
			return id, err
		}
	}
	return "", fmt.Errorf("first dossier %s: %w", group, fault.ErrNotFound)
}

// AnsweredSince counts the dossiers answered (« inscrit », « en liste d'attente »)
// by the office since that day began in Paris, less the answers taken back.
func AnsweredSince(ctx context.Context, r db.Reader, a actor.Actor, now time.Time) (int64, error) {
	s, err := scopeOf(a)
	if err != nil {
		return 0, err
	}
	within := ""
	if !s.whole() {
		within = ` and exists (select 1 from dossier d where d.id = j.dossier_id` + s.andPupil("d.pupil_id", 2) + `)`
	}
	local := now.In(clock.Paris)
	midnight := time.Date(local.Year(), local.Month(), local.Day(), 0, 0, 0, 0, clock.Paris).UTC()
	return db.One[int64](ctx, r, `select count(distinct j.dossier_id) from journal j
		where j.at >= $1 and j.event in ('dossier.enrolled', 'dossier.on_list', 'dossier.refused')
			and not exists (select 1 from journal k where k.dossier_id = j.dossier_id and k.event = 'dossier.taken_back'
				and (k.at > j.at or k.at = j.at and k.id > j.id))`+within, s.args(midnight)...)
}
