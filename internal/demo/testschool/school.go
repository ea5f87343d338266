// Package testschool opens the demonstration school for the tests of lists and
// of the office's pages: the real files, imported into a real store, and
// families that send dossiers through the rooms at a clock that is moved.
package testschool

import (
	"context"
	"crypto/sha256"
	"fmt"
	"strings"
	"testing"
	"time"

	"pupitre/demo"
	"pupitre/internal/domain/account"
	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/catalogue"
	"pupitre/internal/domain/document"
	"pupitre/internal/domain/enrolment"
	"pupitre/internal/domain/people"
	"pupitre/internal/domain/school"
	"pupitre/internal/domain/transfer"
	"pupitre/internal/domain/transfer/folder"
	"pupitre/internal/platform/blob"
	"pupitre/internal/platform/clock"
	"pupitre/internal/platform/db"
)

// Secretary works at the dossiers.
var Secretary = actor.Actor{Account: "a-odile", Name: "Odile Batard", Role: actor.Secretary}

// School is the demonstration school in the middle of its campaign.
type School struct {
	T         testing.TB
	Ctx       context.Context
	Store     *db.Store
	Clock     *clock.Moved
	Registrar *enrolment.Registrar
	Accounts  *account.Accounts
	Blobs     blob.Store
	Season    school.Season
	Catalogue catalogue.Catalogue
	Text      string // of « J'accepte »
	files     int
}

// Paris reads « 2006-01-02 15:04 » as it is said in Paris.
func Paris(s string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04", s, clock.Paris)
	if err != nil {
		panic(err)
	}
	return t.UTC()
}

// Open imports the school on the 1st of June 2027 and moves to the 7th, 9 h.
func Open(t testing.TB, store *db.Store) *School {
	t.Helper()
	s := &School{T: t, Ctx: context.Background(), Store: store, Clock: clock.At(Paris("2027-06-01 08:00"))}
	var err error
	s.Blobs, err = blob.Disk(t.TempDir())
	s.Must(err)
	s.Accounts = account.New(store, s.Clock)
	f, problems := folder.Read(demo.Files)
	if len(problems) > 0 {
		t.Fatalf("the demonstration's files: %v", problems)
	}
	_, err = transfer.Import(s.Ctx, transfer.Deps{Store: store, Blobs: s.Blobs, Accounts: s.Accounts, Clock: s.Clock, Files: demo.Files}, f, false)
	s.Must(err)
	s.Season, err = school.CurrentSeason(s.Ctx, store)
	s.Must(err)
	s.Catalogue, err = catalogue.Of(s.Ctx, store, s.Season.ID)
	s.Must(err)
	text, err := school.LatestText(s.Ctx, store, school.TextRules)
	s.Must(err)
	s.Text = text.ID
	s.Registrar = enrolment.NewRegistrar(store, s.Clock)
	t.Cleanup(s.Registrar.Close)
	s.Clock.Set(Paris("2027-06-07 09:00"))
	return s
}

// Must stops the test on an error.
func (s *School) Must(err error) {
	s.T.Helper()
	if err != nil {
		s.T.Fatal(err)
	}
}

// Family is a household that acts, with the pupil in hand.
type Family struct {
	actor.Actor
	Login string
	Pupil people.Pupil
	s     *School
}

// Family finds the family of that identifiant and its pupil of that first name.
func (s *School) Family(login, first string) Family {
	s.T.Helper()
	held, err := account.ByLogin(s.Ctx, s.Store, login)
	s.Must(err)
	pupils, err := people.PupilsOf(s.Ctx, s.Store, held.Household)
	s.Must(err)
	for _, p := range pupils {
		if p.FirstName == first {
			return Family{Actor: held.Actor(), Login: login, Pupil: p, s: s}
		}
	}
	s.T.Fatalf("no pupil %s in %s", first, login)
	return Family{}
}

// Prepare fills what is yellow: cheques only, so that no paper is required, or
// a debit, so that a RIB and a mandate are.
func (f Family) Prepare(means ...string) Family {
	s := f.s
	s.T.Helper()
	if len(means) == 0 {
		means = []string{"cheques"}
	}
	h, err := people.HouseholdByID(s.Ctx, s.Store, f.Actor, f.Household)
	s.Must(err)
	form := people.HouseholdForm{
		HouseholdID: h.ID, Version: h.Version, Address: h.Address, AddressExtra: h.AddressExtra, Postcode: h.Postcode, Town: h.Town,
		BillingMode: 3, Means: means,
	}
	for _, g := range h.Guardians {
		form.Guardians = append(form.Guardians, people.GuardianForm{
			ID: g.ID, Civility: g.Civility, LastName: g.LastName, FirstName: g.FirstName, Email: g.Email, Mobile: g.Mobile, Phone: g.Phone,
		})
	}
	level := string(school.NextLevel(school.Level(f.Pupil.LevelNow)))
	s.Must(s.Store.Write(s.Ctx, func(tx *db.Tx) error {
		if _, err := people.SaveIdentity(s.Ctx, tx, s.Clock.Now(), f.Actor, form); err != nil {
			return err
		}
		return people.SavePupil(s.Ctx, tx, s.Clock.Now(), f.Actor, people.PupilForm{
			PupilID: f.Pupil.ID, Version: f.Pupil.Version, SeasonID: s.Season.ID, LastName: f.Pupil.LastName, FirstName: f.Pupil.FirstName,
			BirthDate: birth(f.Pupil.BirthDate), Level: level, ImageRight: people.Yes, Beginner: people.No,
		})
	}))
	return f
}

func birth(iso string) string {
	t, err := time.Parse(time.DateOnly, iso)
	if err != nil {
		return ""
	}
	return t.Format("02/01/2006")
}

// Wish names a course by its code.
func (s *School) Wish(code string, semester int64) catalogue.Wish {
	s.T.Helper()
	for _, c := range s.Catalogue.Courses {
		if c.Code == code {
			return catalogue.Wish{Course: c.ID, Semester: semester}
		}
	}
	s.T.Fatalf("no course %s", code)
	return catalogue.Wish{}
}

// Programme is the id of the programme of that code.
func (s *School) Programme(code string) string {
	s.T.Helper()
	for _, p := range s.Catalogue.Programmes {
		if p.Code == code {
			return p.ID
		}
	}
	s.T.Fatalf("no programme %s", code)
	return ""
}

// Site is the id of the pole of a course.
func (s *School) Site(code string) string {
	c, _ := s.Catalogue.Course(s.Wish(code, 0).Course)
	return c.SiteID
}

// Choose keeps a choice in the draft.
func (f Family) Choose(programme string, courses ...string) Family {
	f.s.T.Helper()
	choice := &enrolment.NewChoice{Pupil: f.Pupil.ID, Programme: f.s.Programme(programme), Site: f.s.Site(courses[0])}
	for _, code := range courses {
		choice.Wishes = append(choice.Wishes, f.s.Wish(code, 0))
	}
	yes := true
	f.s.Must(enrolment.SaveDraft(f.s.Ctx, f.s.Store, f.s.Clock, f.Actor, f.Pupil.ID, enrolment.DraftStep{Administrative: &yes, Choice: choice}))
	return f
}

// onePage is a whole PDF of one empty page.
const onePage = "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n" +
	"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\nxref\n0 4\n0000000000 65535 f \n0000000009 00000 n \n" +
	"0000000052 00000 n \n0000000101 00000 n \ntrailer<</Size 4/Root 1 0 R>>\nstartxref\n162\n%%EOF\n"

// Deposit hands in a paper of the household (a small PDF that is kept), and returns its id.
func (f Family) Deposit(paper string) string {
	f.s.T.Helper()
	f.s.files++
	key := fmt.Sprintf("pieces/test-%d", f.s.files)
	_, err := f.s.Blobs.Put(f.s.Ctx, key, strings.NewReader(onePage))
	f.s.Must(err)
	id, err := f.s.Registrar.Deposit(f.s.Ctx, f.Actor, enrolment.Deposit{Household: f.Household, Paper: paper, File: document.File{
		Name: paper + ".pdf", BlobKey: key, MediaType: "application/pdf", Size: int64(len(onePage)), Pages: 1, SHA256: fmt.Sprintf("%x", sha256.Sum256([]byte(onePage))),
	}})
	f.s.Must(err)
	f.s.Clock.Add(time.Minute)
	return id
}

// Send presses « Valider », a minute after whoever came before, and returns the dossier.
func (f Family) Send() enrolment.Dossier {
	f.s.T.Helper()
	f.s.Clock.Add(time.Minute)
	outcomes, err := f.s.Registrar.Submit(f.s.Ctx, f.Actor, enrolment.Submission{Pupils: []string{f.Pupil.ID}, Text: f.s.Text, Agreed: true})
	f.s.Must(err)
	f.s.Must(outcomes[0].Err)
	return f.Dossier()
}

// Dossier is the pupil's dossier as it stands.
func (f Family) Dossier() enrolment.Dossier {
	f.s.T.Helper()
	reg, err := enrolment.RegistrationOf(f.s.Ctx, f.s.Store, Secretary, f.Pupil.ID)
	f.s.Must(err)
	return reg.Dossier
}
