package account_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"pupitre/internal/domain/account"
	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/people"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
)

func TestPersonalisedIdentifiant(t *testing.T) {
	each(t, func(r *room) {
		mine := r.settled("MOREAU-4821", "claire@exemple.fr")
		for _, login := range []string{"abc", strings.Repeat("a", 41), "deux mots", "a<b>", "haddad-1733", "Háddad-1733", "", "....\x00"} {
			if err := r.accounts.ChangeLogin(ctx, mine.Actor, login); at(err, account.FieldLogin) == "" && isBusy(err) == nil {
				r.Errorf("%q: got %v", login, err)
			}
		}
		r.clock.Add(15 * time.Minute)
		if err := r.accounts.ChangeLogin(ctx, mine.Actor, "Élise.et.Léo"); err != nil {
			r.Fatal(err)
		}
		r.signIn("elise.et.leo", good)
		r.refused("the former identifiant", "MOREAU-4821", good)
		if err := r.accounts.ChangeLogin(ctx, mine.Actor, "ELISE.et.LEO"); err != nil {
			r.Errorf("other case of one's own: %v", err)
		}
	})
}

func TestIdentifiantsAreMadeFromTheName(t *testing.T) {
	each(t, func(r *room) {
		for _, c := range []struct{ household, name, stem string }{
			{"h1", "Le Goff", "LEGOFF-"}, {"h2", "Nguyễn-Đặng", "NGUYEN"}, {"h3", "", "FAMILLE-"}, {"h4", "Moreau", "MOREAU-"},
		} {
			r.write(func(tx *db.Tx) error {
				return people.PutHousehold(ctx, tx, r.clock.Now(), people.Household{ID: c.household})
			})
			if login := r.family(c.household, "", c.name); !strings.HasPrefix(login, c.stem) || len(login) < len("-0000") {
				r.Errorf("%q: got %s", c.name, login)
			}
		}
		err := r.store.Write(ctx, func(tx *db.Tx) error {
			_, err := r.accounts.CreateFamily(ctx, tx, actor.System, "h5", "moreau-4821", "Moreau")
			return err
		})
		if at(err, account.FieldLogin) == "" {
			r.Errorf("taken: %v", err)
		}
	})
}

func TestIdentifiantsByMail(t *testing.T) {
	each(t, func(r *room) {
		families, err := account.Families(ctx, r.store)
		if err != nil {
			r.Fatal(err)
		}
		ids := []string{families[0].ID, families[1].ID}
		if _, err := r.accounts.MailIdentifiers(ctx, actor.Actor{Role: actor.Family, Household: "moreau"}, ids); !errors.Is(err, fault.ErrForbidden) {
			r.Errorf("a family mails identifiants: %v", err)
		}
		office := actor.Actor{Account: "x", Name: "Odile", Role: actor.Secretary}
		if n, err := r.accounts.MailIdentifiers(ctx, office, ids); n != 1 || err != nil {
			r.Errorf("mailed %d (%v), want 1: Haddad has no address", n, err)
		}
		if err := r.accounts.NoteLetters(ctx, office, ids); err != nil {
			r.Fatal(err)
		}
		moreau, err := account.OfHousehold(ctx, r.store, "moreau")
		if err != nil || moreau.LetterMailedAt.IsZero() || moreau.LetterPrintedAt.IsZero() {
			r.Errorf("Moreau: %+v %v", moreau, err)
		}
		haddad, err := account.OfHousehold(ctx, r.store, "haddad")
		if err != nil || !haddad.LetterMailedAt.IsZero() || haddad.LetterPrintedAt.IsZero() {
			r.Errorf("Haddad: %+v %v", haddad, err)
		}
	})
}

func TestStaff(t *testing.T) {
	each(t, func(r *room) {
		for _, c := range []struct {
			what, name, email, password string
			role                        actor.Role
			field                       string
		}{
			{"eleven characters", "Odile", "o@exemple.fr", "Violoncel27", actor.Secretary, account.FieldNew},
			{"no address", "Odile", "odile", "Secretariat2027", actor.Secretary, account.FieldEmail},
			{"no name", "", "o@exemple.fr", "Secretariat2027", actor.Secretary, account.FieldName},
		} {
			if _, err := r.accounts.CreateStaff(ctx, actor.System, c.role, c.name, c.email, c.password); at(err, c.field) == "" {
				r.Errorf("%s: %v", c.what, err)
			}
		}
		if _, err := r.accounts.CreateStaff(ctx, actor.System, actor.Family, "X", "x@exemple.fr", "Secretariat2027"); !isInvalid(err) {
			r.Errorf("a family as staff: %v", err)
		}
		secretary := actor.Actor{Account: "s", Role: actor.Secretary}
		if _, err := r.accounts.CreateStaff(ctx, secretary, actor.Administrator, "X", "x@exemple.fr", "Secretariat2027"); !errors.Is(err, fault.ErrForbidden) {
			r.Errorf("a secretary makes an administrator: %v", err)
		}
		made, err := r.accounts.CreateStaff(ctx, actor.System, actor.Secretary, "Odile Batard", "odile@exemple.fr", "Secretariat2027")
		if err != nil {
			r.Fatal(err)
		}
		opened := r.signIn("ODILE@exemple.fr", "Secretariat2027")
		if mails := r.lost("odile@exemple.fr", "claire@exemple.fr"); len(mails) != 0 {
			r.Errorf("a family's address recovers the staff's password: %v", mails)
		}
		if err := r.accounts.Disable(ctx, actor.System, made.ID); err != nil {
			r.Fatal(err)
		}
		if r.isOpen(opened.Token) {
			r.Error("a disabled account's session goes on")
		}
		r.refused("disabled", "odile@exemple.fr", "Secretariat2027")
		if mails := r.lost("odile@exemple.fr", "odile@exemple.fr"); len(mails) != 0 {
			r.Errorf("a disabled account gets a password: %v", mails)
		}
		if err := r.accounts.Enable(ctx, actor.System, made.ID); err != nil {
			r.Fatal(err)
		}
		r.signIn("odile@exemple.fr", "Secretariat2027")
		if n := len(r.mailedPassword("odile@exemple.fr", "Odile@exemple.fr")); n != 12 {
			r.Errorf("mailed password of %d characters", n)
		}
		if list, err := account.Staff(ctx, r.store); err != nil || len(list) != 1 || list[0].Name != "Odile Batard" {
			r.Errorf("staff %v %v", list, err)
		}
	})
}
