package enrolment

import (
	"context"
	"slices"

	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/catalogue"
	"pupitre/internal/domain/document"
	"pupitre/internal/domain/people"
	"pupitre/internal/domain/school"
	"pupitre/internal/platform/db"
)

// Registration is everything the re-registration of one pupil shows.
type Registration struct {
	Season    school.Season
	Household people.Household
	Pupil     people.Pupil
	InSeason  people.PupilSeason
	Facts     catalogue.Pupil
	Now       []string // codes of this year's courses
	Dossier   Dossier  // its ID is "" before the first step
	Elsewhere bool     // the other household has sent it: only rank, choices and state are shown
	Catalogue catalogue.Catalogue
	Programme catalogue.Programme // its ID is "" before the choice
	Requests  []RequestView
	Papers    []PaperStatus // the household's, then the pupil's
	Missing   []document.Paper
	Breaches  []catalogue.Breach
}

// Replaces tells whether a missing paper was deposited and does not count, and
// not only newly asked for (R32).
func (v Registration) Replaces() bool {
	for _, s := range v.Papers {
		missing := slices.ContainsFunc(v.Missing, func(m document.Paper) bool { return m.Code == s.Paper.Code })
		if missing && s.Deposit.State != document.Absent {
			return true
		}
	}
	return false
}

// Due is what the family has to do with the paper that holds its dossier up.
func (v Registration) Due() string {
	if v.Replaces() {
		return "à remplacer"
	}
	return "à fournir"
}

// RegistrationOf reads the re-registration of a pupil for the household of the
// actor (or the one that sent it, for the office); fault.ErrNotFound when the
// pupil is not the actor's.
func RegistrationOf(ctx context.Context, r db.Reader, a actor.Actor, pupil string) (Registration, error) {
	p, household, err := people.PupilOf(ctx, r, a, pupil)
	if err != nil {
		return Registration{}, err
	}
	all, err := registrationsOf(ctx, r, a, household, []people.Pupil{p})
	if err != nil {
		return Registration{}, err
	}
	return all[0], nil
}

// RegistrationsOf reads those of all the household's pupils, in their order;
// fault.ErrNotFound unless the actor sees the household.
func RegistrationsOf(ctx context.Context, r db.Reader, a actor.Actor, household string) ([]Registration, error) {
	if !a.Sees(household) {
		return nil, notFound("household", household)
	}
	pupils, err := people.PupilsOf(ctx, r, household)
	if err != nil {
		return nil, err
	}
	return registrationsOf(ctx, r, a, household, pupils)
}

func registrationsOf(ctx context.Context, r db.Reader, a actor.Actor, household string, pupils []people.Pupil) ([]Registration, error) {
	papers, err := readPapersAsked(ctx, r)
	if err != nil {
		return nil, err
	}
	offer, err := catalogue.Of(ctx, r, papers.season.ID)
	if err != nil {
		return nil, err
	}
	all := make([]Registration, len(pupils))
	for i, p := range pupils {
		all[i] = Registration{Season: papers.season, Catalogue: offer, Pupil: p}
		if err := all[i].read(ctx, r, a, household, papers); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// read fills what is the pupil's own.
func (v *Registration) read(ctx context.Context, r db.Reader, a actor.Actor, household string, papers *papersAsked) error {
	d, found, err := db.Maybe[Dossier](ctx, r, `select `+dossierColumns+` from dossier where season_id = $1 and pupil_id = $2`, v.Season.ID, v.Pupil.ID)
	if err != nil {
		return err
	}
	if found {
		v.Dossier = d
		if !a.Sees(d.Household) {
			v.Elsewhere = d.State.Sent()
			v.Dossier.hide()
		} else {
			household = d.Household
		}
	}
	if v.InSeason, err = people.PupilSeasonOf(ctx, r, v.Pupil.ID, v.Season.ID); err != nil {
		return err
	}
	now, err := people.CoursesNow(ctx, r, []string{v.Pupil.ID})
	if err != nil {
		return err
	}
	v.Now = now[v.Pupil.ID]
	v.Facts = factsFrom(v.Season, v.Catalogue, v.Pupil, v.InSeason, v.Now)
	v.Programme, _ = v.Catalogue.Programme(v.Dossier.Programme)
	if v.Dossier.ID != "" {
		requests, err := RequestsOf(ctx, r, v.Catalogue, v.Dossier.ID)
		if err != nil {
			return err
		}
		v.Requests = requests[v.Dossier.ID]
		if !v.Dossier.OnPaperForm {
			v.Breaches = judgeChoice(v.Catalogue, v.Facts, v.Dossier)
		}
	}
	if v.Household, err = papers.household(ctx, r, a, household); err != nil {
		return err
	}
	v.Papers, v.Missing, err = papers.of(ctx, r, v.Household, v.Pupil.ID, v.Dossier.OnPaperForm)
	return err
}
