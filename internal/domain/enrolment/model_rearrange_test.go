package enrolment

import (
	"fmt"
	"slices"
)

// swapIn is the choice with one course in place of another.
func swapIn(choice []string, from, to string) []string {
	changed := slices.Clone(choice)
	for i := range changed {
		if changed[i] == from {
			changed[i] = to
		}
	}
	return changed
}

func (m *model) move(p *modelPupil, from, to string) bool {
	m.arrive()
	if m.activeFor(p, from) == nil || from == to || slices.Contains(p.choice, to) {
		return false
	}
	return m.change(p, p.programme, swapIn(p.choice, from, to), true)
}

func (m *model) swap(p, q *modelPupil, ofP, ofQ string) bool {
	m.arrive()
	one, other := m.activeFor(p, ofP), m.activeFor(q, ofQ)
	switch {
	case one == nil || other == nil || p == q || ofP == ofQ,
		m.stateOf(one) != Place || m.stateOf(other) != Place,
		slices.Contains(p.choice, ofQ) || slices.Contains(q.choice, ofP),
		!m.stands(p.programme, swapIn(p.choice, ofP, ofQ)) || !m.stands(q.programme, swapIn(q.choice, ofQ, ofP)):
		return false
	}
	at := m.stamp()
	fresh := func(p *modelPupil, course string) Asked {
		m.seq++
		r := &modelRequest{id: fmt.Sprintf("%s %s %d", p.name, course, m.seq), course: course}
		p.requests = append(p.requests, r)
		return Asked{ID: r.id, Offering: course, ReceivedAt: at, Seq: m.seq}
	}
	m.obey(Swap{One: one.id, Other: other.id, ToOther: fresh(p, ofQ), ToOne: fresh(q, ofP)})
	p.choice, q.choice = swapIn(p.choice, ofP, ofQ), swapIn(q.choice, ofQ, ofP)
	m.mail(p, MailChangedChoice)
	m.mail(q, MailChangedChoice)
	return true
}

// publish opens these places; it returns the steps to undo, nil when it is refused.
func (m *model) publish(places map[string]int64) []Step {
	m.arrive()
	for course := range m.cancelled {
		delete(places, course)
	}
	after, steps, refused := m.board.Rehearse(Plan{Capacities: places}, nil)
	if len(refused) > 0 || len(steps) == 0 {
		return nil
	}
	m.wait = PublicationDelay
	for _, step := range steps {
		m.obey(SetCapacity{step.Offering, step.To})
	}
	m.wait = 0
	if said(m.board) != said(after) {
		panic("the model's board is not the one rehearsed")
	}
	return steps
}

func (m *model) unpublish(steps []Step) {
	m.arrive()
	for _, step := range steps {
		back := TakeOffersBack{step.Offering, step.From, map[string]int64{}}
		for _, id := range step.Offers {
			back.Offers[id] = m.board.Requests[id].Jumped
			p, _ := m.asker(id)
			counts := m.mails[p.home.name]
			if counts[string(MailPlaceOffered)]--; counts[string(MailPlaceOffered)] == 0 {
				delete(counts, string(MailPlaceOffered))
			}
		}
		m.obey(back)
	}
}
