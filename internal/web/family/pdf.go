package family

import (
	"errors"
	"slices"

	"pupitre/internal/domain/account"
	"pupitre/internal/domain/catalogue"
	"pupitre/internal/domain/enrolment"
	"pupitre/internal/domain/school"
	"pupitre/internal/letter"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
	"pupitre/internal/web/door"
)

// identifiant is the login of the visitor's account, as papers bear it.
func (p *Pages) identifiant(v *door.Visit) (string, error) {
	held, err := account.OfHousehold(v.Ctx(), p.store, v.Actor.Household)
	if errors.Is(err, fault.ErrNotFound) {
		return "", nil
	}
	return held.Login, err
}

// ShowAcknowledgement prints the accusé de réception of a dossier that was sent.
func (p *Pages) ShowAcknowledgement(v *door.Visit) error {
	r, err := p.registration(v)
	if err != nil {
		return err
	}
	d := r.Dossier
	if r.Elsewhere || !d.State.Sent() {
		return fault.ErrNotFound
	}
	login, err := p.identifiant(v)
	if err != nil {
		return err
	}
	text := school.Text{}
	if d.Text != "" {
		if text, err = school.TextByID(v.Ctx(), p.store, d.Text); err != nil {
			return err
		}
	}
	out, err := letter.Acknowledgement(letter.AcknowledgementFacts{
		School: p.letterSchool(v.School), Season: r.Season.Name, Number: d.Label(), Family: r.Household.Name(), Identifier: login,
		Dossier: letterDossier(r), SentAt: d.SentAt, Text: text.Title, Version: text.Version, AgreedBy: d.AgreedBy, AgreedAt: d.SentAt, Made: v.Now,
	})
	if err != nil {
		return err
	}
	return sendPDF(v, "accuse-de-reception-"+d.Label()+".pdf", out)
}

func letterDossier(r enrolment.Registration) letter.Dossier {
	d := letter.Dossier{
		Pupil: r.Pupil.FullName(), Programme: r.Programme.Title, Site: r.Catalogue.SiteName(r.Dossier.Site), Rank: int(r.Dossier.Rank),
		CompleteAt: r.Dossier.CompleteAt, CompleteBefore: r.Season.ClosesAt,
		GroupsLater: slices.ContainsFunc(r.Programme.Lines, func(l catalogue.Line) bool { return l.Semester > 0 }),
	}
	if !d.Complete() {
		d.Missing = paperNames(r.Missing)
	}
	for _, q := range r.Requests {
		place := letter.Place{Course: joinNonEmpty(", ", q.Title, q.Slot), Semester: int(q.Semester), Position: int(q.Position), Until: q.OfferedUntil}
		switch {
		case q.State == enrolment.Waiting:
			place.Standing = letter.Waiting
		case q.State == enrolment.Offered:
			place.Standing = letter.Proposed
		case r.Dossier.State == enrolment.Enrolled:
			place.Standing = letter.Confirmed
		}
		d.Places = append(d.Places, place)
	}
	return d
}

// ShowPedagogicalForm prints the pupil's paper form, pre-filled (R20a).
func (p *Pages) ShowPedagogicalForm(v *door.Visit) error {
	r, err := p.registration(v)
	if err != nil {
		return err
	}
	login, err := p.identifiant(v)
	if err != nil {
		return err
	}
	facts := letter.PedagogicalFormFacts{
		Newcomer: isNew(r.Pupil, r.Season), Family: r.Household.Name(), Identifier: login, Pupil: r.Pupil.FullName(), BirthDate: french.CivilDate(r.Pupil.BirthDate),
		Level: school.Level(r.InSeason.Level).French(), AskBeginner: asksBeginner(r, pupilForm(r)), Programmes: formProgrammes(r.Catalogue, &r.Facts),
	}
	return p.form(v, facts, "reinscription-pedagogique-"+r.Pupil.FirstName+".pdf")
}

func (p *Pages) showBlankForm(v *door.Visit) error {
	c, err := catalogue.InForce(v.Ctx(), p.store, v.Season)
	if err != nil {
		return err
	}
	facts := letter.PedagogicalFormFacts{AskBeginner: true, Programmes: formProgrammes(c, nil)}
	return p.form(v, facts, "reinscription-pedagogique.pdf")
}

func (p *Pages) form(v *door.Visit, facts letter.PedagogicalFormFacts, name string) error {
	facts.School, facts.Season, facts.ReturnBefore, facts.Made = p.letterSchool(v.School), v.Season.Name, v.Season.ClosesAt, v.Now
	out, err := letter.PedagogicalForm(facts)
	if err != nil {
		return err
	}
	return sendPDF(v, name, out)
}

// formProgrammes lists what each pole offers for each formule: to the pupil,
// or to anybody when nil.
func formProgrammes(c catalogue.Catalogue, pupil *catalogue.Pupil) []letter.FormProgramme {
	var all []letter.FormProgramme
	for _, pr := range c.Programmes {
		if pupil != nil && !c.Fillable(pr, *pupil) {
			continue
		}
		one := letter.FormProgramme{Title: pr.Title}
		var demands []string
		for _, l := range pr.Lines {
			if pupil == nil || l.Applies(pupil.Level) {
				demands = append(demands, l.Demand())
			}
		}
		one.Rule = sentence(french.List(demands)) + "."
		for _, s := range c.Sites {
			if groups := formGroups(c, pr, pupil, s.ID); len(groups) > 0 {
				one.Sites = append(one.Sites, letter.FormSite{Name: s.Name, Groups: groups})
			}
		}
		all = append(all, one)
	}
	return all
}

func formGroups(c catalogue.Catalogue, pr catalogue.Programme, pupil *catalogue.Pupil, site string) []letter.FormGroup {
	var groups []letter.FormGroup
	for _, l := range pr.Lines {
		if pupil != nil && !l.Applies(pupil.Level) {
			continue
		}
		group := letter.FormGroup{Title: l.Label}
		for _, x := range c.Courses {
			takes := slices.ContainsFunc(x.Semesters, func(s int64) bool { return l.Accepts(x, s) })
			if x.SiteID != site || !takes || !x.CancelledAt.IsZero() || pupil != nil && !x.Eligible(*pupil) {
				continue
			}
			group.Courses = append(group.Courses, joinNonEmpty(", ", x.Title, x.Slot()))
		}
		if len(group.Courses) > 0 {
			groups = append(groups, group)
		}
	}
	return groups
}
