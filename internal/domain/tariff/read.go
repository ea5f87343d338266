package tariff

import (
	"net/url"
	"slices"
	"strings"

	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
)

// Read reads the fields of a form and judges what they say. It returns
// *fault.Invalid with a message at each cell that is to be mended. A line, a
// rule or an extra of which nothing is typed is left out.
func Read(v url.Values, known Known) (Tariff, error) {
	r := reading{values: v}
	t := Tariff{
		Sample:   v.Get(SampleField) != "",
		Bounds:   r.bounds(),
		Towns:    lines(v.Get(TownsField)),
		Order:    Order(v.Get(OrderField)),
		Rounding: Rounding(v.Get(RoundingField)),
		Months:   r.count(MonthsField),
		Terms:    r.days(TermsField),
		Rest:     Rest(v.Get(RestField)),
		Stay:     Stay{Due: Due(v.Get(DueField)), FreeUntil: r.day(FreeField), HalfFrom: r.day(HalfField)},
	}
	for i := range Counted(v, LinesField, MostLines) {
		if r.isEmpty(LineField("formule", i), LineField("nom", i), LineField("forfait", i), LineField("rangs", i), LineField("taux", i), PriceField(i, 0)) {
			continue
		}
		t.Lines = append(t.Lines, r.line(i, len(t.Bounds)))
	}
	for i := range Counted(v, RulesField, MostRules) {
		if !r.isEmpty(RuleField("nom", i), RuleField("valeur", i)) {
			t.Rules = append(t.Rules, r.rule(i))
		}
	}
	for i := range Counted(v, ExtrasField, MostExtras) {
		if !r.isEmpty(ExtraField("nom", i), ExtraField("prix", i)) {
			t.Extras = append(t.Extras, r.extra(i))
		}
	}
	for _, times := range known.Modes {
		if days := r.days(PlanField(times)); int64(len(days)) == times {
			t.Plans = append(t.Plans, Plan{days})
		}
	}
	if err := r.check.Err(); err != nil {
		return t, err
	}
	return t, t.Check(known)
}

// reading reads fields, and notes those that say nothing it can read.
type reading struct {
	values url.Values
	check  fault.Check
}

func (r *reading) isEmpty(names ...string) bool {
	return !slices.ContainsFunc(names, func(f string) bool { return r.values.Get(f) != "" })
}

func (r *reading) number(field, message string, decimals int) int64 {
	n, ok := ReadDecimal(r.values.Get(field), decimals)
	r.check.That(ok, field, message)
	return n
}

// price reads an amount; what is empty is 0 when that is allowed.
func (r *reading) price(field, what string, orNone bool) int64 {
	if orNone && r.values.Get(field) == "" {
		return 0
	}
	return r.number(field, what+french.Nbsp+": écrivez un prix en euros, comme 345 ou 345,50 (0 si c’est gratuit).", 2)
}

// count reads a whole number; nothing is 0.
func (r *reading) count(field string) int64 {
	if r.values.Get(field) == "" {
		return 0
	}
	n, ok := ReadDecimal(r.values.Get(field), 0)
	r.check.That(ok && n >= 0, field, "Écrivez un nombre entier.")
	return n
}

func (r *reading) bounds() []int64 {
	var all []int64
	for i := range Counted(r.values, BoundsField, MostBounds) {
		if f := BoundField(i); r.values.Get(f) != "" {
			all = append(all, r.number(f, "Écrivez la borne haute de la tranche, comme 400 ou 400,50.", 2))
		} else {
			r.check.Add(f, "Écrivez la borne haute de la tranche, ou retirez cette tranche.")
		}
	}
	return all
}

func (r *reading) line(i, bounds int) Line {
	f := func(part string) string { return LineField(part, i) }
	l := Line{
		Programme: r.values.Get(f("formule")), Name: r.values.Get(f("nom")),
		AgeMin: r.count(f("age_min")), AgeMax: r.count(f("age_max")),
		Student: r.whether(f("etudiant")), Outside: r.whether(f("commune")),
		Method: Method(r.values.Get(f("methode"))), Per: r.period(f("par")),
	}
	quoted := "« " + l.Name + " »"
	switch l.Method {
	case ByBracket:
		t := Tariff{Bounds: r.quietBounds(bounds)}
		for b := range bounds + 1 {
			l.Prices = append(l.Prices, r.price(PriceField(i, b), quoted+", tranche "+t.BracketName(b), false))
		}
	case Flat:
		l.Prices = []int64{r.price(f("forfait"), quoted, false)}
	case ByRank:
		l.Prices = r.prices(f("rangs"), quoted)
	case ByEffort:
		l.Rate = r.number(f("taux"), quoted+french.Nbsp+": écrivez le taux d’effort, en pour cent du quotient, comme 45 ou 0,45.", 4)
		l.Floor = r.price(f("plancher"), quoted+", plancher", false)
		l.Ceiling = r.price(f("plafond"), quoted+", plafond", false)
	}
	return l
}

// quietBounds are the bounds again, to name a cell; their messages are noted once.
func (r *reading) quietBounds(n int) []int64 {
	all := make([]int64, n)
	for i := range all {
		all[i], _ = ReadDecimal(r.values.Get(BoundField(i)), 2)
	}
	return all
}

func (r *reading) prices(field, what string) []int64 {
	var all []int64
	for _, s := range strings.Split(r.values.Get(field), ";") {
		p, ok := ReadDecimal(s, 2)
		if !r.check.That(ok, field, what+french.Nbsp+": écrivez le prix du 1er élève, du 2e, et ainsi de suite, comme 300 ; 250 ; 200.") {
			return nil
		}
		all = append(all, p)
	}
	return all
}

func (r *reading) rule(i int) Rule {
	f := func(part string) string { return RuleField(part, i) }
	rule := Rule{
		Name: r.values.Get(f("nom")), Outside: r.whether(f("commune")), Student: r.whether(f("etudiant")),
		RankFrom: r.count(f("rang_min")), RankTo: r.count(f("rang_max")), Pupils: r.count(f("eleves")),
		AgeMin: r.count(f("age_min")), AgeMax: r.count(f("age_max")),
		Programmes: some(r.values[f("formules")]), Act: Act(r.values.Get(f("acte"))),
	}
	rule.Value = r.number(f("valeur"), "« "+rule.Name+" »"+french.Nbsp+": écrivez de combien, comme −10, 1,5 ou −20,00.", Places(rule.Act))
	return rule
}

func some(values []string) []string {
	return slices.DeleteFunc(slices.Clone(values), func(s string) bool { return s == "" })
}

func (r *reading) extra(i int) Extra {
	f := func(part string) string { return ExtraField(part, i) }
	name := r.values.Get(f("nom"))
	return Extra{
		Name: name, To: Charged(r.values.Get(f("pour"))), Per: r.period(f("par")),
		Price:   r.price(f("prix"), "« "+name+" »", false),
		Deposit: r.price(f("caution"), "« "+name+" », caution", true),
	}
}

func (r *reading) whether(field string) Whether {
	w := Whether(r.values.Get(field))
	r.check.That(slices.Contains([]Whether{Either, Yes, No}, w), field, "Choisissez dans la liste.")
	return w
}

func (r *reading) period(field string) Period {
	p := Period(r.values.Get(field))
	r.check.That(slices.Contains([]Period{Year, Term, Month}, p), field, "Choisissez si le prix est par an, par trimestre ou par mois.")
	return p
}

func (r *reading) day(field string) string {
	if r.values.Get(field) == "" {
		return ""
	}
	day, ok := ReadDay(r.values.Get(field))
	r.check.That(ok, field, "Écrivez un jour, comme 05/10.")
	return day
}

func (r *reading) days(field string) []string {
	var all []string
	for _, s := range strings.FieldsFunc(r.values.Get(field), func(r rune) bool {
		return r == ',' || r == ';' || r == ' ' || r == '\n' || r == '\u202f' || r == '\u00a0'
	}) {
		day, ok := ReadDay(s)
		if !r.check.That(ok, field, "« "+s+" » n’est pas un jour. Écrivez des jours comme 05/10, 05/01, 05/04.") {
			return nil
		}
		all = append(all, day)
	}
	return all
}

// lines are the lines of a text that hold something.
func lines(s string) []string {
	var all []string
	for _, line := range strings.Split(s, "\n") {
		if line = strings.TrimSpace(line); line != "" {
			all = append(all, line)
		}
	}
	return all
}
