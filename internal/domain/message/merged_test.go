package message_test

import (
	"strings"
	"testing"

	"pupitre/internal/domain/merge"
	"pupitre/internal/domain/people"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/db/dbtest"
)

// A family known twice is merged between the reading of whom a message goes to
// and its writing: it is written to once, about the pupils of both households.
func TestAFamilyMergedMeanwhileIsWrittenToOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		d := open(t, store)
		kept, lost := d.siblings.Household, d.salome.Household
		d.seen(kept, lost)
		m := d.plan(letter())
		d.Must(d.messages.Settle(d.Ctx, m, d.Season))
		d.Must(d.messages.WriteSome(d.Ctx, m, d.Season, d.school, func() { d.merge(kept, lost) }))
		if got := d.texts(mailsOf, m.ID); got != "" {
			t.Errorf("written to as they were read, before the merge: %s", got)
		}
		d.depart(m, 2)
		if got := strings.Fields(d.texts(mailsOf, m.ID)); len(got) != 1 {
			t.Errorf("the family has %d mails: %v", len(got), got)
		}
		if got := d.texts(`select household_id || ' ' || subject from message_recipient where message_id = $1`, m.ID); got != kept+" Il manque une pièce au dossier de Lucie, Malo et Salomé" &&
			got != kept+" Il manque une pièce au dossier de Salomé, Lucie et Malo" {
			t.Errorf("written: %q", got)
		}
	})
}

// seen has the office see what the families have changed.
func (d *desk) seen(households ...string) {
	for _, household := range households {
		d.Must(d.Store.Write(d.Ctx, func(tx *db.Tx) error {
			_, err := tx.Exec(d.Ctx, `update household_change set seen_at = $1 where household_id = $2`, d.Clock.Now(), household)
			return err
		}))
	}
}

func (d *desk) merge(kept, lost string) {
	d.T.Helper()
	c := merge.Choice{Kept: kept, Lost: lost, Said: map[string]string{}}
	v, err := merge.PreviewOf(d.Ctx, d.Store, secretary, c)
	d.Must(err)
	c.Seen = v.Seen
	_, err = merge.New(d.Store, d.Clock, d.Accounts, d.Registrar).Merge(d.Ctx, secretary, c)
	d.Must(err)
	if _, err := people.HouseholdByID(d.Ctx, d.Store, secretary, lost); err == nil {
		d.T.Fatal("the two are not one")
	}
}
