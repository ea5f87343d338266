package bench

import (
	"fmt"
	"slices"

	"pupitre/internal/domain/catalogue"
	"pupitre/internal/domain/enrolment"
	"pupitre/internal/domain/people"
	"pupitre/internal/domain/school"
)

// invent makes a choice that the rules accept: of a formula that suits the
// pupil's level, one to three courses, few of which are wanted by many.
func (s *rushSchool) invent(c candidate) (*enrolment.NewChoice, error) {
	season, err := people.PupilSeasonOf(s.ctx, s.store, c.pupil, s.season.ID)
	if err != nil {
		return nil, err
	}
	site := s.catalogue.Sites[s.random.IntN(len(s.catalogue.Sites))].ID
	code, wishes := s.wishes(school.Level(season.Level), site)
	for _, p := range s.catalogue.Programmes {
		if p.Code == code {
			return &enrolment.NewChoice{Programme: p.ID, Site: site, Wishes: wishes}, nil
		}
	}
	return nil, fmt.Errorf("the school has no formula %q", code)
}

func (s *rushSchool) wishes(level school.Level, site string) (formula string, wishes enrolment.Choice) {
	add := func(kind catalogue.Kind, semester int64) {
		for range 50 {
			w := catalogue.Wish{Course: s.wanted(kind, site), Semester: semester}
			if !slices.ContainsFunc(wishes, func(had catalogue.Wish) bool { return had.Course == w.Course }) {
				wishes = append(wishes, w)
				return
			}
		}
	}
	switch {
	case level == school.GS:
		add(catalogue.Eveil, 0)
		return "eveil", wishes
	case level == school.Fifth:
		add(catalogue.Instrument, 0)
		add(catalogue.Pratique, 0)
		add(catalogue.Culture, 0)
		return "cursus", wishes
	case level == school.CE1 && s.count(catalogue.Parcours, site) > 1:
		add(catalogue.Parcours, 1)
		add(catalogue.Parcours, 2)
		return "parcours", wishes
	case level == school.CM1:
		for range 1 + s.random.IntN(3) {
			add(catalogue.Pratique, 0)
		}
		return "pratiques", wishes
	default:
		add(catalogue.Instrument, 0)
		add(catalogue.Pratique, 0)
		return "cursus", wishes
	}
}

func (s *rushSchool) here(kind catalogue.Kind, site string) []catalogue.Course {
	var here []catalogue.Course
	for _, c := range s.catalogue.Courses {
		if c.Kind == kind && c.SiteID == site {
			here = append(here, c)
		}
	}
	return here
}

func (s *rushSchool) count(kind catalogue.Kind, site string) int { return len(s.here(kind, site)) }

// wanted draws a course: half of the wishes go to an eighth of the courses.
func (s *rushSchool) wanted(kind catalogue.Kind, site string) string {
	here := s.here(kind, site)
	u := s.random.Float64()
	return here[int(u*u*u*float64(len(here)))].ID
}
