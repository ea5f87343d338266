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

func TestWhatABlankDoesToItsSentence(t *testing.T) {
	values := map[string]string{"nom": "Élise", "autre": "Yann", "vide": ""}
	value := func(name string) string { return values[name] }
	for _, row := range []struct{ text, want string }{
		{"Le dossier de {nom}", "Le dossier d’Élise"},
		{"De {nom} et de { nom }", "D’Élise et d’Élise"},
		{"Le dossier de {autre}", "Le dossier de Yann"},
		{"monde {nom}", "monde Élise"},
		{"Bonjour {vide},", "Bonjour,"},
		{"Bonjour {vide} {vide}.", "Bonjour."},
		{"corrigez {vide} : il", "corrigez : il"},
		{"fin {vide}", "fin"},
		{"une {vide}\nautre", "une\nautre"},
		{"{vide} Début", " Début"},
		{"a{vide}b", "ab"},
	} {
		text := Drop(Elide(row.text, value), func(name string) bool { return value(name) == "" })
		if got := Fill(text, value); got != row.want {
			t.Errorf("%q: %q, want %q", row.text, got, row.want)
		}
	}
	for line, want := range map[string]bool{"{nom} va": false, "{nom va": true, "nom} va": true, "{{nom}}": true, "": false} {
		if Strays(line) != want {
			t.Errorf("%q holds a stray brace: %t", line, !want)
		}
	}
	if !Same("Prénom de l'élève", "prenom de l’eleve") || Same("élève", "élèves") {
		t.Error("names are not told apart as people type them")
	}
}
