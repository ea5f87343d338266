package mail_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	netmail "net/mail"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"pupitre/internal/platform/mail"
)

const school = "École de musique <ecole@exemple.test>"

// mailpit returns the sink's SMTP URL and a reader of its raw messages.
func mailpit(t *testing.T) (smtp string, raw func(to string) []*netmail.Message) {
	t.Helper()
	smtp, web := os.Getenv("PUPITRE_TEST_SMTP"), os.Getenv("PUPITRE_TEST_MAILPIT")
	if smtp == "" || web == "" {
		t.Fatal("PUPITRE_TEST_SMTP or PUPITRE_TEST_MAILPIT is not set: run `make test`, which starts a mail server of its own")
	}
	return smtp, func(to string) []*netmail.Message {
		var found struct{ Messages []struct{ ID string } }
		body := fetch(t, web+"/api/v1/search?query="+url.QueryEscape(`to:"`+to+`"`))
		if err := json.Unmarshal([]byte(body), &found); err != nil {
			t.Fatal(err)
		}
		var all []*netmail.Message
		for _, m := range found.Messages {
			parsed, err := netmail.ReadMessage(strings.NewReader(fetch(t, web+"/api/v1/message/"+m.ID+"/raw")))
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, parsed)
		}
		return all
	}
}

func fetch(t *testing.T, address string) string {
	t.Helper()
	answer, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != http.StatusOK {
		t.Fatalf("GET %s: %s %v", address, answer.Status, err)
	}
	return string(body)
}

func somebody() string { return uuid.NewString() + "@exemple.test" }

func dial(t *testing.T, server string) *mail.Sender {
	t.Helper()
	s, err := mail.Dial(server, school)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestSendReachesARealServer(t *testing.T) {
	smtp, raw := mailpit(t)
	to := somebody()
	m := mail.Message{
		ID: uuid.NewString() + "@exemple.test", To: "Zoé Lefèvre <" + to + ">",
		Date:    time.Date(2026, 6, 2, 9, 0, 0, 0, time.UTC),
		Subject: "Réinscription de Zoé : c’est reçu", Text: "Bonjour,\nIdentifiant : K7PM\n", HTML: "<p>Bonjour œuvre</p>",
		Attachments: []mail.Attachment{{Name: "accusé de réception.pdf", ContentType: "application/pdf", Content: []byte("%PDF-1.7")}},
		Headers:     map[string]string{"Reply-To": "secretariat@exemple.test"},
	}
	if err := dial(t, smtp).Send(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	got := raw(to)
	if len(got) != 1 {
		t.Fatalf("got %d messages for %s, want 1", len(got), to)
	}
	h := got[0].Header
	for name, want := range map[string]string{
		"Message-ID": "<" + m.ID + ">", "Auto-Submitted": "auto-generated", "Reply-To": "secretariat@exemple.test",
	} {
		if h.Get(name) != want {
			t.Errorf("%s: got %q, want %q", name, h.Get(name), want)
		}
	}
	if date, err := h.Date(); err != nil || !date.Equal(m.Date) {
		t.Errorf("Date: got %v (%v), want %v", date, err, m.Date)
	}
	from, err := h.AddressList("From")
	if err != nil || from[0].Name != "École de musique" || from[0].Address != "ecole@exemple.test" {
		t.Errorf("From: got %v (%v), want %s", from, err, school)
	}
	body, err := io.ReadAll(got[0].Body)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"Identifiant : K7PM", "text/html", "application/pdf", "multipart/alternative"} {
		if !strings.Contains(string(body), want) {
			t.Errorf("the body lacks %q:\n%s", want, body)
		}
	}
}

func TestPasswordGoesInClearToLoopbackOnly(t *testing.T) {
	smtp, raw := mailpit(t)
	to := somebody()
	withPassword := strings.Replace(smtp, "smtp://", "smtp://school:secret@", 1)
	if err := dial(t, withPassword).Send(t.Context(), message(to)); err != nil {
		t.Fatal(err)
	}
	if got := len(raw(to)); got != 1 {
		t.Errorf("got %d messages, want 1", got)
	}
}

func message(to string) mail.Message {
	return mail.Message{ID: uuid.NewString() + "@exemple.test", To: to, Subject: "Essai", Text: "Bonjour"}
}

func TestWhatCannotLeaveIsRefusedBeforeDialling(t *testing.T) {
	rows := map[string]func(*mail.Message){
		"a line break in the subject":       func(m *mail.Message) { m.Subject = "a\r\nBcc: x@y.test" },
		"a lone line feed in the subject":   func(m *mail.Message) { m.Subject = "a\nb" },
		"a NUL in the subject":              func(m *mail.Message) { m.Subject = "a\x00" },
		"a line break in the recipient":     func(m *mail.Message) { m.To = "a@b.test\r\nBcc: x@y.test" },
		"two recipients in one":             func(m *mail.Message) { m.To = "a@b.test, c@d.test" },
		"no recipient":                      func(m *mail.Message) { m.To = "" },
		"a recipient that is no address":    func(m *mail.Message) { m.To = "Zoé" },
		"a recipient with an accent":        func(m *mail.Message) { m.To = "zoé@exemple.test" },
		"a quoted recipient with a command": func(m *mail.Message) { m.To = "\"a\r\nDATA\"@exemple.test" },
		"a sender with a line break":        func(m *mail.Message) { m.From = "a@b.test\nX: y" },
		"a header with a line break":        func(m *mail.Message) { m.Headers = map[string]string{"X-A": "b\r\nBcc: x@y.test"} },
		"a header name with a line break":   func(m *mail.Message) { m.Headers = map[string]string{"X-A: b\r\nBcc": "x@y.test"} },
		"a header of ours":                  func(m *mail.Message) { m.Headers = map[string]string{"bcc": "x@y.test"} },
		"an ID with a line break":           func(m *mail.Message) { m.ID = "a@b>\r\nBcc: x@y.test" },
		"an ID without a domain":            func(m *mail.Message) { m.ID = "abc" },
		"an attachment named with a quote":  func(m *mail.Message) { m.Attachments = []mail.Attachment{{Name: "a\".pdf"}} },
		"an attachment's type with a break": func(m *mail.Message) { m.Attachments = []mail.Attachment{{Name: "a", ContentType: "a\r\nB: c"}} },
		"no text":                           func(m *mail.Message) { m.Text = "" },
	}
	for name, change := range rows {
		t.Run(name, func(t *testing.T) {
			server := startServer(t, script{})
			m := message("a@exemple.test")
			change(&m)
			err := dial(t, server.url("")).Send(t.Context(), m)
			if !mail.IsPermanent(err) {
				t.Errorf("got %v, want a permanent refusal", err)
			}
			if got := server.heard(); got != "" {
				t.Errorf("the server heard %q, want nothing", got)
			}
			if err := mail.NewMemory(1).Send(t.Context(), m); !mail.IsPermanent(err) {
				t.Errorf("in memory: got %v, want a permanent refusal", err)
			}
		})
	}
}

func TestAnswersOfTheServer(t *testing.T) {
	rows := map[string]struct {
		script    script
		fails     bool
		permanent int
	}{
		"all is well":                         {script: script{}},
		"the recipient does not exist":        {script: script{"RCPT": "550 5.1.1 no such user"}, fails: true, permanent: 550},
		"the recipient is busy":               {script: script{"RCPT": "450 4.2.1 try later"}, fails: true},
		"the mailbox is full for the moment":  {script: script{"RCPT": "452 4.2.2 over quota"}, fails: true},
		"the relay asks to sign in":           {script: script{"RCPT": "530 5.7.0 authentication required"}, fails: true},
		"our own address is refused":          {script: script{"MAIL": "553 5.1.8 sender refused"}, fails: true},
		"the content is refused":              {script: script{".": "554 5.7.1 refused"}, fails: true, permanent: 554},
		"the content is refused for a moment": {script: script{".": "451 4.3.0 queue full"}, fails: true},
		"the server is closing":               {script: script{"hello": "421 4.3.2 closing"}, fails: true},
		"the server hangs up after the data":  {script: script{".": ""}, fails: true},
		"the goodbye fails after acceptance":  {script: script{"RSET": "421 bye", "QUIT": ""}},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			server := startServer(t, row.script)
			err := dial(t, server.url("")).Send(t.Context(), message("a@exemple.test"))
			if (err != nil) != row.fails {
				t.Fatalf("got %v, want failure %t", err, row.fails)
			}
			var p *mail.Permanent
			code := 0
			if errors.As(err, &p) {
				code = p.Code
			}
			if code != row.permanent {
				t.Errorf("got permanent code %d (%v), want %d", code, err, row.permanent)
			}
		})
	}
}

func TestNobodyListens(t *testing.T) {
	server := startServer(t, script{})
	address := server.url("")
	server.close()
	if err := dial(t, address).Send(t.Context(), message("a@exemple.test")); err == nil || mail.IsPermanent(err) {
		t.Errorf("got %v, want a failure of the moment", err)
	}
}

func TestSendStopsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := dial(t, startServer(t, script{}).url("")).Send(ctx, message("a@exemple.test")); err == nil || mail.IsPermanent(err) {
		t.Errorf("got %v, want a failure of the moment", err)
	}
}

func TestDialRefusesABadSetting(t *testing.T) {
	rows := map[string]struct{ server, from, want string }{
		"another scheme":             {"http://relay:25", school, "smtp://"},
		"no scheme":                  {"relay:25", school, "smtp://"},
		"no host":                    {"smtp://", school, "no host"},
		"only a port":                {"smtp://:25", school, "no host"},
		"a path":                     {"smtp://relay:25/x", school, "after the port"},
		"a query":                    {"smtp://relay:25?tls=no", school, "after the port"},
		"a port that is too large":   {"smtp://relay:70000", school, "port"},
		"a user without a password":  {"smtp://school@relay:25", school, "half"},
		"a password without a user":  {"smtp://:s3cret@relay:25", school, "half"},
		"an unescaped password":      {"smtp://school:s3cret#%zz@relay:25", school, "percent-encoded"},
		"an unescaped slash":         {"smtp://school:s3cret/x@relay:25", school, "percent-encoded"},
		"a sender without a domain":  {"smtp://relay:25", "ecole", "sender"},
		"a sender with a line break": {"smtp://relay:25", "e@x.test\nBcc: a@b.test", "sender"},
		"no sender":                  {"smtp://relay:25", "", "sender"},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			_, err := mail.Dial(row.server, row.from)
			if err == nil || !strings.Contains(err.Error(), row.want) {
				t.Fatalf("got %v, want a sentence with %q", err, row.want)
			}
			if strings.Contains(err.Error(), "s3cret") {
				t.Errorf("the sentence shows the password: %v", err)
			}
		})
	}
}

func TestMemoryKeepsTheLast(t *testing.T) {
	box := mail.NewMemory(2)
	first, second, third := message("a@x.test"), message("b@x.test"), message("c@x.test")
	for _, m := range []mail.Message{first, second, second, third} {
		if err := box.Send(t.Context(), m); err != nil {
			t.Fatal(err)
		}
	}
	last := box.Last()
	if len(last) != 2 || last[0].ID != third.ID || last[1].ID != second.ID {
		t.Errorf("got %v, want the third then the second, once", last)
	}
	if _, found := box.Find(first.ID); found {
		t.Error("the first message is still kept")
	}
	if got, found := box.Find(second.ID); !found || got.To != second.To {
		t.Errorf("got %v, %t, want the second", got, found)
	}
}
