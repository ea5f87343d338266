package folder

import (
	"fmt"
	"slices"
	"strings"
)

// warnMissingCourses warns for each pole that offers too few courses of a kind
// that a programme demands, at one of the levels where it demands it (R27).
func (r *reader) warnMissingCourses() {
	for _, p := range r.folder.School.Programmes {
		for _, l := range p.Lines {
			if len(l.Levels) == 0 {
				r.warnMissing(p, l, "")
			}
			for _, level := range l.Levels {
				r.warnMissing(p, l, level)
			}
		}
	}
}

func (r *reader) warnMissing(p Programme, l Line, level string) {
	var lacking, offering []string
	for _, site := range r.folder.School.Sites {
		if r.offered(site.Code, l, level) < l.Min {
			lacking = append(lacking, site.Name)
		} else {
			offering = append(offering, site.Name)
		}
	}
	if len(lacking) == 0 {
		return
	}
	kind := "« " + l.Title + " »"
	if l.Semester > 0 {
		kind += fmt.Sprintf(" au semestre %d", l.Semester)
	}
	if level != "" {
		kind += " pour les " + level
	}
	others := "aucun pôle n’en a assez"
	if len(offering) > 0 {
		others = "il y en a ici : " + strings.Join(offering, ", ")
	}
	r.warn(CoursesFile, 0, "", fmt.Sprintf("%s : la formule « %s » demande %s, et ce pôle n’en a pas assez (%s).", strings.Join(lacking, ", "), p.Title, kind, others))
}

// offered counts the courses of a pole that may fill the line for a pupil of the level ("" = any).
func (r *reader) offered(site string, l Line, level string) (n int) {
	for _, c := range r.folder.Courses {
		semester := l.Semester == 0 || len(c.Semesters) == 0 || slices.Contains(c.Semesters, l.Semester)
		levels := level == "" || len(c.Levels) == 0 || slices.Contains(c.Levels, level)
		instrument := !l.OpenWithoutInstrument || c.OpenWithoutInstrument
		if c.Site == site && slices.Contains(l.Types, c.Type) && semester && levels && instrument {
			n++
		}
	}
	return n
}
