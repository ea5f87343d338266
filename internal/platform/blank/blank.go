// Package blank fills in texts with blanks: « Bonjour {name}, ».
package blank

import (
	"regexp"
	"slices"
	"strings"

	"pupitre/internal/platform/french"
)

var blanks = regexp.MustCompile(`\{([^{}\n]*)\}`)

// Names lists what the text's blanks are called, each once, in their order.
func Names(text string) []string {
	var names []string
	for _, hit := range blanks.FindAllStringSubmatch(text, -1) {
		if name := strings.TrimSpace(hit[1]); !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// Fill puts the value of its name in place of each blank.
func Fill(text string, value func(name string) string) string {
	return blanks.ReplaceAllStringFunc(text, func(hit string) string { return value(nameIn(hit)) })
}

func nameIn(hit string) string { return strings.TrimSpace(hit[1 : len(hit)-1]) }

// Same tells whether two names of blanks are one, as people type them: without
// regard to case, accents and the shape of the apostrophe.
func Same(a, b string) bool { return french.Fold(a) == french.Fold(b) }

// elided is a « de » before a blank.
var elided = regexp.MustCompile(`\b[dD]e \{[^{}\n]*\}`)

// Elide writes « d’ » for each « de » before a blank whose value asks for it.
func Elide(text string, value func(name string) string) string {
	return elided.ReplaceAllStringFunc(text, func(hit string) string {
		if french.Elides(value(nameIn(hit[3:]))) {
			return hit[:1] + "’" + hit[3:]
		}
		return hit
	})
}

// Drop removes the blanks that have nothing to say, each with the space before
// it when a space, a stop or the end of the line follows.
func Drop(text string, empty func(name string) bool) string {
	var b strings.Builder
	at := 0
	for _, hit := range blanks.FindAllStringIndex(text, -1) {
		if !empty(nameIn(text[hit[0]:hit[1]])) {
			continue
		}
		before, after := text[at:hit[0]], text[hit[1]:]
		if after == "" || strings.ContainsRune(" .,\n", rune(after[0])) {
			before = strings.TrimSuffix(before, " ")
		}
		b.WriteString(before)
		at = hit[1]
	}
	return b.String() + text[at:]
}

// Strays tells whether the line holds a brace that belongs to no blank.
func Strays(line string) bool { return strings.ContainsAny(blanks.ReplaceAllString(line, ""), "{}") }
