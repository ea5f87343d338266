package report

import (
	"context"

	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/enrolment"
	"pupitre/internal/domain/school"
	"pupitre/internal/platform/db"
)

// Dashboard is what waits for the office, counted.
type Dashboard struct {
	Counts      Counts
	Withdrawals int64 `db:"withdrawals"` // renoncements asked after « inscrit »
	PaperForms  int64 `db:"paper_forms"` // formulaires papier whose courses are to be typed in
	Offers      int64 `db:"offers"`      // places proposed, answer awaited
	Waiting     int64 `db:"waiting"`     // requests that wait
	Failed      int64 `db:"failed"`      // mails that could not be sent
	Calls       int64 `db:"calls"`       // families without address to be told by telephone
	NeverIn     int64 `db:"never_in"`    // families that never asked for a password
	Untold      int64 `db:"untold"`      // among them, without a letter or a mail yet
	Changed     int64 `db:"changed"`     // what families have changed, to be seen
	NoAnswer    int64 `db:"no_answer"`   // pupils of whom nothing was heard
	NotComing   int64 // « ne se réinscrit pas »
	ReviewLeft  int64 `db:"review_left"`  // deposits not yet looked at, incomplete dossiers included
	PlacesTaken int64 `db:"places_taken"` // of all courses
	Places      int64 `db:"places"`
}

// DashboardOf counts what waits for the office in the season, which has just
// been read.
func (c *Counter) DashboardOf(ctx context.Context, r db.Reader, a actor.Actor, season school.Season) (Dashboard, error) {
	counts, err := c.CountsOf(ctx, r, a, season, Filter{})
	if err != nil {
		return Dashboard{}, err
	}
	s, err := scopeOf(a)
	if err != nil {
		return Dashboard{}, err
	}
	ofPupil, ofHousehold, taught := s.andPupil("pupil_id", 2), s.andHousehold("account.household_id", 2), s.andCourse("course_id", 2)
	d, err := db.One[Dashboard](ctx, r, `select
		(select count(*) from dossier where season_id = $1 and withdrawal_asked_at is not null`+ofPupil+`) as withdrawals,
		(select count(*) from dossier where season_id = $1 and on_paper_form = true and state in ('received', 'complete', 'paper_refused', 'waiting')`+ofPupil+`) as paper_forms,
		(select count(*) from request where state = 'offered' and offering_id in (select id from offering where season_id = $1`+taught+`)) as offers,
		(select count(*) from request where state = 'waiting' and offering_id in (select id from offering where season_id = $1`+taught+`)) as waiting,
		(select count(*) from outgoing_mail m where m.failed_at is not null`+s.andMail("m", 2)+`) as failed,
		(select count(*) from outgoing_mail m where m.recipient = '' and m.sent_at is null`+s.andMail("m", 2)+`) as calls,
		(select count(*) from account where role = 'family' and password_hash = '' and disabled_at is null and household_id not in (select id from household where candidate = true)`+ofHousehold+`) as never_in,
		(select count(*) from account where role = 'family' and password_hash = '' and disabled_at is null
			and household_id not in (select id from household where candidate = true)
			and letter_printed_at is null and letter_mailed_at is null`+ofHousehold+`) as untold,
		(select count(*) from household_change c where c.seen_at is null`+s.andChange("c", 2)+`) as changed,
		(select count(*) from deposit where season_id = $1 and state = 'provided' and replaced_at is null`+s.andHousehold("deposit.household_id", 2)+`) as review_left,
		(select cast(coalesce(sum(taken), 0) as bigint) from offering where season_id = $1`+taught+`) as places_taken,
		(select cast(coalesce(sum(capacity), 0) as bigint) from offering where season_id = $1`+taught+`) as places`, s.args(season.ID)...)
	if err != nil {
		return d, err
	}
	d.Counts, d.NotComing = counts, counts[inState(enrolment.NotReturning)]
	d.NoAnswer, err = c.NoAnswerCount(ctx, r, a, season)
	return d, err
}
