package enrolment

import (
	"fmt"
	"slices"
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
	listsTold  int                       // by the act in hand
	mails      map[string]map[string]int // household, kind
	batch      []*modelAnswer            // what was last confirmed at once
	wait       time.Duration             // of the mails of the act in hand
}

type modelHousehold struct {
	name   string
	debit  bool
	rib    document.State
	hadRIB bool

	refusal *modelAnswer // the last thing done to the RIB, when it is a refusal
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
	asksMore  int // how often a paper became required while it was held, or ranked
	reminded  time.Time
	reopened  time.Time
	asked     bool // to leave after « inscrit »
	askedFor  string
	requests  []*modelRequest
	answer    *modelAnswer // the last thing done to the dossier, when it is an answer of the office
	refusal   *modelAnswer // the last thing done to the insurance, when it is a refusal
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

func (m *model) morning() time.Time { return school.QuietHours(m.at().Add(m.wait), quiet) }

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
	m.arrive()
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

// lacking is who lacks a paper before an act.
func (m *model) lacking(pupils ...*modelPupil) map[*modelPupil]bool {
	all := map[*modelPupil]bool{}
	for _, p := range pupils {
		all[p] = len(m.missing(p)) > 0
	}
	return all
}

func (m *model) recheck(lacked map[*modelPupil]bool, pupils ...*modelPupil) {
	for _, p := range pupils {
		if len(m.missing(p)) > 0 {
			continue
		}
		switch {
		case (p.state == Received || p.state == Lapsed && p.sentAs > 0) && m.open(p) && !m.stands(p.programme, p.choice):
			if lacked[p] {
				m.mail(p, MailNotRanked)
			}
		case (p.state == Received || p.state == Lapsed && p.sentAs > 0) && m.open(p):
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
	m.arrive()
	lacked := m.lacking(m.household(p.home)...)
	switch {
	case paper == "assurance" && p.assurance == document.Validated, paper == "rib" && !p.home.debit:
		return false
	case paper == "assurance":
		p.assurance = document.Provided
	default:
		p.home.rib = document.Provided
	}
	m.recheck(lacked, m.household(p.home)...)
	return true
}

func (m *model) pays(h *modelHousehold, debit bool) {
	m.arrive()
	lacked := m.lacking(m.household(h)...)
	asks := debit && !h.debit && !h.rib.Counts()
	h.debit = debit
	for _, p := range m.household(h) {
		if asks && (p.state == Complete || p.state == OnList || p.state == PaperRefused) {
			p.holdTotal = later(p.holdTotal, school.EndOfDay(m.morning(), 7))
			p.hold, p.state = p.holdTotal, PaperRefused
			p.asksMore++ // even when neither date has moved
			m.mail(p, MailNewlyRequired)
		}
		m.recheck(lacked, p)
	}
}

// slot is the deposit of a paper, and the pupils it counts for.
func (m *model) slot(p *modelPupil, paper string) (*document.State, []*modelPupil) {
	if paper == "assurance" {
		return &p.assurance, []*modelPupil{p}
	}
	return &p.home.rib, m.household(p.home)
}
