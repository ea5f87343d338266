package dbtest

import (
	"net/url"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"

	"pupitre/internal/platform/wire"
)

// Through makes a database in the test server, as Database does, and returns its URL through
// a wire, to be broken, and the straight one.
func Through(t testing.TB) (through, straight string, w *wire.Wire) {
	t.Helper()
	straight = Database(t)
	config, err := pgconn.ParseConfig(straight)
	if err != nil {
		t.Fatal(err)
	}
	_, address := pgconn.NetworkAddress(config.Host, config.Port)
	if w, err = wire.Open(address); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.Close)
	u, err := url.Parse(straight)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	q.Del("host")
	q.Set("user", config.User)
	q.Set("sslmode", "disable")
	u.Host, u.RawQuery = w.Address(), q.Encode()
	return u.String(), straight, w
}
