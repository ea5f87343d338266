package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"strings"
)

// Beside creates an empty database on the server of a PostgreSQL URL, and
// returns its own URL and what drops it again. The one of the URL is left as
// it is.
func Beside(ctx context.Context, where string) (own string, drop func(context.Context) error, err error) {
	u, err := url.Parse(where)
	if err != nil || !IsPostgres(where) {
		return "", nil, errors.New("beside: not a PostgreSQL URL")
	}
	name := "pupitre_" + strings.ReplaceAll(NewID(), "-", "")
	if err := once(ctx, where, `create database `+name); err != nil {
		return "", nil, fmt.Errorf("create a database beside: %w", err)
	}
	u.Path = "/" + name
	q := u.Query()
	q.Del("search_path")
	u.RawQuery = q.Encode()
	return u.String(), func(ctx context.Context) error {
		return once(ctx, where, `drop database if exists `+name+` with (force)`)
	}, nil
}

// HasRows tells whether a PostgreSQL database has a row in the table; one that
// does not even have the table is only looked at.
func HasRows(ctx context.Context, where, table string) (bool, error) {
	s, err := openPostgres(ctx, where)
	if err != nil {
		return false, err
	}
	defer s.Close()
	found, err := One[bool](ctx, s, `select to_regclass($1) is not null`, table)
	if err != nil || !found {
		return false, err
	}
	n, err := One[int64](ctx, s, `select count(*) from (select 1 from `+table+` limit 1) s`)
	return n > 0, err
}

// once runs one statement on a connection of its own, outside of any transaction.
func once(ctx context.Context, where, statement string) error {
	pool, err := sql.Open("pgx", where)
	if err != nil {
		return err
	}
	defer pool.Close()
	_, err = pool.ExecContext(ctx, statement)
	return err
}
