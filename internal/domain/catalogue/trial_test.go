package catalogue

import (
	"slices"
	"testing"
)

// What « Essayer pour un élève » opens is what the family's screen offers, and
// what it refuses is what Judge refuses.
func TestATrialJudgesAsTheFamilysScreen(t *testing.T) {
	c := smallSchool()
	opened, refused := 0, 0
	for _, p := range c.Programmes {
		for _, pupil := range []Pupil{{Age: 5, Level: "GS"}, {Age: 12, Level: "5e", Beginner: "yes"}, {Age: 12, Level: "6e", HasInstrument: true}, {Age: 40, Level: "adulte", Beginner: "no"}, {Age: -1}} {
			for _, site := range c.Sites {
				trial := c.Try(p, pupil, site.ID)
				if (trial.Closed == nil) != p.Open(pupil) {
					t.Errorf("%s, %+v: closed %v", p.Title, pupil, trial.Closed)
				}
				offered := c.ChoicesFor(p, pupil)
				for _, l := range trial.Lines {
					if l.Asked != l.Applies(pupil.Level) {
						t.Errorf("%s, %+v: line %s asked: %t", p.Title, pupil, l.Label, l.Asked)
					}
					if !l.Asked {
						continue
					}
					for _, o := range offered[0].Options {
						here := slices.ContainsFunc(l.Open, func(x Option) bool { return x.Course.ID == o.Course.ID && x.Semester == o.Semester })
						if here != (o.Course.SiteID == site.ID) {
							t.Errorf("%s, %+v at %s: %s is offered to the family, and open here: %t", p.Title, pupil, site.ID, o.Course.ID, here)
						}
					}
					offered = offered[1:]
					opened += len(l.Open)
					for _, r := range l.Refused {
						refused++
						breaches := c.Judge(p, pupil, site.ID, []Wish{{r.Course.ID, r.Semester}})
						if trial.Closed == nil && !slices.ContainsFunc(breaches, func(b Breach) bool { return b.Message == r.Message }) {
							t.Errorf("%s, %+v at %s: %s is refused by « %s », Judge says %+v", p.Title, pupil, site.ID, r.Course.ID, r.Message, breaches)
						}
					}
				}
			}
		}
	}
	if opened < 20 || refused < 20 {
		t.Errorf("%d courses open and %d refused only: does the test still try?", opened, refused)
	}
}

func TestSentence(t *testing.T) {
	one := func(k Kind) Line { return Line{Kinds: []Kind{k}, Min: 1, Max: 1} }
	culture := one(Culture)
	culture.Levels = []string{"5e", "4e", "3e"}
	first, second := one(Parcours), one(Parcours)
	first.Semester, second.Semester = 1, 2
	first.DistinctTitles, second.DistinctTitles = true, true
	free := Line{Kinds: []Kind{Pratique}, Min: 1, Max: Unbounded, WithoutInstrument: true}
	for _, row := range []struct {
		lines       []Line
		says, count string
	}{
		{nil, "Aucune ligne pour l’instant.", "0 cours par dossier, jamais plus"},
		{[]Line{one(Instrument), one(Pratique), culture}, "Un instrument, une pratique collective et un cours de culture musicale (5e, 4e ou 3e).", "2 ou 3 cours par dossier, jamais plus"},
		{[]Line{first, second}, "Un parcours au premier semestre et un parcours au second semestre, différents.", "2 cours par dossier, jamais plus"},
		{[]Line{free}, "Au moins une pratique collective sans instrument.", "1 cours par dossier, ou plus"},
		{[]Line{one(Instrument), {Kinds: []Kind{Pratique}, Max: 1}}, "Un instrument et une pratique collective si vous le souhaitez.", "1 à 2 cours par dossier, jamais plus"},
	} {
		if got := Sentence(row.lines); got != row.says {
			t.Errorf("want « %s », got « %s »", row.says, got)
		}
		if got := Counts(row.lines); got != row.count {
			t.Errorf("%s: want « %s », got « %s »", row.says, row.count, got)
		}
	}
}
