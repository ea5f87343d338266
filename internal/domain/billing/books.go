package billing

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/journal"
	"pupitre/internal/domain/people"
	"pupitre/internal/platform/clock"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
)

// Books writes what is invoiced and paid. Its acts are of the régie
// (actor.Billing): fault.ErrForbidden to who may not.
type Books struct {
	store *db.Store
	clock clock.Clock
}

// New makes the books.
func New(store *db.Store, c clock.Clock) *Books { return &Books{store, c} }

// today is the day in Paris.
func today(now time.Time) string { return now.In(clock.Paris).Format(time.DateOnly) }

// yearOf is the civil year in Paris, by which invoices are numbered.
func yearOf(now time.Time) int64 { return int64(now.In(clock.Paris).Year()) }

// sees tells whether the actor may see the money of the household: its own
// family, who sees the books, or a job.
func sees(a actor.Actor, household string) bool {
	return a.May(actor.Sees, actor.Billing) || !a.IsOffice() && a.Sees(household)
}

// take gives n numbers of the series, and returns the first. Nobody else is given
// one of it until the transaction ends; undone, none was given.
func take(ctx context.Context, tx *db.Tx, s Series, year, n int64) (first int64, err error) {
	last, err := db.One[int64](ctx, tx, `insert into billing_number (series, year, last_number) values ($1, $2, $3)
		on conflict (series, year) do update set last_number = billing_number.last_number + excluded.last_number returning last_number`, s, year, n)
	return last - n + 1, err
}

// hold takes the accounts of the households: nobody else changes them until the
// transaction ends. fault.ErrNotFound when one is no more.
func hold(ctx context.Context, tx *db.Tx, households ...string) error {
	if err := people.Hold(ctx, tx, households...); err != nil {
		return err
	}
	there, err := db.One[int64](ctx, tx, `select count(*) from household where id in (select value from json_each(cast($1 as text)))`, db.IDs(households))
	if err == nil && there < int64(len(households)) {
		err = fault.ErrNotFound
	}
	return err
}

const invoiceColumns = `i.id, i.series, i.year, i.number, i.season_id, i.household_id, i.payer_id, i.cancels_id, i.cancelled_by, i.total,
	i.issued_at, i.issued_on, i.issued_by, i.reason, i.content, i.digest`

const instalmentColumns = `t.id, t.invoice_id, t.position, t.due_on, t.amount, t.ended_at, t.created_at`

const entryColumns = `p.id, p.number, p.household_id, p.kind, p.way, p.amount, p.paid_on, p.counters_id, p.bank, p.deposit_on, p.reference, p.issuer, p.reason,
	p.recorded_at, p.recorded_by`

// AccountOf returns the household's account, empty when nothing was invoiced nor
// paid; its invoices are without their lines. fault.ErrNotFound unless the actor
// sees the household.
func AccountOf(ctx context.Context, r db.Reader, a actor.Actor, household string) (Account, error) {
	if !sees(a, household) {
		return Account{}, fault.ErrNotFound
	}
	all, err := accountsOf(ctx, r, household)
	return all[household], err
}

// accountsOf reads the accounts of the households, each there even when empty.
func accountsOf(ctx context.Context, r db.Reader, households ...string) (map[string]Account, error) {
	const these = ` in (select value from json_each(cast($1 as text)))`
	ids := db.IDs(households)
	all := map[string]Account{}
	for _, h := range households {
		all[h] = Account{Household: h}
	}
	invoices, err := db.All[Invoice](ctx, r, `select `+invoiceColumns+` from invoice i where i.household_id`+these+` order by i.issued_at, i.id`, ids)
	if err != nil {
		return nil, fmt.Errorf("read invoices: %w", err)
	}
	of := map[string]string{} // household of an invoice, and of an entry
	for _, i := range invoices {
		account := all[i.Household]
		account.Invoices = append(account.Invoices, i)
		all[i.Household], of[i.ID] = account, i.Household
	}
	instalments, err := db.All[Instalment](ctx, r, `select `+instalmentColumns+` from instalment t join invoice i on i.id = t.invoice_id
		where i.household_id`+these+` order by t.due_on, t.invoice_id, t.position`, ids)
	if err != nil {
		return nil, fmt.Errorf("read instalments: %w", err)
	}
	for _, i := range instalments {
		account := all[of[i.Invoice]]
		account.Instalments = append(account.Instalments, i)
		all[account.Household] = account
	}
	entries, err := db.All[Entry](ctx, r, `select `+entryColumns+` from payment p where p.household_id`+these+` order by p.number`, ids)
	if err != nil {
		return nil, fmt.Errorf("read payments: %w", err)
	}
	for _, e := range entries {
		account := all[e.Household]
		account.Entries = append(account.Entries, e)
		all[e.Household], of[e.ID] = account, e.Household
	}
	allocations, err := db.All[Allocation](ctx, r, `select x.id, x.payment_id, x.instalment_id, x.amount, x.allocated_at from allocation x
		join payment p on p.id = x.payment_id where p.household_id`+these+` order by x.allocated_at, x.id`, ids)
	if err != nil {
		return nil, fmt.Errorf("read allocations: %w", err)
	}
	for _, x := range allocations {
		account := all[of[x.Entry]]
		account.Allocations = append(account.Allocations, x)
		all[account.Household] = account
	}
	return all, nil
}

// InvoiceOf returns the invoice or credit note with its lines; fault.ErrNotFound
// unless the actor sees the household whose account it is on.
func InvoiceOf(ctx context.Context, r db.Reader, a actor.Actor, id string) (Invoice, error) {
	i, err := db.One[Invoice](ctx, r, `select `+invoiceColumns+` from invoice i where i.id = $1`, id)
	if err != nil {
		return i, err
	}
	if !sees(a, i.Household) {
		return Invoice{}, fault.ErrNotFound
	}
	one := []Invoice{i}
	err = withLines(ctx, r, one)
	return one[0], err
}

type lineRow struct {
	Invoice string `db:"invoice_id"`
	Pupil   string `db:"pupil_id"`
	Label   string `db:"label"`
	Steps   string `db:"steps"`
	Amount  int64  `db:"amount"`
}

// withLines reads the lines of the invoices.
func withLines(ctx context.Context, r db.Reader, invoices []Invoice) error {
	at := map[string]int{}
	ids := make([]string, len(invoices))
	for n, i := range invoices {
		at[i.ID], ids[n] = n, i.ID
	}
	rows, err := db.All[lineRow](ctx, r, `select invoice_id, pupil_id, label, steps, amount from invoice_line
		where invoice_id in (select value from json_each(cast($1 as text))) order by invoice_id, position`, db.IDs(ids))
	if err != nil {
		return fmt.Errorf("read the lines of invoices: %w", err)
	}
	for _, row := range rows {
		l := Line{Pupil: row.Pupil, Label: row.Label, Amount: row.Amount}
		if err := json.Unmarshal([]byte(row.Steps), &l.Steps); err != nil {
			return fmt.Errorf("read a line of invoice %s: %w", row.Invoice, err)
		}
		invoices[at[row.Invoice]].Lines = append(invoices[at[row.Invoice]].Lines, l)
	}
	return nil
}

// put writes invoices that have their numbers.
func put(ctx context.Context, tx *db.Tx, invoices ...Invoice) error {
	var rows, lines [][]any
	for _, i := range invoices {
		rows = append(rows, []any{i.ID, i.Series, i.Year, i.Number, i.Season, i.Household, i.Payer, orNull(i.Cancels), i.CancelledBy, i.Total,
			i.IssuedAt, i.On, i.By, i.Reason, i.Content, i.Digest})
		for n, l := range i.Lines {
			steps, err := json.Marshal(l.Steps)
			if err != nil {
				return err
			}
			lines = append(lines, []any{i.ID, n + 1, orNull(l.Pupil), l.Label, string(steps), l.Amount})
		}
	}
	if _, err := tx.Insert(ctx, `invoice (id, series, year, number, season_id, household_id, payer_id, cancels_id, cancelled_by, total,
		issued_at, issued_on, issued_by, reason, content, digest)`, "", rows); err != nil {
		return fmt.Errorf("write invoices: %w", err)
	}
	if _, err := tx.Insert(ctx, `invoice_line (invoice_id, position, pupil_id, label, steps, amount)`, "", lines); err != nil {
		return fmt.Errorf("write the lines of invoices: %w", err)
	}
	return nil
}

func orNull(id string) any {
	if id == "" {
		return nil
	}
	return id
}

// write keeps the change; its entries, which have their numbers given here, come
// back as they are kept.
func (c Change) write(ctx context.Context, tx *db.Tx) ([]Entry, error) {
	entries := append([]Entry(nil), c.Entries...)
	if len(entries) > 0 {
		first, err := take(ctx, tx, Ledger, 0, int64(len(entries)))
		if err != nil {
			return nil, err
		}
		rows := make([][]any, len(entries))
		for n := range entries {
			entries[n].Number = first + int64(n)
			e := entries[n]
			rows[n] = []any{e.ID, e.Number, e.Household, e.Kind, e.Way, e.Amount, e.On, orNull(e.Counters), e.Bank, e.DepositOn, e.Reference, e.Issuer, e.Reason, e.At, e.By}
		}
		if _, err := tx.Insert(ctx, `payment (id, number, household_id, kind, way, amount, paid_on, counters_id, bank, deposit_on, reference, issuer, reason, recorded_at, recorded_by)`, "", rows); err != nil {
			return nil, fmt.Errorf("write payments: %w", err)
		}
	}
	var added, lowered, ended, allocations [][]any
	for _, i := range c.Added {
		added = append(added, []any{i.ID, i.Invoice, i.Position, i.On, i.Amount, nil, i.CreatedAt})
	}
	for _, i := range c.Lowered {
		lowered = append(lowered, []any{i.Amount, i.ID})
	}
	for _, i := range c.Ended {
		ended = append(ended, []any{i.EndedAt, i.ID})
	}
	for _, x := range c.Allocations {
		allocations = append(allocations, []any{x.ID, x.Entry, x.Instalment, x.Amount, x.At})
	}
	if _, err := tx.Insert(ctx, `instalment (id, invoice_id, position, due_on, amount, ended_at, created_at)`, "", added); err != nil {
		return nil, fmt.Errorf("write instalments: %w", err)
	}
	if _, err := tx.ExecEach(ctx, `update instalment set amount = $1 where id = $2`, lowered); err != nil {
		return nil, fmt.Errorf("lower instalments: %w", err)
	}
	if _, err := tx.ExecEach(ctx, `update instalment set ended_at = $1 where id = $2`, ended); err != nil {
		return nil, fmt.Errorf("end instalments: %w", err)
	}
	if _, err := tx.Insert(ctx, `allocation (id, payment_id, instalment_id, amount, allocated_at)`, "", allocations); err != nil {
		return nil, fmt.Errorf("write allocations: %w", err)
	}
	return entries, nil
}

// tell appends a line of the journal about a household's money.
func tell(ctx context.Context, tx *db.Tx, a actor.Actor, now time.Time, line journal.Line) error {
	return journal.Append(ctx, tx, journal.By(a, now, line))
}
