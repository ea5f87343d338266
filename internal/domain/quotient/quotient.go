// Package quotient keeps the quotient familial of households, as their
// attestations prove it (R42). Nothing is edited: of those that are valid on a day
// the one entered last counts, and a wrong one is withdrawn. Without a valid one
// the top bracket is charged.
//
// The value is in cents; days are text, 2027-10-05.
package quotient

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/journal"
	"pupitre/internal/domain/people"
	"pupitre/internal/domain/tariff"
	"pupitre/internal/platform/clock"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
)

// Issuer is who gives attestations.
type Issuer string

// Issuers are all of them: the family allowance funds, and the tax office.
var Issuers = []Issuer{"CAF", "MSA", "DGFiP"}

// Source is how a quotient came to the school.
type Source string

// The sources.
const (
	Paper Source = "paper" // an attestation that somebody has read
	API   Source = "api"
)

// Quotient is what an attestation says of a household.
type Quotient struct {
	ID          string    `db:"id"`
	Household   string    `db:"household_id"`
	Value       int64     `db:"value"` // cents
	Month       string    `db:"month"` // that it is of, 2027-05
	Issuer      Issuer    `db:"issuer"`
	Source      Source    `db:"source"`
	From        string    `db:"valid_from"`
	Until       string    `db:"valid_until"` // its last day
	At          time.Time `db:"entered_at"`
	By          string    `db:"entered_by"`
	WithdrawnAt time.Time `db:"withdrawn_at"`
	WithdrawnBy string    `db:"withdrawn_by"`
	Reason      string    `db:"reason"` // of withdrawing it
}

// Stands tells whether it was not withdrawn.
func (q Quotient) Stands() bool { return q.WithdrawnAt.IsZero() }

// Figure is its value as attestations write it: « 845 », « 400,50 ».
func (q Quotient) Figure() string {
	if q.Value%100 == 0 {
		return strconv.FormatInt(q.Value/100, 10)
	}
	return fmt.Sprintf("%d,%02d", q.Value/100, q.Value%100)
}

// Words are its value and who says so: « 845, CAF, mai 2027 ».
func (q Quotient) Words() string {
	return q.Figure() + ", " + string(q.Issuer) + ", " + french.CivilMonth(q.Month)
}

// State is how the quotient of a household stands on a day.
type State string

// The states. Of one that has run out the top bracket is charged, as of none.
const (
	None    State = ""
	Valid   State = "valid"
	Expired State = "expired"
)

// On is the quotient that counts on the day, of those of one household: the one
// entered last among the valid ones. One that has run out is returned as Expired.
func On(all []Quotient, day string) (q Quotient, s State) {
	for _, other := range all {
		if !other.Stands() || other.From > day {
			continue
		}
		is := Valid
		if other.Until < day {
			is = Expired
		}
		if s == None || s == Expired && is == Valid || s == is && (is == Expired && other.Until > q.Until || is == Valid && other.after(q)) {
			q, s = other, is
		}
	}
	return q, s
}

// after tells whether it was entered after the other: ids follow their instants.
func (q Quotient) after(other Quotient) bool {
	if q.At.Equal(other.At) {
		return q.ID > other.ID
	}
	return q.At.After(other.At)
}

// ForTariff is what the tariff makes of it.
func ForTariff(all []Quotient, day string) tariff.Quotient {
	q, s := On(all, day)
	if s != Valid {
		return tariff.Quotient{}
	}
	return tariff.Quotient{Value: q.Value, Valid: true}
}

// most is above any quotient that a fund gives.
const most = 100_000_00

// longest is how long an attestation may be valid: a year and some.
const longest = 400 * 24 * time.Hour

// Check returns *fault.Invalid for what cannot be. Fields are those of the form.
func (q Quotient) Check(today string) error {
	var c fault.Check
	c.That(q.Value >= 0 && q.Value <= most, "valeur", "Écrivez le quotient de l’attestation, comme 845 ou 400,50.")
	month, err := time.Parse("2006-01", q.Month)
	c.That(err == nil, "mois", "Écrivez le mois de l’attestation, comme 05/2027.")
	c.That(err != nil || month.Format(time.DateOnly) <= today, "mois", "Ce mois est à venir"+french.Nbsp+": recopiez celui de l’attestation.")
	c.That(slices.Contains(Issuers, q.Issuer), "organisme", "Choisissez qui a donné l’attestation.")
	from, err := time.Parse(time.DateOnly, q.From)
	c.That(err == nil, "du", "Écrivez la date, comme 01/09/2027.")
	until, err2 := time.Parse(time.DateOnly, q.Until)
	c.That(err2 == nil, "au", "Écrivez la date, comme 31/08/2028.")
	if err == nil && err2 == nil {
		c.That(q.From <= q.Until, "au", "La fin vient après le début.")
		c.That(until.Sub(from) <= longest, "au", "Une attestation vaut un an au plus"+french.Nbsp+": vérifiez les dates.")
	}
	return c.Err()
}

// sees tells whether the actor may read the quotient of the household: its own
// family, who enters them, or a job.
func sees(a actor.Actor, household string) bool {
	return a.May(actor.Sees, actor.Quotients) || !a.IsOffice() && a.Sees(household)
}

const columns = `q.id, q.household_id, q.value, q.month, q.issuer, q.source, q.valid_from, q.valid_until, q.entered_at, q.entered_by, q.withdrawn_at, q.withdrawn_by, q.reason`

// Of returns the household's, the last entered first; fault.ErrNotFound unless the
// actor sees it.
func Of(ctx context.Context, r db.Reader, a actor.Actor, household string) ([]Quotient, error) {
	if !sees(a, household) {
		return nil, fault.ErrNotFound
	}
	all, err := ByHousehold(ctx, r, household)
	return all[household], err
}

// ByHousehold reads those of the households, for the rooms above: it asks nobody's
// right.
func ByHousehold(ctx context.Context, r db.Reader, households ...string) (map[string][]Quotient, error) {
	rows, err := db.All[Quotient](ctx, r, `select `+columns+` from quotient q where q.household_id in (select value from json_each(cast($1 as text)))
		order by q.entered_at desc, q.id desc`, db.IDs(households))
	if err != nil {
		return nil, fmt.Errorf("read quotients: %w", err)
	}
	by := map[string][]Quotient{}
	for _, q := range rows {
		by[q.Household] = append(by[q.Household], q)
	}
	return by, nil
}

// Enter keeps what an attestation says, and returns it. *fault.Invalid as Check;
// fault.ErrNotFound when there is no such household.
func Enter(ctx context.Context, tx *db.Tx, a actor.Actor, now time.Time, q Quotient) (Quotient, error) {
	if !a.May(actor.Changes, actor.Quotients) {
		return q, fault.ErrForbidden
	}
	if err := q.Check(now.In(clock.Paris).Format(time.DateOnly)); err != nil {
		return q, err
	}
	if err := people.Hold(ctx, tx, q.Household); err != nil {
		return q, err
	}
	if _, err := db.One[string](ctx, tx, `select id from household where id = $1`, q.Household); err != nil {
		return q, err
	}
	q.ID, q.At, q.By = db.NewID(), now, a.Name
	if _, err := tx.Exec(ctx, `insert into quotient (id, household_id, value, month, issuer, source, valid_from, valid_until, entered_at, entered_by, withdrawn_by, reason)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, '', '')`, q.ID, q.Household, q.Value, q.Month, q.Issuer, q.Source, q.From, q.Until, q.At, q.By); err != nil {
		return q, fmt.Errorf("keep a quotient: %w", err)
	}
	return q, journal.Append(ctx, tx, journal.By(a, now, journal.Line{Event: "quotient.entered", Household: q.Household, After: "Quotient familial" + french.Nbsp + ": " + q.Words() + ", jusqu’au " + french.CivilDate(q.Until)}))
}

// Withdraw says that one was wrong. *fault.Invalid without a reason,
// *fault.Conflict when it is withdrawn already.
func Withdraw(ctx context.Context, tx *db.Tx, a actor.Actor, now time.Time, household, id, reason string) error {
	if !a.May(actor.Changes, actor.Quotients) {
		return fault.ErrForbidden
	}
	if strings.TrimSpace(reason) == "" {
		return &fault.Invalid{Message: "Donnez un motif.", Fields: []fault.Field{{Name: "motif", Message: "Écrivez le motif" + french.Nbsp + ": il est gardé au journal."}}}
	}
	if err := people.Hold(ctx, tx, household); err != nil {
		return err
	}
	q, err := db.One[Quotient](ctx, tx, `select `+columns+` from quotient q where q.id = $1 and q.household_id = $2`, id, household)
	if err != nil {
		return err
	}
	if !q.Stands() {
		return &fault.Conflict{Message: "Ce quotient est déjà retiré" + french.Nbsp + ": il n’y a rien à faire."}
	}
	if _, err := tx.Exec(ctx, `update quotient set withdrawn_at = $1, withdrawn_by = $2, reason = $3 where id = $4`, now, a.Name, reason, id); err != nil {
		return fmt.Errorf("withdraw a quotient: %w", err)
	}
	return journal.Append(ctx, tx, journal.By(a, now, journal.Line{Event: "quotient.withdrawn", Household: household, Before: "Quotient familial" + french.Nbsp + ": " + q.Words(), Reason: reason}))
}

// Rehouse gives the kept household the attestations of the lost one.
func Rehouse(ctx context.Context, tx *db.Tx, lost, kept string) error {
	_, err := tx.Exec(ctx, `update quotient set household_id = $1 where household_id = $2`, kept, lost)
	return err
}
