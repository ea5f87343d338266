package school

import (
	"context"
	"strings"
	"time"

	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/journal"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
)

// Kind is how a setting is asked for.
type Kind string

// The kinds of settings. A moment is « jj/mm/aaaa » or « jj/mm/aaaa hh:mm », Paris time.
const (
	LineKind   Kind = "line"
	AreaKind   Kind = "area"
	TelKind    Kind = "tel"
	EmailKind  Kind = "email"
	NumberKind Kind = "number"
	DayKind    Kind = "day"
	MomentKind Kind = "moment"
	ChoiceKind Kind = "choice"
	YesKind    Kind = "yes"
)

// Choice is a value that a ChoiceKind takes, and its words.
type Choice struct{ Value, Label, Note string }

// Setting is one thing of a T that the school lays down on screen: how it is
// asked for, read and written. Values are those of a form.
type Setting[T any] struct {
	Group    string // heading it stands under
	Field    string
	Label    string
	Help     string
	Kind     Kind
	Required bool
	Most     int // characters
	Choices  []Choice
	Get      func(T) string
	set      func(*T, string) string // says what is wrong with the value, "" when it is right
}

// Shown is the value as a reader reads it.
func (s Setting[T]) Shown(value string) string {
	for _, c := range s.Choices {
		if c.Value == value {
			return c.Label
		}
	}
	if s.Kind == YesKind && value == "" {
		return "non"
	}
	return value
}

// Group is what one form of settings holds.
type Group[T any] struct {
	Settings []Setting[T]
	whole    func(T, *fault.Check) // what must hold between the fields
}

// NewGroup is a form of the settings; whole notes what does not hold between them.
func NewGroup[T any](whole func(T, *fault.Check), settings ...[]Setting[T]) Group[T] {
	return Group[T]{Settings: join(settings...), whole: whole}
}

// Values are the fields of t as its form shows them.
func (g Group[T]) Values(t T) map[string]string {
	all := make(map[string]string, len(g.Settings))
	for _, s := range g.Settings {
		all[s.Field] = s.Get(t)
	}
	return all
}

// Read returns t with what was typed, or *fault.Invalid with a message at each field.
func (g Group[T]) Read(t T, typed map[string]string) (T, error) {
	var c fault.Check
	for _, s := range g.Settings {
		value := strings.TrimSpace(typed[s.Field])
		switch {
		case value == "" && s.Required:
			c.Add(s.Field, "Remplissez ce champ"+french.Nbsp+": "+strings.ToLower(s.Label[:1])+s.Label[1:]+".")
		case s.Most > 0 && len([]rune(value)) > s.Most:
			c.Add(s.Field, french.Count(int64(s.Most), "caractère", "caractères")+" au plus.")
		case len(s.Choices) > 0 && !s.offers(value):
			c.Add(s.Field, "Choisissez une des réponses proposées.")
		default:
			if message := s.set(&t, value); message != "" {
				c.Add(s.Field, message)
			}
		}
	}
	if c.Err() == nil && g.whole != nil {
		g.whole(t, &c)
	}
	return t, c.Err()
}

func (s Setting[T]) offers(value string) bool {
	for _, c := range s.Choices {
		if c.Value == value {
			return true
		}
	}
	return false
}

// Difference is a field whose value is not the same any more.
type Difference struct{ Field, Label, Was, Is string }

// Differences lists the fields of the group that differ.
func (g Group[T]) Differences(was, is map[string]string) []Difference {
	var all []Difference
	for _, s := range g.Settings {
		if was[s.Field] != is[s.Field] {
			all = append(all, Difference{s.Field, s.Label, s.Shown(was[s.Field]), s.Shown(is[s.Field])})
		}
	}
	return all
}

// Stale refuses a save made from values that somebody has changed since:
// nothing was written. Now are the values in force.
type Stale struct {
	By    string
	At    time.Time
	Since []Difference
	Now   map[string]string
}

func (e *Stale) Error() string { return e.Message() }

// Message says who has changed it, and when.
func (e *Stale) Message() string {
	if e.By == "" {
		return "Ces réglages ont changé depuis que vous avez ouvert cette page. Rien n’a été écrit."
	}
	return e.By + " a changé ces réglages le " + french.Moment(e.At) + ", depuis que vous avez ouvert cette page. Rien n’a été écrit."
}

// Unwrap makes it a fault.Conflict.
func (e *Stale) Unwrap() error { return &fault.Conflict{Message: e.Message()} }

// Edit is one save of settings: who, when, about what, and the values that the
// page showed when it was opened.
type Edit struct {
	Actor   actor.Actor
	Now     time.Time
	Subject string // as the journal finds it: « school », « season:… »
	Name    string // as the journal says it: « Saison 2027-2028 »
	Read    map[string]string
}

// Apply checks that the values read are still in force (*Stale), reads what was
// typed, has it written, and appends old → new to the journal. Without any
// difference nothing is written. It returns the differences.
func (g Group[T]) Apply(ctx context.Context, tx *db.Tx, e Edit, now T, typed map[string]string, write func(T) error) ([]Difference, error) {
	if !e.Actor.MaySettle() {
		return nil, fault.ErrForbidden
	}
	held := g.Values(now)
	if e.Read != nil {
		if since := g.Differences(e.Read, held); len(since) > 0 {
			return nil, stale(ctx, tx, e, since, held)
		}
	}
	next, err := g.Read(now, typed)
	if err != nil {
		return nil, err
	}
	changes := g.Differences(held, g.Values(next))
	if len(changes) == 0 {
		return nil, nil
	}
	if err := write(next); err != nil {
		return nil, err
	}
	return changes, e.Tell(ctx, tx, changes)
}

// Tell appends the differences to the journal, as one line.
func (e Edit) Tell(ctx context.Context, tx *db.Tx, changes []Difference) error {
	var was, is []string
	for _, d := range changes {
		was, is = append(was, d.Label+french.Nbsp+": "+orDash(d.Was)), append(is, d.Label+french.Nbsp+": "+orDash(d.Is))
	}
	return journal.Append(ctx, tx, journal.By(e.Actor, e.Now, journal.Line{
		Event: "settings.changed", Subject: e.Subject, Before: strings.Join(was, french.Nbsp+"; "), After: e.Name + ", " + strings.Join(is, french.Nbsp+"; "),
	}))
}

func stale(ctx context.Context, tx *db.Tx, e Edit, since []Difference, held map[string]string) error {
	s := &Stale{Since: since, Now: held}
	lines, err := journal.About(ctx, tx, e.Subject, 1)
	if err != nil {
		return err
	}
	if len(lines) > 0 {
		s.By, s.At = lines[0].ActorName, lines[0].At
	}
	return s
}

func orDash(v string) string {
	if v == "" {
		return "–"
	}
	return v
}

// Instead is the setting with other ways to read and write its value.
func (s Setting[T]) Instead(get func(T) string, set func(*T, string)) Setting[T] {
	s.Get = get
	s.set = func(t *T, v string) string { set(t, v); return "" }
	return s
}
