package sepa

import (
	"strings"
	"testing"
)

func TestTransferCode(t *testing.T) {
	iban := FrenchIBAN(30001, 794, 1234567890)
	got, err := TransferCode("École de musique  Sèvre & Loire", iban, "BDFEFRPPCCT", 138_40, "2027-0148")
	want := "BCD\n002\n1\nSCT\nBDFEFRPPCCT\nEcole de musique Sevre + Loire\n" + iban + "\nEUR138.40\n\n\n2027-0148"
	if err != nil || got != want {
		t.Errorf("%q, %v", got, err)
	}
	if got, err = TransferCode(strings.Repeat("é", 90), iban, "", 5, "r\nBCD"); err != nil || !strings.Contains(got, "\n"+strings.Repeat("e", 70)+"\n") || !strings.HasSuffix(got, "EUR0.05\n\n\nr BCD") {
		t.Errorf("%q, %v", got, err)
	}
	for name, c := range map[string]struct {
		name, iban, bic string
		cents           int64
	}{
		"no account": {"École", "FR76", "", 1}, "no name": {" ", iban, "", 1}, "no bank": {"École", iban, "BANK", 1},
		"nothing": {"École", iban, "", 0}, "more than it holds": {"École", iban, "", 1_000_000_000_00},
	} {
		if got, err := TransferCode(c.name, c.iban, c.bic, c.cents, ""); err == nil {
			t.Errorf("%s: %q", name, got)
		}
	}
}
