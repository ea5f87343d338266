package people

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/journal"
	"pupitre/internal/domain/school"
	"pupitre/internal/platform/clock"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
)

var changedMeanwhile = &fault.Conflict{Message: "Ces renseignements ont été modifiés entre-temps. Relisez-les, puis enregistrez à nouveau."}

// SaveIdentity saves « Identité » and the billing at its foot, in the caller's
// transaction, and returns the household as saved. It returns fault.ErrNotFound
// when the household is not the actor's, *fault.Invalid with a message at each
// field, or *fault.Conflict when it has changed since form.Version. A new
// e-mail of a family waits to be confirmed from that address; the office's
// counts at once (R11), and the office need not fill in what is still empty.
func SaveIdentity(ctx context.Context, tx *db.Tx, now time.Time, a actor.Actor, form HouseholdForm) (Household, error) {
	return saveIdentity(ctx, tx, now, a, form, householdLine(a, form.HouseholdID))
}

func saveIdentity(ctx context.Context, tx *db.Tx, now time.Time, a actor.Actor, form HouseholdForm, line journal.Line) (Household, error) {
	before, err := HouseholdByID(ctx, tx, a, form.HouseholdID)
	if err != nil {
		return Household{}, err
	}
	words, err := wordsOf(ctx, tx)
	if err != nil {
		return Household{}, err
	}
	form, err = form.check(words.modes, words.means, Spared(a, before))
	if err != nil {
		return Household{}, err
	}
	if err := form.roomFor(before); err != nil {
		return Household{}, err
	}
	if form.Version != before.Version {
		return Household{}, changedMeanwhile
	}
	if err := saveHousehold(ctx, tx, form); err != nil {
		return Household{}, err
	}
	added := int64(0)
	for i, g := range form.Guardians {
		if err := saveGuardian(ctx, tx, now, a, before, g, int64(i), added); err != nil {
			return Household{}, err
		}
		if g.ID == "" {
			added++
		}
	}
	if err := replaceMeans(ctx, tx, form.HouseholdID, form.Means); err != nil {
		return Household{}, err
	}
	after, err := HouseholdByID(ctx, tx, a, form.HouseholdID)
	if err != nil {
		return Household{}, err
	}
	return after, journalChange(ctx, tx, now, a, "household.changed", line, words.facts(before), words.facts(after))
}

// householdLine begins a line about the household; what the office changes of
// it was asked for.
func householdLine(a actor.Actor, household string) journal.Line {
	line := journal.Line{Household: household}
	if a.IsOffice() {
		line.Reason = "sur demande de la famille"
	}
	return line
}

// saveHousehold writes the household's own columns; the version guards against
// another writer between the read and this statement.
func saveHousehold(ctx context.Context, tx *db.Tx, f HouseholdForm) error {
	n, err := tx.Exec(ctx, `update household
		set address = $1, address_extra = $2, postcode = $3, town = $4, billing_mode = $5, version = version + 1
		where id = $6 and version = $7`,
		f.Address, f.AddressExtra, f.Postcode, f.Town, f.BillingMode, f.HouseholdID, f.Version)
	if err == nil && n == 0 {
		return changedMeanwhile
	}
	return err
}

// saveGuardian updates a responsible of the household, or adds one, behind those
// added before it, when its id is empty.
func saveGuardian(ctx context.Context, tx *db.Tx, now time.Time, a actor.Actor, before Household, g GuardianForm, position, added int64) error {
	old := Guardian{ID: g.ID, HouseholdID: before.ID, Position: int64(len(before.Guardians)) + added}
	if g.ID == "" {
		old.ID = db.NewID()
		if err := insertGuardian(ctx, tx, old); err != nil {
			return err
		}
	} else if i := slices.IndexFunc(before.Guardians, func(o Guardian) bool { return o.ID == g.ID }); i >= 0 {
		old = before.Guardians[i]
	} else {
		return fmt.Errorf("guardian %s of household %s: %w", g.ID, before.ID, fault.ErrNotFound)
	}
	after := old
	after.Civility, after.LastName, after.FirstName, after.Mobile, after.Phone = g.Civility, g.LastName, g.FirstName, g.Mobile, g.Phone
	if err := updateGuardian(ctx, tx, after); err != nil {
		return err
	}
	if err := renameAdultPupil(ctx, tx, after); err != nil {
		return err
	}
	return changeEmail(ctx, tx, now, a, after, g.Email)
}

func insertGuardian(ctx context.Context, tx *db.Tx, g Guardian) error {
	_, err := tx.Exec(ctx, `insert into guardian
		(id, household_id, civility, last_name, first_name, email, email_folded, pending_email, pending_token_hash, mobile, phone, position, search, sort_name)
		values ($1, $2, $3, $4, $5, $6, $7, '', '', $8, $9, $10, $11, $12)`,
		g.ID, g.HouseholdID, g.Civility, g.LastName, g.FirstName, g.Email, french.Fold(g.Email), g.Mobile, g.Phone, g.Position, g.searched(), sortName(g.LastName, g.FirstName))
	return err
}

// updateGuardian writes everything but the address's confirmation.
func updateGuardian(ctx context.Context, tx *db.Tx, g Guardian) error {
	_, err := tx.Exec(ctx, `update guardian
		set civility = $1, last_name = $2, first_name = $3, mobile = $4, phone = $5, search = $6, sort_name = $7
		where id = $8`, g.Civility, g.LastName, g.FirstName, g.Mobile, g.Phone, g.searched(), sortName(g.LastName, g.FirstName), g.ID)
	return err
}

// searched is the folded text in which the office finds a responsible.
func (g Guardian) searched() string {
	return french.Fold(strings.Join([]string{g.FirstName, g.LastName, g.FirstName, g.Email, g.Mobile, g.Phone}, " "))
}

// renameAdultPupil gives the adult pupil, typed once, its responsible's name.
func renameAdultPupil(ctx context.Context, tx *db.Tx, g Guardian) error {
	p := Pupil{LastName: g.LastName, FirstName: g.FirstName}
	_, err := tx.Exec(ctx, `update pupil set last_name = $1, first_name = $2, search = $3, sort_name = $4, version = version + 1
		where guardian_id = $5 and (last_name <> $1 or first_name <> $2)`, p.LastName, p.FirstName, p.searched(), sortName(p.LastName, p.FirstName), g.ID)
	return err
}

// sortName is what the office's lists of families and of pupils are sorted by.
func sortName(last, first string) string { return french.Fold(strings.TrimSpace(last + " " + first)) }

// SaveBilling changes the billing mode and the means of payment only, in the
// caller's transaction. It returns fault.ErrNotFound or *fault.Invalid.
func SaveBilling(ctx context.Context, tx *db.Tx, now time.Time, a actor.Actor, household string, mode int64, means []string) error {
	before, err := HouseholdByID(ctx, tx, a, household)
	if err != nil {
		return err
	}
	words, err := wordsOf(ctx, tx)
	if err != nil {
		return err
	}
	f := &form{}
	f.billing(mode, means, words.modes, words.means)
	if err := f.Err(); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `update household set billing_mode = $1, version = version + 1 where id = $2`, mode, household); err != nil {
		return err
	}
	if err := replaceMeans(ctx, tx, household, means); err != nil {
		return err
	}
	after, err := HouseholdByID(ctx, tx, a, household)
	if err != nil {
		return err
	}
	return journalChange(ctx, tx, now, a, "household.billing_changed", householdLine(a, household), words.facts(before), words.facts(after))
}

func replaceMeans(ctx context.Context, tx *db.Tx, household string, means []string) error {
	if _, err := tx.Exec(ctx, `delete from household_payment_mean where household_id = $1`, household); err != nil {
		return err
	}
	for _, m := range means {
		if _, err := tx.Exec(ctx, `insert into household_payment_mean (household_id, mean) values ($1, $2) on conflict (household_id, mean) do nothing`, household, m); err != nil {
			return err
		}
	}
	return nil
}

// MarkChecked notes that the household's details were confirmed for the season
// (« Rien n’a changé »). It returns fault.ErrNotFound, or *fault.Invalid when a
// yellow field is empty.
func MarkChecked(ctx context.Context, tx *db.Tx, now time.Time, a actor.Actor, household, season string) error {
	h, err := HouseholdByID(ctx, tx, a, household)
	if err != nil {
		return err
	}
	if missing := MissingFamily(h); len(missing) > 0 {
		return &fault.Invalid{Message: "Il manque des renseignements sur la famille.", Fields: missing}
	}
	if h.CheckedForSeason == season {
		return nil
	}
	if _, err := tx.Exec(ctx, `update household set checked_for_season = $1 where id = $2`, season, household); err != nil {
		return err
	}
	return journal.Append(ctx, tx, journal.By(a, now, journal.Line{Event: "household.checked", Household: household, After: "renseignements vérifiés"}))
}

// SetMandateReference keeps the RUM allotted to the household's debit mandate, once.
func SetMandateReference(ctx context.Context, tx *db.Tx, now time.Time, a actor.Actor, household, reference string) error {
	if !a.Sees(household) {
		return fmt.Errorf("household %s: %w", household, fault.ErrNotFound)
	}
	n, err := tx.Exec(ctx, `update household set mandate_reference = $1 where id = $2 and mandate_reference = ''`, reference, household)
	if err != nil || n == 0 {
		return err
	}
	return journal.Append(ctx, tx, journal.By(a, now, journal.Line{Event: "household.mandate_allotted", Household: household, After: reference}))
}

// AllotMandateReference returns the RUM of the household's debit mandate, made
// and kept the first time. It returns fault.ErrNotFound when the household is
// not the actor's.
func AllotMandateReference(ctx context.Context, tx *db.Tx, now time.Time, a actor.Actor, household string) (string, error) {
	h, err := HouseholdByID(ctx, tx, a, household)
	if err != nil || h.MandateReference != "" {
		return h.MandateReference, err
	}
	// The end of a UUIDv7 is random: unique, short enough to be copied by hand.
	end := strings.ToUpper(strings.ReplaceAll(household, "-", ""))
	reference := fmt.Sprintf("RUM-%d-%s", now.In(clock.Paris).Year(), end[max(0, len(end)-12):])
	return reference, SetMandateReference(ctx, tx, now, a, household, reference)
}

// PayersOf counts the families that have chosen each way to pay.
func PayersOf(ctx context.Context, r db.Reader) (school.Payers, error) {
	type chosen struct {
		Mode  int64  `db:"mode"`
		Means string `db:"mean"`
		N     int64  `db:"n"`
	}
	p := school.Payers{Modes: map[int64]int64{}, Means: map[string]int64{}}
	rows, err := db.All[chosen](ctx, r, `select billing_mode as mode, '' as mean, count(*) as n from household group by billing_mode
		union all select 0, mean, count(*) from household_payment_mean group by mean`)
	for _, c := range rows {
		if c.Means != "" {
			p.Means[c.Means] = c.N
		} else {
			p.Modes[c.Mode] = c.N
		}
	}
	return p, err
}
