package catalogue

import "slices"

// Trial is what a pupil can choose in a programme at a site, and why not the rest.
type Trial struct {
	Closed   *Breach // the programme itself is not for the pupil (R28)
	Fillable bool    // the site offers all that the programme demands of the pupil
	Lines    []TrialLine
}

// TrialLine is one line of the programme.
type TrialLine struct {
	Line
	Asked   bool     // of this pupil: the line applies to its level
	Open    []Option // what the family's screen offers
	Refused []Refusal
}

// Refusal is a course of the line's kinds that the pupil cannot choose, with the
// rule in words and a way out.
type Refusal struct {
	Option
	Breach
}

// Try judges, by the rules of Judge and ChoicesFor, every course that the
// programme's lines could take.
func (c Catalogue) Try(p Programme, pupil Pupil, site string) Trial {
	t := Trial{Closed: c.judgeProgramme(p, pupil), Fillable: c.FillableAt(p, pupil, site)}
	choices := c.ChoicesFor(p, pupil)
	for _, l := range p.Lines {
		line := TrialLine{Line: l, Asked: l.Applies(pupil.Level)}
		if line.Asked {
			for _, o := range choices[0].Options {
				if o.Course.SiteID == site {
					line.Open = append(line.Open, o)
				}
			}
			choices = choices[1:]
			line.Refused = c.refused(p, pupil, site, line)
		}
		t.Lines = append(t.Lines, line)
	}
	return t
}

// refused judges each course of the line's kinds, at whatever site, that is not open.
func (c Catalogue) refused(p Programme, pupil Pupil, site string, line TrialLine) []Refusal {
	var all []Refusal
	ask := choice{p, pupil, site, nil}
	for _, x := range c.Courses {
		if !slices.Contains(line.Kinds, x.Kind) {
			continue
		}
		for _, s := range x.Semesters {
			if line.Semester != 0 && s != line.Semester ||
				slices.ContainsFunc(line.Open, func(o Option) bool { return o.Course.ID == x.ID && o.Semester == s }) {
				continue
			}
			ask.wishes = []Wish{{x.ID, s}}
			if b := c.judgeCourse(ask, x, s); b != nil {
				all = append(all, Refusal{Option{x, s}, *b})
			}
		}
	}
	return all
}
