package billing

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/journal"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
)

// Remittance (remise) is what is handed over at once: cheques to the bank, or
// vouchers to the issuer that reimburses them. Its slip (bordereau) has a number.
type Remittance struct {
	ID          string    `db:"id"`
	Year        int64     `db:"year"`
	Number      int64     `db:"number"`
	Way         Way       `db:"way"`    // Cheque or Voucher
	Issuer      string    `db:"issuer"` // of vouchers
	Items       int64     `db:"items"`
	Total       int64     `db:"total"`
	On          string    `db:"made_on"`
	At          time.Time `db:"made_at"`
	By          string    `db:"made_by"`
	SettledOn   string    `db:"settled_on"` // the day the money was on the account, "" before
	Settled     int64     `db:"settled"`    // what came, less what the issuer keeps
	CancelledAt time.Time `db:"cancelled_at"`
	CancelledBy string    `db:"cancelled_by"`
	Reason      string    `db:"reason"`
}

// Label is its number as people read it: « 2027-B0014 ».
func (r Remittance) Label() string { return Slips.Label(r.Year, r.Number) }

// Stands tells whether it is not cancelled.
func (r Remittance) Stands() bool { return r.CancelledAt.IsZero() }

// NamedEntry is an entry of the ledger with whose it is.
type NamedEntry struct {
	Entry
	Named
	CountersNumber int64 `db:"counters_number"` // of the entry that it undoes, 0 for none
}

// Waits tells whether the cheque is kept until a later day.
func (e NamedEntry) Waits(today string) bool { return e.DepositOn > today }

const remittanceColumns = `r.id, r.year, r.number, r.way, r.issuer, r.items, r.total, r.made_on, r.made_at, r.made_by, r.settled_on, r.settled, r.cancelled_at, r.cancelled_by, r.reason`

const namedFrom = ` from payment p left join guardian g on g.household_id = p.household_id and g.position = 0`

// heldWhere is what is in hand: received, neither undone nor on a slip that stands.
const heldWhere = ` where p.way in ('cheque', 'voucher') and p.kind = 'received'
	and not exists (select 1 from payment c where c.counters_id = p.id)
	and not exists (select 1 from remittance_payment m where m.payment_id = p.id and m.ended = false)`

const namedColumns = entryColumns + `, coalesce(g.first_name, '') as first_name, coalesce(g.last_name, '') as last_name,
	coalesce((select o.number from payment o where o.id = p.counters_id), 0) as counters_number`

// InHand returns the cheques and vouchers that are to be handed over, in the order
// of Ways, then as they came. Office only: fault.ErrForbidden.
func InHand(ctx context.Context, r db.Reader, a actor.Actor) ([]NamedEntry, error) {
	if !a.May(actor.Sees, actor.Billing) {
		return nil, fault.ErrForbidden
	}
	all, err := db.All[NamedEntry](ctx, r, `select `+namedColumns+namedFrom+heldWhere+` order by p.way, p.issuer, p.deposit_on, p.number`)
	if err != nil {
		return nil, fmt.Errorf("read what is in hand: %w", err)
	}
	return all, nil
}

// Remittances returns those of the way, the last one first. Office only:
// fault.ErrForbidden.
func Remittances(ctx context.Context, r db.Reader, a actor.Actor, most int64) ([]Remittance, error) {
	if !a.May(actor.Sees, actor.Billing) {
		return nil, fault.ErrForbidden
	}
	return db.All[Remittance](ctx, r, `select `+remittanceColumns+` from remittance r order by r.year desc, r.number desc limit $1`, most)
}

// RemittanceOf returns a remittance and what is on its slip, in the order of the
// ledger; fault.ErrNotFound when there is none. Office only: fault.ErrForbidden.
func RemittanceOf(ctx context.Context, r db.Reader, a actor.Actor, id string) (of Remittance, on []NamedEntry, err error) {
	if !a.May(actor.Sees, actor.Billing) {
		return of, nil, fault.ErrForbidden
	}
	if of, err = db.One[Remittance](ctx, r, `select `+remittanceColumns+` from remittance r where r.id = $1`, id); err != nil {
		return of, nil, err
	}
	on, err = db.All[NamedEntry](ctx, r, `select `+namedColumns+namedFrom+` join remittance_payment m on m.payment_id = p.id where m.remittance_id = $1 order by p.number`, id)
	return of, on, err
}

// remit adds up what is handed over on the day. *fault.Invalid when nothing is
// chosen, when a cheque waits for a later day, or when it is not all of one kind.
func remit(held []NamedEntry, day string) (Remittance, error) {
	if len(held) == 0 {
		return Remittance{}, fault.Refuse("Choisissez ce que vous remettez.")
	}
	r := Remittance{Way: held[0].Way, Issuer: held[0].Issuer, Items: int64(len(held)), On: day}
	for _, h := range held {
		switch {
		case h.Way != r.Way || h.Way == Voucher && h.Issuer != r.Issuer:
			return Remittance{}, fault.Refuse("Un bordereau a des chèques, ou les titres d’un seul émetteur" + french.Nbsp + ": faites-en plusieurs.")
		case h.Waits(day):
			return Remittance{}, fault.Refuse("Le chèque " + h.Reference + " se remet à partir du " + french.CivilDate(h.DepositOn) + french.Nbsp + ": retirez-le du bordereau.")
		}
		r.Total += h.Amount
	}
	if r.Way == Cheque {
		r.Issuer = ""
	}
	return r, nil
}

// Remit hands over the entries, by their ids: each is on one slip only. They are
// of those in hand, or *fault.Conflict; otherwise as remit.
func (b *Books) Remit(ctx context.Context, a actor.Actor, entries []string) (made Remittance, err error) {
	if !a.May(actor.Changes, actor.Billing) {
		return made, fault.ErrForbidden
	}
	entries = slices.Compact(slices.Sorted(slices.Values(entries)))
	now := b.clock.Now()
	err = b.store.Write(ctx, func(tx *db.Tx) error {
		if _, err := lockedUntil(ctx, tx); err != nil { // no counter-entry comes meanwhile
			return err
		}
		held, err := db.All[NamedEntry](ctx, tx, `select `+namedColumns+namedFrom+heldWhere+` and p.id in (select value from json_each(cast($1 as text))) order by p.number`, db.IDs(entries))
		if err != nil {
			return err
		}
		if len(held) < len(entries) {
			return &fault.Conflict{Message: "Un des chèques ou des titres choisis a été remis ou annulé entre-temps" + french.Nbsp + ": voici ce qui reste."}
		}
		if made, err = remit(held, today(now)); err != nil {
			return err
		}
		made.ID, made.Year, made.At, made.By = db.NewID(), yearOf(now), now, a.Name
		if made.Number, err = take(ctx, tx, Slips, made.Year, 1); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `insert into remittance (id, year, number, way, issuer, items, total, made_on, made_at, made_by, settled_on, settled, cancelled_by, reason)
			values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, '', 0, '', '')`, made.ID, made.Year, made.Number, made.Way, made.Issuer, made.Items, made.Total, made.On, made.At, made.By); err != nil {
			return err
		}
		rows := make([][]any, len(held))
		for i, h := range held {
			rows[i] = []any{made.ID, h.ID, false}
		}
		if _, err := tx.Insert(ctx, `remittance_payment (remittance_id, payment_id, ended)`, "", rows); err != nil {
			return err
		}
		return tell(ctx, tx, a, now, made.told("remittance.made", "Bordereau "+made.Label()+french.Nbsp+": "+made.Words()+", "+french.Euros(made.Total)))
	})
	return made, err
}

// Words are what is on the slip: « 5 chèques », « 2 remises de titres ANCV ».
func (r Remittance) Words() string {
	if r.Way == Cheque {
		return french.Count(r.Items, "chèque", "chèques")
	}
	return french.Count(r.Items, "paiement en titres ", "paiements en titres ") + r.Issuer
}

func (r Remittance) told(event, after string) journal.Line {
	return journal.Line{Event: event, Subject: "remittance:" + r.ID, Reason: r.Reason, After: after}
}

// held takes the remittance until the transaction ends. *fault.Conflict when it is
// cancelled.
func heldRemittance(ctx context.Context, tx *db.Tx, id string) (Remittance, error) {
	if _, err := lockedUntil(ctx, tx); err != nil {
		return Remittance{}, err
	}
	r, err := db.One[Remittance](ctx, tx, `select `+remittanceColumns+` from remittance r where r.id = $1`, id)
	if err == nil && !r.Stands() {
		err = &fault.Conflict{Message: "Ce bordereau est annulé" + french.Nbsp + ": il n’y a rien à faire."}
	}
	return r, err
}

// CancelRemittance takes the slip back: what was on it is in hand again.
// *fault.Invalid without a reason; *fault.Conflict when it is cancelled or the
// money has come.
func (b *Books) CancelRemittance(ctx context.Context, a actor.Actor, id, reason string) error {
	if !a.May(actor.Changes, actor.Billing) {
		return fault.ErrForbidden
	}
	now := b.clock.Now()
	return b.store.Write(ctx, func(tx *db.Tx) error {
		r, err := heldRemittance(ctx, tx, id)
		switch {
		case err != nil:
			return err
		case r.SettledOn != "":
			return &fault.Conflict{Message: "L’argent de ce bordereau est sur le compte depuis le " + french.CivilDate(r.SettledOn) + french.Nbsp + ": il ne s’annule plus."}
		case strings.TrimSpace(reason) == "":
			return &fault.Invalid{Message: "Donnez un motif.", Fields: []fault.Field{{Name: "motif", Message: "Écrivez le motif" + french.Nbsp + ": il est gardé au journal."}}}
		}
		if _, err := tx.Exec(ctx, `update remittance set cancelled_at = $1, cancelled_by = $2, reason = $3 where id = $4`, now, a.Name, reason, id); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `update remittance_payment set ended = true where remittance_id = $1`, id); err != nil {
			return err
		}
		r.Reason = reason
		return tell(ctx, tx, a, now, r.told("remittance.cancelled", "Bordereau "+r.Label()+" annulé"))
	})
}

// SettleRemittance says that the money came, on what day and how much: an issuer
// may keep a part. Said again, it corrects what was said.
func (b *Books) SettleRemittance(ctx context.Context, a actor.Actor, id, on string, amount int64) error {
	if !a.May(actor.Changes, actor.Billing) {
		return fault.ErrForbidden
	}
	now := b.clock.Now()
	return b.store.Write(ctx, func(tx *db.Tx) error {
		r, err := heldRemittance(ctx, tx, id)
		if err != nil {
			return err
		}
		var c fault.Check
		c.That(isDay(on), "date", "Écrivez la date, comme 05/10/2027.")
		c.That(on >= r.On, "date", "Ce bordereau est du "+french.CivilDate(r.On)+french.Nbsp+": l’argent est venu ce jour-là ou après.")
		c.That(on <= today(now), "date", "Cette date est à venir"+french.Nbsp+": le "+french.CivilDate(today(now))+" au plus tard.")
		c.That(amount > 0 && amount <= r.Total, "montant", "Écrivez ce qui est venu, "+french.Euros(r.Total)+" au plus.")
		c.That(amount == r.Total || r.Way == Voucher, "montant", "La banque crédite la somme des chèques, "+french.Euros(r.Total)+french.Nbsp+": un chèque impayé se saisit sur le compte du foyer.")
		if err := c.Err(); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `update remittance set settled_on = $1, settled = $2 where id = $3`, on, amount, id); err != nil {
			return err
		}
		return tell(ctx, tx, a, now, r.told("remittance.settled", "Bordereau "+r.Label()+french.Nbsp+": "+french.Euros(amount)+" sur le compte le "+french.CivilDate(on)))
	})
}
