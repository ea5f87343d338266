package folder

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

var householdColumns = slices.Concat(
	optional("identifiant", "civilite"),
	required("nom", "prenom"),
	optional("adresse", "complement", "code_postal", "ville", "telephone_mobile", "telephone_fixe"),
	required("email"))

var identifierForm = regexp.MustCompile(`^[\pL\d][\pL\d._'’-]{2,39}$`)

func (r *reader) readHouseholds() {
	byIdentifier, byPerson := map[string]int{}, map[string]Household{}
	for _, w := range r.rows(HouseholdsFile, householdColumns) {
		h := Household{
			Line: w.line, Identifier: w.str("identifiant", maxCode), Civility: w.civility(),
			LastName: w.need("nom", maxName), FirstName: w.need("prenom", maxName),
			Address: w.str("adresse", maxText), Complement: w.str("complement", maxText),
			PostalCode: w.postalCode("code_postal"), City: w.str("ville", maxName),
			Mobile: w.phone("telephone_mobile"), Landline: w.phone("telephone_fixe"), Email: w.email("email"),
		}
		if h.Identifier != "" && !identifierForm.MatchString(h.Identifier) {
			w.fail("identifiant", "« "+h.Identifier+" » : un identifiant a de 3 à 40 lettres, chiffres, points ou tirets, sans espace.")
		} else if line, ok := byIdentifier[fold(h.Identifier)]; ok {
			w.fail("identifiant", fmt.Sprintf("L’identifiant « %s » est déjà à la ligne %d.", h.Identifier, line))
		} else if h.Identifier != "" {
			byIdentifier[fold(h.Identifier)] = w.line
		}
		person := folded(h.LastName, h.FirstName, h.Email)
		if first, ok := byPerson[person]; ok && h.LastName != "" && (h.Identifier == "" || first.Identifier == "") {
			w.fail("nom", fmt.Sprintf("Cette famille (même nom, même prénom, même adresse mail) est déjà à la ligne %d.", first.Line))
		} else if !ok || h.Identifier == "" {
			byPerson[person] = h
		}
		r.folder.Households = append(r.folder.Households, h)
	}
}

func (w row) civility() string {
	v := w.str("civilite", maxCode)
	switch strings.TrimSuffix(fold(v), ".") {
	case "":
		return ""
	case "m", "mr", "monsieur":
		return "M."
	case "mme", "madame", "mlle", "mademoiselle":
		return "Mme"
	}
	w.fail("civilite", "« "+v+" » : écrivez M. ou Mme.")
	return ""
}

var pupilColumns = slices.Concat(
	required("famille", "nom", "prenom", "date_naissance", "niveau_scolaire"),
	optional("cours_actuels", "debutant"))

func (r *reader) readPupils() {
	find := householdFinder(r.folder.Households)
	seen, codes := map[string]int{}, map[string]string{}
	for _, c := range r.folder.Courses {
		codes[fold(c.Code)] = c.Code
	}
	for _, w := range r.rows(PupilsFile, pupilColumns) {
		p := Pupil{
			Line: w.line, Households: w.households(find), LastName: w.need("nom", maxName), FirstName: w.need("prenom", maxName),
			BirthDate: w.date("date_naissance"), Level: w.level("niveau_scolaire"), CurrentCourses: w.courses("cours_actuels", codes), Beginner: w.yes("debutant"),
		}
		start := r.folder.School.Season.Start
		if !start.IsZero() && p.BirthDate.After(start) {
			w.fail("date_naissance", "Cette date de naissance est après le début de la saison.")
		}
		if len(p.Households) > 0 {
			p.SameAsResponsible = sameAsResponsible(p, r.folder.Households[p.Households[0]], start)
			key := fmt.Sprint(p.Households[0], folded(p.LastName, p.FirstName), p.BirthDate)
			if line, ok := seen[key]; ok {
				w.fail("prenom", fmt.Sprintf("Cet élève est déjà à la ligne %d.", line))
			}
			seen[key] = w.line
			if w.cells["date_naissance"] == "" && w.has("date_naissance") && !p.SameAsResponsible {
				w.fail("date_naissance", "La date de naissance est obligatoire (sauf pour l’adulte qui est aussi le responsable de la famille).")
			}
		}
		r.folder.Pupils = append(r.folder.Pupils, p)
	}
}

// sameAsResponsible: same nom and prénom as the family, and of age or without date of birth.
func sameAsResponsible(p Pupil, h Household, seasonStart time.Time) bool {
	return folded(p.LastName, p.FirstName) == folded(h.LastName, h.FirstName) &&
		(p.BirthDate.IsZero() || !p.BirthDate.AddDate(18, 0, 0).After(seasonStart))
}

// householdFinder returns the indexes of the households that a famille cell may mean.
func householdFinder(households []Household) func(string) []int {
	byIdentifier, byName := map[string][]int{}, map[string][]int{}
	for i, h := range households {
		if h.Identifier != "" {
			byIdentifier[fold(h.Identifier)] = append(byIdentifier[fold(h.Identifier)], i)
		}
		byName[fold(h.LastName)] = append(byName[fold(h.LastName)], i)
	}
	return func(v string) []int {
		if found := byIdentifier[fold(v)]; len(found) > 0 {
			return found[:1]
		}
		return byName[fold(v)]
	}
}

func (w row) households(find func(string) []int) []int {
	w.need("famille", 2*maxText)
	var indexes []int
	for _, v := range w.list("famille") {
		switch found := find(v); {
		case len(found) == 0:
			w.fail("famille", "Aucune famille n’a l’identifiant ou le nom « "+v+" » dans "+HouseholdsFile+".")
		case len(found) > 1:
			w.fail("famille", fmt.Sprintf("%d familles s’appellent « %s » : mettez l’identifiant.", len(found), v))
		case slices.Contains(indexes, found[0]):
			w.fail("famille", "La famille « "+v+" » est là deux fois.")
		default:
			indexes = append(indexes, found[0])
		}
	}
	return indexes
}

func (w row) level(col string) string {
	v := w.str(col, maxCode)
	if v == "" {
		return ""
	}
	l := w.folder.School.level(v)
	if l == "" {
		w.unknownLevel(col, v)
	}
	return l
}

func (w row) levels(col string) (levels []string) {
	for _, v := range w.list(col) {
		if l := w.folder.School.level(v); l != "" {
			levels = append(levels, l)
		} else {
			w.unknownLevel(col, v)
		}
	}
	return levels
}

func (w row) unknownLevel(col, v string) {
	w.fail(col, "« "+v+" » n’est pas un niveau de l’école : "+strings.Join(w.folder.School.Levels, ", ")+".")
}

// courses returns the codes as cours.csv writes them; known maps their folded forms.
func (w row) courses(col string, known map[string]string) (codes []string) {
	for _, v := range w.list(col) {
		code, ok := known[fold(v)]
		switch {
		case !ok:
			w.fail(col, "« "+v+" » : ce cours n’est pas dans "+CoursesFile+".")
		case !slices.Contains(codes, code):
			codes = append(codes, code)
		}
	}
	return codes
}

var courseColumns = slices.Concat(
	required("code", "intitule", "type", "discipline", "pole", "places"),
	optional("semestre", "jour", "debut", "fin", "salle", "enseignant", "sans_instrument", "non_debutant", "age_min", "age_max", "niveaux"))

func (r *reader) readCourses() {
	find := teacherFinder(r.folder.Teachers)
	seen := map[string]int{}
	for _, w := range r.rows(CoursesFile, courseColumns) {
		c := Course{
			Line: w.line, Code: w.code(), Title: w.need("intitule", maxText), Type: w.courseType(), Discipline: w.str("discipline", maxName),
			Site: w.site(), Places: w.places(), Semesters: w.semesters(), Day: w.weekday("jour"), Start: w.hour("debut"), End: w.hour("fin"),
			Room: w.str("salle", maxName), Teacher: w.teacher(find), OpenWithoutInstrument: w.isYes("sans_instrument"), NoBeginners: w.isYes("non_debutant"),
			AgeMin: w.number("age_min", 120), AgeMax: w.number("age_max", 120), Levels: w.levels("niveaux"),
		}
		if line, ok := seen[fold(c.Code)]; ok && c.Code != "" {
			w.fail("code", fmt.Sprintf("Le code « %s » est déjà à la ligne %d.", c.Code, line))
		} else {
			seen[fold(c.Code)] = w.line
		}
		w.checkCourse(c)
		r.folder.Courses = append(r.folder.Courses, c)
	}
}

func (w row) checkCourse(c Course) {
	if c.AgeMax > 0 && c.AgeMin > c.AgeMax {
		w.fail("age_max", "L’âge maximal est plus petit que l’âge minimal.")
	}
	if c.End != "" && c.Start == "" || c.Start != "" && c.End == "" {
		w.fail("fin", "Un cours a une heure de début et une heure de fin, ou aucune des deux.")
	} else if c.End < c.Start || c.End != "" && c.End == c.Start {
		w.fail("fin", "L’heure de fin est avant l’heure de début.")
	}
	if c.Type == Instrument && c.Discipline == "" && w.has("discipline") {
		w.fail("discipline", "Un cours d’instrument a une discipline.")
	}
	if c.Teacher < 0 || c.Discipline == "" {
		return
	}
	t := w.folder.Teachers[c.Teacher]
	if len(t.Disciplines) > 0 && !slices.ContainsFunc(t.Disciplines, func(d string) bool { return fold(d) == fold(c.Discipline) }) {
		w.warn(CoursesFile, w.line, "enseignant", fmt.Sprintf("%s %s n’a pas la discipline « %s » dans %s.", t.FirstName, t.LastName, c.Discipline, TeachersFile))
	}
}

func (w row) code() string {
	v := w.need("code", maxCode)
	if strings.ContainsAny(v, " |;,") {
		w.fail("code", "« "+v+" » : un code s’écrit sans espace, sans virgule, sans point-virgule et sans barre.")
	}
	return v
}

func (w row) courseType() string {
	v := w.need("type", maxCode)
	types := []string{Eveil, Parcours, Instrument, Practice, Culture}
	if v != "" && !slices.Contains(types, fold(v)) {
		w.fail("type", "« "+v+" » n’est pas un type de cours : "+strings.Join(types, ", ")+".")
		return ""
	}
	return fold(v)
}

func (w row) site() string {
	v := w.need("pole", maxName)
	var names []string
	for _, s := range w.folder.School.Sites {
		if fold(v) == fold(s.Code) || fold(v) == fold(s.Name) {
			return s.Code
		}
		names = append(names, s.Code)
	}
	if v != "" && len(names) > 0 {
		w.fail("pole", "« "+v+" » n’est pas un pôle de l’école : "+strings.Join(names, ", ")+".")
	}
	return ""
}

func (w row) places() int {
	w.need("places", maxCode)
	return w.number("places", 9999)
}

func (w row) semesters() (semesters []int) {
	for _, v := range w.list("semestre") {
		n, err := strconv.Atoi(v)
		if err != nil || n < 1 || n > 2 || slices.Contains(semesters, n) {
			w.fail("semestre", "« "+w.cells["semestre"]+" » : laissez vide pour l’année, ou écrivez 1, 2 ou 1|2.")
			return nil
		}
		semesters = append(semesters, n)
	}
	slices.Sort(semesters)
	return semesters
}

// teacherFinder returns the indexes of the teachers that an enseignant cell may
// mean: « prénom nom », « nom prénom », or the nom alone.
func teacherFinder(teachers []Teacher) func(string) []int {
	byName := map[string][]int{}
	for i, t := range teachers {
		for _, key := range []string{t.FirstName + " " + t.LastName, t.LastName + " " + t.FirstName, t.LastName} {
			byName[fold(key)] = append(byName[fold(key)], i)
		}
	}
	return func(v string) []int { return byName[fold(v)] }
}

func (w row) teacher(find func(string) []int) int {
	v := w.str("enseignant", maxText)
	if v == "" {
		return -1
	}
	switch found := find(v); len(found) {
	case 1:
		return found[0]
	case 0:
		w.fail("enseignant", "« "+v+" » n’est pas dans "+TeachersFile+".")
	default:
		w.fail("enseignant", "Plusieurs enseignants s’appellent « "+v+" » : mettez le prénom et le nom.")
	}
	return -1
}

var teacherColumns = slices.Concat(required("nom", "prenom"), optional("email", "disciplines"))

func (r *reader) readTeachers() {
	seen := map[string]int{}
	for _, w := range r.rows(TeachersFile, teacherColumns) {
		t := Teacher{Line: w.line, LastName: w.need("nom", maxName), FirstName: w.need("prenom", maxName), Email: w.email("email"), Disciplines: w.list("disciplines")}
		if line, ok := seen[folded(t.LastName, t.FirstName)]; ok {
			w.fail("nom", fmt.Sprintf("Cet enseignant est déjà à la ligne %d.", line))
		}
		seen[folded(t.LastName, t.FirstName)] = w.line
		r.folder.Teachers = append(r.folder.Teachers, t)
	}
}
