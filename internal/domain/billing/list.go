package billing

import (
	"context"
	"strconv"
	"strings"

	"pupitre/internal/domain/actor"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
)

// Stand narrows a list of invoices by how they stand on a day.
type Stand string

// The stands. AnyStand is invoices and credit notes, whatever became of them.
const (
	AnyStand  Stand = ""
	ToPay     Stand = "a-payer"  // something is not paid yet
	Late      Stand = "retard"   // an instalment's day has passed, and it is not paid
	Settled   Stand = "soldees"  // all is paid
	Cancelled Stand = "annulees" // by a credit note
	Notes     Stand = "avoirs"   // the credit notes
)

// Listed is an invoice or a credit note in a list.
type Listed struct {
	ID        string `db:"id"`
	Series    Series `db:"series"`
	Year      int64  `db:"year"`
	Number    int64  `db:"number"`
	Household string `db:"household_id"`
	Named
	CancelledBy string `db:"cancelled_by"`
	Total       int64  `db:"total"`
	On          string `db:"issued_on"`
	Paid        int64  `db:"paid"`
	Fallen      int64  `db:"fallen"` // of instalments whose day has passed
}

// Label is its number as people read it.
func (l Listed) Label() string { return l.Series.Label(l.Year, l.Number) }

// Named is a household by its first responsible.
type Named struct {
	First string `db:"first_name"`
	Last  string `db:"last_name"`
}

// Name is the household's, "" when nobody answers for it.
func (n Named) Name() string { return strings.TrimSpace(n.First + " " + n.Last) }

// Late is what should have been paid by now and is not.
func (l Listed) Late() int64 { return max(0, l.Fallen-l.Paid) }

// Stand is how it stands.
func (l Listed) Stand() Stand {
	switch {
	case l.Series == CreditNotes:
		return Notes
	case l.CancelledBy != "":
		return Cancelled
	case l.Late() > 0:
		return Late
	case l.Paid < l.Total:
		return ToPay
	default:
		return Settled
	}
}

// Filter narrows the list of a season's invoices.
type Filter struct {
	Text  string // of a household's name, or a number
	Stand Stand
}

// listed reads the invoices of a season ($1) as they stand on a day ($2). An
// instalment is late the day after.
const listed = `select i.id, i.series, i.year, i.number, i.household_id, i.cancelled_by, i.total, i.issued_on, i.issued_at,
	coalesce(g.first_name, '') as first_name, coalesce(g.last_name, '') as last_name, coalesce(g.search, '') as search,
	cast(coalesce((select sum(x.amount) from instalment t join allocation x on x.instalment_id = t.id where t.invoice_id = i.id and t.ended_at is null), 0) as bigint) as paid,
	cast(coalesce((select sum(t.amount) from instalment t where t.invoice_id = i.id and t.ended_at is null and t.due_on < $2), 0) as bigint) as fallen
	from invoice i left join guardian g on g.household_id = i.household_id and g.position = 0 where i.season_id = $1`

func (f Filter) where(args []any) (string, []any) {
	where := ` where true`
	switch f.Stand {
	case ToPay:
		where += ` and x.series = 'invoice' and x.cancelled_by = '' and x.paid < x.total`
	case Late:
		where += ` and x.series = 'invoice' and x.cancelled_by = '' and x.paid < x.fallen`
	case Settled:
		where += ` and x.series = 'invoice' and x.cancelled_by = '' and x.paid >= x.total`
	case Cancelled:
		where += ` and x.cancelled_by <> ''`
	case Notes:
		where += ` and x.series = 'credit'`
	}
	if words := strings.Fields(french.Fold(f.Text)); len(words) > 0 {
		if year, number, is := ReadLabel(words[0]); is && len(words) == 1 {
			args = append(args, year, number)
			return where + ` and x.year = $` + strconv.Itoa(len(args)-1) + ` and x.number = $` + strconv.Itoa(len(args)), args
		}
		for _, w := range words {
			args = append(args, "%"+strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(w)+"%")
			where += ` and x.search like $` + strconv.Itoa(len(args)) + ` escape '\'`
		}
	}
	return where, args
}

// ReadLabel reads the number of an invoice or of a credit note as people write
// it: « 2027-0148 », « 2027-A0012 ».
func ReadLabel(s string) (year, number int64, is bool) {
	head, tail, found := strings.Cut(strings.TrimSpace(s), "-")
	year, err := strconv.ParseInt(head, 10, 32)
	if !found || err != nil {
		return 0, 0, false
	}
	number, err = strconv.ParseInt(strings.TrimLeft(tail, "aA"), 10, 32)
	return year, number, err == nil && number > 0
}

// Listing returns the season's invoices that the filter leaves, the last one
// first, from the first-th on, and how many there are in all. today is the day
// that they stand on. Office only: fault.ErrForbidden.
func Listing(ctx context.Context, r db.Reader, a actor.Actor, season, today string, f Filter, first, most int64) ([]Listed, int64, error) {
	if !a.May(actor.Sees, actor.Billing) {
		return nil, 0, fault.ErrForbidden
	}
	where, args := f.where([]any{season, today})
	count, err := db.One[int64](ctx, r, `select count(*) from (`+listed+`) x`+where, args...)
	if err != nil || count == 0 {
		return nil, 0, err
	}
	n := len(args)
	all, err := db.All[Listed](ctx, r, `select x.id, x.series, x.year, x.number, x.household_id, x.first_name, x.last_name, x.cancelled_by, x.total, x.issued_on, x.paid, x.fallen
		from (`+listed+`) x`+where+` order by x.issued_at desc, x.series, x.number desc limit $`+strconv.Itoa(n+1)+` offset $`+strconv.Itoa(n+2), append(args, most, first)...)
	return all, count, err
}

// Standing is what a season's invoices come to on a day; credit notes and what
// they cancel are not in it, but for their numbers.
type Standing struct {
	Invoices  int64 `db:"invoices"` // that stand
	Invoiced  int64 `db:"invoiced"` // cents
	Paid      int64 `db:"paid"`
	LateCount int64 `db:"late_count"`
	Late      int64 `db:"late"`
	Unpaid    int64 `db:"unpaid_count"`
	Settled   int64 `db:"settled_count"`
	Cancelled int64 `db:"cancelled_count"`
	Notes     int64 `db:"notes_count"`
}

// StandingOf is what the season's invoices come to. Office only: fault.ErrForbidden.
func StandingOf(ctx context.Context, r db.Reader, a actor.Actor, season, today string) (Standing, error) {
	if !a.May(actor.Sees, actor.Billing) {
		return Standing{}, fault.ErrForbidden
	}
	return db.One[Standing](ctx, r, `select
		cast(coalesce(sum(case when stands then 1 else 0 end), 0) as bigint) as invoices, cast(coalesce(sum(case when stands then total else 0 end), 0) as bigint) as invoiced,
		cast(coalesce(sum(case when stands then paid else 0 end), 0) as bigint) as paid,
		cast(coalesce(sum(case when stands and paid < fallen then 1 else 0 end), 0) as bigint) as late_count, cast(coalesce(sum(case when stands and paid < fallen then fallen - paid else 0 end), 0) as bigint) as late,
		cast(coalesce(sum(case when stands and paid < total then 1 else 0 end), 0) as bigint) as unpaid_count, cast(coalesce(sum(case when stands and paid >= total then 1 else 0 end), 0) as bigint) as settled_count,
		cast(coalesce(sum(case when cancelled_by <> '' then 1 else 0 end), 0) as bigint) as cancelled_count, cast(coalesce(sum(case when series = 'credit' then 1 else 0 end), 0) as bigint) as notes_count
		from (select x.*, x.series = 'invoice' and x.cancelled_by = '' as stands from (`+listed+`) x) y`, season, today)
}
