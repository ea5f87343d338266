package importing

import (
	"context"
	"strings"

	"pupitre/internal/domain/account"
	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/catalogue"
	"pupitre/internal/domain/enrolment"
	"pupitre/internal/domain/journal"
	"pupitre/internal/domain/people"
	"pupitre/internal/domain/school"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/french"
)

// written is one thing that the import made or changed, kept for its undo: as
// it was, and as it stood right after.
type written struct {
	Makes           bool              `json:"makes,omitempty"`
	Household       *people.Household `json:"household,omitempty"`
	HouseholdBefore *people.Household `json:"household_before,omitempty"`
	Pupil           *people.Homed     `json:"pupil,omitempty"`
	PupilBefore     *people.Homed     `json:"pupil_before,omitempty"`

	Course       *catalogue.Course                 `json:"course,omitempty"`
	CourseBefore *catalogue.Course                 `json:"course_before,omitempty"`
	Stands       map[int64]enrolment.BroughtPlaces `json:"stands,omitempty"` // of each semester
	PlacesBefore map[int64]int64                   `json:"places_before,omitempty"`
	Site         *school.Site                      `json:"site,omitempty"` // made, as those below
	Discipline   *catalogue.Discipline             `json:"discipline,omitempty"`
	Teacher      *catalogue.Teacher                `json:"teacher,omitempty"`
}

const writtenOfAPage = 200

// write writes the plan, with the accounts of new families, the journal, and
// the list that an undo needs.
func (im *Imports) write(ctx context.Context, tx *db.Tx, a actor.Actor, p peoplePlan, i Import) error {
	now := im.clock.Now()
	var b people.Brought
	var families []account.NewFamily
	for _, h := range p.households {
		b.Households = append(b.Households, h.Household)
		families = append(families, account.NewFamily{Household: h.ID, Wanted: h.login, Name: h.Guardians[0].LastName})
	}
	b.Pupils = p.pupils
	var lines []journal.Line
	for _, m := range p.moved {
		b.ChangedHouseholds = append(b.ChangedHouseholds, m.after)
		lines = append(lines, changed(a, "household.imported", journal.Line{Household: m.after.ID}, householdDiffs(m.before, m.after)))
	}
	for _, g := range p.grown {
		b.ChangedPupils = append(b.ChangedPupils, g.after)
		lines = append(lines, changed(a, "pupil.imported", journal.Line{Household: g.after.Homes[0], Pupil: g.after.Pupil.ID}, pupilDiffs(g.before, g.after)))
	}
	for n := range lines {
		lines[n] = journal.By(a, now, lines[n])
	}
	if err := people.Bring(ctx, tx, now, b); err != nil {
		return err
	}
	if err := im.accounts.CreateFamilies(ctx, tx, a, families); err != nil {
		return err
	}
	if err := journal.Append(ctx, tx, lines...); err != nil {
		return err
	}
	list, err := listWritten(ctx, tx, a, b, p)
	if err != nil {
		return err
	}
	return putPages(ctx, tx, i.ID, partWritten, list, writtenOfAPage)
}

func changed(a actor.Actor, event string, line journal.Line, diffs []Diff) journal.Line {
	var from, to []string
	for _, d := range diffs {
		from = append(from, d.Label+french.Nbsp+": "+or(d.Before, "–"))
		to = append(to, d.Label+french.Nbsp+": "+or(d.After, "–"))
	}
	line.Event, line.Before, line.After = event, strings.Join(from, " ; "), strings.Join(to, " ; ")
	return line
}

// listWritten reads back what was written, as it stands now.
func listWritten(ctx context.Context, tx *db.Tx, a actor.Actor, b people.Brought, p peoplePlan) ([]written, error) {
	var households, pupilIDs []string
	for _, h := range append(b.Households, b.ChangedHouseholds...) {
		households = append(households, h.ID)
	}
	for _, one := range append(b.Pupils, b.ChangedPupils...) {
		pupilIDs = append(pupilIDs, one.Pupil.ID)
	}
	now, err := people.HouseholdsByID(ctx, tx, a, households)
	if err != nil {
		return nil, err
	}
	pupilsNow, err := people.PupilsByID(ctx, tx, pupilIDs)
	if err != nil {
		return nil, err
	}
	var list []written
	for _, h := range b.Households {
		is := now[h.ID]
		list = append(list, written{Makes: true, Household: &is})
	}
	for _, m := range p.moved {
		is, was := now[m.after.ID], m.before
		list = append(list, written{Household: &is, HouseholdBefore: &was})
	}
	for _, one := range b.Pupils {
		list = append(list, written{Makes: true, Pupil: &people.Homed{Pupil: pupilsNow[one.Pupil.ID], Homes: one.Homes}})
	}
	for _, g := range p.grown {
		was := g.before
		list = append(list, written{Pupil: &people.Homed{Pupil: pupilsNow[g.after.Pupil.ID], Homes: g.after.Homes}, PupilBefore: &was})
	}
	return list, nil
}
