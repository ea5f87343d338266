package people

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/journal"
	"pupitre/internal/platform/clock"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
)

// MayGoBack tells whether there is a former value to go back to: a responsible
// that the family has added has none.
func (c Change) MayGoBack() bool { return c.Before != "" }

// PutBack puts the former value of a change of the household's back, as any
// change of the office's, and the change is seen: what it was. It returns
// *fault.Conflict when the value is no longer the one that was read, or the
// change was seen already; fault.ErrNotFound when it is not the household's.
func PutBack(ctx context.Context, tx *db.Tx, now time.Time, a actor.Actor, household, id string) (Change, error) {
	if !a.IsOffice() {
		return Change{}, fmt.Errorf("put a value back: %w", fault.ErrForbidden)
	}
	c, err := db.One[Change](ctx, tx, changes+`where id = $1 and household_id = $2`, id, household)
	if err != nil {
		return c, err
	}
	n, err := tx.Exec(ctx, `update household_change set seen_at = $1, seen_by = $2, seen_batch = $3 where id = $4 and seen_at is null`, now, a.Name, db.NewID(), id)
	switch {
	case err != nil:
		return c, err
	case n == 0:
		return c, &fault.Conflict{Message: "Ce changement a déjà été vu. Relisez la liste."}
	case !c.MayGoBack():
		return c, &fault.Conflict{Message: "Il n’y a pas d’ancienne valeur" + french.Nbsp + ": corrigez dans « Identité »."}
	case c.Pupil != "":
		err = c.putPupilBack(ctx, tx, now, a)
	default:
		err = c.putHouseholdBack(ctx, tx, now, a)
	}
	if refused := (*fault.Invalid)(nil); errors.As(err, &refused) {
		err = &fault.Conflict{Message: "L’ancienne valeur ne se remet plus" + french.Nbsp + ": " + said(refused) + " Corrigez dans « Identité »."}
	}
	return c, err
}

func said(refused *fault.Invalid) string {
	if len(refused.Fields) > 0 {
		return refused.Fields[0].Message
	}
	return refused.Message
}

// stands refuses a change whose value is not the one that was read any more.
func (c Change) stands(now []fact) error {
	i := slices.IndexFunc(now, func(f fact) bool { return f.label == c.Field })
	switch {
	case i < 0:
		return &fault.Conflict{Message: "Ce renseignement n’existe plus (" + c.Field + ")" + french.Nbsp + ": corrigez dans « Identité »."}
	case now[i].value != c.After:
		return &fault.Conflict{Message: "La valeur a encore changé (" + c.Field + ")" + french.Nbsp + ": c’est maintenant «" + french.Nbsp + orNothing(now[i].value) + french.Nbsp + "». Relisez, puis corrigez dans « Identité »."}
	default:
		return nil
	}
}

const putBackReason = "ancienne valeur remise par le secrétariat"

func (c Change) putPupilBack(ctx context.Context, tx *db.Tx, now time.Time, a actor.Actor) error {
	before, _, err := PupilOf(ctx, tx, a, c.Pupil)
	if err != nil {
		return err
	}
	if err := c.stands(pupilFacts(before)); err != nil {
		return err
	}
	after, f := before, &form{}
	switch c.Field {
	case "nom":
		after.LastName = c.Before
	case "prénom":
		after.FirstName = c.Before
	case "date de naissance":
		after.BirthDate = f.birthDate(c.Before, now.In(clock.Paris).Format(time.DateOnly))
	}
	if err := f.Err(); err != nil {
		return err
	}
	if err := updatePupil(ctx, tx, after); err != nil {
		return err
	}
	return journalChange(ctx, tx, now, a, "pupil.changed", journal.Line{Household: c.Household, Pupil: c.Pupil, Reason: putBackReason}, pupilFacts(before), pupilFacts(after))
}

func (c Change) putHouseholdBack(ctx context.Context, tx *db.Tx, now time.Time, a actor.Actor) error {
	h, err := HouseholdByID(ctx, tx, a, c.Household)
	if err != nil {
		return err
	}
	w, err := wordsOf(ctx, tx)
	if err != nil {
		return err
	}
	if err := c.stands(w.facts(h)); err != nil {
		return err
	}
	_, err = saveIdentity(ctx, tx, now, a, c.onto(h, w), journal.Line{Household: c.Household, Reason: putBackReason})
	return err
}

// onto is the household's form with the former value in its place; what the
// school has given up since is refused with the form.
func (c Change) onto(h Household, w words) HouseholdForm {
	f := HouseholdForm{HouseholdID: h.ID, Version: h.Version, Address: h.Address, AddressExtra: h.AddressExtra, Postcode: h.Postcode, Town: h.Town,
		BillingMode: h.BillingMode, Means: h.Means}
	for _, g := range h.Guardians {
		typed := GuardianForm{ID: g.ID, Civility: g.Civility, LastName: g.LastName, FirstName: g.FirstName, Email: g.Email, Mobile: g.Mobile, Phone: g.Phone}
		if field, ofThisOne := strings.CutSuffix(c.Field, g.suffix()); ofThisOne {
			if place := typed.place(field); place != nil {
				*place = c.Before
			}
		}
		f.Guardians = append(f.Guardians, typed)
	}
	switch c.Field {
	case "adresse":
		f.Address = c.Before
	case "complément":
		f.AddressExtra = c.Before
	case "code postal":
		f.Postcode = c.Before
	case "commune":
		f.Town = c.Before
	case "facturation":
		f.BillingMode = w.modeNamed(c.Before)
	case "moyens de paiement":
		f.Means = w.meansNamed(c.Before)
	}
	return f
}

// place is where the field of that label is typed, nil when it is none of a responsible's.
func (g *GuardianForm) place(label string) *string {
	switch label {
	case "nom":
		return &g.LastName
	case "prénom":
		return &g.FirstName
	case "mobile":
		return &g.Mobile
	case "fixe":
		return &g.Phone
	case "e-mail":
		return &g.Email
	default:
		return nil
	}
}

// noMode is no billing mode of any school.
const noMode = -1

func (w words) modeNamed(name string) int64 {
	for _, m := range w.modes {
		if m.Name == name {
			return m.Code
		}
	}
	return noMode
}

// meansNamed reads back what meansOf wrote; a name that is none any more stays
// in the place of a code.
func (w words) meansNamed(names string) []string {
	codes := strings.Split(names, ", ")
	for i, name := range codes {
		for _, m := range w.means {
			if m.Name == name {
				codes[i] = m.Code
			}
		}
	}
	return codes
}
