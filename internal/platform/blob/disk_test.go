package blob

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"
)

func openDisk(t *testing.T) (*DiskStore, string) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "files")
	d, err := Disk(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	return d, dir
}

func put(t *testing.T, d *DiskStore, key, content string) {
	t.Helper()
	size, err := d.Put(t.Context(), key, strings.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	if size != int64(len(content)) {
		t.Fatalf("want size %d, got %d", len(content), size)
	}
}

func content(t *testing.T, d *DiskStore, key string) string {
	t.Helper()
	f, err := d.Open(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	got, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	return string(got)
}

func keys(t *testing.T, d *DiskStore) []string {
	t.Helper()
	var got []string
	for info, err := range d.Keys(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, info.Key)
	}
	slices.Sort(got)
	return got
}

func TestAKeyAndAKeyBelowItLiveTogether(t *testing.T) {
	d, _ := openDisk(t)
	put(t, d, "a", "1")
	put(t, d, "a/b", "2")
	if got, want := keys(t, d), []string{"a", "a/b"}; !slices.Equal(got, want) {
		t.Fatalf("want %v, got %v", want, got)
	}
}

func TestKeysTellSizeAndTime(t *testing.T) {
	d, dir := openDisk(t)
	put(t, d, "a/b", "12345")
	old := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	if err := os.Chtimes(filepath.Join(dir, filepath.FromSlash(place("a/b"))), old, old); err != nil {
		t.Fatal(err)
	}
	for got, err := range d.Keys(t.Context()) {
		if want := (KeyInfo{"a/b", 5, old}); err != nil || got != want {
			t.Fatalf("want %v, got %v, %v", want, got, err)
		}
		return
	}
	t.Fatal("want one key, got none")
}

func TestKeysThatAreRefused(t *testing.T) {
	d, dir := openDisk(t)
	outside := filepath.Join(filepath.Dir(dir), "secret")
	if err := os.WriteFile(outside, []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, key := range map[string]string{
		"empty": "", "parent": "../secret", "parent inside": "a/../../secret", "parent at the end": "a/..",
		"two dots in a name": "a..b", "absolute": "/etc/passwd", "here": "./a", "hidden": ".a", "hidden below": "a/.b",
		"backslash": `a\b`, "upper case": "A", "accent": "é", "space": "a b", "underscore": "a_b", "NUL": "a\x00b",
		"new line": "a\n", "empty part": "a//b", "ends with a slash": "a/", "colon": "c:a", "too long": strings.Repeat("a", 201),
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := d.Put(t.Context(), key, strings.NewReader("x")); !errors.Is(err, ErrKey) {
				t.Errorf("put: want ErrKey, got %v", err)
			}
			if _, err := d.Open(t.Context(), key); !errors.Is(err, ErrKey) {
				t.Errorf("open: want ErrKey, got %v", err)
			}
			if err := d.Delete(t.Context(), key); !errors.Is(err, ErrKey) {
				t.Errorf("delete: want ErrKey, got %v", err)
			}
		})
	}
	if got, err := os.ReadFile(outside); err != nil || string(got) != "secret" {
		t.Errorf("the file outside changed: %q, %v", got, err)
	}
}

func TestASymbolicLinkOutOfTheFolderIsNotFollowed(t *testing.T) {
	d, dir := openDisk(t)
	outside := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(outside, []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	put(t, d, "a", "x")
	link := filepath.Join(dir, filepath.FromSlash(place("a")))
	if err := os.Remove(link); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(outside, link); err != nil {
		t.Fatal(err)
	}
	if f, err := d.Open(t.Context(), "a"); err == nil {
		f.Close()
		t.Fatal("want an error, got the file outside")
	}
}

func TestAPutThatFailsLeavesWhatWasThere(t *testing.T) {
	d, dir := openDisk(t)
	put(t, d, "a", "before")
	broken := errors.New("connection lost")
	half := io.MultiReader(strings.NewReader("half"), iotest.ErrReader(broken))
	if _, err := d.Put(t.Context(), "a", half); !errors.Is(err, broken) {
		t.Fatalf("want %v, got %v", broken, err)
	}
	stopped, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := d.Put(stopped, "a", strings.NewReader("late")); !errors.Is(err, context.Canceled) {
		t.Fatalf("want Canceled, got %v", err)
	}
	if got := content(t, d, "a"); got != "before" {
		t.Errorf("want before, got %q", got)
	}
	left, err := os.ReadDir(filepath.Join(dir, unfinished))
	if err != nil || len(left) != 0 {
		t.Errorf("want no leftover, got %v, %v", left, err)
	}
}

func TestLeftoversOfACrashAreNoKeysAndAreSwept(t *testing.T) {
	d, dir := openDisk(t)
	put(t, d, "a", "kept")
	crash := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	leftover := filepath.Join(dir, unfinished, "leftover")
	young := filepath.Join(dir, unfinished, "young")
	for _, name := range []string{leftover, young} {
		if err := os.WriteFile(name, []byte("half"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chtimes(leftover, crash, crash); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(young, crash.Add(2*time.Hour), crash.Add(2*time.Hour)); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "stray.txt"), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got, want := keys(t, d), []string{"a"}; !slices.Equal(got, want) {
		t.Errorf("want %v, got %v", want, got)
	}
	swept, err := d.Sweep(t.Context(), crash.Add(time.Hour))
	if err != nil || swept != 1 {
		t.Errorf("want 1 swept, got %d, %v", swept, err)
	}
	if _, err := os.Stat(leftover); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("want the leftover gone, got %v", err)
	}
	if _, err := os.Stat(young); err != nil {
		t.Errorf("want the young one there, got %v", err)
	}
	if got := content(t, d, "a"); got != "kept" {
		t.Errorf("want kept, got %q", got)
	}
}

func TestFilesAreThereAfterReopening(t *testing.T) {
	d, dir := openDisk(t)
	put(t, d, "a/b.pdf", "x")
	again, err := Disk(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	if got := content(t, again, "a/b.pdf"); got != "x" {
		t.Fatalf("want x, got %q", got)
	}
}
