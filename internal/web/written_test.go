package web_test

import (
	"database/sql"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pupitre/internal/platform/db"
	"pupitre/internal/platform/db/dbtest"
)

// fleeting tables change when somebody merely comes by; the registrar's lock
// on the season's row counts what it has looked at.
var (
	fleeting = []string{"session", "throttle", "goose_db_version", "written"}
	locks    = []string{"last_at", "moves"}
)

// writes counts what has been written, since they are first asked for, into each
// table that a refused visit must leave alone. Triggers count it: to compare
// every row after each visit would take most of the tests' time.
type writes map[string]int

func (s *seeded) writes() writes {
	s.Helper()
	if !s.counted {
		s.count()
		s.counted = true
	}
	found, err := s.raw.QueryContext(s.Context(), `select name, count(*) from written group by name`)
	if err != nil {
		s.Fatal(err)
	}
	defer found.Close()
	n := writes{}
	for found.Next() {
		var table string
		var times int
		if err := found.Scan(&table, &times); err != nil {
			s.Fatal(err)
		}
		n[table] = times
	}
	if err := found.Err(); err != nil {
		s.Fatal(err)
	}
	return n
}

// count has the database note each row that is written and differs from what it was.
func (s *seeded) count() {
	s.Helper()
	statements := []string{`create table written (name text not null)`}
	if !s.lite {
		statements = append(statements, `create function note_write() returns trigger language plpgsql as $$ begin
			if tg_op = 'UPDATE' and to_jsonb(old) - 'last_at' - 'moves' = to_jsonb(new) - 'last_at' - 'moves' then return null; end if;
			insert into written values (tg_table_name); return null; end $$`)
	}
	for _, table := range tables(s.T, s.raw, s.lite) {
		switch {
		case slices.Contains(fleeting, table):
		case !s.lite:
			statements = append(statements, fmt.Sprintf(`create trigger note_write after insert or update or delete on %s for each row execute function note_write()`, table))
		default:
			for _, event := range []string{"insert", "delete", "update"} {
				when := ""
				if event == "update" {
					when = "when " + strings.Join(s.differs(table), " or ")
				}
				statements = append(statements, fmt.Sprintf(`create trigger note_%s_%s after %s on %s %s begin insert into written values ('%s'); end`, event, table, event, table, when, table))
			}
		}
	}
	for _, statement := range statements {
		if _, err := s.raw.ExecContext(s.Context(), statement); err != nil {
			s.Fatalf("%s: %v", statement, err)
		}
	}
}

// differs are the conditions that a column of the table is not what it was.
func (s *seeded) differs(table string) (conditions []string) {
	s.Helper()
	found, err := s.raw.QueryContext(s.Context(), `select name from pragma_table_info(?)`, table)
	if err != nil {
		s.Fatal(err)
	}
	defer found.Close()
	for found.Next() {
		var column string
		if err := found.Scan(&column); err != nil {
			s.Fatal(err)
		}
		if !slices.Contains(locks, column) {
			conditions = append(conditions, fmt.Sprintf(`old."%s" is not new."%s"`, column, column))
		}
	}
	return conditions
}

// unchanged fails when something has been written since, but into the tables named.
func (s *seeded) unchanged(what string, before writes, but ...string) {
	s.Helper()
	for table, n := range s.writes() {
		if n != before[table] && !slices.Contains(but, table) {
			s.Errorf("%s: %d rows of the table %s were written", what, n-before[table], table)
		}
	}
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

// rows are all rows of the table.
func rows(t *testing.T, raw *sql.DB, table string) [][]any {
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

// TestWhatIsWrittenIsCounted holds that the count misses no write, and takes
// for none what leaves a row as it was.
func TestWhatIsWrittenIsCounted(t *testing.T) {
	where := map[string]string{"sqlite": filepath.Join(t.TempDir(), "pupitre.db")}
	if dbtest.OnBoth() {
		where["postgresql"] = dbtest.Database(t)
	}
	for engine, place := range where {
		t.Run(engine, func(t *testing.T) {
			s := &seeded{T: t, store: dbtest.Open(t, place), raw: openRaw(t, place), lite: engine == "sqlite"}
			for _, c := range []struct {
				statement string
				want      int
			}{
				{`insert into discipline (id, name) values ('a', 'Alto'), ('b', 'Basson')`, 2},
				{`update discipline set name = 'Alto' where id = 'a'`, 0},
				{`update discipline set name = 'Alto ancien' where id = 'a'`, 1},
				{`update discipline set changed_at = null`, 0},
				{`update discipline set changed_at = '2027-06-08 18:00:00Z'`, 2},
				{`insert into discipline (id, name) values ('b', 'Basson') on conflict (id) do nothing`, 0},
				{`insert into throttle (key, tries, since) values ('k', 1, '2027-06-08 18:00:00Z')`, 0},
				{`delete from discipline`, 2},
			} {
				before := s.writes()
				if _, err := s.raw.ExecContext(t.Context(), c.statement); err != nil {
					t.Fatal(err)
				}
				n := 0
				for table, times := range s.writes() {
					n += times - before[table]
				}
				if n != c.want {
					t.Errorf("%s: %d writes were counted, want %d", c.statement, n, c.want)
				}
			}
		})
	}
}
