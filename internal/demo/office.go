package demo

import (
	"fmt"
	"time"

	"pupitre/internal/demo/papers"
	"pupitre/internal/domain/document"
	"pupitre/internal/domain/enrolment"
)

// office is what the secretariat has done by now: the papers of the first
// families checked, their dossiers answered, some papers refused.
func (s *seeding) office() error {
	s.clock.Set(s.Now.AddDate(0, 0, -2))
	if err := s.checkFamily(); err != nil {
		return err
	}
	var checked []*family
	for i, f := range s.families {
		if f.fate != sends || f.login == Family || len(checked) >= 70 {
			continue
		}
		checked = append(checked, f)
		s.clock.Add(3 * time.Minute)
		if err := s.check(f, i); err != nil {
			return fmt.Errorf("%s: %w", f.login, err)
		}
	}
	for _, f := range checked {
		if err := s.confirm(f); err != nil {
			return fmt.Errorf("%s: %w", f.login, err)
		}
	}
	return s.answerWaiting(4)
}

// answerWaiting checks the papers of a few families that wait for a place, and
// tells them that they are on the list.
func (s *seeding) answerWaiting(most int) error {
	for i, f := range s.families {
		waits, err := s.waits(f)
		if err != nil {
			return err
		}
		if !waits || f.login == Family || most == 0 {
			continue
		}
		most--
		if err := s.check(f, 0); err != nil {
			return fmt.Errorf("%s, %d: %w", f.login, i, err)
		}
		if err := s.confirm(f); err != nil {
			return fmt.Errorf("%s, %d: %w", f.login, i, err)
		}
	}
	return nil
}

// waits tells whether a complete dossier of the family waits for a place.
func (s *seeding) waits(f *family) (bool, error) {
	dossiers, err := enrolment.DossiersOf(s.ctx, s.Store, f.actor, f.household.ID)
	if err != nil {
		return false, err
	}
	for _, d := range dossiers {
		if d.State != enrolment.Complete {
			continue
		}
		requests, err := enrolment.RequestsOf(s.ctx, s.Store, s.catalogue, d.ID)
		if err != nil {
			return false, err
		}
		for _, r := range requests[d.ID] {
			if r.State == enrolment.Waiting {
				return true, nil
			}
		}
	}
	return false, nil
}

// check validates the family's papers, or refuses one now and then.
func (s *seeding) check(f *family, i int) error {
	held, err := document.HeldBy(s.ctx, s.Store, s.season.ID, f.household.ID)
	if err != nil {
		return err
	}
	for _, code := range []string{"rib", "mandat", "quotient-familial"} {
		d, ok := held[document.Slot{Household: f.household.ID, Paper: code}]
		if !ok {
			continue
		}
		review := enrolment.Review{Deposit: d.ID, Version: d.Version}
		switch {
		case d.State != document.Provided:
		case code == "mandat" && i%9 == 4:
			err = s.refuse(f, code, "La signature manque en bas de page.")
		case code == "quotient-familial" && i%11 == 3:
			err = s.refuse(f, code, "L’attestation date de plus d’un an.")
		default:
			err = s.registrar.Validate(s.ctx, s.secretary, review)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// confirm answers the family's dossiers: « inscrit », or on the waiting list
// when a place lacks.
func (s *seeding) confirm(f *family) error {
	dossiers, err := enrolment.DossiersOf(s.ctx, s.Store, f.actor, f.household.ID)
	if err != nil {
		return err
	}
	for _, p := range f.pupils {
		d := dossiers[p.ID]
		if d.State != enrolment.Complete {
			continue
		}
		if _, err := s.registrar.Confirm(s.ctx, s.secretary, d.ID, ""); err != nil {
			return err
		}
	}
	return nil
}

// refuse refuses the household's paper with a reason.
func (s *seeding) refuse(f *family, code, reason string) error {
	held, err := document.HeldBy(s.ctx, s.Store, s.season.ID, f.household.ID)
	if err != nil {
		return err
	}
	d := held[document.Slot{Household: f.household.ID, Paper: code}]
	return s.registrar.Refuse(s.ctx, s.secretary, enrolment.Review{Deposit: d.ID, Version: d.Version, Reason: reason})
}

// checkFamily checks the papers of the family that one signs in as: its RIB is
// right, its mandate is not.
func (s *seeding) checkFamily() error {
	f := s.byLogin(Family)
	held, err := document.HeldBy(s.ctx, s.Store, s.season.ID, f.household.ID)
	if err != nil {
		return err
	}
	rib := held[document.Slot{Household: f.household.ID, Paper: "rib"}]
	if err := s.registrar.Validate(s.ctx, s.secretary, enrolment.Review{Deposit: rib.ID, Version: rib.Version}); err != nil {
		return err
	}
	return s.refuse(f, "mandat", "La signature manque en bas de page.")
}

func (s *seeding) byLogin(login string) *family {
	for _, f := range s.families {
		if f.login == login {
			return f
		}
	}
	return nil
}

// everyState adds what the ordinary course of things has not shown yet: a paper
// without value, a withdrawal, places offered, a dossier on paper, delays run out.
func (s *seeding) everyState() error {
	if err := s.runJobs(); err != nil {
		return err
	}
	s.clock.Add(time.Hour)
	if err := s.worthless(); err != nil {
		return err
	}
	if err := s.withdrawals(); err != nil {
		return err
	}
	if err := s.onPaper(); err != nil {
		return err
	}
	if err := s.openPlaces(); err != nil {
		return err
	}
	s.clock.Set(s.Now)
	return s.runJobs()
}

// worthless: a holiday photo sent in place of a RIB.
func (s *seeding) worthless() error {
	for _, f := range s.families {
		if f.fate != sendsIncomplete {
			continue
		}
		photo, err := papers.Holiday().Photo(7)
		if err != nil {
			return err
		}
		if err := s.depositFile(f, paper{"rib", "IMG_2041.jpg", photo}); err != nil {
			return err
		}
		mandate, err := drawn("mandat", s.sheet(f, "mandat")(), false)
		if err != nil {
			return err
		}
		if err := s.depositFile(f, mandate); err != nil {
			return err
		}
		held, err := document.HeldBy(s.ctx, s.Store, s.season.ID, f.household.ID)
		if err != nil {
			return err
		}
		d := held[document.Slot{Household: f.household.ID, Paper: "rib"}]
		s.clock.Add(time.Hour)
		return s.registrar.DeclareWorthless(s.ctx, s.secretary, enrolment.Review{Deposit: d.ID, Version: d.Version, Reason: "C’est une photo de vacances, pas un RIB."})
	}
	return nil
}

// withdrawals: two families give up, which offers their places to the next.
func (s *seeding) withdrawals() error {
	left := 2
	for _, f := range s.families {
		dossiers, err := enrolment.DossiersOf(s.ctx, s.Store, f.actor, f.household.ID)
		if err != nil {
			return err
		}
		for _, p := range f.pupils {
			if d := dossiers[p.ID]; d.State == enrolment.Complete && f.login != Family && left > 0 {
				left--
				if err := s.registrar.Withdraw(s.ctx, f.actor, p.ID, "", "Nous partons en Bretagne."); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// onPaper: one dossier that came by post, entered later (R35).
func (s *seeding) onPaper() error {
	for _, f := range s.families {
		if f.fate != silent || len(f.pupils) != 1 || len(f.household.Guardians) == 0 {
			continue
		}
		if err := s.identity(f); err != nil {
			return err
		}
		v, err := enrolment.RegistrationOf(s.ctx, s.Store, s.secretary, f.pupils[0].ID)
		if err != nil {
			return err
		}
		choice := s.invent(v)
		if choice == nil {
			continue
		}
		choice.Pupil, choice.Reason = f.pupils[0].ID, "Dossier remis en main propre, sans accès à internet."
		return s.registrar.EnterPaper(s.ctx, s.secretary, f.household.ID, enrolment.OnPaper{NewChoice: *choice, ReceivedAt: s.opening.AddDate(0, 0, 4).Add(-9 * time.Hour)})
	}
	return nil
}

// openPlaces adds places where families wait, so that offers are under way.
func (s *seeding) openPlaces() error {
	places, err := enrolment.PlacesOf(s.ctx, s.Store, s.season.ID)
	if err != nil {
		return err
	}
	opened := 0
	for _, c := range s.catalogue.Courses {
		for _, semester := range c.Semesters {
			p := places[enrolment.OfferingID(c.ID, semester)]
			if p.Waiting == 0 || opened >= 2 {
				continue
			}
			opened++
			if err := s.registrar.SetCapacity(s.ctx, s.secretary, p.Offering, p.Capacity+1, "Une heure de plus pour le professeur"); err != nil {
				return err
			}
		}
	}
	return nil
}
