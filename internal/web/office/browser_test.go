package office_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"pupitre/internal/browser"
	"pupitre/internal/domain/enrolment"
	"pupitre/internal/web/assets/axe"
	"pupitre/internal/web/door"
)

// browse serves the rig and opens a page already signed in.
func (r *rig) browse() (*browser.Page, string) {
	r.T.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if _, err := req.Cookie(door.SessionCookie); err != nil {
			req.AddCookie(&http.Cookie{Name: door.SessionCookie, Value: r.token})
		}
		r.handler.ServeHTTP(w, req)
	}))
	r.T.Cleanup(server.Close)
	p := browser.Start(r.T).Page()
	p.Viewport(1440, 900)
	return p, server.URL
}

// A secretary clears dossiers by keyboard alone: no click in this test.
func TestADossierIsClearedByKeyboard(t *testing.T) {
	r := sqlite(t)
	augustin := r.augustin()
	zoe := r.Family("BRAUD-6463", "Zoé").Prepare("prelevement").Choose("cursus", "L-BATTERIE", "L-CHOEUR-ENFANTS")
	zoe.Deposit("rib")
	zoe.Deposit("mandat")
	zoe.Send()
	p, site := r.browse()
	p.Open(site + "/bureau/dossiers")
	p.Press("j", "j", "k")
	p.Press("Enter")
	p.WaitForText("D-0001 · rang 1")

	p.Press("v")
	p.WaitForText("RIB validé")
	p.Press("u")
	p.WaitForText("Validation annulée")
	p.Press("v")
	p.WaitForText("RIB validé")
	p.Press("v")
	p.WaitForText("Pièces obligatoires validées")
	p.Press("v")
	p.WaitForText("D-0001 inscrit")
	p.WaitForText("Zoé Braud")
	r.state(augustin, enrolment.Enrolled)

	// R alone sends nothing without a reason; 4 leads to the words to write,
	// where letters are letters.
	p.Press("r")
	p.Press("4")
	p.Type("#precision", "vérifier la signature")
	r.state(zoe, enrolment.Complete)
	p.Press("Enter")
	p.WaitForText("RIB refusé")
	r.state(zoe, enrolment.PaperRefused)
	p.Press("u")
	p.WaitForText("Refus annulé")
	r.state(zoe, enrolment.Complete)
	p.Press("1", "r")
	p.WaitForText("RIB refusé")
	r.state(zoe, enrolment.PaperRefused)
	p.WaitForText("Mandat de prélèvement")

	p.Press("?")
	p.WaitFor("dialog#touches[open]")
	p.Press("Escape")
	p.Press("/")
	p.Press("j")
	if errors := p.Errors(); len(errors) > 0 {
		t.Errorf("the browser complains: %s", strings.Join(errors, "\n"))
	}
}

// X ticks the rows of those ready; Enter on the button confirms them.
func TestTickingRowsByKeyboard(t *testing.T) {
	r := sqlite(t)
	mathis := r.mathis()
	p, site := r.browse()
	p.Open(site + "/bureau/dossiers?file=prets")
	p.Press("j", "x")
	p.WaitFor("input[name=s]:checked")
	if n := browser.Eval[int](p, `document.querySelectorAll("input[name=s]:checked").length`); n != 1 {
		t.Fatalf("%d rows ticked, want 1", n)
	}
	browser.Eval[bool](p, `(() => { [...document.querySelectorAll("main button")].find(b => b.textContent.includes("Confirmer la sélection")).focus(); return true })()`)
	p.Press("Enter")
	p.WaitForText("1 famille reçoit un mail")
	p.Press("v")
	p.WaitForText("1 inscription confirmée")
	r.state(mathis, enrolment.Enrolled)
	p.Press("u")
	p.WaitForText("1 confirmation annulée")
	r.state(mathis, enrolment.Complete)
	p.Open(site + "/bureau/dossiers/a-confirmer?tous=oui")
	p.Press("v")
	p.WaitForText("1 inscription confirmée")
	r.state(mathis, enrolment.Enrolled)
}

// The states of pages that a query opens break no rule of accessibility, light
// and dark, and fit a phone; the scenarios judge every page of the site map.
func TestStatesOfPagesAreAccessible(t *testing.T) {
	r := sqlite(t)
	offering := waiters(r)
	jules := r.Family("BOURCIER-2628", "Jules").Prepare()
	p, site := r.browse()
	for _, path := range []string{
		"/bureau/dossiers?file=prets", "/bureau/dossiers?file=attente-famille", offering, "/bureau/recherche?q=aubry",
		"/bureau/dossier-papier?eleve=" + jules.Pupil.ID + "&formule=" + r.Programme("cursus") + "&pole=" + r.Site("L-PIANO"),
	} {
		for _, look := range []struct {
			width int
			dark  bool
		}{{1440, false}, {1440, true}, {390, false}} {
			p.Viewport(look.width, 900)
			p.Dark(look.dark)
			p.Open(site + path)
			for _, v := range p.Axe(axe.Source) {
				t.Errorf("%s, %d px, dark %v: %s", path, look.width, look.dark, v)
			}
			p.NoHorizontalOverflow()
		}
		if errors := p.Errors(); len(errors) > 0 {
			t.Errorf("%s: the browser complains: %s", path, strings.Join(errors, "\n"))
		}
	}
}
