package importing

import (
	"maps"
	"slices"
	"strings"

	"pupitre/internal/platform/sheet"
)

// dictionary is what titles say of the files of a kind.
type dictionary struct {
	by     map[string]string // what is said, as titleKey writes it → field
	titles []string          // the keys, in an order that does not change
}

func newDictionary(by map[string]string) dictionary {
	return dictionary{by, slices.Sorted(maps.Keys(by))}
}

var ofPeople, ofCourses = newDictionary(saidBy), newDictionary(saidOfCourses)

func dictionaryOf(k Kind) dictionary {
	if k == Courses {
		return ofCourses
	}
	return ofPeople
}

// said returns the field that a title names, "" when none is recognised. An
// abbreviation counts when each of its words begins one of the title's.
func (d dictionary) said(title string) string {
	key := titleKey(title)
	if code := d.by[key]; code != "" || key == "" {
		return code
	}
	for _, known := range d.titles {
		if abbreviates(key, known) {
			return d.by[known]
		}
	}
	return ""
}

func abbreviates(short, known string) bool {
	a, b := strings.Fields(short), strings.Fields(known)
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] && (len(a[i]) < 3 || !strings.HasPrefix(b[i], a[i])) {
			return false
		}
	}
	return true
}

// Recognise gives each column the field that its title names: Unchosen when
// none is recognised. Each field is given once. « Nom » alone is the pupil's
// where the file tells about pupils and names their responsibles apart, or not at all.
func Recognise(k Kind, header []string) []string {
	words, fields := dictionaryOf(k), make([]string, len(header))
	taken := map[string]bool{}
	var undecided []int
	for i, title := range header {
		code := words.said(title)
		if slices.Contains(notOurs, titleKey(title)) {
			fields[i] = LeaveOut
			continue
		}
		if strings.HasPrefix(code, bare) {
			undecided = append(undecided, i)
			continue
		}
		if code != "" && LabelOf(k, code) != "" && !taken[code] {
			fields[i], taken[code] = code, true
		}
	}
	ofPupil := taken["eleve."+fBirth] || taken["eleve."+fLevel] || k == Pupils
	if taken["eleve."+fLast] || taken["eleve."+fFirst] || taken["eleve."+fFull] {
		ofPupil = false
	}
	for _, i := range undecided {
		code := strings.TrimPrefix(words.said(header[i]), bare)
		whose := []string{"resp", "eleve"}
		if ofPupil {
			whose = []string{"eleve", "resp"}
		}
		for _, who := range whose {
			if full := who + "." + code; !taken[full] && LabelOf(k, full) != "" {
				fields[i], taken[full] = full, true
				break
			}
		}
	}
	return fields
}

// notOurs are titles of what Pupitre keeps nowhere.
var notOurs = []string{"observations", "observation", "remarques", "remarque", "commentaire", "commentaires", "notes", "divers", "inscrits", "places reservees", "proposees", "libres", "en attente"}

// headerWithin is how far down the line of titles is looked for.
const headerWithin = 20

// HeaderOf is the index of the row that holds the titles: of the first ones,
// the one in which most are recognised; the first row when none is.
func HeaderOf(k Kind, rows []sheet.Row) int {
	best, most := 0, 1
	for i, row := range rows[:min(len(rows), headerWithin)] {
		known := 0
		for _, code := range Recognise(k, row.Cells) {
			if code != Unchosen && code != LeaveOut {
				known++
			}
		}
		if known > most {
			best, most = i, known
		}
	}
	return best
}

// Column is one of the file: its title, up to three values, and the field it is.
type Column struct {
	Title   string   `json:"title"`
	Samples []string `json:"samples"`
}

// ColumnsOf reads the titles and samples below them. A column that has values
// and no title is named by its letter; one without either is none.
func ColumnsOf(rows []sheet.Row, header int) []Column {
	width := 0
	for _, r := range rows[header:] {
		width = max(width, len(r.Cells))
	}
	columns := make([]Column, width)
	for i := range columns {
		columns[i].Title = cellOf(rows[header], i)
		for _, r := range rows[header+1:] {
			if v := cellOf(r, i); v != "" && !slices.Contains(columns[i].Samples, v) {
				columns[i].Samples = append(columns[i].Samples, shorten(v))
			}
			if len(columns[i].Samples) == 3 {
				break
			}
		}
		if columns[i].Title == "" {
			columns[i].Title = "Colonne " + letters(i)
		}
	}
	return columns
}

// letters names a column as spreadsheets do: A, B, … Z, AA.
func letters(i int) string {
	name := ""
	for ; i >= 0; i = i/26 - 1 {
		name = string(rune('A'+i%26)) + name
	}
	return name
}

func cellOf(r sheet.Row, i int) string {
	if i >= len(r.Cells) {
		return ""
	}
	return r.Cells[i]
}

func shorten(v string) string {
	if r := []rune(v); len(r) > 40 {
		return string(r[:39]) + "…"
	}
	return v
}
