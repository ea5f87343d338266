package work

import (
	"context"

	"pupitre/internal/domain/account"
	"pupitre/internal/platform/jobs"
)

// answerLostPassword answers « Mot de passe perdu » away from the page that
// asked, which therefore takes the same time whether or not it matched (R3).
func (d Deps) answerLostPassword(ctx context.Context, j jobs.Job) error {
	var lost account.Lost
	if err := j.Secret(&lost); err != nil {
		return jobs.Permanent(err)
	}
	return d.Accounts.Answer(ctx, lost)
}
