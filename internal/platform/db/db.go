// Package db keeps rows: one SQL text for SQLite and PostgreSQL, one queue of
// writes, one pool of reads.
//
// Instants are time.Time everywhere in Go; this package turns them into
// fixed-width UTC text on SQLite (which sorts and compares) and timestamptz on
// PostgreSQL. A zero time.Time is null, both ways. Lists of ids are one JSON
// array: `where id in (select value from json_each(cast($1 as text)))`.
package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"runtime"
	"strings"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
)

// Store is one school's database.
type Store struct {
	engine Engine
	read   *sql.DB
	write  *sql.DB
	ready  prepared
	memory memory
	queue  *queue // nil on PostgreSQL
	aside  *Store // asks what became of a commit; nil on SQLite
	commit atomic.Pointer[func(time.Duration)]
	bound  atomic.Int64 // how long PostgreSQL may take to answer; 0 is for ever

	observed atomic.Pointer[func(Statement)]
}

// Engine is the kind of database behind a Store.
type Engine string

// The two engines.
const (
	SQLite     Engine = "sqlite"
	PostgreSQL Engine = "postgresql"
)

// Engine tells which engine is behind the store.
func (s *Store) Engine() Engine { return s.engine }

// WatchCommits has f told how long each durable commit took. It must return at once.
func (s *Store) WatchCommits(f func(time.Duration)) { s.commit.Store(&f) }

func (s *Store) timed(commit func() error) error {
	f := s.commit.Load()
	if f == nil {
		return commit()
	}
	began := time.Now()
	err := commit()
	(*f)(time.Since(began))
	return err
}

// Open opens the database at where, brings its schema up to date, and starts
// its write queue. where is a postgres:// URL or the path of a SQLite file,
// which is created when absent. The caller closes the store.
func Open(ctx context.Context, where string) (*Store, error) {
	s, err := open(ctx, where)
	if err != nil {
		return nil, err
	}
	if err := s.migrate(ctx); err != nil {
		s.Close()
		return nil, err
	}
	if s.engine == SQLite {
		if err := s.startQueue(ctx); err != nil {
			s.Close()
			return nil, err
		}
	}
	return s, nil
}

// IsPostgres tells whether where names a PostgreSQL database.
func IsPostgres(where string) bool {
	return strings.HasPrefix(where, "postgres://") || strings.HasPrefix(where, "postgresql://")
}

func open(ctx context.Context, where string) (*Store, error) {
	if IsPostgres(where) {
		return openPostgres(ctx, where)
	}
	return openSQLite(ctx, where)
}

func openSQLite(ctx context.Context, path string) (*Store, error) {
	if err := keepPrivate(path); err != nil {
		return nil, fmt.Errorf("open SQLite %s: %w", path, err)
	}
	file := sqliteFile(path)
	write, err := sql.Open("sqlite", file+writePragmas)
	if err != nil {
		return nil, fmt.Errorf("open SQLite %s: %w", path, err)
	}
	write.SetMaxOpenConns(1)
	if err := write.PingContext(ctx); err != nil {
		write.Close()
		return nil, fmt.Errorf("open SQLite %s: %w", path, err)
	}
	read, err := sql.Open("sqlite", file+"?_pragma=busy_timeout(5000)&_pragma=query_only(1)&_pragma=cache_size(-1000)") // 1 MB each
	if err != nil {
		write.Close()
		return nil, fmt.Errorf("open SQLite %s: %w", path, err)
	}
	readers := max(4, runtime.NumCPU()) // each keeps its own pages and prepared statements
	read.SetMaxOpenConns(readers)
	read.SetMaxIdleConns(readers)
	return &Store{engine: SQLite, read: read, write: write}, nil
}

func sqliteFile(path string) string {
	return "file:" + strings.NewReplacer("%", "%25", "?", "%3f", "#", "%23").Replace(path)
}

// writePragmas are those of the connection that writes. A commit is durable
// even if the power fails (WAL, synchronous FULL). It keeps 32 MB of pages,
// undoes savepoints in memory, and copies the log back every 32 MB: a rush
// changes the same pages again and again.
const writePragmas = "?_txlock=immediate&_pragma=busy_timeout(5000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=foreign_keys(1)" +
	"&_pragma=cache_size(-32000)&_pragma=temp_store(MEMORY)&_pragma=wal_autocheckpoint(8000)"

// keepPrivate creates the file for its owner alone: SQLite gives its journal
// the same rights. Files that anybody may read are closed to all but the owner;
// those opened to a group are left so.
func keepPrivate(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	for _, name := range []string{path, path + "-wal", path + "-shm"} {
		info, err := os.Stat(name)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		if info.Mode().Perm()&0o007 == 0 || runtime.GOOS == "windows" {
			continue
		}
		if err := os.Chmod(name, 0o600); err != nil {
			return err
		}
	}
	return nil
}

// Close waits for the writes already queued, then closes the database.
func (s *Store) Close() error {
	var err error
	if s.queue != nil {
		err = s.queue.close()
	}
	err = errors.Join(err, s.write.Close())
	if s.read != s.write {
		err = errors.Join(err, s.read.Close())
	}
	if s.aside != nil {
		err = errors.Join(err, s.aside.read.Close())
	}
	return err
}

// Ping answers nil when the database answers.
func (s *Store) Ping(ctx context.Context) error {
	_, err := One[int64](ctx, s, "select 1")
	return err
}

// IsUnique tells whether err is the refusal of a duplicate by a unique index or key.
func IsUnique(err error) bool {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return pg.Code == "23505"
	}
	var lite *sqlite.Error
	return errors.As(err, &lite) && (lite.Code() == 2067 || lite.Code() == 1555)
}
