package scenario_test

import (
	"crypto/sha256"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"pupitre/internal/browser"
	seed "pupitre/internal/demo"
	"pupitre/internal/domain/actor"
	"pupitre/internal/web"
	"pupitre/internal/web/allocation"
	"pupitre/internal/web/assets/axe"
	money "pupitre/internal/web/billing"
	"pupitre/internal/web/catalogue"
	"pupitre/internal/web/door"
	families "pupitre/internal/web/family"
	"pupitre/internal/web/figures"
	"pupitre/internal/web/households"
	"pupitre/internal/web/importing"
	"pupitre/internal/web/lists"
	"pupitre/internal/web/messages"
	"pupitre/internal/web/office"
	"pupitre/internal/web/public"
	"pupitre/internal/web/settings"
	"pupitre/internal/web/tariffs"
)

// noPage are the GET routes that show no page of their own, and why. They are
// asked for too, and must answer so.
var noPage = map[string]string{
	"family.mandate":           "a PDF",
	"family.mandate.blank":     "a PDF",
	"family.acknowledgement":   "a PDF",
	"family.form":              "a PDF",
	"paper.file":               "a deposited file, as it is",
	"messages.progress":        "how far a sending is: leads to its page",
	"lists.sheet":              "a list for a spreadsheet",
	"billing.ledger":           "the journal of a month for a spreadsheet",
	"billing.slip":             "a PDF",
	"billing.reminder-letters": "a PDF",
	"billing.paper":            "a PDF",
	"billing.receipt":          "a PDF",
	"billing.certificate":      "a PDF",
	"family.invoice.paper":     "a PDF",
	"family.receipt":           "a PDF",
	"family.certificate":       "a PDF",
	"tariffs.grid":             "the grid for a spreadsheet",
	"trail.sheet":              "the journal of accesses for a spreadsheet",
	"personal.own":             "an archive",
	"personal.household":       "an archive",
	"import.problems":          "the problems of a file for a spreadsheet",
	"lists.paper":              "a PDF",
	"colour":                   "a style sheet of one line",
	"home":                     "leads to the first page of the role",
	"extranet":                 "leads to the sign-in page",
	"extranet.slash":           "leads to the sign-in page",
	"family.household":         "leads to its first tab",
	"settings.home":            "leads to its first tab",
	"settings.mail-layout":     "a mail, as a mail program shows it",
	"family.pupils":            "leads to the first pupil",
	"family.pupil":             "leads to its first tab",
	"billing.progress":         "a fragment: without scripts it leads to its page",
	"family.registration":      "of a draft: leads to the step where it stands; its page is among the samples",
}

// samples say which addresses show a route: values between braces are found
// in the demonstration. A route without a line is visited at its own path.
var samples = map[string][]string{
	"family.download":          {"/telechargements/texte-reglement", "/telechargements/texte-tarifs"},
	"family.text":              {"/textes/{text}"},
	"family.identity":          {"/famille/identite", "/famille/identite?suite=/accueil"},
	"family.deposit":           {"/famille/importer", "/famille/importer?document=rib"},
	"family.pupil.identity":    {"/eleves/{draft}/identite", "/eleves/{sent}/identite"},
	"family.pupil.courses":     {"/eleves/{draft}/cours"},
	"family.pupil.papers":      {"/eleves/{draft}/documents"},
	"family.registration":      {"/eleves/{sent}/reinscription"},
	"family.wizard.household":  {"/eleves/{draft}/reinscription/famille"},
	"family.wizard.pupil":      {"/eleves/{draft}/reinscription/eleve"},
	"family.wizard.courses":    {"/eleves/{draft}/reinscription/cours", "/eleves/{draft}/reinscription/cours?formule=choisir"},
	"family.wizard.papers":     {"/eleves/{draft}/reinscription/pieces"},
	"family.wizard.price":      {"/eleves/{draft}/reinscription/prix", "/eleves/{draft}/reinscription/prix?quotient=845"},
	"family.wizard.send":       {"/eleves/{draft}/reinscription/envoi"},
	"family.waiting":           {"/eleves/{draft}/reinscription/attente?arrivee={now}&serveur=un-autre"},
	"family.waiting_all":       {"/reinscription/attente?eleves={draft}&arrivee={now}&serveur=un-autre"},
	"family.confirmation":      {"/eleves/{sent}/reinscription/confirmation"},
	"family.confirmation_all":  {"/reinscription/confirmation?eleves={sent}"},
	"family.change":            {"/eleves/{sent}/reinscription/changer"},
	"family.withdraw":          {"/eleves/{sent}/reinscription/renoncer"},
	"offer.mail":               {"{mailed offer}"},
	"messages.message":         {"/bureau/messages/{message}"},
	"messages.new":             {"/bureau/messages/nouveau?liste=dossiers&file=incomplets"},
	"family.notice":            {"/messages/{message}"},
	"lists.sheet":              {"/bureau/listes/dossiers/xlsx?file=tous", "/bureau/listes/familles/csv"},
	"trail":                    {"/bureau/reglages/droits/journal", "/bureau/reglages/droits/journal?nature=connexions&du=01/06/2026"},
	"trail.sheet":              {"/bureau/reglages/droits/journal/xlsx?nature=connexions"},
	"lists.paper":              {"/bureau/impressions/feuilles-d-appel", "/bureau/impressions/etiquettes"},
	"office.to-confirm":        {"/bureau/dossiers/a-confirmer?tous=oui"},
	"office.queue":             {"/bureau/dossiers", "/bureau/dossiers?file=prets", "/bureau/dossiers?file=tous"},
	"office.review":            {"{to check}", "{refused}", "{on list}", "{enrolled}"},
	"office.journal":           {"{enrolled}/journal"},
	"office.courses":           {"{enrolled}/cours"},
	"office.paper":             {"/bureau/dossier-papier", "/bureau/dossier-papier?q=bernard"},
	"office.offering":          {"{offering}"},
	"billing.control":          {"/bureau/facturation"},
	"billing.draft":            {"{draft invoice}"},
	"billing.terms":            {"{terms}"},
	"billing.invoices":         {"/bureau/factures", "/bureau/factures?etat=retard"},
	"billing.invoice":          {"{invoice}", "{credit note}"},
	"billing.account":          {"{account of money}"},
	"billing.entry":            {"{entry}"},
	"billing.paper":            {"{invoice}/pdf"},
	"billing.receipt":          {"{entry}/recu"},
	"billing.certificate":      {"{paid in the year}"},
	"family.invoice":           {"{own invoice}"},
	"family.invoice.paper":     {"{own invoice}/pdf"},
	"family.receipt":           {"{own receipt}"},
	"family.certificate":       {"{own certificate}"},
	"billing.figures":          {"/bureau/recettes"},
	"quotients":                {"{own quotients}"},
	"billing.debts":            {"/bureau/impayes", "/bureau/impayes?etape=1"},
	"billing.reminder-letters": {"{letters of a day}"},
	"billing.receipts":         {"/bureau/encaissements"},
	"billing.find":             {"/bureau/encaissements/saisie", "/bureau/encaissements/saisie?q=moreau", "/bureau/encaissements/saisie?q=zzzz"},
	"billing.remittance":       {"{remittance}"},
	"billing.ledger":           {"/bureau/encaissements/journal/csv?mois=2027-06"},
	"billing.slip":             {"{remittance}/pdf"},
	"tariffs":                  {"/bureau/tarifs", "/bureau/tarifs?formule=cursus&quotient=845&rang=2&location=violoncelle"},
	"allocation.lists":         {"/bureau/places/listes", "/bureau/places/listes?etat=tous"},
	"allocation.request":       {"{held}"},
	"allocation.dry-run":       {"{dry run}"},
	"allocation.edit-scenario": {"{dry run}/modifier"},
	"office.search":            {"/bureau/recherche?q=moreau", "/bureau/recherche?q=zzzz"},
	"office.household":         {"{household}"},
	"households.families":      {"/bureau/foyers", "/bureau/foyers?depuis=M"},
	"import.problems":          {"{import}/problemes"},
	"import.file":              {"{import}"},
	"import.changes":           {"{import}/changements"},
	"households.homes":         {"/bureau/eleves/{sent}/foyers"},
	"merging.preview":          {"{household}/fusion", "{household}/fusion?avec={other household}"},
	"settings.text":            {"/bureau/reglages/textes/reglement"},
	"settings.mail":            {"/bureau/reglages/textes/mails/place_offered?cherche=moreau"},
	"settings.mail-layout":     {"/bureau/reglages/textes/mails/received/mise-en-page"},
	"office.identity":          {"{household}/identite"},
	"households.add-pupil":     {"{household}/eleves/nouveau"},
	"office.deposit":           {"{household}/importer", "{household}/importer?document=quotient-familial"},
	"catalogue.courses":        {"/bureau/catalogue", "{waited for}"},
	"catalogue.course":         {"/bureau/catalogue/cours/{course}"},
	"catalogue.programme":      {"{formula}"},
	"catalogue.site":           {"{pole}"},
	"catalogue.discipline":     {"{discipline}"},
	"catalogue.teacher":        {"{gives courses}"},
	"demo.mail":                {"{mail}"},
	"family.mandate":           {"/famille/mandat.pdf"},
	"personal.household":       {"{household}/donnees.zip"},
	"family.acknowledgement":   {"/eleves/{sent}/reinscription/accuse.pdf"},
	"family.form":              {"/eleves/{draft}/reinscription/formulaire.pdf"},
	"paper.file":               {"/pieces/{deposit}"},
	"family.pupil":             {"/eleves/{draft}"},
	"colour":                   {"/couleur/345-0.085.css"},
	"home":                     {"/"},
	"extranet.slash":           {"/extranet/usager/"},
}

// visitor is someone who walks through the site.
type visitor struct {
	role            actor.Role
	login, password string
	width           int
	page            *browser.Page
	titles          map[string]string // the route that has the title
	visited         map[string]bool
}

// judged are the pages that were judged already, word for word and at that width.
var judged sync.Map

// looks are those that were judged in dark.
var looks browser.Looks

// TestEveryPageForEveryRole visits every page of the site map as each role
// that may see it: no violation in light or dark, nothing sticking out, all
// reached and seen by keyboard, no error, a title of its own.
func TestEveryPageForEveryRole(t *testing.T) {
	t.Parallel()
	d := demo(t)
	w := discover(t, d)
	routes := getRoutes()
	var seen sync.Map
	t.Run("as", func(t *testing.T) {
		for _, v := range everyone() {
			t.Run(v.name(), func(t *testing.T) {
				t.Parallel()
				v.walk(t, d.url, w, routes)
				note(&seen, v)
			})
		}
		t.Run("a family that is offered a place", func(t *testing.T) {
			t.Parallel()
			note(&seen, w.visitOffer(t))
		})
		t.Run("somebody new", func(t *testing.T) {
			t.Parallel()
			note(&seen, visitNewcomer(t))
		})
		t.Run("a school that sends links", func(t *testing.T) {
			t.Parallel()
			note(&seen, visitLinks(t))
		})
		t.Run("the first day of a school", func(t *testing.T) {
			t.Parallel()
			note(&seen, visitFirstDay(t))
		})
	})
	for _, r := range routes {
		if _, visited := seen.Load(r.Name); !visited {
			t.Errorf("GET %s (%s) was not visited", r.Path, r.Name)
		}
	}
}

func note(seen *sync.Map, v *visitor) {
	for name := range v.visited {
		seen.Store(name, true)
	}
}

func newVisitor(role actor.Role, login, password string, width int) *visitor {
	return &visitor{role: role, login: login, password: password, width: width, titles: map[string]string{}, visited: map[string]bool{}}
}

func (v *visitor) name() string {
	if v.role == actor.Nobody {
		return "nobody"
	}
	return string(v.role)
}

// everyone is a visitor of each role: families, teachers and the public on a
// phone, the office on a desk.
func everyone() []*visitor {
	return []*visitor{
		newVisitor(actor.Secretary, "secretariat@exemple.fr", seed.StaffPassword, 1440),
		newVisitor(actor.Family, seed.Family, seed.FamilyPassword, 390),
		newVisitor(actor.Nobody, "", "", 390),
		newVisitor(actor.Director, "direction@exemple.fr", seed.StaffPassword, 1440),
		newVisitor(actor.Administrator, "administration@exemple.fr", seed.StaffPassword, 1440),
		newVisitor(actor.Teacher, "enseignant@exemple.fr", seed.StaffPassword, 390),
		newVisitor(actor.Bursar, "regie@exemple.fr", seed.StaffPassword, 1440),
	}
}

// elsewhere are the routes that only a visitor with something of its own can
// show: an offer, a link from a mail.
var elsewhere = map[string]bool{"install.form": true, "factor.form": true, "family.offer": true, "address": true, "link.form": true,
	"application.pupil": true, "application.courses": true, "application.draft": true, "application.contact": true, "application.sent": true,
	"application.link": true, "application.office.entry": true}

// getRoutes are the pages of the site map, and the demonstration's own.
func getRoutes() []door.Route {
	var all []door.Route
	for _, r := range append(web.SiteMap(web.Pages{Public: &public.Pages{}, Family: &families.Pages{}, Office: &office.Pages{}, Settings: &settings.Pages{}, Households: &households.Pages{}, Lists: &lists.Pages{}, Messages: &messages.Pages{}, Importing: &importing.Pages{}, Catalogue: &catalogue.Pages{}, Figures: &figures.Pages{}, Allocation: &allocation.Pages{}, Tariffs: &tariffs.Pages{}, Billing: &money.Pages{}}),
		door.Route{Method: "GET", Path: "/demo/courriers", Right: actor.Everybody, Name: "demo.mails"}, door.Route{Method: "GET", Path: "/demo/courriers/{id}", Right: actor.Everybody, Name: "demo.mail"}) {
		if r.Method == "GET" {
			all = append(all, r)
		}
	}
	return all
}

// walk visits what the role may see.
func (v *visitor) walk(t *testing.T, at string, w *world, routes []door.Route) {
	v.enter(t, at)
	for _, r := range routes {
		if !r.Admits(actor.Actor{Role: v.role}) || elsewhere[r.Name] || v.sharesWithAnother(r) {
			continue
		}
		if noPage[r.Name] != "" && samples[r.Name] == nil {
			v.leads(t, at+w.fill(t, r.Path), r.Name)
			continue
		}
		for _, path := range w.of(t, r) {
			switch {
			case noPage[r.Name] != "" && r.Name != "family.registration":
				v.leads(t, at+path, r.Name)
			case v.role != actor.Nobody && r.Name == "signin.form":
				v.leads(t, at+path, r.Name)
			case v.role == actor.Director && r.Name == "office.home":
				v.leads(t, at+path, r.Name)
			default:
				v.inspect(t, at, path, r.Name)
			}
		}
	}
}

// sharesWithAnother tells whether somebody else judges the page: one that several
// of the office see is judged as the first of them, the demonstration's mailbox
// as nobody.
func (v *visitor) sharesWithAnother(r door.Route) bool {
	if strings.HasPrefix(r.Name, "demo.") {
		return v.role != actor.Nobody
	}
	for _, first := range []actor.Role{actor.Secretary, actor.Director, actor.Administrator} {
		if first == v.role {
			return false
		}
		if (actor.Actor{Role: v.role}).IsOffice() && r.Admits(actor.Actor{Role: first}) {
			return r.Name != "office.home" && r.Name != "office.dashboard"
		}
	}
	return false
}

// enter opens a browser and signs in.
func (v *visitor) enter(t *testing.T, at string) {
	t.Helper()
	v.page = device(browser.Start(t), v.width, 900)
	if v.login == "" {
		v.page.Open(at + "/contact")
		return
	}
	v.page.Open(at + "/connexion")
	v.page.Type("#identifiant", v.login)
	v.page.Type("#mot_de_passe", v.password)
	v.page.Press("Enter")
	v.page.WaitFor("form[action='/deconnexion'] button")
}

// leads asks for what is no page: another page, or a file.
func (v *visitor) leads(t *testing.T, address, name string) {
	t.Helper()
	v.visited[name] = true
	type answer struct {
		Status     int
		Redirected bool
		Type       string
	}
	got := browser.Eval[answer](v.page, `fetch(`+quoted(address)+`).then(r => ({Status: r.status, Redirected: r.redirected, Type: r.headers.get('Content-Type')}))`)
	isMail := name == "settings.mail-layout" // shown within its page, which is visited
	if got.Status != 200 || !got.Redirected && !isMail && strings.HasPrefix(got.Type, "text/html") {
		t.Errorf("%s: %s answers %+v, want a file or another page (%s)", v.name(), address, got, noPage[name])
	}
}

func quoted(s string) string { return "'" + strings.ReplaceAll(s, "'", "%27") + "'" }

// inspect opens the page and judges it, unless the same was judged already.
func (v *visitor) inspect(t *testing.T, at, path, name string) {
	t.Helper()
	v.visited[name] = true
	p := v.page
	p.Viewport(v.width, 900)
	p.Open(at + path)
	if got, want := p.URL(), at+path; got != want {
		t.Errorf("%s: %s leads to %s: name an address that shows %s", v.name(), path, got, name)
		return
	}
	v.title(t, path, name)
	html := sha256.Sum256(fmt.Append(nil, v.width, anonymous(p.HTML())))
	if _, before := judged.LoadOrStore(html, true); before {
		v.errors(t, path)
		return
	}
	v.skipLink(t, path)
	for _, id := range p.Twice() {
		t.Errorf("%s: %s: two elements have the id %q", v.name(), path, id)
	}
	widths := []int{v.width}
	if v.width == 390 {
		widths = []int{320, 390}
	}
	for _, width := range widths {
		p.Viewport(width, 900)
		for _, out := range browser.Eval[[]string](p, overflow) {
			t.Errorf("%s: %s at %d px: %s", v.name(), path, width, out)
		}
	}
	p.Thin()
	for _, what := range browser.Eval[[]string](p, focusFaults) {
		t.Errorf("%s: %s: %s", v.name(), path, what)
	}
	// As tall as the page, so that the bar at the bottom covers nothing.
	p.Viewport(v.width, max(900, browser.Eval[int](p, "document.documentElement.scrollHeight")))
	for _, violation := range p.Axe(axe.Source) {
		t.Errorf("%s: %s: %s", v.name(), path, violation)
	}
	for _, violation := range p.AxeInDark(axe.Source, &looks) {
		t.Errorf("%s: %s, in dark: %s", v.name(), path, violation)
	}
	v.errors(t, path)
}

func (v *visitor) errors(t *testing.T, path string) {
	t.Helper()
	for _, e := range v.page.Errors() {
		t.Errorf("%s: %s: the browser reports %s", v.name(), path, e)
	}
}

// title is not empty, and no other page of the role has the same.
func (v *visitor) title(t *testing.T, path, name string) {
	t.Helper()
	title := browser.Eval[string](v.page, "document.title")
	if title == "" {
		t.Errorf("%s: %s has no title", v.name(), path)
	}
	if other := v.titles[title]; other != "" && other != name && !sameSubject(other, name) {
		t.Errorf("%s: %s and %s have the same title, %q", v.name(), other, name, title)
	}
	v.titles[title] = name
}

// sameSubject are pages that two addresses show.
func sameSubject(a, b string) bool {
	pair := []string{a, b}
	slices.Sort(pair)
	return slices.Contains([]string{"family.confirmation family.confirmation_all", "family.offer offer.mail", "office.dashboard office.home", "family.download family.text"}, strings.Join(pair, " "))
}

// skipLink is what Tab reaches first, and it can be seen.
func (v *visitor) skipLink(t *testing.T, path string) {
	t.Helper()
	if browser.Eval[bool](v.page, "document.activeElement !== document.body") {
		browser.Eval[bool](v.page, "document.activeElement.blur() || true")
	}
	v.page.Press("Tab")
	got := browser.Eval[string](v.page, `(e => {
		const r = e.getBoundingClientRect(), target = e.hash && document.querySelector(e.hash);
		if (!e.matches('a.evitement')) return 'Tab reaches first ' + e.outerHTML.slice(0, 120);
		if (r.width < 20 || r.top < 0 || r.left < 0) return 'the skip link cannot be seen';
		return target ? '' : 'the skip link leads nowhere';
	})(document.activeElement)`)
	if got != "" && !browser.Eval[bool](v.page, `!!document.querySelector('[data-foyer]')`) {
		t.Errorf("%s: %s: %s", v.name(), path, got)
	}
}

// focusFaults names what the keyboard reaches without being seen there, or
// not in the order of the page. The last key struck was Tab, so that focus is
// shown as for a keyboard.
const focusFaults = `(() => {
	const faults = [], name = e => e.outerHTML.slice(0, 140);
	const look = e => { const all = [e, ...(e.labels || [])]; if (e.parentElement) all.push(e.parentElement); return all.map(x => {
		const c = getComputedStyle(x); return [c.outlineStyle === 'none' ? '' : c.outlineStyle + c.outlineWidth + c.outlineColor, c.boxShadow, c.borderColor, c.backgroundColor].join() }).join('|') };
	for (const e of document.querySelectorAll('a[href],button,input:not([type=hidden]),select,textarea,summary,iframe,[tabindex]')) {
		if (e.tabIndex > 0) faults.push('an order of its own: ' + name(e));
		if (e.tabIndex < 0 || e.disabled || !seen(e) || e.tagName === 'IFRAME') continue;
		document.activeElement.blur();
		const before = look(e);
		e.focus();
		if (document.activeElement !== e) { faults.push('cannot be focused: ' + name(e)); continue }
		if (look(e) === before) faults.push('focus cannot be seen: ' + name(e));
		const r = e.getBoundingClientRect();
		if (r.bottom < 0 || r.top > innerHeight) faults.push('focused outside of the window: ' + name(e));
		const points = [[.5, .5], [.1, .2], [.9, .8], [.1, .8], [.9, .2]].map(([x, y]) => document.elementFromPoint(r.left + r.width * x, r.top + r.height * y)).filter(Boolean);
		if (points.length && !points.some(at => e.contains(at) || at.contains(e) || [...(e.labels || [])].some(l => l.contains(at)))) faults.push('focused, but covered by ' + name(points[0]) + ': ' + name(e));
	}
	document.activeElement.blur();
	return faults;
})()`

// overflow names what makes the page wider than the window.
const overflow = `(() => {
	const root = document.documentElement, width = root.clientWidth;
	if (root.scrollWidth <= width) return [];
	const wide = [...document.body.querySelectorAll('*')].filter(e => e.getBoundingClientRect().right > width + 1);
	return ['the page is ' + root.scrollWidth + ' px wide', ...wide.slice(0, 4).map(e => e.outerHTML.slice(0, 140))];
})()`

var person = regexp.MustCompile(`Annie Douillard|Maud Terrien|Yves Cormier|Hervé Rolland|Odile Brelet|Secrétariat|Direction|Administration|Régie`)

// anonymous is the page without the name and role of who looks at it.
func anonymous(html string) string { return person.ReplaceAllString(html, "") }

// fill puts the demonstration's values in the path.
func (w *world) fill(t *testing.T, path string) string {
	t.Helper()
	return braces.ReplaceAllStringFunc(path, func(name string) string {
		if name == "{now}" { // in microseconds: a page that waits gives up after half a minute
			return strconv.FormatInt(time.Now().UnixMicro(), 10)
		}
		value, found := w.values[name[1:len(name)-1]]
		if !found {
			t.Errorf("%s: nothing was found in the demonstration for %s", path, name)
		}
		return value
	})
}

var braces = regexp.MustCompile(`\{[^}]*\}`)

// of are the addresses that show the route.
func (w *world) of(t *testing.T, r door.Route) []string {
	t.Helper()
	paths := samples[r.Name]
	if paths == nil {
		paths = []string{r.Path}
	}
	all := make([]string, len(paths))
	for i, path := range paths {
		all[i] = w.fill(t, path)
		if u, err := url.Parse(all[i]); err != nil || u.Path == "" {
			t.Errorf("%s: %q is no address", r.Name, all[i])
		}
	}
	return all
}
