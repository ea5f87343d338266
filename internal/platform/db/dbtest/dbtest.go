// Package dbtest runs a test on both engines, each with an empty school of its own.
package dbtest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
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
	made, err := template()
	if err != nil {
		t.Fatal(err)
	}
	where := filepath.Join(t.TempDir(), "pupitre.db")
	if err := os.WriteFile(where, made.file, 0o600); err != nil {
		t.Fatal(err)
	}
	return Open(t, where)
}

// school is a file with the product's tables and no row, and a short name of
// what its tables are.
type school struct {
	file   []byte
	tables string
}

// template is made once: all the migrations take longer than most tests.
var template = sync.OnceValues(func() (made school, err error) {
	dir, err := os.MkdirTemp("", "pupitre-dbtest-")
	if err != nil {
		return made, err
	}
	defer os.RemoveAll(dir)
	where := filepath.Join(dir, "pupitre.db")
	store, err := db.Open(context.Background(), where)
	if err != nil {
		return made, err
	}
	texts, err := db.All[string](context.Background(), store, `select coalesce(sql, '') from sqlite_master order by name`)
	if err := errors.Join(err, store.Close()); err != nil { // what stands in the log moves to the file
		return made, err
	}
	sum := sha256.Sum256([]byte(strings.Join(texts, "\n")))
	made.tables = hex.EncodeToString(sum[:6])
	made.file, err = os.ReadFile(where)
	return made, err
})

// PostgreSQL makes an empty store in a database of its own.
func PostgreSQL(t testing.TB) *db.Store {
	t.Helper()
	return Open(t, Database(t))
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

// Database makes a database in the test server, with the product's tables and no
// row, and returns its URL; it is dropped with the test.
func Database(t testing.TB) string {
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
	from, err := model()
	if err != nil {
		t.Fatal(err)
	}
	if err := admin.run("create database " + name + " template " + from); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { admin.run("drop database " + name + " with (force)") })
	return within(server, name)
}

// within is the URL of a database of the server.
func within(server, database string) string {
	u, err := url.Parse(server)
	if err != nil {
		panic(err) // it was connected to
	}
	u.Path = "/" + database
	return u.String()
}

// model is the database that the others are copied from: the first who needs it
// makes it, and it stays as long as the server, for every package.
var model = sync.OnceValues(func() (string, error) {
	made, err := template()
	if err != nil {
		return "", err
	}
	server := os.Getenv("PUPITRE_TEST_POSTGRES")
	name := "model_" + made.tables
	return name, admin.once(name, func(unfinished string) error {
		store, err := db.Open(context.Background(), within(server, unfinished))
		if err != nil {
			return err
		}
		return store.Close()
	})
})

var (
	adminOnce sync.Once
	admin     *adminPool
	adminErr  error
)

func administrator(server string) (*adminPool, error) {
	adminOnce.Do(func() { admin, adminErr = connect(server) })
	return admin, adminErr
}
