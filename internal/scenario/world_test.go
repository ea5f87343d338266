package scenario_test

import (
	"bytes"
	"errors"
	"html"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	seed "pupitre/internal/demo"
	"pupitre/internal/domain/actor"
)

// world is what the demonstration school holds, for addresses that name something.
type world struct {
	url    string
	values map[string]string
	office *session
}

// session reads pages without a browser, signed in or not.
type session struct {
	t      testing.TB
	url    string
	client *http.Client
}

func newSession(t testing.TB, url string) *session {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &session{t, url, &http.Client{Jar: jar, Timeout: patience}}
}

func (r *session) signIn(login, password string) *session {
	r.t.Helper()
	if page := r.send("/connexion", url.Values{"identifiant": {login}, "mot_de_passe": {password}}); !strings.Contains(page, "/deconnexion") {
		r.t.Fatalf("%s cannot sign in:\n%.2000s", login, page)
	}
	return r
}

// read returns the page, its entities decoded.
func (r *session) read(path string) string {
	r.t.Helper()
	return r.body(r.client.Get(r.url + path))
}

func (r *session) send(path string, form url.Values) string {
	r.t.Helper()
	return r.body(r.client.PostForm(r.url+path, form))
}

// upload sends a file with a field, and returns where the answer leads.
func (r *session) upload(path, field, value, fileField, name, content string) string {
	r.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile(fileField, name)
	if err == nil {
		_, err = io.WriteString(part, content)
	}
	if err = errors.Join(err, form.WriteField(field, value), form.Close()); err != nil {
		r.t.Fatal(err)
	}
	answer, err := r.client.Post(r.url+path, form.FormDataContentType(), &body)
	r.body(answer, err)
	return answer.Request.URL.Path
}

func (r *session) body(answer *http.Response, err error) string {
	r.t.Helper()
	if err != nil {
		r.t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode >= 400 {
		r.t.Fatalf("%s: %s, %v", answer.Request.URL, answer.Status, err)
	}
	return html.UnescapeString(string(body))
}

// find returns what the expression's last group matches in the page first.
func (r *session) find(path, expression string) string {
	r.t.Helper()
	page := r.read(path)
	match := regexp.MustCompile(expression).FindStringSubmatch(page)
	if match == nil {
		r.t.Fatalf("%s holds nothing like %s:\n%.3000s", path, expression, page)
	}
	return match[len(match)-1]
}

const someID = `[0-9a-f]{8}-[0-9a-f-]{27}`

// discover finds an example of everything that an address may name.
func discover(t *testing.T, d *server) *world {
	t.Helper()
	home := newSession(t, d.url).signIn(seed.Family, seed.FamilyPassword)
	office := newSession(t, d.url).signIn("secretariat@exemple.fr", seed.StaffPassword)
	chief := newSession(t, d.url).signIn("administration@exemple.fr", seed.StaffPassword)
	w := &world{url: d.url, office: office, values: map[string]string{
		"deposit":         home.find("/famille/documents", `/pieces/(`+someID+`)`),
		"draft":           home.find("/eleves?page=identite", `value="(`+someID+`)"[^>]*>Lucie`),
		"sent":            home.find("/eleves?page=identite", `value="(`+someID+`)"[^>]*>Malo`),
		"to check":        dossier(office, "a-verifier"),
		"refused":         dossier(office, "attente-famille"),
		"on list":         dossier(office, "liste-attente"),
		"enrolled":        dossier(office, "valides"),
		"offering":        office.find("/bureau/places", `href="(/bureau/places/`+someID+`/\d)"`),
		"other household": office.find("/bureau/recherche?q=bernard", `href="/bureau/familles/(`+someID+`)"`),

		"household":  office.find("/bureau/recherche?q=moreau", `href="(/bureau/familles/`+someID+`)"`),
		"course":     office.find("/bureau/places", `href="/bureau/places/(`+someID+`)/\d"`),
		"formula":    office.find("/bureau/catalogue/formules", `href="(/bureau/catalogue/formules/`+someID+`)"`),
		"pole":       office.find("/bureau/catalogue/poles", `href="(/bureau/catalogue/poles/`+someID+`)"`),
		"discipline": office.find("/bureau/catalogue/poles", `href="(/bureau/catalogue/disciplines/`+someID+`)"`),

		"gives courses": office.find("/bureau/catalogue/enseignants", `href="(/bureau/catalogue/enseignants/`+someID+`)"`),
		"waited for":    "/bureau/catalogue?etat=attente&places=40&ouvre=" + strings.TrimPrefix(office.find("/bureau/places", `href="(/bureau/places/`+someID+`/\d)"`), "/bureau/places/"),

		"message":    home.find("/accueil", `href="/messages/(`+someID+`)"`),
		"account":    chief.find("/bureau/reglages/droits", `href="/bureau/reglages/droits/(`+someID+`)"`),
		"season":     chief.find("/bureau/reglages/saison", `href="/bureau/reglages/saison/(`+someID+`)"`),
		"code":       "rib",
		"mail":       home.find("/demo/courriers", `href="(/demo/courriers/[^"]+)"`),
		"offer mail": home.find("/demo/courriers?q=une+place", `href="(/demo/courriers/[^"]+)"`),
		"offered to": home.find("/demo/courriers?q=une+place", `>([^<>\s]+@[^<>\s]+)<`),
	}}
	bursar := newSession(t, d.url).signIn("regie@exemple.fr", seed.StaffPassword)
	w.values["draft invoice"] = bursar.find("/bureau/facturation", `href="(/bureau/facturation/foyers/`+someID+`)"`)
	w.values["terms"] = bursar.find(w.values["draft invoice"], `href="(/bureau/facturation/eleves/`+someID+`)"`)
	w.values["invoice"] = bursar.find("/bureau/factures", `href="(/bureau/factures/`+someID+`)"`)
	w.values["credit note"] = bursar.find("/bureau/factures?etat=avoirs", `href="(/bureau/factures/`+someID+`)"`)
	w.values["account of money"] = bursar.find("/bureau/factures?etat=soldees", `href="(/bureau/comptes/`+someID+`)"`)
	w.values["paid in the year"] = bursar.find(w.values["account of money"], `href="(/bureau/comptes/`+someID+`/attestations/\d{4})"`)
	w.values["own invoice"] = home.find("/factures", `href="(/factures/`+someID+`)"`)
	w.values["own receipt"] = home.find("/factures", `href="(/paiements/`+someID+`)"`)
	w.values["own certificate"] = home.find("/factures", `href="(/attestations/\d{4})"`)
	w.values["own quotients"] = "/bureau/quotients/" + strings.TrimPrefix(w.values["household"], "/bureau/familles/")
	w.values["letters of a day"] = bursar.find("/bureau/impayes", `href="(/bureau/impayes/lettres/[-0-9]+)"`)
	w.values["remittance"] = bursar.find("/bureau/encaissements", `href="(/bureau/remises/`+someID+`)"`)
	w.values["entry"] = bursar.find(w.values["account of money"], `href="(/bureau/ecritures/`+someID+`)"`)
	w.values["held"] = office.find(w.values["offering"], `href="(/bureau/places/demandes/`+someID+`)"`)
	w.values["dry run"] = dryRun(office, strings.TrimPrefix(w.values["offering"], "/bureau/places/"))
	w.values["merge"] = w.mergedAndUndone()
	w.values["text"] = home.find("/eleves/"+w.values["draft"]+"/reinscription/envoi", `/textes/(`+someID+`)`)
	w.values["import"] = office.upload("/bureau/import", "sorte", "familles", "fichier", "familles.csv", "Nom;Prénom;Né le;Classe;Nom responsable;Prénom responsable;Mail\nZWILLER;Ana;31/02/2016;6ème B;ZWILLER;Paul;paul@exemple.fr\nZWILLER;Léo;01/02/2016;CP;ZWILLER;Paul;paul@exemple.fr\n")
	w.values["mailed offer"] = home.find(w.values["offer mail"], `https?://[^/\s]+(/offre/[^\s<]+)`)
	return w
}

// dryRun keeps a scenario with more places in that course, and returns its address.
func dryRun(office *session, offering string) string {
	office.t.Helper()
	name := strings.ReplaceAll(offering, "/", "-")
	office.send("/bureau/places/attribution", url.Values{"nom": {"Plus de places"}, "mode": {"cloture"}, "places-" + name: {"90"}, "lues-" + name: {"1"}})
	return office.find("/bureau/places/attribution", `href="(/bureau/places/attribution/`+someID+`)"`)
}

// mergedAndUndone makes two households one, and two again.
func (w *world) mergedAndUndone() string {
	w.office.t.Helper()
	path := "/bureau/familles/" + w.office.find("/bureau/foyers?depuis=morille", `href="/bureau/familles/(`+someID+`)"`) + "/fusion"
	with := w.values["other household"]
	seen := w.office.find(path+"?avec="+with, `name="vu" value="([^"]+)"`)
	kept := w.office.send(path, url.Values{"avec": {with}, "vu": {seen}})
	match := regexp.MustCompile(`/bureau/fusions/(` + someID + `)`).FindStringSubmatch(kept)
	if match == nil {
		w.office.t.Fatalf("nothing was merged:\n%.3000s", kept)
	}
	w.office.send("/bureau/fusions/"+match[1]+"/annuler", nil)
	return match[1]
}

// dossier is the address of the first dossier of that group of the queue.
func dossier(office *session, group string) string {
	office.t.Helper()
	return office.find("/bureau/dossiers?file="+group, `href="(/bureau/dossiers/`+someID+`)[?"]`)
}

// visitOffer signs the family that is offered a place in for the first time,
// and inspects what it sees.
func (w *world) visitOffer(t *testing.T) *visitor {
	email := w.values["offered to"]
	office := &session{t, w.url, w.office.client}
	name := strings.ToLower(strings.Split(strings.Split(email, "@")[0], ".")[1])
	household := office.find("/bureau/recherche?q="+name, `href="(/bureau/familles/`+someID+`)"`)
	login := office.find(household, `\b([A-Z]+-\d{4})\b`)

	visitor := newSession(t, w.url)
	visitor.send("/mot-de-passe-perdu", url.Values{"identifiant": {login}, "mail": {email}})
	mails := "/demo/courriers?q=" + url.QueryEscape(email)
	waitFor(t, func() bool { return strings.Contains(visitor.read(mails), "Votre nouveau mot de passe") })
	mail := visitor.find(mails, `href="(/demo/courriers/[^"]+)">Votre nouveau mot de passe`)
	mailed := visitor.find(mail, `Mot de passe : (\S+)`)
	visitor.signIn(login, mailed)
	visitor.send("/mot-de-passe", url.Values{"nouveau": {chosen}, "confirmation": {chosen}})

	v := newVisitor(actor.Family, login, chosen, 390)
	v.enter(t, w.url)
	v.inspect(t, w.url, "/accueil", "family.home")
	v.inspect(t, w.url, visitor.find("/accueil", `href="(/eleves/`+someID+`/offres/`+someID+`)"`), "family.offer")
	return v
}

// visitLinks inspects what the links of mails open, in a school whose lost
// passwords are links.
func visitLinks(t *testing.T) *visitor {
	nadia := newFamily("Perrin", "Nadia", "Nour")
	s := schoolOf(t, strings.Replace(schoolFile, "[politiques]", "[politiques]\nrecuperation = \"lien\"", 1), nadia)
	login := s.identifiers(s.secretary())["PERRIN"]
	v := newVisitor(actor.Nobody, "", "", 390)
	v.enter(t, s.url)
	p := v.page
	newSession(t, s.url).send("/mot-de-passe-perdu", url.Values{"identifiant": {login}, "mail": {nadia.email}})
	recovery := link(t, s.mail.WaitFor(nadia.email, "mot de passe"))
	v.inspect(t, s.url, strings.TrimPrefix(recovery, s.url), "link.form")
	p.Type("#nouveau", chosen)
	p.Type("#confirmation", chosen)
	p.ClickText("Enregistrer")
	p.WaitForText("Votre mot de passe est enregistré.")

	other := newFamily("Perrin", "Nadia", "").email
	p.Open(s.url + "/famille/identite")
	p.Type("#email", other)
	p.ClickText("En 1 fois – paiement en octobre")
	p.ClickText("Chèques")
	p.ClickText("Enregistrer")
	p.WaitForText("Adresse mail à confirmer")
	confirmation := link(t, s.mail.WaitFor(other, "adresse"))
	v.inspect(t, s.url, strings.TrimPrefix(confirmation, s.url), "address")
	p.ClickText("Confirmer cette adresse")
	p.WaitForText("Adresse mail confirmée")
	return v
}

// waitFor returns once the condition holds; it fails the test when it never does.
func waitFor(t testing.TB, holds func() bool) {
	t.Helper()
	again := time.NewTicker(50 * time.Millisecond)
	defer again.Stop()
	never := time.After(patience)
	for !holds() {
		select {
		case <-again.C:
		case <-never:
			t.Fatal("it never came")
		}
	}
}
