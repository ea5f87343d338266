package enrolment

import (
	"context"

	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/document"
	"pupitre/internal/domain/people"
	"pupitre/internal/domain/school"
	"pupitre/internal/platform/db"
)

// PaperStatus is one paper asked of a household or pupil, and what it holds.
type PaperStatus struct {
	Paper   document.Paper
	Deposit document.Deposit // its State is Absent when there is none
}

// papersAsked is what the current season asks, and what of the households was
// read to tell how they stand, each once.
type papersAsked struct {
	season     school.Season
	papers     []document.Paper
	debits     map[string]bool // payment means that are debits
	households map[string]people.Household
	held       map[string]document.Held
}

func readPapersAsked(ctx context.Context, r db.Reader) (*papersAsked, error) {
	p := &papersAsked{debits: map[string]bool{}, households: map[string]people.Household{}, held: map[string]document.Held{}}
	var err error
	if p.season, err = school.CurrentSeason(ctx, r); err != nil {
		return nil, err
	}
	if p.papers, err = document.InForce(ctx, r, p.season); err != nil {
		return nil, err
	}
	settings, err := school.SettingsOf(ctx, r, p.season)
	for _, m := range settings.Means {
		p.debits[m.Code] = m.IsDebit
	}
	return p, err
}

// household returns one that the actor sees.
func (p *papersAsked) household(ctx context.Context, r db.Reader, a actor.Actor, id string) (people.Household, error) {
	h, read := p.households[id]
	if read {
		return h, nil
	}
	h, err := people.HouseholdByID(ctx, r, a, id)
	if err == nil {
		p.households[id] = h
	}
	return h, err
}

// of returns the papers asked of the household, and of the pupil unless it is
// "", and those that are missing.
func (p *papersAsked) of(ctx context.Context, r db.Reader, h people.Household, pupil string, onPaper bool) ([]PaperStatus, []document.Paper, error) {
	held, read := p.held[h.ID]
	if !read {
		var err error
		if held, err = document.HeldBy(ctx, r, p.season.ID, h.ID); err != nil {
			return nil, nil, err
		}
		p.held[h.ID] = held
	}
	asked := askedOf(p.papers, h, p.debits, onPaper)
	var all []PaperStatus
	for _, paper := range asked {
		if paper.Audience == document.OfPupil && pupil == "" {
			continue
		}
		all = append(all, PaperStatus{paper, held.Of(paper, h.ID, pupil)})
	}
	return all, held.Missing(asked, h.ID, pupil), nil
}

// HouseholdPapers returns the household's own papers and what each holds.
func HouseholdPapers(ctx context.Context, r db.Reader, a actor.Actor, household string) ([]PaperStatus, error) {
	p, err := readPapersAsked(ctx, r)
	if err != nil {
		return nil, err
	}
	h, err := p.household(ctx, r, a, household)
	if err != nil {
		return nil, err
	}
	papers, _, err := p.of(ctx, r, h, "", false)
	return papers, err
}

// PaperAsked is a paper asked of a household, or of one of its pupils.
type PaperAsked struct {
	PaperStatus
	Pupil people.Pupil // its ID is "" for the household's own paper
}

// PapersAsked returns every paper asked of the household, then of each of its
// pupils, but for those whose dossier another household has sent: that one
// answers for their papers.
func PapersAsked(ctx context.Context, r db.Reader, a actor.Actor, household string) ([]PaperAsked, error) {
	asked, err := readPapersAsked(ctx, r)
	if err != nil {
		return nil, err
	}
	h, err := asked.household(ctx, r, a, household)
	if err != nil {
		return nil, err
	}
	own, _, err := asked.of(ctx, r, h, "", false)
	if err != nil {
		return nil, err
	}
	var all []PaperAsked
	for _, s := range own {
		all = append(all, PaperAsked{PaperStatus: s})
	}
	pupils, err := people.PupilsOf(ctx, r, household)
	if err != nil {
		return nil, err
	}
	dossiers, err := DossiersOf(ctx, r, a, household)
	if err != nil {
		return nil, err
	}
	for _, p := range pupils {
		d := dossiers[p.ID]
		if d.State.Sent() && d.Household != household {
			continue
		}
		papers, _, err := asked.of(ctx, r, h, p.ID, d.OnPaperForm)
		if err != nil {
			return nil, err
		}
		for _, s := range papers {
			if s.Paper.Audience == document.OfPupil {
				all = append(all, PaperAsked{PaperStatus: s, Pupil: p})
			}
		}
	}
	return all, nil
}
