package bench

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/png"
	"net/http"
	"strings"
	"time"

	"pupitre/internal/domain/document"
	"pupitre/internal/platform/jobs"
	"pupitre/internal/platform/wire"
)

// commit is how the server says it to PostgreSQL.
const commit = "commit\x00"

// commitsLost: the connection breaks between a commit and its answer, or just
// before the commit arrives, again and again.
func commitsLost(st stage, s *storm, o FaultOptions) (int, error) {
	times := 0
	_, err := throughWire(st, s, o, func(w *wire.Wire) error {
		for range o.Kills {
			for _, what := range []wire.Loss{wire.Answer, wire.Question} {
				if s.received.Load() == int64(o.Families) {
					return nil
				}
				w.Lose(what, commit)
				if err := s.until(func() (bool, error) { return w.Lost() > times || s.received.Load() == int64(o.Families), nil }); err != nil {
					return err
				}
				times = w.Lost()
			}
		}
		return nil
	})
	return times, err
}

// documentsAway: the store of documents answers 503 while families send their
// dossier and hand in a paper.
func documentsAway(_ stage, s *storm, o FaultOptions) (times int, err error) {
	b, err := openBucket()
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, b.close()) }()
	s.lot.bucket = b.url()
	guests, err := s.prepare(s.lot.where)
	if err != nil {
		return 0, err
	}
	page, err := onePage()
	if err != nil {
		return 0, err
	}
	before, err := document.BlobKeys(s.ctx, s.store)
	if err != nil {
		return 0, err
	}
	s.also = func(ctx context.Context, g *guest) error { return s.handIn(ctx, g, page) }
	err = s.rage(guests, func() error {
		if err := s.reach(o.Families / 3); err != nil {
			return err
		}
		b.answer503(true)
		defer b.answer503(false)
		return errors.Join(s.awaitTold(o.Clients/2+1), s.pause(o.Cut))
	})
	if err != nil {
		return 0, err
	}
	return 1, errors.Join(s.stop(), s.judgePapers(guests, b, len(before)))
}

// paper is what every family may hand in.
const paper = "quotient-familial"

// onePage is a document as a family photographs it.
func onePage() ([]byte, error) {
	var file bytes.Buffer
	err := png.Encode(&file, image.NewGray(image.Rect(0, 0, 400, 560)))
	return file.Bytes(), err
}

// handIn is « Importer » until it is taken. An answer that is neither yes nor a
// sentence that says to come back is a breach.
func (s *storm) handIn(ctx context.Context, g *guest, file []byte) error {
	for ctx.Err() == nil {
		got, err := g.hand(ctx, "/famille/importer", map[string]string{"document": paper}, "fichier", "attestation.png", file)
		switch {
		case err != nil:
			s.breach("papers: « Importer » of %s got no answer: %v", g.login, err)
		case got.status == http.StatusSeeOther && strings.HasPrefix(got.location, "/famille/documents"):
			return nil
		case got.comeBack():
			s.turnedAway()
		default:
			s.breach("papers: « Importer » of %s was answered %d %s", g.login, got.status, got.location)
		}
		s.breathe(ctx)
	}
	return fmt.Errorf("the paper of %s was never taken: %w", g.login, context.Cause(ctx))
}

// judgePapers: each family's paper is there once, and its file as it was written.
func (s *storm) judgePapers(guests []*guest, b *bucket, before int) error {
	var households []string
	for _, g := range guests {
		households = append(households, g.actor.Household)
	}
	held, err := document.HeldBy(s.ctx, s.store, s.school.season.ID, households...)
	if err != nil {
		return err
	}
	for _, g := range guests {
		d, found := held[document.Slot{Household: g.actor.Household, Paper: paper}]
		if sum, kept := b.sum(d.BlobKey); !found || !kept || sum != d.SHA256 {
			s.breach("papers: that of %s is acknowledged, and there: %t, its file: %t, with its sum: %t", g.login, found, kept, sum == d.SHA256)
		}
	}
	keys, err := document.BlobKeys(s.ctx, s.store)
	if n := len(keys) - before; n != len(guests) {
		s.breach("papers: %d versions were kept of %d handed in", n, len(guests))
	}
	return err
}

// mailsAway: no mail leaves for an hour of the school's clock, then all do, once.
func mailsAway(_ stage, s *storm, o FaultOptions) (times int, err error) {
	w, err := wire.Open(strings.TrimPrefix(s.post.url(), "smtp://"))
	if err != nil {
		return 0, err
	}
	defer w.Close()
	s.smtp = "smtp://" + w.Address()
	guests, err := s.prepare(s.lot.where)
	if err != nil {
		return 0, err
	}
	w.Cut()
	if err := s.rage(guests, func() error { return nil }); err != nil {
		return 0, err
	}
	for range 6 {
		if err := s.until(s.allMailsPutOff); err != nil {
			return 0, err
		}
		if err := s.later(-10 * time.Minute); err != nil {
			return 0, err
		}
	}
	if err := s.until(s.allMailsPutOff); err != nil {
		return 0, err
	}
	if mails, _ := s.post.count(); mails != 0 {
		s.breach("mails: %d were delivered while none could be", mails)
	}
	w.Mend()
	if err := s.later(-time.Hour); err != nil { // the longest of their delays by then
		return 0, err
	}
	return 1, errors.Join(s.awaitMails(o.Families), s.stop()) // before the wire is gone
}

// later moves all that is kept, and has the registrar read it anew.
func (s *storm) later(by time.Duration) error {
	return errors.Join(s.store.Shift(s.ctx, by), s.school.setSeason())
}

// allMailsPutOff tells whether every mail has been tried and waits to be again.
func (s *storm) allMailsPutOff() (bool, error) {
	now := time.Now().UTC()
	q, err := jobs.Waiting(s.ctx, s.store, now)
	if err != nil || q.Due > 0 {
		return false, err
	}
	later, err := jobs.Waiting(s.ctx, s.store, now.Add(24*time.Hour))
	return later.Due >= int64(s.options.Families), err
}

// clockSetBack: in the middle of the rush the machine restarts with its clock
// an hour late, and later with the right one.
func clockSetBack(_ stage, s *storm, o FaultOptions) (int, error) {
	s.mayBreak = true
	s.flags = []string{"--drain-pause", "0s"} // in the middle: not once all have been received
	guests, err := s.prepare(s.lot.where)
	if err != nil {
		return 0, err
	}
	s.school.season.OpensAt = time.Now().UTC().Add(-2 * time.Hour).Truncate(time.Microsecond) // open on both clocks
	if err := s.school.setSeason(); err != nil {
		return 0, err
	}
	times := 0
	err = s.rage(guests, func() error {
		for _, by := range []time.Duration{time.Hour, -time.Hour} { // of what is kept: the other way round for the clock
			if err := s.reach(o.Families / 3); err != nil {
				return err
			}
			if err := errors.Join(s.stop(), s.store.Shift(s.ctx, by)); err != nil {
				return err
			}
			times++
			if err := s.start(s.lot.where); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	return times, s.awaitMails(o.Families)
}
