package tariff

import (
	"cmp"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// Difference is a field of the form that two readings of a tariff hold differently.
type Difference struct {
	Field, Label  string
	Before, After string // as a reader sees them
}

// Differences compares two forms, in the order of the page.
func Differences(was, is url.Values) []Difference {
	names := map[string]bool{}
	for _, v := range []url.Values{was, is} {
		for name := range v {
			names[name] = true
		}
	}
	var all []Difference
	for name := range names {
		if !slices.Equal(some(was[name]), some(is[name])) && !counts[name] {
			all = append(all, Difference{name, Label(is, name), shown(was, name), shown(is, name)})
		}
	}
	slices.SortFunc(all, func(a, b Difference) int {
		return cmp.Or(cmp.Compare(order(a.Field), order(b.Field)), compareNumbers(a.Field, b.Field), strings.Compare(a.Field, b.Field))
	})
	return all
}

// counts are the fields that say how many there are: the others show it.
var counts = map[string]bool{BoundsField: true, LinesField: true, RulesField: true, ExtrasField: true}

var groups = []string{"borne", "ligne", "prix", "regle", "supplement"}

func order(field string) int {
	first, _, _ := strings.Cut(field, "_")
	if i := slices.Index(groups, first); i >= 0 {
		return i
	}
	return len(groups)
}

// numbers are those that a field's name ends with: prix_2_3 → 2, 3.
func numbers(field string) []int {
	var all []int
	for _, part := range strings.Split(field, "_") {
		if n, err := strconv.Atoi(part); err == nil {
			all = append(all, n)
		}
	}
	return all
}

func compareNumbers(a, b string) int { return slices.Compare(numbers(a), numbers(b)) }

var parts = map[string]string{
	"formule": "formule", "nom": "intitulé", "age_min": "âge minimal", "age_max": "âge maximal", "etudiant": "étudiants", "commune": "territoire", "methode": "mode de calcul",
	"par": "période", "forfait": "forfait", "rangs": "prix par rang", "taux": "taux d’effort", "plancher": "plancher", "plafond": "plafond",
	"rang_min": "à partir du rang", "rang_max": "jusqu’au rang", "eleves": "élèves du foyer", "formules": "formules", "acte": "effet", "valeur": "valeur",
	"pour": "payé par", "prix": "prix", "caution": "caution",
}

var labels = map[string]string{
	TownsField: "communes du territoire", OrderField: "premier élève d’un foyer", RoundingField: "arrondi", MonthsField: "mois d’une année", TermsField: "trimestres",
	RestField: "échéance qui porte les centimes", DueField: "année incomplète", FreeField: "départ sans frais jusqu’au", HalfField: "moitié à partir du", SampleField: "jeu d’essai",
}

// Label names a field of the form in words: « Cursus, tranche 4 ».
func Label(v url.Values, field string) string {
	if known := labels[field]; known != "" {
		return known
	}
	n := numbers(field)
	group, rest, _ := strings.Cut(field, "_")
	switch {
	case len(n) == 0:
		return field
	case group == "prix" && len(n) == 2:
		return v.Get(LineField("nom", n[0])) + ", tranche " + strconv.Itoa(n[1]+1)
	case group == "borne":
		return "borne de la tranche " + strconv.Itoa(n[0]+1)
	case group == "echeances":
		return "échéances en " + strconv.Itoa(n[0]) + " fois"
	}
	part := parts[strings.TrimSuffix(rest, "_"+strconv.Itoa(n[len(n)-1]))]
	switch group {
	case "ligne":
		return v.Get(LineField("nom", n[0])) + ", " + part
	case "regle":
		return v.Get(RuleField("nom", n[0])) + ", " + part
	default:
		return v.Get(ExtraField("nom", n[0])) + ", " + part
	}
}

var values = map[string]string{
	string(ByBracket): "selon le quotient", string(Flat): "prix unique", string(ByEffort): "taux d’effort", string(ByRank): "selon le rang",
	string(Year): "par an", string(Term): "par trimestre", string(Month): "par mois", string(Percent): "pour cent", string(Times): "multiplié par", string(Amount): "euros",
	string(Renter): "qui loue", string(Pupils): "chaque élève", string(Household): "le foyer, une fois", string(Dearest): "le plus cher d’abord", string(Cheapest): "le moins cher d’abord",
	string(Eldest): "l’aîné d’abord", string(ToCent): "au centime", string(ToEuro): "à l’euro", string(OnFirst): "la première", string(OnLast): "la dernière", string(Yes): "oui", string(No): "non",
}

// coded are the parts whose values are codes.
var coded = []string{"etudiant", "commune", "methode", "par", "acte", "pour", OrderField, RoundingField, RestField, DueField}

func shown(v url.Values, field string) string {
	text := strings.ReplaceAll(strings.Join(some(v[field]), ", "), "\n", ", ")
	for _, part := range coded {
		if field == part || strings.Contains(field, "_"+part+"_") {
			if word := values[text]; word != "" {
				return word
			}
		}
	}
	return text
}
