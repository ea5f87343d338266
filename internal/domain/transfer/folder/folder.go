// Package folder reads a school's own files (ecole.toml and four CSV as French
// Excel writes them) into typed values, and lists every problem found in them.
// It is pure: it knows no database and writes nothing.
package folder

import "time"

// The files of a school's folder. Any other file in it is left alone.
const (
	SchoolFile     = "ecole.toml"
	HouseholdsFile = "familles.csv"
	PupilsFile     = "eleves.csv"
	CoursesFile    = "cours.csv"
	TeachersFile   = "enseignants.csv"
)

// The types of course.
const (
	Eveil      = "eveil"
	Parcours   = "parcours"
	Instrument = "instrument"
	Practice   = "pratique"
	Culture    = "culture"
)

// Folder is what a school's files say. Names and texts are trimmed, in NFC, on
// one line. Rows keep the order of their file.
type Folder struct {
	School     School
	Households []Household
	Pupils     []Pupil
	Courses    []Course
	Teachers   []Teacher
	// Warnings do not prevent an import: the office should read them.
	Warnings []Problem
}

// Problem is one thing to correct in the files, in French.
type Problem struct {
	File    string
	Line    int    // from 1; 0 when it concerns the whole file
	Column  string // the header's name in a CSV, the key's path in ecole.toml; may be empty
	Message string
}

// Household is one row of familles.csv.
type Household struct {
	Line       int
	Identifier string // "" = to be made; unique whatever the case
	Civility   string // "", "M." or "Mme"
	LastName   string
	FirstName  string
	Address    string
	Complement string
	PostalCode string // "" or five digits
	City       string
	Mobile     string // "", "0612345678" or "+41791234567"
	Landline   string // same form
	Email      string // "" or an address, domain in lower case
}

// Pupil is one row of eleves.csv.
type Pupil struct {
	Line           int
	Households     []int // indexes in Folder.Households: one, or two for parents who live apart; the first is the one to write to
	LastName       string
	FirstName      string
	BirthDate      time.Time // midnight UTC; zero only when SameAsResponsible
	Level          string    // this season's, as in School.Levels; may be ""
	CurrentCourses []string  // codes of Folder.Courses, as written there
	Beginner       *bool     // nil when the file does not say
	// SameAsResponsible says that the pupil is the (first) household's responsible, an adult.
	SameAsResponsible bool
}

// Course is one row of cours.csv.
type Course struct {
	Line                  int
	Code                  string
	Title                 string
	Type                  string // Eveil, Parcours, Instrument, Practice or Culture
	Discipline            string
	Site                  string // the code of a School.Sites
	Places                int    // in each semester when Semesters names two
	Semesters             []int  // nil = the whole year; {1}, {2}; {1, 2} = offered in each, apart
	Day                   int    // 1 Monday … 7 Sunday; 0 = not set
	Start, End            string // "18:00", or "" when not set
	Room                  string
	Teacher               int // index in Folder.Teachers, -1 = none
	OpenWithoutInstrument bool
	NoBeginners           bool
	AgeMin, AgeMax        int      // 0 = no limit
	Levels                []string // of School.Levels; nil = all
}

// Teacher is one row of enseignants.csv.
type Teacher struct {
	Line        int
	LastName    string
	FirstName   string
	Email       string // may be ""
	Disciplines []string
}
