// Package browser drives a real Chromium and reads a real mailbox, for tests.
// A step that cannot be done fails the test and shows where it stood.
package browser

import (
	"context"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// Browser is a Chromium that lives as long as the test.
type Browser struct {
	t   testing.TB
	ctx context.Context
}

// Start starts Chromium: French, in Paris, without access to anything but the
// pages it is sent to.
func Start(t testing.TB) *Browser {
	t.Helper()
	path := needed(t, "PUPITRE_TEST_CHROMIUM")
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path),
		chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-domain-reliability", true),
		chromedp.Flag("lang", "fr-FR"),
		chromedp.Flag("accept-lang", "fr-FR,fr"),
		chromedp.Flag("hide-scrollbars", true),
		chromedp.Env("TZ=Europe/Paris", "LANGUAGE=fr"),
	)
	if os.Getuid() == 0 {
		options = append(options, chromedp.NoSandbox)
	}
	allocator, stop := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(stop)
	ctx, closeBrowser := chromedp.NewContext(allocator)
	t.Cleanup(closeBrowser)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("start %s: %v", path, err)
	}
	return &Browser{t: t, ctx: ctx}
}

// needed returns the variable's value, or fails the test.
func needed(t testing.TB, name string) string {
	t.Helper()
	value := os.Getenv(name)
	if value == "" {
		t.Fatalf("%s is not set: run `make test`, which installs and starts what the tests need", name)
	}
	return value
}

// Page is a tab with cookies of its own, as if on a device of its own.
type Page struct {
	// Patience bounds each step; 20 s.
	Patience time.Duration

	t      testing.TB
	ctx    context.Context
	frame  cdp.FrameID
	mu     sync.Mutex
	moving bool // the page is going elsewhere
	silent bool // its scripts do not run, timers included
	errors []string
}

// Page opens an empty page of 1280 × 800, light.
func (b *Browser) Page() *Page {
	b.t.Helper()
	ctx, closePage := chromedp.NewContext(b.ctx, chromedp.WithNewBrowserContext())
	b.t.Cleanup(closePage)
	p := &Page{Patience: 20 * time.Second, t: b.t, ctx: ctx}
	if err := chromedp.Do(ctx, chromedp.Func(func(_ context.Context, target *chromedp.Target) error {
		p.frame = cdp.FrameID(target.TargetID)
		return nil
	})); err != nil {
		b.t.Fatalf("open a page: %v", err)
	}
	if err := chromedp.Listen(ctx, p.listen); err != nil {
		b.t.Fatalf("open a page: %v", err)
	}
	p.Viewport(1280, 800)
	p.do("emulate focus", command(emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true}))
	return p
}

// command makes a step of a protocol command.
func command[P any](c cdp.Command[P, cdp.Empty], params P) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, c, params)
		return err
	})
}

func (p *Page) listen(event any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch e := event.(type) {
	case *page.EventFrameRequestedNavigation:
		if e.FrameID == p.frame && e.Disposition == page.ClientNavigationDispositionCurrentTab {
			p.moving = true
		}
	case *page.EventFrameStartedLoading:
		if e.FrameID == p.frame {
			p.moving = true
		}
	case *page.EventFrameStoppedLoading:
		if e.FrameID == p.frame {
			p.moving = false
		}
	case *runtime.EventExceptionThrown:
		text := e.ExceptionDetails.Text
		if e.ExceptionDetails.Exception != nil {
			text += " " + e.ExceptionDetails.Exception.Description
		}
		p.errors = append(p.errors, text)
	case *log.EventEntryAdded:
		if e.Entry.Level == log.EntryLevelError {
			p.errors = append(p.errors, e.Entry.Text+" "+e.Entry.URL)
		}
	}
}

// Errors returns what the page's scripts threw and what the browser refused
// (a blocked script, a resource that is not there) since the last call.
func (p *Page) Errors() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	errors := p.errors
	p.errors = nil
	return errors
}
