package catalogue

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/journal"
	"pupitre/internal/domain/school"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
)

// Kinds are the kinds of course, in the order of screens.
var Kinds = []Kind{Eveil, Parcours, Instrument, Pratique, Culture}

// The fields of a course's form.
const (
	CourseTitle      = "intitule"
	CourseCode       = "reference"
	CourseKind       = "type"
	CourseDiscipline = "discipline"
	CourseSite       = "pole"
	CourseWeekday    = "jour"
	CourseStarts     = "debut"
	CourseEnds       = "fin"
	CourseRoom       = "salle"
	CourseTeacher    = "enseignant"
	CourseAgeMin     = "age_min"
	CourseAgeMax     = "age_max"
	CourseLevels     = "niveaux"
)

// SaveCourse makes the course (ID "") in the season or changes the one that was
// read at its Version, and returns its id. Its places are enrolment's to set,
// whose Registrar.SaveCourse calls this. It returns *fault.Invalid for what must
// be mended, *fault.Conflict when somebody has changed it since.
func SaveCourse(ctx context.Context, tx *db.Tx, a actor.Actor, now time.Time, season string, c Course) (string, error) {
	offer, err := Of(ctx, tx, season)
	if err != nil {
		return "", err
	}
	held, known := offer.Course(c.ID)
	if c.ID != "" && !known {
		return "", fmt.Errorf("course %s: %w", c.ID, fault.ErrNotFound)
	}
	if err := checkCourse(ctx, tx, offer, held, c); err != nil {
		return "", err
	}
	if !known {
		return makeCourse(ctx, tx, a, now, season, offer, c)
	}
	if err := held.Against(c.Version); err != nil {
		return "", err
	}
	c.Code = held.Code
	before, after := journal.Changes(offer.Differences(held, c)...)
	if after == "" {
		return c.ID, nil
	}
	if _, err := tx.Exec(ctx, `update course set title = $1, kind = $2, discipline = $3, site_id = $4, weekday = $5, starts = $6, ends = $7, room = $8, teacher = $9,
			without_instrument = $10, no_beginner = $11, age_min = $12, age_max = $13, levels = $14, version = version + 1, changed_at = $15, changed_by = $16 where id = $17`,
		c.Title, string(c.Kind), c.Discipline, c.SiteID, c.Weekday, c.Starts, c.Ends, c.Room, c.Teacher,
		c.WithoutInstrument, c.NoBeginner, c.AgeMin, c.AgeMax, writeList(c.Levels), now, a.Name, c.ID); err != nil {
		return "", fmt.Errorf("change course %s: %w", c.Code, err)
	}
	if err := school.Changed(ctx, tx); err != nil {
		return "", err
	}
	return c.ID, journal.Append(ctx, tx, journal.By(a, now, journal.Line{Event: "course.changed", Course: c.ID, Before: before, After: after}))
}

func makeCourse(ctx context.Context, tx *db.Tx, a actor.Actor, now time.Time, season string, offer Catalogue, c Course) (string, error) {
	if c.Code == "" {
		taken := map[string]bool{}
		for _, x := range offer.Courses {
			taken[french.Fold(x.Code)] = true
		}
		c.Code = strings.ToUpper(school.FreeCode(c.Title+" "+lastWord(offer.SiteName(c.SiteID)), taken))
	}
	c.ID = db.NewID()
	if _, err := tx.Exec(ctx, `insert into course
		(id, season_id, code, title, kind, discipline, site_id, weekday, starts, ends, room, teacher, without_instrument, no_beginner, age_min, age_max, levels, version, changed_at, changed_by)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, 1, $18, $19)`,
		c.ID, season, c.Code, c.Title, string(c.Kind), c.Discipline, c.SiteID, c.Weekday, c.Starts, c.Ends, c.Room, c.Teacher,
		c.WithoutInstrument, c.NoBeginner, c.AgeMin, c.AgeMax, writeList(c.Levels), now, a.Name); err != nil {
		return "", fmt.Errorf("make course %s: %w", c.Code, err)
	}
	if err := school.Changed(ctx, tx); err != nil {
		return "", err
	}
	return c.ID, journal.Append(ctx, tx, journal.By(a, now, journal.Line{Event: "course.made", Course: c.ID, After: c.Title + ", " + offer.SiteName(c.SiteID) + "\u202f: ajouté"}))
}

func lastWord(s string) string {
	words := strings.Fields(s)
	if len(words) == 0 {
		return ""
	}
	return words[len(words)-1]
}

var hourOfDay = regexp.MustCompile(`^([01][0-9]|2[0-3]):[0-5][0-9]$`)

// Unsound lists what the course cannot be, whatever the school holds.
func Unsound(c Course) []fault.Field {
	var k fault.Check
	k.That(c.Title != "", CourseTitle, "Écrivez l’intitulé du cours, par exemple «\u202fGuitare\u202f».")
	k.That(slices.Contains(Kinds, c.Kind), CourseKind, "Choisissez le type du cours.")
	for _, f := range [][2]string{{CourseTitle, c.Title}, {CourseCode, c.Code}, {CourseRoom, c.Room}} {
		k.That(utf8.RuneCountInString(f[1]) <= 120, f[0], "120 caractères au plus.")
	}
	checkSlot(&k, c)
	checkAges(&k, c.AgeMin, c.AgeMax)
	checkLevels(&k, c.Levels)
	if invalid, ok := k.Err().(*fault.Invalid); ok {
		return invalid.Fields
	}
	return nil
}

func checkCourse(ctx context.Context, r db.Reader, offer Catalogue, held, c Course) error {
	var k fault.Check
	for _, f := range Unsound(c) {
		k.Add(f.Name, f.Message)
	}
	k.That(offer.SiteName(c.SiteID) != "", CourseSite, "Choisissez le pôle où le cours est donné.")
	k.That(c.ID != "" || !slices.ContainsFunc(offer.Courses, func(x Course) bool { return c.Code != "" && french.Fold(x.Code) == french.Fold(c.Code) }),
		CourseCode, "Un cours porte déjà cette référence. Donnez-en une autre, ou laissez-la vide.")
	if c.Teacher != "" && c.Teacher != held.Teacher {
		teachers, err := Teachers(ctx, r)
		if err != nil {
			return err
		}
		k.That(slices.ContainsFunc(teachers, func(t Teacher) bool { return t.FullName() == c.Teacher }), CourseTeacher, "Choisissez un enseignant de la liste.")
	}
	if c.Discipline != "" && c.Discipline != held.Discipline {
		n, err := db.One[int64](ctx, r, `select count(*) from discipline where name = $1`, c.Discipline)
		if err != nil {
			return err
		}
		k.That(n > 0, CourseDiscipline, "Choisissez une discipline de la liste.")
	}
	return k.Err()
}

func checkSlot(k *fault.Check, c Course) {
	k.That(c.Weekday >= 0 && c.Weekday <= 7, CourseWeekday, "Choisissez un jour, ou «\u202fà fixer\u202f».")
	k.That(c.Starts == "" || hourOfDay.MatchString(c.Starts), CourseStarts, "Écrivez l’heure comme 17:30.")
	k.That(c.Ends == "" || hourOfDay.MatchString(c.Ends), CourseEnds, "Écrivez l’heure comme 18:30.")
	k.That(c.Starts != "" || c.Ends == "", CourseStarts, "Écrivez aussi l’heure de début.")
	k.That(c.Starts == "" || c.Weekday != 0, CourseWeekday, "Choisissez aussi le jour.")
	k.That(c.Starts == "" || c.Ends == "" || c.Ends > c.Starts, CourseEnds, "La fin vient après le début.")
}

func checkAges(k *fault.Check, from, to int64) {
	k.That(from >= 0 && from <= 120, CourseAgeMin, "Donnez un âge en années, par exemple 7.")
	k.That(to >= 0 && to <= 120, CourseAgeMax, "Donnez un âge en années, par exemple 17.")
	k.That(to == 0 || from <= to, CourseAgeMax, "L’âge le plus grand vient après le plus petit.")
}

func checkLevels(k *fault.Check, levels []string) {
	for _, l := range levels {
		k.That(slices.Contains(school.Levels, school.Level(l)), CourseLevels, "Choisissez les niveaux dans la liste.")
	}
}

// Differences are all the fields of two versions of a course, in words.
func (c Catalogue) Differences(was, is Course) []journal.Field {
	return []journal.Field{
		{Label: "intitulé", Before: was.Title, After: is.Title},
		{Label: "type", Before: was.Kind.French(), After: is.Kind.French()},
		{Label: "discipline", Before: was.Discipline, After: is.Discipline},
		{Label: "pôle", Before: c.SiteName(was.SiteID), After: c.SiteName(is.SiteID)},
		{Label: "horaire", Before: was.Span(), After: is.Span()},
		{Label: "salle", Before: was.Room, After: is.Room},
		{Label: "enseignant", Before: was.Teacher, After: is.Teacher},
		{Label: "ouvert sans instrument", Before: yesNo(was.WithoutInstrument), After: yesNo(is.WithoutInstrument)},
		{Label: "débutants", Before: yesNo(!was.NoBeginner), After: yesNo(!is.NoBeginner)},
		{Label: "âges", Before: Ages(was.AgeMin, was.AgeMax), After: Ages(is.AgeMin, is.AgeMax)},
		{Label: "niveaux", Before: LevelWords(was.Levels), After: LevelWords(is.Levels)},
	}
}

// Span writes when the course is given, from when to when: « mercredi, 15 h 00 – 15 h 45 ».
func (c Course) Span() string {
	s := c.Slot()
	if s != "" && c.Ends != "" {
		s += " – " + hour(c.Ends)
	}
	if s == "" && c.Weekday > 0 {
		s = french.Weekday(int(c.Weekday))
	}
	return s
}

func yesNo(b bool) string {
	if b {
		return "oui"
	}
	return "non"
}

// Ages writes bounds of age: « de 7 à 17 ans », "" without any.
func Ages(from, to int64) string {
	switch {
	case from > 0 && to > 0:
		return fmt.Sprintf("de %d à %d ans", from, to)
	case from > 0:
		return "à partir de " + strconv.FormatInt(from, 10) + " ans"
	case to > 0:
		return "jusqu’à " + strconv.FormatInt(to, 10) + " ans"
	default:
		return ""
	}
}

// LevelWords writes school levels: « 5e, 4e ou 3e », "" for all.
func LevelWords(levels []string) string {
	names := make([]string, len(levels))
	for i, l := range levels {
		names[i] = school.Level(l).French()
	}
	return orList(names)
}

// SameRules tells whether the two versions of a course are judged alike: they
// differ at most in what no rule reads.
func (c Course) SameRules(x Course) bool {
	return c.Kind == x.Kind && c.SiteID == x.SiteID && c.WithoutInstrument == x.WithoutInstrument && c.NoBeginner == x.NoBeginner &&
		c.AgeMin == x.AgeMin && c.AgeMax == x.AgeMax && slices.Equal(c.Levels, x.Levels) && slices.Equal(c.Semesters, x.Semesters) &&
		french.Fold(c.Title) == french.Fold(x.Title)
}

// WithCourse is the catalogue with the course in place of the one of its id, or added.
func (c Catalogue) WithCourse(x Course) Catalogue {
	c.Courses = slices.Clone(c.Courses)
	if i := slices.IndexFunc(c.Courses, func(y Course) bool { return y.ID == x.ID }); i >= 0 {
		c.Courses[i] = x
	} else {
		c.Courses = append(c.Courses, x)
	}
	return c
}

// DeleteCourse forgets a course that nobody has asked for: its caller has
// checked that, and has taken its offerings away.
func DeleteCourse(ctx context.Context, tx *db.Tx, a actor.Actor, now time.Time, c Course) error {
	if _, err := tx.Exec(ctx, `delete from course where id = $1`, c.ID); err != nil {
		return fmt.Errorf("delete course %s: %w", c.Code, err)
	}
	if err := school.Changed(ctx, tx); err != nil {
		return err
	}
	return journal.Append(ctx, tx, journal.By(a, now, journal.Line{Event: "course.removed", Course: c.ID, Before: c.Title + " (" + c.Code + ")", After: c.Title + "\u202f: retiré"}))
}
