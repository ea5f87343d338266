package office_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"log/slog"
	"testing"
	"time"

	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/correspondence"
	"pupitre/internal/domain/enrolment"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/db/dbtest"
	"pupitre/internal/platform/jobs"
	"pupitre/internal/web/ui"
)

// undo is the address of « Annuler » on the page that a decision leads to.
func (r *rig) undo(decided page) string {
	r.T.Helper()
	for _, c := range decided.Cookies() {
		if c.Name != "pupitre_message" {
			continue
		}
		text, err := base64.RawURLEncoding.DecodeString(c.Value)
		r.Must(err)
		var flashes []ui.Flash
		r.Must(json.Unmarshal(text, &flashes))
		if len(flashes) == 1 && flashes[0].UndoURL != "" {
			return flashes[0].UndoURL
		}
	}
	r.T.Fatal("no message offers « Annuler »")
	return ""
}

// mailsLeave sends the mails that are due.
func (r *rig) mailsLeave() {
	r.T.Helper()
	postman := jobs.NewRunner(r.Store, r.Clock, slog.New(slog.DiscardHandler))
	postman.Handle(correspondence.SendMail, func(context.Context, jobs.Job) error { return nil }, jobs.Policy{})
	_, err := postman.RunDue(r.Ctx)
	r.Must(err)
}

func TestAnnulerUntilTheMailLeaves(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		r := open(t, store)
		mathis := r.mathis()
		p := r.get(dossierURL(mathis))
		r.says(p, ".suite", "Le mail part dans 10 secondes")
		decided := r.press(303, p, "Confirmer l’inscription")
		r.state(mathis, enrolment.Enrolled)
		again := r.get(dossierURL(mathis))
		r.says(again, ".suite", "Annuler cette réponse")
		taken := r.post(303, r.undo(decided))
		is(t, "back to the dossier", taken.to(), dossierURL(mathis))
		r.state(mathis, enrolment.Complete)
		is(t, "mails", r.mails("enrolled"), 0)
		journal := r.get(dossierURL(mathis) + "/journal")
		r.says(journal, "tbody", "annulé avant le départ du mail")

		// Ten seconds after, once the postman has passed, the button leads to the
		// sentence, within the office's menu.
		r.press(303, p, "Confirmer l’inscription")
		page := r.get(dossierURL(mathis))
		r.Clock.Add(11 * time.Second)
		r.mailsLeave()
		late := r.press(409, page, "Annuler cette réponse")
		r.says(late, "main", "Le mail est déjà parti : "+mathis.Dossier().Label()+" reste inscrit")
		is(t, "the menu stays", late.Find(".rail a[href='/bureau/dossiers']").Length(), 1)
		is(t, "no button any more", r.get(dossierURL(mathis)).Find("form[action*='/annuler']").Length(), 0)
	})
}

func TestARefusalIsTakenBack(t *testing.T) {
	r := sqlite(t)
	f := r.augustin()
	decided := r.press(303, r.get(dossierURL(f)), "Refuser", "motif", "1")
	r.state(f, enrolment.PaperRefused)
	r.post(303, r.undo(decided))
	r.state(f, enrolment.Complete)
	is(t, "mails", r.mails("paper_refused"), 0)
	journal := r.get(dossierURL(f) + "/journal")
	r.says(journal, "tbody", "RIB : FourniRIB : RefuséIllisible ou incomplet")
	r.says(journal, "tbody", "RIB : RefuséRIB : Fournirefus annulé avant le départ du mail")
}

func TestAfterSansValeurComesTheNextDossier(t *testing.T) {
	r := sqlite(t)
	augustin := r.augustin()
	zoe := r.Family("BRAUD-6463", "Zoé").Prepare("prelevement").Choose("cursus", "L-BATTERIE", "L-CHOEUR-ENFANTS")
	zoe.Deposit("rib")
	zoe.Deposit("mandat")
	zoe.Send()
	p := r.get(dossierURL(augustin))
	r.says(p, ".decision", "Le rang 1 est perdu, et ses places vont aux suivants")
	r.says(r.press(422, p, "Déclarer sans valeur", "motif", "Une page blanche"), "[role=alert]", "Cochez la case")
	decided := r.press(303, p, "Déclarer sans valeur", "motif", "Une page blanche", "sur", "oui")
	is(t, "next", decided.to(), dossierURL(zoe))
}

func TestRelancerLesIncomplets(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		r := open(t, store)
		zoe := r.Family("BRAUD-6463", "Zoé").Prepare("prelevement").Choose("cursus", "L-BATTERIE", "L-CHOEUR-ENFANTS")
		zoe.Deposit("rib")
		zoe.Send() // without its mandate
		r.mathis()
		r.says(r.get("/bureau/dossiers"), "main", "Relancer les incomplets")
		p := r.get("/bureau/dossiers/relance")
		r.says(p, "main", "1 famille reçoit un mail qui nomme ce qui manque")
		r.says(p, "tbody", "Zoé Braud : Mandat de prélèvement")
		r.press(303, p, "Relancer 1 famille")
		is(t, "mails", r.mails("missing_papers"), 1)
		r.says(r.get(dossierURL(zoe)+"/journal"), "tbody", "il manque : Mandat de prélèvement")

		// Not twice within three days, whatever page is sent again.
		r.press(303, p, "Relancer 1 famille")
		is(t, "mails", r.mails("missing_papers"), 1)
		r.says(r.get("/bureau/dossiers/relance"), "main", "Personne à relancer")
		r.Clock.Add(4 * 24 * time.Hour)
		r.token = r.signIn(actor.Secretary, "Paule Martin")
		r.press(303, r.get("/bureau/dossiers/relance"), "Relancer 1 famille")
		is(t, "mails", r.mails("missing_papers"), 2)
	})
}

// What the family pays with is on the paper too: with a debit, a RIB is asked.
func TestPaperDossierSaysHowTheFamilyPays(t *testing.T) {
	r := sqlite(t)
	jules := r.Family("BOURCIER-2628", "Jules").Prepare()
	p := r.get("/bureau/dossier-papier?eleve=" + jules.Pupil.ID + "&formule=" + r.Programme("cursus") + "&pole=" + r.Site("L-PIANO"))
	r.says(p, "option[value='"+r.Programme("adultes")+"']", "Hors âge ou niveau : ")
	fill := []string{"cours", r.offering("L-HAUTBOIS"), "cours", r.offering("L-CHOEUR-ENFANTS"), "recu_le", "02/06/2027", "recu_a", "10:30", "motif", "sans internet"}
	r.says(r.press(422, p, "Saisir ce dossier", append(fill, "moyens", "prelevement")...), "[role=alert]", "mode de facturation")
	r.press(303, p, "Saisir ce dossier", append(fill, "moyens", "prelevement", "facturation", "3")...)
	mean, err := db.One[string](r.Ctx, r.Store, `select mean from household_payment_mean where household_id = $1`, jules.Household)
	r.Must(err)
	is(t, "how it pays", mean, "prelevement")
	r.says(r.get(dossierURL(jules)), ".pieces-liste", "RIB")
}
