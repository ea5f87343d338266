package catalogue

import (
	"testing"

	taught "pupitre/internal/domain/catalogue"
)

func TestALineOfTheComposerReadsBackWhatItWrites(t *testing.T) {
	for _, l := range []taught.Line{
		{Kinds: []taught.Kind{taught.Instrument}, Min: 1, Max: 1},
		{Kinds: []taught.Kind{taught.Pratique}, Min: 1, Max: taught.Unbounded, WithoutInstrument: true},
		{Kinds: []taught.Kind{taught.Parcours}, Min: 1, Max: 1, Semester: 2, DistinctTitles: true},
		{Kinds: []taught.Kind{taught.Pratique, taught.Culture}, Max: 3, WithoutInstrument: true, Semester: 1},
	} {
		var got taught.Line
		readWhat(what(l), &got)
		readMany(many(l), &got)
		if packLines([]taught.Line{got}) != packLines([]taught.Line{l}) {
			t.Errorf("want %+v, got %+v", l, got)
		}
		own := 0
		for _, o := range whatOptions(l) {
			if o.Value == what(l) {
				own++
			}
		}
		if own != 1 {
			t.Errorf("%s: %d options, want its own once", what(l), own)
		}
	}
	for _, forged := range []string{"danse", "instrument@x", "1-1", "", "@", "/s"} {
		var l taught.Line
		readWhat(forged, &l)
		readMany(forged, &l)
		if err := (taught.Catalogue{}).CheckProgramme(taught.Programme{Title: "Essai", Lines: []taught.Line{l}}); err == nil {
			t.Errorf("« %s » makes a line that is accepted: %+v", forged, l)
		}
	}
}

// « Monter » keeps the focus on the moved line; at an end, where its button is
// off, the other one has it.
func TestTheStepsOfTheComposer(t *testing.T) {
	three := func() []taught.Line { return []taught.Line{{Label: "a"}, {Label: "b"}, {Label: "c"}} }
	for _, row := range []struct{ action, order, focus, said string }{
		{"monter-2", "acb", "monter-1", "Ligne 2 sur 3"},
		{"monter-1", "bac", "descendre-0", "Ligne 1 sur 3"},
		{"monter-0", "abc", "descendre-0", "Ligne 1 sur 3"},
		{"descendre-0", "bac", "descendre-1", "Ligne 2 sur 3"},
		{"descendre-1", "acb", "monter-2", "Ligne 3 sur 3"},
		{"retirer-1", "ac", "ajouter", "Ligne retirée, il en reste 2"},
		{"ajouter", "abc+", "quoi-3", "Ligne 4 sur 4, à composer"},
		{"essayer", "abc", "", ""},
		{"retirer-9", "abc", "", ""},
		{"monter-x", "abc", "", ""},
		{"", "abc", "", ""},
	} {
		lines, focus, said := step(three(), row.action)
		order := ""
		for _, l := range lines {
			order += or(l.Label, "+")
		}
		if order != row.order || focus != row.focus || said != row.said {
			t.Errorf("%s: want %s, %s, %s; got %s, %s, %s", row.action, row.order, row.focus, row.said, order, focus, said)
		}
	}
}
