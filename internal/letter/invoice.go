package letter

import (
	"fmt"
	"html/template"
	"strings"
	"time"

	"rsc.io/qr"

	"pupitre/internal/platform/sepa"
)

// InvoiceFacts: an invoice, or the credit note that cancels one, as it was issued.
type InvoiceFacts struct {
	Number   string // « 2027-0148 »
	Note     bool   // a credit note
	Cancels  string // of a credit note: the invoice's number
	Reason   string // of a credit note
	Season   string // « 2027-2028 »
	On       time.Time
	Creditor InvoiceCreditor
	Debtor   Party
	Lines    []InvoiceLine
	Total    int64 // cents
	Mode     string
	Means    []string
	Debited  bool // the instalments are collected by direct debit
	Plan     []InvoiceInstalment
}

// InvoiceCreditor is who an invoice is owed to, and what it must say of it.
type InvoiceCreditor struct {
	Name, Address, Phone, Email string
	SIRET                       string
	TaxNote                     string // « TVA non applicable, … »
	Appeal                      string // ways and delay of appeal
	IBAN, BIC                   string // of the account that transfers go to
	Cheque                      string // to whose order cheques are made
}

// InvoiceLine is a pupil's season, or what a household is charged once, and how
// it was calculated.
type InvoiceLine struct {
	Label  string
	Steps  []InvoiceStep
	Amount int64 // cents
}

// InvoiceStep is one line of a calculation.
type InvoiceStep struct {
	Label, Detail string
	Change        int64 // cents
}

// InvoiceInstalment is what is due on a day.
type InvoiceInstalment struct {
	On     time.Time
	Amount int64 // cents
}

// Title is « Facture 2027-0148 ».
func (f InvoiceFacts) Title() string {
	if f.Note {
		return "Avoir " + f.Number
	}
	return "Facture " + f.Number
}

// Payable tells whether the paper says how to pay: nothing is paid of a credit
// note, nor by hand of what is debited.
func (f InvoiceFacts) Payable() bool { return !f.Note && !f.Debited && f.Total > 0 }

// School is the letterhead.
func (f InvoiceFacts) School() School {
	return School{Name: f.Creditor.Name, Address: f.Creditor.Address, Phone: f.Creditor.Phone, Email: f.Creditor.Email}
}

// Code is the square code of a transfer of the first instalment; "" when the
// account is not known or nothing is to be paid so.
func (f InvoiceFacts) Code() (template.HTML, error) {
	if !f.Payable() || f.Creditor.IBAN == "" || len(f.Plan) == 0 {
		return "", nil
	}
	text, err := sepa.TransferCode(f.Creditor.Name, f.Creditor.IBAN, f.Creditor.BIC, f.Plan[0].Amount, f.Number)
	if err != nil {
		return "", err
	}
	return squareCode(text)
}

// squareCode draws the text as a QR code of black squares, with the white border
// that readers need.
func squareCode(text string) (template.HTML, error) {
	code, err := qr.Encode(text, qr.M)
	if err != nil {
		return "", fmt.Errorf("draw a square code: %w", err)
	}
	var path strings.Builder
	for y := range code.Size {
		for x := 0; x < code.Size; x++ {
			from := x
			for x < code.Size && code.Black(x, y) {
				x++
			}
			if x > from {
				fmt.Fprintf(&path, "M%d %dh%dv1h-%dz", from+4, y+4, x-from, x-from)
			}
		}
	}
	side := code.Size + 8
	return template.HTML(fmt.Sprintf(`<svg width="96" height="96" viewBox="0 0 %d %d" role="img" aria-label="Code à scanner pour le virement"><path d="%s" fill="#000"/></svg>`, side, side, path.String())), nil
}

// Invoice prints an invoice or a credit note.
func Invoice(f InvoiceFacts) ([]byte, error) {
	f = clean(f).(InvoiceFacts)
	return printPaper("invoice", f.Title(), f.Creditor.Name, f.On, f)
}
