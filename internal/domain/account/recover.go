package account

import (
	"context"
	"errors"
	"fmt"
	"time"

	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/correspondence"
	"pupitre/internal/domain/journal"
	"pupitre/internal/domain/people"
	"pupitre/internal/domain/school"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
	"pupitre/internal/platform/jobs"
)

// The mails of this room.
const (
	MailNewPassword  correspondence.Kind = "new_password"
	MailRecoveryLink correspondence.Kind = "recovery_link"
	MailIdentifier   correspondence.Kind = "identifier"
	MailInvitation   correspondence.Kind = "invitation"
)

// NewPasswordFacts are the facts of MailNewPassword, MailRecoveryLink and
// MailInvitation.
type NewPasswordFacts struct {
	Name       string    `json:"name"`
	Identifier string    `json:"identifier"`
	ValidUntil time.Time `json:"valid_until"`
}

// NewPasswordSecret is the secret of MailNewPassword.
type NewPasswordSecret struct {
	Password string `json:"password"`
}

// RecoveryLinkSecret is the secret of MailRecoveryLink and MailInvitation: a path of the portal.
type RecoveryLinkSecret struct {
	Path string `json:"path"`
}

// LinkPath is where a one-time link leads, before its token.
const LinkPath = "/mot-de-passe/lien/"

const temporaryFor = 24 * time.Hour

// RecoverJob is the kind of the background job that answers a lost password;
// its secret is a Lost.
const RecoverJob = "recover_password"

// Lost is a request for a new password, as it was typed.
type Lost struct {
	Request string `json:"request"` // its own number: a second run of the job does no harm
	Login   string `json:"login"`
	Email   string `json:"email"`
}

// Recover takes a request for a new password (R3). Who asks learns nothing of
// the account, not even by the time it takes: matching is left to the job,
// which calls Answer. It returns Invalid for an empty or over-long field, Busy
// after too many requests for the identifiant or from the address.
func (a *Accounts) Recover(ctx context.Context, login, email, address string) error {
	_, isEmail := people.NormalEmail(email)
	var check fault.Check
	check.That(login != "" && len(login) <= 200, FieldLogin, "Indiquez votre identifiant, par exemple MOREAU-4821.")
	check.That(isEmail, FieldEmail, "Indiquez une adresse mail complète, par exemple camille.moreau@exemple.fr.")
	if err := check.Err(); err != nil {
		return err
	}
	if err := a.count(ctx, recoveryByLogin.of(foldLogin(login)), recoveryByAddress.of(network(address))); err != nil {
		return err
	}
	lost := Lost{Request: db.NewID(), Login: login, Email: email}
	return a.store.Write(ctx, func(tx *db.Tx) error {
		return jobs.Enqueue(ctx, tx, jobs.New{Kind: RecoverJob, Key: "recover:" + lost.Request, RunAt: a.clock.Now(), Secret: lost})
	})
}

type recipient struct {
	Email string `db:"email"`
	Name  string `db:"name"`
}

// Answer mails a new password, or a link, when the address is one on file for
// the identifiant (R4); otherwise it does nothing and returns nil. Answering
// the same request again changes nothing.
func (a *Accounts) Answer(ctx context.Context, lost Lost) error {
	found, err := ByLogin(ctx, a.store, lost.Login)
	if errors.Is(err, fault.ErrNotFound) || err == nil && !found.DisabledAt.IsZero() {
		return nil
	}
	if err != nil {
		return fmt.Errorf("recover a password: %w", err)
	}
	to, matched, err := a.recipient(ctx, found, lost.Email)
	if err != nil || !matched {
		return err
	}
	s, err := policies(ctx, a.store)
	if err != nil {
		return err
	}
	if s.Recovery == school.RecoverByLink {
		return a.mailLink(ctx, lost, found, to)
	}
	return a.mailPassword(ctx, lost, found, to, PolicyFor(found.Role, s))
}

// recipient is the responsible, or the member of staff, whose address was given.
func (a *Accounts) recipient(ctx context.Context, found Account, email string) (recipient, bool, error) {
	if found.isStaff() {
		matched := found.Email != "" && french.Fold(found.Email) == french.Fold(email)
		return recipient{found.Email, found.Name}, matched, nil
	}
	to, matched, err := db.Maybe[recipient](ctx, a.store, `select email, trim(first_name || ' ' || last_name) as name
		from guardian
		where household_id = $1 and email_folded = $2 and email <> ''
		order by position
		limit 1`, found.Household, french.Fold(email))
	if err != nil {
		return recipient{}, false, fmt.Errorf("addresses of account %s: %w", found.ID, err)
	}
	return to, matched, nil
}

func (a *Accounts) mailPassword(ctx context.Context, lost Lost, found Account, to recipient, policy Policy) error {
	password := policy.generate()
	hash, err := a.hash(ctx, password)
	if err != nil {
		return err
	}
	mail := correspondence.Mail{Kind: MailNewPassword, Secret: NewPasswordSecret{Password: password}}
	return a.answer(ctx, lost, found, to, mail, func(tx *db.Tx, until time.Time) error {
		if _, err := tx.Exec(ctx, `update account set password_hash = $1, temporary_until = $2, link_hash = '', link_until = null
			where id = $3`, hash, until, found.ID); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `delete from session where account_id = $1 and limited = true`, found.ID)
		return err
	})
}

func (a *Accounts) mailLink(ctx context.Context, lost Lost, found Account, to recipient) error {
	token := newToken()
	mail := correspondence.Mail{Kind: MailRecoveryLink, Secret: RecoveryLinkSecret{Path: LinkPath + token}}
	return a.answer(ctx, lost, found, to, mail, func(tx *db.Tx, until time.Time) error {
		_, err := tx.Exec(ctx, `update account set link_hash = $1, link_until = $2 where id = $3`, digest(token), until, found.ID)
		return err
	})
}

// answer keeps what was made and enqueues its mail in one transaction, once a request.
func (a *Accounts) answer(ctx context.Context, lost Lost, found Account, to recipient, mail correspondence.Mail, keep func(*db.Tx, time.Time) error) error {
	now := a.clock.Now()
	until := now.Add(temporaryFor)
	mail.Event = "recover:" + lost.Request
	mail.Recipient, mail.Household = to.Email, found.Household
	mail.Facts = NewPasswordFacts{Name: to.Name, Identifier: found.Login, ValidUntil: until}
	return a.store.Write(ctx, func(tx *db.Tx) error {
		answered, err := db.One[int64](ctx, tx, `select count(*) from outgoing_mail where event_key = $1`, mail.Event)
		if err != nil {
			return fmt.Errorf("recover the password of %s: %w", found.ID, err)
		}
		if answered > 0 {
			return nil
		}
		if err := keep(tx, until); err != nil {
			return fmt.Errorf("recover the password of %s: %w", found.ID, err)
		}
		if err := correspondence.Enqueue(ctx, tx, now, mail); err != nil {
			return err
		}
		return journal.Append(ctx, tx, found.note(actor.System, now, "account.password_mailed", "", to.Email))
	})
}

// IsReplaced tells whether the password, or the link, that a mail carries opens
// nothing any more: a later request has replaced it, or its account has chosen a
// password since. Such a mail must not leave, or it would be read last.
func IsReplaced(ctx context.Context, r db.Reader, kind correspondence.Kind, facts NewPasswordFacts) (bool, error) {
	column := map[correspondence.Kind]string{MailNewPassword: "temporary_until", MailRecoveryLink: "link_until", MailInvitation: "link_until"}[kind]
	if column == "" {
		return false, nil
	}
	until, found, err := db.Maybe[time.Time](ctx, r, `select `+column+` from account where login_folded = $1`, foldLogin(facts.Identifier))
	if err != nil {
		return false, fmt.Errorf("is the mail to %s replaced: %w", facts.Identifier, err)
	}
	return found && until.Sub(facts.ValidUntil).Abs() >= time.Second, nil
}

// Link returns the account that a one-time link opens, or fault.ErrNotFound
// when it was used, replaced or is too old.
func (a *Accounts) Link(ctx context.Context, token string) (Account, error) {
	found, err := a.byLink(ctx, token)
	return found.Account, err
}

func (a *Accounts) byLink(ctx context.Context, token string) (secrets, error) {
	if token == "" || len(token) > 100 {
		return secrets{}, fault.ErrNotFound
	}
	found, err := db.One[linked](ctx, a.store, `select `+accountColumns+`, password_hash, link_until
		from account
		where link_hash = $1 and link_hash <> '' and disabled_at is null`, digest(token))
	if err != nil {
		return secrets{}, fmt.Errorf("open a link: %w", err)
	}
	if !a.clock.Now().Before(found.LinkUntil) {
		return secrets{}, fault.ErrNotFound
	}
	return found.secrets, nil
}

type linked struct {
	secrets
	LinkUntil time.Time `db:"link_until"`
}

// UseLink sets the password of the account that the link opens; the old one
// dies now, with every session, and a new session is opened. It returns
// fault.ErrNotFound as Link, Invalid when the password breaks the policy.
func (a *Accounts) UseLink(ctx context.Context, token, next, address string) (Opened, error) {
	leave, err := a.Hashing.Enter()
	if err != nil {
		return Opened{}, err
	}
	defer leave()
	if err := a.count(ctx, linksByAddress.of(network(address))); err != nil {
		return Opened{}, err
	}
	held, err := a.byLink(ctx, token)
	if err != nil {
		return Opened{}, err
	}
	hash, err := a.hashChecked(ctx, held.Role, next)
	if err != nil {
		return Opened{}, err
	}
	return a.replaceAndOpen(ctx, held, hash)
}
