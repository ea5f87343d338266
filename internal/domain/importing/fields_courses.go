package importing

// The codes of what a file of courses brings.
const (
	fCode       = "code"
	fName       = "intitule"
	fKind       = "type"
	fDiscipline = "discipline"
	fSite       = "pole"
	fRoom       = "salle"
	fTeacher    = "enseignant"
	fTeachLast  = "enseignant_nom"
	fTeachFirst = "enseignant_prenom"
	fDay        = "jour"
	fStarts     = "debut"
	fEnds       = "fin"
	fSpan       = "horaire"
	fSemester   = "semestre"
	fPlaces     = "places"
	fAgeMin     = "age_min"
	fAgeMax     = "age_max"
	fAges       = "ages"
	fLevels     = "niveaux"
	fWithout    = "sans_instrument"
	fNoBeginner = "non_debutant"
	fBeginner   = "debutants"
)

// courseFields are in the order of the screen.
var courseFields = []struct {
	code, group string
	words
}{
	{fName, "Le cours", words{"Intitulé", []string{"intitule", "cours", "nom du cours", "nom", "titre", "libelle", "intitule du cours", "matiere et niveau"}}},
	{fKind, "Le cours", words{"Type de cours", []string{"type", "type de cours", "genre", "categorie", "nature"}}},
	{fDiscipline, "Le cours", words{"Discipline", []string{"discipline", "instrument", "matiere", "disciplines"}}},
	{fCode, "Le cours", words{"Référence", []string{"code", "reference", "ref", "code cours", "numero", "identifiant", "code du cours", "no"}}},
	{fSite, "Où et quand", words{"Pôle", []string{"pole", "site", "lieu", "antenne", "commune", "etablissement", "pole site"}}},
	{fRoom, "Où et quand", words{"Salle", []string{"salle", "local", "salle de cours"}}},
	{fDay, "Où et quand", words{"Jour", []string{"jour", "jour de cours", "jour de la semaine"}}},
	{fStarts, "Où et quand", words{"Heure de début", []string{"debut", "heure debut", "heure de debut", "heure", "de", "commence a", "h debut"}}},
	{fEnds, "Où et quand", words{"Heure de fin", []string{"fin", "heure fin", "heure de fin", "a", "finit a", "h fin"}}},
	{fSpan, "Où et quand", words{"Horaire (17h30–18h15)", []string{"horaire", "horaires", "creneau", "jour et heure", "jour heure", "jour et horaire", "plage horaire", "heures"}}},
	{fSemester, "Où et quand", words{"Semestre", []string{"semestre", "semestres", "periode", "duree"}}},
	{fTeacher, "L’enseignant", words{"Enseignant", []string{"enseignant", "professeur", "prof", "enseignante", "intervenant", "nom enseignant prenom", "enseignant nom et prenom", "professeurs", "enseignants"}}},
	{fTeachLast, "L’enseignant", words{"Enseignant, nom", []string{"nom enseignant", "nom professeur", "nom du prof", "enseignant nom"}}},
	{fTeachFirst, "L’enseignant", words{"Enseignant, prénom", []string{"prenom enseignant", "prenom professeur", "prenom du prof", "enseignant prenom"}}},
	{fPlaces, "Qui peut venir", words{"Places", []string{"places", "capacite", "effectif", "effectif max", "nb places", "nombre de places", "effectif maximum", "capacite max", "jauge"}}},
	{fAges, "Qui peut venir", words{"Âges (7–12)", []string{"age", "ages", "tranche age", "tranche d age", "public"}}},
	{fAgeMin, "Qui peut venir", words{"Âge, à partir de", []string{"age min", "age minimum", "age a partir de", "age mini", "a partir de"}}},
	{fAgeMax, "Qui peut venir", words{"Âge, jusqu’à", []string{"age max", "age maximum", "age jusqu a", "age maxi", "jusqu a"}}},
	{fLevels, "Qui peut venir", words{"Niveaux scolaires", []string{"niveaux", "niveau", "niveaux scolaires", "niveau scolaire", "classes", "classe"}}},
	{fWithout, "Qui peut venir", words{"Ouvert sans instrument", []string{"sans instrument", "ouvert sans instrument"}}},
	{fNoBeginner, "Qui peut venir", words{"Débutants non admis", []string{"non debutant", "non debutants", "debutants non admis", "debutant non admis"}}},
	{fBeginner, "Qui peut venir", words{"Débutants admis", []string{"debutants", "debutant", "debutants admis", "debutant admis", "ouvert aux debutants"}}},
}

// saidOfCourses maps what titles say to the field of a course.
var saidOfCourses = func() map[string]string {
	all := map[string]string{}
	for _, f := range courseFields {
		for _, said := range append([]string{f.label, f.code}, f.said...) {
			if key := titleKey(said); key != "" && all[key] == "" {
				all[key] = f.code
			}
		}
	}
	return all
}()

func fieldsOfCourses() []Field {
	var all []Field
	for _, f := range courseFields {
		all = append(all, Field{f.code, f.label, f.group})
	}
	return all
}
