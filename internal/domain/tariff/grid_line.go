package tariff

import (
	"strings"

	"pupitre/internal/platform/french"
	"pupitre/internal/platform/sheet"
)

// text is the cell of a column, "" when the file has none.
func (r *gridReader) text(row sheet.Row, column string) string {
	i, known := r.at[column]
	if !known {
		return ""
	}
	return cellAt(row, i)
}

func cellAt(row sheet.Row, i int) string {
	if i >= len(row.Cells) {
		return ""
	}
	return strings.TrimSpace(row.Cells[i])
}

func (r *gridReader) line(row sheet.Row) Line {
	l := Line{Programme: r.programme(row), Name: r.text(row, columnName), AgeMin: r.age(row, columnAgeMin), AgeMax: r.age(row, columnAgeMax)}
	if l.Name == "" {
		l.Name = r.known.title(l.Programme)
	}
	l.Student = choice(r, row, columnStudent, studentWords, "oui, non ou rien")
	l.Outside = choice(r, row, columnOutside, townWords, "territoire, hors territoire ou rien")
	l.Per = choice(r, row, columnPer, periodWords, "an, trimestre ou mois")
	ways := map[Method]bool{
		Flat: r.text(row, columnFlat) != "", ByRank: r.text(row, columnRanks) != "",
		ByEffort: r.text(row, columnRate)+r.text(row, columnFloor)+r.text(row, columnCeiling) != "", ByBracket: r.anyBracket(row),
	}
	n := 0
	for way, used := range ways {
		if used {
			l.Method, n = way, n+1
		}
	}
	switch {
	case n == 0:
		r.note(false, row, r.at[columnProgramme], "cette ligne n’a aucun prix.")
	case n > 1:
		r.note(false, row, r.at[columnProgramme], "cette ligne a deux tarifs pour le même cas"+french.Nbsp+": gardez les tranches, le forfait, le rang ou le taux d’effort.")
	default:
		r.prices(row, &l)
	}
	return l
}

// programme reads a code or a title.
func (r *gridReader) programme(row sheet.Row) string {
	typed := r.text(row, columnProgramme)
	for _, p := range r.known.Programmes {
		if p.Code == typed || french.Fold(p.Title) == french.Fold(typed) {
			return p.Code
		}
	}
	r.note(false, row, r.at[columnProgramme], "« "+typed+" » n’est pas une formule de la saison.")
	return typed
}

func (r *gridReader) age(row sheet.Row, column string) int64 {
	typed := r.text(row, column)
	if typed == "" {
		return 0
	}
	n, ok := ReadDecimal(typed, 0)
	r.note(ok && n >= 0 && n <= oldest, row, r.at[column], "écrivez un âge.")
	return n
}

func choice[T ~string](r *gridReader, row sheet.Row, column string, words []word[T], allowed string) T {
	value, ok := valueOf(words, r.text(row, column))
	r.note(ok, row, r.at[column], "écrivez "+allowed+".")
	return value
}

func (r *gridReader) anyBracket(row sheet.Row) bool {
	for _, i := range r.brackets {
		if cellAt(row, i) != "" {
			return true
		}
	}
	return false
}

const priceWanted = "écrivez un prix en euros, comme 345 ou 345,50 (0 si c’est gratuit)."

func (r *gridReader) price(row sheet.Row, column int, what string) int64 {
	p, ok := ReadDecimal(cellAt(row, column), 2)
	r.note(ok && p >= 0, row, column, what+priceWanted)
	return p
}

func (r *gridReader) prices(row sheet.Row, l *Line) {
	switch l.Method {
	case ByBracket:
		t := Tariff{Bounds: r.bounds}
		for b, i := range r.brackets {
			l.Prices = append(l.Prices, r.price(row, i, "« "+l.Name+" », tranche "+t.BracketName(b)+french.Nbsp+": "))
		}
	case Flat:
		l.Prices = []int64{r.price(row, r.at[columnFlat], "")}
	case ByRank:
		for _, s := range strings.Split(r.text(row, columnRanks), ";") {
			p, ok := ReadDecimal(s, 2)
			r.note(ok && p >= 0, row, r.at[columnRanks], "écrivez les prix par rang, comme 300 ; 250 ; 200.")
			l.Prices = append(l.Prices, p)
		}
	case ByEffort:
		rate, ok := ReadDecimal(r.text(row, columnRate), 4)
		r.note(ok, row, r.at[columnRate], "écrivez le taux d’effort, en pour cent du quotient.")
		l.Rate = rate
		l.Floor = r.column(row, columnFloor)
		l.Ceiling = r.column(row, columnCeiling)
	}
}

// column reads a price that must be there.
func (r *gridReader) column(row sheet.Row, name string) int64 {
	i, known := r.at[name]
	if !r.note(known, row, r.at[columnProgramme], "il manque la colonne « "+name+" ».") {
		return 0
	}
	return r.price(row, i, strings.ToLower(name)+french.Nbsp+": ")
}
