package enrolment

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"pupitre/internal/domain/document"
	"pupitre/internal/domain/school"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
)

// recheck is what follows from any act that may make dossiers of a household
// complete, or incomplete (R29): a deposit, a change of means of payment, a
// paper no longer asked. lacked is what each lacked before the act, lastPaper
// names what was deposited, "" for none.
func (u *unit) recheck(dossiers []*Dossier, lacked map[string][]document.Paper, lastPaper string) error {
	if err := u.readHouseholds(householdsOf(dossiers)...); err != nil {
		return err
	}
	u.touch(dossiers...)
	for _, d := range dossiers {
		missing, err := u.missing(d)
		if err != nil {
			return err
		}
		if len(missing) == 0 && (d.State == Received || d.State == Lapsed && !d.SentAt.IsZero()) {
			err = u.complete(d, len(lacked[d.ID]) > 0, lastPaper)
		} else {
			err = u.follow(d, missing, fresh(missing, lacked, d))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// lacked returns what each dossier that was sent lacks now, to be compared
// after an act.
func (u *unit) lacked(dossiers []*Dossier) (map[string][]document.Paper, error) {
	all := map[string][]document.Paper{}
	if err := u.readHouseholds(householdsOf(dossiers)...); err != nil {
		return nil, err
	}
	for _, d := range dossiers {
		if !d.State.Sent() && d.State != Lapsed {
			continue
		}
		missing, err := u.missing(d)
		if err != nil {
			return nil, err
		}
		all[d.ID] = missing
	}
	return all, nil
}

func householdsOf(dossiers []*Dossier) []string {
	ids := make([]string, len(dossiers))
	for i, d := range dossiers {
		ids[i] = d.Household
	}
	return ids
}

// fresh lists what the dossier lacks and did not lack before; none when it was not asked.
func fresh(missing []document.Paper, lacked map[string][]document.Paper, d *Dossier) []document.Paper {
	before, known := lacked[d.ID]
	if !known {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(missing), func(p document.Paper) bool {
		return slices.ContainsFunc(before, func(q document.Paper) bool { return q.Code == p.Code })
	})
}

// follow keeps a ranked dossier in step with the papers it lacks.
func (u *unit) follow(d *Dossier, missing, fresh []document.Paper) error {
	switch {
	case len(missing) == 0 && d.State == PaperRefused:
		d.State, d.HoldUntil = Complete, zero
		u.changed(d)
		u.told(d, "dossier.mended", PaperRefused.French(), Complete.French(), "")
		return nil
	case len(fresh) > 0 && (d.State == Complete || d.State == OnList || d.State == PaperRefused):
		return u.hold(d, MailNewlyRequired, Told{Paper: french.List(paperNames(fresh)), PaperCode: fresh[0].Code, Required: true}, "pièce devenue obligatoire")
	default:
		return nil
	}
}

// complete ranks a dossier at the instant its last required paper arrived, if
// the campaign still takes it and its choice still stands. When it does not
// stand, the family is told what to do as the last paper comes.
func (u *unit) complete(d *Dossier, lackedOne bool, lastPaper string) error {
	if u.campaign(d) != nil {
		return nil
	}
	left, err := u.left(d)
	if err != nil {
		return err
	}
	if len(left) > 0 {
		if !lackedOne {
			return nil
		}
		return u.tellNotRanked(d, left, lastPaper)
	}
	d.anew()
	if err := u.place(d, u.stamp()); err != nil {
		return err
	}
	return u.writeOf(d, MailBecameComplete, fmt.Sprintf("%s@%d", d.ID, d.Rank), Told{Paper: lastPaper})
}

// tellNotRanked says what keeps a dossier whose papers are all there from its
// rank: a course cancelled, an age corrected since « Valider ».
func (u *unit) tellNotRanked(d *Dossier, left []fault.Field, lastPaper string) error {
	told := Told{Paper: lastPaper}
	for _, f := range left {
		told.Left = append(told.Left, f.Message)
	}
	u.told(d, "dossier.not_ranked", d.State.French(), d.State.French(), strings.Join(told.Left, " "))
	return u.writeOf(d, MailNotRanked, fmt.Sprintf("%s#%d", d.ID, u.nextSeq()), told)
}

// hold opens the delay of R32, or gives what is left of it, 48 hours at least,
// both from the instant at which the mail leaves.
// What becomes required has a delay of its own.
func (u *unit) hold(d *Dossier, kind mailKind, told Told, reason string) error {
	leaves := u.answersAt()
	if kind == MailNewlyRequired {
		leaves = u.bySchool()
	}
	if d.HoldTotalUntil.IsZero() || kind == MailNewlyRequired {
		d.HoldTotalUntil = later(d.HoldTotalUntil, school.EndOfDay(leaves, u.school.PaperDays))
		d.HoldUntil = d.HoldTotalUntil
	} else {
		d.HoldUntil = later(d.HoldTotalUntil, leaves.Add(48*time.Hour))
	}
	before := d.State
	d.State = PaperRefused
	u.changed(d)
	u.told(d, "dossier.held", before.French(), PaperRefused.French()+", jusqu’au "+french.Moment(d.HoldUntil), reason)
	told.Until = d.HoldUntil
	return u.writeAt(d, kind, d.event(), told, leaves)
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
