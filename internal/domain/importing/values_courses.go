package importing

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"pupitre/internal/domain/catalogue"
	"pupitre/internal/domain/enrolment"
	"pupitre/internal/domain/school"
	"pupitre/internal/platform/french"
)

var kindWords = map[catalogue.Kind][]string{
	catalogue.Eveil:      {"eveil", "eveil musical", "jardin", "jardin musical", "eveil musique et danse", "initiation"},
	catalogue.Parcours:   {"parcours", "parcours decouverte", "decouverte"},
	catalogue.Instrument: {"instrument", "instruments", "instrumental", "cours individuel", "individuel", "cours instrument"},
	catalogue.Pratique:   {"pratique", "pratique collective", "pratiques collectives", "collectif", "ensemble", "orchestre", "chorale", "choeur", "atelier"},
	catalogue.Culture:    {"culture", "culture musicale", "formation musicale", "fm", "solfege"},
}

// courseKind reads the type of a course.
func courseKind(v string) (string, *trouble) {
	key := titleKey(v)
	for _, k := range catalogue.Kinds {
		if key == titleKey(k.French()) || slices.Contains(kindWords[k], key) {
			return string(k), nil
		}
	}
	t := trouble{what: "Type de cours inconnu"}
	for _, k := range kindsFor(v) {
		t.perhaps = append(t.perhaps, k.French())
	}
	return "", &t
}

// kindsFor lists the types, those that a word of the text names first.
func kindsFor(text string) []catalogue.Kind {
	key := " " + titleKey(text) + " "
	all := slices.Clone(catalogue.Kinds)
	says := func(k catalogue.Kind) bool {
		return slices.ContainsFunc(kindWords[k], func(w string) bool { return strings.Contains(key, " "+w+" ") })
	}
	slices.SortStableFunc(all, func(a, b catalogue.Kind) int {
		if says(a) == says(b) {
			return 0
		}
		return map[bool]int{true: -1, false: 1}[says(a)]
	})
	return all
}

// unsettled are values that say that nothing is said yet.
var unsettled = []string{"a fixer", "a definir", "a determiner", "a convenir", "?", "-"}

// weekday reads a day of the week as its number.
func weekday(v string) (string, *trouble) {
	key := strings.Trim(french.Fold(v), ".")
	if slices.Contains(unsettled, key) {
		return "", nil
	}
	var names []string
	for n := 1; n <= 7; n++ {
		name := french.Fold(french.Weekday(n))
		names = append(names, french.Weekday(n))
		if len(key) >= 2 && strings.HasPrefix(name, key) && (key != "ma" && key != "me" || len(key) == 2) {
			return strconv.Itoa(n), nil
		}
	}
	return "", &trouble{"Ce jour ne se lit pas", nearest(v, names, 1)}
}

var (
	hourWords = regexp.MustCompile(`^(\d{1,2}) ?(?:h|:|\.|heures?) ?(\d{2})?(?::\d{2})? ?(?:min|mn)?$`)
	hourBare  = regexp.MustCompile(`^(\d{1,2}?)(\d{2})?$`)
	hourFound = regexp.MustCompile(`\d{1,2} ?(?:heures?|h) ?(?:\d{2}\b)?|\d{1,2}[:.]\d{2}(?::\d{2})?`)
)

// hourOf reads « 17h30 », « 17 h », « 17:30:00 », « 1730 » as 17:30.
func hourOf(v string) (string, bool) {
	key := french.Fold(v)
	m := hourWords.FindStringSubmatch(key)
	if m == nil {
		m = hourBare.FindStringSubmatch(key)
	}
	if m == nil {
		return "", false
	}
	h, _ := strconv.Atoi(m[1])
	minutes, _ := strconv.Atoi(or(m[2], "0"))
	if h > 23 || minutes > 59 {
		return "", false
	}
	return fmt.Sprintf("%02d:%02d", h, minutes), true
}

// hour reads an hour of the day.
func hour(v string) (string, *trouble) {
	if slices.Contains(unsettled, french.Fold(v)) {
		return "", nil
	}
	if h, ok := hourOf(v); ok {
		return h, nil
	}
	t := trouble{what: "Cette heure ne se lit pas\u202f: écrivez 17h30"}
	if found := hourFound.FindString(french.Fold(v)); found != "" {
		if h, ok := hourOf(strings.TrimSpace(found)); ok {
			t.perhaps = []string{h}
		}
	}
	return "", &t
}

// span reads « mardi 17h30–18h15 » as day, beginning and end, with | between.
func span(v string) (string, *trouble) {
	key := french.Fold(v)
	if slices.Contains(unsettled, key) {
		return "", nil
	}
	var hours []string
	rest := hourFound.ReplaceAllStringFunc(key, func(found string) string {
		h, _ := hourOf(strings.TrimSpace(found))
		hours = append(hours, h)
		return " "
	})
	rest = strings.NewReplacer("–", " ", "—", " ", "-", " ", "→", " ", ",", " ", "/", " ").Replace(rest)
	day, bad := "", false
	for _, w := range strings.Fields(rest) {
		n, trouble := weekday(w)
		switch {
		case trouble == nil && n != "" && day == "":
			day = n
		case !slices.Contains([]string{"a", "de", "le", "les", "jusqu'a"}, w):
			bad = true
		}
	}
	if bad || len(hours) > 2 || len(hours) == 0 && day == "" || slices.Contains(hours, "") {
		return "", &trouble{what: "Cet horaire ne se lit pas\u202f: écrivez 17h30–18h15, le jour devant s’il le faut"}
	}
	hours = append(hours, "", "")
	return day + "|" + hours[0] + "|" + hours[1], nil
}

// semesters reads in which semesters a course is given: « 0 » the whole year,
// « 1 », « 2 », « 1|2 » each of the two.
func semesters(v string) (string, *trouble) {
	key := french.Fold(v)
	switch strings.Trim(key, ".") {
	case "annee", "annuel", "a l'annee", "a l’annee", "toute l'annee", "toute l’annee", "an", "0", "ann":
		return "0", nil
	}
	first, second := strings.Contains(key, "1") || strings.Contains(key, "premier"), strings.Contains(key, "2") || strings.Contains(key, "second") || strings.Contains(key, "deuxieme")
	switch {
	case first && second:
		return "1|2", nil
	case first:
		return "1", nil
	case second:
		return "2", nil
	}
	return "", &trouble{"Le semestre est 1, 2 ou l’année", []string{"année"}}
}

var figures = regexp.MustCompile(`\d+`)

// age reads a number of years.
func age(v string) (string, *trouble) {
	found := figures.FindAllString(v, -1)
	if len(found) == 1 && len(found[0]) <= 3 {
		if n, _ := strconv.Atoi(found[0]); n <= 120 {
			return strconv.Itoa(n), nil
		}
	}
	return "", &trouble{what: "Un âge se dit en années, par exemple 7"}
}

// ages reads « 7–12 ans », « dès 7 ans », « jusqu’à 17 ans » as the two bounds,
// with | between; 0 is none.
func ages(v string) (string, *trouble) {
	key, found := french.Fold(v), figures.FindAllString(v, -1)
	says := func(words ...string) bool {
		return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(key, w) })
	}
	for _, n := range found {
		if years, _ := strconv.Atoi(n); len(n) > 3 || years > 120 {
			found = nil
			break
		}
	}
	switch {
	case len(found) == 2:
		return found[0] + "|" + found[1], nil
	case len(found) == 1 && says("partir", "des ", "plus", "+", "min", ">"):
		return found[0] + "|0", nil
	case len(found) == 1 && says("jusqu", "moins", "max", "<"):
		return "0|" + found[0], nil
	case len(found) == 0 && says("adulte"):
		return "18|0", nil
	case len(found) == 0 && says("tous", "toutes"):
		return "0|0", nil
	case len(found) == 1:
		return "", &trouble{"De quel âge à quel âge\u202f? Écrivez 7–12", []string{"dès " + found[0] + " ans", "jusqu’à " + found[0] + " ans", found[0] + "–" + found[0]}}
	}
	return "", &trouble{what: "Ces âges ne se lisent pas\u202f: écrivez 7–12, ou «\u202fdès 7 ans\u202f»"}
}

var betweenLevels = regexp.MustCompile(`[|,;/+]| et | ou `)

// everyLevel is what levels reads « tous » as.
const everyLevel = "*"

// levels reads school levels, one by one or « du CP au CM2 », as their codes with
// | between.
func levels(v string) (string, *trouble) {
	key := french.Fold(v)
	if strings.HasPrefix(key, "tou") {
		return everyLevel, nil
	}
	var codes []string
	for _, part := range betweenLevels.Split(key, -1) {
		part = strings.TrimSpace(part)
		if part == "" {
			continue
		}
		if l := levelOf(part); l != "" {
			codes = append(codes, string(l))
			continue
		}
		run := levelsBetween(part)
		if run == nil {
			_, bad := level(part)
			return "", &trouble{"Niveau inconnu", bad.perhaps}
		}
		codes = append(codes, run...)
	}
	slices.SortFunc(codes, func(a, b string) int {
		return slices.Index(school.Levels, school.Level(a)) - slices.Index(school.Levels, school.Level(b))
	})
	return strings.Join(slices.Compact(codes), "|"), nil
}

// levelsBetween are those of « du CP au CM2 », « 6e-3e »; nil when it is no such thing.
func levelsBetween(text string) []string {
	for _, between := range []string{" au ", " a la ", " a ", "–", "-"} {
		from, to, two := strings.Cut(strings.TrimPrefix(strings.TrimPrefix(text, "du "), "de la "), between)
		if !two {
			continue
		}
		a, b := slices.Index(school.Levels, levelOf(strings.TrimSpace(from))), slices.Index(school.Levels, levelOf(strings.TrimSpace(to)))
		if a >= 0 && b >= a {
			var codes []string
			for _, l := range school.Levels[a : b+1] {
				codes = append(codes, string(l))
			}
			return codes
		}
	}
	return nil
}

const (
	saidYes = "oui"
	saidNo  = "non"
)

// yesOrNo reads the answer of a box.
func yesOrNo(v string) (string, *trouble) {
	switch strings.Trim(french.Fold(v), ".") {
	case "oui", "o", "x", "vrai", "1", "true", "v", "✓", "✔", "yes":
		return saidYes, nil
	case "non", "n", "faux", "0", "false", "no":
		return saidNo, nil
	}
	return "", &trouble{"C’est oui ou non", []string{saidYes, saidNo}}
}

// placesOf reads a number of places.
func placesOf(v string) (string, *trouble) {
	key := strings.TrimSpace(strings.TrimSuffix(strings.TrimSuffix(french.Fold(v), "places"), "place"))
	n, err := strconv.Atoi(strings.TrimSuffix(strings.TrimSuffix(key, ",0"), ".0"))
	if err != nil || n < 0 || n > enrolment.MostPlaces {
		return "", &trouble{what: fmt.Sprintf("Un nombre de places est entre 0 et %d", enrolment.MostPlaces)}
	}
	return strconv.Itoa(n), nil
}
