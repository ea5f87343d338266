package work

import (
	"time"

	"pupitre/internal/domain/billing"
	"pupitre/internal/letter"
	"pupitre/internal/platform/clock"
)

// money reads the facts of a mail about money.
func money(write func(envelope, billing.Told) (letter.Mail, error)) func(envelope) (letter.Mail, error) {
	return func(e envelope) (letter.Mail, error) {
		var t billing.Told
		if err := e.facts(&t); err != nil {
			return letter.Mail{}, err
		}
		return write(e, t)
	}
}

func invoiceIssued(e envelope, t billing.Told) (letter.Mail, error) {
	return letter.InvoiceIssued(letter.InvoiceIssuedFacts{
		School: e.school, Name: t.Name, Number: t.Number, Season: t.Season, Total: t.Amount, Debited: t.Debited, Due: dueOn(t), Link: e.url + "/factures/" + t.ID,
	})
}

func invoiceCancelled(e envelope, t billing.Told) (letter.Mail, error) {
	return letter.InvoiceCancelled(letter.InvoiceCancelledFacts{
		School: e.school, Name: t.Name, Number: t.Number, Cancels: t.Cancels, Reason: t.Reason, Link: e.url + "/factures/" + t.ID,
	})
}

func paymentReceived(e envelope, t billing.Told) (letter.Mail, error) {
	f := payment(e, t)
	f.Link = e.url + "/paiements/" + t.ID
	return letter.PaymentReceived(f)
}

func paymentReturned(e envelope, t billing.Told) (letter.Mail, error) {
	return letter.PaymentReturned(payment(e, t))
}

func payment(e envelope, t billing.Told) letter.PaymentFacts {
	return letter.PaymentFacts{School: e.school, Name: t.Name, On: civil(t.On), Means: t.Means, Amount: t.Amount, Left: t.Left, Reason: t.Reason, Link: e.url + "/factures"}
}

func paymentReminder(e envelope, t billing.Told) (letter.Mail, error) {
	return letter.PaymentReminder(letter.PaymentReminderFacts{School: e.school, Name: t.Name, Stage: t.Stage, Due: dueOn(t), Total: t.Amount, Link: e.url + "/factures"})
}

func dueOn(t billing.Told) (all []letter.DueOn) {
	for _, d := range t.Due {
		all = append(all, letter.DueOn{Invoice: d.Invoice, On: civil(d.On), Amount: d.Amount})
	}
	return all
}

// civil is the day at Paris; the zero time for what is none.
func civil(day string) time.Time {
	t, _ := time.ParseInLocation(time.DateOnly, day, clock.Paris)
	return t
}
