package office_test

import (
	"strings"
	"testing"

	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/enrolment"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/db/dbtest"
)

// A dossier is cleared paper by paper, then confirmed, then the next opens.
func TestReviewToTheConfirmation(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		r := open(t, store)
		augustin, mathis := r.augustin(), r.mathis()
		mathis2 := r.Family("BRAUD-6463", "Zoé").Prepare("prelevement").Choose("cursus", "L-BATTERIE", "L-CHOEUR-ENFANTS")
		mathis2.Deposit("rib")
		mathis2.Deposit("mandat")
		mathis2.Send()

		queue := r.get("/bureau/dossiers")
		is(t, "names to check", queue.text("tbody th"), "Augustin Aubry Zoé Braud")
		r.says(queue, ".filtres [aria-current]", "À vérifier 2")
		first, _ := queue.Find("[data-ligne]").First().Attr("href")

		p := r.get(first)
		r.says(p, "h1", "Augustin Aubry")
		r.says(p, ".gauche", "D-0001 · rang 1 · complet")
		r.says(p, ".gauche", "place réservée 1 prise sur 8")
		is(t, "the frame shows the first paper to check", strings.HasPrefix(p.Find("iframe").AttrOr("src", ""), "/pieces/"), true)
		r.says(p, ".decision h2", "RIB")
		r.says(p, ".suite", "À valider avant de confirmer : RIB et Mandat de prélèvement")

		p = r.get(r.press(303, p, "Valider").to())
		r.says(p, ".decision h2", "Mandat de prélèvement")
		p = r.get(r.press(303, p, "Valider").to())
		r.says(p, ".suite", "Pièces obligatoires validées, une place dans chaque cours")
		next := r.press(303, p, "Confirmer l’inscription").to()
		r.state(augustin, enrolment.Enrolled)
		is(t, "mails", r.mails("enrolled"), 1)
		r.says(r.get(next), "h1", "Zoé Braud")

		// Mathis waits among those ready.
		ready := r.get("/bureau/dossiers?file=prets")
		is(t, "ready", ready.text("tbody th"), "Mathis Batard")
		is(t, "both buttons lead to the list of those confirmed", ready.Find("form[action='/bureau/dossiers/a-confirmer'] button").Length(), 4)
		all := r.get("/bureau/dossiers/a-confirmer?tous=oui")
		r.says(all, "main p", "1 famille reçoit un mail")
		is(t, "its button is above and below", all.Find("form[action='/bureau/dossiers/confirmer-prets'] button").Length(), 2)
		r.press(303, all, "Confirmer 1 inscription")
		r.state(mathis, enrolment.Enrolled)
		r.state(mathis2, enrolment.Complete)
	})
}

func TestUndoTakesAValidationBack(t *testing.T) {
	r := sqlite(t)
	f := r.augustin()
	answer := r.press(303, r.get(dossierURL(f)), "Valider")
	var flash string
	for _, c := range answer.Cookies() {
		if c.Name == "pupitre_message" {
			flash = c.Value
		}
	}
	if flash == "" {
		t.Fatal("no message offers « Annuler »")
	}
	validated := r.get(answer.to())
	href, _ := validated.Find(".pieces-liste a.piece").First().Attr("href")
	p := r.get(href)
	r.says(p, ".decision", "Validé")
	p = r.get(r.press(303, p, "Annuler la validation").to())
	r.says(p, ".decision h2", "RIB")
	r.says(p, ".actions", "Valider")
}

func TestRefusalNeedsAReasonAndKeepsWhatWasTyped(t *testing.T) {
	r := sqlite(t)
	f := r.augustin()
	p := r.get(dossierURL(f))
	again := r.press(422, p, "Refuser", "precision", "la page 2 <b>manque</b>")
	is(t, "title", strings.HasPrefix(again.text("title"), "Erreur"), true)
	r.says(again, "[role=alert]", "Choisissez un motif")
	is(t, "kept", again.Find("#precision").AttrOr("value", ""), "la page 2 <b>manque</b>")
	again = r.press(422, p, "Refuser", "motif", "4")
	r.says(again, "[role=alert]", "Écrivez le motif")
	r.press(422, p, "Refuser", "motif", "2", "precision", strings.Repeat("x", 301))
	r.state(f, enrolment.Complete)

	r.press(303, p, "Refuser", "motif", "1", "precision", "la page 2 manque")
	d := f.Dossier()
	is(t, "state", d.State, enrolment.PaperRefused)
	is(t, "rank kept", d.Rank, 1)
	is(t, "mails", r.mails("paper_refused"), 1)
	r.says(r.get(dossierURL(f)), ".pieces-liste", "refusé, Odile Batard : Illisible ou incomplet : la page 2 manque")
	r.says(r.get("/bureau/dossiers?file=attente-famille"), "tbody", "Augustin Aubry")
}

func TestWorthlessTakesRankAndPlaces(t *testing.T) {
	r := sqlite(t)
	f := r.augustin()
	p := r.get(dossierURL(f))
	r.says(r.press(422, p, "Déclarer sans valeur", "motif", ""), "[role=alert]", "Écrivez pourquoi")
	r.press(303, p, "Déclarer sans valeur", "motif", "Une page blanche", "sur", "oui")
	d := f.Dossier()
	is(t, "state", d.State, enrolment.Received)
	is(t, "rank", d.Rank, 0)
	is(t, "mails", r.mails("paper_worthless"), 1)
}

func TestTwoSecretariesOnOnePaper(t *testing.T) {
	r := sqlite(t)
	f := r.augustin()
	mine := r.get(dossierURL(f))
	me := r.token
	r.token = r.signIn(actor.Administrator, "Maud Tessier")
	r.press(303, r.get(dossierURL(f)), "Valider")
	r.token = me
	conflict := r.press(409, mine, "Refuser", "motif", "1")
	r.says(conflict, "main", "Maud Tessier a déjà décidé de ce document")
	r.state(f, enrolment.Complete)

	ready := r.mathis()
	p := r.get(dossierURL(ready))
	r.press(303, p, "Confirmer l’inscription")
	r.says(r.press(409, p, "Confirmer l’inscription"), "main", "Odile Batard a déjà répondu à ce dossier")
}

func TestADepositOfAnotherFamilyIsNotThisDossiers(t *testing.T) {
	r := sqlite(t)
	f, other := r.augustin(), r.Family("BRAUD-6463", "Zoé").Prepare("prelevement")
	deposit := other.Deposit("rib")
	r.post(404, dossierURL(f)+"/pieces/"+deposit+"/valider", "version", "1")
	r.post(422, dossierURL(f)+"/pieces/"+firstDeposit(r, dossierURL(f))+"/valider", "version", "x")
}

func firstDeposit(r *rig, review string) string {
	src, _, _ := strings.Cut(r.get(review).Find("iframe").AttrOr("src", ""), "#")
	return strings.TrimPrefix(src, "/pieces/")
}

func TestAListOrAPartWithAReason(t *testing.T) {
	r := sqlite(t)
	r.setCapacity("L-HAUTBOIS", 0)
	f := r.mathis()
	p := r.get(dossierURL(f))
	r.says(p, ".suite", "Sans place : Hautbois (liste d’attente, n° 1)")
	r.press(303, p, "Mettre en liste d’attente")
	r.state(f, enrolment.OnList)
	is(t, "mails", r.mails("on_waiting_list"), 1)
	p = r.get(dossierURL(f))
	r.says(r.press(422, p, "Confirmer cette partie", "motif", ""), "[role=alert]", "Écrivez pourquoi une partie suffit")
	r.press(303, p, "Confirmer cette partie", "motif", "La famille garde l’orchestre")
	r.state(f, enrolment.Enrolled)
	r.says(r.get(dossierURL(f)+"/journal"), "tbody", "La famille garde l’orchestre")
}

func TestRefusingADossierAndRenoncement(t *testing.T) {
	r := sqlite(t)
	f := r.mathis()
	p := r.get(dossierURL(f))
	r.says(r.press(422, p, "Refuser le dossier", "motif", ""), "[role=alert]", "Écrivez le motif")
	r.says(r.press(422, p, "Refuser le dossier", "motif", "Doublon"), "[role=alert]", "Cochez la case")
	r.says(p, ".suite", "Le rang 1 est perdu, et ses places vont aux suivants : Hautbois (place réservée) et Orchestre 1er cycle (place réservée).")
	r.press(303, p, "Refuser le dossier", "motif", "Doublon", "sur", "oui")
	r.state(f, enrolment.TurnedDown)

	ines := r.Family("BOSSIS-1722", "Inès").Prepare().Choose("cursus", "S-FLUTE", "S-ORCHESTRE-1")
	ines.Send()
	r.press(303, r.get(dossierURL(ines)), "Confirmer l’inscription")
	r.Must(r.Registrar.Withdraw(r.Ctx, ines.Actor, ines.Pupil.ID, "", "nous déménageons"))
	p = r.get(dossierURL(ines))
	r.says(p, ".message.afaire", "nous déménageons")
	r.says(r.get("/bureau/dossiers?file=valides"), "tbody", "renoncement demandé")
	r.says(r.press(422, p, "Garder l’inscription", "motif", ""), "[role=alert]", "motif")
	r.press(303, p, "Accepter le renoncement", "motif", "")
	r.state(ines, enrolment.Withdrawn)
}
