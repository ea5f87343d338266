package sheet

import (
	"bytes"
	"encoding/binary"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"

	"pupitre/internal/platform/fault"
)

// The bounds of a file that is read.
const (
	MaxFile    = 24 << 20 // bytes
	MaxRows    = 60_000   // that hold something, in all sheets
	MaxColumns = 120
	maxCell    = 4_000    // bytes
	maxText    = 64 << 20 // bytes of all cells
)

// Book is a file that somebody made with a spreadsheet, as text.
type Book struct {
	Format    Format
	Separator rune   // of a CSV file
	Encoding  string // of a CSV file: « UTF-8 », « Windows-1252 » or « UTF-16 »
	Grids     []Grid // those a reader sees, in order; a CSV file has one, without name
}

// Grid is one sheet: its rows that hold something.
type Grid struct {
	Name string
	Rows []Row
}

// Row is one row. Line is its number as spreadsheets and editors count. Cells
// that follow the last one with a text are left out; a date is jj/mm/aaaa, an
// hour hh:mm, a formula its last result.
type Row struct {
	Line  int
	Cells []string
}

// Read reads a CSV file (« ; », « , », tab or « | »; UTF-8 with or without its
// mark, Windows-1252, UTF-16) or an XLSX file. The content decides, not a name.
// It returns *fault.Invalid for what cannot be read, with what to do; a bomb is
// refused before it is unpacked.
func Read(data []byte) (Book, error) {
	switch {
	case len(data) > MaxFile:
		return Book{}, fault.Refuse(fmt.Sprintf("Ce fichier est trop lourd\u202f: %d\u00a0Mo au plus. Partagez-le en plusieurs fichiers.", MaxFile>>20))
	case len(bytes.TrimSpace(data)) == 0:
		return Book{}, errEmpty
	case bytes.HasPrefix(data, []byte("PK")):
		return readXLSX(data)
	case bytes.HasPrefix(data, []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")):
		return Book{}, fault.Refuse("Ce classeur est protégé par un mot de passe, ou d’un Excel d’avant 2007 (.xls). Ouvrez-le, puis enregistrez-le sans mot de passe au format «\u202fClasseur Excel (.xlsx)\u202f».")
	}
	return readCSV(data)
}

var (
	errEmpty  = fault.Refuse("Ce fichier est vide. Choisissez-en un autre.")
	errNoText = fault.Refuse("Ce fichier n’est ni un CSV ni un classeur XLSX. Dans le tableur, enregistrez-le sous l’un de ces formats.")
	errLarge  = fault.Refuse(fmt.Sprintf("Ce fichier contient trop de lignes\u202f: %d au plus. Partagez-le en plusieurs fichiers.", MaxRows))
)

// gathered holds the rows of a book within its bounds.
type gathered struct{ rows, text int }

// add returns the row with its cells made plain, and false when it is empty.
func (g *gathered) add(line int, cells []string) (Row, bool, error) {
	last := -1
	kept := make([]string, len(cells))
	for i, cell := range cells {
		if len(cell) > maxCell {
			return Row{}, false, fault.Refuse(fmt.Sprintf("Ligne %d\u202f: une case a plus de %d caractères. Un guillemet y est sans doute resté ouvert\u202f: corrigez la ligne dans le tableur.", line, maxCell))
		}
		if kept[i] = plainCell(cell); kept[i] != "" {
			last = i
			g.text += len(kept[i])
		}
	}
	if last < 0 {
		return Row{}, false, nil
	}
	g.rows++
	switch {
	case last >= MaxColumns:
		return Row{}, false, fault.Refuse(fmt.Sprintf("Ligne %d\u202f: il y a plus de %d colonnes. Gardez celles à importer.", line, MaxColumns))
	case g.rows > MaxRows, g.text > maxText:
		return Row{}, false, errLarge
	}
	return Row{Line: line, Cells: kept[:last+1]}, true, nil
}

// plainCell makes one line of a cell, without what no keyboard types.
func plainCell(cell string) string {
	clean := strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r), unicode.IsControl(r):
			return ' '
		case r == '\ufeff', r == '\u200b', r == '\u200e', r == '\u200f', r == utf8.RuneError:
			return -1
		}
		return r
	}, cell)
	return strings.Join(strings.Fields(clean), " ")
}

func readCSV(data []byte) (Book, error) {
	text, encoding, err := decode(data)
	if err != nil {
		return Book{}, err
	}
	book := Book{Format: CSV, Encoding: encoding}
	book.Separator = separatorOf(text)
	first := 0
	if hint, rest, ok := strings.Cut(text, "\n"); ok && strings.HasPrefix(strings.ToLower(hint), "sep=") && len(strings.TrimSpace(hint)) == 5 {
		book.Separator, text, first = rune(hint[4]), rest, 1 // Excel's own hint
	}
	grid := Grid{}
	records := csv.NewReader(strings.NewReader(text))
	if !strings.ContainsRune(";,\t|", book.Separator) {
		book.Separator = ';'
	}
	records.Comma, records.LazyQuotes, records.FieldsPerRecord, records.ReuseRecord = book.Separator, true, -1, true
	var g gathered
	for {
		record, err := records.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return Book{}, errNoText
		}
		line, _ := records.FieldPos(0)
		cells := make([]string, len(record))
		for i, cell := range record {
			cells[i] = Text(cell)
		}
		row, held, err := g.add(line+first, cells)
		if err != nil {
			return Book{}, err
		}
		if held {
			grid.Rows = append(grid.Rows, row)
		}
	}
	if len(grid.Rows) == 0 {
		return Book{}, errEmpty
	}
	book.Grids = []Grid{grid}
	return book, nil
}

// decode is the text in UTF-8, and how it was written.
func decode(data []byte) (text, encoding string, err error) {
	switch {
	case bytes.HasPrefix(data, []byte("\xff\xfe")):
		return wide(data[2:], binary.LittleEndian), "UTF-16", nil
	case bytes.HasPrefix(data, []byte("\xfe\xff")):
		return wide(data[2:], binary.BigEndian), "UTF-16", nil
	case bytes.IndexByte(data, 0) >= 0:
		return "", "", errNoText
	case utf8.Valid(data):
		return strings.TrimPrefix(string(data), byteOrderMark), "UTF-8", nil
	}
	plain, err := charmap.Windows1252.NewDecoder().Bytes(data)
	if err != nil {
		return "", "", errNoText
	}
	return string(plain), "Windows-1252", nil
}

func wide(data []byte, order binary.ByteOrder) string {
	units := make([]uint16, len(data)/2)
	for i := range units {
		units[i] = order.Uint16(data[2*i:])
	}
	return string(utf16.Decode(units))
}

// separatorOf is the sign that stands, outside quotation marks, in most of the
// first lines; of equals, the one that stands there most often.
func separatorOf(text string) rune {
	best, most := ';', 0
	for _, sign := range ";\t,|" {
		lines, all, here, quoted := 0, 0, 0, false
		read := 0
	reading:
		for _, r := range text[:min(len(text), 16<<10)] {
			switch {
			case r == '"':
				quoted = !quoted
			case r == sign && !quoted:
				here++
			case r == '\n' && !quoted:
				if here > 0 {
					lines++
				}
				all += here
				here = 0
				if read++; read == 20 {
					break reading
				}
			}
		}
		if here > 0 {
			lines, all = lines+1, all+here
		}
		if score := lines*10_000 + all; score > most {
			best, most = sign, score
		}
	}
	return best
}
