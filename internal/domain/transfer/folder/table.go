package folder

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"

	"pupitre/internal/platform/sheet"
)

// column is a column that a file may have.
type column struct {
	name     string
	required bool // the header must have it
}

func required(names ...string) (cols []column) {
	for _, n := range names {
		cols = append(cols, column{n, true})
	}
	return cols
}

func optional(names ...string) (cols []column) {
	for _, n := range names {
		cols = append(cols, column{n, false})
	}
	return cols
}

// row is one record: its cells by column name, cleaned, and the line where each starts.
type row struct {
	*reader
	file  string
	line  int
	cells map[string]string
	lines map[string]int
}

func (w row) fail(col, message string) {
	line := w.lines[col]
	if line == 0 {
		line = w.line
	}
	w.problem(w.file, line, col, message)
}

// rows reads a CSV file; each row has a cell for each column, "" when absent.
func (r *reader) rows(file string, cols []column) []row {
	text, ok := r.text(file)
	if !ok {
		return nil
	}
	records := csv.NewReader(strings.NewReader(text))
	records.Comma = separator(text)
	records.FieldsPerRecord = -1
	header, err := records.Read()
	if err != nil {
		r.problem(file, 1, "", "Le fichier est vide ou sa première ligne est illisible.")
		return nil
	}
	headerLine, _ := records.FieldPos(0)
	names := r.header(file, headerLine, header, cols)
	var rows []row
	for {
		record, err := records.Read()
		if errors.Is(err, io.EOF) {
			return rows
		}
		if bad := (*csv.ParseError)(nil); errors.As(err, &bad) {
			r.problem(file, bad.StartLine, "", "Guillemet mal placé : cette ligne est illisible. Un guillemet dans un texte s’écrit deux fois, et le texte entier se met entre guillemets.")
			continue
		}
		if err != nil {
			r.problem(file, 0, "", "Le fichier ne peut pas être lu jusqu’au bout.")
			return rows
		}
		if w, ok := r.row(file, records, names, record); ok {
			rows = append(rows, w)
		}
	}
}

// header matches the header's names with the known columns, accents and case forgiven.
func (r *reader) header(file string, line int, header []string, cols []column) []string {
	names := make([]string, len(header))
	for i, h := range header {
		h = clean(h, " ")
		key := strings.NewReplacer(" ", "_", "-", "_").Replace(fold(h))
		known := slices.ContainsFunc(cols, func(c column) bool { return c.name == key })
		switch {
		case h == "" && i > 0: // Excel keeps the empty columns on the right
		case !known:
			r.problem(file, line, shortened(h), "Colonne inconnue. Colonnes possibles : "+columnNames(cols)+".")
		case slices.Contains(names, key):
			r.problem(file, line, h, "Cette colonne est là deux fois.")
		default:
			names[i] = key
		}
	}
	for _, c := range cols {
		if c.required && !slices.Contains(names, c.name) {
			r.problem(file, line, c.name, "Il manque la colonne « "+c.name+" ».")
		}
	}
	return names
}

func columnNames(cols []column) string {
	var names []string
	for _, c := range cols {
		names = append(names, c.name)
	}
	return strings.Join(names, ", ")
}

// row makes a row of the record, or tells that it is blank.
func (r *reader) row(file string, records *csv.Reader, names, record []string) (row, bool) {
	w := row{reader: r, file: file, cells: map[string]string{}, lines: map[string]int{}}
	w.line, _ = records.FieldPos(0)
	for _, name := range names { // Excel leaves out the empty cells on the right
		w.cells[name] = ""
	}
	blank := true
	for i, raw := range record {
		line, _ := records.FieldPos(i)
		value := sheet.Text(clean(raw, " "))
		blank = blank && value == ""
		switch {
		case i >= len(names) && value != "":
			r.problem(file, line, "", fmt.Sprintf("Cette ligne a %d valeurs pour %d colonnes.", len(record), len(names)))
			return w, false
		case i < len(names) && names[i] != "":
			if names[i] == "adresse" || names[i] == "complement" {
				value = sheet.Text(clean(raw, ", "))
			}
			w.cells[names[i]], w.lines[names[i]] = value, line
		}
	}
	return w, !blank
}

// text reads a file as UTF-8 without its mark, whatever Excel wrote it in.
func (r *reader) text(file string) (string, bool) {
	data, err := fs.ReadFile(r.fsys, file)
	if errors.Is(err, fs.ErrNotExist) {
		r.problem(file, 0, "", "Ce fichier manque dans le dossier.")
		return "", false
	}
	if err != nil {
		r.problem(file, 0, "", "Ce fichier ne peut pas être lu.")
		return "", false
	}
	if bytes.HasPrefix(data, []byte{0xFF, 0xFE}) || bytes.HasPrefix(data, []byte{0xFE, 0xFF}) {
		r.problem(file, 0, "", "Ce fichier est en UTF-16. Enregistrez-le depuis Excel en « CSV UTF-8 (délimité par des virgules) ».")
		return "", false
	}
	data, marked := bytes.CutPrefix(data, []byte("\xEF\xBB\xBF"))
	if utf8.Valid(data) {
		return string(data), true
	}
	if marked {
		r.problem(file, invalidLine(data), "", "Cette ligne n’est pas en UTF-8, alors que le début du fichier l’est. Enregistrez-le à nouveau depuis Excel.")
		return "", false
	}
	decoded, err := charmap.Windows1252.NewDecoder().Bytes(data)
	if err != nil {
		r.problem(file, 0, "", "Ce fichier n’est ni en UTF-8 ni en Windows-1252.")
		return "", false
	}
	return string(decoded), true
}

func invalidLine(data []byte) int {
	for i, line := range bytes.Split(data, []byte("\n")) {
		if !utf8.Valid(line) {
			return i + 1
		}
	}
	return 0
}

// separator tells which of ; and , the header uses.
func separator(text string) rune {
	header, _, _ := strings.Cut(text, "\n")
	if strings.Count(header, ",") > strings.Count(header, ";") {
		return ','
	}
	return ';'
}

// shortened keeps a header readable in a list of problems.
func shortened(h string) string {
	if runes := []rune(h); len(runes) > maxCode {
		return string(runes[:maxCode]) + "…"
	}
	return h
}
