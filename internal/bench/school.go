package bench

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"pupitre/internal/domain/account"
	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/catalogue"
	"pupitre/internal/domain/enrolment"
	"pupitre/internal/domain/people"
	"pupitre/internal/domain/school"
	"pupitre/internal/domain/transfer"
	"pupitre/internal/domain/transfer/folder"
	"pupitre/internal/platform/blob"
	"pupitre/internal/platform/clock"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/french"
)

// Password is that of every family of a bench; each sign-in still hashes.
const Password = "Pupitre2027"

// candidate is a family with one pupil, whose dossier is ready to be sent.
type candidate struct {
	login string
	actor actor.Actor
	pupil string
}

// rushSchool is a school on the eve of its opening minute.
type rushSchool struct {
	store    *db.Store
	season   school.Season
	text     string // id of the text that « J’accepte » accepts
	families []candidate

	ctx       context.Context
	catalogue catalogue.Catalogue
	random    *rand.Rand
}

// sizes of a rush that the rules of the formulas can be met with.
const (
	leastCourses = 20
	atOnce       = 250 // families a transaction
)

// makeRushSchool imports a school of so many families and courses into the
// lot's store, then does what each family does before the opening: its
// billing, its pupil's answers, its choice of one to three courses.
func makeRushSchool(ctx context.Context, d Deps, l lot, store *db.Store, families, courses int, opens time.Time, b *bar) (*rushSchool, error) {
	s := &rushSchool{store: store, ctx: ctx, random: rand.New(rand.NewPCG(2027, uint64(families)))}
	b.begin("importing the school", 0)
	if err := s.bringIn(d, l, families, courses); err != nil {
		return nil, fmt.Errorf("import the bench's school: %w", err)
	}
	s.season.OpensAt = opens
	if err := s.setSeason(); err != nil {
		return nil, err
	}
	text, err := school.LatestText(ctx, store, school.TextRules)
	if err != nil {
		return nil, err
	}
	s.text = text.ID
	if s.catalogue, err = catalogue.Of(ctx, store, s.season.ID); err != nil {
		return nil, err
	}
	if err := s.meet(); err != nil {
		return nil, err
	}
	b.begin("preparing the families", len(s.families))
	if err := s.answer(b); err != nil {
		return nil, fmt.Errorf("answer for the families: %w", err)
	}
	b.begin("choosing courses", len(s.families))
	return s, s.choose(b)
}

// bringIn writes the school's files and imports them.
func (s *rushSchool) bringIn(d Deps, l lot, families, courses int) error {
	dir := filepath.Join(l.dir, "files")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	for _, name := range []string{folder.SchoolFile, folder.TeachersFile} {
		data, err := fs.ReadFile(d.Files, name)
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			return err
		}
	}
	for name, rows := range map[string][][]string{
		folder.CoursesFile: courseRows(courses), folder.HouseholdsFile: householdRows(families), folder.PupilsFile: pupilRows(families),
	} {
		if err := writeRows(filepath.Join(dir, name), rows); err != nil {
			return err
		}
	}
	files, problems := folder.Read(os.DirFS(dir))
	if len(problems) > 0 {
		return fmt.Errorf("%d problems, first: %s", len(problems), transfer.Sentence(problems[0]))
	}
	blobs, err := blob.Disk(filepath.Join(l.dir, "documents"))
	if err != nil {
		return err
	}
	defer blobs.Close()
	deps := transfer.Deps{Store: s.store, Blobs: blobs, Accounts: account.New(s.store, clock.System()), Clock: clock.System(), Files: os.DirFS(dir)}
	if _, err := transfer.Import(s.ctx, deps, files, false); err != nil {
		return err
	}
	s.season, err = school.CurrentSeason(s.ctx, s.store)
	return err
}

// setSeason writes the season as it stands here: its opening, above all.
func (s *rushSchool) setSeason() error {
	return s.store.Write(s.ctx, func(tx *db.Tx) error { return school.PutSeason(s.ctx, tx, s.season) })
}

// meet reads who the families are, and gives them all their password.
func (s *rushSchool) meet() error {
	accounts, err := account.Families(s.ctx, s.store)
	if err != nil {
		return err
	}
	ids := make([]string, len(accounts))
	for i, a := range accounts {
		pupils, err := people.PupilsOf(s.ctx, s.store, a.Household)
		if err != nil {
			return err
		}
		if len(pupils) != 1 {
			return fmt.Errorf("family %s has %d pupils", a.Login, len(pupils))
		}
		ids[i] = a.ID
		s.families = append(s.families, candidate{a.Login, a.Actor(), pupils[0].ID})
	}
	return account.New(s.store, clock.System()).GivePassword(s.ctx, operator, Password, ids...)
}

// answer gives the billing and the yellow answers of every family.
func (s *rushSchool) answer(b *bar) error {
	for some := range slices.Chunk(s.families, atOnce) {
		err := s.store.Write(s.ctx, func(tx *db.Tx) error {
			for _, c := range some {
				if err := s.answerFor(tx, c); err != nil {
					return fmt.Errorf("%s: %w", c.login, err)
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
		b.add(len(some))
	}
	return nil
}

func (s *rushSchool) answerFor(tx *db.Tx, c candidate) error {
	now := time.Now().UTC()
	if err := people.SaveBilling(s.ctx, tx, now, c.actor, c.actor.Household, 3, []string{"cheques"}); err != nil {
		return err
	}
	if err := people.MarkChecked(s.ctx, tx, now, c.actor, c.actor.Household, s.season.ID); err != nil {
		return err
	}
	p, _, err := people.PupilOf(s.ctx, tx, c.actor, c.pupil)
	if err != nil {
		return err
	}
	return people.SavePupil(s.ctx, tx, now, c.actor, people.PupilForm{
		PupilID: p.ID, Version: p.Version, SeasonID: s.season.ID, LastName: p.LastName, FirstName: p.FirstName,
		BirthDate: french.CivilDate(p.BirthDate), Level: string(school.NextLevel(school.Level(p.LevelNow))), ImageRight: people.Yes, Beginner: people.No,
	})
}

// choose keeps every family's draft, ready to be sent.
func (s *rushSchool) choose(b *bar) error {
	var group errgroup.Group
	group.SetLimit(16)
	yes := true
	for _, c := range s.families {
		choice, err := s.invent(c)
		if err != nil {
			return errors.Join(err, group.Wait())
		}
		group.Go(func() error {
			defer b.add(1)
			return enrolment.SaveDraft(s.ctx, s.store, clock.System(), c.actor, c.pupil, enrolment.DraftStep{Administrative: &yes, Choice: choice})
		})
	}
	return group.Wait()
}
