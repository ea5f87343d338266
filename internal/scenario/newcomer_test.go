package scenario_test

import (
	"maps"
	"strings"
	"testing"

	"pupitre/internal/domain/actor"
)

// visitNewcomer follows somebody without an account on a phone, from the public
// form through the mail's link to « inscrit » (R37), and judges each page that
// only a link opens.
func visitNewcomer(t *testing.T) *visitor {
	known := newFamily("Perrin", "Nadia", "Nour")
	email := newFamily("Garnier", "Élodie", "").email
	s := newSchool(t, known)
	annie := s.secretary()
	v := newVisitor(actor.Nobody, "", "", 390)
	v.enter(t, s.url)
	p := v.page
	here := func() string { return strings.TrimPrefix(p.URL(), s.url) }

	p.Open(s.url + "/pre-inscription")
	p.Type("#prenom", "Zélie")
	p.Type("#nom", "Garnier")
	p.Type("#date_naissance", "14/03/2015")
	p.Choose("#niveau", "CM2")
	p.Type("#code_postal", "44330")
	p.ClickText("Voir ce qui est proposé")
	p.WaitForText("Ce qui est proposé à Zélie")
	courses := here()
	v.inspect(t, s.url, courses, "application.courses")
	p.ClickText("Pratiques collectives seules")
	p.ClickText("Continuer")
	p.WaitForText("1. Le pôle")
	p.ClickText("Pôle Loire")
	p.ClickText("Chœur d’ados")
	p.ClickText("Continuer")
	p.WaitForText("Comment vous joindre")
	v.inspect(t, s.url, here(), "application.contact")
	p.Type("#prenom", "Élodie")
	p.Type("#email", email)
	p.Type("#telephone_mobile", "06 39 98 11 22")
	p.Type("#adresse", "3 rue du Pressoir")
	p.Type("#ville", "La Chapelle-Heulin")
	p.ClickText("Chèques")
	p.ClickText("En 1 fois")
	p.ClickText("Oui")
	p.Click("#accord")
	p.ClickText("Valider")
	p.WaitForText("Touchez le lien envoyé à votre adresse")
	v.inspect(t, s.url, here(), "application.sent")
	for page, name := range map[string]string{"/eleve": "application.pupil", "/lien": "application.draft"} {
		v.inspect(t, s.url, strings.TrimSuffix(courses, "/cours")+page, name)
	}
	confirmation := link(t, s.mail.WaitFor(email, "confirmez votre adresse"))
	v.inspect(t, s.url, strings.TrimPrefix(confirmation, s.url), "application.link")
	p.ClickText("Confirmer et envoyer")
	p.WaitForText("Place réservée")

	o := newVisitor(actor.Secretary, annie.login, annie.password, 1440)
	o.enter(t, s.url)
	o.page.Open(s.url + "/bureau/pre-inscriptions")
	o.page.ClickText("Zélie Garnier")
	o.page.WaitForText("Nouvelle famille")
	o.inspect(t, s.url, strings.TrimPrefix(o.page.URL(), s.url), "application.office.entry")
	o.page.ClickText("Accepter")
	o.page.WaitForText("Pré-inscription acceptée")
	if told := s.mail.WaitFor(email, "Votre identifiant"); !strings.Contains(told.Text, "GARNIER-") {
		t.Errorf("the identifiant is not told:\n%s", told.Text)
	}
	o.page.Open(s.url + "/bureau/dossiers?file=prets")
	o.page.Click("tbody th a")
	o.page.ClickText("Confirmer l’inscription")
	o.page.WaitForText("D-0001 inscrit")
	s.mail.WaitFor(email, "Inscription confirmée : Zélie Garnier")
	maps.Copy(v.visited, o.visited)
	return v
}
