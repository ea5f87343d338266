package web_test

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"

	"pupitre/internal/domain/application"
	"pupitre/internal/domain/catalogue"
	"pupitre/internal/domain/enrolment"
	"pupitre/internal/domain/people"
	"pupitre/internal/domain/school"
)

// newcomers are the pré-inscriptions of the scene: the browser's
// token of one that is typed, the mailed token of one that was sent.
type newcomers struct {
	typed     string
	sent      string
	confirmed string // its id
	room      *application.Applications
	made      int
}

// welcome makes the scene's pré-inscriptions.
func (c *scene) welcome() {
	c.Helper()
	c.newcomers.room = application.New(c.store, c.clock, c.accounts, c.registrar)
	c.newcomers.typed, c.newcomers.sent = c.apply()
	c.newcomers.confirmed = c.applied()
}

// apply fills the public form in for another child.
func (c *scene) apply() (typed, mailed string) {
	c.Helper()
	n := &c.newcomers
	n.made++
	season, err := school.CurrentSeason(c.Context(), c.store)
	c.must(err)
	offer, err := catalogue.InForce(c.Context(), c.store, season)
	c.must(err)
	text, err := school.LatestText(c.Context(), c.store, school.TextRules)
	c.must(err)
	step := application.CourseStep{}
	for _, p := range offer.Programmes {
		if p.Code == "eveil" {
			step.Programme = p.ID
		}
	}
	for _, course := range offer.Courses {
		if course.Code == "L-EVEIL-DANSE" {
			step.Site, step.Wishes = course.SiteID, enrolment.Choice{{Course: course.ID}}
		}
	}
	typed, err = n.room.Begin(c.Context(), season, fmt.Sprintf("198.51.100.%d", n.made), application.PupilStep{Postcode: "44330",
		Pupil: people.Newcomer{FirstName: "Noé", LastName: fmt.Sprintf("Nouveau-%c", 'A'+n.made), BirthDate: "21/08/2021", Level: "CP"}})
	c.must(err)
	c.must(n.room.SaveCourses(c.Context(), typed, step))
	email := fmt.Sprintf("nouveau.%d@exemple.fr", n.made)
	c.must(n.room.Send(c.Context(), typed, "198.51.100.200", season, application.ContactStep{
		Guardian: people.GuardianForm{FirstName: "Élodie", LastName: "Nouveau", Email: email, Mobile: "0639981122"},
		Address:  "3 rue du Pressoir", Town: "Vallet", BillingMode: 1, Means: []string{"cheques"}, ImageRight: people.Yes, Text: text.ID, Agreed: true,
	}))
	c.runJobs()
	return typed, c.mailed(email, `/pre-inscription/lien/([A-Z0-9]+)`)
}

// applied is the id of another pré-inscription whose address is confirmed.
func (c *scene) applied() string {
	c.Helper()
	_, mailed := c.apply()
	season, err := school.CurrentSeason(c.Context(), c.store)
	c.must(err)
	app, err := c.newcomers.room.Confirm(c.Context(), mailed, season)
	c.must(err)
	return app.ID
}

// typing is a step of the public form.
func typing(pairs ...string) func(*scene, visitor) filling {
	return func(c *scene, _ visitor) filling {
		return filling{path: map[string]string{"token": c.newcomers.typed}, form: fields(pairs...)}
	}
}

// applying is the pré-inscription that awaits the office's answer.
func applying(pairs ...string) func(*scene, visitor) filling {
	return func(c *scene, _ visitor) filling {
		return filling{path: map[string]string{"application": c.newcomers.confirmed}, form: fields(pairs...)}
	}
}

// manyApply makes one for each role of the office that may accept it.
func manyApply(c *scene) {
	c.Helper()
	for range 3 {
		c.applied()
	}
}

// another is one that nobody has answered yet, if any is left.
func another(c *scene, _ visitor) filling {
	return filling{path: map[string]string{"application": c.text(`select coalesce(min(id), 'none') from application where state = 'confirmed'`)}}
}

// sentTo is the last step of the public form, filled in properly.
func sentTo(c *scene, _ visitor) filling {
	return filling{path: map[string]string{"token": c.newcomers.typed}, form: fields(
		"nom", "Nouveau", "prenom", "Élodie", "email", "encore@exemple.fr", "telephone_mobile", "06 39 98 11 22", "adresse", "3 rue du Pressoir", "ville", "Vallet",
		"moyens", "cheques", "facturation", "1", "droit_image", "yes", "texte", c.rules(), "accord", "oui")}
}

var newChild = []string{"pour", "enfant", "prenom", "Zélie", "nom", "Nouveau", "date_naissance", "21/08/2021", "niveau", "CP", "code_postal", "44330"}

// applicationRows say who is answered what about pré-inscriptions.
var applicationRows = []row{
	{route: "GET /pre-inscription", want: everybody(200)},
	{route: "POST /pre-inscription", want: everybody(422), fill: form("prenom", "")},
	{route: "GET /pre-inscription/reglement", want: everybody(200)},
	{route: "GET /pre-inscription/mon-lien", want: everybody(200)},
	{route: "POST /pre-inscription/mon-lien", want: everybody(422), fill: form("email", "")},
	{route: "GET /pre-inscription/demande/{token}/eleve", want: everybody(200), fill: typing(), open: true},
	{route: "POST /pre-inscription/demande/{token}/eleve", want: everybody(422), fill: typing("prenom", ""), open: true},
	{route: "GET /pre-inscription/demande/{token}/cours", want: everybody(200), fill: typing(), open: true},
	{route: "POST /pre-inscription/demande/{token}/cours", want: everybody(422), fill: typing("action", "formule", "formule", ""), open: true},
	{route: "GET /pre-inscription/demande/{token}/lien", want: everybody(200), fill: typing(), open: true},
	{route: "POST /pre-inscription/demande/{token}/lien", want: everybody(422), fill: typing("email", ""), open: true},
	{route: "GET /pre-inscription/demande/{token}/vous", want: everybody(200), fill: typing(), open: true},
	{route: "POST /pre-inscription/demande/{token}/vous", want: everybody(422), fill: typing("email", ""), open: true},
	{route: "GET /pre-inscription/demande/{token}/envoyee", want: everybody(200), fill: typing(), open: true},
	{route: "POST /pre-inscription/demande/{token}/renvoyer", want: everybody(404), fill: token(func(*scene) string { return "inconnu" })},
	{route: "GET /pre-inscription/lien/{token}", want: everybody(200), fill: token(func(c *scene) string { return c.newcomers.sent }), open: true},
	{route: "POST /pre-inscription/lien/{token}", want: everybody(404), fill: token(func(*scene) string { return "inconnu" })},
	{route: "GET /eleves/nouveau", want: families(200, 200)},
	{route: "POST /eleves/nouveau", want: families(422, 422), fill: form("prenom", "")},

	{route: "GET /bureau/pre-inscriptions", want: offices(200)},
	{route: "GET /bureau/pre-inscriptions/{application}", want: offices(200), fill: applying()},
	{route: "POST /bureau/pre-inscriptions/{application}/rattacher", want: offices(422), fill: applying("foyer", "")},
	{route: "POST /bureau/pre-inscriptions/{application}/autre-enfant", want: offices(409), fill: applying()},
	{route: "POST /bureau/pre-inscriptions/{application}/repondre", want: offices(422), fill: applying("message", "")},
	{route: "POST /bureau/pre-inscriptions/{application}/refuser", want: offices(422), fill: applying("motif", "")},
	{route: "POST /bureau/pre-inscriptions/{application}/accepter", want: offices(303), given: manyApply, fill: another},
}

// applicationForms are the forms of pré-inscriptions with something to type.
var applicationForms = []typedForm{
	{route: "POST /pre-inscription", who: nobody, fill: form(newChild...),
		mandatory: []string{"prenom", "nom", "date_naissance", "niveau", "code_postal"}, texts: []string{"prenom", "nom", "date_naissance", "code_postal"}},
	{route: "POST /pre-inscription/demande/{token}/eleve", who: nobody, fill: typing(newChild...),
		mandatory: []string{"prenom", "nom", "date_naissance", "niveau", "code_postal"}, texts: []string{"prenom", "nom", "date_naissance", "code_postal"}},
	{route: "POST /pre-inscription/demande/{token}/cours", who: nobody, keeps: true, fill: typing("pole", "", "note", "Le mercredi"), mandatory: []string{"pole"}, texts: []string{"note"}},
	{route: "POST /pre-inscription/demande/{token}/vous", who: nobody, fill: sentTo,
		mandatory: []string{"nom", "prenom", "email", "telephone_mobile", "adresse", "ville", "moyens", "facturation", "droit_image", "texte"},
		texts:     []string{"nom", "prenom", "email", "telephone_mobile", "adresse", "ville"}},
	{route: "POST /pre-inscription/demande/{token}/lien", who: nobody, fill: typing("email", "plus.tard@exemple.fr"), mandatory: []string{"email"}, texts: []string{"email"}},
	{route: "POST /pre-inscription/mon-lien", who: nobody, fill: form("email", "plus.tard@exemple.fr"), mandatory: []string{"email"}, texts: []string{"email"}},
	{route: "POST /eleves/nouveau", who: ownFamily, fill: form("prenom", "Zélie", "nom", "Moreau", "date_naissance", "21/08/2021", "niveau", "CP"),
		mandatory: []string{"prenom", "nom", "date_naissance", "niveau"}, texts: []string{"prenom", "nom", "date_naissance"}},
	{route: "POST /bureau/pre-inscriptions/{application}/rattacher", who: secretary, fill: applying("identifiant", "PERSONNE-1"), texts: []string{"identifiant"}},
	{route: "POST /bureau/pre-inscriptions/{application}/repondre", who: secretary, fill: applying("message", "Il reste une place."), mandatory: []string{"message"}, texts: []string{"message"}},
	{route: "POST /bureau/pre-inscriptions/{application}/refuser", who: secretary, fill: applying("motif", "Hors du territoire."), mandatory: []string{"motif"}, texts: []string{"motif"}},
}

// applicationsApart: by the links of a pré-inscription one reads nothing of
// another's, and a link that is guessed, altered, replaced or forgotten is
// answered as one that never was, to the byte.
func (c *scene) applicationsApart() {
	c.Helper()
	one, first := c.apply()
	oneName, oneMail := c.newcomers.marks()
	two, second := c.apply()
	twoName, twoMail := c.newcomers.marks()
	paths := func(typed, mailed string) []string {
		draft := "/pre-inscription/demande/" + typed
		return []string{draft + "/eleve", draft + "/cours", draft + "/vous", draft + "/lien", draft + "/envoyee", "/pre-inscription/lien/" + mailed}
	}
	tells := func(paths []string, own, others []string) {
		c.Helper()
		said := ""
		for _, path := range paths {
			answer := c.ask(request{path: path})
			if answer.status != 200 {
				c.Errorf("%s: got %d", path, answer.status)
			}
			said += answer.body
			for _, other := range others {
				if strings.Contains(answer.body, other) {
					c.Errorf("%s shows %q, of another pré-inscription", path, other)
				}
			}
		}
		for _, mark := range own { // else the reading finds nothing at all
			if !strings.Contains(said, mark) {
				c.Errorf("no page of its own shows %q", mark)
			}
		}
	}
	tells(paths(one, first), []string{oneName, oneMail}, []string{twoName, twoMail, two, second})
	tells(paths(two, second), []string{twoName, twoMail}, []string{oneName, oneMail, one, first})

	c.must(c.newcomers.room.MailLinks(c.Context(), oneMail, "198.51.100.250")) // replaces the first link
	c.set(`delete from application where form like $1`, "%"+twoName+"%")
	never := strings.Repeat("Q", len(first))
	dead := map[string]string{"altered": first[:len(first)-1] + string('A'+(first[len(first)-1]-'A'+1)%26), "cut": first[:20], "in small letters": strings.ToLower(first),
		"longer": first + "A", "too long": strings.Repeat("A", 200), "replaced": first, "forgotten": second, "of a draft that is forgotten": two, "its id": c.newcomers.confirmed}
	for _, form := range []url.Values{nil, {}} {
		for i := range paths(never, never) {
			unknown := c.ask(request{path: paths(never, never)[i], form: form})
			if unknown.status != 404 {
				c.Errorf("%s, unknown: got %d", paths(never, never)[i], unknown.status)
			}
			for what, token := range dead {
				path := paths(token, token)[i]
				answer := c.ask(request{path: path, form: form})
				if answer.status != unknown.status || plainOf(answer.body, token) != plainOf(unknown.body, never) {
					c.Errorf("%s, %s: got %d, and not the page of an unknown link", path, what, answer.status)
				}
			}
		}
	}
}

// marks are what only the last pré-inscription made has.
func (n *newcomers) marks() (name, email string) {
	return fmt.Sprintf("Nouveau-%c", 'A'+n.made), fmt.Sprintf("nouveau.%d@exemple.fr", n.made)
}

// plainOf is a page without the token of its address, and the number of its request.
func plainOf(body, token string) string {
	return requestNumber.ReplaceAllString(strings.ReplaceAll(body, token, "…"), "…")
}

var requestNumber = regexp.MustCompile(`\b[0-9a-f]{8,32}\b`)
