package enrolment

import (
	"fmt"

	"pupitre/internal/platform/french"
)

// WhyWaiting says, for one who waits, why no place is offered: what is taken and
// by whom last, what is on offer and until when, who stands before and why. line
// is LineOf's, in its order; of waits in it.
func WhyWaiting(p Places, line []InLine, of InLine) []string {
	said := []string{takenSentence(p)}
	if s := lastServed(line, of); s != "" {
		said = append(said, s)
	}
	for _, o := range line {
		if o.State == Offered {
			said = append(said, "Une place est proposée à "+named(o)+", réponse avant le "+french.Moment(o.OfferedUntil)+french.Nbsp+": déclinée ou sans réponse, elle va au premier de la liste.")
		}
	}
	said = append(said, aheadSentence(line, of))
	if of.Jumped > 0 {
		said = append(said, "Placé devant hors de l’ordre, par une décision du bureau"+french.Nbsp+": le motif est au journal.")
	}
	if of.DossierState == PaperRefused {
		said = append(said, "Sa pièce refusée ne change rien à sa position tant que le délai court.")
	}
	return said
}

func takenSentence(p Places) string {
	if p.Capacity == 0 {
		return "Ce cours n’a aucune place."
	}
	given := p.Taken - p.Offered
	s := french.Count(p.Capacity, "place", "places") + french.Nbsp + ": " + french.Count(given, "réservée", "réservées")
	if p.Offered > 0 {
		s += ", " + french.Count(p.Offered, "proposée", "proposées")
	}
	return s + ", aucune libre."
}

// lastServed compares with the last of those who hold a place by order of arrival.
func lastServed(line []InLine, of InLine) string {
	var last *InLine
	early := false
	for i, o := range line {
		if o.State != Place || o.Jumped > 0 {
			continue
		}
		if o.ReceivedAt.After(of.ReceivedAt) {
			early = true
		}
		if last == nil || o.ReceivedAt.After(last.ReceivedAt) {
			last = &line[i]
		}
	}
	switch {
	case last == nil:
		return ""
	case early && !of.OnPaperAt.IsZero():
		return "Son dossier papier, reçu le " + french.Moment(of.OnPaperAt) + ", a été saisi quand les places étaient déjà données" + french.Nbsp + ": il attend devant ceux qui sont arrivés après lui, et ne reprend aucune place."
	case early:
		return "La dernière place est allée à " + named(*last) + ", demandée le " + french.MomentSecond(last.ReceivedAt) + "."
	default:
		return "La dernière place est allée à " + named(*last) + ", demandée le " + french.MomentSecond(last.ReceivedAt) + french.Nbsp + "; cette demande a été reçue le " + french.MomentSecond(of.ReceivedAt) + "."
	}
}

func aheadSentence(line []InLine, of InLine) string {
	var before []string
	for _, o := range line {
		if o.State == Waiting && o.Position < of.Position {
			name := named(o)
			if o.Jumped > 0 && of.Jumped == 0 {
				name += ", hors de l’ordre"
			}
			before = append(before, name)
		}
	}
	switch n := len(before); {
	case n == 0:
		return "Premier de la liste" + french.Nbsp + ": la prochaine place libre lui est proposée."
	case n > 4:
		return french.Count(int64(n), "élève attend", "élèves attendent") + " devant, dont " + before[0] + "."
	default:
		return french.Noun(int64(n), "Attend", "Attendent") + " devant" + french.Nbsp + ": " + french.List(before) + "."
	}
}

// named is a pupil with its rank: « Zoé Charrier (rang 59) ».
func named(l InLine) string {
	if l.Rank == 0 {
		return l.PupilName
	}
	return fmt.Sprintf("%s (rang %d)", l.PupilName, l.Rank)
}

// WhyFree says why the places left of an offering are offered to nobody; "" when
// none is left.
func WhyFree(p Places, listsEnded bool) string {
	left := p.Left()
	switch {
	case left <= 0:
		return ""
	case listsEnded:
		return french.Count(left, "place libre", "places libres") + ". Les listes d’attente sont closes" + french.Nbsp + ": une demande faite maintenant l’obtient encore."
	default:
		return french.Count(left, "place libre", "places libres") + ". Personne n’attend" + french.Nbsp + ": " + french.Noun(left, "elle reste ouverte", "elles restent ouvertes") + " aux dossiers à venir."
	}
}
