package sepa

import (
	"fmt"
	"strings"
)

// TransferCode is the text of the square code that a bank's application reads to
// fill in a transfer (EPC069-12, version 002): to whom, on which account, how much
// in cents and what for, as the creditor recognises it. It returns an error for an
// account, a name or an amount that the code cannot hold.
func TransferCode(name, iban, bic string, cents int64, reference string) (string, error) {
	switch {
	case !IsIBAN(iban):
		return "", fmt.Errorf("transfer code: no IBAN: %q", iban)
	case bic != "" && !IsBIC(bic):
		return "", fmt.Errorf("transfer code: no BIC: %q", bic)
	case strings.TrimSpace(name) == "":
		return "", fmt.Errorf("transfer code: no name")
	case cents < 1 || cents > 999_999_999_99:
		return "", fmt.Errorf("transfer code: an amount of %d cents", cents)
	}
	line := func(s string, most int) string {
		letters := strings.Join(strings.Fields(Transliterate(s)), " ") // some applications misread what is not ASCII
		return letters[:min(len(letters), most)]
	}
	return strings.Join([]string{
		"BCD", "002", "1", "SCT", // service, version, UTF-8, credit transfer
		bic, line(name, 70), iban, fmt.Sprintf("EUR%d.%02d", cents/100, cents%100),
		"", "", // no purpose, no structured reference
		line(reference, 140),
	}, "\n"), nil
}
