package db

import (
	"context"
	"database/sql"
	"time"

	"github.com/jackc/pgx/v5/stdlib"
)

// life names one life of PostgreSQL, from its start to its end or its crash: a
// crash that it survives as a process ends all connections and begins its
// statistics anew. After a crash the numbers of transactions whose log had not
// reached the disk are given out again, so a number says something of its own
// life only. It is also another after `pg_stat_reset_shared`: then fewer fates
// are known, and none wrongly.
const life = `(select extract(epoch from pg_postmaster_start_time())::text || ' ' || coalesce(extract(epoch from stats_reset)::text, '') from pg_stat_bgwriter)`

// lifeKey is where a connection keeps the life in which it was greeted.
const lifeKey = "life"

// fateTime bounds how long it is asked what became of a commit; Bound may bound it more.
const fateTime = 15 * time.Second

// transaction is how PostgreSQL knows one: by its number, once it has written,
// in one life of the server, and by the process that runs it.
type transaction struct {
	number string
	life   string
	pid    uint32
}

// known asks for the transaction's number before it commits: with it a commit
// whose answer was lost is found again.
func (w *watch) known(conn *sql.Conn) (t transaction, err error) {
	w.asks()
	err = conn.Raw(func(driver any) error {
		pg := driver.(*stdlib.Conn).Conn()
		t.pid = pg.PgConn().PID()
		t.life, _ = pg.PgConn().CustomData()[lifeKey].(string)
		return pg.QueryRow(w.ctx, `select coalesce(pg_current_xact_id_if_assigned()::text, '')`).Scan(&t.number)
	})
	return t, err
}

// fate is what PostgreSQL says of a number, and in which life it says so.
type fate struct {
	Status string `db:"status"`
	Life   string `db:"life"`
}

// kept tells whether the transaction was kept, although the answer to its
// commit was lost; sure is false when PostgreSQL could not be asked, or has
// crashed or started again since and may speak of another's. One that still
// waits for its commit, which then never arrived, is ended.
func (s *Store) kept(t transaction) (kept, sure bool) {
	if t.number == "" {
		return true, true // it has written nothing
	}
	limit := fateTime
	if d := s.patience(); d > 0 {
		limit = min(limit, d)
	}
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	for ctx.Err() == nil {
		f, err := One[fate](ctx, s.aside, `select coalesce(pg_xact_status(cast($1 as text)::xid8), '') as status, `+life+` as life`, t.number)
		switch {
		case err == nil && f.Status == "aborted":
			return false, true // in whichever life: kept, it would have stayed so
		case err == nil && f.Life != t.life:
			return false, false
		case err == nil && f.Status == "committed":
			return true, true
		case err == nil && f.Status == "in progress":
			_, _ = One[bool](ctx, s.aside, `select coalesce(bool_and(pg_terminate_backend(pid)), true) from pg_stat_activity
				where pid = $1 and backend_xid = cast($2 as text)::xid8::xid and state like 'idle in transaction%'`, int64(t.pid), t.number)
		}
		select {
		case <-time.After(100 * time.Millisecond):
		case <-ctx.Done():
		}
	}
	return false, false
}
