package application

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"pupitre/internal/domain/account"
	"pupitre/internal/domain/correspondence"
	"pupitre/internal/domain/document"
	"pupitre/internal/domain/enrolment"
	"pupitre/internal/domain/people"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
)

// RefusedMonths is how long a refused pré-inscription is kept after the answer.
const RefusedMonths = 12

// forgottenAtOnce is how many are forgotten in one transaction.
const forgottenAtOnce = 100

// ForgottenOn is the day on which what is typed now is deleted, if nobody confirms it.
func ForgottenOn(now time.Time) string { return french.Date(now.AddDate(0, 0, KeptDays)) }

// Also has rooms above forget what they keep of the households and pupils.
type Also func(ctx context.Context, tx *db.Tx, households, pupils []string) error

// Forget deletes what was typed and not confirmed within KeptDays, and what was
// refused RefusedMonths ago with all that it had made (the candidate household,
// its pupils, dossiers, papers and account), and the mails of both; it returns
// how many. What the journal tells of them stays.
func (a *Applications) Forget(ctx context.Context, also Also) (n int64, err error) {
	for _, part := range []func(context.Context, *db.Tx) ([]forgotten, error){a.unconfirmed, a.refused} {
		for {
			var gone []forgotten
			err := a.store.Write(ctx, func(tx *db.Tx) (err error) {
				if gone, err = part(ctx, tx); err != nil || len(gone) == 0 {
					return err
				}
				return a.forget(ctx, tx, gone, also)
			})
			if n += int64(len(gone)); err != nil || len(gone) < forgottenAtOnce {
				if err != nil {
					return n, err
				}
				break
			}
		}
	}
	return n, nil
}

// forgotten is one to forget.
type forgotten struct {
	ID        string `db:"id"`
	Season    string `db:"season_id"`
	Email     string `db:"email_folded"`
	Household string `db:"household_id"` // the candidate's, "" when none was made
}

func (a *Applications) unconfirmed(ctx context.Context, tx *db.Tx) ([]forgotten, error) {
	return db.All[forgotten](ctx, tx, `select id, season_id, email_folded, '' as household_id from application where confirmed_at is null and touched_at < $1 and state in ('draft', 'sent')
		and not exists (select 1 from season s where s.id = application.season_id and (s.campaign_opens_at > $1 or s.newcomers_open_at > $1)) limit $2`,
		a.clock.Now().AddDate(0, 0, -KeptDays), forgottenAtOnce)
}

// refused are those whose household is still a candidate's, and has nothing
// that goes on: no dossier that stands, no pupil of another household.
func (a *Applications) refused(ctx context.Context, tx *db.Tx) ([]forgotten, error) {
	return db.All[forgotten](ctx, tx, `select a.id, a.season_id, a.email_folded, coalesce(a.household_id, '') as household_id from application a
		where a.season_id in (select id from season) and a.state = 'refused' and a.decided_at < $1 and (a.household_id is null or exists (select 1 from household h where h.id = a.household_id and h.candidate = true)
			and not exists (select 1 from dossier d where d.household_id = a.household_id and d.state in ('received', 'complete', 'paper_refused', 'waiting', 'enrolled'))
			and not exists (select 1 from pupil_household p join pupil_household o on o.pupil_id = p.pupil_id and o.household_id <> p.household_id where p.household_id = a.household_id)
			and not exists (select 1 from application o where o.household_id = a.household_id and o.id <> a.id))
		limit $2`, a.clock.Now().AddDate(0, -RefusedMonths, 0), forgottenAtOnce)
}

func (a *Applications) forget(ctx context.Context, tx *db.Tx, gone []forgotten, also Also) error {
	ids, emails, households := make([]string, len(gone)), map[string]bool{}, []string{}
	for i, f := range gone {
		ids[i] = f.ID
		if f.Email != "" {
			emails[f.Email] = true
		}
		if f.Household != "" {
			households = append(households, f.Household)
			if _, err := tx.Exec(ctx, `update season set moves = moves + 1 where id = $1`, f.Season); err != nil { // registrars read their dossiers anew
				return err
			}
		}
	}
	if _, err := tx.Exec(ctx, `delete from application where id in (select value from json_each(cast($1 as text)))`, db.IDs(ids)); err != nil {
		return err
	}
	if err := forgetHouseholds(ctx, tx, households, also); err != nil {
		return err
	}
	return a.forgetMails(ctx, tx, emails, households)
}

// forgetHouseholds has each room forget what it keeps of them.
func forgetHouseholds(ctx context.Context, tx *db.Tx, households []string, also Also) error {
	if len(households) == 0 {
		return nil
	}
	pupils, err := people.PupilsOfEach(ctx, tx, households)
	if err != nil {
		return err
	}
	var ids []string
	for _, household := range households {
		for _, p := range pupils[household] {
			ids = append(ids, p.ID)
		}
	}
	if err := also(ctx, tx, households, ids); err != nil {
		return err
	}
	if err := enrolment.ForgetHouseholds(ctx, tx, households); err != nil {
		return err
	}
	if err := document.ForgetHouseholds(ctx, tx, households); err != nil {
		return err
	}
	for _, household := range households {
		if err := account.Remove(ctx, tx, household); err != nil && !errors.Is(err, fault.ErrNotFound) {
			return err
		}
	}
	return people.ForgetHouseholds(ctx, tx, households, ids)
}

// forgetMails removes the mails of the households, and those of this room to
// addresses from which no other pré-inscription is kept.
func (a *Applications) forgetMails(ctx context.Context, tx *db.Tx, emails map[string]bool, households []string) error {
	kept, err := db.All[string](ctx, tx, `select email_folded from application where email_folded in (select value from json_each(cast($1 as text)))`, db.IDs(slices.Collect(maps.Keys(emails))))
	if err != nil {
		return err
	}
	for _, email := range kept {
		delete(emails, email)
	}
	return correspondence.Forget(ctx, tx, households, []correspondence.Kind{MailConfirm, MailResume, MailAnswer, MailRefused}, func(recipient string) bool {
		return emails[french.Fold(recipient)]
	})
}
