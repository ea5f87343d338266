package report

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/enrolment"
	"pupitre/internal/domain/school"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/french"
)

// Group is one filter of the dossiers' table.
type Group string

// The groups, in the order of the screen. Ready dossiers are complete ones that
// only wait to be confirmed: they are not among ToCheck.
const (
	ToCheck    Group = "a-verifier"
	Incomplete Group = "incomplets"
	OnFamily   Group = "attente-famille"
	Validated  Group = "valides"
	OnList     Group = "liste-attente"
	Ready      Group = "prets"
	Everyone   Group = "tous"
)

// Groups lists the filters in the order of the screen.
var Groups = []Group{ToCheck, Incomplete, OnFamily, Validated, OnList, Ready, Everyone}

// French is the filter as the screen names it.
func (g Group) French() string {
	switch g {
	case ToCheck:
		return "À vérifier"
	case Incomplete:
		return "Incomplets"
	case OnFamily:
		return "Attente famille"
	case Validated:
		return "Validés"
	case OnList:
		return "Liste d’attente"
	case Ready:
		return "Prêts à confirmer"
	default:
		return "Tous"
	}
}

// GroupNamed returns the group of that name, ToCheck when there is none.
func GroupNamed(name string) Group {
	if slices.Contains(Groups, Group(name)) {
		return Group(name)
	}
	return ToCheck
}

// PageSize is how many dossiers a page of the queue shows.
const PageSize = 50

// Filter narrows the queue. Text is searched in the pupil's and responsibles'
// names and the dossier's number; Page counts from 1.
type Filter struct {
	Group Group
	Text  string
	Site  string
	Page  int64
}

// debit tells whether a direct debit is among the household's means of payment.
const debit = `exists (select 1 from household_payment_mean m join payment_mean n on n.code = m.mean
			where m.household_id = d.household_id and n.is_debit = true)`

// unread tells whether a paper asked of the dossier, optional ones included,
// was deposited and not looked at.
const unread = `exists (select 1 from deposit x join paper p on p.season_id = d.season_id and p.code = x.paper_code
		where x.household_id = d.household_id and x.season_id = d.season_id and x.replaced_at is null and x.state = 'provided'
			and (p.condition = '' or p.condition = 'debit' and ` + debit + ` or p.condition = 'on_paper' and d.on_paper_form = true)
			and (p.audience = 'household' and x.pupil_id is null or p.audience = 'pupil' and x.pupil_id = d.pupil_id))`

// ready tells in SQL what enrolment.Registrar.ConfirmReady confirms: every
// required paper « Validé », none unread, a place in every course chosen.
const ready = `(d.state = 'complete' and d.on_paper_form = false and d.choice <> '[]'
	and (select count(*) from request q where q.dossier_id = d.id and q.state = 'place') = length(d.choice) - length(replace(d.choice, '{', ''))
	and not exists (select 1 from request q where q.dossier_id = d.id and q.state in ('waiting', 'offered'))
	and not exists (select 1 from paper p where p.season_id = d.season_id and p.required = true and p.condition <> 'on_paper'
		and (p.condition <> 'debit' or ` + debit + `)
		and not exists (select 1 from deposit x where x.household_id = d.household_id and x.paper_code = p.code
			and x.replaced_at is null and x.state = 'validated' and (x.season_id = d.season_id or p.validity = 'standing')
			and (p.audience = 'household' and x.pupil_id is null or p.audience = 'pupil' and x.pupil_id = d.pupil_id)))
	and not ` + unread + `)`

// toCheck is what the office has to look at: complete dossiers that are not
// ready, and any further on with a paper unread.
const toCheck = `(d.state = 'complete' and not ` + ready + ` or d.state in ('paper_refused', 'waiting', 'enrolled') and ` + unread + `)`

// in is the condition of the group.
func (g Group) in() string {
	switch g {
	case Incomplete:
		return `d.state = 'received'`
	case OnFamily:
		return `d.state = 'paper_refused'`
	case Validated:
		return `d.state = 'enrolled'`
	case OnList:
		return `d.state = 'waiting'`
	case Ready:
		return `d.state = 'complete' and ` + ready
	case Everyone:
		return `d.state not in ('draft', 'not_returning')`
	default:
		return toCheck
	}
}

// narrowed is the query of the season's dossiers that the filter leaves, its group apart.
func (f Filter) narrowed(season string) query {
	var q query
	q.with(`d.season_id = ?`, season)
	if f.Site != "" {
		q.with(`d.site_id = ?`, f.Site)
	}
	words := strings.Fields(french.Fold(f.Text))
	for _, w := range words[:min(len(words), 6)] {
		condition := `p.search like ? escape '\' or exists (select 1 from guardian g where g.household_id = d.household_id and g.search like ? escape '\')`
		if n, ok := number(w); ok {
			q.with(condition+` or d.number = ?`, contains(w), contains(w), n)
		} else {
			q.with(condition, contains(w), contains(w))
		}
	}
	return q
}

// number reads a dossier's number: D-1164, d1164 or 1164.
func number(word string) (int64, bool) {
	word = strings.TrimPrefix(strings.TrimPrefix(strings.ToLower(strings.TrimSpace(word)), "d"), "-")
	n, err := strconv.ParseInt(word, 10, 64)
	return n, err == nil && n > 0 && n < 1e9
}

// Counts is how many dossiers each group has.
type Counts map[Group]int64

// CountsOf counts the dossiers of each group that the filter leaves.
func CountsOf(ctx context.Context, r db.Reader, a actor.Actor, season string, f Filter) (Counts, error) {
	if err := officeOnly(a); err != nil {
		return nil, err
	}
	q := f.narrowed(season)
	type counted struct {
		State enrolment.State `db:"state"`
		Ready int64           `db:"is_ready"`
		Check int64           `db:"to_check"`
		N     int64           `db:"n"`
	}
	rows, err := db.All[counted](ctx, r, `select s.state, s.is_ready, s.to_check, count(*) as n from (
			select d.state, case when d.state = 'complete' and `+ready+` then 1 else 0 end as is_ready,
				case when `+toCheck+` then 1 else 0 end as to_check
			from dossier d `+joined(f)+` where `+q.conditions()+`) s
		group by s.state, s.is_ready, s.to_check`, q.args...)
	if err != nil {
		return nil, fmt.Errorf("count dossiers: %w", err)
	}
	counts := Counts{}
	for _, row := range rows {
		if group, ok := groupOf(row.State, row.Ready == 1); ok {
			counts[group] += row.N
		}
		if row.Check == 1 {
			counts[ToCheck] += row.N
		}
		if row.State != enrolment.Draft && row.State != enrolment.NotReturning {
			counts[Everyone] += row.N
		}
	}
	return counts, nil
}

// joined brings the pupil only when a text is searched in its name.
func joined(f Filter) string {
	if strings.TrimSpace(f.Text) == "" {
		return ""
	}
	return `join pupil p on p.id = d.pupil_id`
}

func groupOf(state enrolment.State, isReady bool) (Group, bool) {
	switch state {
	case enrolment.Received:
		return Incomplete, true
	case enrolment.PaperRefused:
		return OnFamily, true
	case enrolment.Enrolled:
		return Validated, true
	case enrolment.OnList:
		return OnList, true
	case enrolment.Complete:
		return Ready, isReady // the others are counted as to check
	default:
		return "", false
	}
}

// Row is one dossier of the queue.
type Row struct {
	ID                string           `db:"id"`
	Number            int64            `db:"number"`
	Rank              int64            `db:"rank"` // 0 without one
	State             enrolment.State  `db:"state"`
	PupilID           string           `db:"pupil_id"`
	FirstName         string           `db:"first_name"`
	LastName          string           `db:"last_name"`
	Household         string           `db:"household_id"`
	SiteID            string           `db:"site_id"`
	Choice            enrolment.Choice `db:"choice"`
	OnPaperForm       bool             `db:"on_paper_form"`
	SentAt            time.Time        `db:"sent_at"`
	CompleteAt        time.Time        `db:"complete_at"`
	ReceivedOnPaperAt time.Time        `db:"received_on_paper_at"`
	HoldUntil         time.Time        `db:"hold_until"`
	WithdrawalAskedAt time.Time        `db:"withdrawal_asked_at"`
	Jumped            bool             `db:"jumped"` // one of its requests went out of order (R34)

	Courses []string // titles, in the order of the choice
	Site    string
	Papers  []enrolment.PaperStatus
}

// Label is how the office calls the dossier: « D-1164 ».
func (r Row) Label() string { return enrolment.Dossier{Number: r.Number}.Label() }

// Pupil is the pupil's full name.
func (r Row) Pupil() string { return strings.TrimSpace(r.FirstName + " " + r.LastName) }

// Badges are what sets the dossier apart, in words.
func (r Row) Badges() []string {
	var badges []string
	if !r.ReceivedOnPaperAt.IsZero() {
		badges = append(badges, "reçu sur papier le "+french.Date(r.ReceivedOnPaperAt)+" à "+french.Hour(r.ReceivedOnPaperAt))
	}
	if r.OnPaperForm && r.State.Sent() {
		badges = append(badges, "cours à saisir du formulaire papier")
	}
	if r.Jumped {
		badges = append(badges, "hors de l’ordre")
	}
	if !r.WithdrawalAskedAt.IsZero() {
		badges = append(badges, "renoncement demandé")
	}
	return badges
}

const rowColumns = `d.id, d.number, d.rank, d.state, d.pupil_id, p.first_name, p.last_name, d.household_id, d.site_id, d.choice, d.on_paper_form,
	d.sent_at, d.complete_at, d.received_on_paper_at, d.hold_until, d.withdrawal_asked_at,
	exists (select 1 from request q where q.dossier_id = d.id and q.jumped > 0 and q.state in ('place', 'waiting', 'offered')) as jumped`

// order is that of the group: by rank, then by time of sending for those that
// have none. A group whose dossiers all have a rank is read along its index.
func (g Group) order(direction string) string {
	switch g {
	case Incomplete:
		return ` order by d.sent_at ` + direction + `, d.number ` + direction
	case Everyone:
		return ` order by case when d.rank is null then 1 else 0 end ` + direction + `, d.rank ` + direction + `, d.sent_at ` + direction + `, d.number ` + direction
	default:
		return ` order by d.rank ` + direction
	}
}

// Queue is one page of the dossiers' table.
type Queue struct {
	Rows   []Row
	Counts Counts
	Total  int64 // of the group
	Page   int64
}

// QueueOf lists the dossiers of the group in order of completeness, the counts
// of every group beside.
func QueueOf(ctx context.Context, r db.Reader, a actor.Actor, season school.Season, f Filter) (Queue, error) {
	counts, err := CountsOf(ctx, r, a, season.ID, f)
	if err != nil {
		return Queue{}, err
	}
	out := Queue{Counts: counts, Total: counts[f.Group], Page: max(f.Page, 1)}
	if last := max((out.Total+PageSize-1)/PageSize, 1); out.Page > last {
		out.Page = last
	}
	q := f.narrowed(season.ID)
	q.with(f.Group.in())
	out.Rows, err = db.All[Row](ctx, r, `select `+rowColumns+` from dossier d join pupil p on p.id = d.pupil_id where `+q.conditions()+
		f.Group.order("")+` limit `+q.param(int64(PageSize))+` offset `+q.param((out.Page-1)*PageSize), q.args...)
	if err != nil {
		return out, fmt.Errorf("list dossiers: %w", err)
	}
	return out, fill(ctx, r, a, season, out.Rows)
}
