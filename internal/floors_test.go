// Package internal holds the rule of the house: who may import whom.
package internal

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// rooms names, for each room, the rooms it may import. A room may not import
// one that is missing here, nor stand in the house without its line.
var rooms = map[string][]string{
	"actor":          {},
	"journal":        {"actor"},
	"correspondence": {"actor", "journal"},
	"school":         {"actor", "journal", "correspondence"},
	"people":         {"actor", "journal", "correspondence", "school"},
	"account":        {"actor", "journal", "correspondence", "school", "people"},
	"catalogue":      {"actor", "journal", "correspondence", "school"},
	"document":       {"actor", "journal", "correspondence", "school", "people"},
	"tariff":         {"actor", "journal", "correspondence", "school", "catalogue"},
	"enrolment":      {"actor", "journal", "correspondence", "school", "people", "catalogue", "document", "tariff"},
	"quotient":       {"actor", "journal", "correspondence", "school", "people", "catalogue", "tariff"},
	"billing":        {"actor", "journal", "correspondence", "school", "people", "catalogue", "document", "tariff", "quotient", "enrolment"},
	"application":    {"actor", "journal", "correspondence", "school", "people", "account", "catalogue", "document", "enrolment"},
	"report":         {"actor", "journal", "correspondence", "school", "people", "account", "catalogue", "document", "enrolment"},
	"importing":      {"actor", "journal", "correspondence", "school", "people", "account", "catalogue", "enrolment"},
	"transfer":       {"actor", "journal", "correspondence", "school", "people", "account", "catalogue", "document", "tariff", "quotient", "enrolment", "billing", "report", "importing"},
	"message":        {"actor", "journal", "correspondence", "school", "people", "account", "catalogue", "document", "enrolment", "report"},
	"merge":          {"actor", "journal", "correspondence", "school", "people", "account", "catalogue", "document", "quotient", "enrolment", "billing", "application", "report", "message", "transfer", "rollover"},
	"trail":          {"actor", "journal", "correspondence", "school", "people", "account", "catalogue", "document", "enrolment", "application", "report", "message", "transfer", "rollover", "merge"},
	"personal":       {"actor", "journal", "correspondence", "school", "people", "account", "catalogue", "document", "enrolment", "tariff", "quotient", "billing", "application", "message", "trail"},
	"rollover":       {"actor", "journal", "correspondence", "school", "people", "account", "catalogue", "document", "tariff", "enrolment", "report", "transfer"},
}

// doors names, for each part of the web, the parts it may import. An audience
// imports no other audience.
var doors = map[string][]string{
	"assets":      {},
	"ui":          {"assets"},
	"door":        {"ui"},
	"upload":      {"ui", "door"},
	"identity":    {"ui", "door"},
	"public":      {"ui", "door", "assets"},
	"choosing":    {"ui", "door"},
	"pricing":     {"ui", "door"},            // how a price came about, for whoever reads one
	"invoice":     {"ui", "door", "pricing"}, // an invoice, for the régie and for its family
	"application": {"ui", "door", "identity", "choosing"},
	"family":      {"ui", "door", "upload", "identity", "choosing", "pricing", "invoice", "assets"},
	"teacher":     {"ui", "door", "assets"},
	"office":      {"ui", "door", "upload", "identity", "households", "merging", "assets"},
	"merging":     {"ui", "door", "households"},
	"households":  {"ui", "door"}, // families and pupils, of the office; its page of one family has their tabs
	"importing":   {"ui", "door", "households"},
	"access":      {"ui", "door", "assets"},
	"settings":    {"ui", "door", "assets"},
	"lists":       {"ui", "door", "assets"},
	"figures":     {"ui", "door", "assets"},
	"messages":    {"ui", "door"},
	"catalogue":   {"ui", "door"},
	"trail":       {"ui", "door"}, // the journal of accesses
	"allocation":  {"ui", "door"},
	"quotients":   {"ui", "door"},                       // the quotient of a household, for the office and the régie
	"billing":     {"ui", "door", "pricing", "invoice"}, // what is invoiced and paid, for the régie
	"personal":    {"ui", "door"},                       // what is kept about a household, as an archive
	"tariffs":     {"ui", "door", "pricing"},            // of the régie and of those who settle
	"mailbox":     {"ui", "door", "assets"},             // the demonstration's mails
	"":            {"ui", "door", "assets", "public", "family", "application", "teacher", "office", "access", "settings", "households", "importing", "lists", "figures", "catalogue", "messages", "allocation", "merging", "trail", "tariffs", "personal", "quotients", "billing"},
}

// noRoom lists the parts of the web that know no business.
var noRoom = []string{"assets", "ui"}

const module = "pupitre/"

// place is where a package stands: its floor, and its part of that floor.
type place struct{ floor, part string }

func placeOf(dir string) place {
	parts := strings.Split(dir, "/")
	switch {
	case parts[0] == "cmd", parts[0] == "tools", parts[0] == "demo":
		return place{parts[0], ""}
	case len(parts) < 2 || parts[0] != "internal":
		return place{"", ""}
	case len(parts) == 2:
		return place{parts[1], ""}
	default:
		return place{parts[1], parts[2]}
	}
}

// refusal says why a package at from may not import one at to; "" when it may.
func refusal(from, to place) string {
	if from.floor == to.floor && from.part == to.part {
		return ""
	}
	floors := map[string][]string{
		"platform": {"platform"},
		"letter":   {"platform"},
		"domain":   {"platform", "domain"},
		"work":     {"platform", "domain", "letter"},
		"web":      {"platform", "domain", "letter", "web"},
		"demo":     {"platform", "domain", "letter", "work", "demo"}, // it runs the jobs it makes
		"bench":    {"platform", "domain", "demo", "bench"},          // the server it measures is a process of its own
		"cmd":      {"platform", "domain", "letter", "work", "web", "demo", "bench"},
		"browser":  {},
		"tools":    {},
	}
	allowed, known := floors[from.floor]
	switch {
	case !known:
		return "stands on no floor"
	case !slices.Contains(allowed, to.floor):
		return "imports go down only"
	case to.floor == "domain" && from.floor == "domain" && !slices.Contains(rooms[from.part], to.part):
		return "the room is not below it"
	case to.floor == "web" && from.floor == "web" && !slices.Contains(doors[from.part], to.part):
		return "the door is not below it"
	case to.floor == "domain" && from.floor == "web" && slices.Contains(noRoom, from.part):
		return "it knows no business"
	}
	return ""
}

type source struct {
	name    string // from the module's root, with slashes
	text    string
	imports []string // of this module
}

// sources reads every Go file that is not a test.
func sources(t *testing.T) []source {
	t.Helper()
	root := os.DirFS("..")
	var all []source
	err := fs.WalkDir(root, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && (entry.Name() == "testdata" || len(entry.Name()) > 1 && entry.Name()[0] == '.') {
			return fs.SkipDir
		}
		if entry.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		text, err := fs.ReadFile(root, name)
		if err != nil {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, text, parser.ImportsOnly)
		if err != nil {
			return err
		}
		s := source{name: filepath.ToSlash(name), text: string(text)}
		for _, i := range file.Imports {
			imported, err := strconv.Unquote(i.Path.Value)
			if err != nil {
				return err
			}
			if rest, ours := strings.CutPrefix(imported, module); ours {
				s.imports = append(s.imports, rest)
			}
		}
		all = append(all, s)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(all) < 50 {
		t.Fatalf("only %d files were read", len(all))
	}
	return all
}

func TestImportsGoDownOnly(t *testing.T) {
	for _, s := range sources(t) {
		from := placeOf(path.Dir(s.name))
		if from.floor == "domain" {
			if _, known := rooms[from.part]; !known {
				t.Errorf("%s: the room %s has no line in floors_test.go", s.name, from.part)
			}
		}
		for _, imported := range s.imports {
			to := placeOf(imported)
			if why := refusal(from, to); why != "" {
				t.Errorf("%s imports %s: %s", s.name, imported, why)
			}
		}
	}
}

func TestRefusalKnowsTheHouse(t *testing.T) {
	for _, c := range []struct {
		from, to string
		allowed  bool
	}{
		{"internal/web/family", "internal/domain/enrolment", true},
		{"internal/web/family", "internal/web/office", false},
		{"internal/web/ui", "internal/domain/people", false},
		{"internal/domain/people", "internal/web/door", false},
		{"internal/domain/people", "internal/domain/account", false},
		{"internal/domain/account", "internal/domain/people", true},
		{"internal/domain/document", "internal/domain/enrolment", false},
		{"internal/platform/mail", "internal/domain/school", false},
		{"internal/letter", "internal/domain/school", false},
		{"internal/work", "internal/web", false},
		{"cmd/pupitre", "internal/web", true},
		{"internal/web", "cmd/pupitre", false},
		{"internal/util", "internal/platform/db", false},
	} {
		if got := refusal(placeOf(c.from), placeOf(c.to)); (got == "") != c.allowed {
			t.Errorf("%s imports %s: %q", c.from, c.to, got)
		}
	}
}

var statement = regexp.MustCompile(`\bdb\.(All|One|Maybe)\b|"database/sql"|\.Exec(Context)?\(`)

func TestOnlyRoomsWriteSQL(t *testing.T) {
	for _, s := range sources(t) {
		here := placeOf(path.Dir(s.name))
		if here.floor == "domain" || here.floor == "platform" && (here.part == "db" || here.part == "jobs") {
			continue
		}
		if found := statement.FindString(s.text); found != "" && here.floor != "tools" {
			t.Errorf("%s holds SQL: %s", s.name, found)
		}
	}
}

func TestOnlyTheCommandsOpenTheDatabase(t *testing.T) {
	for _, s := range sources(t) {
		here := placeOf(path.Dir(s.name))
		if here.floor != "cmd" && here.part != "db" && strings.Contains(s.text, "db.Open(") {
			t.Errorf("%s opens the database", s.name)
		}
	}
}

func TestNoPackageForEverything(t *testing.T) {
	for _, s := range sources(t) {
		for _, word := range strings.FieldsFunc(s.name, func(r rune) bool { return r == '/' || r == '.' || r == '_' }) {
			if slices.Contains([]string{"util", "utils", "common", "manager", "helper", "helpers"}, word) {
				t.Errorf("%s: a name that says nothing", s.name)
			}
		}
	}
}
