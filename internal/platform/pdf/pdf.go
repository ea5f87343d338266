// Package pdf makes paper out of HTML. The layout engine is hidden behind
// FromHTML, so that it can be replaced in one file.
package pdf

import (
	"embed"
	"fmt"
	"io/fs"
	"sync"
	"time"

	"github.com/carlos7ags/folio/document"
	foliohtml "github.com/carlos7ags/folio/html"
	"github.com/pdfcpu/pdfcpu/pkg/api"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model"
)

//go:embed fonts
var fonts embed.FS

// Info is what a reader shows about the document. Made is the instant written
// as its date; the same input then gives the same bytes.
type Info struct {
	Title  string
	Author string
	Made   time.Time
}

// FromHTML lays out a whole HTML document on A4 and returns a tagged French
// PDF. The document finds its typefaces, which all of its text must use, at
// fonts/fonts.css (Figtree 400 and 600, Newsreader 500), and every other
// relative address in assets, which may be nil; an asset that is missing, or
// in a format that cannot be embedded, is an error. Nothing is fetched.
func FromHTML(html string, info Info, assets fs.FS) ([]byte, error) {
	d := document.NewDocument(document.PageSizeA4)
	d.Info = document.Info{
		Title: info.Title, Author: info.Author, Creator: info.Author, Producer: "Pupitre",
		CreationDate: info.Made, ModDate: info.Made, Language: "fr-FR",
	}
	d.SetTagged(true)
	d.SetViewerPreferences(document.ViewerPreferences{DisplayDocTitle: true})
	size := document.PageSizeA4
	err := d.AddHTML(hideSpaces(html), &foliohtml.Options{
		BaseFS: withFonts{assets}, PageWidth: size.Width, PageHeight: size.Height,
		DefaultFontSize: 10, StrictAssets: true,
	})
	if err != nil {
		return nil, fmt.Errorf("lay out %q: %w", info.Title, err)
	}
	out, err := d.ToBytesWithOptions(document.WriteOptions{Deterministic: true})
	if err != nil {
		return nil, fmt.Errorf("write %q: %w", info.Title, err)
	}
	out, err = restoreSpaces(out)
	if err != nil {
		return nil, fmt.Errorf("put the spaces of %q right: %w", info.Title, err)
	}
	return out, nil
}

var noConfigFolder = sync.OnceFunc(api.DisableConfigDir)

// settings keeps pdfcpu from reading or writing a folder of the user.
func settings() *model.Configuration {
	noConfigFolder()
	return model.NewDefaultConfiguration()
}

// withFonts serves fonts/… from the program and the rest from the caller.
type withFonts struct{ assets fs.FS }

func (w withFonts) Open(name string) (fs.File, error) {
	f, err := fonts.Open(name)
	if err == nil || w.assets == nil {
		return f, err
	}
	return w.assets.Open(name)
}
