package application

import (
	"strings"

	"pupitre/internal/platform/french"
)

// distance is how many letters differ between two names, accents and capitals
// aside, in whichever order first and last names stand.
func distance(a, b string) int {
	a, b = plain(a), plain(b)
	d := edits(a, b)
	for at := strings.Index(b, " "); at >= 0 && at < len(b)-1; {
		d = min(d, edits(a, b[at+1:]+" "+b[:at]))
		next := strings.Index(b[at+1:], " ")
		if next < 0 {
			break
		}
		at += 1 + next
	}
	return d
}

// plain is a name without accents, hyphens and apostrophes.
func plain(s string) string {
	return strings.Join(strings.FieldsFunc(french.Fold(s), func(r rune) bool { return strings.ContainsRune(" -'’.", r) }), " ")
}

// edits is the number of letters to add, drop or change from one to the other.
func edits(a, b string) int {
	x, y := []rune(a), []rune(b)
	row := make([]int, len(y)+1)
	for j := range row {
		row[j] = j
	}
	for i := range x {
		corner := row[0]
		row[0] = i + 1
		for j := range y {
			cost := corner
			if x[i] != y[j] {
				cost++
			}
			corner = row[j+1]
			row[j+1] = min(row[j]+1, row[j+1]+1, cost)
		}
	}
	return row[len(y)]
}
