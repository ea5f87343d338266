package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"

	"modernc.org/sqlite"
)

// ErrNotAlone says that another process holds the place.
var ErrNotAlone = errors.New("another process holds it")

// Alone takes the file at path for this process, until the closer is closed or
// the process ends in whatever way; it returns ErrNotAlone when another has it.
// The file is a SQLite database of its own, so that its locks are those that
// SQLite itself trusts on every system.
func Alone(ctx context.Context, path string) (io.Closer, error) {
	if err := keepPrivate(path); err != nil {
		return nil, fmt.Errorf("take %s: %w", path, err)
	}
	pool, err := sql.Open("sqlite", sqliteFile(path)+"?_txlock=exclusive&_pragma=busy_timeout(0)")
	if err != nil {
		return nil, fmt.Errorf("take %s: %w", path, err)
	}
	tx, err := pool.BeginTx(context.WithoutCancel(ctx), nil)
	if err != nil {
		var lite *sqlite.Error
		if errors.As(err, &lite) && lite.Code()&0xff == 5 { // SQLITE_BUSY
			err = ErrNotAlone
		}
		return nil, errors.Join(fmt.Errorf("take %s: %w", path, err), pool.Close())
	}
	return held{tx, pool}, nil
}

type held struct {
	tx   *sql.Tx
	pool *sql.DB
}

func (h held) Close() error { return errors.Join(h.tx.Rollback(), h.pool.Close()) }
