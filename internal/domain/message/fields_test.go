package message

import (
	"slices"
	"testing"

	"pupitre/internal/domain/document"
	"pupitre/internal/domain/enrolment"
	"pupitre/internal/domain/people"
	"pupitre/internal/domain/report"
	"pupitre/internal/domain/school"
)

// lacking is a dossier of that pupil that lacks the papers.
func lacking(pupil, programme string, papers ...string) report.Row {
	r := report.Row{FirstName: pupil, ProgrammeID: programme}
	for _, p := range papers {
		r.Papers = append(r.Papers, enrolment.PaperStatus{Paper: document.Paper{Name: p, Required: true}})
	}
	return r
}

func TestFieldsOfSeveralPupilsAreJoined(t *testing.T) {
	one := facts{titles: func(id string) string { return "Cursus " + id }, school: school.School{Name: "L’École", Phone: "0240123456"}, season: school.Season{Name: "2027-2028"}}
	one.Family.Guardians = []people.Guardian{{FirstName: "Claire", LastName: "Moreau"}}
	one.Login = "MOREAU-4821"
	one.Pupils = []people.Pupil{{FirstName: "Lucie", LastName: "Moreau"}}
	one.Dossiers = []report.Row{lacking("Lucie", "A", "RIB", "Mandat")}
	two := one
	two.Pupils = []people.Pupil{{FirstName: "Lucie", LastName: "Moreau"}, {FirstName: "Malo", LastName: "Moreau"}}
	two.Dossiers = []report.Row{lacking("Lucie", "A", "RIB"), lacking("Malo", "B", "RIB")}
	differ := two
	differ.Dossiers = []report.Row{lacking("Lucie", "A", "RIB"), lacking("Malo", "A", "Certificat")}
	for _, row := range []struct {
		what, text, want string
		facts            facts
		empty            []string
	}{
		{"one pupil", "{prénom de l’élève} ({élève}) : {pièces manquantes}", "Lucie (Lucie Moreau) : RIB et Mandat", one, nil},
		{"typed otherwise", "{Prenom de l'eleve}", "Lucie", one, nil},
		{"several", "{prénom de l’élève} : {pièces manquantes}", "Lucie et Malo : RIB", two, nil},
		{"several that differ", "{pièces manquantes} ; {formule}", "RIB (Lucie) et Certificat (Malo) ; Cursus A", differ, nil},
		{"what the family is", "{responsable}, {identifiant}, {saison}, {école}", "Claire Moreau, MOREAU-4821, 2027-2028, L’École", one, nil},
		{"elided", "Le dossier de {responsable} et de {élève}", "Le dossier de Claire Moreau et d’Élise", facts{Correspondent: report.Correspondent{Family: one.Family, Pupils: []people.Pupil{{FirstName: "Élise"}}}}, nil},
		{"nothing to say", "Avant le {clôture}, {rang}.", "Avant le , .", one, []string{"clôture", "rang"}},
		{"the button", "{lien du portail}", Link, one, nil},
	} {
		got, empty := row.facts.written(row.text)
		if got != row.want || !slices.Equal(empty, row.empty) {
			t.Errorf("%s: %q, without %q", row.what, got, empty)
		}
	}
}

func TestAWrittenMessageIsReadByLines(t *testing.T) {
	got := Lines("Bonjour,\n\n- un\n- deux\n" + Link + "\n  fin  ")
	want := []Line{{Text: "Bonjour,"}, {Text: "un", Item: true}, {Text: "deux", Item: true}, {Button: true}, {Text: "fin"}}
	if !slices.Equal(got, want) {
		t.Errorf("%+v", got)
	}
}

func TestSuggestedTextsNameFieldsThatExist(t *testing.T) {
	for _, s := range Suggestions {
		if err := (Typed{Subject: s.Subject, Body: s.Body}).check(false); err != nil {
			t.Errorf("%s: %v", s.Name, err)
		}
	}
}
