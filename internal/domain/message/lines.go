package message

import "strings"

// Line is a line of a written message.
type Line struct {
	Text   string
	Button bool // the way to the portal
	Item   bool // of a list
}

// Lines are those of a message as it was written, the empty ones apart; a list
// ends at an empty line.
func Lines(body string) []Line {
	var all []Line
	for line := range strings.Lines(body) {
		line = strings.TrimSpace(line)
		item, isItem := strings.CutPrefix(line, "- ")
		switch {
		case line == "":
		case line == Link:
			all = append(all, Line{Button: true})
		default:
			all = append(all, Line{Text: item, Item: isItem})
		}
	}
	return all
}
