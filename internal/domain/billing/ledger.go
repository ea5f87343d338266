package billing

import (
	"strings"
	"time"

	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
)

// Kind is what an entry of the ledger is.
type Kind string

// The kinds. Only the first brings money in by itself.
const (
	Received  Kind = "received"
	Refunded  Kind = "refunded"  // given back to the family
	Bounced   Kind = "bounced"   // a cheque or a debit that the bank has sent back: undoes the entry it counters
	Corrected Kind = "corrected" // undoes an entry that was wrong
)

// French is the kind as screens say it.
func (k Kind) French() string {
	switch k {
	case Received:
		return "encaissement"
	case Refunded:
		return "remboursement"
	case Bounced:
		return "rejet"
	case Corrected:
		return "contre-écriture"
	default:
		return string(k)
	}
}

// Way is how money passes: each asks for what proves it.
type Way string

// The ways. Vouchers (chèques-vacances, e-pass culture…) are told apart by
// their issuer, which reimburses them.
const (
	Debit    Way = "debit"
	Cheque   Way = "cheque"
	Voucher  Way = "voucher"
	Cash     Way = "cash"
	Transfer Way = "transfer"
	Online   Way = "online"
)

// Ways are all of them, in the order of the journal by means.
var Ways = []Way{Debit, Cheque, Voucher, Cash, Transfer, Online}

// French is the way as screens say it.
func (w Way) French() string {
	switch w {
	case Debit:
		return "prélèvement"
	case Cheque:
		return "chèque"
	case Voucher:
		return "titre (chèques-vacances, e-pass…)"
	case Cash:
		return "espèces"
	case Transfer:
		return "virement"
	case Online:
		return "PayFiP"
	default:
		return string(w)
	}
}

// Entry (écriture) is a line of the ledger. It is never changed.
type Entry struct {
	ID        string    `db:"id"`
	Number    int64     `db:"number"` // of all entries, from 1, without a gap
	Household string    `db:"household_id"`
	Kind      Kind      `db:"kind"`
	Way       Way       `db:"way"`
	Amount    int64     `db:"amount"`      // into the school's hands; negative out of them
	On        string    `db:"paid_on"`     // the day it counts for
	Counters  string    `db:"counters_id"` // the entry that it undoes
	Bank      string    `db:"bank"`        // of a cheque
	DepositOn string    `db:"deposit_on"`  // of a cheque: handed to the bank from that day on, "" at once
	Reference string    `db:"reference"`   // number of a cheque, numbers of vouchers, reference of a transfer
	Issuer    string    `db:"issuer"`      // of vouchers
	Reason    string    `db:"reason"`
	At        time.Time `db:"recorded_at"`
	By        string    `db:"recorded_by"`
}

// Allocation (affectation) is a part of an entry that settles an instalment, or,
// negative, that no longer does.
type Allocation struct {
	ID         string    `db:"id"`
	Entry      string    `db:"payment_id"`
	Instalment string    `db:"instalment_id"`
	Amount     int64     `db:"amount"`
	At         time.Time `db:"allocated_at"`
}

// Account is what a household was invoiced and has paid. Its rules answer with
// a Change, and change nothing themselves.
type Account struct {
	Household   string
	Invoices    []Invoice
	Instalments []Instalment
	Entries     []Entry
	Allocations []Allocation
}

// Change is what a rule wants written.
type Change struct {
	Entries     []Entry
	Allocations []Allocation
	Added       []Instalment
	Lowered     []Instalment // with the amount they have from now on
	Ended       []Instalment // with the instant at which they end
}

// Paid is what settles the instalment.
func (a Account) Paid(instalment string) int64 {
	paid := int64(0)
	for _, x := range a.Allocations {
		if x.Instalment == instalment {
			paid += x.Amount
		}
	}
	return paid
}

// settles is how much of the entry settles instalments.
func (a Account) settles(entry string) int64 {
	sum := int64(0)
	for _, x := range a.Allocations {
		if x.Entry == entry {
			sum += x.Amount
		}
	}
	return sum
}

// Balance (solde) is what the household owes in all, due yet or not; negative
// when the school owes it.
func (a Account) Balance() int64 {
	owed := int64(0)
	for _, i := range a.Invoices {
		owed += i.Total
	}
	return owed - a.received()
}

func (a Account) received() int64 {
	sum := int64(0)
	for _, e := range a.Entries {
		sum += e.Amount
	}
	return sum
}

// Credit is what the household has paid and that settles no instalment yet
// (trop-perçu); negative when money was given back that then did not come in.
func (a Account) Credit() int64 {
	used := int64(0)
	for _, x := range a.Allocations {
		used += x.Amount
	}
	return a.received() - used
}

// Due is what is due by that day and not paid.
func (a Account) Due(day string) int64 {
	due := int64(0)
	for _, i := range a.Instalments {
		if i.Stands() && i.On <= day {
			due += i.Amount - a.Paid(i.ID)
		}
	}
	return due
}

// countered tells whether an entry undoes this one.
func (a Account) countered(entry string) bool {
	for _, e := range a.Entries {
		if e.Counters == entry {
			return true
		}
	}
	return false
}

// Receive takes money in: it settles what is owed beyond the instalments, then
// these, the oldest first. What is left is credit.
func (a Account) Receive(e Entry) (Change, error) {
	e.Kind, e.Counters = Received, ""
	if e.Way != Cheque {
		e.DepositOn = ""
	}
	if err := e.check(); err != nil {
		return Change{}, err
	}
	after := a
	after.Entries = append(after.Entries[:len(after.Entries):len(after.Entries)], e)
	return Change{Entries: []Entry{e}, Allocations: after.useCredit(e.At)}, nil
}

// check returns *fault.Invalid for what a payment of its way lacks.
func (e Entry) check() error {
	var c fault.Check
	c.That(e.Amount > 0, "montant", "Écrivez le montant, au-dessus de zéro.")
	c.That(e.Amount <= mostReceived, "montant", "Ce montant dépasse "+french.Euros(mostReceived)+french.Nbsp+": vérifiez-le.")
	c.That(isDay(e.On), "date", "Écrivez la date, comme 05/10/2027.")
	switch e.Way {
	case Cheque:
		c.That(e.Bank != "", "banque", "Écrivez la banque du chèque.")
		c.That(e.Reference != "", "reference", "Écrivez le numéro du chèque.")
		c.That(e.DepositOn == "" || isDay(e.DepositOn), "remettre", "Écrivez la date, comme 05/01/2028.")
	case Voucher:
		c.That(e.Issuer != "", "emetteur", "Écrivez qui rembourse ces titres"+french.Nbsp+": ANCV, Région…")
		c.That(e.Reference != "", "reference", "Écrivez le numéro des titres, du premier au dernier.")
	case Debit, Online:
		c.That(e.Reference != "", "reference", "Écrivez la référence de l’opération.")
	case Cash, Transfer:
	default:
		c.Add("moyen", "Choisissez le moyen de paiement.")
	}
	return c.Err()
}

// mostReceived is far above what a household pays at once, and far below an overflow.
const mostReceived = 100_000_00

func isDay(day string) bool {
	_, err := time.Parse(time.DateOnly, day)
	return err == nil
}

// useCredit settles instalments with what settles none yet, the oldest first.
func (a Account) useCredit(now time.Time) []Allocation {
	credit := a.Credit()
	var all []Allocation
	due := a.open()
	for _, e := range a.Entries {
		if e.Kind != Received || a.countered(e.ID) {
			continue
		}
		free := min(credit, e.Amount-a.settles(e.ID))
		for len(due) > 0 && free > 0 {
			part := min(free, due[0].Amount)
			all = append(all, Allocation{ID: db.NewID(), Entry: e.ID, Instalment: due[0].ID, Amount: part, At: now})
			free, credit, due[0].Amount = free-part, credit-part, due[0].Amount-part
			if due[0].Amount == 0 {
				due = due[1:]
			}
		}
	}
	return all
}

// open are the instalments that are not settled, the oldest first, each with
// what is left of it as its amount.
func (a Account) open() []Instalment {
	var all []Instalment
	for _, i := range sorted(a.Instalments) {
		if i.Amount -= a.Paid(i.ID); i.Stands() && i.Amount > 0 {
			all = append(all, i)
		}
	}
	return all
}

// release takes back all that the entry, or what comes to the instalment, settles.
func (a Account) release(now time.Time, is func(Allocation) bool) []Allocation {
	type pair struct{ entry, instalment string }
	sums, order := map[pair]int64{}, []pair(nil)
	for _, x := range a.Allocations {
		if !is(x) {
			continue
		}
		p := pair{x.Entry, x.Instalment}
		if _, seen := sums[p]; !seen {
			order = append(order, p)
		}
		sums[p] += x.Amount
	}
	var all []Allocation
	for _, p := range order {
		if sums[p] != 0 {
			all = append(all, Allocation{ID: db.NewID(), Entry: p.entry, Instalment: p.instalment, Amount: -sums[p], At: now})
		}
	}
	return all
}

// Counter undoes an entry: it came back from the bank (Bounced), or was wrong
// (Corrected). What it settled is due again. by has the day, the reason and who
// acts. *fault.Conflict when that was done already, *fault.Invalid when the
// entry cannot come back or no reason is given.
func (a Account) Counter(entry string, kind Kind, by Entry) (Change, error) {
	of, found := a.entry(entry)
	switch {
	case !found:
		return Change{}, fault.ErrNotFound
	case a.countered(entry):
		return Change{}, &fault.Conflict{Message: "Cette écriture a déjà sa contre-écriture" + french.Nbsp + ": il n’y a rien à faire."}
	case of.Counters != "":
		return Change{}, fault.Refuse("Une contre-écriture ne s’annule pas" + french.Nbsp + ": saisissez de nouveau le paiement.")
	case kind == Bounced && (of.Kind != Received || of.Way != Cheque && of.Way != Debit):
		return Change{}, fault.Refuse("Seul un chèque ou un prélèvement revient impayé" + french.Nbsp + ": corrigez plutôt l’écriture.")
	case strings.TrimSpace(by.Reason) == "":
		return Change{}, &fault.Invalid{Message: "Donnez un motif.", Fields: []fault.Field{{Name: "motif", Message: "Écrivez le motif" + french.Nbsp + ": il est gardé au journal."}}}
	}
	by.Household, by.Kind, by.Counters, by.Amount = a.Household, kind, entry, -of.Amount
	by.Way, by.Bank, by.Reference, by.Issuer = of.Way, of.Bank, of.Reference, of.Issuer
	return Change{Entries: []Entry{by}, Allocations: a.release(by.At, func(x Allocation) bool { return x.Entry == entry })}, nil
}

func (a Account) entry(id string) (Entry, bool) {
	for _, e := range a.Entries {
		if e.ID == id {
			return e, true
		}
	}
	return Entry{}, false
}

// Refund gives money back, no more than there is credit; e has the amount, as it
// is typed, the way and the reason.
func (a Account) Refund(e Entry) (Change, error) {
	credit := a.Credit()
	switch {
	case e.Amount <= 0:
		return Change{}, &fault.Invalid{Message: "Rien n’est remboursé.", Fields: []fault.Field{{Name: "montant", Message: "Écrivez le montant, au-dessus de zéro."}}}
	case e.Amount > credit:
		return Change{}, &fault.Invalid{Message: "Rien n’est remboursé.", Fields: []fault.Field{{Name: "montant", Message: "Le trop-perçu de ce foyer est de " + french.Euros(max(credit, 0)) + french.Nbsp + ": remboursez cela au plus."}}}
	case e.Way != Transfer && e.Way != Cash && e.Way != Cheque:
		return Change{}, &fault.Invalid{Message: "Rien n’est remboursé.", Fields: []fault.Field{{Name: "moyen", Message: "Un remboursement se fait par virement, par chèque ou en espèces."}}}
	}
	e.Household, e.Kind, e.Counters, e.Amount = a.Household, Refunded, "", -e.Amount
	return Change{Entries: []Entry{e}}, nil
}

// With is the account once the change is made.
func (a Account) With(c Change) Account {
	a.Entries = append(a.Entries[:len(a.Entries):len(a.Entries)], c.Entries...)
	a.Allocations = append(a.Allocations[:len(a.Allocations):len(a.Allocations)], c.Allocations...)
	turned := map[string]Instalment{}
	for _, all := range [][]Instalment{c.Lowered, c.Ended} {
		for _, i := range all {
			turned[i.ID] = i
		}
	}
	var instalments []Instalment
	for _, i := range a.Instalments {
		if now, is := turned[i.ID]; is {
			i = now
		}
		instalments = append(instalments, i)
	}
	a.Instalments = append(instalments, c.Added...)
	return a
}
