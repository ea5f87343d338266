package blank

import (
	"slices"
	"testing"
)

func TestBlanksAreFilledIn(t *testing.T) {
	for _, row := range []struct {
		text  string
		names []string
		want  string
	}{
		{"Bonjour {nom},", []string{"nom"}, "Bonjour <nom>,"},
		{"{ nom } et {nom}", []string{"nom"}, "<nom> et <nom>"},
		{"{pièces manquantes}{}", []string{"pièces manquantes", ""}, "<pièces manquantes><>"},
		{"ni { ni } ni {deux\nlignes}", []string{"ni"}, "ni <ni> ni {deux\nlignes}"},
		{"{{nom}}", []string{"nom"}, "{<nom>}"},
		{"rien", nil, "rien"},
	} {
		if got := Names(row.text); !slices.Equal(got, row.names) {
			t.Errorf("%q: names %q, want %q", row.text, got, row.names)
		}
		if got := Fill(row.text, func(name string) string { return "<" + name + ">" }); got != row.want {
			t.Errorf("%q: %q, want %q", row.text, got, row.want)
		}
	}
}
