package tariff

import "pupitre/internal/platform/french"

// AmountWords writes instalments: « 3 × 153,50 € », « 57,58 € puis 7 × 57,56 € ».
func AmountWords(due []Instalment) string {
	n := len(due)
	if n == 0 {
		return french.Euros(0)
	}
	first, last := due[0].Amount, due[n-1].Amount
	switch {
	case n == 1:
		return french.Euros(first)
	case first == last:
		return itoa(int64(n)) + " × " + french.Euros(first)
	case due[n-1].Amount != due[max(n-2, 0)].Amount && n > 2:
		return itoa(int64(n-1)) + " × " + french.Euros(first) + " puis " + french.Euros(last)
	default:
		return french.Euros(first) + " puis " + itoa(int64(n-1)) + " × " + french.Euros(last)
	}
}

// DueWords writes when: « 5 octobre 2027, 5 janvier 2028 et 5 avril 2028 ».
func DueWords(due []Instalment) string {
	switch n := len(due); {
	case n == 0:
		return ""
	case n <= 3:
		words := make([]string, n)
		for i, d := range due {
			words[i] = french.CivilDate(d.On)
		}
		return french.List(words)
	default:
		return "du " + french.CivilDate(due[0].On) + " au " + french.CivilDate(due[n-1].On)
	}
}
