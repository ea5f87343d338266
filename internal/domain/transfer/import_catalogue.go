package transfer

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"pupitre/internal/domain/catalogue"
	"pupitre/internal/domain/document"
	"pupitre/internal/domain/enrolment"
	"pupitre/internal/domain/school"
	"pupitre/internal/domain/transfer/folder"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/french"
)

// levels turns the school's words into codes; one that is none is a problem.
func (im *importer) levels(file string, line int, words []string) []string {
	var codes []string
	for _, w := range words {
		code := levelCode(w)
		if code == "" {
			im.problem(file, line, "niveaux", "Le niveau « "+w+" » n’est pas de ceux que l’école peut choisir.")
		}
		codes = append(codes, string(code))
	}
	return codes
}

func levelCode(word string) school.Level { return levelByWord[french.Fold(word)] }

// levelByWord knows a level by its French word and by its code.
var levelByWord = func() map[string]school.Level {
	all := map[string]school.Level{}
	for _, l := range school.Levels {
		all[french.Fold(l.French())], all[french.Fold(string(l))] = l, l
	}
	return all
}()

type programmeFields struct {
	Title    string           `json:"intitule"`
	Message  string           `json:"message"`
	AgeMin   int64            `json:"age_min"`
	AgeMax   int64            `json:"age_max"`
	Levels   []string         `json:"niveaux"`
	Position int64            `json:"position"`
	Lines    []catalogue.Line `json:"lignes"`
}

func (im *importer) programmes() error {
	all, err := catalogue.Of(im.ctx, im.tx, im.season.ID)
	if err != nil {
		return err
	}
	heldNow, ids := map[string]programmeFields{}, map[string]string{}
	for _, p := range all.Programmes {
		ids[p.Code] = p.ID
		heldNow[p.Code] = programmeFields{p.Title, p.Message, p.AgeMin, p.AgeMax, p.Levels, p.Position, p.Lines}
	}
	for i, p := range im.folder.School.Programmes {
		in := programmeFields{p.Title, strings.TrimSpace(p.Message), int64(p.AgeMin), int64(p.AgeMax), im.levels(folder.SchoolFile, 0, p.Levels), int64(i), im.lines(p.Lines)}
		t := thing{kind: "programme", key: im.season.Name + "/" + p.Code, id: ids[p.Code], what: "formules", name: p.Title, file: folder.SchoolFile}
		if t.id == "" && im.removed(t) {
			continue
		}
		f, c := settle(im, t, of(heldNow, p.Code), in)
		if c == unchanged {
			continue
		}
		id, err := catalogue.PutProgramme(im.ctx, im.tx, im.season.ID, catalogue.Programme{Code: p.Code, Title: f.Title, Message: f.Message,
			AgeMin: f.AgeMin, AgeMax: f.AgeMax, Levels: f.Levels, Position: f.Position, Lines: f.Lines})
		if err != nil {
			return err
		}
		keepAs(im, t, id, in)
	}
	return nil
}

func (im *importer) lines(in []folder.Line) []catalogue.Line {
	var lines []catalogue.Line
	for _, l := range in {
		most := int64(l.Max)
		if most == 0 {
			most = catalogue.Unbounded
		}
		var kinds []catalogue.Kind
		for _, k := range l.Types {
			kinds = append(kinds, catalogue.Kind(k))
		}
		lines = append(lines, catalogue.Line{Label: l.Title, Kinds: kinds, Min: int64(l.Min), Max: most, Levels: im.levels(folder.SchoolFile, 0, l.Levels),
			Semester: int64(l.Semester), DistinctTitles: l.Different, WithoutInstrument: l.OpenWithoutInstrument})
	}
	return lines
}

type paperFields struct {
	Name        string `json:"nom"`
	Audience    string `json:"pour"`
	Required    bool   `json:"obligatoire"`
	Condition   string `json:"condition"`
	Validity    string `json:"validite"`
	Help        string `json:"aide"`
	Consequence string `json:"consequence"`
	Template    string `json:"modele"`
	Position    int64  `json:"position"`
}

func (im *importer) papers() error {
	all, err := document.Papers(im.ctx, im.tx, im.season.ID)
	if err != nil {
		return err
	}
	heldNow := map[string]paperFields{}
	for _, p := range all {
		heldNow[p.Code] = paperFields{p.Name, string(p.Audience), p.Required, p.Condition, p.Validity, p.Help, p.Consequence, p.Template, p.Position}
	}
	for i, p := range im.folder.School.Pieces {
		in := im.paper(p, int64(i))
		t := thing{kind: "paper", key: im.season.Name + "/" + p.Code, id: p.Code, what: "pièces", name: p.Name, file: folder.SchoolFile}
		f, c := settle(im, t, of(heldNow, p.Code), in)
		if c == unchanged {
			continue
		}
		if err := document.PutPaper(im.ctx, im.tx, im.season.ID, document.Paper{Code: p.Code, Name: f.Name, Audience: document.Audience(f.Audience), Required: f.Required,
			Condition: f.Condition, Validity: f.Validity, Help: f.Help, Consequence: f.Consequence, Template: f.Template, Position: f.Position}); err != nil {
			return err
		}
	}
	return nil
}

// paper: the form that stands for the choice of courses is asked, and
// required, only of those who hand their choice in on paper (R20a).
func (im *importer) paper(p folder.Piece, position int64) paperFields {
	f := paperFields{Name: p.Name, Audience: string(document.OfHousehold), Required: p.Required, Validity: "season",
		Help: strings.TrimSpace(p.Help), Consequence: strings.TrimSpace(p.Consequence), Template: templates[p.Template], Position: position}
	if p.For == folder.ForPupil {
		f.Audience = string(document.OfPupil)
	}
	if p.Validity == folder.ValidPermanent {
		f.Validity = "standing"
	}
	switch {
	case f.Template == "pedagogical":
		f.Condition, f.Required = "on_paper", true
	case p.Condition != "" && p.Condition == im.debit:
		f.Condition = "debit"
	case p.Condition != "":
		im.problem(folder.SchoolFile, 0, "pieces", "La pièce « "+p.Code+" » : seule une pièce du prélèvement peut dépendre d’un moyen de paiement.")
	}
	return f
}

var templates = map[string]string{"": "", "mandat": "mandate", "formulaire": "pedagogical"}

type teacherFields struct {
	Email       string `json:"email"`
	Disciplines string `json:"disciplines"`
}

func (im *importer) teachers() error {
	all, err := catalogue.Teachers(im.ctx, im.tx)
	if err != nil {
		return err
	}
	byName, byID := map[string]catalogue.Teacher{}, map[string]catalogue.Teacher{}
	for _, t := range all {
		byName[french.Fold(t.LastName+"/"+t.FirstName)], byID[t.ID] = t, t
	}
	for _, in := range im.folder.Teachers {
		key := french.Fold(in.LastName + "/" + in.FirstName)
		held, known := byID[im.memory.entity("teacher", key)] // whose name may have changed on screen
		if !known {
			held, known = byName[key]
		}
		t := thing{kind: "teacher", key: key, id: held.ID, what: "enseignants", name: in.FirstName + " " + in.LastName, file: folder.TeachersFile, line: in.Line}
		if !known && im.removed(t) {
			im.teacherOf = append(im.teacherOf, "")
			continue
		}
		var now *teacherFields
		if known {
			now = &teacherFields{held.Email, held.Disciplines}
		} else {
			held.LastName, held.FirstName = in.LastName, in.FirstName
		}
		im.teacherOf = append(im.teacherOf, held.FullName())
		incoming := teacherFields{in.Email, strings.Join(in.Disciplines, "|")}
		f, c := settle(im, t, now, incoming)
		if c == unchanged {
			continue
		}
		held.Email, held.Disciplines = f.Email, f.Disciplines
		id, err := catalogue.PutTeacher(im.ctx, im.tx, held)
		if err != nil {
			return err
		}
		keepAs(im, t, id, incoming)
	}
	return nil
}

type courseFields struct {
	Title             string   `json:"intitule"`
	Kind              string   `json:"type"`
	Discipline        string   `json:"discipline"`
	Site              string   `json:"pole"`
	Places            []places `json:"places"`
	Weekday           int64    `json:"jour"`
	Starts            string   `json:"debut"`
	Ends              string   `json:"fin"`
	Room              string   `json:"salle"`
	Teacher           string   `json:"enseignant"`
	WithoutInstrument bool     `json:"sans_instrument"`
	NoBeginner        bool     `json:"non_debutant"`
	AgeMin            int64    `json:"age_min"`
	AgeMax            int64    `json:"age_max"`
	Levels            []string `json:"niveaux"`
}

// places is how many places a course has in a semester (0: the whole year).
type places struct {
	Semester int64 `json:"semestre"`
	Capacity int64 `json:"places"`
}

// offering is the places of a course in a semester, and whether anyone asked for one.
type offering struct {
	Course   string `db:"course_id"`
	Semester int64  `db:"semester"`
	Capacity int64  `db:"capacity"`
	Asked    int64  `db:"asked"`
}

func offerings(ctx context.Context, r db.Reader, season string) (map[string][]offering, error) {
	rows, err := db.All[offering](ctx, r, `select o.course_id, o.semester, o.capacity,
			(select count(*) from request q where q.offering_id = o.id and q.state in ('place', 'waiting', 'offered')) as asked
		from offering o where o.season_id = $1 order by o.course_id, o.semester`, season)
	all := map[string][]offering{}
	for _, row := range rows {
		all[row.Course] = append(all[row.Course], row)
	}
	return all, err
}

func placesOf(offered []offering) []places {
	var all []places
	for _, o := range offered {
		all = append(all, places{o.Semester, o.Capacity})
	}
	return all
}

func (im *importer) courses() error {
	all, err := catalogue.Of(im.ctx, im.tx, im.season.ID)
	if err != nil {
		return err
	}
	offered, err := offerings(im.ctx, im.tx, im.season.ID)
	if err != nil {
		return err
	}
	heldNow := map[string]catalogue.Course{}
	for _, c := range all.Courses {
		heldNow[french.Fold(c.Code)] = c
	}
	codes := map[string]string{}
	for code, id := range im.sites {
		codes[id] = code
	}
	for _, in := range im.folder.Courses {
		key := french.Fold(in.Code)
		course, known := heldNow[key]
		t := thing{kind: "course", key: im.season.Name + "/" + key, id: course.ID, what: "cours", name: in.Title + " (" + in.Code + ")", file: folder.CoursesFile, line: in.Line}
		var now *courseFields
		if known {
			now = &courseFields{course.Title, string(course.Kind), course.Discipline, codes[course.SiteID], placesOf(offered[course.ID]), course.Weekday, course.Starts, course.Ends,
				course.Room, course.Teacher, course.WithoutInstrument, course.NoBeginner, course.AgeMin, course.AgeMax, course.Levels}
		} else {
			if im.removed(t) {
				continue
			}
			course.Code = in.Code
		}
		if im.sites[in.Site] == "" {
			im.problem(folder.CoursesFile, in.Line, "pole", "Le pôle « "+in.Site+" » a été retiré à l’écran : ajoutez-le à l’écran, ou donnez au cours un autre pôle.")
			continue
		}
		incoming := im.course(in)
		f, c := settle(im, t, now, incoming)
		if c == unchanged {
			continue
		}
		if t.id, err = im.putCourse(course, f); err != nil {
			return err
		}
		keepAs(im, t, t.id, incoming)
		if err := im.putPlaces(t, offered[t.id], f.Places); err != nil {
			return err
		}
	}
	return nil
}

func (im *importer) course(in folder.Course) courseFields {
	teacher := ""
	if in.Teacher >= 0 {
		teacher = im.teacherOf[in.Teacher]
	}
	semesters := in.Semesters
	if len(semesters) == 0 {
		semesters = []int{0}
	}
	var all []places
	for _, s := range semesters {
		all = append(all, places{int64(s), int64(in.Places)})
	}
	return courseFields{in.Title, in.Type, in.Discipline, in.Site, all, int64(in.Day), in.Start, in.End, in.Room, teacher,
		in.OpenWithoutInstrument, in.NoBeginners, int64(in.AgeMin), int64(in.AgeMax), im.levels(folder.CoursesFile, in.Line, in.Levels)}
}

func (im *importer) putCourse(c catalogue.Course, f courseFields) (string, error) {
	c.Title, c.Kind, c.Discipline, c.SiteID = f.Title, catalogue.Kind(f.Kind), f.Discipline, im.sites[f.Site]
	c.Weekday, c.Starts, c.Ends, c.Room, c.Teacher = f.Weekday, f.Starts, f.Ends, f.Room, f.Teacher
	c.WithoutInstrument, c.NoBeginner, c.AgeMin, c.AgeMax, c.Levels = f.WithoutInstrument, f.NoBeginner, f.AgeMin, f.AgeMax, f.Levels
	return catalogue.PutCourse(im.ctx, im.tx, im.season.ID, c)
}

// putPlaces sets the capacities that changed. Where places were asked for
// already, only the registrar may change them; a semester that is no longer in
// the file keeps its places.
func (im *importer) putPlaces(t thing, now []offering, next []places) error {
	for _, p := range next {
		i := slices.IndexFunc(now, func(o offering) bool { return o.Semester == p.Semester })
		switch {
		case i >= 0 && now[i].Capacity == p.Capacity:
			continue
		case i >= 0 && now[i].Asked > 0:
			im.warn(t.file, t.line, "places", fmt.Sprintf("%s : des places sont déjà demandées, leur nombre se change à l’écran. Il reste %d.", t.name, now[i].Capacity))
			continue
		}
		if err := enrolment.PutOffering(im.ctx, im.tx, im.season.ID, t.id, p.Semester, p.Capacity); err != nil {
			return err
		}
	}
	for _, o := range now {
		if !slices.ContainsFunc(next, func(p places) bool { return p.Semester == o.Semester }) {
			im.warn(t.file, t.line, "semestre", fmt.Sprintf("%s est déjà proposé %s : mettez-y 0 place à l’écran plutôt que de l’ôter du fichier.", t.name, semesterWords(o.Semester)))
		}
	}
	return nil
}

func (im *importer) warn(file string, line int, column, message string) {
	im.report.Warnings = append(im.report.Warnings, folder.Problem{File: file, Line: line, Column: column, Message: message})
}

func semesterWords(semester int64) string {
	if semester == 0 {
		return "à l’année"
	}
	return fmt.Sprintf("au semestre %d", semester)
}
