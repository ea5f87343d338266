// Package crowd fills a school with made-up families in bulk, to see how the
// product holds at a size: 30,000 pupils take seconds. It writes the rows that
// the rooms would write, beside them.
package crowd

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"pupitre/internal/domain/catalogue"
	"pupitre/internal/domain/enrolment"
	"pupitre/internal/domain/school"
	"pupitre/internal/platform/db"
)

// Crowd is the families to be made: a household for two pupils. Of ten pupils
// four have a complete dossier, one is « inscrit », two have sent an incomplete
// one, one has a draft, one does not come back, and of one nothing is heard.
type Crowd struct {
	Pupils   int
	Hash     string // of the password of all accounts
	Sessions int    // households signed in, from the first: the digest of their token is Digest(i)
	Digest   func(token string) string
	Now      time.Time // since when these sessions are open
}

// Login is the identifiant of the i-th household, from 1.
func Login(i int) string { return fmt.Sprintf("FOULE-%d", i) }

// Token is what opens the session of the i-th household.
func Token(i int) string { return fmt.Sprintf("crowd-%d", i) }

// Household is the id of the i-th household.
func Household(i int) string { return fmt.Sprintf("crowd-h-%d", i) }

// Pupil is the id of the i-th pupil; those of household h are 2h-1 and 2h.
func Pupil(i int) string { return fmt.Sprintf("crowd-p-%d", i) }

// choice is one that a pupil of CM1 may make, with its two offerings.
type choice struct {
	programme, site, wishes string
	offerings               [2]string
}

// Fill adds the crowd to the current season, which has its catalogue and no
// crowd yet.
func Fill(ctx context.Context, store *db.Store, c Crowd) error {
	return store.Write(ctx, func(tx *db.Tx) error {
		season, err := school.CurrentSeason(ctx, tx)
		if err != nil {
			return err
		}
		choices, err := choicesOf(ctx, tx, season)
		if err != nil {
			return err
		}
		f := filling{ctx: ctx, tx: tx, Crowd: c, season: season.ID, choices: choices}
		for _, step := range []func() error{f.families, f.pupils, f.accounts, f.papers, f.dossiers, f.requests, f.journal, f.mails} {
			if err := step(); err != nil {
				return fmt.Errorf("fill the school with %d pupils: %w", c.Pupils, err)
			}
		}
		if err := tx.Analyze(ctx); err != nil {
			return err
		}
		return enrolment.JudgeDesks(ctx, tx)
	})
}

func choicesOf(ctx context.Context, tx *db.Tx, season school.Season) ([]choice, error) {
	c, err := catalogue.Of(ctx, tx, season.ID)
	if err != nil {
		return nil, err
	}
	pupil := catalogue.Pupil{Age: 10, Level: "CM1", Beginner: "no"}
	var all []choice
	for _, p := range c.Programmes {
		for _, first := range c.Courses {
			for _, second := range c.Courses {
				wishes := enrolment.Choice{{Course: first.ID}, {Course: second.ID}}
				if first.Kind != catalogue.Instrument || second.Kind != catalogue.Pratique || first.SiteID != second.SiteID || len(c.Judge(p, pupil, first.SiteID, wishes)) > 0 {
					continue
				}
				text, err := json.Marshal(wishes)
				if err != nil {
					return nil, err
				}
				all = append(all, choice{p.ID, first.SiteID, string(text), [2]string{enrolment.OfferingID(first.ID, 0), enrolment.OfferingID(second.ID, 0)}})
			}
		}
	}
	if len(all) == 0 {
		return nil, errors.New("the catalogue has no instrument and practice for a pupil of CM1")
	}
	return all, nil
}

// then is when all was made: an instant that both engines read as one.
const then = `(select campaign_opens_at from season where is_current = true)`

type filling struct {
	Crowd
	ctx     context.Context
	tx      *db.Tx
	season  string
	choices []choice
}

// from adds a row for each number from 1 to n: what is selected of n(i).
func (f filling) from(n int, table, columns, selected string, args ...any) error {
	text := `insert into ` + table + ` (` + columns + `)
		with recursive n(i) as (select 1 union all select i + 1 from n where i < ` + fmt.Sprint(n) + `)
		select ` + selected
	if !strings.Contains(selected, "from n") {
		text += ` from n`
	}
	if _, err := f.tx.Exec(f.ctx, text, args...); err != nil {
		return fmt.Errorf("%s: %w", table, err)
	}
	return nil
}

func (f filling) households() int { return (f.Pupils + 1) / 2 }

func (f filling) families() error {
	return errors.Join(
		f.from(f.households(), "household", "id, address, address_extra, postcode, town, billing_mode, mandate_reference, checked_for_season, created_at, version",
			`'crowd-h-' || i, i || ' rue de la Foule', '', '44430', 'Le Landreau', 1, '', '', `+then+`, 1`),
		f.from(f.households(), "household_payment_mean", "household_id, mean",
			`'crowd-h-' || i, m.code from n join payment_mean m on m.position = (select min(position) + i % 2 from payment_mean)`),
		f.from(f.households(), "guardian", "id, household_id, civility, last_name, first_name, email, email_folded, pending_email, pending_token_hash, mobile, phone, position, search, sort_name",
			`'crowd-g-' || i, 'crowd-h-' || i, '', 'Foule' || i, 'Anne', 'foule' || i || '@exemple.fr', 'foule' || i || '@exemple.fr', '', '', '0639980000', '', 0,
			'anne foule' || i || ' anne foule' || i || '@exemple.fr 0639980000', 'foule' || i || ' anne'`),
	)
}

func (f filling) pupils() error {
	return errors.Join(
		f.from(f.Pupils, "pupil", "id, last_name, first_name, birth_date, level_now, created_at, version, search, sort_name",
			`'crowd-p-' || i, 'Foule' || ((i + 1) / 2), 'Lou' || i, '2017-03-04', 'CE2', `+then+`, 1, 'lou' || i || ' foule' || ((i + 1) / 2) || ' lou' || i,
			'foule' || ((i + 1) / 2) || ' lou' || i`),
		f.from(f.Pupils, "pupil_household", "pupil_id, household_id", `'crowd-p-' || i, 'crowd-h-' || ((i + 1) / 2)`),
		f.from(f.Pupils, "pupil_season", "pupil_id, season_id, level, image_right, image_answered_by, image_answered_at, beginner",
			`'crowd-p-' || i, $1, 'CM1', 'yes', 'Anne Foule', `+then+`, 'no'`, f.season),
		f.from(f.Pupils, "pupil_course_now", "pupil_id, course_code", `'crowd-p-' || i, (select min(code) from course)`),
		f.from(f.Pupils, "pupil_note", "pupil_id, season_id, household_id, note", `'crowd-p-' || i, $1, 'crowd-h-' || ((i + 1) / 2), 'Bonjour'`, f.season),
		f.from(f.Pupils, "imported", "kind, key, entity_id, fields", `'eleve', 'FOULE-E' || i, 'crowd-p-' || i, '{}'`),
	)
}

func (f filling) accounts() error {
	err := errors.Join(
		f.from(f.households(), "account", "id, login, login_folded, role, household_id, name, email, password_hash, link_hash, created_at, password_changed_at, letter_printed_at",
			`'crowd-a-' || i, 'FOULE-' || i, 'foule-' || i, 'family', 'crowd-h-' || i, 'Anne Foule' || i, '', case when i % 10 = 0 then '' else $1 end, '',
			`+then+`, `+then+`, case when i % 20 = 0 then null else `+then+` end`, f.Hash),
		f.from(f.households(), "throttle", "key, tries, since", `'crowd-' || i, 1, `+then),
		f.from(f.households(), "session", "token_hash, account_id, limited, created_at, seen_at",
			`'crowd-ended-' || i, 'crowd-a-' || i, false, `+then+`, `+then),
	)
	for i := 1; err == nil && i <= f.Sessions; i++ {
		_, err = f.tx.Exec(f.ctx, `insert into session (token_hash, account_id, limited, created_at, seen_at) values ($1, $2, $3, $4, $5)`,
			f.Digest(Token(i)), fmt.Sprintf("crowd-a-%d", i), false, f.Now, f.Now)
	}
	return err
}

const depositColumns = `id, paper_code, season_id, household_id, file_name, blob_key, media_type, size, pages, sha256, state, reason, deposited_by, deposited_at, reviewed_by, version`

// papers deposits every paper of a household, but for the required ones of a
// debit of one household in five. One paper in three is still to be read.
func (f filling) papers() error {
	return f.from(f.households(), "deposit", depositColumns, `'crowd-d-' || i || '-' || p.code, p.code, p.season_id, 'crowd-h-' || i, 'papier.pdf', 'crowd-' || i || '-' || p.code,
		'application/pdf', 40000, 1, '', case when i % 3 = 0 then 'provided' else 'validated' end, '', 'Anne Foule', `+then+`, '', 1
		from n join paper p on p.season_id = $1 and p.audience = 'household' and p.condition in ('', 'debit') where p.required = false or i % 5 > 0`, f.season)
}

// chosen is the choices, numbered from 0: what the i-th pupil takes is number
// i modulo their count.
func (f filling) chosen(args *[]any) string {
	var rows []string
	for k, c := range f.choices {
		at := len(*args)
		*args = append(*args, c.programme, c.site, c.wishes, c.offerings[0], c.offerings[1])
		rows = append(rows, fmt.Sprintf("(%d, cast($%d as text), cast($%d as text), cast($%d as text), cast($%d as text), cast($%d as text))", k, at+1, at+2, at+3, at+4, at+5))
	}
	return `(values ` + strings.Join(rows, ",") + `) c on c.column1 = i % ` + fmt.Sprint(len(f.choices))
}

// dossiers makes those of the pupils, and moves the season's counters past them.
func (f filling) dossiers() error {
	type counters struct {
		Rank   int64 `db:"next_rank"`
		Number int64 `db:"next_number"`
	}
	next, err := db.One[counters](f.ctx, f.tx, `update season set next_rank = next_rank + $1, next_number = next_number + $1, moves = moves + 1 where id = $2
		returning next_rank - $1 as next_rank, next_number - $1 as next_number`, f.Pupils+1, f.season)
	if err != nil {
		return err
	}
	args := []any{f.season, next.Number, next.Rank}
	chosen := f.chosen(&args)
	return f.from(f.Pupils, "dossier", `id, number, season_id, pupil_id, household_id, state, programme_id, site_id, choice, on_paper_form, note, administrative, reason, agreed_by,
		sent_at, complete_at, rank, confirmed_by, updated_at, version`,
		`'crowd-o-' || i, cast($2 as bigint) + i, $1, 'crowd-p-' || i, 'crowd-h-' || ((i + 1) / 2),
		case when i % 10 < 4 then 'complete' when i % 10 = 4 then 'enrolled' when i % 10 < 7 then 'received' when i % 10 = 7 then 'draft' else 'not_returning' end,
		c.column2, c.column3, c.column4, false, '', true, '', 'Anne Foule', case when i % 10 < 7 then `+then+` end, case when i % 10 < 5 then `+then+` end,
		case when i % 10 < 5 then cast($3 as bigint) + i end, '', `+then+`, 1
		from n join `+chosen+` where i % 10 < 9`, args...)
}

// requests asks for the places of the ranked dossiers: one in five waits for
// its second course. The capacities grow by the places given; a course that some
// wait for is full.
func (f filling) requests() error {
	for _, asked := range []string{"c.column5", "c.column6"} {
		var args []any
		chosen := f.chosen(&args)
		state := `'place'`
		if asked == "c.column6" {
			state = `case when i % 50 < 10 then 'waiting' else 'place' end`
		}
		line := asked[len(asked)-1:]
		if err := f.from(f.Pupils, "request", "id, dossier_id, offering_id, state, received_at, seq, jumped, offer_token_hash, line, created_at",
			`'crowd-q-' || i || '-`+line+`', 'crowd-o-' || i, `+asked+`, `+state+`, `+then+`, i * 2, 0, '', `+line+` - 5, `+then+`
			from n join `+chosen+` where i % 10 < 5`, args...); err != nil {
			return err
		}
	}
	_, err := f.tx.Exec(f.ctx, `update offering set taken = taken + x.places, capacity = case when x.waiting > 0 then taken else capacity end + x.places
		from (select q.offering_id, count(case when q.state = 'place' then 1 end) as places, count(case when q.state = 'waiting' then 1 end) as waiting
			from request q where q.id like 'crowd-%' group by q.offering_id) x where x.offering_id = offering.id`)
	return err
}

func (f filling) journal() error {
	for _, event := range []string{"dossier.opened", "dossier.ranked", "account.signed_in"} {
		if err := f.from(f.Pupils, "journal", "id, at, actor_id, actor_name, actor_role, event, household_id, pupil_id, dossier_id, course_id, before, after, reason",
			`'crowd-j-`+event+`-' || i, `+then+`, '', 'Anne Foule', 'family', $1, 'crowd-h-' || ((i + 1) / 2), 'crowd-p-' || i, 'crowd-o-' || i, '', '', '', ''`, event); err != nil {
			return err
		}
	}
	return nil
}

// mails makes those that left, and the jobs that sent them.
func (f filling) mails() error {
	return errors.Join(
		f.from(f.Pupils, "outgoing_mail", "id, event_key, recipient, kind, household_id, dossier_id, subject, is_secret, queued_at, leaves_at, sent_at, last_error",
			`'crowd-m-' || i, 'crowd-' || i, 'foule@exemple.fr', 'received', 'crowd-h-' || ((i + 1) / 2), 'crowd-o-' || i, 'Dossier reçu', false,
			`+then+`, `+then+`, `+then+`, ''`),
		f.from(f.Pupils, "job", "id, kind, key, args, secret, run_at, attempts, last_error, created_at, done_at",
			`'crowd-m-' || i, 'mail', 'mail:crowd-m-' || i, '{}', '', `+then+`, 1, '', `+then+`, `+then),
	)
}
