package papers

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"
	"math"
	"math/rand/v2"

	"github.com/pdfcpu/pdfcpu/pkg/api"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"
	"golang.org/x/image/draw"
	"golang.org/x/image/math/f64"
)

// PNG is the page as a scanner or a screenshot gives it.
func (s *Sheet) PNG() ([]byte, error) {
	var out bytes.Buffer
	if err := png.Encode(&out, s.page); err != nil {
		return nil, fmt.Errorf("encode a paper as PNG: %w", err)
	}
	return out.Bytes(), nil
}

// PDF is the page as an office scanner gives it: one image in greys, no text.
func (s *Sheet) PDF() ([]byte, error) {
	greys := image.NewGray(s.page.Bounds())
	for i := range greys.Pix {
		p := s.page.Pix[4*i:]
		greys.Pix[i] = uint8((299*int(p[0]) + 587*int(p[1]) + 114*int(p[2])) / 1000)
	}
	scan, err := encode(greys)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	onA4, err := api.Import("formsize:A4, position:c, scalefactor:1.0", types.POINTS)
	if err != nil {
		return nil, fmt.Errorf("ask for an A4 page: %w", err)
	}
	if err := api.ImportImages(nil, &out, []io.Reader{bytes.NewReader(scan)}, onA4, nil); err != nil {
		return nil, fmt.Errorf("wrap a paper as PDF: %w", err)
	}
	return out.Bytes(), nil
}

// Photo is a JPEG of the page taken by a telephone on a table: a little
// aslant, shaded, with some noise. The seed varies it.
func (s *Sheet) Photo(seed uint64) ([]byte, error) { return encode(s.photograph(seed)) }

// Blurred is a Photo that nobody can read.
func (s *Sheet) Blurred(seed uint64) ([]byte, error) {
	photo := s.photograph(seed)
	tiny := image.NewRGBA(image.Rect(0, 0, width/11, height/11))
	draw.BiLinear.Scale(tiny, tiny.Bounds(), photo, photo.Bounds(), draw.Src, nil)
	draw.CatmullRom.Scale(photo, photo.Bounds(), tiny, tiny.Bounds(), draw.Src, nil)
	return encode(photo)
}

// photograph lays the sheet on a table and shades what the camera sees.
func (s *Sheet) photograph(seed uint64) *image.RGBA {
	r := rand.New(rand.NewPCG(seed, 2))
	photo := image.NewRGBA(image.Rect(0, 0, width, height))
	wood := color.RGBA{uint8(110 + r.IntN(40)), uint8(80 + r.IntN(30)), uint8(55 + r.IntN(25)), 255}
	draw.Draw(photo, photo.Bounds(), image.NewUniform(wood), image.Point{}, draw.Src)

	angle := (r.Float64() - 0.5) * 0.09
	const scale = 0.9
	sin, cos := math.Sin(angle)*scale, math.Cos(angle)*scale
	// The middle of the sheet falls on the middle of the picture.
	dx, dy := width/2-(cos*width/2-sin*height/2), height/2-(sin*width/2+cos*height/2)
	draw.ApproxBiLinear.Transform(photo, f64.Aff3{cos, -sin, dx, sin, cos, dy}, s.page, s.page.Bounds(), draw.Over, nil)

	lampX, lampY := r.Float64()*width, r.Float64()*height/2
	warmth := [3]float64{1, 0.985, 0.95}
	for y := range height {
		for x := range width {
			i := photo.PixOffset(x, y)
			light := 1 - 0.3*math.Hypot(float64(x)-lampX, float64(y)-lampY)/height + (r.Float64()-0.5)*0.04
			for c := range 3 {
				photo.Pix[i+c] = uint8(min(255, float64(photo.Pix[i+c])*light*warmth[c]))
			}
		}
	}
	return photo
}

func encode(page image.Image) ([]byte, error) {
	var out bytes.Buffer
	if err := jpeg.Encode(&out, page, &jpeg.Options{Quality: 78}); err != nil {
		return nil, fmt.Errorf("encode a paper as JPEG: %w", err)
	}
	return out.Bytes(), nil
}
