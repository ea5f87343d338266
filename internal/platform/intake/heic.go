package intake

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"image"
	"io"
	"sync"
	"time"
	_ "unsafe" // for go:linkname

	_ "github.com/gen2brain/heic" // carries the compiled decoder
	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"
	"github.com/tetratelabs/wazero/imports/wasi_snapshot_preview1"
	"golang.org/x/sync/semaphore"
)

// heifModule is libheif and libde265 compiled to WebAssembly, as the heic
// module carries it. The module's own Decode would load a libheif.so of the
// machine when there is one: C that reads strangers' files inside this
// process. Run here, the decoder is always the same one, in a sandbox whose
// memory is bounded.
//
//go:linkname heifModule github.com/gen2brain/heic.heifWasm
var heifModule []byte

const (
	heifMemory = 1 << 30 // bytes the sandbox may hold: 50 million pixels fit
	heifTime   = time.Minute
	wasmPage   = 64 << 10
)

// converting lets one HEIC image be decoded at a time.
var converting = semaphore.NewWeighted(1)

type heifRuntime struct {
	wazero.Runtime
	code wazero.CompiledModule
}

// heifSandbox compiles the decoder, once.
var heifSandbox = sync.OnceValues(func() (*heifRuntime, error) {
	zipped, err := gzip.NewReader(bytes.NewReader(heifModule))
	if err != nil {
		return nil, fmt.Errorf("unzip the HEIC decoder: %w", err)
	}
	wasm, err := io.ReadAll(zipped)
	if err != nil {
		return nil, fmt.Errorf("unzip the HEIC decoder: %w", err)
	}
	ctx := context.Background()
	r := wazero.NewRuntimeWithConfig(ctx, wazero.NewRuntimeConfig().
		WithMemoryLimitPages(heifMemory/wasmPage))
	if _, err := wasi_snapshot_preview1.Instantiate(ctx, r); err != nil {
		return nil, fmt.Errorf("prepare the HEIC decoder: %w", err)
	}
	code, err := r.CompileModule(experimental.WithFunctionListenerFactory(ctx, checkpoints{}), wasm)
	if err != nil {
		return nil, fmt.Errorf("compile the HEIC decoder: %w", err)
	}
	return &heifRuntime{r, code}, nil
})

// checkpoints stops the decoder when its context ends, at the functions where
// it looks: wazero's own check, in every loop, makes decoding four times slower.
type checkpoints struct{}

// What the decoder calls again and again, by its number in the module: the
// numbers are those of this build, and a test fails when another has others.
const (
	heifAllocates = 1207 // for every image, tile and slice
	heifReadsTree = 695  // for every block of a picture
)

// NewFunctionListener implements experimental.FunctionListenerFactory.
func (c checkpoints) NewFunctionListener(f api.FunctionDefinition) experimental.FunctionListener {
	if f.Index() == heifAllocates || f.Index() == heifReadsTree {
		return c
	}
	return nil
}

// Before implements experimental.FunctionListener: the panic ends the call with
// the context's error.
func (checkpoints) Before(ctx context.Context, _ api.Module, _ api.FunctionDefinition, _ []uint64, _ experimental.StackIterator) {
	if err := ctx.Err(); err != nil {
		panic(err)
	}
}

// After implements experimental.FunctionListener.
func (checkpoints) After(context.Context, api.Module, api.FunctionDefinition, []uint64) {}

// Abort implements experimental.FunctionListener.
func (checkpoints) Abort(context.Context, api.Module, api.FunctionDefinition, error) {}

func takeHEIC(ctx context.Context, data []byte) (*File, error) {
	sandbox, err := heifSandbox()
	if err != nil {
		return nil, err
	}
	return inTurn(ctx, converting, heifTime, heicDamaged, heicDamaged, func(ctx context.Context) (*File, error) {
		module, err := sandbox.InstantiateModule(ctx, sandbox.code, wazero.NewModuleConfig().WithName(""))
		if err != nil {
			return nil, err
		}
		defer module.Close(context.WithoutCancel(ctx))
		return (&heifDecoder{module: module}).take(ctx, data)
	})
}

// heifDecoder calls one instance of the decoder on one file.
type heifDecoder struct {
	module      api.Module
	input, size uint64 // the file, in the instance's memory
	answer      uint32 // five numbers the decoder fills in
}

// What the decoder answers, in the order of its five numbers.
type heifHeader struct{ width, height, space, chroma, premultiplied uint32 }

const (
	heifYCbCr, heifRGB, heifGray    = 0, 1, 2
	heif420, heif422, heif444       = 1, 2, 3
	heifWhole, heifOnlyHeader       = 0, 1
	heifSmallestRow, heifAlignedRow = 64, 16
)

func (d *heifDecoder) take(ctx context.Context, data []byte) (*File, error) {
	if brand := string(data[8:12]); brand == "mif1" || brand == "msf1" || brand == "heif" {
		data = bytes.Clone(data)
		copy(data[8:12], "heic") // what sniff found among the compatible brands; the decoder looks at the first only
	}
	if err := d.load(ctx, data); err != nil {
		return nil, err
	}
	header, err := d.decode(ctx, heifOnlyHeader, 0)
	if err != nil {
		return nil, err
	}
	release, err := reserve(ctx, int(header.width), int(header.height), bytesAPixel)
	if err != nil {
		return nil, err
	}
	defer release()
	img, err := d.pixels(ctx, header)
	if err != nil {
		return nil, err
	}
	return keepJPEG(onWhite(shrink(img, maxSide)))
}

func (d *heifDecoder) load(ctx context.Context, data []byte) error {
	input, err := d.allocate(ctx, len(data))
	if err != nil {
		return err
	}
	answer, err := d.allocate(ctx, 5*4)
	if err != nil {
		return err
	}
	if !d.module.Memory().Write(input, data) {
		return errHEIF
	}
	d.input, d.size, d.answer = uint64(input), uint64(len(data)), answer
	return nil
}

var errHEIF = errors.New("HEIC decoder failed")

func (d *heifDecoder) allocate(ctx context.Context, size int) (uint32, error) {
	result, err := d.module.ExportedFunction("malloc").Call(ctx, uint64(size))
	if err != nil {
		return 0, err
	}
	if uint32(result[0]) == 0 {
		return 0, errHEIF
	}
	return uint32(result[0]), nil
}

func (d *heifDecoder) decode(ctx context.Context, headerOnly uint64, out uint32) (heifHeader, error) {
	a := uint64(d.answer)
	ok, err := d.module.ExportedFunction("decode").Call(ctx, d.input, d.size, headerOnly, a, a+4, a+8, a+12, a+16, uint64(out))
	if err != nil {
		return heifHeader{}, err
	}
	var n [5]uint32
	for i := range n {
		value, inside := d.module.Memory().ReadUint32Le(d.answer + uint32(4*i))
		if !inside {
			return heifHeader{}, errHEIF
		}
		n[i] = value
	}
	if uint32(ok[0]) == 0 {
		return heifHeader{}, errHEIF
	}
	return heifHeader{n[0], n[1], n[2], n[3], n[4]}, nil
}

// pixels decodes the image. It lies in the instance's memory, and lives as long.
func (d *heifDecoder) pixels(ctx context.Context, h heifHeader) (image.Image, error) {
	rect := image.Rect(0, 0, int(h.width), int(h.height))
	switch h.space {
	case heifRGB:
		row := heifRow(rect.Dx(), 4)
		pix, err := d.planes(ctx, row*rect.Dy())
		if h.premultiplied == 1 {
			return &image.RGBA{Pix: pix, Stride: row, Rect: rect}, err
		}
		return &image.NRGBA{Pix: pix, Stride: row, Rect: rect}, err
	case heifGray:
		row := heifRow(rect.Dx(), 1)
		pix, err := d.planes(ctx, row*rect.Dy())
		return &image.Gray{Pix: pix, Stride: row, Rect: rect}, err
	case heifYCbCr:
		return d.colours(ctx, h.chroma, rect)
	}
	return nil, errHEIF
}

func (d *heifDecoder) colours(ctx context.Context, chroma uint32, rect image.Rectangle) (image.Image, error) {
	ratio, cw, ch := image.YCbCrSubsampleRatio444, rect.Dx(), rect.Dy()
	switch chroma {
	case heif420:
		ratio, cw, ch = image.YCbCrSubsampleRatio420, (cw+1)/2, (ch+1)/2
	case heif422:
		ratio, cw = image.YCbCrSubsampleRatio422, (cw+1)/2
	case heif444:
	default:
		return nil, errHEIF
	}
	row, crow := heifRow(rect.Dx(), 1), heifRow(cw, 1)
	luma := row * rect.Dy()
	pix, err := d.planes(ctx, luma+2*crow*ch)
	if err != nil {
		return nil, err
	}
	return &image.YCbCr{
		Y: pix[:luma], Cb: pix[luma : luma+crow*ch], Cr: pix[luma+crow*ch:],
		YStride: row, CStride: crow, SubsampleRatio: ratio, Rect: rect,
	}, nil
}

func (d *heifDecoder) planes(ctx context.Context, size int) ([]byte, error) {
	out, err := d.allocate(ctx, size)
	if err != nil {
		return nil, err
	}
	if _, err := d.decode(ctx, heifWhole, out); err != nil {
		return nil, err
	}
	pix, inside := d.module.Memory().Read(out, uint32(size))
	if !inside {
		return nil, errHEIF
	}
	return pix, nil
}

// heifRow is the length in bytes that libheif gives a row of pixels.
func heifRow(width, bytesAPixel int) int {
	width = max(heifSmallestRow, (width+1)&^1)
	return (width*bytesAPixel + heifAlignedRow - 1) &^ (heifAlignedRow - 1)
}
