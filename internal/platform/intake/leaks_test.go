package intake

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tetratelabs/wazero"
	"golang.org/x/sync/semaphore"

	"pupitre/internal/platform/fault"
)

// Leak: an upload waited for its turn as long as its browser did.
func TestAnUploadThatNeverGetsItsTurnIsAskedToComeBack(t *testing.T) {
	for name, c := range map[string]struct {
		turns *semaphore.Weighted
		all   int64
		data  []byte
	}{
		"JPEG": {decoding, decodeBudget, jpegOf(t, quarters(20, 20))},
		"PNG":  {decoding, decodeBudget, pngOf(t, quarters(20, 20))},
		"PDF":  {checking, pdfAtOnce, plainPDF(1)},
		"HEIC": {converting, 1, fixture(t, "quarters.heic")},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := heifSandbox(); err != nil {
				t.Fatal(err)
			}
			if err := c.turns.Acquire(t.Context(), c.all); err != nil {
				t.Fatal(err)
			}
			defer c.turns.Release(c.all)
			synctest.Test(t, func(t *testing.T) {
				began := time.Now()
				_, err := Read(t.Context(), "f", bytes.NewReader(c.data))
				var busy *fault.Busy
				if !errors.As(err, &busy) || busy.Message != crowded || busy.RetryAfter != time.Minute {
					t.Fatalf("want to be asked to come back, got %v", err)
				}
				if waited := time.Since(began); waited != patience {
					t.Errorf("waited %s of the bubble's clock, want %s", waited, patience)
				}
			})
		})
	}
}

// Leak: inside the turn of HEIC, the wait for memory was told as a damaged photo.
func TestAnHEICThatNeverGetsItsMemoryIsAskedToComeBack(t *testing.T) {
	err := refused(&fault.Busy{RetryAfter: time.Minute, Message: crowded}, heicDamaged)
	var busy *fault.Busy
	if !errors.As(err, &busy) {
		t.Fatalf("want to be asked to come back, got %v", err)
	}
}

// looks is a context that ends the n-th time someone looks at it.
type looks struct {
	context.Context
	left int
}

func (l *looks) Err() error {
	if l.left--; l.left < 0 {
		return context.DeadlineExceeded
	}
	return nil
}

// Leak: an HEIC past its time kept the only turn of HEIC until it was decoded.
func TestAnHEICPastItsTimeGivesItsTurnBack(t *testing.T) {
	sandbox, err := heifSandbox()
	if err != nil {
		t.Fatal(err)
	}
	const plenty = 1 << 30
	// decode loads the photo, then decodes it whole while the context may be
	// looked at so many times, and returns how often it was.
	decode := func(looksLeft int) (int, error) {
		module, err := sandbox.InstantiateModule(t.Context(), sandbox.code, wazero.NewModuleConfig().WithName(""))
		if err != nil {
			t.Fatal(err)
		}
		defer module.Close(t.Context())
		d := &heifDecoder{module: module}
		if err := d.load(t.Context(), fixture(t, "quarters.heic")); err != nil {
			t.Fatal(err)
		}
		out, err := d.allocate(t.Context(), 1<<20)
		if err != nil {
			t.Fatal(err)
		}
		ctx := &looks{t.Context(), looksLeft}
		_, err = d.decode(ctx, heifWhole, out)
		return looksLeft - ctx.left, err
	}
	all, err := decode(plenty)
	if err != nil {
		t.Fatal(err)
	}
	if all < 100 {
		t.Fatalf("the decoder looked %d times whether its time was over: the numbers of its functions have changed", all)
	}
	for _, n := range []int{0, all / 2, all - 1} {
		if _, err := decode(n); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("past its time at look %d of %d: want it stopped, got %v", n, all, err)
		}
	}
	read(t, "a.heic", fixture(t, "quarters.heic")) // the next one is decoded
}

// progressive makes the JPEG of a camera one that says it is progressive.
func progressive(t *testing.T, width, height uint16) []byte {
	t.Helper()
	data := jpegOf(t, quarters(16, 16))
	frame := bytes.Index(data, []byte{0xff, 0xc0})
	data[frame+1] = 0xc2
	binary.BigEndian.PutUint16(data[frame+5:], height)
	binary.BigEndian.PutUint16(data[frame+7:], width)
	return data
}

// Leak: a progressive JPEG needs four times the memory that was counted.
func TestAProgressiveJPEGIsCountedWithItsCoefficients(t *testing.T) {
	for name, c := range map[string]struct {
		data []byte
		want string
	}{
		"of 16 million pixels":   {progressive(t, 4000, 4000), imageLayered},
		"of 50 million pixels":   {progressive(t, 50000, 1000), imageLayered},
		"of 4,294 million":       {progressive(t, 65535, 65535), imageTooLarge},
		"of 12 million, damaged": {progressive(t, 4000, 3000), imageDamaged},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Read(t.Context(), "p.jpg", bytes.NewReader(c.data))
			wantRefusal(t, err, c.want)
		})
	}
	// What it reserves: with three quarters of its share, it waits.
	if err := decoding.Acquire(t.Context(), decodeBudget-4*1000*1000*bytesAPixel+1); err != nil {
		t.Fatal(err)
	}
	defer decoding.Release(decodeBudget - 4*1000*1000*bytesAPixel + 1)
	synctest.Test(t, func(t *testing.T) {
		_, err := Read(t.Context(), "p.jpg", bytes.NewReader(progressive(t, 1000, 1000)))
		var busy *fault.Busy
		if !errors.As(err, &busy) {
			t.Errorf("want it to wait for four times a million pixels, got %v", err)
		}
	})
}

// A progressive JPEG of 16 × 16 pixels whose only scan says that all is grey.
func TestAProgressiveJPEGIsRead(t *testing.T) {
	data := progressive(t, 16, 16)
	scan := bytes.Index(data, []byte{0xff, 0xda})
	data = append(data[:scan:scan], 0xff, 0xda, 0, 12, 3, 1, 0x00, 2, 0x11, 3, 0x11, 0, 0, 0, 0x00, 0x0f, 0xff, 0xd9)
	wantSize(t, read(t, "p.jpg", data).Data, 16, 16)
}

// Leak: each scan of a few bytes has the decoder go through all the pixels.
func TestAJPEGOfAThousandScansIsRefused(t *testing.T) {
	data := jpegOf(t, quarters(16, 16))
	scan := bytes.Index(data, []byte{0xff, 0xda})
	end := len(data) - 2
	bomb := bytes.Clone(data[:end])
	for range 1000 {
		bomb = append(bomb, data[scan:end]...)
	}
	bomb = append(bomb, data[end:]...)
	_, scans := layers(bomb)
	if scans != 1001 {
		t.Errorf("counted %d scans, want 1001", scans)
	}
	_, err := Read(t.Context(), "p.jpg", bytes.NewReader(bomb))
	wantRefusal(t, err, imageDamaged)
}

func TestWhatFollowsAPhotographCountsNoScan(t *testing.T) {
	film := bytes.Repeat([]byte{0xff, 0xda, 0, 2}, 1000)
	got := read(t, "p.jpg", append(jpegOf(t, quarters(16, 16)), film...))
	wantSize(t, got.Data, 16, 16)
}

// Leak: a decoder reads on after its context has ended.
func TestADecoderStopsReadingWhenItsTimeIsOver(t *testing.T) {
	photo := jpegOf(t, quarters(400, 300))
	_, err := takeJPEG(&looks{t.Context(), 4}, photo)
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("want the context's error, got %v", err)
	}
}

// Leak: files were all decoded before their pages were counted.
func TestFilesThatAreTogetherTooMany(t *testing.T) {
	for name, c := range map[string]struct {
		files []*File
		want  string
	}{
		"60 pages":   {[]*File{{Pages: 40}, {Pages: 20}}, ""},
		"61 pages":   {[]*File{{Pages: 40}, {Pages: 21}}, joinedTooLong},
		"too heavy":  {[]*File{{Pages: 1, Data: make([]byte, 2*MaxJoined+1)}}, joinedTooBig},
		"no file":    {nil, ""},
		"just heavy": {[]*File{{Pages: 1, Data: make([]byte, 2*MaxJoined)}}, ""},
	} {
		err := Fit(c.files)
		if c.want == "" {
			if err != nil {
				t.Errorf("%s: want them taken, got %v", name, err)
			}
			continue
		}
		wantRefusal(t, err, c.want)
	}
}
