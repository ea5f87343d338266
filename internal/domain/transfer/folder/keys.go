package folder

import (
	"fmt"
	"strings"
)

// keyPositions tells on which line of a TOML file each key stands: "poles[1].nom" → 12.
type keyPositions map[string]int

// line finds a path, or the nearest table above it; a path without indexes
// stands for its first place in the file. 0 when nothing is found.
func (k keyPositions) line(path string) int {
	for path != "" {
		if line := k.first(path); line > 0 {
			return line
		}
		path = path[:max(0, strings.LastIndexAny(path, ".["))]
	}
	return 0
}

func (k keyPositions) first(path string) int {
	first := k[path]
	for p, line := range k {
		if withoutIndexes(p) == path && (first == 0 || line < first) {
			first = line
		}
	}
	return first
}

func withoutIndexes(path string) string {
	var b strings.Builder
	for part := range strings.SplitSeq(path, "[") {
		if _, after, ok := strings.Cut(part, "]"); ok {
			part = after
		}
		b.WriteString(part)
	}
	return b.String()
}

// keyLines scans headers and "key =" lines; the text is known to be valid TOML.
func keyLines(text string) keyPositions {
	lines := keyPositions{}
	counts := map[string]int{}
	table, quoted := "", ""
	for i, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		if quoted != "" { // inside a text of several lines
			if strings.Contains(line, quoted) {
				quoted = ""
			}
			continue
		}
		if name, ok := strings.CutPrefix(line, "[["); ok {
			name, _, _ = strings.Cut(name, "]]")
			table = indexed(strings.TrimSpace(name), counts)
			lines[table] = i + 1
		} else if name, ok := strings.CutPrefix(line, "["); ok {
			name, _, _ = strings.Cut(name, "]")
			table = strings.TrimSpace(name)
			lines[table] = i + 1
		} else if key, value, ok := strings.Cut(line, "="); ok && !strings.HasPrefix(line, "#") {
			lines[strings.TrimPrefix(table+"."+strings.TrimSpace(key), ".")] = i + 1
			for _, q := range []string{`"""`, `'''`} {
				if strings.Count(value, q) == 1 {
					quoted = q
				}
			}
		}
	}
	return lines
}

// indexed names the next element of an array of tables: a sub-table belongs to its parent's last one.
func indexed(name string, counts map[string]int) string {
	if parent, child, ok := strings.Cut(name, "."); ok {
		name = fmt.Sprintf("%s[%d].%s", parent, counts[parent]-1, child)
	}
	counts[name]++
	return fmt.Sprintf("%s[%d]", name, counts[name]-1)
}
