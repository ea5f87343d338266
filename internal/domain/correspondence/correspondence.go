// Package correspondence keeps what the school writes to whom: a mail is
// enqueued exactly once, in the transaction of what it tells, and listed with
// what became of it (R48: never a password).
package correspondence

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/jobs"
)

// Kind names the letter to write; work/send_mail.go knows how to write each.
type Kind string

// SendMail is the kind of the background job that sends one mail.
const SendMail = "send_mail"

// Mail is a letter to enqueue. Event and Recipient together are unique: the
// same event never writes twice to the same address. Facts are frozen as they
// stand now; Secret holds what must not be kept once sent (a password, a link).
//
// Without Recipient it is a call: what the office is to tell, by telephone, a
// household that has no address. Call says it in a few words.
type Mail struct {
	Event     string
	Recipient string
	Kind      Kind
	Household string
	Dossier   string
	Message   string // the message.Message that it carries, "" for what the product writes
	Facts     any
	Secret    any
	LeavesAt  time.Time // not before; the zero time is now
	Call      string
	AnswerBy  time.Time // of a call: when an answer of the family is due at the latest
}

// Args is what the job carries.
type Args struct {
	Mail  string          `json:"mail"` // outgoing_mail id, also its Message-ID
	Kind  Kind            `json:"kind"`
	To    string          `json:"to"`
	At    time.Time       `json:"at,omitzero"` // when it was enqueued: it leaves in the words of then
	Facts json.RawMessage `json:"facts"`
}

// Enqueue adds the mails, and the calls, within the transaction. What has
// neither recipient nor words to say is dropped.
func Enqueue(ctx context.Context, tx *db.Tx, now time.Time, mails ...Mail) error {
	var rows [][]any
	var sendings []jobs.New
	for _, m := range mails {
		if m.Recipient == "" && m.Call == "" {
			continue
		}
		leaves := m.LeavesAt
		if leaves.Before(now) {
			leaves = now
		}
		id := db.NewID()
		rows = append(rows, []any{id, m.Event, m.Recipient, m.Kind, m.Household, m.Dossier, m.Call, m.Secret != nil, now, leaves, "", m.AnswerBy, m.Message})
		if m.Recipient == "" {
			continue
		}
		sendings = append(sendings, jobs.New{
			Kind: SendMail, Key: jobKey(id), RunAt: leaves, Args: sending{id, m.Kind, m.Recipient, now, m.Facts}, Secret: m.Secret,
		})
	}
	added, err := tx.Insert(ctx, `outgoing_mail
		(id, event_key, recipient, kind, household_id, dossier_id, subject, is_secret, queued_at, leaves_at, last_error, answer_by, message_id)`,
		`on conflict (event_key, recipient) do nothing`, rows)
	if err != nil {
		return fmt.Errorf("enqueue mails: %w", err)
	}
	if int(added) < len(rows) {
		if sendings, err = notYetTold(ctx, tx, rows, sendings); err != nil {
			return fmt.Errorf("enqueue mails: %w", err)
		}
	}
	return jobs.Enqueue(ctx, tx, sendings...)
}

// sending is Args as they are written.
type sending struct {
	Mail  string    `json:"mail"`
	Kind  Kind      `json:"kind"`
	To    string    `json:"to"`
	At    time.Time `json:"at"`
	Facts any       `json:"facts"`
}

// notYetTold keeps the sendings whose mail was added: the others told what was
// told already.
func notYetTold(ctx context.Context, tx *db.Tx, rows [][]any, sendings []jobs.New) ([]jobs.New, error) {
	ids := make([]string, len(rows))
	for i, row := range rows {
		ids[i] = row[0].(string)
	}
	added, err := db.All[string](ctx, tx, `select id from outgoing_mail where id in (select value from json_each(cast($1 as text)))`, db.IDs(ids))
	if err != nil {
		return nil, err
	}
	keys := map[string]bool{}
	for _, id := range added {
		keys[jobKey(id)] = true
	}
	return slices.DeleteFunc(sendings, func(s jobs.New) bool { return !keys[s.Key] }), nil
}

// ErrLeft says that a mail has left, or is on its way out.
var ErrLeft = errors.New("the mail has left")

// Withdraw removes the mails of these events, as if they had never been
// enqueued, and returns how many; ErrLeft when one of them has left, and then
// the caller undoes the transaction. Calls are removed with them, uncounted.
func Withdraw(ctx context.Context, tx *db.Tx, events ...string) (int, error) {
	mails, err := db.All[Outgoing](ctx, tx, outgoing+`
		where event_key in (select value from json_each(cast($1 as text))) order by id`, db.IDs(events))
	if err != nil {
		return 0, fmt.Errorf("withdraw mails: %w", err)
	}
	ids, n := make([]string, len(mails)), 0
	for i, m := range mails {
		ids[i] = m.ID
		if m.IsCall() {
			continue
		}
		n++
		waiting, err := jobs.Withdraw(ctx, tx, jobKey(m.ID))
		if err != nil {
			return 0, err
		}
		if !waiting {
			return 0, fmt.Errorf("withdraw mail %s: %w", m.ID, ErrLeft)
		}
	}
	if _, err := tx.Exec(ctx, `delete from outgoing_mail where id in (select value from json_each(cast($1 as text)))`, db.IDs(ids)); err != nil {
		return 0, fmt.Errorf("withdraw mails: %w", err)
	}
	return n, nil
}

func jobKey(mail string) string { return "mail:" + mail }

// Outgoing is one mail, or one call, as the office lists it. Subject is then
// what to say, and SentAt when it was said.
type Outgoing struct {
	ID        string    `db:"id"`
	Recipient string    `db:"recipient"`
	Kind      Kind      `db:"kind"`
	Household string    `db:"household_id"`
	Dossier   string    `db:"dossier_id"`
	Subject   string    `db:"subject"`
	QueuedAt  time.Time `db:"queued_at"`
	LeavesAt  time.Time `db:"leaves_at"`
	SentAt    time.Time `db:"sent_at"`
	FailedAt  time.Time `db:"failed_at"`
	LastError string    `db:"last_error"`
	AnswerBy  time.Time `db:"answer_by"`
}

// IsCall tells whether it is to be said by telephone.
func (o Outgoing) IsCall() bool { return o.Recipient == "" }

const outgoing = `select id, recipient, kind, household_id, dossier_id, subject, queued_at, leaves_at, sent_at, failed_at, last_error, answer_by from outgoing_mail `

// ToCall lists what is yet to be said by telephone: first what awaits an answer,
// the earliest due first, then the oldest.
func ToCall(ctx context.Context, r db.Reader, limit int) ([]Outgoing, error) {
	return db.All[Outgoing](ctx, r, outgoing+`where recipient = '' and sent_at is null
		order by answer_by is null, answer_by, queued_at, id limit $1`, limit)
}

// Said notes that the household was told, and returns the call;
// fault.ErrNotFound when there is no such call, fault.Conflict when it was said
// already.
func Said(ctx context.Context, tx *db.Tx, id string, at time.Time) (Outgoing, error) {
	call, err := db.One[Outgoing](ctx, tx, outgoing+`where id = $1 and recipient = ''`, id)
	if err != nil {
		return call, err
	}
	n, err := tx.Exec(ctx, `update outgoing_mail set sent_at = $1 where id = $2 and sent_at is null`, at, id)
	if err == nil && n == 0 {
		err = &fault.Conflict{Message: "C’est déjà noté\u202f: cette famille a été prévenue."}
	}
	return call, err
}

// ForgetCalls removes what is yet to be said of these events: it is no longer true.
func ForgetCalls(ctx context.Context, tx *db.Tx, events ...string) error {
	if len(events) == 0 {
		return nil
	}
	_, err := tx.Exec(ctx, `delete from outgoing_mail where recipient = '' and sent_at is null
		and event_key in (select value from json_each(cast($1 as text)))`, db.IDs(events))
	return err
}

// Failed lists the mails that could not be sent, newest first.
func Failed(ctx context.Context, r db.Reader, limit int) ([]Outgoing, error) {
	return db.All[Outgoing](ctx, r, outgoing+`where failed_at is not null order by failed_at desc limit $1`, limit)
}

// OfHousehold lists what was written to the household, newest first.
func OfHousehold(ctx context.Context, r db.Reader, household string, limit int) ([]Outgoing, error) {
	return db.All[Outgoing](ctx, r, outgoing+`where household_id = $1 order by queued_at desc limit $2`, household, limit)
}

// OfKind lists every mail of the kind, in the order in which they were asked for.
func OfKind(ctx context.Context, r db.Reader, kind Kind) ([]Outgoing, error) {
	return db.All[Outgoing](ctx, r, outgoing+`where kind = $1 order by id`, string(kind))
}

// Sent notes that the mail left, with the subject it had.
func Sent(ctx context.Context, tx *db.Tx, id, subject string, at time.Time) error {
	_, err := tx.Exec(ctx, `update outgoing_mail set sent_at = $1, subject = $2, failed_at = null, last_error = '' where id = $3`, at, subject, id)
	return err
}

// Dropped forgets a mail that is not to leave any more: another one has replaced it.
func Dropped(ctx context.Context, tx *db.Tx, id string) error {
	_, err := tx.Exec(ctx, `delete from outgoing_mail where id = $1`, id)
	return err
}

// Abandoned notes that the mail will not be tried again, and why.
func Abandoned(ctx context.Context, tx *db.Tx, id, why string, at time.Time) error {
	_, err := tx.Exec(ctx, `update outgoing_mail set failed_at = $1, last_error = $2 where id = $3`, at, why, id)
	return err
}

// TriedAgain notes that a mail given up is on its way once more.
func TriedAgain(ctx context.Context, tx *db.Tx, id string) error {
	_, err := tx.Exec(ctx, `update outgoing_mail set failed_at = null, last_error = '' where id = $1`, id)
	return err
}

// FailedOf lists the mails of a message that could not be sent.
func FailedOf(ctx context.Context, r db.Reader, message string) ([]Outgoing, error) {
	return db.All[Outgoing](ctx, r, outgoing+`where message_id = $1 and message_id <> '' and failed_at is not null order by id`, message)
}

// Again has a mail that was given up leave once more, as m says: the same mail
// when the address is the same, else another one in its place.
func Again(ctx context.Context, tx *db.Tx, now time.Time, failed Outgoing, m Mail) error {
	if failed.Recipient == m.Recipient {
		if err := jobs.RetryKey(ctx, tx, jobKey(failed.ID), later(now, m.LeavesAt)); err != nil {
			return err
		}
		return TriedAgain(ctx, tx, failed.ID)
	}
	if err := jobs.Forget(ctx, tx, jobKey(failed.ID)); err != nil {
		return err
	}
	if err := Dropped(ctx, tx, failed.ID); err != nil {
		return err
	}
	return Enqueue(ctx, tx, now, m)
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// MailsOf returns the ids of the household's mails and calls, oldest first.
func MailsOf(ctx context.Context, r db.Reader, household string) ([]string, error) {
	return db.All[string](ctx, r, `select id from outgoing_mail where household_id = $1 order by queued_at, id`, household)
}

// Rehouse lists the mails and calls with another household's.
func Rehouse(ctx context.Context, tx *db.Tx, mails []string, household string) error {
	_, err := tx.Exec(ctx, `update outgoing_mail set household_id = $1 where id in (select value from json_each(cast($2 as text)))`, household, db.IDs(mails))
	return err
}

// Forget removes the mails and calls of the households, and those of the kinds,
// of no household, to the recipients that are meant.
func Forget(ctx context.Context, tx *db.Tx, households []string, kinds []Kind, meant func(recipient string) bool) error {
	all, err := db.All[Outgoing](ctx, tx, outgoing+`where household_id in (select value from json_each(cast($1 as text))) and household_id <> ''
		or household_id = '' and kind in (select value from json_each(cast($2 as text)))`, db.IDs(households), db.IDs(kinds))
	if err != nil {
		return fmt.Errorf("forget mails: %w", err)
	}
	var ids []string
	for _, o := range all {
		if o.Household == "" && !meant(o.Recipient) {
			continue
		}
		ids = append(ids, o.ID)
		if err := jobs.Forget(ctx, tx, jobKey(o.ID)); err != nil {
			return err
		}
	}
	_, err = tx.Exec(ctx, `delete from outgoing_mail where id in (select value from json_each(cast($1 as text)))`, db.IDs(ids))
	return err
}
