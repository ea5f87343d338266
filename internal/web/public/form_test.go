package public_test

import (
	"strings"
	"testing"
)

func TestForms(t *testing.T) {
	each(t, func(s *site) {
		family := s.settled()
		nobody := s.browser()
		long, script, nul := strings.Repeat("a", 300), `<script>alert(1)</script>`, "a\x00b"
		signIn := []string{"identifiant", "MOREAU-4821", "mot_de_passe", "Mauvais123"}
		lost := []string{"identifiant", "MOREAU-4821", "mail", "x@exemple.fr"}
		change := []string{"actuel", good, "nouveau", other, "confirmation", other}
		for _, c := range []struct {
			what, path string
			who        *browser
			form       []string
			field      string
			value      string
			says       string
			at         string // field that bears the message; "" for the whole form
		}{
			{"sign-in without identifiant", "/connexion", nobody, signIn, "identifiant", "", "Indiquez votre identifiant", "identifiant"},
			{"sign-in without password", "/connexion", nobody, signIn, "mot_de_passe", "", "Indiquez votre mot de passe", "mot_de_passe"},
			{"sign-in, identifiant over-long", "/connexion", nobody, signIn, "identifiant", long, "200 caractères au plus", "identifiant"},
			{"sign-in, password over-long", "/connexion", nobody, signIn, "mot_de_passe", long, "200 caractères au plus", "mot_de_passe"},
			{"sign-in, script", "/connexion", nobody, signIn, "identifiant", script, "ne vont pas ensemble", ""},
			{"sign-in, NUL", "/connexion", nobody, signIn, "identifiant", nul, "ne peuvent pas être enregistrés", ""},
			{"sign-in, wrong password", "/connexion", nobody, signIn, "mot_de_passe", "Mauvais123", "ne vont pas ensemble", ""},
			{"lost without identifiant", "/mot-de-passe-perdu", nobody, lost, "identifiant", "", "Indiquez votre identifiant", "identifiant"},
			{"lost without address", "/mot-de-passe-perdu", nobody, lost, "mail", "", "Indiquez l’adresse mail", "mail"},
			{"lost, no address", "/mot-de-passe-perdu", nobody, lost, "mail", "claire", "adresse mail complète", "mail"},
			{"lost, identifiant over-long", "/mot-de-passe-perdu", nobody, lost, "identifiant", long, "200 caractères au plus", "identifiant"},
			{"lost, address over-long", "/mot-de-passe-perdu", nobody, lost, "mail", long + "@exemple.fr", "254 caractères au plus", "mail"},
			{"lost, script", "/mot-de-passe-perdu", nobody, lost, "mail", script, "adresse mail complète", "mail"},
			{"lost, NUL", "/mot-de-passe-perdu", nobody, lost, "mail", nul, "ne peuvent pas être enregistrés", ""},
			{"change without current", "/mot-de-passe", family, change, "actuel", "", "Indiquez votre mot de passe actuel", "actuel"},
			{"change without new", "/mot-de-passe", family, change, "nouveau", "", "Choisissez un mot de passe", "nouveau"},
			{"change without repetition", "/mot-de-passe", family, change, "confirmation", "", "ne sont pas les mêmes", "confirmation"},
			{"change, new over-long", "/mot-de-passe", family, change, "nouveau", long, "200 caractères au plus", "nouveau"},
			{"change, NUL", "/mot-de-passe", family, change, "nouveau", nul, "ne peuvent pas être enregistrés", ""},
			{"change, wrong current", "/mot-de-passe", family, change, "actuel", "Mauvais123", "pas votre mot de passe actuel", "actuel"},
			{"change, script", "/mot-de-passe", family, change, "actuel", script, "pas votre mot de passe actuel", "actuel"},
			{"identifiant empty", "/mot-de-passe/identifiant", family, nil, "identifiant", "", "De 4 à 40", "identifiant"},
			{"identifiant over-long", "/mot-de-passe/identifiant", family, nil, "identifiant", long, "De 4 à 40", "identifiant"},
			{"identifiant, script", "/mot-de-passe/identifiant", family, nil, "identifiant", script, "De 4 à 40", "identifiant"},
			{"identifiant, NUL", "/mot-de-passe/identifiant", family, nil, "identifiant", nul, "ne peuvent pas être enregistrés", ""},
			{"identifiant taken", "/mot-de-passe/identifiant", family, nil, "identifiant", "Odile@exemple.fr", "déjà pris", "identifiant"},
		} {
			p := c.who.post(c.path, append(append([]string{}, c.form...), c.field, c.value)...)
			if p.StatusCode != 422 || !strings.Contains(p.text(), c.says) {
				t.Errorf("%s: got %d %s", c.what, p.StatusCode, p.text())
			}
			if c.at != "" && (p.Find("#"+c.at).AttrOr("aria-invalid", "") != "true" || p.Find(`a[href="#`+c.at+`"]`).Length() != 1) {
				t.Errorf("%s: no message at the field %s", c.what, c.at)
			}
			if c.says != "ne peuvent pas être enregistrés" && !strings.HasPrefix(p.Find("title").Text(), "Erreur") {
				t.Errorf("%s: the title is %q", c.what, p.Find("title").Text())
			}
			if strings.Contains(p.body, script) {
				t.Errorf("%s: the script stands in the page", c.what)
			}
		}
		if kept := nobody.post("/mot-de-passe-perdu", "identifiant", "MOREAU-4821", "mail", "").Find("#identifiant").AttrOr("value", ""); kept != "MOREAU-4821" {
			t.Errorf("what was typed comes back as %q", kept)
		}
	})
}
