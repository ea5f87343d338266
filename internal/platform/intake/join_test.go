package intake

import (
	"bytes"
	"context"
	"errors"
	"testing"

	"github.com/pdfcpu/pdfcpu/pkg/api"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model"
)

func plainSettings() *model.Configuration {
	conf := pdfSettings(maxInflated)
	conf.WriteObjectStream, conf.WriteXRefStream = false, false
	return conf
}

func TestPagesSentTogetherBecomeOnePDF(t *testing.T) {
	front := read(t, "recto.jpg", jpegOf(t, quarters(80, 60)))
	back := read(t, "verso.png", pngOf(t, quarters(60, 80)))
	photo := read(t, "suite.heic", fixture(t, "quarters.heic"))
	form := read(t, "annexe.pdf", plainPDF(2))
	got, err := Join(t.Context(), []*File{front, form, back, photo})
	if err != nil {
		t.Fatal(err)
	}
	if got.Kind != PDF || got.Pages != 5 || got.OriginalName != "recto.pdf" {
		t.Fatalf("want a PDF of 5 pages named recto.pdf, got %s, %d, %s", got.Kind, got.Pages, got.OriginalName)
	}
	sizes, err := api.PageDims(bytes.NewReader(got.Data), plainSettings())
	if err != nil {
		t.Fatal(err)
	}
	lying := []bool{true, false, false, false, true}
	for i, s := range sizes {
		if (s.Width > s.Height) != lying[i] {
			t.Errorf("page %d: want lying %v, got %v × %v", i+1, lying[i], s.Width, s.Height)
		}
	}
	if again := read(t, "a.pdf", got.Data); again.Pages != 5 || !bytes.Equal(again.Data, got.Data) {
		t.Error("want a PDF that is taken as it is")
	}
}

func TestOneFileIsItself(t *testing.T) {
	one := read(t, "recto.jpg", jpegOf(t, quarters(80, 60)))
	if got, err := Join(t.Context(), []*File{one}); err != nil || got != one {
		t.Fatalf("want the file itself, got %v, %v", got, err)
	}
}

func TestPDFsOfDifferentVersionsAreJoined(t *testing.T) {
	newer := plainPDF(1)
	copy(newer, "%PDF-2.0")
	for name, order := range map[string][]*File{
		"newer last":  {read(t, "a.pdf", plainPDF(1)), read(t, "b.pdf", newer)},
		"newer first": {read(t, "b.pdf", newer), read(t, "a.pdf", plainPDF(1))},
	} {
		if got, err := Join(t.Context(), order); err != nil || got.Pages != 2 {
			t.Errorf("%s: want 2 pages, got %v, %v", name, got, err)
		}
	}
}

func TestWhatCannotBeJoined(t *testing.T) {
	forty := read(t, "a.pdf", plainPDF(40))
	for name, c := range map[string]struct {
		files []*File
		want  string
	}{
		"nothing":      {nil, joinedNothing},
		"80 pages":     {[]*File{forty, forty}, joinedTooLong},
		"too heavy":    {[]*File{{Kind: JPEG, Pages: 1, Data: make([]byte, 2*MaxJoined)}, forty}, joinedTooBig},
		"not an image": {[]*File{forty, {Kind: JPEG, Pages: 1, Data: []byte("x")}}, joinedFailed},
		"not a PDF":    {[]*File{forty, {Kind: PDF, Pages: 1, Data: []byte("x")}}, joinedFailed},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Join(t.Context(), c.files)
			wantRefusal(t, err, c.want)
		})
	}
}

func TestJoiningEndsWithTheContext(t *testing.T) {
	page := read(t, "a.pdf", plainPDF(1))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Join(ctx, []*File{page, page}); !errors.Is(err, context.Canceled) {
		t.Fatalf("want Canceled, got %v", err)
	}
}
