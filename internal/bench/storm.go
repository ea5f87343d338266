package bench

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"pupitre/internal/platform/db"
)

// storm is a rush whose clients insist: told to come back, or left without an
// answer, they send again until they read « Demande prise en compte ».
type storm struct {
	*rush
	lot   lot
	store *db.Store
	site  atomic.Pointer[string]
	leave func() error                              // what is to be put away once all is judged; may be nil
	smtp  string                                    // where the server sends its mails; "" is the postbox
	flags []string                                  // more of the server's
	also  func(ctx context.Context, g *guest) error // what a family does once received; may be nil

	mayBreak bool // the server itself is killed: connections may break

	all      []Ack
	acked    chan struct{} // one for each dossier received
	told     chan struct{} // one for each answer « come back »
	received atomic.Int64
	turned   atomic.Int64
	broke    atomic.Int64
	longest  time.Duration // until an answer
}

// prepare makes the school on the lot, opens its campaign, and signs its
// families in at a server whose database is at where.
func (s *storm) prepare(where string) (guests []*guest, err error) {
	if s.store, err = s.Open(s.ctx, s.lot.where); err != nil {
		return nil, err
	}
	if s.school, err = makeRushSchool(s.ctx, s.Deps, s.lot, s.store, s.options.Families, s.options.Courses, time.Now().Add(-time.Minute), s.bar); err != nil {
		return nil, err
	}
	if err := s.store.Analyze(s.ctx); err != nil {
		return nil, err
	}
	if err := s.start(where); err != nil {
		return nil, err
	}
	return s.signAllIn()
}

// start serves the school, its database being at where.
func (s *storm) start(where string) error {
	l := s.lot
	l.where = where
	m, err := s.serve(s.ctx, l, cmp.Or(s.smtp, s.post.url()), s.flags...)
	if err != nil {
		return err
	}
	s.machines = []*machine{m}
	s.site.Store(&m.site)
	return nil
}

// kill ends the server as a power failure would.
func (s *storm) kill() {
	m := s.machines[0]
	_ = m.cmd.Process.Kill() // it may have ended already
	<-m.ended
	s.machines = nil
}

// rage has all send while the fault happens, and returns once all are received.
func (s *storm) rage(guests []*guest, fault func() error) error {
	s.bar.begin("sending", len(guests))
	s.acked, s.told = make(chan struct{}, len(guests)), make(chan struct{}, 1<<16)
	ctx, cancel := context.WithTimeout(s.ctx, 10*time.Minute)
	defer cancel()
	failed := make(chan error, 1)
	go func() { failed <- fault() }()
	began := time.Now()
	err := inTurn(s.options.Clients, guests, func(_ int, g *guest) error {
		defer s.bar.add(1)
		ack, err := s.insist(ctx, began, g)
		if err != nil {
			return err
		}
		s.mu.Lock()
		s.all = append(s.all, ack)
		s.mu.Unlock()
		s.received.Add(1)
		s.acked <- struct{}{}
		if s.also != nil {
			return s.also(ctx, g)
		}
		return nil
	})
	return errors.Join(err, <-failed)
}

// reach waits until n more dossiers have been received.
func (s *storm) reach(n int) error {
	for range n {
		select {
		case <-s.acked:
		case <-s.ctx.Done():
			return context.Cause(s.ctx)
		}
	}
	return nil
}

// awaitTold waits until n clients have been told to come back.
func (s *storm) awaitTold(n int) error {
	for range n {
		select {
		case <-s.told:
		case <-s.ctx.Done():
			return context.Cause(s.ctx)
		case <-time.After(3 * time.Minute):
			return errors.New("the fault was not felt: nobody was told to come back")
		}
	}
	return nil
}

// insist is « Valider » until it is received. An answer that is neither yes
// nor a sentence that says to come back is a breach.
func (s *storm) insist(ctx context.Context, began time.Time, g *guest) (Ack, error) {
	from := time.Since(began)
	for ctx.Err() == nil {
		g.visitor.site = *s.site.Load()
		asked := time.Now()
		got, err := g.post(ctx, g.sendPath(), g.form)
		s.took(time.Since(asked))
		if err == nil {
			got, err = g.await(ctx, got)
		}
		switch {
		case err != nil:
			s.broke.Add(1)
			if !s.mayBreak && ctx.Err() == nil {
				s.breach("answers: « Valider » of %s got none: %v", g.login, err)
			}
		case got.status == http.StatusSeeOther && strings.HasSuffix(got.location, "/confirmation"):
			return Ack{g.pupil, from, time.Since(began)}, nil
		case says(got, "n’a pas été enregistrée") && got.status == http.StatusUnprocessableEntity:
		case got.comeBack():
			s.turnedAway()
		default:
			s.breach("answers: « Valider » of %s was answered %d %s", g.login, got.status, got.location)
		}
		s.breathe(ctx)
	}
	return Ack{}, fmt.Errorf("%s was never received: %w", g.login, context.Cause(ctx))
}

// took notes how long an answer was waited for.
func (s *storm) took(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.longest = max(s.longest, d)
}

// turnedAway notes an answer « come back ».
func (s *storm) turnedAway() {
	s.turned.Add(1)
	select {
	case s.told <- struct{}{}:
	default:
	}
}

// breathe is the pause of a family before it tries again.
func (s *storm) breathe(ctx context.Context) {
	select {
	case <-time.After(200 * time.Millisecond):
	case <-ctx.Done():
	}
}

// until waits for what is to become true.
func (s *storm) until(there func() (bool, error)) error {
	for began := time.Now(); time.Since(began) < 5*time.Minute; {
		if is, err := there(); is || err != nil {
			return err
		}
		select {
		case <-time.After(50 * time.Millisecond):
		case <-s.ctx.Done():
			return context.Cause(s.ctx)
		}
	}
	return errors.New("the fault did not come about in five minutes")
}

// comeBack tells whether the answer is a 503 that says what to do, and when.
func (a answer) comeBack() bool {
	return a.status == http.StatusServiceUnavailable && a.retry != "" &&
		(says(a, "ecommencez") || says(a, "éessayez") || says(a, "alidez de nouveau") || says(a, "evenez"))
}

func says(got answer, words string) bool { return strings.Contains(string(got.body), words) }

func (s *storm) breach(format string, args ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.broken.add(format, args...)
}

func (s *storm) putAway() error {
	var err error
	if s.store != nil {
		err = s.store.Close()
	}
	if s.leave != nil {
		err = errors.Join(err, s.leave())
	}
	return err
}
