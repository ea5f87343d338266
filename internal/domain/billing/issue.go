package billing

import (
	"context"
	"time"

	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/journal"
	"pupitre/internal/domain/tariff"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
)

// Issue gives the drafts their numbers, in their order, and keeps them as
// invoices: all of them, or none. What a payer has paid too much settles its
// first instalments. *fault.Conflict when a payer has an invoice of the season
// that no credit note cancels; otherwise as Draft.Check.
func (b *Books) Issue(ctx context.Context, a actor.Actor, drafts ...Draft) (issued []Invoice, err error) {
	if !a.May(actor.Changes, actor.Billing) {
		return nil, fault.ErrForbidden
	}
	now := b.clock.Now()
	err = b.store.Write(ctx, func(tx *db.Tx) error {
		issued, err = issue(ctx, tx, a, now, drafts)
		return err
	})
	return issued, err
}

func issue(ctx context.Context, tx *db.Tx, a actor.Actor, now time.Time, drafts []Draft) ([]Invoice, error) {
	if len(drafts) == 0 {
		return nil, nil
	}
	payers := make([]string, len(drafts))
	for n, d := range drafts {
		if err := d.Check(); err != nil {
			return nil, err
		}
		payers[n] = d.Payer
	}
	if err := hold(ctx, tx, payers...); err != nil {
		return nil, err
	}
	for n, d := range drafts { // those of one transaction may be of several seasons; a payer has one each
		held, found, err := db.Maybe[Invoice](ctx, tx, `select `+invoiceColumns+` from invoice i
			where i.season_id = $1 and i.payer_id = $2 and i.series = 'invoice' and i.cancelled_by = ''`, d.Season, d.Payer)
		if err != nil {
			return nil, err
		}
		if found {
			return nil, &fault.Conflict{Message: "Le foyer " + drafts[n].Debtor.Name + " a déjà la facture " + held.Label() + french.Nbsp + ": annulez-la par un avoir avant d’en faire une autre."}
		}
	}
	accounts, err := accountsOf(ctx, tx, payers...)
	if err != nil {
		return nil, err
	}
	year := yearOf(now)
	first, err := take(ctx, tx, Invoices, year, int64(len(drafts)))
	if err != nil {
		return nil, err
	}
	var all Change
	issued := make([]Invoice, len(drafts))
	lines := make([]journal.Line, len(drafts))
	for n, d := range drafts {
		i, err := invoiceOf(d, now, today(now), a.Name)
		if err != nil {
			return nil, err
		}
		i.Year, i.Number = year, first+int64(n)
		if i.Digest, err = i.seal(); err != nil {
			return nil, err
		}
		account := accounts[d.Payer]
		change := account.Bill(i, d.Plan)
		accounts[d.Payer] = account.With(change) // a household may be drafted twice, for two seasons
		all = all.and(change)
		issued[n] = i
		lines[n] = journal.By(a, now, journal.Line{Event: "invoice.issued", Household: i.Household, After: "Facture " + i.Label() + " de " + french.Euros(i.Total) + ", saison " + d.SeasonName})
	}
	if err := put(ctx, tx, issued...); err != nil {
		return nil, err
	}
	if _, err := all.write(ctx, tx); err != nil {
		return nil, err
	}
	if err := tellIssued(ctx, tx, now, issued, drafts); err != nil {
		return nil, err
	}
	return issued, journal.Append(ctx, tx, lines...)
}

// and is both changes.
func (c Change) and(d Change) Change {
	c.Entries = append(c.Entries, d.Entries...)
	c.Allocations = append(c.Allocations, d.Allocations...)
	c.Added = append(c.Added, d.Added...)
	c.Lowered = append(c.Lowered, d.Lowered...)
	c.Ended = append(c.Ended, d.Ended...)
	return c
}

// Cancel issues the credit note of the invoice; what was paid of it becomes the
// household's credit, which settles what else is due. Otherwise as CreditNote.
func (b *Books) Cancel(ctx context.Context, a actor.Actor, invoice, reason string) (note Invoice, err error) {
	if !a.May(actor.Changes, actor.Billing) {
		return note, fault.ErrForbidden
	}
	now := b.clock.Now()
	err = b.store.Write(ctx, func(tx *db.Tx) error {
		note, err = cancel(ctx, tx, a, now, invoice, reason)
		return err
	})
	return note, err
}

func cancel(ctx context.Context, tx *db.Tx, a actor.Actor, now time.Time, invoice, reason string) (Invoice, error) {
	of, account, err := accountOfInvoice(ctx, tx, a, invoice)
	if err != nil {
		return Invoice{}, err
	}
	note, err := CreditNote(of, reason, now, today(now), a.Name)
	if err != nil {
		return note, err
	}
	note.Year = yearOf(now)
	if note.Number, err = take(ctx, tx, CreditNotes, note.Year, 1); err != nil {
		return note, err
	}
	if note.Digest, err = note.seal(); err != nil {
		return note, err
	}
	if err := put(ctx, tx, note); err != nil {
		return note, err
	}
	if _, err := tx.Exec(ctx, `update invoice set cancelled_by = $1 where id = $2`, note.ID, of.ID); err != nil {
		return note, err
	}
	change := account.Cancel(of.ID, now)
	change.Allocations = append(change.Allocations, account.With(change).useCredit(now)...)
	if _, err := change.write(ctx, tx); err != nil {
		return note, err
	}
	leaves, err := quietly(ctx, tx, now)
	if err != nil {
		return note, err
	}
	if err := write(ctx, tx, now, mail{of.Household, MailCancelled, note.ID, Told{ID: note.ID, Number: note.Label(), Cancels: of.Label(), Amount: of.Total, Reason: note.Reason}, leaves}); err != nil {
		return note, err
	}
	return note, tell(ctx, tx, a, now, journal.Line{Event: "invoice.cancelled", Household: of.Household,
		Before: "Facture " + of.Label() + " de " + french.Euros(of.Total), After: "Avoir " + note.Label(), Reason: note.Reason})
}

// accountOfInvoice takes the account that the invoice is on, and reads both.
func accountOfInvoice(ctx context.Context, tx *db.Tx, a actor.Actor, invoice string) (Invoice, Account, error) {
	of, err := InvoiceOf(ctx, tx, a, invoice)
	if err != nil {
		return of, Account{}, err
	}
	if err := hold(ctx, tx, of.Household); err != nil {
		return of, Account{}, err
	}
	if of, err = InvoiceOf(ctx, tx, a, invoice); err != nil { // as it stands now that it is held
		return of, Account{}, err
	}
	accounts, err := accountsOf(ctx, tx, of.Household)
	return of, accounts[of.Household], err
}

// Replan shares what is left of the invoice in so many times, and says so in the
// journal. The household's own choice is not changed. Otherwise as Account.Replan.
func (b *Books) Replan(ctx context.Context, a actor.Actor, invoice string, t tariff.Tariff, starts string, times int) error {
	if !a.May(actor.Changes, actor.Billing) {
		return fault.ErrForbidden
	}
	now := b.clock.Now()
	return b.store.Write(ctx, func(tx *db.Tx) error {
		of, account, err := accountOfInvoice(ctx, tx, a, invoice)
		if err != nil {
			return err
		}
		if !of.Stands() {
			return &fault.Conflict{Message: "La facture " + of.Label() + " est annulée" + french.Nbsp + ": il n’y a rien à échelonner."}
		}
		change, err := account.Replan(of.ID, t, starts, times, now, today(now))
		if err != nil {
			return err
		}
		if _, err := change.write(ctx, tx); err != nil {
			return err
		}
		before, after := account.planWords(of.ID), account.With(change).planWords(of.ID)
		return tell(ctx, tx, a, now, journal.Line{Event: "invoice.replanned", Household: of.Household, Before: "Facture " + of.Label() + ", " + before, After: after})
	})
}

// planWords are the instalments of the invoice that stand: « 8 échéances, du
// 5 octobre 2027 au 5 mai 2028 ».
func (a Account) planWords(invoice string) string {
	all := a.of(invoice)
	if len(all) == 0 {
		return "sans échéance"
	}
	said := french.Count(int64(len(all)), "échéance", "échéances")
	if len(all) == 1 {
		return said + " le " + french.CivilDate(all[0].On)
	}
	return said + ", du " + french.CivilDate(all[0].On) + " au " + french.CivilDate(all[len(all)-1].On)
}
