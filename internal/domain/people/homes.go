package people

import (
	"cmp"
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

// PupilsOfEach returns the pupils of several households, by household; its
// caller has checked that they may be seen.
func PupilsOfEach(ctx context.Context, r db.Reader, households []string) (map[string][]Pupil, error) {
	links, err := links(ctx, r, `household_id`, households)
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, l := range links {
		ids = append(ids, l.Pupil)
	}
	all, err := PupilsByID(ctx, r, ids)
	found := map[string][]Pupil{}
	for _, l := range links {
		found[l.Household] = append(found[l.Household], all[l.Pupil])
	}
	for _, of := range found {
		slices.SortFunc(of, func(a, b Pupil) int {
			return cmp.Or(cmp.Compare(a.BirthDate, b.BirthDate), cmp.Compare(a.FirstName, b.FirstName), cmp.Compare(a.ID, b.ID))
		})
	}
	return found, err
}

// HouseholdsOfEach returns the households of several pupils that the actor
// sees, by pupil.
func HouseholdsOfEach(ctx context.Context, r db.Reader, a actor.Actor, pupils []string) (map[string][]Household, error) {
	links, err := links(ctx, r, `pupil_id`, pupils)
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, l := range links {
		ids = append(ids, l.Household)
	}
	all, err := HouseholdsByID(ctx, r, a, ids)
	found := map[string][]Household{}
	for _, l := range links {
		if h, seen := all[l.Household]; seen {
			found[l.Pupil] = append(found[l.Pupil], h)
		}
	}
	return found, err
}

type link struct {
	Pupil     string `db:"pupil_id"`
	Household string `db:"household_id"`
}

func links(ctx context.Context, r db.Reader, column string, ids []string) ([]link, error) {
	return db.All[link](ctx, r, `select pupil_id, household_id from pupil_household
		where `+column+` in (select value from json_each(cast($1 as text))) order by pupil_id, household_id`, db.IDs(ids))
}
