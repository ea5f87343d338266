package importing

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"pupitre/internal/domain/catalogue"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/french"
	"pupitre/internal/platform/sheet"
)

// courseJudge judges the rows of a file of courses against a season's.
type courseJudge struct {
	*judge
	held *heldCourses

	vocabularies                        []*vocabulary
	disciplines, sites, rooms, teachers *vocabulary

	byID   map[string]*course
	byCode map[string]*course   // those of this file, by folded reference
	bySlot map[string][]*course // those that this file makes
	order  []*course
	counts Counts
}

// course is a course of the file: one that is held, or one to make.
type course struct {
	line   int // where it was met first
	known  bool
	before catalogue.Course
	now    catalogue.Course
	was    map[int64]int64 // places by semester, as they are held
	places map[int64]int64 // as they will be
	said   map[int64]int   // the line that says the places of a semester
}

// newSite is what stands for the id of a site that is made with the file.
const newSite = "+"

// judgeCourses returns what the rows would do, and every problem they have.
func judgeCourses(columns []Column, matching []string, answers map[string]Answer, rows []sheet.Row, h *heldCourses) coursePlan {
	j := &courseJudge{judge: newJudge(columns, matching, answers), held: h, byID: map[string]*course{}, byCode: map[string]*course{}, bySlot: map[string][]*course{}}
	tooLong := func(most int) func(string) string {
		return func(name string) string {
			if _, bad := text(most)(name); bad != nil || strings.Contains(name, "|") {
				return "ce nom ne peut pas être créé"
			}
			return ""
		}
	}
	j.disciplines = j.vocabulary(vocabulary{sort: fDiscipline, unknown: "Discipline inconnue", many: "disciplines inconnues", empty: "Laisser vide", names: h.disciplines, refuse: tooLong(80)})
	j.sites = j.vocabulary(vocabulary{sort: fSite, unknown: "Pôle inconnu", many: "pôles inconnus", names: h.siteNames(), by: h.siteKeys(), refuse: tooLong(100)})
	j.rooms = j.vocabulary(vocabulary{sort: fRoom, unknown: "Salle inconnue", many: "salles inconnues", empty: "Laisser vide", names: h.rooms, refuse: tooLong(120)})
	j.teachers = j.vocabulary(vocabulary{sort: fTeacher, unknown: "Enseignant inconnu", many: "personnes inconnues", empty: "Laisser sans enseignant", names: h.teacherNames(), by: h.teacherKeys(), key: teacherKey,
		refuse: func(name string) string {
			if last, first := splitTeacher(name); last == "" || first == "" {
				return "il faut un prénom et un nom pour le créer"
			}
			return tooLong(100)(name)
		}})
	if !slices.ContainsFunc([]string{fName, fDiscipline, fCode}, j.has) {
		j.note(Problem{What: "Aucune colonne n’est l’intitulé du cours, sa discipline ou sa référence\u202f: choisissez-la.", Blocks: true})
	} else {
		for _, row := range rows {
			j.row(&entry{row: row})
		}
	}
	for _, v := range j.vocabularies {
		v.askForAll(j.judge)
	}
	return j.plan(len(rows))
}

// row judges a line, whole: one that an answer leaves out has done nothing.
func (j *courseJudge) row(e *entry) {
	since := j.begin()
	typed := j.readCourse(e)
	if !e.skip && !j.blocked(since) && !typed.isEmpty() {
		if c := j.find(e, typed); c != nil && !e.skip {
			j.complete(e, c, typed)
		}
	}
	switch {
	case e.skip:
		j.leave(since)
		j.counts.Skipped++
	case j.blocked(since):
		j.counts.BlockedLines++
	}
}

// find is the course that the line means: that of its reference, else the one of
// the same discipline, teacher, day, hour and site; a new one when there is none.
// nil while that is a question.
func (j *courseJudge) find(e *entry, t typedCourse) *course {
	if t.code != "" {
		if c := j.byCode[french.Fold(t.code)]; c != nil {
			return c
		}
		if at, ok := j.held.byCode[french.Fold(t.code)]; ok {
			return j.heldCourse(e, j.held.offer.Courses[at])
		}
	}
	c := t.asCourse(catalogue.Course{})
	var same []catalogue.Course
	for _, at := range j.held.bySlot[slotKey(c)] {
		same = append(same, j.held.offer.Courses[at])
	}
	if like := alike(same, t); like != nil && (j.byID[like.ID] == nil || french.Fold(j.byID[like.ID].now.Title) == french.Fold(t.title)) {
		return j.heldCourse(e, *like)
	}
	for _, made := range j.bySlot[slotKey(c)] { // two titles of one file are two courses
		if french.Fold(made.now.Title) == french.Fold(or(t.title, t.discipline)) {
			return made
		}
	}
	return j.newCourse(e, t)
}

// alike is the one of those of the same slot that the line means; nil when none
// is. Without a day, or with a reference of its own, only the title tells.
func alike(same []catalogue.Course, t typedCourse) *catalogue.Course {
	for i := range same {
		if french.Fold(same[i].Title) == french.Fold(t.title) {
			return &same[i]
		}
	}
	if len(same) == 1 && t.code == "" && t.day != "" && t.starts != "" && t.discipline+t.teacher != "" {
		return &same[0]
	}
	return nil
}

func (j *courseJudge) heldCourse(e *entry, held catalogue.Course) *course {
	if c := j.byID[held.ID]; c != nil {
		return c
	}
	if !held.CancelledAt.IsZero() {
		if j.missing(e, fName, held.Title+", "+held.Code, "Ce cours est annulé\u202f: il ne se change plus", Way{asEmpty, "Le laisser tel quel"}) == "" {
			return nil
		}
	}
	c := &course{line: e.row.Line, known: true, before: held, now: held, was: map[int64]int64{}, places: map[int64]int64{}, said: map[int64]int{}}
	for _, s := range held.Semesters {
		n := j.held.placesOf(held.ID, s).Capacity
		c.was[s], c.places[s] = n, n
	}
	j.add(c)
	return c
}

func (j *courseJudge) add(c *course) {
	named(j.judge, j.byID, c.now.ID, c)
	taken(j.judge, &j.order)
	j.order = append(j.order, c)
	if c.now.Code != "" {
		named(j.judge, j.byCode, french.Fold(c.now.Code), c)
	}
	if !c.known {
		k := slotKey(c.now)
		named(j.judge, j.bySlot, k, append(slices.Clone(j.bySlot[k]), c))
	}
}

// newCourse makes the course of the line; what it must have is asked.
func (j *courseJudge) newCourse(e *entry, t typedCourse) *course {
	now := t.asCourse(catalogue.Course{ID: db.NewID(), Code: t.code})
	if now.Title == "" {
		now.Title = now.Discipline
	}
	if now.Title == "" {
		j.missing(e, fName, t.code, "L’intitulé d’un cours nouveau est obligatoire")
		return nil
	}
	if now.SiteID == "" {
		if now.SiteID = j.chosenSite(e); now.SiteID == "" {
			return nil
		}
	}
	if now.Kind == "" {
		if now.Kind = j.kindOf(e, now); now.Kind == "" {
			return nil
		}
	}
	if t.places == "" {
		if j.missing(e, fPlaces, "", "Un cours nouveau a un nombre de places", Way{asEmpty, "0 place, à compléter ensuite"}) == "" {
			return nil
		}
	}
	if !j.sound(e, catalogue.Course{}, now) {
		return nil
	}
	c := &course{line: e.row.Line, now: now, was: map[int64]int64{}, places: map[int64]int64{}, said: map[int64]int{}}
	j.add(c)
	return c
}

// chosenSite is the site of a line that says none: the only one there is, or the
// one that is answered.
func (j *courseJudge) chosenSite(e *entry) string {
	if len(j.held.offer.Sites) == 1 && len(j.sites.made) == 0 {
		return j.held.offer.Sites[0].ID
	}
	var ways []Way
	for _, s := range j.held.offer.Sites {
		ways = append(ways, Way{isSame + s.ID, "Tous à «\u202f" + s.Name + "\u202f»"})
	}
	id, _ := strings.CutPrefix(j.missing(e, fSite, "", "Le pôle où le cours est donné manque", ways...), isSame)
	if id == skipLines {
		return ""
	}
	return id
}

// kindOf is the type of a course that the file says none of: that of the held
// ones of its title, or the one that is answered.
func (j *courseJudge) kindOf(e *entry, c catalogue.Course) catalogue.Kind {
	if k := j.held.kinds[french.Fold(c.Title)]; k != "" {
		return k
	}
	var ways []Way
	for _, k := range kindsFor(c.Title + " " + c.Discipline) {
		ways = append(ways, Way{readAs + string(k), "Lire «\u202f" + k.French() + "\u202f»"})
	}
	answer := j.choose(e, "type manquant", or(j.title(fKind), j.title(fName)), c.Title, "Le type de ce cours n’est pas dit", append(ways, Way{skipLines, "Ne pas importer ces lignes"})...)
	if kind, ok := strings.CutPrefix(answer, readAs); ok {
		return catalogue.Kind(kind)
	}
	return ""
}

// sound notes what the course cannot be; its lines can only be left out.
func (j *courseJudge) sound(e *entry, held, now catalogue.Course) bool {
	for _, f := range catalogue.Unsound(now) {
		if !slices.Contains(catalogue.Unsound(held), f) {
			j.missing(e, f.Name, now.Title+" "+now.Starts+"–"+now.Ends+" "+catalogue.Ages(now.AgeMin, now.AgeMax), f.Message)
			return false
		}
	}
	return true
}

// complete puts what the line says of the course into it: a cell that is empty
// changes nothing, and the first line of a course counts; another one may say
// its places in another semester.
func (j *courseJudge) complete(e *entry, c *course, t typedCourse) {
	if !c.now.CancelledAt.IsZero() {
		return
	}
	taken(j.judge, c)
	c.places, c.said = maps.Clone(c.places), maps.Clone(c.said)
	first := c.line == e.row.Line && len(c.said) == 0
	if first && c.known {
		now := t.asCourse(c.now)
		if !j.sound(e, c.now, now) {
			return
		}
		c.now = now
	}
	for _, s := range j.semestersOf(c, t) {
		if line := c.said[s]; line > 0 {
			j.tell(e, j.title(firstOf(j.judge, fCode, fName, fDiscipline)), c.now.Title, "Déjà ligne "+itoa(line)+"\u202f: une seule est importée")
			return
		}
		c.said[s] = e.row.Line
		j.setPlaces(e, c, t, s)
	}
}

// semestersOf are those that the line is about.
func (j *courseJudge) semestersOf(c *course, t typedCourse) []int64 {
	switch {
	case len(t.semesters) > 0:
		return t.semesters
	case len(c.places) > 0:
		return slices.Sorted(maps.Keys(c.places))
	default:
		return []int64{0}
	}
}

// setPlaces sets the places of the course in the semester, as the line says.
func (j *courseJudge) setPlaces(e *entry, c *course, t typedCourse, s int64) {
	n, held := c.places[s]
	if t.places != "" {
		n, _ = strconv.ParseInt(t.places, 10, 64)
	}
	if !held && !j.maySemester(e, c, s) {
		return
	}
	if stands := j.held.placesOf(c.now.ID, s); c.known && n < stands.Taken {
		column, value := j.title(fPlaces), c.now.Title+", "+c.now.Code
		switch j.choose(e, "places prises "+strconv.FormatInt(s, 10), column, value, french.Count(stands.Taken, "place est prise ou proposée", "places sont prises ou proposées")+"\u202f: "+t.places+" n’en laisse pas assez",
			Way{update, "Mettre " + strconv.FormatInt(stands.Taken, 10) + ", ce qui est pris"}, Way{keep, "Laisser " + strconv.FormatInt(stands.Capacity, 10)}, Way{skipLines, "Ne pas importer ces lignes"}) {
		case update:
			n = stands.Taken
		case keep:
			n = stands.Capacity
		default:
			return
		}
	}
	c.places[s] = n
}

// maySemester makes room for a semester that the course does not have: a course
// is given in the whole year or by semesters, and one that somebody has asked
// for stays as it is.
func (j *courseJudge) maySemester(e *entry, c *course, s int64) bool {
	var otherwise []int64
	for other := range c.places {
		if (other == 0) != (s == 0) {
			otherwise = append(otherwise, other)
		}
	}
	slices.Sort(otherwise)
	for _, other := range otherwise {
		if c.said[other] > 0 && c.said[other] != e.row.Line || j.held.asked[offeringOf(c.now.ID, other)] {
			j.missing(e, fSemester, c.now.Title+", "+c.now.Code, "Ce cours est "+semesterWords(other)+", et des élèves l’ont demandé ainsi", Way{asEmpty, "Laisser ses semestres tels quels"})
			return false
		}
	}
	for _, other := range otherwise {
		delete(c.places, other)
	}
	return true
}
