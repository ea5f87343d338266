package family_test

import (
	"strings"
	"testing"

	"pupitre/demo"
	seed "pupitre/internal/demo"
	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/tariff"
	"pupitre/internal/platform/db"
)

// publish gives the season the demonstration's tariff.
func (s *site) publish() tariff.Tariff {
	s.t.Helper()
	known, err := tariff.KnownOf(s.t.Context(), s.store, s.season)
	s.must(err)
	t, err := seed.SampleTariff(demo.Files, known)
	s.must(err)
	s.must(s.store.Write(s.t.Context(), func(tx *db.Tx) error {
		return tariff.Save(s.t.Context(), tx, actor.Actor{Role: actor.Bursar}, s.clock.Now(), s.season, 0, t)
	}))
	return t
}

// TestTheFamilySeesThePriceBeforeItSigns: nothing is said while there is no
// tariff, and nothing is held up; then the top bracket, the price with the
// quotient that is typed, and the instalments of each way to pay (R16).
func TestTheFamilySeesThePriceBeforeItSigns(t *testing.T) {
	sqlite(t, func(s *site) {
		v, lucie := s.as(moreau), s.pupil(moreau, "Lucie")
		wizard := "/eleves/" + lucie + "/reinscription"
		send := walk(s, v, lucie)
		if strings.Contains(send.text(), "Pour l’année") {
			t.Errorf("a price without a tariff: %s", send.text())
		}
		if p := v.get(wizard + "/prix"); p.code != 200 || !strings.Contains(p.text(), "ne sont pas encore publiés") {
			t.Errorf("without a tariff: got %d %s", p.code, p.text())
		}
		s.publish()
		says := func(path string, code int, wants ...string) {
			t.Helper()
			p := v.get(path)
			for _, want := range wants {
				if p.code != code || !strings.Contains(p.text(), want) {
					t.Errorf("%s: got %d, want %d and %q in %s", path, p.code, code, want, p.text())
				}
			}
		}
		says(wizard+"/envoi", 200, "Pour l’année, sans attestation valide", "603,00 €")
		says(wizard+"/prix", 200, "603,00 €", "sans attestation valide", "3 × 201,00 €", "votre choix", "05/10/2027")
		says(wizard+"/prix?quotient=845", 200, "345,00 €", "603,00 €", "3 × 115,00 €", "4e tranche")
		says(wizard+"/prix?quotient=beaucoup", 422, "Écrivez le quotient", "603,00 €")
		if n := len(v.get(wizard + "/prix?quotient=845").Find("details table").Nodes); n != 3 {
			t.Errorf("%d ways to pay, want 3", n)
		}
	})
}
