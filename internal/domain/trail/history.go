package trail

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/journal"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
)

// Choice is which of the two journals, and which kind, a list is narrowed to.
type Choice string

// The choices; the empty one is everything.
const (
	Sessions Choice = "connexions"
	Views    Choice = "pages"
	Files    Choice = "fichiers"
	Changes  Choice = "changements"
)

// Narrow is what a list is narrowed to; empty fields narrow nothing.
type Narrow struct {
	Person    string // an account of the staff
	Choice    Choice
	Household string
	From      time.Time // included
	Until     time.Time // excluded
	Words     string    // all of them, whatever their case and accents
	Before    string    // goes on after this line: an Entry.ID
}

// Entry is one line of either journal: Access or Change.
type Entry struct {
	ID     string
	At     time.Time
	Access *Line
	Change *journal.Line
}

// Who acted: account, name and role.
func (e Entry) Who() (id, name string, role actor.Role) {
	if e.Access != nil {
		return e.Access.ActorID, e.Access.ActorName, actor.Role(e.Access.ActorRole)
	}
	return e.Change.ActorID, e.Change.ActorName, actor.Role(e.Change.ActorRole)
}

// Household is the one that the line is about, "" when none.
func (e Entry) Household() string {
	if e.Access != nil {
		return e.Access.Household
	}
	return e.Change.Household
}

const (
	batch = 1000   // lines read at once where words are looked for, or everything is wanted
	read  = 10_000 // lines that one page looks through for words
	last  = "zzzz" // after every id
)

// Page is a part of the list, newest first.
type Page struct {
	Entries []Entry
	More    string    // Narrow.Before of what follows; "" at the end
	Through time.Time // where a page that looks for words has stopped; else zero
}

// ReadPage returns the next limit lines of both journals, newest first; says is
// what a reader sees of a line, where words are looked for. A page that finds too
// little stops after so many lines, and tells how far it has looked. It returns
// fault.ErrForbidden to who may not read the journal.
func ReadPage(ctx context.Context, r db.Reader, who actor.Actor, n Narrow, says func(Entry) string, limit int) (Page, error) {
	if !who.May(actor.Sees, actor.Accesses) {
		return Page{}, fault.ErrForbidden
	}
	size := limit + 1
	if n.Words != "" {
		size = batch
	}
	var page Page
	for looked := 0; ; {
		entries, err := part(ctx, r, n, size)
		if err != nil {
			return Page{}, err
		}
		for _, e := range entries {
			if n.Before = e.ID; !n.matches(e, says) {
				continue
			}
			if len(page.Entries) == limit {
				page.More = page.Entries[limit-1].ID
				return page, nil
			}
			page.Entries = append(page.Entries, e)
		}
		looked += len(entries)
		switch {
		case len(entries) < size:
			return page, nil
		case looked >= read:
			page.More, page.Through = n.Before, entries[len(entries)-1].At
			return page, nil
		}
	}
}

// All is every line that is left, newest first, some hundreds at a time, to those
// who may read the journal.
func All(ctx context.Context, r db.Reader, who actor.Actor, n Narrow, says func(Entry) string) iter.Seq2[[]Entry, error] {
	return func(yield func([]Entry, error) bool) {
		if !who.May(actor.Sees, actor.Accesses) {
			yield(nil, fault.ErrForbidden)
			return
		}
		for {
			entries, err := part(ctx, r, n, batch)
			if err != nil {
				yield(nil, err)
				return
			}
			ended := len(entries) < batch
			if !ended {
				n.Before = entries[batch-1].ID
			}
			left := slices.DeleteFunc(entries, func(e Entry) bool { return !n.matches(e, says) })
			if !yield(left, nil) || ended {
				return
			}
		}
	}
}

// matches tells whether the line says all the words.
func (n Narrow) matches(e Entry, says func(Entry) string) bool {
	if n.Words == "" {
		return true
	}
	text := french.Fold(says(e))
	for _, word := range strings.Fields(n.Words) {
		if !strings.Contains(text, french.Fold(word)) {
			return false
		}
	}
	return true
}

// part reads the next lines of both journals in the order of their ids, which is
// that of their making. The journal has no entry along its instants, on purpose:
// each costs « Valider » time. Dates are therefore read past, line by line.
func part(ctx context.Context, r db.Reader, n Narrow, limit int) ([]Entry, error) {
	households, err := n.households(ctx, r)
	if err != nil {
		return nil, err
	}
	entries := make([]Entry, 0, 2*limit)
	if n.Choice != Changes {
		q := n.query(households)
		if n.Choice != "" {
			q.and("kind = ?", map[Choice]Kind{Sessions: Session, Views: View, Files: File}[n.Choice])
		}
		lines, err := db.All[Line](ctx, r, `select `+columns+` from access_line where `+q.text()+` order by id desc limit `+q.value(limit), q.values...)
		if err != nil {
			return nil, fmt.Errorf("read the journal of accesses: %w", err)
		}
		for i := range lines {
			entries = append(entries, Entry{ID: lines[i].ID, At: lines[i].At, Access: &lines[i]})
		}
	}
	if n.Choice != Views && n.Choice != Files {
		q := n.query(households)
		if n.Choice == Sessions {
			q.and("event like 'account.%'")
		}
		if n.Person != "" {
			q.and("actor_role not in ('family', 'system')") // as its index says
		}
		lines, err := db.All[journal.Line](ctx, r, `select `+changeColumns+` from journal where `+q.text()+` order by id desc limit `+q.value(limit), q.values...)
		if err != nil {
			return nil, fmt.Errorf("read the journal: %w", err)
		}
		for i := range lines {
			entries = append(entries, Entry{ID: lines[i].ID, At: lines[i].At, Change: &lines[i]})
		}
	}
	slices.SortFunc(entries, func(a, b Entry) int { return strings.Compare(b.ID, a.ID) })
	return entries[:min(limit, len(entries))], nil
}

const changeColumns = `id, at, actor_id, actor_name, actor_role, event, household_id, pupil_id, dossier_id, course_id, subject, before, after, reason`

// households are the one asked for and those that were merged into it: their
// lines stay under the id they were written with.
func (n Narrow) households(ctx context.Context, r db.Reader) ([]string, error) {
	if n.Household == "" {
		return nil, nil
	}
	lost, err := db.All[string](ctx, r, `select lost_id from household_merge where kept_id = $1 and undone_at is null order by lost_id`, n.Household)
	if err != nil {
		return nil, fmt.Errorf("households merged into %s: %w", n.Household, err)
	}
	return append(lost, n.Household), nil
}

// query is the condition common to both journals.
func (n Narrow) query(households []string) *query {
	q := &query{}
	before := n.Before
	if before == "" {
		before = last
	}
	q.and("id < ?", before)
	if households != nil {
		q.and("household_id <> '' and household_id in (select value from json_each(cast(? as text)))", db.IDs(households))
	}
	if n.Person != "" {
		q.and("actor_id <> '' and actor_id = ?", n.Person)
	}
	if !n.From.IsZero() {
		q.and("at >= ?", n.From)
	}
	if !n.Until.IsZero() {
		q.and("at < ?", n.Until)
	}
	return q
}

// query is a condition and its values, numbered as they come.
type query struct {
	parts  []string
	values []any
}

// and adds a condition, in which « ? » stands for the value.
func (q *query) and(condition string, value ...any) {
	for _, v := range value {
		condition = strings.Replace(condition, "?", q.value(v), 1)
	}
	q.parts = append(q.parts, condition)
}

// value is the place of a value: $3.
func (q *query) value(v any) string {
	q.values = append(q.values, v)
	return fmt.Sprintf("$%d", len(q.values))
}

func (q *query) text() string { return strings.Join(q.parts, " and ") }
