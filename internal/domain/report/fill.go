package report

import (
	"context"

	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/catalogue"
	"pupitre/internal/domain/document"
	"pupitre/internal/domain/enrolment"
	"pupitre/internal/domain/people"
	"pupitre/internal/domain/school"
	"pupitre/internal/platform/db"
)

// fill adds to the rows their courses, pole and papers.
func fill(ctx context.Context, r db.Reader, a actor.Actor, season school.Season, rows []Row) error {
	if len(rows) == 0 {
		return nil
	}
	c, err := catalogue.InForce(ctx, r, season)
	if err != nil {
		return err
	}
	papers, err := papersFor(ctx, r, a, season, rows)
	if err != nil {
		return err
	}
	for i := range rows {
		row := &rows[i]
		row.Site = c.SiteName(row.SiteID)
		row.Courses = CourseNames(c, row.Choice)
		row.Papers = papers(*row)
	}
	return nil
}

// CourseName is a course of a choice as the office's lists name it.
type CourseName struct {
	Title     string // with its semester
	Cancelled bool
}

// CourseNames names the courses of the choice, in its order.
func CourseNames(c catalogue.Catalogue, choice enrolment.Choice) []CourseName {
	var all []CourseName
	for _, w := range choice {
		if course, ok := c.Course(w.Course); ok {
			title := enrolment.RequestView{Title: course.Title, Semester: w.Semester}.FullTitle()
			all = append(all, CourseName{title, !course.CancelledAt.IsZero()})
		}
	}
	return all
}

// papersFor reads at once what is asked of the rows' households and pupils, and
// what they hold.
func papersFor(ctx context.Context, r db.Reader, a actor.Actor, season school.Season, rows []Row) (func(Row) []enrolment.PaperStatus, error) {
	var ids []string
	for _, row := range rows {
		ids = append(ids, row.Household)
	}
	papers, err := document.InForce(ctx, r, season)
	if err != nil {
		return nil, err
	}
	held, err := document.HeldBy(ctx, r, season.ID, ids...)
	if err != nil {
		return nil, err
	}
	households, err := people.HouseholdsByID(ctx, r, a, ids)
	if err != nil {
		return nil, err
	}
	settings, err := school.SettingsOf(ctx, r, season)
	if err != nil {
		return nil, err
	}
	debits := map[string]bool{}
	for _, m := range settings.Means {
		debits[m.Code] = m.IsDebit
	}
	return func(row Row) []enrolment.PaperStatus {
		circumstance := document.Circumstance{OnPaper: row.OnPaperForm}
		for _, m := range households[row.Household].Means {
			circumstance.Debit = circumstance.Debit || debits[m]
		}
		var all []enrolment.PaperStatus
		for _, audience := range []document.Audience{document.OfHousehold, document.OfPupil} {
			for _, p := range document.AskedOf(papers, audience, circumstance) {
				all = append(all, enrolment.PaperStatus{Paper: p, Deposit: held.Of(p, row.Household, row.PupilID)})
			}
		}
		return all
	}, nil
}
