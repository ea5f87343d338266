package catalogue

import (
	"reflect"
	"testing"
)

func TestDemand(t *testing.T) {
	for _, c := range []struct {
		what string
		line Line
		want string
	}{
		{"exactly one", Line{Kinds: []Kind{Instrument}, Min: 1, Max: 1}, "un instrument"},
		{"the heading of a form is no part of a sentence", Line{Label: "Parcours du 1er semestre", Kinds: []Kind{Parcours}, Min: 1, Max: 1, Semester: 1}, "un parcours au premier semestre"},
		{"second semester", Line{Kinds: []Kind{Parcours}, Min: 1, Max: 1, Semester: 2}, "un parcours au second semestre"},
		{"éveil", Line{Kinds: []Kind{Eveil}, Min: 1, Max: 1}, "un cours d’éveil"},
		{"culture, two", Line{Kinds: []Kind{Culture}, Min: 2, Max: 2}, "2 cours de culture musicale"},
		{"two, in the feminine", Line{Kinds: []Kind{Pratique}, Min: 2, Max: 2}, "2 pratiques collectives"},
		{"one or more, open without an instrument", Line{Kinds: []Kind{Pratique}, Min: 1, Max: Unbounded, WithoutInstrument: true}, "au moins une pratique collective sans instrument"},
		{"between two numbers", Line{Kinds: []Kind{Pratique}, Min: 1, Max: 3}, "1 à 3 pratiques collectives"},
		{"one if wanted", Line{Kinds: []Kind{Pratique}, Max: 1}, "une pratique collective si vous le souhaitez"},
		{"some if wanted", Line{Kinds: []Kind{Pratique}, Max: 3}, "jusqu’à 3 pratiques collectives si vous le souhaitez"},
		{"as many as wanted", Line{Kinds: []Kind{Pratique}, Max: Unbounded}, "des pratiques collectives si vous le souhaitez"},
		{"two kinds", Line{Kinds: []Kind{Instrument, Pratique}, Min: 1, Max: 1}, "un instrument ou une pratique collective"},
	} {
		if got := c.line.Demand(); got != c.want {
			t.Errorf("%s: want %q, got %q", c.what, c.want, got)
		}
	}
}

func TestSlot(t *testing.T) {
	for _, c := range []struct {
		what   string
		course Course
		want   string
	}{
		{"afternoon", Course{Weekday: 3, Starts: "15:00"}, "mercredi, 15\u00a0h\u00a000"},
		{"morning without its zero", Course{Weekday: 6, Starts: "09:05"}, "samedi, 9\u00a0h\u00a005"},
		{"midnight", Course{Weekday: 7, Starts: "00:00"}, "dimanche, 0\u00a0h\u00a000"},
		{"day fixed later", Course{Starts: "15:00"}, ""},
		{"hour fixed later", Course{Weekday: 3}, ""},
	} {
		if got := c.course.Slot(); got != c.want {
			t.Errorf("%s: want %q, got %q", c.what, c.want, got)
		}
	}
}

func TestAsksBeginner(t *testing.T) {
	s := smallSchool()
	for _, c := range []struct {
		what      string
		catalogue Catalogue
		programme string
		pupil     Pupil
		want      bool
	}{
		{"adult, a choir refuses beginners", s, "pratiques", Pupil{Age: 30}, true},
		{"the same in the adults' formula", s, "adultes", Pupil{Age: 30}, true},
		{"already answered no", s, "pratiques", Pupil{Age: 30, Beginner: "no"}, true},
		{"already answered yes: it can still be changed", s, "pratiques", Pupil{Age: 30, Beginner: "yes"}, true},
		{"an instrument this year answers it", s, "pratiques", Pupil{Age: 30, HasInstrument: true}, false},
		{"too young for those choirs", s, "pratiques", Pupil{Age: 12}, false},
		{"a formula without practices", s, "eveil", Pupil{Age: 30}, false},
		{"no such choir any more", s.without("L-VOCAL", "S-VOCAL"), "pratiques", Pupil{Age: 30}, false},
		{"cancelled at one pole, on offer at the other", s.edited("L-VOCAL", func(c *Course) { c.CancelledAt = opening }), "pratiques", Pupil{Age: 30}, true},
		{"a choir that needs an instrument is not in the formula", s.without("S-VOCAL").edited("L-VOCAL", func(c *Course) { c.WithoutInstrument = false }), "pratiques", Pupil{Age: 30}, false},
	} {
		p, _ := c.catalogue.Programme(c.programme)
		if got := c.catalogue.AsksBeginner(p, c.pupil); got != c.want {
			t.Errorf("%s: want %v, got %v", c.what, c.want, got)
		}
	}
}

func TestLacks(t *testing.T) {
	s := smallSchool()
	cursus, parcours, eveil := "Cursus Instrumental Enfant / ados", "Parcours découverte", "Jardin / Éveil Musical / Éveil Musique et Danse"
	for _, c := range []struct {
		what      string
		catalogue Catalogue
		want      []Lack
	}{
		{"nothing lacks", s, nil},
		{"no culture at Sèvre", s.without("S-CULTURE-1"), []Lack{{cursus, "Pôle Sèvre", "un cours de culture musicale", "Pôle Loire"}}},
		{"cancelled is not offered", s.edited("S-CULTURE-1", func(c *Course) { c.CancelledAt = opening }), []Lack{{cursus, "Pôle Sèvre", "un cours de culture musicale", "Pôle Loire"}}},
		{"no parcours in the first semester at Sèvre", s.without("S-CORDES"), []Lack{{parcours, "Pôle Sèvre", "un parcours au premier semestre", "Pôle Loire"}}},
		{"no éveil anywhere", s.without("L-JARDIN", "L-EVEIL", "S-EVEIL"), []Lack{{eveil, "Pôle Loire", "un cours d’éveil", ""}, {eveil, "Pôle Sèvre", "un cours d’éveil", ""}}},
	} {
		if got := c.catalogue.Lacks(); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: want %+v, got %+v", c.what, c.want, got)
		}
	}
}

func TestChoicesFor(t *testing.T) {
	s := smallSchool()
	for _, c := range []struct {
		what      string
		programme string
		pupil     Pupil
		want      [][]Wish
	}{
		{"parcours: each line its semester, both poles", "parcours", Pupil{Age: 7}, [][]Wish{
			{{"L-CORDES", 1}, {"L-VENTS", 1}, {"S-CORDES", 1}}, {{"L-CORDES", 2}, {"L-VENTS", 2}, {"S-CORDES", 2}, {"S-VOIX", 2}}}},
		{"cursus in CM2: no line of culture, nothing cancelled or too old", "cursus", Pupil{Age: 10, Level: "CM2"}, [][]Wish{
			year("L-PIANO", "S-PIANO", "L-ALTO"), year("L-ENFANTS", "S-ENFANTS", "L-ORCHESTRE")}},
		{"practices for a beginner: only what is open", "pratiques", Pupil{Age: 30, Beginner: "yes"}, [][]Wish{year("L-ADULTES")}},
		{"practices for one who is not", "pratiques", Pupil{Age: 30, Beginner: "no"}, [][]Wish{year("L-ADULTES", "L-VOCAL", "S-VOCAL")}},
		{"nothing for this age, the line stays", "eveil", Pupil{Age: 30}, [][]Wish{nil}},
	} {
		p, _ := s.Programme(c.programme)
		var got [][]Wish
		for _, choices := range s.ChoicesFor(p, c.pupil) {
			var line []Wish
			for _, o := range choices.Options {
				line = append(line, Wish{o.Course.ID, o.Semester})
			}
			got = append(got, line)
		}
		if !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: want %v, got %v", c.what, c.want, got)
		}
	}
}

func TestPolesAreNamedInASentence(t *testing.T) {
	for name, want := range map[string]string{"Pôle Sèvre": "pôle Sèvre", "Pole Loire": "pôle Loire", "Vallet": "pôle Vallet", "Maison des arts": "pôle Maison des arts"} {
		c := Catalogue{Sites: []Site{{ID: "x", Name: name}}}
		if got := c.at("x"); got != want {
			t.Errorf("%s: want %q, got %q", name, want, got)
		}
	}
}
