package ui

import "github.com/a-h/templ"

// RecapRow is a line of a summary; EditURL adds « Modifier ».
type RecapRow struct {
	Term    string
	Text    string
	Note    string
	EditURL string
}

// Task is a line of a list of things to do. Without a URL it is not a link;
// without a State it has no chip.
type Task struct {
	Label string
	Note  string
	URL   string
	State StateKind
	Word  string // of the chip; the kind's own when empty
}

// Column is the head of a column.
type Column struct {
	Label  string
	Hidden bool   // the label is for screen readers only
	Num    bool   // figures, at the right
	Sort   string // ascending, descending: the order of the rows
	Class  string
}

// TableSpec describes a table; its rows are the children.
type TableSpec struct {
	Caption     string
	ShowCaption bool
	Columns     []Column
	Cards       bool   // rows become cards on a phone
	Queue       bool   // a list of the office, walked with J and K
	CheckAll    string // name of the rows' check boxes: adds a first column with « Tout sélectionner »
	Class       string
}

func (t TableSpec) attributes() templ.Attributes {
	if !t.Queue {
		return nil
	}
	return templ.Attributes{"data-file": true}
}

func (c Column) attributes() templ.Attributes {
	if c.Sort == "" {
		return nil
	}
	return templ.Attributes{"aria-sort": c.Sort}
}
