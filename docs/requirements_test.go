package docs_test

import (
	"go/ast"
	"go/token"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

var (
	namedTest   = regexp.MustCompile("`([a-z]+\\.Test[^`]*)`")
	requirement = regexp.MustCompile(`(?m)^- (R\d+[a-z]?) `)
	anyNumber   = regexp.MustCompile(`\bR\d+[a-z]?\b`)
)

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
