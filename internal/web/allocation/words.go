package allocation

import (
	"pupitre/internal/domain/enrolment"
	"pupitre/internal/platform/french"
)

// named is a pupil with its rank.
func named(l enrolment.InLine) string {
	if l.Rank == 0 {
		return l.PupilName
	}
	return l.PupilName + " (rang " + itoa(l.Rank) + ")"
}

// nth is « 1re », « 2e »: a place, a position.
func nth(n int64) string {
	if n == 1 {
		return "1re"
	}
	return french.Ordinal(n)
}

// whyOf explains one difference.
func (d dryRunPage) whyOf(x enrolment.Difference) string {
	switch x.Kind {
	case enrolment.Gains:
		s := nth(int64(x.Nth)) + " place ajoutée"
		if x.Before.Position == 1 {
			s += ", premier de la liste"
		}
		if d.Line[x.Request].DossierState == enrolment.PaperRefused {
			s += "\u202f; sa pièce refusée reste à remplacer"
		}
		return s
	case enrolment.GainsOut:
		return "hors de l’ordre de la liste\u202f: son dossier est arrivé avant ceux qui attendent devant"
	case enrolment.Passed:
		return "servi au fil de l’eau\u202f; à la clôture, " + named(d.Line[x.Instead]) + " passe avant"
	case enrolment.Advances:
		return "avance de " + itoa(x.Before.Position-x.After.Position)
	case enrolment.Keeps:
		if x.Instead == "" {
			return "garde sa place, que la clôture ne lui aurait pas donnée"
		}
		return "garde sa place\u202f: à la clôture, elle serait allée à " + named(d.Line[x.Instead]) + ", mais aucune place n’est reprise"
	default:
		if x.Instead == "" {
			return "aurait eu une place à la clôture\u202f; aucune n’est reprise"
		}
		return "aurait eu à la clôture la place de " + named(d.Line[x.Instead]) + ", qui la garde"
	}
}

// titleOf is the sentence above the differences.
func (d dryRunPage) titleOf() string {
	n := map[enrolment.DifferenceKind]int64{}
	for _, x := range d.Differences {
		n[x.Kind]++
	}
	gain, advance := n[enrolment.Gains]+n[enrolment.GainsOut], n[enrolment.Advances]
	if len(d.Differences) == 0 {
		return "Aucun élève ne change de situation"
	}
	s := french.Count(gain, "élève obtient", "élèves obtiennent") + " une place, " + french.Count(advance, "avance", "avancent")
	if gain == 0 {
		s = "Personne n’obtient de place"
	}
	if n[enrolment.Keeps] > 0 {
		s += ", " + french.Count(n[enrolment.Keeps], "garde", "gardent") + " une place que la clôture aurait donnée à d’autres"
	}
	return s
}

// differenceOf says in what a course differs.
func differenceOf(c comparedCourse) (change, list string) {
	if c.Change != 0 {
		sign := "+"
		if c.Change < 0 {
			sign = "−"
		}
		change = sign + french.Count(max(c.Change, -c.Change), "place", "places")
	}
	if fewer := c.A.Waiting - c.B.Waiting; fewer > 0 {
		list = french.Count(fewer, "attente en moins", "attentes en moins")
	}
	return change, list
}
