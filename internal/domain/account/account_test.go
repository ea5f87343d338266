package account_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
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

func TestFirstSignIn(t *testing.T) {
	each(t, func(r *room) {
		r.refused("without a password yet", "MOREAU-4821", "")
		password := r.mailedPassword("moreau-4821 ", "CLAIRE@exemple.fr")
		if words := (account.Policy{Min: 8, Max: 20}).Refusal(password); words != "" || len(password) != 12 {
			r.Errorf("mailed password %q: %s", password, words)
		}
		limited := r.signIn("Moreau-4821", password)
		if !limited.Limited || limited.Actor.Household != "moreau" || limited.Actor.Role != actor.Family {
			r.Fatalf("opened %+v", limited)
		}
		if _, isLimited, _ := r.accounts.Session(ctx, limited.Token); !isLimited {
			r.Error("the mailed password opens more than the choice of another")
		}
		if err := r.accounts.ChangePassword(ctx, limited.Actor, limited.Token, password, good); !errors.Is(err, fault.ErrForbidden) {
			r.Errorf("change from a limited session: %v", err)
		}
		if _, err := r.accounts.SetFirstPassword(ctx, limited.Token, "court"); at(err, account.FieldNew) == "" {
			r.Errorf("a short one: %v", err)
		}
		if _, err := r.accounts.SetFirstPassword(ctx, limited.Token, password); at(err, account.FieldNew) == "" {
			r.Errorf("the mailed one again: %v", err)
		}
		full, err := r.accounts.SetFirstPassword(ctx, limited.Token, good)
		if err != nil || full.Limited {
			r.Fatalf("set: %v %+v", err, full)
		}
		if r.isOpen(limited.Token) || !r.isOpen(full.Token) {
			r.Error("the limited session goes on, or the full one is not open")
		}
		r.refused("the mailed password once replaced", "MOREAU-4821", password)
		if again := r.signIn("MOREAU-4821", good); again.Limited {
			r.Error("the chosen password opens a limited session")
		}
		if _, err := r.accounts.SetFirstPassword(ctx, full.Token, other); !errors.Is(err, fault.ErrForbidden) {
			r.Errorf("a full session sets a password without the current one: %v", err)
		}
	})
}

func TestRecoveryAnswersOnlyAnAddressOnFile(t *testing.T) {
	each(t, func(r *room) {
		for _, c := range []struct{ what, login, email, to string }{
			{"second responsible, other case", "MOREAU-4821", "PAUL.moreau@EXEMPLE.fr", "Paul.Moreau@exemple.fr"},
			{"another family's address", "HADDAD-1733", "claire@exemple.fr", ""},
			{"unknown identifiant", "NESSUNO-0000", "claire@exemple.fr", ""},
			{"unknown address", "MOREAU-4821", "inconnu@exemple.fr", ""},
		} {
			mails := r.lost(c.login, c.email)
			if c.to == "" && len(mails) > 0 || c.to != "" && (len(mails) != 1 || mails[0].Recipient != c.to) {
				r.Errorf("%s: got mails %v, want one to %q", c.what, mails, c.to)
			}
		}
	})
}

func TestEachRequestVoidsTheOneBefore(t *testing.T) {
	each(t, func(r *room) {
		r.settled("MOREAU-4821", "claire@exemple.fr")
		first := r.mailedPassword("MOREAU-4821", "claire@exemple.fr")
		r.refused("the old password after a request", "MOREAU-4821", good)
		limited := r.signIn("MOREAU-4821", first)
		second := r.mailedPassword("MOREAU-4821", "claire@exemple.fr")
		r.refused("the first mailed password after a second request", "MOREAU-4821", first)
		if r.isOpen(limited.Token) {
			r.Error("the session of the first mailed password goes on")
		}
		r.clock.Add(24*time.Hour - time.Second)
		last := r.signIn("MOREAU-4821", second)
		r.clock.Add(time.Second)
		_, err := r.accounts.SignIn(ctx, "MOREAU-4821", second, from)
		if !isInvalid(err) || !strings.Contains(err.Error(), "24\u00a0h") {
			r.Errorf("after 24 h: %v", err)
		}
		if r.isOpen(last.Token) {
			r.Error("the limited session outlives its password")
		}
	})
}

func TestSecretsAreKeptOnlyInTheMailsJob(t *testing.T) {
	each(t, func(r *room) {
		opened := r.settled("MOREAU-4821", "claire@exemple.fr")
		password := r.mailedPassword("MOREAU-4821", "claire@exemple.fr")
		for _, table := range []string{"account", "session", "journal", "outgoing_mail"} {
			query := "select count(*) from " + table + " where "
			switch table {
			case "account":
				query += "password_hash || link_hash || name || login like '%' || $1 || '%'"
			case "session":
				query += "token_hash like '%' || $1 || '%'"
			case "journal":
				query += "before || after || reason || actor_name like '%' || $1 || '%'"
			case "outgoing_mail":
				query += "event_key || subject || last_error like '%' || $1 || '%'"
			}
			for _, secret := range []string{password, good, opened.Token} {
				if n, err := db.One[int64](ctx, r.store, query, secret); err != nil || n != 0 {
					r.Errorf("%s holds a secret (%d, %v)", table, n, err)
				}
			}
		}
	})
}

func TestThrottles(t *testing.T) {
	each(t, func(r *room) {
		r.settled("MOREAU-4821", "claire@exemple.fr")
		for range 8 {
			r.refused("a wrong password", "MOREAU-4821", "Mauvais123")
		}
		again := account.New(r.store, r.clock) // the throttle is kept across a restart
		_, err := again.SignIn(ctx, " moreau-4821", good, "198.51.100.7")
		busy := isBusy(err)
		if busy == nil || busy.RetryAfter != 15*time.Minute || !strings.Contains(busy.Message, "20\u00a0h\u00a015") {
			r.Fatalf("ninth try: got %v, want to come back at 20 h 15", err)
		}
		if _, err := r.accounts.SignIn(ctx, "HADDAD-1733", good, from); isBusy(err) != nil {
			r.Error("another identifiant behind the same address is throttled")
		}
		r.clock.Add(15 * time.Minute)
		r.signIn("MOREAU-4821", good)
		for range 7 {
			r.refused("a wrong password", "MOREAU-4821", "Mauvais123")
		}
		r.signIn("MOREAU-4821", good)
	})
}

func TestTriesFromOneNetworkAreBounded(t *testing.T) {
	each(t, func(r *room) {
		if _, err := r.accounts.SignIn(ctx, "inconnu-1", "", "2001:db8::1"); !isInvalid(err) {
			r.Fatalf("first try: %v", err)
		}
		r.write(func(tx *db.Tx) error { // 198 tries more
			_, err := tx.Exec(ctx, `update throttle set tries = tries + 198 where key like 'signin-from:%'`)
			return err
		})
		if _, err := r.accounts.SignIn(ctx, "inconnu-200", "", "2001:db8::2"); !isInvalid(err) {
			r.Errorf("try 200 from one network: %v", err)
		}
		_, last := r.accounts.SignIn(ctx, "inconnu-201", "", "2001:db8::3")
		if isBusy(last) == nil {
			r.Errorf("try 201 from one network: %v", last)
		}
		if _, err := r.accounts.SignIn(ctx, "MOREAU-4821", "Mauvais123", "2001:db9::1"); !isInvalid(err) {
			r.Errorf("another network: %v", err)
		}
	})
}

func TestRequestsForAPasswordAreBounded(t *testing.T) {
	each(t, func(r *room) {
		for _, login := range []string{"MOREAU-4821", "NESSUNO-0000"} {
			for range 5 {
				r.lost(login, "x@exemple.fr")
			}
			if err := r.accounts.Recover(ctx, login, "x@exemple.fr", from); isBusy(err) == nil {
				r.Errorf("sixth request for %s: %v", login, err)
			}
		}
	})
}

func TestSessionsEnd(t *testing.T) {
	each(t, func(r *room) {
		idle := r.settled("MOREAU-4821", "claire@exemple.fr")
		r.clock.Add(59 * time.Minute)
		if !r.isOpen(idle.Token) {
			r.Fatal("59 minutes without a visit end a session of 60")
		}
		r.clock.Add(59 * time.Minute)
		if !r.isOpen(idle.Token) {
			r.Fatal("a visit does not prolong the session")
		}
		r.clock.Add(time.Hour)
		if r.isOpen(idle.Token) {
			r.Error("an hour without a visit does not end it")
		}
		out := r.signIn("MOREAU-4821", good)
		if err := r.accounts.SignOut(ctx, out.Token); err != nil || r.isOpen(out.Token) {
			r.Errorf("signed out: %v, still open %v", err, r.isOpen(out.Token))
		}
		for token, open := range map[string]bool{"": false, "x": false, strings.Repeat("x", 500): false} {
			if r.isOpen(token) != open {
				r.Errorf("token %q opens", token)
			}
		}
	})
}

func TestNobodyStaysSignedInForEver(t *testing.T) {
	each(t, func(r *room) {
		_, err := r.accounts.CreateStaff(ctx, actor.System, actor.Secretary, "Odile Batard", "odile@exemple.fr", "Secretariat2027")
		if err != nil {
			r.Fatal(err)
		}
		week := policies()
		week.SessionMinutes = 7 * 24 * 60
		r.write(func(tx *db.Tx) error { return school.Put(ctx, tx, week) })
		family := r.settled("MOREAU-4821", "claire@exemple.fr")
		staff := r.signIn("odile@exemple.fr", "Secretariat2027")
		var familyEnd, staffEnd time.Duration
		for spent := time.Duration(0); spent < 31*24*time.Hour; spent += 6 * time.Hour {
			if familyEnd == 0 && !r.isOpen(family.Token) {
				familyEnd = spent
			}
			if staffEnd == 0 && !r.isOpen(staff.Token) {
				staffEnd = spent
			}
			r.clock.Add(6 * time.Hour)
		}
		if familyEnd != 30*24*time.Hour || staffEnd != 12*time.Hour {
			r.Errorf("always busy, a family is signed out after %s and the staff after %s", familyEnd, staffEnd)
		}
		r.clock.Add(7 * 24 * time.Hour)
		if err := r.accounts.Sweep(ctx); err != nil {
			r.Fatal(err)
		}
		if n, err := db.One[int64](ctx, r.store, `select (select count(*) from session) + (select count(*) from throttle)`); err != nil || n != 0 {
			r.Errorf("after the sweep %d rows are left (%v)", n, err)
		}
	})
}

func TestChangingThePasswordEndsTheOtherSessions(t *testing.T) {
	each(t, func(r *room) {
		mine := r.settled("MOREAU-4821", "claire@exemple.fr")
		others := r.signIn("MOREAU-4821", good)
		for what, c := range map[string]struct{ current, next, field string }{
			"wrong current one":  {"Mauvais123", other, account.FieldCurrent},
			"the same again":     {good, good, account.FieldNew},
			"against the policy": {good, "toutminuscule1", account.FieldNew},
		} {
			if err := r.accounts.ChangePassword(ctx, mine.Actor, mine.Token, c.current, c.next); at(err, c.field) == "" {
				r.Errorf("%s: %v", what, err)
			}
		}
		if !r.isOpen(others.Token) {
			r.Fatal("a refused change ends sessions")
		}
		if err := r.accounts.ChangePassword(ctx, mine.Actor, mine.Token, good, other); err != nil {
			r.Fatal(err)
		}
		if !r.isOpen(mine.Token) || r.isOpen(others.Token) {
			r.Errorf("mine open %v, the other one open %v", r.isOpen(mine.Token), r.isOpen(others.Token))
		}
		r.refused("the former password", "MOREAU-4821", good)
		r.signIn("MOREAU-4821", other)
	})
}

func TestPersonalisedIdentifiant(t *testing.T) {
	each(t, func(r *room) {
		mine := r.settled("MOREAU-4821", "claire@exemple.fr")
		for _, login := range []string{"abc", strings.Repeat("a", 41), "deux mots", "a<b>", "haddad-1733", "Háddad-1733", "", "....\x00"} {
			if err := r.accounts.ChangeLogin(ctx, mine.Actor, login); at(err, account.FieldLogin) == "" && isBusy(err) == nil {
				r.Errorf("%q: got %v", login, err)
			}
		}
		r.clock.Add(15 * time.Minute)
		if err := r.accounts.ChangeLogin(ctx, mine.Actor, "Élise.et.Léo"); err != nil {
			r.Fatal(err)
		}
		r.signIn("elise.et.leo", good)
		r.refused("the former identifiant", "MOREAU-4821", good)
		if err := r.accounts.ChangeLogin(ctx, mine.Actor, "ELISE.et.LEO"); err != nil {
			r.Errorf("other case of one's own: %v", err)
		}
	})
}

func TestRecoveryByLink(t *testing.T) {
	each(t, func(r *room) {
		old := r.settled("MOREAU-4821", "claire@exemple.fr")
		byLink := policies()
		byLink.Recovery = school.RecoverByLink
		r.write(func(tx *db.Tx) error { return school.Put(ctx, tx, byLink) })
		link := func() string {
			mails := r.lost("MOREAU-4821", "claire@exemple.fr")
			var secret account.RecoveryLinkSecret
			if len(mails) != 1 || mails[0].Kind != "recovery_link" || json.Unmarshal([]byte(mails[0].Secret), &secret) != nil {
				r.Fatalf("mails %v", mails)
			}
			return strings.TrimPrefix(secret.Path, account.LinkPath)
		}
		first, second := link(), link()
		if _, err := r.accounts.Link(ctx, first); !errors.Is(err, fault.ErrNotFound) {
			r.Errorf("the first link after a second request: %v", err)
		}
		if got, err := r.accounts.Link(ctx, second); err != nil || got.Login != "MOREAU-4821" {
			r.Errorf("opening the link: %v", err)
		}
		r.signIn("MOREAU-4821", good) // the old password lives on
		if _, err := r.accounts.UseLink(ctx, second, "court", from); at(err, account.FieldNew) == "" {
			r.Errorf("a short password: %v", err)
		}
		opened, err := r.accounts.UseLink(ctx, second, other, from)
		if err != nil || opened.Limited || !r.isOpen(opened.Token) || r.isOpen(old.Token) {
			r.Errorf("used: %v %+v, the old session is open: %v", err, opened, r.isOpen(old.Token))
		}
		if _, err := r.accounts.UseLink(ctx, second, good, from); !errors.Is(err, fault.ErrNotFound) {
			r.Errorf("used twice: %v", err)
		}
		r.refused("the old password", "MOREAU-4821", good)
		late := link()
		r.clock.Add(24 * time.Hour)
		if _, err := r.accounts.UseLink(ctx, late, good, from); !errors.Is(err, fault.ErrNotFound) {
			r.Errorf("after 24 h: %v", err)
		}
	})
}

func TestIdentifiantsAreMadeFromTheName(t *testing.T) {
	each(t, func(r *room) {
		for _, c := range []struct{ household, name, stem string }{
			{"h1", "Le Goff", "LEGOFF-"}, {"h2", "Nguyễn-Đặng", "NGUYEN"}, {"h3", "", "FAMILLE-"}, {"h4", "Moreau", "MOREAU-"},
		} {
			r.write(func(tx *db.Tx) error {
				return people.PutHousehold(ctx, tx, r.clock.Now(), people.Household{ID: c.household})
			})
			if login := r.family(c.household, "", c.name); !strings.HasPrefix(login, c.stem) || len(login) < len("-0000") {
				r.Errorf("%q: got %s", c.name, login)
			}
		}
		err := r.store.Write(ctx, func(tx *db.Tx) error {
			_, err := r.accounts.CreateFamily(ctx, tx, actor.System, "h5", "moreau-4821", "Moreau")
			return err
		})
		if at(err, account.FieldLogin) == "" {
			r.Errorf("taken: %v", err)
		}
		waiting, err := account.WithoutPassword(ctx, r.store)
		if err != nil || len(waiting) != 6 {
			r.Errorf("without password: %d (%v)", len(waiting), err)
		}
	})
}

func TestIdentifiantsByMail(t *testing.T) {
	each(t, func(r *room) {
		families, err := account.Families(ctx, r.store)
		if err != nil {
			r.Fatal(err)
		}
		ids := []string{families[0].ID, families[1].ID}
		if _, err := r.accounts.MailIdentifiers(ctx, actor.Actor{Role: actor.Family, Household: "moreau"}, ids); !errors.Is(err, fault.ErrForbidden) {
			r.Errorf("a family mails identifiants: %v", err)
		}
		office := actor.Actor{Account: "x", Name: "Odile", Role: actor.Secretary}
		if n, err := r.accounts.MailIdentifiers(ctx, office, ids); n != 1 || err != nil {
			r.Errorf("mailed %d (%v), want 1: Haddad has no address", n, err)
		}
		if err := r.accounts.NoteLetters(ctx, office, ids); err != nil {
			r.Fatal(err)
		}
		moreau, err := account.OfHousehold(ctx, r.store, "moreau")
		if err != nil || moreau.LetterMailedAt.IsZero() || moreau.LetterPrintedAt.IsZero() {
			r.Errorf("Moreau: %+v %v", moreau, err)
		}
		haddad, err := account.OfHousehold(ctx, r.store, "haddad")
		if err != nil || !haddad.LetterMailedAt.IsZero() || haddad.LetterPrintedAt.IsZero() {
			r.Errorf("Haddad: %+v %v", haddad, err)
		}
	})
}

func TestStaff(t *testing.T) {
	each(t, func(r *room) {
		for _, c := range []struct {
			what, name, email, password string
			role                        actor.Role
			field                       string
		}{
			{"eleven characters", "Odile", "o@exemple.fr", "Violoncel27", actor.Secretary, account.FieldNew},
			{"no address", "Odile", "odile", "Secretariat2027", actor.Secretary, account.FieldEmail},
			{"no name", "", "o@exemple.fr", "Secretariat2027", actor.Secretary, account.FieldName},
		} {
			if _, err := r.accounts.CreateStaff(ctx, actor.System, c.role, c.name, c.email, c.password); at(err, c.field) == "" {
				r.Errorf("%s: %v", c.what, err)
			}
		}
		if _, err := r.accounts.CreateStaff(ctx, actor.System, actor.Family, "X", "x@exemple.fr", "Secretariat2027"); !isInvalid(err) {
			r.Errorf("a family as staff: %v", err)
		}
		secretary := actor.Actor{Account: "s", Role: actor.Secretary}
		if _, err := r.accounts.CreateStaff(ctx, secretary, actor.Administrator, "X", "x@exemple.fr", "Secretariat2027"); !errors.Is(err, fault.ErrForbidden) {
			r.Errorf("a secretary makes an administrator: %v", err)
		}
		made, err := r.accounts.CreateStaff(ctx, actor.System, actor.Secretary, "Odile Batard", "odile@exemple.fr", "Secretariat2027")
		if err != nil {
			r.Fatal(err)
		}
		opened := r.signIn("ODILE@exemple.fr", "Secretariat2027")
		if mails := r.lost("odile@exemple.fr", "claire@exemple.fr"); len(mails) != 0 {
			r.Errorf("a family's address recovers the staff's password: %v", mails)
		}
		if err := r.accounts.Disable(ctx, actor.System, made.ID); err != nil {
			r.Fatal(err)
		}
		if r.isOpen(opened.Token) {
			r.Error("a disabled account's session goes on")
		}
		r.refused("disabled", "odile@exemple.fr", "Secretariat2027")
		if mails := r.lost("odile@exemple.fr", "odile@exemple.fr"); len(mails) != 0 {
			r.Errorf("a disabled account gets a password: %v", mails)
		}
		if err := r.accounts.Enable(ctx, actor.System, made.ID); err != nil {
			r.Fatal(err)
		}
		r.signIn("odile@exemple.fr", "Secretariat2027")
		if n := len(r.mailedPassword("odile@exemple.fr", "Odile@exemple.fr")); n != 12 {
			r.Errorf("mailed password of %d characters", n)
		}
		if list, err := account.Staff(ctx, r.store); err != nil || len(list) != 1 || list[0].Name != "Odile Batard" {
			r.Errorf("staff %v %v", list, err)
		}
	})
}

func TestThrottleHoldsAgainstTriesAtTheSameTime(t *testing.T) {
	each(t, func(r *room) {
		r.settled("MOREAU-4821", "claire@exemple.fr")
		outcomes := make(chan error, 20)
		for range 20 {
			go func() {
				_, err := r.accounts.SignIn(ctx, "MOREAU-4821", "Mauvais123", from)
				outcomes <- err
			}()
		}
		checked, told := 0, 0
		for range 20 {
			switch err := <-outcomes; {
			case isInvalid(err):
				checked++
			case isBusy(err) != nil:
				told++
			default:
				r.Errorf("got %v", err)
			}
		}
		if checked != 8 || told != 12 {
			r.Errorf("%d passwords were checked and %d refused, want 8 and 12", checked, told)
		}
	})
}

func TestTwoChoicesOfAFirstPasswordAtTheSameTime(t *testing.T) {
	each(t, func(r *room) {
		limited := r.signIn("MOREAU-4821", r.mailedPassword("MOREAU-4821", "claire@exemple.fr"))
		outcomes := make(chan error, 2)
		for _, password := range []string{good, other} {
			go func() {
				_, err := r.accounts.SetFirstPassword(ctx, limited.Token, password)
				outcomes <- err
			}()
		}
		first, second := <-outcomes, <-outcomes
		if (first == nil) == (second == nil) {
			r.Errorf("got %v and %v, want exactly one to win", first, second)
		}
	})
}
