package sheet

import (
	"encoding/xml"
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// numberStyle is how a number of that style is meant.
type numberStyle struct {
	date bool
	pad  int // zeros in front, up to so many figures
}

func (w *workbook) readStyles() error {
	if w.parts["xl/styles.xml"] == nil {
		return nil
	}
	codes := map[string]string{}
	inCells := false
	return w.each("xl/styles.xml", func(t xml.Token) error {
		switch t := t.(type) {
		case xml.StartElement:
			switch t.Name.Local {
			case "numFmt":
				codes[attribute(t, "numFmtId")] = attribute(t, "formatCode")
			case "cellXfs":
				inCells = true
			case "xf":
				if inCells {
					id := attribute(t, "numFmtId")
					w.styles = append(w.styles, styleOf(id, codes[id]))
				}
			}
		case xml.EndElement:
			if t.Name.Local == "cellXfs" {
				inCells = false
			}
		}
		return nil
	})
}

var (
	aside   = regexp.MustCompile(`"[^"]*"|\[[^\]]*\]|\\.|_.|\*.`)
	allZero = regexp.MustCompile(`^0{2,15}$`)
)

// styleOf knows the styles that are dates: those of Excel by their number, the
// others by the letters of their code.
func styleOf(id, code string) numberStyle {
	n, _ := strconv.Atoi(id)
	if code == "" {
		return numberStyle{date: n >= 14 && n <= 22 || n >= 27 && n <= 36 || n >= 45 && n <= 47 || n >= 50 && n <= 58}
	}
	bare := strings.ToLower(aside.ReplaceAllString(code, ""))
	if allZero.MatchString(bare) {
		return numberStyle{pad: len(bare)}
	}
	return numberStyle{date: bare != "general" && bare != "standard" && strings.ContainsAny(bare, "dmyhs")}
}

func (w *workbook) style(s string) numberStyle {
	if i, err := strconv.Atoi(s); err == nil && i >= 0 && i < len(w.styles) {
		return w.styles[i]
	}
	return numberStyle{}
}

// moment writes the day or hour that a number counts since the beginning of 1900, or of 1904.
func (w *workbook) moment(days float64) string {
	whole, part := math.Modf(days)
	minutes := int(math.Round(part * 24 * 60))
	hour := fmt.Sprintf("%02d:%02d", minutes/60%24, minutes%60)
	if whole == 0 && !w.from1904 {
		return hour
	}
	day := Serial(whole)
	if w.from1904 {
		day = time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, int(whole))
	}
	if minutes%(24*60) == 0 {
		return day.Format("02/01/2006")
	}
	return day.Format("02/01/2006") + " " + hour
}

// Serial is the day that a spreadsheet counts as a number: 42077 is 14 March 2015.
func Serial(days float64) time.Time {
	if days < 60 { // 1900 had no 29 February, whatever spreadsheets say
		days++
	}
	return time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC).AddDate(0, 0, int(days))
}
