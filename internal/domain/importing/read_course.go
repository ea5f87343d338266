package importing

import (
	"strconv"
	"strings"

	"pupitre/internal/domain/catalogue"
	"pupitre/internal/domain/enrolment"
	"pupitre/internal/platform/french"
)

// typedCourse is what a line says of a course; what is empty is not said.
type typedCourse struct {
	code, title, kind                   string
	discipline, site, room, teacher     string // the names that are known, or made
	siteID                              string
	day, starts, ends                   string
	places                              string
	ageMin, ageMax, levels              string
	withoutInstrument, refusesBeginners string
	semesters                           []int64
}

func (t typedCourse) isEmpty() bool {
	return t.code+t.title+t.discipline == ""
}

// readCourse reads the cells of a line.
func (j *courseJudge) readCourse(e *entry) typedCourse {
	t := typedCourse{code: j.value(e, fCode, text(120)), title: j.value(e, fName, text(120)), kind: j.value(e, fKind, courseKind)}
	t.discipline = j.known(e, j.disciplines, j.title(fDiscipline), j.value(e, fDiscipline, text(longestText)))
	t.site = j.known(e, j.sites, j.title(fSite), j.value(e, fSite, text(longestText)))
	t.siteID = j.siteID(t.site)
	t.room = j.known(e, j.rooms, j.title(fRoom), j.value(e, fRoom, text(longestText)))
	t.teacher = j.known(e, j.teachers, j.title(firstOf(j.judge, fTeacher, fTeachLast, fTeachFirst)), j.teacherName(e))
	t.day, t.starts, t.ends = j.slot(e)
	t.places = j.value(e, fPlaces, placesOf)
	for _, s := range strings.FieldsFunc(j.value(e, fSemester, semesters), func(r rune) bool { return r == '|' }) {
		n, _ := strconv.ParseInt(s, 10, 64)
		t.semesters = append(t.semesters, n)
	}
	from, to, _ := strings.Cut(j.value(e, fAges, ages), "|")
	t.ageMin, t.ageMax = or(j.value(e, fAgeMin, age), from), or(j.value(e, fAgeMax, age), to)
	t.levels = j.value(e, fLevels, levels)
	t.withoutInstrument = j.value(e, fWithout, yesOrNo)
	t.refusesBeginners = j.value(e, fNoBeginner, yesOrNo)
	if t.refusesBeginners == "" {
		t.refusesBeginners = map[string]string{saidYes: saidNo, saidNo: saidYes}[j.value(e, fBeginner, yesOrNo)]
	}
	return t
}

// teacherName is the teacher's name, be it in one column or two.
func (j *courseJudge) teacherName(e *entry) string {
	last, first := j.value(e, fTeachLast, text(longestName)), j.value(e, fTeachFirst, text(longestName))
	full := j.value(e, fTeacher, text(longestText))
	if full == "" {
		full = strings.TrimSpace(first + " " + last)
	}
	return full
}

// slot is when the course is given, be it in one column or three.
func (j *courseJudge) slot(e *entry) (day, starts, ends string) {
	if parts := strings.Split(j.value(e, fSpan, span), "|"); len(parts) == 3 {
		day, starts, ends = parts[0], parts[1], parts[2]
	}
	return or(j.value(e, fDay, weekday), day), or(j.value(e, fStarts, hour), starts), or(j.value(e, fEnds, hour), ends)
}

// siteID is the id of the site of that name; one that the file makes has none yet.
func (j *courseJudge) siteID(name string) string {
	if name == "" {
		return ""
	}
	for _, s := range j.held.offer.Sites {
		if s.Name == name {
			return s.ID
		}
	}
	return newSite + name
}

// asCourse puts what the line says into the course.
func (t typedCourse) asCourse(c catalogue.Course) catalogue.Course {
	take := func(into *string, value string) {
		if value != "" && french.Fold(value) != french.Fold(*into) { // accents and capitals are no change
			*into = value
		}
	}
	number := func(into *int64, value string) {
		if value != "" {
			*into, _ = strconv.ParseInt(value, 10, 64)
		}
	}
	take(&c.Title, t.title)
	take((*string)(&c.Kind), t.kind)
	take(&c.Discipline, t.discipline)
	take(&c.SiteID, t.siteID)
	take(&c.Room, t.room)
	take(&c.Teacher, t.teacher)
	number(&c.Weekday, t.day)
	if t.starts != "" && t.starts != c.Starts && t.ends == "" {
		c.Ends = "" // the end that was held is not that of another beginning
	}
	take(&c.Starts, t.starts)
	take(&c.Ends, t.ends)
	number(&c.AgeMin, t.ageMin)
	number(&c.AgeMax, t.ageMax)
	switch t.levels {
	case "":
	case everyLevel:
		c.Levels = nil
	default:
		c.Levels = strings.Split(t.levels, "|")
	}
	if t.withoutInstrument != "" {
		c.WithoutInstrument = t.withoutInstrument == saidYes
	}
	if t.refusesBeginners != "" {
		c.NoBeginner = t.refusesBeginners == saidYes
	}
	return c
}

func offeringOf(course string, semester int64) string { return enrolment.OfferingID(course, semester) }

// placesOf is how the course stands in the semester.
func (h *heldCourses) placesOf(course string, semester int64) enrolment.Places {
	return h.places[offeringOf(course, semester)]
}

func semesterWords(s int64) string {
	switch s {
	case 1:
		return "au 1er semestre"
	case 2:
		return "au 2d semestre"
	default:
		return "à l’année"
	}
}
