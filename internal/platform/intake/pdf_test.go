package intake

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/pdfcpu/pdfcpu/pkg/api"
)

func TestAPlainPDFIsKeptAsItIs(t *testing.T) {
	for _, pages := range []int{1, 60} {
		sent := plainPDF(pages)
		got := read(t, "Attestation.pdf", sent)
		if got.Kind != PDF || got.MediaType() != "application/pdf" || got.Extension() != ".pdf" || got.Pages != pages {
			t.Errorf("want a PDF of %d pages, got %s %s %s %d", pages, got.Kind, got.MediaType(), got.Extension(), got.Pages)
		}
		if !bytes.Equal(got.Data, sent) || got.Size() != int64(len(sent)) {
			t.Error("want the bytes that were sent")
		}
	}
}

func TestAPDFWithAWebLinkAndADestinationIsKeptAsItIs(t *testing.T) {
	sent := pdfOf("<< /Type /Catalog /Pages 2 0 R /OpenAction [3 0 R /Fit] >>", onePage,
		"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Annots [4 0 R] >>",
		"<< /Type /Annot /Subtype /Link /Rect [0 0 9 9] /A << /S /URI /URI (https://example.org) >> >>")
	if got := read(t, "a.pdf", sent); !bytes.Equal(got.Data, sent) {
		t.Error("want the bytes that were sent")
	}
}

func TestActiveContentIsTakenOut(t *testing.T) {
	script := "<< /Type /Action /S /JavaScript /JS (app.alert\\(marker\\)) >>"
	link := "<< /Type /Annot /Subtype /Link /Rect [0 0 9 9] %s >>"
	withLink := func(annotation string) []byte {
		return pdfOf(catalogue, onePage, "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Annots [4 0 R] >>", annotation)
	}
	for name, data := range map[string][]byte{
		"script when it opens": pdfOf("<< /Type /Catalog /Pages 2 0 R /OpenAction "+script+" >>", onePage, page),
		"script when it opens, in an object of its own": pdfOf(
			"<< /Type /Catalog /Pages 2 0 R /OpenAction 4 0 R >>", onePage, page, script),
		"script under an escaped name": pdfOf(
			"<< /Type /Catalog /Pages 2 0 R /Open#41ction << /S /J#61vaScript /J#53 (marker) >> >>", onePage, page),
		"script of the document": pdfOf(
			"<< /Type /Catalog /Pages 2 0 R /Names << /JavaScript << /Names [(a) 4 0 R] >> >> >>", onePage, page, script),
		"script when the page opens": pdfOf(catalogue, onePage,
			"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /AA << /O "+script+" >> >>"),
		"script in a stream": pdfOf("<< /Type /Catalog /Pages 2 0 R /OpenAction << /S /JavaScript /JS 4 0 R >> >>", onePage, page,
			streamObject("", []byte("app.alert(marker)"))),
		"program to launch": withLink(fmt.Sprintf(link, "/A << /S /Launch /F (marker.exe) >>")),
		"program to launch after a link": withLink(fmt.Sprintf(link,
			"/A << /S /URI /URI (https://example.org) /Next [<< /S /Launch /F (marker.exe) >>] >>")),
		"form sent away": withLink(fmt.Sprintf(link, "/A << /S /SubmitForm /F << /FS /URL /F (https://example.org/marker) >> >>")),
		"attached file": pdfOf(
			"<< /Type /Catalog /Pages 2 0 R /Names << /EmbeddedFiles << /Names [(a) 4 0 R] >> >> >>", onePage, page,
			"<< /Type /Filespec /F (marker.exe) /UF (marker.exe) /EF << /F 5 0 R >> >>",
			streamObject("/Type /EmbeddedFile", []byte("MZ marker"))),
	} {
		t.Run(name, func(t *testing.T) {
			got := read(t, "a.pdf", data)
			if got.Pages != 1 {
				t.Errorf("want 1 page, got %d", got.Pages)
			}
			var readable bytes.Buffer // every stream inflated
			if err := api.Optimize(bytes.NewReader(got.Data), &readable, plainSettings()); err != nil {
				t.Fatal(err)
			}
			for _, trace := range []string{"marker", "JavaScript", "Launch", "SubmitForm"} {
				if bytes.Contains(readable.Bytes(), []byte(trace)) || bytes.Contains(got.Data, []byte(trace)) {
					t.Errorf("%q is still there", trace)
				}
			}
			if again := read(t, "a.pdf", got.Data); !bytes.Equal(again.Data, got.Data) {
				t.Error("a second reading found more to take out")
			}
		})
	}
}

func TestTheTextOfADisarmedPDFStays(t *testing.T) {
	text := "BT /F1 12 Tf 50 800 Td (Attestation) Tj ET"
	got := read(t, "a.pdf", pdfOf("<< /Type /Catalog /Pages 2 0 R /OpenAction << /S /JavaScript /JS (x) >> >>", onePage,
		"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
		streamObject("", []byte(text)), "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"))
	if !bytes.Contains(got.Data, []byte(text)) {
		t.Error("want the text of the page, it is gone")
	}
}

func TestPDFsThatAreRefused(t *testing.T) {
	whole := plainPDF(3)
	bomb := zeros(t, 300)
	double := zlibOf(t, zeros(t, 80))
	for name, c := range map[string]struct {
		data []byte
		want string
	}{
		"protected by a password":                {encryptedPDF(t, "secret", "owner"), pdfEncrypted},
		"protected against changes only":         {encryptedPDF(t, "", "owner"), pdfEncrypted},
		"protected, said in the trailer itself":  {pdfWith("/Encrypt << /Filter /Standard /V 1 /R 2 >>", catalogue, onePage, page), pdfEncrypted},
		"cut in the middle":                      {whole[:len(whole)/2], pdfTruncated},
		"cut before its last word":               {whole[:len(whole)-7], pdfTruncated},
		"only its first line":                    {[]byte("%PDF-1.7\n"), pdfTruncated},
		"followed by zeros":                      {append(bytes.Clone(whole[:len(whole)-7]), make([]byte, 9000)...), pdfTruncated},
		"61 pages":                               {plainPDF(61), pdfTooLong},
		"no page":                                {pdfOf(catalogue, "<< /Type /Pages /Kids [] /Count 0 >>"), pdfNoPage},
		"no catalogue":                           {[]byte("%PDF-1.7\nnothing here\n%%EOF\n"), pdfDamaged},
		"a page that is its own parent":          {pdfOf(catalogue, "<< /Type /Pages /Kids [2 0 R] /Count 1 >>"), pdfDamaged},
		"a stream that inflates to 300 MB":       {pdfOf(catalogue, onePage, page, streamObject("/Filter /FlateDecode", bomb)), pdfBomb},
		"the same twice deflated, 80 MB":         {pdfOf(catalogue, onePage, page, streamObject("/Filter [/FlateDecode /FlateDecode]", double)), pdfBomb},
		"a bomb that no object names":            {append([]byte("%PDF-1.7\nstream\n"), append(bomb, plainPDF(1)...)...), pdfBomb},
		"20,000 streams":                         {[]byte("%PDF-1.7\n" + strings.Repeat("stream ", 20_000) + "%%EOF"), pdfBomb},
		"an image of 2,500 million pixels":       {pdfOf(catalogue, onePage, page, streamObject("/Type /XObject /Subtype /Image /Width 50000 /Height 50000 /ColorSpace /DeviceGray /BitsPerComponent 8 /Filter /DCTDecode", []byte("x"))), pdfBomb},
		"another format under a PDF's signature": {append([]byte("%PDF-1.7\n<html>"), "</html>\n%%EOF"...), pdfDamaged},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Read(t.Context(), "a.pdf", bytes.NewReader(c.data))
			wantRefusal(t, err, c.want)
		})
	}
}

func TestDeepNestingIsRefused(t *testing.T) {
	deep := strings.Repeat("[", 100_000) + strings.Repeat("]", 100_000)
	_, err := Read(t.Context(), "a.pdf", bytes.NewReader(pdfOf("<< /Type /Catalog /Pages 2 0 R /Deep "+deep+" >>", onePage, page)))
	wantRefusal(t, err, pdfDamaged)
}

func TestNothingIsWrittenInTheHomeFolder(t *testing.T) {
	home := t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("XDG_CONFIG_HOME", home)
	read(t, "a.pdf", plainPDF(1))
	if left, err := os.ReadDir(home); err != nil || len(left) != 0 {
		t.Errorf("want an empty home, got %v, %v", left, err)
	}
}
