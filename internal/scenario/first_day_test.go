package scenario_test

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"pupitre/internal/domain/actor"

	"github.com/pquerna/otp/totp"
)

var installation = regexp.MustCompile(`open http\S+(/installation/\S+)`)

// visitFirstDay installs an empty school by its one-time address, gives its
// administrator a second factor by an application of codes, and comes back
// with it.
func visitFirstDay(t *testing.T) *visitor {
	s := serve(t, "/installation/", "serve", "--data", t.TempDir())
	found := installation.FindStringSubmatch(s.said.String())
	if found == nil {
		t.Fatalf("no address of the installation in %s", s.said.tail())
	}
	v := newVisitor(actor.Nobody, "", "", 390)
	v.enter(t, s.url)
	p := v.page
	v.inspect(t, s.url, found[1], "install.form")
	for field, text := range map[string]string{
		"#nom": "Paule Hervouet", "#mail": "paule@exemple.fr", "#nouveau": chosen + "-9", "#confirmation": chosen + "-9",
		"#ecole": "École de musique du Vignoble", "#ecole_court": "Vignoble", "#ecole_adresse": "2 place de l’Église, 44330 Vallet", "#ecole_telephone": "02 61 91 44 30",
		"#ecole_mail": "ecole@exemple.fr",
	} {
		p.Type(field, text)
	}
	p.Press("Enter")
	p.WaitFor("form[action='/deconnexion'] button")

	p.Open(s.url + "/second-facteur/creer")
	secret := strings.ReplaceAll(p.Text("#secret"), " ", "")
	code, err := totp.GenerateCode(secret, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	p.Type("#code", code)
	p.ClickText("Ajouter cette application")
	p.WaitForText("Vos codes de secours")
	spare := p.Text("main li code")

	v.login, v.password = "paule@exemple.fr", chosen+"-9"
	again := newVisitor(actor.Nobody, "", "", 390)
	again.visited = v.visited
	again.enter(t, s.url)
	p = again.page
	p.Open(s.url + "/connexion")
	p.Type("#identifiant", v.login)
	p.Type("#mot_de_passe", v.password)
	p.Press("Enter")
	p.WaitForText("C’est bien vous")
	again.inspect(t, s.url, "/second-facteur", "factor.form")
	p.ClickText("Appareil perdu")
	p.Type("#secours", spare)
	p.ClickText("Continuer avec ce code de secours")
	p.WaitFor("form[action='/deconnexion'] button")
	return again
}
