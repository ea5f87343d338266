package catalogue

import (
	"net/url"
	"slices"
	"strings"

	taught "pupitre/internal/domain/catalogue"
	"pupitre/internal/domain/school"
	"pupitre/internal/platform/french"
	"pupitre/internal/web/door"
	"pupitre/internal/web/ui"
)

type teachersPage struct {
	ui.Base
	Query    string
	Teachers []teacherRow
	Pager    ui.Pager
}

type teacherRow struct {
	taught.Teacher
	Courses int64 // of the season
}

// Teachers lists the teachers, with what each gives this season.
func (p *Pages) Teachers(v *door.Visit) error {
	base, err := p.base(v, "Enseignants")
	if err != nil {
		return err
	}
	page, at := teachersPage{Base: base, Query: v.Query("q")}, pageOf(v)
	found, total, err := taught.SearchTeachers(v.Ctx(), p.store, page.Query, (at-1)*pageSize, pageSize)
	if err != nil {
		return err
	}
	offer, err := p.offer(v)
	if err != nil {
		return err
	}
	gives := map[string]int64{}
	for i := range offer.Courses {
		if offer.Courses[i].CancelledAt.IsZero() {
			gives[offer.Courses[i].Teacher]++
		}
	}
	for _, t := range found {
		page.Teachers = append(page.Teachers, teacherRow{t, gives[t.FullName()]})
	}
	page.Pager = pager(at, total, func(n string) string { return link(root+"/enseignants", "q", page.Query, "page", n) })
	return v.Show(200, teachers(page))
}

var teacherSpecs = []spec{
	{Name: taught.TeacherLastName, Label: "Nom", Most: 120},
	{Name: taught.TeacherFirstName, Label: "Prénom", Most: 120},
	{Name: taught.TeacherEmail, Label: "Adresse mail", Most: 120},
	{Name: taught.TeacherDisciplines, Label: "Disciplines"},
}

func teacherValues(t taught.Teacher) url.Values {
	return url.Values{taught.TeacherLastName: {t.LastName}, taught.TeacherFirstName: {t.FirstName}, taught.TeacherEmail: {t.Email}, taught.TeacherDisciplines: t.DisciplineNames()}
}

// teacherPage is the form of one teacher; the ID is "" for a new one.
type teacherPage struct {
	ui.Base
	editing
	Teacher taught.Teacher
	Known   []string // disciplines to choose from
	Courses []taught.Course
	Offer   taught.Catalogue
}

func (p *Pages) teacher(v *door.Visit) (page teacherPage, err error) {
	title := "Ajouter un enseignant"
	if id := v.PathValue("teacher"); id != "" {
		if page.Teacher, err = taught.TeacherByID(v.Ctx(), p.store, id); err != nil {
			return page, err
		}
		title = page.Teacher.FullName()
	}
	page.editing = opened(teacherSpecs, teacherValues(page.Teacher), page.Teacher.Version)
	if page.Known, err = p.disciplineNames(v, page.Teacher.DisciplineNames()...); err != nil {
		return page, err
	}
	if page.Offer, err = p.offer(v); err != nil {
		return page, err
	}
	for _, c := range page.Offer.Courses {
		if page.Teacher.ID != "" && c.Teacher == page.Teacher.FullName() {
			page.Courses = append(page.Courses, c)
		}
	}
	page.Base, err = p.base(v, title)
	return page, err
}

// disciplineNames are those to choose from, with others that are held already.
func (p *Pages) disciplineNames(v *door.Visit, held ...string) ([]string, error) {
	all, err := taught.Disciplines(v.Ctx(), p.store, "")
	var names []string
	for _, d := range all {
		names = append(names, d.Name)
	}
	for _, h := range held {
		if h != "" && !slices.Contains(names, h) {
			names = append(names, h)
		}
	}
	return names, err
}

// Teacher shows the form of a teacher, or of a new one.
func (p *Pages) Teacher(v *door.Visit) error {
	page, err := p.teacher(v)
	if err != nil {
		return err
	}
	return v.Show(200, teacherForm(page))
}

// SaveTeacher makes or changes a teacher.
func (p *Pages) SaveTeacher(v *door.Visit) error {
	page, err := p.teacher(v)
	if err != nil {
		return err
	}
	if page.editing, _, err = typed(v, teacherSpecs, teacherValues(page.Teacher)); err != nil {
		return err
	}
	chosen := slices.DeleteFunc(clean(page.Typed[taught.TeacherDisciplines]), func(d string) bool { return !slices.Contains(page.Known, d) })
	t := taught.Teacher{ID: page.Teacher.ID, LastName: page.of(taught.TeacherLastName), FirstName: page.of(taught.TeacherFirstName),
		Email: page.of(taught.TeacherEmail), Disciplines: strings.Join(chosen, "|"), Edited: school.Edited{Version: page.Version}}
	var refused error
	if page.Invalid != nil {
		refused = page.Invalid
	} else {
		_, refused = taught.SaveTeacher(v.Ctx(), p.store, v.Actor, v.Now, t)
	}
	if refused == nil {
		text := "Le journal le garde."
		if n := int64(len(page.Courses)); n > 0 && page.Teacher.FullName() != t.FullName() {
			text = "Son nom suit dans " + french.Count(n, "cours", "cours") + "."
		}
		return v.Redirect(root+"/enseignants", done(t.FullName()+" est enregistré", text))
	}
	status, up := page.refuse(refused, page.Teacher.Edited, teacherValues(page.Teacher))
	if up != nil {
		return up
	}
	page.Errors = page.errors()
	return v.Show(status, teacherForm(page))
}

// DeleteTeacher removes a teacher who gives no course.
func (p *Pages) DeleteTeacher(v *door.Visit) error {
	version, err := deletion(v)
	if err != nil {
		return err
	}
	if err := taught.DeleteTeacher(v.Ctx(), p.store, v.Actor, v.Now, v.PathValue("teacher"), version); err != nil {
		return err
	}
	return v.Redirect(root+"/enseignants", done("L’enseignant est retiré", "Le journal le garde."))
}
