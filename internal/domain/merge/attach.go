package merge

import (
	"context"

	"pupitre/internal/domain/account"
	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/application"
	"pupitre/internal/domain/journal"
	"pupitre/internal/domain/people"
	"pupitre/internal/domain/transfer"
	"pupitre/internal/platform/clock"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
)

// Attach attaches a pré-inscription to a known household (application.Attach),
// and keeps what it moved: it is undone as a merge is. It returns its id as a
// merge, and what application.Attach returns. Office only.
func (m *Merges) Attach(ctx context.Context, by actor.Actor, in *application.Applications, id, household, pupil string) (string, error) {
	k := &keeper{by: by, clock: m.clock}
	err := in.Attach(ctx, by, id, household, pupil, k)
	return k.merged.ID, err
}

// Attached returns the attachment of the pré-inscription that stands. Office only.
func Attached(ctx context.Context, r db.Reader, by actor.Actor, id string) (Merged, bool, error) {
	if !by.May(actor.Sees, actor.Applications) {
		return Merged{}, false, fault.ErrForbidden
	}
	return db.Maybe[Merged](ctx, r, merges+`where application_id = $1 and application_id <> '' and undone_at is null order by merged_at desc limit 1`, id)
}

// keeper keeps an attachment as a merge of the candidate household and the known one.
type keeper struct {
	by     actor.Actor
	clock  clock.Clock
	merged Merged
	scope  []transfer.Pick
	before transfer.Part
}

// Before reads all that the attachment may touch.
func (k *keeper) Before(ctx context.Context, tx *db.Tx, a application.Attaching) error {
	lost := a.Application.Household
	accounts, err := account.OfHouseholds(ctx, tx, lost)
	if err != nil {
		return err
	}
	homes, err := people.HouseholdsByID(ctx, tx, k.by, []string{lost, a.Household})
	if err != nil {
		return err
	}
	k.merged = Merged{Kept: a.Household, Lost: lost, KeptName: homes[a.Household].Name(), LostName: a.Application.Form.PupilName(), Application: a.Application.ID}
	k.scope = scope([]string{lost, a.Household}, []string{a.Application.Pupil, a.Pupil}, []string{accounts[lost].ID})
	k.before, err = transfer.PartOf(ctx, tx, k.scope)
	return err
}

// After reads what became of it, and keeps both.
func (k *keeper) After(ctx context.Context, tx *db.Tx, a application.Attaching) error {
	after, err := transfer.PartOf(ctx, tx, k.scope)
	if err != nil {
		return err
	}
	was, err := k.before.Text()
	if err != nil {
		return err
	}
	is, err := after.Text()
	if err != nil {
		return err
	}
	at, of := k.clock.Now(), &k.merged
	of.ID, of.Said = db.NewID(), a.Application.Form.PupilName()+", son dossier et ses pièces"
	if _, err := tx.Exec(ctx, `insert into household_merge (id, kept_id, lost_id, kept_name, lost_name, login, lost_login, merged_at, merged_by,
			said, before, after, lines, mails, undone_by, application_id) values ($1, $2, $3, $4, $5, '', '', $6, $7, $8, $9, $10, '[]', '[]', '', $11)`,
		of.ID, of.Kept, of.Lost, of.KeptName, of.LostName, at, k.by.Name, of.Said, was, is, of.Application); err != nil {
		return err
	}
	return journal.Append(ctx, tx, journal.By(k.by, at, journal.Line{
		Event: EventAttached, Household: of.Kept, Pupil: a.Pupil, Subject: SubjectOf(of.ID),
		Before: "pré-inscription de " + of.LostName, After: "Rattachée à ce foyer" + french.Nbsp + ": " + of.Said,
	}))
}
