package report

import (
	"context"
	"fmt"
	"slices"
	"time"

	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/enrolment"
	"pupitre/internal/domain/people"
	"pupitre/internal/domain/school"
	"pupitre/internal/platform/db"
)

// Addressed is a dossier whose family is about to be written to.
type Addressed struct {
	Row
	Family people.Household
}

// ReadyToConfirm lists the season's dossiers that only wait to be confirmed, by
// rank, with whom it will be written to: those named, or all when none is.
func ReadyToConfirm(ctx context.Context, r db.Reader, a actor.Actor, season school.Season, named ...string) ([]Addressed, error) {
	rows, err := allOf(ctx, r, a, season, Ready)
	if err != nil {
		return nil, err
	}
	if len(named) > 0 {
		rows = slices.DeleteFunc(rows, func(row Row) bool { return !slices.Contains(named, row.ID) })
	}
	return addressed(ctx, r, a, rows)
}

// Reminder is a family whose dossiers are « reçu, incomplet ».
type Reminder struct {
	Family     people.Household
	Pupils     []Lacking
	RemindedAt time.Time // zero when it may be reminded
}

// Lacking is a pupil and the required papers that its dossier lacks.
type Lacking struct {
	Dossier string
	Pupil   string
	Papers  []string
}

// Reminders lists the families whose dossiers lack a paper, in order of
// sending; those reminded a short time ago say when.
func Reminders(ctx context.Context, r db.Reader, a actor.Actor, season school.Season, now time.Time) ([]Reminder, error) {
	rows, err := allOf(ctx, r, a, season, Incomplete)
	if err != nil {
		return nil, err
	}
	lines, err := addressed(ctx, r, a, rows)
	if err != nil {
		return nil, err
	}
	at := map[string]int{}
	var reminders []Reminder
	for _, line := range lines {
		missing := line.missing()
		i, known := at[line.Household]
		if !known && len(missing) > 0 {
			i, known = len(reminders), true
			at[line.Household] = i
			reminders = append(reminders, Reminder{Family: line.Family})
		}
		if !known {
			continue
		}
		if !enrolment.MayRemind(line.RemindedAt, now) {
			reminders[i].RemindedAt = line.RemindedAt
		}
		if len(missing) > 0 {
			reminders[i].Pupils = append(reminders[i].Pupils, Lacking{Dossier: line.ID, Pupil: line.Pupil(), Papers: missing})
		}
	}
	return reminders, nil
}

// missing names the required papers of the row that were not handed in.
func (r Row) missing() []string {
	var names []string
	for _, s := range r.Papers {
		if s.Paper.Required && !s.Deposit.State.Counts() {
			names = append(names, s.Paper.Name)
		}
	}
	return names
}

// all is more than the dossiers of any school.
const all = 1 << 20

// allOf lists every dossier of the group, in its order.
func allOf(ctx context.Context, r db.Reader, a actor.Actor, season school.Season, group Group) ([]Row, error) {
	s, err := scopeOf(a)
	if err != nil {
		return nil, err
	}
	var rows []Row
	for _, p := range group.parts() {
		some, err := p.page(ctx, r, p.of(s, season.ID), all, 0)
		if err != nil {
			return nil, fmt.Errorf("list dossiers: %w", err)
		}
		rows = append(rows, some...)
	}
	return rows, fill(ctx, r, a, season, rows)
}

func addressed(ctx context.Context, r db.Reader, a actor.Actor, rows []Row) ([]Addressed, error) {
	ids := make([]string, len(rows))
	for i, row := range rows {
		ids[i] = row.Household
	}
	households, err := people.HouseholdsByID(ctx, r, a, ids)
	lines := make([]Addressed, len(rows))
	for i, row := range rows {
		lines[i] = Addressed{row, households[row.Household]}
	}
	return lines, err
}
