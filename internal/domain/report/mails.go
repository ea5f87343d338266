package report

import (
	"context"

	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/correspondence"
	"pupitre/internal/platform/db"
)

// Mail is a mail of the list, with whom it was for.
type Mail struct {
	correspondence.Outgoing
	Family string `db:"family"` // name of the household's first responsible
	Job    string `db:"job_id"` // the job that gave it up, "" when there is none to try again
}

const mails = `select m.id, m.recipient, m.kind, m.household_id, m.dossier_id, m.subject, m.queued_at, m.leaves_at, m.sent_at, m.failed_at, m.last_error,
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

// MailByID returns one mail, or fault.ErrNotFound.
func MailByID(ctx context.Context, r db.Reader, a actor.Actor, id string) (Mail, error) {
	if err := officeOnly(a); err != nil {
		return Mail{}, err
	}
	return db.One[Mail](ctx, r, mails+`where m.id = $1`, id)
}
