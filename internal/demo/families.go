package demo

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"runtime"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"pupitre/internal/demo/papers"
	"pupitre/internal/domain/account"
	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/catalogue"
	"pupitre/internal/domain/document"
	"pupitre/internal/domain/enrolment"
	"pupitre/internal/domain/people"
	"pupitre/internal/domain/school"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/french"
	"pupitre/internal/platform/intake"
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

// choose keeps a choice that the rules accept, this year's courses first.
func (s *seeding) choose(f *family, p people.Pupil) error {
	v, err := enrolment.RegistrationOf(s.ctx, s.Store, f.actor, p.ID)
	if err != nil {
		return err
	}
	yes := true
	choice := s.invent(v)
	return enrolment.SaveDraft(s.ctx, s.Store, s.clock, f.actor, p.ID, enrolment.DraftStep{Administrative: &yes, Choice: choice})
}

// invent finds a choice that stands, or nil when none was found.
func (s *seeding) invent(v enrolment.Registration) *enrolment.NewChoice {
	programmes := s.likely(v)
	for range 60 {
		p := programmes[s.random.IntN(len(programmes))]
		site := s.usualSite(v.Now)
		var wishes enrolment.Choice
		for _, line := range s.catalogue.ChoicesFor(p, v.Facts) {
			wishes = append(wishes, s.pick(line, site, v.Now)...)
		}
		if len(wishes) > 0 && len(s.catalogue.Judge(p, v.Facts, site, wishes)) == 0 {
			return &enrolment.NewChoice{Programme: p.ID, Site: site, Wishes: wishes}
		}
	}
	return nil
}

// likely are the formulas open to the pupil: those that take one of this
// year's courses when there are any.
func (s *seeding) likely(v enrolment.Registration) []catalogue.Programme {
	var open, same []catalogue.Programme
	for _, p := range s.catalogue.Programmes {
		if !p.Open(v.Facts) {
			continue
		}
		open = append(open, p)
		takesInstrument := slices.ContainsFunc(p.Lines, func(l catalogue.Line) bool { return slices.Contains(l.Kinds, catalogue.Instrument) })
		if v.Facts.HasInstrument == takesInstrument {
			same = append(same, p)
		}
	}
	if len(same) > 0 && s.random.IntN(10) < 9 {
		return same
	}
	return open
}

// usualSite is the pôle of this year's courses, most of the time.
func (s *seeding) usualSite(now []string) string {
	for _, c := range s.catalogue.Courses {
		if slices.Contains(now, c.Code) && s.random.IntN(10) < 8 {
			return c.SiteID
		}
	}
	return s.catalogue.Sites[s.random.IntN(len(s.catalogue.Sites))].ID
}

// soughtAfter are the courses that fill first.
var soughtAfter = []string{"Guitare", "Piano", "Saxophone", "Éveil musical", "Chœur enfants"}

func (s *seeding) pick(line catalogue.Choices, site string, now []string) enrolment.Choice {
	var here, kept, wanted []catalogue.Option
	for _, o := range line.Options {
		if o.Course.SiteID != site {
			continue
		}
		here = append(here, o)
		if slices.Contains(now, o.Course.Code) {
			kept = append(kept, o)
		}
		if slices.Contains(soughtAfter, o.Course.Title) {
			wanted = append(wanted, o)
		}
	}
	switch n := s.random.IntN(10); {
	case len(kept) > 0 && n < 6:
		here = kept
	case len(wanted) > 0 && n < 9:
		here = wanted
	}
	var wishes enrolment.Choice
	for range max(line.Line.Min, 1) {
		if len(here) == 0 || line.Line.Min == 0 && s.random.IntN(2) == 0 {
			break
		}
		i := s.random.IntN(len(here))
		wishes = append(wishes, catalogue.Wish{Course: here[i].Course.ID, Semester: here[i].Semester})
		here = slices.Delete(slices.Clone(here), i, i+1)
	}
	return wishes
}

// draw prepares what every family hands in, on all processors: drawing is most
// of what seeding costs.
func (s *seeding) draw() error {
	var group errgroup.Group
	group.SetLimit(runtime.NumCPU())
	for _, f := range s.families {
		if f.fate != sends {
			continue
		}
		var codes []string
		if f.debit {
			codes = append(codes, "rib", "mandat")
		}
		if s.random.IntN(100) < 45 && f.login != Family {
			codes = append(codes, "quotient-familial")
		}
		f.papers = make([]paper, len(codes))
		for i, code := range codes {
			sheet, photo := s.sheet(f, code), s.random.IntN(15) == 0
			group.Go(func() (err error) {
				f.papers[i], err = drawn(code, sheet(), photo)
				return err
			})
		}
	}
	return group.Wait()
}

// depositAll hands in what was drawn for the family.
func (s *seeding) depositAll(f *family) error {
	for _, p := range f.papers {
		if err := s.depositFile(f, p); err != nil {
			return err
		}
	}
	return nil
}

// sheet tells how to draw the paper of that code, as the family has it.
func (s *seeding) sheet(f *family, code string) func() *papers.Sheet {
	g := f.household.Guardians[0]
	who := papers.Person{Name: g.FullName(), Address: f.household.Address, Town: f.household.Postcode + " " + f.household.Town}
	number := int(f.at.UnixMilli() % 100_000)
	switch code {
	case "rib":
		return func() *papers.Sheet { return papers.RIB(who, papers.IBAN(number)) }
	case "mandat":
		facts := s.mandate(f, who, number)
		return func() *papers.Sheet { return papers.Mandate(facts) }
	default:
		quotient := 250 + s.random.IntN(2200)
		return func() *papers.Sheet { return papers.QuotientFamilial(who, quotient, f.at.AddDate(0, -1, 0)) }
	}
}

func (s *seeding) mandate(f *family, who papers.Person, number int) papers.MandateFacts {
	return papers.MandateFacts{
		Creditor: papers.Creditor{Name: "École de musique Sèvre & Loire", Address: "44430 Le Loroux-Bottereau", ICS: "FR00ZZZ999999"},
		Debtor:   who, Reference: fmt.Sprintf("DEMO-%05d", number), IBAN: papers.IBAN(number), Signed: f.at.AddDate(0, 0, -2),
	}
}

// drawn is the sheet as a PDF, or as a photo taken with a telephone.
func drawn(code string, sheet *papers.Sheet, photo bool) (paper, error) {
	if photo {
		data, err := sheet.Photo(4821)
		return paper{code, code + ".jpg", data}, err
	}
	data, err := sheet.PDF()
	return paper{code, code + ".pdf", data}, err
}

func (s *seeding) depositFile(f *family, p paper) error {
	file, err := intake.Read(s.ctx, p.name, bytes.NewReader(p.data))
	if err != nil {
		return fmt.Errorf("%s: %w", p.name, err)
	}
	key := "deposits/" + db.NewID()
	if _, err := s.Blobs.Put(s.ctx, key, bytes.NewReader(file.Data)); err != nil {
		return err
	}
	sum := sha256.Sum256(file.Data)
	_, err = s.registrar.Deposit(s.ctx, f.actor, enrolment.Deposit{
		Household: f.household.ID, Paper: p.code,
		File: document.File{Name: file.OriginalName, BlobKey: key, MediaType: file.MediaType(), Size: file.Size(), Pages: int64(file.Pages), SHA256: hex.EncodeToString(sum[:])},
	})
	return err
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
