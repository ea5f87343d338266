package office

import (
	"testing"

	"pupitre/internal/domain/people"
)

// A family that has no address is never said to get a mail.
func TestAFamilyWithoutAddressIsToBeCalled(t *testing.T) {
	for _, c := range []struct {
		name string
		of   people.Guardian
		want string
	}{
		{"an address", people.Guardian{Email: "a@exemple.fr", Mobile: "0612003456"}, "La famille reçoit un mail."},
		{"an address not yet confirmed", people.Guardian{PendingEmail: "a@exemple.fr", Mobile: "0612003456"}, "Pas d’adresse mail\u202f: prévenez cette famille au 06 12 00 34 56."},
		{"the mobile before the other", people.Guardian{Mobile: "0612003456", Phone: "0261913793"}, "Pas d’adresse mail\u202f: prévenez cette famille au 06 12 00 34 56."},
		{"a landline alone", people.Guardian{Phone: "0261913793"}, "Pas d’adresse mail\u202f: prévenez cette famille au 02 61 91 37 93."},
		{"nothing", people.Guardian{}, "Pas d’adresse mail ni de téléphone\u202f: écrivez à cette famille."},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := mailOrCall(people.Household{Guardians: []people.Guardian{c.of}}, "La famille reçoit un mail."); got != c.want {
				t.Errorf("reads %q, want %q", got, c.want)
			}
		})
	}
}
