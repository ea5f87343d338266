// Package assets holds what the pages load: the style sheet, the fonts, the
// scripts and the icon, embedded and served under names that carry a hash of
// their content, so that browsers may keep them for ever.
package assets

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"regexp"
	"strings"
)

// Prefix is the path under which Handler must be mounted.
const Prefix = "/static/"

//go:embed static
var files embed.FS

type asset struct {
	kind    string
	body    []byte
	gzipped []byte // nil when compressing does not help
}

var (
	hashedNames = map[string]string{} // "app.css" to "app.0123456789.css"
	served      = map[string]asset{}  // by hashed name
	fontURL     = regexp.MustCompile(`url\(fonts/([^)]+)\)`)
)

var kinds = map[string]string{
	".css":   "text/css; charset=utf-8",
	".js":    "text/javascript; charset=utf-8",
	".svg":   "image/svg+xml",
	".txt":   "text/plain; charset=utf-8",
	".woff2": "font/woff2",
}

func init() {
	if err := load(); err != nil {
		panic(err) // the embedded files are wrong: no build of this program can run
	}
}

// load names every file by its content. The fonts come first, because the
// style sheet cites them by their hashed names.
func load() error {
	for _, dir := range []string{"static/fonts", "static"} {
		entries, err := fs.ReadDir(files, dir)
		if err != nil {
			return fmt.Errorf("list assets of %s: %w", dir, err)
		}
		for _, entry := range entries {
			if entry.IsDir() {
				continue
			}
			body, err := files.ReadFile(path.Join(dir, entry.Name()))
			if err != nil {
				return fmt.Errorf("read asset %s: %w", entry.Name(), err)
			}
			keep(entry.Name(), body)
		}
	}
	sheet, err := styleSheet()
	if err != nil {
		return err
	}
	keep("app.css", sheet)
	return nil
}

// styleSheet joins the parts of static/css in the order of their names.
func styleSheet() ([]byte, error) {
	parts, err := fs.Glob(files, "static/css/*.css")
	if err != nil {
		return nil, fmt.Errorf("list style sheets: %w", err)
	}
	var sheet bytes.Buffer
	for _, part := range parts {
		text, err := files.ReadFile(part)
		if err != nil {
			return nil, fmt.Errorf("read style sheet %s: %w", part, err)
		}
		sheet.Write(text)
	}
	var missing error
	body := fontURL.ReplaceAllFunc(sheet.Bytes(), func(match []byte) []byte {
		name := string(fontURL.FindSubmatch(match)[1])
		hashed, ok := hashedNames[name]
		if !ok {
			missing = fmt.Errorf("style sheet cites font %s, which is not embedded", name)
		}
		return []byte("url(" + hashed + ")")
	})
	return body, missing
}

func keep(name string, body []byte) {
	sum := sha256.Sum256(body)
	extension := path.Ext(name)
	hashed := strings.TrimSuffix(name, extension) + "." + hex.EncodeToString(sum[:5]) + extension
	hashedNames[name] = hashed
	served[hashed] = asset{kind: kinds[extension], body: body, gzipped: compress(extension, body)}
}

func compress(extension string, body []byte) []byte {
	if extension == ".woff2" {
		return nil
	}
	var packed bytes.Buffer
	w, err := gzip.NewWriterLevel(&packed, gzip.BestCompression)
	if err != nil {
		return nil
	}
	if _, err := w.Write(body); err != nil {
		return nil
	}
	if err := w.Close(); err != nil || packed.Len() >= len(body) {
		return nil
	}
	return packed.Bytes()
}

// URL returns the address of a file by its plain name ("app.css",
// "pupitre.js", "figtree.woff2"). It panics on a name that is not embedded.
func URL(name string) string {
	hashed, ok := hashedNames[name]
	if !ok {
		panic("assets: no file named " + name)
	}
	return Prefix + hashed
}

// Handler answers GET and HEAD below Prefix: the file, to be kept a year and
// never asked for again, or 404 for any name that is not the current one.
func Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		found, ok := served[strings.TrimPrefix(r.URL.Path, Prefix)]
		if !ok {
			http.NotFound(w, r)
			return
		}
		header := w.Header()
		header.Set("Content-Type", found.kind)
		header.Set("Cache-Control", "public, max-age=31536000, immutable")
		header.Set("X-Content-Type-Options", "nosniff")
		header.Set("Vary", "Accept-Encoding")
		body := found.body
		if found.gzipped != nil && acceptsGzip(r) {
			header.Set("Content-Encoding", "gzip")
			body = found.gzipped
		}
		header.Set("Content-Length", fmt.Sprint(len(body)))
		if r.Method == http.MethodHead {
			return
		}
		// A reader who leaves in the middle is no fault of ours.
		_, _ = w.Write(body)
	})
}

func acceptsGzip(r *http.Request) bool {
	for coding := range strings.SplitSeq(r.Header.Get("Accept-Encoding"), ",") {
		name, quality, _ := strings.Cut(strings.TrimSpace(coding), ";")
		if name == "gzip" && strings.TrimSpace(quality) != "q=0" {
			return true
		}
	}
	return false
}
