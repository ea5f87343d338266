package tariff_test

import (
	"slices"
	"strings"
	"testing"

	"pupitre/internal/domain/tariff"
	"pupitre/internal/platform/fault"
)

func TestWhatCannotBeDecidedIsNamed(t *testing.T) {
	for name, c := range map[string]struct {
		mend  func(s *tariff.Tariff)
		field string
		says  string
	}{
		"a programme without a price":      {func(s *tariff.Tariff) { s.Lines = s.Lines[1:] }, tariff.LinesField, "Jardin / Éveil Musical / Éveil Musique et Danse: aucun prix"},
		"a hole between two ages":          {func(s *tariff.Tariff) { s.Lines[5].AgeMin = 21 }, "ligne_formule_4", "Pratiques collectives seules, de 18 à 20 ans: aucun prix"},
		"a hole for the eldest":            {func(s *tariff.Tariff) { s.Lines[5].AgeMax = 64 }, "ligne_formule_4", "65 ans et plus: aucun prix"},
		"a hole outside the territory":     {func(s *tariff.Tariff) { s.Lines[1].Outside = tariff.No }, "ligne_formule_1", "Parcours découverte, hors territoire: aucun prix"},
		"a hole for students":              {func(s *tariff.Tariff) { s.Lines[3].Student = tariff.No }, "ligne_formule_3", "Cours Adultes, étudiants: aucun prix"},
		"two prices for the same ages":     {func(s *tariff.Tariff) { s.Lines[5].AgeMin = 17 }, "ligne_formule_5", "Pratiques collectives seules, 17 ans: 2 prix pour le même cas, « Pratiques collectives seules, jeunes » (ligne 5) et « Pratiques collectives seules, adultes » (ligne 6)"},
		"the same line twice":              {func(s *tariff.Tariff) { s.Lines = append(s.Lines, s.Lines[0]) }, "ligne_formule_6", "2 prix pour le même cas"},
		"a bracket without a price":        {func(s *tariff.Tariff) { s.Lines[2].Prices = s.Lines[2].Prices[:8] }, "prix_2_8", "« Cursus Instrumental Enfant / ados », tranche > 2200: aucun prix"},
		"bounds that overlap":              {func(s *tariff.Tariff) { s.Bounds[2] = 600_00 }, "borne_2", "chevauchent"},
		"bounds that go back":              {func(s *tariff.Tariff) { s.Bounds[3] = 500_00 }, "borne_3", "chevauchent"},
		"a rate without a floor":           {func(s *tariff.Tariff) { effort(40_0000)(s, nil, nil); s.Lines[2].Floor = 0 }, "ligne_plancher_2", "plancher"},
		"a ceiling below the floor":        {func(s *tariff.Tariff) { effort(40_0000)(s, nil, nil); s.Lines[2].Ceiling = 1 }, "ligne_plafond_2", "plafond"},
		"a rate of nothing":                {func(s *tariff.Tariff) { effort(0)(s, nil, nil) }, "ligne_taux_2", "taux d’effort"},
		"a programme of another season":    {func(s *tariff.Tariff) { s.Lines[0].Programme = "disparue" }, "ligne_formule_0", "n’est pas de la saison"},
		"an outside rule, no territory":    {func(s *tariff.Tariff) { s.Towns = nil }, "regle_commune_0", "communes"},
		"a rule that does nothing":         {func(s *tariff.Tariff) { s.Rules[1].Value = 0 }, "regle_valeur_1", "−100 à 300"},
		"more than all taken off":          {func(s *tariff.Tariff) { s.Rules[1].Value = -100_01 }, "regle_valeur_1", "−100 à 300"},
		"ranks that end before they begin": {func(s *tariff.Tariff) { s.Rules[1].RankTo = 1 }, "regle_rang_max_1", "rang"},
		"a term without terms":             {func(s *tariff.Tariff) { s.Terms = nil; s.Lines[0].Per = tariff.Term }, "ligne_par_0", "trimestre"},
		"instalments out of order":         {func(s *tariff.Tariff) { s.Plans[1].Days = []string{"10-05", "04-05", "01-05"} }, "echeances_3", "3 dates"},
		"no dates for a billing mode":      {func(s *tariff.Tariff) { s.Plans = s.Plans[:2] }, "echeances_8", "8 dates"},
		"a price below nothing":            {func(s *tariff.Tariff) { s.Lines[0].Prices = slices.Clone(s.Lines[0].Prices); s.Lines[0].Prices[0] = -1 }, "prix_0_0", "0 à 100 000"},
	} {
		t.Run(name, func(t *testing.T) {
			s := school(t)
			c.mend(&s)
			fields := refused(t, s.Check(known))
			i := slices.IndexFunc(fields, func(f fault.Field) bool { return f.Name == c.field })
			if i < 0 || !strings.Contains(plain(fields[i].Message), c.says) {
				t.Errorf("%v, want %s: %s", fields, c.field, c.says)
			}
		})
	}
}

func TestAFallingGridIsRemarked(t *testing.T) {
	s := school(t)
	if r := s.Remarks(); len(r) != 0 {
		t.Error(r)
	}
	s.Lines[2].Prices[4] = 300_00
	if r := s.Remarks(); len(r) != 1 || !strings.Contains(r[0], "≤ 1200") {
		t.Error(r)
	}
}
