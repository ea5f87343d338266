package db

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"net"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"

	"pupitre/internal/platform/fault"
)

// comeBack is when a database that is away is worth asking again.
const comeBack = 5 * time.Second

const awayMessage = "Le portail est momentanément indisponible. Rien de ce qui était enregistré n’est perdu\u202f: recommencez dans quelques secondes."

const inDoubtMessage = "Le portail n’a pas pu vérifier que votre dernière action est enregistrée. Regardez dans quelques secondes si elle l’est\u202f; sinon, recommencez-la."

// inDoubt is what a commit failed with that may have been kept all the same.
type inDoubt struct{ error }

func (e inDoubt) Unwrap() error { return e.error }

// MayBeKept tells whether err says that a write may have been kept: its commit
// was sent, and then PostgreSQL could not be asked what became of it, or had
// crashed or started again meanwhile and could not tell. To write the same
// again is then not safe.
func MayBeKept(err error) bool {
	var doubt inDoubt
	return errors.As(err, &doubt)
}

// Untried is what to answer a write that was not tried because of err, with
// which another failed: that the database is away, without the doubt of
// MayBeKept, which is the other's alone.
func Untried(err error) error {
	var doubt inDoubt
	if !errors.As(err, &doubt) {
		return err
	}
	return &fault.Unavailable{RetryAfter: comeBack, Message: awayMessage, Cause: doubt.error}
}

// orAway turns what a database says that cannot answer now into a
// *fault.Unavailable: connection lost or refused, stopped, disk full, locked.
// Every other error stays as it is.
func orAway(err error) error {
	var already *fault.Unavailable
	if err == nil || errors.As(err, &already) || !isAway(err) {
		return err
	}
	return &fault.Unavailable{RetryAfter: comeBack, Message: awayMessage, Cause: err}
}

// IsAway tells whether err says that the database could not answer, whatever
// was asked of it. Nothing of a write that failed so was kept, save MayBeKept.
func IsAway(err error) bool {
	var away *fault.Unavailable
	return errors.As(err, &away) && away.Cause != nil && isAway(away.Cause)
}

func isAway(err error) bool {
	if errors.Is(err, context.Canceled) {
		return false // the asker has left
	}
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return isAwayState(pg.Code)
	}
	var lite *sqlite.Error
	if errors.As(err, &lite) {
		return isAwayCode(lite.Code())
	}
	var lost net.Error
	var refused *pgconn.ConnectError
	return errors.As(err, &lost) || errors.As(err, &refused) || pgconn.Timeout(err) ||
		errors.Is(err, driver.ErrBadConn) || errors.Is(err, sql.ErrConnDone) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.Is(err, net.ErrClosed) || errors.Is(err, ErrClosed) || saysClosed(err.Error())
}

// saysClosed reads the two errors that have no name: pgx's of a connection that
// broke before, database/sql's of a pool being closed.
func saysClosed(text string) bool {
	return strings.Contains(text, "conn closed") || strings.Contains(text, "database is closed")
}

// isAwayState reads an SQLSTATE: connection exceptions, resources exhausted
// (disk, memory, connections), stopped by the operator, errors of the system,
// a transaction that said nothing for too long, and a server that only reads,
// as one does while another takes its place.
func isAwayState(code string) bool {
	switch {
	case len(code) < 2:
		return false
	case code == "25006", code == "25P03", code == "57014":
		return true
	}
	switch code[:2] {
	case "08", "53", "57", "58":
		return true
	}
	return false
}

// isAwayCode reads a result code of SQLite: busy, locked, out of memory,
// read-only, input or output failed, disk full, cannot be opened.
func isAwayCode(code int) bool {
	switch code & 0xff {
	case 5, 6, 7, 8, 10, 13, 14:
		return true
	}
	return false
}
