package demo

import (
	"context"
	"fmt"
	"slices"
	"time"

	"pupitre/internal/domain/account"
	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/enrolment"
	"pupitre/internal/domain/people"
	"pupitre/internal/domain/school"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/french"
)

// fate is what a family does of the campaign.
type fate int

const (
	silent fate = iota
	drafts
	sendsIncomplete
	sends
	leaves
)

// family is one household of the school and what it will do.
type family struct {
	actor     actor.Actor
	login     string
	household people.Household
	pupils    []people.Pupil
	fate      fate
	debit     bool
	at        time.Time // when it sends
	papers    []paper   // what it hands in, in that order
}

// paper is a sheet drawn as the file that a family hands in.
type paper struct {
	code, name string
	data       []byte
}

// plan gives every family its fate and its minute, the same at every run.
func (s *seeding) plan() error {
	accounts, err := account.Families(s.ctx, s.Store)
	if err != nil {
		return err
	}
	for i, a := range accounts {
		h, err := people.HouseholdByID(s.ctx, s.Store, a.Actor(), a.Household)
		if err != nil {
			return err
		}
		pupils, err := people.PupilsOf(s.ctx, s.Store, h.ID)
		if err != nil {
			return err
		}
		f := &family{actor: a.Actor(), login: a.Login, household: h, pupils: pupils, debit: s.random.IntN(100) < 32}
		f.actor.Name = h.Name()
		switch n := s.random.IntN(100); {
		case n < 72:
			f.fate = sends
		case n < 80:
			f.fate = sendsIncomplete
			f.debit = true
		case n < 86:
			f.fate = drafts
		case n < 90:
			f.fate = leaves
		}
		if len(f.household.Emails()) == 0 || f.household.Address == "" {
			f.fate = silent
		}
		f.at = s.minute(i)
		if f.login == Family {
			f.fate, f.debit, f.at = sends, true, s.opening.Add(2*time.Hour+52*time.Minute)
		}
		s.families = append(s.families, f)
	}
	slices.SortStableFunc(s.families, func(a, b *family) int { return a.at.Compare(b.at) })
	return nil
}

// minute is when the i-th family sends: a third in the opening quarter of an
// hour, the rest over nine days, mostly in the evening.
func (s *seeding) minute(i int) time.Time {
	if s.random.IntN(3) == 0 {
		return s.opening.Add(time.Duration(1500+s.random.IntN(900_000)) * time.Millisecond)
	}
	day := s.random.IntN(9)
	hour := []int{-12, -8, -7, -2, 0, 0, 1, 1, 2, 2, 3}[s.random.IntN(11)]
	at := s.opening.AddDate(0, 0, day).Add(time.Duration(hour)*time.Hour + time.Duration(s.random.IntN(3_600_000))*time.Millisecond)
	if at.Before(s.opening) {
		at = at.AddDate(0, 0, 1)
	}
	return at
}

func (s *seeding) sendAll() error {
	s.clock.Set(s.opening.Add(-90 * time.Minute)) // drafts are prepared before the opening minute
	for _, f := range s.families {
		if f.fate == silent {
			continue
		}
		s.clock.Add(10 * time.Second)
		if err := s.fill(f); err != nil {
			return fmt.Errorf("%s: %w", f.login, err)
		}
	}
	refused := false
	for _, f := range s.families {
		if f.fate != sends && f.fate != sendsIncomplete {
			continue
		}
		if !refused && f.at.After(s.opening.AddDate(0, 0, 1)) {
			refused = true
			if err := s.refuseEarly(); err != nil {
				return err
			}
		}
		if f.at.Sub(s.clock.Now()) > 6*time.Hour {
			if err := s.runJobs(); err != nil { // the evening's mails leave that evening
				return err
			}
		}
		s.clock.Set(f.at)
		if err := s.send(f, f.sending()); err != nil {
			return fmt.Errorf("%s: %w", f.login, err)
		}
	}
	return s.runJobs()
}

// sending is whom the family sends: all, but for the one that one signs in as,
// whose other dossiers are begun or to do.
func (f *family) sending() []people.Pupil {
	if f.login != Family {
		return f.pupils
	}
	return slices.DeleteFunc(slices.Clone(f.pupils), func(p people.Pupil) bool { return p.FirstName != "Malo" })
}

// refuseEarly refuses a required paper on the second day: its delay has run out
// by the day the school is shown.
func (s *seeding) refuseEarly() error {
	s.clock.Set(s.opening.AddDate(0, 0, 1).Add(-6 * time.Hour))
	for _, f := range s.families {
		if f.fate != sends || !f.debit || f.login == Family || !f.at.Before(s.clock.Now()) {
			continue
		}
		return s.refuse(f, "rib", "Le numéro du compte est illisible.")
	}
	return nil
}

// fill does what a family does before « Valider ».
func (s *seeding) fill(f *family) error {
	if f.fate == leaves {
		for _, p := range f.pupils {
			if err := s.registrar.NotReturning(s.ctx, f.actor, p.ID, f.household.ID, "Déménagement cet été"); err != nil {
				return err
			}
		}
		return nil
	}
	if err := s.identity(f); err != nil {
		return err
	}
	for i, p := range f.pupils {
		if f.fate == drafts && i > 0 || f.login == Family && p.FirstName == "Claire" {
			continue
		}
		if err := s.choose(f, p); err != nil {
			return err
		}
	}
	if f.fate == sends {
		return s.depositAll(f)
	}
	return nil
}

// identity gives the billing, and each pupil's answers for the season.
func (s *seeding) identity(f *family) error {
	means := []string{"cheques"}
	if f.debit {
		means = []string{"prelevement"}
	} else if s.random.IntN(3) == 0 {
		means = append(means, "cheques-vacances")
	}
	mode := []int64{1, 3, 8}[s.random.IntN(3)]
	return s.registrar.Alter(s.ctx, f.actor, f.household.ID, func(ctx context.Context, tx *db.Tx) error {
		if err := people.SaveBilling(ctx, tx, s.clock.Now(), f.actor, f.household.ID, mode, means); err != nil {
			return err
		}
		if h, err := people.HouseholdByID(ctx, tx, f.actor, f.household.ID); err != nil {
			return err
		} else if len(people.MissingFamily(h)) == 0 {
			if err := people.MarkChecked(ctx, tx, s.clock.Now(), f.actor, h.ID, s.season.ID); err != nil {
				return err
			}
		}
		for _, p := range f.pupils {
			if err := people.SavePupil(ctx, tx, s.clock.Now(), f.actor, s.answers(ctx, tx, p)); err != nil {
				return err
			}
		}
		return nil
	})
}

func (s *seeding) answers(ctx context.Context, tx *db.Tx, p people.Pupil) people.PupilForm {
	image := people.Yes
	if s.random.IntN(5) == 0 {
		image = people.No
	}
	birth := french.CivilDate(p.BirthDate)
	if birth == "" {
		birth = fmt.Sprintf("%02d/%02d/%d", 1+s.random.IntN(28), 1+s.random.IntN(12), 1955+s.random.IntN(40))
	}
	level := school.NextLevel(school.Level(p.LevelNow))
	if level == "" {
		level = "adulte"
	}
	beginner := ""
	if current, err := people.PupilSeasonOf(ctx, tx, p.ID, s.season.ID); err == nil {
		beginner = current.Beginner
	}
	if beginner == "" {
		beginner = people.No
	}
	return people.PupilForm{
		PupilID: p.ID, Version: p.Version, SeasonID: s.season.ID, LastName: p.LastName, FirstName: p.FirstName,
		BirthDate: birth, Level: string(level), ImageRight: image, Beginner: beginner,
	}
}

// send is « Valider » for these pupils, in that order. What the rules refuse
// stays a draft.
func (s *seeding) send(f *family, pupils []people.Pupil) error {
	text, err := school.LatestText(s.ctx, s.Store, school.TextRules)
	if err != nil {
		return err
	}
	ids := make([]string, len(pupils))
	for i, p := range pupils {
		ids[i] = p.ID
	}
	_, err = s.registrar.Submit(s.ctx, f.actor, enrolment.Submission{Pupils: ids, Text: text.ID, Agreed: true})
	return err
}
