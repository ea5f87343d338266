package web_test

import (
	"html"
	"net/url"
	"slices"
	"strings"
	"testing"

	"pupitre/internal/domain/account"
	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/report"
	"pupitre/internal/platform/db"
	"pupitre/internal/web"
	"pupitre/internal/web/door"
)

// pole is the seeded school as a secretary limited to Loire finds it: what is of
// that pole, and what is of the other alone, told by plain statements of the test.
type pole struct {
	*scene
	site, cookie string
	own, beyond  map[string]string // objects of either, by their name in a path
	hidden       []string          // pupils of the other pole alone, as a page may name them
	mixed        string            // a household with a pupil of each
}

const atPole = `(select d.pupil_id from dossier d where d.site_id = $1 and d.season_id in (select id from season where is_current = true)
	union select d.pupil_id from dossier d join request q on q.dossier_id = d.id join offering o on o.id = q.offering_id join course c on c.id = o.course_id
		where c.site_id = $1 and d.season_id in (select id from season where is_current = true)
	union select n.pupil_id from pupil_course_now n join course c on c.code = n.course_code where c.site_id = $1)`

func newPole(c *scene) *pole {
	p := &pole{scene: c, site: c.site("loire")}
	p.mix()
	made, err := c.accounts.CreateStaff(c.Context(), actor.System, actor.Secretary, "Maud du Pôle", "maud.pole@exemple.fr", "Pupitre-pole-2027")
	c.must(err)
	c.must(c.accounts.ChangeStaff(c.Context(), actor.System, made.ID, account.StaffForm{Role: actor.Secretary, Name: made.Name, Email: made.Email, Site: p.site}))
	p.cookie = c.signIn(made.Login, "Pupitre-pole-2027")
	p.own, p.beyond = p.objects(` in `), p.objects(` not in `)
	p.hide()
	return p
}

// mix puts a pupil of the other pole in the household of one of this pole.
func (p *pole) mix() {
	p.mixed = p.text(`select min(ph.household_id) from pupil_household ph where ph.pupil_id in `+atPole+`
		and ph.household_id in (select household_id from dossier where state = 'complete')`, p.site)
	stray := p.text(`select min(d.pupil_id) from dossier d where d.state = 'complete' and d.pupil_id not in `+atPole, p.site)
	_, err := p.raw.ExecContext(p.Context(), `insert into pupil_household (pupil_id, household_id) values ('`+stray+`', '`+p.mixed+`')`)
	p.must(err)
}

// objects are a pupil, in the pole or not, and what is its own.
func (p *pole) objects(in string) map[string]string {
	found := p.texts(3, `select d.pupil_id, d.household_id, d.id from dossier d join deposit t on t.household_id = d.household_id and t.replaced_at is null
		where d.state = 'complete' and d.pupil_id`+in+atPole+`
			and not exists (select 1 from pupil_household ph where ph.household_id = d.household_id and ph.household_id = $2)
			and (`+map[string]string{" in ": "1 = 1", " not in ": "0 = 1"}[in]+` or not exists (select 1 from pupil_household ph where ph.household_id = d.household_id and ph.pupil_id in `+atPole+`))
		order by d.id limit 1`, p.site, p.mixed)
	all := map[string]string{"pupil": found[0], "household": found[1], "id": found[2]}
	all["deposit"] = p.text(`select min(id) from deposit where household_id = $1 and pupil_id is null and replaced_at is null`, all["household"])
	all["mail"] = p.text(`select min(id) from outgoing_mail where household_id = $1 and dossier_id in ('', $2)`, all["household"], all["id"])
	equal := map[string]string{" in ": "=", " not in ": "<>"}[in]
	all["course"] = p.text(`select min(o.course_id) from offering o join course c on c.id = o.course_id where o.taken < o.capacity and c.site_id `+equal+` $1`, p.site)
	all["semester"] = p.text(`select cast(min(semester) as text) from offering where course_id = $1`, all["course"])
	return all
}

// hide gathers how pages may name the pupils of the other pole alone.
func (p *pole) hide() {
	for _, name := range p.rows(`select p.first_name, p.last_name from pupil p where p.id not in ` + atPole + `
		and not exists (select 1 from guardian g where g.first_name = p.first_name and g.last_name = p.last_name
			and g.household_id in (select household_id from pupil_household where pupil_id in ` + atPole + `))
		and not exists (select 1 from pupil o where o.first_name = p.first_name and o.last_name = p.last_name and o.id in ` + atPole + `)`) {
		p.hidden = append(p.hidden, name[0]+" "+name[1], name[1]+" "+name[0], strings.ToUpper(name[1])+" "+name[0], name[1]+";"+name[0])
	}
	if len(p.hidden) < 100 {
		p.Fatalf("the other pole has %d names only", len(p.hidden))
	}
}

func (p *pole) rows(query string) [][2]string {
	found, err := p.raw.QueryContext(p.Context(), query, p.site)
	p.must(err)
	defer found.Close()
	var all [][2]string
	for found.Next() {
		var one [2]string
		p.must(found.Scan(&one[0], &one[1]))
		all = append(all, one)
	}
	p.must(found.Err())
	return all
}

// reads asks for the page as the limited secretary: nobody of the other pole is named.
func (p *pole) reads(path string) reply {
	p.Helper()
	answer := p.ask(request{path: path, cookie: p.cookie})
	text := answer.location + "\n" + answer.body
	if strings.HasPrefix(answer.header.Get("Content-Type"), "application/pdf") {
		text = strings.Join(strings.Fields(p.pdfText(answer.body)), " ")
	}
	text = html.UnescapeString(text)
	for _, name := range p.hidden {
		if strings.Contains(text, name) {
			p.Errorf("%s (%d) names %s, of the other pole", path, answer.status, name)
			break
		}
	}
	if failed := p.log.take(); strings.Contains(failed, "request failed") {
		p.Errorf("%s: %s", path, failed)
	}
	return answer
}

// path is the route's with these objects.
func (p *pole) path(r door.Route, objects map[string]string) string {
	more := map[string]string{"list": "dossiers", "format": "csv", "paper": "listes-de-cours", "batch": "0123", "request": "x", "scenario": "x", "application": "x", "kind": "tarifs", "letter": "received", "merge": "x", "import": "x", "message": "x", "invoice": "x", "entry": "x", "remittance": "x", "year": "2027", "quotient": "x", "day": "2027-06-08"}
	return inPath.ReplaceAllStringFunc(strings.TrimSuffix(r.Path, "{$}"), func(name string) string {
		name = name[1 : len(name)-1]
		if value := objects[name]; value != "" {
			return url.PathEscape(value)
		}
		if value := more[name]; value != "" {
			return value
		}
		return p.usual(name)
	})
}

// names tells whether the route's path holds an object of somebody's.
func (p *pole) names(r door.Route) bool {
	return slices.ContainsFunc([]string{"{pupil}", "{household}", "{id}", "{deposit}", "{mail}", "{course}"}, func(s string) bool { return strings.Contains(r.Path, s) })
}

// TestASecretaryOfOnePole visits every route of the site map as a secretary who
// is limited to a pole: what the table of rights does not open is refused, what
// names another pole's dossier, family or course does not exist and changes
// nothing, and no page names a pupil of the other pole.
func TestASecretaryOfOnePole(t *testing.T) {
	seededOnSQLite(t, func(s *seeded) {
		p := newPole(newScene(s))
		limited := actor.Actor{Role: actor.Secretary, Site: p.site}
		before := p.writes()
		for _, r := range web.SiteMap(p.pages()) {
			if !r.Needs() || r.Right == actor.OwnAccount || r.Right == actor.OwnFactor {
				continue
			}
			asked := request{method: r.Method, path: p.path(r, p.beyond), cookie: p.cookie}
			status := p.ask(asked).status
			switch {
			case !r.Admits(limited):
				if status != 403 {
					p.Errorf("%s, which the table of rights refuses: got %d", r.Pattern(), status)
				}
			case p.names(r) && r.Right.Degree(limited).EndsAtPole():
				if status != 404 {
					p.Errorf("%s %s of the other pole: got %d, want 404", r.Method, asked.path, status)
				}
			}
		}
		p.unchanged("what is of the other pole", before)
		for _, r := range web.SiteMap(p.pages()) {
			if r.Method == "GET" && r.Needs() && r.Right != actor.OwnFactor && r.Admits(limited) {
				if answer := p.reads(p.path(r, p.own)); answer.status >= 400 {
					p.Errorf("%s %s of its own pole: got %d%s", r.Method, p.path(r, p.own), answer.status, said(answer))
				}
			}
		}
		p.everyList()
		p.everyHome()
		p.formsNameNobodyElse()
		p.confirmationsStay()
	})
}

// everyList turns the pages of the lists, and takes away what can be.
func (p *pole) everyList() {
	for _, l := range report.Lists {
		p.reads("/bureau/listes/" + string(l) + "/csv")
	}
	for _, paper := range []string{"feuilles-d-appel", "listes-de-cours", "etiquettes"} {
		p.reads("/bureau/impressions/" + paper)
	}
	for _, g := range report.Groups {
		for _, page := range []string{"1", "2", "9"} {
			p.reads("/bureau/dossiers?file=" + string(g) + "&page=" + page)
		}
	}
	for _, list := range []string{"/bureau/foyers", "/bureau/eleves"} {
		for c := 'A'; c <= 'Z'; c++ {
			p.reads(list + "?depuis=" + string(c))
		}
	}
	p.reads("/bureau/dossiers/a-confirmer?tous=oui")
	p.reads("/bureau/sans-reponse?page=2")
	for _, name := range p.hidden[:8] {
		if answer := p.reads("/bureau/recherche?q=" + url.QueryEscape(strings.Split(name, ";")[0][:4])); answer.status != 200 {
			p.Errorf("search: %d", answer.status)
		}
	}
}

// everyHome opens the dossiers and families of the pole, the mixed one among
// them: it says that a pupil is hidden.
func (p *pole) everyHome() {
	ids := p.rows(`select d.id, d.household_id from dossier d where d.pupil_id in ` + atPole + ` order by d.id limit 25`)
	for _, one := range ids {
		p.reads("/bureau/dossiers/" + one[0])
		p.reads("/bureau/dossiers/" + one[0] + "/journal")
		p.reads("/bureau/familles/" + one[1] + "?tout=journal")
	}
	if page := p.reads("/bureau/familles/" + p.mixed); !strings.Contains(page.body, "1 autre élève du foyer est d’un autre pôle") || !strings.Contains(page.body, "Limité au pôle") {
		p.Errorf("the family with a pupil of each pole says nothing of the one hidden")
	}
	p.reads("/bureau/familles/" + p.mixed + "/importer")
	for _, course := range p.rows(`select o.course_id, cast(o.semester as text) from offering o join course c on c.id = o.course_id where c.site_id = $1`) {
		p.reads("/bureau/places/" + course[0] + "/" + course[1])
	}
}

// formsNameNobodyElse posts what is of the other pole within a form.
func (p *pole) formsNameNobodyElse() {
	before := p.writes()
	for _, r := range []request{
		{path: "/bureau/dossiers/relance", form: url.Values{"foyer": {p.own["household"], p.beyond["household"]}}},
		{path: "/bureau/dossiers/confirmer-prets", form: url.Values{"s": {p.beyond["id"]}}},
		{path: "/bureau/dossier-papier", form: url.Values{"eleve": {p.beyond["pupil"]}, "motif": {"x"}}},
		{path: "/bureau/eleves/" + p.own["pupil"] + "/foyers", form: url.Values{"action": {"rattacher"}, "foyer": {p.beyond["household"]}}},
		{path: "/bureau/dossier-papier?eleve=" + p.beyond["pupil"]},
		{path: "/bureau/eleves/" + p.own["pupil"] + "/foyers?rattacher=" + p.beyond["household"]},
	} {
		r.cookie = p.cookie
		if answer := p.ask(r); answer.status != 404 {
			p.Errorf("%s %v: got %d, want 404", r.path, r.form, answer.status)
		}
	}
	p.unchanged("forms that name another pole", before)
}

// confirmationsStay holds that a batch with a dossier of another pole is not
// taken back, and that what an account is limited to counts at once.
func (p *pole) confirmationsStay() {
	id := p.text(`select min(o.id) from dossier o where o.state = 'complete' and o.received_on_paper_at is null and o.pupil_id not in `+atPole+`
		and exists (select 1 from request q where q.dossier_id = o.id and q.state = 'place')`, p.site)
	p.validateAll(id)
	confirmed, err := p.registrar.ConfirmReady(p.Context(), p.secretary, id)
	p.must(err)
	if len(confirmed.Dossiers) != 1 {
		p.Fatalf("confirmed %v", confirmed)
	}
	path := "/bureau/confirmations/" + confirmed.Batch + "/annuler"
	if answer := p.ask(request{path: path, form: url.Values{}, cookie: p.cookie}); answer.status != 404 {
		p.Errorf("got %d, want 404", answer.status)
	}
	dossier := "/bureau/dossiers/" + id
	if got := p.ask(request{path: dossier, cookie: p.cookie}).status; got != 404 {
		p.Errorf("%s: got %d, want 404", dossier, got)
	}
	p.must(p.store.Write(p.Context(), func(tx *db.Tx) error {
		_, err := tx.Exec(p.Context(), `update account set site_id = null where email = 'maud.pole@exemple.fr'`)
		return err
	}))
	if got := p.ask(request{path: dossier, cookie: p.cookie}).status; got != 200 {
		p.Errorf("%s, no longer limited: got %d, want 200", dossier, got)
	}
	if answer := p.ask(request{path: path, form: url.Values{}, cookie: p.cookie}); answer.status != 303 {
		p.Errorf("no longer limited: got %d, want 303", answer.status)
	}
}
