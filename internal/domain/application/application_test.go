package application_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"pupitre/internal/demo/testschool"
	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/application"
	"pupitre/internal/domain/document"
	"pupitre/internal/domain/enrolment"
	"pupitre/internal/domain/merge"
	"pupitre/internal/domain/people"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/db/dbtest"
	"pupitre/internal/platform/fault"
)

// front is the school with its public form.
type front struct {
	*testschool.School
	*application.Applications
	t *testing.T
}

const from = "192.0.2.7"

func each(t *testing.T, f func(f *front)) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) { f(open(t, store)) })
}

func open(t *testing.T, store *db.Store) *front {
	s := testschool.Open(t, store)
	return &front{s, application.New(store, s.Clock, s.Accounts, s.Registrar), t}
}

// child is the first step for a child of that name.
func child(first, last, born string) application.PupilStep {
	return application.PupilStep{Pupil: people.Newcomer{FirstName: first, LastName: last, BirthDate: born, Level: "CP", Beginner: people.Yes}, Postcode: "44330"}
}

func contact(f *front, email string, means ...string) application.ContactStep {
	return application.ContactStep{
		Guardian: people.GuardianForm{FirstName: "Élodie", LastName: "Garnier", Email: email, Mobile: "06 39 98 11 22"},
		Address:  "3 rue du Pressoir", Town: "La Chapelle-Heulin", BillingMode: 1, Means: means, ImageRight: people.Yes, Text: f.Text, Agreed: true,
	}
}

// apply fills the form in and returns the token of the mailed link.
func (f *front) apply(step application.PupilStep, email string, means ...string) string {
	f.t.Helper()
	f.Clock.Add(time.Minute)
	token, err := f.Begin(f.Ctx, f.Season, from, step)
	f.Must(err)
	f.Must(f.SaveCourses(f.Ctx, token, application.CourseStep{Programme: f.Programme("eveil"), Site: f.Site("L-EVEIL-DANSE"), Wishes: enrolment.Choice{f.Wish("L-EVEIL-DANSE", 0)}}))
	f.Must(f.Applications.Send(f.Ctx, token, from, f.Season, contact(f, email, means...)))
	return f.mailed(email)
}

// mailed is the token of the last link mailed to the address.
func (f *front) mailed(email string) string {
	f.t.Helper()
	type row struct {
		Args   string `db:"args"`
		Secret string `db:"secret"`
	}
	rows, err := db.All[row](f.Ctx, f.Store, `select args, secret from job where kind = 'send_mail' and secret <> '' order by id desc`)
	f.Must(err)
	for _, r := range rows {
		if !strings.Contains(r.Args, email) {
			continue
		}
		var link application.LinkToken
		f.Must(json.Unmarshal([]byte(r.Secret), &link))
		return link.Token
	}
	f.t.Fatalf("no link was mailed to %s", email)
	return ""
}

func (f *front) confirm(token string) application.Application {
	f.t.Helper()
	f.Clock.Add(time.Minute)
	_, err := f.Confirm(f.Ctx, token, f.Season)
	f.Must(err)
	app, _, err := f.Find(f.Ctx, token)
	f.Must(err)
	return app
}

func (f *front) entry(id string) application.Entry {
	f.t.Helper()
	e, err := application.EntryOf(f.Ctx, f.Store, testschool.Secretary, id)
	f.Must(err)
	return e
}

func (f *front) count(text string, args ...any) int64 {
	f.t.Helper()
	n, err := db.One[int64](f.Ctx, f.Store, text, args...)
	f.Must(err)
	return n
}

func isConflict(err error) bool {
	var c *fault.Conflict
	return errors.As(err, &c)
}

// R37, R29: a pré-inscription ranks at the instant at which its address is
// confirmed, as everybody; the same child has no second place; the office
// accepts, attaches and refuses.
func TestANewcomerFromTheFormToTheOffice(t *testing.T) {
	each(t, func(f *front) {
		t := f.t
		secretary := testschool.Secretary
		link := f.apply(child("Noé", "Garnier", "21/08/2021"), "elodie@exemple.fr", "cheques")
		again := f.apply(child("NOE", "garnier", "21/08/2021"), "autre@exemple.fr", "cheques")
		if n := f.count(`select count(*) from dossier`); n != 0 {
			t.Fatalf("%d dossiers before any address is confirmed", n)
		}
		other := f.Family("BONNET-1374", "Romane").Prepare().Choose("eveil", "L-EVEIL-2").Send()
		noe := f.confirm(link)
		e := f.entry(noe.ID)
		if noe.State != application.Confirmed || e.Dossier.Rank != other.Rank+1 || !e.Dossier.CompleteAt.Equal(f.Clock.Now()) {
			t.Errorf("confirmed: %s, rank %d at %s, after rank %d; it is %s", noe.State, e.Dossier.Rank, e.Dossier.CompleteAt, other.Rank, f.Clock.Now())
		}
		if f.confirm(link); f.entry(noe.ID).Dossier.Rank != e.Dossier.Rank {
			t.Error("a second click changed the rank")
		}
		second := f.confirm(again)
		if second.State != application.Held || second.Household != "" {
			t.Errorf("the same child again: %s, household %q; want held, nothing made", second.State, second.Household)
		}
		if hits, err := people.Search(f.Ctx, f.Store, secretary, people.Everybody, "elodie@exemple", 10); err != nil || len(hits) > 0 {
			t.Errorf("a candidate is among the families: %v, %v", hits, err)
		}
		if alike := f.entry(second.ID).Alike; len(alike) == 0 || !alike[0].SameChild() {
			t.Errorf("the office is not told of the same child: %+v", alike)
		}
		f.Must(f.Refuse(f.Ctx, secretary, second.ID, "Demande faite deux fois."))
		f.Must(f.Accept(f.Ctx, secretary, noe.ID))
		if hits, err := people.Search(f.Ctx, f.Store, secretary, people.Everybody, "elodie@exemple", 10); err != nil || len(hits) != 1 {
			t.Errorf("accepted, the family is found: %v, %v", hits, err)
		}
		if n := f.count(`select count(*) from outgoing_mail where kind = 'identifier' and household_id = $1`, noe.Household); n != 1 {
			t.Errorf("%d mails tell the identifiant", n)
		}
		if err := f.Accept(f.Ctx, secretary, noe.ID); !isConflict(err) {
			t.Errorf("accepted twice: %v", err)
		}
		if _, _, _, err := f.Enter(f.Ctx, link); !errors.Is(err, fault.ErrNotFound) {
			t.Errorf("the link still opens a session after the acceptance: %v", err)
		}
		joinsItsFamily(f.t, f)
	})
}

// joinsItsFamily: the office attaches a newcomer to a household of the school,
// with its rank, its place and its papers; the candidate household is no more.
func joinsItsFamily(t *testing.T, f *front) {
	secretary := testschool.Secretary
	family := f.Family("ABELARD-1844", "Apolline").Prepare()
	app := f.confirm(f.apply(child("Abel", "Abélard", "03/05/2020"), "thomas.abelard@exemple.fr", "prelevement"))
	if e := f.entry(app.ID); e.Dossier.State != enrolment.Received || len(e.Alike) == 0 || !e.Alike[0].Strong || e.Alike[0].Household.ID != family.Household {
		t.Fatalf("without its RIB it is %s; alike: %+v", e.Dossier.State, e.Alike)
	}
	newcomer := actor.Actor{Name: "Élodie", Role: actor.Family, Household: app.Household}
	for _, paper := range []string{"rib", "mandat", "quotient-familial"} {
		f.Clock.Add(time.Minute)
		_, err := f.Registrar.Deposit(f.Ctx, newcomer, enrolment.Deposit{Household: app.Household, Paper: paper,
			File: document.File{Name: paper + ".pdf", BlobKey: "pieces/" + paper, MediaType: "application/pdf", Size: 9, Pages: 1, SHA256: "0"}})
		f.Must(err)
	}
	before := f.entry(app.ID).Dossier
	if before.Rank == 0 {
		t.Fatalf("with its papers it has no rank: %s", before.State)
	}
	f.attachAndUndo(app, before, family.Household)
	made := f.attach(app.ID, family.Household)
	after := f.entry(app.ID)
	d := after.Dossier
	if after.State != application.Attached || d.ID != before.ID || d.Rank != before.Rank || d.Household != family.Household || d.State != enrolment.Complete {
		t.Errorf("attached: %s, dossier %s of rank %d in %s, %s", after.State, d.ID, d.Rank, d.Household, d.State)
	}
	f.Clock.Add(time.Minute)
	_, err := f.Registrar.Deposit(f.Ctx, family.Actor, enrolment.Deposit{Household: family.Household, Paper: "quotient-familial",
		File: document.File{Name: "quotient-2.pdf", BlobKey: "pieces/quotient-2", MediaType: "application/pdf", Size: 9, Pages: 1, SHA256: "0"}})
	f.Must(err)
	if err := f.merges().Undo(f.Ctx, secretary, made); !isConflict(err) || !strings.Contains(err.Error(), "la pièce « Attestation Quotient Familial »") {
		t.Errorf("undone though a paper has changed since: %v", err)
	}
	if n := f.count(`select count(*) from request where dossier_id = $1 and state = 'place'`, d.ID); n != 1 {
		t.Errorf("%d places kept", n)
	}
	if n := f.count(`select (select count(*) from household where id = $1) + (select count(*) from account where household_id = $1) + (select count(*) from deposit where household_id = $1)`, app.Household); n != 0 {
		t.Errorf("%d rows of the candidate household are left", n)
	}
	if pupils, err := people.PupilsOf(f.Ctx, f.Store, family.Household); err != nil || len(pupils) < 2 {
		t.Errorf("the family has %v, %v", pupils, err)
	}
	// Apolline, known here, asks again from outside before her family has sent anything, and her family sends after all.
	known := f.confirm(f.apply(child("Apolline", "ABELARD", "13/07/2022"), "mamie@exemple.fr", "cheques"))
	secondPlace(t, f, family.Choose("eveil", "L-EVEIL-DANSE"))
	f.attach(known.ID, family.Household)
	if got := f.entry(known.ID); got.Pupil != family.Pupil.ID || got.Dossier.Rank != before.Rank+1 {
		t.Errorf("Apolline’s dossier is of pupil %s, rank %d", got.Pupil, got.Dossier.Rank)
	}
	third := f.confirm(f.apply(child("apolline", "abelard", "13/07/2022"), "papi@exemple.fr", "cheques"))
	if third.State != application.Held {
		t.Fatalf("a third Apolline is %s", third.State)
	}
	if _, err := f.merges().Attach(f.Ctx, secretary, f.Applications, third.ID, family.Household, ""); !isConflict(err) {
		t.Errorf("a pupil with a dossier gets a second one: %v", err)
	}
	f.Must(f.Admit(f.Ctx, secretary, third.ID)) // another child, after all
	if got := f.entry(third.ID); !got.Dossier.ReceivedOnPaperAt.Equal(third.ConfirmedAt) || got.Dossier.Rank != before.Rank+2 {
		t.Errorf("admitted: received at %s, rank %d; it was confirmed at %s", got.Dossier.ReceivedOnPaperAt, got.Dossier.Rank, third.ConfirmedAt)
	}
	f.Must(f.Accept(f.Ctx, secretary, third.ID))
	fourth := f.confirm(f.apply(child("Noé", "Duval", "21/08/2021"), "duval@exemple.fr", "cheques"))
	f.Must(f.Refuse(f.Ctx, secretary, fourth.ID, "Hors du territoire."))
	third = fourth
	if got := f.entry(third.ID); got.Dossier.State != enrolment.TurnedDown || f.count(`select count(*) from account where household_id = $1 and disabled_at is null`, got.Household) != 0 {
		t.Errorf("refused: %s", got.Dossier.State)
	}
	f.refusedIsForgotten(f.entry(fourth.ID))
}

// refusedIsForgotten: a year after the answer nothing of a refused newcomer is
// left but what the journal tells; the families and their dossiers stay.
func (f *front) refusedIsForgotten(refused application.Entry) {
	f.t.Helper()
	var told []string
	also := func(_ context.Context, _ *db.Tx, households, pupils []string) error {
		told = append(append(told, households...), pupils...)
		return nil
	}
	const standing = `select (select count(*) from dossier where rank is not null and state <> 'turned_down') + (select count(*) from household) + (select count(*) from request where state = 'place')`
	before := f.count(standing)
	f.Clock.Set(refused.DecidedAt.AddDate(0, application.RefusedMonths, -1))
	if n, err := f.Forget(f.Ctx, also); err != nil || n != 0 {
		f.t.Errorf("forgot %d before the year was over, %v", n, err)
	}
	f.Clock.Set(refused.DecidedAt.AddDate(0, application.RefusedMonths, 1))
	if n, err := f.Forget(f.Ctx, also); err != nil || n != 2 { // and the one that was refused while it was held
		f.t.Errorf("forgot %d, %v", n, err)
	}
	for _, left := range []struct{ what, text, id string }{
		{"household", `select count(*) from household where id = $1`, refused.Household},
		{"guardian", `select count(*) from guardian where household_id = $1`, refused.Household},
		{"account", `select count(*) from account where household_id = $1`, refused.Household},
		{"dossier", `select count(*) from dossier where id = $1`, refused.Dossier.ID},
		{"request", `select count(*) from request where dossier_id = $1`, refused.Dossier.ID},
		{"pupil", `select count(*) from pupil where id = $1`, refused.Pupil},
		{"deposit", `select count(*) from deposit where household_id = $1`, refused.Household},
		{"mail", `select count(*) from outgoing_mail where household_id = $1`, refused.Household},
		{"mail to its address", `select count(*) from outgoing_mail where recipient = $1`, refused.Form.Guardian.Email},
		{"pré-inscription", `select count(*) from application where id = $1`, refused.ID},
	} {
		if n := f.count(left.text, left.id); n != 0 {
			f.t.Errorf("%s: %d rows are left", left.what, n)
		}
	}
	if len(told) != 2 || told[0] != refused.Household || told[1] != refused.Pupil {
		f.t.Errorf("rooms above are told of %v", told)
	}
	if after := f.count(standing); after != before-1 {
		f.t.Errorf("families, dossiers and places: %d, before %d: want the candidate household less, and nothing else", after, before)
	}
}

func (f *front) merges() *merge.Merges { return merge.New(f.Store, f.Clock, f.Accounts, f.Registrar) }

// attach attaches a pré-inscription, and returns the id by which it is undone.
func (f *front) attach(id, household string) string {
	f.t.Helper()
	f.Clock.Add(time.Minute)
	made, err := f.merges().Attach(f.Ctx, testschool.Secretary, f.Applications, id, household, "")
	f.Must(err)
	return made
}

// attachAndUndo: undone, everything is as it was, and who applied still enters;
// once a paper that it moved has changed, it is refused and named.
func (f *front) attachAndUndo(app application.Application, before enrolment.Dossier, household string) {
	f.t.Helper()
	rows := func() string {
		text, err := db.One[string](f.Ctx, f.Store, `select (select string_agg(id || household_id, ' ' order by id) from deposit) || (select string_agg(id || household_id || coalesce(rank, 0), ' ' order by id) from dossier where rank is not null)
			|| (select string_agg(pupil_id || household_id, ' ' order by pupil_id, household_id) from pupil_household) || (select string_agg(login, ' ' order by login) from account where role = 'family')`)
		f.Must(err)
		return text
	}
	was := rows()
	undo := func(made string) error { return f.merges().Undo(f.Ctx, testschool.Secretary, made) }
	made := f.attach(app.ID, household)
	if rows() == was {
		f.t.Error("attached, and nothing has moved")
	}
	f.Must(undo(made))
	if got := f.entry(app.ID); got.State != application.Confirmed || got.Household != app.Household || got.Dossier.Rank != before.Rank || got.Dossier.Household != app.Household {
		f.t.Errorf("undone: %s, dossier of rank %d in %s", got.State, got.Dossier.Rank, got.Dossier.Household)
	}
	if got := rows(); got != was {
		f.t.Errorf("undone:\n%s\nbefore:\n%s", got, was)
	}
	if _, _, _, err := f.Enter(f.Ctx, f.mailed(app.Form.Guardian.Email)); err != nil {
		f.t.Errorf("undone, and the link opens nothing: %v", err)
	}
	if err := undo(made); !isConflict(err) {
		f.t.Errorf("undone twice: %v", err)
	}
	if _, found, err := merge.Attached(f.Ctx, f.Store, testschool.Secretary, app.ID); err != nil || found {
		f.t.Errorf("undone, and still said to be attached: %v", err)
	}
}

// A family that pays by debit is asked for its mandate once a newcomer who paid by
// cheque is attached to it: that delay is part of the attachment, and ends with it.
func TestAnAttachmentThatAsksForAPaperIsTakenBack(t *testing.T) {
	each(t, func(f *front) {
		family := f.Family("ABELARD-1844", "Apolline").Prepare("prelevement")
		app := f.confirm(f.apply(child("Abel", "Abélard", "03/05/2020"), "thomas.abelard@exemple.fr", "cheques"))
		before := f.entry(app.ID).Dossier
		if before.State != enrolment.Complete || before.Rank == 0 {
			t.Fatalf("before: %s, rank %d", before.State, before.Rank)
		}
		undo := func(made string) error { return f.merges().Undo(f.Ctx, testschool.Secretary, made) }
		made := f.attach(app.ID, family.Household)
		held := f.entry(app.ID).Dossier
		if held.State != enrolment.PaperRefused || held.HoldUntil.IsZero() || held.Rank != before.Rank {
			t.Fatalf("attached: %s until %s, rank %d", held.State, held.HoldUntil, held.Rank)
		}
		f.Clock.Add(time.Minute)
		f.Must(undo(made))
		after := f.entry(app.ID).Dossier
		if after.State != enrolment.Complete || !after.HoldUntil.IsZero() || after.Rank != before.Rank || after.Household != app.Household || after.Desk != before.Desk {
			t.Errorf("undone: %+v\nbefore: %+v", after, before)
		}
		if n := f.count(`select count(*) from request where dossier_id = $1 and state = 'place'`, after.ID); n != 1 {
			t.Errorf("undone: %d places", n)
		}

		// What has happened since holds it up still: a paper of it, its delay.
		made = f.attach(app.ID, family.Household)
		until := f.entry(app.ID).Dossier.HoldUntil
		f.Clock.Set(until.Add(time.Hour))
		_, err := f.Registrar.EndDelays(f.Ctx)
		f.Must(err)
		if err := undo(made); !isConflict(err) || !strings.Contains(err.Error(), before.Label()) {
			t.Errorf("undone though its delay has ended: %v", err)
		}
	})
}

// secondPlace: a child whose pré-inscription has a rank gets no second one from
// its family's account, nor on paper, and what was chosen there stays.
func secondPlace(t *testing.T, f *front, family testschool.Family) {
	t.Helper()
	refused := func(err error) bool {
		var invalid *fault.Invalid
		return errors.As(err, &invalid) && strings.Contains(invalid.Message, "seconde place")
	}
	outcomes, err := f.Registrar.Submit(f.Ctx, family.Actor, enrolment.Submission{Pupils: []string{family.Pupil.ID}, Text: f.Text, Agreed: true})
	f.Must(err)
	if len(outcomes) != 1 || !refused(outcomes[0].Err) {
		t.Errorf("her family sends a second dossier: %+v", outcomes)
	}
	seen, err := enrolment.RegistrationOf(f.Ctx, f.Store, family.Actor, family.Pupil.ID)
	f.Must(err)
	if seen.Dossier.State != enrolment.Draft || seen.Dossier.Rank != 0 || len(seen.Dossier.Choice) == 0 {
		t.Errorf("after the refusal her dossier is %s, of rank %d, with %d wishes", seen.Dossier.State, seen.Dossier.Rank, len(seen.Dossier.Choice))
	}
	err = f.Registrar.EnterPaper(f.Ctx, testschool.Secretary, family.Household, enrolment.OnPaper{
		NewChoice: enrolment.NewChoice{
			Pupil: family.Pupil.ID, Programme: f.Programme("eveil"), Site: f.Site("L-EVEIL-DANSE"), Wishes: enrolment.Choice{f.Wish("L-EVEIL-DANSE", 0)}, Reason: "reçu au guichet",
		},
		ReceivedAt: f.Clock.Now(),
	})
	if !refused(err) {
		t.Errorf("a second dossier is entered on paper: %v", err)
	}
}

// R37: what nobody confirms is forgotten; links are asked for without learning
// anything; the campaign and the rules hold here too.
func TestWhatTheFormRefusesAndForgets(t *testing.T) {
	f := open(t, dbtest.SQLite(t))
	link := f.apply(child("Noé", "Garnier", "21/08/2021"), "elodie@exemple.fr", "cheques")
	f.Must(f.MailLinks(f.Ctx, "personne@exemple.fr", from))
	f.Must(f.MailLinks(f.Ctx, "Elodie@exemple.fr", from))
	if _, err := f.Confirm(f.Ctx, link, f.Season); !errors.Is(err, fault.ErrNotFound) {
		t.Errorf("a replaced link confirms: %v", err)
	}
	newer := f.mailed("elodie@exemple.fr")
	for range 3 {
		f.Must(f.MailLinks(f.Ctx, "elodie@exemple.fr", from))
	}
	var busy *fault.Busy
	if err := f.MailLinks(f.Ctx, "elodie@exemple.fr", from); !errors.As(err, &busy) {
		t.Errorf("the sixth mail to an address within the hour: %v", err)
	}
	if err := f.MailLinks(f.Ctx, "personne@exemple.fr", from); err != nil {
		t.Errorf("another address is refused: %v", err)
	}
	f.Clock.Add(16 * 24 * time.Hour)
	if n, err := f.Forget(f.Ctx, nil); err != nil || n != 1 {
		t.Errorf("forgot %d, %v", n, err)
	}
	if n := f.count(`select count(*) from outgoing_mail where recipient = 'elodie@exemple.fr'`); n != 0 {
		t.Errorf("%d mails to its address are left", n)
	}
	if _, _, err := f.Find(f.Ctx, newer); !errors.Is(err, fault.ErrNotFound) {
		t.Errorf("a forgotten one is found: %v", err)
	}
	for what, step := range map[string]application.PupilStep{
		"no name":         child("", "Garnier", "21/08/2021"),
		"a date to come":  child("Noé", "Garnier", "21/08/2031"),
		"a minor himself": {Self: true, Pupil: people.Newcomer{BirthDate: "21/08/2021", Level: "CP"}, Postcode: "44330"},
		"a bad postcode":  {Pupil: people.Newcomer{FirstName: "Noé", LastName: "Garnier", BirthDate: "21/08/2021", Level: "CP"}, Postcode: "443"},
	} {
		var invalid *fault.Invalid
		if _, err := f.Begin(f.Ctx, f.Season, from, step); !errors.As(err, &invalid) || len(invalid.Fields) == 0 {
			t.Errorf("%s: %v", what, err)
		}
	}
	for range 40 {
		_, err := f.Begin(f.Ctx, f.Season, from, child("Noé", "Garnier", "21/08/2021"))
		f.Must(err)
	}
	if _, err := f.Begin(f.Ctx, f.Season, from, child("Noé", "Garnier", "21/08/2021")); !errors.As(err, &busy) {
		t.Errorf("the 41st form from one network within the hour: %v", err)
	}
	if _, err := f.Begin(f.Ctx, f.Season, "198.51.100.4", child("Noé", "Garnier", "21/08/2021")); err != nil {
		t.Errorf("another network is refused: %v", err)
	}
}

// R36, R37: one prepared before the opening is confirmed from that minute on.
func TestBeforeTheOpeningItIsPrepared(t *testing.T) {
	f := open(t, dbtest.SQLite(t))
	f.Season.OpensAt = f.Clock.Now().Add(2 * time.Hour)
	f.Must(f.Store.Write(f.Ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(f.Ctx, `update season set campaign_opens_at = $1, moves = moves + 1`, f.Season.OpensAt)
		return err
	}))
	link := f.apply(child("Noé", "Garnier", "21/08/2021"), "elodie@exemple.fr", "cheques")
	var invalid *fault.Invalid
	if _, err := f.Confirm(f.Ctx, link, f.Season); !errors.As(err, &invalid) || !strings.Contains(invalid.Message, "ouvrent le") {
		t.Errorf("before the opening: %v", err)
	}
	f.Clock.Set(f.Season.OpensAt)
	if app := f.confirm(link); f.entry(app.ID).Dossier.Rank != 1 {
		t.Errorf("at the opening: rank %d", f.entry(app.ID).Dossier.Rank)
	}
}
