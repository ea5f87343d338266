package people

import (
	"context"
	"fmt"
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

func facts(h Household) []fact {
	all := []fact{
		{"adresse", h.Address}, {"complément", h.AddressExtra}, {"code postal", h.Postcode}, {"commune", h.Town},
		{"facturation", installments(h.BillingMode)}, {"moyens de paiement", strings.Join(h.Means, ", ")},
	}
	for _, g := range h.Guardians {
		who := ""
		if g.Position > 0 {
			who = fmt.Sprintf(" (responsable %d)", g.Position+1)
		}
		all = append(all, fact{"civilité" + who, g.Civility}, fact{"nom" + who, g.LastName}, fact{"prénom" + who, g.FirstName},
			fact{"mobile" + who, g.Mobile}, fact{"fixe" + who, g.Phone}, fact{"e-mail" + who, g.Email}, fact{"e-mail à confirmer" + who, g.PendingEmail})
	}
	return all
}

func installments(mode int64) string {
	if mode == 0 {
		return ""
	}
	return fmt.Sprintf("en %d fois", mode)
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

// journalChange appends one line with what differs, or nothing when nothing does.
func journalChange(ctx context.Context, tx *db.Tx, now time.Time, a actor.Actor, event string, line journal.Line, before, after []fact) error {
	was := map[string]string{}
	for _, f := range before {
		was[f.label] = f.value
	}
	var from, to []string
	for _, f := range after {
		if was[f.label] != f.value {
			from = append(from, f.label+" : "+orNothing(was[f.label]))
			to = append(to, f.label+" : "+orNothing(f.value))
		}
	}
	if len(to) == 0 {
		return nil
	}
	line.Event, line.Before, line.After = event, strings.Join(from, " ; "), strings.Join(to, " ; ")
	return journal.Append(ctx, tx, journal.By(a, now, line))
}

func orNothing(v string) string {
	if v == "" {
		return "–"
	}
	return v
}
