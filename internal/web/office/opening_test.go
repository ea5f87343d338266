package office_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"pupitre/internal/domain/actor"
	"pupitre/internal/web/door"
)

func TestTheOpeningAsItGoes(t *testing.T) {
	r := sqlite(t)
	r.token = r.signIn(actor.Director, "Marc Kervella")
	none := r.get("/bureau/ouverture")
	r.says(none, "main", "Aucun dossier complet dans les 20 dernières minutes.")
	is(t, "it renews itself", none.Find("#direct[hx-get='/bureau/ouverture'][hx-trigger='every 5s']").Length(), 1)

	r.augustin()
	r.mathis()
	sent := r.Clock.Now()
	p := r.get("/bureau/ouverture")
	r.says(p, ".chapeau", "2dossiers avec un rang")
	r.says(p, ".chapeau", "1depuis le début de la minute")
	r.says(p, "figure", "2 dossiers complets dans les 20 dernières minutes")
	is(t, "bars, one a minute", p.Find("figure rect").Length(), 20)
	is(t, "minutes in the table, the last first", p.Find("figure tbody tr").Length(), 2)
	label, _ := p.Find("figure svg").Attr("aria-label")
	if !strings.HasPrefix(label, "2 dossiers complets") {
		t.Errorf("a screen reader hears %q", label)
	}
	r.Clock.Set(sent.Add(21 * time.Minute))
	r.says(r.get("/bureau/ouverture"), ".chapeau", "0depuis le début de la minute")
	stopped := r.get("/bureau/ouverture?fixe=oui")
	is(t, "stopped, it does not renew itself", stopped.Find("[hx-get]").Length(), 0)
	r.says(stopped, "main", "Reprendre l’actualisation")
	r.says(r.get("/bureau/places"), "main", "L’ouverture en direct")

	fragment := r.fragment("/bureau/ouverture")
	if strings.Contains(fragment, "<html") || !strings.HasPrefix(fragment, `<div class="pile" id="direct"`) {
		t.Errorf("the fragment is %.200s", fragment)
	}

	r.token = r.signIn(actor.Secretary, "Anne Morin")
	is(t, "the secretariat has no link to it", r.get("/bureau/places").Find("a[href='/bureau/ouverture']").Length(), 0)
}

// fragment is what htmx is answered.
func (r *rig) fragment(path string) string {
	r.T.Helper()
	req := httptest.NewRequest("GET", path, nil)
	req.Header.Set("HX-Request", "true")
	req.AddCookie(&http.Cookie{Name: door.SessionCookie, Value: r.token})
	w := httptest.NewRecorder()
	r.handler.ServeHTTP(w, req)
	return w.Body.String()
}
