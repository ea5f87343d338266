package office_test

import (
	"strings"
	"testing"

	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/enrolment"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/db/dbtest"
)

// waiters leaves one place in « Hautbois »: Mathis has it, Zoé then Thaïs wait.
func waiters(r *rig) (offering string) {
	r.setCapacity("L-HAUTBOIS", 1)
	r.mathis()
	for _, f := range [][2]string{{"BRAUD-6463", "Zoé"}, {"BAHUAUD-7432", "Thaïs"}} {
		r.Family(f[0], f[1]).Prepare().Choose("cursus", "L-HAUTBOIS", "L-CHOEUR-ENFANTS").Send()
	}
	return "/bureau/places/" + r.offering("L-HAUTBOIS")
}

func TestBoardCountsPlacesTaken(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		r := open(t, store)
		offering := waiters(r)
		board := r.get("/bureau/places")
		link := board.Find("a[href='" + offering + "']")
		is(t, "the figure", strings.Join(strings.Fields(link.Find("strong").Text()), ""), "1")
		row := link.Closest("tr")
		cell := link.Closest("td").Next()
		is(t, "row", strings.TrimSpace(row.Find("th").Text()), "Hautbois")
		is(t, "half a head, to be checked", cell.Find(".places .verif").Length(), 1)
		is(t, "two wait", cell.Find(".places .attente").Length(), 2)
		is(t, "in words", strings.Join(strings.Fields(cell.Find(".lecteur").Text()), " "), "1 place réservée, dossier à vérifier, 2 en attente")
		r.says(board, "main", "Complets aujourd’hui : Hautbois (Pôle Loire)")

		p := r.get(offering)
		is(t, "who is in, who waits", p.text("tbody th"), "Mathis Batard Zoé Braud Thaïs Bahuaud")
	})
}

func TestCapacity(t *testing.T) {
	r := sqlite(t)
	offering := waiters(r)
	p := r.get(offering)
	again := r.press(422, p, "Enregistrer", "places", "0")
	r.says(again, "[role=alert]", "1 place déjà prises ou proposées")
	is(t, "kept", again.Find("#places").AttrOr("value", ""), "0")
	for _, bad := range []string{"", "douze", "1000", "-1"} {
		r.press(422, p, "Enregistrer", "places", bad)
	}
	r.press(303, p, "Enregistrer", "places", "2")
	is(t, "the first in line is offered it", r.mails("place_offered"), 1)
	r.says(r.get(offering), "tbody", "Place proposée")

	// The page read before says another capacity: nothing is written.
	conflict := r.press(409, p, "Enregistrer", "places", "5")
	r.says(conflict, "main", "Odile Batard a changé la capacité")
}

func TestJumpNeedsAReasonAndShows(t *testing.T) {
	r := sqlite(t)
	offering := waiters(r)
	p := r.get(offering)
	r.says(r.press(422, p, "Mettre en tête", "motif", ""), "[role=alert]", "Écrivez le motif")
	r.says(r.press(422, p, "Mettre en tête", "motif", "Erreur du secrétariat"), "[role=alert]", "Cochez la case")
	r.press(303, p, "Mettre en tête", "motif", "Erreur du secrétariat", "sur", "oui")
	p = r.get(offering)
	is(t, "order", p.text("tbody th"), "Mathis Batard Thaïs Bahuaud hors de l’ordreZoé Braud")
	r.says(r.get("/bureau/dossiers?file=tous&texte=thais"), "tbody", "hors de l’ordre")
	r.says(p, ".journal", "Erreur du secrétariat")
	r.post(404, offering+"/saut", "demande", "nobody", "motif", "x", "sur", "oui")
}

func TestCancelCourseAsksToChooseAgain(t *testing.T) {
	r := sqlite(t)
	offering := waiters(r)
	p := r.get(offering)
	r.says(r.press(422, p, "Annuler le cours", "motif", "Enseignant parti"), "[role=alert]", "Cochez la case")
	r.press(303, p, "Annuler le cours", "motif", "Enseignant parti", "sur", "oui")
	is(t, "each family is told", r.mails("course_cancelled"), 3)
	is(t, "rank stays", r.Family("BATARD-6474", "Mathis").Dossier().Rank, 1)
	page := r.get(offering)
	r.says(page, "main", "Cours annulé")
	is(t, "who was in it", page.text("tbody th"), "Mathis Batard Zoé Braud Thaïs Bahuaud")
	r.says(page, "tbody", "liste d’attente")
	is(t, "nobody has chosen again", page.Find("tbody td:contains('Doit choisir à nouveau')").Length(), 3)

	list := r.get("/bureau/dossiers?file=a-choisir")
	is(t, "the list", list.text("tbody th"), "Mathis Batard Zoé Braud Thaïs Bahuaud")
	is(t, "the course is struck", list.Find("tbody s").Length(), 3)
	r.says(list, "tbody", "(annulé)")
	r.says(r.get("/bureau/tableau"), "main", "3 familles doivent choisir à nouveau")
	r.says(r.get("/bureau/familles/"+r.Family("BATARD-6474", "Mathis").Household), "main", "choisir pour la famille")
}

func TestPlacesOfNoCourse(t *testing.T) {
	r := sqlite(t)
	for _, path := range []string{"/bureau/places/nobody/0", "/bureau/places/" + r.Wish("L-PIANO", 0).Course + "/2", "/bureau/places/" + r.Wish("L-PIANO", 0).Course + "/x"} {
		if p := r.do("GET", path, nil); p.StatusCode != 404 {
			t.Errorf("%s: got %d", path, p.StatusCode)
		}
	}
}

func TestDirectionLandsOnPlaces(t *testing.T) {
	r := sqlite(t)
	r.says(r.get("/bureau"), "h1", "Tableau de bord")
	r.token = r.signIn(actor.Director, "Luc Le Bihan")
	is(t, "home", r.do("GET", "/bureau", nil).to(), "/bureau/places")
	r.says(r.get("/bureau/tableau"), "h1", "Tableau de bord")
}

func TestChangingCoursesForAFamily(t *testing.T) {
	r := sqlite(t)
	f := r.mathis()
	path := dossierURL(f) + "/cours"
	p := r.get(path)
	is(t, "the choice is ticked", p.Find("input[name=cours][checked]").Length(), 2)
	piano := r.offering("L-PIANO")
	r.says(r.press(422, p, "Changer les cours"), "[role=alert]", "Dites pourquoi")
	bad := r.press(422, p, "Changer les cours", "cours", piano, "motif", "par téléphone")
	r.says(bad, "[role=alert]", "pratique collective")
	is(t, "kept", bad.Find("input[name=cours][checked]").AttrOr("value", ""), piano)
	r.press(303, p, "Changer les cours", "cours", piano, "cours", r.offering("L-ORCHESTRE-1"), "motif", "par téléphone")
	d := f.Dossier()
	is(t, "rank stays", d.Rank, 1)
	is(t, "courses", d.Choice[0].Course, r.Wish("L-PIANO", 0).Course)
	is(t, "mails", r.mails("changed_choice"), 1)
}

func TestPaperDossier(t *testing.T) {
	r := sqlite(t)
	waiters(r)
	jules := r.Family("BOURCIER-2628", "Jules").Prepare()
	r.says(r.get("/bureau/dossier-papier?q=bourcier"), ".taches", "Jules Bourcier")
	p := r.get("/bureau/dossier-papier?eleve=" + jules.Pupil.ID + "&formule=" + r.Programme("cursus") + "&pole=" + r.Site("L-PIANO"))
	courses := []string{"cours", r.offering("L-HAUTBOIS"), "cours", r.offering("L-CHOEUR-ENFANTS")}
	with := func(pairs ...string) []string { return append(append([]string{}, courses...), pairs...) }

	again := r.press(422, p, "Saisir ce dossier", with("recu_le", "31/06/2027", "recu_a", "10:30", "motif", "sans internet")...)
	r.says(again, "[role=alert]", "jour de réception")
	is(t, "kept", again.Find("input[name=cours][checked]").Length(), 2)
	is(t, "kept", again.Find("#recu_le").AttrOr("value", ""), "31/06/2027")
	r.says(r.press(422, p, "Saisir ce dossier", with("recu_le", "02/06/2027", "recu_a", "25:00", "motif", "x")...), "[role=alert]", "heure de réception")
	r.says(r.press(422, p, "Saisir ce dossier", with("recu_le", "02/06/2027", "recu_a", "10:30", "motif", "")...), "[role=alert]", "Dites pourquoi")
	r.says(r.press(422, p, "Saisir ce dossier", with("recu_le", "02/06/2028", "recu_a", "10:30", "motif", "x")...), "[role=alert]", "l’avenir")
	r.press(404, p, "Saisir ce dossier", with("recu_le", "02/06/2027", "recu_a", "10h30", "motif", "x", "foyer", r.Family("AUBRY-4572", "Augustin").Household)...)

	entered := r.press(303, p, "Saisir ce dossier", with("recu_le", "02/06/2027", "recu_a", "10h30", "motif", "sans internet")...)
	d := jules.Dossier()
	is(t, "next rank", d.Rank, 4)
	is(t, "state", d.State, enrolment.Complete)
	r.says(r.get(entered.to()), ".gauche", "reçu sur papier le 2 juin 2027 à 10 h 30")
	// It took no place already given, but stands before every later request.
	is(t, "order", r.get("/bureau/places/"+r.offering("L-HAUTBOIS")).text("tbody th"),
		"Mathis Batard Jules Bourcier reçu sur papier le 2 juin 2027 à 10 h 30 Zoé Braud Thaïs Bahuaud")
	r.says(r.get("/bureau/dossier-papier?eleve="+jules.Pupil.ID), "main", "Cet élève a déjà un dossier complet")
}

func TestTypingInAPaperForm(t *testing.T) {
	r := sqlite(t)
	f := r.Family("BATARD-6474", "Mathis").Prepare()
	yes := true
	r.Must(enrolment.SaveDraft(r.Ctx, r.Store, r.Clock, f.Actor, f.Pupil.ID, enrolment.DraftStep{Administrative: &yes, OnPaperForm: &yes}))
	f.Send()
	r.says(r.get("/bureau/dossiers?file=tous"), "tbody", "cours à saisir du formulaire papier")
	r.says(r.get("/bureau"), "main", "1 formulaire papier à saisir")
	path := dossierURL(f) + "/cours?formule=" + r.Programme("cursus") + "&pole=" + r.Site("L-PIANO")
	p := r.get(path)
	r.says(p, "main", "Formulaire papier à saisir")
	r.press(303, p, "Saisir ces cours", "cours", r.offering("L-PIANO"), "cours", r.offering("L-ORCHESTRE-1"))
	d := f.Dossier()
	is(t, "typed in", d.OnPaperForm, false)
	is(t, "courses", len(d.Choice), 2)
}

func TestCatalogueWarnsOfWhatAPoleLacks(t *testing.T) {
	r := sqlite(t)
	for _, code := range []string{"S-PARCOURS-4", "S-PARCOURS-5"} {
		r.Must(r.Registrar.CancelCourse(r.Ctx, actor.Actor{Name: "Odile", Role: actor.Secretary}, r.Wish(code, 0).Course, "test"))
	}
	p := r.get("/bureau/catalogue")
	r.says(p, ".message.afaire", "Parcours découverte : il manque un cours, Pôle Sèvre")
	r.says(p, "tbody", "Orchestre d’harmonie")
}
