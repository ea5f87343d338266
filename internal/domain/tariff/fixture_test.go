package tariff_test

import (
	"errors"
	"os"
	"strings"
	"testing"

	"pupitre/internal/domain/tariff"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/sheet"
)

const starts = "2027-09-13"

var known = tariff.Known{Starts: starts, Modes: []int64{1, 3, 8}, Programmes: []tariff.Programme{
	{Code: "eveil", Title: "Jardin / Éveil Musical / Éveil Musique et Danse"},
	{Code: "parcours", Title: "Parcours découverte"},
	{Code: "cursus", Title: "Cursus Instrumental Enfant / ados", AgeMax: 17},
	{Code: "adultes", Title: "Cours Adultes", AgeMin: 18},
	{Code: "pratiques", Title: "Pratiques collectives seules"},
}}

var monthly = []string{"10-05", "11-05", "12-05", "01-05", "02-05", "03-05", "04-05", "05-05"}

// school is the tariff of the drawing, on the demonstration's grid.
func school(t testing.TB) tariff.Tariff {
	t.Helper()
	data, err := os.ReadFile("../../../demo/tarifs.csv")
	if err != nil {
		t.Fatal(err)
	}
	book, err := sheet.Read(data)
	if err != nil {
		t.Fatal(err)
	}
	s := tariff.New()
	if s.Bounds, s.Lines, err = tariff.ReadGrid(book.Grids[0].Rows, known); err != nil {
		t.Fatal(err)
	}
	s.Towns = []string{"Le Loroux-Bottereau", "Vallet", "Saint-Julien-de-Concelles"}
	s.Rules = []tariff.Rule{
		{Name: "Hors territoire", Outside: tariff.Yes, Act: tariff.Times, Value: 1_5000},
		{Name: "2e élève du foyer", RankFrom: 2, RankTo: 2, Act: tariff.Percent, Value: -10_00},
		{Name: "3e élève et suivants", RankFrom: 3, Act: tariff.Percent, Value: -20_00},
	}
	s.Extras = []tariff.Extra{{Name: "Location d’un instrument", To: tariff.Renter, Per: tariff.Year, Price: 150_00, Deposit: 500_00}}
	s.Terms = []string{"09-13", "01-03", "04-03"}
	s.Plans = []tariff.Plan{{Days: []string{"10-05"}}, {Days: []string{"10-05", "01-05", "04-05"}}, {Days: monthly}}
	if err := s.Check(known); err != nil {
		t.Fatal(err)
	}
	return s
}

func qf(cents int64) tariff.Quotient { return tariff.Quotient{Value: cents, Valid: true} }

func one(programme string, age int64, q tariff.Quotient) tariff.Home {
	return tariff.Home{Quotient: q, Pupils: []tariff.Pupil{{Key: "a", Programme: programme, Age: age}}}
}

func priced(t testing.TB, of tariff.Tariff, home tariff.Home) tariff.Bill {
	t.Helper()
	bill, err := of.Price(starts, home)
	if err != nil {
		t.Fatal(err)
	}
	return bill
}

// refused are the messages at the fields, and whether there are any.
func refused(t testing.TB, err error) []fault.Field {
	t.Helper()
	var invalid *fault.Invalid
	if err != nil && !errors.As(err, &invalid) {
		t.Fatalf("not a refusal: %v", err)
	}
	if invalid == nil {
		return nil
	}
	return invalid.Fields
}

func plain(s string) string {
	return strings.NewReplacer("\u202f", "", "\u00a0", " ").Replace(s)
}
