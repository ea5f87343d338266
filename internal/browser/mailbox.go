package browser

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

// Mail is a message as its reader gets it.
type Mail struct {
	MessageID   string
	From        string // the address alone
	To          string
	Subject     string
	Text        string
	HTML        string
	Attachments []string // the files' names
}

// Mailbox reads what the test's mail server has taken. All tests share that
// server: each uses addresses of its own.
type Mailbox struct {
	t   testing.TB
	url string
	// Patience bounds WaitFor; 20 s.
	Patience time.Duration
}

// Mailboxes opens the mail server that make test starts.
func Mailboxes(t testing.TB) *Mailbox {
	t.Helper()
	return &Mailbox{t: t, url: needed(t, "PUPITRE_TEST_MAILPIT"), Patience: 20 * time.Second}
}

// SMTP returns the smtp:// URL of the test's mail server.
func SMTP(t testing.TB) string {
	t.Helper()
	return needed(t, "PUPITRE_TEST_SMTP")
}

// All returns the messages to the address, the newest first.
func (b *Mailbox) All(to string) []Mail {
	b.t.Helper()
	var found struct{ Messages []struct{ ID string } }
	b.read("/api/v1/search?limit=1000&query="+query(to), &found)
	mails := make([]Mail, len(found.Messages))
	for i, m := range found.Messages {
		mails[i] = b.mail(m.ID)
	}
	return mails
}

// Latest returns the newest message to the address, and whether there is one.
func (b *Mailbox) Latest(to string) (Mail, bool) {
	b.t.Helper()
	all := b.All(to)
	if len(all) == 0 {
		return Mail{}, false
	}
	return all[0], true
}

// WaitFor returns the newest message to the address whose subject contains the
// words, once there is one; any kind of space stands for any other.
func (b *Mailbox) WaitFor(to, subjectContains string) Mail {
	b.t.Helper()
	want := oneSpace(subjectContains)
	deadline := time.Now().Add(b.Patience)
	for {
		all := b.All(to)
		for _, m := range all {
			if strings.Contains(oneSpace(m.Subject), want) {
				return m
			}
		}
		if time.Now().After(deadline) {
			subjects := make([]string, len(all))
			for i, m := range all {
				subjects[i] = m.Subject
			}
			b.t.Fatalf("no mail to %s with « %s » in its subject within %v; there are %q", to, subjectContains, b.Patience, subjects)
		}
		<-time.After(50 * time.Millisecond)
	}
}

// Clear forgets the messages to the address.
func (b *Mailbox) Clear(to string) {
	b.t.Helper()
	request, err := http.NewRequestWithContext(b.t.Context(), http.MethodDelete, b.url+"/api/v1/search?query="+query(to), nil)
	if err != nil {
		b.t.Fatal(err)
	}
	b.send(request, nil)
}

func (b *Mailbox) mail(id string) Mail {
	b.t.Helper()
	type address struct{ Address string }
	var m struct {
		MessageID, Subject, Text, HTML string
		From                           address
		To                             []address
		Attachments                    []struct{ FileName string }
	}
	b.read("/api/v1/message/"+id, &m)
	mail := Mail{MessageID: m.MessageID, From: m.From.Address, Subject: m.Subject, Text: m.Text, HTML: m.HTML}
	if len(m.To) > 0 {
		mail.To = m.To[0].Address
	}
	for _, a := range m.Attachments {
		mail.Attachments = append(mail.Attachments, a.FileName)
	}
	return mail
}

func (b *Mailbox) read(path string, into any) {
	b.t.Helper()
	request, err := http.NewRequestWithContext(b.t.Context(), http.MethodGet, b.url+path, nil)
	if err != nil {
		b.t.Fatal(err)
	}
	b.send(request, into)
}

func (b *Mailbox) send(request *http.Request, into any) {
	b.t.Helper()
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		b.t.Fatal(err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		b.t.Fatalf("%s %s: %s", request.Method, request.URL, answer.Status)
	}
	if into == nil {
		return
	}
	if err := json.NewDecoder(answer.Body).Decode(into); err != nil {
		b.t.Fatalf("%s %s: %v", request.Method, request.URL, err)
	}
}

func query(to string) string { return url.QueryEscape(fmt.Sprintf("to:%q", to)) }

func oneSpace(s string) string { return strings.Join(strings.Fields(s), " ") }
