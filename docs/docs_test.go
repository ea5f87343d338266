// Package docs_test holds the documents to the tree: what they name exists.
package docs_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// root is the tree, seen from this folder.
var root = os.DirFS("..")

func read(t *testing.T, name string) string {
	t.Helper()
	text, err := fs.ReadFile(root, name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// goFiles parses every Go file whose name is kept, by its path.
func goFiles(t *testing.T, keep func(name string) bool) map[string]*ast.File {
	t.Helper()
	files := map[string]*ast.File{}
	err := fs.WalkDir(root, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && (entry.Name() == "testdata" || len(entry.Name()) > 1 && entry.Name()[0] == '.') {
			return fs.SkipDir
		}
		if entry.IsDir() || !strings.HasSuffix(name, ".go") || !keep(name) {
			return nil
		}
		text, err := fs.ReadFile(root, name)
		if err != nil {
			return err
		}
		files[name], err = parser.ParseFile(token.NewFileSet(), name, text, parser.SkipObjectResolution)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(files) < 20 {
		t.Fatalf("only %d files were read", len(files))
	}
	return files
}

func isTest(name string) bool { return strings.HasSuffix(name, "_test.go") }

// section is the text under a heading of the second level, up to the next one.
func section(t *testing.T, text, heading string) string {
	t.Helper()
	_, after, found := strings.Cut(text, "\n## "+heading+"\n")
	if !found {
		t.Fatalf("there is no section « %s »", heading)
	}
	inside, _, _ := strings.Cut(after, "\n## ")
	return inside
}

// rowsOf reads the cells of every line of a table that begins with a match.
func rowsOf(text string, first *regexp.Regexp) [][]string {
	var rows [][]string
	for line := range strings.Lines(text) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		if strings.HasPrefix(line, "|") && first.MatchString(cells[0]) {
			rows = append(rows, cells)
		}
	}
	return rows
}

// modulesInUse are the modules of go.mod that our own code imports, and those
// of its tools.
func modulesInUse(t *testing.T) (used []string) {
	mod := read(t, "go.mod")
	var modules []string
	for _, m := range regexp.MustCompile(`(?m)^(?:require)?\s+(\S+) v\S+`).FindAllStringSubmatch(mod, -1) {
		modules = append(modules, m[1])
	}
	packages := map[string]bool{}
	for _, m := range regexp.MustCompile(`(?m)^tool (\S+)`).FindAllStringSubmatch(mod, -1) {
		packages[m[1]] = true
	}
	for name, file := range goFiles(t, func(string) bool { return true }) {
		for _, i := range file.Imports {
			imported, err := strconv.Unquote(i.Path.Value)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			packages[imported] = true
		}
	}
	for p := range packages {
		in := ""
		for _, m := range modules {
			if (p == m || strings.HasPrefix(p, m+"/")) && len(m) > len(in) {
				in = m
			}
		}
		if in != "" && !slices.Contains(used, in) {
			used = append(used, in)
		}
	}
	slices.Sort(used)
	return used
}

func TestDependenciesAreThoseInUse(t *testing.T) {
	var listed []string
	for _, cells := range rowsOf(read(t, "docs/dependencies.md"), regexp.MustCompile(`^[a-z]+\.[a-z]+/\S+$`)) {
		listed = append(listed, cells[0])
		if len(cells) != 3 || cells[1] == "" || cells[2] == "" {
			t.Errorf("%s: its licence or its reason is not said", cells[0])
		}
	}
	slices.Sort(listed)
	used := modulesInUse(t)
	if len(used) < 10 {
		t.Fatalf("only %d modules were found in use: %v", len(used), used)
	}
	for _, m := range used {
		if !slices.Contains(listed, m) {
			t.Errorf("%s is in use and has no line in dependencies.md", m)
		}
	}
	for _, m := range listed {
		if !slices.Contains(used, m) {
			t.Errorf("dependencies.md has %s, which is in use no more", m)
		}
	}
}

func TestTwoCommandsGetGoing(t *testing.T) {
	parts := strings.Split(section(t, read(t, "README.md"), "Get going"), "```")
	if len(parts) != 3 {
		t.Fatalf("%d blocks of commands, want one", len(parts)/2)
	}
	got := strings.Split(strings.TrimSpace(parts[1]), "\n")
	if want := []string{"go run ./cmd/pupitre demo", "make test"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
