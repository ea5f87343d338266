package letter

import (
	"errors"
	"fmt"
	"time"
)

// DueOn is what is due on a day.
type DueOn struct {
	Invoice string // its number
	On      time.Time
	Amount  int64 // cents
}

// InvoiceIssuedFacts: the régie has issued the household's invoice (R43).
type InvoiceIssuedFacts struct {
	School  School
	Name    string
	Number  string
	Season  string
	Total   int64 // cents
	Debited bool
	Due     []DueOn
	Link    string
}

// InvoiceIssued tells what is due and when.
func InvoiceIssued(f InvoiceIssuedFacts) (Mail, error) {
	return compose("invoice_issued", f.School, f)
}

// InvoiceCancelledFacts: a credit note has cancelled an invoice.
type InvoiceCancelledFacts struct {
	School  School
	Name    string
	Number  string // of the credit note
	Cancels string // the invoice's
	Reason  string
	Link    string
}

// InvoiceCancelled tells why.
func InvoiceCancelled(f InvoiceCancelledFacts) (Mail, error) {
	return compose("invoice_cancelled", f.School, f)
}

// PaymentFacts: a payment came in, or came back from the bank.
type PaymentFacts struct {
	School School
	Name   string
	On     time.Time
	Means  string // « chèque, Crédit Mutuel, 1204417 »
	Amount int64  // cents
	Left   int64  // what the household still owes in all, cents
	Reason string // why it came back
	Link   string
}

// PaymentReceived acknowledges a payment.
func PaymentReceived(f PaymentFacts) (Mail, error) { return compose("payment_received", f.School, f) }

// PaymentReturned tells that a payment came back, and what is due again.
func PaymentReturned(f PaymentFacts) (Mail, error) { return compose("payment_returned", f.School, f) }

// PaymentReminderFacts: instalments whose day has passed (R44). Stage is 1 to 3.
type PaymentReminderFacts struct {
	School School
	Name   string
	Stage  int
	Due    []DueOn
	Total  int64 // cents
	Link   string
}

// PaymentReminder asks for what is late, more firmly each time.
func PaymentReminder(f PaymentReminderFacts) (Mail, error) {
	return compose("payment_reminder", f.School, f)
}

// ReminderLetterFacts is the same on paper, for who has no e-mail address, or for
// the last stage. Address has at most six lines, name first.
type ReminderLetterFacts struct {
	PaymentReminderFacts
	SIRET   string
	IBAN    string
	Cheque  string
	Address []string
	Date    time.Time
}

// ReminderLetters prints a letter a household, in order; none is an error.
func ReminderLetters(facts []ReminderLetterFacts) ([]byte, error) {
	if len(facts) == 0 {
		return nil, errors.New("print reminder letters: none given")
	}
	cleaned := make([]ReminderLetterFacts, len(facts))
	for i, f := range facts {
		if len(f.Address) > windowLines {
			return nil, fmt.Errorf("print a reminder to %s: the address has %d lines, the window %d", f.Name, len(f.Address), windowLines)
		}
		cleaned[i] = clean(f).(ReminderLetterFacts)
	}
	return printPaper("reminder_letters", "Relances", facts[0].School.Name, facts[0].Date, cleaned)
}

// ReminderTitle is what a reminder of the stage is called.
func ReminderTitle(stage int) string {
	return [...]string{"Rappel", "Relance", "Dernier avis avant poursuites"}[min(max(stage, 1), 3)-1]
}

// Title is that of the stage.
func (f PaymentReminderFacts) Title() string { return ReminderTitle(f.Stage) }
