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

// Family is all that a household has before it in the season.
type Family struct {
	Household     people.Household
	Papers        []PaperStatus // its own
	Registrations []Registration
}

// FamilyOf reads the household, its papers and the re-registrations of its
// pupils; fault.ErrNotFound unless the actor sees the household.
func FamilyOf(ctx context.Context, r db.Reader, a actor.Actor, household string) (f Family, err error) {
	asked, err := readPapersAsked(ctx, r)
	if err != nil {
		return f, err
	}
	if f.Household, err = asked.household(ctx, r, a, household); err != nil {
		return f, err
	}
	if f.Papers, _, err = asked.of(ctx, r, f.Household, "", false); err != nil {
		return f, err
	}
	pupils, err := people.PupilsOf(ctx, r, household)
	if err != nil {
		return f, err
	}
	f.Registrations, err = asked.registrations(ctx, r, a, household, pupils)
	return f, err
}

func registrationsOf(ctx context.Context, r db.Reader, a actor.Actor, household string, pupils []people.Pupil) ([]Registration, error) {
	papers, err := readPapersAsked(ctx, r)
	if err != nil {
		return nil, err
	}
	return papers.registrations(ctx, r, a, household, pupils)
}

func (p *papersAsked) registrations(ctx context.Context, r db.Reader, a actor.Actor, household string, pupils []people.Pupil) ([]Registration, error) {
	offer, err := catalogue.InForce(ctx, r, p.season)
	if err != nil {
		return nil, err
	}
	known, err := readPupils(ctx, r, p.season, offer, pupils)
	if err != nil {
		return nil, err
	}
	all := make([]Registration, len(pupils))
	for i, pupil := range pupils {
		all[i] = Registration{Season: p.season, Catalogue: offer, Pupil: pupil}
		if err := all[i].fill(ctx, r, a, household, p, known); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// pupilsKnown is what was read about some pupils, one statement a table.
type pupilsKnown struct {
	dossiers map[string]Dossier // by pupil
	inSeason map[string]people.PupilSeason
	now      map[string][]string
	requests map[string][]RequestView // by dossier
}

func readPupils(ctx context.Context, r db.Reader, season school.Season, offer catalogue.Catalogue, pupils []people.Pupil) (k pupilsKnown, err error) {
	ids := make([]string, len(pupils))
	for i, p := range pupils {
		ids[i] = p.ID
	}
	dossiers, err := db.All[Dossier](ctx, r, `select `+dossierColumns+` from dossier
		where season_id = $1 and pupil_id in (select value from json_each(cast($2 as text)))`, season.ID, db.IDs(ids))
	if err != nil {
		return k, err
	}
	k.dossiers = map[string]Dossier{}
	var begun []string
	for _, d := range dossiers {
		k.dossiers[d.Pupil] = d
		begun = append(begun, d.ID)
	}
	if k.inSeason, err = people.AnswersOf(ctx, r, ids, season.ID); err != nil {
		return k, err
	}
	if k.now, err = people.CoursesNow(ctx, r, ids); err != nil || len(begun) == 0 {
		return k, err
	}
	k.requests, err = RequestsOf(ctx, r, offer, begun...)
	return k, err
}

// fill takes what is the pupil's own.
func (v *Registration) fill(ctx context.Context, r db.Reader, a actor.Actor, household string, papers *papersAsked, known pupilsKnown) (err error) {
	if d, found := known.dossiers[v.Pupil.ID]; found {
		v.Dossier = d
		if !a.Sees(d.Household) {
			v.Elsewhere = d.State.Sent()
			v.Dossier.hide()
		} else {
			household = d.Household
		}
	}
	v.InSeason, v.Now = known.inSeason[v.Pupil.ID], known.now[v.Pupil.ID]
	v.Facts = factsFrom(v.Season, v.Catalogue, v.Pupil, v.InSeason, v.Now)
	v.Programme, _ = v.Catalogue.Programme(v.Dossier.Programme)
	if v.Dossier.ID != "" {
		v.Requests = known.requests[v.Dossier.ID]
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
