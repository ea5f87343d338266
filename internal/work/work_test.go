package work

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"pupitre/internal/domain/account"
	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/application"
	"pupitre/internal/domain/billing"
	"pupitre/internal/domain/correspondence"
	"pupitre/internal/domain/enrolment"
	"pupitre/internal/domain/message"
	"pupitre/internal/domain/school"
	"pupitre/internal/letter"
	"pupitre/internal/platform/blob"
	"pupitre/internal/platform/clock"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/db/dbtest"
	"pupitre/internal/platform/jobs"
	"pupitre/internal/platform/mail"
)

var at = time.Date(2027, 6, 8, 20, 52, 7, 0, time.UTC)

// kindsOfRooms reads every mail kind that a room declares.
func kindsOfRooms(t *testing.T) []correspondence.Kind {
	t.Helper()
	declared := regexp.MustCompile(`correspondence\.Kind\s*=\s*"([a-z_]+)"`)
	var kinds []correspondence.Kind
	err := fs.WalkDir(os.DirFS("../domain"), ".", func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		text, err := os.ReadFile("../domain/" + path)
		if err != nil {
			return err
		}
		for _, m := range declared.FindAllSubmatch(text, -1) {
			kinds = append(kinds, correspondence.Kind(m[1]))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return kinds
}

func TestEveryKindOfMailHasItsLetter(t *testing.T) {
	kinds := kindsOfRooms(t)
	if len(kinds) < 20 {
		t.Fatalf("only %d kinds found in the rooms: the search is wrong", len(kinds))
	}
	known := map[correspondence.Kind]bool{}
	for _, k := range kinds {
		known[k] = true
		if letters[k] == nil {
			t.Errorf("no letter writes %q", k)
		}
	}
	for k := range letters {
		if !known[k] {
			t.Errorf("a letter writes %q, which no room enqueues", k)
		}
	}
}

// facts is a mail of enrolment with everything said.
func facts() enrolment.Told {
	guitar := enrolment.ToldPlace{Course: "Guitare", State: enrolment.Waiting, Position: 3}
	return enrolment.Told{
		Name: "Claire Moreau", At: at, Paper: "Mandat de prélèvement", Required: true, Cost: "Le tarif maximal sera appliqué.",
		Reason: "La signature manque.", Until: at.AddDate(0, 0, 7), OnPaperAt: at.AddDate(0, 0, -2), GivenUp: []string{"Alto"},
		Course: &guitar, Kept: []enrolment.ToldPlace{{Course: "Orchestre à cordes", State: enrolment.Place}},
		Dossiers: []enrolment.ToldDossier{{
			ID: "d", Number: "D-0057", Pupil: "Lucie <b>Moreau</b>", Programme: "Cursus Instrumental Enfant / ados", Site: "Pôle Loire", Rank: 57, CompleteAt: at,
			Places:  []enrolment.ToldPlace{{Course: "Violoncelle", State: enrolment.Place}, guitar},
			Missing: []string{"RIB"}, CompleteBefore: at.AddDate(0, 0, 20),
		}},
	}
}

func TestEachLetterOfEnrolmentNamesThePupil(t *testing.T) {
	raw, err := json.Marshal(facts())
	if err != nil {
		t.Fatal(err)
	}
	for kind, write := range letters {
		if !isEnrolment(kind) || kind == enrolment.MailPlaceOffered {
			continue
		}
		got, err := write(envelope{Args: correspondence.Args{Kind: kind, Facts: raw}, school: letter.School{Name: "École de musique"}, url: "https://ecole.example"})
		if err != nil {
			t.Errorf("%s: %v", kind, err)
			continue
		}
		if !strings.Contains(got.Text, "Lucie") || got.Subject == "" {
			t.Errorf("%s: the letter does not name the pupil: %q\n%s", kind, got.Subject, got.Text)
		}
		if strings.Contains(got.HTML, "<b>Moreau") {
			t.Errorf("%s: a name reaches the HTML unescaped", kind)
		}
	}
}

func isEnrolment(kind correspondence.Kind) bool {
	switch kind {
	case account.MailNewPassword, account.MailRecoveryLink, account.MailIdentifier, account.MailInvitation, account.MailFactorReset, message.MailMessage, message.MailTrial, school.MailTrial, "confirm_address", "address_changed":
		return false
	}
	return !isMoney(kind) && !strings.HasSuffix(string(kind), "_application") && !strings.HasPrefix(string(kind), "application_")
}

func isMoney(kind correspondence.Kind) bool {
	return strings.HasPrefix(string(kind), "invoice_") || strings.HasPrefix(string(kind), "payment_")
}

func TestEachLetterAboutMoneySaysTheAmountAndWhereToRead(t *testing.T) {
	raw, err := json.Marshal(billing.Told{Name: "Claire <b>Moreau</b>", ID: "i-1", Number: "2027-0148", Cancels: "2027-0147", Season: "2027-2028", Amount: 415_20, Left: 276_80, On: "2027-10-05", Means: "chèque, CIC, 17",
		Reason: "sans provision", Stage: 2, Due: []billing.ToldDue{{Invoice: "2027-0148", On: "2027-10-05", Amount: 138_40}}})
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for kind, write := range letters {
		if !isMoney(kind) {
			continue
		}
		n++
		got, err := write(envelope{Args: correspondence.Args{Kind: kind, Facts: raw}, school: letter.School{Name: "École de musique"}, url: "https://ecole.example"})
		if err != nil {
			t.Errorf("%s: %v", kind, err)
			continue
		}
		if says := strings.Contains(got.Text, "415,20") || kind == billing.MailCancelled && strings.Contains(got.Text, "2027-0147"); !says || !strings.Contains(got.Text, "https://ecole.example/") {
			t.Errorf("%s: %s", kind, got.Text)
		}
		if strings.Contains(got.HTML, "<b>Moreau") {
			t.Errorf("%s: a name reaches the HTML unescaped", kind)
		}
	}
	if n != 5 {
		t.Errorf("%d letters about money", n)
	}
}

func TestAMessageIsMailedAsItWasWritten(t *testing.T) {
	raw, err := json.Marshal(message.Facts{Subject: "Un <b>concert</b>", Body: "Bonjour Claire,\n\nVenez **samedi** :\n- à 18 h\n- à 20 h\n\n" + message.Link + "\nLe secrétariat"})
	if err != nil {
		t.Fatal(err)
	}
	got, err := letters[message.MailMessage](envelope{Args: correspondence.Args{Kind: message.MailMessage, Facts: raw}, school: letter.School{Name: "École"}, url: "https://ecole.example"})
	if err != nil {
		t.Fatal(err)
	}
	if got.Subject != "Un <b>concert</b>" || !strings.HasPrefix(got.Text, "Bonjour Claire,\n\nVenez samedi\u202f:\n\n- à 18 h\n- à 20 h\n\nOuvrir le portail\u202f:\nhttps://ecole.example/accueil\n\nLe secrétariat\n") {
		t.Errorf("%s\n%q", got.Subject, got.Text)
	}
	if strings.Contains(got.HTML, "<b>concert") || !strings.Contains(got.HTML, `href="https://ecole.example/accueil"`) {
		t.Error(got.HTML)
	}
}

func TestATrialSaysThatItIsOne(t *testing.T) {
	raw, err := json.Marshal(message.TrialFacts{Facts: message.Facts{Subject: "Concert", Body: "Bonjour Claire,\n\n" + message.Link}, Name: "Claire Moreau"})
	if err != nil {
		t.Fatal(err)
	}
	got, err := letters[message.MailTrial](envelope{Args: correspondence.Args{Kind: message.MailTrial, Facts: raw}, school: letter.School{Name: "École"}, url: "https://ecole.example"})
	if err != nil {
		t.Fatal(err)
	}
	if got.Subject != "Essai\u202f: Concert" || !strings.HasPrefix(got.Text, "Essai, envoyé à vous seul\u202f: aucune famille ne l’a reçu. Voici ce que lirait\nClaire Moreau.\n\nBonjour Claire,\n\nOuvrir le portail") {
		t.Errorf("%q\n%q", got.Subject, got.Text)
	}
}

func TestEachAnswerToAPreInscriptionNamesThePupil(t *testing.T) {
	raw, err := json.Marshal(application.AnswerFacts{Name: "Claire Moreau", Pupil: "Lucie <b>Moreau</b>", Text: "Merci."})
	if err != nil {
		t.Fatal(err)
	}
	for _, kind := range []correspondence.Kind{application.MailAnswer, application.MailRefused, application.MailAttached} {
		got, err := letters[kind](envelope{Args: correspondence.Args{Kind: kind, Facts: raw}, school: letter.School{Name: "École de musique"}, url: "https://ecole.example"})
		if err != nil {
			t.Errorf("%s: %v", kind, err)
			continue
		}
		if !strings.Contains(got.Text, "Lucie") || strings.Contains(got.HTML, "<b>Moreau") || got.Subject == "" {
			t.Errorf("%s: the letter does not name the pupil, or lets its name be HTML: %q\n%s", kind, got.Subject, got.Text)
		}
	}
}

// house is a school with a moved clock and a mail server that obeys the test.
type house struct {
	store  *db.Store
	clock  *clock.Moved
	outbox *obeying
	deps   Deps
	runner *jobs.Runner
}

// obeying is a mail server that answers as told, and keeps what it accepted.
type obeying struct {
	answer error
	tries  []string // Message-IDs, in order
	kept   []mail.Message
}

func (o *obeying) Send(_ context.Context, m mail.Message) error {
	o.tries = append(o.tries, m.ID)
	if o.answer == nil {
		o.kept = append(o.kept, m)
	}
	return o.answer
}

func newHouse(t *testing.T, store *db.Store) *house {
	t.Helper()
	h := &house{store: store, clock: clock.At(at), outbox: &obeying{}}
	blobs, err := blob.Disk(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if err := store.Write(t.Context(), func(tx *db.Tx) error {
		return school.Put(t.Context(), tx, school.School{
			Name: "École de musique Sèvre & Loire", ShortName: "Sèvre & Loire", Phone: "0240000000", Recovery: school.RecoverByPassword,
			PasswordMin: 8, PasswordMax: 20, SessionMinutes: 60, PaperDays: 7, OfferDays: 3, QuietFrom: 20, QuietUntil: 8, Accessibility: "non conforme",
		})
	}); err != nil {
		t.Fatal(err)
	}
	registrar := enrolment.NewRegistrar(store, h.clock)
	t.Cleanup(registrar.Close)
	h.deps = Deps{
		Store: store, Clock: h.clock, Log: slog.New(slog.DiscardHandler), Registrar: registrar, Accounts: account.New(store, h.clock),
		Blobs: blobs, Outbox: h.outbox, PublicURL: "https://ecole.example", MailFrom: "portail@ecole.example",
	}
	h.runner = NewRunner(h.deps)
	return h
}

func (h *house) enqueue(t *testing.T, m correspondence.Mail) {
	t.Helper()
	if err := h.store.Write(t.Context(), func(tx *db.Tx) error {
		return correspondence.Enqueue(t.Context(), tx, h.clock.Now(), m)
	}); err != nil {
		t.Fatal(err)
	}
}

// run does the mail jobs that are due; those of deadlines need a season and are not these tests'.
func (h *house) run(t *testing.T) {
	t.Helper()
	if _, err := h.runner.RunDue(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func receivedMail(event, to string) correspondence.Mail {
	return correspondence.Mail{Event: event, Recipient: to, Kind: enrolment.MailReceived, Household: "h", Facts: facts()}
}

func TestAMailIsEnqueuedOnceAndKeepsItsIdentity(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		h := newHouse(t, store)
		h.enqueue(t, receivedMail("sent:1", "claire@exemple.fr"))
		h.enqueue(t, receivedMail("sent:1", "claire@exemple.fr"))
		h.enqueue(t, receivedMail("sent:1", ""))
		h.outbox.answer = errors.New("the server is busy")
		h.run(t)
		if len(h.outbox.tries) != 1 {
			t.Fatalf("tries while the server is busy: want 1, got %d", len(h.outbox.tries))
		}
		h.run(t)
		if len(h.outbox.tries) != 1 {
			t.Error("tried again before its backoff")
		}
		h.outbox.answer = nil
		h.clock.Add(time.Hour)
		h.run(t)
		if len(h.outbox.kept) != 1 || h.outbox.tries[0] != h.outbox.tries[len(h.outbox.tries)-1] {
			t.Fatalf("mails kept: want the same one, got %d after tries %v", len(h.outbox.kept), h.outbox.tries)
		}
		if m := h.outbox.kept[0]; m.To != "claire@exemple.fr" || !strings.HasSuffix(m.ID, "@ecole.example") || m.HTML == "" {
			t.Errorf("the mail: %+v", m)
		}
		sent, err := correspondence.OfHousehold(t.Context(), store, "h", 10)
		if err != nil || len(sent) != 1 || sent[0].SentAt.IsZero() || sent[0].Subject == "" {
			t.Errorf("what the office lists: %+v (%v)", sent, err)
		}
	})
}

func TestAMailThatCannotLeaveIsListed(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		h := newHouse(t, store)
		h.enqueue(t, receivedMail("sent:2", "inconnu@exemple.fr"))
		h.outbox.answer = &mail.Permanent{Code: 550, Reason: "no such user"}
		h.run(t)
		failed, err := correspondence.Failed(t.Context(), store, 10)
		if err != nil || len(failed) != 1 || !strings.Contains(failed[0].LastError, "no such user") {
			t.Fatalf("mails not sent: %+v (%v)", failed, err)
		}
	})
}

func TestAPasswordIsForgottenOnceItsMailHasLeft(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		h := newHouse(t, store)
		h.enqueue(t, correspondence.Mail{
			Event: "new_password:1", Recipient: "claire@exemple.fr", Kind: account.MailNewPassword, Household: "h",
			Facts:  account.NewPasswordFacts{Name: "Claire Moreau", Identifier: "MOREAU-4821", ValidUntil: at.AddDate(0, 0, 1)},
			Secret: account.NewPasswordSecret{Password: "Kestrel7Bavard"},
		})
		h.run(t)
		if len(h.outbox.kept) != 1 {
			t.Fatalf("mails kept: want 1, got %d", len(h.outbox.kept))
		}
		text := h.outbox.kept[0].Text
		for _, line := range []string{"Identifiant : MOREAU-4821", "Mot de passe : Kestrel7Bavard"} {
			if !strings.Contains("\n"+text, "\n"+line+"\n") {
				t.Errorf("the text lacks the line %q:\n%s", line, text)
			}
		}
		left, err := db.One[int64](t.Context(), store, `select count(*) from job where secret like '%Kestrel%' or args like '%Kestrel%'`)
		if err != nil || left != 0 {
			t.Errorf("jobs that still hold the password: %d (%v)", left, err)
		}
		listed, err := db.One[int64](t.Context(), store, `select count(*) from outgoing_mail where subject like '%Kestrel%' or last_error like '%Kestrel%'`)
		if err != nil || listed != 0 {
			t.Errorf("the list shows the password: %d (%v)", listed, err)
		}
	})
}

// While the server is down a family asks again: the password that no longer
// works must not be the one it reads last.
func TestAReplacedPasswordIsNotSent(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		h := newHouse(t, store)
		const login = "odile@exemple.fr"
		if _, err := h.deps.Accounts.CreateStaff(t.Context(), actor.System, actor.Secretary, "Odile Batard", login, "Secretariat2027"); err != nil {
			t.Fatal(err)
		}
		ask := func() {
			if err := h.deps.Accounts.Recover(t.Context(), login, login, "192.0.2.1"); err != nil {
				t.Fatal(err)
			}
			h.run(t) // matches the request, then tries to send
			h.run(t)
		}
		h.outbox.answer = errors.New("the server is away")
		ask()
		h.clock.Add(-time.Hour) // set back meanwhile: what was made later has an earlier hour
		ask()
		h.outbox.answer = nil
		h.clock.Add(3 * time.Hour)
		h.run(t)
		if len(h.outbox.kept) != 1 {
			t.Fatalf("mails sent: want the last one alone, got %d", len(h.outbox.kept))
		}
		_, line, _ := strings.Cut(h.outbox.kept[0].Text, "Mot de passe : ")
		password, _, _ := strings.Cut(line, "\n")
		if _, err := h.deps.Accounts.SignIn(t.Context(), login, password, "192.0.2.1"); err != nil {
			t.Errorf("the password of the mail that was sent: %v", err)
		}
		left, err := db.One[int64](t.Context(), store, `select (select count(*) from job where kind = 'send_mail' and (done_at is null or secret <> ''))
			+ (select count(*) from outgoing_mail where sent_at is null)`)
		if err != nil || left != 0 {
			t.Errorf("jobs and mails left: %d (%v)", left, err)
		}
	})
}

// Leak: the password of a mail that could not leave stayed in its job for ever.
func TestAPasswordIsForgottenTwoDaysAfterItsMailWasGivenUp(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		h := newHouse(t, store)
		h.enqueue(t, correspondence.Mail{
			Event: "new_password:2", Recipient: "inconnu@exemple.fr", Kind: account.MailNewPassword, Household: "h",
			Facts:  account.NewPasswordFacts{Name: "Claire Moreau", Identifier: "MOREAU-4821", ValidUntil: at.AddDate(0, 0, 1)},
			Secret: account.NewPasswordSecret{Password: "Kestrel7Bavard"},
		})
		h.outbox.answer = &mail.Permanent{Code: 550, Reason: "no such user"}
		h.run(t)
		for _, c := range []struct {
			after time.Duration
			want  int64
		}{{47 * time.Hour, 1}, {2 * time.Hour, 0}} {
			h.clock.Add(c.after)
			h.run(t)
			left, err := db.One[int64](t.Context(), store, `select count(*) from job where secret like '%Kestrel%'`)
			if err != nil || left != c.want {
				t.Errorf("%s later, jobs that hold the password: want %d, got %d (%v)", c.after, c.want, left, err)
			}
		}
	})
}
