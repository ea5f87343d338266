package papers

import (
	"hash/fnv"
	"image"
	"image/color"
	"math"
	"math/rand/v2"
	"unicode/utf8"

	"golang.org/x/image/vector"
)

func hash(s string) uint64 {
	h := fnv.New64a()
	h.Write([]byte(s))
	return h.Sum64()
}

// sign scribbles a signature in the box, always the same for a name.
func (s *Sheet) sign(box image.Rectangle, name string) {
	r := rand.New(rand.NewPCG(hash(name), 1))
	loops := float64(3 + utf8.RuneCountInString(name)/4)
	left, middle := float64(box.Min.X)+35, float64(box.Min.Y+box.Max.Y)/2
	length := float64(box.Dx()) * (0.5 + 0.2*r.Float64())
	tall, lean := 18+16*r.Float64(), 10+8*r.Float64()
	phase, pace := r.Float64()*math.Pi, 0.7+0.5*r.Float64()
	var points []point
	for t := 0.0; t <= 1; t += 0.004 {
		a := t*loops*2*math.Pi + phase
		fade := 1 - 0.75*t
		points = append(points, point{
			left + t*length + lean*math.Sin(a*pace)*fade + 10*fade*math.Cos(a),
			middle - 10*t - tall*fade*math.Sin(a)*(0.6+0.4*math.Cos(3*t+phase)),
		})
	}
	s.stroke(points, 1.6)
	s.stroke([]point{{left + 10, middle + 38}, {left + length/2, middle + 44}, {left + length + 20, middle + 26}}, 1.3) // the paraph
}

type point struct{ x, y float64 }

// stroke draws the line through the points, in ink, of the half-width given.
func (s *Sheet) stroke(points []point, half float64) {
	around := extent(points, int(half)+2)
	z := vector.NewRasterizer(around.Dx(), around.Dy())
	left, top := float64(around.Min.X), float64(around.Min.Y)
	for i := 1; i < len(points); i++ {
		a, b := point{points[i-1].x - left, points[i-1].y - top}, point{points[i].x - left, points[i].y - top}
		d := math.Hypot(b.x-a.x, b.y-a.y)
		if d == 0 {
			continue
		}
		nx, ny := (b.y-a.y)/d*half, (a.x-b.x)/d*half
		z.MoveTo(float32(a.x+nx), float32(a.y+ny))
		z.LineTo(float32(b.x+nx), float32(b.y+ny))
		z.LineTo(float32(b.x-nx), float32(b.y-ny))
		z.LineTo(float32(a.x-nx), float32(a.y-ny))
		z.ClosePath()
	}
	z.Draw(s.page, around, image.NewUniform(penInk), image.Point{})
}

// extent is the smallest rectangle around the points, with a margin.
func extent(points []point, margin int) image.Rectangle {
	var all image.Rectangle
	for _, p := range points {
		x, y := int(p.x), int(p.y)
		all = all.Union(image.Rect(x-margin, y-margin, x+margin+1, y+margin+1))
	}
	return all
}

// Holiday is no paper at all: a landscape sent by mistake.
func Holiday() *Sheet {
	s := newSheet()
	for y := range height {
		for x := range width {
			hills := 620 + 70*math.Sin(float64(x)/130) + 40*math.Sin(float64(x)/47+2)
			sea := 780 + 12*math.Sin(float64(x)/60)
			c := color.RGBA{uint8(120 + y/8), uint8(170 + y/12), 235, 255}
			switch {
			case float64(y) > sea:
				c = color.RGBA{30, uint8(110 + (y*7+x/9)%17), 150, 255}
			case float64(y) > hills:
				c = color.RGBA{uint8(70 + y/20), 120, 70, 255}
			case math.Hypot(float64(x-600), float64(y-240)) < 75:
				c = color.RGBA{255, 224, 130, 255}
			}
			s.page.SetRGBA(x, y, c)
		}
	}
	return s
}
