package merge_test

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"pupitre/internal/domain/transfer"
)

// export returns the files of a full export. Only what tells that a merge was
// made and undone is left out: its row, its lines in the journal, and how often
// the season has moved.
func (d *double) export() map[string]string {
	d.T.Helper()
	dir := filepath.Join(d.T.TempDir(), "export")
	d.Must(transfer.Export(d.Ctx, d.Store, d.Blobs, dir))
	files := map[string]string{}
	d.Must(fs.WalkDir(os.DirFS(dir), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := os.ReadFile(filepath.Join(dir, name))
		files[name] = told(name, content)
		return err
	}))
	return files
}

var moves = regexp.MustCompile(`"(last_at|moves)":("[^"]*"|\d+|null)`)

func told(name string, content []byte) string {
	switch name {
	case "donnees/household_merge.jsonl":
		return ""
	case "donnees/season.jsonl":
		content = moves.ReplaceAll(content, nil)
	case "journal.jsonl":
		lines := bytes.SplitAfter(content, []byte("\n"))
		content = bytes.Join(slices.DeleteFunc(lines, func(line []byte) bool {
			return bytes.Contains(line, []byte(`"household.merge`)) || bytes.Contains(line, []byte("ne sert plus"))
		}), nil)
	}
	return string(content)
}

func same(t *testing.T, before, after map[string]string) {
	t.Helper()
	if len(before) < 30 || len(before) != len(after) {
		t.Fatalf("%d files, then %d", len(before), len(after))
	}
	for name, was := range before {
		if is := after[name]; is != was {
			t.Errorf("%s is not what it was:\n%s", name, firstDifference(was, is))
		}
	}
}

func firstDifference(was, is string) string {
	a, b := strings.Split(was, "\n"), strings.Split(is, "\n")
	for i := range a {
		if i >= len(b) || a[i] != b[i] {
			return a[i] + "\n" + strings.Join(b[min(i, len(b)):min(i+1, len(b))], "")
		}
	}
	return "a line more"
}
