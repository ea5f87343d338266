package letter

import (
	"errors"
	"slices"
	"time"
)

// ClassesFacts: courses with those who have a place in them, for the door of a
// room or the teacher's desk.
type ClassesFacts struct {
	School  School
	Season  string // « 2027-2028 »
	Classes []ClassFacts
	Made    time.Time
}

// ClassFacts: one course in one semester.
type ClassFacts struct {
	Title   string // with its semester
	Site    string
	Slot    string // « mercredi, 15 h 00 », "" when it is fixed later
	Room    string
	Teacher string
	Pupils  []ClassPupil
}

// ClassPupil: a pupil of a class. Reserved says that its place is reserved and
// its dossier not yet confirmed.
type ClassPupil struct {
	Name        string
	Age         int
	Level       string
	Responsible string
	Phone       string
	Emails      string
	Reserved    bool
}

// sessions is how many classes a sheet has room for.
const sessions = 12

var errNoClass = errors.New("print classes: none given")

// AttendanceSheets prints a roll a course, with empty columns for the dates; no
// course is an error.
func AttendanceSheets(f ClassesFacts) ([]byte, error) {
	if len(f.Classes) == 0 {
		return nil, errNoClass
	}
	f = clean(f).(ClassesFacts)
	return printPaper("attendance_sheets", "Feuilles d’appel "+f.Season, f.School.Name, f.Made, struct {
		ClassesFacts
		Columns int
	}{f, sessions})
}

// ClassLists prints a list a course, with how each family is reached; no course
// is an error.
func ClassLists(f ClassesFacts) ([]byte, error) {
	if len(f.Classes) == 0 {
		return nil, errNoClass
	}
	f = clean(f).(ClassesFacts)
	return printPaper("class_lists", "Listes des cours "+f.Season, f.School.Name, f.Made, f)
}

// The sheet of labels: 3 by 8, of 70 by 37 mm, as every office shop sells it.
const (
	labelColumns = 3
	labelRows    = 8
	labelLines   = 5
)

// Label: an address, name first, of at most five lines.
type Label []string

// Labels prints sheets of labels; none is an error.
func Labels(school School, labels []Label, made time.Time) ([]byte, error) {
	if len(labels) == 0 {
		return nil, errors.New("print labels: none given")
	}
	var pages [][][]Label
	for i, l := range labels {
		l = slices.Grow(clean(l).(Label), labelLines)[:labelLines] // all of one height
		switch {
		case i%(labelColumns*labelRows) == 0:
			pages = append(pages, [][]Label{{l}})
		case i%labelColumns == 0:
			pages[len(pages)-1] = append(pages[len(pages)-1], []Label{l})
		default:
			rows := pages[len(pages)-1]
			rows[len(rows)-1] = append(rows[len(rows)-1], l)
		}
	}
	last := pages[len(pages)-1]
	for row := last[len(last)-1]; len(row) < labelColumns; {
		row = append(row, nil)
		last[len(last)-1] = row
	}
	return printPaper("labels", "Étiquettes", school.Name, made, pages)
}
