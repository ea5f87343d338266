package dbtest

import (
	"context"
	"database/sql"
	"fmt"

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

// once makes the database unless it is there, whoever else wants to at the same
// time: fill fills one of another name, which takes the name when it is whole.
func (a *adminPool) once(name string, fill func(unfinished string) error) error {
	ctx := context.Background()
	conn, err := a.db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	if _, err := conn.ExecContext(ctx, `select pg_advisory_lock(hashtext($1))`, name); err != nil {
		return err
	}
	defer conn.ExecContext(ctx, `select pg_advisory_unlock(hashtext($1))`, name)
	var there bool
	if err := conn.QueryRowContext(ctx, `select exists (select 1 from pg_database where datname = $1)`, name).Scan(&there); err != nil || there {
		return err
	}
	unfinished := name + "_unfinished"
	for _, statement := range []string{"drop database if exists " + unfinished, "create database " + unfinished} {
		if _, err := conn.ExecContext(ctx, statement); err != nil {
			return err
		}
	}
	if err := fill(unfinished); err != nil {
		return fmt.Errorf("make the database %s: %w", name, err)
	}
	_, err = conn.ExecContext(ctx, "alter database "+unfinished+" rename to "+name)
	return err
}
