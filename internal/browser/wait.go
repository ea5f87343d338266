package browser

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/chromedp/chromedp"
)

// rhythm is how often a condition in the page is looked at.
const rhythm = 25 * time.Millisecond

// prelude is there for the expressions of this package: norm makes all spaces
// one, seen tells whether a reader can see the element.
const prelude = `const norm = s => (s || '').replace(/\s+/g, ' ').trim();
const seen = e => e.checkVisibility({visibilityProperty: true, opacityProperty: true}) && e.getClientRects().length > 0;
`

func (p *Page) do(step string, actions ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, p.Patience)
	defer cancel()
	if err := chromedp.Do(ctx, actions...); err != nil {
		p.fail(step, err)
	}
}

func evaluate[T any](p *Page, expression string) (T, error) {
	ctx, cancel := context.WithTimeout(p.ctx, p.Patience)
	defer cancel()
	return chromedp.Run(ctx, chromedp.Evaluate[T](`(() => {`+prelude+`return (`+expression+`)})()`, chromedp.EvalAwaitPromise))
}

// until evaluates the expression again and again, over changes of page, until
// it gives something other than null, which it returns.
func until[T any](p *Page, step, expression string) T {
	p.t.Helper()
	deadline := time.Now().Add(p.Patience)
	for {
		value, err := evaluate[*T](p, expression)
		if err == nil && value != nil {
			return *value
		}
		var thrown *chromedp.ExceptionError
		if errors.As(err, &thrown) && strings.Contains(err.Error(), "SyntaxError") || p.ctx.Err() != nil {
			p.fail(step, err)
		}
		if time.Now().After(deadline) {
			if err == nil {
				err = fmt.Errorf("not within %v", p.Patience)
			}
			p.fail(step, err)
		}
		<-time.After(rhythm)
	}
}

// settle waits until what a step set off is over: a change of page, or a part
// of the page on its way. It gives up silently, for what never ends.
func (p *Page) settle() {
	p.t.Helper()
	deadline := time.Now().Add(p.Patience / 2)
	still := `new Promise(resolve => setTimeout(() => resolve(
		document.readyState === 'complete' && !document.querySelector('.htmx-request,.htmx-swapping,.htmx-settling')), 0))`
	if p.silent {
		still = `document.readyState === 'complete'`
	}
	for time.Now().Before(deadline) {
		done, err := evaluate[bool](p, still)
		p.mu.Lock()
		moving := p.moving
		p.mu.Unlock()
		if err == nil && done && !moving {
			return
		}
		<-time.After(rhythm)
	}
}

// fail ends the test and shows the page: address, picture and visible text.
func (p *Page) fail(step string, err error) {
	p.t.Helper()
	p.Patience = 5 * time.Second
	where, urlErr := evaluate[string](p, `location.href`)
	if urlErr != nil {
		where = urlErr.Error()
	}
	text, textErr := evaluate[string](p, `document.body ? document.body.innerText : ''`)
	if textErr != nil {
		text = textErr.Error()
	}
	const longest = 3000
	if r := []rune(text); len(r) > longest {
		text = string(r[:longest]) + "…"
	}
	picture := failurePicture(p.t.Name())
	if shotErr := p.screenshot(picture); shotErr != nil {
		picture = shotErr.Error()
	}
	p.t.Fatalf("%s: %v\npage: %s\npicture: %s\nerrors: %s\ntext:\n%s", step, err, where, picture, strings.Join(p.Errors(), "; "), text)
}

// failurePicture is a file in the cache folder of the module.
func failurePicture(test string) string {
	folder, err := os.Getwd()
	if err != nil {
		folder = os.TempDir()
	}
	for up := folder; up != filepath.Dir(up); up = filepath.Dir(up) {
		if _, err := os.Stat(filepath.Join(up, "go.mod")); err == nil {
			folder = up
			break
		}
	}
	name := strings.Map(func(r rune) rune {
		if strings.ContainsRune(`/\:*?"<>| `, r) {
			return '_'
		}
		return r
	}, test)
	return filepath.Join(folder, ".cache", "failures", name+".png")
}

// Screenshot writes the whole page as a PNG file; the folder is made when missing.
func (p *Page) Screenshot(path string) {
	p.t.Helper()
	if err := p.screenshot(path); err != nil {
		p.fail("screenshot "+path, err)
	}
}

func (p *Page) screenshot(path string) error {
	ctx, cancel := context.WithTimeout(p.ctx, p.Patience)
	defer cancel()
	png, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, png, 0o644)
}
