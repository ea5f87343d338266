package letter

import (
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name+".golden")
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs (go test -update rewrites it)\ngot:\n%s\nwant:\n%s", file, got, want)
	}
}

func TestMailsReadAsReviewed(t *testing.T) {
	for _, r := range mailRows() {
		t.Run(r.name, func(t *testing.T) {
			m, err := r.write()
			if err != nil {
				t.Fatal(err)
			}
			golden(t, r.name, "Subject: "+m.Subject+"\n\n"+m.Text)
			for _, part := range []string{m.Subject, m.Text, m.HTML} {
				for _, bad := range []string{"<no value>", "%!", "{{", "\x01", "0001", "**"} {
					if strings.Contains(part, bad) {
						t.Errorf("holds %q:\n%s", bad, part)
					}
				}
			}
		})
	}
}

// words flattens whatever a reader sees to words, so that two parts compare.
func words(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(" \n\u00a0\u202f:-.,", r) })
}

func TestTextSaysAllThatHTMLSays(t *testing.T) {
	for _, r := range mailRows() {
		m, err := r.write()
		if err != nil {
			t.Fatal(err)
		}
		text := words(m.Subject + " " + m.Text)
		for _, w := range words(visible(t, m.HTML)) {
			if !slices.Contains(text, w) {
				t.Errorf("%s: %q is in the HTML part only", r.name, w)
			}
		}
	}
}

// visible returns the text of the body.
func visible(t *testing.T, page string) string {
	t.Helper()
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for n := range root.Descendants() {
		if n.Type == html.TextNode && n.Parent.Data != "style" && n.Parent.Data != "title" {
			b.WriteString(n.Data + " ")
		}
	}
	return b.String()
}

func TestHTMLStandsAlone(t *testing.T) {
	for _, r := range mailRows() {
		m, err := r.write()
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(m.HTML, `<html lang="fr">`) {
			t.Errorf("%s: no lang=fr", r.name)
		}
		for _, bad := range []string{"<img", "<script", "<link", "url(", "ZgotmplZ"} {
			if strings.Contains(m.HTML, bad) {
				t.Errorf("%s: HTML holds %s", r.name, bad)
			}
		}
	}
}

func TestNewPasswordHasTheTwoLines(t *testing.T) {
	m, err := NewPassword(NewPasswordFacts{School: school, Identifier: "MOREAU-4821", Password: "Kb7mQz2wPt ;x", ValidUntil: sent, SignInURL: link})
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(m.Text, "\n")
	for _, want := range []string{"Identifiant : MOREAU-4821", "Mot de passe : Kb7mQz2wPt ;x"} {
		if !slices.Contains(lines, want) {
			t.Errorf("no line %q in\n%s", want, m.Text)
		}
	}
}

func TestHostileFactsStayFacts(t *testing.T) {
	evil := "<script>alert(1)</script>\n\n\x01Cliquez ici\x01https://evil.example\n\n# Titre"
	m, err := PaperRefused(PaperRefusedFacts{School: school, Name: evil, Document: evil, Reason: evil, Pupils: []string{evil}, Until: delay, Link: link})
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(m.HTML, "<script") {
		t.Error("a fact's markup is live")
	}
	if !strings.Contains(m.HTML, "&lt;script&gt;") {
		t.Error("the fact is not shown")
	}
	if strings.Contains(m.HTML, `href="https://evil`) {
		t.Error("a fact made a link")
	}
	if n := strings.Count(m.HTML, "<h2"); n != 0 {
		t.Errorf("a fact made %d headings", n)
	}
	if strings.ContainsAny(m.Subject, "\r\n\x01") {
		t.Errorf("subject holds a control character: %q", m.Subject)
	}
}

func TestALinkIsNeverAScript(t *testing.T) {
	f := offer
	f.Link = "javascript:alert(1)"
	m, err := PlaceOffered(f)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(m.HTML, `href="javascript:`) {
		t.Error("a javascript link is live")
	}
}

func TestComposingLeavesTheFactsAlone(t *testing.T) {
	pupils := []string{"Lucie\nMoreau"}
	if _, err := NewlyRequired(NewlyRequiredFacts{School: school, Pupils: pupils, Until: delay}); err != nil {
		t.Fatal(err)
	}
	if pupils[0] != "Lucie\nMoreau" {
		t.Errorf("the caller's slice became %q", pupils)
	}
}

func TestEveryTemplateIsUsed(t *testing.T) {
	var used []string
	for _, r := range mailRows() {
		name, _, _ := strings.Cut(r.name, "-")
		used = append(used, name+".txt")
	}
	used = append(used, "pieces.txt", "frame.html")
	entries, err := files.ReadDir("templates/mail")
	if err != nil {
		t.Fatal(err)
	}
	source := sources(t)
	for _, e := range entries {
		if !slices.Contains(used, e.Name()) {
			t.Errorf("no row writes %s", e.Name())
		}
		name, isMail := strings.CutSuffix(e.Name(), ".txt")
		if isMail && name != "pieces" && strings.Count(source, `compose("`+name+`"`) != 1 {
			t.Errorf("%s is not composed by exactly one function", e.Name())
		}
	}
	entries, err = files.ReadDir("templates/paper")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		name, isPage := strings.CutSuffix(e.Name(), ".html")
		if isPage && name != "pieces" && strings.Count(source, `printPaper("`+name+`"`) != 1 {
			t.Errorf("%s is not printed by exactly one function", e.Name())
		}
	}
}

func sources(t *testing.T) string {
	t.Helper()
	names, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, n := range names {
		if strings.HasSuffix(n, "_test.go") {
			continue
		}
		body, err := os.ReadFile(n)
		if err != nil {
			t.Fatal(err)
		}
		b.Write(body)
	}
	return b.String()
}

func TestDatesInWords(t *testing.T) {
	for _, c := range []struct{ what, got, want string }{
		{"the second", second(sent), "mardi 8 juin 2027 à 22 h 52 min 07 s"},
		{"the millisecond", milli(sent), "mardi 8 juin 2027 à 22 h 52 min 07,431 s"},
		{"a whole hour", moment(paris(2027, time.August, 1, 18, 0, 0, 0)), "dimanche 1er août 2027 à 18 h"},
		{"winter, late UTC is tomorrow in Paris", day(time.Date(2027, 12, 31, 23, 30, 0, 0, time.UTC)), "samedi 1er janvier 2028"},
		{"first", ordinal(1), "1er"},
		{"fifty-seventh", ordinal(57), "57e"},
		{"one name", list([]string{"a"}), "a"},
		{"three names", list([]string{"a", "b", "c"}), "a, b et c"},
		{"elision", of("Élise") + " " + of("Yves") + " " + of("Yann") + " " + of("Lucie"), "d’Élise d’Yves de Yann de Lucie"},
	} {
		if got := strings.ReplaceAll(c.got, noBreak, " "); got != c.want {
			t.Errorf("%s: got %q, want %q", c.what, got, c.want)
		}
	}
}
