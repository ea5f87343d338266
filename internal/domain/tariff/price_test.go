package tariff_test

import (
	"testing"

	"pupitre/internal/domain/tariff"
)

func TestBrackets(t *testing.T) {
	s := school(t)
	for name, c := range map[string]struct {
		q    tariff.Quotient
		want int64
	}{
		"0 pays the first bracket":              {qf(0), 190_00},
		"400 is still of the first":             {qf(400_00), 190_00},
		"a cent above is of the second":         {qf(400_01), 242_00},
		"400,50, between two whole euros":       {qf(400_50), 242_00},
		"401":                                   {qf(401_00), 242_00},
		"845, the drawing's":                    {qf(845_00), 345_00},
		"2200":                                  {qf(2200_00), 551_00},
		"2200,01":                               {qf(2200_01), 603_00},
		"far above":                             {qf(99_999_99), 603_00},
		"no attestation: the top bracket":       {tariff.Quotient{}, 603_00},
		"an expired attestation is none":        {tariff.Quotient{Value: 845_00}, 603_00},
		"the quotient of the MSA is a quotient": {qf(612_00), 293_00},
	} {
		if got := priced(t, s, one("cursus", 12, c.q)).Total; got != c.want {
			t.Errorf("%s: %d, want %d", name, got, c.want)
		}
	}
}

func TestAges(t *testing.T) {
	s := school(t)
	for name, c := range map[string]struct {
		age  int64
		want int64
	}{
		"17 on the day is young":    {17, 36_00},
		"18 on the day is grown up": {18, 50_00},
		"an age of 0 is young":      {0, 36_00},
		"older than anybody":        {130, 50_00},
	} {
		if got := priced(t, s, one("pratiques", c.age, qf(0))).Total; got != c.want {
			t.Errorf("%s: %d, want %d", name, got, c.want)
		}
	}
	if _, err := s.Price(starts, one("pratiques", tariff.UnknownAge, qf(0))); err == nil {
		t.Error("a price was found without the age that decides")
	}
	if got := priced(t, s, one("cursus", tariff.UnknownAge, qf(0))).Total; got != 190_00 {
		t.Errorf("where no age decides, none is asked: %d", got)
	}
	if _, err := s.Price(starts, one("inconnue", 10, qf(0))); err == nil {
		t.Error("a programme without a line has a price")
	}
}

func TestTheDrawing(t *testing.T) {
	s := school(t)
	home := tariff.Home{Quotient: qf(845_00), Pupils: []tariff.Pupil{
		{Key: "a", Name: "Lucie", Programme: "cursus", Age: 12},
		{Key: "b", Name: "Paul", Programme: "cursus", Age: 10, Rented: []string{"violoncelle"}},
	}}
	bill := priced(t, s, home)
	if got := bill.Charges[1].Total; got != 460_50 || bill.Charges[1].Rank != 2 {
		t.Errorf("the second pupil pays %d as %d", got, bill.Charges[1].Rank)
	}
	want := "Cursus Instrumental Enfant / ados 345,00 €; 2e élève du foyer −34,50 €; Location d’un instrument: violoncelle 150,00 €"
	if got := plain(bill.Charges[1].Words()); got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
	if got := plain(bill.Charges[1].Steps[1].Detail); got != "−10 % de 345,00 €" {
		t.Error(got)
	}
	home.Quotient = tariff.Quotient{}
	if got := priced(t, s, home).Charges[1].Total; got != 692_70 {
		t.Errorf("without attestation: %d", got)
	}
}

// Each published rule of « Typical règlement rules » that speaks of money, by
// the place that wrote it. Those that need a payment or a refund belong to billing.
func TestRulesOfTheSchools(t *testing.T) {
	tuition := func(mend func(*tariff.Tariff, *tariff.Pupil, *tariff.Home)) func(*testing.T) int64 {
		return func(t *testing.T) int64 {
			s := school(t)
			home := one("cursus", 12, qf(845_00)) // 345 € a year
			mend(&s, &home.Pupils[0], &home)
			if err := s.Check(known); err != nil {
				t.Fatal(err)
			}
			return priced(t, s, home).Total
		}
	}
	stay := func(due tariff.Due, arrives, leaves string) func(*testing.T) int64 {
		return tuition(func(s *tariff.Tariff, p *tariff.Pupil, _ *tariff.Home) {
			s.Stay.Due, p.Arrives, p.Leaves = due, arrives, leaves
		})
	}
	for _, c := range []struct {
		name string
		got  func(*testing.T) int64
		want int64
	}{
		{"the manual, Cogolin: no proof of the quotient, the highest tariff", tuition(func(_ *tariff.Tariff, _ *tariff.Pupil, h *tariff.Home) { h.Quotient = tariff.Quotient{} }), 603_00},
		{"Paris, CAPI, CRD 04: the whole year is due even if the pupil stops", stay(tariff.WholeYear, "", "2027-11-20"), 345_00},
		{"CAPI: relief by months for a reason that is recognised", tuition(func(_ *tariff.Tariff, p *tariff.Pupil, _ *tariff.Home) { p.Leaves, p.Excused = "2027-11-20", true }), 103_50},
		{"Guéret: leaving is free until 10 October", tuition(func(s *tariff.Tariff, p *tariff.Pupil, _ *tariff.Home) {
			s.Stay.FreeUntil, p.Leaves = "10-10", "2027-10-10"
		}), 0},
		{"Guéret: the day after, the year is due", tuition(func(s *tariff.Tariff, p *tariff.Pupil, _ *tariff.Home) {
			s.Stay.FreeUntil, p.Leaves = "10-10", "2027-10-11"
		}), 345_00},
		{"CAPI: who registers within the year pays the months left, the one begun included", stay(tariff.ByMonth, "2028-01-31", ""), 207_00},
		{"CAPI: the first of a month begins it", stay(tariff.ByMonth, "2028-02-01", ""), 172_50},
		{"CAPI: from the first day, the whole", stay(tariff.ByMonth, "2027-09-13", ""), 345_00},
		{"CRD 04: half price from 1 February", tuition(func(s *tariff.Tariff, p *tariff.Pupil, _ *tariff.Home) {
			s.Stay.HalfFrom, p.Arrives = "02-01", "2028-02-01"
		}), 172_50},
		{"CRD 04: the day before, the whole", tuition(func(s *tariff.Tariff, p *tariff.Pupil, _ *tariff.Home) {
			s.Stay.HalfFrom, p.Arrives = "02-01", "2028-01-31"
		}), 345_00},
		{"Atelier de musique: a term begun is due", stay(tariff.ByTerm, "", "2028-01-03"), 230_00},
		{"Atelier de musique: the day before, one term", stay(tariff.ByTerm, "", "2028-01-02"), 115_00},
		{"Fréjus: rental 150 €, its deposit cheque is not cashed", tuition(func(_ *tariff.Tariff, p *tariff.Pupil, _ *tariff.Home) { p.Rented = []string{"alto"} }), 495_00},
		{"Fréjus: whom the town does not house pays half as much again", tuition(func(_ *tariff.Tariff, _ *tariff.Pupil, h *tariff.Home) { h.Outside = true }), 517_50},
		{"an entry fee, once a household", tuition(func(s *tariff.Tariff, _ *tariff.Pupil, h *tariff.Home) {
			s.Extras = append(s.Extras, tariff.Extra{Name: "Frais de dossier", To: tariff.Household, Per: tariff.Year, Price: 12_00})
			s.Rules = nil
			h.Pupils = append(h.Pupils, tariff.Pupil{Key: "b", Programme: "cursus", Age: 9})
		}), 702_00},
		{"under 25 and a full-time student: the children's price", tuition(func(s *tariff.Tariff, p *tariff.Pupil, _ *tariff.Home) {
			adult := s.Lines[3]
			adult.Name, adult.AgeMin, adult.AgeMax, adult.Student, adult.Prices = "Étudiant", 18, 25, tariff.Yes, s.Lines[2].Prices
			s.Lines[3].AgeMin = 26
			other := s.Lines[3]
			other.AgeMin, other.AgeMax, other.Student = 18, 25, tariff.No
			s.Lines = append(s.Lines, adult, other)
			p.Programme, p.Age, p.Student = "adultes", 25, true
		}), 345_00},
		{"by taux d’effort: a part of the quotient", tuition(effort(40_0000)), 338_00},
		{"by taux d’effort: not below the floor", tuition(effort(1_0000)), 100_00},
		{"by taux d’effort: not above the ceiling", tuition(effort(90_0000)), 500_00},
		{"by taux d’effort, without attestation: the ceiling", tuition(func(s *tariff.Tariff, p *tariff.Pupil, h *tariff.Home) {
			effort(40_0000)(s, p, h)
			h.Quotient = tariff.Quotient{Value: 845_00}
		}), 500_00},
		{"a price per month, ten months", tuition(per(tariff.Month)), 303_00},
		{"a price per term, three terms", tuition(per(tariff.Term)), 90_90},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := c.got(t); got != c.want {
				t.Errorf("%d, want %d", got, c.want)
			}
		})
	}
}

func effort(rate int64) func(*tariff.Tariff, *tariff.Pupil, *tariff.Home) {
	return func(s *tariff.Tariff, _ *tariff.Pupil, _ *tariff.Home) {
		s.Lines[2] = tariff.Line{Programme: "cursus", Name: "Cursus", Method: tariff.ByEffort, Per: tariff.Year, Rate: rate, Floor: 100_00, Ceiling: 500_00}
	}
}

func per(p tariff.Period) func(*tariff.Tariff, *tariff.Pupil, *tariff.Home) {
	return func(s *tariff.Tariff, _ *tariff.Pupil, _ *tariff.Home) {
		s.Lines[2] = tariff.Line{Programme: "cursus", Name: "Cursus", Method: tariff.Flat, Per: p, Prices: []int64{30_30}}
	}
}

func TestWhoIsFirst(t *testing.T) {
	for name, c := range map[string]struct {
		order tariff.Order
		ranks [3]int64
		total int64
	}{
		"dearest first":  {tariff.Dearest, [3]int64{2, 1, 3}, 345_00 - 34_50 + 419_00 + 102_00 - 20_40},
		"cheapest first": {tariff.Cheapest, [3]int64{2, 3, 1}, 345_00 - 34_50 + 419_00 - 83_80 + 102_00},
		"eldest first":   {tariff.Eldest, [3]int64{2, 1, 3}, 345_00 - 34_50 + 419_00 + 102_00 - 20_40},
	} {
		s := school(t)
		s.Order = c.order
		bill := priced(t, s, tariff.Home{Quotient: qf(845_00), Pupils: []tariff.Pupil{
			{Key: "a", Programme: "cursus", Age: 12}, {Key: "b", Programme: "adultes", Age: 40}, {Key: "c", Programme: "eveil", Age: 5},
		}})
		var ranks [3]int64
		for i, x := range bill.Charges {
			ranks[i] = x.Rank
		}
		if ranks != c.ranks || bill.Total != c.total {
			t.Errorf("%s: ranks %v, %d; want %v, %d", name, ranks, bill.Total, c.ranks, c.total)
		}
	}
}

func TestPriceByRank(t *testing.T) {
	s := school(t)
	s.Rules = nil
	s.Lines[2] = tariff.Line{Programme: "cursus", Name: "Cursus", Method: tariff.ByRank, Per: tariff.Year, Prices: []int64{300_00, 250_00, 200_00}}
	home := tariff.Home{}
	for _, key := range []string{"a", "b", "c", "d"} {
		home.Pupils = append(home.Pupils, tariff.Pupil{Key: key, Programme: "cursus", Age: 10})
	}
	bill := priced(t, s, home)
	if bill.Total != 950_00 || bill.Charges[3].Total != 200_00 {
		t.Errorf("%d, the fourth %d", bill.Total, bill.Charges[3].Total)
	}
}

func TestAWholeHouseholdsReduction(t *testing.T) {
	s := school(t)
	s.Rules = []tariff.Rule{{Name: "Famille nombreuse", Pupils: 3, Act: tariff.Percent, Value: -15_00}, {Name: "Remise", Act: tariff.Amount, Value: -400_00}}
	home := one("cursus", 12, qf(845_00))
	if got := priced(t, s, home).Total; got != 0 {
		t.Errorf("an amount never goes below nothing: %d", got)
	}
	s.Rules = s.Rules[:1]
	home.Pupils = append(home.Pupils, tariff.Pupil{Key: "b", Programme: "cursus", Age: 9}, tariff.Pupil{Key: "c", Programme: "cursus", Age: 8})
	if got := priced(t, s, home).Total; got != 3*293_25 {
		t.Errorf("%d", got)
	}
}

func TestRounding(t *testing.T) {
	for name, c := range map[string]struct {
		rounding tariff.Rounding
		percent  int64
		want     int64
	}{
		"half a cent goes up":  {tariff.ToCent, -50_00, 172_51}, // 345,01 / 2 = 172,505
		"to the euro, half up": {tariff.ToEuro, -50_00, 173_00},
		"to the euro, below":   {tariff.ToEuro, -51_00, 169_00}, // 169,0549
	} {
		s := school(t)
		s.Rounding = c.rounding
		s.Lines[2].Prices = []int64{345_01, 345_01, 345_01, 345_01, 345_01, 345_01, 345_01, 345_01, 345_01}
		s.Rules = []tariff.Rule{{Name: "x", Act: tariff.Percent, Value: c.percent}}
		if got := priced(t, s, one("cursus", 12, qf(0))).Total; got != c.want {
			t.Errorf("%s: %d, want %d", name, got, c.want)
		}
	}
}

func TestTownsOfTheTerritory(t *testing.T) {
	s := school(t)
	for town, outside := range map[string]bool{"LE LOROUX BOTTEREAU": false, "le loroux-bottereau": false, "St Julien de Concelles": false, "Nantes": true, "": true} {
		if s.IsOutside(town) != outside {
			t.Errorf("%q: outside %v", town, !outside)
		}
	}
	s.Towns = nil
	if s.IsOutside("Nantes") {
		t.Error("without a territory nobody is outside")
	}
}

func TestInstalments(t *testing.T) {
	s := school(t)
	for _, c := range []struct {
		times int
		total int64
		first int64
		rest  int64
		last  string
	}{
		{1, 603_00, 603_00, 603_00, "2027-10-05"},
		{3, 460_50, 153_50, 153_50, "2028-04-05"},
		{8, 603_00, 75_41, 75_37, "2028-05-05"},
		{8, 345_00, 43_16, 43_12, "2028-05-05"},
		{8, 460_50, 57_58, 57_56, "2028-05-05"},
	} {
		plan, ok := s.Plan(c.times)
		if !ok {
			t.Fatal(c.times)
		}
		all := s.Instalments(starts, plan, c.total)
		if len(all) != c.times || all[0].Amount != c.first || all[len(all)-1].Amount != c.rest || all[len(all)-1].On != c.last || all[0].On != "2027-10-05" {
			t.Errorf("%d in %d: %v", c.total, c.times, all)
		}
	}
	s.Rest = tariff.OnLast
	plan, _ := s.Plan(8)
	if all := s.Instalments(starts, plan, 603_00); all[0].Amount != 75_37 || all[7].Amount != 75_41 {
		t.Errorf("on the last: %v", all)
	}
	if all := s.Instalments(starts, plan, 5); len(all) != 1 || all[0].Amount != 5 {
		t.Errorf("five cents: %v", all)
	}
	if all := s.Instalments(starts, plan, 0); all != nil {
		t.Errorf("nothing: %v", all)
	}
}
