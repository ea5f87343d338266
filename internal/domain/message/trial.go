package message

import (
	"context"

	"pupitre/internal/domain/account"
	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/correspondence"
	"pupitre/internal/domain/report"
	"pupitre/internal/domain/school"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
)

// MailTrial is the kind of the mail by which who writes a message reads it first.
const MailTrial correspondence.Kind = "message_trial"

// TrialFacts is what the trial of a message says.
type TrialFacts struct {
	Facts
	Name string `json:"name"` // of the family that would read it so
}

// Try mails what is typed, written as for the target, to the actor's own address,
// and returns that address. It leaves at once, says that it is a trial, and is
// no sending: no family, no message is told of it. It returns *fault.Invalid
// when the text may not leave, or the actor's account has no address.
func (m *Messages) Try(ctx context.Context, a actor.Actor, season school.Season, s school.School, t Typed, target report.Target) (address string, err error) {
	if !a.May(actor.Changes, actor.Messages) {
		return "", fault.ErrForbidden
	}
	t.Template = true // what is asked of one: a subject and a text
	if err := t.check(false); err != nil {
		return "", err
	}
	written, err := Preview(ctx, m.store, a, season, s, t.Subject, t.Body, target)
	if err != nil {
		return "", err
	}
	own, err := account.ByID(ctx, m.store, a.Account)
	if err != nil {
		return "", err
	}
	if own.Email == "" {
		return "", fault.Refuse("Votre compte n’a pas d’adresse mail" + french.Nbsp + ": l’administration l’écrit dans « Droits et comptes ».")
	}
	return own.Email, m.store.Write(ctx, func(tx *db.Tx) error {
		return correspondence.Enqueue(ctx, tx, m.clock.Now(), correspondence.Mail{
			Event: "message_trial:" + db.NewID(), Recipient: own.Email, Kind: MailTrial, Facts: TrialFacts{Facts{written.Subject, written.Body}, written.Name},
		})
	})
}
