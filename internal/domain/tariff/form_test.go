package tariff_test

import (
	"bytes"
	"os"
	"reflect"
	"strings"
	"testing"

	"pupitre/internal/domain/tariff"
	"pupitre/internal/platform/sheet"
)

// everything is a tariff with each method, act and setting.
func everything(t testing.TB) tariff.Tariff {
	s := school(t)
	effort(45_1234)(&s, nil, nil)
	s.Lines[3] = tariff.Line{Programme: "adultes", Name: "Cours Adultes", Method: tariff.Flat, Per: tariff.Month, Prices: []int64{41_50}}
	s.Lines[0] = tariff.Line{Programme: "eveil", Name: "Éveil", Method: tariff.ByRank, Per: tariff.Term, Prices: []int64{60_00, 50_50, 0}}
	outside := s.Lines[1]
	outside.Name, outside.Outside, s.Lines[1].Outside = "Parcours, hors territoire", tariff.Yes, tariff.No
	s.Lines = append(s.Lines, outside)
	s.Rules = append(s.Rules, tariff.Rule{Name: "Étudiants", Student: tariff.Yes, AgeMin: 18, AgeMax: 25, Pupils: 2, Programmes: []string{"cursus", "adultes"}, Act: tariff.Amount, Value: -20_50})
	s.Extras = append(s.Extras, tariff.Extra{Name: "Frais de dossier", To: tariff.Household, Per: tariff.Year, Price: 12_00}, tariff.Extra{Name: "Adhésion", To: tariff.Pupils, Per: tariff.Term, Price: 1})
	s.Stay = tariff.Stay{Due: tariff.ByMonth, FreeUntil: "10-10", HalfFrom: "02-01"}
	s.Sample, s.Rounding, s.Order, s.Rest = true, tariff.ToEuro, tariff.Cheapest, tariff.OnLast
	if err := s.Check(known); err != nil {
		t.Fatal(err)
	}
	return s
}

func TestAFormKeepsEverything(t *testing.T) {
	for _, s := range []tariff.Tariff{school(t), everything(t)} {
		read, err := tariff.Read(s.Values(known.Modes), known)
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(read, s) {
			t.Errorf("read\n%+v\nwritten\n%+v", read, s)
		}
	}
}

func TestAFormNamesWhatItCannotRead(t *testing.T) {
	for field, typed := range map[string]string{
		"prix_2_3": "trois cents", "prix_2_4": "", "borne_1": "", "borne_2": "x", "ligne_age_min_4": "dix", "regle_valeur_1": "", "supplement_prix_0": "12,345",
		"supplement_caution_0": "beaucoup", "echeances_3": "5 octobre", "sans_frais": "31/02", "mois": "dix", "ligne_par_0": "siècle", "ligne_etudiant_0": "oui",
	} {
		v := school(t).Values(known.Modes)
		v.Set(field, typed)
		found := false
		for _, f := range refused(t, second(tariff.Read(v, known))) {
			found = found || f.Name == field
		}
		if !found {
			t.Errorf("%s=%q passes", field, typed)
		}
	}
}

func second[T any](_ T, err error) error { return err }

func TestDecimals(t *testing.T) {
	for typed, want := range map[string]int64{"345": 345_00, "345,5": 345_50, "345.05": 345_05, " 1 234,50 € ": 1234_50, "−10 %": -10_00, "-0,01": -1, "0": 0, "1\u202f000": 1000_00} {
		if got, ok := tariff.ReadDecimal(typed, 2); !ok || got != want {
			t.Errorf("%q: %d %v", typed, got, ok)
		}
		if back, ok := tariff.ReadDecimal(tariff.WriteDecimal(want, 2), 2); !ok || back != want {
			t.Errorf("%d is written %q", want, tariff.WriteDecimal(want, 2))
		}
	}
	for _, typed := range []string{"", "x", "1,234", "1,2,3", "--1", ",5", "12345678901", "٣"} {
		if got, ok := tariff.ReadDecimal(typed, 2); ok {
			t.Errorf("%q is read as %d", typed, got)
		}
	}
}

func rowsOf(t testing.TB, data []byte) []sheet.Row {
	t.Helper()
	book, err := sheet.Read(data)
	if err != nil {
		t.Fatal(err)
	}
	return book.Grids[0].Rows
}

// written is the grid as a CSV file.
func written(t testing.TB, s tariff.Tariff) []byte {
	t.Helper()
	var b bytes.Buffer
	for _, row := range s.WriteGrid() {
		for i, cell := range row {
			if i > 0 {
				b.WriteByte(';')
			}
			b.WriteString(`"` + strings.ReplaceAll(cell, `"`, `""`) + `"`)
		}
		b.WriteString("\r\n")
	}
	return b.Bytes()
}

func TestAGridIsReadBack(t *testing.T) {
	s := everything(t)
	bounds, lines, err := tariff.ReadGrid(rowsOf(t, written(t, s)), known)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(bounds, s.Bounds) || !reflect.DeepEqual(lines, s.Lines) {
		t.Errorf("read\n%v %+v\nwritten\n%v %+v", bounds, lines, s.Bounds, s.Lines)
	}
}

func TestHeadsOfBrackets(t *testing.T) {
	rest := ";60;70;80\n"
	for name, c := range map[string]struct{ head, says string }{
		"bounds":                    {"≤ 400;≤ 600;> 600", ""},
		"plain bounds":              {"400;600;>600", ""},
		"ranges of whole euros":     {"0-400;401-600;> 600", ""},
		"ranges that touch":         {"0 à 400;400 à 600;> 600", ""},
		"a hole between two ranges": {"0–400;500–600;> 600", "Case C1: entre 400 et 500 il n’y a aucune tranche."},
		"ranges that overlap":       {"0–400;350–600;> 600", "Case C1: la tranche « 350–600 » chevauche"},
		"bounds that go back":       {"≤ 600;≤ 400;> 600", "Case C1: la borne"},
		"no last bracket":           {"≤ 400;≤ 600;≤ 800", "Case D1: il manque la dernière tranche"},
		"the last elsewhere":        {"≤ 400;≤ 600;> 800", "Case D1: la tranche « > 800 » ne commence pas"},
		"a first that is not at 0":  {"200–400;401–600;> 600", "Case B1: la première tranche commence à 0."},
		"a column nobody knows":     {"≤ 400;Remarque;> 400", "Case C1: le titre « Remarque »"},
		"a column twice":            {"Intitulé;≤ 400;Intitulé", "Case D1: la colonne « Intitulé » est là deux fois."},
	} {
		_, lines, err := tariff.ReadGrid(rowsOf(t, []byte("Formule;"+c.head+"\neveil"+rest)), known)
		got := ""
		for _, f := range refused(t, err) {
			got += plain(f.Message) + "\n"
		}
		if c.says == "" && (err != nil || len(lines) != 1 || len(lines[0].Prices) != 3) || !strings.Contains(got, c.says) {
			t.Errorf("%s: %q", name, got)
		}
	}
}

func TestCellsOfAGridAreNamed(t *testing.T) {
	for name, c := range map[string]struct{ file, says string }{
		"an unknown programme": {"Formule;≤ 400;> 400\nharpe;1;2\n", "Case A2: « harpe » n’est pas une formule"},
		"a missing price":      {"Formule;≤ 400;> 400\neveil;1;\n", "Case C2: « Jardin / Éveil Musical / Éveil Musique et Danse », tranche > 400: écrivez un prix"},
		"two ways at once":     {"Formule;Forfait;≤ 400;> 400\neveil;9;1;2\n", "Case A2: cette ligne a deux tarifs"},
		"no price at all":      {"Formule;Forfait\neveil;\n", "Case A2: cette ligne n’a aucun prix"},
		"a rate, no floor":     {"Formule;Taux d'effort (%);Plafond\neveil;45;500\n", "Case A2: il manque la colonne « Plancher »"},
		"an age in words":      {"Formule;Âge minimal;Forfait\neveil;dix;1\n", "Case B2: écrivez un âge"},
		"no formule":           {"Forfait\n12\n", "Case A1: il manque la colonne « Formule »"},
	} {
		_, _, err := tariff.ReadGrid(rowsOf(t, []byte(c.file)), known)
		got := ""
		for _, f := range refused(t, err) {
			got += plain(f.Message) + "\n"
		}
		if !strings.Contains(got, c.says) {
			t.Errorf("%s: %q", name, got)
		}
	}
}

// Whatever the file, reading it ends, and what is read is written and read again alike.
func FuzzReadGrid(f *testing.F) {
	sample, err := os.ReadFile("../../../demo/tarifs.csv")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(sample)
	f.Add(written(f, everything(f)))
	f.Add([]byte("Formule;0-400;401–600;> 600\neveil;1;2;3\n"))
	f.Add([]byte("Formule;tous\ncursus;12,50\n"))
	f.Add([]byte("Formule,Selon le rang\neveil,\"300 ; 250\"\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		book, err := sheet.Read(data)
		if err != nil || len(book.Grids) == 0 {
			return
		}
		bounds, lines, err := tariff.ReadGrid(book.Grids[0].Rows, known)
		if err != nil {
			return
		}
		s := tariff.Tariff{Bounds: bounds, Lines: lines}
		again, same, err := tariff.ReadGrid(gridRows(s), known)
		if err != nil || !reflect.DeepEqual(again, bounds) || !reflect.DeepEqual(same, lines) {
			t.Fatalf("read again: %v\n%+v\n%+v", err, lines, same)
		}
	})
}

func gridRows(s tariff.Tariff) []sheet.Row {
	var rows []sheet.Row
	for i, cells := range s.WriteGrid() {
		rows = append(rows, sheet.Row{Line: i + 1, Cells: cells})
	}
	return rows
}
