package browser

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// Open goes to the address and waits until the page is there.
func (p *Page) Open(url string) {
	p.t.Helper()
	p.do("open "+url, chromedp.Navigate(url))
	p.settle()
}

// Click clicks, as a mouse would, the first element of the selector, once it
// can be seen, and waits for the page that comes of it, if one does.
func (p *Page) Click(selector string) {
	p.t.Helper()
	p.click("click "+selector, first(selector))
}

// ClickText clicks the link, button or label with that text: wholly, else in
// part. Any kind of space stands for any other.
func (p *Page) ClickText(text string) {
	p.t.Helper()
	p.click("click « "+text+" »", `(() => {
		const want = norm(`+quote(text)+`), label = e => norm(e.innerText || e.value || e.getAttribute('aria-label'));
		const all = [...document.querySelectorAll('a[href],button,input[type=submit],input[type=button],label,summary,[role=button],[role=tab],[role=menuitem]')].filter(seen);
		return all.find(e => label(e) === want) || all.find(e => label(e).includes(want));
	})()`)
}

// click puts the element in the middle of the window, so that nothing that
// sticks to an edge hides it, and clicks what stands at its centre.
func (p *Page) click(step, element string) {
	p.t.Helper()
	at := until[struct {
		X, Y    float64
		Problem string
	}](p, step, `(() => {
		const e = `+element+`;
		if (!e || !seen(e)) return null;
		if (e.disabled) return {problem: 'it is disabled'};
		e.scrollIntoView({block: 'center', inline: 'center', behavior: 'instant'});
		const r = e.getClientRects()[0], x = r.x + r.width / 2, y = r.y + r.height / 2;
		const top = document.elementFromPoint(x, y);
		if (top && (e.contains(top) || top.contains(e) || [...(e.labels || [])].some(l => l.contains(top)))) return {x, y};
		return {problem: 'it is covered by ' + (top ? top.outerHTML.slice(0, 200) : 'nothing: it is outside of the window')};
	})()`)
	if at.Problem != "" {
		p.fail(step, fmt.Errorf("%s", at.Problem))
	}
	p.do(step, chromedp.MouseClickXY(at.X, at.Y))
	p.settle()
}

// Type replaces what the field holds, a key at a time.
func (p *Page) Type(selector, text string) {
	p.t.Helper()
	step := "type into " + selector
	until[bool](p, step, `(() => {
		const e = `+first(selector)+`;
		if (!e || !seen(e) || e.disabled || e.readOnly) return null;
		e.focus();
		if (e.select) e.select();
		return document.activeElement === e;
	})()`)
	if text == "" {
		text = kb.Delete
	}
	p.do(step, chromedp.KeyEvent(text))
	p.settle()
}

// Choose selects the option with that text in a list.
func (p *Page) Choose(selector, option string) {
	p.t.Helper()
	until[bool](p, "choose « "+option+" » in "+selector, `(() => {
		const e = `+first(selector)+`, o = e && [...e.options].find(o => norm(o.text) === norm(`+quote(option)+`));
		if (!o || o.disabled || e.disabled) return null;
		e.focus();
		o.selected = true;
		for (const kind of ['input', 'change']) e.dispatchEvent(new Event(kind, {bubbles: true}));
		return true;
	})()`)
	p.settle()
}

// Upload gives the files to a file field, hidden or not.
func (p *Page) Upload(selector string, files ...string) {
	p.t.Helper()
	for i, f := range files {
		full, err := filepath.Abs(f)
		if err != nil {
			p.t.Fatal(err)
		}
		files[i] = full
	}
	p.do("upload to "+selector, chromedp.SetUploadFiles(chromedp.CSS(selector), files))
	p.settle()
}

// Press strikes keys one after the other: a character, or a name such as
// Enter, Tab, Escape, Space, ArrowDown, F2, alone or after Shift+, Control+, Alt+.
func (p *Page) Press(keys ...string) {
	p.t.Helper()
	for _, key := range keys {
		modifiers, name := splitKey(key)
		stroke, ok := named[name]
		if !ok {
			if len([]rune(name)) != 1 {
				p.t.Fatalf("press %q: no such key", key)
			}
			stroke = name
		}
		p.do("press "+key, chromedp.KeyEvent(stroke, chromedp.KeyModifiers(modifiers...)))
		p.settle()
	}
}

var named = map[string]string{
	"Enter": kb.Enter, "Tab": kb.Tab, "Escape": kb.Escape, "Space": " ", "Backspace": kb.Backspace, "Delete": kb.Delete,
	"ArrowDown": kb.ArrowDown, "ArrowUp": kb.ArrowUp, "ArrowLeft": kb.ArrowLeft, "ArrowRight": kb.ArrowRight,
	"Home": kb.Home, "End": kb.End, "PageDown": kb.PageDown, "PageUp": kb.PageUp, "F2": kb.F2,
}

func splitKey(key string) ([]chromedp.Modifier, string) {
	var modifiers []chromedp.Modifier
	for {
		before, after, found := strings.Cut(key, "+")
		if !found || after == "" { // "+" itself is a key
			return modifiers, key
		}
		switch before {
		case "Shift":
			modifiers = append(modifiers, kb.ModifierShift)
		case "Control":
			modifiers = append(modifiers, kb.ModifierCtrl)
		case "Alt":
			modifiers = append(modifiers, kb.ModifierAlt)
		default:
			return modifiers, key
		}
		key = after
	}
}

// WaitFor waits until an element of the selector can be seen.
func (p *Page) WaitFor(selector string) {
	p.t.Helper()
	until[bool](p, "wait for "+selector, `[...document.querySelectorAll(`+quote(selector)+`)].some(seen) || null`)
}

// WaitForText waits until the page shows the text; any kind of space stands for any other.
func (p *Page) WaitForText(text string) {
	p.t.Helper()
	until[bool](p, "wait for « "+text+" »", `norm(document.body.innerText).includes(norm(`+quote(text)+`)) || null`)
}

// WaitGone waits until no element of the selector can be seen.
func (p *Page) WaitGone(selector string) {
	p.t.Helper()
	until[bool](p, "wait until "+selector+" is gone", `![...document.querySelectorAll(`+quote(selector)+`)].some(seen) || null`)
}

// Text waits for the selector and returns its first element's visible text.
func (p *Page) Text(selector string) string {
	p.t.Helper()
	return until[string](p, "text of "+selector, `(e => e ? e.innerText : null)(`+first(selector)+`)`)
}

// Texts returns the visible texts of all elements of the selector, perhaps none.
func (p *Page) Texts(selector string) []string {
	p.t.Helper()
	return Eval[[]string](p, `[...document.querySelectorAll(`+quote(selector)+`)].map(e => e.innerText)`)
}

// Value waits for the field and returns what it holds.
func (p *Page) Value(selector string) string {
	p.t.Helper()
	return until[string](p, "value of "+selector, `(e => e ? e.value : null)(`+first(selector)+`)`)
}

// HTML returns the page as it stands now.
func (p *Page) HTML() string {
	p.t.Helper()
	return Eval[string](p, `document.documentElement.outerHTML`)
}

// URL returns the address of the page.
func (p *Page) URL() string {
	p.t.Helper()
	return Eval[string](p, `location.href`)
}

// Eval returns the value of a JavaScript expression; a promise is awaited.
func Eval[T any](p *Page, expression string) T {
	p.t.Helper()
	value, err := evaluate[T](p, expression)
	if err != nil {
		p.fail("evaluate "+expression, err)
	}
	return value
}

// Viewport gives the window's inner size in CSS pixels; narrower than 600 it is a phone's.
func (p *Page) Viewport(width, height int) {
	p.t.Helper()
	var options []chromedp.EmulateViewportOption
	if width < 600 {
		options = append(options, chromedp.EmulateMobile, chromedp.EmulateTouch, chromedp.EmulatePortrait)
	}
	p.do("size the window", chromedp.EmulateViewport(int64(width), int64(height), options...))
}

// Dark has the page think that its reader prefers dark colours, or light ones,
// and ends the transitions that this begins.
func (p *Page) Dark(dark bool) {
	p.t.Helper()
	scheme := "light"
	if dark {
		scheme = "dark"
	}
	p.do("prefer "+scheme, command(emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
	}))
	if !p.silent {
		// A transition under way would show colours that nobody reads; ending one may begin that of a child.
		Eval[bool](p, `(() => { for (let n = 0; n < 20 && document.getAnimations().length; n++)
			document.getAnimations().forEach(a => { try { a.finish() } catch { a.cancel() } });
			return true })()`)
	}
}

// Scripts has the pages opened from now on run their scripts, or not; what
// this package evaluates runs all the same.
func (p *Page) Scripts(run bool) {
	p.t.Helper()
	p.do("switch the scripts", command(emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: !run}))
	p.silent = !run
}

func first(selector string) string { return `document.querySelector(` + quote(selector) + `)` }

func quote(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		panic(err) // strings always marshal
	}
	return string(b)
}
