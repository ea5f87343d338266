package billing

import (
	"cmp"
	"errors"
	"slices"
	"strings"

	"pupitre/internal/domain/billing"
	"pupitre/internal/domain/tariff"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
	"pupitre/internal/web/door"
	"pupitre/internal/web/invoice"
	"pupitre/internal/web/ui"
)

// The fields of a payment.
const (
	fieldWay       = "moyen"
	fieldAmount    = "montant"
	fieldDate      = "date"
	fieldBank      = "banque"
	fieldReference = "reference"
	fieldIssuer    = "emetteur"
	fieldDeposit   = "remettre" // a cheque: not before that day
)

// typedPayment is the form of a payment or of a refund, as it was typed.
type typedPayment struct {
	Way, Amount, Date, Bank, Deposit, Reference, Issuer, Reason string
}

// accountPage is what a household was invoiced and has paid.
type accountPage struct {
	ui.Base
	billing.Holder
	billing.Account
	Reminders []billing.Reminder
	Today     string
	May       bool
	Typed     typedPayment
	Invalid   *fault.Invalid // of the payment
	Back      typedPayment   // the refund
	NotBack   *fault.Invalid
	Refusal   string
}

func (p *Pages) readAccount(v *door.Visit) (a accountPage, err error) {
	household := v.PathValue("household")
	if a.Holder, err = billing.HolderOf(v.Ctx(), p.store, v.Actor, household); err != nil {
		return a, err
	}
	if a.Account, err = billing.AccountOf(v.Ctx(), p.store, v.Actor, household); err != nil {
		return a, err
	}
	if a.Reminders, err = billing.RemindersOf(v.Ctx(), p.store, v.Actor, household); err != nil {
		return a, err
	}
	a.May, a.Today = mayChange(v), today(v)
	a.Typed.Date, a.Back.Date = day(a.Today), day(a.Today)
	a.Base, err = p.base(v, "Compte de "+or(a.Name, "ce foyer"), invoicesPath)
	return a, err
}

// open are the instalments that are not settled, by their days.
func (a accountPage) open() (all []billing.Instalment) {
	for _, i := range a.Instalments {
		if i.Stands() && a.Paid(i.ID) < i.Amount {
			all = append(all, i)
		}
	}
	slices.SortStableFunc(all, func(x, y billing.Instalment) int { return cmp.Compare(x.On, y.On) })
	return all
}

// late is what should have been paid before today.
func (a accountPage) late() int64 {
	late := int64(0)
	for _, i := range a.open() {
		if i.On < a.Today {
			late += i.Amount - a.Paid(i.ID)
		}
	}
	return late
}

// invoiceLabel is the number of an invoice of the account.
func (a accountPage) invoiceLabel(id string) string {
	for _, i := range a.Invoices {
		if i.ID == id {
			return i.Label()
		}
	}
	return ""
}

// Countered tells whether an entry has its counter-entry.
func (a accountPage) countered(entry string) bool {
	return slices.ContainsFunc(a.Entries, func(e billing.Entry) bool { return e.Counters == entry })
}

// Account shows what a household was invoiced and has paid.
func (p *Pages) Account(v *door.Visit) error {
	a, err := p.readAccount(v)
	if err != nil {
		return err
	}
	return v.Show(200, accountView(a))
}

// readPayment reads the form of a payment.
func readPayment(form door.Form) typedPayment {
	return typedPayment{Way: form.Value(fieldWay), Amount: form.Value(fieldAmount), Date: form.Value(fieldDate), Bank: strings.TrimSpace(form.Value(fieldBank)), Deposit: form.Value(fieldDeposit),
		Reference: strings.TrimSpace(form.Value(fieldReference)), Issuer: strings.TrimSpace(form.Value(fieldIssuer)), Reason: strings.TrimSpace(form.Value(fieldReason))}
}

// longest is how long a text of a payment may be.
const longest = 200

// entry is the payment that was typed, or what is wrong with it.
func (t typedPayment) entry(household string) (billing.Entry, *fault.Invalid) {
	var c fault.Check
	amount, is := tariff.ReadDecimal(t.Amount, 2)
	c.That(is && amount > 0, fieldAmount, "Écrivez le montant, comme 75,38.")
	on, dated := french.ReadDate(t.Date)
	c.That(dated, fieldDate, "Écrivez la date, comme 05/10/2027.")
	for name, text := range map[string]string{fieldBank: t.Bank, fieldReference: t.Reference, fieldIssuer: t.Issuer, fieldReason: t.Reason} {
		c.That(len([]rune(text)) <= longest, name, "Écrivez "+itoa(longest)+" caractères au plus.")
	}
	deposit, later := french.ReadDate(t.Deposit)
	c.That(t.Deposit == "" || later, fieldDeposit, "Écrivez la date, comme 05/01/2028.")
	invalid, _ := door.AsInvalid(c.Err())
	e := billing.Entry{Household: household, Way: billing.Way(t.Way), Amount: amount, On: on, Bank: t.Bank, DepositOn: deposit, Reference: t.Reference, Issuer: t.Issuer, Reason: t.Reason}
	return e, invalid
}

// Receive enters a payment of the household.
func (p *Pages) Receive(v *door.Visit) error {
	form, err := v.Form()
	if err != nil {
		return err
	}
	a, err := p.readAccount(v)
	if err != nil {
		return err
	}
	a.Typed = readPayment(form)
	e, invalid := a.Typed.entry(a.Holder.Household)
	if invalid == nil {
		e, err = p.books.Receive(v.Ctx(), v.Actor, e)
		if err == nil {
			return v.Redirect(accountPath(a.Holder.Household), door.Done("Encaissement n° "+itoa(e.Number)+colon+french.Euros(e.Amount)))
		}
		if invalid, err = refused(err); err != nil {
			return err
		}
	}
	a.Invalid, a.Base.Errors = invalid, door.FieldErrors(invalid)
	return v.Show(422, accountView(a))
}

// Refund gives money back to the household.
func (p *Pages) Refund(v *door.Visit) error {
	form, err := v.Form()
	if err != nil {
		return err
	}
	a, err := p.readAccount(v)
	if err != nil {
		return err
	}
	a.Back = readPayment(form)
	e, invalid := a.Back.entry(a.Holder.Household)
	if invalid == nil {
		e, err = p.books.Refund(v.Ctx(), v.Actor, e)
		if err == nil {
			return v.Redirect(accountPath(a.Holder.Household), door.Done("Remboursement n° "+itoa(e.Number)+colon+french.Euros(-e.Amount)))
		}
		if invalid, err = refused(err); err != nil {
			return err
		}
	}
	a.NotBack = invalid
	a.Base.Errors = door.FieldErrors(invalid)
	for i := range a.Base.Errors {
		a.Base.Errors[i].ID = backPrefix + a.Base.Errors[i].ID
	}
	return v.Show(422, accountView(a))
}

// backPrefix tells the refund's fields from the payment's, on the same page.
const backPrefix = "remboursement_"

// entryPage is one entry of the ledger, and its counter-entry.
type entryPage struct {
	ui.Base
	billing.Entry
	Holder  billing.Holder
	Account billing.Account
	May     bool
	Kind    billing.Kind
	Date    string
	Reason  string
	Refusal string
	Invalid *fault.Invalid
}

const fieldKind = "nature"

func (p *Pages) readEntry(v *door.Visit) (e entryPage, err error) {
	if e.Entry, err = billing.EntryOf(v.Ctx(), p.store, v.Actor, v.PathValue("entry")); err != nil {
		return e, err
	}
	if e.Holder, err = billing.HolderOf(v.Ctx(), p.store, v.Actor, e.Household); err != nil {
		return e, err
	}
	if e.Account, err = billing.AccountOf(v.Ctx(), p.store, v.Actor, e.Household); err != nil {
		return e, err
	}
	e.May, e.Date = mayChange(v), day(today(v))
	e.Base, err = p.base(v, french.Sentence(e.Entry.Kind.French())+" n° "+itoa(e.Number), invoicesPath)
	return e, err
}

// counter is the entry that undoes this one; false when there is none.
func (e entryPage) counter() (billing.Entry, bool) {
	for _, x := range e.Account.Entries {
		if x.Counters == e.ID {
			return x, true
		}
	}
	return billing.Entry{}, false
}

// mayBounce tells whether the bank may send it back.
func (e entryPage) mayBounce() bool {
	return e.Entry.Kind == billing.Received && (e.Way == billing.Cheque || e.Way == billing.Debit)
}

// mayCounter tells whether it may have a counter-entry.
func (e entryPage) mayCounter() bool {
	_, has := e.counter()
	return e.May && !has && e.Counters == ""
}

// Entry shows one entry of the ledger.
func (p *Pages) Entry(v *door.Visit) error {
	e, err := p.readEntry(v)
	if err != nil {
		return err
	}
	return v.Show(200, entryView(e))
}

// Counter undoes an entry by another.
func (p *Pages) Counter(v *door.Visit) error {
	form, err := v.Form()
	if err != nil {
		return err
	}
	e, err := p.readEntry(v)
	if err != nil {
		return err
	}
	e.Kind, e.Date, e.Reason = billing.Kind(form.Value(fieldKind)), form.Value(fieldDate), strings.TrimSpace(form.Value(fieldReason))
	var c fault.Check
	c.That(e.Kind == billing.Bounced || e.Kind == billing.Corrected, fieldKind, "Choisissez ce qui s’est passé.")
	on, dated := french.ReadDate(e.Date)
	c.That(dated, fieldDate, "Écrivez la date, comme 05/10/2027.")
	c.That(e.Reason != "" && len([]rune(e.Reason)) <= longest, fieldReason, "Écrivez le motif, en "+itoa(longest)+" caractères au plus"+french.Nbsp+": il est gardé au journal.")
	err = c.Err()
	if err == nil {
		_, err = p.books.Counter(v.Ctx(), v.Actor, e.ID, e.Kind, on, e.Reason)
	}
	if err == nil {
		return v.Redirect(accountPath(e.Household), door.Done("Contre-écriture de l’écriture n° "+itoa(e.Number)))
	}
	var conflict *fault.Conflict
	if errors.As(err, &conflict) {
		e.Refusal = conflict.Message
		return v.Show(409, entryView(e))
	}
	if e.Invalid, err = refused(err); err != nil {
		return err
	}
	if e.Base.Errors = door.FieldErrors(e.Invalid); len(e.Base.Errors) == 0 {
		e.Refusal = e.Invalid.Message
	}
	return v.Show(422, entryView(e))
}

// Receipt answers the paper of a payment.
func (p *Pages) Receipt(v *door.Visit) error {
	paper, name, err := invoice.Receipt(v, p.store, v.PathValue("entry"))
	if err != nil {
		return err
	}
	return v.ShowFile("application/pdf", name, 1, paper)
}

// Certificate answers the paper of what the household has paid in a year.
func (p *Pages) Certificate(v *door.Visit) error {
	paper, name, err := invoice.Certificate(v, p.store, v.PathValue("household"), v.PathValue("year"))
	if err != nil {
		return err
	}
	return v.ShowFile("application/pdf", name, 1, paper)
}
