package tariffs

import (
	"slices"
	"strings"

	"pupitre/internal/domain/tariff"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
	"pupitre/internal/web/ui"
)

func option[T ~string](value T, label string) ui.Option {
	return ui.Option{Value: string(value), Label: label}
}

// The closed lists of the form.
var (
	methods   = []ui.Option{option(tariff.ByBracket, "selon le quotient"), option(tariff.Flat, "le même pour tous"), option(tariff.ByEffort, "taux d’effort"), option(tariff.ByRank, "selon le rang de l’élève")}
	periods   = []ui.Option{option(tariff.Year, "an"), option(tariff.Term, "trimestre"), option(tariff.Month, "mois")}
	students  = []ui.Option{option(tariff.Either, "tous"), option(tariff.Yes, "étudiants"), option(tariff.No, "sauf étudiants")}
	towns     = []ui.Option{option(tariff.Either, "tous"), option(tariff.No, "sur le territoire"), option(tariff.Yes, "hors territoire")}
	acts      = []ui.Option{option(tariff.Percent, "pour cent"), option(tariff.Times, "multiplier par"), option(tariff.Amount, "euros")}
	charged   = []ui.Option{option(tariff.Renter, "qui loue un instrument"), option(tariff.Pupils, "chaque élève"), option(tariff.Household, "le foyer, une fois")}
	orders    = []ui.Option{option(tariff.Dearest, "le plus cher"), option(tariff.Cheapest, "le moins cher"), option(tariff.Eldest, "l’aîné")}
	roundings = []ui.Option{option(tariff.ToCent, "au centime"), option(tariff.ToEuro, "à l’euro")}
	rests     = []ui.Option{option(tariff.OnFirst, "sur la première échéance"), option(tariff.OnLast, "sur la dernière échéance")}
	dues      = []ui.Option{option(tariff.WholeYear, "toute l’année est due"), option(tariff.ByMonth, "tout mois commencé est dû"), option(tariff.ByTerm, "tout trimestre commencé est dû")}

	trialTowns = []ui.Option{option(tariff.No, "sur le territoire"), option(tariff.Yes, "hors territoire")}
	yesNo      = []ui.Option{{Value: "non", Label: "non"}, {Value: "oui", Label: "oui"}}
	ranks      = []ui.Option{{Value: "1", Label: "1er"}, {Value: "2", Label: "2e"}, {Value: "3", Label: "3e"}, {Value: "4", Label: "4e"}}
)

func labelOf(options []ui.Option, value string) string {
	for _, o := range options {
		if o.Value == value {
			return o.Label
		}
	}
	return value
}

func restWords(r tariff.Rest) string {
	if r == tariff.OnLast {
		return "la dernière"
	}
	return "la première"
}

func or(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}

func orDash(s string) string { return or(s, "–") }

func (g page) bounds() int {
	return tariff.Counted(g.Values, tariff.BoundsField, tariff.MostBounds)
}
func (g page) lines() int  { return tariff.Counted(g.Values, tariff.LinesField, tariff.MostLines) }
func (g page) rules() int  { return tariff.Counted(g.Values, tariff.RulesField, tariff.MostRules) }
func (g page) extras() int { return tariff.Counted(g.Values, tariff.ExtrasField, tariff.MostExtras) }

// of is a part of a line as typed.
func (g page) of(part string, i int) string { return g.Values.Get(tariff.LineField(part, i)) }

// field is a field of the form as typed.
func (g page) field(name, label string) ui.Field {
	return ui.Field{Name: name, Label: label, Value: g.Values.Get(name), NoWord: true, Error: g.Invalid.Of(name), MaxLength: 200}
}

// lead says under the title what the grid holds: « 5 formules, 9 tranches ».
func (g page) lead() string {
	if g.Season.ID == "" {
		return ""
	}
	words := "Euros. " + french.Count(int64(g.lines()), "ligne", "lignes") + ", " + french.Count(int64(g.bounds()+1), "tranche", "tranches")
	switch {
	case !g.Held.Found():
		return words + ". Pas encore de tarifs enregistrés."
	case g.Broken == nil && g.Invalid == nil:
		return words + ", aucun trou."
	default:
		return words + "."
	}
}

func (g page) nameOf(i int) string { return or(g.of("nom", i), "Ligne "+itoa(i+1)) }

// conditions says of a line whom it is for, when that is not everybody.
func (g page) conditions(i int) string {
	var words []string
	switch least, most := g.of("age_min", i), g.of("age_max", i); {
	case least != "" && most != "":
		words = append(words, "de "+least+" à "+most+" ans")
	case least != "":
		words = append(words, least+" ans et plus")
	case most != "":
		words = append(words, "jusqu’à "+most+" ans")
	}
	if v := g.of("etudiant", i); v != "" {
		words = append(words, labelOf(students, v))
	}
	if v := g.of("commune", i); v != "" {
		words = append(words, labelOf(towns, v))
	}
	if v := g.of("par", i); v != "" && v != string(tariff.Year) {
		words = append(words, "par "+labelOf(periods, v))
	}
	return strings.Join(words, ", ")
}

// summary is the line as its folded fields are headed.
func (g page) summary(i int) string {
	if words := g.conditions(i); words != "" {
		return g.nameOf(i) + ", " + words
	}
	return g.nameOf(i)
}

func (g page) bracketName(b int) string {
	if b == g.bounds() {
		return g.aboveAll()
	}
	return "≤ " + g.Values.Get(tariff.BoundField(b))
}

func (g page) aboveAll() string {
	if g.bounds() == 0 {
		return "tous"
	}
	return "> " + g.Values.Get(tariff.BoundField(g.bounds()-1))
}

// rowErrors are the messages of a line's cells, said under its name.
func (g page) rowErrors(i int) []string {
	if g.Invalid == nil {
		return nil
	}
	var all []string
	for _, f := range g.Invalid.Fields {
		if strings.HasPrefix(f.Name, "prix_"+itoa(i)+"_") || slices.Contains([]string{"taux", "plancher", "plafond", "rangs", "forfait"}, part(f.Name, "ligne", i)) {
			all = append(all, f.Message)
		}
	}
	return all
}

// part is the part that a field names of the i-th of a group, "" when it is another's.
func part(field, group string, i int) string {
	rest, ok := strings.CutPrefix(field, group+"_")
	if !ok {
		return ""
	}
	name, ok := strings.CutSuffix(rest, "_"+itoa(i))
	if !ok {
		return ""
	}
	return name
}

// isOpen tells whether what is folded is shown: something there is to be
// mended, or nothing is said yet.
func (g page) isOpen(group string, i int) bool {
	if g.Values.Get(group+"_nom_"+itoa(i)) == "" {
		return true
	}
	return g.Invalid != nil && slices.ContainsFunc(g.Invalid.Fields, func(f fault.Field) bool { return part(f.Name, group, i) != "" })
}

// programmes are the season's, with one that is no longer of it when it is chosen.
func (g page) programmes(chosen string) []ui.Option {
	options := []ui.Option{{Value: "", Label: "Choisir…"}}
	known := chosen == ""
	for _, p := range g.Known.Programmes {
		options = append(options, ui.Option{Value: p.Code, Label: p.Title})
		known = known || p.Code == chosen
	}
	if !known {
		options = append(options, ui.Option{Value: chosen, Label: chosen + " (n’est plus de la saison)"})
	}
	return options
}

func (g page) ruleProgrammes(i int) []ui.Option {
	var options []ui.Option
	chosen := g.Values[tariff.RuleField("formules", i)]
	for _, p := range g.Known.Programmes {
		options = append(options, ui.Option{Value: p.Code, Label: p.Title, Checked: slices.Contains(chosen, p.Code)})
	}
	return options
}

// rule reads what can be read of a rule that is being typed.
func (g page) rule(i int) tariff.Rule {
	f := func(part string) string { return g.Values.Get(tariff.RuleField(part, i)) }
	n := func(part string) int64 { v, _ := tariff.ReadDecimal(f(part), 0); return v }
	r := tariff.Rule{Outside: tariff.Whether(f("commune")), Student: tariff.Whether(f("etudiant")), RankFrom: n("rang_min"), RankTo: n("rang_max"), Pupils: n("eleves"), AgeMin: n("age_min"), AgeMax: n("age_max"), Act: tariff.Act(f("acte"))}
	r.Value, _ = tariff.ReadDecimal(f("valeur"), tariff.Places(r.Act))
	return r
}

// ruleFor says whom a rule is for, where its name does not; and what the rank means.
func (g page) ruleFor(i int) string {
	r := g.rule(i)
	words := r.For()
	if french.Fold(words) == french.Fold(g.Values.Get(tariff.RuleField("nom", i))) {
		words = ""
	}
	if r.RankFrom > 0 || r.RankTo > 0 {
		if words != "" {
			words += ", "
		}
		words += labelOf(orders, g.Values.Get(tariff.OrderField)) + " d’abord"
	}
	return words
}

func (g page) ruleEffect(i int) string {
	if g.Values.Get(tariff.RuleField("valeur", i)) == "" {
		return "–"
	}
	return g.rule(i).Effect()
}

func (g page) extraWords(i int) string {
	words := labelOf(charged, g.Values.Get(tariff.ExtraField("pour", i))) + ", par " + labelOf(periods, g.Values.Get(tariff.ExtraField("par", i)))
	if n, ok := tariff.ReadDecimal(g.Values.Get(tariff.ExtraField("caution", i)), 2); ok && n > 0 {
		words += " ; caution de " + french.Euros(n) + ", non encaissée"
	}
	return words
}

func (g page) extraPrice(i int) string {
	n, ok := tariff.ReadDecimal(g.Values.Get(tariff.ExtraField("prix", i)), 2)
	if !ok {
		return "–"
	}
	return french.Euros(n)
}
