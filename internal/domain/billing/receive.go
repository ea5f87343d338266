package billing

import (
	"context"
	"encoding/json"
	"time"

	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/journal"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
)

// Receive enters a payment of the household and returns it with its number.
// *fault.Invalid when it lacks something, its day is to come or in a month that
// is closed; fault.ErrNotFound when there is no such household.
func (b *Books) Receive(ctx context.Context, a actor.Actor, e Entry) (Entry, error) {
	return b.enter(ctx, a, e, func(account Account, e Entry) (Change, error) { return account.Receive(e) })
}

// Refund gives money back to the household: as Receive, and Account.Refund.
func (b *Books) Refund(ctx context.Context, a actor.Actor, e Entry) (Entry, error) {
	return b.enter(ctx, a, e, func(account Account, e Entry) (Change, error) { return account.Refund(e) })
}

// Counter undoes an entry of the ledger by another (Account.Counter): on is the
// day that it counts for. The account is that which the entry is on.
func (b *Books) Counter(ctx context.Context, a actor.Actor, entry string, kind Kind, on, reason string) (Entry, error) {
	of, err := EntryOf(ctx, b.store, a, entry)
	if err != nil {
		return of, err
	}
	return b.enter(ctx, a, Entry{Household: of.Household, On: on, Reason: reason}, func(account Account, e Entry) (Change, error) {
		change, err := account.Counter(entry, kind, e)
		if err == nil {
			change.Allocations = append(change.Allocations, account.With(change).useCredit(e.At)...)
		}
		return change, err
	})
}

func (b *Books) enter(ctx context.Context, a actor.Actor, e Entry, rule func(Account, Entry) (Change, error)) (kept Entry, err error) {
	if !a.May(actor.Changes, actor.Billing) {
		return kept, fault.ErrForbidden
	}
	e.ID, e.At, e.By = db.NewID(), b.clock.Now(), a.Name
	err = b.store.Write(ctx, func(tx *db.Tx) error {
		kept, err = enter(ctx, tx, a, e, rule)
		return err
	})
	return kept, err
}

func enter(ctx context.Context, tx *db.Tx, a actor.Actor, e Entry, rule func(Account, Entry) (Change, error)) (Entry, error) {
	if err := hold(ctx, tx, e.Household); err != nil {
		return e, err
	}
	until, err := lockedUntil(ctx, tx)
	if err != nil {
		return e, err
	}
	if err := MayEnter(e.On, until, today(e.At)); err != nil {
		return e, err
	}
	accounts, err := accountsOf(ctx, tx, e.Household)
	if err != nil {
		return e, err
	}
	change, err := rule(accounts[e.Household], e)
	if err != nil {
		return e, err
	}
	entries, err := change.write(ctx, tx)
	if err != nil {
		return e, err
	}
	if err := tellEntry(ctx, tx, entries[0], accounts[e.Household].With(change)); err != nil {
		return e, err
	}
	return entries[0], tell(ctx, tx, a, e.At, entries[0].told())
}

// told is the entry's line of the journal.
func (e Entry) told() journal.Line {
	return journal.Line{Event: "payment." + string(e.Kind), Household: e.Household, Reason: e.Reason,
		After: french.Sentence(e.Kind.French()) + " n° " + Ledger.Label(0, e.Number) + french.Nbsp + ": " + french.Euros(e.Amount) + ", " + e.Way.French() + ", au " + french.CivilDate(e.On)}
}

// lockedUntil holds the ledger until the transaction ends, and returns the last
// day that is closed, "" for none: nothing is entered while a month is being closed.
func lockedUntil(ctx context.Context, tx *db.Tx) (string, error) {
	if _, err := take(ctx, tx, Ledger, 0, 0); err != nil {
		return "", err
	}
	return ClosedUntil(ctx, tx)
}

// ClosedUntil is the last day of the last closed month, "" before the first.
func ClosedUntil(ctx context.Context, r db.Reader) (string, error) {
	return db.One[string](ctx, r, `select coalesce(max(until), '') from closing`)
}

// EntryOf returns an entry of the ledger; fault.ErrNotFound unless the actor sees
// the household.
func EntryOf(ctx context.Context, r db.Reader, a actor.Actor, id string) (Entry, error) {
	e, err := db.One[Entry](ctx, r, `select `+entryColumns+` from payment p where p.id = $1`, id)
	if err == nil && !sees(a, e.Household) {
		return Entry{}, fault.ErrNotFound
	}
	return e, err
}

// EntriesBetween returns the entries that count for the days, both among them, in
// the order of their numbers. Office only: fault.ErrForbidden.
func EntriesBetween(ctx context.Context, r db.Reader, a actor.Actor, first, last string) ([]Entry, error) {
	if !a.May(actor.Sees, actor.Billing) {
		return nil, fault.ErrForbidden
	}
	return db.All[Entry](ctx, r, `select `+entryColumns+` from payment p where p.paid_on between $1 and $2 order by p.number`, first, last)
}

// Closings returns the closed months, the last one first.
func Closings(ctx context.Context, r db.Reader) ([]Closing, error) {
	return db.All[Closing](ctx, r, `select period, until, totals, last_entry, reason, closed_at, closed_by from closing order by until desc`)
}

// Sums are what the closed month held.
func (c Closing) Sums() (all []Sum, err error) {
	err = json.Unmarshal([]byte(c.Totals), &all)
	return all, err
}

// Close ends the month: nothing is entered any more for a day of it. What is left
// to look at (Loose) needs a reason. Otherwise as MayClose.
func (b *Books) Close(ctx context.Context, a actor.Actor, p Period, reason string) error {
	if !a.May(actor.Changes, actor.Billing) {
		return fault.ErrForbidden
	}
	now := b.clock.Now()
	return b.store.Write(ctx, func(tx *db.Tx) error { return closeMonth(ctx, tx, a, now, p, reason) })
}

func closeMonth(ctx context.Context, tx *db.Tx, a actor.Actor, now time.Time, p Period, reason string) error {
	until, err := lockedUntil(ctx, tx)
	if err != nil {
		return err
	}
	var left Loose
	if p.Last() != "" {
		if left, err = looseOf(ctx, tx, p.Last()); err != nil {
			return err
		}
	}
	if err := MayClose(p, until, today(now), left.Words(), reason); err != nil {
		return err
	}
	first := p.First()
	if until == "" {
		first = "" // all that came before the first closing is in it
	}
	entries, err := EntriesBetween(ctx, tx, a, first, p.Last())
	if err != nil {
		return err
	}
	last, err := db.One[int64](ctx, tx, `select last_number from billing_number where series = $1 and year = 0`, Ledger)
	if err != nil {
		return err
	}
	totals, err := json.Marshal(Sums(entries))
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `insert into closing (period, until, totals, last_entry, reason, closed_at, closed_by) values ($1, $2, $3, $4, $5, $6, $7)`,
		p, p.Last(), string(totals), last, reason, now, a.Name); err != nil {
		return err
	}
	return tell(ctx, tx, a, now, journal.Line{Event: "month.closed", Subject: "closing:" + string(p), Reason: reason,
		After: "Mois clos" + french.Nbsp + ": " + string(p) + ", " + french.Count(int64(len(entries)), "écriture", "écritures")})
}
