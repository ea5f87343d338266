// Package tariff says what a season's lessons cost a household, step by step.
// The tariff is data of the season; the calculation is pure: no database, no
// clock. Money is whole cents, a quotient familial whole cents too.
package tariff

import (
	"slices"

	"pupitre/internal/platform/french"
)

// Tariff is what a season charges. Save keeps only one that Check finds nothing
// against: each case has exactly one line.
type Tariff struct {
	Sample   bool     `json:"sample"`   // invented, for tests: « jeu d’essai »
	Bounds   []int64  `json:"bounds"`   // upper bounds of the brackets, ascending; one more bracket is above the last
	Towns    []string `json:"towns"`    // the territory; none: nobody is outside
	Lines    []Line   `json:"lines"`    // the grid
	Rules    []Rule   `json:"rules"`    // reductions and supplements, applied in this order
	Extras   []Extra  `json:"extras"`   // what comes on top, after the rules
	Order    Order    `json:"order"`    // who is the first pupil of a household
	Rounding Rounding `json:"rounding"` // after each step
	Months   int64    `json:"months"`   // how many are due in a year, from the season's first
	Terms    []string `json:"terms"`    // their first days, as « 09-13 »
	Plans    []Plan   `json:"plans"`    // when instalments are due
	Rest     Rest     `json:"rest"`     // which instalment bears the remaining cents
	Stay     Stay     `json:"stay"`     // arriving or leaving within the year
}

// Line is a row of the grid: what a programme (formule) costs in the cases that
// its conditions admit. A bound of age that is 0 is none.
type Line struct {
	Programme string  `json:"programme"` // its code
	Name      string  `json:"name"`      // as the calculation shows it
	AgeMin    int64   `json:"age_min"`
	AgeMax    int64   `json:"age_max"`
	Student   Whether `json:"student"`
	Outside   Whether `json:"outside"`
	Method    Method  `json:"method"`
	Per       Period  `json:"per"`
	Prices    []int64 `json:"prices"` // one a bracket; one; or one a rank, the last for all that follow
	Rate      int64   `json:"rate"`   // of ByEffort: millionths of the quotient
	Floor     int64   `json:"floor"`
	Ceiling   int64   `json:"ceiling"`
}

// Whether is a condition that may be left open.
type Whether string

// The conditions.
const (
	Either Whether = ""
	Yes    Whether = "yes"
	No     Whether = "no"
)

func (w Whether) admits(is bool) bool { return w == Either || (w == Yes) == is }

// Method is how a line's price is found.
type Method string

// The methods.
const (
	ByBracket Method = "bracket" // of the quotient familial
	Flat      Method = "flat"
	ByEffort  Method = "effort" // taux d’effort: a part of the quotient, between a floor and a ceiling
	ByRank    Method = "rank"   // of the pupil in the household
)

// Period is what a price is for.
type Period string

// The periods.
const (
	Year  Period = "year"
	Term  Period = "term"
	Month Period = "month"
)

// Rule is a reduction or a supplement: it changes what the rules before it
// leave, for the pupils that all its conditions admit.
type Rule struct {
	Name       string   `json:"name"`
	Outside    Whether  `json:"outside"`
	Student    Whether  `json:"student"`
	RankFrom   int64    `json:"rank_from"` // of the pupil in the household; 0 is no bound
	RankTo     int64    `json:"rank_to"`
	Pupils     int64    `json:"pupils"` // of households of at least so many
	AgeMin     int64    `json:"age_min"`
	AgeMax     int64    `json:"age_max"`
	Programmes []string `json:"programmes"` // codes; none: all
	Act        Act      `json:"act"`
	Value      int64    `json:"value"`
}

// Act is what a rule does.
type Act string

// The acts.
const (
	Percent Act = "percent" // Value hundredths of a percent more; less when negative
	Times   Act = "times"   // Value ten-thousandths
	Amount  Act = "amount"  // Value cents more; less when negative
)

// Extra is a price on top, which no rule changes.
type Extra struct {
	Name    string  `json:"name"`
	To      Charged `json:"to"`
	Per     Period  `json:"per"`
	Price   int64   `json:"price"`
	Deposit int64   `json:"deposit"` // a cheque that is not cashed (caution): told, not counted
}

// Charged is whom an extra is charged to.
type Charged string

// To whom.
const (
	Renter    Charged = "renter"    // a pupil, for each instrument rented
	Pupils    Charged = "pupil"     // every pupil
	Household Charged = "household" // once (frais de dossier)
)

// Order says who is the first pupil of a household, for what depends on the rank.
type Order string

// The orders. Pupils who cost the same follow each other by age, the eldest first.
const (
	Dearest  Order = "dearest"
	Cheapest Order = "cheapest"
	Eldest   Order = "eldest"
)

// Rounding is what an amount is brought to after each step: half goes up.
type Rounding string

// The roundings.
const (
	ToCent Rounding = "cent"
	ToEuro Rounding = "euro"
)

// Plan is when an invoice paid in several times is due: as many days, as « 10-05 ».
type Plan struct {
	Days []string `json:"days"`
}

// Rest says which instalment bears the cents that do not divide.
type Rest string

// The instalments.
const (
	OnFirst Rest = "first"
	OnLast  Rest = "last"
)

// Stay says what is due of a year that a pupil does not spend whole. Days are
// as « 02-01 »; "" is none.
type Stay struct {
	Due       Due    `json:"due"`
	FreeUntil string `json:"free_until"` // who leaves by then owes nothing
	HalfFrom  string `json:"half_from"`  // who arrives from then on owes half, whatever Due says
}

// Due is what counts of a year begun.
type Due string

// What is due.
const (
	WholeYear Due = "year"
	ByMonth   Due = "month" // each month begun
	ByTerm    Due = "term"  // each term begun
)

// Programme is a formule as the grid needs it.
type Programme struct {
	Code, Title    string
	AgeMin, AgeMax int64
}

// Known is what a tariff is judged against: the season's programmes, in how
// many times the school lets pay, and the season's first day.
type Known struct {
	Programmes []Programme
	Modes      []int64
	Starts     string
}

func (k Known) title(code string) string {
	for _, p := range k.Programmes {
		if p.Code == code {
			return p.Title
		}
	}
	return ""
}

// New is what a season without a tariff starts from: nothing that could pass
// for a price.
func New() Tariff {
	return Tariff{Order: Dearest, Rounding: ToCent, Months: 10, Rest: OnFirst, Stay: Stay{Due: WholeYear}}
}

// IsOutside tells whether the town is none of the territory's. Accents, case,
// hyphens and « St » for « Saint » make no difference.
func (t Tariff) IsOutside(town string) bool {
	return len(t.Towns) > 0 && !slices.ContainsFunc(t.Towns, func(x string) bool { return plainTown(x) == plainTown(town) })
}

func plainTown(name string) string {
	words := fields(french.Fold(name))
	for i, w := range words {
		switch w {
		case "st":
			words[i] = "saint"
		case "ste":
			words[i] = "sainte"
		}
	}
	return join(words)
}

// Plan returns the plan in so many times.
func (t Tariff) Plan(times int) (Plan, bool) {
	i := slices.IndexFunc(t.Plans, func(p Plan) bool { return len(p.Days) == times })
	if i < 0 {
		return Plan{}, false
	}
	return t.Plans[i], true
}
