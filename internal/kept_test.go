package internal

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// writesSettings finds, in a statement, the write of a table that registrars and
// pages keep in memory (enrolment/settings.go, school.InForce); writesSeason that
// of the season, which pages read each time.
var (
	writesSettings = regexp.MustCompile(`(?i)\b(insert into|update|delete from)\s+(school|site|school_text|mail_text|payment_mean|billing_mode|published_document|programme|programme_line|course|offering|paper)\b`)
	writesSeason   = regexp.MustCompile(`(?i)\b(insert into|update|delete from)\s+season\b`)
)

// ownWrites are the writes that need not be told: they are the registrar's own,
// or of a column that it does not keep.
var ownWrites = map[string]string{
	"enrolment.saveOfferings": "places, kept on its board and read anew by pages",
	"enrolment.ensureDossier": "the number of a new dossier",
	"crowd.dossiers":          "a school filled before it opens",
	"crowd.requests":          "the same",
}

// TestWhoChangesTheSettingsTellsTheRegistrars reads every function of the rooms
// that writes what registrars and pages keep: it calls school.Changed; one that
// writes the season only may move it on itself.
func TestWhoChangesTheSettingsTellsTheRegistrars(t *testing.T) {
	writers := 0
	err := filepath.WalkDir("domain", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			return err
		}
		for _, decl := range file.Decls {
			f, ok := decl.(*ast.FuncDecl)
			if !ok {
				continue
			}
			name := file.Name.Name + "." + f.Name.Name
			writes, tells := settingsIn(f)
			if writes == "" {
				continue
			}
			writers++
			if ownWrites[name] == "" && !tells {
				t.Errorf("%s: « %s » changes what registrars and pages keep in memory: call school.Changed in the same transaction", name, writes)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if writers < 10 {
		t.Errorf("only %d functions found that write the settings: does the test still see them?", writers)
	}
}

// settingsIn returns the write of settings that the function contains, and
// whether it tells those who keep them.
func settingsIn(f *ast.FuncDecl) (writes string, tells bool) {
	season, moves := "", false
	defer func() {
		if writes == "" {
			writes, tells = season, tells || moves
		}
	}()
	ast.Inspect(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.BasicLit:
			if n.Kind != token.STRING {
				return true
			}
			if found := writesSettings.FindString(n.Value); found != "" {
				writes = found
			}
			if found := writesSeason.FindString(n.Value); found != "" {
				season = found
			}
			moves = moves || strings.Contains(n.Value, "set moves =") || strings.Contains(n.Value, "moves = case")
		case *ast.SelectorExpr:
			tells = tells || n.Sel.Name == "Changed"
		case *ast.Ident:
			tells = tells || n.Name == "changed" || n.Name == "Changed"
		}
		return true
	})
	return writes, tells
}
