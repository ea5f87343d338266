package enrolment

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"pgregory.net/rapid"
)

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
		"refuse and undo": func(t *rapid.T) {
			p, which := pupil(t), paper(t)
			if in, ok := review(p, which); ok {
				s.agree("refuse", m.refuse(p, which), s.reg.Refuse(s.ctx, office, in))
				in, _ = review(p, which)
				s.agree("undo the refusal", m.undo(p, which), s.reg.Undo(s.ctx, office, in))
			}
		},
		"refuse": decide("refuse", func(ctx context.Context, in Review) error { return s.reg.Refuse(ctx, office, in) }, m.refuse),
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
			done, err := s.reg.ConfirmReady(s.ctx, office)
			s.agreeOn("confirm ready", m.confirmReady(), len(done.Dossiers), err)
			s.batch = done.Batch
		},
		"take back": s.takeBackOne, "take back again": s.takeBackOne,
		"take back all": func(*rapid.T) {
			if len(m.batch) == 0 {
				return
			}
			want := m.takeBackAll()
			taken, err := s.reg.TakeBackAll(s.ctx, office, s.batch)
			if want.N == 0 && want.Left == nil {
				s.agree("take back all", false, err)
				return
			}
			s.agreeOn("take back all", want.N, taken.N, err)
			s.agreeOn("take back all, left", len(want.Left), len(taken.Left), err)
		},
		"the mails leave": func(*rapid.T) {
			m.mailsLeave()
			s.mailsLeave()
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
		"move": func(t *rapid.T) {
			p, to := pupil(t), course(t)
			from := asked(t, p)
			s.agree("move of "+p.name+" from "+from+" to "+to, m.move(p, from, to),
				s.reg.Move(s.ctx, office, Moving{Request: s.requestID(p, from), To: s.offering(to), Reason: "meilleur groupe"}))
		},
		"swap": func(t *rapid.T) {
			p, q := pupil(t), pupil(t)
			ofP, ofQ := asked(t, p), asked(t, q)
			s.agree("swap of "+p.name+", "+ofP+", with "+q.name+", "+ofQ, m.swap(p, q, ofP, ofQ),
				s.reg.Swap(s.ctx, office, Swapping{One: s.requestID(p, ofP), Other: s.requestID(q, ofQ), Reason: "fratrie"}))
		},
		"publish a dry run": func(t *rapid.T) {
			places := map[string]int64{}
			for _, c := range rapid.SliceOfN(rapid.SampledFrom(slices.Sorted(maps.Keys(modelPlaces))), 1, 3).Draw(t, "courses") {
				places[c] = rapid.Int64Range(0, 5).Draw(t, "places")
			}
			id := s.scenario(false, places)
			steps := m.publish(places)
			s.agree(fmt.Sprint("publish ", places), steps != nil, s.publish(id, s.steps(id), ""))
			if steps != nil && flip(t, "and undo") {
				m.unpublish(steps)
				s.agree(fmt.Sprint("undo ", places), true, s.reg.Unpublish(s.ctx, office, id))
			}
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
		"":                  func(*rapid.T) { m.forgetAnswers(); s.compare() },
	}
}
