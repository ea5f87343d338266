package db

import (
	"context"
	"embed"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

//go:embed migrations/*.sql
var migrations embed.FS

// jsonEach gives PostgreSQL the json_each(text) that SQLite has, so that a
// list of ids is one parameter on both. Unless it is told that such lists are
// short, PostgreSQL expects 1,000 rows of it, and reads whole tables instead of
// their keys.
const jsonEach = `create or replace function json_each(doc text) returns table (value text)
language sql immutable strict rows 20 as $$ select jsonb_array_elements_text(doc::jsonb) $$`

// migrate applies what is missing of the schema; on PostgreSQL one machine at a time.
func (s *Store) migrate(ctx context.Context) error {
	folder, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	dialect, options := goose.DialectSQLite3, []goose.ProviderOption{goose.WithVerbose(false)}
	if s.engine == PostgreSQL {
		dialect = goose.DialectPostgres
		locker, err := lock.NewPostgresSessionLocker()
		if err != nil {
			return fmt.Errorf("lock the migrations: %w", err)
		}
		options = append(options, goose.WithSessionLocker(locker))
		if err := s.Write(ctx, func(tx *Tx) error {
			// Two machines that start together would both replace the function.
			if _, err := tx.Exec(ctx, `select pg_advisory_xact_lock(5887940537704921958)`); err != nil {
				return err
			}
			_, err := tx.Exec(ctx, jsonEach)
			return err
		}); err != nil {
			return fmt.Errorf("prepare PostgreSQL: %w", err)
		}
	}
	provider, err := goose.NewProvider(dialect, s.write, folder, options...)
	if err != nil {
		return fmt.Errorf("read the migrations: %w", err)
	}
	if _, err := provider.Up(ctx); err != nil {
		return fmt.Errorf("bring the schema up to date: %w", err)
	}
	return nil
}
