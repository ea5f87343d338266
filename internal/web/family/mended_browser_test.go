package family_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pupitre/internal/browser"
	"pupitre/internal/platform/db/dbtest"
)

func TestAFileTooBigIsToldAtItsField(t *testing.T) {
	s := newSite(t, dbtest.SQLite(t))
	url := s.served(moreau)
	b := browser.Start(t).Page()
	b.Viewport(390, 844)
	big := filepath.Join(t.TempDir(), "scan.pdf")
	s.must(os.WriteFile(big, make([]byte, 10<<20+1), 0o600))
	b.Open(url + "/famille/importer?document=quotient-familial")
	b.Upload("input[name=fichier]", big)
	b.ClickText("Importer")
	b.WaitForText("scan.pdf pèse 10,1 Mo : 10 Mo au maximum")
	if got := browser.Eval[string](b, "document.activeElement.name + ' ' + document.activeElement.getAttribute('aria-invalid')"); got != "fichier true" {
		t.Errorf("the focus is on %q, want the field, invalid", got)
	}
	if !browser.Eval[bool](b, `(() => {
		const m = document.getElementById('fichier-e'), r = m.getBoundingClientRect();
		return r.top >= 0 && r.bottom <= innerHeight && !!m.querySelector('[role=alert]') && !!m.closest('.depot.faux')
			&& document.querySelector('[data-envoi-etat]').hidden;
	})()`) {
		t.Errorf("the message is not in view, red, announced, alone: %s", b.HTML())
	}
	small := filepath.Join(t.TempDir(), "caf.png")
	s.must(os.WriteFile(small, photo(t, 3), 0o600))
	b.Upload("input[name=fichier]", small)
	b.WaitGone("#fichier-e")
	b.ClickText("Importer")
	b.WaitForText("est importé")
}

// TestBackAfterARefusedForm goes back to the form, not to the browser's page
// about a form sent twice.
func TestBackAfterARefusedForm(t *testing.T) {
	s := newSite(t, dbtest.SQLite(t))
	url := s.served(moreau)
	b := browser.Start(t).Page()
	b.Open(url + "/famille/identite")
	b.Type("#nom", "")
	b.ClickText("Enregistrer")
	b.WaitForText("à corriger")
	b.ClickText("Accueil")
	b.WaitForText("choses à faire")
	browser.Eval[bool](b, "(history.back(), true)")
	b.WaitFor("#nom")
	if got := b.URL(); got != url+"/famille/identite" {
		t.Errorf("back leads to %s", got)
	}
}

// TestReflowWithTheLargestLetters holds at 320 px what WCAG 1.4.10 asks.
func TestReflowWithTheLargestLetters(t *testing.T) {
	s := newSite(t, dbtest.SQLite(t))
	lucie := s.ready(moreau, "Lucie", "6e", "cursus", "L-VIOLONCELLE", "L-CORDES")
	s.places("L-VIOLONCELLE", 0)
	wizard := "/eleves/" + lucie + "/reinscription"
	url := s.served(moreau)
	b := browser.Start(t).Page()
	b.Viewport(320, 800)
	all := func(paths ...string) {
		t.Helper()
		for _, path := range paths {
			b.Open(url + path)
			browser.Eval[bool](b, `(() => { const d = document.documentElement.dataset; d.police = 'dys'; d.texte = 'tres-grand'; return true })()`)
			browser.Eval[bool](b, `document.fonts.ready.then(() => true)`)
			b.NoHorizontalOverflow()
			if *pictures != "" {
				b.Screenshot(filepath.Join(*pictures, "dys-"+strings.NewReplacer("/", "_", "?", "-", "=", "-").Replace(strings.Trim(path, "/"))+".png"))
			}
		}
	}
	all("/accueil", "/famille/identite", "/famille/documents", "/famille/importer", wizard+"/famille", wizard+"/eleve", wizard+"/cours",
		wizard+"/cours?formule=choisir", wizard+"/pieces", wizard+"/envoi", "/reinscription/envoi")
	s.as(moreau).send(lucie)
	all(wizard+"/confirmation", wizard, wizard+"/changer", wizard+"/renoncer", "/eleves/"+lucie+"/identite", "/eleves/"+lucie+"/cours", "/factures")
}
