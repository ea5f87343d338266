package folder

import (
	"cmp"
	"io/fs"
	"slices"
)

// Read reads the folder. With no problem the Folder is complete and its
// references hold; with one or more it is partial and must not be imported.
func Read(fsys fs.FS) (*Folder, []Problem) {
	r := &reader{fsys: fsys, folder: &Folder{}}
	r.readSchool()
	r.readTeachers()
	r.readCourses()
	r.readHouseholds()
	r.readPupils()
	if len(r.problems) == 0 {
		r.warnMissingCourses()
	}
	return r.folder, sortProblems(r.problems)
}

// reader holds what one Read has found so far.
type reader struct {
	fsys     fs.FS
	folder   *Folder
	problems []Problem
}

func (r *reader) problem(file string, line int, column, message string) {
	r.problems = append(r.problems, Problem{file, line, column, message})
}

func (r *reader) warn(file string, line int, column, message string) {
	r.folder.Warnings = append(r.folder.Warnings, Problem{file, line, column, message})
}

// sortProblems puts the problems in the order of the files and their lines, each once.
func sortProblems(problems []Problem) []Problem {
	files := []string{SchoolFile, HouseholdsFile, PupilsFile, CoursesFile, TeachersFile}
	slices.SortStableFunc(problems, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(slices.Index(files, a.File), slices.Index(files, b.File)), cmp.Compare(a.Line, b.Line))
	})
	return slices.Compact(problems)
}
