package people

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/journal"
	"pupitre/internal/domain/school"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/french"
)

// fact is one thing that the journal says before → after.
type fact struct{ label, value string }

// words are the school's names of the billing modes and means of payment.
type words struct {
	modes []school.BillingMode
	means []school.PaymentMean
}

func wordsOf(ctx context.Context, r db.Reader) (w words, err error) {
	if w.modes, err = school.BillingModes(ctx, r); err != nil {
		return w, err
	}
	w.means, err = school.PaymentMeans(ctx, r)
	return w, err
}

func (w words) mode(code int64) string {
	for _, m := range w.modes {
		if m.Code == code {
			return m.Name
		}
	}
	if code == 0 {
		return ""
	}
	return fmt.Sprintf("En %d fois", code) // a mode that the school has given up
}

func (w words) meansOf(codes []string) string {
	names := slices.Clone(codes)
	for _, m := range w.means {
		if i := slices.Index(codes, m.Code); i >= 0 {
			names[i] = m.Name
		}
	}
	return strings.Join(names, ", ")
}

func (w words) facts(h Household) []fact {
	all := []fact{
		{"adresse", h.Address}, {"complément", h.AddressExtra}, {"code postal", h.Postcode}, {"commune", h.Town},
		{"facturation", w.mode(h.BillingMode)}, {"moyens de paiement", w.meansOf(h.Means)},
	}
	for _, g := range h.Guardians {
		who := g.suffix()
		all = append(all, fact{"civilité" + who, g.Civility}, fact{"nom" + who, g.LastName}, fact{"prénom" + who, g.FirstName},
			fact{"mobile" + who, g.Mobile}, fact{"fixe" + who, g.Phone}, fact{"e-mail" + who, g.Email}, fact{"e-mail à confirmer" + who, g.PendingEmail})
	}
	return all
}

// suffix tells the facts of a responsible after the first.
func (g Guardian) suffix() string {
	if g.Position == 0 {
		return ""
	}
	return fmt.Sprintf(" (responsable %d)", g.Position+1)
}

func pupilFacts(p Pupil) []fact {
	return []fact{{"nom", p.LastName}, {"prénom", p.FirstName}, {"date de naissance", french.CivilDate(p.BirthDate)}}
}

func seasonFacts(ps PupilSeason, household string) []fact {
	return []fact{
		{"niveau", school.Level(ps.Level).French()}, {"droit à l’image", answer(ps.ImageRight)},
		{"débutant", answer(ps.Beginner)}, {"remarque", ps.Notes[household]},
	}
}

func answer(v string) string {
	return map[string]string{Yes: "oui", No: "non"}[v]
}

// difference is one fact that is not as it was.
type difference struct{ label, before, after string }

func differences(before, after []fact) []difference {
	was := map[string]string{}
	for _, f := range before {
		was[f.label] = f.value
	}
	var all []difference
	for _, f := range after {
		if was[f.label] != f.value {
			all = append(all, difference{f.label, was[f.label], f.value})
		}
	}
	return all
}

// journalChange appends one line with what differs, or nothing when nothing
// does. What a family has changed is kept to be seen by the office.
func journalChange(ctx context.Context, tx *db.Tx, now time.Time, a actor.Actor, event string, line journal.Line, before, after []fact) error {
	all := differences(before, after)
	if len(all) == 0 {
		return nil
	}
	var from, to []string
	for _, d := range all {
		from = append(from, d.label+french.Nbsp+": "+orNothing(d.before))
		to = append(to, d.label+french.Nbsp+": "+orNothing(d.after))
	}
	if err := keepChanges(ctx, tx, now, a, line.Household, line.Pupil, all); err != nil {
		return err
	}
	line.Event, line.Before, line.After = event, strings.Join(from, french.Nbsp+"; "), strings.Join(to, french.Nbsp+"; ")
	return journal.Append(ctx, tx, journal.By(a, now, line))
}

func orNothing(v string) string {
	if v == "" {
		return "–"
	}
	return v
}
