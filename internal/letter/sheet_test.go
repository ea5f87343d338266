package letter

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"pupitre/internal/platform/blank"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
)

func TestEveryMailHasItsSheet(t *testing.T) {
	for name := range mailSources {
		if _, ok := SheetOf(name); !ok && name != "message" {
			t.Errorf("%s has no sheet", name)
		}
	}
	for _, s := range Sheets {
		if s.Title == "" || s.When == "" || s.To == "" || s.Group == "" {
			t.Errorf("%s: not said: %+v", s.Kind, s)
		}
		if err := s.Check(s.Original()); err != nil {
			t.Errorf("%s: the product's own words: %v", s.Kind, err)
		}
		used := blank.Names(s.Original().Subject + s.Original().Body)
		for _, f := range s.Fields {
			if f.Says == "" {
				t.Errorf("%s: {%s} is not explained", s.Kind, f.Name)
			}
			if mailSources[s.Kind].fields[french.Fold(f.Name)] == nil {
				t.Errorf("%s: {%s} has no definition", s.Kind, f.Name)
			}
			if !slices.Contains(used, f.Name) && !slices.Contains([]string{"école", "le secrétariat", "élèves", "élève"}, f.Name) {
				t.Errorf("%s: its own words never say {%s}", s.Kind, f.Name)
			}
		}
	}
}

// Whatever a mail offers can be filled in from its facts: a definition that
// asks for a fact that this mail does not have would fail when it leaves.
func TestEveryFieldOfferedCanBeFilledIn(t *testing.T) {
	for _, r := range mailRows() {
		kind, _, _ := strings.Cut(r.name, "-")
		sheet, ok := SheetOf(kind)
		if !ok {
			continue
		}
		words := sheet.Original()
		for _, f := range sheet.Fields {
			words.Body += "\n\n{" + f.Name + "}"
		}
		school.Words = map[string]Wording{kind: words}
		m, err := r.again()
		school.Words = nil
		if err != nil || m.Broken != nil {
			t.Errorf("%s: %v, %v", r.name, err, m.Broken)
		}
	}
}

func TestWordsThatAMailCannotLeaveWith(t *testing.T) {
	offered, _ := SheetOf("place_offered")
	own := offered.Original()
	with := func(from, to string) Wording { return Wording{own.Subject, strings.Replace(own.Body, from, to, 1)} }
	for _, row := range []struct {
		what  string
		words Wording
		field string // "" when they hold
		says  string
	}{
		{"changed at will", with("Une place est proposée à {élève} :", "Bonne nouvelle : {ELEVE} peut venir."), "", ""},
		{"a field typed otherwise", with("{répondre avant le}", "{ Repondre avant le }"), "", ""},
		{"a field that does not exist", with("Une place", "{rang} Une place"), FieldBody, "Ligne 3\u202f: Le champ {rang} n’existe pas"},
		{"another mail's field", with("Une place", "{motif} Une place"), FieldBody, "{motif} n’existe pas"},
		{"without the link", with("{bouton}", ""), FieldBody, "Il manque {bouton}"},
		{"without what silence means", with("{sans réponse}", "Tant pis."), FieldBody, "Il manque {sans réponse}"},
		{"a whole line within a sentence", with("{bouton}", "Cliquez : {bouton}"), FieldBody, "mettez {bouton} seul sur sa ligne"},
		{"twice on a line", with("{bouton}", "{bouton}{bouton}"), FieldBody, "seul sur sa ligne"},
		{"a brace left open", with("Une place", "{Une place"), FieldBody, "Ligne 3\u202f: Une accolade"},
		{"braces of a template", with("Une place", "{{.Link}} Une place"), FieldBody, "Ligne 3"},
		{"a control character", with("Une place", "Une\x01 place"), FieldBody, "Ligne 3"},
		{"nothing", Wording{own.Subject, " \n"}, FieldBody, "Écrivez le texte"},
		{"too much", Wording{own.Subject, own.Body + strings.Repeat("a", longestBody)}, FieldBody, "au plus"},
		{"no subject", Wording{" ", own.Body}, FieldSubject, "Écrivez l’objet"},
		{"a subject of two lines", Wording{"Une\nplace", own.Body}, FieldSubject, "une ligne"},
		{"a subject too long", Wording{strings.Repeat("a", longestSubject+1), own.Body}, FieldSubject, "au plus"},
		{"a whole line in the subject", Wording{"{bouton}", own.Body}, FieldSubject, "ne tient pas dans un objet"},
		{"an unknown field in the subject", Wording{"{rang}", own.Body}, FieldSubject, "{rang} n’existe pas"},
		{"a brace in the subject", Wording{"Place }", own.Body}, FieldSubject, "accolade"},
	} {
		err := offered.Check(row.words)
		if row.field == "" {
			if err != nil {
				t.Errorf("%s: %v", row.what, err)
			}
			continue
		}
		var invalid *fault.Invalid
		if !errors.As(err, &invalid) || !strings.Contains(invalid.Of(row.field), row.says) {
			t.Errorf("%s: %v", row.what, err)
		}
	}
}

func TestAMailInTheSchoolsWords(t *testing.T) {
	f := offer
	f.School.Words = map[string]Wording{"place_offered": {"Pour {élève}", "Bonjour {responsable},\n\n{élève} peut venir en {cours}, avant le {répondre avant le}. Appelez {le secrétariat}.\n\n{bouton}\n\n{sans réponse}"}}
	m, err := PlaceOffered(f)
	if err != nil || m.Broken != nil {
		t.Fatal(err, m.Broken)
	}
	if m.Subject != "Pour Élise Moreau" || !strings.HasPrefix(m.Text, "Bonjour Claire Moreau,\n\nÉlise Moreau peut venir en Orchestre") || !strings.Contains(m.HTML, `href="`+offer.Link) {
		t.Errorf("%s\n%s", m.Subject, m.Text)
	}

	f.School.Words["place_offered"] = Wording{"Pour {élève}", "Sans le lien."}
	broken, err := PlaceOffered(f)
	original, _ := PlaceOffered(offer)
	if err != nil || broken.Broken == nil || broken.Text != original.Text || broken.Subject != original.Subject || broken.HTML != original.HTML {
		t.Errorf("words that do not hold: %v, %v\n%s", err, broken.Broken, broken.Text)
	}
}

// What a fact holds is never read as words with fields.
func TestAFactIsNoField(t *testing.T) {
	f := PaperRefusedFacts{School: school, Name: "{bouton}", Document: "RIB", Reason: "{délai} {{.Link}}", Link: link}
	m, err := PaperRefused(f)
	if err != nil || !strings.Contains(m.Text, "Bonjour {bouton},") || !strings.Contains(m.Text, "Motif : {délai} {{.Link}}") {
		t.Errorf("%v\n%s", err, m.Text)
	}
}

func TestTheLinesOfASignInAreHeld(t *testing.T) {
	s := school
	sheet, _ := SheetOf("new_password")
	words := sheet.Original()
	words.Body = strings.Replace(words.Body, "Vous avez demandé", "Voici, comme demandé,", 1)
	s.Words = map[string]Wording{"new_password": words}
	m, err := NewPassword(NewPasswordFacts{School: s, Identifier: "MOREAU-4821", Password: "Kb7mQz2wPt", ValidUntil: sent, SignInURL: link})
	if err != nil || m.Broken != nil {
		t.Fatal(err, m.Broken)
	}
	for _, line := range []string{"Identifiant : MOREAU-4821", "Mot de passe : Kb7mQz2wPt"} {
		if !slices.Contains(strings.Split(m.Text, "\n"), line) {
			t.Errorf("no line %q in\n%s", line, m.Text)
		}
	}
	words.Body = strings.Replace(words.Body, "{identifiant et mot de passe}", "", 1)
	if sheet.Check(words) == nil {
		t.Error("the two lines can be taken away")
	}
}
