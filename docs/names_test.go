package docs_test

import (
	"fmt"
	"go/ast"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
)

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
