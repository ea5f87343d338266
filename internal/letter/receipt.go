package letter

import "time"

// ReceiptFacts: one payment that a household has made.
type ReceiptFacts struct {
	School  School
	Number  string // of the entry
	On      time.Time
	Payer   string
	Amount  int64  // cents
	Means   string // « chèque, Crédit Mutuel, n° 1204417 »
	Settles []SettledInvoice
	Rest    int64 // cents that settle nothing yet
}

// SettledInvoice is an invoice that a payment settles, or a part of it.
type SettledInvoice struct {
	Number string
	Season string
	Pupils []string
	Total  int64 // of the invoice, cents
	Amount int64 // cents
}

// Receipt prints the reçu of a payment.
func Receipt(f ReceiptFacts) ([]byte, error) {
	f = clean(f).(ReceiptFacts)
	return printPaper("receipt", "Reçu "+f.Number, f.School.Name, f.On, f)
}

// CertificateFacts: what a household has paid in a civil year, for its taxes or an
// employer.
type CertificateFacts struct {
	School  School
	SIRET   string
	Year    string
	Payer   Party
	Settled []SettledInvoice // what was paid in the year, by invoice
	Paid    int64            // cents
	Made    time.Time
}

// Certificate prints the attestation de paiement of a year.
func Certificate(f CertificateFacts) ([]byte, error) {
	f = clean(f).(CertificateFacts)
	return printPaper("payment_certificate", "Attestation de paiement "+f.Year, f.School.Name, f.Made, f)
}
