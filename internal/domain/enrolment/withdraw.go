package enrolment

import (
	"context"
	"slices"
	"strings"

	"pupitre/internal/domain/actor"
	"pupitre/internal/platform/db"
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
				return u.askToWithdraw(d, request, reason)
			}
			return nil
		}
		if request == "" {
			return u.withdrawAll(d, reason)
		}
		return u.withdrawOne(d, request, reason)
	})
}

// askToWithdraw notes the wish to leave of a family « inscrit »; the journal
// keeps which course it is about, none for the whole dossier.
func (u *unit) askToWithdraw(d *Dossier, request, reason string) error {
	course, what := "", "renoncement demandé"
	if request != "" {
		r, err := u.ownRequest(d, request)
		if err != nil {
			return err
		}
		asked, semester, err := u.courseOf(r.Offering)
		if err != nil {
			return err
		}
		course, what = asked.ID, what+french.Nbsp+": "+courseTitle(asked, semester)
	}
	d.WithdrawalAskedAt, d.Reason = u.stamp(), reason
	u.changed(d)
	u.told(d, withdrawalAsked, Enrolled.French(), what, reason)
	u.lines[len(u.lines)-1].Course = course
	return nil
}

const withdrawalAsked = "dossier.withdrawal_asked"

func (u *unit) ownRequest(d *Dossier, request string) (*Request, error) {
	requests, err := u.requestsOf(d)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(requests, func(r *Request) bool { return r.ID == request })
	if i < 0 {
		return nil, notFound("request", request)
	}
	return requests[i], nil
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
	return u.writeOf(d, MailWithdrawn, d.event(), Told{Whole: true, GivenUp: given})
}

func (u *unit) withdrawOne(d *Dossier, request, reason string) error {
	given, err := u.ownRequest(d, request)
	if err != nil {
		return err
	}
	requests, err := u.requestsOf(d)
	if err != nil {
		return err
	}
	if len(requests) == 1 {
		return u.withdrawAll(d, reason)
	}
	course, semester, err := u.courseOf(given.Offering)
	if err != nil {
		return err
	}
	if err := u.giveBack(d, Returned, reason, given); err != nil {
		return err
	}
	u.forget(d, given)
	return u.writeOf(d, MailWithdrawn, request, Told{GivenUp: []string{courseTitle(course, semester)}})
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
		if !accept && strings.TrimSpace(reason) == "" {
			return needReason()
		}
		askedAt := d.WithdrawalAskedAt
		which, whole, err := u.wishedAway(d)
		if err != nil {
			return err
		}
		told := Told{Whole: whole, Accepted: accept, Reason: reason, Until: askedAt}
		if told.GivenUp, err = u.titlesOf(which); err != nil {
			return err
		}
		switch {
		case !accept:
			u.told(d, "dossier.withdrawal_refused", "renoncement demandé", Enrolled.French(), reason)
		case whole:
			if told.GivenUp, err = u.titles(d); err != nil {
				return err
			}
			if err := u.unrank(d, Withdrawn, "dossier.withdrawn", reason); err != nil {
				return err
			}
		default:
			for _, r := range which {
				if err := u.giveBack(d, Returned, reason, r); err != nil {
					return err
				}
				u.forget(d, r)
			}
		}
		d.WithdrawalAskedAt = zero
		u.changed(d)
		return u.writeOf(d, MailWithdrawalAns, d.event(), told)
	})
}

// wishedAway returns the requests that the family asked to give up, and
// whether they are the whole dossier.
func (u *unit) wishedAway(d *Dossier) (which []*Request, whole bool, err error) {
	course, found, err := db.Maybe[string](u.ctx, u.tx, `select course_id from journal where dossier_id = $1 and event = $2
		order by at desc, id desc limit 1`, d.ID, withdrawalAsked)
	if err != nil {
		return nil, false, err
	}
	requests, err := u.requestsOf(d)
	if err != nil || !found || course == "" {
		return requests, true, err
	}
	for _, r := range requests {
		if id, _ := splitOffering(r.Offering); id == course {
			which = append(which, r)
		}
	}
	return which, len(which) == len(requests), nil
}

// NotReturning notes that the pupil does not re-register (R20b), with a reason
// if wanted. A ranked dossier is given up first.
func (r *Registrar) NotReturning(ctx context.Context, a actor.Actor, pupil, household, reason string) error {
	return r.submit(ctx, a, func(u *unit) error {
		if err := u.seen(a, pupil); err != nil {
			return err
		}
		if u.season.HasClosed(u.arrived) && !a.IsOffice() {
			return fault.Refuse("La campagne est close" + french.Nbsp + ": appelez le secrétariat au " + french.Phone(u.school.Phone) + ".")
		}
		if !a.Sees(household) {
			return notFound("household", household)
		}
		d, err := u.ensure(pupil, household)
		if err != nil {
			return err
		}
		if !a.Sees(d.Household) && d.State.Sent() {
			return sentByTheOther(*d, u.isNew(pupil))
		}
		if d.State == NotReturning {
			return nil
		}
		if d.State.Ranked() {
			return &fault.Conflict{Message: "Ce dossier a déjà un rang" + french.Nbsp + ": pour ne pas " + oneOf(u.isNew(pupil), "inscrire", "réinscrire") + " cet élève, renoncez d’abord au dossier."}
		}
		before := d.State
		d.anew()
		d.takeOver(household)
		d.State, d.Reason = NotReturning, reason
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
