package enrolment

import (
	"context"
	"fmt"
	"slices"

	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/document"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
)

// Review is the office's decision of a deposit, at the version it read.
type Review struct {
	Deposit string
	Version int64
	Reason  string
}

// Validate says that the paper is right, be it one refused by mistake: then it
// counts again.
func (r *Registrar) Validate(ctx context.Context, a actor.Actor, in Review) error {
	return r.submit(ctx, a, func(u *unit) error {
		before, err := document.ByID(u.ctx, u.tx, a, in.Deposit)
		if err != nil {
			return err
		}
		dossiers, err := u.dossiersOf(before.Household)
		if err != nil {
			return err
		}
		lacked, err := u.lacked(dossiers)
		if err != nil {
			return err
		}
		d, err := u.decide(a, in, document.Validated)
		if err != nil {
			return err
		}
		if err := u.recheck(dossiers, lacked, ""); err != nil {
			return err
		}
		return u.endHolds(d)
	})
}

// endHolds forgets the delays of the dossiers whose required papers are all
// « Validé »: a paper refused later, of another time, has a delay of its own.
func (u *unit) endHolds(d document.Deposit) error {
	for dossier, err := range u.countsFor(d) {
		if err != nil {
			return err
		}
		if dossier.HoldTotalUntil.IsZero() || dossier.State == PaperRefused {
			continue
		}
		left, err := u.unvalidated(dossier)
		if err != nil {
			return err
		}
		if len(left) == 0 {
			dossier.HoldTotalUntil = zero
			u.changed(dossier)
		}
	}
	return nil
}

// Undo takes a validation back, as long as the dossier is not « inscrit », or a
// refusal, as long as its mail has not left and nothing has changed since.
func (r *Registrar) Undo(ctx context.Context, a actor.Actor, in Review) error {
	return r.submit(ctx, a, func(u *unit) error {
		if !a.IsOffice() {
			return fault.ErrForbidden
		}
		before, err := document.ByID(u.ctx, u.tx, a, in.Deposit)
		if err != nil {
			return err
		}
		if before.State == document.Refused {
			return u.undoRefusal(before, in)
		}
		for dossier, err := range u.countsFor(before) {
			if err != nil {
				return err
			}
			if dossier.State == Enrolled {
				return &fault.Conflict{Message: "Le dossier " + dossier.Label() + " est déjà « inscrit »" + french.Nbsp + ": sa pièce reste validée."}
			}
		}
		if before.State != document.Validated {
			return &fault.Conflict{Message: "Seuls une validation et un refus s’annulent. Relisez ce document avant de décider."}
		}
		_, err = u.decide(a, in, document.Provided)
		return err
	})
}

func (u *unit) undoRefusal(d document.Deposit, in Review) error {
	answer, found, err := u.answerOn(d.ID, in.Version)
	switch {
	case err != nil:
		return err
	case found:
		return u.takeBack(answer)
	case d.Version == in.Version:
		return tooLateForPaper(mailLeft)
	default:
		return &fault.Conflict{Message: "Ce document a changé depuis que vous l’avez ouvert. Relisez-le avant de décider."}
	}
}

// Refuse refuses a paper with a reason. A required one opens the delay of R32
// on every ranked dossier it counts for; the others cost what their paper says.
func (r *Registrar) Refuse(ctx context.Context, a actor.Actor, in Review) error {
	return r.submit(ctx, a, func(u *unit) error {
		if !a.IsOffice() {
			return fault.ErrForbidden
		}
		deposit, err := document.ByID(u.ctx, u.tx, a, in.Deposit)
		if err != nil {
			return err
		}
		d, err := u.decide(a, in, document.Refused)
		if err != nil {
			return err
		}
		before, mails := former{Deposit: &deposit}, len(u.mails)
		if before.Dossiers, err = u.refused(d); err != nil {
			return err
		}
		u.decided("", d.ID, d.Version, before, mails)
		return nil
	})
}

// refused holds the dossiers that lack the refused paper and tells the family;
// it returns how they stood before.
func (u *unit) refused(d document.Deposit) (held []formerDossier, err error) {
	paper, err := u.paper(d.Paper)
	if err != nil {
		return nil, err
	}
	told := Told{Paper: paper.Name, PaperCode: paper.Code, Reason: d.Reason, Required: paper.Required, Cost: paper.Consequence}
	for dossier, err := range u.countsFor(d) {
		if err != nil {
			return nil, err
		}
		lacks, err := u.lacks(dossier, paper)
		if err != nil {
			return nil, err
		}
		if lacks && (dossier.State == Complete || dossier.State == OnList || dossier.State == PaperRefused) {
			held = append(held, formerOf(dossier))
			if err := u.hold(dossier, MailPaperRefused, told, d.Reason); err != nil {
				return nil, err
			}
		}
	}
	if len(held) > 0 {
		return held, nil
	}
	return nil, u.write(d.Household, nil, MailPaperRefused, fmt.Sprintf("%s@%d", d.ID, d.Version), told, nil, u.answersAt())
}

// DeclareWorthless says that the deposit is plainly not the paper (« sans
// valeur », R32): the dossiers it completed never were complete; rank and
// places fall at once.
func (r *Registrar) DeclareWorthless(ctx context.Context, a actor.Actor, in Review) error {
	return r.submit(ctx, a, func(u *unit) error {
		d, err := u.decide(a, in, document.Worthless)
		if err != nil {
			return err
		}
		paper, err := u.paper(d.Paper)
		if err != nil {
			return err
		}
		told := Told{Paper: paper.Name, PaperCode: paper.Code, Reason: d.Reason, Required: paper.Required, Cost: paper.Consequence}
		fell := false
		for dossier, err := range u.countsFor(d) {
			if err != nil {
				return err
			}
			lacks, err := u.lacks(dossier, paper)
			if err != nil {
				return err
			}
			if !lacks || !dossier.State.Ranked() || dossier.State == Enrolled {
				continue
			}
			fell = true
			if told.GivenUp, err = u.titles(dossier); err != nil {
				return err
			}
			if err := u.unrank(dossier, Received, "dossier.worthless", d.Reason); err != nil {
				return err
			}
			if err := u.writeOf(dossier, MailPaperWorthless, fmt.Sprintf("%s@%d", d.ID, dossier.Number), told); err != nil {
				return err
			}
		}
		if fell {
			return nil
		}
		return u.write(d.Household, nil, MailPaperWorthless, d.ID, told, nil, zero)
	})
}

// lacks tells whether the paper is required of the dossier, and missing.
func (u *unit) lacks(d *Dossier, paper document.Paper) (bool, error) {
	missing, err := u.missing(d)
	return slices.ContainsFunc(missing, func(p document.Paper) bool { return p.Code == paper.Code }), err
}

func (u *unit) decide(a actor.Actor, in Review, to document.State) (document.Deposit, error) {
	d, err := document.Decide(u.ctx, u.tx, u.at, a, in.Deposit, in.Version, to, in.Reason)
	if err != nil {
		return d, err
	}
	u.written++
	delete(u.held, d.Household)
	dossiers, err := u.dossiersOf(d.Household)
	u.touch(dossiers...)
	return d, err
}

// countsFor yields the dossiers that a deposit counts for: all of the
// household's for its own paper, the pupil's for a pupil's.
func (u *unit) countsFor(d document.Deposit) func(yield func(*Dossier, error) bool) {
	return func(yield func(*Dossier, error) bool) {
		dossiers, err := u.dossiersOf(d.Household)
		if err != nil {
			yield(nil, err)
			return
		}
		for _, dossier := range dossiers {
			if d.Pupil != "" && dossier.Pupil != d.Pupil {
				continue
			}
			if !yield(dossier, nil) {
				return
			}
		}
	}
}
