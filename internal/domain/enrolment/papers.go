package enrolment

import (
	"context"
	"errors"
	"slices"
	"time"

	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/correspondence"
	"pupitre/internal/domain/document"
	"pupitre/internal/domain/school"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
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

// titles names the courses that the dossier asks for.
func (u *unit) titles(d *Dossier) ([]string, error) {
	requests, err := u.requestsOf(d)
	if err != nil {
		return nil, err
	}
	return u.titlesOf(requests)
}

// titlesOf names the requests as a mail names what is given up: a place by its
// course, a line of a waiting list as such.
func (u *unit) titlesOf(requests []*Request) ([]string, error) {
	var titles []string
	for _, r := range requests {
		course, semester, err := u.courseOf(r.Offering)
		if err != nil {
			return nil, err
		}
		title := courseTitle(course, semester)
		if r.State == Waiting {
			title += " (liste d’attente)"
		}
		titles = append(titles, title)
	}
	return titles, nil
}
