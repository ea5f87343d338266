package importing

import (
	"slices"
	"strings"
	"testing"

	"pupitre/internal/platform/sheet"
)

func TestColumnsAreRecognisedByTheirTitles(t *testing.T) {
	for _, row := range []struct {
		name, header, want string
		kind               Kind
	}{
		{"the drawing's file", "NOM;Prénom;Né(e) le;Classe;Resp. légal;Mail;Tél;CP;Groupe;Observations",
			"eleve.nom;eleve.prenom;eleve.naissance;eleve.niveau;resp.complet;resp.email;resp.tel;code_postal;;-", Families},
		{"titles in full", "Nom élève;Prénom de l’élève;Date de naiss.;Niveau scolaire;Nom responsable;Prénom du responsable;E-mail;Téléphone portable;Tél. fixe;Adresse;Code postal;Ville",
			"eleve.nom;eleve.prenom;eleve.naissance;eleve.niveau;resp.nom;resp.prenom;resp.email;resp.tel;resp.tel2;adresse;code_postal;ville", Families},
		{"the school's own families", "identifiant;civilite;nom;prenom;adresse;complement;code_postal;ville;telephone_mobile;telephone_fixe;email",
			"identifiant;resp.civilite;resp.nom;resp.prenom;adresse;complement;code_postal;ville;resp.tel;resp.tel2;resp.email", Families},
		{"pupil and responsible both « Nom »", "Nom;Prénom;Naissance;Nom;Prénom;Courriel", "eleve.nom;eleve.prenom;eleve.naissance;resp.nom;resp.prenom;resp.email", Families},
		{"two parents", "Nom père;Prénom père;Mail père;Nom mère;Prénom mère;Mail mère;Enfant 1 prénom;Enfant 2 prénom",
			"resp.nom;resp.prenom;resp.email;resp2.nom;resp2.prenom;resp2.email;eleve.prenom;eleve2.prenom", Families},
		{"pupils alone", "Identifiant;Nom;Prénom;DDN;Classe", "identifiant;eleve.nom;eleve.prenom;eleve.naissance;eleve.niveau", Pupils},
		{"no such field for the kind", "Adresse;Prénom", ";eleve.prenom", Pupils},
		{"twice the same", "CP;Code postal", "code_postal;", Families},
	} {
		if got := strings.Join(Recognise(row.kind, strings.Split(row.header, ";")), ";"); got != row.want {
			t.Errorf("%s:\n got %s\nwant %s", row.name, got, row.want)
		}
	}
}

func TestTheLineOfTitlesIsFound(t *testing.T) {
	rows := []sheet.Row{
		{Line: 1, Cells: []string{"École de musique", "rentrée 2027"}},
		{Line: 3, Cells: []string{"Élèves inscrits"}},
		{Line: 4, Cells: []string{"NOM", "Prénom", "Né le", "", "CP"}},
		{Line: 5, Cells: []string{"MOREAU", "Lucie", "14/03/2015", "x", "44430"}},
		{Line: 6, Cells: []string{"MOREAU", "Tom", "", "", "44430", "", "seul"}},
	}
	if got := HeaderOf(Families, rows); got != 2 {
		t.Fatalf("row %d", got)
	}
	columns := ColumnsOf(rows, 2)
	if len(columns) != 7 || columns[3].Title != "Colonne D" || columns[6].Title != "Colonne G" || !slices.Equal(columns[1].Samples, []string{"Lucie", "Tom"}) || !slices.Equal(columns[4].Samples, []string{"44430"}) {
		t.Errorf("%+v", columns)
	}
	if letters(26) != "AA" {
		t.Error(letters(26))
	}
	if got := HeaderOf(Families, []sheet.Row{{Line: 1, Cells: []string{"x"}}}); got != 0 {
		t.Errorf("a file without titles: row %d", got)
	}
}

func TestValuesAreReadAsPeopleWriteThem(t *testing.T) {
	birth := birthDate("2027-06-01")
	for _, row := range []struct {
		name    string
		read    reading
		v, want string
		perhaps string
	}{
		{"a date", birth, "14/03/2015", "2015-03-14", ""},
		{"one figure", birth, "1/2/15", "2015-02-01", ""},
		{"last century", birth, "12-06-78", "1978-06-12", ""},
		{"international", birth, "2015-03-14 00:00:00", "2015-03-14", ""},
		{"in words", birth, "1er août 2014", "2014-08-01", ""},
		{"shortened", birth, "3 févr. 2014", "2014-02-03", ""},
		{"a number, its format lost", birth, "42077", "2015-03-14", ""},
		{"no such day", birth, "31/02/2015", "", "28/02/2015"},
		{"no such day in June", birth, "31/06/2015", "", "30/06/2015"},
		{"month first", birth, "02/14/2015", "", "14/02/2015"},
		{"in the future", birth, "14/03/2033", "", ""},
		{"too old", birth, "14/03/1515", "", ""},
		{"no date", birth, "mars", "", ""},
		{"a telephone", phone, "06 12 00 34 56", "0612003456", ""},
		{"its zero lost", phone, "612003456", "0612003456", ""},
		{"with the country, its plus lost", phone, "33612003456", "0612003456", ""},
		{"Swiss", phone, "+41 79 123 45 67", "+41791234567", ""},
		{"too short", phone, "06 12", "", ""},
		{"a postal code", postcode, "44 430", "44430", ""},
		{"its zero lost", postcode, "1000", "", "01000|10000"},
		{"letters", postcode, "F-44", "", ""},
		{"an address", email, "Claire.M@Exemple.FR", "Claire.M@exemple.fr", ""},
		{"a comma", email, "claire@exemple,fr", "", "claire@exemple.fr"},
		{"an accent", email, "zoé@exemple.fr", "", "zoe@exemple.fr"},
		{"two of them", email, "a@exemple.fr ; b@exemple.fr", "", "a@exemple.fr"},
		{"cut off", email, "jean.pineau@", "", ""},
		{"a level", level, "6ème", "6e", ""},
		{"in words", level, "Seconde", "2de", ""},
		{"of primary school", level, "cm2", "CM2", ""},
		{"with its class", level, "6ème B", "", "6e"},
		{"with its class, glued", level, "CM1A", "", "CM1"},
		{"none", level, "zzz", "", ""},
		{"a civility", civility, "madame", "Mme", ""},
		{"none", civility, "Dr", "", "Mme|M."},
		{"too long", text(5), "abcdefgh", "", "abcde"},
	} {
		got, bad := row.read(row.v)
		if (bad == nil) != (row.want != "") || got != row.want || bad != nil && strings.Join(bad.perhaps, "|") != row.perhaps {
			t.Errorf("%s: %q gives %q, %+v", row.name, row.v, got, bad)
		}
	}
}

func TestNamesComeApart(t *testing.T) {
	for _, row := range []struct{ v, last, first string }{
		{"MOREAU Claire", "MOREAU", "Claire"},
		{"Claire MOREAU", "MOREAU", "Claire"},
		{"LE GOFF Anne-Marie", "LE GOFF", "Anne-Marie"},
		{"Moreau Claire", "Moreau", "Claire"},
		{"MOREAU CLAIRE", "MOREAU", "CLAIRE"},
		{"Moreau", "Moreau", ""},
	} {
		if last, first := splitName(row.v); last != row.last || first != row.first {
			t.Errorf("%q: %q, %q", row.v, last, first)
		}
	}
}
