package web_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"pupitre/internal/platform/db"
	"pupitre/internal/platform/db/dbtest"
)

// growing are the tables that grow with the families; all others are the
// school's own and small.
const growing = `invoice|invoice_line|instalment|payment|allocation|remittance_payment|quotient|reminder|pupil_billing|cost_share|household|household_change|household_merge|household_apart|message_recipient|household_payment_mean|guardian|pupil|pupil_household|pupil_season|pupil_note|pupil_course_now|imported|account|session|throttle|deposit|dossier|request|journal|job|outgoing_mail|decision|application|access_line`

// few are the partial indexes that hold few rows however many families there
// are: to read one from end to end is no scan.
var few = []string{"job_due", "job_dead", "job_every", "outgoing_mail_failed", "outgoing_mail_call", "guardian_pending", "account_link", "dossier_hold", "dossier_withdrawal",
	"dossier_on_paper", "household_change_open", "dossier_choose_again", "account_never_in", "account_staff", "request_offer", "request_token", "request_jumped", "household_candidate"}

const yearly = "the preview of the next season is of everybody"

// scans are the reads of whole growing tables, or of all that a season has of
// them, that are meant.
var scans = []scan{
	{"guardian", "select household_id, last_name, first_name from guardian where position = 0", "a message to all the families is to every one of them"},
	{"outgoing_mail", "order by m.id desc limit", "the newest first, it stops after a page"},
	{"account", "login_folded like", "the office looks for letters within a login, in the order of logins, and stops after a page"},
	{"guardian household", "g.search like", "the office looks for letters within a name"},
	{"pupil pupil_household household", "and h.candidate = false", "the office looks for letters within a name"},
	{"dossier pupil", "select x.id from dossier x where (x.id in (select y.id from pupil p", "the office looks for letters within a name"},
	{"pupil pupil_household pupil_season account dossier", "(d.id is null or d.state = 'draft')", "« Sans réponse » is everybody but those who have answered; its count is kept while nobody moves"},
	{"guardian household dossier", "a.password_hash = '' and a.disabled_at is null", "« Identifiants » lists who has never signed in, one household of the crowd in ten"},
	{"dossier", "select d.id, d.household_id from dossier d where", "a message counts the whole of the selection it is written to"},
	{"application", "state <> 'draft' group by state", "the counts of the queue of pré-inscriptions, on its own page"},
	{"dossier", "group by d.state", "the counts of the queue, kept while nobody moves"},
	{"request", "as withdrawals,", "the dashboard counts who waits, one request in ten of the crowd's"},
	{"request dossier", "group by q.offering_id) n on", "the places of all courses for the office, kept while nobody moves"},
	{"request dossier", "select distinct d.programme_id, q.offering_id", "the courses that each formula asks for, kept while nobody moves"},
	{"dossier pupil pupil_season request cost_share", "and q.state <> 'place') as waits", "what is to be invoiced is the whole of what is enrolled"},
	{"invoice", "from invoice i left join guardian g", "the list of a season's invoices counts them, and most are of one season"},
	{"invoice instalment", "and t.ended_at is null group by t.due_on", "a season's money is of all its invoices"},
	{"invoice", "group by substr(p.paid_on, 1, 7), p.way", "a season's money is of all its invoices"},
	{"reminder", "where way = 'letter' group by made_on", "the days with letters, in their order, and it stops after a few"},
	{"payment", "from payment p group by p.household_id", "who has paid too much is looked for among all accounts, on the régie's own page"},
	{"request dossier pupil", "q.state in ('place', 'waiting', 'offered') order by q.seq", "a dry run is of everybody"},
	{"dossier", "from request q where offering_id in", "the line of some courses, and the crowd asks for few courses"},
	{"request", "where offering_id in", "the registrar's board, after another machine has moved: the crowd asks for few courses, so for most requests"},
	{"dossier", "choice like", "a course is cancelled, once: whoever had chosen it"},
	{"dossier", "select count(*) as asked, coalesce(sum(held), 0)", "how many dossiers hold a paper, where it is changed"},
	{"dossier", "count(*) filter (where state = 'draft') as drafts", "whom a change of a formula touches"},
	{"deposit dossier", "coalesce(d.pupil_id, '') as pupil_id, d.paper_code from deposit d", yearly},
	{"request dossier", "select distinct d.pupil_id, c.code", yearly},
	{"household_payment_mean", "select distinct h.household_id from household_payment_mean h", yearly},
	{"pupil pupil_season dossier", "p.level_now, coalesce(s.level, '') as level,", yearly},
	{"pupil_household", "select pupil_id, household_id from pupil_household order by", yearly},
	{"request dossier", "select q.state, count(*) as n from request q join dossier d", yearly},
	{"dossier", "select state, count(*) as n from dossier where season_id", yearly},
	{"dossier pupil household pupil_course_now", "d.complete_at, p.birth_date, h.town,", "the figures of the season are of everybody, and kept while nobody moves"},
	{"deposit", "select blob_key from deposit union all", "each hour, beside the list of all stored files"},
}

// scan is one read, by a piece of its statement.
type scan struct{ tables, in, why string }

func (s scan) is(table, text string) bool {
	return slices.Contains(strings.Fields(s.tables), table) && strings.Contains(text, s.in)
}

// TestNoPageOrActScansAGrowingTable reads how each engine answers every
// statement of the pages and of the acts, in a school of 30,000 pupils.
func TestNoPageOrActScansAGrowingTable(t *testing.T) {
	ran := make([]bool, len(scans)) // its statement
	each(t, func(t *testing.T, where string) {
		store, raw := dbtest.Open(t, where), openRaw(t, where)
		if db.IsPostgres(where) {
			keepStatistics(t, raw)
		}
		c := newCrowded(t, store, 30_000)
		seen := c.observed()
		small := fewRows(t, raw)
		plan := planOnSQLite
		if db.IsPostgres(where) {
			plan = planOnPostgreSQL(t, raw)
		}
		for _, text := range slices.Sorted(maps.Keys(seen)) {
			for i, s := range scans {
				ran[i] = ran[i] || strings.Contains(text, s.in)
			}
			if strings.Contains(text, "savepoint apart") {
				continue // what the registrar sets apart: no engine explains it, and it reads nothing
			}
			found, err := plan(t.Context(), raw, text, seen[text].Args)
			if err != nil {
				t.Errorf("explain %s: %v", text, err)
			}
			for _, table := range found {
				if db.IsPostgres(where) && small[table] {
					continue // it rightly reads the one page there is
				}
				if !slices.ContainsFunc(scans, func(s scan) bool { return s.is(table, text) }) {
					t.Errorf("%s reads the whole of %s:\n%s", seen[text].by, table, text)
				}
			}
		}
		if len(seen) < 150 {
			t.Errorf("only %d statements seen: does the test still see them?", len(seen))
		}
	})
	for i, s := range scans {
		if !ran[i] {
			t.Errorf("« %s » of %s is in the list, and nothing runs it", s.in, s.tables)
		}
	}
}

// keepStatistics has PostgreSQL plan by what the crowd's own analyze found, and
// not by what the acts have made of it when its daemon comes by.
func keepStatistics(t *testing.T, raw *sql.DB) {
	t.Helper()
	for _, table := range strings.Split(growing, "|") {
		if _, err := raw.ExecContext(t.Context(), `alter table `+table+` set (autovacuum_enabled = false)`); err != nil {
			t.Fatal(err)
		}
	}
}

// fewRows are the growing tables that the crowd leaves all but empty.
func fewRows(t *testing.T, raw *sql.DB) map[string]bool {
	t.Helper()
	few := map[string]bool{}
	for _, table := range strings.Split(growing, "|") {
		var n int
		if err := raw.QueryRowContext(t.Context(), `select count(*) from (select 1 from `+table+` limit 1000) s`).Scan(&n); err != nil {
			t.Fatal(err)
		}
		few[table] = n < 1000
	}
	return few
}

var (
	liteStep  = regexp.MustCompile(`^(SCAN|SEARCH) (\S+)(.*)$`)
	liteIndex = regexp.MustCompile(`INDEX (\w+)`)
)

// planOnSQLite returns the growing tables that the statement reads as a whole.
func planOnSQLite(ctx context.Context, raw *sql.DB, text string, args []any) ([]string, error) {
	rows, err := raw.QueryContext(ctx, "explain query plan "+text, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var found []string
	for rows.Next() {
		var id, parent, unused int
		var step string
		if err := rows.Scan(&id, &parent, &unused, &step); err != nil {
			return nil, err
		}
		m := liteStep.FindStringSubmatch(step)
		if m == nil {
			continue
		}
		index := ""
		if i := liteIndex.FindStringSubmatch(m[3]); i != nil {
			index = i[1]
		}
		whole := m[1] == "SCAN" || strings.Contains(m[3], "AUTOMATIC") || strings.Contains(m[3], "ANY(") || strings.HasSuffix(m[3], "(season_id=?)")
		if table := tableOf(text, m[2]); table != "" && whole && !slices.Contains(few, index) {
			found = append(found, table)
		}
	}
	return found, rows.Err()
}

// tableOf is the growing table that the statement calls so, "" when it is none.
func tableOf(text, called string) string {
	if regexp.MustCompile(`^(` + growing + `)$`).MatchString(called) {
		return called
	}
	if m := regexp.MustCompile(`\b(` + growing + `)\s+(?:as\s+)?` + regexp.QuoteMeta(called) + `\b`).FindStringSubmatch(text); m != nil {
		return m[1]
	}
	return ""
}

// node is a step of a plan of PostgreSQL.
type node struct {
	Type  string `json:"Node Type"`
	Table string `json:"Relation Name"`
	Index string `json:"Index Name"`
	Cond  string `json:"Index Cond"`
	Plans []node
}

var ofSeason = regexp.MustCompile(`^\(season_id = [^()]*(\([^()]*\))?[^()]*\)$`)

// planOnPostgreSQL is planOnSQLite for the other engine.
func planOnPostgreSQL(t *testing.T, raw *sql.DB) func(ctx context.Context, raw *sql.DB, text string, args []any) ([]string, error) {
	t.Helper()
	tables := map[string]string{} // by index
	rows, err := raw.QueryContext(t.Context(), `select indexname, tablename from pg_indexes where schemaname = current_schema()`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var index, table string
		if err := rows.Scan(&index, &table); err != nil {
			t.Fatal(err)
		}
		tables[index] = table
	}
	grows := regexp.MustCompile(`^(` + growing + `)$`)
	return func(ctx context.Context, raw *sql.DB, text string, args []any) (found []string, err error) {
		var plan string
		if err := raw.QueryRowContext(ctx, "explain (format json) "+text, args...).Scan(&plan); err != nil {
			return nil, err
		}
		var whole []struct{ Plan node }
		if err := json.Unmarshal([]byte(plan), &whole); err != nil {
			return nil, fmt.Errorf("%s: %w", plan, err)
		}
		var read func(n node)
		read = func(n node) {
			table := n.Table
			if n.Index != "" {
				table = tables[n.Index]
			}
			byIndex := n.Index != "" && (n.Cond != "" && !ofSeason.MatchString(n.Cond) || slices.Contains(few, n.Index))
			if strings.HasSuffix(n.Type, "Scan") && n.Type != "Bitmap Heap Scan" && grows.MatchString(table) && !byIndex {
				found = append(found, table)
			}
			for _, child := range n.Plans {
				read(child)
			}
		}
		read(whole[0].Plan)
		return found, nil
	}
}
