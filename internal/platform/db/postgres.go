package db

import (
	"context"
	"database/sql"
	"fmt"
	"net"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

const (
	// poolSize is how many connections a store has to PostgreSQL.
	poolSize = 16
	// asideSize is how many more ask what became of a commit: those of the pool
	// may all wait for the very locks that it holds. None stays open.
	asideSize = 2
	// dialTime bounds how long a connection may take to come about, unless the
	// URL says connect_timeout.
	dialTime = 10 * time.Second
)

// alive has the system notice within 25 s that the other machine has vanished,
// on a connection that waits.
var alive = net.KeepAliveConfig{Enable: true, Idle: 10 * time.Second, Interval: 5 * time.Second, Count: 3}

// aliveThere asks the same of PostgreSQL's side: the locks of a machine that
// has vanished are freed within 25 s and hold nobody else up.
const aliveThere = `set tcp_keepalives_idle = 10; set tcp_keepalives_interval = 5; set tcp_keepalives_count = 3; set tcp_user_timeout = 25000`

func openPostgres(ctx context.Context, url string) (*Store, error) {
	config, err := pgx.ParseConfig(url)
	if err != nil {
		return nil, fmt.Errorf("open PostgreSQL: %w", err)
	}
	if config.ConnectTimeout == 0 || config.ConnectTimeout > dialTime {
		config.ConnectTimeout = dialTime
	}
	config.DialFunc = (&net.Dialer{KeepAliveConfig: alive}).DialContext
	s := &Store{engine: PostgreSQL}
	pool := stdlib.OpenDB(*config, stdlib.OptionAfterConnect(s.greet))
	pool.SetMaxOpenConns(poolSize)
	pool.SetMaxIdleConns(poolSize)
	if err := pool.PingContext(ctx); err != nil {
		pool.Close()
		return nil, fmt.Errorf("reach PostgreSQL: %w", err)
	}
	s.read, s.write = pool, pool
	s.aside = &Store{engine: PostgreSQL, read: stdlib.OpenDB(*config, stdlib.OptionAfterConnect(s.greet))}
	s.aside.read.SetMaxOpenConns(asideSize)
	s.aside.read.SetMaxIdleConns(0)
	return s, nil
}

// greet says to PostgreSQL how long this connection may be silent, and notes
// which life of PostgreSQL it is of.
func (s *Store) greet(ctx context.Context, conn *pgx.Conn) error {
	settings := aliveThere
	if d := s.patience(); d > 0 {
		settings += fmt.Sprintf(`; set idle_in_transaction_session_timeout = %d`, (2 * d).Milliseconds())
	}
	ctx, cancel := context.WithTimeout(ctx, dialTime) // the pool's own has no end
	defer cancel()
	results, err := conn.PgConn().Exec(ctx, settings+`; select `+life).ReadAll()
	if err != nil {
		conn.Close(ctx) // nobody else will
		return err
	}
	conn.PgConn().CustomData()[lifeKey] = string(results[len(results)-1].Rows[0][0])
	return nil
}

// Bound has each question to PostgreSQL be answered within d; past it the
// database is away, whatever its connection does: a machine that vanished says
// nothing for minutes. PostgreSQL in its turn ends a transaction that leaves it
// waiting for 2 d. On SQLite nothing can be waited for so. Without Bound there
// is no end, for commands that ask much at once.
func (s *Store) Bound(d time.Duration) {
	s.bound.Store(int64(d))
	if s.engine == PostgreSQL { // those open have been greeted otherwise
		s.write.SetMaxIdleConns(0)
		s.write.SetMaxIdleConns(poolSize)
	}
}

func (s *Store) patience() time.Duration { return time.Duration(s.bound.Load()) }

// within bounds a reading, of the whole answer.
func (s *Store) within(ctx context.Context) (context.Context, context.CancelFunc) {
	if d := s.patience(); d > 0 && s.engine == PostgreSQL {
		return context.WithTimeout(ctx, d)
	}
	return ctx, func() {}
}

func (tx *Tx) within(ctx context.Context) (context.Context, context.CancelFunc) {
	return ctx, func() {} // its watch bounds each statement
}

// errSilent says that PostgreSQL has not answered in time.
var errSilent = fmt.Errorf("PostgreSQL does not answer: %w", context.DeadlineExceeded)

// watch gives a transaction up when one of its statements gets no answer.
type watch struct {
	ctx   context.Context
	bound time.Duration
	timer *time.Timer
	end   context.CancelCauseFunc
}

// watch begins; the end of ctx is not its own: to break a statement off costs
// the connection.
func (s *Store) watch(ctx context.Context) *watch {
	w := &watch{bound: s.patience()}
	w.ctx, w.end = context.WithCancelCause(context.WithoutCancel(ctx))
	if w.bound > 0 {
		w.timer = time.AfterFunc(w.bound, func() { w.end(errSilent) })
	}
	return w
}

// connection waits for one of the pool's until asked ends, too.
func (w *watch) connection(asked context.Context, pool *sql.DB) (*sql.Conn, error) {
	either, done := context.WithCancel(asked)
	defer done()
	defer context.AfterFunc(w.ctx, done)()
	conn, err := pool.Conn(either)
	if err == nil && asked.Err() != nil {
		conn.Close()
		return nil, asked.Err()
	}
	return conn, err
}

// asks is called before each statement.
func (w *watch) asks() {
	if w.timer != nil {
		w.timer.Reset(w.bound)
	}
}

func (w *watch) stop() {
	if w.timer != nil {
		w.timer.Stop()
	}
	w.end(nil)
}

// why is what ended the transaction: PostgreSQL's silence, else err.
func (w *watch) why(err error) error {
	if err != nil && context.Cause(w.ctx) == errSilent {
		return errSilent
	}
	return err
}
