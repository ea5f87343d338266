//go:build unix

package blob

import (
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// Leak: any account of the machine could list and read the kept files.
func TestFilesAreReadableByTheirOwnerAlone(t *testing.T) {
	before := syscall.Umask(0)
	t.Cleanup(func() { syscall.Umask(before) })
	d, dir := openDisk(t)
	put(t, d, "pieces/a.pdf", "content")
	seen := 0
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := os.Stat(path)
		if err != nil {
			return err
		}
		want := fs.FileMode(0o600)
		if entry.IsDir() {
			want = 0o700
		} else {
			seen++
		}
		if got := info.Mode().Perm(); got != want {
			t.Errorf("%s: got rights %o, want %o", path, got, want)
		}
		return nil
	})
	if err != nil || seen != 1 {
		t.Errorf("saw %d files, want 1 (%v)", seen, err)
	}
}
