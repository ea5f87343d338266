package message_test

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"pupitre/internal/demo/testschool"
	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/correspondence"
	"pupitre/internal/domain/message"
	"pupitre/internal/domain/report"
	"pupitre/internal/domain/school"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/db/dbtest"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/jobs"
)

var secretary = testschool.Secretary

// desk is a school with incomplete dossiers in two families, two pupils in one of
// them, and a family whose dossier is complete.
type desk struct {
	*testschool.School
	messages               *message.Messages
	school                 school.School
	salome, siblings, inès testschool.Family
}

func open(t *testing.T, store *db.Store) *desk {
	d := &desk{School: testschool.Open(t, store)}
	d.messages = message.New(store, d.Clock)
	var err error
	d.school, err = school.Current(d.Ctx, store)
	d.Must(err)
	d.salome = d.Family("BENALI-7288", "Salomé").Prepare("prelevement").Choose("cursus", "S-HARPE", "S-ORCHESTRE-1", "S-CULTURE-1")
	d.salome.Send()
	d.siblings = d.Family("MOREAU-4821", "Lucie").Prepare("prelevement").Choose("cursus", "S-GUITARE", "S-ORCHESTRE-1", "S-CULTURE-1")
	d.siblings.Send()
	d.Family("MOREAU-4821", "Malo").Prepare("prelevement").Choose("eveil", "L-EVEIL-DANSE").Send()
	d.inès = d.Family("BOSSIS-1722", "Inès").Prepare().Choose("cursus", "S-FLUTE", "S-ORCHESTRE-1")
	d.inès.Send()
	return d
}

var incomplete = report.Selection{List: report.ListDossiers, Filter: report.Filter{Group: report.Incomplete}}

func letter() message.Typed {
	return message.Typed{Subject: "Il manque une pièce au dossier de {prénom de l’élève}", Selection: incomplete, ByMail: true, InPortal: true,
		Body: "Bonjour {Responsable},\n\nIl manque : {pieces manquantes}.\n\n{lien du portail}"}
}

func (d *desk) plan(t message.Typed) message.Message {
	d.T.Helper()
	targets, err := report.Targets(d.Ctx, d.Store, secretary, d.Season, t.Selection)
	d.Must(err)
	m, err := d.messages.Plan(d.Ctx, secretary, d.Season, d.school, t, d.Clock.Now(), int64(len(targets)))
	d.Must(err)
	return m
}

// depart does the message's job as several machines at once, each in full.
func (d *desk) depart(m message.Message, machines int) {
	d.T.Helper()
	job := d.job(m)
	errs := make([]error, machines)
	var all sync.WaitGroup
	for i := range machines {
		all.Go(func() { errs[i] = message.New(d.Store, d.Clock).Depart(d.Ctx, job) })
	}
	all.Wait()
	d.Must(errors.Join(errs...))
}

func (d *desk) job(m message.Message) jobs.Job {
	args, err := json.Marshal(map[string]any{"message": m.ID, "version": m.Version})
	d.Must(err)
	return jobs.Job{Kind: message.DepartJob, RawArgs: string(args)}
}

func (d *desk) texts(query string, args ...any) string {
	d.T.Helper()
	found, err := db.All[string](d.Ctx, d.Store, query, args...)
	d.Must(err)
	return strings.Join(found, "\n")
}

const mailsOf = `select recipient from outgoing_mail where message_id = $1 order by id`

func TestAMessageIsWrittenOnceToEachFamilyOfItsSelection(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		d := open(t, store)
		m := d.plan(letter())
		if m.State != message.Planned || m.Counted != 2 {
			t.Fatalf("planned: %+v", m)
		}
		// Another family joins the selection before the departure: it is counted anew.
		mathis := d.Family("BATARD-6474", "Mathis").Prepare("prelevement").Choose("cursus", "L-HAUTBOIS", "L-ORCHESTRE-1")
		mathis.Send()
		d.depart(m, 3)
		d.depart(m, 1) // the job is done again after its end
		sent, err := message.ByID(d.Ctx, store, secretary, m.ID)
		d.Must(err)
		p, err := message.ProgressOf(d.Ctx, store, secretary, m.ID)
		d.Must(err)
		if sent.State != message.Sent || p != (message.Progress{Families: 3, Ready: 3, Mails: 3}) {
			t.Errorf("%s, %+v", sent.State, p)
		}
		if got := len(strings.Fields(d.texts(mailsOf, m.ID))); got != 3 {
			t.Errorf("%d mails, want one a family", got)
		}
		if got := d.texts(`select subject from message_recipient where message_id = $1 and household_id = $2`, m.ID, d.siblings.Household); got != "Il manque une pièce au dossier de Lucie et Malo" {
			t.Errorf("written for two pupils: %q", got)
		}
		if got := d.texts(`select subject || ' / ' || body from message_recipient where message_id = $1 and household_id = $2`, m.ID, d.salome.Household); got !=
			"Il manque une pièce au dossier de Salomé / Bonjour Nadia Benali,\n\nIl manque : RIB et Mandat de prélèvement.\n\n"+message.Link {
			t.Errorf("written: %q", got)
		}
		if got := d.texts(`select after from journal where event = 'message.sent'`); !strings.Contains(got, "3 familles") || !strings.Contains(got, "2 comptées") {
			t.Errorf("journal: %q", got)
		}

		// In the portal its families read it, and nobody else does.
		notices, err := message.Notices(d.Ctx, store, d.salome.Actor, 10)
		d.Must(err)
		if len(notices) != 1 || !notices[0].ReadAt.IsZero() {
			t.Fatalf("notices: %+v", notices)
		}
		if n, err := message.NoticeOf(d.Ctx, store, d.salome.Actor, m.ID); err != nil || n.Subject == "" {
			t.Errorf("its family reads %+v, %v", n, err)
		}
		if notices, _ = message.Notices(d.Ctx, store, d.salome.Actor, 10); !notices[0].ReadAt.IsZero() {
			t.Error("noted as read because its page was fetched")
		}
		n, err := d.messages.MarkRead(d.Ctx, d.salome.Actor, m.ID)
		d.Must(err)
		d.Clock.Add(time.Hour)
		if again, err := d.messages.MarkRead(d.Ctx, d.salome.Actor, m.ID); err != nil || n.ReadAt.IsZero() || !again.ReadAt.Equal(n.ReadAt) {
			t.Errorf("read at %s, then at %s, %v", n.ReadAt, again.ReadAt, err)
		}
		if notices, _ = message.Notices(d.Ctx, store, d.salome.Actor, 10); notices[0].ReadAt.IsZero() {
			t.Error("read, and not noted so")
		}
		if others, err := message.Notices(d.Ctx, store, d.inès.Actor, 10); err != nil || len(others) != 0 {
			t.Errorf("another family reads %v, %v", others, err)
		}
		for _, who := range []actor.Actor{d.inès.Actor, secretary, {}} {
			if _, err := message.NoticeOf(d.Ctx, store, who, m.ID); !errors.Is(err, fault.ErrNotFound) {
				t.Errorf("%s opens it: %v", who.Role, err)
			}
			if _, err := d.messages.MarkRead(d.Ctx, who, m.ID); !errors.Is(err, fault.ErrNotFound) {
				t.Errorf("%s marks it: %v", who.Role, err)
			}
		}
		d.Must(d.messages.Hide(d.Ctx, secretary, m.ID))
		if notices, _ = message.Notices(d.Ctx, store, d.salome.Actor, 10); len(notices) != 0 {
			t.Error("still shown once it was taken out of the portal")
		}

		// A failed address that was corrected since is written to in the old one's place.
		d.fail(m, d.salome.Household)
		d.Must(store.Write(d.Ctx, func(tx *db.Tx) error {
			_, err := tx.Exec(d.Ctx, `update guardian set email = 'juste@exemple.fr' where household_id = $1 and position = 0`, d.salome.Household)
			return err
		}))
		d.fail(m, mathis.Household)
		if n, err := d.messages.ResendFailed(d.Ctx, secretary, d.school, m.ID); err != nil || n != 2 {
			t.Errorf("resent %d, %v", n, err)
		}
		mails := strings.Fields(d.texts(mailsOf, m.ID))
		if len(mails) != 3 || !strings.Contains(strings.Join(mails, " "), "juste@exemple.fr") {
			t.Errorf("mails after the second sending: %v", mails)
		}
		if n, err := d.messages.ResendFailed(d.Ctx, secretary, d.school, m.ID); err != nil || n != 0 {
			t.Errorf("resent once more: %d, %v", n, err)
		}
	})
}

// fail gives up the message's mail to the household, as its job does.
func (d *desk) fail(m message.Message, household string) {
	d.T.Helper()
	d.Must(d.Store.Write(d.Ctx, func(tx *db.Tx) error {
		id, err := db.One[string](d.Ctx, tx, `select id from outgoing_mail where message_id = $1 and household_id = $2`, m.ID, household)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(d.Ctx, `update job set dead_at = $1 where key = $2`, d.Clock.Now(), "mail:"+id); err != nil {
			return err
		}
		return correspondence.Abandoned(d.Ctx, tx, id, "550 inconnu", d.Clock.Now())
	}))
}

func TestADepartureWaitsAndIsRecalled(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		d := open(t, store)
		d.Clock.Set(testschool.Paris("2027-06-12 21:00")) // a Saturday
		d.school.QuietSundays = true
		d.Must(store.Write(d.Ctx, func(tx *db.Tx) error { return school.Put(d.Ctx, tx, d.school) }))
		m := d.plan(letter())
		if want := testschool.Paris("2027-06-14 08:00"); !m.LeavesAt.Equal(want) {
			t.Errorf("leaves %s, want %s", m.LeavesAt, want)
		}
		runner := jobs.NewRunner(store, d.Clock, slog.New(slog.DiscardHandler))
		runner.Handle(message.DepartJob, d.messages.Depart, jobs.Policy{MaxAttempts: 1})
		d.Clock.Set(testschool.Paris("2027-06-14 21:00")) // no machine ran all day
		for range 2 {
			if _, err := runner.RunDue(d.Ctx); err != nil {
				t.Fatal(err)
			}
		}
		if got := d.texts(mailsOf, m.ID); got != "" {
			t.Errorf("left in the quiet hours: %s", got)
		}
		d.Must(d.messages.Recall(d.Ctx, secretary, m.ID))
		d.Clock.Set(testschool.Paris("2027-06-15 09:00"))
		if _, err := runner.RunDue(d.Ctx); err != nil {
			t.Fatal(err)
		}
		d.depart(m, 1) // the job of a departure that was recalled
		draft, err := message.ByID(d.Ctx, store, secretary, m.ID)
		d.Must(err)
		if draft.State != message.Draft || d.texts(mailsOf, m.ID) != "" {
			t.Errorf("recalled, and %s", draft.State)
		}

		// Two secretaries: the one who read the draft before is refused, and nothing is lost.
		typed := letter()
		typed.ID, typed.Version = draft.ID, draft.Version-1
		var conflict *fault.Conflict
		if _, err := d.messages.Save(d.Ctx, secretary, d.Season, typed); !errors.As(err, &conflict) || !strings.Contains(conflict.Message, "Odile Batard") {
			t.Errorf("saved over another's: %v", err)
		}
		typed.Version = draft.Version
		var moved *message.Miscounted
		if _, err := d.messages.Plan(d.Ctx, secretary, d.Season, d.school, typed, d.Clock.Now(), 7); !errors.As(err, &moved) || moved.Now != 2 {
			t.Errorf("planned for a selection that was not shown: %v", err)
		}
		m, err = d.messages.Plan(d.Ctx, secretary, d.Season, d.school, typed, d.Clock.Now(), 2)
		d.Must(err)
		if _, err := runner.RunDue(d.Ctx); err != nil {
			t.Fatal(err)
		}
		if got := strings.Fields(d.texts(mailsOf, m.ID)); len(got) != 2 {
			t.Errorf("mails of the second departure: %v", got)
		}
		if err := d.messages.Recall(d.Ctx, secretary, m.ID); !errors.As(err, &conflict) {
			t.Errorf("recalled once it had left: %v", err)
		}
	})
}

func TestTheOfficeReadsAMessageAsAFamilyDoes(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		d := open(t, store)
		m := d.plan(letter())
		if got := m.Heading(); got != "Il manque une pièce au dossier de …" {
			t.Errorf("headed %q", got)
		}
		reads := func(when, subject, name, body string) {
			t.Helper()
			got, err := message.SampleOf(d.Ctx, store, secretary, d.school, m)
			d.Must(err)
			if got.Subject != subject || got.Name != name || !strings.Contains(got.Body, body) {
				t.Errorf("%s: %+v", when, got)
			}
		}
		reads("planned", "Il manque une pièce au dossier de Salomé", "Nadia Benali", "Bonjour Nadia Benali,")
		d.depart(m, 1)
		d.Must(store.Write(d.Ctx, func(tx *db.Tx) error {
			_, err := tx.Exec(d.Ctx, `update guardian set first_name = 'Nadège' where household_id = $1 and position = 0`, d.salome.Household)
			return err
		}))
		m, err := message.ByID(d.Ctx, store, secretary, m.ID)
		d.Must(err)
		reads("departed, as it was written", "Il manque une pièce au dossier de Salomé", "Nadège Benali", "Bonjour Nadia Benali,")

		none := letter()
		none.Selection.Text = "personne de ce nom"
		m = message.Message{Season: d.Season.ID, State: message.Planned, Subject: none.Subject, Body: none.Body, Kept: none.Selection.Query()}
		reads("to nobody", "Il manque une pièce au dossier de …", "", "Bonjour {Responsable}")
		if _, err := message.SampleOf(d.Ctx, store, d.salome.Actor, d.school, m); !errors.Is(err, fault.ErrForbidden) {
			t.Errorf("a family: %v", err)
		}
	})
}

func TestWhoMayWriteAndWhatIsRefused(t *testing.T) {
	d := open(t, dbtest.SQLite(t))
	for _, who := range []actor.Actor{d.salome.Actor, {Role: actor.Teacher, Account: "t"}, {Role: actor.Bursar, Account: "b"}, {}} {
		if _, err := d.messages.Save(d.Ctx, who, d.Season, letter()); !errors.Is(err, fault.ErrForbidden) {
			t.Errorf("%s writes: %v", who.Role, err)
		}
		if _, err := d.messages.Plan(d.Ctx, who, d.Season, d.school, letter(), d.Clock.Now(), 2); !errors.Is(err, fault.ErrForbidden) {
			t.Errorf("%s sends: %v", who.Role, err)
		}
	}
	for _, row := range []struct {
		what  string
		with  func(*message.Typed)
		field string
		says  string
	}{
		{"an unknown field", func(t *message.Typed) { t.Body = "Votre {mot de passe}" }, message.FieldBody, "{mot de passe}"},
		{"an unknown field of the subject", func(t *message.Typed) { t.Subject = "{pre nom}" }, message.FieldSubject, "{pre nom}"},
		{"a button within a line", func(t *message.Typed) { t.Body = "Ouvrez {lien du portail} vite" }, message.FieldBody, "seul sur sa ligne"},
		{"a button as the subject", func(t *message.Typed) { t.Subject = "{lien du portail}" }, message.FieldSubject, "objet"},
	} {
		typed := letter()
		row.with(&typed)
		_, err := d.messages.Save(d.Ctx, secretary, d.Season, typed)
		var invalid *fault.Invalid
		if !errors.As(err, &invalid) || !strings.Contains(invalid.Of(row.field), row.says) {
			t.Errorf("%s: %v", row.what, err)
		}
	}
	empty := letter()
	empty.Subject, empty.Body = "", ""
	if _, err := d.messages.Save(d.Ctx, secretary, d.Season, empty); err != nil {
		t.Errorf("an empty draft is not kept: %v", err)
	}
	if _, err := d.messages.Plan(d.Ctx, secretary, d.Season, d.school, empty, d.Clock.Now(), 2); err == nil {
		t.Error("an empty message was sent")
	}
	nobody := letter()
	nobody.Selection.Text = "personne ne s’appelle ainsi"
	if _, err := d.messages.Plan(d.Ctx, secretary, d.Season, d.school, nobody, d.Clock.Now(), 0); err == nil {
		t.Error("a message to nobody was sent")
	}
}

func TestASelectionIsReadBackAsItWasKept(t *testing.T) {
	for _, s := range []report.Selection{
		incomplete,
		{List: report.ListDossiers, Filter: report.Filter{Group: report.Everyone, Site: "s", Programme: "p", Course: "c", Town: "Vallet", New: report.Yes, Ages: "6-7", Text: "né & là"}},
		{List: report.ListFamilies, Filter: report.Filter{Group: report.Everyone, Course: "c"}},
		{List: report.ListNoAnswer, Filter: report.Filter{Group: report.Everyone}},
	} {
		if got := report.ParseSelection(s.Query()); got != s {
			t.Errorf("%+v was read back as %+v", s, got)
		}
	}
}

func TestEveryListIsWrittenToOnceAFamily(t *testing.T) {
	d := open(t, dbtest.SQLite(t))
	for _, list := range report.Selectable {
		targets, err := report.Targets(context.Background(), d.Store, secretary, d.Season, report.SelectionFrom(func(name string) string {
			return map[string]string{"liste": string(list), "file": string(report.Everyone)}[name]
		}))
		d.Must(err)
		seen := map[string]bool{}
		for _, x := range targets {
			if seen[x.Household] {
				t.Errorf("%s: %s twice", list, x.Household)
			}
			seen[x.Household] = true
		}
		if len(targets) < 3 {
			t.Errorf("%s: %d families", list, len(targets))
		}
		letter, err := message.Preview(d.Ctx, d.Store, secretary, d.Season, d.school, "{élève}", "{cours} {état}", targets[0])
		d.Must(err)
		if letter.Subject == "" || letter.Name == "" {
			t.Errorf("%s: %+v", list, letter)
		}
	}
}
