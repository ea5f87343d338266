package people

import (
	"context"
	"errors"
	"slices"
	"time"

	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/journal"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
)

// PupilField names the field of a pupil that is typed beside its responsible.
func PupilField(field string) string { return "eleve_" + field }

// AddedPupil is a pupil that the office adds; one that is not New was at the
// school before, and re-registers.
type AddedPupil struct {
	Newcomer
	New bool
}

// AddedHousehold is a family that the office adds: its first responsible and
// its first pupil. All but their names and what is asked of every pupil may be
// left for the family to give.
type AddedHousehold struct {
	Guardian GuardianForm
	Address  string
	Postcode string
	Town     string
	Pupil    AddedPupil
}

// leftToTheFamily are the yellow fields that the office need not know.
var leftToTheFamily = map[string]bool{
	FieldAddress: true, FieldPostcode: true, FieldTown: true, FieldMobile: true, FieldEmail: true, FieldBilling: true, FieldMeans: true,
}

// Check returns what was typed tidied, its pupil's date as 2006-01-02, or a
// *fault.Invalid with a message at each field, the pupil's as PupilField.
func (h AddedHousehold) Check(ctx context.Context, r db.Reader, now time.Time) (AddedHousehold, error) {
	words, err := wordsOf(ctx, r)
	if err != nil {
		return h, err
	}
	var all fault.Check
	family, err := HouseholdForm{Address: h.Address, Postcode: h.Postcode, Town: h.Town, Guardians: []GuardianForm{h.Guardian}}.
		check(words.modes, words.means, leftToTheFamily)
	if err = gather(&all, err, func(field string) string { return field }); err != nil {
		return h, err
	}
	pupil, err := h.Pupil.Newcomer.Check(now, true)
	if err = gather(&all, err, PupilField); err != nil {
		return h, err
	}
	if err := all.Err(); err != nil {
		return h, err
	}
	h.Guardian, h.Address, h.Postcode, h.Town, h.Pupil.Newcomer = family.Guardians[0], family.Address, family.Postcode, family.Town, pupil
	return h, nil
}

// gather adds the fields of a *fault.Invalid to the others, and returns any other error.
func gather(all *fault.Check, err error, name func(string) string) error {
	invalid, ok := err.(*fault.Invalid)
	if !ok {
		return err
	}
	for _, f := range invalid.Fields {
		all.Add(name(f.Name), f.Message)
	}
	return nil
}

// Resembling are the households that may be the one checked: of a pupil with the
// name and date of birth of this one's, or of a responsible with this one's
// address. Those that the actor does not see are left out.
func Resembling(ctx context.Context, r db.Reader, a actor.Actor, h AddedHousehold) ([]Household, error) {
	twins, err := TwinsOf(ctx, r, h.Pupil.pupil())
	if err != nil {
		return nil, err
	}
	pupils := make([]string, len(twins))
	for i, p := range twins {
		pupils[i] = p.ID
	}
	ids, err := db.All[string](ctx, r, `select household_id from guardian where email_folded = $1 and email_folded <> ''
		union select household_id from pupil_household where pupil_id in (select value from json_each(cast($2 as text)))`, french.Fold(h.Guardian.Email), db.IDs(pupils))
	if err != nil {
		return nil, err
	}
	slices.Sort(ids)
	found := make([]Household, 0, len(ids))
	for _, id := range ids {
		one, err := HouseholdByID(ctx, r, a, id)
		if errors.Is(err, fault.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		found = append(found, one)
	}
	return found, nil
}

// AddHousehold adds the family, which was checked, with its pupil of the season,
// and returns the ids of both. Its account is the caller's to make. Office only.
func AddHousehold(ctx context.Context, tx *db.Tx, now time.Time, a actor.Actor, season string, in AddedHousehold) (household, pupil string, err error) {
	if !a.IsOffice() {
		return "", "", fault.ErrForbidden
	}
	g := in.Guardian
	h := Household{ID: db.NewID(), Address: in.Address, Postcode: in.Postcode, Town: in.Town}
	h.Guardians = []Guardian{{
		ID: db.NewID(), HouseholdID: h.ID, Civility: g.Civility, LastName: g.LastName, FirstName: g.FirstName, Email: g.Email, Mobile: g.Mobile, Phone: g.Phone,
	}}
	if err := PutHousehold(ctx, tx, now, h); err != nil {
		return "", "", err
	}
	if err := journal.Append(ctx, tx, journal.By(a, now, journal.Line{Event: "household.added", Household: h.ID, After: "foyer ajouté"})); err != nil {
		return "", "", err
	}
	pupil, err = addPupil(ctx, tx, now, a, season, h.ID, in.Pupil)
	return h.ID, pupil, err
}

// AddPupil adds a pupil to a household of the school, and returns its id. It
// returns *fault.Invalid with a message at each field (as PupilField), also for
// one that the household has already. Office only.
func AddPupil(ctx context.Context, tx *db.Tx, now time.Time, a actor.Actor, season, household string, in AddedPupil) (string, error) {
	if !a.IsOffice() {
		return "", fault.ErrForbidden
	}
	if _, err := HouseholdByID(ctx, tx, a, household); err != nil {
		return "", err
	}
	var all fault.Check
	checked, err := in.Newcomer.Check(now, true)
	if err = gather(&all, err, PupilField); err != nil {
		return "", err
	}
	known, err := PupilsOf(ctx, tx, household)
	if err != nil {
		return "", err
	}
	for _, p := range known {
		if p.searched() == checked.pupil().searched() && p.BirthDate == checked.BirthDate {
			all.Add(PupilField(FieldFirstName), p.FirstName+" est déjà un élève de ce foyer.")
		}
	}
	if err := all.Err(); err != nil {
		return "", err
	}
	in.Newcomer = checked
	return addPupil(ctx, tx, now, a, season, household, in)
}

func addPupil(ctx context.Context, tx *db.Tx, now time.Time, a actor.Actor, season, household string, in AddedPupil) (string, error) {
	id, err := addNewcomer(ctx, tx, now, a, season, household, "", in.Newcomer, "")
	if err != nil || in.New {
		return id, err
	}
	_, err = tx.Exec(ctx, `update pupil set new_in = '' where id = $1`, id)
	return id, err
}
