package web_test

import (
	"net/url"
	"testing"

	"pupitre/internal/browser"
	"pupitre/internal/domain/account"
	"pupitre/internal/platform/db/dbtest"
)

// TestAKeyOpensTheOffice registers a key in a real browser, whose device answers
// by itself, signs out, and signs in with it.
func TestAKeyOpensTheOffice(t *testing.T) {
	s := empty(t, dbtest.SQLite(t))
	at, err := url.Parse(s.server.URL)
	s.must(err)
	site := "http://localhost:" + at.Port() // browsers make no keys for a number
	s.must(s.accounts.ServeAt(site))
	token, err := s.accounts.OpenInstallation(t.Context())
	s.must(err)
	const login, password = "solene@exemple.fr", "Chanson-du-soir-2027"
	opened, err := s.accounts.Install(t.Context(), token, account.Installation{
		Name: "Solène Besnard", Email: login, Password: password, School: "École des Bords de Loire", Place: "Nantes", Phone: "0240000000", Mail: login,
	}, "")
	s.must(err)

	p := browser.Start(t).Page()
	p.SecurityKey()
	signIn := func() {
		p.Open(site + "/connexion")
		p.Type("#identifiant", login)
		p.Type("#mot_de_passe", password)
		p.Press("Enter")
	}
	signIn()
	p.WaitFor("form[action='/deconnexion'] button")
	p.Open(site + "/second-facteur/creer")
	p.Type("#nom_cle", "Poste de l’accueil")
	p.ClickText("Créer une clé d’accès")
	p.WaitForText("Vos codes de secours")
	held, err := account.Factors(t.Context(), s.store, opened.Actor.Account)
	if err != nil || len(held) != 1 || held[0].Kind != account.Key || held[0].Name != "Poste de l’accueil" {
		t.Fatalf("kept: %+v %v", held, err)
	}
	p.ClickText("Je les ai gardés, continuer")
	p.ClickText("Se déconnecter")
	p.WaitForText("Vous êtes déconnecté.")

	signIn()
	p.WaitForText("C’est bien vous")
	p.Open(site + "/bureau")
	p.WaitForText("C’est bien vous") // the password alone opens nothing
	p.ClickText("Utiliser ma clé d’accès")
	p.WaitForText("Tableau de bord")
	if held, err = account.Factors(t.Context(), s.store, opened.Actor.Account); err != nil || held[0].UsedAt.IsZero() {
		t.Errorf("the key was not used: %+v %v", held, err)
	}
	if errors := p.Errors(); len(errors) > 0 {
		t.Errorf("the pages: %v", errors)
	}
}
