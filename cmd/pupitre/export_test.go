package main

import (
	"bytes"
	"context"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	demofiles "pupitre/demo"
	"pupitre/internal/demo"
	"pupitre/internal/platform/blob/blobtest"
	"pupitre/internal/platform/db/dbtest"
	"pupitre/internal/platform/mail"
)

// The demonstration school, with dossiers in every state, goes out and comes
// back: the second export has the same bytes.
func TestTheDemonstrationExportedAndImportedExportsTheSameBytes(t *testing.T) {
	rows := []struct {
		name     string
		from, to func(t *testing.T) place
	}{
		{"SQLite and a folder to PostgreSQL and S3", onSQLite, onPostgreSQL},
		{"PostgreSQL and S3 to SQLite and a folder", onPostgreSQL, onSQLite},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			from, to := row.from(t), row.to(t)
			seedDemo(t, from)
			first, second := filepath.Join(t.TempDir(), "first"), filepath.Join(t.TempDir(), "second")
			run(t, from, "export", first)
			if said := run(t, to, "import", first); !strings.Contains(said, "Export rétabli.") || strings.Contains(said, "a changé depuis l’export") {
				t.Errorf("import said:\n%s", said)
			}
			run(t, to, "export", second)
			compare(t, first, second)
			if said := run(t, to, "import", first); !strings.Contains(said, "Rien n’a changé.") {
				t.Errorf("importing again said:\n%s", said)
			}
		})
	}
}

func TestImportWithOneBadLineImportsNothing(t *testing.T) {
	dir, school := t.TempDir(), onSQLite(t)
	if err := os.CopyFS(dir, demofiles.Files); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "familles.csv")
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	spoilt := strings.Replace(string(data), ";44450;Divatte-sur-Loire", ";4445;Divatte-sur-Loire", 1)
	if err := os.WriteFile(path, []byte(spoilt), 0o600); err != nil {
		t.Fatal(err)
	}
	var out, errs bytes.Buffer
	code := Run(context.Background(), []string{"import", "--data", school.Data, dir}, strings.NewReader(""), &out, &errs)
	if code != 1 || !strings.Contains(out.String(), "familles.csv, ligne 2, code_postal : ") || !strings.Contains(errs.String(), "1 problème : rien n’a été importé") {
		t.Errorf("got code %d, %q, %q", code, out.String(), errs.String())
	}
	if said := run(t, school, "import", "--dry-run", demoFolder(t)); !strings.Contains(said, "Essai : rien n’a été écrit.") {
		t.Errorf("dry run said:\n%s", said)
	}
	if said := run(t, school, "import", demoFolder(t)); !strings.Contains(said, "familles : 250 ajouts") {
		t.Errorf("import said:\n%s", said)
	}
}

func demoFolder(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "demo")
	if err := os.CopyFS(dir, demofiles.Files); err != nil {
		t.Fatal(err)
	}
	return dir
}

func onSQLite(t *testing.T) place { return place{Data: t.TempDir()} }

func onPostgreSQL(t *testing.T) place {
	return place{DatabaseURL: dbtest.Database(t), BlobURL: blobtest.Bucket(t)}
}

func seedDemo(t *testing.T, p place) {
	t.Helper()
	k, err := p.open(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	defer k.Close()
	err = demo.Seed(context.Background(), demo.Deps{Store: k.store, Blobs: k.blobs, Files: demofiles.Files, Outbox: mail.NewMemory(500), Log: slog.New(slog.DiscardHandler),
		Now: time.Date(2027, 6, 20, 9, 0, 0, 0, time.UTC), PublicURL: "http://127.0.0.1:8080", MailFrom: "ecole@exemple.fr"})
	if err != nil {
		t.Fatal(err)
	}
}

// run runs a command on the school and returns what it said.
func run(t *testing.T, p place, command string, args ...string) string {
	t.Helper()
	all := []string{command}
	for flag, value := range map[string]string{"--data": p.Data, "--database-url": p.DatabaseURL, "--blob-url": p.BlobURL} {
		if value != "" {
			all = append(all, flag, value)
		}
	}
	var out, errs bytes.Buffer
	if code := Run(context.Background(), append(all, args...), strings.NewReader(""), &out, &errs); code != 0 {
		t.Fatalf("%s: code %d\n%s%s", command, code, out.String(), errs.String())
	}
	return out.String()
}

func compare(t *testing.T, first, second string) {
	t.Helper()
	files := 0
	err := fs.WalkDir(os.DirFS(first), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		files++
		a, err := os.ReadFile(filepath.Join(first, path))
		if err != nil {
			return err
		}
		b, err := os.ReadFile(filepath.Join(second, path))
		if err == nil && !bytes.Equal(a, b) {
			t.Errorf("%s differs", path)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
	if files < 40 {
		t.Errorf("only %d files: deposits are missing", files)
	}
}
