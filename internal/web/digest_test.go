package web_test

import (
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pupitre/internal/platform/db"
)

// fleeting tables change when somebody merely comes by; the registrar's lock
// on the season's row counts what it has looked at.
var (
	fleeting = []string{"session", "throttle", "goose_db_version"}
	locks    = []string{"last_at", "moves"}
)

// digest is the content of every table that a refused visit must leave alone.
func (s *seeded) digest() map[string]string {
	s.Helper()
	digests := map[string]string{}
	for _, table := range tables(s.T, s.raw, s.lite) {
		if slices.Contains(fleeting, table) {
			continue
		}
		if !s.lite {
			digests[table] = s.text(`select count(*) || ' rows ' || md5(coalesce(string_agg(line, ',' order by line), ''))
				from (select (to_jsonb(t) - 'last_at' - 'moves')::text as line from ` + table + ` t) l`)
			continue
		}
		var lines []string
		for _, row := range rows(s.T, s.raw, table, locks...) {
			lines = append(lines, fmt.Sprint(row...))
		}
		slices.Sort(lines)
		sum := sha256.Sum256([]byte(strings.Join(lines, "\n")))
		digests[table] = fmt.Sprintf("%d rows %s", len(lines), hex.EncodeToString(sum[:4]))
	}
	return digests
}

// unchanged fails when the tables are not as they were, and returns them as they are.
func (s *seeded) unchanged(what string, before map[string]string) map[string]string {
	s.Helper()
	after := s.digest()
	for table, was := range before {
		if after[table] != was {
			s.Errorf("%s: the table %s has changed: %s, was %s", what, table, after[table], was)
		}
	}
	return after
}

// tables lists the tables in the order they were made: each after those it refers to.
func tables(t *testing.T, raw *sql.DB, lite bool) []string {
	t.Helper()
	query := `select relname from pg_class where relkind = 'r' and relnamespace = current_schema()::regnamespace order by oid`
	if lite {
		query = `select name from sqlite_master where type = 'table' and name not like 'sqlite_%' order by rowid`
	}
	found, err := raw.Query(query)
	if err != nil {
		t.Fatal(err)
	}
	defer found.Close()
	var names []string
	for found.Next() {
		var name string
		if err := found.Scan(&name); err != nil {
			t.Fatal(err)
		}
		names = append(names, name)
	}
	return names
}

// rows are all rows of the table, the columns left out being nil.
func rows(t *testing.T, raw *sql.DB, table string, without ...string) [][]any {
	t.Helper()
	found, err := raw.Query(`select * from ` + table)
	if err != nil {
		t.Fatal(err)
	}
	defer found.Close()
	columns, err := found.Columns()
	if err != nil {
		t.Fatal(err)
	}
	var all [][]any
	for found.Next() {
		row, into := make([]any, len(columns)), make([]any, len(columns))
		for i := range row {
			into[i] = &row[i]
		}
		if err := found.Scan(into...); err != nil {
			t.Fatal(err)
		}
		for i, column := range columns {
			if slices.Contains(without, column) {
				row[i] = nil
			}
		}
		all = append(all, row)
	}
	return all
}

// copyRows fills an empty schema of PostgreSQL with the rows of a SQLite file.
func copyRows(t *testing.T, path, where string) {
	t.Helper()
	from, to := openRaw(t, path), openRaw(t, where)
	tx, err := to.Begin()
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	for _, table := range tables(t, from, true) {
		if table == "goose_db_version" {
			continue
		}
		empty, err := tx.Query(`select * from ` + table + ` limit 0`)
		if err != nil {
			t.Fatal(err)
		}
		types, err := empty.ColumnTypes()
		empty.Close()
		if err != nil {
			t.Fatal(err)
		}
		for chunk := range slices.Chunk(rows(t, from, table), 500) {
			for _, row := range chunk {
				for i, v := range row {
					if n, ok := v.(int64); ok && types[i].DatabaseTypeName() == "BOOL" {
						row[i] = n != 0
					}
				}
			}
			values, args := db.Rows(chunk)
			if _, err := tx.Exec(`insert into `+table+` values `+values, args...); err != nil {
				t.Fatalf("copy %s: %v", table, err)
			}
		}
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
}
