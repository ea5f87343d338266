// Package bench measures the product from outside: real server processes of
// this same program, real HTTP, real mails, a school of its own in a temporary
// store. It runs nothing that production does not run, and then checks with
// the pure board that every promise was kept.
package bench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"sync"

	"pupitre/internal/domain/actor"
	"pupitre/internal/platform/db"
)

// Deps is what a bench is run with.
type Deps struct {
	Program  string // the built program, whose `serve` is measured
	Open     func(ctx context.Context, where string) (*db.Store, error)
	Files    fs.FS     // the made-up school's files: its formulas, its teachers
	Progress io.Writer // shows how far it is; nil for none
	Terminal bool      // Progress is one: a line there is written over
}

func (d Deps) bar() *bar { return &bar{out: d.Progress, lines: !d.Terminal} }

// operator acts for the bench, as whoever runs commands on the machine does.
var operator = actor.Actor{Name: "Banc d’essai", Role: actor.SystemRole}

// ground is where a bench stands: a temporary folder, and databases of its own
// when it is on PostgreSQL.
type ground struct {
	dir    string
	server string // the PostgreSQL URL, "" on SQLite
	drops  []func() error
}

// stand takes the ground. It refuses a database that already holds a school.
func stand(ctx context.Context, databaseURL string) (*ground, error) {
	if databaseURL != "" {
		if !db.IsPostgres(databaseURL) {
			return nil, fmt.Errorf("--database-url must begin with postgres://, not %q", databaseURL)
		}
		held, err := db.HasRows(ctx, databaseURL, "school")
		if err != nil {
			return nil, err
		}
		if held {
			return nil, errors.New("this database already holds a school: name another one of the same server, which stays as it is")
		}
	}
	dir, err := os.MkdirTemp("", "pupitre-bench-")
	return &ground{dir: dir, server: databaseURL}, err
}

func (g *ground) engine() db.Engine {
	if g.server != "" {
		return db.PostgreSQL
	}
	return db.SQLite
}

// lot is one school's place: its folder, where its database is, and its bucket
// when its documents are not in the folder.
type lot struct {
	dir, where, bucket string
	drop               func() error // of its database; nil on SQLite
}

// lot makes a new, empty place.
func (g *ground) lot(ctx context.Context, name string) (lot, error) {
	l := lot{dir: filepath.Join(g.dir, name)}
	if err := os.MkdirAll(l.dir, 0o700); err != nil {
		return l, err
	}
	if g.server == "" {
		l.where = filepath.Join(l.dir, "pupitre.db")
		return l, nil
	}
	own, drop, err := db.Beside(ctx, g.server)
	if err != nil {
		return l, err
	}
	l.where = own
	l.drop = sync.OnceValue(func() error { return drop(context.WithoutCancel(ctx)) })
	g.drops = append(g.drops, l.drop)
	return l, nil
}

// leave removes the place before the others.
func (l lot) leave() error {
	var err error
	if l.drop != nil {
		err = l.drop()
	}
	return errors.Join(err, os.RemoveAll(l.dir))
}

// leave removes everything.
func (g *ground) leave() error {
	var errs []error
	for _, drop := range g.drops {
		errs = append(errs, drop())
	}
	return errors.Join(append(errs, os.RemoveAll(g.dir))...)
}

// Machine says what it ran on, for whoever compares.
func Machine() string {
	return fmt.Sprintf("%d cores, %s/%s, %s; clients, server and database share them", runtime.NumCPU(), runtime.GOOS, runtime.GOARCH, runtime.Version())
}
