package web_test

import (
	"html"
	"net/url"
	"slices"
	"strings"
	"testing"

	"pupitre/internal/web"
)

// typedForm is a form of the site as a visitor fills it in properly.
type typedForm struct {
	route     string
	who       visitor
	fill      func(c *scene, who visitor) filling
	mandatory []string // left empty, each is refused
	texts     []string // what is typed freely; the rest is ticked, chosen or hidden
	secret    bool     // what is typed is never shown again
	keeps     bool     // a refused step of the draft keeps what could be
	free      bool     // over-long is cut short or ignored, not refused
}

// What nobody types, and what some do.
const script = `<script>alert(1)</script>`

var (
	overLong = strings.Repeat("long ", 1000)
	enormous = strings.Repeat("énorme ", 100_000/8)
	unstored = []string{"nul\x00caractère", "texte \xff\xfe cassé"} // no database keeps them
)

// hidden fields are written by the page itself: without them it starts anew.
var hidden = []string{"version", "lignes", "eleve", "formule", "pole", "responsable", "demande"}

// TestBadInputIsRefusedInFrench posts each form with each field empty,
// over-long, and with characters that no keyboard types: refused with a
// sentence, nothing written, the other fields as they were typed. A script is
// shown as text.
func TestBadInputIsRefusedInFrench(t *testing.T) {
	t.Run("every form is here", func(t *testing.T) {
		known := map[string]bool{}
		for _, f := range typedForms {
			known[f.route] = true
		}
		for _, r := range web.SiteMap(pages(nil, nil)) {
			if r.Method == "POST" && !known[r.Pattern()] && !slices.Contains(withoutFields, r.Pattern()) {
				t.Errorf("%s: say in typedForms what is typed there, or in withoutFields that nothing is", r.Pattern())
			}
		}
	})
	seededOnSQLite(t, func(s *seeded) {
		c := newScene(s)
		for _, f := range typedForms {
			c.tryForm(f)
		}
		c.noScriptRuns()
	})
}

func (c *scene) tryForm(f typedForm) {
	c.Helper()
	proper := c.request(row{route: f.route, fill: f.fill}, f.who)
	before := c.writes()
	for _, name := range f.mandatory {
		c.refused(f, proper, name, "", "left empty")
	}
	for _, name := range f.texts {
		if !f.free {
			c.refused(f, proper, name, overLong, "over-long")
		}
		c.refused(f, proper, name, enormous, "enormous")
		for _, text := range unstored {
			c.refused(f, proper, name, text, "of strange characters")
		}
	}
	var kept []string
	if f.keeps {
		kept = []string{"dossier", "journal", "application"}
	}
	c.unchanged(f.route+", refused", before, kept...)
	for _, name := range f.texts {
		asked := c.request(row{route: f.route, fill: f.fill}, f.who)
		asked.form = with(asked.form, name, script)
		c.showsNoScript(f, name, asked.cookie, c.ask(asked))
	}
}

// with is the form with one value changed.
func with(form url.Values, name, value string) url.Values {
	changed := url.Values{}
	for n, values := range form {
		changed[n] = slices.Clone(values)
	}
	changed.Set(name, value)
	return changed
}

// refused posts the proper form with one field changed.
func (c *scene) refused(f typedForm, proper request, name, value, how string) {
	c.Helper()
	asked := proper
	asked.form = with(proper.form, name, value)
	answer := c.ask(asked)
	c.isRefusal(f.route+", "+name+" "+how, answer)
	if answer.status != 422 || f.secret || slices.Contains(hidden, name) || len(value) >= len(enormous) || slices.Contains(unstored, value) {
		return
	}
	body := html.UnescapeString(answer.body)
	for _, other := range f.texts {
		if typed := proper.form.Get(other); other != name && typed != "" && !strings.Contains(body, typed) {
			c.Errorf("%s, %s %s: %s does not come back: %q%s", f.route, name, how, other, typed, said(answer))
		}
	}
}

// isRefusal fails unless the answer is a page that says in French what is wrong.
func (c *scene) isRefusal(what string, answer reply) {
	c.Helper()
	failed := c.log.take()
	switch {
	case answer.status < 400 || answer.status >= 500 || strings.Contains(failed, "request failed"):
		c.Errorf("%s: got %d %s%s %s", what, answer.status, answer.location, said(answer), failed)
	case !strings.Contains(answer.body, `lang="fr"`) || len(said(answer)) < 20:
		c.Errorf("%s: %d without a sentence in French: %.300s", what, answer.status, answer.body)
	}
}

// showsNoScript reads the answer, or the page that it leads to.
func (c *scene) showsNoScript(f typedForm, name, cookie string, answer reply) {
	c.Helper()
	if failed := c.log.take(); answer.status >= 500 || strings.Contains(failed, "request failed") {
		c.Errorf("%s, a script in %s: got %d %s", f.route, name, answer.status, failed)
	}
	if strings.Contains(answer.body, script) {
		c.Errorf("%s, a script in %s: it comes back as it is", f.route, name)
	}
	if answer.status == 303 {
		shown := c.ask(request{path: answer.location, cookie: cookie})
		if strings.Contains(shown.body, script) {
			c.Errorf("%s, a script in %s: %s shows it as it is", f.route, name, answer.location)
		}
	}
}

// noScriptRuns reads the pages that show what families and the office have typed.
func (c *scene) noScriptRuns() {
	c.Helper()
	dossier := c.text(`select id from dossier where pupil_id = $1`, c.draft)
	office := []string{
		"/bureau/dossiers", "/bureau/dossiers?file=tous", "/bureau/dossiers/" + dossier, "/bureau/dossiers/" + dossier + "/journal",
		"/bureau/familles/" + c.own, "/bureau/recherche?q=script", "/bureau/recherche?q=" + url.QueryEscape(script), "/bureau/sans-reponse",
		"/bureau/mails", "/bureau/identifiants", "/bureau/dossier-papier?q=" + url.QueryEscape(script),
	}
	escaped := 0
	for who, paths := range map[visitor][]string{secretary: office, ownFamily: c.familyPages()} {
		for _, path := range paths {
			answer := c.ask(request{path: path, cookie: c.as(who, c.own)})
			if answer.status >= 500 || strings.Contains(answer.body, script) {
				c.Errorf("%s: got %d, and shows a script as it is: %t", path, answer.status, strings.Contains(answer.body, script))
			}
			if strings.Contains(answer.body, html.EscapeString(script)) {
				escaped++
			}
		}
	}
	if escaped < 4 {
		c.Errorf("what was typed shows on %d pages only: this test reads the wrong ones", escaped)
	}
}

// TestStrangePathsAndQueriesAreNotFound asks for each page with values in its
// path, and each query, that no database keeps.
func TestStrangePathsAndQueriesAreNotFound(t *testing.T) {
	strange := []string{"a\x00b", "\xff\xfe", strings.Repeat("a", 4000), script, unknownID, hugeText}
	eachSeeded(t, func(s *seeded) {
		c := newScene(s)
		before := c.writes()
		for _, r := range table {
			method, path, _ := strings.Cut(r.route, " ")
			for _, who := range []visitor{nobody, ownFamily, secretary} {
				if refused(r.want[who]) && r.want[who] != 404 {
					continue
				}
				for _, value := range strange {
					if !strings.Contains(path, "{") || strings.HasSuffix(path, "{$}") {
						continue
					}
					asked := request{method: method, path: inPath.ReplaceAllLiteralString(path, url.PathEscape(value)), cookie: c.as(who, c.own)}
					answer := c.ask(asked)
					if answer.status == 301 || answer.status == 307 || answer.status == 308 {
						continue // ServeMux cleans the path first
					}
					c.isRefusal(string(who)+" "+method+" "+path+" with "+shortened(value), answer)
					if strings.Contains(answer.body, script) {
						c.Errorf("%s with %s: shows it as it is", path, shortened(value))
					}
				}
			}
		}
		c.unchanged("strange paths", before)
		for who, queries := range map[visitor][]string{
			nobody:    {"/connexion?suite=", "/mot-de-passe-perdu?identifiant="},
			ownFamily: {"/eleves?eleve=", "/famille/importer?document=", "/famille/importer?document=quotient-familial&eleve=", "/reinscription/envoi?ordre=", "/reinscription/confirmation?eleves=", "/reinscription/attente?eleves=", "/reinscription/attente?serveur=x&arrivee=", "/famille/identite?suite=", "/eleves/" + c.sent + "/reinscription/changer?formule=", "/eleves/" + c.sent + "/reinscription/renoncer?demande="},
			secretary: {"/bureau/recherche?q=", "/bureau/dossiers?file=", "/bureau/dossiers?page=", "/bureau/dossiers?tri=", "/bureau/dossiers?pole=", "/bureau/dossiers?formule=", "/bureau/dossiers?piece=", "/bureau/dossiers?q=", "/bureau/dossier-papier?eleve=", "/bureau/familles/" + c.own + "/importer?document=", "/bureau/familles/" + c.own + "/importer?document=formulaire&eleve=", "/bureau/familles/" + c.own + "/importer?suite=", "/bureau/dossier-papier?q=", "/bureau/foyers?depuis=", "/bureau/foyers?apres=", "/bureau/eleves?avant=", "/bureau/a-verifier?apres=", "/bureau/eleves/" + c.sent + "/foyers?q=", "/bureau/familles/" + c.own + "/fusion?q=", "/bureau/familles/" + c.own + "/fusion?avec=", "/bureau/familles/" + c.own + "/fusion?garde=x&avec=" + c.other + "&personne_1=", "/bureau/sans-reponse?page=", "/bureau/dossiers/" + c.usual("id") + "?piece=", "/bureau/dossiers/" + c.usual("id") + "/cours?formule="},
		} {
			for _, query := range queries {
				for _, value := range strange {
					answer := c.ask(request{path: query + url.QueryEscape(value), cookie: c.as(who, c.own)})
					if failed := c.log.take(); answer.status >= 500 || strings.Contains(failed, "request failed") || strings.Contains(answer.body, script) {
						c.Errorf("%s%s: got %d %s", query, shortened(value), answer.status, failed)
					}
				}
			}
		}
		c.unchanged("strange queries", before)
	})
}

func shortened(value string) string { return url.QueryEscape(value[:min(len(value), 20)]) }
