package tariff

import (
	"slices"
	"strconv"

	"pupitre/internal/platform/french"
)

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

// admits tells whether the rule is for this pupil of the household.
func (r Rule) admits(home Home, p Pupil, rank int64) bool {
	aged := r.AgeMin == 0 && r.AgeMax == 0 || p.Age != UnknownAge && within(p.Age, r.AgeMin, r.AgeMax)
	return aged && r.Outside.admits(home.Outside) && r.Student.admits(p.Student) &&
		within(rank, r.RankFrom, r.RankTo) && int64(len(home.Pupils)) >= r.Pupils &&
		(len(r.Programmes) == 0 || slices.Contains(r.Programmes, p.Programme))
}

// apply changes the amount; the result is rounded, so that the change is exactly
// the difference.
func (r Rule) apply(run *running) {
	before := run.amount
	switch r.Act {
	case Percent:
		run.to(r.Name, r.Effect()+" de "+euros(before), run.rounding.round(before*max(100_00+r.Value, 0), 100_00))
	case Times:
		run.to(r.Name, r.Effect(), run.rounding.round(before*r.Value, 10_000))
	default:
		run.to(r.Name, "", before+r.Value)
	}
}

// Effect writes what the rule does: « −10 % », « × 1,5 », « −20,00 € ».
func (r Rule) Effect() string {
	sign := ""
	if r.Value > 0 {
		sign = "+"
	}
	switch r.Act {
	case Percent:
		return sign + WriteDecimal(r.Value, 2) + " %"
	case Times:
		return "× " + WriteDecimal(r.Value, 4)
	default:
		return sign + euros(r.Value)
	}
}

// For writes whom the rule is for: « hors territoire, 2e élève du foyer ».
func (r Rule) For() string {
	var words []string
	switch r.Outside {
	case Yes:
		words = append(words, "hors territoire")
	case No:
		words = append(words, "sur le territoire")
	}
	switch r.Student {
	case Yes:
		words = append(words, "étudiants")
	case No:
		words = append(words, "sauf étudiants")
	}
	switch {
	case r.RankFrom > 0 && r.RankTo == r.RankFrom:
		words = append(words, french.Ordinal(r.RankFrom)+" élève du foyer")
	case r.RankFrom > 0 && r.RankTo > 0:
		words = append(words, "du "+french.Ordinal(r.RankFrom)+" au "+french.Ordinal(r.RankTo)+" élève du foyer")
	case r.RankFrom > 0:
		words = append(words, french.Ordinal(r.RankFrom)+" élève du foyer et suivants")
	case r.RankTo > 0:
		words = append(words, "jusqu’au "+french.Ordinal(r.RankTo)+" élève du foyer")
	}
	if r.Pupils > 1 {
		words = append(words, "foyer de "+itoa(r.Pupils)+" élèves ou plus")
	}
	if ages := agesWords(r.AgeMin, r.AgeMax); ages != "" {
		words = append(words, ages)
	}
	if len(words) == 0 {
		return "tous"
	}
	return french.List(words)
}

// agesWords writes bounds of age: « de 18 à 25 ans »; "" for none.
func agesWords(least, most int64) string {
	switch {
	case least > 0 && most == least:
		return itoa(least) + " ans"
	case least > 0 && most > 0:
		return "de " + itoa(least) + " à " + itoa(most) + " ans"
	case least > 0:
		return itoa(least) + " ans et plus"
	case most > 0:
		return "jusqu’à " + itoa(most) + " ans"
	default:
		return ""
	}
}
