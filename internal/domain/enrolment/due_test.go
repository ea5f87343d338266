package enrolment

import (
	"testing"

	"pupitre/internal/domain/document"
)

// A family is not told to replace what it was never asked for.
func TestWhatHoldsADossierUpIsToBeProvidedOrReplaced(t *testing.T) {
	rib, mandate := document.Paper{Code: "rib"}, document.Paper{Code: "mandat"}
	for _, c := range []struct {
		name         string
		rib, mandate document.State
		missing      []document.Paper
		want         string
	}{
		{name: "newly asked for", rib: document.Absent, missing: []document.Paper{rib}, want: "à fournir"},
		{name: "refused", rib: document.Refused, missing: []document.Paper{rib}, want: "à remplacer"},
		{name: "expired", rib: document.Expired, missing: []document.Paper{rib}, want: "à remplacer"},
		{name: "one refused beside one newly asked for", rib: document.Absent, missing: []document.Paper{rib, mandate}, mandate: document.Refused, want: "à remplacer"},
		{name: "another paper that is refused and no longer asked", rib: document.Absent, missing: []document.Paper{rib}, mandate: document.Refused, want: "à fournir"},
	} {
		t.Run(c.name, func(t *testing.T) {
			v := Registration{Missing: c.missing, Papers: []PaperStatus{
				{Paper: rib, Deposit: document.Deposit{State: c.rib}}, {Paper: mandate, Deposit: document.Deposit{State: c.mandate}},
			}}
			if got := v.Due(); got != c.want {
				t.Errorf("says %q, want %q", got, c.want)
			}
		})
	}
}
