package billing

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"pupitre/internal/domain/actor"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
)

// MonthFigures is what a month of a season was to bring, and brought.
type MonthFigures struct {
	Period   Period
	Due      int64 // instalments of the season that are due in the month
	Paid     int64 // of these, whenever
	Received int64 // what came in the month and settles the season
}

// WayFigures is what settles a season, by means.
type WayFigures struct {
	Way      Way
	Received int64
}

// LateFigures is what is late for so many days.
type LateFigures struct {
	From, To int64 // days, both in it; To is 0 when there is no end
	Amount   int64
	Days     int64 // how many due days
}

// Figures are a season's money on a day.
type Figures struct {
	Standing
	Months []MonthFigures // those with something, in order
	Ways   []WayFigures   // the most first
	Late   []LateFigures
}

// ages are since when something is late, in days.
var ages = []LateFigures{{From: 1, To: 15}, {From: 16, To: 30}, {From: 31, To: 60}, {From: 61}}

type dueDay struct {
	On   string `db:"due_on"`
	Due  int64  `db:"due"`
	Paid int64  `db:"paid"`
}

type receivedIn struct {
	Period Period `db:"period"`
	Way    Way    `db:"way"`
	Sum    int64  `db:"received"`
}

// FiguresOf returns a season's money as it stands today. Office only:
// fault.ErrForbidden.
func FiguresOf(ctx context.Context, r db.Reader, a actor.Actor, season, today string) (f Figures, err error) {
	if !a.May(actor.Sees, actor.Billing) {
		return f, fault.ErrForbidden
	}
	if f.Standing, err = StandingOf(ctx, r, a, season, today); err != nil {
		return f, err
	}
	due, err := db.All[dueDay](ctx, r, `select t.due_on, cast(sum(t.amount) as bigint) as due,
		cast(coalesce(sum((select sum(x.amount) from allocation x where x.instalment_id = t.id)), 0) as bigint) as paid
		from instalment t join invoice i on i.id = t.invoice_id where i.season_id = $1 and t.ended_at is null group by t.due_on order by t.due_on`, season)
	if err != nil {
		return f, fmt.Errorf("read what a season was to bring: %w", err)
	}
	received, err := db.All[receivedIn](ctx, r, `select substr(p.paid_on, 1, 7) as period, p.way, cast(sum(x.amount) as bigint) as received
		from invoice i join instalment t on t.invoice_id = i.id join allocation x on x.instalment_id = t.id join payment p on p.id = x.payment_id
		where i.season_id = $1 group by substr(p.paid_on, 1, 7), p.way`, season)
	if err != nil {
		return f, fmt.Errorf("read what a season brought: %w", err)
	}
	f.Months, f.Ways, f.Late = figuresOf(due, received, today)
	return f, nil
}

// figuresOf adds up by month, by means and by age.
func figuresOf(due []dueDay, received []receivedIn, today string) (months []MonthFigures, ways []WayFigures, late []LateFigures) {
	late = slices.Clone(ages)
	by := map[Period]*MonthFigures{}
	month := func(p Period) *MonthFigures {
		if by[p] == nil {
			by[p] = &MonthFigures{Period: p}
		}
		return by[p]
	}
	for _, d := range due {
		m := month(PeriodOf(d.On))
		m.Due, m.Paid = m.Due+d.Due, m.Paid+d.Paid
		if left, days := d.Due-d.Paid, daysBetween(d.On, today); left > 0 && days > 0 {
			at := slices.IndexFunc(late, func(l LateFigures) bool { return days >= l.From && (l.To == 0 || days <= l.To) })
			late[at].Amount, late[at].Days = late[at].Amount+left, late[at].Days+1
		}
	}
	for _, r := range received {
		m := month(r.Period)
		m.Received += r.Sum
		at := slices.IndexFunc(ways, func(w WayFigures) bool { return w.Way == r.Way })
		if at < 0 {
			at, ways = len(ways), append(ways, WayFigures{Way: r.Way})
		}
		ways[at].Received += r.Sum
	}
	slices.SortFunc(ways, func(a, b WayFigures) int {
		return cmp.Or(cmp.Compare(b.Received, a.Received), cmp.Compare(slices.Index(Ways, a.Way), slices.Index(Ways, b.Way)))
	})
	for _, p := range slices.Sorted(maps.Keys(by)) {
		months = append(months, *by[p])
	}
	return months, ways, late
}

// daysBetween is how many days the second is after the first; 0 when one is none.
func daysBetween(first, second string) int64 {
	a, err := time.Parse(time.DateOnly, first)
	b, err2 := time.Parse(time.DateOnly, second)
	if err != nil || err2 != nil {
		return 0
	}
	return int64(b.Sub(a).Hours() / 24)
}
