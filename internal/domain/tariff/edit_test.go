package tariff_test

import (
	"reflect"
	"slices"
	"testing"

	"pupitre/internal/domain/tariff"
)

func TestEditingTheForm(t *testing.T) {
	s := everything(t)
	v := s.Values(known.Modes)
	reread := func(got map[string][]string, want tariff.Tariff) {
		t.Helper()
		read, err := tariff.Read(got, known)
		if err != nil || !reflect.DeepEqual(read, want) {
			t.Errorf("%v\nread\n%+v\nwant\n%+v", err, read, want)
		}
	}
	for _, of := range []string{tariff.LinesField, tariff.RulesField, tariff.ExtrasField} {
		reread(tariff.Add(v, of), s) // what is added and left empty is nothing
	}
	lifted := s
	lifted.Rules = slices.Clone(s.Rules)
	lifted.Rules[1], lifted.Rules[2] = s.Rules[2], s.Rules[1]
	reread(tariff.Lift(v, tariff.RulesField, 2), lifted)
	reread(tariff.Lift(v, tariff.RulesField, 0), s)

	fewer := s
	fewer.Extras = s.Extras[1:]
	reread(tariff.Take(v, tariff.ExtrasField, 0), fewer)
	reread(tariff.Take(v, tariff.ExtrasField, 9), s)

	narrower := s
	narrower.Bounds = slices.Delete(slices.Clone(s.Bounds), 2, 3)
	narrower.Lines = slices.Clone(s.Lines)
	for i, l := range s.Lines {
		if l.Method == tariff.ByBracket {
			narrower.Lines[i].Prices = slices.Delete(slices.Clone(l.Prices), 2, 3)
		}
	}
	reread(tariff.Take(v, tariff.BoundsField, 2), narrower)

	wider := tariff.Add(v, tariff.BoundsField)
	wider.Set(tariff.BoundField(8), "3000")
	for i, l := range s.Lines {
		if l.Method == tariff.ByBracket {
			wider.Set(tariff.PriceField(i, 8), "200")
			if got := wider.Get(tariff.PriceField(i, 9)); got != tariff.WritePrice(l.Prices[8]) {
				t.Errorf("the bracket above all now pays %q", got)
			}
		}
	}
	if read, err := tariff.Read(wider, known); err != nil || len(read.Bounds) != 9 {
		t.Error(err)
	}

	other := school(t)
	mixed := s
	mixed.Bounds, mixed.Lines = other.Bounds, other.Lines
	reread(tariff.WithGrid(v, other.Bounds, other.Lines), mixed)
}

func TestDifferencesAreNamed(t *testing.T) {
	was, is := school(t), school(t)
	is.Lines = slices.Clone(was.Lines)
	is.Lines[2].Prices = slices.Clone(was.Lines[2].Prices)
	is.Lines[2].Prices[3] = 350_00
	is.Order = tariff.Cheapest
	got := tariff.Differences(was.Values(known.Modes), is.Values(known.Modes))
	want := []tariff.Difference{
		{"prix_2_3", "Cursus Instrumental Enfant / ados, tranche 4", "345", "350"},
		{"ordre", "premier élève d’un foyer", "le plus cher d’abord", "le moins cher d’abord"},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%+v", got)
	}
}
