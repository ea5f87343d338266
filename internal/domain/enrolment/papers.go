package enrolment

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/correspondence"
	"pupitre/internal/domain/document"
	"pupitre/internal/domain/school"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
)

type mailKind = correspondence.Kind

func asInvalid(err error, target **fault.Invalid) bool { return errors.As(err, target) }

func currentText(ctx context.Context, r db.Reader) (school.Text, error) {
	return school.LatestText(ctx, r, school.TextRules)
}

// Deposit is one paper handed in; the file is checked and stored already.
type Deposit struct {
	Household string
	Pupil     string // "" for the household's paper
	Paper     string // code
	File      document.File
	Checked   bool // the office has looked at it at the counter: « Validé » in the same act
}

// Deposit writes the deposit and, in the same transaction, ranks the dossiers
// that it completes, in the order of their « Valider » (R29, R30). The office
// hands in for a family, and may validate at once what it has in hand.
func (r *Registrar) Deposit(ctx context.Context, a actor.Actor, in Deposit) (id string, err error) {
	err = r.submit(ctx, a, func(u *unit) error {
		if !a.Sees(in.Household) {
			return notFound("household", in.Household)
		}
		if in.Checked && !a.IsOffice() {
			return fault.ErrForbidden
		}
		paper, err := u.paper(in.Paper)
		if err != nil {
			return err
		}
		if err := u.mayDeposit(paper, in); err != nil {
			return err
		}
		dossiers, err := u.dossiersOf(in.Household)
		if err != nil {
			return err
		}
		lacked, err := u.lacked(dossiers)
		if err != nil {
			return err
		}
		slot := document.Slot{Household: in.Household, Pupil: in.Pupil, Paper: in.Paper}
		if id, err = document.Put(u.ctx, u.tx, u.at, a, u.season.ID, paper, slot, in.File); err != nil {
			return err
		}
		u.written++
		delete(u.held, in.Household)
		if !in.Checked {
			return u.recheck(dossiers, lacked, paper.Name)
		}
		d, err := u.decide(a, Review{Deposit: id, Version: 1}, document.Validated)
		if err != nil {
			return err
		}
		if err := u.recheck(dossiers, lacked, paper.Name); err != nil {
			return err
		}
		return u.endHolds(d)
	})
	return id, err
}

// mayDeposit checks that the pupil is of the household and that the paper is asked of it.
func (u *unit) mayDeposit(paper document.Paper, in Deposit) error {
	h, err := u.household(in.Household)
	if err != nil {
		return err
	}
	onPaper := false
	if paper.Audience == document.OfPupil {
		if err := u.isOf(in.Pupil, in.Household); err != nil {
			return err
		}
		d, err := u.dossierOf(in.Pupil)
		if err != nil {
			return err
		}
		onPaper = d != nil && d.OnPaperForm
	}
	for _, p := range askedOf(u.papers, h, u.means, onPaper) {
		if p.Code == paper.Code {
			return nil
		}
	}
	return &fault.Invalid{Message: "Ce document ne vous est pas demandé.", Fields: []fault.Field{{Name: "document", Message: "Choisissez le document dans la liste."}}}
}

func (u *unit) paper(code string) (document.Paper, error) {
	if err := u.readPapers(); err != nil {
		return document.Paper{}, err
	}
	for _, p := range u.papers {
		if p.Code == code {
			return p, nil
		}
	}
	return document.Paper{}, &fault.Invalid{Message: "Choisissez le document.", Fields: []fault.Field{{Name: "document", Message: "Choisissez le document dans la liste."}}}
}

// Alter runs a write of another room that may change which papers the
// household must hand in (its means of payment, a corrected pupil), then ranks
// or holds its dossiers accordingly, in one transaction.
func (r *Registrar) Alter(ctx context.Context, a actor.Actor, household string, write func(ctx context.Context, tx *db.Tx) error) error {
	return r.submit(ctx, a, func(u *unit) error {
		if !a.Sees(household) {
			return notFound("household", household)
		}
		dossiers, err := u.dossiersOf(household)
		if err != nil {
			return err
		}
		return u.alter(dossiers, write)
	})
}

// Followed counts what a change of the papers asked did to the season's dossiers.
type Followed struct {
	Ranked int // became complete: what they lacked is no longer asked
	Held   int // must hand in what became required, with the delay of R32
}

// Following runs a write, within its transaction, that may change what is asked
// of every household, and follows it: what becomes required is asked for by
// mail with the delay of R32, and the dossiers that become complete are ranked
// in the order of their « Valider » (R29). A school without a season has none.
func Following(ctx context.Context, tx *db.Tx, a actor.Actor, at time.Time, write func() error) (Followed, error) {
	var f Followed
	before, err := open(ctx, tx, memory{})
	if errors.Is(err, fault.ErrNotFound) {
		return f, write()
	}
	if err != nil {
		return f, err
	}
	dossiers, err := before.load(`season_id = $1`, before.season.ID)
	if err != nil {
		return f, err
	}
	lacked, err := before.lacked(dossiers)
	if err != nil {
		return f, err
	}
	if err := write(); err != nil {
		return f, err
	}
	u, err := open(ctx, tx, memory{})
	if err != nil {
		return f, err
	}
	u.take(a, at)
	if err := u.endDueLists(); err != nil {
		return f, err
	}
	if dossiers, err = u.load(`season_id = $1`, u.season.ID); err != nil {
		return f, err
	}
	slices.SortFunc(dossiers, bySending)
	was := map[string]Dossier{}
	for _, d := range dossiers {
		was[d.ID] = *d
	}
	if err := u.recheck(dossiers, lacked, ""); err != nil {
		return f, err
	}
	for _, d := range dossiers {
		switch {
		case d.Rank > 0 && was[d.ID].Rank == 0:
			f.Ranked++
		case d.State == PaperRefused && d.Version != was[d.ID].Version:
			f.Held++
		}
	}
	return f, u.save()
}

func (u *unit) alter(dossiers []*Dossier, write func(ctx context.Context, tx *db.Tx) error) error {
	lacked, err := u.lacked(dossiers)
	if err != nil {
		return err
	}
	if err := u.apart(write); err != nil {
		return err
	}
	u.written++
	u.papers, u.catalogue, u.facts = nil, nil, noFacts()
	return u.recheck(dossiers, lacked, "")
}

// apart runs another room's write so that, refused, it leaves nothing behind
// and the acts of the same batch stand.
func (u *unit) apart(write func(ctx context.Context, tx *db.Tx) error) error {
	if _, err := u.tx.Exec(u.ctx, `savepoint apart`); err != nil {
		return err
	}
	refused := write(u.ctx, u.tx)
	if refused != nil {
		if _, err := u.tx.Exec(u.ctx, `rollback to savepoint apart`); err != nil {
			return err
		}
	}
	if _, err := u.tx.Exec(u.ctx, `release savepoint apart`); err != nil {
		return err
	}
	return refused
}

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

// titles names the courses that the dossier asks for.
func (u *unit) titles(d *Dossier) ([]string, error) {
	requests, err := u.requestsOf(d)
	if err != nil {
		return nil, err
	}
	return u.titlesOf(requests)
}

func (u *unit) titlesOf(requests []*Request) ([]string, error) {
	var titles []string
	for _, r := range requests {
		course, semester, err := u.courseOf(r.Offering)
		if err != nil {
			return nil, err
		}
		titles = append(titles, courseTitle(course, semester))
	}
	return titles, nil
}
