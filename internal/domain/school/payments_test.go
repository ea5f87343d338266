package school_test

import (
	"errors"
	"maps"
	"testing"
	"time"

	"pupitre/internal/domain/school"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/db/dbtest"
	"pupitre/internal/platform/fault"
)

// R12: how families may pay is laid down on screen, from nothing; what some
// have chosen is not taken away.
func TestHowFamiliesMayPay(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		save := func(payers school.Payers, change map[string]string) error {
			now, err := school.PaymentsOf(ctx, store)
			must(t, err)
			typed := school.PaymentRules.Values(now)
			maps.Copy(typed, change)
			return store.Write(ctx, func(tx *db.Tx) error {
				_, err := school.SavePayments(ctx, tx, school.Edit{Actor: director, Now: time.Now()}, typed, payers)
				return err
			})
		}
		refused := func(what, field string, err error) {
			t.Helper()
			var invalid *fault.Invalid
			if !errors.As(err, &invalid) || invalid.Of(field) == "" {
				t.Errorf("%s: %v", what, err)
			}
		}
		refused("no mode", "fois_1", save(school.Payers{}, map[string]string{"moyen_1": "Chèques"}))
		refused("no means", "prelevement", save(school.Payers{}, map[string]string{"fois_1": "En 1 fois"}))
		refused("one means twice", "moyen_2", save(school.Payers{}, map[string]string{"fois_1": "En 1 fois", "moyen_1": "Chèques", "moyen_2": "cheques"}))
		must(t, save(school.Payers{}, map[string]string{
			"fois_1": "En 1 fois – paiement en octobre", "fois_8": "En 8 fois", "prelevement": "Prélèvement bancaire", "moyen_1": "Chèques", "moyen_2": "Chèques vacances",
		}))
		means, err := school.PaymentMeans(ctx, store)
		must(t, err)
		if len(means) != 3 || means[0] != (school.PaymentMean{Code: "prelevement-bancaire", Name: "Prélèvement bancaire", IsDebit: true, Position: 1}) || means[2].Code != "cheques-vacances" {
			t.Errorf("the means are %+v", means)
		}
		payers := school.Payers{Modes: map[int64]int64{8: 2}, Means: map[string]int64{"cheques": 1}}
		refused("a mode that is chosen", "fois_8", save(payers, map[string]string{"fois_8": ""}))
		refused("a means that is chosen", "moyen_1", save(payers, map[string]string{"moyen_1": ""}))
		must(t, save(payers, map[string]string{"moyen_1": "Chèques bancaires", "moyen_2": "", "fois_1": ""}))
		means, err = school.PaymentMeans(ctx, store)
		must(t, err)
		modes, err := school.BillingModes(ctx, store)
		must(t, err)
		if len(means) != 2 || means[1].Code != "cheques" || means[1].Name != "Chèques bancaires" || len(modes) != 1 || modes[0].Code != 8 {
			t.Errorf("after the change: %+v, %+v", means, modes)
		}
	})
}
