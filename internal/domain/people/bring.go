package people

import (
	"context"
	"fmt"
	"time"

	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
)

// Homed is a pupil with the ids of its households.
type Homed struct {
	Pupil Pupil    `json:"pupil"`
	Homes []string `json:"homes"`
}

// Brought is what an import brings, judged by its caller: nothing is confirmed
// or journaled. What is changed carries the version that was read.
type Brought struct {
	Households []Household // made, with their responsibles
	Pupils     []Homed     // made; one that is Apart has a twin whom the office has told from it

	ChangedHouseholds []Household // their responsibles too; one whose id is unknown is made
	ChangedPupils     []Homed     // households are added, never taken away
}

const (
	changeHousehold = `update household set address = $1, address_extra = $2, postcode = $3, town = $4, version = version + 1 where id = $5 and version = $6`
	changePupil     = `update pupil set birth_date = $1, level_now = $2, version = version + 1 where id = $3 and version = $4`
	intoGuardian    = `guardian (id, household_id, civility, last_name, first_name, email, email_folded, pending_email, pending_token_hash, mobile, phone, position, search, sort_name)`

	orChangeGuardian = `on conflict (id) do update set civility = excluded.civility, email = excluded.email, email_folded = excluded.email_folded,
		mobile = excluded.mobile, phone = excluded.phone, search = excluded.search`
)

// Bring writes all of it in few statements, whatever its size. It returns
// *fault.Conflict when a household or pupil is no longer at its version.
func Bring(ctx context.Context, tx *db.Tx, now time.Time, b Brought) error {
	var made, guardians, changed, pupils, grown, homes [][]any
	for _, h := range b.Households {
		made = append(made, []any{h.ID, h.Address, h.AddressExtra, h.Postcode, h.Town, int64(0), "", "", now, int64(1)})
		guardians = append(guardians, guardianRows(h)...)
	}
	for _, h := range b.ChangedHouseholds {
		changed = append(changed, []any{h.Address, h.AddressExtra, h.Postcode, h.Town, h.ID, h.Version})
		guardians = append(guardians, guardianRows(h)...)
	}
	for _, p := range b.Pupils {
		one := p.Pupil
		pupils = append(pupils, []any{one.ID, one.LastName, one.FirstName, one.BirthDate, one.LevelNow, orNull(one.GuardianID), now, int64(1), one.searched(), sortName(one.LastName, one.FirstName), one.Apart})
		homes = append(homes, homeRows(p)...)
	}
	for _, p := range b.ChangedPupils {
		grown = append(grown, []any{p.Pupil.BirthDate, p.Pupil.LevelNow, p.Pupil.ID, p.Pupil.Version})
		homes = append(homes, homeRows(p)...)
	}
	if _, err := tx.Insert(ctx, `household (id, address, address_extra, postcode, town, billing_mode, mandate_reference, checked_for_season, created_at, version)`, "", made); err != nil {
		return fmt.Errorf("bring households: %w", err)
	}
	if err := all(tx.ExecEach(ctx, changeHousehold, changed))(len(changed)); err != nil {
		return err
	}
	if _, err := tx.Insert(ctx, intoGuardian, orChangeGuardian, guardians); err != nil {
		return fmt.Errorf("bring responsibles: %w", err)
	}
	if _, err := tx.Insert(ctx, `pupil (id, last_name, first_name, birth_date, level_now, guardian_id, created_at, version, search, sort_name, apart)`, "", pupils); err != nil {
		return fmt.Errorf("bring pupils: %w", err)
	}
	if err := all(tx.ExecEach(ctx, changePupil, grown))(len(grown)); err != nil {
		return err
	}
	_, err := tx.Insert(ctx, `pupil_household (pupil_id, household_id)`, `on conflict (pupil_id, household_id) do nothing`, homes)
	return err
}

// all says that somebody has changed one of the rows meanwhile unless each was touched.
func all(touched int64, err error) func(int) error {
	return func(rows int) error {
		if err == nil && touched != int64(rows) {
			return &fault.Conflict{Message: "Une fiche a été modifiée entre-temps. Rien n’a été écrit."}
		}
		return err
	}
}

func guardianRows(h Household) [][]any {
	var rows [][]any
	for _, g := range h.Guardians {
		rows = append(rows, []any{g.ID, h.ID, g.Civility, g.LastName, g.FirstName, g.Email, french.Fold(g.Email), "", "", g.Mobile, g.Phone, g.Position, g.searched(), sortName(g.LastName, g.FirstName)})
	}
	return rows
}

func homeRows(p Homed) [][]any {
	var rows [][]any
	for _, h := range p.Homes {
		rows = append(rows, []any{p.Pupil.ID, h})
	}
	return rows
}

// TakeBack undoes Bring: what it made is deleted, what it changed is put back as
// was given in before. b is what it wrote, each with the version that it has
// now. The caller has checked that nothing refers to what was made.
func TakeBack(ctx context.Context, tx *db.Tx, b, before Brought) error {
	var changed, guardians, grown [][]any
	var madePupils, madeHouseholds, added []string
	for i, h := range b.ChangedHouseholds {
		was := before.ChangedHouseholds[i]
		changed = append(changed, []any{was.Address, was.AddressExtra, was.Postcode, was.Town, h.ID, h.Version})
		guardians = append(guardians, guardianRows(was)...)
		for _, g := range h.Guardians[len(was.Guardians):] {
			added = append(added, g.ID)
		}
	}
	var left [][]any
	for i, p := range b.ChangedPupils {
		was := before.ChangedPupils[i]
		grown = append(grown, []any{was.Pupil.BirthDate, was.Pupil.LevelNow, p.Pupil.ID, p.Pupil.Version})
		for _, home := range p.Homes[len(was.Homes):] {
			left = append(left, []any{p.Pupil.ID, home})
		}
	}
	for _, p := range b.Pupils {
		madePupils = append(madePupils, p.Pupil.ID)
	}
	for _, h := range b.Households {
		madeHouseholds = append(madeHouseholds, h.ID)
	}
	if err := all(tx.ExecEach(ctx, changeHousehold, changed))(len(changed)); err != nil {
		return err
	}
	if _, err := tx.Insert(ctx, intoGuardian, orChangeGuardian, guardians); err != nil {
		return err
	}
	if err := all(tx.ExecEach(ctx, changePupil, grown))(len(grown)); err != nil {
		return err
	}
	if _, err := tx.ExecEach(ctx, `delete from pupil_household where pupil_id = $1 and household_id = $2`, left); err != nil {
		return err
	}
	const these = `in (select value from json_each(cast($1 as text)))`
	for _, step := range []struct {
		text string
		ids  []string
	}{
		{`delete from pupil_household where pupil_id ` + these, madePupils},
		{`delete from pupil_season where pupil_id ` + these, madePupils},
		{`delete from pupil_course_now where pupil_id ` + these, madePupils},
		{`delete from pupil where id ` + these, madePupils},
		{`delete from guardian where id ` + these, added},
		{`delete from guardian where household_id ` + these, madeHouseholds},
		{`delete from household_payment_mean where household_id ` + these, madeHouseholds},
		{`delete from household where id ` + these, madeHouseholds},
	} {
		if _, err := tx.Exec(ctx, step.text, db.IDs(step.ids)); err != nil {
			return fmt.Errorf("take back what was brought: %w", err)
		}
	}
	return nil
}
