package enrolment

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"pupitre/internal/platform/db"
	"pupitre/internal/platform/db/dbtest"
)

// machine runs the same acts on a model and on two registrars of one database
// (two machines), and compares after each.
type machine struct {
	*world
	m        *model
	families map[*modelHousehold]family
	second   *Registrar
	other    *db.Store
	batch    string // of what was last confirmed at once
}

var modelChoices = []string{"eveil jardin", "eveil jardin", "eveil comptines", "cursus piano choeur", "cursus alto choeur", "cursus alto orchestre", "cursus piano orchestre",
	"seules choeur", "seules choeur orchestre", "cursus piano", "eveil piano"} // the last two break a rule

var modelPlaces = map[string]int64{"jardin": 1, "comptines": 2, "piano": 2, "alto": 1, "choeur": 2, "orchestre": 1}

func newMachine(t tb, store, other *db.Store) *machine {
	s := &machine{world: newWorld(t, store), families: map[*modelHousehold]family{}, other: other}
	s.m = newModel(s.season, modelPlaces)
	for name, pupils := range map[string][]string{"Alix": {"Ada", "Abel", "Anna"}, "Blin": {"Bo", "Bea"}, "Caro": {"Cyr"}} {
		home := &modelHousehold{name: name}
		s.families[home] = s.family(name, pupils...)
		for _, p := range pupils {
			s.m.pupils = append(s.m.pupils, &modelPupil{name: p, home: home})
		}
	}
	slices.SortFunc(s.m.pupils, func(a, b *modelPupil) int { return strings.Compare(a.name, b.name) })
	s.second = NewRegistrar(other, s.clock)
	s.m.now = s.clock.Now()
	return s
}

func (s *machine) stop() {
	s.world.stop()
	s.second.Close()
}

func (s *machine) of(p *modelPupil) family { return s.families[p.home] }

func (s *machine) newChoice(p *modelPupil, programme string, courses []string) NewChoice {
	return s.choice(s.of(p), p.name, programme, strings.Join(courses, " "))
}

// requestID finds the pupil's last request for the course in the database.
func (s *machine) requestID(p *modelPupil, course string) string {
	id, _, err := db.Maybe[string](s.ctx, s.store, `select q.id from request q join dossier d on d.id = q.dossier_id
		where d.pupil_id = $1 and q.offering_id = $2 order by q.seq desc limit 1`, s.of(p).pupils[p.name], s.offering(course))
	s.must(err)
	return cmp.Or(id, "none")
}

func (s *machine) dossierID(p *modelPupil) string {
	id, _, err := db.Maybe[string](s.ctx, s.store, `select id from dossier where pupil_id = $1 and season_id = $2`, s.of(p).pupils[p.name], s.season.ID)
	s.must(err)
	return cmp.Or(id, "none")
}

// agree compares one answer with the model's.
func (s *machine) agree(act string, want bool, err error) {
	s.Helper()
	if want != (err == nil) {
		s.Fatalf("%s: the model accepts: %v, the registrar says: %v", act, want, err)
	}
	if err != nil && !isRefusal(err) {
		s.Fatalf("%s: not an answer to a user: %v", act, err)
	}
}

func (s *machine) agreeOn(act string, want, got int, err error) {
	s.Helper()
	if err != nil || want != got {
		s.Fatalf("%s: the model says %d, the registrar %d, %v", act, want, got, err)
	}
}

// compare checks everything that the database holds against the model.
func (s *machine) compare() {
	s.Helper()
	s.wantSound()
	kept := s.kept()
	var lines, want []string
	for _, p := range s.m.pupils {
		lines = append(lines, kept[p.name])
		line := fmt.Sprintf("%s %s rank %d, %v, until %v:", p.name, p.state, p.rank, p.choice, p.hold)
		for _, r := range p.requests {
			line += " " + r.course + " " + string(s.m.stateOf(r))
			if s.m.stateOf(r) == Offered {
				line += fmt.Sprint(" ", r.until)
			}
		}
		want = append(want, line)
	}
	for i := range want {
		if want[i] != lines[i] {
			s.Errorf("want %s\n got %s", want[i], lines[i])
		}
	}
	board, err := BoardOf(s.ctx, s.store, s.season.ID)
	s.must(err)
	for course := range modelPlaces {
		got, want := board.Offerings[s.offering(course)], s.m.board.Offerings[course]
		if got.Capacity != want.Capacity || got.Taken != want.Taken {
			s.Errorf("%s: want %d of %d, got %d of %d", course, want.Taken, want.Capacity, got.Taken, got.Capacity)
		}
	}
	for course, got := range s.lines(board) {
		if want := s.m.line(course); want != got {
			s.Errorf("line of %s: want %q, got %q", course, want, got)
		}
	}
	if want, got := fmt.Sprint(s.m.mails), fmt.Sprint(s.sentMails()); want != got {
		s.Errorf("mails: want %s\n got %s", want, got)
	}
}

// kept writes each pupil's dossier as the model's line does.
func (s *machine) kept() map[string]string {
	dossiers, err := db.All[Dossier](s.ctx, s.store, `select `+dossierColumns+` from dossier where season_id = $1`, s.season.ID)
	s.must(err)
	requests, err := db.All[Request](s.ctx, s.store, `select `+prefixedColumns("q.", requestColumns)+` from request q
		join dossier d on d.id = q.dossier_id where d.season_id = $1 order by q.seq`, s.season.ID)
	s.must(err)
	lines := map[string]string{}
	for _, p := range s.m.pupils {
		lines[p.name] = fmt.Sprintf("%s %s rank %d, %v, until %v:", p.name, "", 0, []string(nil), zero)
		for _, d := range dossiers {
			if d.Pupil != s.of(p).pupils[p.name] {
				continue
			}
			var choice []string
			for _, w := range d.Choice {
				choice = append(choice, s.named(OfferingID(w.Course, w.Semester)))
			}
			line := fmt.Sprintf("%s %s rank %d, %v, until %v:", p.name, d.State, d.Rank, choice, d.HoldUntil)
			for _, r := range requests {
				if r.Dossier == d.ID {
					line += " " + s.named(r.Offering) + " " + string(r.State)
					if r.State == Offered {
						line += fmt.Sprint(" ", r.OfferedUntil)
					}
				}
			}
			lines[p.name] = line
		}
	}
	return lines
}

func (s *machine) lines(board *Board) map[string]string {
	type row struct {
		Request string `db:"id"`
		Pupil   string `db:"first_name"`
	}
	rows, err := db.All[row](s.ctx, s.store, `select q.id, p.first_name from request q join dossier d on d.id = q.dossier_id
		join pupil p on p.id = d.pupil_id where d.season_id = $1 and q.state = 'waiting'`, s.season.ID)
	s.must(err)
	names := map[string]string{}
	for _, r := range rows {
		names[r.Request] = r.Pupil
	}
	lines := map[string]string{}
	for course := range modelPlaces {
		var line []string
		for _, id := range board.Offerings[s.offering(course)].Queue {
			line = append(line, names[id])
		}
		lines[course] = strings.Join(line, " ")
	}
	return lines
}

func (s *machine) sentMails() map[string]map[string]int {
	type row struct {
		Household string `db:"household_id"`
		Kind      string `db:"kind"`
		N         int    `db:"n"`
	}
	var ids []string
	names := map[string]string{}
	for h, f := range s.families {
		ids, names[f.Household] = append(ids, f.Household), h.name
	}
	rows, err := db.All[row](s.ctx, s.store, `select household_id, kind, count(*) as n from outgoing_mail
		where household_id in (select value from json_each(cast($1 as text))) group by household_id, kind`, db.IDs(ids))
	s.must(err)
	all := map[string]map[string]int{}
	for _, r := range rows {
		if all[names[r.Household]] == nil {
			all[names[r.Household]] = map[string]int{}
		}
		all[names[r.Household]][r.Kind] = r.N
	}
	return all
}

// whole drafts, deposits and sends.
func (s *machine) whole(t *rapid.T, p *modelPupil) {
	words := strings.Fields(rapid.SampledFrom(modelChoices[:9]).Draw(t, "choice"))
	yes, c := true, s.newChoice(p, words[0], words[1:])
	err := SaveDraft(s.ctx, s.store, s.clock, s.of(p).Actor, s.of(p).pupils[p.name], DraftStep{Administrative: &yes, Choice: &c})
	s.agree("draft of "+p.name, s.m.draft(p, words[0], words[1:]), err)
	_, err = s.reg.Deposit(s.ctx, s.of(p).Actor, s.paper(s.of(p), p.name, "assurance"))
	s.agree("deposit for "+p.name, s.m.deposit(p, "assurance"), err)
	want := s.m.submit(p)
	s.agree("« Valider » for "+p.name, want[0], s.submit(s.of(p), p.name)[0].Err)
}

// TestEveryAct draws acts at random, restarts and a second machine among them.
func TestEveryAct(t *testing.T) {
	for _, engine := range []struct {
		name   string
		checks string
	}{{"sqlite", "40"}, {"postgresql", "20"}} {
		if engine.name == "postgresql" && !dbtest.OnBoth() {
			continue
		}
		t.Run(engine.name, func(t *testing.T) {
			where := filepath.Join(t.TempDir(), "pupitre.db")
			if engine.name == "postgresql" {
				where = dbtest.Database(t)
			}
			open := func() *db.Store {
				store, err := db.Open(context.Background(), where)
				if err != nil {
					t.Fatal(err)
				}
				return store
			}
			store, other := open(), open()
			defer func() { store.Close(); other.Close() }()
			checks := flag.Lookup("rapid.checks")
			if given := checks.Value.String(); given == checks.DefValue {
				defer flag.Set("rapid.checks", given)
				flag.Set("rapid.checks", engine.checks)
			}
			rapid.Check(t, func(t *rapid.T) {
				s := newMachine(t, store, other)
				defer func() { s.stop() }()
				for _, p := range rapid.Permutation(s.m.pupils).Draw(t, "order")[:rapid.IntRange(1, 5).Draw(t, "sent")] {
					s.whole(t, p)
				}
				t.Repeat(s.acts(func() {
					s.stop()
					if err := errors.Join(store.Close(), other.Close()); err != nil {
						t.Fatal(err)
					}
					store, other = open(), open()
					s.store, s.other = store, other
					s.start()
					s.second = NewRegistrar(other, s.clock)
				}))
			})
		})
	}
}
