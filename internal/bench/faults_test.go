package bench

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"

	"pupitre/internal/platform/db"
	"pupitre/internal/platform/db/dbtest"
)

// After each fault nothing acknowledged is lost, no promise is broken, and the
// server serves again without a hand; what could not be done was told so.
func TestFaults(t *testing.T) {
	o := FaultOptions{Families: 45, Clients: 8, Kills: 2, Cut: time.Second}
	if !dbtest.OnBoth() {
		o.Only = []string{"disk-full", "documents-away"}
	}
	results, err := Faults(t.Context(), deps, o)
	if err != nil {
		t.Fatal(err)
	}
	var said bytes.Buffer
	WriteFaults(&said, results)
	if t.Log(said.String()); len(results) != len(faults) && dbtest.OnBoth() {
		t.Errorf("%d faults were played", len(results))
	}
	for _, r := range results {
		if r.Breaches > 0 {
			t.Errorf("%s on %s: %s", r.Fault, r.Engine, strings.Join(r.Broken, "\n"))
		}
		told := slices.Contains([]string{"database-stopped", "connection-cut", "connection-silent", "disk-full", "documents-away"}, r.Fault)
		if r.Times == 0 || told && r.TurnedAway == 0 || r.Fault == "killed" && r.Unanswered == 0 {
			t.Errorf("%s on %s was not felt: %+v", r.Fault, r.Engine, r)
		}
	}
	engines := []db.Engine{}
	for _, r := range results {
		if r.Fault == "killed" {
			engines = append(engines, r.Engine)
		}
	}
	if dbtest.OnBoth() && !slices.Equal(engines, []db.Engine{db.SQLite, db.PostgreSQL}) {
		t.Errorf("killed on %v", engines)
	}
}

func TestFaultsThatNobodyKnowsAreRefused(t *testing.T) {
	if _, err := Faults(t.Context(), deps, FaultOptions{Families: 45, Clients: 8, Kills: 2, Only: []string{"grève"}}); err == nil || !strings.Contains(err.Error(), "disk-full") {
		t.Errorf("got %v, want the names of those there are", err)
	}
}
