package letter

import (
	"strings"
	"unicode/utf8"
)

// A mail template is plain text. Blank lines part its blocks; the beginning of
// a line says what it is:
//
//	# text          a heading
//	- text          an item of a list
//	= label : text  a fact on a line of its own, kept as it stands in the text part
//	> text          the sentence that matters most, framed
//	{{button "label" url}}   a link; a fact cannot forge one, whatever it holds
//
// Anything else is a paragraph, and **text** is strong.
type block struct {
	Kind  string // heading, items, facts, callout, button, paragraph
	Spans []span // heading, callout, paragraph
	Items [][]span
	Facts []fact
	Label string // button
	URL   string // button
}

type span struct {
	Text   string
	Strong bool
}

type fact struct{ Label, Value string }

const buttonMark = "\x01"

// button returns nothing when there is nowhere to go.
func button(label, url string) string {
	if url == "" {
		return ""
	}
	return buttonMark + label + buttonMark + url
}

func parseBlocks(source string) []block {
	var out []block
	open := false // whether the last block may still grow
	for _, line := range strings.Split(source, "\n") {
		line = strings.TrimSpace(line)
		if line == "" {
			open = false
			continue
		}
		b := parseLine(line)
		if open && out[len(out)-1].Kind == b.Kind && b.Kind != "button" && b.Kind != "heading" {
			out[len(out)-1].grow(b)
			continue
		}
		out = append(out, b)
		open = true
	}
	return out
}

func parseLine(line string) block {
	if rest, ok := strings.CutPrefix(line, buttonMark); ok {
		label, url, _ := strings.Cut(rest, buttonMark)
		return block{Kind: "button", Label: typographic(label), URL: url}
	}
	if rest, ok := strings.CutPrefix(line, "= "); ok {
		label, value, _ := strings.Cut(rest, " : ")
		return block{Kind: "facts", Facts: []fact{{Label: label, Value: value}}}
	}
	if rest, ok := strings.CutPrefix(line, "- "); ok {
		return block{Kind: "items", Items: [][]span{parseSpans(rest)}}
	}
	if rest, ok := strings.CutPrefix(line, "# "); ok {
		return block{Kind: "heading", Spans: parseSpans(rest)}
	}
	if rest, ok := strings.CutPrefix(line, "> "); ok {
		return block{Kind: "callout", Spans: parseSpans(rest)}
	}
	return block{Kind: "paragraph", Spans: parseSpans(line)}
}

func (b *block) grow(next block) {
	b.Items = append(b.Items, next.Items...)
	b.Facts = append(b.Facts, next.Facts...)
	if len(next.Spans) > 0 {
		b.Spans = append(append(b.Spans, span{Text: " "}), next.Spans...)
	}
}

func parseSpans(line string) []span {
	var out []span
	for i, text := range strings.Split(typographic(line), "**") {
		if text != "" {
			out = append(out, span{Text: text, Strong: i%2 == 1})
		}
	}
	return out
}

// typographic puts the narrow no-break spaces of French.
var typographic = strings.NewReplacer(
	" ?", "\u202f?", " !", "\u202f!", " ;", "\u202f;", " :", "\u202f:",
	"« ", "«\u202f", " »", "\u202f»", "n° ", "n°"+noBreak,
).Replace

func plain(spans []span) string {
	var b strings.Builder
	for _, s := range spans {
		b.WriteString(s.Text)
	}
	return b.String()
}

const textWidth = 76

func textOf(blocks []block) string {
	var b strings.Builder
	for i, bl := range blocks {
		if i > 0 {
			b.WriteString("\n")
		}
		switch bl.Kind {
		case "heading":
			title := plain(bl.Spans)
			b.WriteString(title + "\n" + strings.Repeat("-", utf8.RuneCountInString(title)) + "\n")
		case "items":
			for _, item := range bl.Items {
				b.WriteString(wrap("- "+plain(item), "  "))
			}
		case "facts":
			for _, f := range bl.Facts {
				b.WriteString(f.Label + " : " + f.Value + "\n")
			}
		case "button":
			b.WriteString(bl.Label + "\u202f:\n" + bl.URL + "\n")
		default:
			b.WriteString(wrap(plain(bl.Spans), ""))
		}
	}
	return b.String()
}

// wrap breaks at ordinary spaces only; a word longer than the line stays whole.
func wrap(text, indent string) string {
	var b strings.Builder
	length := 0
	for _, word := range strings.Split(text, " ") {
		n := utf8.RuneCountInString(word)
		switch {
		case length == 0:
		case length+1+n > textWidth:
			b.WriteString("\n" + indent)
			length = utf8.RuneCountInString(indent)
		default:
			b.WriteString(" ")
			length++
		}
		b.WriteString(word)
		length += n
	}
	b.WriteString("\n")
	return b.String()
}
