package pdf

import (
	"bytes"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/carlos7ags/folio/core"
	"github.com/carlos7ags/folio/reader"
	"github.com/pdfcpu/pdfcpu/pkg/api"
)

const sample = `<!doctype html><html lang="fr"><head><link rel="stylesheet" href="fonts/fonts.css">
<style>h1{font-family:Newsreader;font-weight:500} body{font-family:Figtree;width:60mm} strong{font-weight:600}</style></head><body>
<h1>Élève&#8239;: œuvre reçue</h1>
<p>«&#8239;Où est l’école&#8239;?&#8239;» demanda <strong>Jiří Dvořák</strong> à 22&nbsp;h&#160;52, ☐ à Noël, 12,50 €.</p>
</body></html>`

var info = Info{Title: "Accusé de réception", Author: "École", Made: time.Date(2027, 6, 8, 20, 52, 7, 0, time.UTC)}

func sheet(t *testing.T, html string) []byte {
	t.Helper()
	file, err := FromHTML(html, info, nil)
	if err != nil {
		t.Fatal(err)
	}
	return file
}

func open(t *testing.T, file []byte) *reader.PdfReader {
	t.Helper()
	doc, err := reader.Parse(file)
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

func text(t *testing.T, doc *reader.PdfReader, page int) string {
	t.Helper()
	p, err := doc.Page(page)
	if err != nil {
		t.Fatal(err)
	}
	s, err := p.ExtractText()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestTheFileIsValidAndFrench(t *testing.T) {
	file := sheet(t, sample)
	if err := api.Validate(bytes.NewReader(file), settings()); err != nil {
		t.Error(err)
	}
	doc := open(t, file)
	if title, _, _, _, _ := doc.Info(); title != info.Title {
		t.Errorf("title: got %q, want %q", title, info.Title)
	}
	if got, ok := doc.Catalog().Get("Lang").(*core.PdfString); !ok || got.Text() != "fr-FR" {
		t.Errorf("language: got %v, want fr-FR", doc.Catalog().Get("Lang"))
	}
	if doc.StructureTree() == nil {
		t.Error("the file is not tagged")
	}
	p, err := doc.Page(0)
	if err != nil {
		t.Fatal(err)
	}
	if int(p.Width) != 595 || int(p.Height) != 841 {
		t.Errorf("page: got %v × %v points, want A4", p.Width, p.Height)
	}
}

func TestEveryTypefaceIsEmbedded(t *testing.T) {
	doc := open(t, sheet(t, sample))
	embedded := map[string]bool{}
	for n := 1; n <= doc.MaxObjectNumber(); n++ {
		object, err := doc.ResolveObject(core.NewPdfIndirectReference(n, 0))
		if err != nil {
			continue
		}
		d, ok := object.(*core.PdfDictionary)
		if !ok {
			continue
		}
		if sub, ok := d.Get("Subtype").(*core.PdfName); ok && sub.Value == "Type1" {
			t.Errorf("font %v is left to the reader's machine", d.Get("BaseFont"))
		}
		if d.Get("FontFile2") != nil {
			_, name, _ := strings.Cut(d.Get("FontName").(*core.PdfName).Value, "+")
			embedded[name] = true
		}
	}
	for _, want := range []string{"Figtree-Regular", "Figtree-SemiBold", "NewsreaderTitre-Medium"} {
		if !embedded[want] {
			t.Errorf("%s is not embedded, only %v", want, embedded)
		}
	}
}

func TestWordsCanBeCopied(t *testing.T) {
	got := strings.ReplaceAll(text(t, open(t, sheet(t, sample)), 0), " \n", " ")
	for _, want := range []string{"Élève\u202f:", "œuvre", "reçue", "«\u202fOù", "l’école\u202f?\u202f»", "Dvořák", "22\u00a0h\u00a052", "demanda Jiří Dvořák à 22", "œuvre reçue", "☐", "Noël", "€"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in %q", want, got)
		}
	}
	if strings.ContainsAny(got, privateNoBreak+privateNarrow+privateWordEnd) {
		t.Errorf("private characters are left in %q", got)
	}
}

func TestSpacesThatMustNotBreakDoNot(t *testing.T) {
	doc := open(t, sheet(t, `<html><head><link rel="stylesheet" href="fonts/fonts.css"><style>body{font-family:Figtree}</style></head><body><div style="width:30mm">`+
		strings.Repeat("22&nbsp;h&nbsp;52 ", 20)+`</div></body></html>`))
	p, err := doc.Page(0)
	if err != nil {
		t.Fatal(err)
	}
	lines, err := p.ExtractTextWithStrategy(&reader.LocationStrategy{})
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for line := range strings.Lines(lines) {
		n++
		if line = strings.TrimSpace(line); !strings.HasPrefix(line, "22") || !strings.HasSuffix(line, "52") {
			t.Errorf("line broken inside a time: %q", line)
		}
	}
	if n < 5 {
		t.Errorf("got %d lines, want the text to wrap", n)
	}
}

func TestSameFactsSameBytes(t *testing.T) {
	if !bytes.Equal(sheet(t, sample), sheet(t, sample)) {
		t.Error("two runs differ")
	}
}

func TestAssets(t *testing.T) {
	page := `<html><head><link rel="stylesheet" href="own.css"></head><body><p>x</p></body></html>`
	if _, err := FromHTML(page, info, fstest.MapFS{"own.css": {Data: []byte("p{color:#333}")}}); err != nil {
		t.Errorf("an asset that exists: %v", err)
	}
	if _, err := FromHTML(page, info, nil); err == nil {
		t.Error("a missing style sheet went unnoticed")
	}
	font := `<html><head><style>@font-face{font-family:W;src:url(w.woff2)}</style></head><body><p style="font-family:W">x</p></body></html>`
	if _, err := FromHTML(font, info, fstest.MapFS{"w.woff2": {Data: []byte("wOF2....")}}); err == nil {
		t.Error("a font that cannot be embedded went unnoticed")
	}
	if _, err := FromHTML(`<img src="http://127.0.0.1:1/x.png">`, info, nil); err == nil {
		t.Error("a remote image went unnoticed")
	}
}
