package work

import (
	"context"
	"errors"
	"fmt"

	"pupitre/internal/domain/rollover"
	"pupitre/internal/domain/school"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/jobs"
)

const deadlines = "deadlines"

// passDeadlines lets the registrar end what has run out: offers and delays
// before the lists they feed, the campaign before what follows it; then the
// season gives way to the one that is prepared, at its date. A school
// without any season has none.
func (d Deps) passDeadlines(ctx context.Context, _ jobs.Job) error {
	if _, err := school.CurrentSeason(ctx, d.Store); errors.Is(err, fault.ErrNotFound) {
		return nil
	} else if err != nil {
		return fmt.Errorf("pass deadlines: %w", err)
	}
	for _, step := range []struct {
		name string
		end  func(context.Context) (int, error)
	}{
		{"pré-inscriptions finished", d.applications().Finish},
		{"campaign closed", d.Registrar.CloseCampaign},
		{"families reminded", d.Registrar.RemindBeforeClosing},
		{"delays ended", d.Registrar.EndDelays},
		{"offers ended", d.Registrar.EndOffers},
		{"lists ended", d.Registrar.EndLists},
		{"parts released", d.Registrar.ReleaseParts},
	} {
		n, err := step.end(ctx)
		if err != nil {
			return fmt.Errorf("%s: %w", step.name, err)
		}
		if n > 0 {
			d.Log.Info(step.name, "dossiers", n)
		}
	}
	handed, err := rollover.HandOverDue(ctx, d.Store, d.Clock)
	if err != nil {
		return fmt.Errorf("season handed over: %w", err)
	}
	if handed {
		d.Log.Info("season handed over")
	}
	return nil
}
