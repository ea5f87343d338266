package family_test

import (
	"flag"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pupitre/internal/browser"
	"pupitre/internal/platform/db/dbtest"
	"pupitre/internal/web/assets/axe"
	"pupitre/internal/web/door"
)

var pictures = flag.String("pictures", "", "folder to write a screenshot of every page to")

const policy = "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; frame-src 'self' blob:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'"

// served is the portal on a port, for a browser signed in as login.
func (s *site) served(login string) string {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", policy)
		if strings.HasPrefix(r.URL.Path, "/favicon") {
			w.WriteHeader(http.StatusNoContent)
			return
		}
		r.AddCookie(&http.Cookie{Name: door.SessionCookie, Value: login})
		s.handler.ServeHTTP(w, r)
	}))
	s.t.Cleanup(server.Close)
	return server.URL
}

// TestPagesInABrowser opens every page of a family whose pupils stand
// differently, on a phone and on a wide screen.
func TestPagesInABrowser(t *testing.T) {
	s := newSite(t, dbtest.SQLite(t))
	v, lucie, malo, claire := s.as(moreau), s.pupil(moreau, "Lucie"), s.pupil(moreau, "Malo"), s.pupil(moreau, "Claire")
	wizard := "/eleves/" + lucie + "/reinscription"
	send := walk(s, v, lucie)
	url := s.served(moreau)
	b := browser.Start(t).Page()
	check := func(paths ...string) {
		for _, path := range paths {
			look(t, b, url, path)
		}
	}
	check("/accueil", "/famille/identite", wizard+"/famille", wizard+"/eleve", wizard+"/cours", wizard+"/cours?formule=choisir", wizard+"/pieces", wizard+"/envoi")
	identity := v.get("/famille/identite")
	v.submit(identity, "/famille/identite", "moyens", "prelevement")
	check("/famille/documents", "/famille/importer?document=rib", "/eleves/"+lucie+"/documents", "/factures",
		"/eleves/"+malo+"/identite", "/eleves/"+malo+"/cours", "/eleves/"+claire+"/reinscription/eleve", "/telechargements/texte-reglement")
	v.submit(send, wizard+"/envoi", "accord", "oui")
	check(wizard + "/confirmation")
	v.upload("/famille/importer", "rib", map[string][]byte{"rib.png": photo(t, 10)})
	v.upload("/famille/importer", "mandat", map[string][]byte{"mandat.png": photo(t, 20)})
	other := ""
	for _, q := range s.registration(moreau, lucie).Requests {
		other = q.ID
	}
	check("/accueil", "/famille/documents", wizard, wizard+"/confirmation", wizard+"/changer", wizard+"/renoncer", wizard+"/renoncer?demande="+other, "/reinscription/envoi")
	s.ready(moreau, "Malo", "GS", "eveil", "L-EVEIL-1")
	s.places("L-EVEIL-1", 0)
	check("/reinscription/envoi", "/eleves/"+malo+"/reinscription/cours")
	v.send(malo)
	check("/eleves/" + malo + "/reinscription/confirmation")
	s.places("L-EVEIL-1", 1)
	offered := s.registration(moreau, malo).Requests[0].ID
	check("/accueil", "/eleves/"+malo+"/reinscription", "/eleves/"+malo+"/offres/"+offered, "/offre/"+s.secret("place_offered"))
}

// TestRefusedFormsInABrowser judges the pages that only a POST shows.
func TestRefusedFormsInABrowser(t *testing.T) {
	s := newSite(t, dbtest.SQLite(t))
	lucie := s.ready(moreau, "Lucie", "6e", "cursus", "L-VIOLONCELLE", "L-CORDES")
	wizard := "/eleves/" + lucie + "/reinscription"
	url := s.served(moreau)
	b := browser.Start(t).Page()
	b.Viewport(390, 900)
	judge := func(what, says string) {
		t.Helper()
		b.WaitForText(says)
		b.NoHorizontalOverflow()
		b.Viewport(390, browser.Eval[int](b, "document.documentElement.scrollHeight"))
		for _, violation := range b.Axe(axe.Source) {
			t.Errorf("%s: %s", what, violation)
		}
		if *pictures != "" {
			b.Screenshot(filepath.Join(*pictures, "post-"+what+".png"))
		}
		b.Viewport(390, 900)
	}
	b.Open(url + "/famille/identite")
	b.Type("#code_postal", "4443")
	b.Type("#nom", "")
	b.ClickText("Enregistrer")
	judge("identity", "2 champs à corriger")
	if focus := browser.Eval[string](b, "document.activeElement.className"); !strings.Contains(focus, "message") {
		t.Errorf("the focus is on %q, want the summary", focus)
	}
	b.Open(url + wizard + "/eleve")
	b.Click("input[name=administrative]")
	b.ClickText("Continuer")
	judge("pupil", "Cochez « Réinscription administrative »")
	b.Open(url + wizard + "/envoi")
	b.ClickText("Valider")
	judge("send", "Il reste à compléter avant de valider")
	b.Open(url + "/famille/importer?document=quotient-familial")
	b.ClickText("Importer")
	judge("deposit", "Le document n’a pas été importé")
	b.Open(url + wizard + "/eleve")
	b.Click("input[name=administrative]")
	b.ClickText("Continuer")
	b.WaitForText("Les cours de Lucie")
	s.as(moreau).send(lucie)
	b.Open(url + wizard + "/changer")
	b.ClickText("Alto")
	b.ClickText("Voir ce que cela change")
	judge("change", "Avant de valider")
}

// TestChoosingAndImportingInABrowser is what the style sheet and the script add.
func TestChoosingAndImportingInABrowser(t *testing.T) {
	s := newSite(t, dbtest.SQLite(t))
	lucie := s.ready(moreau, "Lucie", "6e", "cursus", "L-VIOLONCELLE", "L-CORDES")
	wizard := "/eleves/" + lucie + "/reinscription"
	url := s.served(moreau)
	b := browser.Start(t).Page()
	b.Open(url + wizard + "/cours")
	shown := func(pole string) int {
		return browser.Eval[int](b, `[...document.querySelectorAll('label[data-pole="`+pole+`"]')].filter(e => e.offsetParent).length`)
	}
	if shown("loire") == 0 || shown("sevre") != 0 {
		t.Errorf("pole Loire chosen: %d courses of Loire and %d of Sèvre are shown", shown("loire"), shown("sevre"))
	}
	b.ClickText("Pôle Sèvre")
	if shown("loire") != 0 || shown("sevre") == 0 {
		t.Errorf("pole Sèvre chosen: %d courses of Loire and %d of Sèvre are shown", shown("loire"), shown("sevre"))
	}
	// What stays ticked at the other pole is given up, and said.
	b.ClickText("Continuer")
	b.WaitForText("Ce qui était coché ailleurs est retiré")

	file := filepath.Join(t.TempDir(), "caf.png")
	s.must(os.WriteFile(file, photo(t, 1), 0o600))
	b.Open(url + "/famille/importer?document=quotient-familial")
	b.Upload("input[name=fichier]", file)
	b.ClickText("Importer")
	b.WaitForText("est importé")
	b.WaitForText("caf.png")
	if got := b.URL(); got != url+"/famille/documents" {
		t.Errorf("the address is %s", got)
	}
	for _, e := range b.Errors() {
		if !strings.Contains(e, "/couleur/") && !strings.Contains(e, "422") {
			t.Errorf("an error in the browser: %s", e)
		}
	}
}

// look opens the page at both widths: no violation, nothing sticking out.
func look(t *testing.T, b *browser.Page, url, path string) {
	t.Helper()
	for _, width := range []int{390, 1440} {
		b.Viewport(width, 900)
		b.Open(url + path)
		b.NoHorizontalOverflow()
		if *pictures != "" {
			name := strings.NewReplacer("/", "_", "?", "-", "=", "-", "&", "-").Replace(strings.Trim(path, "/"))
			b.Screenshot(filepath.Join(*pictures, name+map[int]string{390: "", 1440: "-large"}[width]+".png"))
		}
		if width > 390 && path != "/accueil" && path != "/famille/documents" {
			continue // the same elements, wider
		}
		// As tall as the page, so that the bar at the bottom covers nothing.
		b.Viewport(width, browser.Eval[int](b, "document.documentElement.scrollHeight"))
		for _, violation := range b.Axe(axe.Source) {
			t.Errorf("%s at %d px: %s", path, width, violation)
		}
		for _, e := range b.Errors() {
			if !strings.Contains(e, "/couleur/") {
				t.Errorf("%s: %s", path, e)
			}
		}
	}
}
