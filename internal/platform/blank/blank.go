// Package blank fills in texts with blanks: « Bonjour {name}, ».
package blank

import (
	"regexp"
	"slices"
	"strings"
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
	return blanks.ReplaceAllStringFunc(text, func(hit string) string { return value(strings.TrimSpace(hit[1 : len(hit)-1])) })
}
