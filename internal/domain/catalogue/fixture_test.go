package catalogue

import (
	"slices"
	"time"
)

// The five formulas of the manual (R22 to R26), as the school's files give them.
func programmes5() []Programme {
	return []Programme{
		{ID: "eveil", Code: "eveil", Title: "Jardin / Éveil Musical / Éveil Musique et Danse", Position: 1,
			Lines: []Line{{Label: "Cours d’éveil", Kinds: []Kind{Eveil}, Min: 1, Max: 1}}},
		{ID: "parcours", Code: "parcours", Title: "Parcours découverte", Position: 2,
			Message: "La constitution définitive des groupes vous sera communiquée ultérieurement.",
			Lines: []Line{
				{Label: "Parcours du 1er semestre", Kinds: []Kind{Parcours}, Min: 1, Max: 1, Semester: 1, DistinctTitles: true},
				{Label: "Parcours du 2e semestre", Kinds: []Kind{Parcours}, Min: 1, Max: 1, Semester: 2, DistinctTitles: true},
			}},
		{ID: "cursus", Code: "cursus", Title: "Cursus Instrumental Enfant / ados", AgeMax: 17, Position: 3,
			Message: "Les 2 (ou 3 cours) sont inclus dans le tarif.",
			Lines: []Line{
				{Label: "Instrument", Kinds: []Kind{Instrument}, Min: 1, Max: 1},
				{Label: "Pratique collective", Kinds: []Kind{Pratique}, Min: 1, Max: 1},
				{Label: "Culture musicale", Kinds: []Kind{Culture}, Min: 1, Max: 1, Levels: []string{"5e", "4e", "3e"}},
			}},
		{ID: "adultes", Code: "adultes", Title: "Cours Adultes", AgeMin: 18, Position: 4,
			Lines: []Line{
				{Label: "Instrument", Kinds: []Kind{Instrument}, Min: 1, Max: 1},
				{Label: "Pratique collective, si vous le souhaitez", Kinds: []Kind{Pratique}, Max: 1},
			}},
		{ID: "pratiques", Code: "pratiques", Title: "Pratiques collectives seules", Position: 5,
			Lines: []Line{{Label: "Pratiques collectives", Kinds: []Kind{Pratique}, Min: 1, Max: Unbounded, WithoutInstrument: true}}},
	}
}

// smallSchool is a school of two poles. Sèvre has no musical culture for 3e,
// no parcours in the first semester but one, and no singing lesson.
func smallSchool() Catalogue {
	year, both := []int64{0}, []int64{1, 2}
	return Catalogue{
		Sites:      []Site{{"loire", "Pôle Loire", "Le Loroux-Bottereau"}, {"sevre", "Pôle Sèvre", "Vallet"}},
		Programmes: programmes5(),
		Courses: []Course{
			{ID: "L-JARDIN", Title: "Jardin musical", Kind: Eveil, SiteID: "loire", Weekday: 3, Starts: "15:30", AgeMin: 3, AgeMax: 4, Semesters: year},
			{ID: "L-EVEIL", Title: "Éveil musical", Kind: Eveil, SiteID: "loire", Weekday: 3, Starts: "16:30", AgeMin: 4, AgeMax: 6, Semesters: year},
			{ID: "S-EVEIL", Title: "Éveil musical", Kind: Eveil, SiteID: "sevre", Weekday: 3, Starts: "10:00", AgeMin: 4, AgeMax: 6, Semesters: year},
			{ID: "L-CORDES", Title: "Parcours cordes", Kind: Parcours, SiteID: "loire", Weekday: 2, Starts: "17:00", AgeMin: 6, AgeMax: 9, Semesters: both},
			{ID: "L-VENTS", Title: "Parcours vents", Kind: Parcours, SiteID: "loire", Weekday: 4, Starts: "17:00", AgeMin: 6, AgeMax: 9, Semesters: both},
			{ID: "S-CORDES", Title: "Parcours cordes", Kind: Parcours, SiteID: "sevre", Weekday: 3, Starts: "16:00", AgeMin: 6, AgeMax: 9, Semesters: both},
			{ID: "S-VOIX", Title: "Parcours voix", Kind: Parcours, SiteID: "sevre", Weekday: 2, Starts: "17:00", AgeMin: 6, AgeMax: 9, Semesters: []int64{2}},
			{ID: "L-PIANO", Title: "Piano", Kind: Instrument, SiteID: "loire", AgeMin: 7, Semesters: year},
			{ID: "S-PIANO", Title: "Piano", Kind: Instrument, SiteID: "sevre", AgeMin: 7, Semesters: year},
			{ID: "L-ALTO", Title: "Alto", Kind: Instrument, SiteID: "loire", AgeMin: 7, Semesters: year},
			{ID: "L-COR", Title: "Cor", Kind: Instrument, SiteID: "loire", AgeMin: 7, Semesters: year, CancelledAt: time.Date(2027, 6, 1, 8, 0, 0, 0, time.UTC)},
			{ID: "L-CHANT", Title: "Chant", Kind: Instrument, SiteID: "loire", AgeMin: 15, Semesters: year},
			{ID: "L-ENFANTS", Title: "Chœur enfants", Kind: Pratique, SiteID: "loire", Weekday: 2, Starts: "17:30", WithoutInstrument: true, AgeMin: 7, AgeMax: 11, Semesters: year},
			{ID: "S-ENFANTS", Title: "Chœur enfants", Kind: Pratique, SiteID: "sevre", Weekday: 4, Starts: "18:00", WithoutInstrument: true, AgeMin: 7, AgeMax: 11, Semesters: year},
			{ID: "L-ADOS", Title: "Chœur ados", Kind: Pratique, SiteID: "loire", Weekday: 5, Starts: "18:00", WithoutInstrument: true, AgeMin: 11, AgeMax: 17, Semesters: year},
			{ID: "S-ADOS", Title: "Chœur ados", Kind: Pratique, SiteID: "sevre", Weekday: 4, Starts: "18:30", WithoutInstrument: true, AgeMin: 11, AgeMax: 17, Semesters: year},
			{ID: "L-ADULTES", Title: "Chœur adultes", Kind: Pratique, SiteID: "loire", Weekday: 4, Starts: "20:15", WithoutInstrument: true, AgeMin: 18, Semesters: year},
			{ID: "L-VOCAL", Title: "Ensemble vocal adultes", Kind: Pratique, SiteID: "loire", Weekday: 3, Starts: "20:00", WithoutInstrument: true, NoBeginner: true, AgeMin: 18, Semesters: year},
			{ID: "S-VOCAL", Title: "Ensemble vocal adultes", Kind: Pratique, SiteID: "sevre", Weekday: 1, Starts: "20:00", WithoutInstrument: true, NoBeginner: true, AgeMin: 18, Semesters: year},
			{ID: "L-ORCHESTRE", Title: "Orchestre 1er cycle", Kind: Pratique, SiteID: "loire", Weekday: 3, Starts: "13:30", AgeMin: 7, AgeMax: 12, Semesters: year},
			{ID: "L-CULTURE-1", Title: "Culture musicale 1", Kind: Culture, SiteID: "loire", Weekday: 2, Starts: "18:30", Levels: []string{"5e", "4e"}, Semesters: year},
			{ID: "L-CULTURE-2", Title: "Culture musicale 2", Kind: Culture, SiteID: "loire", Weekday: 4, Starts: "18:00", Levels: []string{"4e", "3e"}, Semesters: year},
			{ID: "S-CULTURE-1", Title: "Culture musicale 1", Kind: Culture, SiteID: "sevre", Weekday: 3, Starts: "17:00", Levels: []string{"5e", "4e"}, Semesters: year},
		},
	}
}

func (c Catalogue) edited(id string, change func(*Course)) Catalogue {
	c.Courses = slices.Clone(c.Courses)
	for i := range c.Courses {
		if c.Courses[i].ID == id {
			change(&c.Courses[i])
		}
	}
	return c
}

func (c Catalogue) without(ids ...string) Catalogue {
	c.Courses = slices.DeleteFunc(slices.Clone(c.Courses), func(x Course) bool { return slices.Contains(ids, x.ID) })
	return c
}

func year(ids ...string) []Wish {
	var wishes []Wish
	for _, id := range ids {
		wishes = append(wishes, Wish{id, 0})
	}
	return wishes
}
