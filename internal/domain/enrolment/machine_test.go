package enrolment

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

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

// acts are all that anybody can do, drawn at random, right and wrong.
func (s *machine) acts(reopenStores func()) map[string]func(*rapid.T) {
	m := s.m
	pupil := func(t *rapid.T) *modelPupil { return rapid.SampledFrom(m.pupils).Draw(t, "pupil") }
	course := func(t *rapid.T) string {
		return rapid.SampledFrom(slices.Sorted(maps.Keys(modelPlaces))).Draw(t, "course")
	}
	asked := func(t *rapid.T, p *modelPupil) string { // mostly one that the pupil has
		if len(p.choice) > 0 && rapid.IntRange(0, 5).Draw(t, "its own") > 0 {
			return rapid.SampledFrom(p.choice).Draw(t, "course")
		}
		return course(t)
	}
	choice := func(t *rapid.T) (string, []string) {
		words := strings.Fields(rapid.SampledFrom(modelChoices).Draw(t, "choice"))
		return words[0], words[1:]
	}
	paper := func(t *rapid.T) string {
		return rapid.SampledFrom([]string{"assurance", "assurance", "rib"}).Draw(t, "paper")
	}
	flip := func(t *rapid.T, what string) bool { return rapid.Bool().Draw(t, what) }
	seldom := func(t *rapid.T, n int) bool { return rapid.IntRange(1, n).Draw(t, "seldom") == 1 }
	review := func(p *modelPupil, paper string) (Review, bool) {
		if state, _ := m.slot(p, paper); *state == "" {
			return Review{}, false
		}
		who := p.name
		if paper == "rib" {
			who = ""
		}
		return s.review(s.of(p), who, paper, "illisible"), true
	}
	decide := func(act string, f func(context.Context, Review) error, model func(*modelPupil, string) bool) func(*rapid.T) {
		return func(t *rapid.T) {
			p, which := pupil(t), paper(t)
			in, ok := review(p, which)
			if !ok {
				return
			}
			s.agree(act+" "+which+" of "+p.name, model(p, which), f(s.ctx, in))
		}
	}
	who := func(p *modelPupil, byOffice bool) family {
		f := s.of(p)
		if byOffice {
			f.Actor = office
		}
		return f
	}
	prepare := func(t *rapid.T, p *modelPupil) {
		programme, courses := choice(t)
		yes, c := true, s.newChoice(p, programme, courses)
		err := SaveDraft(s.ctx, s.store, s.clock, s.of(p).Actor, s.of(p).pupils[p.name], DraftStep{Administrative: &yes, Choice: &c})
		s.agree("draft of "+p.name, m.draft(p, programme, courses), err)
	}
	submit := func(t *rapid.T) {
		p := pupil(t)
		pupils := []*modelPupil{p}
		if flip(t, "for all") {
			pupils = rapid.Permutation(m.household(p.home)).Draw(t, "order")
		}
		var names []string
		for _, q := range pupils {
			names = append(names, q.name)
		}
		want := m.submit(pupils...)
		for i, o := range s.submit(s.of(p), names...) {
			s.agree("« Valider » for "+names[i], want[i], o.Err)
		}
	}
	deposit := func(t *rapid.T) {
		p, which := pupil(t), paper(t)
		in := s.paper(s.of(p), p.name, which)
		if which == "rib" {
			in.Pupil = ""
		}
		_, err := s.reg.Deposit(s.ctx, s.of(p).Actor, in)
		s.agree("deposit of "+which+" for "+p.name, m.deposit(p, which), err)
	}
	passes := func(t *rapid.T) {
		move := rapid.SampledFrom([]int{1, 60, 600, 1500, 4500, 12000, -30}).Draw(t, "minutes")
		s.clock.Add(time.Duration(move) * time.Minute)
		if seldom(t, 12) {
			s.clock.Set(rapid.SampledFrom([]time.Time{s.season.ClosesAt, s.season.PartialReleaseAt.AddDate(0, 0, -7), s.season.PartialReleaseAt, s.season.ListsEndAt}).Draw(t, "date"))
		}
		m.now = s.clock.Now()
		if !flip(t, "the jobs run") {
			return
		}
		for _, job := range []struct {
			name  string
			model func() int
			run   func(context.Context) (int, error)
		}{
			{"close the campaign", m.closeCampaign, s.reg.CloseCampaign}, {"end delays", m.endDelays, s.reg.EndDelays}, {"end offers", m.endOffers, s.reg.EndOffers},
			{"end lists", m.endLists, s.reg.EndLists}, {"release parts", m.releaseParts, s.reg.ReleaseParts},
		} {
			n, err := job.run(s.ctx)
			s.agreeOn(job.name, job.model(), n, err)
		}
	}
	return map[string]func(*rapid.T){
		"draft":  func(t *rapid.T) { prepare(t, pupil(t)) },
		"submit": submit, "submit again": submit,
		"deposit": deposit, "deposit again": deposit,
		"a whole dossier": func(t *rapid.T) { s.whole(t, pupil(t)) }, "another whole dossier": func(t *rapid.T) { s.whole(t, pupil(t)) },
		"pay": func(t *rapid.T) {
			p, debit := pupil(t), flip(t, "debit")
			codes := map[bool]string{true: "debit", false: "cheque"}
			m.pays(p.home, debit)
			s.agree("pay", true, s.reg.Alter(s.ctx, s.of(p).Actor, s.of(p).Household, means(codes[debit])(s.of(p))))
		},
		"validate": decide("validate", func(ctx context.Context, in Review) error { return s.reg.Validate(ctx, office, in) }, m.validate),
		"undo":     decide("undo", func(ctx context.Context, in Review) error { return s.reg.Undo(ctx, office, in) }, m.undo),
		"refuse":   decide("refuse", func(ctx context.Context, in Review) error { return s.reg.Refuse(ctx, office, in) }, m.refuse),
		"worthless": func(t *rapid.T) {
			if seldom(t, 3) {
				decide("worthless", func(ctx context.Context, in Review) error { return s.reg.DeclareWorthless(ctx, office, in) }, m.worthless)(t)
			}
		},
		"change": func(t *rapid.T) {
			p, byOffice := pupil(t), flip(t, "by the office")
			programme, courses := choice(t)
			s.agree("change of "+p.name, m.change(p, programme, courses, byOffice), s.reg.Change(s.ctx, who(p, byOffice).Actor, s.newChoice(p, programme, courses)))
		},
		"withdraw": func(t *rapid.T) {
			p, byOffice, which, request := pupil(t), flip(t, "by the office"), "", ""
			if !seldom(t, 3) {
				which = asked(t, p)
				request = s.requestID(p, which)
			}
			s.agree("withdraw "+p.name+" "+which, m.withdraw(p, which, byOffice), s.reg.Withdraw(s.ctx, who(p, byOffice).Actor, s.of(p).pupils[p.name], request, ""))
		},
		"answer a withdrawal": func(t *rapid.T) {
			p, accept := pupil(t), flip(t, "accept")
			s.agree("answer the withdrawal of "+p.name, m.answerWithdrawal(p, accept), s.reg.AnswerWithdrawal(s.ctx, office, s.dossierID(p), accept, "parce que"))
		},
		"not returning": func(t *rapid.T) {
			if p := pupil(t); seldom(t, 3) {
				s.agree("not returning "+p.name, m.notReturning(p), s.reg.NotReturning(s.ctx, s.of(p).Actor, s.of(p).pupils[p.name], s.of(p).Household, ""))
			}
		},
		"returning": func(t *rapid.T) {
			p := pupil(t)
			s.agree("returning "+p.name, m.returning(p), s.reg.Returning(s.ctx, s.of(p).Actor, s.of(p).pupils[p.name]))
		},
		"confirm": func(t *rapid.T) {
			p, reason := pupil(t), rapid.SampledFrom([]string{"", "", "en partie"}).Draw(t, "reason")
			became, err := s.reg.Confirm(s.ctx, office, s.dossierID(p), reason)
			s.agree("confirm "+p.name, m.confirm(p, reason != ""), err)
			if err == nil && became != p.state {
				s.Fatalf("confirm %s: the model says %s, the registrar %s", p.name, p.state, became)
			}
		},
		"confirm ready": func(t *rapid.T) {
			n, err := s.reg.ConfirmReady(s.ctx, office)
			s.agreeOn("confirm ready", m.confirmReady(), n, err)
		},
		"validate and confirm": func(t *rapid.T) {
			p := pupil(t)
			if in, ok := review(p, "assurance"); ok {
				s.agree("validate", m.validate(p, "assurance"), s.reg.Validate(s.ctx, office, in))
				s.agree("confirm "+p.name, m.confirm(p, false), second(s.reg.Confirm(s.ctx, office, s.dossierID(p), "")))
			}
		},
		"turn down": func(t *rapid.T) {
			if p := pupil(t); seldom(t, 4) {
				s.agree("turn down "+p.name, m.turnDown(p), s.reg.TurnDown(s.ctx, office, s.dossierID(p), "doublon"))
			}
		},
		"capacity": func(t *rapid.T) {
			c, n := course(t), rapid.Int64Range(0, 4).Draw(t, "places")
			s.agree(fmt.Sprint(n, " places of ", c), m.setCapacity(c, n), s.reg.SetCapacity(s.ctx, office, s.offering(c), n, ""))
		},
		"cancel a course": func(t *rapid.T) {
			if c := course(t); seldom(t, 8) {
				m.cancel(c)
				s.agree("cancel "+c, true, s.reg.CancelCourse(s.ctx, office, s.courses[c], "plus de professeur"))
			}
		},
		"jump": func(t *rapid.T) {
			p := pupil(t)
			c := asked(t, p)
			s.agree("jump of "+p.name+" for "+c, m.jump(p, c), s.reg.Jump(s.ctx, office, s.requestID(p, c), "fratrie"))
		},
		"answer": func(t *rapid.T) {
			p, accept := pupil(t), flip(t, "accept")
			c := asked(t, p)
			for _, q := range m.pupils { // rather one that was offered something
				for _, r := range m.active(q) {
					if m.stateOf(r) == Offered && flip(t, "this one") {
						p, c = q, r.course
					}
				}
			}
			if !slices.Contains(p.choice, c) && !seldom(t, 5) {
				return
			}
			s.agree("answer of "+p.name+" for "+c, m.answer(p, c, accept), s.reg.Answer(s.ctx, s.of(p).Actor, OfferAnswer{Request: s.requestID(p, c), Accept: accept}))
		},
		"on paper": func(t *rapid.T) {
			p, before := pupil(t), time.Duration(rapid.Int64Range(-1, 72).Draw(t, "hours before"))*time.Hour
			programme, courses := choice(t)
			in := OnPaper{NewChoice: s.newChoice(p, programme, courses), ReceivedAt: s.clock.Now().Add(-before)}
			in.Reason = "à l’accueil"
			s.agree("on paper for "+p.name, m.enterPaper(p, programme, courses, in.ReceivedAt), s.reg.EnterPaper(s.ctx, office, s.of(p).Household, in))
		},
		"reopen": func(t *rapid.T) {
			p, hours := pupil(t), rapid.Int64Range(-1, 96).Draw(t, "hours")
			until := s.clock.Now().Add(time.Duration(hours) * time.Hour)
			s.agree("reopen for "+p.name, m.reopen(p, until), s.reg.Reopen(s.ctx, office, s.of(p).pupils[p.name], s.of(p).Household, until, "panne"))
		},
		"time passes": passes, "more time passes": passes, "days pass": passes, "nights pass": passes,
		"the other machine": func(*rapid.T) { s.reg, s.second = s.second, s.reg },
		"restart":           func(t *rapid.T) { reopenStores() },
		"":                  func(*rapid.T) { s.compare() },
	}
}

// TestEveryAct draws acts at random, restarts and a second machine among them.
func TestEveryAct(t *testing.T) {
	for _, engine := range []struct {
		name   string
		checks string
	}{{"sqlite", "60"}, {"postgresql", "20"}} {
		t.Run(engine.name, func(t *testing.T) {
			where := filepath.Join(t.TempDir(), "pupitre.db")
			if engine.name == "postgresql" {
				where = dbtest.Schema(t)
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
