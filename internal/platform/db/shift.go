package db

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"time"
)

// Shift moves every instant kept by whole seconds: what was written is then
// that much later, or earlier, for whoever reads it. A server finds what a
// machine finds whose clock was set back, or has stood still for an hour.
func (s *Store) Shift(ctx context.Context, by time.Duration) error {
	columns, err := s.instants(ctx)
	if err != nil {
		return fmt.Errorf("shift the instants: %w", err)
	}
	moved := `%[1]s = %[1]s + make_interval(secs => %[2]d)`
	if s.engine == SQLite { // the fraction and the Z stay as they are
		moved = `%[1]s = strftime('%%Y-%%m-%%dT%%H:%%M:%%S', %[1]s, '%+[2]d seconds') || substr(%[1]s, 20)`
	}
	return s.Write(ctx, func(tx *Tx) error {
		for table, names := range columns {
			sets := make([]string, len(names))
			for i, name := range names {
				sets[i] = fmt.Sprintf(moved, name, int64(by/time.Second))
			}
			if _, err := tx.Exec(ctx, `update `+table+` set `+strings.Join(sets, ", ")); err != nil {
				return err
			}
		}
		return nil
	})
}

// instants reads from the migrations' tables which columns hold instants.
func (s *Store) instants(ctx context.Context) (map[string][]string, error) {
	type column struct {
		Table string `db:"in_table"`
		Name  string `db:"name"`
	}
	text := `select table_name as in_table, column_name as name from information_schema.columns
		where table_schema = current_schema() and data_type = 'timestamp with time zone'`
	if s.engine == SQLite {
		text = `select m.name as in_table, c.name as name from sqlite_master m, pragma_table_info(m.name) c where m.type = 'table' and lower(c.type) = 'timestamptz'`
	}
	all, err := All[column](ctx, s, text)
	columns := map[string][]string{}
	for _, c := range all {
		if plainName.MatchString(c.Table) && plainName.MatchString(c.Name) {
			columns[c.Table] = append(columns[c.Table], c.Name)
		}
	}
	return columns, err
}

var plainName = regexp.MustCompile(`^[a-z_]+$`)
