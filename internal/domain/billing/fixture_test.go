package billing_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"pupitre/internal/domain/billing"
	"pupitre/internal/domain/tariff"
	"pupitre/internal/platform/fault"
)

const starts = "2027-09-13"

var now = time.Date(2027, 9, 28, 8, 0, 0, 0, time.UTC)

// terms are the plans of the manual; the first instalment bears the rest.
var terms = tariff.Tariff{Rest: tariff.OnFirst, Plans: []tariff.Plan{
	{Days: []string{"10-05"}}, {Days: []string{"10-05", "01-05", "04-05"}},
	{Days: []string{"10-05", "11-05", "12-05", "01-05", "02-05", "03-05", "04-05", "05-05"}},
}}

// lucie is the drawing's calculation, with what the household is charged once.
var lucie = tariff.Bill{
	Charges: []tariff.Charge{{
		Pupil: tariff.Pupil{Key: "lucie", Name: "Lucie Moreau"}, Total: 403_20,
		Steps: []tariff.Step{{Label: "Cursus", Detail: "6e tranche", Change: 448_00, After: 448_00}, {Label: "2e élève du foyer", Detail: "−10 %", Change: -44_80, After: 403_20}},
	}},
	Steps: []tariff.Step{{Label: "Frais de dossier", Change: 12_00, After: 12_00}},
	Total: 415_20,
}

func schedule(t testing.TB, times int, total int64, from string) []tariff.Instalment {
	t.Helper()
	plan, err := billing.Schedule(terms, starts, times, total, from)
	if err != nil {
		t.Fatal(err)
	}
	return plan
}

func draft(t testing.TB, lines []billing.Line, times int, from string) billing.Draft {
	t.Helper()
	d := billing.Draft{Payer: "moreau", Season: "2027", SeasonName: "2027-2028", Lines: lines,
		Debtor: billing.Party{Name: "Claire Moreau", Street: "3 rue de l’Église", Postcode: "44330", Town: "Vallet"}}
	d.Plan = schedule(t, times, d.Total(), from)
	return d
}

func isInvalid(err error) bool {
	var invalid *fault.Invalid
	return errors.As(err, &invalid)
}

func isConflict(err error) bool {
	var conflict *fault.Conflict
	return errors.As(err, &conflict)
}

func plain(s string) string {
	return strings.NewReplacer("\u202f", "", "\u00a0", " ").Replace(s)
}
