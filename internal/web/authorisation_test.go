package web_test

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"pupitre/internal/domain/account"
	"pupitre/internal/domain/actor"
	"pupitre/internal/web"
)

// signInPage stands for « 303 to the sign-in page » among the statuses.
const signInPage = -303

// answers are what each visitor is answered.
type answers map[visitor]int

// everybody is answered the same, with or without a session.
func everybody(status int) answers {
	a := answers{}
	for _, who := range visitors {
		a[who] = status
	}
	return a
}

// signedIn is a page of whoever has a session.
func signedIn(status int) answers { return everybody(status).but(nobody, signInPage) }

// families is a page of the families: what its household is answered, and
// another one that asks for the same object or posts its identifiers.
func families(own, another int) answers {
	return everybody(403).but(nobody, signInPage).but(ownFamily, own).but(stranger, another)
}

// offices is a page of the secretariat, the direction and the administration.
func offices(status int) answers {
	return everybody(403).but(nobody, signInPage).but(secretary, status).but(director, status).but(administrator, status)
}

// directions is a page of direction and administration.
func directions(status int) answers {
	return everybody(403).but(nobody, signInPage).but(director, status).but(administrator, status)
}

// staff is a page of every account of the school's own.
func staff(status int) answers {
	return offices(status).but(teacher, status).but(bursar, status)
}

// one is a page of a single role.
func one(who visitor, status int) answers {
	return everybody(403).but(nobody, signInPage).but(who, status)
}

func (a answers) but(who visitor, status int) answers {
	a[who] = status
	return a
}

// filling is what a visit needs: the values of the path, the form, the files.
type filling struct {
	path  map[string]string
	query string
	form  url.Values
	files []upload
	own   string // the household that it is about, the scene's when ""
}

// row is a line of the table: who is answered what. The path's values are the
// scene's unless fill gives others.
type row struct {
	route string
	want  answers
	given func(c *scene) // what the row needs beside, when it is visited
	fill  func(c *scene, who visitor) filling
	money bool // the régie reads who owes and who has paid
	open  bool // the token in the path is the key: what it opens is not kept from who holds it
}

var inPath = regexp.MustCompile(`\{(\w+)\}`)

// request makes the visit of the row; its values are real objects of the school.
func (c *scene) request(r row, who visitor) request {
	c.Helper()
	method, path, _ := strings.Cut(r.route, " ")
	var f filling
	if r.fill != nil {
		f = r.fill(c, who)
	}
	path = inPath.ReplaceAllStringFunc(strings.TrimSuffix(path, "{$}"), func(name string) string {
		name = name[1 : len(name)-1]
		if value := f.path[name]; value != "" {
			return url.PathEscape(value)
		}
		return url.PathEscape(c.usual(name))
	})
	if f.own == "" {
		f.own = c.own
	}
	return request{method: method, path: path + f.query, cookie: c.as(who, f.own), form: f.form, files: f.files}
}

// usual is the scene's object for that name in a path.
func (c *scene) usual(name string) string {
	c.Helper()
	switch name {
	case "pupil":
		return c.sent
	case "household":
		return c.own
	case "id":
		return c.text(`select id from dossier where pupil_id = $1`, c.sent)
	case "deposit":
		return c.text(`select id from deposit where household_id = $1 and paper_code = 'quotient-familial' and replaced_at is null`, c.own)
	case "course":
		return c.text(`select course_id from offering where taken < capacity order by id limit 1`)
	case "semester":
		return c.text(`select cast(semester as text) from offering where taken < capacity order by id limit 1`)
	case "programme":
		return c.text(`select id from programme where code = 'cursus'`)
	case "site":
		return c.site("loire")
	case "discipline":
		return c.text(`select min(d.id) from discipline d join course c on c.discipline = d.name`)
	case "teacher":
		return c.text(`select min(t.id) from teacher t join course c on c.teacher = t.first_name || ' ' || t.last_name`)
	case "message":
		return c.message
	case "mail":
		return c.text(`select id from outgoing_mail where household_id = $1 and sent_at is not null order by id limit 1`, c.own)
	case "text":
		return c.text(`select id from school_text order by created_at, id limit 1`)
	case "season":
		return c.text(`select id from season where is_current = true`)
	case "code":
		return c.text(`select code from published_document order by position limit 1`)
	case "account":
		return c.invited()
	case "invoice":
		return c.invoice()
	case "entry":
		return c.entry()
	case "remittance":
		return c.remittance()
	case "quotient":
		return c.quotient()
	case "day":
		return c.today()
	case "year":
		return c.today()[:4]
	case "factor":
		return "inconnu"
	case "session":
		return "inconnue"
	case "colour":
		return "345-0.085.css"
	}
	c.Fatalf("no object of the school is named {%s}", name)
	return ""
}

// invited is an account of the staff that nobody signs in with.
func (c *scene) invited() string {
	c.Helper()
	const id = `select coalesce(min(id), '') from account where email = 'maud.thibault@exemple.fr'`
	if c.text(id) == "" {
		_, err := c.accounts.Invite(c.Context(), actor.System, account.StaffForm{Role: actor.Secretary, Name: "Maud Thibault", Email: "maud.thibault@exemple.fr"})
		c.must(err)
	}
	return c.text(id)
}

// TestEveryDoorChecksWhoIsAsking visits every route of the site map as each
// visitor. A refused visit changes nothing, and tells another family nothing
// of the household.
func TestEveryDoorChecksWhoIsAsking(t *testing.T) {
	missing := map[string]bool{}
	for _, r := range web.SiteMap(pages(nil, nil)) {
		missing[r.Pattern()] = true
	}
	for _, r := range table {
		if !missing[r.route] {
			t.Errorf("%s has a row, and is not in the site map, or has two", r.route)
		}
		delete(missing, r.route)
	}
	for route := range missing {
		t.Errorf("%s has no row: say who is answered what", route)
	}
	eachSeeded(t, func(s *seeded) {
		c := newScene(s)
		for _, r := range table {
			c.visit(r)
		}
	})
}

// visit asks as each visitor, the refused ones first. A form of another site
// is refused too, whoever sends it.
func (c *scene) visit(r row) {
	c.Helper()
	if r.given != nil {
		r.given(c)
	}
	var before writes
	if strings.HasPrefix(r.route, "POST") {
		elsewhere := c.request(r, visitors[slices.IndexFunc(visitors, func(who visitor) bool { return r.want[who] != signInPage && r.want[who] != 403 })])
		elsewhere.headers = map[string]string{"Sec-Fetch-Site": "cross-site"}
		before = c.writes()
		if answer := c.ask(elsewhere); answer.status != 403 {
			c.Errorf("%s from another site: got %d, want 403", r.route, answer.status)
		}
	}
	for _, who := range visitors {
		if refused(r.want[who]) {
			c.compare(r, who, c.ask(c.request(r, who)))
		}
	}
	if before != nil {
		c.unchanged(r.route+", refused", before)
	}
	for _, who := range visitors {
		if !refused(r.want[who]) {
			c.compare(r, who, c.ask(c.request(r, who)))
		}
	}
}

func refused(status int) bool { return status < 0 || status >= 400 }

// compare holds one answer against its row.
func (c *scene) compare(r row, who visitor, answer reply) {
	c.Helper()
	got := answer.status
	if got == 303 && strings.HasPrefix(answer.location, "/connexion") && r.want[who] == signInPage {
		got = signInPage
	}
	if got != r.want[who] {
		c.Errorf("%s as %s: got %d %s, want %d%s", r.route, who, answer.status, answer.location, r.want[who], said(answer))
	}
	if failed := c.log.take(); strings.Contains(failed, "request failed") {
		c.Errorf("%s as %s: %s", r.route, who, failed)
	}
	if store := answer.header.Get("Cache-Control"); who != nobody && !strings.HasPrefix(r.route, "GET /couleur/") && !strings.Contains(store, "no-store") {
		c.Errorf("%s as %s: Cache-Control is %q", r.route, who, store)
	}
	if leaked := c.leaks(answer); len(leaked) > 0 && who != ownFamily && !isOffice(who) && !r.open && !(who == bursar && r.money) {
		c.Errorf("%s as %s: the answer tells of the household: %q", r.route, who, leaked)
	}
}

// TestMailedPasswordOpensOnlyTheChoiceOfAPassword leads a limited session to
// « Choisissez votre mot de passe » from everywhere (R4).
func TestMailedPasswordOpensOnlyTheChoiceOfAPassword(t *testing.T) {
	seededOnSQLite(t, func(s *seeded) {
		c := newScene(s)
		needs := map[string]bool{}
		for _, r := range web.SiteMap(c.pages()) {
			needs[r.Pattern()] = r.Needs()
		}
		cookie := c.limited(c.own)
		for _, r := range table { // what its addresses speak of is made now
			c.request(r, nobody)
		}
		before := c.writes()
		for _, r := range table {
			if !needs[r.route] || r.route == "POST /mot-de-passe" {
				continue
			}
			asked := c.request(r, nobody)
			asked.cookie = cookie
			answer := c.ask(asked)
			if r.route == "GET /mot-de-passe" {
				if answer.status != 200 || !strings.Contains(answer.body, "Choisissez votre mot de passe") {
					c.Errorf("%s: got %d", r.route, answer.status)
				}
				continue
			}
			if answer.status != 303 || answer.location != "/mot-de-passe" {
				c.Errorf("%s: got %d %s, want 303 /mot-de-passe", r.route, answer.status, answer.location)
			}
			if leaked := c.leaks(answer); len(leaked) > 0 {
				c.Errorf("%s: the answer tells %q", r.route, leaked)
			}
		}
		c.unchanged("a limited session", before)
	})
}

var (
	inMain  = regexp.MustCompile(`(?s)<main.*</main>`)
	markups = regexp.MustCompile(`(?s)<[^>]*>|\s+`)
)

// said is the text of a page that refuses, shortened, for the message of a failed test.
func said(answer reply) string {
	text := strings.Join(strings.Fields(markups.ReplaceAllString(inMain.FindString(answer.body), " ")), " ")
	if answer.status < 400 {
		return ""
	}
	return ": " + text[:min(len(text), 500)]
}
