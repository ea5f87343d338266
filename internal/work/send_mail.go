package work

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"pupitre/internal/domain/account"
	"pupitre/internal/domain/correspondence"
	"pupitre/internal/domain/message"
	"pupitre/internal/domain/school"
	"pupitre/internal/letter"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/jobs"
	"pupitre/internal/platform/mail"
)

// sendMail writes a mail from its frozen facts and sends it. The Message-ID is
// the mail's own, so that a second send after a lost answer is one mail for
// whoever reads it. A password that a later request has replaced is not sent.
func (d Deps) sendMail(ctx context.Context, j jobs.Job) error {
	var args correspondence.Args
	if err := j.Args(&args); err != nil {
		return jobs.Permanent(err)
	}
	if replaced, err := d.isReplaced(ctx, args); err != nil {
		return err
	} else if replaced {
		j.AlsoWrite(func(ctx context.Context, tx *db.Tx) error { return correspondence.Dropped(ctx, tx, args.Mail) })
		return nil
	}
	if err := d.inHours(ctx, args); err != nil {
		return err
	}
	written, err := d.write(ctx, args, j)
	if err != nil {
		return jobs.Permanent(fmt.Errorf("write mail %s: %w", args.Kind, err))
	}
	err = d.Outbox.Send(ctx, mail.Message{
		ID: args.Mail + "@" + domainOf(d.MailFrom), Date: d.Clock.Now(), From: d.MailFrom, To: args.To,
		Subject: written.Subject, Text: written.Text, HTML: written.HTML,
	})
	if mail.IsPermanent(err) {
		return jobs.Permanent(err)
	}
	if err != nil {
		return err
	}
	at := d.Clock.Now()
	j.AlsoWrite(func(ctx context.Context, tx *db.Tx) error {
		return correspondence.Sent(ctx, tx, args.Mail, written.Subject, at)
	})
	return nil
}

func (d Deps) isReplaced(ctx context.Context, args correspondence.Args) (bool, error) {
	if args.Kind != account.MailNewPassword && args.Kind != account.MailRecoveryLink && args.Kind != account.MailInvitation {
		return false, nil
	}
	var facts account.NewPasswordFacts
	if err := json.Unmarshal(args.Facts, &facts); err != nil {
		return false, jobs.Permanent(err)
	}
	return account.IsReplaced(ctx, d.Store, args.Kind, facts)
}

// inHours puts a message off while the school keeps quiet: a sending of many may
// begin in its hours and last beyond.
func (d Deps) inHours(ctx context.Context, args correspondence.Args) error {
	if args.Kind != message.MailMessage {
		return nil
	}
	s, err := school.Current(ctx, d.Store)
	if err != nil {
		return err
	}
	now := d.Clock.Now()
	if at := school.QuietHours(now, s); at.After(now) {
		return jobs.Later(at)
	}
	return nil
}

func domainOf(address string) string {
	_, domain, ok := strings.Cut(strings.TrimSuffix(address, ">"), "@")
	if !ok {
		return "pupitre.invalid"
	}
	return domain
}

// abandonMail notes a mail that could not be sent where the office lists them.
func (d Deps) abandonMail(ctx context.Context, tx *db.Tx, j jobs.Job, cause error) error {
	var args correspondence.Args
	if err := j.Args(&args); err != nil {
		return nil // nothing to name
	}
	return correspondence.Abandoned(ctx, tx, args.Mail, cause.Error(), d.Clock.Now())
}

var errUnknownKind = errors.New("no letter of this kind")

// write makes the letter that the job names, in the words that were the
// school's when it was enqueued. Words that do not hold are said in the log and
// the product's own leave instead.
func (d Deps) write(ctx context.Context, args correspondence.Args, j jobs.Job) (letter.Mail, error) {
	compose, ok := letters[args.Kind]
	if !ok {
		return letter.Mail{}, fmt.Errorf("%s: %w", args.Kind, errUnknownKind)
	}
	s, texts, err := school.Sender(ctx, d.Store)
	if err != nil {
		return letter.Mail{}, err
	}
	head := letterhead(s, d.PublicURL)
	if t, own := texts.InForce(string(args.Kind), args.At); own {
		head.Words = map[string]letter.Wording{t.Kind: {Subject: t.Subject, Body: t.Body}}
	}
	m, err := compose(envelope{Args: args, secret: j.Secret, school: head, url: d.PublicURL})
	if m.Broken != nil {
		d.Log.WarnContext(ctx, "the school's words of a mail do not hold, the original text leaves", "kind", args.Kind, "why", m.Broken)
	}
	return m, err
}

// Composer writes mails from facts that were made up for the office to see them;
// nothing is sent. The links begin with publicURL.
func Composer(publicURL string) func(kind correspondence.Kind, facts, secret any, s school.School, words letter.Wording) (letter.Mail, error) {
	return func(kind correspondence.Kind, facts, secret any, s school.School, words letter.Wording) (letter.Mail, error) {
		compose, ok := letters[kind]
		if !ok {
			return letter.Mail{}, fmt.Errorf("%s: %w", kind, errUnknownKind)
		}
		frozen, err := json.Marshal(facts)
		if err != nil {
			return letter.Mail{}, err
		}
		kept, err := json.Marshal(secret)
		if err != nil {
			return letter.Mail{}, err
		}
		head := letterhead(s, publicURL)
		head.Words = map[string]letter.Wording{string(kind): words}
		return compose(envelope{
			Args: correspondence.Args{Kind: kind, Facts: frozen}, secret: func(into any) error { return json.Unmarshal(kept, into) },
			school: head, url: publicURL,
		})
	}
}

// trial is a mail as it was written when somebody asked to see it.
func trial(e envelope) (letter.Mail, error) {
	var f school.TrialFacts
	err := e.facts(&f)
	return letter.Mail{Subject: f.Subject, Text: f.Text, HTML: f.HTML}, err
}

// letterhead is the school as letters show it.
func letterhead(s school.School, publicURL string) letter.School {
	return letter.School{
		Name: s.Name, ShortName: s.ShortName, Phone: s.Phone, Email: s.Email,
		Address: strings.Join(strings.Fields(strings.ReplaceAll(s.Address, "\n", ", ")), " "), URL: publicURL,
	}
}
