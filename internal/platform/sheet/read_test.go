package sheet_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/charmap"

	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/sheet"
)

func TestReadCSV(t *testing.T) {
	windows, err := charmap.Windows1252.NewEncoder().String("Nom;Prénom\r\nLEFÈVRE;Zoé\r\n")
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct {
		name, text, encoding string
		separator            rune
		want                 []sheet.Row
	}{
		{"as French Excel writes", "Nom;Prénom\r\nMOREAU;Lucie\r\n", "UTF-8", ';', []sheet.Row{{1, []string{"Nom", "Prénom"}}, {2, []string{"MOREAU", "Lucie"}}}},
		{"with its mark", "\ufeffNom;Prénom\nMOREAU;Lucie", "UTF-8", ';', []sheet.Row{{1, []string{"Nom", "Prénom"}}, {2, []string{"MOREAU", "Lucie"}}}},
		{"Windows-1252", windows, "Windows-1252", ';', []sheet.Row{{1, []string{"Nom", "Prénom"}}, {2, []string{"LEFÈVRE", "Zoé"}}}},
		{"UTF-16, as « Texte Unicode »", "\xff\xfeN\x00\t\x00P\x00\n\x00\xe9\x00\t\x00b\x00", "UTF-16", '\t', []sheet.Row{{1, []string{"N", "P"}}, {2, []string{"é", "b"}}}},
		{"commas, one of them in a text", "nom,adresse\n\"MOREAU\",\"12, rue des Vignes\"\n", "UTF-8", ',', []sheet.Row{{1, []string{"nom", "adresse"}}, {2, []string{"MOREAU", "12, rue des Vignes"}}}},
		{"semicolons, with commas in the addresses", "nom;adresse\nA;12, rue B, bâtiment C, étage 2\n", "UTF-8", ';', []sheet.Row{{1, []string{"nom", "adresse"}}, {2, []string{"A", "12, rue B, bâtiment C, étage 2"}}}},
		{"empty rows and a line break in a cell", "a;b\n;\n\n\"x\ny\";z\n;;\nu;\n", "UTF-8", ';', []sheet.Row{{1, []string{"a", "b"}}, {4, []string{"x y", "z"}}, {7, []string{"u"}}}},
		{"Excel's hint", "sep=,\na,b;c\n", "UTF-8", ',', []sheet.Row{{2, []string{"a", "b;c"}}}},
		{"a guarded telephone, no-break spaces", "tel\n'+41791234567\n06\u00a012\u202f34", "UTF-8", ';', []sheet.Row{{1, []string{"tel"}}, {2, []string{"+41791234567"}}, {3, []string{"06 12 34"}}}},
		{"a quotation mark within", "a;b\nle \"petit\";c\n", "UTF-8", ';', []sheet.Row{{1, []string{"a", "b"}}, {2, []string{`le "petit"`, "c"}}}},
	} {
		book, err := sheet.Read([]byte(row.text))
		if err != nil {
			t.Errorf("%s: %v", row.name, err)
			continue
		}
		if book.Format != sheet.CSV || book.Encoding != row.encoding || book.Separator != row.separator || len(book.Grids) != 1 || !sameRows(book.Grids[0].Rows, row.want) {
			t.Errorf("%s: %+v", row.name, book)
		}
	}
}

func sameRows(a, b []sheet.Row) bool {
	return slices.EqualFunc(a, b, func(x, y sheet.Row) bool { return x.Line == y.Line && slices.Equal(x.Cells, y.Cells) })
}

// workbook is an XLSX file made by another hand than the one that reads it.
func workbook(t *testing.T, fill func(f *excelize.File)) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	fill(f)
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestReadXLSX(t *testing.T) {
	style := func(f *excelize.File, s excelize.Style) int {
		id, err := f.NewStyle(&s)
		if err != nil {
			t.Fatal(err)
		}
		return id
	}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	data := workbook(t, func(f *excelize.File) {
		must(f.SetSheetName("Sheet1", "Élèves"))
		for cell, v := range map[string]any{
			"B3": "Nom", "C3": "Né le", "D3": "CP", "E3": "Tél", "F3": "Âge", "G3": "Heure",
			"B5": "MOREAU", "C5": 42077, "D5": 1000, "E5": 612003456, "F5": 12.5, "G5": 0.75,
			"B6": true, "C6": time.Date(2014, 2, 1, 0, 0, 0, 0, time.UTC), "E6": "06 12",
		} {
			must(f.SetCellValue("Élèves", cell, v))
		}
		must(f.SetCellFormula("Élèves", "F6", "1+2"))
		must(f.SetCellStyle("Élèves", "C5", "C5", style(f, excelize.Style{CustomNumFmt: new("[$-40C]d mmmm yyyy;@")})))
		must(f.SetCellStyle("Élèves", "D5", "D5", style(f, excelize.Style{CustomNumFmt: new("00000")})))
		must(f.SetCellStyle("Élèves", "G5", "G5", style(f, excelize.Style{NumFmt: 20})))
		must(f.SetCellRichText("Élèves", "D6", []excelize.RichTextRun{{Text: "44"}, {Text: "430", Font: &excelize.Font{Bold: true}}}))
		for _, name := range []string{"Vide", "Cachée", "Cours"} {
			_, err := f.NewSheet(name)
			must(err)
		}
		must(f.SetCellValue("Cachée", "A1", "secret"))
		must(f.SetSheetVisible("Cachée", false))
		must(f.SetCellValue("Cours", "A1", "Intitulé"))
	})
	book, err := sheet.Read(data)
	if err != nil {
		t.Fatal(err)
	}
	want := []sheet.Row{
		{3, []string{"", "Nom", "Né le", "CP", "Tél", "Âge", "Heure"}},
		{5, []string{"", "MOREAU", "14/03/2015", "01000", "612003456", "12.5", "18:00"}},
		{6, []string{"", "oui", "01/02/2014", "44430", "06 12"}},
	}
	if len(book.Grids) != 2 || book.Grids[0].Name != "Élèves" || book.Grids[1].Name != "Cours" || !sameRows(book.Grids[0].Rows, want) {
		t.Errorf("%+v", book)
	}
	if short := data[:len(data)/2]; refusal(sheet.Read(short)) == "" {
		t.Error("half a file was read")
	}
}

// A formula is read by its last result; what another program left out is empty.
func TestReadXLSXOfAnotherProgram(t *testing.T) {
	data := parts(t, map[string]string{
		"xl/workbook.xml":            `<workbook><workbookPr date1904="1"/><sheets><sheet name="S" r:id="r1"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels": `<Relationships><Relationship Id="r1" Target="/xl/worksheets/s.xml"/></Relationships>`,
		"xl/styles.xml":              `<styleSheet><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>`,
		"xl/worksheets/s.xml": `<worksheet><sheetData><row><c t="inlineStr"><is><t>a</t><rPh><t>lu</t></rPh><t>b</t></is></c><c><f>1+2</f><v>3</v></c><c t="e"><v>#N/A</v></c></row>` +
			`<row/><row><c t="str"><f>x()</f><v>texte</v></c><c s="1"><v>40000</v></c><c t="d"><v>2015-03-14T00:00:00</v></c><c t="s"><v>9</v></c></row></sheetData></worksheet>`,
	})
	book, err := sheet.Read(data)
	if err != nil {
		t.Fatal(err)
	}
	if want := []sheet.Row{{1, []string{"ab", "3", "#N/A"}}, {3, []string{"texte", "07/07/2013", "14/03/2015"}}}; !sameRows(book.Grids[0].Rows, want) {
		t.Errorf("%+v", book.Grids)
	}
}

func parts(t testing.TB, all map[string]string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, text := range all {
		w, err := z.Create(name)
		if err == nil {
			_, err = io.WriteString(w, text)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func refusal(_ sheet.Book, err error) string {
	var invalid *fault.Invalid
	if !errors.As(err, &invalid) {
		return ""
	}
	return invalid.Message
}

func TestWhatCannotBeReadIsRefused(t *testing.T) {
	book := map[string]string{
		"xl/workbook.xml":            `<workbook><sheets><sheet name="S" id="r1"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels": `<Relationships><Relationship Id="r1" Target="s.xml"/></Relationships>`,
	}
	with := func(text string) []byte { book["xl/s.xml"] = text; return parts(t, book) }
	var rows strings.Builder
	for i := range sheet.MaxRows + 1 {
		fmt.Fprintf(&rows, "%d\n", i)
	}
	for _, row := range []struct {
		name string
		data []byte
		says string
	}{
		{"nothing", nil, "vide"},
		{"blanks", []byte(" \n\n"), "vide"},
		{"empty cells", []byte(";;\n;;\n"), "vide"},
		{"too heavy", make([]byte, sheet.MaxFile+1), "trop lourd"},
		{"a picture", []byte("\x89PNG\r\n\x1a\n\x00\x00"), "ni un CSV"},
		{"an old or protected workbook", []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1...."), "mot de passe"},
		{"a broken zip", []byte("PK\x03\x04nothing"), "abîmé"},
		{"a text document", parts(t, map[string]string{"word/document.xml": "<x/>"}), "XLSX"},
		{"a bomb", with("<worksheet>" + strings.Repeat(" ", 8<<20) + "</worksheet>"), "démesuré"},
		{"broken XML", with("<worksheet><row><c><v>1</w"), "abîmé"},
		{"a column far away", with(`<row><c r="XFD1"><v>1</v></c></row>`), "colonnes"},
		{"too many rows", []byte(rows.String()), "trop de lignes"},
		{"a quotation mark left open", []byte("a;b\n\"x;" + strings.Repeat("y;z\n", 2000)), "guillemet"},
	} {
		if got := refusal(sheet.Read(row.data)); !strings.Contains(got, row.says) {
			t.Errorf("%s: %q", row.name, got)
		}
	}
}

// FuzzRead holds that any bytes are read or refused by a sentence, within bounds.
func FuzzRead(f *testing.F) {
	f.Add([]byte("Nom;Prénom\nMOREAU;Lucie\n"))
	f.Add([]byte("\xff\xfea\x00;\x00"))
	f.Add([]byte("a,b\n\"x\ny\",\xe9"))
	f.Add(parts(f, map[string]string{
		"xl/workbook.xml":            `<workbook><sheets><sheet name="S" id="r1"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels": `<Relationships><Relationship Id="r1" Target="s.xml"/></Relationships>`,
		"xl/s.xml":                   `<row r="2"><c r="B2"><v>42077</v></c></row>`,
	}))
	f.Fuzz(func(t *testing.T, data []byte) {
		book, err := sheet.Read(data)
		if err != nil {
			if refusal(book, err) == "" {
				t.Fatalf("an error without a sentence: %v", err)
			}
			return
		}
		for _, g := range book.Grids {
			for _, r := range g.Rows {
				if r.Line < 1 || len(r.Cells) == 0 || len(r.Cells) > sheet.MaxColumns || r.Cells[len(r.Cells)-1] == "" {
					t.Fatalf("row %+v", r)
				}
			}
		}
	})
}
