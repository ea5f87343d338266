package intake

import (
	"bytes"
	"encoding/binary"
	"errors"
	"testing"
	"unicode/utf8"

	"pupitre/internal/platform/fault"
)

// FuzzRead: whatever is sent, Read answers with a file that Read would take
// again or with a French sentence, and never panics.
func FuzzRead(f *testing.F) {
	f.Add("a.pdf", plainPDF(2))
	f.Add("b.pdf", pdfOf("<< /Type /Catalog /Pages 2 0 R /OpenAction << /S /JavaScript /JS (x) >> >>", onePage, page))
	f.Add("c.jpg", withEXIF(jpegOf(f, quarters(8, 6)), binary.BigEndian, 6))
	f.Add("d.png", pngOf(f, quarters(8, 6)))
	f.Add("e.heic", fixture(f, "small.heic"))
	f.Add("f.docx", zipOf(f, "[Content_Types].xml", "word/document.xml"))
	f.Add("", []byte{})
	f.Fuzz(func(t *testing.T, name string, data []byte) {
		file, err := Read(t.Context(), name, bytes.NewReader(data))
		if err != nil {
			var invalid *fault.Invalid
			if !errors.As(err, &invalid) || invalid.Message == "" {
				t.Fatalf("want a refusal, got %v", err)
			}
			return
		}
		if n := utf8.RuneCountInString(file.OriginalName); n == 0 || n > maxName {
			t.Fatalf("a name of %d runes", n)
		}
		again, err := Read(t.Context(), name, bytes.NewReader(file.Data))
		if err != nil || again.Kind != file.Kind || again.Pages != file.Pages {
			t.Fatalf("what was kept is not taken again: %v", err)
		}
	})
}
