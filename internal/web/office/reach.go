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

// reached returns what the mail to a household does, or, of a household without
// an address, to whom the office must speak instead.
func reached(h people.Household, mail string) string {
	if len(h.Emails()) > 0 || len(h.Guardians) == 0 {
		return mail
	}
	first := h.Guardians[0]
	if phone := or(french.Phone(first.Mobile), french.Phone(first.Phone)); phone != "" {
		return "Pas d’adresse mail\u202f: prévenez cette famille au " + phone + "."
	}
	return "Pas d’adresse mail ni de téléphone\u202f: écrivez à cette famille."
}

// reached says it of the household with this id. An error here costs the
// sentence alone, since what was done is done.
func (p *Pages) reached(v *door.Visit, household, mail string) string {
	h, err := people.HouseholdByID(v.Ctx(), p.Store, v.Actor, household)
	if err != nil {
		return mail
	}
	return reached(h, mail)
}
