package account_test

import (
	"context"
	"encoding/json"
	"errors"
	"testing"
	"time"

	"pupitre/internal/domain/account"
	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/people"
	"pupitre/internal/domain/school"
	"pupitre/internal/platform/clock"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/db/dbtest"
	"pupitre/internal/platform/fault"
)

var ctx = context.Background()

const (
	good  = "Violoncelle8"
	other = "Clavecin2027"
	from  = "203.0.113.9"

	installed = "the secret of the installation, kept elsewhere" // what seals
)

type room struct {
	*testing.T
	store    *db.Store
	clock    *clock.Moved
	accounts *account.Accounts
	mails    int // already read
}

func policies() school.School {
	return school.School{
		Name: "École Sèvre & Loire", ShortName: "Sèvre & Loire", Phone: "0240000000", Recovery: school.RecoverByPassword,
		PasswordMin: 8, PasswordMax: 20, SessionMinutes: 60, PaperDays: 7, OfferDays: 3, QuietFrom: 20, QuietUntil: 8, Accessibility: "non conforme",
	}
}

// each opens the room on both engines, with the families Moreau (two
// responsibles) and Haddad, none of which has a password.
func each(t *testing.T, f func(r *room)) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		c := clock.At(time.Date(2027, 6, 8, 18, 0, 0, 0, time.UTC))
		r := &room{T: t, store: store, clock: c, accounts: account.New(store, c)}
		if err := r.accounts.SealWith(ctx, installed); err != nil {
			t.Fatal(err)
		}
		r.write(func(tx *db.Tx) error {
			return errors.Join(
				school.Put(ctx, tx, policies()),
				people.PutHousehold(ctx, tx, c.Now(), people.Household{ID: "moreau", Guardians: []people.Guardian{
					{ID: "g1", HouseholdID: "moreau", LastName: "Moreau", FirstName: "Claire", Email: "claire@exemple.fr"},
					{ID: "g2", HouseholdID: "moreau", LastName: "Moreau", FirstName: "Paul", Email: "Paul.Moreau@exemple.fr", Position: 1}}}),
				people.PutHousehold(ctx, tx, c.Now(), people.Household{ID: "haddad", Guardians: []people.Guardian{
					{ID: "g3", HouseholdID: "haddad", LastName: "Haddad", FirstName: "Samir", Email: ""}}}),
			)
		})
		r.family("moreau", "MOREAU-4821", "Moreau")
		r.family("haddad", "HADDAD-1733", "Haddad")
		f(r)
	})
}

func (r *room) write(f func(tx *db.Tx) error) {
	r.Helper()
	if err := r.store.Write(ctx, f); err != nil {
		r.Fatal(err)
	}
}

func (r *room) family(household, wanted, name string) (login string) {
	r.Helper()
	r.write(func(tx *db.Tx) (err error) {
		login, err = r.accounts.CreateFamily(ctx, tx, actor.System, household, wanted, name)
		return err
	})
	return login
}

type mail struct {
	Recipient string `db:"recipient"`
	Kind      string `db:"kind"`
	Args      string `db:"args"`
	Secret    string `db:"secret"`
}

// lost asks for a password and lets the background job answer; it returns the
// mails enqueued since.
func (r *room) lost(login, email string) []mail {
	r.Helper()
	if err := r.accounts.Recover(ctx, login, email, from); err != nil {
		r.Fatal(err)
	}
	jobs, err := db.All[string](ctx, r.store, `select secret from job where kind = $1 order by id`, account.RecoverJob)
	if err != nil {
		r.Fatal(err)
	}
	var request account.Lost
	if err := json.Unmarshal([]byte(jobs[len(jobs)-1]), &request); err != nil {
		r.Fatal(err)
	}
	for range 2 { // a job may run twice
		if err := r.accounts.Answer(ctx, request); err != nil {
			r.Fatal(err)
		}
	}
	all, err := db.All[mail](ctx, r.store, `select m.recipient, m.kind, j.args, j.secret from outgoing_mail m join job j on j.key = 'mail:' || m.id order by m.id`)
	if err != nil {
		r.Fatal(err)
	}
	fresh := all[r.mails:]
	r.mails = len(all)
	return fresh
}

// mailedPassword is the password in the one mail that a request brings.
func (r *room) mailedPassword(login, email string) string {
	r.Helper()
	mails := r.lost(login, email)
	if len(mails) != 1 || mails[0].Kind != "new_password" {
		r.Fatalf("%s asks: got mails %v, want one new password", login, mails)
	}
	var secret account.NewPasswordSecret
	if err := json.Unmarshal([]byte(mails[0].Secret), &secret); err != nil {
		r.Fatal(err)
	}
	return secret.Password
}

// settled gives the account the password good and returns an open session.
func (r *room) settled(login, email string) account.Opened {
	r.Helper()
	opened := r.signIn(login, r.mailedPassword(login, email))
	full, err := r.accounts.SetFirstPassword(ctx, opened.Token, good)
	if err != nil {
		r.Fatal(err)
	}
	return full
}

func (r *room) signIn(login, password string) account.Opened {
	r.Helper()
	opened, err := r.accounts.SignIn(ctx, login, password, from)
	if err != nil {
		r.Fatalf("%s signs in: %v", login, err)
	}
	return opened
}

func (r *room) refused(what, login, password string) {
	r.Helper()
	_, err := r.accounts.SignIn(ctx, login, password, from)
	if !isInvalid(err) {
		r.Errorf("%s: got %v, want Invalid", what, err)
	}
}

func (r *room) isOpen(token string) bool {
	r.Helper()
	who, _, err := r.accounts.Session(ctx, token)
	if err != nil {
		r.Fatal(err)
	}
	return who.Role != actor.Nobody
}

func isInvalid(err error) bool {
	var invalid *fault.Invalid
	return errors.As(err, &invalid)
}

func at(err error, field string) string {
	var invalid *fault.Invalid
	if !errors.As(err, &invalid) {
		return ""
	}
	return invalid.Of(field)
}

func isBusy(err error) *fault.Busy {
	var busy *fault.Busy
	errors.As(err, &busy)
	return busy
}
