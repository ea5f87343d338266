// Package demo seeds the made-up school through the rooms' public methods,
// with a moved clock and no SQL of its own: what it shows is what the product does.
package demo

import (
	"context"
	"fmt"
	"io/fs"
	"log/slog"
	"math/rand/v2"
	"time"

	"pupitre/internal/domain/account"
	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/catalogue"
	"pupitre/internal/domain/enrolment"
	"pupitre/internal/domain/school"
	"pupitre/internal/domain/transfer"
	"pupitre/internal/domain/transfer/folder"
	"pupitre/internal/platform/blob"
	"pupitre/internal/platform/clock"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/mail"
	"pupitre/internal/work"
)

// Deps is what the school is made in.
type Deps struct {
	Store     *db.Store
	Blobs     blob.Store
	Files     fs.FS // the folder that import reads: demo.Files
	Outbox    *mail.Memory
	Log       *slog.Logger
	Now       time.Time // the day it is shown: the campaign opened twelve days before
	PublicURL string
	MailFrom  string
}

// Login is one account to try the school with.
type Login struct {
	Role     string
	Login    string
	Password string
}

// The passwords of the demonstration, which its page shows.
const (
	FamilyPassword = "Pupitre2027"
	StaffPassword  = "Pupitre-demo-2027"
)

// Family is the family that the demonstration signs in as.
const Family = "MOREAU-4821"

// Seed makes the school: its files imported, its staff, and a campaign under
// way with dossiers in every state. The store is empty before.
func Seed(ctx context.Context, d Deps) error {
	s, err := begin(ctx, d)
	if err != nil {
		return err
	}
	defer s.registrar.Close()
	for _, step := range []struct {
		name string
		run  func() error
	}{
		{"import the files", s.importFiles},
		{"make the staff", s.makeStaff},
		{"set the tariffs", s.setTariffs},
		{"plan the campaign", s.plan},
		{"draw their papers", s.draw},
		{"send the dossiers", s.sendAll},
		{"check the papers", s.office},
		{"write to families", s.writeToFamilies},
		{"show every state", s.everyState},
		{"invoice a few families", s.invoice},
		{"open the family's account", s.openFamily},
	} {
		began := time.Now()
		if err := step.run(); err != nil {
			return fmt.Errorf("demo: %s: %w", step.name, err)
		}
		d.Log.Debug("demo", "step", step.name, "took", time.Since(began).String())
	}
	return nil
}

// Logins are the accounts that Seed makes, one a role.
func Logins() []Login {
	logins := []Login{{"famille", Family, FamilyPassword}}
	for _, m := range staff {
		logins = append(logins, Login{m.role.French(), m.email, StaffPassword})
	}
	return logins
}

var staff = []struct {
	role        actor.Role
	name, email string
}{
	{actor.Secretary, "Annie Douillard", "secretariat@exemple.fr"},
	{actor.Director, "Maud Terrien", "direction@exemple.fr"},
	{actor.Administrator, "Yves Cormier", "administration@exemple.fr"},
	{actor.Teacher, "Hervé Rolland", "enseignant@exemple.fr"},
	{actor.Bursar, "Odile Brelet", "regie@exemple.fr"},
}

// seeding is the school being made.
type seeding struct {
	Deps
	ctx       context.Context
	clock     *clock.Moved
	opening   time.Time
	accounts  *account.Accounts
	registrar *enrolment.Registrar
	random    *rand.Rand
	season    school.Season
	catalogue catalogue.Catalogue
	families  []*family
	secretary actor.Actor
	bursar    actor.Actor
}

func begin(ctx context.Context, d Deps) (*seeding, error) {
	local := d.Now.In(clock.Paris)
	opening := time.Date(local.Year(), local.Month(), local.Day()-12, 20, 0, 0, 0, clock.Paris)
	moved := clock.At(opening.AddDate(0, 0, -7))
	return &seeding{
		Deps: d, ctx: ctx, clock: moved, opening: opening,
		accounts: account.New(d.Store, moved), registrar: enrolment.NewRegistrar(d.Store, moved),
		random: rand.New(rand.NewPCG(4821, 2027)),
	}, nil
}

func (s *seeding) importFiles() error {
	files, problems := folder.Read(s.Files)
	if len(problems) > 0 {
		return fmt.Errorf("%d problems, first: %s", len(problems), transfer.Sentence(problems[0]))
	}
	deps := transfer.Deps{Store: s.Store, Blobs: s.Blobs, Accounts: s.accounts, Clock: s.clock, Files: s.Files}
	if _, err := transfer.Import(s.ctx, deps, files, false); err != nil {
		return err
	}
	var err error
	if s.season, err = school.CurrentSeason(s.ctx, s.Store); err != nil {
		return err
	}
	s.catalogue, err = catalogue.Of(s.ctx, s.Store, s.season.ID)
	return err
}

func (s *seeding) makeStaff() error {
	for _, m := range staff {
		made, err := s.accounts.CreateStaff(s.ctx, actor.System, m.role, m.name, m.email, StaffPassword)
		if err != nil {
			return err
		}
		switch m.role {
		case actor.Secretary:
			s.secretary = made.Actor()
		case actor.Bursar:
			s.bursar = made.Actor()
		}
	}
	return nil
}

// runJobs does what is due at the moved clock: mails leave, delays run out.
func (s *seeding) runJobs() error {
	runner := work.NewRunner(work.Deps{
		Store: s.Store, Clock: s.clock, Log: s.Log, Registrar: s.registrar, Accounts: s.accounts, Blobs: s.Blobs,
		Outbox: s.Outbox, PublicURL: s.PublicURL, MailFrom: s.MailFrom,
	})
	_, err := runner.RunDue(s.ctx)
	return err
}
