package billing

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/journal"
	"pupitre/internal/domain/school"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
	"pupitre/internal/platform/jobs"
)

// IssueKind is the job that issues the invoices of a Run.
const IssueKind = "billing.issue"

// atOnce is how many invoices are issued in one transaction.
const atOnce = 50

// Run (émission) is many invoices issued one after the other by a job, which may
// be suspended and resumed.
type Run struct {
	ID          string    `db:"id"`
	Season      string    `db:"season_id"`
	Said        string    `db:"said"` // which invoices, in words
	Households  string    `db:"households"`
	Odd         bool      `db:"odd"` // issued as they are, whatever surprises
	Wanted      int64     `db:"wanted"`
	LookedAt    int64     `db:"looked_at"` // of those wanted
	Made        int64     `db:"made"`
	PassedOver  string    `db:"passed_over"`
	AskedAt     time.Time `db:"asked_at"`
	AskedBy     string    `db:"asked_by"`
	SuspendedAt time.Time `db:"suspended_at"`
	EndedAt     time.Time `db:"ended_at"`
}

const runColumns = `select id, season_id, said, households, odd, wanted, looked_at, made, passed_over, asked_at, asked_by, suspended_at, ended_at from invoice_run`

// Passed is a household that a run has issued no invoice to, and why.
type Passed struct {
	Household string `json:"household"`
	Name      string `json:"name"`
	Why       string `json:"why"`
}

// Passed are the households that were passed over.
func (r Run) Passed() (all []Passed, err error) {
	err = json.Unmarshal([]byte(r.PassedOver), &all)
	return all, err
}

// UnderWay tells whether invoices are still to be issued, now or once resumed.
func (r Run) UnderWay() bool { return r.EndedAt.IsZero() }

// Suspended tells whether the run waits to be resumed.
func (r Run) Suspended() bool { return r.UnderWay() && !r.SuspendedAt.IsZero() }

type runArgs struct {
	Run string `json:"run"`
}

// Shown is what the régie was shown before it asked for invoices.
type Shown struct {
	Count int64
	Total int64 // cents
}

// Changed says that what would be invoiced is no longer what was shown.
type Changed struct{ Shown, Now Shown }

func (e *Changed) Error() string {
	return fmt.Sprintf("Les factures ont changé depuis que vous avez ouvert cette page%s: %s pour %s, et non %d pour %s. Rien n’est émis%[1]s; relisez, puis émettez.",
		french.Nbsp, french.Count(e.Now.Count, "facture", "factures"), french.Euros(e.Now.Total), e.Shown.Count, french.Euros(e.Shown.Total))
}

// Start begins to issue invoices: those of the scope that are ready, or, odd, those
// that surprise and do not block, as they are. said says which, in words. It
// returns *Changed when they are not what was shown, *fault.Conflict while another
// run of the season is under way, *fault.Invalid when there is none.
func (b *Books) Start(ctx context.Context, a actor.Actor, s school.School, season school.Season, scope Scope, odd bool, shown Shown, said string) (r Run, err error) {
	if !a.May(actor.Changes, actor.Billing) {
		return r, fault.ErrForbidden
	}
	now := b.clock.Now()
	err = b.store.Write(ctx, func(tx *db.Tx) error {
		r, err = start(ctx, tx, a, now, s, season, scope, odd, shown, said)
		return err
	})
	return r, err
}

func start(ctx context.Context, tx *db.Tx, a actor.Actor, now time.Time, s school.School, season school.Season, scope Scope, odd bool, shown Shown, said string) (r Run, err error) {
	if _, err := take(ctx, tx, Invoices, yearOf(now), 0); err != nil { // one run is begun at a time
		return r, err
	}
	under, found, err := latest(ctx, tx, season.ID)
	if err != nil {
		return r, err
	}
	if found && under.UnderWay() {
		return r, &fault.Conflict{Message: "Une émission est en cours" + french.Nbsp + ": attendez sa fin, puis contrôlez de nouveau."}
	}
	all, err := prepare(ctx, tx, now, s, season, scope)
	if err != nil {
		return r, err
	}
	var ids []string
	is := Shown{}
	for _, p := range all {
		if p.mayIssue(odd) {
			ids = append(ids, p.Household)
			is.Count, is.Total = is.Count+1, is.Total+p.Total
		}
	}
	switch {
	case is != shown:
		return r, &Changed{shown, is}
	case is.Count == 0:
		return r, fault.Refuse("Aucune facture n’est à émettre.")
	}
	list, err := json.Marshal(ids)
	if err != nil {
		return r, err
	}
	r = Run{ID: db.NewID(), Season: season.ID, Said: said, Households: string(list), Odd: odd, Wanted: is.Count, PassedOver: "[]", AskedAt: now, AskedBy: a.Name}
	if _, err := tx.Exec(ctx, `insert into invoice_run (id, season_id, said, households, odd, wanted, looked_at, made, passed_over, asked_at, asked_by)
		values ($1, $2, $3, $4, $5, $6, 0, 0, '[]', $7, $8)`, r.ID, r.Season, r.Said, r.Households, r.Odd, r.Wanted, r.AskedAt, r.AskedBy); err != nil {
		return r, err
	}
	if err := jobs.Enqueue(ctx, tx, jobs.New{Kind: IssueKind, Args: runArgs{r.ID}, RunAt: now}); err != nil {
		return r, err
	}
	return r, tell(ctx, tx, a, now, journal.Line{Event: "invoices.asked", Subject: school.SeasonSubject(season.ID),
		After: "Émission de " + french.Count(is.Count, "facture", "factures") + " pour " + french.Euros(is.Total) + ", " + said})
}

// mayIssue tells whether the invoice is of a run of ready ones, or of odd ones.
func (p Prepared) mayIssue(odd bool) bool {
	all := p.Oddities()
	if !odd {
		return len(all) == 0
	}
	return len(all) > 0 && !slices.ContainsFunc(all, func(o Oddity) bool { return o.Blocks })
}

// LatestRun returns the season's last run; false when there was none. Office only.
func LatestRun(ctx context.Context, r db.Reader, a actor.Actor, season string) (Run, bool, error) {
	if !a.May(actor.Sees, actor.Billing) {
		return Run{}, false, fault.ErrForbidden
	}
	return latest(ctx, r, season)
}

func latest(ctx context.Context, r db.Reader, season string) (Run, bool, error) {
	return db.Maybe[Run](ctx, r, runColumns+` where season_id = $1 order by id desc limit 1`, season)
}

// Suspend stops the run after the transaction under way. Nothing happens when it
// has ended or waits already.
func (b *Books) Suspend(ctx context.Context, a actor.Actor, run string) error {
	return b.turn(ctx, a, run, `update invoice_run set suspended_at = $2 where id = $1 and ended_at is null and suspended_at is null`, "invoices.suspended", "Émission suspendue")
}

// Resume goes on with a run that was suspended.
func (b *Books) Resume(ctx context.Context, a actor.Actor, run string) error {
	return b.turn(ctx, a, run, `update invoice_run set suspended_at = null where id = $1 and $2 = $2 and ended_at is null and suspended_at is not null`, "invoices.resumed", "Émission reprise")
}

func (b *Books) turn(ctx context.Context, a actor.Actor, run, statement, event, words string) error {
	if !a.May(actor.Changes, actor.Billing) {
		return fault.ErrForbidden
	}
	now := b.clock.Now()
	return b.store.Write(ctx, func(tx *db.Tx) error {
		n, err := tx.Exec(ctx, statement, run, now)
		if err != nil || n == 0 {
			return err
		}
		of, err := db.One[Run](ctx, tx, runColumns+` where id = $1`, run)
		if err != nil {
			return err
		}
		if !of.Suspended() {
			if err := jobs.Enqueue(ctx, tx, jobs.New{Kind: IssueKind, Args: runArgs{run}, RunAt: now}); err != nil {
				return err
			}
		}
		return tell(ctx, tx, a, now, journal.Line{Event: event, Subject: school.SeasonSubject(of.Season), After: words + ", " + of.Said})
	})
}

// IssueRun does the job of a run. It bears being done again, and by several
// machines at once: each transaction takes the run's row, issues the next ones and
// says how far it went. A household whose invoice is no longer to be issued so, by
// what is known now, is passed over and named.
func (b *Books) IssueRun(ctx context.Context, j jobs.Job) error {
	var args runArgs
	if err := j.Args(&args); err != nil {
		return err
	}
	for {
		more := false
		if err := b.store.Write(ctx, func(tx *db.Tx) (err error) {
			more, err = issueSome(ctx, tx, b.clock.Now(), args.Run)
			return err
		}); err != nil || !more {
			return err
		}
	}
}

func issueSome(ctx context.Context, tx *db.Tx, now time.Time, id string) (more bool, err error) {
	if n, err := tx.Exec(ctx, `update invoice_run set looked_at = looked_at where id = $1 and ended_at is null and suspended_at is null`, id); err != nil || n == 0 {
		return false, err // ended, suspended, or none
	}
	r, err := db.One[Run](ctx, tx, runColumns+` where id = $1`, id)
	if err != nil {
		return false, err
	}
	var households []string
	if err := json.Unmarshal([]byte(r.Households), &households); err != nil {
		return false, fmt.Errorf("read run %s: %w", id, err)
	}
	passed, err := r.Passed()
	if err != nil {
		return false, fmt.Errorf("read run %s: %w", id, err)
	}
	next := households[r.LookedAt:min(r.LookedAt+atOnce, int64(len(households)))]
	if len(next) > 0 {
		made, over, err := issueThese(ctx, tx, now, r, next)
		if err != nil {
			return false, err
		}
		r.Made, passed = r.Made+made, append(passed, over...)
	}
	r.LookedAt += int64(len(next))
	if more = r.LookedAt < int64(len(households)); !more {
		r.EndedAt = now
	}
	over, err := json.Marshal(passed)
	if err != nil {
		return false, err
	}
	_, err = tx.Exec(ctx, `update invoice_run set looked_at = $1, made = $2, passed_over = $3, ended_at = $4 where id = $5`, r.LookedAt, r.Made, string(over), r.EndedAt, id)
	return more, err
}

// issueThese issues the invoices of the households as they are now.
func issueThese(ctx context.Context, tx *db.Tx, now time.Time, r Run, households []string) (made int64, over []Passed, err error) {
	s, err := school.Current(ctx, tx)
	if err != nil {
		return 0, nil, err
	}
	season, err := school.SeasonByID(ctx, tx, r.Season)
	if err != nil {
		return 0, nil, err
	}
	if err := hold(ctx, tx, households...); err != nil && !errors.Is(err, fault.ErrNotFound) { // one merged away is passed over
		return 0, nil, err
	}
	all, err := prepare(ctx, tx, now, s, season, Scope{Households: households})
	if err != nil {
		return 0, nil, err
	}
	by := map[string]Prepared{}
	for _, p := range all {
		by[p.Household] = p
	}
	var drafts []Draft
	for _, h := range households {
		p, found := by[h]
		if !found {
			over = append(over, Passed{h, "", "rien à facturer, ou foyer fusionné"})
			continue
		}
		odd := p.Oddities()
		at := slices.IndexFunc(odd, func(o Oddity) bool { return o.Blocks || !r.Odd })
		if at >= 0 {
			over = append(over, Passed{h, p.Name, odd[at].Words})
			continue
		}
		drafts = append(drafts, p.Draft)
	}
	issued, err := issue(ctx, tx, actor.Actor{Role: actor.SystemRole, Name: r.AskedBy}, now, drafts)
	return int64(len(issued)), over, err
}
