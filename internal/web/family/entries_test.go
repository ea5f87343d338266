package family_test

import (
	"slices"
	"strings"
	"testing"
)

// words is the text as one reads it.
func words(text string) string { return strings.Join(strings.Fields(text), " ") }

// R7: the entries and what stands above them, word for word; and each leads to a page.
func TestTheEntriesOfThePortal(t *testing.T) {
	sqlite(t, func(s *site) {
		v := s.as(moreau)
		home := v.get("/accueil")
		home.says(t, "Portail pour les usagers")
		for _, menu := range []string{"nav.nav", "nav.nav-bas"} {
			var entries []string
			for _, a := range home.Find(menu + " a").EachIter() {
				entries = append(entries, words(a.Text()))
				if p := v.get(a.AttrOr("href", "")); p.code != 200 && p.code != 303 {
					t.Errorf("« %s » leads to %d", words(a.Text()), p.code)
				}
			}
			if want := []string{"Accueil", "Famille", "Élèves", "Factures"}; !slices.Equal(entries, want) {
				t.Errorf("%s: want %q, got %q", menu, want, entries)
			}
		}
		for word, path := range map[string]string{"Accessibilité": "/accessibilite", "Mot de passe": "/mot-de-passe"} {
			found := false
			for _, a := range home.Find("header a.outil").EachIter() {
				found = found || words(a.Text()) == word && a.AttrOr("href", "") == path
			}
			if !found {
				t.Errorf("no « %s » above the entries", word)
			}
		}
		if out := home.Find(`header form[action="/deconnexion"]`); words(out.Text()) != "Se déconnecter" {
			t.Errorf("« Se déconnecter »: got %q", words(out.Text()))
		}
	})
}

// R10, R37: a new pupil of the household is added from its own pages, and then
// takes the ordinary path; one that it has already is not added twice.
func TestANewPupilIsAddedToTheHousehold(t *testing.T) {
	sqlite(t, func(s *site) {
		v := s.as(moreau)
		if link := v.get("/accueil").Find(`a[href="/eleves/nouveau"]`); words(link.Text()) != "Inscrire un frère, une sœur" {
			t.Errorf("the way to a new pupil: got %q", words(link.Text()))
		}
		added := v.post("/eleves/nouveau", "prenom", "Noé", "nom", "Moreau", "date_naissance", "21/08/2021", "niveau", "CP")
		if added.code != 303 || !strings.HasSuffix(added.to(), "/reinscription") {
			t.Fatalf("got %d to %s", added.code, added.to())
		}
		if p := v.post("/eleves/nouveau", "prenom", "NOE", "nom", "moreau", "date_naissance", "21/08/2021", "niveau", "CP"); p.code != 422 || !strings.Contains(p.text(), "déjà parmi vos élèves") {
			t.Errorf("the same pupil again: got %d", p.code)
		}
	})
}
