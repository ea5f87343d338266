package enrolment

import (
	"testing"

	"pupitre/internal/platform/db"
	"pupitre/internal/platform/db/dbtest"
)

// TestActs runs every row, in plain words, on both engines, each in a season
// of its own, and checks the whole database after it.
func TestActs(t *testing.T) {
	groups := []struct {
		name string
		rows []act
	}{
		{"Valider", actsValider()},
		{"TwoHouseholds", actsTwoHouseholds()},
		{"AnotherFamilyIsNotFound", actsAnotherFamilyIsNotFound()},
		{"PaperDelays", actsPaperDelays()},
		{"PaperForm", actsPaperForm()},
		{"Offers", actsOffers()},
		{"Change", actsChange()},
		{"Rearrange", actsRearrange()},
		{"DryRun", actsDryRun()},
		{"Confirm", actsConfirm()},
		{"TakeBack", actsTakeBack()},
		{"Withdraw", actsWithdraw()},
		{"PartlyFull", actsPartlyFull()},
		{"LateAndOnPaper", actsLateAndOnPaper()},
	}
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		for _, group := range groups {
			for _, row := range group.rows {
				t.Run(group.name+"/"+row.says, func(t *testing.T) {
					w := newWorld(t, store)
					defer w.stop()
					row.test(w)
					w.wantSound()
				})
			}
		}
	})
}
