package catalogue

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	taught "pupitre/internal/domain/catalogue"
	"pupitre/internal/domain/school"
	"pupitre/internal/web/door"
	"pupitre/internal/web/ui"
)

// A line of a formula is a sentence of three parts: what the pupil chooses, how
// many, and of whom it is asked. The form names the parts by the line's number.

func lineField(part string, i int) string { return part + "-" + strconv.Itoa(i) }

const (
	partWhat   = "quoi"
	partMany   = "combien"
	partLevels = "seulement"
	partLabel  = "nom"
)

// what writes what the line takes, as its option of the list: « pratique/s »
// (open without an instrument), « parcours@1 » (first semester).
func what(l taught.Line) string {
	kinds := make([]string, len(l.Kinds))
	for i, k := range l.Kinds {
		kinds[i] = string(k)
	}
	s := strings.Join(kinds, "+")
	if l.WithoutInstrument {
		s += "/s"
	}
	if l.Semester > 0 {
		s += "@" + itoa(l.Semester)
	}
	return s
}

// readWhat reads what into the line; a part that is none is left for the room to refuse.
func readWhat(s string, l *taught.Line) {
	s, semester, _ := strings.Cut(s, "@")
	l.Semester, _ = strconv.ParseInt(or(semester, "0"), 10, 8)
	s, l.WithoutInstrument = strings.CutSuffix(s, "/s")
	l.Kinds = nil
	for _, k := range strings.Split(s, "+") {
		if slices.Contains(taught.Kinds, taught.Kind(k)) {
			l.Kinds = append(l.Kinds, taught.Kind(k))
		}
	}
}

// many writes how many the line asks for: « 1-1 », « 2-2d » (of different titles).
func many(l taught.Line) string {
	s := itoa(l.Min) + "-" + itoa(l.Max)
	if l.DistinctTitles {
		s += "d"
	}
	return s
}

func readMany(s string, l *taught.Line) {
	s, l.DistinctTitles = strings.CutSuffix(s, "d")
	from, to, _ := strings.Cut(s, "-")
	var badFrom, badTo error
	l.Min, badFrom = strconv.ParseInt(from, 10, 32)
	l.Max, badTo = strconv.ParseInt(to, 10, 32)
	if badFrom != nil || badTo != nil {
		l.Min, l.Max = -1, -1 // refused as « choisissez combien »
	}
}

var (
	usualWhats = []string{"eveil", "instrument", "pratique", "pratique/s", "culture", "parcours", "parcours@1", "parcours@2"}
	usualManys = []string{"1-1", "0-1", "1-99", "0-99", "2-2", "3-3", "1-1d", "2-2d"}
)

// whatOptions are the usual ones, and the line's own when it is another.
func whatOptions(l taught.Line) []ui.Option {
	all := usualWhats
	if own := what(l); own != "" && !slices.Contains(all, own) {
		all = append(slices.Clone(all), own)
	}
	options := []ui.Option{{Value: "", Label: "Choisir…"}}
	for _, w := range all {
		one := taught.Line{Min: 1, Max: 1}
		readWhat(w, &one)
		options = append(options, ui.Option{Value: w, Label: upper(one.Demand())})
	}
	return options
}

func manyOptions(l taught.Line) []ui.Option {
	all := usualManys
	if own := many(l); l.Max > 0 && !slices.Contains(all, own) {
		all = append(slices.Clone(all), own)
	}
	var options []ui.Option
	for _, m := range all {
		var one taught.Line
		readMany(m, &one)
		options = append(options, ui.Option{Value: m, Label: manyWords(one)})
	}
	return options
}

func manyWords(l taught.Line) string {
	var s string
	switch {
	case l.Min == 0 && l.Max >= taught.Unbounded:
		s = "autant qu’il le souhaite"
	case l.Min == 0:
		s = "jusqu’à " + itoa(l.Max) + ", s’il le souhaite"
	case l.Max >= taught.Unbounded:
		s = itoa(l.Min) + " ou plus"
	case l.Min == l.Max:
		s = "exactement " + itoa(l.Min)
	default:
		s = itoa(l.Min) + " à " + itoa(l.Max)
	}
	if l.DistinctTitles {
		s += ", différents"
	}
	return s
}

func upper(s string) string {
	first, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(first)) + s[size:]
}

// levelsWords says of whom the line is asked.
func levelsWords(levels []string) string {
	if len(levels) == 0 {
		return "tous les élèves"
	}
	return "si " + taught.LevelWords(levels)
}

// readLines reads the lines of the form, in its order.
func readLines(form door.Form) []taught.Line {
	n, _ := strconv.Atoi(form.Value("lignes"))
	var lines []taught.Line
	for i := range min(max(n, 0), taught.MostLines+1) {
		l := taught.Line{Label: form.Value(lineField(partLabel, i)), Levels: levelsOf(form.Values(lineField(partLevels, i)))}
		readWhat(form.Value(lineField(partWhat, i)), &l)
		readMany(form.Value(lineField(partMany, i)), &l)
		lines = append(lines, l)
	}
	return lines
}

// levelsOf puts the levels in the school's order; one that is none stays, to be refused.
func levelsOf(values []string) []string {
	values = clean(values)
	slices.SortStableFunc(values, func(a, b string) int {
		return slices.Index(school.Levels, school.Level(a)) - slices.Index(school.Levels, school.Level(b))
	})
	return values
}

// step carries out a button of the composer, and says which button keeps the
// focus and what has become of its line.
func step(lines []taught.Line, action string) (now []taught.Line, focus, said string) {
	verb, number, _ := strings.Cut(action, "-")
	i, err := strconv.Atoi(number)
	if verb != "ajouter" && (err != nil || i < 0 || i >= len(lines)) {
		return lines, "", ""
	}
	place := func(i int) string { return "Ligne " + strconv.Itoa(i+1) + " sur " + strconv.Itoa(len(lines)) }
	switch verb {
	case "ajouter":
		if len(lines) >= taught.MostLines {
			return lines, "", "Douze lignes au plus."
		}
		lines = append(lines, taught.Line{Min: 1, Max: 1})
		return lines, lineField(partWhat, len(lines)-1), place(len(lines)-1) + ", à composer"
	case "retirer":
		lines = slices.Delete(lines, i, i+1)
		return lines, "ajouter", "Ligne retirée, il en reste " + strconv.Itoa(len(lines))
	case "monter":
		if i > 0 {
			lines[i-1], lines[i] = lines[i], lines[i-1]
			i--
		}
		return lines, or(map[bool]string{true: lineField("descendre", i)}[i == 0 && len(lines) > 1], lineField("monter", i)), place(i)
	case "descendre":
		if i < len(lines)-1 {
			lines[i+1], lines[i] = lines[i], lines[i+1]
			i++
		}
		return lines, or(map[bool]string{true: lineField("monter", i)}[i == len(lines)-1 && i > 0], lineField("descendre", i)), place(i)
	default:
		return lines, "", ""
	}
}

// Lines travel as one value where two versions of a programme are compared.
func packLines(lines []taught.Line) string {
	packed, err := json.Marshal(lines)
	if err != nil {
		panic(err) // plain values
	}
	return string(packed)
}

func unpackLines(packed string) []taught.Line {
	var lines []taught.Line
	_ = json.Unmarshal([]byte(packed), &lines) // what packLines wrote, or nothing
	return lines
}
