package sheet_test

import (
	"bytes"
	"errors"
	"slices"
	"testing"
	"time"

	"pupitre/internal/platform/sheet"

	"github.com/xuri/excelize/v2"
)

var rows = [][]any{
	{"Éloïse", int64(12), true, sheet.Day("2017-03-04"), time.Date(2027, 6, 8, 18, 0, 3, 0, time.UTC), sheet.Cents(1_234_05)},
	{"=1+1", nil, false, sheet.Day(""), time.Time{}, sheet.Cents(-7)},
	{"a;b\n\"c\"", int64(-3), false, sheet.Day("mars"), nil, nil},
}

func table() sheet.Table {
	return sheet.Table{
		Name: "Élèves", Columns: []sheet.Column{{"Prénom", 20}, {"N°", 6}, {"Sait", 0}, {"Né le", 12}, {"Reçu le", 20}, {"Montant", 10}},
		Rows: func(yield func([]any, error) bool) {
			for _, r := range rows {
				if !yield(r, nil) {
					return
				}
			}
		},
	}
}

func TestATableAsCSV(t *testing.T) {
	var out bytes.Buffer
	if err := sheet.Write(&out, sheet.CSV, table()); err != nil {
		t.Fatal(err)
	}
	want := "\ufeffPrénom;N°;Sait;Né le;Reçu le;Montant\r\n" +
		"Éloïse;12;oui;04/03/2017;08/06/2027 20:00:03;1234,05\r\n" +
		"'=1+1;;non;;;-0,07\r\n" +
		"\"a;b\r\n\"\"c\"\"\";-3;non;mars;;\r\n"
	if out.String() != want {
		t.Errorf("got %q\nwant %q", out.String(), want)
	}
}

// The file is read back by the library, its values as a spreadsheet shows them.
func TestATableAsXLSX(t *testing.T) {
	var out bytes.Buffer
	if err := sheet.Write(&out, sheet.XLSX, table()); err != nil {
		t.Fatal(err)
	}
	file, err := excelize.OpenReader(&out)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	got, err := file.GetRows("Élèves")
	if err != nil {
		t.Fatal(err)
	}
	want := [][]string{
		{"Prénom", "N°", "Sait", "Né le", "Reçu le", "Montant"},
		{"Éloïse", "12", "oui", "04/03/2017", "08/06/2027 20:00:03", "1,234.05"},
		{"=1+1", "", "non", "", "", "-0.07"},
		{"a;b\n\"c\"", "-3", "non", "mars"},
	}
	if !slices.EqualFunc(got, want, slices.Equal) {
		t.Errorf("got %q\nwant %q", got, want)
	}
	if formula, err := file.GetCellFormula("Élèves", "A3"); err != nil || formula != "" {
		t.Errorf("a text that looks like a formula is one: %q, %v", formula, err)
	}
	if kind, err := file.GetCellType("Élèves", "D2"); err != nil || kind == excelize.CellTypeInlineString || kind == excelize.CellTypeSharedString {
		t.Errorf("a date is a text: %v, %v", kind, err)
	}
}

func TestATableThatCannotBeReadIsNotWritten(t *testing.T) {
	broken := errors.New("the database has gone")
	for _, f := range []sheet.Format{sheet.CSV, sheet.XLSX} {
		all := table()
		all.Rows = func(yield func([]any, error) bool) { yield(nil, broken) }
		if err := sheet.Write(new(bytes.Buffer), f, all); !errors.Is(err, broken) {
			t.Errorf("%s: got %v", f, err)
		}
		all.Rows = func(yield func([]any, error) bool) { yield([]any{1.5}, nil) }
		if err := sheet.Write(new(bytes.Buffer), f, all); err == nil {
			t.Errorf("%s: a cell that is no cell is written", f)
		}
	}
	if err := sheet.Write(new(bytes.Buffer), "ods", table()); err == nil {
		t.Error("a format that is none is written")
	}
	if _, ok := sheet.Format("ods").MediaType(); ok {
		t.Error("a format that is none has a media type")
	}
}
