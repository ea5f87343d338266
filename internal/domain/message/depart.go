package message

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/catalogue"
	"pupitre/internal/domain/correspondence"
	"pupitre/internal/domain/report"
	"pupitre/internal/domain/school"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
	"pupitre/internal/platform/jobs"
)

// Facts is what the mail of a message says, as it was written for the household.
type Facts struct {
	Subject string `json:"subject"`
	Body    string `json:"body"` // Link stands for the portal's button
}

// atOnce is how many households are written to in one transaction.
const atOnce = 200

// Depart does the job of a planned message: it settles whom it goes to, counted
// anew, then writes to each once. It bears being done again, on several machines
// at once: the set is written with the change of state, and a household already
// written to is passed over.
func (m *Messages) Depart(ctx context.Context, j jobs.Job) error {
	var args departure
	if err := j.Args(&args); err != nil {
		return err
	}
	s, err := school.Current(ctx, m.store)
	if err != nil {
		return err
	}
	msg, found, err := db.Maybe[Message](ctx, m.store, messages+`where id = $1 and version = $2`, args.Message, args.Version)
	if err != nil || !found {
		return err // recalled
	}
	season, err := school.SeasonByID(ctx, m.store, msg.Season)
	if err != nil {
		return err
	}
	if msg.State == Planned {
		if leaves := school.QuietHours(m.clock.Now(), s); leaves.After(m.clock.Now()) {
			return jobs.Later(leaves)
		}
		if err := m.settle(ctx, msg, season); err != nil {
			return err
		}
	}
	for {
		left, err := m.writeSome(ctx, msg, season, s)
		if err != nil {
			return err
		}
		if !left {
			return m.finish(ctx, msg)
		}
	}
}

// settle writes the set of households, once.
func (m *Messages) settle(ctx context.Context, msg Message, season school.Season) error {
	targets, err := report.Targets(ctx, m.store, actor.System, season, msg.Selection())
	if err != nil {
		return err
	}
	rows := make([][]any, len(targets))
	for i, t := range targets {
		dossiers, err := json.Marshal(t.Dossiers)
		if err != nil {
			return err
		}
		rows[i] = []any{msg.ID, t.Household, i, string(dossiers), "", "", ""}
	}
	now := m.clock.Now()
	return m.store.Write(ctx, func(tx *db.Tx) error {
		n, err := tx.Exec(ctx, `update message set state = 'leaving', departed_at = $1 where id = $2 and version = $3 and state = 'planned'`, now, msg.ID, msg.Version)
		if err != nil || n == 0 || len(rows) == 0 {
			return err
		}
		_, err = tx.Insert(ctx, `message_recipient (message_id, household_id, position, dossiers, address, subject, body)`, "", rows)
		return err
	})
}

// due is a household that is not written to yet.
type due struct {
	Household string `db:"household_id"`
	Dossiers  string `db:"dossiers"`
}

// writeSome writes to the next households, and tells whether there were any.
func (m *Messages) writeSome(ctx context.Context, msg Message, season school.Season, s school.School) (bool, error) {
	next, letters, err := m.next(ctx, msg, season, s)
	if err != nil || len(next) == 0 {
		return false, err
	}
	return true, m.store.Write(ctx, func(tx *db.Tx) error { return m.write(ctx, tx, msg, s, next, letters) })
}

// next are the households to write to, and what is written to each.
func (m *Messages) next(ctx context.Context, msg Message, season school.Season, s school.School) ([]due, map[string]Letter, error) {
	next, err := db.All[due](ctx, m.store, `select household_id, dossiers from message_recipient
		where message_id = $1 and prepared_at is null order by position limit $2`, msg.ID, atOnce)
	if err != nil || len(next) == 0 {
		return nil, nil, err
	}
	targets := make([]report.Target, len(next))
	for i, d := range next {
		targets[i].Household = d.Household
		if err := json.Unmarshal([]byte(d.Dossiers), &targets[i].Dossiers); err != nil {
			return nil, nil, fmt.Errorf("read the dossiers of a recipient: %w", err)
		}
	}
	letters, err := lettersTo(ctx, m.store, actor.System, season, s, msg.Subject, msg.Body, targets)
	return next, letters, err
}

// stillDue keeps, of those read, the households that are as they were read, and
// keeps them so until the transaction ends. One written to meanwhile, or merged
// with another, is not among them: what is left of it is read anew.
func stillDue(ctx context.Context, tx *db.Tx, message string, read []due) ([]due, error) {
	ids := make([]string, len(read))
	for i, d := range read {
		ids[i] = d.Household
	}
	const these = ` where message_id = $1 and prepared_at is null and household_id in (select value from json_each(cast($2 as text)))`
	if _, err := tx.Exec(ctx, `update message_recipient set position = position`+these, message, db.IDs(ids)); err != nil {
		return nil, err
	}
	now, err := db.All[due](ctx, tx, `select household_id, dossiers from message_recipient`+these, message, db.IDs(ids))
	return slices.DeleteFunc(read, func(d due) bool { return !slices.Contains(now, d) }), err
}

// write keeps what is written to each of those that are still due and has its
// mail leave; a household that is gone meanwhile is noted without a text.
func (m *Messages) write(ctx context.Context, tx *db.Tx, msg Message, s school.School, read []due, letters map[string]Letter) error {
	next, err := stillDue(ctx, tx, msg.ID, read)
	if err != nil {
		return err
	}
	now := m.clock.Now()
	leaves := school.QuietHours(now, s)
	var rows [][]any
	var mails []correspondence.Mail
	for _, d := range next {
		l := letters[d.Household]
		if !msg.ByMail {
			l.Address = ""
		}
		rows = append(rows, []any{l.Address, l.Subject, l.Body, now, msg.ID, d.Household})
		if l.Address != "" {
			mails = append(mails, mailOf(msg.ID, d.Household, l, leaves))
		}
	}
	if _, err := tx.ExecEach(ctx, `update message_recipient set address = $1, subject = $2, body = $3, prepared_at = $4
		where message_id = $5 and household_id = $6 and prepared_at is null`, rows); err != nil {
		return err
	}
	return correspondence.Enqueue(ctx, tx, now, mails...)
}

// mailOf is the mail of a message to a household: one event, so that it is told once.
func mailOf(message, household string, l Letter, leaves time.Time) correspondence.Mail {
	return correspondence.Mail{
		Event: "message:" + message + ":" + household, Recipient: l.Address, Kind: MailMessage, Household: household, Message: message,
		Facts: Facts{l.Subject, l.Body}, LeavesAt: leaves,
	}
}

func (m *Messages) finish(ctx context.Context, msg Message) error {
	now := m.clock.Now()
	return m.store.Write(ctx, func(tx *db.Tx) error {
		n, err := tx.Exec(ctx, `update message set state = 'sent' where id = $1 and state = 'leaving'`, msg.ID)
		if err != nil || n == 0 {
			return err
		}
		count, err := db.One[int64](ctx, tx, `select count(*) from message_recipient where message_id = $1`, msg.ID)
		if err != nil {
			return err
		}
		said := "parti à " + french.Count(count, "famille", "familles")
		if count != msg.Counted {
			said += fmt.Sprintf(" (%d comptées à la programmation)", msg.Counted)
		}
		return note(ctx, tx, actor.System, now, msg, "message.sent", said)
	})
}

// Letter is a message as it is written to one household.
type Letter struct {
	Household string
	Name      string // whom it is addressed to
	Address   string // "" when the household has none that is confirmed
	Subject   string
	Body      string
	Empty     []string // fields that have nothing to say of it
}

// lettersTo writes the text to each target, by household.
func lettersTo(ctx context.Context, r db.Reader, a actor.Actor, season school.Season, s school.School, subject, body string, targets []report.Target) (map[string]Letter, error) {
	correspondents, err := report.Correspondents(ctx, r, a, season, targets)
	if err != nil {
		return nil, err
	}
	c, err := catalogue.InForce(ctx, r, season)
	if err != nil {
		return nil, err
	}
	titles := func(programme string) string {
		p, _ := c.Programme(programme)
		return p.Title
	}
	all := map[string]Letter{}
	for _, one := range correspondents {
		f := facts{one, s, season, titles}
		l := Letter{Household: one.Family.ID}
		f.address(&l)
		var inBody []string
		l.Subject, l.Empty = f.written(subject)
		l.Body, inBody = f.written(body)
		l.Empty = append(l.Empty, inBody...)
		all[l.Household] = l
	}
	return all, nil
}

// address is the first responsible that has a confirmed address, and puts it
// first: it is the one the text speaks to.
func (f *facts) address(l *Letter) {
	for i, g := range f.Family.Guardians {
		if g.Email != "" {
			l.Address = g.Email
			f.Family.Guardians[0], f.Family.Guardians[i] = f.Family.Guardians[i], f.Family.Guardians[0]
			break
		}
	}
	l.Name = f.Family.Name()
}

// SampleOf is the message as a family reads it: the first that it was written to
// or, until then, the first of its selection. Nobody's, it has no Name. Who may
// write only.
func SampleOf(ctx context.Context, r db.Reader, a actor.Actor, s school.School, m Message) (Letter, error) {
	plain := Letter{Subject: m.Heading(), Body: m.Body}
	if !a.May(actor.Changes, actor.Messages) {
		return plain, fault.ErrForbidden
	}
	if m.Departed() {
		written, err := db.All[struct {
			Name    string `db:"name"`
			Subject string `db:"subject"`
			Body    string `db:"body"`
		}](ctx, r, `select g.first_name || ' ' || g.last_name as name, x.subject, x.body from message_recipient x
			join guardian g on g.household_id = x.household_id and g.position = 0
			where x.message_id = $1 and x.subject <> '' order by x.position limit 1`, m.ID)
		if err != nil || len(written) == 0 {
			return plain, err
		}
		return Letter{Name: written[0].Name, Subject: written[0].Subject, Body: written[0].Body}, nil
	}
	season, err := school.SeasonByID(ctx, r, m.Season)
	if err != nil {
		return plain, err
	}
	targets, err := report.Targets(ctx, r, a, season, m.Selection())
	if err != nil || len(targets) == 0 {
		return plain, err
	}
	return Preview(ctx, r, a, season, s, m.Subject, m.Body, targets[0])
}

// Preview writes the text to one target, as it would leave now. Who may write only.
func Preview(ctx context.Context, r db.Reader, a actor.Actor, season school.Season, s school.School, subject, body string, target report.Target) (Letter, error) {
	all, err := lettersTo(ctx, r, a, season, s, subject, body, []report.Target{target})
	return all[target.Household], err
}
