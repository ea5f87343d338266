package lists

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"pupitre/internal/domain/enrolment"
	"pupitre/internal/domain/people"
	"pupitre/internal/domain/report"
	"pupitre/internal/letter"
	"pupitre/internal/platform/clock"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
	"pupitre/internal/web/door"
)

// paper is one that the office prints.
type paper struct {
	name, title, says string
	byCourse          bool // it may be narrowed to a course
	print             func(p *Pages, v *door.Visit, s report.Filter) (file []byte, people int, err error)
}

var papers = []paper{
	{"feuilles-d-appel", "Feuilles d’appel", "Une page par cours, avec des colonnes pour douze séances.", true, (*Pages).attendanceSheets},
	{"listes-de-cours", "Listes de cours", "Une page par cours, avec les téléphones et les adresses mail des familles.", true, (*Pages).classLists},
	{"etiquettes", "Étiquettes", "Les adresses des familles, sur des planches de 24 étiquettes de 70 × 37 mm.", true, (*Pages).labels},
}

// Paper answers one as a PDF; one that would be empty says so on the page it is
// asked from.
func (p *Pages) Paper(v *door.Visit) error {
	i := slices.IndexFunc(papers, func(one paper) bool { return one.name == v.PathValue("paper") })
	if i < 0 {
		return fault.ErrNotFound
	}
	file, people, err := papers[i].print(p, v, report.FilterFrom(v.Query))
	if err != nil {
		return err
	}
	if file == nil {
		return p.index(v, 404, true)
	}
	return v.ShowFile("application/pdf", papers[i].name+"-"+v.Season.Name+".pdf", people, file)
}

func (p *Pages) attendanceSheets(v *door.Visit, s report.Filter) ([]byte, int, error) {
	return p.classes(v, s, letter.AttendanceSheets)
}

func (p *Pages) classLists(v *door.Visit, s report.Filter) ([]byte, int, error) {
	return p.classes(v, s, letter.ClassLists)
}

// classes prints the courses of the filter that somebody has a place in;
// nil when there is none.
func (p *Pages) classes(v *door.Visit, s report.Filter, print func(letter.ClassesFacts) ([]byte, error)) (file []byte, people int, err error) {
	classes, err := report.ClassesOf(v.Ctx(), p.store, v.Actor, v.Season, s)
	if err != nil || len(classes) == 0 {
		return nil, 0, err
	}
	facts := letter.ClassesFacts{School: p.school(v), Season: v.Season.Name, Made: v.Now}
	today := v.Now.In(clock.Paris).Format(time.DateOnly)
	for _, c := range classes {
		class := letter.ClassFacts{Title: c.Title, Site: c.Site, Slot: c.Slot, Room: c.Room, Teacher: c.Teacher}
		for _, one := range c.Pupils {
			class.Pupils = append(class.Pupils, classPupil(one, today))
		}
		facts.Classes = append(facts.Classes, class)
		people += len(c.Pupils)
	}
	file, err = print(facts)
	return file, people, err
}

func classPupil(a report.Attending, today string) letter.ClassPupil {
	one := letter.ClassPupil{Name: a.PupilLast + " " + a.PupilFirst, Level: a.Level, Responsible: a.Family.Name(),
		Emails: strings.Join(a.Family.Emails(), ", "), Reserved: a.DossierState != enrolment.Enrolled}
	if a.BirthDate != "" {
		one.Age = french.Age(a.BirthDate, today)
	}
	if len(a.Family.Guardians) > 0 {
		g := a.Family.Guardians[0]
		one.Phone = french.Phone(cmp.Or(g.Mobile, g.Phone))
	}
	return one
}

// labels prints the addresses of the families of the filter's dossiers.
func (p *Pages) labels(v *door.Visit, s report.Filter) ([]byte, int, error) {
	families, err := report.FamiliesOf(v.Ctx(), p.store, v.Actor, v.Season, s)
	if err != nil {
		return nil, 0, err
	}
	var labels []letter.Label
	for _, h := range families {
		if h.Address != "" || h.Town != "" {
			labels = append(labels, label(h))
		}
	}
	if len(labels) == 0 {
		return nil, 0, nil
	}
	file, err := letter.Labels(p.school(v), labels, v.Now)
	return file, len(labels), err
}

func label(h people.Household) letter.Label {
	l := letter.Label{strings.TrimSpace(civility(h) + h.Name())}
	for _, line := range []string{h.AddressExtra, h.Address, strings.TrimSpace(h.Postcode + " " + strings.ToUpper(h.Town))} {
		if line != "" {
			l = append(l, line)
		}
	}
	return l
}

func civility(h people.Household) string {
	if len(h.Guardians) == 0 || h.Guardians[0].Civility == "" {
		return ""
	}
	return h.Guardians[0].Civility + " "
}

func (p *Pages) school(v *door.Visit) letter.School {
	return letter.School{Name: v.School.Name, Address: v.School.Address, Phone: french.Phone(v.School.Phone), Email: v.School.Email, URL: p.publicURL}
}
