package intake

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"testing/iotest"

	"pupitre/internal/platform/fault"
)

func TestFilesThatAreRefused(t *testing.T) {
	box := func(brands ...string) []byte {
		b := []byte{0, 0, 0, byte(8 + 4*(len(brands)+1)), 'f', 't', 'y', 'p'}
		b = append(b, brands[0]+"\x00\x00\x00\x00"+strings.Join(brands[1:], "")...)
		return append(b, make([]byte, 64)...)
	}
	zeroed := make([]byte, 5000)
	for name, c := range map[string]struct {
		data []byte
		want string
	}{
		"empty":               {nil, empty},
		"only zeros":          {zeroed, onlyZeros},
		"over 10 MB":          {append(plainPDF(1), make([]byte, MaxSize)...), tooBig},
		"Word":                {zipOf(t, "[Content_Types].xml", "word/document.xml"), wordFile},
		"Excel":               {zipOf(t, "[Content_Types].xml", "xl/workbook.xml"), excelFile},
		"PowerPoint":          {zipOf(t, "[Content_Types].xml", "ppt/presentation.xml"), slidesFile},
		"OpenDocument":        {zipOf(t, "mimetype", "content.xml"), openFile},
		"Pages":               {zipOf(t, "Index/Document.iwa"), pagesFile},
		"zip":                 {zipOf(t, "photo.jpg"), archive},
		"empty zip":           {zipOf(t), archive},
		"old Word":            {[]byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1...."), oldOffice},
		"RTF":                 {[]byte(`{\rtf1 bonjour}`), rtfFile},
		"text":                {[]byte("Bonjour, voici l’attestation."), textFile},
		"PostScript":          {[]byte("%!PS-Adobe-3.0"), postscript},
		"HTML":                {[]byte("<!DOCTYPE html><title>x</title>"), webPage},
		"HTML after a space":  {[]byte("\xef\xbb\xbf \n<HTML>"), webPage},
		"HTML after comments": {[]byte("<!-- x --><html>"), webPage},
		"a script":            {[]byte("<script>alert(1)</script>"), webPage},
		"HTML with a PDF in":  {append([]byte("<html>"), plainPDF(1)...), webPage},
		"SVG":                 {[]byte("<svg xmlns='http://www.w3.org/2000/svg'/>"), svgFile},
		"SVG after XML":       {[]byte("<?xml version='1.0'?>\n<svg/>"), svgFile},
		"XML":                 {[]byte("<?xml version='1.0'?><a/>"), xmlFile},
		"RAR":                 {[]byte("Rar!\x1a\x07\x00"), archive},
		"gzip":                {[]byte("\x1f\x8b\x08\x00"), archive},
		"GIF":                 {[]byte("GIF89a......"), gifImage},
		"GIF with a PDF in":   {append([]byte("GIF89a"), plainPDF(1)...), gifImage},
		"WebP":                {[]byte("RIFF\x00\x00\x00\x00WEBPVP8 "), webpImage},
		"TIFF":                {[]byte("II*\x00\x08\x00\x00\x00"), tiffImage},
		"BMP":                 {append([]byte("BM\x9a\x00\x00\x00"), make([]byte, 48)...), bmpImage},
		"AVIF":                {box("avif", "mif1"), avifImage},
		"AVIF, general brand": {box("mif1", "avif"), avifImage},
		"a general brand":     {box("mif1", "none"), unknown},
		"MP4":                 {box("isom", "mp42"), video},
		"MOV":                 {box("qt  "), video},
		"WebM":                {[]byte("\x1aE\xdf\xa3...."), video},
		"M4A":                 {box("M4A ", "isom"), sound},
		"MP3":                 {[]byte("ID3\x03\x00"), sound},
		"Windows program":     {[]byte("MZ\x90\x00\x03"), program},
		"Linux program":       {[]byte("\x7fELF\x02\x01"), program},
		"shell script":        {[]byte("#!/bin/sh\nrm -rf /"), program},
		"noise":               {[]byte("\x01\x9f\x00\xfe\x80\x81"), unknown},
		"a box with no end":   {[]byte("\xff\xff\xff\xffftypheic"), unknown},
		"one byte":            {[]byte("\xff"), unknown},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Read(t.Context(), "attestation.pdf", bytes.NewReader(c.data))
			wantRefusal(t, err, c.want)
		})
	}
}

func TestAFileOfExactlyTheLimitIsLookedAt(t *testing.T) {
	_, err := Read(t.Context(), "a", bytes.NewReader(make([]byte, MaxSize)))
	wantRefusal(t, err, onlyZeros)
}

func TestAnUploadThatBreaksOffIsNoRefusal(t *testing.T) {
	broken := errors.New("connection lost")
	_, err := Read(t.Context(), "a", iotest.ErrReader(broken))
	var invalid *fault.Invalid
	if !errors.Is(err, broken) || errors.As(err, &invalid) {
		t.Fatalf("want %v, got %v", broken, err)
	}
}

func TestAPanicInALibraryIsARefusal(t *testing.T) {
	_, err := guard(damaged, func() (*File, error) { panic("index out of range") })
	wantRefusal(t, err, damaged)
}

func TestCleanName(t *testing.T) {
	long := strings.Repeat("é", 200)
	for name, c := range map[string]struct{ given, want string }{
		"as it is":               {"Attestation d’assurance 2026.pdf", "Attestation d’assurance 2026.pdf"},
		"accents in two parts":   {"Re\u0301glement.pdf", "Réglement.pdf"},
		"Unix folders":           {"../../etc/passwd", "passwd"},
		"Windows folders":        {`C:\Users\Élodie\photo.jpg`, "photo.jpg"},
		"control characters":     {"a\x00b\r\nc\x7f.pdf", "abc.pdf"},
		"reversed writing":       {"photo\u202egpj.exe", "photogpj.exe"},
		"not UTF-8":              {"caf\xe9.pdf", "caf.pdf"},
		"spaces":                 {"  mon \u00a0 scan  .pdf ", "mon scan .pdf"},
		"empty":                  {"", "document"},
		"only dots":              {"..", "document"},
		"a folder":               {"dossier/", "document"},
		"too long":               {long + ".pdf", strings.Repeat("é", 116) + ".pdf"},
		"too long, no ending":    {long, strings.Repeat("é", 120)},
		"too long, ending alike": {"a." + long, "a." + strings.Repeat("é", 118)},
	} {
		t.Run(name, func(t *testing.T) {
			if got := CleanName(c.given); got != c.want {
				t.Errorf("want %q, got %q", c.want, got)
			}
		})
	}
}
