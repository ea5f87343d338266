package browser

import (
	"fmt"
	"strings"
	"sync"
)

// Violation is a rule of accessibility that the page breaks.
type Violation struct {
	ID     string
	Impact string
	Help   string
	Nodes  []string // where, and what is wrong there
}

func (v Violation) String() string {
	return fmt.Sprintf("%s (%s): %s\n  %s", v.ID, v.Impact, v.Help, strings.Join(v.Nodes, "\n  "))
}

// rules are axe's names for WCAG 2.2 AA and RGAA 4.
const rules = `['wcag2a','wcag2aa','wcag21a','wcag21aa','wcag22aa','RGAAv4','best-practice']`

// inDark are axe's names for the rules that the colours of a page decide.
const inDark = `['color-contrast','link-in-text-block']`

// Axe runs axe-core, given as source text, on the page and returns what breaks
// WCAG 2.2 AA, RGAA or axe's best practices.
func (p *Page) Axe(source string) []Violation {
	p.t.Helper()
	return p.axe(source, `document`, `{type: 'tag', values: `+rules+`}`)
}

// Looks are those that were judged already.
type Looks struct{ judged sync.Map }

// AxeInDark runs in dark, on what looks like nothing among the known, the rules
// that judge the colours of a page; the others judge what light and dark share.
// Two elements look alike when they and all around them have the same tags,
// classes, states and attributes that a style sheet selects by, in a window of
// that width: then it gives them the same colours.
func (p *Page) AxeInDark(source string, known *Looks) []Violation {
	p.t.Helper()
	var fresh []string
	for _, look := range Eval[[]string](p, `Object.keys((window.looks = `+looks+`))`) {
		if _, before := known.judged.LoadOrStore(look, true); !before {
			fresh = append(fresh, look)
		}
	}
	if len(fresh) == 0 {
		return nil
	}
	Eval[bool](p, `'`+strings.Join(fresh, " ")+`'.split(' ').every(look => window.looks[look].every(e => e.toggleAttribute('data-new-look', true)))`)
	p.Dark(true)
	defer p.Dark(false)
	return p.axe(source, `{include: [['[data-new-look]']]}`, `{type: 'rule', values: `+inDark+`}`)
}

// looks are the elements that have words of their own, by the hash of what
// decides their colours.
const looks = `(() => {
	const told = new Set([...document.styleSheets].flatMap(s => [...s.cssRules]).flatMap(r => r.cssText.match(/\[[a-z-]+/g) || []).map(a => a.slice(1)));
	const look = e => e.tagName + '.' + (e.getAttribute('class') || '') + e.getAttributeNames().filter(n => told.has(n)).sort().map(n => n + '=' + e.getAttribute(n)) +
		['checked', 'disabled', 'invalid'].filter(s => e.matches(':' + s) || ['LABEL', 'LI', 'FIELDSET'].includes(e.tagName) && e.querySelector(':' + s));
	const chains = new Map([[null, innerWidth + '']]);
	const chain = e => { if (!chains.has(e)) chains.set(e, chain(e.parentElement) + '/' + look(e)); return chains.get(e) };
	const hash = text => { let a = 0xdeadbeef, b = 0x41c6ce57;
		for (let i = 0; i < text.length; i++) { const c = text.charCodeAt(i); a = Math.imul(a ^ c, 2654435761); b = Math.imul(b ^ c, 1597334677) }
		return 4294967296 * (2097151 & b) + (a >>> 0) };
	const found = {};
	for (const e of document.body.querySelectorAll('*')) {
		if (e.matches('input, select, textarea') || [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim())) {
			const h = hash(chain(e)); (found[h] = found[h] || []).push(e);
		}
	}
	return found;
})()`

// Thin leaves, of the children of one element that are alike in all but their
// words (rows, list items), the first three and the last, so that a list is
// judged in the time of its shapes. Look first for what only the whole page
// shows, as an id that stands twice.
func (p *Page) Thin() {
	p.t.Helper()
	Eval[bool](p, `(() => {
		const shape = e => e.tagName + '.' + (e.getAttribute('class') || '') + '[' + e.getAttributeNames().sort() + ']' +
			[...e.childNodes].map(n => n.nodeType === 1 ? shape(n) : n.nodeType === 3 && n.data.trim() ? '"' : '').join('') + '/';
		for (const parent of document.body.querySelectorAll('*')) {
			if (!parent.isConnected || parent.children.length < 5 || parent.closest('svg, select, datalist')) continue;
			const alike = new Map();
			for (const child of parent.children) { const s = shape(child); alike.set(s, [...(alike.get(s) || []), child]) }
			for (const same of alike.values()) for (const extra of same.slice(3, -1)) extra.remove();
		}
		return true;
	})()`)
}

// Twice names the ids that more than one element has.
func (p *Page) Twice() []string {
	p.t.Helper()
	return Eval[[]string](p, `(() => {
		const ids = [...document.querySelectorAll('[id]')].map(e => e.id);
		return [...new Set(ids.filter((id, at) => ids.indexOf(id) !== at))];
	})()`)
}

func (p *Page) axe(source, where, only string) []Violation {
	p.t.Helper()
	if !Eval[bool](p, `typeof window.axe === 'object'`) {
		Eval[bool](p, `(() => {`+source+"\n;return typeof window.axe === 'object'})()")
	}
	return Eval[[]Violation](p, `axe.run(`+where+`, {runOnly: `+only+`, resultTypes: ['violations']}).then(r =>
		r.violations.map(v => ({ID: v.id, Impact: v.impact, Help: v.help,
			Nodes: v.nodes.map(n => n.target.join(' ') + ': ' + n.failureSummary.replace(/\s+/g, ' '))})))`)
}

// NoHorizontalOverflow fails the test when the page is wider than the window,
// and names what sticks out.
func (p *Page) NoHorizontalOverflow() {
	p.t.Helper()
	out := Eval[[]string](p, `(() => {
		const root = document.documentElement, width = root.clientWidth;
		if (root.scrollWidth <= width) return [];
		const clipped = e => { for (let a = e.parentElement; a && a !== root && a !== document.body; a = a.parentElement)
			if (getComputedStyle(a).overflowX !== 'visible') return true; return false };
		const wide = [...document.body.querySelectorAll('*')].filter(e => e.getBoundingClientRect().right > width + 1 && !clipped(e));
		return ['the page is ' + root.scrollWidth + ' px wide in a window of ' + width, ...wide.slice(0, 5).map(e => e.outerHTML.slice(0, 160))];
	})()`)
	if len(out) > 0 {
		p.fail("look for horizontal overflow", fmt.Errorf("%s", strings.Join(out, "\n")))
	}
}
