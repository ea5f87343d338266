// Package work is the door of background jobs: mails to send, lost passwords to
// answer, delays that run out, sessions to sweep. One file a kind.
package work

import (
	"log/slog"
	"time"

	"pupitre/internal/domain/account"
	"pupitre/internal/domain/application"
	"pupitre/internal/domain/billing"
	"pupitre/internal/domain/correspondence"
	"pupitre/internal/domain/enrolment"
	"pupitre/internal/domain/importing"
	"pupitre/internal/domain/message"
	"pupitre/internal/platform/blob"
	"pupitre/internal/platform/clock"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/jobs"
	"pupitre/internal/platform/mail"
)

// Deps is what the jobs work with.
type Deps struct {
	Store     *db.Store
	Clock     clock.Clock
	Log       *slog.Logger
	Registrar *enrolment.Registrar
	Accounts  *account.Accounts
	Blobs     blob.Store
	Outbox    mail.Outbox
	PublicURL string // without a slash at its end
	MailFrom  string
}

func (d Deps) applications() *application.Applications {
	return application.New(d.Store, d.Clock, d.Accounts, d.Registrar)
}

// NewRunner makes the runner of every kind of job.
func NewRunner(d Deps) *jobs.Runner {
	r := jobs.NewRunner(d.Store, d.Clock, d.Log)
	r.Lease = 30 * time.Second // how long a mail waits when the machine that was sending it dies
	r.Handle(correspondence.SendMail, d.sendMail, jobs.Policy{
		MaxAttempts: 12, Backoff: jobs.Exponential(30*time.Second, 4*time.Hour), OnDead: d.abandonMail,
	})
	r.Handle(account.RecoverJob, d.answerLostPassword, jobs.Policy{})
	r.Handle(message.DepartJob, message.New(d.Store, d.Clock).Depart, jobs.Policy{})
	r.Handle(billing.IssueKind, billing.New(d.Store, d.Clock).IssueRun, jobs.Policy{})
	imports := importing.New(d.Store, d.Clock, d.Accounts, d.Registrar)
	r.Handle(importing.Job, imports.Run, jobs.Policy{MaxAttempts: 3, OnDead: imports.GaveUp})
	r.Handle(deadlines, d.passDeadlines, jobs.Policy{MaxAttempts: 3})
	r.Every(time.Minute, deadlines)
	r.Handle(sweeping, d.sweep, jobs.Policy{MaxAttempts: 3})
	r.Every(time.Hour, sweeping)
	return r
}
