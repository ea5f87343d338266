package demo

import (
	"slices"

	"pupitre/internal/domain/catalogue"
	"pupitre/internal/domain/enrolment"
	"pupitre/internal/domain/people"
)

// choose keeps a choice that the rules accept, this year's courses first.
func (s *seeding) choose(f *family, p people.Pupil) error {
	v, err := enrolment.RegistrationOf(s.ctx, s.Store, f.actor, p.ID)
	if err != nil {
		return err
	}
	yes := true
	choice := s.invent(v)
	return enrolment.SaveDraft(s.ctx, s.Store, s.clock, f.actor, p.ID, enrolment.DraftStep{Administrative: &yes, Choice: choice})
}

// invent finds a choice that stands, or nil when none was found.
func (s *seeding) invent(v enrolment.Registration) *enrolment.NewChoice {
	programmes := s.likely(v)
	for range 60 {
		p := programmes[s.random.IntN(len(programmes))]
		site := s.usualSite(v.Now)
		var wishes enrolment.Choice
		for _, line := range s.catalogue.ChoicesFor(p, v.Facts) {
			wishes = append(wishes, s.pick(line, site, v.Now)...)
		}
		if len(wishes) > 0 && len(s.catalogue.Judge(p, v.Facts, site, wishes)) == 0 {
			return &enrolment.NewChoice{Programme: p.ID, Site: site, Wishes: wishes}
		}
	}
	return nil
}

// likely are the formulas open to the pupil: those that take one of this
// year's courses when there are any.
func (s *seeding) likely(v enrolment.Registration) []catalogue.Programme {
	var open, same []catalogue.Programme
	for _, p := range s.catalogue.Programmes {
		if !p.Open(v.Facts) {
			continue
		}
		open = append(open, p)
		takesInstrument := slices.ContainsFunc(p.Lines, func(l catalogue.Line) bool { return slices.Contains(l.Kinds, catalogue.Instrument) })
		if v.Facts.HasInstrument == takesInstrument {
			same = append(same, p)
		}
	}
	if len(same) > 0 && s.random.IntN(10) < 9 {
		return same
	}
	return open
}

// usualSite is the pôle of this year's courses, most of the time.
func (s *seeding) usualSite(now []string) string {
	for _, c := range s.catalogue.Courses {
		if slices.Contains(now, c.Code) && s.random.IntN(10) < 8 {
			return c.SiteID
		}
	}
	return s.catalogue.Sites[s.random.IntN(len(s.catalogue.Sites))].ID
}

// soughtAfter are the courses that fill first.
var soughtAfter = []string{"Guitare", "Piano", "Saxophone", "Éveil musical", "Chœur enfants"}

func (s *seeding) pick(line catalogue.Choices, site string, now []string) enrolment.Choice {
	var here, kept, wanted []catalogue.Option
	for _, o := range line.Options {
		if o.Course.SiteID != site {
			continue
		}
		here = append(here, o)
		if slices.Contains(now, o.Course.Code) {
			kept = append(kept, o)
		}
		if slices.Contains(soughtAfter, o.Course.Title) {
			wanted = append(wanted, o)
		}
	}
	switch n := s.random.IntN(10); {
	case len(kept) > 0 && n < 6:
		here = kept
	case len(wanted) > 0 && n < 9:
		here = wanted
	}
	var wishes enrolment.Choice
	for range max(line.Line.Min, 1) {
		if len(here) == 0 || line.Line.Min == 0 && s.random.IntN(2) == 0 {
			break
		}
		i := s.random.IntN(len(here))
		wishes = append(wishes, catalogue.Wish{Course: here[i].Course.ID, Semester: here[i].Semester})
		here = slices.Delete(slices.Clone(here), i, i+1)
	}
	return wishes
}
