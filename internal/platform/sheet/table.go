package sheet

import (
	"encoding/csv"
	"fmt"
	"io"
	"iter"
	"strconv"
	"time"

	"pupitre/internal/platform/clock"
	"pupitre/internal/platform/french"

	"github.com/xuri/excelize/v2"
)

// Table is a list as a spreadsheet shows it. Each row has a cell a column: a
// string, an int64, Cents, a bool (« oui », « non »), a Day, or a time.Time, an
// instant that is shown at Paris; nil and zero times are empty. A row that comes
// with an error ends the table.
type Table struct {
	Name    string // of the sheet, 31 letters at most
	Columns []Column
	Rows    iter.Seq2[[]any, error]
}

// Column is one of a table: its title, and how wide a spreadsheet shows it, in
// letters.
type Column struct {
	Title string
	Width float64
}

// Day is a date of the calendar, as 2017-03-04; empty without one.
type Day string

// Cents is an amount, shown in euros with two decimals.
type Cents int64

// Format is one that a table may be written in.
type Format string

// The formats.
const (
	CSV  Format = "csv"
	XLSX Format = "xlsx"
)

// MediaType is what HTTP calls the format; ok is false when there is none.
func (f Format) MediaType() (mediaType string, ok bool) {
	switch f {
	case CSV:
		return "text/csv; charset=utf-8", true
	case XLSX:
		return "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", true
	}
	return "", false
}

// Write writes the table in the format, a row at a time. A CSV file is one that
// French Excel opens: « ; », UTF-8 with its mark.
func Write(w io.Writer, f Format, t Table) error {
	switch f {
	case CSV:
		return writeCSV(w, t)
	case XLSX:
		return writeXLSX(w, t)
	}
	return fmt.Errorf("no such format: %q", f)
}

// byteOrderMark lets French Excel read UTF-8.
const byteOrderMark = "\ufeff"

func writeCSV(w io.Writer, t Table) error {
	if _, err := io.WriteString(w, byteOrderMark); err != nil {
		return err
	}
	out := csv.NewWriter(w)
	out.Comma, out.UseCRLF = ';', true
	line := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		line[i] = Cell(c.Title)
	}
	if err := out.Write(line); err != nil {
		return err
	}
	for row, err := range t.Rows {
		if err != nil {
			return err
		}
		for i, v := range row {
			text, err := plain(v)
			if err != nil {
				return err
			}
			line[i] = text
		}
		if err := out.Write(line); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// plain is the cell as text.
func plain(v any) (string, error) {
	switch v := v.(type) {
	case nil:
		return "", nil
	case string:
		return Cell(v), nil
	case int64:
		return strconv.FormatInt(v, 10), nil
	case Cents:
		return v.decimal(","), nil
	case bool:
		return yesNo(v), nil
	case Day:
		return french.CivilDate(string(v)), nil
	case time.Time:
		if v.IsZero() {
			return "", nil
		}
		return v.In(clock.Paris).Format("02/01/2006 15:04:05"), nil
	}
	return "", fmt.Errorf("a cell cannot be a %T", v)
}

// decimal writes the amount exactly.
func (c Cents) decimal(mark string) string {
	sign, n := "", int64(c)
	if n < 0 {
		sign, n = "-", -n
	}
	return fmt.Sprintf("%s%d%s%02d", sign, n/100, mark, n%100)
}

func yesNo(yes bool) string {
	if yes {
		return "oui"
	}
	return "non"
}

// book is an XLSX file as it is written.
type book struct {
	sheet                    *excelize.StreamWriter
	head, day, moment, money int // styles
}

func writeXLSX(w io.Writer, t Table) (err error) {
	file := excelize.NewFile()
	defer file.Close()
	if err := file.SetSheetName("Sheet1", t.Name); err != nil {
		return err
	}
	b := book{}
	for style, of := range map[*int]excelize.Style{
		&b.head:   {Font: &excelize.Font{Bold: true}},
		&b.day:    {CustomNumFmt: new("dd/mm/yyyy")},
		&b.moment: {CustomNumFmt: new("dd/mm/yyyy hh:mm:ss")},
		&b.money:  {CustomNumFmt: new("#,##0.00")},
	} {
		if *style, err = file.NewStyle(&of); err != nil {
			return err
		}
	}
	if b.sheet, err = file.NewStreamWriter(t.Name); err != nil {
		return err
	}
	if err := b.write(t); err != nil {
		return err
	}
	return file.Write(w)
}

func (b book) write(t Table) error {
	titles := make([]any, len(t.Columns))
	for i, c := range t.Columns {
		if c.Width > 0 {
			if err := b.sheet.SetColWidth(i+1, i+1, c.Width); err != nil {
				return err
			}
		}
		titles[i] = excelize.Cell{Value: c.Title, StyleID: b.head}
	}
	if err := b.sheet.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	if err := b.sheet.SetRow("A1", titles); err != nil {
		return err
	}
	n := 1
	for row, err := range t.Rows {
		if err != nil {
			return err
		}
		n++
		cells := make([]any, len(row))
		for i, v := range row {
			if cells[i], err = b.cell(v); err != nil {
				return err
			}
		}
		if err := b.sheet.SetRow("A"+strconv.Itoa(n), cells); err != nil {
			return err
		}
	}
	return b.sheet.Flush()
}

// cell is the value as its cell. A text is a text whatever it begins with: only
// a CSV file needs Cell.
func (b book) cell(v any) (any, error) {
	switch v := v.(type) {
	case nil, string, int64:
		return v, nil
	case Cents:
		return excelize.Cell{Value: float64(v) / 100, StyleID: b.money}, nil
	case bool:
		return yesNo(v), nil
	case Day:
		day, err := time.Parse(time.DateOnly, string(v))
		if err != nil {
			return string(v), nil // empty, or as it was typed
		}
		return excelize.Cell{Value: day, StyleID: b.day}, nil
	case time.Time:
		if v.IsZero() {
			return nil, nil
		}
		return excelize.Cell{Value: onTheWall(v), StyleID: b.moment}, nil
	}
	return nil, fmt.Errorf("a cell cannot be a %T", v)
}

// onTheWall is what the clock shows at Paris, as an instant of UTC: a
// spreadsheet knows no time zones.
func onTheWall(t time.Time) time.Time {
	t = t.In(clock.Paris)
	return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), time.UTC)
}
