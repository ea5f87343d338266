package tariff_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"pupitre/internal/domain/tariff"
)

const draws = 2000

// drawn is a household and a tariff at random; the grid never falls with the quotient.
func drawn(r *rand.Rand, s tariff.Tariff) (tariff.Tariff, tariff.Home) {
	s.Lines = slices.Clone(s.Lines)
	for i := range s.Lines {
		s.Lines[i].Prices = slices.Clone(s.Lines[i].Prices)
		for b := range s.Lines[i].Prices {
			s.Lines[i].Prices[b] = r.Int64N(200_00)
		}
		slices.Sort(s.Lines[i].Prices)
	}
	s.Order = []tariff.Order{tariff.Dearest, tariff.Cheapest, tariff.Eldest}[r.IntN(3)]
	s.Rounding = []tariff.Rounding{tariff.ToCent, tariff.ToEuro}[r.IntN(2)]
	s.Rest = []tariff.Rest{tariff.OnFirst, tariff.OnLast}[r.IntN(2)]
	s.Stay.Due = []tariff.Due{tariff.WholeYear, tariff.ByMonth, tariff.ByTerm}[r.IntN(3)]
	s.Rules = []tariff.Rule{
		{Name: "hors", Outside: tariff.Yes, Act: tariff.Times, Value: r.Int64N(3_0000)},
		{Name: "rang 2", RankFrom: 2, RankTo: 2, Act: tariff.Percent, Value: -r.Int64N(100_00)},
		{Name: "rang 3", RankFrom: 3, Act: tariff.Percent, Value: -r.Int64N(100_00)},
		{Name: "remise", Act: tariff.Amount, Value: r.Int64N(40_00) - 20_00},
	}
	home := tariff.Home{Outside: r.IntN(2) == 0, Quotient: tariff.Quotient{Value: r.Int64N(2500_00), Valid: r.IntN(4) > 0}}
	for i := range 1 + r.IntN(4) {
		p := tariff.Pupil{Key: fmt.Sprint(i), Programme: known.Programmes[r.IntN(len(known.Programmes))].Code, Age: r.Int64N(60)}
		if r.IntN(3) == 0 {
			p.Rented = []string{"violon"}
		}
		if r.IntN(3) == 0 {
			p.Arrives = fmt.Sprintf("2028-%02d-%02d", 1+r.IntN(6), 1+r.IntN(28))
		}
		home.Pupils = append(home.Pupils, p)
	}
	return s, home
}

func TestWhateverIsDrawn(t *testing.T) {
	r := rand.New(rand.NewPCG(16, 42))
	sample := school(t)
	for range draws {
		s, home := drawn(r, sample)
		bill := priced(t, s, home)
		stepsAddUp(t, bill)
		instalmentsAddUp(t, s, bill.Total)

		shuffled := home
		shuffled.Pupils = slices.Clone(home.Pupils)
		r.Shuffle(len(shuffled.Pupils), func(i, j int) {
			shuffled.Pupils[i], shuffled.Pupils[j] = shuffled.Pupils[j], shuffled.Pupils[i]
		})
		if other := priced(t, s, shuffled); other.Total != bill.Total {
			t.Fatalf("%d, but %d when the pupils are named in another order", bill.Total, other.Total)
		}
		if proven := (tariff.Quotient{Value: home.Quotient.Value, Valid: true}); home.Quotient != proven && len(home.Pupils) == 1 {
			with := home
			with.Quotient = proven
			if priced(t, s, with).Total > bill.Total {
				t.Fatal("an attestation makes dearer")
			}
		}
	}
}

func stepsAddUp(t *testing.T, bill tariff.Bill) {
	t.Helper()
	whole := int64(0)
	for _, c := range bill.Charges {
		sum := int64(0)
		for _, step := range c.Steps {
			sum += step.Change
			if step.After != sum || sum < 0 {
				t.Fatalf("after « %s » %d, the steps make %d", step.Label, step.After, sum)
			}
		}
		if sum != c.Total {
			t.Fatalf("the steps make %d of %d", sum, c.Total)
		}
		whole += sum
	}
	for _, step := range bill.Steps {
		whole += step.Change
	}
	if whole != bill.Total {
		t.Fatalf("the charges make %d of %d", whole, bill.Total)
	}
}

func instalmentsAddUp(t *testing.T, s tariff.Tariff, total int64) {
	t.Helper()
	for _, plan := range s.Plans {
		sum, last := int64(0), ""
		for _, i := range s.Instalments(starts, plan, total) {
			if i.Amount <= 0 || i.On <= last {
				t.Fatalf("an instalment of %d on %s after %s", i.Amount, i.On, last)
			}
			sum, last = sum+i.Amount, i.On
		}
		if sum != total {
			t.Fatalf("in %d the instalments make %d of %d", len(plan.Days), sum, total)
		}
	}
}

// For one pupil a higher quotient never pays less. (In a household it may: the
// order of the pupils, and with it who is reduced, can change.)
func TestMonotoneInTheQuotient(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 7))
	sample := school(t)
	for range draws {
		s, home := drawn(r, sample)
		home.Pupils = home.Pupils[:1]
		home.Quotient.Valid = true
		low := priced(t, s, home).Total
		home.Quotient.Value += r.Int64N(500_00)
		if high := priced(t, s, home).Total; high < low {
			t.Fatalf("at %d %d, below %d", home.Quotient.Value, high, low)
		}
	}
}

func TestEveryCaseOfACheckedTariffHasAPrice(t *testing.T) {
	s := school(t)
	for _, p := range known.Programmes {
		for age := p.AgeMin; age <= 120; age++ {
			for _, student := range []bool{true, false} {
				for _, outside := range []bool{true, false} {
					home := one(p.Code, age, qf(845_00))
					home.Outside, home.Pupils[0].Student = outside, student
					priced(t, s, home)
				}
			}
		}
	}
}
