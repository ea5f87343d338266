package dbtest

import (
	"database/sql"

	_ "github.com/jackc/pgx/v5/stdlib" // driver "pgx"
)

type adminPool struct{ db *sql.DB }

func connect(server string) (*adminPool, error) {
	pool, err := sql.Open("pgx", server)
	if err != nil {
		return nil, err
	}
	pool.SetMaxOpenConns(2)
	return &adminPool{pool}, nil
}

func (a *adminPool) run(statement string) error {
	_, err := a.db.Exec(statement)
	return err
}
