package tariff

import (
	"slices"
	"unicode/utf8"

	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
)

// Check returns *fault.Invalid for what cannot be decided, each at its cell:
// what passes has exactly one price in every case that the programmes admit.
func (t Tariff) Check(known Known) error {
	var c fault.Check
	t.checkBounds(&c)
	for i, l := range t.Lines {
		t.checkLine(&c, known, i, l)
	}
	if c.Err() == nil {
		t.checkCases(&c, known)
	}
	for i, r := range t.Rules {
		t.checkRule(&c, known, i, r)
	}
	for i, e := range t.Extras {
		t.checkExtra(&c, i, e)
	}
	t.checkTowns(&c)
	t.checkYear(&c, known)
	return c.Err()
}

func (t Tariff) checkBounds(c *fault.Check) {
	c.That(len(t.Bounds) <= MostBounds, BoundsField, "Vingt bornes au plus.")
	last := int64(-1)
	for i, b := range t.Bounds {
		c.That(b > last, BoundField(i), "Borne "+WriteDecimal(b, 2)+french.Nbsp+": elle ne dépasse pas la borne d’avant, deux tranches se chevauchent. Écrivez les bornes de la plus petite à la plus grande.")
		c.That(b <= mostCents, BoundField(i), "Borne "+WriteDecimal(b, 2)+french.Nbsp+": 100 000 au plus.")
		last = max(last, b)
	}
}

func (t Tariff) checkLine(c *fault.Check, known Known, i int, l Line) {
	c.That(l.Name != "", LineField("nom", i), "Écrivez l’intitulé de cette ligne, que la famille lit dans le calcul.")
	c.That(utf8.RuneCountInString(l.Name) <= mostName, LineField("nom", i), "120 caractères au plus.")
	if !c.That(known.title(l.Programme) != "", LineField("formule", i), "« "+l.Name+" »"+french.Nbsp+": cette formule n’est pas de la saison. Choisissez-la dans la liste, ou retirez la ligne.") {
		return
	}
	checkAges(c, LineField("age_max", i), l.Name, l.AgeMin, l.AgeMax)
	c.That(l.Outside == Either || len(t.Towns) > 0, LineField("commune", i), "« "+l.Name+" »"+french.Nbsp+": écrivez d’abord les communes du territoire.")
	c.That(l.Per != Term || len(t.Terms) > 0, LineField("par", i), "« "+l.Name+" » est par trimestre"+french.Nbsp+": écrivez le premier jour des trimestres.")
	switch l.Method {
	case ByBracket:
		t.checkCells(c, i, l)
	case Flat:
		c.That(len(l.Prices) == 1, LineField("forfait", i), "« "+l.Name+" »"+french.Nbsp+": écrivez le prix, 0 si c’est gratuit.")
	case ByRank:
		c.That(len(l.Prices) > 0, LineField("rangs", i), "« "+l.Name+" »"+french.Nbsp+": écrivez le prix du 1er élève, du 2e, et ainsi de suite.")
	case ByEffort:
		c.That(l.Rate > 0 && l.Rate <= mostRate, LineField("taux", i), "« "+l.Name+" »"+french.Nbsp+": écrivez le taux d’effort, en pour cent du quotient.")
		c.That(l.Floor > 0, LineField("plancher", i), "« "+l.Name+" »"+french.Nbsp+": écrivez le plancher, ce que paie au moins chacun.")
		c.That(l.Ceiling > 0 && l.Ceiling >= l.Floor, LineField("plafond", i), "« "+l.Name+" »"+french.Nbsp+": écrivez le plafond, au moins le plancher"+french.Nbsp+"; c’est ce que paie qui n’a pas d’attestation.")
	default:
		c.Add(LineField("methode", i), "« "+l.Name+" »"+french.Nbsp+": choisissez comment le prix est trouvé.")
	}
	for _, p := range l.Prices {
		if l.Method != ByBracket {
			c.That(p >= 0 && p <= mostCents, LineField("nom", i), "« "+l.Name+" »"+french.Nbsp+": un prix va de 0 à 100 000 €.")
		}
	}
}

func (t Tariff) checkCells(c *fault.Check, i int, l Line) {
	for b := range len(t.Bounds) + 1 {
		cell := "« " + l.Name + " », tranche " + t.BracketName(b)
		if c.That(b < len(l.Prices), PriceField(i, b), cell+french.Nbsp+": aucun prix. Écrivez-le, 0 si c’est gratuit.") {
			c.That(l.Prices[b] >= 0 && l.Prices[b] <= mostCents, PriceField(i, b), cell+french.Nbsp+": un prix va de 0 à 100 000 €.")
		}
	}
	c.That(len(l.Prices) <= len(t.Bounds)+1, LineField("nom", i), "« "+l.Name+" » a plus de prix que de tranches.")
}

func checkAges(c *fault.Check, field, name string, least, most int64) {
	c.That(least >= 0 && most >= 0 && least <= oldest && most <= oldest && (most == 0 || most >= least), field, "« "+name+" »"+french.Nbsp+": l’âge maximal est plus petit que l’âge minimal.")
}

// oldest bounds the ages that are judged.
const oldest = 120

func (t Tariff) checkRule(c *fault.Check, known Known, i int, r Rule) {
	c.That(r.Name != "", RuleField("nom", i), "Écrivez le nom de la réduction ou de la majoration.")
	c.That(utf8.RuneCountInString(r.Name) <= mostName, RuleField("nom", i), "120 caractères au plus.")
	quoted := "« " + r.Name + " »" + french.Nbsp + ": "
	switch r.Act {
	case Percent:
		c.That(r.Value >= -100_00 && r.Value <= 300_00 && r.Value != 0, RuleField("valeur", i), quoted+"écrivez de −100 à 300 %, par exemple −10.")
	case Times:
		c.That(r.Value >= 0 && r.Value <= 10_0000 && r.Value != 1_0000, RuleField("valeur", i), quoted+"écrivez de 0 à 10, par exemple 1,5.")
	case Amount:
		c.That(r.Value >= -mostCents && r.Value <= mostCents && r.Value != 0, RuleField("valeur", i), quoted+"écrivez un montant, par exemple −20,00.")
	default:
		c.Add(RuleField("acte", i), quoted+"choisissez ce qu’elle fait.")
	}
	c.That(r.RankFrom >= 0 && r.RankTo >= 0 && r.RankFrom <= oldest && r.RankTo <= oldest && (r.RankTo == 0 || r.RankTo >= r.RankFrom), RuleField("rang_max", i), quoted+"le dernier rang est plus petit que le premier.")
	c.That(r.Pupils >= 0 && r.Pupils <= oldest, RuleField("eleves", i), quoted+"écrivez un nombre d’élèves.")
	checkAges(c, RuleField("age_max", i), r.Name, r.AgeMin, r.AgeMax)
	c.That(r.Outside == Either || len(t.Towns) > 0, RuleField("commune", i), quoted+"écrivez d’abord les communes du territoire.")
	for _, code := range r.Programmes {
		c.That(known.title(code) != "", RuleField("formules", i), quoted+"une de ses formules n’est plus de la saison.")
	}
}

func (t Tariff) checkExtra(c *fault.Check, i int, e Extra) {
	c.That(e.Name != "", ExtraField("nom", i), "Écrivez le nom du supplément.")
	c.That(utf8.RuneCountInString(e.Name) <= mostName, ExtraField("nom", i), "120 caractères au plus.")
	c.That(e.Price >= 0 && e.Price <= mostCents, ExtraField("prix", i), "« "+e.Name+" »"+french.Nbsp+": un prix va de 0 à 100 000 €.")
	c.That(e.Deposit >= 0 && e.Deposit <= mostCents, ExtraField("caution", i), "« "+e.Name+" »"+french.Nbsp+": une caution va de 0 à 100 000 €.")
	c.That(slices.Contains([]Charged{Renter, Pupils, Household}, e.To), ExtraField("pour", i), "« "+e.Name+" »"+french.Nbsp+": choisissez qui le paie.")
	c.That(e.Per != Term || len(t.Terms) > 0, ExtraField("par", i), "« "+e.Name+" » est par trimestre"+french.Nbsp+": écrivez le premier jour des trimestres.")
}

func (t Tariff) checkTowns(c *fault.Check) {
	for _, town := range t.Towns {
		c.That(plainTown(town) != "" && utf8.RuneCountInString(town) <= mostName, TownsField, "Écrivez une commune par ligne.")
	}
}

// checkYear judges what is said of the whole season.
func (t Tariff) checkYear(c *fault.Check, known Known) {
	c.That(t.Months >= 1 && t.Months <= 12, MonthsField, "Écrivez de 1 à 12 mois.")
	c.That(len(t.Terms) <= 6 && inOrder(known.Starts, t.Terms), TermsField, "Écrivez le premier jour de chaque trimestre, dans l’ordre de la saison, comme 13/09, 03/01, 03/04.")
	c.That(t.Stay.Due != ByTerm || len(t.Terms) > 0, TermsField, "Tout trimestre commencé est dû"+french.Nbsp+": écrivez le premier jour des trimestres.")
	c.That(slices.Contains([]Due{WholeYear, ByMonth, ByTerm}, t.Stay.Due), DueField, "Choisissez ce qui est dû.")
	c.That(slices.Contains([]Order{Dearest, Cheapest, Eldest}, t.Order), OrderField, "Choisissez qui est le premier élève d’un foyer.")
	c.That(slices.Contains([]Rounding{ToCent, ToEuro}, t.Rounding), RoundingField, "Choisissez l’arrondi.")
	c.That(slices.Contains([]Rest{OnFirst, OnLast}, t.Rest), RestField, "Choisissez l’échéance qui porte les centimes.")
	c.That(t.Stay.FreeUntil == "" || isDay(t.Stay.FreeUntil), FreeField, "Écrivez un jour, comme 10/10.")
	c.That(t.Stay.HalfFrom == "" || isDay(t.Stay.HalfFrom), HalfField, "Écrivez un jour, comme 01/02.")
	for _, times := range known.Modes {
		p, _ := t.Plan(int(times))
		c.That(len(p.Days) > 0 && inOrder(known.Starts, p.Days), PlanField(times), "En "+itoa(times)+" fois"+french.Nbsp+": écrivez "+french.Count(times, "date", "dates")+" dans l’ordre de la saison, comme 05/10, 05/01, 05/04.")
	}
}

// inOrder tells whether the days follow each other within the season.
func inOrder(starts string, days []string) bool {
	last := ""
	for _, day := range days {
		on := dayIn(starts, day)
		if on == "" || on <= last {
			return false
		}
		last = on
	}
	return true
}
