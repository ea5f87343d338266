package family_test

import (
	"strings"
	"testing"
	"time"

	"pupitre/internal/domain/enrolment"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/french"
)

// says fails the test unless the page says each of the words.
func (p page) says(t *testing.T, words ...string) {
	t.Helper()
	for _, w := range words {
		if !strings.Contains(p.text(), strings.Join(strings.Fields(w), " ")) {
			t.Errorf("the page does not say %q: %s", w, p.text())
		}
	}
}

// saysNot is says, of what a page must keep to itself.
func (p page) saysNot(t *testing.T, words ...string) {
	t.Helper()
	for _, w := range words {
		if strings.Contains(p.text(), w) {
			t.Errorf("the page says %q: %s", w, p.text())
		}
	}
}

func TestNotReturningIsAnAnswerThatCanBeUndone(t *testing.T) {
	sqlite(t, func(s *site) {
		v, malo := s.as(moreau), s.pupil(moreau, "Malo")
		wizard := "/eleves/" + malo + "/reinscription"
		v.expect(v.post(wizard+"/eleve", "action", "non", "raison", "Il fait du <b>judo</b>"), 303, "/accueil")
		home := v.get("/accueil")
		home.says(t, "Malo ne se réinscrit pas", "Ne se réinscrit pas")
		v.get(wizard).says(t, "Malo ne se réinscrit pas", "Il fait du <b>judo</b>", "Finalement, se réinscrire")
		v.expect(v.get(wizard+"/cours"), 303, wizard)
		v.expect(v.post(wizard+"/revient"), 303, wizard)
		if r := s.registration(moreau, malo); r.Dossier.State != enrolment.Draft {
			t.Errorf("the dossier is %s", r.Dossier.State)
		}
		if p := v.post(wizard+"/eleve", "action", "non", "raison", strings.Repeat("a", 501)); p.code != 422 || p.Find("#raison").Text() != strings.Repeat("a", 501) {
			t.Errorf("an over-long reason: got %d", p.code)
		}
	})
}

func TestTheOtherHouseholdsAnswerDoesNotBind(t *testing.T) {
	sqlite(t, func(s *site) {
		v, other := s.as(moreau), s.as("AUBRY-4572")
		malo := s.pupil(moreau, "Malo")
		s.other("AUBRY-4572", malo)
		wizard := "/eleves/" + malo + "/reinscription"
		v.post(wizard+"/eleve", "action", "non", "raison", "Entre nous")
		p := other.get(wizard)
		p.says(t, "L’autre foyer a répondu : ne se réinscrit pas", "Reprendre la réinscription")
		p.saysNot(t, "Entre nous")
		s.ready("AUBRY-4572", "Malo", "GS", "eveil", "L-EVEIL-1")
		other.expect(other.send(malo), 303, wizard+"/confirmation")
		v.get(wizard).says(t, "Déjà envoyée par l’autre foyer")
	})
}

func TestAFullCourseGivesAPositionThenAnOffer(t *testing.T) {
	each(t, func(s *site) {
		v := s.as(moreau)
		lucie := s.ready(moreau, "Lucie", "6e", "cursus", "L-VIOLONCELLE", "L-CORDES")
		wizard := "/eleves/" + lucie + "/reinscription"
		s.places("L-VIOLONCELLE", 0)
		v.get(wizard+"/cours").says(t, "Complet")
		v.expect(v.send(lucie), 303, wizard+"/confirmation")
		v.get(wizard+"/confirmation").says(t, "Liste d’attente, n° 1", "Place réservée", "reçoit la première place qui se libère")
		s.places("L-VIOLONCELLE", 1)
		v.get("/accueil").says(t, "Une place pour Lucie", "Elle vous est gardée jusqu’au", "Répondre")
		token := s.secret("place_offered")
		nobody := s.as("")
		mailed := nobody.get("/offre/" + token)
		mailed.says(t, "Une place pour Lucie", "Violoncelle", "Accepter la place", "Orchestre à cordes")
		mailed.saysNot(t, "Moreau", "Tonneliers")
		if state := s.registration(moreau, lucie).Requests[0].State; state != enrolment.Offered {
			t.Fatalf("reading the offer answered it: %s", state)
		}
		nobody.expect(nobody.post("/offre/"+token, "reponse", "accepter"), 303, "/offre/"+token)
		nobody.get("/offre/"+token).says(t, "La place est acceptée")
		nobody.expect(nobody.post("/offre/"+token, "reponse", "refuser"), 303, "/offre/"+token)
		if state := s.registration(moreau, lucie).Requests[0].State; state != enrolment.Place {
			t.Errorf("accepted, the request is %s", state)
		}
		if p := nobody.get("/offre/" + token + "0"); p.code != 404 {
			t.Errorf("a forged token: got %d", p.code)
		}
	})
}

func TestAnOfferIsDeclinedFromInside(t *testing.T) {
	sqlite(t, func(s *site) {
		v := s.as(moreau)
		lucie := s.ready(moreau, "Lucie", "6e", "cursus", "L-VIOLONCELLE", "L-CORDES")
		s.places("L-VIOLONCELLE", 0)
		v.send(lucie)
		s.places("L-VIOLONCELLE", 1)
		offer := "/eleves/" + lucie + "/offres/" + s.registration(moreau, lucie).Requests[0].ID
		v.get(offer).says(t, "Refuser la place", "vous quittez cette liste et gardez le reste du dossier")
		v.expect(v.post(offer, "reponse", "peut-être"), 303, offer)
		v.expect(v.post(offer, "reponse", "refuser"), 303, "/eleves/"+lucie+"/reinscription")
		v.get("/eleves/"+lucie+"/reinscription").says(t, "Place refusée", "Orchestre à cordes")
		if r := s.registration(moreau, lucie); len(r.Requests) != 1 || r.Dossier.Rank != 1 {
			t.Errorf("rank %d, %d requests", r.Dossier.Rank, len(r.Requests))
		}
		if p := v.get(offer); p.code != 404 {
			t.Errorf("answered, the offer opens: %d", p.code)
		}
	})
}

func TestAChangeOfChoiceTellsItsPriceFirst(t *testing.T) {
	each(t, func(s *site) {
		v := s.as(moreau)
		lucie := s.ready(moreau, "Lucie", "6e", "cursus", "L-VIOLONCELLE", "L-CORDES")
		wizard := "/eleves/" + lucie + "/reinscription"
		v.send(lucie)
		s.places("L-GUITARE", 0)
		guitar := enrolment.OfferingID(s.course("L-GUITARE"), 0)
		form := v.get(wizard + "/changer")
		before := v.submit(form, wizard+"/changer", "ligne-0", guitar)
		before.says(t, "Avant de valider", "garde son rang", "Vous rendez", "Violoncelle, place réservée", "vous serez n° 1 en liste d’attente", "Orchestre à cordes")
		if r := s.registration(moreau, lucie); r.Requests[0].Title != "Violoncelle" {
			t.Fatalf("the first page has changed the choice already")
		}
		v.expect(v.submit(before, wizard+"/changer", "action", "valider"), 303, wizard)
		v.get(wizard).says(t, "Votre nouveau choix est enregistré", "Liste d’attente, n° 1", "Guitare")
		if r := s.registration(moreau, lucie); r.Dossier.Rank != 1 {
			t.Errorf("the rank is %d", r.Dossier.Rank)
		}
		if p := v.submit(v.get(wizard+"/changer"), wizard+"/changer", "pole", s.pole("Pôle Sèvre")); p.code != 422 {
			t.Errorf("a choice that breaks the rules: got %d %s", p.code, p.text())
		}
	})
}

func TestGivingUpSaysWhatIsLost(t *testing.T) {
	each(t, func(s *site) {
		v := s.as(moreau)
		lucie := s.ready(moreau, "Lucie", "6e", "cursus", "L-VIOLONCELLE", "L-CORDES")
		wizard := "/eleves/" + lucie + "/reinscription"
		v.send(lucie)
		r := s.registration(moreau, lucie)
		p := v.get(wizard + "/renoncer?demande=" + r.Requests[0].ID)
		p.says(t, "Vous perdez tout de suite", "Violoncelle, place réservée", "Vous gardez", "Orchestre à cordes, place réservée")
		v.expect(v.submit(p, wizard+"/renoncer", "raison", "Trop loin"), 303, wizard)
		whole := v.get(wizard + "/renoncer")
		whole.says(t, "Votre rang, le 1er")
		if p := v.submit(whole, wizard+"/renoncer", "raison", strings.Repeat("a", 501)); p.code != 422 {
			t.Errorf("an over-long reason: got %d", p.code)
		}
		v.expect(v.submit(whole, wizard+"/renoncer"), 303, wizard)
		v.get(wizard).says(t, "Vous avez renoncé à ce dossier", "Reprendre la réinscription")
		if p := v.get(wizard + "/renoncer?demande=autre"); p.code != 303 {
			t.Errorf("nothing left to give up: got %d", p.code)
		}
		// Coming back is a new « Valider » with a new rank.
		s.ready(moreau, "Lucie", "6e", "cursus", "L-VIOLONCELLE", "L-CORDES")
		v.send(lucie)
		if r := s.registration(moreau, lucie); r.Dossier.Rank != 2 {
			t.Errorf("coming back gives rank %d, want 2", r.Dossier.Rank)
		}
	})
}

func TestSeveralPupilsAreSentInTheOrderShown(t *testing.T) {
	each(t, func(s *site) {
		v := s.as(moreau)
		lucie := s.ready(moreau, "Lucie", "6e", "cursus", "L-VIOLONCELLE", "L-CORDES")
		malo := s.ready(moreau, "Malo", "GS", "eveil", "L-EVEIL-1")
		v.get("/accueil").says(t, "Valider pour tous")
		p := v.get("/reinscription/envoi")
		p.says(t, "Lucie", "Malo", "Pas encore prêts", "Claire (vous)")
		down, _ := p.Find(`a[href^="/reinscription/envoi?ordre="]`).First().Attr("href")
		p = v.get(down)
		if first := p.Find(`input[name="eleve"]`).First().AttrOr("value", ""); first != malo && first != lucie {
			t.Fatalf("the first pupil is %q", first)
		}
		order := p.Find(`input[name="eleve"]`).Map(func(_ int, e *selection) string { return e.AttrOr("value", "") })
		if p := v.post("/reinscription/envoi", "eleve", order[0], "eleve", order[1], "texte", s.text()); p.code != 422 {
			t.Errorf("without « J’accepte »: got %d", p.code)
		}
		v.expect(v.post("/reinscription/envoi", "eleve", order[0], "eleve", order[1], "texte", s.text(), "accord", "oui"), 303, "/reinscription/confirmation?eleves="+order[0]+","+order[1])
		v.get("/reinscription/confirmation?eleves="+order[0]+","+order[1]).says(t, "Lucie", "Malo", "1er", "2e", "Vous réinscrire", "Télécharger l’accusé de réception de Malo")
		for i, pupil := range order {
			if r := s.registration(moreau, pupil); r.Dossier.Rank != int64(i+1) {
				t.Errorf("pupil %d has rank %d", i+1, r.Dossier.Rank)
			}
		}
	})
}

func TestOnePupilsRefusalHoldsNobodyUp(t *testing.T) {
	sqlite(t, func(s *site) {
		v := s.as(moreau)
		lucie := s.ready(moreau, "Lucie", "6e", "cursus", "L-VIOLONCELLE", "L-CORDES")
		claire := s.pupil(moreau, "Claire")
		p := v.post("/reinscription/envoi", "eleve", lucie, "eleve", claire, "texte", s.text(), "accord", "oui")
		if p.code != 422 {
			t.Errorf("got %d", p.code)
		}
		if r := s.registration(moreau, lucie); r.Dossier.Rank != 1 {
			t.Errorf("Lucie has rank %d", r.Dossier.Rank)
		}
		if p := v.post("/reinscription/envoi", "eleve", s.pupil("AUBRY-4572", "Augustin"), "texte", s.text(), "accord", "oui"); p.code != 404 {
			t.Errorf("another family's pupil: got %d", p.code)
		}
	})
}

func TestTheCampaignsDates(t *testing.T) {
	sqlite(t, func(s *site) {
		v := s.as(moreau)
		lucie := s.ready(moreau, "Lucie", "6e", "cursus", "L-VIOLONCELLE", "L-CORDES")
		wizard := "/eleves/" + lucie + "/reinscription"
		s.campaign(evening.Add(time.Hour), time.Time{})
		v.get("/accueil").says(t, "La campagne de réinscription ouvre le mardi 8 juin à 23 h 05")
		if p := v.send(lucie); p.code != 422 {
			t.Errorf("before the opening: got %d", p.code)
		} else {
			p.says(t, "La campagne ouvre le mardi 8 juin à 23 h 05")
		}
		s.clock.Add(time.Hour)
		v.expect(v.send(lucie), 303, wizard+"/confirmation")
		s.campaign(evening.AddDate(0, 0, -7), evening.Add(30*time.Minute))
		home := v.get("/accueil")
		home.says(t, "close depuis le mardi 8 juin à 22 h 35", "Non envoyée")
		home.saysNot(t, "Commencer la réinscription", "champs jaunes")
		malo := s.ready(moreau, "Malo", "GS", "eveil", "L-EVEIL-1")
		if p := v.send(malo); p.code != 422 {
			t.Errorf("after the closing: got %d", p.code)
		}
		v.get("/accueil").saysNot(t, "rouverte")
		until := s.clock.Now().Add(24 * time.Hour)
		s.must(s.registrar.Reopen(t.Context(), s.secretary, malo, s.registration(moreau, malo).Household.ID, until, "hospitalisation"))
		v.get("/accueil").says(t, "Elle est rouverte pour Malo jusqu’au "+french.Moment(until))
		v.expect(v.send(malo), 303, "/eleves/"+malo+"/reinscription/confirmation")
		s.clock.Add(25 * time.Hour)
		v.get("/accueil").saysNot(t, "rouverte")
	})
}

func TestARefusedPaperOpensADelay(t *testing.T) {
	sqlite(t, func(s *site) {
		v := s.as(moreau)
		lucie := s.ready(moreau, "Lucie", "6e", "cursus", "L-VIOLONCELLE", "L-CORDES")
		wizard := "/eleves/" + lucie + "/reinscription"
		v.send(lucie)
		// A means of payment that asks for papers, after the rank.
		v.submit(v.get("/famille/identite"), "/famille/identite", "moyens", "prelevement")
		v.get("/famille/identite").says(t, "Une pièce devient obligatoire pour le dossier de Lucie", "jusque-là, le rang et les places sont conservés")
		v.get("/accueil").says(t, "Pièce à fournir")
		p := v.get(wizard)
		p.says(t, "Une pièce est à fournir avant le", "votre rang et vos places sont conservés", "Importer : RIB", "Place réservée")
		v.upload("/famille/importer", "rib", map[string][]byte{"rib.png": photo(t, 1)})
		v.upload("/famille/importer", "mandat", map[string][]byte{"mandat.png": photo(t, 2)})
		if r := s.registration(moreau, lucie); r.Dossier.State != enrolment.Complete || r.Dossier.Rank != 1 {
			t.Errorf("the dossier is %s, rank %d", r.Dossier.State, r.Dossier.Rank)
		}
	})
}

func TestEnrolledGivingUpIsARequest(t *testing.T) {
	sqlite(t, func(s *site) {
		v := s.as(moreau)
		lucie := s.ready(moreau, "Lucie", "6e", "cursus", "L-VIOLONCELLE", "L-CORDES")
		wizard := "/eleves/" + lucie + "/reinscription"
		v.send(lucie)
		_, err := s.registrar.Confirm(t.Context(), s.secretary, s.registration(moreau, lucie).Dossier.ID, "")
		s.must(err)
		v.get(wizard).says(t, "Inscription confirmée")
		v.expect(v.get(wizard+"/changer"), 303, wizard)
		p := v.get(wizard + "/renoncer")
		p.says(t, "Demander à renoncer", "l’inscription tient")
		v.expect(v.submit(p, wizard+"/renoncer"), 303, wizard)
		v.get(wizard).says(t, "Renoncement demandé le", "L’école vous répondra")
		if r := s.registration(moreau, lucie); r.Dossier.State != enrolment.Enrolled {
			t.Errorf("the dossier is %s", r.Dossier.State)
		}
	})
}

func TestBeginnerIsAskedWhenACourseRefusesThem(t *testing.T) {
	sqlite(t, func(s *site) {
		v, claire := s.as(moreau), s.pupil(moreau, "Claire")
		wizard := "/eleves/" + claire + "/reinscription"
		p := v.get(wizard + "/eleve")
		if p.Find("input[name=debutant]").Length() != 2 {
			t.Fatalf("« Débutant » is not asked: %s", p.text())
		}
		p = v.post(wizard+"/eleve", "administrative", "oui", "niveau", "adulte", "droit_image", "yes", "demande_debutant", "oui")
		if p.code != 422 || p.Find("#debutant").AttrOr("aria-invalid", p.Find("[aria-invalid]").AttrOr("role", "")) == "" {
			t.Errorf("unanswered: got %d", p.code)
		}
		v.expect(v.post(wizard+"/eleve", "administrative", "oui", "niveau", "adulte", "droit_image", "yes", "demande_debutant", "oui", "debutant", "yes"), 303, wizard+"/cours")
		lucie := s.pupil(moreau, "Lucie")
		if p := v.get("/eleves/" + lucie + "/reinscription/eleve"); p.Find("input[name=debutant]").Length() != 0 {
			t.Error("a pupil with an instrument this year is asked")
		}
	})
}

func TestTheOtherHouseholdSeesTheDossierNotTheFamily(t *testing.T) {
	each(t, func(s *site) {
		v, other := s.as(moreau), s.as("AUBRY-4572")
		lucie := s.ready(moreau, "Lucie", "6e", "cursus", "L-VIOLONCELLE", "L-CORDES")
		s.other("AUBRY-4572", lucie)
		note := "Garde alternée"
		s.must(enrolment.SaveDraft(t.Context(), s.store, s.clock, s.actor(moreau), lucie, enrolment.DraftStep{Note: &note}))
		wizard := "/eleves/" + lucie + "/reinscription"
		v.send(lucie)
		p := other.get(wizard)
		p.says(t, "Déjà envoyée par l’autre foyer le mardi 8 juin à 22 h 05", "1er", "Violoncelle", "Place réservée")
		for _, path := range []string{wizard, "/accueil", "/eleves/" + lucie + "/identite", "/eleves/" + lucie + "/documents", "/famille/identite"} {
			other.get(path).saysNot(t, "Tonneliers", "claire.moreau", "Garde alternée", "06 39 98 48 21", "coché par")
		}
		for _, path := range []string{"/accuse.pdf"} {
			if p := other.get(wizard + path); p.code != 404 {
				t.Errorf("%s: got %d", path, p.code)
			}
		}
		other.expect(other.get(wizard+"/envoi"), 303, wizard)
		other.expect(other.post(wizard+"/envoi", "texte", s.text(), "accord", "oui"), 303, wizard)
		other.expect(other.get(wizard+"/changer"), 303, wizard)
		other.expect(other.post(wizard+"/renoncer"), 303, wizard)
		if r := s.registration(moreau, lucie); r.Dossier.Rank != 1 || len(r.Requests) != 2 {
			t.Errorf("rank %d, %d requests", r.Dossier.Rank, len(r.Requests))
		}
	})
}

func TestOnPaperTheFormStandsForTheChoice(t *testing.T) {
	sqlite(t, func(s *site) {
		v := s.as(moreau)
		lucie := s.ready(moreau, "Lucie", "6e", "cursus")
		wizard := "/eleves/" + lucie + "/reinscription"
		v.get(wizard+"/cours").says(t, "Une place peut être prise entre-temps")
		v.expect(v.post(wizard+"/cours", "action", "papier"), 303, wizard+"/pieces")
		v.get(wizard+"/pieces").says(t, "Formulaire de réinscription pédagogique", "Choix des cours sur papier")
		v.expect(v.send(lucie), 303, wizard+"/confirmation")
		v.get(wizard+"/confirmation").says(t, "Reçu, incomplet", "Il manque\u202f: Formulaire de réinscription pédagogique")
		p := v.upload("/famille/importer", "formulaire:"+lucie, map[string][]byte{"formulaire.png": photo(t, 0)})
		v.expect(p, 303, "/eleves/"+lucie+"/documents")
		v.get("/accueil").says(t, "Le dossier de Lucie est complet")
		v.get(wizard).says(t, "quand le secrétariat saisit votre formulaire")
		if r := s.registration(moreau, lucie); r.Dossier.Rank != 1 || len(r.Requests) != 0 {
			t.Errorf("rank %d, %d requests", r.Dossier.Rank, len(r.Requests))
		}
	})
}

// TestACancelledCourseIsAThingToDo for a dossier that was sent, « inscrit » too (R33d).
func TestACancelledCourseIsAThingToDo(t *testing.T) {
	sqlite(t, func(s *site) {
		v := s.as(moreau)
		malo := s.ready(moreau, "Malo", "GS", "eveil", "L-EVEIL-1")
		lucie := s.ready(moreau, "Lucie", "6e", "cursus", "L-VIOLONCELLE", "L-CORDES")
		v.send(malo)
		v.send(lucie)
		_, err := s.registrar.Confirm(t.Context(), s.secretary, s.registration(moreau, lucie).Dossier.ID, "")
		s.must(err)
		v.get("/accueil").saysNot(t, "choisissez à nouveau")
		for _, code := range []string{"L-EVEIL-1", "L-CORDES"} {
			s.must(s.registrar.CancelCourse(t.Context(), s.secretary, s.course(code), "Enseignant parti"))
		}
		// Malo's dossier also has a paper to bring: the delay hides nothing.
		v.submit(v.get("/famille/identite"), "/famille/identite", "moyens", "prelevement")
		home := v.get("/accueil")
		home.says(t, "Pièce à fournir")
		for _, pupil := range []string{malo, lucie} {
			wizard := "/eleves/" + pupil + "/reinscription"
			if n := home.Find("a[href='" + wizard + "/changer']").Length(); n != 1 {
				t.Errorf("links to the choice of %s: want 1, got %d", pupil, n)
			}
			p := v.get(wizard)
			p.says(t, "À choisir à nouveau", "est annulé : choisissez à nouveau", "Choisir à nouveau")
			if pupil == lucie {
				p.says(t, "Inscription confirmée", "Le reste de l’inscription tient")
			}
			if p := v.get(wizard + "/changer"); p.code != 200 {
				t.Errorf("the choice of %s: got %d", pupil, p.code)
			}
		}
	})
}

// TestCoursesArePublishedWhenTheSchoolSays, of a pupil « inscrit », whole (R19).
func TestCoursesArePublishedWhenTheSchoolSays(t *testing.T) {
	sqlite(t, func(s *site) {
		v := s.as(moreau)
		lucie := s.ready(moreau, "Lucie", "6e", "cursus", "L-VIOLONCELLE", "L-CORDES")
		v.send(lucie)
		const none = "Vous y trouverez plus tard la liste des cours auxquels vous ou vos enfants sont inscrits."
		publish := func(at time.Time) {
			s.must(s.store.Write(t.Context(), func(tx *db.Tx) error {
				_, err := tx.Exec(t.Context(), `update season set courses_published_at = $1`, at)
				return err
			}))
		}
		courses := "/eleves/" + lucie + "/cours"
		publish(evening.Add(-time.Hour))
		v.get(courses).says(t, none) // not « inscrit » yet
		_, err := s.registrar.Confirm(t.Context(), s.secretary, s.registration(moreau, lucie).Dossier.ID, "")
		s.must(err)
		publish(evening.Add(time.Hour))
		v.get(courses).says(t, none)
		publish(evening)
		p := v.get(courses)
		p.saysNot(t, "Aucun cours attribué")
		for _, code := range []string{"L-VIOLONCELLE", "L-CORDES"} {
			c, _ := s.catalogue().Course(s.course(code))
			slot := c.Slot()
			if slot == "" {
				slot = "horaire fixé à la rentrée"
			}
			p.says(t, c.Title, slot, c.Room, c.Teacher, s.catalogue().SiteName(c.SiteID))
		}
	})
}
