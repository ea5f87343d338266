package public_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"pupitre/internal/domain/account"
	"pupitre/internal/domain/school"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/db/dbtest"
)

func TestFromTheLetterToTheFirstPage(t *testing.T) {
	each(t, func(s *site) {
		b := s.browser()
		b.wants(b.get("/"), 303, "/connexion")
		b.wants(b.get("/extranet/usager"), 303, "/connexion")
		signIn := b.get("/connexion")
		for _, want := range []string{"Identifiant", "Mot de passe", "Première connexion"} {
			if !strings.Contains(signIn.text(), want) {
				t.Errorf("the sign-in page lacks « %s »", want)
			}
		}
		if signIn.Find(`a[href="/mot-de-passe-perdu"]`).First().Text() == "" {
			t.Error("no link « Mot de passe perdu »")
		}
		lost := b.get("/mot-de-passe-perdu")
		for _, want := range []string{"Entrez votre identifiant", "Renseignez votre adresse mail", "Valider", "Première connexion", "Identifiant oublié ou adresse changée\u202f?", "02 40 00 00 00"} {
			if !strings.Contains(lost.text(), want) {
				t.Errorf("the page « Mot de passe perdu » lacks « %s »", want)
			}
		}
		b.wants(b.post("/mot-de-passe-perdu", "identifiant", "moreau-4821", "mail", "Claire@exemple.fr"), 303, "/mot-de-passe-perdu/envoi")
		if answer := b.get("/mot-de-passe-perdu/envoi"); !strings.Contains(answer.text(), "spams") {
			t.Error("the answer does not speak of the spams")
		}
		password := s.answerRequests()
		b.wants(b.signIn("MOREAU-4821", password), 303, "/mot-de-passe")
		first := b.get("/mot-de-passe")
		if !strings.Contains(first.text(), "Choisissez votre mot de passe") || !strings.Contains(first.text(), "De 8 à 20 caractères") || first.Find(`[name="actuel"]`).Length() != 0 {
			t.Errorf("first choice: %s", first.text())
		}
		b.wants(b.post("/mot-de-passe", "nouveau", good, "confirmation", good), 303, "/accueil")
		if got := b.get("/contact").Find(".flash").Text(); !strings.Contains(got, "Conservez bien vos identifiants") {
			t.Errorf("message after the choice: %q", got)
		}
		b.wants(b.get("/"), 303, "/accueil")
		b.wants(b.get("/connexion"), 303, "/accueil")
	})
}

func TestMailedPasswordOpensOnlyItsPage(t *testing.T) {
	each(t, func(s *site) {
		b := s.browser()
		b.post("/mot-de-passe-perdu", "identifiant", "MOREAU-4821", "mail", "claire@exemple.fr")
		b.wants(b.signIn("MOREAU-4821", s.answerRequests()), 303, "/mot-de-passe")
		for _, path := range []string{"/", "/accueil", "/bureau", "/connexion", "/enseignant"} {
			b.wants(b.get(path), 303, "/mot-de-passe")
		}
		b.wants(b.post("/mot-de-passe/identifiant", "identifiant", "Autre-Nom"), 303, "/mot-de-passe")
		if held, err := account.OfHousehold(ctx, s.store, "moreau"); err != nil || held.Login != "MOREAU-4821" {
			t.Errorf("the identifiant was changed: %s %v", held.Login, err)
		}
		s.clock.Add(24 * time.Hour)
		b.wants(b.get("/mot-de-passe"), 303, "/connexion?suite=%2Fmot-de-passe")
	})
}

func TestAnswerToALostPasswordIsConstant(t *testing.T) {
	s := open(t, dbtest.SQLite(t))
	var answers []string
	for _, c := range [][2]string{
		{"MOREAU-4821", "claire@exemple.fr"}, {"MOREAU-4821", "autre@exemple.fr"}, {"NESSUNO-1", "claire@exemple.fr"}, {"odile@exemple.fr", "odile@exemple.fr"},
	} {
		b := s.browser()
		b.wants(b.post("/mot-de-passe-perdu", "identifiant", c[0], "mail", c[1]), 303, "/mot-de-passe-perdu/envoi")
		if len(b.Jar.Cookies(must(url.Parse(s.server.URL)))) != 0 {
			t.Errorf("%v leaves a cookie", c)
		}
		answers = append(answers, b.get("/mot-de-passe-perdu/envoi").body)
	}
	for i := range answers {
		if answers[i] != answers[0] {
			t.Errorf("answer %d differs", i)
		}
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func TestSigningOutAndOtherDevices(t *testing.T) {
	each(t, func(s *site) {
		phone, computer := s.settled(), s.browser()
		computer.wants(computer.signIn("MOREAU-4821", good), 303, "/accueil")
		phone.wants(phone.post("/mot-de-passe", "actuel", good, "nouveau", other, "confirmation", other), 303, "/mot-de-passe")
		if got := phone.get("/mot-de-passe").Find(".flash").Text(); !strings.Contains(got, "Votre mot de passe est changé.") {
			t.Errorf("message %q", got)
		}
		computer.wants(computer.get("/accueil"), 303, "/connexion?suite=%2Faccueil")
		if got := computer.get("/connexion?suite=%2Faccueil").Find(".message").Text(); !strings.Contains(got, "Votre session est terminée") {
			t.Errorf("whoever was signed in reads %q", got)
		}
		if got := s.browser().get("/connexion?suite=%2Faccueil").Find(".message").Text(); strings.Contains(got, "session") {
			t.Errorf("whoever was not reads %q", got)
		}
		phone.wants(phone.post("/mot-de-passe/identifiant", "identifiant", "Les.Moreau"), 303, "/mot-de-passe")
		stolen := phone.Jar.Cookies(must(url.Parse(s.server.URL)))
		phone.wants(phone.post("/deconnexion"), 303, "/connexion")
		phone.Jar.SetCookies(must(url.Parse(s.server.URL)), stolen)
		phone.wants(phone.get("/accueil"), 303, "/connexion?suite=%2Faccueil")
		phone.wants(phone.signIn("les.moreau", other), 303, "/accueil")
	})
}

func TestLink(t *testing.T) {
	each(t, func(s *site) {
		byLink := policies()
		byLink.Recovery = school.RecoverByLink
		s.write(func(tx *db.Tx) error { return school.Put(ctx, tx, byLink) })
		b := s.browser()
		if p := b.get("/mot-de-passe/lien/inconnu"); p.StatusCode != 404 || !strings.Contains(p.text(), "Ce lien ne sert plus") {
			t.Errorf("an unknown link: %d %s", p.StatusCode, p.text())
		}
		b.post("/mot-de-passe-perdu", "identifiant", "MOREAU-4821", "mail", "claire@exemple.fr")
		path := s.answerRequests()
		for range 2 { // a scanner of mails may open it
			if p := b.get(path); p.StatusCode != 200 || p.Find(`form[action="`+path+`"]`).Length() != 1 {
				t.Fatalf("the link: %d %s", p.StatusCode, p.text())
			}
		}
		if p := b.post(path, "nouveau", "court", "confirmation", "court"); p.StatusCode != 422 || p.Find("#nouveau-e").Length() != 1 {
			t.Errorf("a short password: %d %s", p.StatusCode, p.text())
		}
		b.wants(b.post(path, "nouveau", good, "confirmation", good), 303, "/accueil")
		b.wants(b.get("/"), 303, "/accueil")
		if p := b.post(path, "nouveau", other, "confirmation", other); p.StatusCode != 404 {
			t.Errorf("used twice: %d", p.StatusCode)
		}
	})
}
