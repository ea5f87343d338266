package office

import (
	"strings"

	"pupitre/internal/domain/people"
	"pupitre/internal/platform/french"
	"pupitre/internal/web/door"
)

// recipients are the addresses that a household is written to.
func recipients(h people.Household) string {
	return or(strings.Join(h.Emails(), ", "), "aucune adresse")
}

// mailOrCall is what the office reads of a mail to the household: the sentence
// given, or, when the household has no address, where to call it.
func mailOrCall(h people.Household, mail string) string {
	if len(h.Emails()) > 0 || len(h.Guardians) == 0 {
		return mail
	}
	if number := phone(h); number != "" {
		return "Pas d’adresse mail\u202f: prévenez cette famille au " + number + "."
	}
	return "Pas d’adresse mail ni de téléphone\u202f: écrivez à cette famille."
}

// phone is where to call the household: the first number that one of its
// responsibles has, "" when none has any.
func phone(h people.Household) string {
	for _, g := range h.Guardians {
		if number := or(french.Phone(g.Mobile), french.Phone(g.Phone)); number != "" {
			return number
		}
	}
	return ""
}

// mailOrCall reads the household first. An error here costs the sentence alone,
// since what was done is done.
func (p *Pages) mailOrCall(v *door.Visit, household, mail string) string {
	h, err := people.HouseholdByID(v.Ctx(), p.Store, v.Actor, household)
	if err != nil {
		return mail
	}
	return mailOrCall(h, mail)
}

// unheard says how many families no mail reaches, "" when there is none.
func unheard(n int64) string {
	if n == 0 {
		return ""
	}
	return " " + french.Count(n, "famille n’a pas d’adresse", "familles n’ont pas d’adresse") + "\u202f: téléphonez."
}
