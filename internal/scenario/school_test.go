package scenario_test

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/uuid"

	"pupitre/internal/browser"
)

// The school of these tests: two poles, three formulas of the manual, and an
// orchestra with one place left.
const schoolFile = `
nom = "École de musique des Trois Rivières"
nom_court = "Trois Rivières"
adresse = "2 quai des Mariniers, 44330 Vallet"
telephone = "02 61 91 55 20"
email = "secretariat@exemple.fr"
preinscription_url = "https://trois-rivieres.exemple.fr/pre-inscription"

[[poles]]
code = "loire"
nom = "Pôle Loire"
commune = "Le Loroux-Bottereau"

[[poles]]
code = "sevre"
nom = "Pôle Sèvre"
commune = "Vallet"

[saison]
nom = "2027-2028"
debut = "13/09/2027"
fin = "30/06/2028"

[[formules]]
code = "cursus"
intitule = "Cursus Instrumental Enfant / ados"
message = "Les 2 (ou 3 cours) sont inclus dans le tarif."
age_max = 17

[[formules.lignes]]
intitule = "Instrument"
types = ["instrument"]
min = 1
max = 1

[[formules.lignes]]
intitule = "Pratique collective"
types = ["pratique"]
min = 1
max = 1

[[formules.lignes]]
intitule = "Culture musicale"
types = ["culture"]
min = 1
max = 1
niveaux = ["5e", "4e", "3e"]

[[formules]]
code = "pratiques"
intitule = "Pratiques collectives seules"

[[formules.lignes]]
intitule = "Pratiques collectives"
types = ["pratique"]
min = 1
sans_instrument = true

[[pieces]]
code = "quotient-familial"
nom = "Attestation Quotient Familial"
pour = "famille"
obligatoire = false
validite = "saison"
consequence = "En l’absence d’attestation, le tarif maximal (QF > 2200) sera appliqué."

[[pieces]]
code = "rib"
nom = "RIB"
pour = "famille"
obligatoire = true
condition = "prelevement"
validite = "permanente"

[[pieces]]
code = "mandat"
nom = "Mandat de prélèvement"
pour = "famille"
obligatoire = true
condition = "prelevement"
validite = "permanente"
modele = "mandat"

[facturation]
modes = [
  { fois = 1, intitule = "En 1 fois – paiement en octobre" },
  { fois = 3, intitule = "En 3 fois – paiement en octobre, janvier et avril" },
]
moyens = [
  { code = "prelevement", intitule = "Prélèvement bancaire" },
  { code = "cheques", intitule = "Chèques" },
]

[creancier]
nom = "École de musique des Trois Rivières"
ics = "FR53ZZZ999999"
iban = "FR7699999000440000044300146"

[politiques]
heures_calmes = "0-24" # offers leave whatever the hour of the test

[[textes]]
code = "accord"
version = "2027-1"
titre = "Votre accord"
texte = "J’accepte le règlement intérieur et l’engagement pour la saison entière."

[[textes]]
code = "reglement"
version = "2027-1"
titre = "Règlement intérieur"
texte = "Article 1. Les places sont attribuées dans l’ordre d’arrivée des dossiers complets."
`

const coursesFile = `code;intitule;type;discipline;pole;places;semestre;jour;debut;fin;salle;enseignant;sans_instrument;non_debutant;age_min;age_max;niveaux
L-PIANO;Piano;instrument;Piano;Loire;2;;;;;;;;;;;
L-CHOEUR;Chœur d’ados;pratique;Chant choral;Loire;20;;mardi;18:00;19:00;Auditorium;;oui;;;;
L-CULTURE;Culture musicale;culture;Culture musicale;Loire;10;;vendredi;18:00;19:00;Salle 3;;;;;;5e|4e|3e
L-ORCHESTRE;Orchestre des collines;pratique;Orchestre;Loire;1;;samedi;10:00;11:30;Auditorium;;oui;;;;
S-PIANO;Piano;instrument;Piano;Sèvre;2;;;;;;;;;;;
S-CHOEUR;Chœur d’ados;pratique;Chant choral;Sèvre;20;;jeudi;18:00;19:00;Grande salle;;oui;;;;
S-CULTURE;Culture musicale;culture;Culture musicale;Sèvre;10;;lundi;18:00;19:00;Salle 1;;;;;;5e|4e|3e
`

// family is a row of familles.csv and its pupil's row of eleves.csv.
type family struct {
	lastName, firstName string
	email               string // its own, on the mail server that tests share
	mobile              string // empty: a yellow field
	pupil               string
	birth, level        string
	current             string // codes of this year's courses
}

func newFamily(lastName, firstName, pupil string) family {
	mailbox := strings.ToLower(lastName) + "." + uuid.NewString()[:13] + "@exemple.fr"
	return family{lastName: lastName, firstName: firstName, email: mailbox, mobile: "06 39 98 48 21", pupil: pupil, birth: "14/03/2015", level: "6e"}
}

// school is a school of its own, loaded from its files.
type school struct {
	t        *testing.T
	data     string
	imported string // what the import said
	mail     *browser.Mailbox
	*server
}

// newSchool imports a folder with the families, and serves it with the mail
// server of the tests.
func newSchool(t *testing.T, families ...family) *school {
	t.Helper()
	return schoolOf(t, schoolFile, families...)
}

// schoolOf is newSchool with that ecole.toml.
func schoolOf(t *testing.T, schoolFile string, families ...family) *school {
	t.Helper()
	folder := t.TempDir()
	rows := [][]string{strings.Split("identifiant;civilite;nom;prenom;adresse;complement;code_postal;ville;telephone_mobile;telephone_fixe;email", ";")}
	pupils := [][]string{strings.Split("famille;nom;prenom;date_naissance;niveau_scolaire;cours_actuels", ";")}
	for _, f := range families {
		rows = append(rows, []string{"", "Mme", f.lastName, f.firstName, "14 rue des Tonneliers", "", "44430", "Le Loroux-Bottereau", f.mobile, "", f.email})
		pupils = append(pupils, []string{f.lastName, f.lastName, f.pupil, f.birth, f.level, f.current})
	}
	files := map[string]string{
		"ecole.toml": schoolFile, "cours.csv": coursesFile, "familles.csv": lines(t, rows), "eleves.csv": lines(t, pupils),
		"enseignants.csv": "nom;prenom;email;disciplines\nBesnard;Hélène;h.besnard@exemple.fr;Piano\n",
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s := &school{t: t, data: t.TempDir(), mail: browser.Mailboxes(t)}
	s.mail.Patience = patience
	s.imported = command(t, "", "import", "--data", s.data, folder)
	s.server = serve(t, serving, s.arguments()...)
	return s
}

// serving is what the program logs once it answers.
const serving = `"msg":"serving"`

func (s *school) arguments() []string {
	return []string{"serve", "--data", s.data, "--smtp-url", browser.SMTP(s.t), "--mail-from", "portail@trois-rivieres.exemple.fr"}
}

// restart starts the server again at the same address, on the same data.
func (s *school) restart() {
	s.t.Helper()
	s.server = serveOn(s.t, strings.TrimPrefix(s.url, "http://"), serving, s.arguments()...)
}

// lines writes rows as French Excel does, in UTF-8.
func lines(t *testing.T, rows [][]string) string {
	t.Helper()
	var b strings.Builder
	w := csv.NewWriter(&b)
	w.Comma, w.UseCRLF = ';', true
	if err := w.WriteAll(rows); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// staff is an account made on the command line.
type staff struct{ login, password string }

// secretary makes one.
func (s *school) secretary() staff {
	s.t.Helper()
	a := staff{"annie.douillard@exemple.fr", "Accordeon-2027-Vallet"}
	command(s.t, a.password+"\n", "account", "create", "--data", s.data, "--role", "secretariat", "--name", "Annie Douillard", "--email", a.login)
	return a
}
