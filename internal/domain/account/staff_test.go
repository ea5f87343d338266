package account_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"pupitre/internal/domain/account"
	"pupitre/internal/domain/actor"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
)

// invitations are the links mailed to the staff, the newest last.
func (r *room) invitations() []string {
	r.Helper()
	rows, err := db.All[mail](ctx, r.store, `select m.recipient, m.kind, j.args, j.secret from outgoing_mail m join job j on j.key = 'mail:' || m.id where m.kind = 'invitation' order by m.id`)
	if err != nil {
		r.Fatal(err)
	}
	links := make([]string, len(rows))
	for i, row := range rows {
		var secret account.RecoveryLinkSecret
		if err := json.Unmarshal([]byte(row.Secret), &secret); err != nil {
			r.Fatal(err)
		}
		links[i] = strings.TrimPrefix(secret.Path, account.LinkPath)
	}
	return links
}

func (r *room) administration() actor.Actor {
	r.Helper()
	made, err := r.accounts.CreateStaff(ctx, actor.System, actor.Administrator, "Solène Besnard", "solene@exemple.fr", "Administration2027")
	if err != nil {
		r.Fatal(err)
	}
	return made.Actor()
}

func TestTheAdministrationInvitesTheStaff(t *testing.T) {
	each(t, func(r *room) {
		admin := r.administration()
		form := account.StaffForm{Role: actor.Secretary, Name: "Maud Thibault", Email: "maud@Exemple.fr"}
		if _, err := r.accounts.Invite(ctx, actor.Actor{Account: "d", Role: actor.Director}, form); !errors.Is(err, fault.ErrForbidden) {
			r.Errorf("the direction makes an account: %v", err)
		}
		made, err := r.accounts.Invite(ctx, admin, form)
		if err != nil {
			r.Fatal(err)
		}
		if _, err := r.accounts.Invite(ctx, admin, form); at(err, account.FieldEmail) == "" {
			r.Errorf("the same address twice: %v", err)
		}
		if err := r.accounts.Reinvite(ctx, admin, made.ID); err != nil {
			r.Fatal(err)
		}
		links := r.invitations()
		if len(links) != 2 {
			r.Fatalf("got %d invitations, want 2", len(links))
		}
		if _, err := r.accounts.Link(ctx, links[0]); !errors.Is(err, fault.ErrNotFound) {
			r.Errorf("the first link still opens: %v", err)
		}
		if _, err := r.accounts.UseLink(ctx, links[1], "Chanson8", from); at(err, account.FieldNew) == "" {
			r.Errorf("a family's password: %v", err)
		}
		r.clock.Add(6 * 24 * time.Hour)
		opened, err := r.accounts.UseLink(ctx, links[1], "Chanson-du-soir-2027", from)
		if err != nil || opened.Actor.Role != actor.Secretary {
			r.Fatalf("use the link: %+v %v", opened, err)
		}
		if err := r.accounts.Reinvite(ctx, admin, made.ID); !isInvalid(err) {
			r.Errorf("an account with a password is invited: %v", err)
		}
		if err := r.accounts.ChangeStaff(ctx, admin, made.ID, account.StaffForm{Role: actor.Director, Name: "Maud T.", Email: "maud.t@exemple.fr"}); err != nil {
			r.Fatal(err)
		}
		if who, _, err := r.accounts.Session(ctx, opened.Token); err != nil || who.Role != actor.Director || who.Name != "Maud T." {
			r.Errorf("the open session: %+v %v", who, err)
		}
		r.signIn("MAUD.T@exemple.fr", "Chanson-du-soir-2027")
		if err := r.accounts.ChangeStaff(ctx, admin, made.ID, account.StaffForm{Role: actor.Director, Name: "Maud T.", Email: "solene@exemple.fr"}); at(err, account.FieldEmail) == "" {
			r.Errorf("another's address: %v", err)
		}
		if err := r.accounts.EndSessionsOf(ctx, admin, made.ID); err != nil || r.isOpen(opened.Token) {
			r.Errorf("its sessions go on: %v", err)
		}
		moreau, err := account.OfHousehold(ctx, r.store, "moreau")
		if err != nil {
			r.Fatal(err)
		}
		if err := r.accounts.EndSessionsOf(ctx, admin, moreau.ID); !errors.Is(err, fault.ErrNotFound) {
			r.Errorf("a family's account among the staff's: %v", err)
		}
	})
}

func TestTheLastAdministratorStays(t *testing.T) {
	each(t, func(r *room) {
		admin := r.administration()
		same := account.StaffForm{Role: actor.Administrator, Name: "Solène Besnard", Email: "solene@exemple.fr"}
		asSecretary := same
		asSecretary.Role = actor.Secretary
		if err := r.accounts.Disable(ctx, actor.System, admin.Account); !isInvalid(err) {
			r.Errorf("the last one is disabled: %v", err)
		}
		if err := r.accounts.ChangeStaff(ctx, actor.System, admin.Account, asSecretary); at(err, account.FieldRole) == "" {
			r.Errorf("the last one gets another role: %v", err)
		}
		if err := r.accounts.ChangeStaff(ctx, admin, admin.Account, same); err != nil {
			r.Errorf("the last one, as it is: %v", err)
		}
		second, err := r.accounts.CreateStaff(ctx, actor.System, actor.Administrator, "Pascal Ollivier", "pascal@exemple.fr", "Administration2027")
		if err != nil {
			r.Fatal(err)
		}
		// Each disables the other at the same time: one of them stays.
		errs := make(chan error, 2)
		go func() { errs <- r.accounts.Disable(ctx, admin, second.ID) }()
		go func() { errs <- r.accounts.Disable(ctx, second.Actor(), admin.Account) }()
		first, other := <-errs, <-errs
		left, err := db.One[int64](ctx, r.store, `select count(*) from account where role = 'administrator' and disabled_at is null`)
		if err != nil || left != 1 || (first == nil) == (other == nil) {
			r.Errorf("%d administrators are left (%v, %v, %v)", left, first, other, err)
		}
	})
}

func TestOwnSessionsAreListedAndEnded(t *testing.T) {
	each(t, func(r *room) {
		mine := r.settled("MOREAU-4821", "claire@exemple.fr")
		r.clock.Add(10 * time.Minute)
		phone := r.signIn("MOREAU-4821", good)
		if err := r.accounts.NoteDevice(ctx, phone.Token, "Mozilla/5.0 (Android 14; Mobile; rv:130.0) Gecko/130.0 Firefox/130.0"); err != nil {
			r.Fatal(err)
		}
		list, err := r.accounts.OwnSessions(ctx, mine.Actor, mine.Token)
		if err != nil || len(list) != 2 || !list[0].Here || list[1].Here || list[1].Device != "Firefox sur Android" {
			r.Fatalf("sessions: %+v %v", list, err)
		}
		if strings.Contains(mine.Token+phone.Token, list[0].Ref) || strings.Contains(mine.Token+phone.Token, list[1].Ref) {
			r.Error("a reference tells of a token")
		}
		if err := r.accounts.EndSession(ctx, r.administration(), list[1].Ref); !errors.Is(err, fault.ErrNotFound) {
			r.Errorf("another account ends it: %v", err)
		}
		if err := r.accounts.EndSession(ctx, mine.Actor, list[1].Ref); err != nil || r.isOpen(phone.Token) || !r.isOpen(mine.Token) {
			r.Errorf("end one: %v", err)
		}
	})
}
