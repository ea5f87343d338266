package ui

import (
	"fmt"
	"strconv"
	"unicode/utf8"
)

// Figure is a plot with its title, the fact in a sentence, and its table.
type Figure struct {
	ID    string
	Title string
	Says  string // the fact, in a sentence
	Wide  bool   // it takes both columns
	Tall  bool   // beside it stand two others
	Open  bool   // its table is shown at first
	Table FigureTable
}

// FigureTable is what a plot shows, as a table.
type FigureTable struct {
	Heads []string
	Rows  []FigureRow
}

// FigureRow is a line of it: its name, then its cells.
type FigureRow struct {
	Name  string
	Cells []FigureCell
}

// FigureCell is a number, and the list that it counts.
type FigureCell struct {
	Text string
	URL  string
}

// PlotBar is a bar of one or two parts, the second one paler.
type PlotBar struct {
	Name  string
	Parts [2]int64
	Text  string // what is written at its end, "" for its length
}

// All is the length of the bar.
func (b PlotBar) All() int64 { return b.Parts[0] + b.Parts[1] }

func (b PlotBar) said() string {
	if b.Text != "" {
		return b.Text
	}
	return strconv.FormatInt(b.All(), 10)
}

// px writes a coordinate.
func px(x float64) string { return strconv.FormatFloat(x, 'f', 1, 64) }

// Geometry of the bars that lie: names at the left, a line each.
const (
	barsLeft, barsRight, barsStep = 196.0, 490.0, 40.0
	barsEnd, barsLetter           = 528.0, 8.0 // of what is written at a bar's end
)

type lyingBar struct {
	Name, TextY, Y, Middle, Second, End string
	Width                               [2]string
	Value                               string
}

func lyingBars(bars []PlotBar) []lyingBar {
	most, letters := int64(1), 0
	for _, b := range bars {
		most, letters = max(most, b.All()), max(letters, utf8.RuneCountInString(b.said()))
	}
	right := min(barsRight, barsEnd-barsLetter*float64(letters))
	all := make([]lyingBar, len(bars))
	for i, b := range bars {
		y := 17 + barsStep*float64(i)
		long := func(n int64) float64 { return (right - barsLeft) * float64(n) / float64(most) }
		all[i] = lyingBar{
			Name: shortened(b.Name, 26), TextY: px(y + 14), Y: px(y), Second: px(barsLeft + long(b.Parts[0])), End: px(barsLeft + long(b.All()) + 8),
			Width: [2]string{px(long(b.Parts[0])), px(long(b.Parts[1]))}, Value: b.said(),
		}
	}
	return all
}

func lyingHeight(bars []PlotBar) float64 { return 22 + barsStep*float64(len(bars)) }

// shortened is the text cut to fit, with an ellipsis.
func shortened(text string, most int) string {
	letters := []rune(text)
	if len(letters) <= most {
		return text
	}
	return string(letters[:most-1]) + "…"
}

type standingBar struct{ X, Y, Width, Height, Middle, Above, Class, Label, Value string }

// standingBars stand in a frame of 540 by 224; the second part of a
// bar, where it has one, is all of it.
func standingBars(bars []PlotBar) []standingBar {
	most := int64(1)
	for _, b := range bars {
		most = max(most, b.All())
	}
	step := 512 / float64(max(len(bars), 1))
	all := make([]standingBar, len(bars))
	for i, b := range bars {
		x, height := 14+step*float64(i)+step*.11, 170*float64(b.All())/float64(most)
		class := "b1"
		if b.Parts[1] > 0 {
			class = "b2"
		}
		all[i] = standingBar{X: px(x), Y: px(190 - height), Width: px(step * .78), Height: px(height), Middle: px(x + step*.39), Above: px(183 - height), Class: class,
			Label: b.Name, Value: b.said()}
	}
	return all
}

// PlotPoint is a point of a curve: where it stands, and its value.
type PlotPoint struct {
	Label string // under the axis
	N     int64
}

// Curve is a line of points, the last ones named at the right; Before is that of
// the time before, dotted, as long or shorter.
type Curve struct {
	Points, Before         []PlotPoint
	Name, BeforeName, Says string
}

const (
	curveLeft, curveRight, curveTop, curveBottom = 52.0, 1040.0, 20.0, 222.0
)

func (c Curve) most() int64 {
	most := int64(1)
	for _, p := range append(c.Points[:len(c.Points):len(c.Points)], c.Before...) {
		most = max(most, p.N)
	}
	return most
}

func (c Curve) at(i int, n int64) (x, y float64) {
	steps := float64(max(len(c.Points)-1, 1))
	return curveLeft + (curveRight-curveLeft)*float64(i)/steps, curveBottom - (curveBottom-curveTop)*float64(n)/float64(c.grid()[len(c.grid())-1])
}

// grid are the numbers that have a line, from 0: a round one beyond the most.
func (c Curve) grid() []int64 {
	step := int64(1)
	for _, s := range []int64{1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000, 20000, 50000, 100000} {
		step = s
		if c.most() <= 4*s {
			break
		}
	}
	var lines []int64
	for n := int64(0); ; n += step {
		lines = append(lines, n)
		if n >= c.most() {
			return lines
		}
	}
}

func (c Curve) path(points []PlotPoint) string {
	path := ""
	for i, p := range points {
		x, y := c.at(i, p.N)
		letter := "L"
		if i == 0 {
			letter = "M"
		}
		path += letter + px(x) + " " + px(y) + " "
	}
	return path
}

type dot struct{ X, Y, Turn, Label string }

// dots are the noteheads of the points, few enough to be told apart.
func (c Curve) dots() (all []dot) {
	every := len(c.Points)/31 + 1
	for i, p := range c.Points {
		if i%every != 0 && i != len(c.Points)-1 {
			continue
		}
		x, y := c.at(i, p.N)
		all = append(all, dot{X: px(x), Y: px(y), Turn: fmt.Sprintf("rotate(-22 %s %s)", px(x), px(y))})
	}
	return all
}

// labels are the days under the axis, six or so.
func (c Curve) labels() (all []dot) {
	every := max((len(c.Points)+5)/6, 1)
	for i, p := range c.Points {
		if i%every == 0 && (i+every/2 < len(c.Points) || i == 0) || i == len(c.Points)-1 {
			x, _ := c.at(i, 0)
			all = append(all, dot{X: px(x), Label: p.Label})
		}
	}
	return all
}

// end is where the last value of the points is written; the other's is moved
// away from it.
func (c Curve) end(points []PlotPoint) (y float64) {
	_, y = c.at(0, points[len(points)-1].N)
	return y
}

func (c Curve) beforeEnd() float64 {
	y := c.end(c.Before)
	if own := c.end(c.Points); y-own < 16 && y-own > -16 {
		if y >= own {
			return own + 16
		}
		return own - 16
	}
	return y
}

// PlotSpan is a line of per cents, one a pole; -1 where there is none.
type PlotSpan struct {
	Name   string
	Values []int64
}

type spanRow struct {
	Name, TextY, Y, Line string
	Heads                []spanHead
}

type spanHead struct{ X, Turn, Class string }

// spanClasses tell the poles apart; more than three share the last.
var spanClasses = []string{"b1", "creuse", "b2"}

func spanRows(spans []PlotSpan) []spanRow {
	all := make([]spanRow, len(spans))
	for i, s := range spans {
		y := 24 + 28*float64(i)
		row := spanRow{Name: shortened(s.Name, 20), TextY: px(y + 5), Y: px(y)}
		from, to := 1000.0, -1.0
		seen := map[int64]float64{}
		for k, v := range s.Values {
			if v < 0 {
				continue
			}
			x := 150 + 350*float64(min(v, 110))/100 - seen[v]
			seen[v] += 8
			from, to = min(from, x), max(to, x)
			row.Heads = append(row.Heads, spanHead{X: px(x), Turn: fmt.Sprintf("rotate(-22 %s %s)", px(x), px(y)), Class: SpanClass(k)})
		}
		if to > from {
			row.Line = "M" + px(from) + " " + px(y) + "H" + px(to)
		}
		all[i] = row
	}
	return all
}

func spanHeight(spans []PlotSpan) float64 { return 44 + 28*float64(len(spans)) }

// SpanClass is how the i-th pole is drawn.
func SpanClass(i int) string { return spanClasses[min(i, len(spanClasses)-1)] }
