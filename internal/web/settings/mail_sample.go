package settings

import (
	"errors"
	"time"

	"pupitre/internal/domain/account"
	"pupitre/internal/domain/application"
	"pupitre/internal/domain/billing"
	"pupitre/internal/domain/catalogue"
	"pupitre/internal/domain/correspondence"
	"pupitre/internal/domain/enrolment"
	"pupitre/internal/domain/people"
	"pupitre/internal/domain/report"
	"pupitre/internal/domain/school"
	"pupitre/internal/platform/clock"
	"pupitre/internal/platform/fault"
	"pupitre/internal/web/door"
)

// sample is the family, real or made up, that a mail is shown for.
type sample struct {
	Dossier string // id, "" of the made-up one
	Label   string // « D-1164, Lucie Moreau »
	name    string // whom it is written to
	address string
	login   string
	first   string // the pupil's first name
	told    enrolment.ToldDossier
}

// sampleOf reads the dossier; a made-up family when the season has none of that
// id, or none at all.
func (p *Pages) sampleOf(v *door.Visit, id string) (sample, error) {
	if id == "" {
		return madeUp(v.Season, v.Now), nil
	}
	d, err := enrolment.DossierByID(v.Ctx(), p.Store, v.Actor, id)
	if errors.Is(err, fault.ErrNotFound) {
		return madeUp(v.Season, v.Now), nil
	}
	if err != nil {
		return sample{}, err
	}
	known, err := report.Correspondents(v.Ctx(), p.Store, v.Actor, v.Season, []report.Target{{Household: d.Household, Dossiers: []string{id}}})
	if err != nil {
		return sample{}, err
	}
	if len(known) == 0 || len(known[0].Dossiers) == 0 {
		return madeUp(v.Season, v.Now), nil
	}
	c, err := catalogue.InForce(v.Ctx(), p.Store, v.Season)
	if err != nil {
		return sample{}, err
	}
	requests, err := enrolment.RequestsOf(v.Ctx(), p.Store, c, id)
	if err != nil {
		return sample{}, err
	}
	return realSample(v.Season, c, known[0], requests[id]), nil
}

func realSample(season school.Season, c catalogue.Catalogue, known report.Correspondent, requests []enrolment.RequestView) sample {
	d := known.Dossiers[0]
	guardian := known.Family.Guardians[0]
	s := sample{Dossier: d.ID, Label: d.Label() + ", " + d.Pupil(), name: guardian.FullName(), address: guardian.Email, login: known.Login, first: d.FirstName,
		told: enrolment.ToldDossier{ID: d.ID, Number: d.Label(), Pupil: d.Pupil(), Site: d.Site, Rank: d.Rank, CompleteAt: d.CompleteAt, Missing: d.Missing(), CompleteBefore: season.ClosesAt}}
	if programme, ok := c.Programme(d.ProgrammeID); ok {
		s.told.Programme = programme.Title
		for _, l := range programme.Lines {
			s.told.GroupsLater = s.told.GroupsLater || l.Semester > 0
		}
	}
	for _, r := range requests {
		title := r.Title
		if r.Slot != "" {
			title += ", " + r.Slot
		}
		s.told.Places = append(s.told.Places, enrolment.ToldPlace{Course: title, Semester: r.Semester, State: r.State, Position: r.Position, Until: r.OfferedUntil})
	}
	if len(requests) == 0 {
		for _, course := range d.Courses {
			s.told.Places = append(s.told.Places, enrolment.ToldPlace{Course: course.Title, State: enrolment.Place})
		}
	}
	return s
}

func madeUp(season school.Season, now time.Time) sample {
	return sample{Label: "un dossier d’exemple", name: "Claire Moreau", address: "claire.moreau@exemple.fr", login: "MOREAU-4821", first: "Lucie",
		told: enrolment.ToldDossier{Number: "D-0057", Pupil: "Lucie Moreau", Programme: "Cursus Instrumental Enfant / ados", Site: "Pôle Loire", Rank: 57, CompleteAt: now,
			Places: []enrolment.ToldPlace{{Course: "Violoncelle", State: enrolment.Place}, {Course: "Orchestre à cordes, mercredi 15 h", State: enrolment.Waiting, Position: 3}}, CompleteBefore: season.ClosesAt}}
}

// facts are those that a mail of the kind would be frozen with, about the
// sample; what the dossier cannot tell, a reason or a link, is made up.
func (s sample) facts(v *door.Visit, kind correspondence.Kind) any {
	valid := v.Now.Add(24 * time.Hour)
	switch kind {
	case account.MailNewPassword, account.MailRecoveryLink, account.MailIdentifier:
		return account.NewPasswordFacts{Name: s.name, Identifier: s.login, ValidUntil: valid}
	case account.MailInvitation:
		return account.NewPasswordFacts{Name: v.Actor.Name, Identifier: "prenom.nom@exemple.fr", ValidUntil: valid}
	case account.MailFactorReset:
		return account.FactorResetFacts{Name: v.Actor.Name, Identifier: "prenom.nom@exemple.fr", At: v.Now}
	case people.ConfirmAddress:
		return people.ConfirmAddressFacts{Name: s.name, Address: s.address, ValidUntil: valid}
	case people.AddressChanged:
		return people.AddressChangedFacts{Name: s.name, ChangedAt: v.Now, ByOffice: true}
	case application.MailConfirm, application.MailResume:
		return application.LinkFacts{Name: s.name, Pupil: s.first, Address: s.address, KeptUntil: v.Now.AddDate(0, 0, application.KeptDays)}
	case application.MailAnswer, application.MailRefused, application.MailAttached:
		return application.AnswerFacts{Name: s.name, Pupil: s.told.Pupil, Text: "Ce que le secrétariat a écrit."}
	case billing.MailIssued, billing.MailCancelled, billing.MailReceived, billing.MailReturned, billing.MailReminder:
		return s.moneyFor(v)
	}
	return s.toldFor(v, kind)
}

// moneyFor are the facts of the mails about money, of a made-up invoice.
func (s sample) moneyFor(v *door.Visit) billing.Told {
	today := v.Now.In(clock.Paris)
	due := func(months int) billing.ToldDue {
		return billing.ToldDue{Invoice: "2027-0148", On: today.AddDate(0, months, 0).Format(time.DateOnly), Amount: 138_40}
	}
	return billing.Told{Name: s.name, ID: "exemple", Number: "2027-0148", Cancels: "2027-0147", Season: v.Season.Name, Amount: 415_20, Left: 276_80, On: today.Format(time.DateOnly),
		Means: "chèque, Crédit Mutuel, 1204417", Reason: "sans provision", Stage: 1, Due: []billing.ToldDue{due(0), due(3), due(6)}}
}

// secrets are those of every kind: nothing that opens anything.
var secrets = map[string]any{"token": "exemple", "path": account.LinkPath + "exemple", "password": "Exemple1", "mailed": true}

func (s sample) toldFor(v *door.Visit, kind correspondence.Kind) enrolment.Told {
	d := s.told
	paper := "RIB"
	if len(d.Missing) > 0 {
		paper = d.Missing[0]
	}
	switch kind {
	case enrolment.MailMissingPapers, enrolment.MailCampaignClosed:
		d.Missing = []string{paper}
		if len(s.told.Missing) > 0 {
			d.Missing = s.told.Missing
		}
	case enrolment.MailReceived, enrolment.MailEnrolled:
	default:
		if d.Rank == 0 { // it is about a dossier that has one
			d.Rank, d.CompleteAt = 1, v.Now
		}
	}
	course := enrolment.ToldPlace{Course: "Violoncelle"}
	if len(d.Places) > 0 {
		course = d.Places[0]
	}
	course.State, course.Until = enrolment.Offered, v.Now.AddDate(0, 0, int(v.School.OfferDays))
	told := enrolment.Told{Name: s.name, At: v.Now, Dossiers: []enrolment.ToldDossier{d}, Course: &course, GivenUp: []string{course.Course}, Accepted: true,
		Paper: paper, Required: true, Reason: "La page est illisible.", Left: []string{"« " + course.Course + " » n’est plus proposé. Choisissez un autre cours."},
		Until: v.Now.AddDate(0, 0, int(v.School.PaperDays)), OnPaperAt: v.Now.AddDate(0, 0, -2)}
	if len(d.Places) > 1 {
		told.Kept = d.Places[1:]
	}
	if kind == enrolment.MailEnrolled {
		told.Reason = "" // the whole formula
	}
	return told
}
