package intake

import (
	"bytes"
	"context"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"math"

	"golang.org/x/image/draw"
	"golang.org/x/sync/semaphore"

	"pupitre/internal/platform/fault"
)

const (
	quality      = 88
	bytesAPixel  = 4
	decodeBudget = maxPixels * bytesAPixel
)

// decoding bounds the bytes of all images being decoded at one time: one of
// 50 million pixels alone, or several smaller ones.
var decoding = semaphore.NewWeighted(decodeBudget)

// weightOf is the bytes that a pixel of the model needs.
func weightOf(model color.Model) int {
	if model == color.NRGBA64Model || model == color.RGBA64Model {
		return 2 * bytesAPixel
	}
	return bytesAPixel
}

// reserve waits for its share of the decoding budget, weight bytes a pixel.
func reserve(ctx context.Context, width, height, weight int) (release func(), err error) {
	if width <= 0 || height <= 0 {
		return nil, fault.Refuse(imageDamaged)
	}
	if width > maxPixels/height || width*height*weight > decodeBudget {
		return nil, fault.Refuse(imageTooLarge)
	}
	cost := int64(width * height * weight)
	if err := wait(ctx, decoding, cost); err != nil {
		return nil, err
	}
	return func() { decoding.Release(cost) }, nil
}

func takeJPEG(ctx context.Context, data []byte) (*File, error) {
	cfg, err := jpeg.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return nil, fault.Refuse(imageDamaged)
	}
	progressive, scans := layers(data)
	weight := weightOf(cfg.ColorModel)
	if progressive {
		weight *= progressiveCost
	}
	switch {
	case scans > maxScans:
		return nil, fault.Refuse(imageDamaged)
	case progressive && cfg.Width <= maxPixels/max(cfg.Height, 1) && cfg.Width*cfg.Height*weight > decodeBudget:
		return nil, fault.Refuse(imageLayered)
	}
	release, err := reserve(ctx, cfg.Width, cfg.Height, weight)
	if err != nil {
		return nil, err
	}
	defer release()
	img, err := jpeg.Decode(untilDone{ctx, bytes.NewReader(data)})
	if err != nil {
		return nil, refused(ctx.Err(), imageDamaged)
	}
	return keepJPEG(upright(shrink(img, maxSide), orientation(data)))
}

func takePNG(ctx context.Context, data []byte) (*File, error) {
	cfg, err := png.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return nil, fault.Refuse(imageDamaged)
	}
	release, err := reserve(ctx, cfg.Width, cfg.Height, weightOf(cfg.ColorModel))
	if err != nil {
		return nil, err
	}
	defer release()
	img, err := png.Decode(untilDone{ctx, bytes.NewReader(data)})
	if err != nil {
		return nil, refused(ctx.Err(), imageDamaged)
	}
	img = shrink(img, maxSide)
	var out bytes.Buffer
	if err := png.Encode(&out, img); err != nil {
		return nil, err
	}
	if out.Len() > MaxSize { // a photograph
		return keepJPEG(onWhite(img))
	}
	return &File{Kind: PNG, Pages: 1, Data: out.Bytes()}, nil
}

// keepJPEG encodes at the quality that keeps the file within MaxSize.
func keepJPEG(img image.Image) (*File, error) {
	var out bytes.Buffer
	for q := quality; ; q -= 15 {
		out.Reset()
		if err := jpeg.Encode(&out, img, &jpeg.Options{Quality: q}); err != nil {
			return nil, err
		}
		if out.Len() <= MaxSize || q < 60 {
			return &File{Kind: JPEG, Pages: 1, Data: out.Bytes()}, nil
		}
	}
}

// shrink returns the image itself, or a smaller one whose longer side is side.
// It halves first, where the mean of four neighbours loses nothing, because a
// wide kernel needs more memory than the image.
func shrink(img image.Image, side int) image.Image {
	for {
		w, h := img.Bounds().Dx(), img.Bounds().Dy()
		longer := max(w, h)
		if longer <= side {
			return img
		}
		scale := max(float64(side)/float64(longer), 0.5)
		img = resize(img, max(1, int(math.Round(float64(w)*scale))), max(1, int(math.Round(float64(h)*scale))))
	}
}

func resize(img image.Image, width, height int) image.Image {
	out := image.NewRGBA(image.Rect(0, 0, width, height))
	draw.ApproxBiLinear.Scale(out, out.Bounds(), img, img.Bounds(), draw.Src, nil)
	return out
}

// onWhite lays the image on white paper.
func onWhite(img image.Image) image.Image {
	out := image.NewRGBA(image.Rect(0, 0, img.Bounds().Dx(), img.Bounds().Dy()))
	draw.Draw(out, out.Bounds(), image.White, image.Point{}, draw.Src)
	draw.Draw(out, out.Bounds(), img, img.Bounds().Min, draw.Over)
	return out
}
