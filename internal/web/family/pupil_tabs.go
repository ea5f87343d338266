package family

import (
	"time"

	"pupitre/internal/domain/catalogue"
	"pupitre/internal/domain/document"
	"pupitre/internal/domain/enrolment"
	"pupitre/internal/platform/clock"
	"pupitre/internal/web/door"
	"pupitre/internal/web/ui"
)

type pupilCoursesPage struct {
	ui.Base
	Head    pupilHead
	Season  string
	Courses []pupilCourse
}

type pupilCourse struct {
	Title, Slot, Room, Teacher, Site string
}

// ShowPupilCourses shows the pupil's courses once the school has published
// them (R19).
func (p *Pages) ShowPupilCourses(v *door.Visit) error {
	r, err := p.registration(v)
	if err != nil {
		return err
	}
	page := pupilCoursesPage{Base: v.Base(r.Pupil.FirstName + ", cours"), Season: r.Season.Name}
	if page.Head, err = p.head(v, r, tabCourses); err != nil {
		return err
	}
	if at := r.Season.CoursesPublishedAt; !at.IsZero() && !v.Now.Before(at) && r.Dossier.State == enrolment.Enrolled {
		page.Courses = coursesOf(r.Requests, r.Catalogue)
	}
	if len(page.Courses) == 0 {
		run, found, err := enrolment.RunningOf(v.Ctx(), p.store, r.Pupil.ID, r.Season, v.Now.In(clock.Paris).Format(time.DateOnly))
		if err != nil {
			return err
		}
		if at := run.Season.CoursesPublishedAt; found && !at.IsZero() && !v.Now.Before(at) {
			page.Season, page.Courses = run.Season.Name, coursesOf(run.Requests, run.Catalogue)
		}
	}
	return v.Show(200, pupilCoursesView(page))
}

func coursesOf(requests []enrolment.RequestView, offer catalogue.Catalogue) []pupilCourse {
	var all []pupilCourse
	for _, q := range requests {
		course, ok := offer.Course(q.CourseID)
		if q.State != enrolment.Place || !ok {
			continue
		}
		slot := course.Slot()
		if slot == "" {
			slot = "horaire fixé à la rentrée"
		}
		all = append(all, pupilCourse{q.FullTitle(), slot, course.Room, course.Teacher, offer.SiteName(course.SiteID)})
	}
	return all
}

type pupilPapersPage struct {
	ui.Base
	Head      pupilHead
	Elsewhere bool
	Pupil     []ui.Task
	Family    []ui.Task
}

// ShowPupilPapers lists the pupil's papers and, again, the household's: the
// same papers, not copies (R20).
func (p *Pages) ShowPupilPapers(v *door.Visit) error {
	r, err := p.registration(v)
	if err != nil {
		return err
	}
	page := pupilPapersPage{Base: v.Base(r.Pupil.FirstName + ", documents fournis"), Elsewhere: r.Elsewhere}
	if page.Head, err = p.head(v, r, tabPapers); err != nil {
		return err
	}
	page.Pupil, page.Family = paperTasks(r, pupilPath(r.Pupil.ID)+"/documents")
	return v.Show(200, pupilPapersView(page))
}

// paperTasks are the pupil's papers and the household's; after an import the
// family comes back to suite.
func paperTasks(r enrolment.Registration, suite string) (pupil, family []ui.Task) {
	for _, paper := range requiredFirst(r.Papers) {
		if paper.Paper.Audience == document.OfPupil {
			pupil = append(pupil, paperTask(paper, r.Pupil.ID, suite))
		} else {
			family = append(family, paperTask(paper, "", suite))
		}
	}
	return pupil, family
}
