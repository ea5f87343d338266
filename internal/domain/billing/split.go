package billing

import (
	"slices"

	"pupitre/internal/domain/tariff"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
)

// Whole is a hundred percent, in hundredths of a percent.
const Whole = 100_00

// SplitByPercent shares the lines among payers, by hundredths of a percent that
// make Whole. Each payer but the first pays its part rounded down to the cent, of
// the whole and not of each line; the first bears the rest, a cent or two. Line
// by line the parts add up to the line. Each part says so in a step.
func SplitByPercent(lines []Line, percents []int64) ([][]Line, error) {
	sum := int64(0)
	for _, p := range percents {
		if p <= 0 {
			return nil, fault.Refuse("Chaque payeur a une part" + french.Nbsp + ": donnez un pourcentage au-dessus de zéro.")
		}
		sum += p
	}
	if sum != Whole || len(percents) < 2 {
		return nil, fault.Refuse("Les parts font " + tariff.WriteDecimal(sum, 2) + " %" + french.Nbsp + ": il en faut deux au moins, et 100 % en tout.")
	}
	all := make([][]Line, len(percents))
	before := int64(0)
	for _, l := range lines {
		left := l.Amount
		for p := len(percents) - 1; p >= 0; p-- {
			part := left
			if p > 0 {
				part = (before+l.Amount)*percents[p]/Whole - before*percents[p]/Whole
			}
			left -= part
			all[p] = append(all[p], l.part(part, percents[p], p == 0))
		}
		before += l.Amount
	}
	return all, nil
}

// part is the payer's part of the line.
func (l Line) part(amount, percent int64, first bool) Line {
	detail := "de " + french.Euros(l.Amount) + ", arrondie au centime inférieur sur l’ensemble"
	if first {
		detail = "de " + french.Euros(l.Amount) + ", avec les centimes qui restent"
	}
	part := Line{Pupil: l.Pupil, Label: l.Label, Amount: amount}
	part.Steps = append(slices.Clone(l.Steps), Step{Label: "Part convenue, " + tariff.WriteDecimal(percent, 2) + " %", Detail: detail, Change: amount - l.Amount})
	return part
}

// SplitByLines gives each line to one payer, by its place: of has a payer, from
// 0, for each line. No payer is left without a line.
func SplitByLines(lines []Line, of []int, payers int) ([][]Line, error) {
	if len(of) != len(lines) {
		return nil, fault.Refuse("Dites de chaque ligne qui la paie.")
	}
	all := make([][]Line, payers)
	for i, l := range lines {
		if of[i] < 0 || of[i] >= payers {
			return nil, fault.Refuse("« " + l.Label + " »" + french.Nbsp + ": choisissez qui paie cette ligne.")
		}
		all[of[i]] = append(all[of[i]], l)
	}
	if payers < 2 || slices.ContainsFunc(all, func(lines []Line) bool { return len(lines) == 0 }) {
		return nil, fault.Refuse("Un des payeurs n’a aucune ligne" + french.Nbsp + ": donnez-lui-en une, ou faites une seule facture.")
	}
	return all, nil
}
