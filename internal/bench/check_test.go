package bench

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"pupitre/internal/domain/enrolment"
	"pupitre/internal/platform/clock"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/db/dbtest"
)

// played sends the dossiers of a small school through the registrar, one after
// the other, and returns their answers.
func played(t *testing.T, store *db.Store, families int) (*rushSchool, []Ack) {
	t.Helper()
	began := time.Now()
	s, err := makeRushSchool(t.Context(), deps, lot{dir: t.TempDir()}, store, families, 20, began.Add(-time.Minute), &bar{})
	if err != nil {
		t.Fatal(err)
	}
	registrar := enrolment.NewRegistrar(store, clock.System())
	defer registrar.Close()
	var acks []Ack
	for _, c := range s.families {
		from := time.Since(began)
		outcomes, err := registrar.Submit(t.Context(), c.actor, enrolment.Submission{Pupils: []string{c.pupil}, Text: s.text, Agreed: true})
		if err != nil || outcomes[0].Err != nil {
			t.Fatalf("%v, %v", outcomes, err)
		}
		acks = append(acks, Ack{c.pupil, from, time.Since(began)})
	}
	return s, acks
}

// TestEveryBreachIsFound breaks one promise after the other in what a sound
// rush left behind.
func TestEveryBreachIsFound(t *testing.T) {
	const first, second = `(select id from dossier where rank = 1)`, `(select id from dossier where rank = 2)`
	store := dbtest.SQLite(t)
	s, acks := played(t, store, 40)
	waiting := `(select min(q.id) from request q where q.state = 'waiting')`
	for _, c := range []struct {
		name, found string
		spoil       []string
		acks        func([]Ack)
	}{
		{"nothing", "", nil, nil},
		{"a rank tampered with", "ranks:", []string{`update dossier set rank = 1000 where rank = 2`}, nil},
		{"two ranks exchanged", "order:", []string{
			`update dossier set rank = 1000 where rank = 1`, `update dossier set rank = 1 where rank = 2`, `update dossier set rank = 2 where rank = 1000`}, nil},
		{"a rank too many given", "the next rank", []string{`update season set next_rank = next_rank + 1`}, nil},
		{"a place given twice", "the board:", []string{`update request set state = 'place' where id = ` + waiting}, nil},
		{"a place left free while one waits", "wait while a place is free", []string{
			`update offering set capacity = capacity + 1 where id = (select offering_id from request where id = ` + waiting + `)`}, nil},
		{"one passed in front of another", "in the order of the ranks", []string{
			`update request set state = 'offered' where id = (select max(q.id) from request q where q.state = 'place'
				and q.offering_id = (select offering_id from request where id = ` + waiting + `))`,
			`update request set state = 'place' where id = ` + waiting,
			`update request set state = 'waiting' where state = 'offered'`}, nil},
		{"a request lost", "courses and asked for", []string{`delete from request where id = (select max(id) from request where state = 'waiting')`}, nil},
		{"a mail lost", "0 receipts", []string{`delete from outgoing_mail where dossier_id = ` + first}, nil},
		{"a mail twice", "2 receipts", []string{`update outgoing_mail set dossier_id = ` + first + ` where dossier_id = ` + second}, nil},
		{"an acknowledged dossier lost", "was acknowledged and is", []string{
			`delete from request where dossier_id = ` + second, `delete from dossier where rank = 2`}, nil},
		{"an answer twice", "acknowledged twice", nil, func(acks []Ack) { acks[1].Pupil = acks[0].Pupil }},
		{"sent after a later one was answered", "order:", nil, func(acks []Ack) { acks[0].SentAt, acks[0].ReadAt = time.Hour, time.Hour }},
	} {
		t.Run(c.name, func(t *testing.T) {
			told := slices.Clone(acks)
			if c.acks != nil {
				c.acks(told)
			}
			var found string
			undone := errors.New("undone")
			err := store.Write(t.Context(), func(tx *db.Tx) error {
				for _, statement := range c.spoil {
					if n, err := tx.Exec(t.Context(), statement); err != nil || n == 0 {
						t.Errorf("%s: %d rows, %v", statement, n, err)
					}
				}
				e, err := Gather(t.Context(), tx, s.season.ID, told)
				found = strings.Join(e.Breaches(), "\n")
				return errors.Join(err, undone)
			})
			if !errors.Is(err, undone) {
				t.Fatal(err)
			}
			if c.found == "" && found != "" || !strings.Contains(found, c.found) {
				t.Errorf("want %q among what is found:\n%s", c.found, found)
			}
		})
	}
}

func TestOvertakenCountsWhoWasRankedBehindALaterOne(t *testing.T) {
	at := func(ms int) time.Time { return time.UnixMilli(int64(ms)) }
	arrivals := []arrival{{"a", at(1)}, {"b", at(2)}, {"b", at(9)}, {"c", at(3)}, {"d", at(4)}}
	for _, c := range []struct {
		name  string
		ranks map[string]int64
		want  int
	}{
		{"in order", map[string]int64{"a": 1, "b": 2, "c": 3, "d": 4}, 0},
		{"the last passed all", map[string]int64{"a": 2, "b": 3, "c": 4, "d": 1}, 3},
		{"two neighbours", map[string]int64{"a": 1, "b": 3, "c": 2, "d": 4}, 1},
		{"one without a rank", map[string]int64{"a": 0, "b": 1, "c": 2, "d": 3}, 0},
	} {
		var dossiers []enrolment.Dossier
		for pupil, rank := range c.ranks {
			dossiers = append(dossiers, enrolment.Dossier{Pupil: pupil, Rank: rank})
		}
		if got := overtaken(arrivals, dossiers); got != c.want {
			t.Errorf("%s: %d overtaken, want %d", c.name, got, c.want)
		}
	}
}
