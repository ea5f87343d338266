package tariff

import (
	"strings"

	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
	"pupitre/internal/platform/sheet"
)

// The columns of a grid as a file, beside those of the brackets. Only the first
// is needed.
const (
	columnProgramme = "Formule"
	columnName      = "Intitulé"
	columnAgeMin    = "Âge minimal"
	columnAgeMax    = "Âge maximal"
	columnStudent   = "Étudiant"
	columnOutside   = "Commune"
	columnPer       = "Par"
	columnFlat      = "Forfait"
	columnRanks     = "Selon le rang"
	columnRate      = "Taux d’effort (%)"
	columnFloor     = "Plancher"
	columnCeiling   = "Plafond"
)

var columns = []string{columnProgramme, columnName, columnAgeMin, columnAgeMax, columnStudent, columnOutside, columnPer, columnFlat, columnRanks, columnRate, columnFloor, columnCeiling}

// WriteGrid is the grid as a table of text, which ReadGrid reads back.
func (t Tariff) WriteGrid() [][]string {
	head := append([]string{}, columns...)
	for b := range len(t.Bounds) + 1 {
		head = append(head, t.BracketName(b))
	}
	rows := [][]string{head}
	for _, l := range t.Lines {
		cells := map[string]string{columnProgramme: l.Programme, columnName: l.Name, columnAgeMin: unlessZero(l.AgeMin, itoa), columnAgeMax: unlessZero(l.AgeMax, itoa),
			columnStudent: wordOf(studentWords, l.Student), columnOutside: wordOf(townWords, l.Outside), columnPer: wordOf(periodWords, l.Per)}
		switch l.Method {
		case Flat:
			cells[columnFlat] = writePrices(l.Prices)
		case ByRank:
			cells[columnRanks] = writePrices(l.Prices)
		case ByEffort:
			cells[columnRate], cells[columnFloor], cells[columnCeiling] = WriteDecimal(l.Rate, 4), WritePrice(l.Floor), WritePrice(l.Ceiling)
		}
		row := make([]string, len(head))
		for i, column := range columns {
			row[i] = cells[column]
		}
		for b, p := range l.Prices {
			if l.Method == ByBracket {
				row[len(columns)+b] = WritePrice(p)
			}
		}
		rows = append(rows, row)
	}
	return rows
}

type word[T ~string] struct {
	value T
	words []string // the first is written; all are read
}

var (
	studentWords = []word[Whether]{{Either, []string{""}}, {Yes, []string{"oui"}}, {No, []string{"non"}}}
	townWords    = []word[Whether]{{Either, []string{""}}, {Yes, []string{"hors territoire", "exterieur", "hors"}}, {No, []string{"territoire", "sur le territoire"}}}
	periodWords  = []word[Period]{{Year, []string{"an", "annee", ""}}, {Term, []string{"trimestre"}}, {Month, []string{"mois"}}}
)

func wordOf[T ~string](all []word[T], value T) string {
	for _, w := range all {
		if w.value == value {
			return w.words[0]
		}
	}
	return ""
}

func valueOf[T ~string](all []word[T], text string) (T, bool) {
	for _, w := range all {
		for _, known := range w.words {
			if french.Fold(text) == known {
				return w.value, true
			}
		}
	}
	return "", false
}

// ReadGrid reads a grid out of a file's rows: its first row names the columns,
// each other one is a line. A formule is named by its code or its title; a
// bracket's column by its bound, « ≤ 400 », « 400 », « 401–600 », « > 2200 ». It returns
// *fault.Invalid naming the cells that are to be mended, as spreadsheets do
// (« D4 »), else the bounds and the lines; whether they can be decided is Check's.
func ReadGrid(rows []sheet.Row, known Known) (bounds []int64, grid []Line, err error) {
	r := gridReader{known: known, at: map[string]int{}}
	if len(rows) < 2 {
		return nil, nil, fault.Refuse("Ce fichier n’a pas de grille" + french.Nbsp + ": une ligne de titres (Formule, ≤ 400, ≤ 600…), puis une ligne par formule.")
	}
	r.head(rows[0])
	if err := r.check.Err(); err != nil {
		return nil, nil, err
	}
	if len(rows)-1 > MostLines {
		return nil, nil, fault.Refuse("Cette grille a trop de lignes" + french.Nbsp + ": " + itoa(MostLines) + " au plus.")
	}
	for _, row := range rows[1:] {
		grid = append(grid, r.line(row))
	}
	return r.bounds, grid, r.check.Err()
}

type gridReader struct {
	known    Known
	check    fault.Check
	at       map[string]int // a column's title → its place
	brackets []int          // the places of the brackets' columns
	bounds   []int64
}

// cell names a cell as spreadsheets do.
func cell(column, line int) string {
	name := ""
	for n := column + 1; n > 0; n = (n - 1) / 26 {
		name = string(rune('A'+(n-1)%26)) + name
	}
	return name + itoa(int64(line))
}

// GridField is the field of a file that a message about one of its cells is shown at.
const GridField = "fichier"

func (r *gridReader) note(ok bool, row sheet.Row, column int, message string) bool {
	return r.check.That(ok, GridField, "Case "+cell(column, row.Line)+french.Nbsp+": "+message)
}

func (r *gridReader) head(row sheet.Row) {
	top := false // a column « > … » has closed the brackets
	for i, title := range row.Cells {
		if title == "" {
			continue
		}
		if name := columnOf(title); name != "" {
			_, twice := r.at[name]
			r.note(!twice, row, i, "la colonne « "+title+" » est là deux fois.")
			r.at[name] = i
			continue
		}
		b, ok := readBound(title)
		if !r.note(ok, row, i, "le titre « "+title+" » n’est ni une colonne connue ni une tranche, comme ≤ 400, 401–600 ou > 2200.") {
			continue
		}
		r.bracket(row, i, title, b, &top)
	}
	_, named := r.at[columnProgramme]
	r.note(named, row, 0, "il manque la colonne « Formule ».")
	if len(r.brackets) > 0 {
		r.note(top || len(r.brackets) == 1 && len(r.bounds) == 0, row, r.brackets[len(r.brackets)-1], "il manque la dernière tranche, comme > 2200"+french.Nbsp+": c’est ce que paie qui n’a pas d’attestation.")
	}
	r.note(len(r.bounds) <= MostBounds, row, 0, "vingt bornes au plus.")
}

func columnOf(title string) string {
	for _, c := range columns {
		if join(fields(french.Fold(c))) == join(fields(french.Fold(title))) {
			return c
		}
	}
	return ""
}

// bound is what heads a bracket's column.
type bound struct {
	from, to int64
	ranged   bool // a lower bound is written
	above    bool // the last bracket: above from
	all      bool // one bracket only
}

// readBound reads « ≤ 400 », « <= 400 », « 400 », « 401–600 », « 401 à 600 », « > 2200 » or « tous ».
func readBound(title string) (bound, bool) {
	s := strings.TrimSpace(french.Fold(strings.ReplaceAll(title, "−", "-")))
	if s == "tous" {
		return bound{all: true}, true
	}
	if rest, ok := strings.CutPrefix(s, ">"); ok {
		n, ok := ReadDecimal(rest, 2)
		return bound{from: n, above: true}, ok && n >= 0
	}
	for _, mark := range []string{"≤", "<=", "jusqu'a", "jusqu’a"} {
		s = strings.TrimSpace(strings.TrimPrefix(s, mark))
	}
	for _, mark := range []string{"–", "-", " a "} {
		if low, high, ok := strings.Cut(s, mark); ok {
			from, ok1 := ReadDecimal(low, 2)
			to, ok2 := ReadDecimal(high, 2)
			return bound{from: from, to: to, ranged: true}, ok1 && ok2 && from >= 0
		}
	}
	n, ok := ReadDecimal(s, 2)
	return bound{to: n}, ok && n >= 0
}

// bracket adds a bracket's column after the others: no hole, no overlap.
func (r *gridReader) bracket(row sheet.Row, i int, title string, b bound, top *bool) {
	if !r.note(!*top, row, i, "la tranche « "+title+" » vient après la dernière.") {
		return
	}
	last, first := int64(0), len(r.bounds) == 0
	if !first {
		last = r.bounds[len(r.bounds)-1]
	}
	r.brackets = append(r.brackets, i)
	switch {
	case b.all:
		r.note(first, row, i, "« "+title+" » est la seule tranche, ou n’en est pas une.")
		*top = true
		return
	case b.above:
		r.note(!first && b.from == last, row, i, "la tranche « "+title+" » ne commence pas où finit celle d’avant ("+WriteDecimal(last, 2)+").")
		*top = true
		return
	case b.ranged && !first:
		// « 401–600 » after « … 400 »: whole euros, with nothing between for cents.
		r.note(b.from <= last+100, row, i, "entre "+WriteDecimal(last, 2)+" et "+WriteDecimal(b.from, 2)+" il n’y a aucune tranche.")
		r.note(b.from >= last, row, i, "la tranche « "+title+" » chevauche celle d’avant, qui finit à "+WriteDecimal(last, 2)+".")
	case b.ranged:
		r.note(b.from <= 100, row, i, "la première tranche commence à 0.")
	}
	r.note(first || b.to > last, row, i, "la borne de « "+title+" » ne dépasse pas celle d’avant ("+WriteDecimal(last, 2)+").")
	r.bounds = append(r.bounds, b.to)
}
