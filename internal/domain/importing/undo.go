package importing

import (
	"context"
	"fmt"
	"slices"
	"time"

	"pupitre/internal/domain/account"
	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/journal"
	"pupitre/internal/domain/people"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
)

// HoldsUp names what hinders the undo of an import: what it made or changed has
// changed since, or something refers to it. Empty: it can be undone. Office only.
func HoldsUp(ctx context.Context, r db.Reader, a actor.Actor, id string) ([]string, error) {
	if !a.May(actor.Changes, actor.Imports) {
		return nil, fault.ErrForbidden
	}
	i, err := ByID(ctx, r, a, id)
	if err != nil {
		return nil, err
	}
	list, err := allPages[written](ctx, r, id, partWritten)
	if err != nil {
		return nil, err
	}
	if i.Kind == Courses {
		return coursesHoldUp(ctx, r, i.Season, list)
	}
	return holdsUp(ctx, r, a, list)
}

// holdsUp is HoldsUp of what was written, which takes the versions that it has now.
func holdsUp(ctx context.Context, r db.Reader, a actor.Actor, list []written) ([]string, error) {
	var households, pupilIDs, madeHouseholds, madePupils []string
	for _, w := range list {
		if w.Household != nil {
			households = append(households, w.Household.ID)
			if w.Makes {
				madeHouseholds = append(madeHouseholds, w.Household.ID)
			}
		} else {
			pupilIDs = append(pupilIDs, w.Pupil.Pupil.ID)
			if w.Makes {
				madePupils = append(madePupils, w.Pupil.Pupil.ID)
			}
		}
	}
	now, err := people.HouseholdsByID(ctx, r, a, households)
	if err != nil {
		return nil, err
	}
	pupilsNow, err := people.PupilsByID(ctx, r, pupilIDs)
	if err != nil {
		return nil, err
	}
	untouched, err := account.Untouched(ctx, r, madeHouseholds)
	if err != nil {
		return nil, err
	}
	used, err := referred(ctx, r, madeHouseholds, madePupils)
	if err != nil {
		return nil, err
	}
	homes, err := homesNow(ctx, r, pupilIDs, madeHouseholds)
	if err != nil {
		return nil, err
	}
	var why []string
	for _, w := range list {
		if w.Household != nil {
			name := "le foyer " + familyName(*w.Household)
			switch is, found := now[w.Household.ID]; {
			case !found:
				why = append(why, name+" (supprimé ou fusionné depuis)")
			case !asWritten(w.Household, is):
				why = append(why, name)
			case w.Makes && !untouched[is.ID]:
				why = append(why, name+" (son identifiant lui a été remis, ou sert déjà)")
			case used[is.ID] != "":
				why = append(why, name+" ("+used[is.ID]+")")
			case w.Makes && homes.strangers[is.ID]:
				why = append(why, name+" (un autre élève y a été ajouté)")
			}
			continue
		}
		p := w.Pupil.Pupil
		switch is, found := pupilsNow[p.ID]; {
		case !found:
			why = append(why, p.FullName()+" (supprimé ou fusionné depuis)")
		case !asLeft(w.Pupil, is) || !slices.Equal(homes.of[p.ID], sorted(w.Pupil.Homes)):
			why = append(why, p.FullName())
		case used[p.ID] != "":
			why = append(why, p.FullName()+" ("+used[p.ID]+")")
		}
	}
	return why, nil
}

// asWritten tells whether the household is as the import made it, whatever its
// version: what was changed and put back is. was then takes the version it has.
func asWritten(was *people.Household, is people.Household) bool {
	same := *was
	same.Version = is.Version
	if encoded(is) != encoded(same) {
		return false
	}
	was.Version = is.Version
	return true
}

// asLeft is asWritten of a pupil.
func asLeft(was *people.Homed, is people.Pupil) bool {
	same := was.Pupil
	same.Version = is.Version
	if is != same {
		return false
	}
	was.Pupil.Version = is.Version
	return true
}

func sorted(ids []string) []string { return slices.Sorted(slices.Values(ids)) }

// homesOf is where the pupils live now; strangers are those of the households
// made where somebody else lives too.
type homesOf struct {
	of        map[string][]string
	strangers map[string]bool
}

func homesNow(ctx context.Context, r db.Reader, pupilIDs, madeHouseholds []string) (homesOf, error) {
	type link struct {
		Pupil     string `db:"pupil_id"`
		Household string `db:"household_id"`
	}
	all := homesOf{map[string][]string{}, map[string]bool{}}
	ours := map[string]bool{}
	for _, id := range pupilIDs {
		ours[id] = true
	}
	links, err := db.All[link](ctx, r, `select pupil_id, household_id from pupil_household
		where pupil_id in (select value from json_each(cast($1 as text))) or household_id in (select value from json_each(cast($2 as text)))
		order by pupil_id, household_id`, db.IDs(pupilIDs), db.IDs(madeHouseholds))
	made := map[string]bool{}
	for _, id := range madeHouseholds {
		made[id] = true
	}
	for _, l := range links {
		all.of[l.Pupil] = append(all.of[l.Pupil], l.Household)
		if made[l.Household] && !ours[l.Pupil] {
			all.strangers[l.Household] = true
		}
	}
	return all, err
}

// referred says what refers to the households and pupils that were made.
func referred(ctx context.Context, r db.Reader, households, pupilIDs []string) (map[string]string, error) {
	found := map[string]string{}
	for _, look := range []struct {
		text string
		ids  []string
		why  string
	}{
		{`select distinct pupil_id from dossier where pupil_id in `, pupilIDs, "a un dossier"},
		{`select distinct household_id from dossier where household_id in `, households, "a un dossier"},
		{`select distinct pupil_id from deposit where pupil_id in `, pupilIDs, "a déposé une pièce"},
		{`select distinct household_id from deposit where household_id in `, households, "a déposé une pièce"},
		{`select distinct household_id from household_change where household_id in `, households, "la famille l’a modifié"},
		{`select distinct household_id from application where household_id in `, households, "a une pré-inscription"},
		{`select distinct pupil_id from application where pupil_id in `, pupilIDs, "a une pré-inscription"},
		{`select distinct pupil_id from pupil_note where pupil_id in `, pupilIDs, "a une remarque"},
		{`select distinct pupil_id from roll_over_pupil where pupil_id in `, pupilIDs, "a changé de saison"},
		{`select distinct pupil_id from pupil_course_now where pupil_id in `, pupilIDs, "a des cours"},
		{`select distinct pupil_id from pupil_season where (level <> '' or image_right <> '' or beginner <> '') and pupil_id in `, pupilIDs, "sa saison est renseignée"},
	} {
		ids, err := db.All[string](ctx, r, look.text+`(select value from json_each(cast($1 as text)))`, db.IDs(look.ids))
		if err != nil {
			return nil, err
		}
		for _, id := range ids {
			found[id] = look.why
		}
	}
	return found, nil
}

// some names the first of the words and counts the others.
func some(names []string) string {
	if len(names) <= 3 {
		return french.List(names)
	}
	return french.List(append(slices.Clone(names[:3]), french.Count(int64(len(names)-3), "autre", "autres")))
}

// Undo takes back all that the import wrote: the file is then as after its
// trial, to be corrected and done again. *fault.Conflict names what has changed
// since. Office only.
func (im *Imports) Undo(ctx context.Context, a actor.Actor, id string) error {
	if !a.May(actor.Changes, actor.Imports) {
		return fault.ErrForbidden
	}
	i, err := ByID(ctx, im.store, a, id)
	if err != nil {
		return err
	}
	if i.Kind == Courses {
		return im.undoCourses(ctx, a, id)
	}
	return im.store.Write(ctx, func(tx *db.Tx) error {
		i, list, err := toUndo(ctx, tx, a, id)
		if err != nil {
			return err
		}
		why, err := holdsUp(ctx, tx, a, list)
		if err != nil {
			return err
		}
		if len(why) > 0 {
			return cannotUndo(why)
		}
		if err := im.takeBack(ctx, tx, list); err != nil {
			return err
		}
		return im.undone(ctx, tx, a, i, im.clock.Now())
	})
}

// toUndo reads the import that is to be undone, and what it wrote.
func toUndo(ctx context.Context, tx *db.Tx, a actor.Actor, id string) (Import, []written, error) {
	i, err := ByID(ctx, tx, a, id)
	if err != nil {
		return i, nil, err
	}
	if i.State != Done {
		return i, nil, &fault.Conflict{Message: "Cet import n’est pas fait, ou est déjà annulé."}
	}
	list, err := allPages[written](ctx, tx, id, partWritten)
	return i, list, err
}

func cannotUndo(why []string) error {
	return &fault.Conflict{Message: "L’import ne s’annule plus" + french.Nbsp + ": " + some(why) + french.Nbsp + french.Noun(int64(len(why)), "a changé depuis.", "ont changé depuis.")}
}

func (im *Imports) takeBack(ctx context.Context, tx *db.Tx, list []written) error {
	var b, before people.Brought
	var households []string
	for _, w := range list {
		switch {
		case w.Household != nil && w.Makes:
			b.Households = append(b.Households, *w.Household)
			households = append(households, w.Household.ID)
		case w.Household != nil:
			b.ChangedHouseholds = append(b.ChangedHouseholds, *w.Household)
			before.ChangedHouseholds = append(before.ChangedHouseholds, *w.HouseholdBefore)
		case w.Makes:
			b.Pupils = append(b.Pupils, *w.Pupil)
		default:
			b.ChangedPupils = append(b.ChangedPupils, *w.Pupil)
			before.ChangedPupils = append(before.ChangedPupils, *w.PupilBefore)
		}
	}
	if err := account.DropFamilies(ctx, tx, households); err != nil {
		return err
	}
	return people.TakeBack(ctx, tx, b, before)
}

func (im *Imports) undone(ctx context.Context, tx *db.Tx, a actor.Actor, i Import, now time.Time) error {
	i.State, i.UndoneAt, i.UndoneBy, i.ChangedAt, i.ChangedBy = Undone, now, a.Name, now, a.Name
	if err := save(ctx, tx, i); err != nil {
		return err
	}
	if err := putPages[written](ctx, tx, i.ID, partWritten, nil, writtenOfAPage); err != nil {
		return fmt.Errorf("forget what was written: %w", err)
	}
	return journal.Append(ctx, tx, journal.By(a, now, journal.Line{Event: "import.undone", Subject: Subject(i.ID), Before: i.Counts().Summary(), After: "import de " + i.Name + " annulé"}))
}
