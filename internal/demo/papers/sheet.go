// Package papers draws the made-up documents that families of the
// demonstration school hand in: readable, and all marked « Document fictif ».
package papers

import (
	"image"
	"image/color"
	"image/draw"
	"sync"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goitalic"
	"golang.org/x/image/font/gofont/gomono"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
)

// An A4 page at 100 dots an inch.
const (
	width  = 827
	height = 1169
	margin = 80
)

var (
	ink    = color.RGBA{0x22, 0x22, 0x26, 0xff}
	grey   = color.RGBA{0x8a, 0x8a, 0x90, 0xff}
	pale   = color.RGBA{0xee, 0xf0, 0xf4, 0xff}
	penInk = color.RGBA{0x1c, 0x35, 0x8f, 0xff}
	blue   = color.RGBA{0x1f, 0x4e, 0x79, 0xff}
	green  = color.RGBA{0x2d, 0x6a, 0x4f, 0xff}
)

// Sheet is a drawn page. The same facts always give the same page.
type Sheet struct {
	page *image.RGBA
	y    int // the base line of the next text
}

func newSheet() *Sheet {
	s := &Sheet{page: image.NewRGBA(image.Rect(0, 0, width, height)), y: margin + 20}
	draw.Draw(s.page, s.page.Bounds(), image.White, image.Point{}, draw.Src)
	s.at(margin, height-50, small, grey, "Document fictif – école de démonstration – personnes et numéros inventés")
	return s
}

// style is a typeface and a size in points.
type style struct {
	file []byte
	size float64
}

var (
	small   = style{goregular.TTF, 8}
	body    = style{goregular.TTF, 11}
	strong  = style{gobold.TTF, 11}
	heading = style{gobold.TTF, 16}
	digits  = style{gomono.TTF, 12}
	byHand  = style{goitalic.TTF, 13}
	large   = style{gobold.TTF, 26}
)

var (
	facesMu sync.Mutex
	faces   = map[*byte]map[float64]font.Face{}
)

// face returns the typeface, made once; the caller holds facesMu, since a face serves one at a time.
func (st style) face() font.Face {
	key := &st.file[0]
	if f := faces[key][st.size]; f != nil {
		return f
	}
	parsed, err := opentype.Parse(st.file)
	if err != nil {
		panic(err) // the Go fonts are compiled in
	}
	f, err := opentype.NewFace(parsed, &opentype.FaceOptions{Size: st.size, DPI: 100, Hinting: font.HintingFull})
	if err != nil {
		panic(err)
	}
	if faces[key] == nil {
		faces[key] = map[float64]font.Face{}
	}
	faces[key][st.size] = f
	return f
}

// at writes a line of text from (x, y) and returns its width.
func (s *Sheet) at(x, y int, st style, c color.Color, text string) int {
	facesMu.Lock()
	defer facesMu.Unlock()
	d := font.Drawer{Dst: s.page, Src: image.NewUniform(c), Face: st.face(), Dot: fixed.P(x, y)}
	d.DrawString(text)
	return (d.Dot.X - fixed.I(x)).Ceil()
}

// write puts lines one below the other from the left margin.
func (s *Sheet) write(st style, c color.Color, lines ...string) {
	for _, line := range lines {
		s.at(margin, s.y, st, c, line)
		s.y += int(st.size * 2.1)
	}
}

// field writes a label and its value, the value starting at one place for all.
func (s *Sheet) field(label string, st style, c color.Color, value string) {
	s.at(margin, s.y, body, grey, label)
	s.at(margin+220, s.y, st, c, value)
	s.y += 30
}

func (s *Sheet) skip(dy int) { s.y += dy }

func (s *Sheet) fill(r image.Rectangle, c color.Color) {
	draw.Draw(s.page, r, image.NewUniform(c), image.Point{}, draw.Src)
}

// frame draws a rectangle's border.
func (s *Sheet) frame(r image.Rectangle, c color.Color) {
	const w = 2
	s.fill(image.Rect(r.Min.X, r.Min.Y, r.Max.X, r.Min.Y+w), c)
	s.fill(image.Rect(r.Min.X, r.Max.Y-w, r.Max.X, r.Max.Y), c)
	s.fill(image.Rect(r.Min.X, r.Min.Y, r.Min.X+w, r.Max.Y), c)
	s.fill(image.Rect(r.Max.X-w, r.Min.Y, r.Max.X, r.Max.Y), c)
}

// letterhead draws a coloured band with the sender's name.
func (s *Sheet) letterhead(c color.Color, name, line string) {
	s.fill(image.Rect(0, 0, width, 14), c)
	s.at(margin, 70, heading, c, name)
	s.at(margin, 95, small, grey, line)
	s.at(width-margin-130, 70, strong, grey, "Document fictif")
	s.y = 165
}
