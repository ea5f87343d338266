package sheet_test

import (
	"testing"

	"pgregory.net/rapid"

	"pupitre/internal/platform/sheet"
)

func TestACellIsNoFormula(t *testing.T) {
	for _, row := range []struct{ name, text, cell string }{
		{"a formula", `=HYPERLINK("https://mal.example";"Cliquez")`, `'=HYPERLINK("https://mal.example";"Cliquez")`},
		{"a telephone from abroad", "+41791234567", "'+41791234567"},
		{"a minus", "-1+1", "'-1+1"},
		{"a function of old", "@SUM(A1)", "'@SUM(A1)"},
		{"a tab", "\t=1", "'\t=1"},
		{"a carriage return", "\r=1", "'\r=1"},
		{"a line break", "\n=1", "'\n=1"},
		{"a wide equals sign", "＝1", "'＝1"},
		{"what is guarded already", "'=1", "''=1"},
		{"a name", "Élise", "Élise"},
		{"a name with an apostrophe", "'t Hooft", "'t Hooft"},
		{"an apostrophe alone", "'", "'"},
		{"a sign within", "apolline+musique@exemple.fr", "apolline+musique@exemple.fr"},
		{"nothing", "", ""},
	} {
		if got := sheet.Cell(row.text); got != row.cell {
			t.Errorf("%s: got %q, want %q", row.name, got, row.cell)
		}
		if got := sheet.Text(row.cell); got != row.text {
			t.Errorf("%s, read again: got %q, want %q", row.name, got, row.text)
		}
	}
}

func TestAnyTextComesBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(rapid.StringMatching(`'{0,3}[=+\-@a]?.{0,3}`), rapid.String()).Draw(t, "text")
		if got := sheet.Text(sheet.Cell(text)); got != text {
			t.Fatalf("got %q, want %q", got, text)
		}
	})
}
