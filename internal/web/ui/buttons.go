package ui

import (
	"net/url"
	"strings"

	"github.com/a-h/templ"
)

// Styles and sizes of a button; the zero values are the main action.
const (
	StyleSecond  = "second"
	StyleBare    = "nu"
	StyleRefusal = "refus"
	SizeSmall    = "mince"
	SizeLarge    = "grand"
)

// ButtonSpec describes a button or a link that looks like one.
type ButtonSpec struct {
	Label     string
	Hidden    string // said after the label by a screen reader: « le mandat envoyé »
	Icon      string
	IconAfter string
	Style     string
	Size      string
	Full      bool   // full width on a phone
	Name      string // sent with the form
	Value     string
	Key       string // single-key shortcut, shown on the button
	Attrs     templ.Attributes
}

func (b ButtonSpec) class() string {
	parts := []string{"bouton"}
	if b.Full {
		parts = append(parts, "plein")
	}
	for _, part := range []string{b.Style, b.Size} {
		if part != "" {
			parts = append(parts, part)
		}
	}
	return strings.Join(parts, " ")
}

func (b ButtonSpec) attributes() templ.Attributes {
	attributes := templ.Attributes{}
	if b.Key != "" {
		attributes["data-touche"] = strings.ToLower(b.Key)
		attributes["aria-keyshortcuts"] = strings.ToUpper(b.Key)
	}
	for name, value := range b.Attrs {
		attributes[name] = value
	}
	return attributes
}

// KeyEntry is a line of the list of keys.
type KeyEntry struct {
	Keys []string
	Text string
}

func everywhereKeys() []KeyEntry {
	return []KeyEntry{
		{Keys: []string{"/"}, Text: "rechercher"},
		{Keys: []string{"J", "K"}, Text: "descendre, monter dans un tableau"},
		{Keys: []string{"Entrée"}, Text: "ouvrir la ligne"},
		{Keys: []string{"X"}, Text: "cocher la ligne"},
		{Keys: []string{"?"}, Text: "cette liste"},
		{Keys: []string{"Échap"}, Text: "fermer"},
	}
}

func sheetURL(list, format string, narrowed url.Values) string {
	if len(narrowed) == 0 {
		return list + "/" + format
	}
	return list + "/" + format + "?" + narrowed.Encode()
}

func writeURL(list string, narrowed url.Values) string {
	values := url.Values{"liste": {list}}
	for name, value := range narrowed {
		values[name] = value
	}
	return "/bureau/messages/nouveau?" + values.Encode()
}
