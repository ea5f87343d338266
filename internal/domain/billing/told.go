package billing

import (
	"context"
	"fmt"
	"strings"
	"time"

	"pupitre/internal/domain/correspondence"
	"pupitre/internal/domain/school"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/french"
)

// The mails about money.
const (
	MailIssued    correspondence.Kind = "invoice_issued"
	MailCancelled correspondence.Kind = "invoice_cancelled"
	MailReceived  correspondence.Kind = "payment_received"
	MailReturned  correspondence.Kind = "payment_returned"
	MailReminder  correspondence.Kind = "payment_reminder"
)

// Told are the facts of a mail about money, frozen when it is enqueued: each kind
// has those it tells.
type Told struct {
	Name    string    `json:"name,omitempty"`
	ID      string    `json:"id,omitempty"`     // of what the button opens
	Number  string    `json:"number,omitempty"` // of the invoice or credit note
	Cancels string    `json:"cancels,omitempty"`
	Season  string    `json:"season,omitempty"`
	Debited bool      `json:"debited,omitempty"`
	Due     []ToldDue `json:"due,omitempty"`
	Stage   int       `json:"stage,omitempty"`
	On      string    `json:"on,omitempty"`
	Means   string    `json:"means,omitempty"`
	Amount  int64     `json:"amount,omitempty"` // cents
	Left    int64     `json:"left,omitempty"`   // what the household owes in all, cents
	Reason  string    `json:"reason,omitempty"`
}

// ToldDue is an instalment in a mail.
type ToldDue struct {
	Invoice string `json:"invoice"` // its number
	On      string `json:"on"`
	Amount  int64  `json:"amount"` // cents
}

// Means are the way of the entry and what tells it from others.
func (e Entry) Means() string {
	words := []string{e.Way.French()}
	for _, w := range []string{e.Issuer, e.Bank, e.Reference} {
		if w != "" {
			words = append(words, w)
		}
	}
	return strings.Join(words, ", ")
}

// mail is what is written to a household.
type mail struct {
	Household string
	Kind      correspondence.Kind
	Event     string // once for each
	Told      Told
	Leaves    time.Time
}

// write enqueues the mails to each address of their households. Who has none
// reads it in the portal.
func write(ctx context.Context, tx *db.Tx, now time.Time, mails ...mail) error {
	if len(mails) == 0 {
		return nil
	}
	households := make([]string, len(mails))
	for i, m := range mails {
		households[i] = m.Household
	}
	by, err := addressesOf(ctx, tx, households)
	if err != nil {
		return err
	}
	var all []correspondence.Mail
	for _, m := range mails {
		for _, g := range by[m.Household] {
			m.Told.Name = g.Name()
			all = append(all, correspondence.Mail{Event: string(m.Kind) + ":" + m.Event, Recipient: g.Email, Kind: m.Kind, Household: m.Household, Facts: m.Told, LeavesAt: m.Leaves})
		}
	}
	return correspondence.Enqueue(ctx, tx, now, all...)
}

// addressee is a responsible with a confirmed address.
type addressee struct {
	Household string `db:"household_id"`
	Email     string `db:"email"`
	Named
}

// addressesOf reads to whom each household is written: each address once.
func addressesOf(ctx context.Context, r db.Reader, households []string) (map[string][]addressee, error) {
	rows, err := db.All[addressee](ctx, r, `select household_id, email, first_name, last_name from guardian
		where household_id in (select value from json_each(cast($1 as text))) and email <> '' order by household_id, position`, db.IDs(households))
	if err != nil {
		return nil, fmt.Errorf("read the addresses of households: %w", err)
	}
	by, seen := map[string][]addressee{}, map[string]bool{}
	for _, a := range rows {
		if key := a.Household + " " + french.Fold(a.Email); !seen[key] {
			seen[key] = true
			by[a.Household] = append(by[a.Household], a)
		}
	}
	return by, nil
}

// quietly is when the school may write of its own accord.
func quietly(ctx context.Context, r db.Reader, now time.Time) (time.Time, error) {
	s, err := school.Current(ctx, r)
	return school.QuietHours(now, s), err
}

// tellIssued writes to the payers of the invoices; one of nothing is not told.
func tellIssued(ctx context.Context, tx *db.Tx, now time.Time, issued []Invoice, drafts []Draft) error {
	leaves, err := quietly(ctx, tx, now)
	if err != nil {
		return err
	}
	var mails []mail
	for n, i := range issued {
		if i.Total == 0 {
			continue
		}
		told := Told{ID: i.ID, Number: i.Label(), Season: drafts[n].SeasonName, Debited: drafts[n].Debited, Amount: i.Total}
		for _, p := range drafts[n].Plan {
			told.Due = append(told.Due, ToldDue{Invoice: i.Label(), On: p.On, Amount: p.Amount})
		}
		mails = append(mails, mail{i.Household, MailIssued, i.ID, told, leaves})
	}
	return write(ctx, tx, now, mails...)
}

// tellEntry writes of a payment that came in, but for a debit, which was
// announced; and of one that came back.
func tellEntry(ctx context.Context, tx *db.Tx, e Entry, after Account) error {
	told := Told{ID: e.ID, On: e.On, Means: e.Means(), Amount: e.Amount, Left: after.Balance(), Reason: e.Reason}
	switch {
	case e.Kind == Received && e.Way != Debit:
		return write(ctx, tx, e.At, mail{e.Household, MailReceived, e.ID, told, time.Time{}})
	case e.Kind == Bounced:
		leaves, err := quietly(ctx, tx, e.At)
		if err != nil {
			return err
		}
		told.Amount = -e.Amount
		return write(ctx, tx, e.At, mail{e.Household, MailReturned, e.ID, told, leaves})
	default:
		return nil
	}
}
