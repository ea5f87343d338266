package work

import (
	"context"
	"errors"
	"fmt"
	"time"

	"pupitre/internal/domain/document"
	"pupitre/internal/domain/enrolment"
	"pupitre/internal/domain/importing"
	"pupitre/internal/domain/message"
	"pupitre/internal/domain/rollover"
	"pupitre/internal/domain/school"
	"pupitre/internal/domain/trail"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/jobs"
)

const sweeping = "sweep"

// orphanAge is how old a stored file without a row must be to be swept: its
// deposit is written just after it.
const orphanAge = 24 * time.Hour

// secretAge is how long after a job was given up the office may still have it
// tried again with the secret it carries (a password, a link).
const secretAge = 48 * time.Hour

// answerAge is how long after its mails had to leave an answer of the office may
// still be found to be taken back: they may be late.
const answerAge = 24 * time.Hour

// importAge is how long the rows of a file are kept after the last act on it.
const importAge = 60 * 24 * time.Hour

// forgetElsewhere forgets what rooms above the pré-inscriptions keep of theirs.
func forgetElsewhere(ctx context.Context, tx *db.Tx, households, pupils []string) error {
	if err := message.ForgetHouseholds(ctx, tx, households); err != nil {
		return err
	}
	return rollover.ForgetPupils(ctx, tx, pupils)
}

// sweep removes pré-inscriptions that nobody confirmed or that were refused long ago, the rows of old imports, ended sessions, forgotten throttles, old lines of
// the journal of accesses, the secrets of jobs long given up, how things stood before old answers, files that no deposit names, and
// what writing files left half-done.
func (d Deps) sweep(ctx context.Context, _ jobs.Job) error {
	if err := d.Accounts.Sweep(ctx); err != nil {
		return err
	}
	if _, err := d.applications().Forget(ctx, forgetElsewhere); err != nil {
		return err
	}
	if err := d.Store.Write(ctx, func(tx *db.Tx) error {
		if _, err := jobs.ForgetSecrets(ctx, tx, d.Clock.Now().Add(-secretAge)); err != nil {
			return err
		}
		if err := importing.Sweep(ctx, tx, d.Clock.Now().Add(-importAge)); err != nil {
			return err
		}
		if err := d.sweepAccesses(ctx, tx); err != nil {
			return err
		}
		return enrolment.SweepAnswers(ctx, tx, d.Clock.Now().Add(-answerAge))
	}); err != nil {
		return err
	}
	keys, err := document.BlobKeys(ctx, d.Store)
	if err != nil {
		return err
	}
	known := make(map[string]bool, len(keys))
	for _, k := range keys {
		known[k] = true
	}
	before := d.Clock.Now().Add(-orphanAge)
	for info, err := range d.Blobs.Keys(ctx) {
		if err != nil {
			return fmt.Errorf("sweep files: %w", err)
		}
		if known[info.Key] || !info.Modified.Before(before) {
			continue
		}
		if err := d.Blobs.Delete(ctx, info.Key); err != nil {
			return fmt.Errorf("sweep files: %w", err)
		}
		d.Log.Info("orphan file removed", "key", info.Key)
	}
	_, err = d.Blobs.Sweep(ctx, before)
	return err
}

// sweepAccesses removes the lines of the journal of accesses that are older than
// the school keeps them.
func (d Deps) sweepAccesses(ctx context.Context, tx *db.Tx) error {
	s, err := school.Current(ctx, tx)
	if errors.Is(err, fault.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	n, err := trail.Sweep(ctx, tx, d.Clock.Now().AddDate(0, -int(s.AccessMonths), 0))
	if n > 0 {
		d.Log.Info("old lines of the journal of accesses removed", "lines", n)
	}
	return err
}
