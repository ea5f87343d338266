package sheet

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"pupitre/internal/platform/fault"
)

// The bounds of an XLSX file: a real one of 60 000 rows stays far below.
const (
	maxEntries = 2_000
	maxPart    = 120 << 20 // bytes of one part, unpacked
	maxRatio   = 200       // a real sheet packs ten to forty times
)

var (
	errBroken    = fault.Refuse("Ce classeur est abîmé ou incomplet. Ouvrez-le dans le tableur, enregistrez-le à nouveau, puis recommencez.")
	errBomb      = fault.Refuse("Ce classeur, une fois décompressé, est démesuré. Copiez les lignes utiles dans un classeur neuf, puis recommencez.")
	errOtherBook = fault.Refuse("Ce fichier n’est pas un classeur XLSX. Dans le tableur, enregistrez-le au format «\u202fClasseur Excel (.xlsx)\u202f» ou CSV.")
)

// readXLSX reads the file itself rather than through the library that writes
// them: a date is known by its cell's style, and no part is held in memory.
func readXLSX(data []byte) (Book, error) {
	archive, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return Book{}, errBroken
	}
	if len(archive.File) > maxEntries {
		return Book{}, errBomb
	}
	w := &workbook{parts: map[string]*zip.File{}}
	for _, f := range archive.File {
		if f.Flags&1 != 0 {
			return Book{}, fault.Refuse("Ce classeur est protégé par un mot de passe. Enregistrez-le sans mot de passe, puis recommencez.")
		}
		w.parts[strings.TrimPrefix(strings.ToLower(f.Name), "/")] = f
	}
	if w.parts["xl/workbook.xml"] == nil {
		return Book{}, errOtherBook
	}
	return w.read()
}

type workbook struct {
	parts    map[string]*zip.File
	from1904 bool
	shared   []string
	styles   []numberStyle // by the s of a cell
	text     int           // bytes of the shared texts
	gathered gathered
}

func (w *workbook) read() (Book, error) {
	sheets, err := w.sheets()
	if err != nil {
		return Book{}, err
	}
	if err := w.readShared(); err != nil {
		return Book{}, err
	}
	if err := w.readStyles(); err != nil {
		return Book{}, err
	}
	book := Book{Format: XLSX}
	for _, s := range sheets {
		grid := Grid{Name: s.name}
		err := w.rows(s.part, func(r Row) { grid.Rows = append(grid.Rows, r) })
		if err != nil {
			return Book{}, err
		}
		if len(grid.Rows) > 0 {
			book.Grids = append(book.Grids, grid)
		}
	}
	if len(book.Grids) == 0 {
		return Book{}, errEmpty
	}
	return book, nil
}

// each calls do for every start, text and end of the part, until it returns an error.
func (w *workbook) each(part string, do func(xml.Token) error) error {
	f := w.parts[strings.ToLower(part)]
	if f == nil {
		return errBroken
	}
	if f.UncompressedSize64 > maxPart || f.UncompressedSize64 > 1<<20 && f.UncompressedSize64 > maxRatio*max(f.CompressedSize64, 1) {
		return errBomb
	}
	opened, err := f.Open()
	if err != nil {
		return errBroken
	}
	defer opened.Close()
	left := &io.LimitedReader{R: opened, N: maxPart + 1}
	tokens := xml.NewDecoder(left)
	for {
		token, err := tokens.RawToken()
		switch {
		case left.N <= 0:
			return errBomb
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return errBroken
		}
		if err := do(token); err != nil {
			return err
		}
	}
}

func attribute(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

type sheetPart struct{ name, part string }

// sheets lists the sheets that a reader sees.
func (w *workbook) sheets() ([]sheetPart, error) {
	targets := map[string]string{}
	err := w.each("xl/_rels/workbook.xml.rels", func(t xml.Token) error {
		if e, ok := t.(xml.StartElement); ok && e.Name.Local == "Relationship" {
			target := attribute(e, "Target")
			if !strings.HasPrefix(target, "/") {
				target = path.Join("xl", target)
			}
			targets[attribute(e, "Id")] = strings.TrimPrefix(target, "/")
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	var all []sheetPart
	err = w.each("xl/workbook.xml", func(t xml.Token) error {
		e, ok := t.(xml.StartElement)
		switch {
		case !ok:
		case e.Name.Local == "workbookPr":
			w.from1904 = attribute(e, "date1904") == "1" || attribute(e, "date1904") == "true"
		case e.Name.Local == "sheet" && attribute(e, "state") == "":
			if part := targets[attribute(e, "id")]; w.parts[strings.ToLower(part)] != nil && len(all) < 20 {
				all = append(all, sheetPart{plainCell(attribute(e, "name")), part})
			}
		}
		return nil
	})
	return all, err
}

// readShared reads the texts that cells share. What a reader is told to
// pronounce (rPh) is none of them.
func (w *workbook) readShared() error {
	if w.parts["xl/sharedstrings.xml"] == nil {
		return nil
	}
	var one strings.Builder
	inText, aside := false, false
	return w.each("xl/sharedStrings.xml", func(t xml.Token) error {
		switch t := t.(type) {
		case xml.StartElement:
			switch t.Name.Local {
			case "si":
				one.Reset()
			case "rPh":
				aside = true
			case "t":
				inText = !aside
			}
		case xml.CharData:
			if inText {
				one.Write(t)
				if w.text += len(t); w.text > maxText {
					return errBomb
				}
			}
		case xml.EndElement:
			switch t.Name.Local {
			case "si":
				w.shared = append(w.shared, one.String())
			case "rPh":
				aside = false
			case "t":
				inText = false
			}
		}
		return nil
	})
}

// rows reads one sheet.
func (w *workbook) rows(part string, held func(Row)) error {
	var (
		cells        []string
		line, column int
		kind, style  string
		value        strings.Builder
		inValue      bool
		phonetic     bool
	)
	return w.each(part, func(t xml.Token) error {
		switch t := t.(type) {
		case xml.StartElement:
			switch t.Name.Local {
			case "row":
				line++
				if n, err := strconv.Atoi(attribute(t, "r")); err == nil && n > 0 {
					line = n
				}
				cells, column = cells[:0], -1
			case "c":
				column++
				if at := columnOf(attribute(t, "r")); at >= 0 {
					column = at
				}
				kind, style = attribute(t, "t"), attribute(t, "s")
				value.Reset()
			case "rPh":
				phonetic = true
			case "v", "t":
				inValue = !phonetic
			}
		case xml.CharData:
			if inValue && value.Len() <= maxCell {
				value.Write(t)
			}
		case xml.EndElement:
			switch t.Name.Local {
			case "v", "t":
				inValue = false
			case "rPh":
				phonetic = false
			case "c":
				if value.Len() == 0 {
					break
				}
				if column >= MaxColumns || column < 0 {
					return fault.Refuse(fmt.Sprintf("Ligne %d\u202f: il y a plus de %d colonnes. Gardez celles à importer.", line, MaxColumns))
				}
				if column >= len(cells) {
					cells = append(cells, make([]string, column+1-len(cells))...)
				}
				cells[column] = w.cell(kind, style, value.String())
			case "row":
				row, filled, err := w.gathered.add(line, slices.Clone(cells))
				if err != nil {
					return err
				}
				if filled {
					held(row)
				}
				clear(cells)
			}
		}
		return nil
	})
}

// columnOf reads the letters of « B12 »: 1; -1 without any.
func columnOf(ref string) int {
	n := 0
	for i := range len(ref) {
		c := ref[i] &^ 0x20
		if c < 'A' || c > 'Z' || n > 20_000 {
			break
		}
		n = n*26 + int(c-'A') + 1
	}
	return n - 1
}

func (w *workbook) cell(kind, style, value string) string {
	switch kind {
	case "s":
		if i, err := strconv.Atoi(strings.TrimSpace(value)); err == nil && i >= 0 && i < len(w.shared) {
			return w.shared[i]
		}
		return ""
	case "b":
		return yesNo(strings.TrimSpace(value) == "1")
	case "d":
		if day, err := time.Parse(time.DateOnly, value[:min(10, len(value))]); err == nil {
			return day.Format("02/01/2006")
		}
		return value
	case "str", "inlineStr", "e":
		return value
	}
	number, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
	if err != nil || math.IsNaN(number) || math.IsInf(number, 0) {
		return value
	}
	s := w.style(style)
	if s.date && number >= 0 && number < 2_958_466 {
		return w.moment(number)
	}
	if math.Abs(number) >= 1e15 {
		return strings.TrimSpace(value)
	}
	text := strconv.FormatFloat(number, 'f', -1, 64)
	if short := s.pad - len(text); short > 0 && number >= 0 && number == math.Trunc(number) {
		text = strings.Repeat("0", short) + text
	}
	return text
}
