// Package dbtest runs a test on both engines, each with an empty school of its own.
package dbtest

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"pupitre/internal/platform/db"
)

// Each runs f once on SQLite and once on PostgreSQL, as sub-tests. The
// variable PUPITRE_TEST_ENGINES=sqlite keeps to the first, for a quick check.
func Each(t *testing.T, f func(t *testing.T, store *db.Store)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { f(t, SQLite(t)) })
	if !OnBoth() {
		return
	}
	t.Run("postgresql", func(t *testing.T) { f(t, PostgreSQL(t)) })
}

// OnBoth tells whether this run is on both engines, and not the quick check on SQLite.
func OnBoth() bool { return os.Getenv("PUPITRE_TEST_ENGINES") != "sqlite" }

// SQLite makes an empty store in a temporary folder.
func SQLite(t testing.TB) *db.Store {
	t.Helper()
	return Open(t, filepath.Join(t.TempDir(), "pupitre.db"))
}

// PostgreSQL makes an empty store in a schema of its own.
func PostgreSQL(t testing.TB) *db.Store {
	t.Helper()
	return Open(t, Schema(t))
}

// Open opens the store and closes it with the test.
func Open(t testing.TB, where string) *db.Store {
	t.Helper()
	store, err := db.Open(context.Background(), where)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	return store
}

// Schema makes an empty schema in the test server and returns its URL; it is
// dropped with the test.
func Schema(t testing.TB) string {
	t.Helper()
	server := os.Getenv("PUPITRE_TEST_POSTGRES")
	if server == "" {
		t.Fatal("PUPITRE_TEST_POSTGRES is not set: run `make test`, which starts a PostgreSQL of its own")
	}
	name := fmt.Sprintf("t_%s_%08x", strings.ToLower(strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
			return r
		}
		return '_'
	}, t.Name()[:min(len(t.Name()), 30)])), rand.Uint32())
	admin, err := administrator(server)
	if err != nil {
		t.Fatal(err)
	}
	if err := admin.run("create schema " + name); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { admin.run("drop schema " + name + " cascade") })
	u, err := url.Parse(server)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	q.Set("search_path", name)
	u.RawQuery = q.Encode()
	return u.String()
}

var (
	adminOnce sync.Once
	admin     *adminPool
	adminErr  error
)

func administrator(server string) (*adminPool, error) {
	adminOnce.Do(func() { admin, adminErr = connect(server) })
	return admin, adminErr
}
