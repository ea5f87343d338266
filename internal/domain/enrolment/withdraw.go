package enrolment

import (
	"context"
	"fmt"
	"slices"

	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/people"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
)

// Withdraw gives up the whole dossier, or one request of it (R33c). After
// « inscrit » a family's is a wish that the office answers.
func (r *Registrar) Withdraw(ctx context.Context, a actor.Actor, pupil, request, reason string) error {
	return r.submit(ctx, a, func(u *unit) error {
		d, err := u.own(a, pupil)
		if err != nil {
			return err
		}
		if !d.State.Sent() {
			return &fault.Conflict{Message: "Ce dossier n’est pas envoyé" + french.Nbsp + ": il n’y a rien à quoi renoncer."}
		}
		if d.State == Enrolled && !a.IsOffice() {
			if d.WithdrawalAskedAt.IsZero() {
				d.WithdrawalAskedAt, d.Reason = u.at, reason
				u.changed(d)
				u.told(d, "dossier.withdrawal_asked", Enrolled.French(), "renoncement demandé", reason)
			}
			return nil
		}
		if request == "" {
			return u.withdrawAll(d, reason)
		}
		return u.withdrawOne(d, request, reason)
	})
}

func (u *unit) withdrawAll(d *Dossier, reason string) error {
	given, err := u.titles(d)
	if err != nil {
		return err
	}
	if err := u.unrank(d, Withdrawn, "dossier.withdrawn", reason); err != nil {
		return err
	}
	d.Reason, d.WithdrawalAskedAt = reason, zero
	return u.writeOf(d, MailWithdrawn, fmt.Sprintf("%s@%d", d.ID, u.at.UnixMicro()), Told{Whole: true, GivenUp: given})
}

func (u *unit) withdrawOne(d *Dossier, request, reason string) error {
	requests, err := u.requestsOf(d)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(requests, func(r *Request) bool { return r.ID == request })
	if i < 0 {
		return notFound("request", request)
	}
	if len(requests) == 1 {
		return u.withdrawAll(d, reason)
	}
	course, semester, err := u.courseOf(requests[i].Offering)
	if err != nil {
		return err
	}
	if err := u.giveBack(d, Returned, reason, requests[i]); err != nil {
		return err
	}
	d.Choice = slices.DeleteFunc(slices.Clone(d.Choice), func(w wish) bool { return w.Course == course.ID && w.Semester == semester })
	u.changed(d)
	return u.writeOf(d, MailWithdrawn, fmt.Sprintf("%s@%d", request, u.at.UnixMicro()), Told{GivenUp: []string{courseTitle(course, semester)}})
}

// AnswerWithdrawal accepts or refuses a family's wish to leave after « inscrit ».
func (r *Registrar) AnswerWithdrawal(ctx context.Context, a actor.Actor, dossier string, accept bool, reason string) error {
	return r.submit(ctx, a, func(u *unit) error {
		if !a.IsOffice() {
			return fault.ErrForbidden
		}
		d, err := u.dossier(dossier)
		if err != nil {
			return err
		}
		if d.WithdrawalAskedAt.IsZero() {
			return &fault.Conflict{Message: "Aucun renoncement n’est demandé pour ce dossier."}
		}
		if !accept && reason == "" {
			return needReason()
		}
		askedAt := d.WithdrawalAskedAt
		if accept {
			if err := u.unrank(d, Withdrawn, "dossier.withdrawn", reason); err != nil {
				return err
			}
		} else {
			u.told(d, "dossier.withdrawal_refused", "renoncement demandé", Enrolled.French(), reason)
		}
		d.WithdrawalAskedAt = zero
		u.changed(d)
		return u.writeOf(d, MailWithdrawalAns, fmt.Sprintf("%s@%d", d.ID, u.at.UnixMicro()), Told{Whole: true, Accepted: accept, Reason: reason, Until: askedAt})
	})
}

// NotReturning notes that the pupil does not re-register (R20b), with a reason
// if wanted. A ranked dossier is given up first.
func (r *Registrar) NotReturning(ctx context.Context, a actor.Actor, pupil, household, reason string) error {
	return r.submit(ctx, a, func(u *unit) error {
		if _, _, err := people.PupilOf(u.ctx, u.tx, a, pupil); err != nil {
			return err
		}
		if u.season.HasClosed(u.arrived) && !a.IsOffice() {
			return fault.Refuse("La campagne est close" + french.Nbsp + ": appelez le secrétariat au " + french.Phone(u.school.Phone) + ".")
		}
		d, err := u.ensure(pupil, household)
		if err != nil {
			return err
		}
		if d.State == NotReturning {
			return nil
		}
		if d.State.Ranked() {
			return &fault.Conflict{Message: "Ce dossier a déjà un rang" + french.Nbsp + ": pour ne pas réinscrire cet élève, renoncez d’abord au dossier."}
		}
		before := d.State
		d.State, d.Reason, d.Household = NotReturning, reason, household
		u.changed(d)
		u.told(d, "dossier.not_returning", before.French(), NotReturning.French(), reason)
		return nil
	})
}

// Returning undoes NotReturning until the closing, without any earlier rank.
func (r *Registrar) Returning(ctx context.Context, a actor.Actor, pupil string) error {
	return r.submit(ctx, a, func(u *unit) error {
		d, err := u.own(a, pupil)
		if err != nil {
			return err
		}
		if d.State != NotReturning {
			return nil
		}
		if u.season.HasClosed(u.arrived) && !a.IsOffice() {
			return fault.Refuse("La campagne est close" + french.Nbsp + ": appelez le secrétariat au " + french.Phone(u.school.Phone) + ".")
		}
		d.State, d.Reason = Draft, ""
		u.changed(d)
		u.told(d, "dossier.returning", NotReturning.French(), Draft.French(), "")
		return nil
	})
}
