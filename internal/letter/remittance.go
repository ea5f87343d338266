package letter

import (
	"errors"
	"time"

	"pupitre/internal/platform/french"
)

// RemittanceFacts: cheques handed to the bank, or vouchers to their issuer.
type RemittanceFacts struct {
	School  School
	Number  string // « 2027-B0014 »
	On      time.Time
	Issuer  string // of vouchers; "" of cheques
	Account string // IBAN that is credited, "" when it is not known
	Items   []RemittanceItem
	Total   int64 // cents
}

// RemittanceItem is a cheque, or the vouchers of one payment.
type RemittanceItem struct {
	Drawer    string // who gave it
	Bank      string // of a cheque
	Reference string // its number, or those of the vouchers
	Amount    int64  // cents
}

// RemittanceSlip prints the bordereau de remise; one with nothing on it is an error.
func RemittanceSlip(f RemittanceFacts) ([]byte, error) {
	if len(f.Items) == 0 {
		return nil, errors.New("print a remittance slip: nothing is on it")
	}
	f = clean(f).(RemittanceFacts)
	return printPaper("remittance_slip", "Bordereau de remise "+f.Number, f.School.Name, f.On, f)
}

// Words are how many things are handed over.
func (f RemittanceFacts) Words() string {
	if f.Issuer == "" {
		return french.Count(int64(len(f.Items)), "chèque", "chèques")
	}
	return french.Count(int64(len(f.Items)), "paiement", "paiements")
}
