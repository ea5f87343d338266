package account_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"pupitre/internal/domain/account"
	"pupitre/internal/domain/school"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
)

func TestRecoveryAnswersOnlyAnAddressOnFile(t *testing.T) {
	each(t, func(r *room) {
		for _, c := range []struct{ what, login, email, to string }{
			{"second responsible, other case", "MOREAU-4821", "PAUL.moreau@EXEMPLE.fr", "Paul.Moreau@exemple.fr"},
			{"another family's address", "HADDAD-1733", "claire@exemple.fr", ""},
			{"unknown identifiant", "NESSUNO-0000", "claire@exemple.fr", ""},
			{"unknown address", "MOREAU-4821", "inconnu@exemple.fr", ""},
		} {
			mails := r.lost(c.login, c.email)
			if c.to == "" && len(mails) > 0 || c.to != "" && (len(mails) != 1 || mails[0].Recipient != c.to) {
				r.Errorf("%s: got mails %v, want one to %q", c.what, mails, c.to)
			}
		}
	})
}

func TestEachRequestVoidsTheOneBefore(t *testing.T) {
	each(t, func(r *room) {
		r.settled("MOREAU-4821", "claire@exemple.fr")
		first := r.mailedPassword("MOREAU-4821", "claire@exemple.fr")
		r.refused("the old password after a request", "MOREAU-4821", good)
		limited := r.signIn("MOREAU-4821", first)
		second := r.mailedPassword("MOREAU-4821", "claire@exemple.fr")
		r.refused("the first mailed password after a second request", "MOREAU-4821", first)
		if r.isOpen(limited.Token) {
			r.Error("the session of the first mailed password goes on")
		}
		r.clock.Add(24*time.Hour - time.Second)
		last := r.signIn("MOREAU-4821", second)
		r.clock.Add(time.Second)
		_, err := r.accounts.SignIn(ctx, "MOREAU-4821", second, from)
		if !isInvalid(err) || !strings.Contains(err.Error(), "24\u00a0h") {
			r.Errorf("after 24 h: %v", err)
		}
		if r.isOpen(last.Token) {
			r.Error("the limited session outlives its password")
		}
	})
}

func TestSecretsAreKeptOnlyInTheMailsJob(t *testing.T) {
	each(t, func(r *room) {
		opened := r.settled("MOREAU-4821", "claire@exemple.fr")
		password := r.mailedPassword("MOREAU-4821", "claire@exemple.fr")
		for _, table := range []string{"account", "session", "journal", "outgoing_mail"} {
			query := "select count(*) from " + table + " where "
			switch table {
			case "account":
				query += "password_hash || link_hash || name || login like '%' || $1 || '%'"
			case "session":
				query += "token_hash like '%' || $1 || '%'"
			case "journal":
				query += "before || after || reason || actor_name like '%' || $1 || '%'"
			case "outgoing_mail":
				query += "event_key || subject || last_error like '%' || $1 || '%'"
			}
			for _, secret := range []string{password, good, opened.Token} {
				if n, err := db.One[int64](ctx, r.store, query, secret); err != nil || n != 0 {
					r.Errorf("%s holds a secret (%d, %v)", table, n, err)
				}
			}
		}
	})
}

func TestRecoveryByLink(t *testing.T) {
	each(t, func(r *room) {
		old := r.settled("MOREAU-4821", "claire@exemple.fr")
		byLink := policies()
		byLink.Recovery = school.RecoverByLink
		r.write(func(tx *db.Tx) error { return school.Put(ctx, tx, byLink) })
		link := func() string {
			mails := r.lost("MOREAU-4821", "claire@exemple.fr")
			var secret account.RecoveryLinkSecret
			if len(mails) != 1 || mails[0].Kind != "recovery_link" || json.Unmarshal([]byte(mails[0].Secret), &secret) != nil {
				r.Fatalf("mails %v", mails)
			}
			return strings.TrimPrefix(secret.Path, account.LinkPath)
		}
		first, second := link(), link()
		if _, err := r.accounts.Link(ctx, first); !errors.Is(err, fault.ErrNotFound) {
			r.Errorf("the first link after a second request: %v", err)
		}
		if got, err := r.accounts.Link(ctx, second); err != nil || got.Login != "MOREAU-4821" {
			r.Errorf("opening the link: %v", err)
		}
		r.signIn("MOREAU-4821", good) // the old password lives on
		if _, err := r.accounts.UseLink(ctx, second, "court", from); at(err, account.FieldNew) == "" {
			r.Errorf("a short password: %v", err)
		}
		opened, err := r.accounts.UseLink(ctx, second, other, from)
		if err != nil || opened.Limited || !r.isOpen(opened.Token) || r.isOpen(old.Token) {
			r.Errorf("used: %v %+v, the old session is open: %v", err, opened, r.isOpen(old.Token))
		}
		if _, err := r.accounts.UseLink(ctx, second, good, from); !errors.Is(err, fault.ErrNotFound) {
			r.Errorf("used twice: %v", err)
		}
		r.refused("the old password", "MOREAU-4821", good)
		late := link()
		r.clock.Add(24 * time.Hour)
		if _, err := r.accounts.UseLink(ctx, late, good, from); !errors.Is(err, fault.ErrNotFound) {
			r.Errorf("after 24 h: %v", err)
		}
	})
}
