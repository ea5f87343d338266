package tariffs

import (
	"testing"

	"pupitre/internal/domain/tariff"
)

func TestTheButtonsOfTheForm(t *testing.T) {
	v := tariff.Tariff{Rules: []tariff.Rule{{Name: "a", Act: tariff.Percent, Value: 1}, {Name: "b", Act: tariff.Percent, Value: 2}}}.Values(nil)
	for act, want := range map[string]string{
		"ajouter-regles": "3 a b", "retirer-regles-0": "1 b", "retirer-regles-7": "2 a b", "monter-regles-1": "2 b a",
		"monter-regles": "", "effacer-regles-0": "", "ajouter-communes": "", "retirer-tout": "", "-": "",
	} {
		after, note, ok := edited(v, act)
		got := ""
		if ok {
			got = after.Get(tariff.RulesField)
			for i := range 2 {
				if name := after.Get(tariff.RuleField("nom", i)); name != "" {
					got += " " + name
				}
			}
		}
		if got != want || ok == (note == "") {
			t.Errorf("%s: %q, want %q", act, got, want)
		}
	}
}
