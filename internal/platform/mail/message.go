// Package mail sends one message over SMTP and says whether a failure is
// worth another try.
package mail

import (
	"context"
	"errors"
	"fmt"
	"net/mail"
	"strings"
	"time"
	"unicode"

	gomail "github.com/wneessen/go-mail"
)

// Outbox takes a message away. Send returns nil once somebody else answers for
// it, a *Permanent when another try cannot help, and any other error when it may.
type Outbox interface {
	Send(ctx context.Context, m Message) error
}

// Message is one mail to one person. The same ID sent twice is one message for
// whoever reads it, so ID is fixed before the first try.
type Message struct {
	ID          string    // the Message-ID without its angle brackets: "unique@domain"
	Date        time.Time // when zero, the instant of sending
	From        string    // when empty, the sender's own address
	To          string    // an address, with or without a name
	Subject     string
	Text        string // always there: HTML alone is not a letter everybody can read
	HTML        string // may be empty
	Attachments []Attachment
	Headers     map[string]string // such as Reply-To; not those this type has a field for
}

// Attachment is a file that goes with a message.
type Attachment struct {
	Name        string
	ContentType string // when empty, application/octet-stream
	Content     []byte
}

// Permanent says that this message will never leave, and why, in the server's
// words or ours. Code is the SMTP code, 0 when no server was asked.
type Permanent struct {
	Code   int
	Reason string
}

func (e *Permanent) Error() string { return e.Reason }

// IsPermanent tells whether another try is useless.
func IsPermanent(err error) bool {
	var p *Permanent
	return errors.As(err, &p)
}

func refuse(format string, args ...any) error {
	return &Permanent{Reason: fmt.Sprintf(format, args...)}
}

// ownHeaders are written from the fields of Message or by this package.
var ownHeaders = map[string]bool{
	"from": true, "sender": true, "to": true, "cc": true, "bcc": true, "subject": true, "date": true,
	"message-id": true, "return-path": true, "received": true, "mime-version": true, "auto-submitted": true,
	"content-type": true, "content-transfer-encoding": true, "content-disposition": true,
}

// build makes the mail ready for the wire. What could forge a header or cannot
// be sent at all is refused with a *Permanent.
func (m Message) build(from string) (*gomail.Msg, error) {
	if m.From != "" {
		from = m.From
	}
	sender, err := address("sender", from)
	if err != nil {
		return nil, err
	}
	to, err := address("recipient", m.To)
	if err != nil {
		return nil, err
	}
	if err := m.check(); err != nil {
		return nil, err
	}
	msg := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	msg.FromMailAddress(sender)
	msg.ToMailAddress(to)
	msg.SetMessageIDWithValue(m.ID)
	msg.Subject(m.Subject)
	msg.SetGenHeader("Auto-Submitted", "auto-generated")
	for name, value := range m.Headers {
		msg.SetGenHeader(gomail.Header(name), value)
	}
	if !m.Date.IsZero() {
		msg.SetDateWithValue(m.Date)
	}
	msg.SetBodyString(gomail.TypeTextPlain, m.Text)
	if m.HTML != "" {
		msg.AddAlternativeString(gomail.TypeTextHTML, m.HTML)
	}
	for _, a := range m.Attachments {
		kind := a.ContentType
		if kind == "" {
			kind = string(gomail.TypeAppOctetStream)
		}
		msg.AttachReadSeeker(a.Name, strings.NewReader(string(a.Content)), gomail.WithFileContentType(gomail.ContentType(kind)))
	}
	return msg, nil
}

func (m Message) check() error {
	left, right, at := strings.Cut(m.ID, "@")
	if !at || left == "" || right == "" || strings.ContainsFunc(m.ID, notInID) {
		return refuse("the message's ID %q is not of the form unique@domain", m.ID)
	}
	if m.Text == "" {
		return refuse("the message has no text part")
	}
	if hasControl(m.Subject) {
		return refuse("the subject %q has a line break or another control character", m.Subject)
	}
	for name, value := range m.Headers {
		if name == "" || strings.ContainsFunc(name, notInHeaderName) || ownHeaders[strings.ToLower(name)] {
			return refuse("the header %q cannot be set", name)
		}
		if hasControl(value) {
			return refuse("the header %s: %q has a line break or another control character", name, value)
		}
	}
	for _, a := range m.Attachments {
		if a.Name == "" || hasControl(a.Name) || strings.ContainsAny(a.Name, `/\"`) {
			return refuse("the attachment's name %q cannot be written in a header", a.Name)
		}
		if hasControl(a.ContentType) {
			return refuse("the attachment's type %q cannot be written in a header", a.ContentType)
		}
	}
	return nil
}

// address reads one address; only ASCII ones, which every relay carries.
func address(whose, s string) (*mail.Address, error) {
	if s == "" {
		return nil, refuse("the %s has no address", whose)
	}
	if hasControl(s) {
		return nil, refuse("the %s's address %q has a control character", whose, s)
	}
	a, err := mail.ParseAddress(s)
	if err != nil {
		return nil, refuse("the %s's address %q is not a mail address", whose, s)
	}
	if strings.ContainsFunc(a.Address, func(r rune) bool { return r > unicode.MaxASCII || r <= ' ' }) || hasControl(a.Name) {
		return nil, refuse("the %s's address %q has a character that mail servers refuse", whose, s)
	}
	return a, nil
}

func hasControl(s string) bool { return strings.ContainsFunc(s, unicode.IsControl) }

func notInHeaderName(r rune) bool { return r <= ' ' || r >= 127 || r == ':' }

func notInID(r rune) bool { return r <= ' ' || r >= 127 || r == '<' || r == '>' }
