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
