package ui_test

import (
	"context"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/a-h/templ"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"

	"pupitre/internal/web/assets"
	"pupitre/internal/web/assets/axe"
	"pupitre/internal/web/ui/specimen"
)

var pictures = flag.String("pictures", "", "folder to write a screenshot of every specimen to")

const policy = "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; frame-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'"

// site serves the specimens as the product does, and counts what is posted.
type site struct {
	*httptest.Server
	posts atomic.Int32
}

func newSite(t *testing.T) *site {
	t.Helper()
	s := &site{}
	mux := http.NewServeMux()
	mux.Handle(assets.Prefix, assets.Handler())
	for path, page := range specimen.Pages() {
		mux.Handle("GET "+path, templ.Handler(page))
	}
	mux.HandleFunc("POST /famille/importer", func(w http.ResponseWriter, r *http.Request) {
		s.posts.Add(1)
		if _, err := io.Copy(io.Discard, r.Body); err != nil {
			http.Error(w, "cut", http.StatusBadRequest)
			return
		}
		http.Redirect(w, r, "/eleves", http.StatusSeeOther)
	})
	mux.HandleFunc("POST /proposition", func(w http.ResponseWriter, r *http.Request) {
		s.posts.Add(1)
		w.WriteHeader(http.StatusNoContent) // the page stays, so that a second click is possible
	})
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", policy)
		mux.ServeHTTP(w, r)
	}))
	t.Cleanup(s.Close)
	return s
}

// browser starts Chromium once for the package's tests and gives each its tab.
var browser = sync.OnceValue(func() context.Context {
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.NoSandbox, chromedp.Flag("disable-dev-shm-usage", true))
	if path := os.Getenv("PUPITRE_TEST_CHROMIUM"); path != "" {
		options = append(options, chromedp.ExecPath(path))
	}
	allocator, _ := chromedp.NewExecAllocator(context.Background(), options...)
	first, stop := chromedp.NewContext(allocator)
	stopBrowser = stop
	return first
})

var stopBrowser = func() {}

func TestMain(m *testing.M) {
	code := m.Run()
	stopBrowser()
	os.Exit(code)
}

func tab(t *testing.T) context.Context {
	t.Helper()
	first := browser()
	if err := chromedp.Do(first); err != nil {
		t.Fatalf("start Chromium: %v", err)
	}
	ctx, cancel := chromedp.NewContext(first)
	t.Cleanup(cancel)
	return ctx
}

func do(t *testing.T, ctx context.Context, steps ...chromedp.Action[chromedp.Void]) {
	t.Helper()
	if err := chromedp.Do(ctx, steps...); err != nil {
		t.Fatal(err)
	}
}

func eval[T any](t *testing.T, ctx context.Context, script string) T {
	t.Helper()
	value, err := chromedp.Run(ctx, chromedp.Evaluate[T](script, chromedp.EvalAwaitPromise))
	if err != nil {
		t.Fatalf("%s: %v", script, err)
	}
	return value
}

// press strikes keys as a keyboard does: what the page prevents is not typed.
func press(keys string) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		for _, key := range strings.Split(keys, "") {
			for _, event := range []input.DispatchKeyEventParams{
				{Type: input.DispatchKeyEventTypeKeyDown, Key: key, Text: key},
				{Type: input.DispatchKeyEventTypeKeyUp, Key: key},
			} {
				if _, err := cdp.Call(ctx, t, input.DispatchKeyEvent, event); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// until waits for a script to become true.
func until(script string) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := chromedp.Poll[bool](script)(ctx, t)
		return err
	})
}

func scheme(value string) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: value}},
		})
		return err
	})
}

const runAxe = `axe.run(document, {runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice", "RGAAv4"]})
	.then(r => r.violations.flatMap(v => v.nodes.map(n => v.id + ": " + n.html + " " + (n.failureSummary || ""))))`

func TestSpecimensInABrowser(t *testing.T) {
	s := newSite(t)
	ctx := tab(t)
	for path := range specimen.Pages() {
		for _, width := range []int64{390, 1440} {
			for _, colours := range []string{"light", "dark"} {
				t.Run(fmt.Sprintf("%s %d %s", path, width, colours), func(t *testing.T) {
					// As tall as the longest page, so that no sticky bar hides a part of it.
					do(t, ctx, scheme(colours), chromedp.EmulateViewport(width, 3000), chromedp.Navigate(s.URL+path),
						until(`document.fonts.status === "loaded"`))
					if wide := eval[bool](t, ctx, `document.documentElement.scrollWidth > document.documentElement.clientWidth`); wide {
						t.Error("the page scrolls sideways")
					}
					eval[any](t, ctx, axe.Source+";0")
					for _, violation := range eval[[]string](t, ctx, runAxe) {
						t.Error(violation)
					}
					picture(t, ctx, fmt.Sprintf("%s-%d-%s.png", strings.ReplaceAll(path[1:], "/", "-"), width, colours))
				})
			}
		}
	}
}

func TestContrastHoldsUnderEverySetting(t *testing.T) {
	s := newSite(t)
	ctx := tab(t)
	for _, path := range []string{"/famille/identite", "/eleves", "/bureau/dossiers"} {
		do(t, ctx, chromedp.EmulateViewport(1440, 3000), chromedp.Navigate(s.URL+path), until(`document.fonts.status === "loaded"`))
		eval[any](t, ctx, axe.Source+";0")
		for _, settings := range []string{
			`{ecole: "ardoise", theme: "clair"}`, `{ecole: "sapin", theme: "sombre"}`, `{ecole: "brique", theme: "clair"}`, `{ecole: "nuit", theme: "sombre"}`,
			`{contraste: "fort", theme: "clair"}`, `{contraste: "fort", theme: "sombre"}`, `{police: "dys", texte: "grand", theme: "clair"}`,
		} {
			eval[any](t, ctx, `Object.keys(document.documentElement.dataset).forEach(k => delete document.documentElement.dataset[k]);
				Object.assign(document.documentElement.dataset, {mouvement: "reduit"}, `+settings+`)`)
			for _, violation := range eval[[]string](t, ctx, runAxe) {
				t.Errorf("%s %s: %s", path, settings, violation)
			}
		}
	}
}

func picture(t *testing.T, ctx context.Context, name string) {
	t.Helper()
	if *pictures == "" {
		return
	}
	do(t, ctx, chromedp.EmulateViewport(eval[int64](t, ctx, "innerWidth"), 800))
	image, err := chromedp.Run(ctx, chromedp.Screenshot(chromedp.CSS("body")))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(*pictures, name), image, 0o644); err != nil {
		t.Fatal(err)
	}
}

// What the policy forbids is written to the console; so is an error of a script.
func TestSpecimensLeaveTheConsoleEmpty(t *testing.T) {
	s := newSite(t)
	for path := range specimen.Pages() {
		t.Run(path, func(t *testing.T) {
			ctx, cancel := context.WithCancel(tab(t))
			messages := chromedp.Console(ctx)
			do(t, ctx, chromedp.Navigate(s.URL+path), until(`document.fonts.status === "loaded"`))
			eval[any](t, ctx, `console.log("fin")`)
			for message, err := range messages {
				if err != nil || strings.Contains(message.String(), "fin") {
					break
				}
				t.Error(message)
			}
			cancel()
		})
	}
}

func TestNarrowestScreenDoesNotScrollSideways(t *testing.T) {
	s := newSite(t)
	ctx := tab(t)
	for path := range specimen.Pages() {
		do(t, ctx, chromedp.EmulateViewport(320, 800), chromedp.Navigate(s.URL+path))
		if over := eval[int](t, ctx, `document.documentElement.scrollWidth - document.documentElement.clientWidth`); over > 0 {
			t.Errorf("%s: %d pixels too wide at 320", path, over)
		}
		eval[any](t, ctx, `Object.assign(document.documentElement.dataset, {texte: "tres-grand", espacement: "large"})`)
		if over := eval[int](t, ctx, `document.documentElement.scrollWidth - document.documentElement.clientWidth`); over > 0 {
			t.Errorf("%s: %d pixels too wide at 320 with very large, spaced text", path, over)
		}
	}
}

func TestSingleKeys(t *testing.T) {
	s := newSite(t)
	ctx := tab(t)
	const focused = `document.activeElement.textContent.trim() || document.activeElement.name || document.activeElement.tagName`
	open := func() {
		do(t, ctx, chromedp.EmulateViewport(1440, 900), chromedp.Navigate(s.URL+"/bureau/dossiers"))
		eval[any](t, ctx, `localStorage.clear()`)
	}

	t.Run("J and K walk the rows from the current one", func(t *testing.T) {
		open()
		do(t, ctx, press("j"))
		if got := eval[string](t, ctx, focused); got != "Noé Pineau" {
			t.Errorf("after J the focus is on %q, want the row below", got)
		}
		do(t, ctx, press("kk"))
		if got := eval[string](t, ctx, focused); got != "Martin Bossis" {
			t.Errorf("after K K the focus is on %q, want the first row", got)
		}
	})
	t.Run("X ticks the row", func(t *testing.T) {
		open()
		do(t, ctx, press("jx"))
		if got := eval[string](t, ctx, `[...document.querySelectorAll("input[name=s]:checked")].map(b => b.value).join()`); got != "D-1191" {
			t.Errorf("ticked %q, want D-1191", got)
		}
	})
	t.Run("the slash focuses the search, where keys are text", func(t *testing.T) {
		open()
		do(t, ctx, press("/"), press("vj?"))
		if got := eval[string](t, ctx, `document.querySelector("[data-recherche]").value`); got != "vj?" {
			t.Errorf("the search holds %q, want what was typed", got)
		}
		if got := eval[string](t, ctx, `location.pathname`); got != "/bureau/dossiers" {
			t.Errorf("a key typed in a field led to %s", got)
		}
	})
	t.Run("the question mark opens the list", func(t *testing.T) {
		open()
		do(t, ctx, press("?"))
		if !eval[bool](t, ctx, `document.querySelector("#touches").open`) {
			t.Error("the list of keys is closed")
		}
	})
	t.Run("a key follows its link", func(t *testing.T) {
		open()
		do(t, ctx, press("v"), chromedp.WaitVisible(chromedp.CSS("#dec")))
	})
	t.Run("turned off, they do nothing and stay off", func(t *testing.T) {
		open()
		do(t, ctx, chromedp.Click(chromedp.CSS(".raccourcis [data-raccourcis]")), chromedp.Navigate(s.URL+"/bureau/dossiers"), press("?"))
		if eval[bool](t, ctx, `document.querySelector("#touches").open`) {
			t.Error("a key acts although keys are off")
		}
		if got := eval[string](t, ctx, `document.querySelector(".raccourcis [data-raccourcis]").textContent`); got != "Activer les raccourcis" {
			t.Errorf("the switch says %q", got)
		}
		eval[any](t, ctx, `localStorage.clear()`)
	})
}

func TestTickingAllTicksEveryRow(t *testing.T) {
	s := newSite(t)
	ctx := tab(t)
	const count = `document.querySelectorAll("input[name=s]:checked").length`
	do(t, ctx, chromedp.EmulateViewport(1440, 900), chromedp.Navigate(s.URL+"/bureau/dossiers"), chromedp.Click(chromedp.CSS("input[data-tout]")))
	if got := eval[int](t, ctx, count); got != 3 {
		t.Errorf("%d rows ticked, want 3", got)
	}
	do(t, ctx, chromedp.Click(chromedp.CSS("input[name=s]")))
	if !eval[bool](t, ctx, `document.querySelector("input[data-tout]").indeterminate`) {
		t.Error("the head's box does not say that a part is ticked")
	}
}

func TestPasswordCanBeShown(t *testing.T) {
	s := newSite(t)
	ctx := tab(t)
	do(t, ctx, chromedp.Navigate(s.URL+"/connexion"), chromedp.Click(chromedp.CSS("button.afficher")))
	if got := eval[string](t, ctx, `document.querySelector("#mdp").type + " " + document.querySelector("button.afficher span").textContent`); got != "text Masquer" {
		t.Errorf("after « Afficher »: %q", got)
	}
}

func TestErrorSummaryTakesTheFocus(t *testing.T) {
	s := newSite(t)
	ctx := tab(t)
	do(t, ctx, chromedp.Navigate(s.URL+"/famille/identite"))
	if got := eval[string](t, ctx, `document.activeElement.getAttribute("role")`); got != "alert" {
		t.Errorf("the focus is on role %q, want alert", got)
	}
}

func TestSecondClickIsNotASecondSend(t *testing.T) {
	s := newSite(t)
	ctx := tab(t)
	do(t, ctx, chromedp.Navigate(s.URL+"/proposition"))
	for range 3 {
		do(t, ctx, chromedp.Click(chromedp.CSS("button[value=oui]")))
	}
	do(t, ctx, until(`performance.now() > 0`))
	if disabled := eval[bool](t, ctx, `document.querySelector("button[value=oui]").disabled`); disabled {
		t.Error("the button is disabled")
	}
	eval[any](t, ctx, `fetch("/connexion").then(r => r.text())`) // after what the clicks sent
	if got := s.posts.Load(); got != 1 {
		t.Errorf("%d sends for three clicks, want 1", got)
	}
}

func TestTooHeavyAFileIsNotSent(t *testing.T) {
	s := newSite(t)
	ctx := tab(t)
	file := filepath.Join(t.TempDir(), "photo.jpg")
	if err := os.WriteFile(file, make([]byte, 10<<20+1), 0o600); err != nil {
		t.Fatal(err)
	}
	do(t, ctx, chromedp.Navigate(s.URL+"/famille/importer"),
		chromedp.SetUploadFiles(chromedp.CSS("#fichier"), []string{file}),
		chromedp.Click(chromedp.CSS("form[data-envoi] button")))
	if got, want := eval[string](t, ctx, `document.querySelector("#fichier-e").textContent`), "photo.jpg pèse 10,1\u00a0Mo\u202f: 10\u00a0Mo au maximum. Prenez plutôt le document en photo, ou réduisez le fichier."; got != want {
		t.Errorf("said %q, want %q", got, want)
	}
	eval[any](t, ctx, `fetch("/connexion").then(r => r.text())`) // after what the click may have sent
	if got := s.posts.Load(); got != 0 {
		t.Errorf("%d sends, want none", got)
	}
}

func TestUploadShowsThePageItLeadsTo(t *testing.T) {
	s := newSite(t)
	ctx := tab(t)
	file := filepath.Join(t.TempDir(), "attestation.pdf")
	if err := os.WriteFile(file, []byte("%PDF-1.7"), 0o600); err != nil {
		t.Fatal(err)
	}
	do(t, ctx, chromedp.Navigate(s.URL+"/famille/importer"),
		chromedp.SetUploadFiles(chromedp.CSS("#fichier"), []string{file}),
		chromedp.Click(chromedp.CSS("form[data-envoi] button")),
		until(`location.pathname === "/eleves" && document.querySelector("h1").textContent === "Élèves"`))
	if got := s.posts.Load(); got != 1 {
		t.Errorf("%d sends, want 1", got)
	}
	if got := eval[string](t, ctx, `document.title`); !strings.HasPrefix(got, "Élèves") {
		t.Errorf("title %q, want the new page's", got)
	}
	if got := eval[string](t, ctx, `document.activeElement.getAttribute("role")`); got != "status" {
		t.Errorf("the focus is on role %q, want the message's", got)
	}
}
