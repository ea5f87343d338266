package billing

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"pupitre/internal/domain/tariff"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
)

// Series is what is numbered by itself.
type Series string

// The series: invoices, credit notes and the slips of remittances each by civil
// year, the entries of the ledger as one.
const (
	Invoices    Series = "invoice"
	CreditNotes Series = "credit"
	Ledger      Series = "ledger"
	Slips       Series = "remittance"
)

// French is what the series numbers, as screens say it.
func (s Series) French() string {
	switch s {
	case Invoices:
		return "facture"
	case CreditNotes:
		return "avoir"
	default:
		return "écriture"
	}
}

// Label writes a number of the series: « 2027-0148 », « 2027-A0012 ».
func (s Series) Label(year, number int64) string {
	switch s {
	case CreditNotes:
		return fmt.Sprintf("%d-A%04d", year, number)
	case Invoices:
		return fmt.Sprintf("%d-%04d", year, number)
	case Slips:
		return fmt.Sprintf("%d-B%04d", year, number)
	default:
		return fmt.Sprint(number)
	}
}

// Invoice (facture) is one that is issued, or the credit note (avoir) that
// cancels one. It is never edited.
type Invoice struct {
	ID          string    `db:"id"`
	Series      Series    `db:"series"`
	Year        int64     `db:"year"`
	Number      int64     `db:"number"`
	Season      string    `db:"season_id"`
	Household   string    `db:"household_id"` // whose account it is on: the payer's, or that which the payer was merged into
	Payer       string    `db:"payer_id"`     // who was invoiced, for ever
	Cancels     string    `db:"cancels_id"`   // of a credit note
	CancelledBy string    `db:"cancelled_by"` // the credit note, "" while the invoice stands
	Total       int64     `db:"total"`        // negative of a credit note
	IssuedAt    time.Time `db:"issued_at"`
	On          string    `db:"issued_on"`
	By          string    `db:"issued_by"`
	Reason      string    `db:"reason"` // of a credit note
	Content     string    `db:"content"`
	Digest      string    `db:"digest"`
	Lines       []Line
}

// Label is its number as people read it.
func (i Invoice) Label() string { return i.Series.Label(i.Year, i.Number) }

// Stands tells whether it is an invoice that no credit note cancels.
func (i Invoice) Stands() bool { return i.Series == Invoices && i.CancelledBy == "" }

// Printed is what an invoice says beside its lines, as it was when it was issued.
type Printed struct {
	Season   string              `json:"season"`
	Creditor Creditor            `json:"creditor"`
	Debtor   Party               `json:"debtor"`
	Mode     string              `json:"mode"`
	Means    []string            `json:"means"`
	Debited  bool                `json:"debited,omitempty"` // collected by direct debit
	Plan     []tariff.Instalment `json:"plan"`
	Cancels  string              `json:"cancels"` // number of the invoice that a credit note cancels
}

// Printed reads what the invoice says beside its lines.
func (i Invoice) Printed() (p Printed, err error) {
	if err = json.Unmarshal([]byte(i.Content), &p); err != nil {
		err = fmt.Errorf("read invoice %s: %w", i.Label(), err)
	}
	return p, err
}

// seal is the sum of all that an invoice says: what is edited behind the
// program's back no longer agrees with it.
func (i Invoice) seal() (string, error) {
	said, err := json.Marshal(struct {
		Series                                   Series
		Year, Number                             int64
		Season, Payer, Cancels, On, Reason, Text string
		Total                                    int64
		Lines                                    []Line
	}{i.Series, i.Year, i.Number, i.Season, i.Payer, i.Cancels, i.On, i.Reason, i.Content, i.Total, i.Lines})
	sum := sha256.Sum256(said)
	return hex.EncodeToString(sum[:]), err
}

// Untouched returns an error when the invoice is not what was issued.
func (i Invoice) Untouched() error {
	sum, err := i.seal()
	if err == nil && sum != i.Digest {
		err = fmt.Errorf("invoice %s is not what was issued", i.Label())
	}
	return err
}

// invoiceOf makes the invoice of the draft, yet without its number.
func invoiceOf(d Draft, now time.Time, on, by string) (Invoice, error) {
	content, err := json.Marshal(Printed{Season: d.SeasonName, Creditor: d.Creditor, Debtor: d.Debtor, Mode: d.Mode, Means: d.Means, Debited: d.Debited, Plan: d.Plan})
	return Invoice{
		ID: db.NewID(), Series: Invoices, Season: d.Season, Household: d.Payer, Payer: d.Payer, Total: d.Total(),
		IssuedAt: now, On: on, By: by, Content: string(content), Lines: d.Lines,
	}, err
}

// instalmentsOf are the instalments of an invoice that is issued.
func instalmentsOf(i Invoice, plan []tariff.Instalment) []Instalment {
	all := make([]Instalment, len(plan))
	for n, due := range plan {
		all[n] = Instalment{ID: db.NewID(), Invoice: i.ID, Position: int64(n + 1), On: due.On, Amount: due.Amount, CreatedAt: i.IssuedAt}
	}
	return all
}

// Bill puts an invoice that has its number on the account: its instalments, and
// what the household's credit settles of them.
func (a Account) Bill(i Invoice, plan []tariff.Instalment) Change {
	c := Change{Added: instalmentsOf(i, plan)}
	after := a.With(c)
	c.Allocations = after.useCredit(i.IssuedAt)
	return c
}

// CreditNote makes the credit note that cancels the invoice, yet without its
// number. *fault.Invalid without a reason, *fault.Conflict when the invoice is
// cancelled already, or is no invoice.
func CreditNote(of Invoice, reason string, now time.Time, on, by string) (Invoice, error) {
	reason = strings.TrimSpace(reason)
	switch {
	case of.Series != Invoices:
		return Invoice{}, &fault.Conflict{Message: "Un avoir ne s’annule pas" + french.Nbsp + ": émettez une facture."}
	case of.CancelledBy != "":
		return Invoice{}, &fault.Conflict{Message: "La facture " + of.Label() + " a déjà son avoir."}
	case reason == "":
		return Invoice{}, &fault.Invalid{Message: "Donnez un motif.", Fields: []fault.Field{{Name: "motif", Message: "Écrivez le motif" + french.Nbsp + ": l’avoir le porte."}}}
	}
	said, err := of.Printed()
	if err != nil {
		return Invoice{}, err
	}
	said.Cancels, said.Plan = of.Label(), nil
	content, err := json.Marshal(said)
	note := Invoice{
		ID: db.NewID(), Series: CreditNotes, Season: of.Season, Household: of.Household, Payer: of.Payer, Cancels: of.ID, Total: -of.Total,
		IssuedAt: now, On: on, By: by, Reason: reason, Content: string(content),
	}
	for _, l := range of.Lines {
		step := Step{Label: "Annulation", Detail: "facture " + of.Label(), Change: -l.Amount}
		note.Lines = append(note.Lines, Line{Pupil: l.Pupil, Label: l.Label, Steps: []Step{step}, Amount: -l.Amount})
	}
	return note, err
}

// Cancel ends the instalments of an invoice that a credit note cancels: what was
// paid of them is credit.
func (a Account) Cancel(invoice string, now time.Time) Change {
	var c Change
	ended := map[string]bool{}
	for _, i := range a.of(invoice) {
		i.EndedAt = now
		ended[i.ID] = true
		c.Ended = append(c.Ended, i)
	}
	c.Allocations = a.release(now, func(x Allocation) bool { return ended[x.Instalment] })
	return c
}
