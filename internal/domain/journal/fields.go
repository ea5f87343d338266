package journal

import "strings"

// Field is one value of a form, before and after, in words.
type Field struct{ Label, Before, After string }

// Changes writes those of the fields that differ, for Line.Before and
// Line.After: « salle : Studio ; jour : mardi ». Both are "" when none does.
func Changes(fields ...Field) (before, after string) {
	var was, is []string
	for _, f := range fields {
		if f.Before != f.After {
			was = append(was, f.Label+"\u202f: "+orDash(f.Before))
			is = append(is, f.Label+"\u202f: "+orDash(f.After))
		}
	}
	return strings.Join(was, " ; "), strings.Join(is, " ; ")
}

func orDash(s string) string {
	if s == "" {
		return "–"
	}
	return s
}
