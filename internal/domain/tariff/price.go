package tariff

import (
	"cmp"
	"slices"

	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
)

// Home is a household as its price needs it.
type Home struct {
	Outside  bool
	Quotient Quotient
	Pupils   []Pupil
}

// Quotient is a quotient familial in cents. One that no valid attestation
// proves is not used: the top bracket, or the ceiling, is.
type Quotient struct {
	Value int64
	Valid bool
}

// Pupil is one pupil's season.
type Pupil struct {
	Key       string // tells the pupils of a household apart, and decides between equals
	Name      string
	Programme string // code
	Age       int64  // on the season's day; UnknownAge when there is no date of birth
	Student   bool   // full-time
	Rented    []string
	Arrives   string // day within the year, "" from its start
	Leaves    string // last day, "" to its end
	Excused   bool   // left for a reason that the school recognises: due by months
}

// UnknownAge is that of a pupil without a date of birth.
const UnknownAge = -1

// Step is one line of a calculation: what it adds, and where it leads.
type Step struct {
	Label  string
	Detail string
	Change int64 // cents
	After  int64 // of this pupil, or of the household's own steps
}

// Words writes the step: « 2e élève du foyer −34,50 € ».
func (s Step) Words() string { return s.Label + " " + euros(s.Change) }

// Charge is what one pupil costs.
type Charge struct {
	Pupil Pupil
	Rank  int64 // in the household, from 1
	Steps []Step
	Total int64
}

// Bill is what a household owes for a season. Charges are in the order of the
// household's pupils; Steps are charged once.
type Bill struct {
	Charges []Charge
	Steps   []Step
	Total   int64
}

// Words writes the calculation in one sentence: « Cursus 448,00 € ; 2e enfant −44,80 € ».
func (c Charge) Words() string {
	words := ""
	for i, s := range c.Steps {
		if i > 0 {
			words += french.Nbsp + "; "
		}
		words += s.Words()
	}
	return words
}

// Price calculates what the household owes for the season that starts on that
// day. It returns *fault.Invalid when a pupil's case has no price, or two: a
// tariff that Check has passed refuses only an unknown programme, or a missing
// date of birth where the age decides.
func (t Tariff) Price(starts string, home Home) (Bill, error) {
	lines := make([]Line, len(home.Pupils))
	for i, p := range home.Pupils {
		at, err := t.lineOf(p, home.Outside)
		if err != nil {
			return Bill{}, err
		}
		lines[i] = t.Lines[at]
	}
	ranks := t.ranks(home, lines)
	var bill Bill
	for i, p := range home.Pupils {
		c := t.charge(starts, home, p, lines[i], ranks[i])
		bill.Charges = append(bill.Charges, c)
		bill.Total += c.Total
	}
	run := running{rounding: t.Rounding}
	if len(home.Pupils) > 0 {
		for _, e := range t.Extras {
			if e.To == Household {
				t.extra(&run, e, e.Name)
			}
		}
	}
	bill.Steps, bill.Total = run.steps, bill.Total+run.amount
	return bill, nil
}

// lineOf finds the one line of the pupil's case: its place in the grid.
func (t Tariff) lineOf(p Pupil, outside bool) (int, error) {
	var found []int
	dated := false
	for i, l := range t.Lines {
		if l.Programme != p.Programme || !l.Student.admits(p.Student) || !l.Outside.admits(outside) {
			continue
		}
		undated := l.AgeMin == 0 && l.AgeMax == 0
		dated = dated || !undated
		if undated || p.Age != UnknownAge && within(p.Age, l.AgeMin, l.AgeMax) {
			found = append(found, i)
		}
	}
	who := p.Name
	if who == "" {
		who = "Cet élève"
	}
	who += french.Nbsp + ": "
	switch {
	case len(found) == 1 && t.isWhole(t.Lines[found[0]]):
		return found[0], nil
	case p.Age == UnknownAge && dated:
		return 0, fault.Refuse(who + "le prix dépend de l’âge. Complétez la date de naissance.")
	case len(found) == 0:
		return 0, fault.Refuse(who + "la grille n’a aucun prix pour ce cas. La régie complète les tarifs de la saison.")
	case len(found) == 1:
		return 0, fault.Refuse(who + "la ligne « " + t.Lines[found[0]].Name + " » de la grille n’est pas complète. La régie complète les tarifs de la saison.")
	default:
		return 0, fault.Refuse(who + "la grille a deux prix pour ce cas, « " + t.Lines[found[0]].Name + " » et « " + t.Lines[found[1]].Name + " ». La régie corrige les tarifs de la saison.")
	}
}

// isWhole tells whether the line has all that its method reads.
func (t Tariff) isWhole(l Line) bool {
	switch l.Method {
	case ByBracket:
		return len(l.Prices) == len(t.Bounds)+1
	case ByEffort:
		return l.Rate > 0 && l.Floor <= l.Ceiling
	default:
		return len(l.Prices) > 0
	}
}

func within(n, least, most int64) bool { return n >= least && (most == 0 || n <= most) }

// ranks gives each pupil its rank, by what it costs before anything depends on the rank.
func (t Tariff) ranks(home Home, lines []Line) []int64 {
	order := make([]int, len(home.Pupils))
	costs := make([]int64, len(home.Pupils))
	for i, p := range home.Pupils {
		order[i] = i
		run := t.tuition(home, p, lines[i], 1, true)
		costs[i] = run.amount
	}
	slices.SortStableFunc(order, func(a, b int) int {
		first := 0
		switch t.Order {
		case Dearest:
			first = cmp.Compare(costs[b], costs[a])
		case Cheapest:
			first = cmp.Compare(costs[a], costs[b])
		}
		return cmp.Or(first, cmp.Compare(home.Pupils[b].Age, home.Pupils[a].Age), cmp.Compare(home.Pupils[a].Key, home.Pupils[b].Key))
	})
	ranks := make([]int64, len(order))
	for place, i := range order {
		ranks[i] = int64(place + 1)
	}
	return ranks
}

// charge is the whole calculation of one pupil.
func (t Tariff) charge(starts string, home Home, p Pupil, line Line, rank int64) Charge {
	run := t.tuition(home, p, line, rank, false)
	t.presence(&run, starts, p)
	for _, e := range t.Extras {
		switch e.To {
		case Pupils:
			t.extra(&run, e, e.Name)
		case Renter:
			for _, what := range p.Rented {
				t.extra(&run, e, e.Name+french.Nbsp+": "+what)
			}
		}
	}
	return Charge{Pupil: p, Rank: rank, Steps: run.steps, Total: run.amount}
}

// running is an amount on its way, with what it went through.
type running struct {
	rounding Rounding
	amount   int64
	steps    []Step
}

// to brings the amount there, never below nothing.
func (r *running) to(label, detail string, amount int64) {
	amount = max(amount, 0)
	r.steps = append(r.steps, Step{label, detail, amount - r.amount, amount})
	r.amount = amount
}

// tuition is the line's price after the rules; with unranked, those from the
// first that depends on the rank are left out.
func (t Tariff) tuition(home Home, p Pupil, line Line, rank int64, unranked bool) running {
	run := running{rounding: t.Rounding}
	t.base(&run, home.Quotient, line, rank)
	for _, rule := range t.Rules {
		if unranked && (rule.RankFrom > 0 || rule.RankTo > 0) {
			break
		}
		if rule.admits(home, p, rank) {
			rule.apply(&run)
		}
	}
	return run
}

// base is the line's price for the year.
func (t Tariff) base(run *running, q Quotient, line Line, rank int64) {
	price, detail := t.unit(q, line, rank)
	run.to(line.Name, detail, price)
	t.wholeYear(run, line.Per, price)
}

// unit is the line's price for its period, and how it was found.
func (t Tariff) unit(q Quotient, line Line, rank int64) (price int64, detail string) {
	switch line.Method {
	case ByBracket:
		at := t.Bracket(q)
		return line.Prices[at], t.bracketWords(q, at)
	case ByEffort:
		if !q.Valid {
			return line.Ceiling, "sans attestation valide" + french.Nbsp + ": tarif maximal"
		}
		price := t.Rounding.round(q.Value*line.Rate, 1_000_000)
		detail := WriteDecimal(line.Rate, 4) + " % du quotient " + WriteDecimal(q.Value, 2)
		switch {
		case price < line.Floor:
			return line.Floor, detail + ", porté au plancher"
		case price > line.Ceiling:
			return line.Ceiling, detail + ", ramené au plafond"
		}
		return price, detail
	case ByRank:
		return line.Prices[min(rank, int64(len(line.Prices)))-1], french.Ordinal(rank) + " élève du foyer"
	default:
		return line.Prices[0], "prix unique"
	}
}

// wholeYear brings a price for a period to that of the year.
func (t Tariff) wholeYear(run *running, per Period, price int64) {
	switch per {
	case Month:
		run.to("Pour l’année", euros(price)+" par mois × "+itoa(t.Months), run.amount+price*(t.Months-1))
	case Term:
		n := int64(len(t.Terms))
		run.to("Pour l’année", euros(price)+" par trimestre × "+itoa(n), run.amount+price*(n-1))
	}
}

// extra adds a price on top.
func (t Tariff) extra(run *running, e Extra, label string) {
	detail := "hors réductions"
	if e.Deposit > 0 {
		detail += french.Nbsp + "; caution de " + euros(e.Deposit) + ", non encaissée"
	}
	run.to(label, detail, run.amount+e.Price)
	t.wholeYear(run, e.Per, e.Price)
}

// Bracket is the place of the bracket of the quotient, from 0. It begins just
// above the bound before it and holds its own; without a valid attestation it
// is the last.
func (t Tariff) Bracket(q Quotient) int {
	if !q.Valid {
		return len(t.Bounds)
	}
	i, _ := slices.BinarySearch(t.Bounds, q.Value)
	return i
}

func (t Tariff) bracketWords(q Quotient, at int) string {
	words := french.FeminineOrdinal(int64(at+1)) + " tranche, " + t.BracketName(at)
	if !q.Valid {
		return "sans attestation valide" + french.Nbsp + ": " + words
	}
	return words
}

// BracketName heads a column: « ≤ 400 », « > 2200 ».
func (t Tariff) BracketName(at int) string {
	switch {
	case len(t.Bounds) == 0:
		return "tous"
	case at < len(t.Bounds):
		return "≤ " + WriteDecimal(t.Bounds[at], 2)
	default:
		return "> " + WriteDecimal(t.Bounds[len(t.Bounds)-1], 2)
	}
}

// Trial is what one pupil would pay as that one of the household: the same
// calculation, on the rank that is given. With it is what it would pay without
// a valid attestation.
func (t Tariff) Trial(starts string, home Home, p Pupil, rank int64) (with, without Charge, err error) {
	rank = max(rank, 1)
	home.Pupils = make([]Pupil, rank)
	for i := range home.Pupils {
		home.Pupils[i] = p
	}
	at, err := t.lineOf(p, home.Outside)
	if err != nil {
		return with, without, err
	}
	line := t.Lines[at]
	unproven := home
	unproven.Quotient.Valid = false
	return t.charge(starts, home, p, line, rank), t.charge(starts, unproven, p, line, rank), nil
}

// CellOf is the field of the grid's cell that decides the case's price, "" when
// the line that does has no cells.
func (t Tariff) CellOf(home Home, p Pupil) string {
	at, err := t.lineOf(p, home.Outside)
	if err != nil || t.Lines[at].Method != ByBracket {
		return ""
	}
	return PriceField(at, t.Bracket(home.Quotient))
}
