package family_test

import (
	"strings"
	"testing"

	"pupitre/internal/platform/db"
)

// The pupil's other household reads neither the note to the teachers nor who
// answered, and does not turn a « non » into « oui ».
func TestThePageOfAPupilTellsTheOtherHouseholdsNote(t *testing.T) {
	each(t, func(s *site) {
		const other = "ABELARD-1844"
		lucie := s.pupil(moreau, "Lucie")
		s.must(s.store.Write(t.Context(), func(tx *db.Tx) error {
			_, err := tx.Exec(t.Context(), `insert into pupil_household (pupil_id, household_id) values ($1, $2)`, lucie, s.actor(other).Household)
			return err
		}))
		mother, father, path := s.as(moreau), s.as(other), "/eleves/"+lucie+"/identite"
		mother.expect(mother.submit(mother.get(path), path, "niveau", "6e", "droit_image", "no", "remarque", "Suivie pour dyslexie"), 303, path)
		mother.get(path).says(t, "Suivie pour dyslexie", "Réponse donnée par Famille Moreau")

		p := father.get(path)
		p.saysNot(t, "dyslexie", "Réponse donnée", "Famille Moreau")
		if got := p.Find("input[name=droit_image][checked]").AttrOr("value", ""); got != "no" {
			t.Errorf("the answer that holds is shown as %q", got)
		}
		refused := father.submit(p, path, "droit_image", "yes", "remarque", "Arrive à 17 h")
		if refused.code != 422 {
			t.Errorf("« non » overruled: got %d", refused.code)
		}
		refused.says(t, "L’autre foyer a répondu « non » : appelez le secrétariat.")
		refused.saysNot(t, "dyslexie", "Réponse donnée")
		father.expect(father.submit(refused, path, "droit_image", "no"), 303, path)

		mother.get(path).saysNot(t, "17 h")
		if got := mother.get(path).Find("textarea[name=remarque]").Text(); strings.TrimSpace(got) != "Suivie pour dyslexie" {
			t.Errorf("after the other's note, the mother's is %q", got)
		}
	})
}
