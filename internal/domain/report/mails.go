package report

import (
	"context"
	"fmt"

	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/correspondence"
	"pupitre/internal/domain/people"
	"pupitre/internal/platform/db"
)

// Mail is a mail of the list, with whom it was for.
type Mail struct {
	correspondence.Outgoing
	Family string `db:"family"` // name of the household's first responsible
	Job    string `db:"job_id"` // the job that gave it up, "" when there is none to try again
}

const mails = `select m.id, m.recipient, m.kind, m.household_id, m.dossier_id, m.subject, m.queued_at, m.leaves_at, m.sent_at, m.failed_at, m.last_error, m.answer_by,
		coalesce(g.first_name || ' ' || g.last_name, '') as family, coalesce(j.id, '') as job_id
	from outgoing_mail m
	left join guardian g on g.household_id = m.household_id and g.position = 0 and m.household_id <> ''
	left join job j on j.key = 'mail:' || m.id and j.dead_at is not null `

// FailedMails lists the mails that could not be sent, newest first.
func FailedMails(ctx context.Context, r db.Reader, a actor.Actor, limit int) ([]Mail, error) {
	if err := officeOnly(a); err != nil {
		return nil, err
	}
	return db.All[Mail](ctx, r, mails+`where m.failed_at is not null order by m.failed_at desc, m.id limit $1`, limit)
}

// RecentMails lists the last mails, newest first: never what a secret one said.
func RecentMails(ctx context.Context, r db.Reader, a actor.Actor, limit int) ([]Mail, error) {
	if err := officeOnly(a); err != nil {
		return nil, err
	}
	return db.All[Mail](ctx, r, mails+`order by m.id desc limit $1`, limit)
}

// Call is what a family without address is to be told, and where to call it.
type Call struct {
	correspondence.Outgoing
	Contacts people.Household
}

// Calls lists what is yet to be said by telephone, the most pressing first.
func Calls(ctx context.Context, r db.Reader, a actor.Actor, limit int) ([]Call, error) {
	if err := officeOnly(a); err != nil {
		return nil, err
	}
	due, err := correspondence.ToCall(ctx, r, limit)
	if err != nil {
		return nil, fmt.Errorf("list the calls: %w", err)
	}
	calls, ids := make([]Call, len(due)), make([]string, len(due))
	for i, d := range due {
		calls[i].Outgoing, ids[i] = d, d.Household
	}
	households, err := people.HouseholdsByID(ctx, r, a, ids)
	for i := range calls {
		calls[i].Contacts = households[calls[i].Household]
	}
	return calls, err
}

// MailByID returns one mail, or fault.ErrNotFound.
func MailByID(ctx context.Context, r db.Reader, a actor.Actor, id string) (Mail, error) {
	if err := officeOnly(a); err != nil {
		return Mail{}, err
	}
	return db.One[Mail](ctx, r, mails+`where m.id = $1`, id)
}
