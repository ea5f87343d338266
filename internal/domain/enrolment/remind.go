package enrolment

import (
	"context"
	"time"

	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/school"
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
			written, err := u.remind(dossiers, MayRemind)
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

// remindedAtOnce is how many dossiers one act of RemindBeforeClosing reads.
const remindedAtOnce = 200

// RemindBeforeClosing writes by itself, on each of the days that the school has
// set before the closing (School.ReminderDays), to the households whose dossiers
// lack a required paper: once a day set, in the hours that the school keeps, and
// not to who was reminded, or has sent its dossier, that very day. It returns how
// many are written to.
func (r *Registrar) RemindBeforeClosing(ctx context.Context) (int, error) {
	total, more := 0, true
	for more {
		n := 0
		err := r.submit(ctx, actor.System, func(u *unit) (err error) {
			n, more, err = u.remindDue()
			return err
		})
		if err != nil {
			return total, err
		}
		total += n
	}
	return total, nil
}

// remindDue reminds the next households of a day that is set, and tells whether
// there may be more.
func (u *unit) remindDue() (n int, more bool, err error) {
	if u.season.HasClosed(u.at) || u.season.BeforeOpening(u.at) || !u.school.RemindsOn(u.at, u.season.ClosesAt) || u.bySchool().After(u.at) {
		return 0, false, nil
	}
	began := school.DayBegins(u.at)
	due, err := u.load(`season_id = $1 and rank is null and sent_at < $2 and state = 'received' and (reminded_at is null or reminded_at < $2)
		order by sent_at, number limit $3`, u.season.ID, began, remindedAtOnce)
	if err != nil {
		return 0, false, err
	}
	of := map[string][]*Dossier{}
	for _, d := range due {
		of[d.Household] = append(of[d.Household], d)
	}
	for _, d := range due {
		dossiers := of[d.Household]
		delete(of, d.Household)
		written, err := u.remind(dossiers, func(last, _ time.Time) bool { return last.Before(began) })
		if err != nil {
			return n, false, err
		}
		if written {
			n++
		}
	}
	return n, n > 0 && len(due) == remindedAtOnce, nil
}

// remind writes what the dossiers of one household lack, unless one of them may
// not be reminded again yet.
func (u *unit) remind(dossiers []*Dossier, may func(last, now time.Time) bool) (bool, error) {
	var told Told
	var lacking []*Dossier
	for _, d := range dossiers {
		if !may(d.RemindedAt, u.at) {
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
