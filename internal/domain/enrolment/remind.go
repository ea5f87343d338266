package enrolment

import (
	"context"
	"time"

	"pupitre/internal/domain/actor"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
)

// RemindEvery is how long a family that was reminded is left alone.
const RemindEvery = 3 * 24 * time.Hour

// MayRemind tells whether a dossier last reminded at that instant may be
// reminded again.
func MayRemind(last, now time.Time) bool { return last.IsZero() || !now.Before(last.Add(RemindEvery)) }

// RemindIncomplete writes once to each of these households whose dossiers are
// « reçu, incomplet » what they still lack, in the hours that the school keeps;
// a household reminded within RemindEvery is left alone. It returns how many
// are written to.
func (r *Registrar) RemindIncomplete(ctx context.Context, a actor.Actor, households ...string) (int, error) {
	n := 0
	err := r.submit(ctx, a, func(u *unit) error {
		n = 0
		if !a.IsOffice() {
			return fault.ErrForbidden
		}
		received, err := u.load(`season_id = $1 and state = 'received' and household_id in (select value from json_each(cast($2 as text)))
			order by sent_at, number`, u.season.ID, db.IDs(households))
		if err != nil {
			return err
		}
		of := map[string][]*Dossier{}
		for _, d := range received {
			if d.State == Received && u.campaign(d) == nil {
				of[d.Household] = append(of[d.Household], d)
			}
		}
		for _, d := range received {
			dossiers := of[d.Household]
			delete(of, d.Household)
			written, err := u.remind(dossiers)
			if err != nil {
				return err
			}
			if written {
				n++
			}
		}
		return nil
	})
	return n, err
}

// remind writes what the dossiers of one household lack, unless it was done a
// short time ago.
func (u *unit) remind(dossiers []*Dossier) (bool, error) {
	var told Told
	var lacking []*Dossier
	for _, d := range dossiers {
		if !MayRemind(d.RemindedAt, u.at) {
			return false, nil
		}
		t, err := u.toldDossier(d)
		if err != nil {
			return false, err
		}
		if len(t.Missing) > 0 {
			told.Dossiers, lacking = append(told.Dossiers, t), append(lacking, d)
		}
	}
	if len(lacking) == 0 {
		return false, nil
	}
	leaves := u.bySchool()
	for i, d := range lacking {
		d.RemindedAt = leaves
		u.changed(d)
		u.told(d, "dossier.reminded", d.State.French(), "relance le "+french.Moment(leaves), "il manque"+french.Nbsp+": "+french.List(told.Dossiers[i].Missing))
	}
	return true, u.write(lacking[0].Household, nil, MailMissingPapers, lacking[0].event(), told, nil, leaves)
}
