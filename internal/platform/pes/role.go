// Package pes writes what a public body sends to its Treasury, and reads what
// the Treasury answers, in the format PES V2 of the DGFiP (Hélios).
//
// Written: a rôle, or « ordre de recettes multi-créanciers » (PESORMC): many
// claims, each on one debtor, that the Treasury collects. Read: the receipt
// (PES_ACQUIT), which takes a file or says what is wrong in it.
//
// Left out on purpose: the control keys Cle1 and Cle2 (the schema names their
// modulus and refers to a technical annex for the way to count; they are
// optional), Edition and its PES_Facture, signatures, and debtors who are no
// natural persons.
package pes

import "time"

// Version names a release of the schemas. It stands nowhere in the file: the
// Treasury judges by the one it runs.
type Version string

// V517 is the only release that the tests validate against.
const V517 Version = "5.17"

// Versions are those that may be chosen.
var Versions = []Version{V517}

// Role is one file: one bordereau of claims.
type Role struct {
	Version  Version
	File     string // NomFic: unique among all files sent; 100 characters at most
	Software string // Emetteur: who made the program; 32 at most
	Release  string // the program and its version; 38 at most
	Body     Body
	Written  time.Time // the day the file is made

	Year     int       // the budget's year
	Number   int       // unique in the year; 7 digits at most
	Issued   time.Time // the day the claims are issued
	NoticeOn time.Time // the day the notices are sent to the debtors, by the body itself; zero when the Treasury does
	Object   string    // 160 at most; may be empty
	Claims   []Claim
}

// Body is the public body, as its Treasury knows it.
type Body struct {
	Post   string // IdPost: the accounting post's codique, 6 or 7 digits (02A or 02B in Corsica)
	SIRET  string // of the budget, 14 digits
	Code   string // CodCol: 3 digits
	Budget string // CodBud: 2 characters
	Label  string // 38 at most; may be empty
}

// Claim is what one debtor owes, a pièce (« article de rôle »). Two payers of
// one invoice are two claims.
type Claim struct {
	Number int    // IdPce: unique in the role; 8 digits at most
	Object string // 160 at most; may be empty
	Debt   int64  // NumDette: the number of the invoice, 15 digits at most
	Period int    // Per: tells apart claims of one Debt; one digit
	Debtor Debtor
	Lines  []Line
	Debit  *Debit // when the Treasury debits the debtor's account
}

// Cents is the sum of the claim's lines.
func (c Claim) Cents() int64 {
	sum := int64(0)
	for _, l := range c.Lines {
		sum += l.Cents
	}
	return sum
}

// Line is a part of a claim, with its product.
type Line struct {
	Object  string // 160 at most; may be empty
	Product string // CodProdLoc: agreed with the accountant; 4 letters or digits at most
	Account int64  // Nature; 588 (DefaultAccount) is what the schema proposes
	Cents   int64
}

// DefaultAccount is the account that the schema proposes for a rôle.
const DefaultAccount = 588

// Title is how a debtor is addressed.
type Title string

// The titles that we write.
const (
	Mister Title = "M"
	Madam  Title = "MME"
)

// Debtor is a natural person.
type Debtor struct {
	Reference string // RefTiers: the body's own, gathers the debts of one debtor; 30 at most; may be empty
	Title     Title
	LastName  string // each line of the name and of the address: 38 at most
	FirstName string
	Building  string // Adr1; may be empty
	Street    string // Adr2
	Locality  string // Adr3; may be empty
	PostCode  string // 5 digits; not written when Country is set
	City      string // abroad, with its post code
	Country   int    // INSEE's code of 3 digits for who lives abroad; 0 in France
}

// Name is how messages call the debtor.
func (d Debtor) Name() string { return d.LastName + " " + d.FirstName }

// Sequence is the place of a debit among those of its mandate.
type Sequence string

// The sequences, by their codes.
const (
	OneOff    Sequence = "01" // OOFF
	First     Sequence = "02" // FRST
	Recurrent Sequence = "03" // RCUR
	Final     Sequence = "04" // FNAL
)

// Debit tells the Treasury to debit the claim's whole amount (NatPrel 01).
type Debit struct {
	On          time.Time
	Sequence    Sequence
	Mandate     string // RUM: 35 at most
	SignedOn    time.Time
	Label       string // 140 at most; may be empty
	IBAN        string
	BIC         string // compulsory when the account is not in France
	Holder      string // of the account: 32 at most
	OtherHolder bool   // the holder is not the debtor
}

// Cents is the sum of the role.
func (r Role) Cents() int64 {
	sum := int64(0)
	for _, c := range r.Claims {
		sum += c.Cents()
	}
	return sum
}

// Threshold is the amount below which a claim may not be issued (code général
// des collectivités territoriales, art. D1611-1).
const Threshold = 1500

// BelowThreshold returns the claims that may not be issued because they are too
// small. Check does not refuse them: whether they wait, or are added to others,
// is for the caller to say.
func (r Role) BelowThreshold() []Claim {
	var small []Claim
	for _, c := range r.Claims {
		if c.Cents() < Threshold {
			small = append(small, c)
		}
	}
	return small
}
