package enrolment

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"pupitre/internal/domain/document"
	"pupitre/internal/domain/school"
)

// model says what R29 to R36 ask for, in the plainest way: every pupil of a
// small school in memory, and the pure board fed with the commands that the
// rules name. Each act returns whether it is accepted.
type model struct {
	season     school.Season
	now        time.Time
	last       time.Time // the last stamp
	board      *Board
	pupils     []*modelPupil
	sent       int
	ranks      int64
	seq        int64
	cancelled  map[string]bool
	listsEnded bool
	mails      map[string]map[string]int // household, kind
}

type modelHousehold struct {
	name   string
	debit  bool
	rib    document.State
	hadRIB bool
}

type modelPupil struct {
	name      string
	home      *modelHousehold
	state     State // "" before the first step
	programme string
	choice    []string
	rank      int64
	sentAs    int // counts the « Valider »; 0 when never sent
	assurance document.State
	hold      time.Time
	holdTotal time.Time
	reminded  time.Time
	reopened  time.Time
	asked     bool // to leave after « inscrit »
	askedFor  string
	requests  []*modelRequest
}

type modelRequest struct {
	id     string
	course string
	until  time.Time
}

var quiet = school.School{QuietFrom: 20, QuietUntil: 8}

func newModel(season school.Season, capacity map[string]int64) *model {
	m := &model{season: season, cancelled: map[string]bool{}, mails: map[string]map[string]int{},
		board: &Board{Offerings: map[string]*Offering{}, Requests: map[string]*Asked{}}}
	for course, n := range capacity {
		m.board.Offerings[course] = &Offering{Capacity: n}
	}
	return m
}

func (m *model) at() time.Time { return later(m.now, m.last) }

func (m *model) stamp() time.Time {
	if m.last.Before(m.now) {
		m.last = m.now
	} else {
		m.last = m.last.Add(time.Microsecond)
	}
	return m.last
}

func (m *model) mail(p *modelPupil, kind any) {
	if m.mails[p.home.name] == nil {
		m.mails[p.home.name] = map[string]int{}
	}
	m.mails[p.home.name][fmt.Sprint(kind)]++
}

func (m *model) morning() time.Time { return school.QuietHours(m.at(), quiet) }

// obey feeds the board; whoever is offered a place is written to.
func (m *model) obey(c Command) []Change {
	changes, err := m.board.Apply(c)
	if err != nil {
		panic(err)
	}
	for _, change := range changes {
		if change.To == Offered {
			p, r := m.asker(change.Request)
			r.until = school.EndOfDay(m.morning(), 3)
			m.mail(p, MailPlaceOffered)
		}
	}
	return changes
}

func (m *model) asker(request string) (*modelPupil, *modelRequest) {
	for _, p := range m.pupils {
		for _, r := range p.requests {
			if r.id == request {
				return p, r
			}
		}
	}
	panic("nobody asked for " + request)
}

func (m *model) stateOf(r *modelRequest) RequestState { return m.board.Requests[r.id].State }

func (m *model) active(p *modelPupil) []*modelRequest {
	var all []*modelRequest
	for _, r := range p.requests {
		if m.stateOf(r).Active() {
			all = append(all, r)
		}
	}
	return all
}

func (m *model) activeFor(p *modelPupil, course string) *modelRequest {
	for _, r := range m.active(p) {
		if r.course == course {
			return r
		}
	}
	return nil
}

func (m *model) ask(p *modelPupil, courses []string, received time.Time) {
	for _, course := range courses {
		m.seq++
		r := &modelRequest{id: fmt.Sprintf("%s %s %d", p.name, course, m.seq), course: course}
		p.requests = append(p.requests, r)
		m.obey(Ask{Asked{ID: r.id, Offering: course, ReceivedAt: received, Seq: m.seq}})
	}
}

func (m *model) leave(p *modelPupil, to RequestState, which ...*modelRequest) {
	for _, r := range which {
		m.obey(Leave{r.id, to})
	}
}

// stands judges a choice: an éveil alone, an instrument and a practice, or practices.
func (m *model) stands(programme string, choice []string) bool {
	kinds := map[string]int{}
	for _, c := range choice {
		if m.cancelled[c] {
			return false
		}
		kinds[map[string]string{"jardin": "eveil", "comptines": "eveil", "piano": "instrument", "alto": "instrument", "choeur": "pratique", "orchestre": "pratique"}[c]]++
	}
	switch programme {
	case "eveil":
		return len(choice) == 1 && kinds["eveil"] == 1
	case "cursus":
		return len(choice) == 2 && kinds["instrument"] == 1 && kinds["pratique"] == 1
	default:
		return len(choice) > 0 && kinds["pratique"] == len(choice)
	}
}

func (m *model) whole(p *modelPupil) bool {
	active := m.active(p)
	return len(active) > 0 && len(active) == len(p.choice) && m.places(p) == len(active) && m.stands(p.programme, p.choice)
}

func (m *model) places(p *modelPupil) (n int) {
	for _, r := range m.active(p) {
		if m.stateOf(r) == Place {
			n++
		}
	}
	return n
}

func (m *model) missing(p *modelPupil) (papers []string) {
	if !p.assurance.Counts() {
		papers = append(papers, "assurance")
	}
	if p.home.debit && !p.home.rib.Counts() {
		papers = append(papers, "rib")
	}
	return papers
}

func (m *model) checked(p *modelPupil) bool {
	return p.assurance == document.Validated && (!p.home.debit || p.home.rib == document.Validated)
}

func (m *model) open(p *modelPupil) bool {
	return !m.now.Before(m.season.OpensAt) && (m.now.Before(m.season.ClosesAt) || m.now.Before(p.reopened))
}

func (m *model) draft(p *modelPupil, programme string, choice []string) bool {
	if p.state.Sent() || p.state == NotReturning && !m.now.Before(m.season.ClosesAt) {
		return false
	}
	if p.state != Lapsed {
		p.state = Draft
	}
	p.programme, p.choice = programme, choice
	return true
}

// submit returns which pupils are answered without a fault.
func (m *model) submit(pupils ...*modelPupil) (accepted []bool) {
	var sending []*modelPupil
	for _, p := range pupils {
		mayBe := p.state != "" && p.state != NotReturning && m.open(p) && m.stands(p.programme, p.choice)
		accepted = append(accepted, p.state.Sent() || mayBe)
		if !p.state.Sent() && mayBe && !slices.Contains(sending, p) {
			sending = append(sending, p)
		}
	}
	for _, p := range sending {
		p.anew()
		p.state = Received
		m.sent++
		p.sentAs = m.sent
		at := m.stamp()
		if len(m.missing(p)) == 0 {
			m.rank(p)
			m.ask(p, p.choice, at)
		}
	}
	if len(sending) > 0 {
		m.mail(sending[0], MailReceived)
	}
	return accepted
}

func (p *modelPupil) anew() {
	p.hold, p.holdTotal, p.reminded, p.asked, p.askedFor = zero, zero, zero, false, ""
}

func (m *model) rank(p *modelPupil) {
	m.ranks++
	p.rank, p.state = m.ranks, Complete
}

func (m *model) unrank(p *modelPupil, to State) {
	m.leave(p, Returned, m.active(p)...)
	p.anew()
	p.rank, p.state = 0, to
}

func (m *model) household(h *modelHousehold) []*modelPupil {
	var all []*modelPupil
	for _, p := range m.pupils {
		if p.home == h {
			all = append(all, p)
		}
	}
	slices.SortStableFunc(all, func(a, b *modelPupil) int {
		key := func(p *modelPupil) int {
			if p.sentAs == 0 {
				return 1 << 30
			}
			return p.sentAs
		}
		return key(a) - key(b)
	})
	return all
}

func (m *model) recheck(pupils ...*modelPupil) {
	for _, p := range pupils {
		if len(m.missing(p)) > 0 {
			continue
		}
		switch {
		case (p.state == Received || p.state == Lapsed && p.sentAs > 0) && m.open(p) && m.stands(p.programme, p.choice):
			p.anew()
			m.rank(p)
			m.ask(p, p.choice, m.stamp())
			m.mail(p, MailBecameComplete)
		case p.state == PaperRefused:
			p.state, p.hold = Complete, zero
		}
	}
}

func (m *model) deposit(p *modelPupil, paper string) bool {
	switch {
	case paper == "assurance" && p.assurance == document.Validated, paper == "rib" && !p.home.debit:
		return false
	case paper == "assurance":
		p.assurance = document.Provided
	default:
		p.home.rib = document.Provided
	}
	m.recheck(m.household(p.home)...)
	return true
}

func (m *model) pays(h *modelHousehold, debit bool) {
	asks := debit && !h.debit && !h.rib.Counts()
	h.debit = debit
	for _, p := range m.household(h) {
		if asks && (p.state == Complete || p.state == OnList || p.state == PaperRefused) {
			p.holdTotal = later(p.holdTotal, school.EndOfDay(m.morning(), 7))
			p.hold, p.state = p.holdTotal, PaperRefused
			m.mail(p, MailNewlyRequired)
		}
		m.recheck(p)
	}
}

// slot is the deposit of a paper, and the pupils it counts for.
func (m *model) slot(p *modelPupil, paper string) (*document.State, []*modelPupil) {
	if paper == "assurance" {
		return &p.assurance, []*modelPupil{p}
	}
	return &p.home.rib, m.household(p.home)
}

func (m *model) validate(p *modelPupil, paper string) bool {
	state, counts := m.slot(p, paper)
	if *state != document.Provided && *state != document.Refused {
		return false
	}
	*state = document.Validated
	m.recheck(m.household(p.home)...)
	for _, q := range counts {
		if q.state != PaperRefused && m.checked(q) {
			q.holdTotal = zero
		}
	}
	return true
}

func (m *model) undo(p *modelPupil, paper string) bool {
	state, counts := m.slot(p, paper)
	if *state != document.Validated || slices.ContainsFunc(counts, func(q *modelPupil) bool { return q.state == Enrolled }) {
		return false
	}
	*state = document.Provided
	return true
}

func (m *model) refuse(p *modelPupil, paper string) bool {
	state, counts := m.slot(p, paper)
	if *state != document.Provided && *state != document.Validated {
		return false
	}
	*state = document.Refused
	held := false
	for _, q := range counts {
		if !slices.Contains(m.missing(q), paper) || q.state != Complete && q.state != OnList && q.state != PaperRefused {
			continue
		}
		held = true
		if q.holdTotal.IsZero() {
			q.holdTotal = school.EndOfDay(m.at(), 7)
			q.hold = q.holdTotal
		} else {
			q.hold = later(q.holdTotal, m.at().Add(48*time.Hour))
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
		m.recheck(p)
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
	switch {
	case p.state != Complete && p.state != OnList || !m.checked(p):
		return false
	case !m.whole(p) && !part:
		if p.state == OnList {
			return false
		}
		p.state = OnList
		m.mail(p, MailOnList)
		return true
	case m.places(p) == 0:
		return false
	}
	p.state = Enrolled
	m.mail(p, MailEnrolled)
	return true
}

func (m *model) confirmReady() (n int) {
	for _, p := range m.byRank() {
		if p.state == Complete && m.checked(p) && m.whole(p) {
			m.confirm(p, false)
			n++
		}
	}
	return n
}

func (m *model) byRank() []*modelPupil {
	ranked := slices.DeleteFunc(slices.Clone(m.pupils), func(p *modelPupil) bool { return p.rank == 0 })
	slices.SortFunc(ranked, func(a, b *modelPupil) int { return int(a.rank - b.rank) })
	return ranked
}

func (m *model) turnDown(p *modelPupil) bool {
	if !p.state.Sent() {
		return false
	}
	m.unrank(p, TurnedDown)
	m.mail(p, MailTurnedDown)
	return true
}

func (m *model) setCapacity(course string, n int64) bool {
	if n < m.board.Offerings[course].Taken {
		return false
	}
	m.obey(SetCapacity{course, n})
	return true
}

func (m *model) cancel(course string) {
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
	r := m.activeFor(p, course)
	if r == nil || m.stateOf(r) != Waiting {
		return false
	}
	m.obey(Jump{r.id})
	return true
}

func (m *model) answer(p *modelPupil, course string, accept bool) bool {
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

func (m *model) enterPaper(p *modelPupil, programme string, choice []string, received time.Time) bool {
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
	due := slices.DeleteFunc(m.byRank(), func(p *modelPupil) bool { return p.state != PaperRefused || !p.hold.Before(m.at()) })
	slices.SortStableFunc(due, func(a, b *modelPupil) int { return a.hold.Compare(b.hold) })
	for _, p := range due {
		m.unrank(p, Lapsed)
		m.mail(p, MailDelayEnded)
	}
	return len(due)
}

func (m *model) closeCampaign() (n int) {
	for _, p := range m.pupils {
		if !m.at().Before(m.season.ClosesAt) && p.state == Received && !m.at().Before(p.reopened) {
			p.state = Draft
			m.mail(p, MailCampaignClosed)
			n++
		}
	}
	return n
}

func (m *model) endLists() (n int) {
	if m.listsEnded || m.at().Before(m.season.ListsEndAt) {
		return 0
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
	return len(told)
}

func (m *model) releaseParts() (n int) {
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
	if !until.After(m.at()) {
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
