// Package docs_test holds the documents to the tree: what they name exists.
package docs_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
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

// tests are the test functions of each folder, and the texts that name their rows.
type tests struct {
	functions map[string]bool // account.TestPolicy
	rows      map[string]map[string]bool
}

func testsOfTheTree(t *testing.T) tests {
	all := tests{map[string]bool{}, map[string]map[string]bool{}}
	for name, file := range goFiles(t, isTest) {
		folder := path.Base(path.Dir(name))
		if all.rows[folder] == nil {
			all.rows[folder] = map[string]bool{}
		}
		for _, d := range file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil && strings.HasPrefix(f.Name.Name, "Test") && takesT(f) {
				all.functions[folder+"."+f.Name.Name] = true
			}
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
				if text, err := strconv.Unquote(lit.Value); err == nil {
					all.rows[folder][text] = true
				}
			}
			return true
		})
	}
	return all
}

// takesT tells a test from TestMain and from what only looks like one.
func takesT(f *ast.FuncDecl) bool {
	params := f.Type.Params.List
	if len(params) != 1 {
		return false
	}
	pointer, ok := params[0].Type.(*ast.StarExpr)
	if !ok {
		return false
	}
	selector, ok := pointer.X.(*ast.SelectorExpr)
	return ok && selector.Sel.Name == "T"
}

// missing says what is wrong with `folder.TestName/row`; "" when it exists.
func (all tests) missing(named string) string {
	test, row, hasRow := strings.Cut(named, "/")
	folder, _, _ := strings.Cut(test, ".")
	switch {
	case !all.functions[test]:
		return "there is no such test"
	case hasRow && !all.rows[folder][row]:
		return "no row of its folder has that name"
	}
	return ""
}

var (
	namedTest   = regexp.MustCompile("`([a-z]+\\.Test[^`]*)`")
	requirement = regexp.MustCompile(`(?m)^- (R\d+[a-z]?) `)
	anyNumber   = regexp.MustCompile(`\bR\d+[a-z]?\b`)
)

func TestMissingKnowsTheTree(t *testing.T) {
	all := testsOfTheTree(t)
	for _, c := range []struct {
		what, named string
		found       bool
	}{
		{"a test", "docs.TestMissingKnowsTheTree", true},
		{"a row of a test", "docs.TestMissingKnowsTheTree/a row of a test", true},
		{"a row that is gone", "docs.TestMissingKnowsTheTree/" + strings.Repeat("x", 3), false},
		{"the beginning of a name", "docs.TestMissing", false},
		{"no test, although called so", "letter.TestMain", false},
		{"another folder", "nowhere.TestMissingKnowsTheTree", false},
	} {
		if why := all.missing(c.named); (why == "") != c.found {
			t.Errorf("%s: %q", c.what, why)
		}
	}
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

func TestEveryRequirementHasItsRow(t *testing.T) {
	var wanted, got []string
	for _, m := range requirement.FindAllStringSubmatch(read(t, "docs/product.md"), -1) {
		wanted = append(wanted, m[1])
	}
	if len(wanted) < 50 {
		t.Fatalf("product.md has %d requirements only", len(wanted))
	}
	for _, cells := range rowsOf(read(t, "docs/requirements.md"), regexp.MustCompile(`^R\d+[a-z]?$`)) {
		got = append(got, cells[0])
		if len(cells) != 4 {
			t.Errorf("%s: %d cells, want number, words, state, proof", cells[0], len(cells))
			continue
		}
		proofs, lacks := namedTest.MatchString(cells[3]), strings.Contains(cells[3], "lacks: ")
		switch state := cells[2]; {
		case state == "works" && (!proofs || lacks):
			t.Errorf("%s works, but no test proves it or something lacks", cells[0])
		case state == "partly" && (!proofs || !lacks):
			t.Errorf("%s works partly: name the tests, and what it lacks", cells[0])
		case state == "not yet" && cells[3] != "not yet":
			t.Errorf("%s: the proof of what does not work yet is the words “not yet”", cells[0])
		case state != "works" && state != "partly" && state != "not yet":
			t.Errorf("%s: the state %q is none of works, partly, not yet", cells[0], state)
		}
	}
	if !slices.Equal(got, wanted) {
		t.Errorf("rows of requirements.md:\n%v\nwant those of product.md:\n%v", got, wanted)
	}
}

func TestEveryNamedTestExists(t *testing.T) {
	all := testsOfTheTree(t)
	named := namedTest.FindAllStringSubmatch(read(t, "docs/requirements.md"), -1)
	if len(named) < 30 {
		t.Fatalf("requirements.md names %d tests only", len(named))
	}
	for _, m := range named {
		if why := all.missing(m[1]); why != "" {
			t.Errorf("%s: %s", m[1], why)
		}
	}
}

// TestNumbersInTheCodeResolve: a reader who meets R33b in the code finds it in product.md.
func TestNumbersInTheCodeResolve(t *testing.T) {
	known := map[string]bool{}
	for _, m := range requirement.FindAllStringSubmatch(read(t, "docs/product.md"), -1) {
		known[m[1]] = true
	}
	err := fs.WalkDir(root, "internal", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !slices.Contains([]string{".go", ".templ", ".sql"}, path.Ext(name)) || isTest(name) {
			return err
		}
		for _, number := range anyNumber.FindAllString(read(t, name), -1) {
			if !known[number] {
				t.Errorf("%s names %s, which product.md does not have", name, number)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
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

// exported are the names that other packages can use: catalogue.Course, and
// its fields and methods: catalogue.Course.Slot.
func exported(t *testing.T) map[string]bool {
	names := map[string]bool{}
	for name, file := range goFiles(t, func(name string) bool { return !isTest(name) }) {
		folder := path.Base(path.Dir(name))
		for _, d := range file.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				names[folder+"."+receiver(d)+d.Name.Name] = true
			case *ast.GenDecl:
				for _, s := range d.Specs {
					for _, n := range namesOf(s) {
						names[folder+"."+n] = true
					}
				}
			}
		}
	}
	return names
}

func receiver(f *ast.FuncDecl) string {
	if f.Recv == nil {
		return ""
	}
	of := f.Recv.List[0].Type
	if pointer, ok := of.(*ast.StarExpr); ok {
		of = pointer.X
	}
	return fmt.Sprint(of) + "."
}

func namesOf(s ast.Spec) (names []string) {
	switch s := s.(type) {
	case *ast.ValueSpec:
		for _, n := range s.Names {
			names = append(names, n.Name)
		}
	case *ast.TypeSpec:
		names = append(names, s.Name.Name)
		switch of := s.Type.(type) {
		case *ast.StructType:
			for _, n := range fieldsOf(of.Fields) {
				names = append(names, s.Name.Name+"."+n)
			}
		case *ast.InterfaceType:
			for _, n := range fieldsOf(of.Methods) {
				names = append(names, s.Name.Name+"."+n)
			}
		}
	}
	return names
}

func fieldsOf(list *ast.FieldList) (names []string) {
	for _, f := range list.List {
		for _, n := range f.Names {
			names = append(names, n.Name)
		}
	}
	return names
}

var (
	codeName = regexp.MustCompile("`([a-z]+(?:\\.[A-Z]\\w*){1,2})[`(]")
	filePath = regexp.MustCompile("`((?:[a-z_]+/)+[a-z_]*(?:\\.[a-z]+)?)`")
	link     = regexp.MustCompile(`\]\(([^)#:]+\.(?:md|go))\)`)
)

func TestNamesInTheDocumentsExist(t *testing.T) {
	names := exported(t)
	for _, document := range []string{"docs/glossary.md", "docs/architecture.md", "docs/decisions/0004-one-registrar.md"} {
		for _, m := range codeName.FindAllStringSubmatch(read(t, document), -1) {
			if !names[m[1]] && !strings.HasPrefix(m[1], "http.") && !strings.HasPrefix(m[1], "time.") {
				t.Errorf("%s: the code has no %s", document, m[1])
			}
		}
	}
}

// TestPathsInTheDocumentsExist: a path may begin at the root, in internal or in domain.
func TestPathsInTheDocumentsExist(t *testing.T) {
	for _, document := range []string{"README.md", "docs/architecture.md", "docs/dependencies.md"} {
		for _, m := range filePath.FindAllStringSubmatch(read(t, document), -1) {
			if !slices.ContainsFunc([]string{"", "internal", "internal/domain", "internal/platform"}, func(in string) bool {
				_, err := fs.Stat(root, path.Join(in, m[1]))
				return err == nil
			}) {
				t.Errorf("%s: there is no %s", document, m[1])
			}
		}
	}
}

func TestLinksBetweenDocumentsLead(t *testing.T) {
	err := fs.WalkDir(root, "docs", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || path.Ext(name) != ".md" {
			return err
		}
		for _, m := range link.FindAllStringSubmatch(read(t, name), -1) {
			if _, err := fs.Stat(root, path.Join(path.Dir(name), m[1])); err != nil {
				t.Errorf("%s: the link to %s leads nowhere", name, m[1])
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
