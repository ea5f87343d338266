package intake

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"image"
	"image/color"
	"testing"
)

func TestAPhotographLosesItsPosition(t *testing.T) {
	sent := withEXIF(jpegOf(t, quarters(80, 60)), binary.BigEndian, 1)
	if !bytes.Contains(sent, []byte("47.2")) {
		t.Fatal("the fixture has no position")
	}
	got := read(t, "IMG_0001.JPG", sent)
	for _, secret := range []string{"Exif", "47.2"} {
		if bytes.Contains(got.Data, []byte(secret)) {
			t.Errorf("%q is still there", secret)
		}
	}
	if got.Kind != JPEG || got.MediaType() != "image/jpeg" || got.Extension() != ".jpg" || got.Pages != 1 || got.OriginalName != "IMG_0001.JPG" {
		t.Errorf("want a JPEG of one page, got %s %s %s %d %s", got.Kind, got.MediaType(), got.Extension(), got.Pages, got.OriginalName)
	}
	wantQuarters(t, got.Data, [4]color.RGBA{red, blue, orange, sky})
}

func TestAPhotographIsTurnedUpright(t *testing.T) {
	for orientation, want := range map[uint16][4]color.RGBA{
		0: {red, blue, orange, sky}, // not a value: as it is
		1: {red, blue, orange, sky},
		2: {blue, red, sky, orange}, // mirrored
		3: {sky, orange, blue, red}, // upside down
		4: {orange, sky, red, blue},
		5: {red, orange, blue, sky},
		6: {orange, red, sky, blue}, // a phone held upright
		7: {sky, blue, orange, red},
		8: {blue, sky, red, orange},
		9: {red, blue, orange, sky},
	} {
		for _, order := range []binary.AppendByteOrder{binary.BigEndian, binary.LittleEndian} {
			got := read(t, "p.jpg", withEXIF(jpegOf(t, quarters(80, 48)), order, orientation))
			wantQuarters(t, got.Data, want)
			if orientation >= 5 && orientation <= 8 {
				wantSize(t, got.Data, 48, 80)
			} else {
				wantSize(t, got.Data, 80, 48)
			}
		}
	}
}

func TestALargeImageIsMadeSmaller(t *testing.T) {
	for name, c := range map[string]struct{ width, height, wantWidth, wantHeight int }{
		"at the limit":             {4000, 100, 4000, 100},
		"one pixel too long":       {4001, 100, 4000, 100},
		"twice too long":           {8000, 1000, 4000, 500},
		"five times, upright":      {400, 20000, 80, 4000},
		"a line keeps one pixel":   {60000, 2, 4000, 1},
		"small images are kept so": {3, 5, 3, 5},
	} {
		t.Run(name, func(t *testing.T) {
			got := read(t, "p.jpg", jpegOf(t, quarters(c.width, c.height)))
			wantSize(t, got.Data, c.wantWidth, c.wantHeight)
		})
	}
}

func TestAShrunkImageKeepsItsPicture(t *testing.T) {
	wantQuarters(t, jpegOf(t, shrink(quarters(900, 700), 200)), [4]color.RGBA{red, blue, orange, sky})
}

func TestAPNGStaysOne(t *testing.T) {
	seeThrough := image.NewNRGBA(image.Rect(0, 0, 20, 10))
	seeThrough.SetNRGBA(3, 4, color.NRGBA{10, 20, 30, 128})
	got := read(t, "capture.png", pngOf(t, seeThrough))
	if got.Kind != PNG || got.MediaType() != "image/png" || got.Extension() != ".png" {
		t.Fatalf("want a PNG, got %s %s %s", got.Kind, got.MediaType(), got.Extension())
	}
	m, _, err := image.Decode(bytes.NewReader(got.Data))
	if err != nil {
		t.Fatal(err)
	}
	if c := color.NRGBAModel.Convert(m.At(3, 4)); c != (color.NRGBA{10, 20, 30, 128}) {
		t.Errorf("want the pixel as it was, got %v", c)
	}
}

func TestATextInAPNGDoesNotComeThrough(t *testing.T) {
	sent := append(pngOf(t, quarters(20, 20)), "<script>alert(1)</script>"...)
	if got := read(t, "a.png", sent); bytes.Contains(got.Data, []byte("script")) {
		t.Error("what followed the image is still there")
	}
}

func TestAPolyglotKeepsOnlyItsImage(t *testing.T) {
	page := "<html><script>alert(1)</script></html>"
	sent := withSegment(jpegOf(t, quarters(20, 20)), 0xfe, []byte(page))
	sent = append(sent, plainPDF(1)...)
	sent = append(sent, zipOf(t, "evil.exe")...)
	got := read(t, "page.html", sent)
	for _, trace := range []string{"script", "%PDF", "evil"} {
		if bytes.Contains(got.Data, []byte(trace)) {
			t.Errorf("%q is still there", trace)
		}
	}
	if got.Kind != JPEG {
		t.Errorf("want a JPEG, got %s", got.Kind)
	}
}

func TestTheContentDecidesAndNotTheName(t *testing.T) {
	for name, c := range map[string]struct {
		data []byte
		want Kind
	}{
		"scan.pdf": {jpegOf(t, quarters(20, 20)), JPEG}, "photo.jpg": {plainPDF(1), PDF},
		"page.html": {pngOf(t, quarters(20, 20)), PNG}, "": {plainPDF(1), PDF},
	} {
		if got := read(t, name, c.data); got.Kind != c.want {
			t.Errorf("%q: want %s, got %s", name, c.want, got.Kind)
		}
	}
}

func TestImagesThatAreRefused(t *testing.T) {
	photo := jpegOf(t, quarters(400, 300))
	drawing := pngOf(t, quarters(400, 300))
	wide := bytes.Clone(photo)
	frame := bytes.Index(wide, []byte{0xff, 0xc0})
	copy(wide[frame+5:], []byte{0xff, 0xff, 0xff, 0xff}) // 65535 × 65535
	for name, c := range map[string]struct {
		data []byte
		want string
	}{
		"PNG of 2,500 million pixels":        {pngHeader(50000, 50000, 8), imageTooLarge},
		"PNG just over 50 million":           {pngHeader(50_000_001, 1, 8), imageTooLarge},
		"PNG of 30 million with 16 bits":     {pngHeader(6000, 5000, 16), imageTooLarge},
		"PNG with a size that overflows":     {pngHeader(1<<31-1, 1<<31-1, 8), imageDamaged},
		"PNG without width":                  {pngHeader(0, 10, 8), imageDamaged},
		"PNG that is only its header":        {pngHeader(10, 10, 8), imageDamaged},
		"JPEG of 4,294 million pixels":       {wide, imageTooLarge},
		"JPEG cut in the middle":             {photo[:len(photo)/2], imageDamaged},
		"JPEG cut after its first bytes":     {photo[:4], imageDamaged},
		"PNG cut in the middle":              {drawing[:len(drawing)/2], imageDamaged},
		"PNG cut after its signature":        {drawing[:8], imageDamaged},
		"HEIC cut in the middle":             {fixture(t, "quarters.heic")[:400], heicDamaged},
		"HEIC cut after its first bytes":     {fixture(t, "quarters.heic")[:28], heicDamaged},
		"JPEG whose first bytes are the end": {[]byte("\xff\xd8\xff\xd9"), imageDamaged},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Read(t.Context(), "p.jpg", bytes.NewReader(c.data))
			wantRefusal(t, err, c.want)
		})
	}
}

func TestADamagedOrientationIsIgnored(t *testing.T) {
	whole := withEXIF(jpegOf(t, quarters(80, 48)), binary.BigEndian, 6)
	for cut := 0; cut < 40; cut++ {
		body := whole[6 : 6+6+cut] // "Exif\0\0" and the first bytes of the block
		got := read(t, "p.jpg", withSegment(jpegOf(t, quarters(80, 48)), 0xe1, body))
		if got.Kind != JPEG {
			t.Fatalf("cut at %d: want a JPEG, got %s", cut, got.Kind)
		}
	}
}

func TestWaitingForTheDecoderEndsWithTheContext(t *testing.T) {
	if err := decoding.Acquire(t.Context(), decodeBudget); err != nil {
		t.Fatal(err)
	}
	defer decoding.Release(decodeBudget)
	if err := converting.Acquire(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	defer converting.Release(1)
	if err := checking.Acquire(t.Context(), pdfAtOnce); err != nil {
		t.Fatal(err)
	}
	defer checking.Release(pdfAtOnce)
	for name, data := range map[string][]byte{
		"jpeg": jpegOf(t, quarters(20, 20)), "png": pngOf(t, quarters(20, 20)),
		"heic": fixture(t, "quarters.heic"), "pdf": plainPDF(1),
	} {
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() {
			_, err := Read(ctx, "f", bytes.NewReader(data))
			done <- err
		}()
		cancel()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Errorf("%s: want Canceled, got %v", name, err)
		}
	}
}
