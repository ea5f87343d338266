package enrolment

import (
	"slices"
	"time"

	"pupitre/internal/domain/document"
	"pupitre/internal/domain/school"
)

func (m *model) validate(p *modelPupil, paper string) bool {
	m.arrive()
	state, counts := m.slot(p, paper)
	if *state != document.Provided && *state != document.Refused {
		return false
	}
	lacked := m.lacking(counts...)
	*state = document.Validated
	m.recheck(lacked, m.household(p.home)...)
	for _, q := range counts {
		if q.state != PaperRefused && m.checked(q) {
			q.holdTotal = zero
		}
	}
	return true
}

func (m *model) undo(p *modelPupil, paper string) bool {
	m.arrive()
	state, counts := m.slot(p, paper)
	if *state == document.Refused {
		if paper == "rib" {
			return m.takeBack(p.home.refusal)
		}
		return m.takeBack(p.refusal)
	}
	if *state != document.Validated || slices.ContainsFunc(counts, func(q *modelPupil) bool { return q.state == Enrolled }) {
		return false
	}
	*state = document.Provided
	return true
}

func (m *model) refuse(p *modelPupil, paper string) bool {
	m.arrive()
	state, counts := m.slot(p, paper)
	if *state != document.Provided && *state != document.Validated {
		return false
	}
	answer := m.decides(p, paper)
	defer answer.decided()
	*state = document.Refused
	held := false
	for _, q := range counts {
		if !slices.Contains(m.missing(q), paper) || q.state != Complete && q.state != OnList && q.state != PaperRefused {
			continue
		}
		held = true
		answer.changes(q)
		if q.holdTotal.IsZero() {
			q.holdTotal = school.EndOfDay(answer.leaves, 7)
			q.hold = q.holdTotal
		} else {
			q.hold = later(q.holdTotal, answer.leaves.Add(48*time.Hour))
		}
		q.state = PaperRefused
		m.mail(q, MailPaperRefused)
	}
	if !held {
		m.mail(p, MailPaperRefused)
	}
	return true
}

func (m *model) worthless(p *modelPupil, paper string) bool {
	m.arrive()
	state, counts := m.slot(p, paper)
	if *state != document.Provided && *state != document.Validated && *state != document.Refused {
		return false
	}
	*state = document.Worthless
	fell := false
	for _, q := range counts {
		if slices.Contains(m.missing(q), paper) && q.state.Ranked() && q.state != Enrolled {
			fell = true
			m.unrank(q, Received)
			m.mail(q, MailPaperWorthless)
		}
	}
	if !fell {
		m.mail(p, MailPaperWorthless)
	}
	return true
}

func (m *model) change(p *modelPupil, programme string, choice []string, byOffice bool) bool {
	m.arrive()
	lost := slices.ContainsFunc(p.choice, func(c string) bool { return m.cancelled[c] })
	if !p.state.Sent() || p.state == Enrolled && !byOffice && !lost {
		return false
	}
	if p.programme == programme && slices.Equal(p.choice, choice) {
		return true
	}
	if !m.stands(programme, choice) {
		return false
	}
	p.programme, p.choice = programme, choice
	if !p.state.Ranked() {
		m.recheck(nil, p)
		return true
	}
	var fresh []string
	for _, c := range choice {
		if m.activeFor(p, c) == nil {
			fresh = append(fresh, c)
		}
	}
	// What is given up goes in the order of the former choice.
	for _, r := range m.active(p) {
		if !slices.Contains(choice, r.course) {
			m.leave(p, Returned, r)
		}
	}
	if len(fresh) > 0 {
		m.ask(p, fresh, m.stamp())
	}
	if p.state == OnList || p.state == Enrolled && !byOffice {
		p.state = Complete
	}
	m.mail(p, MailChangedChoice)
	return true
}

func (m *model) forget(p *modelPupil, course string) {
	p.choice = slices.DeleteFunc(slices.Clone(p.choice), func(c string) bool { return c == course })
}

func (m *model) withdraw(p *modelPupil, course string, byOffice bool) bool {
	m.arrive()
	if !p.state.Sent() {
		return false
	}
	r := m.activeFor(p, course)
	if p.state == Enrolled && !byOffice {
		if p.asked {
			return true
		}
		if course != "" && r == nil {
			return false
		}
		p.asked, p.askedFor = true, course
		m.stamp()
		return true
	}
	switch {
	case course != "" && r == nil:
		return false
	case course == "" || len(m.active(p)) == 1:
		m.unrank(p, Withdrawn)
	default:
		m.leave(p, Returned, r)
		m.forget(p, course)
	}
	m.mail(p, MailWithdrawn)
	return true
}

func (m *model) answerWithdrawal(p *modelPupil, accept bool) bool {
	m.arrive()
	if !p.asked {
		return false
	}
	r := m.activeFor(p, p.askedFor)
	switch {
	case accept && (p.askedFor == "" || r != nil && len(m.active(p)) == 1):
		m.unrank(p, Withdrawn)
	case accept && r != nil:
		m.leave(p, Returned, r)
		m.forget(p, r.course)
	}
	p.asked = false
	m.mail(p, MailWithdrawalAns)
	return true
}

func (m *model) notReturning(p *modelPupil) bool {
	m.arrive()
	if !m.now.Before(m.season.ClosesAt) || p.state.Ranked() {
		return false
	}
	if p.state != NotReturning {
		p.anew()
		p.state = NotReturning
	}
	return true
}

func (m *model) returning(p *modelPupil) bool {
	m.arrive()
	switch {
	case p.state == "":
		return false
	case p.state != NotReturning:
		return true
	case !m.now.Before(m.season.ClosesAt):
		return false
	}
	p.state = Draft
	return true
}

func (m *model) confirm(p *modelPupil, part bool) bool {
	m.arrive()
	switch {
	case p.state != Complete && p.state != OnList || !m.checked(p):
		return false
	case !m.whole(p) && !part:
		if p.state == OnList || !m.waits(p) {
			return false
		}
		answer := m.decides(p, "")
		defer answer.decided()
		p.state = OnList
		m.mail(p, MailOnList)
		return true
	case m.places(p) == 0:
		return false
	}
	answer := m.decides(p, "")
	defer answer.decided()
	p.state = Enrolled
	m.mail(p, MailEnrolled)
	return true
}

func (m *model) waits(p *modelPupil) bool {
	return slices.ContainsFunc(m.active(p), func(r *modelRequest) bool { return m.stateOf(r) != Place })
}

func (m *model) confirmReady() int {
	m.arrive()
	m.batch = nil
	for _, p := range m.byRank() {
		if p.state == Complete && m.checked(p) && m.whole(p) {
			m.confirm(p, false)
			m.batch = append(m.batch, p.answer)
		}
	}
	return len(m.batch)
}

func (m *model) byRank() []*modelPupil {
	ranked := slices.DeleteFunc(slices.Clone(m.pupils), func(p *modelPupil) bool { return p.rank == 0 })
	slices.SortFunc(ranked, func(a, b *modelPupil) int { return int(a.rank - b.rank) })
	return ranked
}

func (m *model) turnDown(p *modelPupil) bool {
	m.arrive()
	if !p.state.Sent() {
		return false
	}
	m.unrank(p, TurnedDown)
	m.mail(p, MailTurnedDown)
	return true
}

func (m *model) setCapacity(course string, n int64) bool {
	m.arrive()
	if n < m.board.Offerings[course].Taken {
		return false
	}
	m.obey(SetCapacity{course, n})
	return true
}

func (m *model) cancel(course string) {
	m.arrive()
	if m.cancelled[course] {
		return
	}
	m.cancelled[course] = true
	for _, p := range m.pupils {
		if m.activeFor(p, course) != nil || p.state == Received && slices.Contains(p.choice, course) {
			m.mail(p, MailCourseCancelled)
		}
	}
	m.obey(CloseList{course})
	for _, p := range m.pupils {
		if r := m.activeFor(p, course); r != nil {
			m.leave(p, Returned, r)
		}
	}
	m.obey(SetCapacity{course, 0})
}

func (m *model) jump(p *modelPupil, course string) bool {
	m.arrive()
	r := m.activeFor(p, course)
	if r == nil || m.stateOf(r) != Waiting {
		return false
	}
	m.obey(Jump{r.id})
	return true
}

func (m *model) answer(p *modelPupil, course string, accept bool) bool {
	m.arrive()
	var r *modelRequest
	for _, q := range p.requests {
		if q.course == course {
			r = q // the last one
		}
	}
	if r == nil {
		return false
	}
	state := m.stateOf(r)
	if accept && state == Place || !accept && state == Declined {
		return true
	}
	if state != Offered {
		return false
	}
	if !accept {
		m.leave(p, Declined, r)
		m.forget(p, course)
		m.mail(p, MailOfferDeclined)
		return true
	}
	m.obey(Accept{r.id})
	if p.state == OnList && m.whole(p) {
		p.state = Complete
	}
	m.mail(p, MailOfferAccepted)
	return true
}
