package report

import (
	"context"
	"time"

	"pupitre/internal/domain/actor"
	"pupitre/internal/platform/db"
)

// NeverIn is a family that has never asked for a password: what R1 is sent to.
type NeverIn struct {
	Account         string    `db:"id"`
	Login           string    `db:"login"`
	Household       string    `db:"household_id"`
	FirstName       string    `db:"first_name"`
	LastName        string    `db:"last_name"`
	Town            string    `db:"town"`
	Email           string    `db:"email"` // first address on file, "" when none
	LetterPrintedAt time.Time `db:"letter_printed_at"`
	LetterMailedAt  time.Time `db:"letter_mailed_at"`
	Sent            bool      `db:"sent"` // a dossier of the household has come in all the same: on paper, or before
}

// Name is the family's first responsible.
func (n NeverIn) Name() string { return n.FirstName + " " + n.LastName }

// Told tells whether a letter or a mail has gone.
func (n NeverIn) Told() bool { return !n.LetterPrintedAt.IsZero() || !n.LetterMailedAt.IsZero() }

// NeverSignedIn lists the families that have never asked for a password, by name.
func NeverSignedIn(ctx context.Context, r db.Reader, a actor.Actor) ([]NeverIn, error) {
	s, err := scopeOf(a)
	if err != nil {
		return nil, err
	}
	return db.All[NeverIn](ctx, r, `select a.id, a.login, a.household_id, g.first_name, g.last_name, h.town, a.letter_printed_at, a.letter_mailed_at,
			coalesce((select min(e.email) from guardian e where e.household_id = a.household_id and e.email <> ''), '') as email,
			exists (select 1 from dossier d join season s on s.id = d.season_id
				where d.household_id = a.household_id and s.is_current = true and d.sent_at is not null) as sent
		from account a
		join household h on h.id = a.household_id and h.candidate = false
		join guardian g on g.household_id = a.household_id and g.position = 0
		where a.role = 'family' and a.password_hash = '' and a.disabled_at is null`+s.andHousehold("a.household_id", 1)+`
		order by g.last_name, g.first_name, a.login_folded`, s.args()...)
}
