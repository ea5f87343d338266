package importing

import (
	"maps"
	"slices"
	"strings"
	"unicode"

	"pupitre/internal/platform/french"
)

// Kind is what a file brings.
type Kind string

// The kinds of file.
const (
	Families Kind = "familles" // families with their pupils: a line a pupil, or a line a family with several pupils
	Pupils   Kind = "eleves"   // pupils of families that are known
	Courses  Kind = "cours"    // courses of a season
)

// Kinds are those that may be chosen, in the order of the screen.
var Kinds = []Kind{Families, Pupils, Courses}

// French names the kind.
func (k Kind) French() string {
	switch k {
	case Pupils:
		return "des élèves"
	case Courses:
		return "des cours"
	default:
		return "des familles et des élèves"
	}
}

// Field is something of Pupitre that a column may be.
type Field struct{ Code, Label, Group string }

// The values of a column that is none of the fields.
const (
	Unchosen = ""  // not recognised: to choose
	LeaveOut = "-" // not imported
)

// The codes of fields; those of a person have it in front: « eleve.nom ».
const (
	fLogin    = "identifiant"
	fAddress  = "adresse"
	fExtra    = "complement"
	fPostcode = "code_postal"
	fTown     = "ville"
	fLast     = "nom"
	fFirst    = "prenom"
	fFull     = "complet"
	fTitle    = "civilite"
	fEmail    = "email"
	fPhone    = "tel"
	fPhone2   = "tel2"
	fBirth    = "naissance"
	fLevel    = "niveau"
)

var (
	guardians = []string{"resp", "resp2"}
	pupils    = []string{"eleve", "eleve2", "eleve3"}
)

var peopleWords = map[string]string{"resp": "Responsable", "resp2": "Second responsable", "eleve": "Élève", "eleve2": "Deuxième élève", "eleve3": "Troisième élève"}

// FieldsOf lists the fields that a file of the kind may bring.
func FieldsOf(k Kind) []Field {
	if k == Courses {
		return fieldsOfCourses()
	}
	all := []Field{}
	add := func(who string, codes ...string) {
		for _, c := range codes {
			all = append(all, Field{who + "." + c, peopleWords[who] + ", " + attributes[c].label, peopleWords[who]})
		}
	}
	add("eleve", fLast, fFirst, fFull, fBirth, fLevel)
	all = append(all, Field{fLogin, "Identifiant de la famille", "Famille"})
	add("resp", fLast, fFirst, fFull, fEmail)
	if k == Pupils {
		return all
	}
	add("resp", fPhone, fPhone2, fTitle)
	for _, c := range []string{fAddress, fExtra, fPostcode, fTown} {
		all = append(all, Field{c, household[c].label, "Famille"})
	}
	add("resp2", fLast, fFirst, fFull, fEmail, fPhone, fPhone2, fTitle)
	add("eleve2", fLast, fFirst, fFull, fBirth, fLevel)
	add("eleve3", fLast, fFirst, fFull, fBirth, fLevel)
	return all
}

// LabelOf names the field; "" when the kind has none of that code.
func LabelOf(k Kind, code string) string {
	fields := FieldsOf(k)
	if i := slices.IndexFunc(fields, func(f Field) bool { return f.Code == code }); i >= 0 {
		return fields[i].Label
	}
	return ""
}

// words are how a thing is called in the first lines of files, folded.
type words struct {
	label string
	said  []string
}

var household = map[string]words{
	fLogin:    {"Identifiant de la famille", []string{"identifiant", "identifiant famille", "login", "code famille", "numero famille", "no famille", "id famille", "famille"}},
	fAddress:  {"Adresse", []string{"adresse", "adresse postale", "rue", "voie", "adresse 1", "adresse ligne 1", "adresse famille", "adresse responsable"}},
	fExtra:    {"Complément d’adresse", []string{"complement", "complement adresse", "adresse 2", "adresse ligne 2", "batiment", "residence"}},
	fPostcode: {"Code postal", []string{"code postal", "cp", "c p", "codepostal", "code post"}},
	fTown:     {"Commune", []string{"ville", "commune", "localite"}},
}

var attributes = map[string]words{
	fLast:  {"nom", []string{"nom", "nom famille", "nom usage"}},
	fFirst: {"prénom", []string{"prenom", "prenoms"}},
	fFull:  {"nom et prénom", []string{"nom prenom", "nom et prenom", "prenom nom", "prenom et nom", "nom complet", ""}},
	fTitle: {"civilité", []string{"civilite", "civ", "titre"}},
	fEmail: {"adresse mail", []string{"mail", "email", "e mail", "adresse mail", "adresse email", "adresse e mail", "courriel", "adresse electronique", "mel"}},
	fPhone: {"téléphone", []string{"tel", "telephone", "tel mobile", "telephone mobile", "mobile", "portable", "tel portable", "telephone portable", "gsm", "numero telephone", "tel 1", "telephone 1"}},
	fPhone2: {"autre téléphone", []string{"fixe", "tel fixe", "telephone fixe", "tel domicile", "telephone domicile", "domicile", "tel 2", "telephone 2", "autre telephone", "autre tel",
		"tel travail", "telephone travail"}},
	fBirth: {"date de naissance", []string{"date naissance", "naissance", "ne le", "nee le", "ne e le", "date naiss", "ddn", "date nais", "nele"}},
	fLevel: {"niveau scolaire", []string{"niveau", "niveau scolaire", "classe", "niveau scolarite", "scolarite", "classe scolaire", "niv scol"}},
}

var persons = map[string][]string{
	"resp": {"responsable", "resp", "responsable legal", "resp legal", "representant", "representant legal", "parent", "parent 1", "responsable 1", "resp 1", "responsable legal 1",
		"pere", "tuteur", "payeur", "usager"},
	"resp2":  {"responsable 2", "resp 2", "parent 2", "responsable legal 2", "resp legal 2", "mere", "conjoint", "second responsable", "autre parent"},
	"eleve":  {"eleve", "enfant", "eleve 1", "enfant 1", "adherent"},
	"eleve2": {"eleve 2", "enfant 2", "deuxieme eleve", "deuxieme enfant"},
	"eleve3": {"eleve 3", "enfant 3", "troisieme eleve", "troisieme enfant"},
}

// small words say nothing of what a column holds.
var small = []string{"de", "du", "d", "l", "la", "le", "les", "des", "et", "votre", "n"}

// titleKey makes « Date de naiss. » and « DATE NAISS » one.
func titleKey(title string) string {
	plain := strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return ' '
	}, french.Fold(title))
	kept := slices.DeleteFunc(strings.Fields(plain), func(w string) bool { return slices.Contains(small, w) })
	return strings.Join(kept, " ")
}

// bare are titles that do not say whose they are.
const bare = "?."

// saidBy maps what titles say to the field, whose person is « ? » when it is not said.
var saidBy = func() map[string]string {
	all := map[string]string{}
	put := func(said, code string) {
		if key := titleKey(said); key != "" && all[key] == "" {
			all[key] = code
		}
	}
	for _, code := range slices.Sorted(maps.Keys(household)) {
		for _, said := range household[code].said {
			put(said, code)
		}
	}
	for _, who := range slices.Sorted(maps.Keys(persons)) {
		for _, code := range slices.Sorted(maps.Keys(attributes)) {
			w := attributes[code]
			if strings.HasPrefix(who, "eleve") != slices.Contains([]string{fBirth, fLevel}, code) && !slices.Contains([]string{fLast, fFirst, fFull}, code) {
				continue
			}
			for _, name := range persons[who] {
				for _, said := range w.said {
					put(name+" "+said, who+"."+code)
					put(said+" "+name, who+"."+code)
				}
			}
		}
	}
	for _, code := range slices.Sorted(maps.Keys(attributes)) {
		for _, said := range attributes[code].said {
			switch code {
			case fBirth, fLevel:
				put(said, "eleve."+code)
			case fLast, fFirst, fFull:
				put(said, bare+code)
			default:
				put(said, "resp."+code)
			}
		}
	}
	return all
}()
