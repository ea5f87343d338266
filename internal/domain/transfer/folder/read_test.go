package folder

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"golang.org/x/text/encoding/charmap"
)

const schoolText = `nom = "École d’essai"

[[poles]]
code = "loire"
nom = "Pôle Loire"

[[poles]]
code = "sevre"
nom = "Pôle Sèvre"

[saison]
nom = "2027-2028"
debut = "13/09/2027"
fin = "30/06/2028"

[campagne]
ouverture = "01/06/2027 08:00"
fermeture = "25/06/2027"

[[formules]]
code = "cursus"
intitule = "Cursus"

[[formules.lignes]]
types = ["instrument"]
min = 1
max = 1

[[formules.lignes]]
types = ["culture"]
min = 1
max = 1
niveaux = ["5e", "4ème"]

[facturation]
moyens = [{ code = "prelevement", intitule = "Prélèvement bancaire" }]
`

const (
	householdsText = "identifiant;civilite;nom;prenom;adresse;complement;code_postal;ville;telephone_mobile;telephone_fixe;email\r\n" +
		"MOREAU-4821;Mme;Moreau;Claire;14 rue des Tonneliers;;44430;Le Loroux-Bottereau;06 39 98 48 21;;claire.moreau@exemple.fr\r\n" +
		";M.;L’Hermitte;Noël;\"Résidence du Parc\r\n3 rue d’Anjou\";;44330;Vallet;639980001;+33 2 61 91 00 01;noel@Exemple.FR\r\n"
	pupilsText = "famille;nom;prenom;date_naissance;niveau_scolaire;cours_actuels;debutant\r\n" +
		"MOREAU-4821;Moreau;Lucie;14/03/2015;6ème;L-VLC|L-CM;\r\n" +
		"moreau-4821;MOREAU;Claire;;adulte;;non\r\n" +
		"l'hermitte;L’Hermitte;Noël;05/05/2015;6e;L-VLC;oui\r\n"
	coursesText = "code;intitule;type;discipline;pole;places;semestre;jour;debut;fin;salle;enseignant;sans_instrument;non_debutant;age_min;age_max;niveaux\r\n" +
		"L-VLC;Violoncelle;instrument;Violoncelle;Loire;8;;;;;;Hélène Besnard;;;7;;\r\n" +
		"L-CM;Culture musicale;culture;Culture musicale;Pôle Loire;14;1|2;mardi;18h30;19:30;Salle 6;;non;oui;;;5e|4e\r\n" +
		"S-VLC;Violoncelle;instrument;Violoncelle;Sèvre;6;;;;;;BESNARD;;;;;\r\n"
	teachersText = "nom;prenom;email;disciplines\r\nBesnard;Hélène;helene.besnard@exemple.fr;Violoncelle|Musique de chambre\r\n"
)

func files() map[string]string {
	return map[string]string{SchoolFile: schoolText, HouseholdsFile: householdsText, PupilsFile: pupilsText, CoursesFile: coursesText, TeachersFile: teachersText}
}

func read(files map[string]string) (*Folder, []Problem) {
	fsys := fstest.MapFS{}
	for name, text := range files {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return Read(fsys)
}

func TestReadsWhatExcelWrites(t *testing.T) {
	latin := func(s string) string {
		out, err := charmap.Windows1252.NewEncoder().String(s)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	commas := func(s string) string { return strings.ReplaceAll(s, ";", ",") }
	for name, form := range map[string]func(string) string{
		"UTF-8":                       func(s string) string { return s },
		"UTF-8 with its mark":         func(s string) string { return "\xEF\xBB\xBF" + s },
		"Windows-1252":                latin,
		"commas":                      commas,
		"Windows-1252 and commas":     func(s string) string { return latin(commas(s)) },
		"lines ended by LF":           func(s string) string { return strings.ReplaceAll(s, "\r\n", "\n") },
		"blank rows at the end":       func(s string) string { return s + ";;;\r\n\r\n" },
		"no empty cells on the right": func(s string) string { return strings.ReplaceAll(s, ";;;;;\r\n", "\r\n") },
	} {
		t.Run(name, func(t *testing.T) {
			in := files()
			for _, file := range []string{HouseholdsFile, PupilsFile, CoursesFile, TeachersFile} {
				in[file] = form(in[file])
			}
			got, problems := read(in)
			if len(problems) > 0 {
				t.Fatalf("problems: %v", problems)
			}
			checkTyped(t, got)
		})
	}
}

func checkTyped(t *testing.T, f *Folder) {
	t.Helper()
	no, yes := false, true
	want := map[string]any{
		"household": Household{Line: 3, Civility: "M.", LastName: "L’Hermitte", FirstName: "Noël", Address: "Résidence du Parc, 3 rue d’Anjou",
			PostalCode: "44330", City: "Vallet", Mobile: "0639980001", Landline: "0261910001", Email: "noel@exemple.fr"},
		"pupil": Pupil{Line: 2, Households: []int{0}, LastName: "Moreau", FirstName: "Lucie", BirthDate: time.Date(2015, 3, 14, 0, 0, 0, 0, time.UTC),
			Level: "6e", CurrentCourses: []string{"L-VLC", "L-CM"}},
		"adult": Pupil{Line: 3, Households: []int{0}, LastName: "MOREAU", FirstName: "Claire", Level: "adulte", Beginner: &no, SameAsResponsible: true},
		"son":   Pupil{Line: 4, Households: []int{1}, LastName: "L’Hermitte", FirstName: "Noël", BirthDate: time.Date(2015, 5, 5, 0, 0, 0, 0, time.UTC), Level: "6e", CurrentCourses: []string{"L-VLC"}, Beginner: &yes},
		"course": Course{Line: 3, Code: "L-CM", Title: "Culture musicale", Type: Culture, Discipline: "Culture musicale", Site: "loire", Places: 14, Semesters: []int{1, 2},
			Day: 2, Start: "18:30", End: "19:30", Room: "Salle 6", Teacher: -1, NoBeginners: true, Levels: []string{"5e", "4e"}},
	}
	got := map[string]any{"household": f.Households[1], "pupil": f.Pupils[0], "adult": f.Pupils[1], "son": f.Pupils[2], "course": f.Courses[1]}
	for name := range want {
		if g, w := show(got[name]), show(want[name]); g != w {
			t.Errorf("%s:\n got %s\nwant %s", name, g, w)
		}
	}
	if f.Courses[0].Teacher != 0 || f.Courses[2].Teacher != 0 {
		t.Errorf("the teacher is not found by prénom nom or by nom: %d, %d", f.Courses[0].Teacher, f.Courses[2].Teacher)
	}
}

// show prints a value with what its pointers point to.
func show(v any) string {
	if p, ok := v.(Pupil); ok && p.Beginner != nil {
		b := *p.Beginner
		p.Beginner = nil
		return fmt.Sprintf("%+v beginner %v", p, b)
	}
	return fmt.Sprintf("%+v", v)
}

func TestProblems(t *testing.T) {
	for _, c := range []struct {
		name, file, old, new string
		line                 int
		column, message      string
	}{
		{"unknown column", HouseholdsFile, ";ville;", ";ville;surnom;", 1, "surnom", "Colonne inconnue"},
		{"missing column", PupilsFile, "date_naissance", "", 1, "date_naissance", "Il manque la colonne"},
		{"column twice", TeachersFile, "prenom", "nom", 1, "nom", "deux fois"},
		{"mandatory value empty", HouseholdsFile, "Mme;Moreau;", "Mme;;", 2, "nom", "obligatoire"},
		{"a day that is not", PupilsFile, "14/03/2015", "31/02/2015", 2, "date_naissance", "n’existe pas"},
		{"a two-digit year", PupilsFile, "14/03/2015", "14/03/15", 2, "date_naissance", "jj/mm/aaaa"},
		{"born after the season began", PupilsFile, "14/03/2015", "14/03/2028", 2, "date_naissance", "après le début"},
		{"a child without date of birth", PupilsFile, "14/03/2015", "", 2, "date_naissance", "obligatoire"},
		{"unknown level", PupilsFile, "6ème", "7ème", 2, "niveau_scolaire", "n’est pas un niveau"},
		{"telephone too short", HouseholdsFile, "06 39 98 48 21", "06 39 98 48", 2, "telephone_mobile", "téléphone"},
		{"telephone in letters", HouseholdsFile, "06 39 98 48 21", "liste rouge", 2, "telephone_mobile", "téléphone"},
		{"postal code of four digits", HouseholdsFile, "44430", "4430", 2, "code_postal", "cinq chiffres"},
		{"address without domain", HouseholdsFile, "claire.moreau@exemple.fr", "claire.moreau@exemple", 2, "email", "adresse mail"},
		{"address with an accent", HouseholdsFile, "claire.moreau@exemple.fr", "hélène.moreau@exemple.fr", 2, "email", "adresse mail"},
		{"two addresses", HouseholdsFile, "claire.moreau@exemple.fr", "a@exemple.fr b@exemple.fr", 2, "email", "adresse mail"},
		{"NUL byte", HouseholdsFile, "Le Loroux", "Le\x00Loroux", 2, "ville", "invisible"},
		{"over-long name", HouseholdsFile, "Claire;", strings.Repeat("é", 101) + ";", 2, "prenom", "101 caractères"},
		{"identifiant with a space", HouseholdsFile, "MOREAU-4821", "MOREAU 4821", 2, "identifiant", "sans espace"},
		{"identifiant twice, in other case", HouseholdsFile, "\r\n;M.", "\r\nmoreau-4821;M.", 3, "identifiant", "déjà à la ligne 2"},
		{"civilité", HouseholdsFile, ";Mme;", ";Dr;", 2, "civilite", "M. ou Mme"},
		{"same family twice", HouseholdsFile, "L’Hermitte;Noël;\"Résidence du Parc\r\n3 rue d’Anjou\";;44330;Vallet;639980001;+33 2 61 91 00 01;noel@Exemple.FR",
			"Moreau;Claire;;;;;;;claire.moreau@exemple.fr", 3, "nom", "déjà à la ligne 2"},
		{"unknown family", PupilsFile, "MOREAU-4821;Moreau;Lucie", "MOREAU-9999;Moreau;Lucie", 2, "famille", "Aucune famille"},
		{"nom of two families", HouseholdsFile, "06 39 98 48 21;;claire.moreau@exemple.fr", ";;\r\nX-1;;L'Hermitte;Anne;;;;;;;", 4, "famille", "2 familles"},
		{"pupil twice", PupilsFile, "L’Hermitte;Noël;05/05/2015;6e;L-VLC;oui\r\n", "L’Hermitte;Noël;05/05/2015;6e;L-VLC;oui\r\nl'hermitte;l'hermitte;NOEL;5/5/2015;;;\r\n", 5, "prenom", "déjà à la ligne 4"},
		{"unknown course", PupilsFile, "L-VLC|L-CM", "L-VLC|L-XX", 2, "cours_actuels", "« L-XX »"},
		{"neither oui nor non", PupilsFile, ";oui", ";peut-être", 4, "debutant", "oui ou non"},
		{"more values than columns", PupilsFile, "L-VLC;oui", "L-VLC;oui;trop", 4, "", "8 valeurs pour 7 colonnes"},
		{"stray quotation mark", PupilsFile, "Moreau;Lucie", "Moreau;Lu\"cie", 2, "", "Guillemet"},
		{"unknown type", CoursesFile, "instrument;Violoncelle;Loire", "solfège;Violoncelle;Loire", 2, "type", "n’est pas un type"},
		{"unknown pole", CoursesFile, "Violoncelle;Loire", "Violoncelle;Erdre", 2, "pole", "n’est pas un pôle"},
		{"places missing", CoursesFile, "Loire;8;", "Loire;;", 2, "places", "obligatoire"},
		{"places negative", CoursesFile, "Loire;8;", "Loire;-1;", 2, "places", "nombre entier"},
		{"third semester", CoursesFile, "1|2", "1|3", 3, "semestre", "1|2"},
		{"ends before it starts", CoursesFile, "19:30", "18h", 3, "fin", "avant l’heure de début"},
		{"hour that is not", CoursesFile, "18h30", "25:00", 3, "debut", "18:30"},
		{"day that is not", CoursesFile, "mardi", "mardy", 3, "jour", "jour de la semaine"},
		{"code twice", CoursesFile, "S-VLC", "l-vlc", 4, "code", "déjà à la ligne 2"},
		{"code with a bar", CoursesFile, "S-VLC", "S|VLC", 4, "code", "sans espace"},
		{"instrument without discipline", CoursesFile, "Violoncelle;Sèvre", ";Sèvre", 4, "discipline", "a une discipline"},
		{"unknown teacher", CoursesFile, "BESNARD", "Rolland", 4, "enseignant", TeachersFile},
		{"ages upside down", CoursesFile, "7;;", "7;6;", 2, "age_max", "plus petit"},
		{"level of a course", CoursesFile, "5e|4e", "5e|CM9", 3, "niveaux", "« CM9 »"},

		{"TOML that is not", SchoolFile, `nom = "École d’essai"`, `nom = École`, 1, "nom", "TOML"},
		{"unknown key", SchoolFile, `nom = "Pôle Sèvre"`, "nom = \"Pôle Sèvre\"\ncouleur = 1", 10, "poles.couleur", "Clé inconnue"},
		{"number in place of a text", SchoolFile, `intitule = "Cursus"`, `intitule = 3`, 22, "formules.intitule", "bonne sorte"},
		{"pole's code twice", SchoolFile, `"sevre"`, `"loire"`, 8, "poles[1].code", "deux fois"},
		{"season without start", SchoolFile, `debut = "13/09/2027"`, "", 11, "saison.debut", "premier jour"},
		{"newcomers before the opening", SchoolFile, `fermeture = "25/06/2027"`, "fermeture = \"25/06/2027\"\nnouveaux = \"31/05/2027\"", 19, "campagne.nouveaux", "avant l’ouverture"},
		{"newcomers after the closing", SchoolFile, `fermeture = "25/06/2027"`, "fermeture = \"25/06/2027\"\nnouveaux = \"26/06/2027\"", 19, "campagne.nouveaux", "après la fermeture"},
		{"a hand-over after the opening", SchoolFile, `fermeture = "25/06/2027"`, "fermeture = \"25/06/2027\"\npassage = \"02/06/2027\"", 19, "campagne.passage", "avant l’ouverture"},
		{"closing before opening", SchoolFile, "25/06/2027", "25/05/2027", 18, "campagne.fermeture", "avant l’ouverture"},
		{"line with an unknown type", SchoolFile, `["culture"]`, `["solfege"]`, 30, "formules[0].lignes[1].types", "n’est pas un type"},
		{"line with an unknown level", SchoolFile, `"4ème"`, `"4f"`, 33, "formules[0].lignes[1].niveaux", "« 4f »"},
		{"more at least than at most", SchoolFile, "min = 1\nmax = 1\nniv", "min = 3\nmax = 1\nniv", 32, "formules[0].lignes[1].max", "de min à max"},
		{"paper for an unknown means", SchoolFile, "[facturation]", "[[pieces]]\ncode=\"rib\"\nnom=\"RIB\"\npour=\"famille\"\ncondition=\"carte\"\n[facturation]", 39, "pieces[0].condition", "moyen de paiement"},
		{"document that is not there", SchoolFile, "[facturation]", "[[documents]]\nintitule=\"Plan\"\nfichier=\"plan.pdf\"\n[facturation]", 37, "documents[0].fichier", "n’est pas dans le dossier"},
		{"document outside the folder", SchoolFile, "[facturation]", "[[documents]]\nintitule=\"Plan\"\nfichier=\"../plan.pdf\"\n[facturation]", 37, "documents[0].fichier", "n’est pas dans le dossier"},
		{"weak password policy", SchoolFile, "[facturation]", "[politiques]\nmot_de_passe_min = 4\n[facturation]", 36, "politiques.mot_de_passe_min", "de 8 à 64"},
		{"IBAN with a wrong digit", SchoolFile, "[facturation]", "[creancier]\niban = \"FR76 9999 9000 4400 0004 4300 147\"\n[facturation]", 36, "creancier.iban", "un caractère est faux"},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := files()
			changed := strings.Replace(in[c.file], c.old, c.new, 1)
			if changed == in[c.file] {
				t.Fatal("the row changes nothing")
			}
			in[c.file] = changed
			_, problems := read(in)
			if !slices.ContainsFunc(problems, func(p Problem) bool {
				right := p.File == c.file || c.column == "famille"
				return right && p.Line == c.line && p.Column == c.column && strings.Contains(p.Message, c.message)
			}) {
				t.Errorf("want line %d, column %q, %q; got:\n%v", c.line, c.column, c.message, problems)
			}
		})
	}
}

func TestMissingFile(t *testing.T) {
	for name := range files() {
		in := files()
		delete(in, name)
		_, problems := read(in)
		if !slices.Contains(problems, Problem{File: name, Message: "Ce fichier manque dans le dossier."}) {
			t.Errorf("%s missing: got %v", name, problems)
		}
	}
}

func TestMixedEncodings(t *testing.T) {
	in := files()
	in[HouseholdsFile] = "\xEF\xBB\xBF" + strings.Replace(householdsText, "Noël", "No\xEBl", 1)
	_, problems := read(in)
	if len(problems) == 0 || problems[0].File != HouseholdsFile || problems[0].Line != 3 {
		t.Errorf("want a problem at line 3 of %s, got %v", HouseholdsFile, problems)
	}
}

func TestOneBadLineInThreeHundred(t *testing.T) {
	var rows strings.Builder
	rows.WriteString(strings.SplitAfter(householdsText, "\r\n")[0])
	for i := range 300 {
		postal := "44430"
		if i == 211 {
			postal = "Vallet"
		}
		fmt.Fprintf(&rows, "F-%04d;;Nom%d;Anne;1 rue du Lac;;%s;Vallet;0639980001;;a%d@exemple.fr\r\n", i, i, postal, i)
	}
	in := files()
	in[HouseholdsFile] = rows.String()
	in[PupilsFile] = strings.SplitAfter(pupilsText, "\r\n")[0]
	f, problems := read(in)
	if len(problems) != 1 || problems[0].Line != 213 || problems[0].Column != "code_postal" || len(f.Households) != 300 {
		t.Errorf("want one problem at line 213, code_postal; got %v and %d households", problems, len(f.Households))
	}
}

func TestTwoHouseholdsOfOnePupil(t *testing.T) {
	in := files()
	in[PupilsFile] = strings.Replace(pupilsText, "MOREAU-4821;Moreau;Lucie", "MOREAU-4821|L’Hermitte;Moreau;Lucie", 1)
	f, problems := read(in)
	if len(problems) > 0 || !slices.Equal(f.Pupils[0].Households, []int{0, 1}) {
		t.Errorf("got %v, problems %v", f.Pupils[0].Households, problems)
	}
}

func TestCampaignIsInParis(t *testing.T) {
	in := files()
	in[SchoolFile] = strings.Replace(in[SchoolFile], `fermeture = "25/06/2027"`, `fermeture = "25/06/2027"
nouveaux = "08/06/2027 08:00"
passage = "18/05/2027"`, 1)
	f, _ := read(in)
	got := f.School.Campaign
	want := Campaign{Opens: time.Date(2027, 6, 1, 6, 0, 0, 0, time.UTC), Closes: time.Date(2027, 6, 25, 21, 59, 59, 0, time.UTC), PartialRelease: time.Date(2027, 7, 25, 21, 59, 59, 0, time.UTC),
		Newcomers: time.Date(2027, 6, 8, 6, 0, 0, 0, time.UTC), HandsOver: time.Date(2027, 5, 17, 22, 0, 0, 0, time.UTC)}
	if got != want {
		t.Errorf("got %v, want %v", got, want)
	}
	if ages := f.School.Season.AgesOn; ages != time.Date(2027, 12, 31, 0, 0, 0, 0, time.UTC) {
		t.Errorf("ages are counted on %v", ages)
	}
}

func TestWarnsOfAPoleWithoutCulture(t *testing.T) {
	f, _ := read(files())
	if len(f.Warnings) != 2 || !strings.Contains(f.Warnings[0].Message, "Pôle Sèvre") || !strings.Contains(f.Warnings[0].Message, "pour les 5e") {
		t.Errorf("got %v", f.Warnings)
	}
}

func TestTelephones(t *testing.T) {
	for in, want := range map[string]string{
		"06 39 98 48 21": "0639984821", "06.39.98.48.21": "0639984821", "06-39-98-48-21": "0639984821", "06/39/98/48/21": "0639984821",
		"+33 6 39 98 48 21": "0639984821", "+33 (0)6 39 98 48 21": "0639984821", "0033639984821": "0639984821", "639984821": "0639984821",
		"+41 79 123 45 67": "+41791234567", "0041791234567": "+41791234567",
	} {
		if got, ok := normalPhone(in); got != want || !ok {
			t.Errorf("%s: got %q %v, want %q", in, got, ok, want)
		}
	}
	for _, in := range []string{"06 39 98 48", "00 00 00 00 00", "06 39 98 48 211", "+33 0", "abcdefghij", "+", "06 39 98 48 2a"} {
		if got, ok := normalPhone(in); ok {
			t.Errorf("%s is accepted as %s", in, got)
		}
	}
}

func TestDemonstrationSchool(t *testing.T) {
	f, problems := Read(os.DirFS("../../../../demo"))
	if len(problems) > 0 {
		t.Fatalf("problems: %v", problems)
	}
	if h, p, n := len(f.Households), len(f.Pupils), len(f.Teachers); h != 250 || p != 333 || n != 23 {
		t.Errorf("got %d families, %d pupils, %d teachers", h, p, n)
	}
	disciplines := map[string]bool{}
	for _, c := range f.Courses {
		disciplines[c.Discipline] = true
	}
	if len(disciplines) != 25 {
		t.Errorf("got %d disciplines, want 25", len(disciplines))
	}
	if !f.School.Campaign.Closes.IsZero() || !f.School.Campaign.Opens.IsZero() {
		t.Error("the campaign must be open any day")
	}
	if len(f.Warnings) != 1 || !strings.Contains(f.Warnings[0].Message, "pour les 3e") {
		t.Errorf("want the one warning of R27, got %v", f.Warnings)
	}
	checkMoreau(t, f)
}

func checkMoreau(t *testing.T, f *Folder) {
	t.Helper()
	i := slices.IndexFunc(f.Households, func(h Household) bool { return h.Identifier == "MOREAU-4821" })
	var pupils []string
	for _, p := range f.Pupils {
		if slices.Contains(p.Households, i) {
			pupils = append(pupils, fmt.Sprintf("%s %s %v", p.FirstName, p.Level, p.SameAsResponsible))
		}
	}
	want := []string{"Claire adulte true", "Lucie 6e false", "Malo MS false"}
	if !slices.Equal(pupils, want) {
		t.Errorf("the Moreau family: got %v, want %v", pupils, want)
	}
}
