package report

import (
	"context"
	"fmt"
	"slices"

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
	s, err := scopeOf(a)
	if err != nil {
		return nil, err
	}
	return db.All[Mail](ctx, r, mails+`where m.failed_at is not null`+s.andMail("m", 2)+` order by m.failed_at desc, m.id limit $1`, s.args(limit)...)
}

// RecentMails lists the last mails, newest first: never what a secret one said.
func RecentMails(ctx context.Context, r db.Reader, a actor.Actor, limit int) ([]Mail, error) {
	s, err := scopeOf(a)
	if err != nil {
		return nil, err
	}
	where := ""
	if !s.whole() {
		where = `where m.household_id <> ''` + s.andMail("m", 2)
	}
	return db.All[Mail](ctx, r, mails+where+` order by m.id desc limit $1`, s.args(limit)...)
}

// Call is what a family without address is to be told, and where to call it.
type Call struct {
	correspondence.Outgoing
	Contacts people.Household
}

// Calls lists what is yet to be said by telephone, the most pressing first.
func Calls(ctx context.Context, r db.Reader, a actor.Actor, limit int) ([]Call, error) {
	s, err := scopeOf(a)
	if err != nil {
		return nil, err
	}
	due, err := s.toCall(ctx, r, limit)
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

// toCall are the calls of the scope; they are few, even of the whole school.
func (s scope) toCall(ctx context.Context, r db.Reader, limit int) ([]correspondence.Outgoing, error) {
	if s.whole() {
		return correspondence.ToCall(ctx, r, limit)
	}
	due, err := correspondence.ToCall(ctx, r, all)
	if err != nil {
		return nil, err
	}
	ids := make([]string, len(due))
	for i, d := range due {
		ids[i] = d.ID
	}
	within, err := db.All[string](ctx, r, `select m.id from outgoing_mail m where m.id in (select value from json_each(cast($1 as text)))`+s.andMail("m", 2), s.args(db.IDs(ids))...)
	due = slices.DeleteFunc(due, func(d correspondence.Outgoing) bool { return !slices.Contains(within, d.ID) })
	return due[:min(limit, len(due))], err
}

// MailByID returns one mail, or fault.ErrNotFound.
func MailByID(ctx context.Context, r db.Reader, a actor.Actor, id string) (Mail, error) {
	s, err := scopeOf(a)
	if err != nil {
		return Mail{}, err
	}
	return db.One[Mail](ctx, r, mails+`where m.id = $1`+s.andMail("m", 2), s.args(id)...)
}

// LastMailed is the dossier of the season that a mail of the kind was last
// written about; without one the last that has a rank, then the newest. It is
// "" when the season has no dossier.
func LastMailed(ctx context.Context, r db.Reader, a actor.Actor, season string, kind correspondence.Kind) (string, error) {
	if _, err := scopeOf(a); err != nil || a.IsLimited() {
		return "", err
	}
	for _, look := range []struct {
		text string
		args []any
	}{
		{`select d.id from outgoing_mail m join dossier d on d.household_id = m.household_id and d.season_id = $1
			where m.kind = $2 and m.household_id <> '' and (m.dossier_id = '' or m.dossier_id = d.id)
			order by m.queued_at desc, d.id desc limit 1`, []any{season, string(kind)}},
		{`select id from dossier where season_id = $1 and rank > 0 order by rank desc limit 1`, []any{season}},
		{`select id from dossier where season_id = $1 order by number desc limit 1`, []any{season}},
	} {
		id, found, err := db.Maybe[string](ctx, r, look.text, look.args...)
		if err != nil || found {
			return id, err
		}
	}
	return "", nil
}
