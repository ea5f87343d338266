package family_test

import (
	"slices"
	"strings"
	"testing"

	"pupitre/internal/domain/enrolment"
	"pupitre/internal/domain/people"
	"pupitre/internal/platform/db"
)

func TestIdentitySavedUnchangedCountsAsChecked(t *testing.T) {
	sqlite(t, func(s *site) {
		v := s.as(moreau)
		s.ready(moreau, "Lucie", "6e", "cursus", "L-VIOLONCELLE", "L-CORDES")
		s.must(s.store.Write(t.Context(), func(tx *db.Tx) error {
			_, err := tx.Exec(t.Context(), `update household set checked_for_season = ''`)
			return err
		}))
		v.get("/accueil").says(t, "À vérifier")
		identity := v.get("/famille/identite")
		identity.says(t, "Même sans rien changer, « Enregistrer » dit que tout est juste")
		v.expect(v.submit(identity, "/famille/identite"), 303, "/famille/identite")
		v.get("/famille/identite").saysNot(t, "Même sans rien changer")
		v.get("/accueil").saysNot(t, "À vérifier")
	})
}

func TestErrorsOfIdentityAreNamedInTheOrderOfTheScreen(t *testing.T) {
	sqlite(t, func(s *site) {
		v := s.as(moreau)
		p := v.submit(v.get("/famille/identite"), "/famille/identite", "ville", "", "nom", "", "email", "", "telephone_mobile", "", "telephone_fixe", "")
		var got []string
		p.Find(".message.non li").Each(func(_ int, li *selection) {
			name, _, _ := strings.Cut(strings.TrimSpace(li.Text()), "\u202f: ")
			got = append(got, name)
		})
		want := []string{"Nom", "Adresse mail", "Téléphone mobile", "Commune", "Mode de facturation", "Moyens de paiement"}
		if !slices.Equal(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
		p.says(t, "6 champs à corriger avant", "6 champs à corriger, listés en haut")
	})
}

func TestANewAddressIsToldOnce(t *testing.T) {
	sqlite(t, func(s *site) {
		v := s.as(moreau)
		s.ready(moreau, "Lucie", "6e", "cursus", "L-VIOLONCELLE", "L-CORDES")
		v.expect(v.submit(v.get("/famille/identite"), "/famille/identite", "email", "nouvelle@exemple.fr"), 303, "/famille/identite")
		if p := v.get("/famille/identite"); strings.Count(p.text(), "Un message est parti à nouvelle@exemple.fr") != 1 {
			t.Errorf("want it told once: %s", p.text())
		}
	})
}

func TestAFormuleWithoutACourseForThePupilSaysWhy(t *testing.T) {
	sqlite(t, func(s *site) {
		v := s.as(moreau)
		lucie := s.ready(moreau, "Lucie", "6e", "cursus", "L-VIOLONCELLE", "L-CORDES")
		wizard := "/eleves/" + lucie + "/reinscription"
		p := v.get(wizard + "/cours?formule=choisir")
		eveil := s.programme("eveil")
		if n := p.Find(`input[name=formule][value="` + eveil + `"]`).Length(); n != 0 {
			t.Errorf("the éveil is a choice for a pupil of twelve")
		}
		p.says(t, "aucun pôle ne propose à cet élève", "« Éveil musical » est réservé aux élèves de 4 à 6 ans")
		if p := v.post(wizard+"/cours", "action", "formule", "formule", eveil); p.code != 422 {
			t.Errorf("the éveil chosen all the same: got %d", p.code)
		}
	})
}

func TestAFullCourseIsToldBeforeValider(t *testing.T) {
	sqlite(t, func(s *site) {
		v := s.as(moreau)
		lucie := s.ready(moreau, "Lucie", "6e", "cursus", "L-PIANO", "L-CORDES")
		wizard := "/eleves/" + lucie + "/reinscription"
		v.get(wizard+"/envoi").saysNot(t, "Complet")
		s.places("L-PIANO", 0)
		v.get(wizard+"/envoi").says(t, "Un cours est complet à cet instant", "vous serez n° 1 en liste d’attente", "Le même cours a", "pôle Sèvre")
		v.get("/reinscription/envoi").says(t, "vous serez n° 1 en liste d’attente")
		v.send(lucie)
		v.get("/accueil").says(t, "Piano : liste d’attente, n° 1", "Orchestre à cordes : place réservée")
	})
}

func TestTheTotalIsNeverBelowTheRank(t *testing.T) {
	sqlite(t, func(s *site) {
		v := s.as(moreau)
		malo := s.ready(moreau, "Malo", "GS", "eveil", "L-EVEIL-1")
		lucie := s.ready(moreau, "Lucie", "6e", "cursus", "L-VIOLONCELLE", "L-CORDES")
		v.send(malo)
		s.must(s.registrar.Withdraw(t.Context(), s.actor(moreau), malo, "", ""))
		v.send(lucie)
		v.get("/eleves/"+lucie+"/reinscription").says(t, "dossier complet reçu, sur 2 à ce jour")
	})
}

func TestGivingUpACourseOfTheFormuleSaysWhatItLacks(t *testing.T) {
	sqlite(t, func(s *site) {
		v := s.as(moreau)
		lucie := s.ready(moreau, "Lucie", "6e", "cursus", "L-VIOLONCELLE", "L-CORDES")
		wizard := "/eleves/" + lucie + "/reinscription"
		v.send(lucie)
		var orchestra string
		for _, q := range s.registration(moreau, lucie).Requests {
			if q.Title == "Orchestre à cordes" {
				orchestra = q.ID
			}
		}
		v.get(wizard).saysNot(t, "ne remplit plus")
		p := v.get(wizard + "/renoncer?demande=" + orchestra)
		p.says(t, "La formule ne sera plus complète", "demande une pratique collective", "« Changer de choix »")
		p.saysNot(t, "nouveau « Valider »")
		v.submit(p, wizard+"/renoncer")
		v.get(wizard).says(t, "Votre choix ne remplit plus la formule", "demande une pratique collective", "Changer de choix")
	})
}

func TestAnIncompleteDossierSaysSoOnce(t *testing.T) {
	sqlite(t, func(s *site) {
		v, a := s.as(moreau), s.actor(moreau)
		lucie := s.ready(moreau, "Lucie", "6e", "cursus", "L-VIOLONCELLE", "L-CORDES")
		v.submit(v.get("/famille/identite"), "/famille/identite", "moyens", "prelevement")
		h, err := people.HouseholdByID(t.Context(), s.store, a, a.Household)
		s.must(err)
		if !slices.Contains(h.Means, "prelevement") {
			t.Fatalf("the means are %q", h.Means)
		}
		v.send(lucie)
		if state := s.registration(moreau, lucie).Dossier.State; state != enrolment.Received {
			t.Fatalf("the dossier is %s", state)
		}
		if p := v.get("/eleves/" + lucie + "/reinscription"); strings.Count(p.text(), "Reçu, incomplet") != 1 {
			t.Errorf("want « Reçu, incomplet » once: %s", p.text())
		}
		p := v.get("/famille/documents")
		if first := p.Find("tbody th").First().Text(); !strings.Contains(first, "RIB") || !strings.Contains(first, "obligatoire pour le rang") {
			t.Errorf("the first paper is %q, want a required one, marked", first)
		}
		if href := p.Find(`a[href="https://www.caf.fr"]`).Length(); href != 1 {
			t.Errorf("www.caf.fr is %d links, want one", href)
		}
	})
}

func TestAnAdultIsSpokenTo(t *testing.T) {
	sqlite(t, func(s *site) {
		v := s.as(moreau)
		claire := s.pupil(moreau, "Claire")
		p := v.get("/eleves/" + claire + "/reinscription/eleve")
		p.says(t, "Votre réinscription", "Cochez pour vous réinscrire", "Je ne me réinscris pas")
		p.saysNot(t, "cet élève", "Claire (vous) ne se réinscrit pas")
	})
}
