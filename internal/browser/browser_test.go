package browser_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/smtp"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"pupitre/internal/browser"
)

const form = `<!doctype html><html lang="fr"><title>Essai</title><meta name="viewport" content="width=device-width">
<style>body { padding-bottom: 100px } @media (prefers-color-scheme: dark) { body { background: rgb(0, 0, 0) } } .bar { position: fixed; bottom: 0; left: 0; right: 0; height: 80px; background: gray }</style>
<h1>Réinscription</h1>
<form method="post" action="/sent" enctype="multipart/form-data">
<label>Prénom <input name="prenom" value="ancien"></label>
<label><input type="checkbox" name="ok" value="oui"> J’accepte</label>
<select name="niveau"><option value="1">CP<option value="2">Cours élémentaire</select>
<textarea name="note"></textarea>
<input type="file" name="piece" style="display:none">
<p style="height: 2000px"></p>
<button>Envoyer le dossier</button>
</form>
<p id="out"></p>
<div class="bar">barre</div>
<script>document.addEventListener('keydown', e => { if (e.key === 'v' && e.target === document.body) document.querySelector('#out').textContent += (e.shiftKey ? 'Maj-' : '') + e.key + ' ' })</script>`

// site serves the form above, an answer to it, and each given page.
func site(t *testing.T, pages map[string]string) string {
	t.Helper()
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, form) })
	mux.HandleFunc("POST /sent", func(w http.ResponseWriter, r *http.Request) {
		got := fmt.Sprintf("%s, %s, niveau %s, note %q", r.FormValue("prenom"), r.FormValue("ok"), r.FormValue("niveau"), r.FormValue("note"))
		if _, file, err := r.FormFile("piece"); err == nil {
			got += ", " + file.Filename
		}
		http.SetCookie(w, &http.Cookie{Name: "got", Value: uuid.NewString()})
		http.Redirect(w, r, "/thanks?got="+strings.ReplaceAll(got, " ", "+"), http.StatusSeeOther)
	})
	mux.HandleFunc("GET /thanks", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, `<!doctype html><title>Merci</title><h1>Merci</h1><p class="got">%s</p>`, r.FormValue("got"))
	})
	mux.HandleFunc("GET /cookies", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, `<p class="n">%d</p>`, len(r.Cookies()))
	})
	for path, html := range pages {
		mux.HandleFunc("GET "+path, func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, html) })
	}
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server.URL
}

func TestFormIsFilledAndSent(t *testing.T) {
	address := site(t, nil)
	piece := filepath.Join(t.TempDir(), "attestation.pdf")
	if err := os.WriteFile(piece, []byte("%PDF"), 0o600); err != nil {
		t.Fatal(err)
	}
	b := browser.Start(t)
	p := b.Page()
	p.Viewport(390, 844)
	p.Open(address)
	p.Type("[name=prenom]", "Élodie œ")
	if got := p.Value("[name=prenom]"); got != "Élodie œ" {
		t.Errorf("typed: got %q, want the old value replaced", got)
	}
	p.ClickText("J’accepte")
	p.Choose("[name=niveau]", "Cours élémentaire")
	p.Type("textarea", "a\nb")
	p.Upload("[name=piece]", piece)
	p.ClickText("Envoyer le dossier")
	if got, want := p.Text(".got"), `Élodie œ, oui, niveau 2, note "a\r\nb", attestation.pdf`; got != want {
		t.Errorf("sent: got %q, want %q", got, want)
	}
	if got, want := p.Text("h1"), "Merci"; got != want {
		t.Errorf("after the click: got %q, want the page that came of it", got)
	}
	if !strings.HasPrefix(p.URL(), address+"/thanks?") || !strings.Contains(p.HTML(), "<title>Merci</title>") {
		t.Errorf("got %s\n%s", p.URL(), p.HTML())
	}
	other := b.Page()
	p.Open(address + "/cookies")
	other.Open(address + "/cookies")
	if got := p.Text(".n") + other.Text(".n"); got != "10" {
		t.Errorf("cookies of two pages: got %s, want 1 and 0", got)
	}
}

func TestKeys(t *testing.T) {
	p := browser.Start(t).Page()
	p.Open(site(t, nil))
	p.Press("v", "Shift+v")
	p.WaitForText("v Maj-")
	p.Press("Tab", "a", "Tab", "Space")
	if got := p.Value("[name=prenom]"); got != "a" {
		t.Errorf("the first field holds %q, want a", got)
	}
	if !browser.Eval[bool](p, `document.querySelector('[name=ok]').checked`) {
		t.Error("the box is not ticked")
	}
	p.Press("Shift+Tab", "Enter")
	p.WaitForText("Merci")
}

func TestDarkAndScreenshot(t *testing.T) {
	p := browser.Start(t).Page()
	p.Open(site(t, nil))
	const colour = `getComputedStyle(document.body).backgroundColor`
	light := browser.Eval[string](p, colour)
	p.Dark(true)
	if dark := browser.Eval[string](p, colour); dark != "rgb(0, 0, 0)" || dark == light {
		t.Errorf("got %s then %s, want a black background in the dark", light, dark)
	}
	path := filepath.Join(t.TempDir(), "new", "page.png")
	p.Screenshot(path)
	if png, err := os.ReadFile(path); err != nil || !strings.HasPrefix(string(png), "\x89PNG") {
		t.Errorf("got %d bytes (%v), want a PNG", len(png), err)
	}
}

func TestScriptsCanBeOff(t *testing.T) {
	address := site(t, map[string]string{"/said": `<!doctype html><title>Essai</title><p class="said">sans</p><script>document.querySelector('.said').textContent = 'avec'</script>`})
	p := browser.Start(t).Page()
	for _, run := range []bool{true, false, true} {
		p.Scripts(run)
		p.Open(address + "/said")
		if got, want := p.Text(".said"), map[bool]string{true: "avec", false: "sans"}[run]; got != want {
			t.Errorf("scripts %v: the page says %q, want %q", run, got, want)
		}
	}
}

func TestErrorsOfThePage(t *testing.T) {
	address := site(t, map[string]string{"/bad": `<script>null.x</script><link rel=stylesheet href=/none.css>`})
	p := browser.Start(t).Page()
	p.Open(address + "/bad")
	got := strings.Join(p.Errors(), "\n")
	if !strings.Contains(got, "TypeError") || !strings.Contains(got, "/none.css") {
		t.Errorf("got %q, want the script's error and the missing style", got)
	}
	p.Open(address)
	if got := p.Errors(); slices.ContainsFunc(got, func(e string) bool { return !strings.Contains(e, "favicon") }) {
		t.Errorf("got %q, want none for a page that is well", got)
	}
}

func TestAxeIsAskedForTheRules(t *testing.T) {
	p := browser.Start(t).Page()
	p.Open(site(t, nil))
	// A stand-in with axe's interface, so that this package carries no copy of it.
	got := p.Axe(`window.axe = {run: async (where, options) => ({violations: [{id: options.runOnly.values.join(), impact: 'serious', help: 'Aide',
		nodes: [{target: ['#out'], failureSummary: 'Fix\n  this'}]}]})}`)
	if len(got) != 1 || !strings.Contains(got[0].ID, "wcag22aa") || !slices.Equal(got[0].Nodes, []string{"#out: Fix this"}) {
		t.Errorf("got %v, want one violation", got)
	}
}

func TestALookIsJudgedOnceInDark(t *testing.T) {
	p := browser.Start(t).Page()
	address := site(t, map[string]string{
		"/a": `<!doctype html><title>a</title><p id="a">Un<p id="b">Deux<p id="c" class="late">Trois`,
		"/b": `<!doctype html><title>b</title><p id="d">Quatre<div><p id="e">Cinq</div><label id="f">Six<input id="f-box" type="checkbox"></label>`,
		"/c": `<!doctype html><title>c</title><p id="g">Sept<label id="h">Huit<input id="h-box" type="checkbox" checked></label>`})
	const standIn = `window.axe = {run: async (where, options) => ({violations: [{id: options.runOnly.values.join(), impact: matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light', help: '',
		nodes: [...document.querySelectorAll(where.include[0][0])].map(e => ({target: [e.id], failureSummary: ''}))}]})}`
	var known browser.Looks
	for _, c := range []struct{ path, want string }{{"/a", "a b c "}, {"/b", "e f f-box "}, {"/a", ""}, {"/c", "h h-box "}} {
		p.Open(address + c.path)
		got := ""
		for _, v := range p.AxeInDark(standIn, &known) {
			if v.Impact != "dark" || !strings.Contains(v.ID, "color-contrast") {
				t.Errorf("%s: judged %+v", c.path, v)
			}
			got = strings.ReplaceAll(strings.Join(v.Nodes, ""), ": ", " ")
		}
		if got != c.want {
			t.Errorf("%s: judged %q, want %q", c.path, got, c.want)
		}
	}
	p.Viewport(500, 900)
	if got := p.AxeInDark(standIn, &known); len(got) != 1 {
		t.Errorf("in a window of another width: %v", got)
	}
}

func TestAListIsThinnedToItsShapes(t *testing.T) {
	p := browser.Start(t).Page()
	p.Open(site(t, map[string]string{"/list": `<!doctype html><title>Liste</title><ul>
		<li id="a">1<li id="b">2<li id="c">3<li id="d">4<li id="e" class="late">5<li id="f">6<li id="a"><li id="g">8<li id="h">9</ul>`}) + "/list")
	if got := p.Twice(); !slices.Equal(got, []string{"a"}) {
		t.Errorf("twice: got %q, want a", got)
	}
	p.Thin()
	if got, want := browser.Eval[string](p, `[...document.querySelectorAll('li')].map(e => e.id).join()`), "a,b,c,e,a,h"; got != want {
		t.Errorf("left: got %s, want %s", got, want)
	}
}

// recorder is a test that may fail.
type recorder struct {
	testing.TB
	failure string
}

func (r *recorder) Helper() {}

func (r *recorder) Fatalf(format string, args ...any) {
	r.failure = fmt.Sprintf(format, args...)
	panic(r)
}

// failure runs f and returns the words it failed with, or "".
func failure(t *testing.T, f func(t testing.TB)) string {
	r := &recorder{TB: t}
	return r.of(func() { f(r) })
}

func (r *recorder) of(f func()) string {
	r.failure = ""
	func() {
		defer func() {
			if p := recover(); p != nil && p != any(r) {
				panic(p)
			}
		}()
		f()
	}()
	return r.failure
}

func TestStepThatCannotBeDoneFails(t *testing.T) {
	address := site(t, map[string]string{
		"/disabled": `<p>Bonjour</p><button disabled>Envoyer</button>`,
		"/covered":  `<p>Bonjour</p><button>Envoyer</button><div id="cover" style="position:fixed;inset:0">rideau</div>`,
		"/hidden":   `<p>Bonjour</p><button style="display:none">Envoyer</button><input style="visibility:hidden" name="a">`,
		"/wide":     `<p>Bonjour</p><div id="wide" style="width: 3000px">large</div>`,
		"/table":    `<p>Bonjour</p><div style="overflow-x:auto"><div style="width: 3000px">large</div></div>`,
	})
	r := &recorder{TB: t}
	p := browser.Start(r).Page()
	rows := map[string]struct {
		path string
		step func(p *browser.Page)
		want string // in the failure; empty for none
	}{
		"a disabled button":      {"/disabled", func(p *browser.Page) { p.ClickText("Envoyer") }, "disabled"},
		"a covered button":       {"/covered", func(p *browser.Page) { p.Click("button") }, "cover"},
		"a hidden button":        {"/hidden", func(p *browser.Page) { p.Click("button") }, "not within"},
		"a hidden field":         {"/hidden", func(p *browser.Page) { p.Type("[name=a]", "x") }, "not within"},
		"a text that never came": {"/hidden", func(p *browser.Page) { p.WaitForText("Merci") }, "not within"},
		"a bad selector":         {"/hidden", func(p *browser.Page) { p.WaitFor("p[") }, "SyntaxError"},
		"an unknown key":         {"/hidden", func(p *browser.Page) { p.Press("Entrée") }, "no such key"},
		"a page too wide":        {"/wide", func(p *browser.Page) { p.NoHorizontalOverflow() }, `id="wide"`},
		"a table that scrolls":   {"/table", func(p *browser.Page) { p.NoHorizontalOverflow() }, ""},
		"a server that is away":  {"/table", func(p *browser.Page) { p.Open("http://127.0.0.1:1/") }, "ERR_"},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			p.Patience = 20 * time.Second
			p.Open(address + row.path)
			p.Patience = 300 * time.Millisecond
			got := r.of(func() { row.step(p) })
			if (got == "") != (row.want == "") || !strings.Contains(got, row.want) {
				t.Errorf("got %q, want %q in it", got, row.want)
			}
			if strings.Contains(got, "not within") && (!strings.Contains(got, address+row.path) || !strings.Contains(got, "Bonjour") || !strings.Contains(got, ".png")) {
				t.Errorf("the failure lacks the address, the picture or the text: %q", got)
			}
		})
	}
}

func TestWithoutItsPartsATestFailsAndSaysWhatToDo(t *testing.T) {
	t.Setenv("PUPITRE_TEST_CHROMIUM", "")
	t.Setenv("PUPITRE_TEST_MAILPIT", "")
	for name, f := range map[string]func(t testing.TB){
		"chromium": func(t testing.TB) { browser.Start(t) },
		"mailpit":  func(t testing.TB) { browser.Mailboxes(t) },
	} {
		if got := failure(t, f); !strings.Contains(got, "make test") {
			t.Errorf("%s: got %q, want what to do", name, got)
		}
	}
}

func TestMailbox(t *testing.T) {
	box := browser.Mailboxes(t)
	to := uuid.NewString() + "@exemple.test"
	if _, found := box.Latest(to); found {
		t.Fatal("a new address has mail")
	}
	send := func(subject string) {
		t.Helper()
		message := "From: ecole@exemple.test\r\nTo: <" + to + ">\r\nMessage-ID: <" + subject + "@exemple.test>\r\nSubject: Dossier\u202f: " + subject +
			"\r\nMIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary=b\r\n\r\n" +
			"--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nIdentifiant : K7PM\r\n" +
			"--b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>Bonjour</p>\r\n--b--\r\n"
		if err := smtp.SendMail(strings.TrimPrefix(browser.SMTP(t), "smtp://"), nil, "ecole@exemple.test", []string{to}, []byte(message)); err != nil {
			t.Fatal(err)
		}
	}
	send("un")
	send("deux")
	got := box.WaitFor(to, "Dossier : un")
	if got.MessageID != "un@exemple.test" || got.From != "ecole@exemple.test" || got.To != to ||
		!strings.Contains(got.Text, "Identifiant : K7PM") || !strings.Contains(got.HTML, "<p>Bonjour</p>") {
		t.Errorf("got %+v", got)
	}
	if latest, found := box.Latest(to); !found || latest.MessageID != "deux@exemple.test" {
		t.Errorf("latest: got %+v, want the second", latest)
	}
	box.Clear(to)
	if left := box.All(to); len(left) != 0 {
		t.Errorf("cleared: got %v, want none", left)
	}
	missed := failure(t, func(t testing.TB) {
		box := browser.Mailboxes(t)
		box.Patience = time.Millisecond
		box.WaitFor(to, "un")
	})
	if !strings.Contains(missed, to) {
		t.Errorf("a mail that never came: got %q, want a failure that names the address", missed)
	}
}
