package importing

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"pupitre/internal/domain/catalogue"
	"pupitre/internal/domain/enrolment"
	"pupitre/internal/domain/school"
	"pupitre/internal/platform/sheet"
)

// smallOffer has two sites, three teachers, two instruments, and an orchestra of
// which all places but one are taken while two wait.
func smallOffer() *heldCourses {
	h := &heldCourses{season: school.Season{ID: "s", IsCurrent: true},
		disciplines: []string{"Guitare", "Piano", "Violon"}, rooms: []string{"Salle 1", "Salle 2", "Auditorium"},
		teachers: []catalogue.Teacher{{ID: "t1", LastName: "Durand", FirstName: "Anne"}, {ID: "t2", LastName: "Le Goff", FirstName: "Yann"}, {ID: "t3", LastName: "Durand", FirstName: "Paul"}},
		offer:    catalogue.Catalogue{Sites: []catalogue.Site{{ID: "l", Name: "Pôle Loire", Town: "Le Pallet"}, {ID: "v", Name: "Pôle Sèvre", Town: "Clisson"}}},
		places: map[string]enrolment.Places{
			"g/0": {Capacity: 12, Taken: 5}, "o/1": {Capacity: 20, Taken: 19, Waiting: 2}, "o/2": {Capacity: 20, Taken: 3}, "x/0": {Capacity: 4},
		},
		asked: map[string]bool{"g/0": true, "o/1": true}, siteCodes: map[string]string{"L": "Pôle Loire"},
	}
	h.offer.Courses = []catalogue.Course{
		{ID: "g", Code: "L-GUITARE", Title: "Guitare", Kind: catalogue.Instrument, Discipline: "Guitare", SiteID: "l", Weekday: 2, Starts: "17:30", Ends: "18:15", Room: "Salle 1", Teacher: "Anne Durand", Semesters: []int64{0}},
		{ID: "o", Code: "L-ORCH", Title: "Orchestre junior", Kind: catalogue.Pratique, SiteID: "l", Weekday: 6, Starts: "10:00", Room: "Auditorium", AgeMin: 9, AgeMax: 12, Levels: []string{"CM1", "CM2"}, Semesters: []int64{1, 2}},
		{ID: "x", Code: "V-PIANO", Title: "Piano", Kind: catalogue.Instrument, Discipline: "Piano", SiteID: "v", Semesters: []int64{0}, CancelledAt: time.Unix(1, 0)},
	}
	h.see()
	return h
}

func taught(text string, answers map[string]Answer) coursePlan {
	columns, rows := table(text)
	var header []string
	for _, c := range columns {
		header = append(header, c.Title)
	}
	return judgeCourses(columns, Recognise(Courses, header), answers, rows, smallOffer())
}

const courseHead = "Discipline;Intitulé;Type;Pôle;Salle;Enseignant;Jour;Horaire;Semestre;Âges;Niveaux;Places;Code\n"

func TestWhatAFileOfCoursesWouldDo(t *testing.T) {
	const known = " / 0?Déjà connus, avec d’autres valeurs que le fichier"
	for _, row := range []struct {
		name, file, want string
		answers          map[string]string // « sort|value » → code
	}{
		{"a new course", courseHead + "Violon;Violon;instrument;Loire;salle 2;LE GOFF Yann;mardi;17h30–18h15;;7–12;CP au CM2;4;", "2+cours Violon, Pôle Loire", nil},
		{"all is known already, however it is written", courseHead + "guitare;GUITARE;Instrument;le pallet;SALLE 1;Mme DURAND Anne;mar.;17 h 30 à 18 h 15;;;;12;l-guitare", "", nil},
		{"known by its slot, with fewer places and another room", courseHead + "Guitare;;;Pôle Loire;Salle 2;Anne Durand;mardi;17h30-18h15;;;;6;",
			"2~cours Guitare, Pôle Loire [salle: Salle 1>Salle 2] [places: 12>6]" + known, nil},
		{"left as it is", courseHead + "Guitare;;;Loire;Salle 2;Anne Durand;mardi;17h30-18h15;;;;6;", strings.TrimPrefix(known, " / "), map[string]string{"connus|": keep}},
		{"an empty cell changes nothing", courseHead + ";;;;;;;;;;;;L-GUITARE", "", nil},
		{"fewer places than are taken", courseHead + ";;;;;;;;;;;4;L-GUITARE", "2!5 places sont prises ou proposées\u202f: 4 n’en laisse pas assez", nil},
		{"then those that are taken", courseHead + ";;;;;;;;;;;4;L-GUITARE", "2~cours Guitare, Pôle Loire [places: 12>5]" + known, map[string]string{"places prises 0|Guitare, L-GUITARE": update}},
		{"then those that it has", courseHead + ";;;;;;;;;;;4;L-GUITARE", "", map[string]string{"places prises 0|Guitare, L-GUITARE": keep}},
		{"two semesters on two lines", courseHead + ";;;;;;;;1;;;22;L-ORCH\n;;;;;;;;2;;;8;L-ORCH",
			"2~cours Orchestre junior, Pôle Loire [places au 1er semestre: 20>22] [places au 2d semestre: 20>8]" + known, nil},
		{"the same line twice", courseHead + ";;;;;;;;1;;;22;L-ORCH\n;;;;;;;;1;;;8;L-ORCH",
			"2~cours Orchestre junior, Pôle Loire [places au 1er semestre: 20>22] / 3?Déjà ligne 2\u202f: une seule est importée" + known, nil},
		{"another way of being given, which somebody has asked for", courseHead + ";;;;;;;;année;;;30;L-ORCH", "2!Ce cours est au 1er semestre, et des élèves l’ont demandé ainsi", nil},
		{"every level and an age", courseHead + ";;;;;;;;;dès 8 ans;tous;;L-ORCH", "2~cours Orchestre junior, Pôle Loire [âges: de 9 à 12 ans>à partir de 8 ans] [niveaux: CM1 ou CM2>]" + known, nil},
		{"cancelled", courseHead + ";;;;;;;;;;;9;V-PIANO", "2!Ce cours est annulé\u202f: il ne se change plus", nil},
		{"cancelled, and left so", courseHead + ";;;;;;;;;;;9;V-PIANO", "", map[string]string{"missing intitule|Piano, V-PIANO": asEmpty}},

		{"everything is unknown", courseHead + "Harpe;Harpe;instrument;Pôle Goulaine;Grange;Zoé Petit;;;;;;3;",
			"2!Discipline inconnue / 2!Pôle inconnu / 2!Salle inconnue / 2!Enseignant inconnu", nil},
		{"everything is made", courseHead + "Harpe;Harpe;instrument;Pôle Goulaine;Grange;Zoé Petit;;;;;;3;", "2+cours Harpe, Pôle Goulaine",
			map[string]string{"discipline|Harpe": create, "pole|Pôle Goulaine": create, "salle|Grange": create, "enseignant|Zoé Petit": create}},
		{"a slip is one of those known", courseHead + "Guitarre;;instrument;Loire;Salle 1;Anne Duran;mardi;17h30;;;;12;", "",
			map[string]string{"discipline|Guitarre": isSame + "Guitare", "enseignant|Anne Duran": isSame + "Anne Durand"}},
		{"an answer that names nobody", courseHead + "Guitarre;;instrument;Loire;;;;;;;;12;", "2!Discipline inconnue", map[string]string{"discipline|Guitarre": isSame + "Harpe"}},
		{"its lines are left out", courseHead + "Guitarre;;instrument;Loire;;;;;;;;12;", "", map[string]string{"discipline|Guitarre": skipLines}},
		{"what a line makes that is left out is not made", courseHead + "Harpe;;instrument;Loire;Grange;;;;;;;3;\nHarpe;;instrument;Loire;;;;;;;;3;", "3+cours Harpe, Pôle Loire",
			map[string]string{"discipline|Harpe": create, "salle|Grange": skipLines}},
		{"a name that two teachers have", courseHead + "Piano;;instrument;Loire;;Durand;;;;;;3;", "2!Enseignant inconnu\u202f: il faut un prénom et un nom pour le créer", nil},
		{"an initial tells them apart", courseHead + "Piano;;instrument;Loire;;P. Durand;;;;;;3;", "2+cours Piano, Pôle Loire", nil},
		{"without a teacher", courseHead + "Piano;;instrument;Loire;;Durand;;;;;;3;", "2+cours Piano, Pôle Loire", map[string]string{"enseignant|Durand": asEmpty}},

		{"without a type", courseHead + "Violon;Violon;;Loire;;;;;;;;3;", "2!Le type de ce cours n’est pas dit", nil},
		{"the type of those of the same title", courseHead + "Guitare;Guitare;;Sèvre;;;;;;;;3;", "2+cours Guitare, Pôle Sèvre", nil},
		{"the type that is answered", courseHead + "Violon;Violon;;Loire;;;;;;;;3;", "2+cours Violon, Pôle Loire", map[string]string{"type manquant|Violon": readAs + "instrument"}},
		{"without a site", courseHead + "Violon;Violon;instrument;;;;;;;;;3;", "2!Le pôle où le cours est donné manque", nil},
		{"the site that is answered", courseHead + "Violon;Violon;instrument;;;;;;;;;3;", "2+cours Violon, Pôle Sèvre", map[string]string{"missing pole|": isSame + "v"}},
		{"without places", courseHead + "Violon;Violon;instrument;Loire;;;;;;;;;", "2!Un cours nouveau a un nombre de places", nil},
		{"without a title", courseHead + ";;instrument;Loire;;;;;;;;3;A-1", "2!L’intitulé d’un cours nouveau est obligatoire", nil},
		{"an end before its beginning", courseHead + "Violon;Violon;instrument;Loire;;;mardi;18h15–17h30;;;;3;", "2!La fin vient après le début.", nil},
		{"an hour without its day", courseHead + "Violon;Violon;instrument;Loire;;;;17h30;;;;3;", "2!Choisissez aussi le jour.", nil},
		{"two courses of one slot, each with its reference", courseHead + "Guitare;Guitare débutants;instrument;Loire;;Anne Durand;mardi;17h30;;;;3;G-DEB", "2+cours Guitare débutants, Pôle Loire", nil},
		{"two titles of one file in one slot are two courses", courseHead + "Violon;Violon A;instrument;Loire;;Anne Durand;lundi;17h30;;;;3;\nViolon;Violon B;instrument;Loire;;Anne Durand;lundi;17h30;;;;3;\nViolon;violon a;instrument;Loire;;Anne Durand;lundi;17h30;;;;3;",
			"2+cours Violon A, Pôle Loire / 3+cours Violon B, Pôle Loire / 4?Déjà ligne 2\u202f: une seule est importée", nil},
		{"a line that says nothing", courseHead + ";;;Loire;Salle 1;;;;;;;;", "", nil},
		{"no column that names a course", "Pôle;Salle\nLoire;Salle 1", "0!Aucune colonne n’est l’intitulé du cours, sa discipline ou sa référence\u202f: choisissez-la.", nil},
	} {
		answers := map[string]Answer{}
		for to, code := range row.answers {
			sort, value, _ := strings.Cut(to, "|")
			answers[groupOf(sort, value)] = Answer{Code: code}
		}
		if got := saidOf(taught(row.file, answers).trial); got != row.want {
			t.Errorf("%s:\n got %s\nwant %s", row.name, got, row.want)
		}
	}
}

// More places are offered to those who wait, as many as there are of either.
func TestMorePlacesAreOffered(t *testing.T) {
	for _, row := range []struct {
		places string
		want   int64
	}{{"20", 0}, {"21", 2}, {"40", 2}, {"19", 0}} {
		if got := taught(courseHead+";;;;;;;;1;;;"+row.places+";L-ORCH", nil).Counts.Offers; got != row.want {
			t.Errorf("%s places: %d are offered, not %d", row.places, got, row.want)
		}
	}
}

// The nearest of those known come first, then « Créer », then the others; one
// answer makes all that resembles nothing known.
func TestWhatIsUnknownIsAsked(t *testing.T) {
	p := taught(courseHead+"Guitarre;A;instrument;Loire;Salle 7;;;;;;;3;\nPiano;B;instrument;Loire;Foyer;;;;;;;3;\nPiano;C;instrument;Loire;Salle 7;;;;;;;3;", nil)
	said := func(q Problem) string {
		var all []string
		for _, w := range q.Ways {
			all = append(all, w.Code)
		}
		return strings.Join(all, " ")
	}
	if got := said(p.Problems[0]); got != "same:Guitare create empty skip same:Piano same:Violon" {
		t.Errorf("discipline: %s", got)
	}
	if got := said(p.Problems[1]); got != "create empty skip same:Auditorium same:Salle 1 same:Salle 2" {
		t.Errorf("room: %s", got)
	}
	if last := p.Problems[3]; last.First != 2 || said(last) != "create" {
		t.Errorf("asked again: %+v", last)
	}
	all := p.Problems[4]
	if len(p.Problems) != 5 || all.Value != "2 salles inconnues" || !all.Blocks {
		t.Fatalf("%+v", p.Problems)
	}
	p = taught(courseHead+"Piano;A;instrument;Loire;Salle 7;;;;;;;3;\nPiano;B;instrument;Loire;Foyer;;;;;;;3;\nPiano;B;instrument;Loire;Auditorum;;;;;;;3;", map[string]Answer{all.Group: {Code: create}})
	if len(p.made) != 2 || len(p.Problems) != 1 || p.Problems[0].Value != "Auditorum" {
		t.Errorf("%s", saidOf(p.trial))
	}
}

func TestValuesOfCoursesAreReadAsPeopleWriteThem(t *testing.T) {
	for _, row := range []struct {
		name    string
		read    reading
		v, want string
		perhaps string
	}{
		{"an hour", hour, "17h30", "17:30", ""},
		{"a whole hour", hour, "9 h", "09:00", ""},
		{"of a spreadsheet", hour, "17:30:00", "17:30", ""},
		{"without its h", hour, "1730", "17:30", ""},
		{"with a point", hour, "8.05", "08:05", ""},
		{"no such hour", hour, "27h30", "", ""},
		{"with a word", hour, "vers 17h30", "", "17:30"},
		{"a span", span, "17h30–18h15", "|17:30|18:15", ""},
		{"a span with its day", span, "Mercredi de 14h à 15h30", "3|14:00|15:30", ""},
		{"as Pupitre exports it", span, "mercredi, 15\u00a0h\u00a000", "3|15:00|", ""},
		{"a day alone", span, "samedi", "6||", ""},
		{"to be settled", span, "à fixer", "", "ok"},
		{"no span", span, "selon le groupe", "", ""},
		{"a day", weekday, "Mer.", "3", ""},
		{"a slip", weekday, "mercredy", "", "mercredi"},
		{"a semester", semesters, "2e semestre", "2", ""},
		{"each of the two", semesters, "S1 + S2", "1|2", ""},
		{"the year", semesters, "Année", "0", ""},
		{"no semester", semesters, "printemps", "", "année"},
		{"ages", ages, "7 à 12 ans", "7|12", ""},
		{"from an age on", ages, "à partir de 7 ans", "7|0", ""},
		{"up to an age", ages, "jusqu’à 17 ans", "0|17", ""},
		{"grown-ups", ages, "adultes", "18|0", ""},
		{"one age", ages, "7 ans", "", "dès 7 ans|jusqu’à 7 ans|7–7"},
		{"too many years", ages, "7–700", "", ""},
		{"levels", levels, "CE1, ce2 et CM1", "CE1|CE2|CM1", ""},
		{"a run of levels", levels, "du CP au CM2", "CP|CE1|CE2|CM1|CM2", ""},
		{"a run, glued", levels, "6e-3e", "6e|5e|4e|3e", ""},
		{"every level", levels, "Tous niveaux", everyLevel, ""},
		{"no level", levels, "cycle 1", "", ""},
		{"places", placesOf, "12 places", "12", ""},
		{"no places", placesOf, "douze", "", ""},
		{"too many places", placesOf, "1200", "", ""},
		{"yes", yesOrNo, "X", saidYes, ""},
		{"neither", yesOrNo, "peut-être", "", "oui|non"},
		{"a type", courseKind, "Pratiques collectives", "pratique", ""},
		{"a type by its word", courseKind, "Orchestre d’harmonie", "", "pratique collective|éveil|parcours|instrument|culture musicale"},
	} {
		got, bad := row.read(row.v)
		fine := row.want != "" || row.perhaps == "ok"
		if (bad == nil) != fine || got != row.want || bad != nil && strings.Join(bad.perhaps, "|") != row.perhaps {
			t.Errorf("%s: %q gives %q, %+v", row.name, row.v, got, bad)
		}
	}
}

// Whatever a file of courses holds, a trial ends, says the same when it is done
// again, and never makes a course that a form would refuse.
func TestAnyFileOfCoursesIsJudged(t *testing.T) {
	cell := rapid.OneOf(rapid.SampledFrom([]string{"", "Guitare", "Guitarre", "L-GUITARE", "L-ORCH", "Loire", "Salle 9", "Durand", "mardi", "17h30–18h15", "18h–17h", "1", "1|2", "9", "instrument", "7–12"}), rapid.String())
	rapid.Check(t, func(t *rapid.T) {
		columns, _ := table(courseHead)
		var rows []sheet.Row
		for i := range rapid.IntRange(0, 6).Draw(t, "rows") {
			rows = append(rows, sheet.Row{Line: i + 2, Cells: rapid.SliceOfN(cell, 1, 13).Draw(t, "cells")})
		}
		answers := map[string]Answer{}
		for _, value := range []string{"Guitarre", "Salle 9", "Durand"} {
			for _, sort := range []string{fDiscipline, fRoom, fTeacher, fSite} {
				if code := rapid.SampledFrom([]string{"", create, asEmpty, skipLines, isSame + "Guitare"}).Draw(t, "answer"); code != "" {
					answers[groupOf(sort, value)] = Answer{Code: code}
				}
			}
		}
		var header []string
		for _, c := range columns {
			header = append(header, c.Title)
		}
		matching := Recognise(Courses, header)
		p := judgeCourses(columns, matching, answers, rows, smallOffer())
		if again := judgeCourses(columns, matching, answers, rows, smallOffer()); p.digest() != again.digest() || saidOf(p.trial) != saidOf(again.trial) {
			t.Fatalf("two trials differ:\n%s\n%s", saidOf(p.trial), saidOf(again.trial))
		}
		codes := map[string]bool{}
		for _, c := range append(slices.Clone(p.made), p.changed...) {
			if fields := catalogue.Unsound(c.now); len(fields) > 0 || len(c.places) == 0 || c.now.SiteID == "" || codes[c.now.Code] {
				t.Fatalf("course %+v: %v", c.now, fields)
			}
			codes[c.now.Code] = true
			for s, n := range c.places {
				if stands := smallOffer().placesOf(c.now.ID, s); n < stands.Taken || s == 0 && len(c.places) > 1 {
					t.Fatalf("course %s: %s", c.now.Code, fmt.Sprint(c.places))
				}
			}
		}
	})
}
