package intake

import (
	"bytes"
	"image/color"
	"sync"
	"testing"
)

func TestAPhotographInHEICBecomesAJPEG(t *testing.T) {
	got := read(t, "IMG_0002.HEIC", fixture(t, "quarters.heic"))
	if got.Kind != JPEG || got.Pages != 1 || got.OriginalName != "IMG_0002.HEIC" {
		t.Fatalf("want a JPEG of one page, got %s, %d, %s", got.Kind, got.Pages, got.OriginalName)
	}
	wantSize(t, got.Data, 200, 120)
	wantQuarters(t, got.Data, [4]color.RGBA{red, blue, orange, sky})
}

func TestASmallHEICKeepsItsPicture(t *testing.T) {
	got := read(t, "vignette.heic", fixture(t, "small.heic"))
	wantSize(t, got.Data, 50, 34)
	wantQuarters(t, got.Data, [4]color.RGBA{red, blue, orange, sky})
}

func TestAnHEICWithAGeneralBrandIsRead(t *testing.T) {
	data := fixture(t, "quarters.heic")
	copy(data[8:], "mif1")
	wantQuarters(t, read(t, "a.heic", data).Data, [4]color.RGBA{red, blue, orange, sky})
}

func TestManyHEICAtOnce(t *testing.T) {
	data := fixture(t, "quarters.heic")
	var readers sync.WaitGroup
	for range 8 {
		readers.Go(func() {
			f, err := Read(t.Context(), "a.heic", bytes.NewReader(data))
			if err != nil {
				t.Error(err)
				return
			}
			wantQuarters(t, f.Data, [4]color.RGBA{red, blue, orange, sky})
		})
	}
	readers.Wait()
}

// The fields of an HEIC are found by their names in the file: ispe holds the
// size that the file announces.
func TestAnHEICOfAHugeSizeIsRefused(t *testing.T) {
	data := fixture(t, "quarters.heic")
	size := bytes.Index(data, []byte("ispe")) + 8
	copy(data[size:], []byte{0, 0, 0xc3, 0x50, 0, 0, 0xc3, 0x50}) // 50000 × 50000
	_, err := Read(t.Context(), "bombe.heic", bytes.NewReader(data))
	if err == nil {
		t.Fatal("want a refusal, got a file")
	}
	wantRefusal(t, err, imageTooLarge)
}
