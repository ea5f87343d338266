//go:build unix

package db_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"pupitre/internal/platform/db"
)

// wide has files made readable by anybody unless their maker says otherwise.
func wide(t *testing.T) {
	t.Helper()
	before := syscall.Umask(0)
	t.Cleanup(func() { syscall.Umask(before) })
}

func opened(t *testing.T, path string) *db.Store {
	t.Helper()
	store, err := db.Open(context.Background(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	return store
}

func wantRights(t *testing.T, path string, want os.FileMode) {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if got := info.Mode().Perm(); got != want {
		t.Errorf("%s: got rights %o, want %o", filepath.Base(path), got, want)
	}
}

// Leak: any account of the machine could read the database.
func TestTheDatabaseIsReadableByItsOwnerAlone(t *testing.T) {
	wide(t)
	path := filepath.Join(t.TempDir(), "school.db")
	opened(t, path)
	for _, suffix := range []string{"", "-wal", "-shm"} {
		wantRights(t, path+suffix, 0o600)
	}
}

func TestADatabaseOpenToAnybodyIsClosed(t *testing.T) {
	wide(t)
	for rights, want := range map[os.FileMode]os.FileMode{0o644: 0o600, 0o666: 0o600, 0o640: 0o640, 0o600: 0o600} {
		path := filepath.Join(t.TempDir(), "school.db")
		store := opened(t, path)
		for _, suffix := range []string{"", "-wal", "-shm"} {
			if err := os.Chmod(path+suffix, rights); err != nil {
				t.Fatal(err)
			}
		}
		again := opened(t, path) // beside the first, so that the journal is still there
		for _, suffix := range []string{"", "-wal", "-shm"} {
			wantRights(t, path+suffix, want)
		}
		if err := errors.Join(again.Close(), store.Close()); err != nil {
			t.Error(err)
		}
	}
}
