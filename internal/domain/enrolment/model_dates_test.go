package enrolment

import (
	"slices"
	"strings"
	"time"

	"pupitre/internal/domain/school"
)

func (m *model) enterPaper(p *modelPupil, programme string, choice []string, received time.Time) bool {
	m.arrive()
	if received.After(m.at()) || received.Before(m.season.OpensAt) || !received.Before(m.season.ClosesAt) || p.state.Ranked() || !m.stands(programme, choice) {
		return false
	}
	p.anew()
	p.programme, p.choice = programme, choice
	m.sent++
	p.sentAs = m.sent
	m.stamp()
	m.rank(p)
	m.ask(p, choice, received)
	m.mail(p, MailEnteredByOffice)
	return true
}

func (m *model) endOffers() (n int) {
	m.arrive()
	type due struct {
		p *modelPupil
		r *modelRequest
	}
	var all []due
	for _, p := range m.pupils {
		for _, r := range m.active(p) {
			if m.stateOf(r) == Offered && r.until.Before(m.at()) {
				all = append(all, due{p, r})
			}
		}
	}
	slices.SortFunc(all, func(a, b due) int {
		if c := a.r.until.Compare(b.r.until); c != 0 {
			return c
		}
		return int(m.board.Requests[a.r.id].Seq - m.board.Requests[b.r.id].Seq)
	})
	for _, d := range all {
		m.leave(d.p, Declined, d.r)
		m.forget(d.p, d.r.course)
		m.mail(d.p, MailOfferEnded)
	}
	return len(all)
}

func (m *model) endDelays() (n int) {
	m.arrive()
	due := slices.DeleteFunc(m.byRank(), func(p *modelPupil) bool { return p.state != PaperRefused || !p.hold.Before(m.at()) })
	slices.SortStableFunc(due, func(a, b *modelPupil) int { return a.hold.Compare(b.hold) })
	for _, p := range due {
		m.unrank(p, Lapsed)
		m.mail(p, MailDelayEnded)
	}
	return len(due)
}

func (m *model) closeCampaign() (n int) {
	m.arrive()
	for _, p := range m.pupils {
		if !m.at().Before(m.season.ClosesAt) && p.state == Received && !m.at().Before(p.reopened) {
			p.state = Draft
			m.mail(p, MailCampaignClosed)
			n++
		}
	}
	return n
}

// arrive comes before each act: from its date on, no list is served.
func (m *model) arrive() {
	m.listsTold = 0
	if m.listsEnded || m.at().Before(m.season.ListsEndAt) {
		return
	}
	m.listsEnded = true
	told := map[*modelPupil]bool{}
	for course := range m.board.Offerings {
		for _, change := range m.obey(CloseList{course}) {
			p, _ := m.asker(change.Request)
			told[p] = true
		}
	}
	for p := range told {
		m.mail(p, MailListsClosed)
	}
	m.listsTold = len(told)
}

func (m *model) endLists() int {
	m.arrive()
	return m.listsTold
}

func (m *model) releaseParts() (n int) {
	m.arrive()
	date := m.season.PartialReleaseAt
	if m.at().Before(date.AddDate(0, 0, -7)) {
		return 0
	}
	for _, p := range m.byRank() {
		offered := slices.ContainsFunc(m.active(p), func(r *modelRequest) bool { return m.stateOf(r) == Offered })
		if p.state != Complete && p.state != OnList || offered || m.places(p) == 0 || m.whole(p) {
			continue
		}
		due := date
		if p.reminded.After(date.AddDate(0, 0, -6)) {
			due = later(date, school.EndOfDay(p.reminded, 7))
		}
		switch {
		case p.reminded.IsZero():
			p.reminded = m.at()
			m.mail(p, MailPartlyFull)
		case !m.at().Before(due):
			m.unrank(p, TurnedDown)
			m.mail(p, MailPartlyReleased)
			n++
		}
	}
	return n
}

func (m *model) reopen(p *modelPupil, until time.Time) bool {
	m.arrive()
	if !until.After(m.at()) || !until.After(m.season.ClosesAt) {
		return false
	}
	if p.state == "" {
		p.state = Draft
	}
	p.reopened = until
	return true
}

// line is who waits for the course, by name and course.
func (m *model) line(course string) string {
	var names []string
	for _, id := range m.board.Offerings[course].Queue {
		p, _ := m.asker(id)
		names = append(names, p.name)
	}
	return strings.Join(names, " ")
}
