package door

import (
	"cmp"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"pupitre/internal/domain/account"
	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/trail"
	"pupitre/internal/platform/fault"
)

// personal are the names of what a path leads to that is of somebody.
var personal = []string{"household", "pupil", "id", "deposit", "application", "request", "merge", "import", "message", "account"}

// NoteSession keeps, in the journal of accesses, what became of a session of
// that account: an event of trail's, and how.
func (v *Visit) NoteSession(who actor.Actor, event, said string) {
	v.trail.Note(who, v.accessed(trail.Line{Kind: trail.Session, Event: event, Said: said}))
}

// NoteRefused keeps that a sign-in with that identifiant failed. What failed for
// another reason than the asker's doing is none.
func (v *Visit) NoteRefused(login string, err error) {
	var busy *fault.Busy
	_, wrong := AsInvalid(err)
	switch {
	case errors.As(err, &busy):
		v.trail.NoteRefused(login, v.accessed(trail.Line{Said: "trop d’essais"}), true)
	case wrong:
		v.trail.NoteRefused(login, v.accessed(trail.Line{}), false)
	}
}

// noteView keeps that a member of the staff was shown a page of somebody.
func (v *Visit) noteView() {
	if !v.shown || v.R.Method != http.MethodGet || !v.Actor.IsStaff() || !v.route.Needs() {
		return
	}
	named := func(name string) bool { return v.PathValue(name) != "" }
	pupil := v.Query("eleve") // « dossier papier »
	if !slices.ContainsFunc(personal, named) && pupil == "" {
		return
	}
	l := v.about()
	l.Pupil = cmp.Or(l.Pupil, pupil)
	l.Event, l.Subject, l.Said = v.route.Name, v.R.URL.Path, v.title
	if pupil != "" {
		l.Subject = v.R.URL.RequestURI()
	}
	v.trail.NoteView(v.Actor, l)
}

// Take keeps that a member of the staff is about to be given the file, with the
// filters it was asked with and its number of rows (0 when it is no list), and
// returns once that is durable. The file is answered after it, or not at all.
func (v *Visit) Take(name string, rows int) error {
	if !v.Actor.IsStaff() {
		return nil
	}
	l := v.about()
	l.Event, l.Subject, l.Said, l.Rows = v.route.Name, name, filters(v.R.URL.Query()), int64(rows)
	return v.trail.Write(v.Ctx(), v.Actor, l)
}

// about is a line on what the path names.
func (v *Visit) about() trail.Line {
	return v.accessed(trail.Line{
		Household: v.PathValue("household"), Pupil: v.PathValue("pupil"), Dossier: v.PathValue("id"),
		Deposit: v.PathValue("deposit"), Application: v.PathValue("application"), Request: v.PathValue("request"),
	})
}

// accessed completes a line with where the visitor is.
func (v *Visit) accessed(l trail.Line) trail.Line {
	l.Address, l.Browser = v.Address, account.Device(v.R.UserAgent())
	return l
}

// filters are what a list was narrowed to, as its address says it.
func filters(q url.Values) string {
	var parts []string
	for name, values := range q {
		if text := strings.Join(slices.DeleteFunc(values, func(s string) bool { return s == "" }), ", "); text != "" {
			parts = append(parts, name+"\u202f: "+text)
		}
	}
	slices.Sort(parts)
	said := []rune(strings.ToValidUTF8(strings.ReplaceAll(strings.Join(parts, " ; "), "\x00", ""), ""))
	return string(said[:min(500, len(said))])
}
