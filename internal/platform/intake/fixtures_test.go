package intake

import (
	"archive/zip"
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pdfcpu/pdfcpu/pkg/api"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model"

	"pupitre/internal/platform/fault"
)

var (
	red    = color.RGBA{220, 30, 30, 255}
	blue   = color.RGBA{30, 30, 220, 255}
	orange = color.RGBA{220, 200, 30, 255}
	sky    = color.RGBA{30, 200, 220, 255}
)

// quarters is an image of four plain colours: red, blue; orange, sky.
func quarters(width, height int) *image.RGBA {
	m := image.NewRGBA(image.Rect(0, 0, width, height))
	colours := [2][2]color.RGBA{{red, blue}, {orange, sky}}
	for y := range height {
		for x := range width {
			m.SetRGBA(x, y, colours[2*y/height][2*x/width])
		}
	}
	return m
}

func jpegOf(t testing.TB, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, &jpeg.Options{Quality: 95}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func pngOf(t testing.TB, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// withEXIF puts an EXIF block with an orientation and a position into a JPEG.
func withEXIF(jpeg []byte, order binary.AppendByteOrder, orientation uint16) []byte {
	mark := "II"
	if order == binary.AppendByteOrder(binary.BigEndian) {
		mark = "MM"
	}
	tiff := []byte(mark)
	tiff = order.AppendUint16(tiff, 42)
	tiff = order.AppendUint32(tiff, 8)
	entry := func(tag, kind uint16, count uint32, value []byte) {
		tiff = order.AppendUint16(tiff, tag)
		tiff = order.AppendUint16(tiff, kind)
		tiff = order.AppendUint32(tiff, count)
		tiff = append(tiff, append(value, 0, 0, 0, 0)[:4]...)
	}
	tiff = order.AppendUint16(tiff, 2)
	entry(0x0112, 3, 1, order.AppendUint16(nil, orientation))
	entry(0x8825, 4, 1, order.AppendUint32(nil, 38)) // the GPS directory follows
	tiff = order.AppendUint32(tiff, 0)
	tiff = order.AppendUint16(tiff, 1)
	entry(0x001d, 2, 4, []byte("47.2")) // a made-up latitude
	tiff = order.AppendUint32(tiff, 0)
	return withSegment(jpeg, 0xe1, append([]byte("Exif\x00\x00"), tiff...))
}

func withSegment(jpeg []byte, marker byte, body []byte) []byte {
	out := append([]byte{}, jpeg[:2]...)
	out = append(out, 0xff, marker)
	out = binary.BigEndian.AppendUint16(out, uint16(len(body)+2))
	out = append(out, body...)
	return append(out, jpeg[2:]...)
}

// pngHeader is a PNG that announces a size and holds next to nothing.
func pngHeader(width, height uint32, depth byte) []byte {
	body := binary.BigEndian.AppendUint32([]byte("IHDR"), width)
	body = binary.BigEndian.AppendUint32(body, height)
	body = append(body, depth, 2, 0, 0, 0)
	out := binary.BigEndian.AppendUint32([]byte("\x89PNG\r\n\x1a\n"), 13)
	out = append(out, body...)
	return binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(body))
}

// pdfOf writes a PDF of the objects 1, 2, …; object 1 is the catalogue.
func pdfOf(objects ...string) []byte { return pdfWith("", objects...) }

func pdfWith(trailer string, objects ...string) []byte {
	var b bytes.Buffer
	b.WriteString("%PDF-1.7\n")
	offsets := make([]int, len(objects))
	for i, o := range objects {
		offsets[i] = b.Len()
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	start := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(objects)+1)
	for _, o := range offsets {
		fmt.Fprintf(&b, "%010d 00000 n \n", o)
	}
	fmt.Fprintf(&b, "trailer\n<< /Size %d /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF\n", len(objects)+1, trailer, start)
	return b.Bytes()
}

const (
	catalogue = "<< /Type /Catalog /Pages 2 0 R >>"
	onePage   = "<< /Type /Pages /Kids [3 0 R] /Count 1 >>"
	page      = "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << >> >>"
)

func plainPDF(pages int) []byte {
	kids := make([]string, pages)
	objects := []string{catalogue, ""}
	for i := range pages {
		kids[i] = fmt.Sprintf("%d 0 R", i+3)
		objects = append(objects, page)
	}
	objects[1] = fmt.Sprintf("<< /Type /Pages /Kids [%s] /Count %d >>", strings.Join(kids, " "), pages)
	return pdfOf(objects...)
}

func streamObject(dictionary string, content []byte) string {
	return fmt.Sprintf("<< %s /Length %d >>\nstream\n%s\nendstream", dictionary, len(content), content)
}

// zeros is a zlib stream of n times 1 MiB of zeros, without its check sum.
func zeros(t testing.TB, n int) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zlib.NewWriter(&b)
	if _, err := z.Write(make([]byte, 1<<20)); err != nil {
		t.Fatal(err)
	}
	if err := z.Flush(); err != nil {
		t.Fatal(err)
	}
	header, block := b.Bytes()[:2], b.Bytes()[2:]
	return append(bytes.Clone(header), bytes.Repeat(block, n)...)
}

func zlibOf(t testing.TB, content []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zlib.NewWriter(&b)
	if _, err := z.Write(content); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func encryptedPDF(t testing.TB, user, owner string) []byte {
	t.Helper()
	var out bytes.Buffer
	conf := model.NewAESConfiguration(user, owner, 256)
	if err := api.Encrypt(bytes.NewReader(plainPDF(1)), &out, conf); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func zipOf(t testing.TB, names ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range names {
		w, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store})
		if err == nil && name == "mimetype" {
			_, err = w.Write([]byte("application/vnd.oasis.opendocument.text"))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func fixture(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func read(t testing.TB, name string, data []byte) *File {
	t.Helper()
	f, err := Read(t.Context(), name, bytes.NewReader(data))
	if err != nil {
		t.Fatalf("read %s: %v", name, err)
	}
	return f
}

// wantRefusal fails unless err is an Invalid of the sentence.
func wantRefusal(t testing.TB, err error, sentence string) {
	t.Helper()
	var invalid *fault.Invalid
	if !errors.As(err, &invalid) || invalid.Message != sentence {
		t.Errorf("want the refusal %q, got %v", sentence, err)
	}
}

// wantQuarters checks the middle of each quarter, row by row.
func wantQuarters(t testing.TB, data []byte, want [4]color.RGBA) {
	t.Helper()
	m, _, err := image.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	w, h := m.Bounds().Dx(), m.Bounds().Dy()
	for i, colour := range want {
		x, y := w/4+(i%2)*w/2, h/4+(i/2)*h/2
		got := color.RGBAModel.Convert(m.At(x, y)).(color.RGBA)
		for _, pair := range [][2]uint8{{got.R, colour.R}, {got.G, colour.G}, {got.B, colour.B}} {
			if d := int(pair[0]) - int(pair[1]); d > 40 || d < -40 {
				t.Fatalf("quarter %d: want about %v, got %v", i+1, colour, got)
			}
		}
	}
}

func wantSize(t testing.TB, data []byte, width, height int) {
	t.Helper()
	cfg, _, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil || cfg.Width != width || cfg.Height != height {
		t.Fatalf("want %d × %d, got %d × %d, %v", width, height, cfg.Width, cfg.Height, err)
	}
}
