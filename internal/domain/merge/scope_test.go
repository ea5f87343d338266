package merge

import (
	"slices"
	"testing"

	"pupitre/internal/platform/db"
	"pupitre/internal/platform/db/dbtest"
)

// otherwise are the tables with a household or a pupil that no merge takes a
// copy of, and why.
var otherwise = map[string]string{
	"access_line":   "who saw what stays as it was; the journal of accesses reads those merged into a household with it",
	"journal":       "only the household that a line is read with moves: its lines are listed",
	"outgoing_mail": "the same",
}

// TestAMergeKnowsEveryTable: a row with a household or a pupil that a merge
// does not know would keep the lost one from going, or stay behind when it is undone.
func TestAMergeKnowsEveryTable(t *testing.T) {
	store := dbtest.SQLite(t)
	tables, err := db.All[string](t.Context(), store, `select distinct m.name from sqlite_master m join pragma_table_info(m.name) c
		where m.type = 'table' and c.name in ('household_id', 'pupil_id', 'guardian_id', 'first_id') order by m.name`)
	if err != nil || len(tables) < 10 {
		t.Fatalf("%v, %v", tables, err)
	}
	known := map[string]bool{}
	for _, p := range scope([]string{"a"}, []string{"b"}, nil) {
		known[p.Table] = true
	}
	for _, table := range tables {
		if !known[table] && otherwise[table] == "" {
			t.Errorf("the table %s has a household or a pupil, and is not in merge.scope", table)
		}
	}
	for table := range otherwise {
		if !slices.Contains(tables, table) {
			t.Errorf("%s has no household any more", table)
		}
	}
}
