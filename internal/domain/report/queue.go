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
	ToChoose   Group = "a-choisir"
	Ranked     Group = "de-rang"
	Everyone   Group = "tous"
)

// Groups lists the filters in the order of the screen.
var Groups = []Group{ToCheck, Incomplete, OnFamily, Validated, OnList, Ready, ToChoose, Ranked, Everyone}

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
	case ToChoose:
		return "Doit choisir à nouveau"
	case Ranked:
		return "Avec un rang"
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

// in is the condition of a group that is one part; each is read along an index
// of its own.
func (g Group) in() string {
	switch g {
	case Incomplete:
		return `d.state = 'received' and ` + unranked
	case OnFamily:
		return `d.state = 'paper_refused'`
	case Validated:
		return `d.state = 'enrolled'`
	case OnList:
		return `d.state = 'waiting'`
	case Ready:
		return `d.desk = 'ready'`
	default:
		return `d.desk = 'check'`
	}
}

// unranked are the dossiers sent that have no rank, in the words of the index
// dossier_unranked.
const unranked = `d.rank is null and d.sent_at is not null and d.state not in ('draft', 'not_returning')`

// has tells whether the dossier is in the group.
func (g Group) has(d enrolment.Dossier) bool {
	switch g {
	case ToCheck:
		return d.Desk == enrolment.DeskCheck
	case Ready:
		return d.Desk == enrolment.DeskReady
	case ToChoose:
		return d.ChooseAgain
	case Ranked:
		return d.Rank > 0
	case Everyone:
		return d.Rank > 0 || !d.SentAt.IsZero() && d.State != enrolment.Draft && d.State != enrolment.NotReturning
	default:
		return g == groupOf(d.State)
	}
}

// withWords returns the season's dossiers that have every word: in the names of
// the pupil or of a responsible, or as their number.
func withWords(ctx context.Context, r db.Reader, season string, words []string) ([]string, error) {
	var q query
	for _, w := range words {
		condition := `x.id in (select y.id from pupil p join dossier y on y.season_id = ? and y.pupil_id = p.id where p.search like ? escape '\'
			union select y.id from guardian g join dossier y on y.season_id = ? and y.household_id = g.household_id where g.search like ? escape '\'`
		args := []any{season, contains(w), season, contains(w)}
		if n, ok := number(w); ok {
			condition += ` union select y.id from dossier y where y.season_id = ? and y.number = ?`
			args = append(args, season, n)
		}
		q.with(condition+`)`, args...)
	}
	ids, err := db.All[string](ctx, r, `select x.id from dossier x where `+q.conditions(), q.args...)
	if err != nil {
		return nil, fmt.Errorf("look for dossiers: %w", err)
	}
	return ids, nil
}

// number reads a dossier's number: D-1164, d1164 or 1164.
func number(word string) (int64, bool) {
	word = strings.TrimPrefix(strings.TrimPrefix(strings.ToLower(strings.TrimSpace(word)), "d"), "-")
	n, err := strconv.ParseInt(word, 10, 64)
	return n, err == nil && n > 0 && n < 1e9
}

// Counts is how many dossiers each group has.
type Counts map[Group]int64

// counts counts the dossiers of the query by group.
func (q query) counts(ctx context.Context, r db.Reader) (Counts, error) {
	type counted struct {
		State  enrolment.State `db:"state"`
		N      int64           `db:"n"`
		Check  int64           `db:"to_check"`
		Ready  int64           `db:"is_ready"`
		Ranked int64           `db:"ranked"`
		Choose int64           `db:"to_choose"`
	}
	rows, err := db.All[counted](ctx, r, `select d.state, count(*) as n, count(d.rank) as ranked,
			count(case when d.desk = 'check' then 1 end) as to_check, count(case when d.desk = 'ready' then 1 end) as is_ready,
			count(case when d.choose_again = true then 1 end) as to_choose
		from dossier d where `+q.conditions()+` group by d.state`, q.args...)
	if err != nil {
		return nil, fmt.Errorf("count dossiers: %w", err)
	}
	counts := Counts{}
	for _, row := range rows {
		counts[inState(row.State)] = row.N
		counts[ToCheck] += row.Check
		counts[Ready] += row.Ready
		counts[ToChoose] += row.Choose
		if row.State != enrolment.Received {
			counts[rankedToChoose] += row.Choose
		}
		if group := groupOf(row.State); group != "" {
			counts[group] += row.N
		}
		if row.State != enrolment.Draft && row.State != enrolment.NotReturning {
			counts[Everyone] += row.N
			counts[Ranked] += row.Ranked
		}
		if row.State == enrolment.Lapsed {
			if err := q.unsent(ctx, r, counts); err != nil {
				return nil, err
			}
		}
	}
	return counts, nil
}

// unsent takes from Everyone what has lapsed at one household and was never sent
// by the other, that took it over.
func (q query) unsent(ctx context.Context, r db.Reader, counts Counts) error {
	q = q.and(`d.rank is null and d.sent_at is null and d.state = 'lapsed'`)
	n, err := db.One[int64](ctx, r, `select count(*) from dossier d where `+q.conditions(), q.args...)
	counts[Everyone] -= n
	return err
}

// inState counts the dossiers of one state; it is no filter of the screen.
func inState(s enrolment.State) Group { return Group("état " + string(s)) }

// Ranked is how many dossiers have a rank.
func (c Counts) Ranked() int64 { return c[Ranked] }

// rankedToChoose counts those of ToChoose that have a rank; it is no filter of the screen.
const rankedToChoose Group = "a-choisir-de-rang"

// groupOf is the group of a state, "" for one that is told by the desk.
func groupOf(state enrolment.State) Group {
	switch state {
	case enrolment.Received:
		return Incomplete
	case enrolment.PaperRefused:
		return OnFamily
	case enrolment.Enrolled:
		return Validated
	case enrolment.OnList:
		return OnList
	default:
		return ""
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
	ProgrammeID       string           `db:"programme_id"`
	SiteID            string           `db:"site_id"`
	Choice            enrolment.Choice `db:"choice"`
	OnPaperForm       bool             `db:"on_paper_form"`
	SentAt            time.Time        `db:"sent_at"`
	CompleteAt        time.Time        `db:"complete_at"`
	ReceivedOnPaperAt time.Time        `db:"received_on_paper_at"`
	HoldUntil         time.Time        `db:"hold_until"`
	WithdrawalAskedAt time.Time        `db:"withdrawal_asked_at"`
	RemindedAt        time.Time        `db:"reminded_at"`
	Jumped            bool             `db:"jumped"` // one of its requests went out of order (R34)

	Courses []CourseName // in the order of the choice
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

const rowColumns = `d.id, d.number, d.rank, d.state, d.pupil_id, p.first_name, p.last_name, d.household_id, d.programme_id, d.site_id, d.choice, d.on_paper_form,
	d.sent_at, d.complete_at, d.received_on_paper_at, d.hold_until, d.withdrawal_asked_at, d.reminded_at,
	exists (select 1 from request q where q.dossier_id = d.id and q.jumped > 0 and q.state in ('place', 'waiting', 'offered')) as jumped`

// Queue is one page of the dossiers' table.
type Queue struct {
	Rows   []Row
	Counts Counts
	Total  int64 // of the group
	Page   int64
}

// QueueOf lists the dossiers of the group in order of completeness, the counts
// of every group beside. season has just been read.
func (c *Counter) QueueOf(ctx context.Context, r db.Reader, a actor.Actor, season school.Season, f Filter) (Queue, error) {
	s, err := scopeOf(a)
	if err != nil {
		return Queue{}, err
	}
	q, err := f.narrowed(ctx, r, s, season)
	if err != nil {
		return Queue{}, err
	}
	counts, err := c.counts(ctx, r, s, season, f, q)
	if err != nil {
		return Queue{}, err
	}
	out := Queue{Counts: counts, Total: counts[f.Group], Page: max(f.Page, 1)}
	if last := max((out.Total+PageSize-1)/PageSize, 1); out.Page > last {
		out.Page = last
	}
	withRank := counts[Ranked]
	if f.Group == ToChoose {
		withRank = counts[rankedToChoose]
	}
	if out.Rows, err = q.page(ctx, r, f.Group, (out.Page-1)*PageSize, withRank); err != nil {
		return out, fmt.Errorf("list dossiers: %w", err)
	}
	return out, fill(ctx, r, a, season, out.Rows)
}
