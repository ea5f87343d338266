// Package fault names the ways a request can fail that its author can do
// something about. Every other error is internal: it is logged once at the
// door, and its text never reaches a page.
package fault

import (
	"errors"
	"strings"
	"time"
)

// ErrNotFound says that the thing does not exist, or is not the asker's:
// doors answer 404 to both, so that nobody learns which.
var ErrNotFound = errors.New("not found")

// ErrForbidden says that the asker's role never allows the act (403).
var ErrForbidden = errors.New("forbidden")

// Field is one message beside one field of a form, in French, saying what to do.
type Field struct {
	Name    string // the form's field name
	Message string
}

// Invalid refuses an input: the same form comes back with what was typed (422).
// Message is a French sentence for the whole form; Fields may be empty.
type Invalid struct {
	Message string
	Fields  []Field
}

func (e *Invalid) Error() string {
	var b strings.Builder
	b.WriteString(e.Message)
	for _, f := range e.Fields {
		b.WriteString(" [" + f.Name + ": " + f.Message + "]")
	}
	return strings.TrimSpace(b.String())
}

// Of returns the message for the field, or "".
func (e *Invalid) Of(field string) string {
	if e == nil {
		return ""
	}
	for _, f := range e.Fields {
		if f.Name == field {
			return f.Message
		}
	}
	return ""
}

// Refuse is an Invalid of one sentence.
func Refuse(message string) *Invalid { return &Invalid{Message: message} }

// Check gathers the messages of a form.
type Check struct{ fields []Field }

// Add notes a message at a field.
func (c *Check) Add(field, message string) { c.fields = append(c.fields, Field{field, message}) }

// That notes the message unless ok, and returns ok.
func (c *Check) That(ok bool, field, message string) bool {
	if !ok {
		c.Add(field, message)
	}
	return ok
}

// Err returns nil when nothing was noted, else an *Invalid with the messages in order.
func (c *Check) Err() error {
	if len(c.fields) == 0 {
		return nil
	}
	return &Invalid{Message: "Le formulaire n’est pas complet.", Fields: c.fields}
}

// Conflict says that the thing has changed since the asker read it (409).
// Message is a French sentence that says what to do.
type Conflict struct{ Message string }

func (e *Conflict) Error() string { return e.Message }

// Busy tells who asks too much to come back later (429). Message is a French
// sentence that says when.
type Busy struct {
	RetryAfter time.Duration
	Message    string
}

func (e *Busy) Error() string { return e.Message }

// Unavailable says that the portal cannot do it now, through no fault of the
// asker's (503). Message is a French sentence that says what to do; Cause, when
// given, is what failed, for the log.
type Unavailable struct {
	RetryAfter time.Duration
	Message    string
	Cause      error
}

func (e *Unavailable) Error() string {
	if e.Cause == nil {
		return e.Message
	}
	return e.Message + " (" + e.Cause.Error() + ")"
}

func (e *Unavailable) Unwrap() error { return e.Cause }
