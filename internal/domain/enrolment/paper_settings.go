package enrolment

import (
	"context"

	"pupitre/internal/domain/document"
	"pupitre/internal/domain/school"
	"pupitre/internal/platform/db"
)

// SavePaper saves a paper asked, or makes one when code is "", and has the
// dossiers follow (R29): what becomes required is asked for by mail with the
// delay of R32, what becomes complete is ranked. It returns the paper's code.
func SavePaper(ctx context.Context, tx *db.Tx, e school.Edit, season school.Season, code string, typed map[string]string) (saved string, changes []school.Difference, f Followed, err error) {
	f, err = following(ctx, tx, e, season, func() (err error) {
		saved, changes, err = document.SavePaper(ctx, tx, e, season, code, typed)
		return err
	})
	return saved, changes, f, err
}

// RemovePaper asks a paper no more; the dossiers that lacked only it are ranked.
func RemovePaper(ctx context.Context, tx *db.Tx, e school.Edit, season school.Season, code string) (Followed, error) {
	return following(ctx, tx, e, season, func() error { return document.RemovePaper(ctx, tx, e, season, code) })
}

func following(ctx context.Context, tx *db.Tx, e school.Edit, season school.Season, write func() error) (Followed, error) {
	if !season.IsCurrent {
		return Followed{}, write()
	}
	return Following(ctx, tx, e.Actor, e.Now, write)
}

// Reach is whom a paper is asked of, and what it would hold up.
type Reach struct {
	Asked     int64 `db:"asked"`     // dossiers sent whose family or pupil it is asked of
	Deposited int64 `db:"deposited"` // of these, those that hold it
	Ranked    int64 `db:"ranked"`    // of those with a rank and not enrolled, those that lack it
}

// ReachOf counts the season's dossiers that the paper, as it is given, concerns.
func ReachOf(ctx context.Context, r db.Reader, season string, p document.Paper) (Reach, error) {
	return db.One[Reach](ctx, r, `select count(*) as asked, coalesce(sum(held), 0) as deposited,
			coalesce(sum(case when held = 0 and state in ('complete', 'waiting', 'paper_refused') then 1 else 0 end), 0) as ranked
		from (select d.state, case when exists (select 1 from deposit x where x.household_id = d.household_id and x.paper_code = $2 and x.replaced_at is null
				and (x.season_id = $1 and x.state in ('provided', 'validated') or x.state = 'validated' and $3 = 'standing')
				and ($4 = 'household' and x.pupil_id is null or $4 = 'pupil' and x.pupil_id = d.pupil_id)) then 1 else 0 end as held
			from dossier d
			where d.season_id = $1 and d.state in ('received', 'complete', 'paper_refused', 'waiting', 'enrolled')
				and ($5 = '' or $5 = 'on_paper' and d.on_paper_form = true or $5 = 'debit' and exists
					(select 1 from household_payment_mean h join payment_mean m on m.code = h.mean where h.household_id = d.household_id and m.is_debit = true))) of_paper`,
		season, p.Code, p.Validity, string(p.Audience), p.Condition)
}
