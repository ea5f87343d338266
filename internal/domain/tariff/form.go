package tariff

import (
	"net/url"
	"strconv"
	"strings"

	"pupitre/internal/platform/french"
)

// Values writes the tariff as the fields of its form.
func (t Tariff) Values(modes []int64) url.Values {
	v := url.Values{}
	set := func(field, value string) {
		if value != "" {
			v.Set(field, value)
		}
	}
	set(BoundsField, itoa(int64(len(t.Bounds))))
	for i, b := range t.Bounds {
		set(BoundField(i), WriteDecimal(b, 2))
	}
	set(LinesField, itoa(int64(len(t.Lines))))
	for i, l := range t.Lines {
		l.values(i, set)
	}
	set(RulesField, itoa(int64(len(t.Rules))))
	for i, r := range t.Rules {
		r.values(i, set)
		v[RuleField("formules", i)] = r.Programmes
	}
	set(ExtrasField, itoa(int64(len(t.Extras))))
	for i, e := range t.Extras {
		set(ExtraField("nom", i), e.Name)
		set(ExtraField("pour", i), string(e.To))
		set(ExtraField("par", i), string(e.Per))
		set(ExtraField("prix", i), WritePrice(e.Price))
		set(ExtraField("caution", i), unlessZero(e.Deposit, WritePrice))
	}
	set(TownsField, strings.Join(t.Towns, "\n"))
	set(OrderField, string(t.Order))
	set(RoundingField, string(t.Rounding))
	set(MonthsField, itoa(t.Months))
	set(TermsField, writeDays(t.Terms))
	set(RestField, string(t.Rest))
	set(DueField, string(t.Stay.Due))
	set(FreeField, WriteDay(t.Stay.FreeUntil))
	set(HalfField, WriteDay(t.Stay.HalfFrom))
	if t.Sample {
		set(SampleField, "oui")
	}
	for _, times := range modes {
		p, _ := t.Plan(int(times))
		set(PlanField(times), writeDays(p.Days))
	}
	return v
}

func (l Line) values(i int, set func(field, value string)) {
	f := func(part string) string { return LineField(part, i) }
	set(f("formule"), l.Programme)
	set(f("nom"), l.Name)
	set(f("age_min"), unlessZero(l.AgeMin, itoa))
	set(f("age_max"), unlessZero(l.AgeMax, itoa))
	set(f("etudiant"), string(l.Student))
	set(f("commune"), string(l.Outside))
	set(f("methode"), string(l.Method))
	set(f("par"), string(l.Per))
	switch l.Method {
	case ByBracket:
		for b, p := range l.Prices {
			set(PriceField(i, b), WritePrice(p))
		}
	case Flat:
		set(f("forfait"), writePrices(l.Prices))
	case ByRank:
		set(f("rangs"), writePrices(l.Prices))
	case ByEffort:
		set(f("taux"), WriteDecimal(l.Rate, 4))
		set(f("plancher"), WritePrice(l.Floor))
		set(f("plafond"), WritePrice(l.Ceiling))
	}
}

func (r Rule) values(i int, set func(field, value string)) {
	f := func(part string) string { return RuleField(part, i) }
	set(f("nom"), r.Name)
	set(f("commune"), string(r.Outside))
	set(f("etudiant"), string(r.Student))
	set(f("rang_min"), unlessZero(r.RankFrom, itoa))
	set(f("rang_max"), unlessZero(r.RankTo, itoa))
	set(f("eleves"), unlessZero(r.Pupils, itoa))
	set(f("age_min"), unlessZero(r.AgeMin, itoa))
	set(f("age_max"), unlessZero(r.AgeMax, itoa))
	set(f("acte"), string(r.Act))
	set(f("valeur"), WriteDecimal(r.Value, Places(r.Act)))
}

// Places are the decimals of a rule's value.
func Places(a Act) int {
	if a == Times {
		return 4
	}
	return 2
}

func unlessZero(n int64, write func(int64) string) string {
	if n == 0 {
		return ""
	}
	return write(n)
}

func writePrices(prices []int64) string {
	words := make([]string, len(prices))
	for i, p := range prices {
		words[i] = WritePrice(p)
	}
	return strings.Join(words, french.Nbsp+"; ")
}

func writeDays(days []string) string {
	words := make([]string, len(days))
	for i, d := range days {
		words[i] = WriteDay(d)
	}
	return strings.Join(words, ", ")
}

// Counted is how many of something the form holds, at most most.
func Counted(values url.Values, field string, most int) int {
	n, err := strconv.Atoi(values.Get(field))
	if err != nil || n < 0 {
		return 0
	}
	return min(n, most)
}
