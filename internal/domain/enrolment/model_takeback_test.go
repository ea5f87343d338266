package enrolment

import (
	"fmt"
	"slices"
	"time"

	"pgregory.net/rapid"

	"pupitre/internal/domain/document"
	"pupitre/internal/platform/db"
)

// modelAnswer is an answer of the office that may be taken back: how things
// stood before, and how they stand as long as nothing has followed.
type modelAnswer struct {
	m        *model
	p        *modelPupil
	paper    string // "" for a confirmation
	slot     document.State
	before   []modelFormer
	after    string
	mails    map[string]map[string]int // before it
	leaves   time.Time
	left     bool // its mails have left
	mailsOut map[string]map[string]int
}

type modelFormer struct {
	p         *modelPupil
	state     State
	hold      time.Time
	holdTotal time.Time
}

// decides begins an answer about the pupil's dossier, or its paper.
func (m *model) decides(p *modelPupil, paper string) *modelAnswer {
	a := &modelAnswer{m: m, p: p, paper: paper, leaves: m.at().Add(TakeBackDelay), mails: copied(m.mails)}
	if paper == "" {
		a.changes(p)
	} else {
		state, _ := m.slot(p, paper)
		a.slot = *state
	}
	return a
}

func (a *modelAnswer) changes(p *modelPupil) {
	a.before = append(a.before, modelFormer{p, p.state, p.hold, p.holdTotal})
}

// decided ends it: what it wrote is known by what it added to the mails.
func (a *modelAnswer) decided() {
	a.after, a.mailsOut = a.stands(), map[string]map[string]int{}
	for home, kinds := range a.m.mails {
		a.mailsOut[home] = map[string]int{}
		for kind, n := range kinds {
			if more := n - a.mails[home][kind]; more > 0 {
				a.mailsOut[home][kind] = more
			}
		}
	}
	switch a.paper {
	case "":
		a.p.answer = a
	case "rib":
		a.p.home.refusal = a
	default:
		a.p.refusal = a
	}
	for _, f := range a.before { // an answer before it is not the last one any more
		if a.paper != "" {
			f.p.answer = nil
		}
	}
}

// stands is all that shows whether something has followed.
func (a *modelAnswer) stands() string {
	s := ""
	if a.paper != "" {
		state, _ := a.m.slot(a.p, a.paper)
		s = string(*state)
	}
	for _, f := range a.before {
		s += fmt.Sprint(" ", f.p.name, f.p.state, f.p.rank, f.p.programme, f.p.choice, f.p.hold, f.p.holdTotal, f.p.asksMore, f.p.reminded, f.p.reopened, f.p.asked)
	}
	return s
}

// forgetAnswers forgets, after each act, the answers that something has followed.
func (m *model) forgetAnswers() {
	for _, p := range m.pupils {
		for _, kept := range []**modelAnswer{&p.answer, &p.refusal, &p.home.refusal} {
			if *kept != nil && (*kept).stands() != (*kept).after {
				*kept = nil
			}
		}
	}
}

func (m *model) mailsLeave() {
	for _, p := range m.pupils {
		for _, a := range []*modelAnswer{p.answer, p.refusal, p.home.refusal} {
			if a != nil && !m.now.Before(a.leaves) {
				a.left = true
			}
		}
	}
	for _, a := range m.batch {
		if !m.now.Before(a.leaves) {
			a.left = true
		}
	}
}

// takeBack takes the answer back, unless its mails have left, something has
// followed, or the dossier would lack a paper.
func (m *model) takeBack(a *modelAnswer) bool {
	if a == nil || a.left || a.stands() != a.after || a.paper == "" && len(m.missing(a.p)) > 0 {
		return false
	}
	var lacked map[*modelPupil]bool
	if a.paper != "" {
		_, counts := m.slot(a.p, a.paper)
		lacked = m.lacking(counts...)
	}
	for _, f := range a.before {
		f.p.state, f.p.hold, f.p.holdTotal = f.state, f.hold, f.holdTotal
	}
	for home, kinds := range a.mailsOut {
		for kind, n := range kinds {
			if m.mails[home][kind] -= n; m.mails[home][kind] == 0 {
				delete(m.mails[home], kind)
			}
		}
		if len(m.mails[home]) == 0 {
			delete(m.mails, home)
		}
	}
	switch a.paper {
	case "":
		a.p.answer = nil
		m.batch = slices.DeleteFunc(slices.Clone(m.batch), func(b *modelAnswer) bool { return b == a })
		return true
	case "rib":
		a.p.home.rib, a.p.home.refusal = a.slot, nil
	default:
		a.p.assurance, a.p.refusal = a.slot, nil
	}
	m.recheck(lacked, m.household(a.p.home)...)
	return true
}

func (m *model) takeBackAll() (done TakenBack) {
	m.arrive()
	for _, a := range slices.Clone(m.batch) {
		if a.p.answer == a && m.takeBack(a) {
			done.N++
		} else {
			done.Left = append(done.Left, a.p.name)
		}
	}
	return done
}

func copied(mails map[string]map[string]int) map[string]map[string]int {
	all := map[string]map[string]int{}
	for home, kinds := range mails {
		all[home] = map[string]int{}
		for kind, n := range kinds {
			all[home][kind] = n
		}
	}
	return all
}

// takeBackOne takes back the answer to a pupil's dossier, if any was the last
// thing done to it.
func (s *machine) takeBackOne(t *rapid.T) {
	p := rapid.SampledFrom(s.m.pupils).Draw(t, "pupil")
	for _, q := range s.m.pupils { // rather one that was just answered
		if q.answer != nil && rapid.Bool().Draw(t, "this one") {
			p = q
		}
	}
	id := s.dossierID(p)
	s.m.arrive()
	version, _, err := db.Maybe[int64](s.ctx, s.store, `select version from dossier where id = $1`, id)
	s.must(err)
	s.agree("take back "+p.name, s.m.takeBack(p.answer), s.reg.TakeBack(s.ctx, office, id, version))
}
