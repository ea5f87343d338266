package message

import (
	"context"
	"fmt"
	"time"

	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/correspondence"
	"pupitre/internal/domain/report"
	"pupitre/internal/domain/school"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
)

// Progress is what became of a message so far.
type Progress struct {
	Families int64 // settled at the departure
	Ready    int64 // written to
	Mails    int64
	Gone     int64 // mails that the mail server took
	Failed   int64 // mails given up
	Read     int64 // families that opened it in the portal
	Printed  int64 // families whose letter was printed
}

// Waiting is how many mails are on their way.
func (p Progress) Waiting() int64 { return p.Mails - p.Gone - p.Failed }

// Done is how many families need nothing more, of Families.
// Two households made one since have a mail each.
func (p Progress) Done() int64 { return max(0, p.Ready-p.Waiting()) }

// ProgressOf counts what became of the message. Who may write only.
func ProgressOf(ctx context.Context, r db.Reader, a actor.Actor, id string) (Progress, error) {
	if !a.May(actor.Changes, actor.Messages) {
		return Progress{}, fault.ErrForbidden
	}
	all, err := progressOf(ctx, r, []string{id})
	return all[id], err
}

func progressOf(ctx context.Context, r db.Reader, ids []string) (map[string]Progress, error) {
	type row struct {
		Message string `db:"message_id"`
		A       int64  `db:"a"`
		B       int64  `db:"b"`
		C       int64  `db:"c"`
		D       int64  `db:"d"`
	}
	all := map[string]Progress{}
	families, err := db.All[row](ctx, r, `select message_id, count(*) as a, count(prepared_at) as b, count(read_at) as c, count(printed_at) as d from message_recipient
		where message_id in (select value from json_each(cast($1 as text))) group by message_id`, db.IDs(ids))
	if err != nil {
		return nil, fmt.Errorf("count the families of messages: %w", err)
	}
	for _, f := range families {
		all[f.Message] = Progress{Families: f.A, Ready: f.B, Read: f.C, Printed: f.D}
	}
	mails, err := db.All[row](ctx, r, `select message_id, count(*) as a, count(sent_at) as b, count(failed_at) as c, 0 as d from outgoing_mail
		where message_id <> '' and message_id in (select value from json_each(cast($1 as text))) group by message_id`, db.IDs(ids))
	if err != nil {
		return nil, fmt.Errorf("count the mails of messages: %w", err)
	}
	for _, m := range mails {
		p := all[m.Message]
		p.Mails, p.Gone, p.Failed = m.A, m.B, m.C
		all[m.Message] = p
	}
	return all, nil
}

// Recipient is a household that the message went to, and what became of it.
type Recipient struct {
	Household  string    `db:"household_id"`
	Name       string    `db:"name"`
	Address    string    `db:"address"`
	PreparedAt time.Time `db:"prepared_at"`
	ReadAt     time.Time `db:"read_at"`
	PrintedAt  time.Time `db:"printed_at"`
	SentAt     time.Time `db:"sent_at"`
	FailedAt   time.Time `db:"failed_at"`
	LastError  string    `db:"last_error"`
	Mail       string    `db:"mail"` // outgoing_mail id, "" without a mail
	Phone      string    `db:"phone"`
}

// Outcome narrows the recipients.
type Outcome string

// The outcomes that the list of recipients is narrowed by.
const (
	AnyOutcome Outcome = ""
	OnlyFailed Outcome = "echecs"
	NoAddress  Outcome = "sans-adresse"
)

// Recipients lists them in the order of the selection, those that failed first
// when any; limit at most. Who may write only.
func Recipients(ctx context.Context, r db.Reader, a actor.Actor, id string, o Outcome, limit, offset int64) ([]Recipient, error) {
	if !a.May(actor.Changes, actor.Messages) {
		return nil, fault.ErrForbidden
	}
	narrowed := ""
	switch o {
	case OnlyFailed:
		narrowed = ` and m.failed_at is not null`
	case NoAddress:
		narrowed = ` and x.address = '' and x.prepared_at is not null`
	}
	return db.All[Recipient](ctx, r, `select x.household_id, coalesce(g.first_name || ' ' || g.last_name, '') as name, coalesce(m.recipient, x.address) as address, x.prepared_at, x.read_at, x.printed_at,
			m.sent_at, m.failed_at, coalesce(m.last_error, '') as last_error, coalesce(m.id, '') as mail,
			coalesce(case when g.mobile <> '' then g.mobile else g.phone end, '') as phone
		from message_recipient x
		left join guardian g on g.household_id = x.household_id and g.position = 0
		left join outgoing_mail m on m.message_id = x.message_id and m.message_id <> '' and m.household_id = x.household_id
		where x.message_id = $1`+narrowed+` order by x.position, m.id limit $2 offset $3`, id, limit, offset)
}

// ResendFailed has the mails that could not leave tried again, each to the
// address that its household has now, and returns how many; a household that has
// none any more stays as it is. Who may write only.
func (m *Messages) ResendFailed(ctx context.Context, a actor.Actor, s school.School, id string) (n int, err error) {
	if !a.May(actor.Changes, actor.Messages) {
		return 0, fault.ErrForbidden
	}
	msg, err := byID(ctx, m.store, id)
	if err != nil {
		return 0, err
	}
	season, err := school.SeasonByID(ctx, m.store, msg.Season)
	if err != nil {
		return 0, err
	}
	now := m.clock.Now()
	err = m.store.Write(ctx, func(tx *db.Tx) error {
		n = 0
		failed, err := correspondence.FailedOf(ctx, tx, id)
		if err != nil || len(failed) == 0 {
			return err
		}
		targets := make([]report.Target, len(failed))
		for i, f := range failed {
			targets[i].Household = f.Household
		}
		correspondents, err := report.Correspondents(ctx, tx, a, season, targets)
		if err != nil {
			return err
		}
		address := map[string]string{}
		for _, c := range correspondents {
			if all := c.Family.Emails(); len(all) > 0 {
				address[c.Family.ID] = all[0]
			}
		}
		written, err := writtenTo(ctx, tx, id, targets)
		if err != nil {
			return err
		}
		for _, f := range failed {
			to := address[f.Household]
			if to == "" {
				continue
			}
			n++
			l := Letter{Address: to, Subject: written[f.Household].Subject, Body: written[f.Household].Body}
			if err := correspondence.Again(ctx, tx, now, f, mailOf(id, f.Household, l, school.QuietHours(now, s))); err != nil {
				return err
			}
			if _, err := tx.Exec(ctx, `update message_recipient set address = $1 where message_id = $2 and household_id = $3`, to, id, f.Household); err != nil {
				return err
			}
		}
		return note(ctx, tx, a, now, msg, "message.resent", "renvoyé à "+french.Count(int64(n), "adresse en échec", "adresses en échec"))
	})
	return n, err
}

type text struct {
	Household string `db:"household_id"`
	Subject   string `db:"subject"`
	Body      string `db:"body"`
}

// writtenTo is what was written to the targets, by household.
func writtenTo(ctx context.Context, r db.Reader, id string, targets []report.Target) (map[string]text, error) {
	ids := make([]string, len(targets))
	for i, t := range targets {
		ids[i] = t.Household
	}
	rows, err := db.All[text](ctx, r, `select household_id, subject, body from message_recipient
		where message_id = $1 and household_id in (select value from json_each(cast($2 as text)))`, id, db.IDs(ids))
	all := map[string]text{}
	for _, row := range rows {
		all[row.Household] = row
	}
	return all, err
}
