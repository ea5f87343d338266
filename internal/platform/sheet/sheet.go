// Package sheet writes tables for spreadsheets, and keeps the text of a cell
// from being read as a formula.
package sheet

import "strings"

// guard, before a text, makes a spreadsheet take it as it is.
const guard = "'"

// formulas begin what a spreadsheet computes, the wide signs of Asian keyboards too.
const formulas = "=+-@\t\r\n＝＋－＠"

// Cell returns the text as a cell of a file that people open in a spreadsheet.
// Text(Cell(s)) is s, whatever s.
func Cell(text string) string {
	if isFormula(strings.TrimLeft(text, guard)) {
		return guard + text
	}
	return text
}

// Text returns what a cell that Cell may have made stands for.
func Text(cell string) string {
	if bare, guarded := strings.CutPrefix(cell, guard); guarded && isFormula(strings.TrimLeft(bare, guard)) {
		return bare
	}
	return cell
}

func isFormula(text string) bool {
	for _, first := range text {
		return strings.ContainsRune(formulas, first)
	}
	return false
}
