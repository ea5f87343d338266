package enrolment

import (
	"context"
	"slices"

	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/people"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
)

// AddHome makes the pupil one of a second household too; its dossier, if any,
// stays that of the first. It answers as people.AddHome.
func (r *Registrar) AddHome(ctx context.Context, a actor.Actor, h people.Home) error {
	return r.submit(ctx, a, func(u *unit) error {
		return u.alter(nil, func(ctx context.Context, tx *db.Tx) error { return people.AddHome(ctx, tx, u.at, a, h) })
	})
}

// RemoveHome takes the pupil out of one of its households. What that household
// has only begun goes on at the other, without what it wrote; a dossier that it
// has sent keeps the pupil there: *fault.Invalid names it and says what to do.
// It answers as people.RemoveHome.
func (r *Registrar) RemoveHome(ctx context.Context, a actor.Actor, h people.Home) error {
	return r.submit(ctx, a, func(u *unit) error {
		if !a.IsOffice() {
			return fault.ErrForbidden
		}
		d, err := u.dossierOf(h.Pupil)
		if err != nil {
			return err
		}
		if d != nil && d.Household == h.Household && d.State.Sent() {
			return holdsTheDossier(*d)
		}
		if err := u.alter(nil, func(ctx context.Context, tx *db.Tx) error { return people.RemoveHome(ctx, tx, u.at, a, h) }); err != nil {
			return err
		}
		if d, err = u.dossierOf(h.Pupil); err != nil || d == nil || d.Household != h.Household {
			return err
		}
		if err := u.read(h.Pupil); err != nil {
			return err
		}
		left := slices.DeleteFunc(slices.Clone(u.homes[h.Pupil]), func(id string) bool { return id == h.Household })
		if len(left) > 0 {
			d.takeOver(left[0])
			u.changed(d)
			u.told(d, "dossier.taken_over", "", "dossier repris par l’autre foyer", "")
		}
		return nil
	})
}

// holdsTheDossier refuses to take the pupil out of the household that has sent
// its dossier, and answers for its papers.
func holdsTheDossier(d Dossier) error {
	return fault.Refuse("Ce foyer a envoyé le dossier " + d.Label() + " et répond de ses papiers" + french.Nbsp +
		": détachez plutôt l’autre foyer, ou faites d’abord renoncer au dossier.")
}
