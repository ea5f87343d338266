package sepa

import (
	"fmt"
	"regexp"
	"strings"

	"pupitre/internal/platform/fault"
)

var (
	ibanShape = regexp.MustCompile(`^[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}$`)
	bicShape  = regexp.MustCompile(`^[A-Z]{4}[A-Z]{2}[A-Z2-9][A-NP-Z0-9]([A-Z0-9]{3})?$`)
	icsShape  = regexp.MustCompile(`^[A-Z]{2}[0-9]{2}[A-Z0-9]{3}[A-Z0-9]{1,28}$`)
	rumShape  = regexp.MustCompile(`^[A-Za-z0-9/?:().,'+-]+$`)
	ribShape  = regexp.MustCompile(`^[0-9]{10}[A-Z0-9]{11}[0-9]{2}$`)
)

// ReadIBAN returns the account number without spaces and in capitals, or a French
// refusal (*fault.Invalid): its country, length, key and, of a French or Monegasque
// account, the key of its RIB.
func ReadIBAN(typed string) (string, error) {
	iban := compact(typed)
	if iban == "" {
		return "", fault.Refuse("L’IBAN manque : recopiez-le du RIB.")
	}
	if !ibanShape.MatchString(iban) {
		return "", fault.Refuse("Un IBAN commence par deux lettres et deux chiffres, et n’a que des lettres et des chiffres : recopiez-le du RIB.")
	}
	length, known := ibanLengths[iban[:2]]
	if !known {
		return "", fault.Refuse(fmt.Sprintf("Aucun IBAN ne commence par %s : recopiez-le du RIB.", iban[:2]))
	}
	if len(iban) != length {
		return "", fault.Refuse(fmt.Sprintf("Un IBAN qui commence par %s a %d caractères, et celui-ci en a %d : recopiez-le du RIB.", iban[:2], length, len(iban)))
	}
	if mod97(iban[4:]+iban[:4]) != 1 {
		return "", fault.Refuse("Cet IBAN n’existe pas : un caractère est faux ou deux sont inversés. Recopiez-le du RIB.")
	}
	if (iban[:2] == "FR" || iban[:2] == "MC") && !ribKeyHolds(iban[4:]) {
		return "", fault.Refuse("La clé RIB de cet IBAN est fausse : recopiez-le du RIB.")
	}
	return iban, nil
}

// IsIBAN tells whether the text is a right IBAN, written without spaces.
func IsIBAN(text string) bool {
	iban, err := ReadIBAN(text)
	return err == nil && iban == text
}

// ReadBIC returns the bank's code in capitals and without spaces, or a French
// refusal. Its form alone can be checked.
func ReadBIC(typed string) (string, error) {
	bic := compact(typed)
	if !IsBIC(bic) {
		return "", fault.Refuse("Un BIC a 8 ou 11 lettres et chiffres, comme AGRIFRPP847 : recopiez-le du RIB.")
	}
	return bic, nil
}

// IsBIC tells whether the text has the form of a BIC. « NOTPROVIDED » has it, and
// is refused by banks: it is none.
func IsBIC(text string) bool { return bicShape.MatchString(text) && text != notProvided }

// ReadICS returns the creditor identifier in capitals and without spaces, or a
// French refusal. The business code (characters 5 to 7) is not part of its key.
func ReadICS(typed string) (string, error) {
	ics := compact(typed)
	if !icsShape.MatchString(ics) {
		return "", fault.Refuse("Un identifiant créancier (ICS) s’écrit comme FR72ZZZ123456 : recopiez celui que la Banque de France a donné.")
	}
	if ics[:2] == "FR" && len(ics) != 13 {
		return "", fault.Refuse(fmt.Sprintf("Un ICS français a 13 caractères, et celui-ci en a %d : recopiez celui que la Banque de France a donné.", len(ics)))
	}
	if mod97(ics[7:]+ics[:4]) != 1 {
		return "", fault.Refuse("La clé de cet ICS est fausse : un caractère est faux ou deux sont inversés.")
	}
	return ics, nil
}

// IsICS tells whether the text is a right ICS, written without spaces.
func IsICS(text string) bool {
	ics, err := ReadICS(text)
	return err == nil && ics == text
}

// CheckRUM refuses, in French, a mandate reference that some bank would not take.
func CheckRUM(rum string) error {
	if problem := idProblem(rum, 35); problem != "" {
		return fault.Refuse("La référence du mandat (RUM) " + problem + ".")
	}
	return nil
}

// idProblem says what is wrong with an identifier, as the end of a sentence, or "".
func idProblem(id string, most int) string {
	switch {
	case id == "":
		return "manque"
	case !rumShape.MatchString(id):
		return "ne peut avoir que des lettres sans accent, des chiffres et / - ? : ( ) . , ' +, sans espace"
	case len(id) > most:
		return fmt.Sprintf("a %d caractères, et le format en admet %d", len(id), most)
	case strings.HasPrefix(id, "/"), strings.HasSuffix(id, "/"), strings.Contains(id, "//"):
		return "ne peut ni commencer ni finir par « / », ni avoir « // »"
	}
	return ""
}

// compact drops the spaces of every kind, and the dashes and dots that people group by.
func compact(typed string) string {
	return strings.ToUpper(strings.NewReplacer("-", "", ".", "").Replace(strings.Join(strings.Fields(typed), "")))
}

// FrenchIBAN makes the IBAN of a French account from its bank, branch and number,
// all in digits: five, five and eleven at most.
func FrenchIBAN(bank, branch, account int) string {
	key := 97 - (89*bank+15*branch+3*account)%97
	bban := fmt.Sprintf("%05d%05d%011d%02d", bank, branch, account, key)
	return fmt.Sprintf("FR%02d%s", 98-mod97(bban+"FR00"), bban)
}

// mod97 is the rest of a number whose letters stand for 10 to 35.
func mod97(text string) (rest int) {
	for _, r := range text {
		if r >= 'A' {
			rest = (rest*100 + int(r-'A') + 10) % 97
		} else {
			rest = (rest*10 + int(r-'0')) % 97
		}
	}
	return rest
}

// ribKeyHolds checks the two last digits of a French account: bank, branch, account, key.
func ribKeyHolds(bban string) bool {
	if !ribShape.MatchString(bban) {
		return false
	}
	number := func(text string) (n int) {
		for _, r := range text {
			n = n*10 + ribDigit(r)
		}
		return n
	}
	key := 97 - (89*number(bban[:5])+15*number(bban[5:10])+3*number(bban[10:21]))%97
	return key == number(bban[21:])
}

// ribDigit is what a letter is worth in a RIB's key: A and J 1, B, K and S 2…
func ribDigit(r rune) int {
	switch {
	case r <= '9':
		return int(r - '0')
	case r <= 'I':
		return int(r-'A') + 1
	case r <= 'R':
		return int(r-'J') + 1
	default:
		return int(r-'S') + 2
	}
}

// ibanLengths is the length of an IBAN by country (ISO 13616).
var ibanLengths = map[string]int{
	"AD": 24, "AE": 23, "AL": 28, "AT": 20, "AZ": 28, "BA": 20, "BE": 16, "BG": 22, "BH": 22, "BI": 27,
	"BR": 29, "BY": 28, "CH": 21, "CR": 22, "CY": 28, "CZ": 24, "DE": 22, "DJ": 27, "DK": 18, "DO": 28,
	"EE": 20, "EG": 29, "ES": 24, "FI": 18, "FK": 18, "FO": 18, "FR": 27, "GB": 22, "GE": 22, "GI": 23,
	"GL": 18, "GR": 27, "GT": 28, "HN": 28, "HR": 21, "HU": 28, "IE": 22, "IL": 23, "IQ": 23, "IS": 26,
	"IT": 27, "JO": 30, "KW": 30, "KZ": 20, "LB": 28, "LC": 32, "LI": 21, "LT": 20, "LU": 20, "LV": 21,
	"LY": 25, "MC": 27, "MD": 24, "ME": 22, "MK": 19, "MN": 20, "MR": 27, "MT": 31, "MU": 30, "NI": 28,
	"NL": 18, "NO": 15, "OM": 23, "PK": 24, "PL": 28, "PS": 29, "PT": 25, "QA": 29, "RO": 24, "RS": 22,
	"RU": 33, "SA": 24, "SC": 31, "SD": 18, "SE": 24, "SI": 19, "SK": 24, "SM": 27, "SO": 23, "ST": 25,
	"SV": 28, "TL": 23, "TN": 24, "TR": 26, "UA": 29, "VA": 22, "VG": 24, "XK": 20, "YE": 30,
}

// economicArea is the EEA: a debit of an account elsewhere needs the debtor's address.
var economicArea = countries("AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IS IT LI LT LU LV MT NL NO PL PT RO SE SI SK")

// debitArea is where else SEPA direct debits reach.
var debitArea = countries("AD AL CH GB GI MC MD ME MK RS SM VA")

func countries(list string) map[string]bool {
	set := map[string]bool{}
	for _, c := range strings.Fields(list) {
		set[c] = true
	}
	return set
}
