package people

import (
	"context"
	"fmt"
	"slices"
	"time"

	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/journal"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
)

// MostHouseholds is how many households a pupil may have on screen.
const MostHouseholds = 2

// Home names a pupil and one of its households, with the pupil's version that
// was read.
type Home struct {
	Pupil     string
	Household string
	Version   int64
}

// AddHome makes the pupil one of a second household too (separated parents),
// and tells both journals. Only the office does: fault.ErrForbidden for anyone
// else. It returns fault.ErrNotFound, *fault.Conflict when the pupil has
// changed since h.Version, or *fault.Invalid that says why not.
func AddHome(ctx context.Context, tx *db.Tx, now time.Time, a actor.Actor, h Home) error {
	pupil, homes, err := homesOf(ctx, tx, a, h)
	if err != nil {
		return err
	}
	if err := mayHave(pupil, homes, h.Household); err != nil {
		return err
	}
	if err := takePupil(ctx, tx, h); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `insert into pupil_household (pupil_id, household_id) values ($1, $2)`, h.Pupil, h.Household); err != nil {
		return err
	}
	return tellHomes(ctx, tx, now, a, "pupil.home_added", "aussi au foyer ", pupil.ID, append(homes, h.Household))
}

// mayHave says why the household cannot be one more of the pupil's.
func mayHave(pupil Pupil, homes []string, household string) error {
	switch {
	case slices.Contains(homes, household):
		return fault.Refuse(pupil.FullName() + " est déjà dans ce foyer.")
	case pupil.GuardianID != "":
		return fault.Refuse(pupil.FullName() + " est son propre responsable" + french.Nbsp + ": un élève adulte n’a qu’un foyer.")
	case len(homes) >= MostHouseholds:
		return fault.Refuse(pupil.FullName() + " a déjà deux foyers" + french.Nbsp + ": détachez-en un d’abord.")
	}
	return nil
}

// RemoveHome takes the pupil out of one of its households, whose dossier the
// caller has seen to, and tells both journals. It answers as AddHome.
func RemoveHome(ctx context.Context, tx *db.Tx, now time.Time, a actor.Actor, h Home) error {
	pupil, homes, err := homesOf(ctx, tx, a, h)
	if err != nil {
		return err
	}
	if !slices.Contains(homes, h.Household) {
		return fault.Refuse(pupil.FullName() + " n’est plus dans ce foyer.")
	}
	if len(homes) == 1 {
		return fault.Refuse(pupil.FullName() + " n’a que ce foyer" + french.Nbsp + ": rattachez-le d’abord à l’autre, puis détachez-le de celui-ci.")
	}
	if err := takePupil(ctx, tx, h); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `delete from pupil_household where pupil_id = $1 and household_id = $2`, h.Pupil, h.Household); err != nil {
		return err
	}
	return tellHomes(ctx, tx, now, a, "pupil.home_removed", "n’est plus au foyer ", pupil.ID, homes, h.Household)
}

// homesOf reads the pupil and its households for an act of the office about one.
func homesOf(ctx context.Context, tx *db.Tx, a actor.Actor, h Home) (Pupil, []string, error) {
	if !a.IsOffice() {
		return Pupil{}, nil, fmt.Errorf("households of pupil %s: %w", h.Pupil, fault.ErrForbidden)
	}
	pupil, _, err := PupilOf(ctx, tx, a, h.Pupil)
	if err != nil {
		return pupil, nil, err
	}
	if _, err := HouseholdByID(ctx, tx, a, h.Household); err != nil {
		return pupil, nil, err
	}
	homes, err := HouseholdsOf(ctx, tx, h.Pupil)
	return pupil, homes, err
}

// takePupil moves the pupil's version on from the one that was read.
func takePupil(ctx context.Context, tx *db.Tx, h Home) error {
	n, err := tx.Exec(ctx, `update pupil set version = version + 1 where id = $1 and version = $2`, h.Pupil, h.Version)
	if err == nil && n == 0 {
		return changedMeanwhile
	}
	return err
}

// tellHomes adds a line to the journal of each household: said is followed by
// the names of those it is about, by default the others.
func tellHomes(ctx context.Context, tx *db.Tx, now time.Time, a actor.Actor, event, said, pupil string, homes []string, about ...string) error {
	all, err := HouseholdsByID(ctx, tx, a, homes)
	if err != nil {
		return err
	}
	var lines []journal.Line
	for _, household := range homes {
		of := about
		if len(of) == 0 {
			of = slices.DeleteFunc(slices.Clone(homes), func(other string) bool { return other == household })
		}
		var names []string
		for _, id := range of {
			names = append(names, all[id].Name())
		}
		lines = append(lines, journal.By(a, now, journal.Line{Event: event, Household: household, Pupil: pupil, After: said + french.List(names)}))
	}
	return journal.Append(ctx, tx, lines...)
}
