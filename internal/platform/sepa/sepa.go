// Package sepa writes and reads the files of SEPA direct debits: the order to
// collect (pain.008.001.08), what the bank refuses (pain.002) and what it takes
// back (camt.054, camt.053). It checks the identifiers that they carry, and knows
// no word of the school: amounts, mandates and days come from its caller.
//
// Amounts are cents of euro; days are written 2006-01-02.
package sepa

import (
	"fmt"
	"time"

	"pupitre/internal/platform/clock"
)

// Sequence is the place of a collection in the life of its mandate.
type Sequence string

// The sequences. A mandate that returns may be collected as Recurrent from its
// first time on: First is optional since November 2016.
const (
	OneOff    Sequence = "OOFF" // the mandate dies after its use
	First     Sequence = "FRST"
	Recurrent Sequence = "RCUR"
	Final     Sequence = "FNAL" // ends the mandate
)

// Message is one file of collections for one creditor. Its debits are grouped by
// Batches; their order within a batch is the given one. The same message gives the
// same bytes.
type Message struct {
	ID       string    // unique for the creditor, at most MostMessageID characters
	Created  time.Time // also the instant that due dates are judged from
	Lead     int       // TARGET days that the bank asks between Created and a due date; at least 1
	Sender   string    // who hands the file in; the creditor when empty
	SIRET    string    // of the sender; may be empty
	Creditor Creditor
	Debits   []Debit
}

// MostMessageID leaves room, in 35 characters, for the number of a batch.
const MostMessageID = 31

// Creditor is who collects, and on which account.
//
// A public body whose account is held by the Treasury (DFT) has its trésorerie as
// creditor, with its address, and is itself the Holder.
type Creditor struct {
	Name    string
	Address *Address // may be nil
	ICS     string
	IBAN    string
	BIC     string  // may be empty
	Holder  *Holder // only of a Treasury account
}

// Holder is the public body that a Treasury account belongs to.
type Holder struct {
	Name string
	IBAN string // of its Treasury account
}

// Address is structured, the only kind accepted since 15 November 2026 (hybrid
// ones apart, which we never write).
type Address struct {
	Street, Number string // may be empty
	PostCode       string // may be empty
	Town           string
	Country        string // two letters, ISO 3166
}

// Debit is one collection. Names and texts are given as people write them: they are
// transliterated when they are written.
type Debit struct {
	EndToEndID    string // unique for the creditor, for ever: it comes back with a return
	InstructionID string // may be empty
	Sequence      Sequence
	Due           string // a TARGET business day
	Cents         int64
	Mandate       Mandate
	Name          string // of the account's holder
	Address       *Address
	IBAN          string
	BIC           string // may be empty
	Text          string // what the bank statement says
}

// Mandate is what the debtor has signed.
type Mandate struct {
	RUM       string
	SignedOn  string
	LastUse   string     // due date of its last collection; empty when there is none
	Amendment *Amendment // what has changed since the last collection; nil when nothing has
}

// Amendment tells the debtor's bank what has changed in a mandate since its last
// collection. Only what has changed is filled in.
type Amendment struct {
	RUM          string // the reference before
	IBAN         string // the account before, at the same bank
	NewAccount   bool   // the account has changed, whatever the bank (« SMNDA »): instead of IBAN
	ICS          string // the creditor's identifier before
	CreditorName string // the creditor's name before
}

// Batch is the debits of one sequence and one due date, as the file groups them.
type Batch struct {
	ID       string // unique for the creditor; comes back in pain.002
	Sequence Sequence
	Due      string
	Debits   []Debit
}

// Cents is the sum of the batch.
func (b Batch) Cents() int64 { return sum(b.Debits) }

// Cents is the sum of the message.
func (m Message) Cents() int64 { return sum(m.Debits) }

func sum(debits []Debit) (cents int64) {
	for _, d := range debits {
		cents += d.Cents
	}
	return cents
}

var sequences = []Sequence{OneOff, First, Recurrent, Final}

// Batches groups the debits by due date, then by sequence. Their identifiers are
// the message's, with their number.
func (m Message) Batches() []Batch {
	type key struct {
		due      string
		sequence Sequence
	}
	found := map[key][]Debit{}
	for _, d := range m.Debits {
		k := key{d.Due, d.Sequence}
		found[k] = append(found[k], d)
	}
	batches := make([]Batch, 0, len(found))
	for k, debits := range found {
		batches = append(batches, Batch{Sequence: k.sequence, Due: k.due, Debits: debits})
	}
	sortBatches(batches)
	for i := range batches {
		batches[i].ID = fmt.Sprintf("%s-%d", m.ID, i+1)
	}
	return batches
}

// TreasuryFileName is the name that the Treasury asks of a file for an account of
// its own: service code, day of the year, number of the day.
func TreasuryFileName(service string, day time.Time, number int) string {
	local := day.In(clock.Paris)
	return fmt.Sprintf("%s-DFT-SDD-%s%03d-%03d", service, local.Format("06"), local.YearDay(), number)
}
