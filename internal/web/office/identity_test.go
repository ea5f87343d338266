package office_test

import (
	"slices"
	"strings"
	"testing"

	"pupitre/internal/demo/testschool"
	"pupitre/internal/domain/enrolment"
	"pupitre/internal/domain/journal"
	"pupitre/internal/domain/people"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/db/dbtest"
)

func (r *rig) household(id string) people.Household {
	r.T.Helper()
	h, err := people.HouseholdByID(r.Ctx, r.Store, testschool.Secretary, id)
	r.Must(err)
	return h
}

// On request to the office (R12): the debit is added, what it asks for is held,
// and given up again nothing is owed any more.
func TestTheOfficeChangesIdentityAndBilling(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		r := open(t, store)
		f := r.mathis()
		address := "/bureau/familles/" + f.Household
		p := r.get(address + "/identite")
		r.says(p, "h1", "Identité et facturation de "+r.household(f.Household).Name())

		again := r.press(422, p, "Enregistrer", "ville", "Clisson", "moyens", "prelevement")
		r.says(again, "[role=alert]", "vérifié qui demande")
		is(t, "kept", again.Find("#ville").AttrOr("value", ""), "Clisson")
		r.says(r.press(422, p, "Enregistrer", "verifie", "oui", "nom", "", "moyens", "cheques"), "[role=alert]", "Nom : Ce champ est obligatoire")

		r.press(303, p, "Enregistrer", "ville", "Clisson", "facturation", "8", "moyens", "prelevement", "verifie", "oui")
		h := r.household(f.Household)
		is(t, "town, mode, means", []any{h.Town, h.BillingMode, h.Means}, []any{"Clisson", 8, []string{"prelevement"}})
		r.state(f, enrolment.PaperRefused)
		is(t, "the family is told", r.mails("newly_required"), 1)

		lines, err := journal.OfHousehold(r.Ctx, r.Store, f.Household, 50)
		r.Must(err)
		at := slices.IndexFunc(lines, func(l journal.Line) bool { return l.Event == "household.changed" && l.ActorName == "Odile Batard" })
		if at < 0 {
			t.Fatal("no line says what the office has changed")
		}
		for _, want := range []string{"commune\u202f: Clisson", "facturation\u202f: En 8 fois – paiement mensuel, d’octobre à mai", "moyens de paiement\u202f: Prélèvement bancaire"} {
			if !strings.Contains(lines[at].After, want) {
				t.Errorf("the journal says %q, want %q in it", lines[at].After, want)
			}
		}
		is(t, "why", lines[at].Reason, "sur demande de la famille")

		r.says(r.press(409, p, "Enregistrer", "moyens", "cheques", "verifie", "oui"), "main", "Clisson")
		r.press(303, r.get(address+"/identite"), "Enregistrer", "moyens", "cheques", "verifie", "oui")
		r.state(f, enrolment.Complete)
	})
}

// A family that writes on paper has given no address mail and no number: its
// street can be mended all the same, but what is there is not taken out.
func TestTheOfficeLeavesEmptyWhatIsEmpty(t *testing.T) {
	r := sqlite(t)
	f := r.Family("ATHIMON-3000", "Joël")
	before := r.household(f.Household)
	is(t, "no address mail", before.Emails(), []string(nil))
	p := r.get("/bureau/familles/" + f.Household + "/identite")
	r.press(422, p, "Enregistrer", "adresse", "", "verifie", "oui")
	r.press(303, p, "Enregistrer", "adresse", "1 place de l’Église", "verifie", "oui")
	after := r.household(f.Household)
	is(t, "mended", after.Address, "1 place de l’Église")
	is(t, "still without", after.Emails(), before.Emails())
}

// What waits to be confirmed is the family's: the office saves beside it.
func TestTheOfficeLeavesAnUnconfirmedAddressAlone(t *testing.T) {
	r := sqlite(t)
	f := r.augustin()
	r.Must(r.Store.Write(r.Ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(r.Ctx, `update guardian set pending_email = 'neuve@exemple.fr', pending_token_hash = 'x', pending_until = $1 where household_id = $2`, r.Clock.Now().AddDate(0, 0, 1), f.Household)
		return err
	}))
	counts := r.guardianOf(f).Email
	p := r.get("/bureau/familles/" + f.Household + "/identite")
	r.says(p, "main", "n’a pas encore confirmé neuve@exemple.fr")
	is(t, "the one that counts", p.Find("#email").AttrOr("value", ""), counts)
	r.press(303, p, "Enregistrer", "ville", "Clisson", "verifie", "oui")
	is(t, "both stand", []string{r.guardianOf(f).Email, r.guardianOf(f).PendingEmail}, []string{counts, "neuve@exemple.fr"})
	r.press(303, r.get("/bureau/familles/"+f.Household+"/identite"), "Enregistrer", "email", "autre@exemple.fr", "verifie", "oui")
	is(t, "set at once", []string{r.guardianOf(f).Email, r.guardianOf(f).PendingEmail}, []string{"autre@exemple.fr", ""})
	is(t, "the old one is told", r.mails("address_changed"), 1)
}
