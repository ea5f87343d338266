package account_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"pupitre/internal/domain/account"
	"pupitre/internal/domain/actor"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
)

const staffPassword = "Administration2027"

// code is what the application shows at that instant.
func (r *room) code(secret string, at time.Time) string {
	r.Helper()
	code, err := totp.GenerateCode(strings.ReplaceAll(secret, " ", ""), at)
	if err != nil {
		r.Fatal(err)
	}
	return code
}

func (r *room) step(token string) actor.Step {
	r.Helper()
	_, step, err := r.accounts.Session(ctx, token)
	if err != nil {
		r.Fatal(err)
	}
	return step
}

// equipped is the administration with an application: its secret and codes.
func (r *room) equipped() (who actor.Actor, secret string, codes []string) {
	r.Helper()
	who = r.administration()
	opened := r.signIn("solene@exemple.fr", staffPassword)
	app, err := r.accounts.NewApplication(ctx, opened.Token, "École : essai")
	if err != nil || !strings.HasPrefix(app.Image, "data:image/png;base64,") {
		r.Fatalf("a new application: %.40s %v", app.Image, err)
	}
	if again, err := r.accounts.NewApplication(ctx, opened.Token, "École"); err != nil || again.Text != app.Text {
		r.Errorf("the page again: another secret (%v)", err)
	}
	if _, err := r.accounts.ConfirmApplication(ctx, opened.Token, "000000"); at(err, account.FieldCode) == "" {
		r.Errorf("a wrong code: %v", err)
	}
	codes, err = r.accounts.ConfirmApplication(ctx, opened.Token, r.code(app.Text, r.clock.Now()))
	if err != nil || len(codes) != 10 {
		r.Fatalf("confirm: %d codes, %v", len(codes), err)
	}
	return who, app.Text, codes
}

func TestACodeOpensTheSessionOnce(t *testing.T) {
	each(t, func(r *room) {
		_, secret, _ := r.equipped()
		confirmedWith := r.code(secret, r.clock.Now())
		opened := r.signIn("solene@exemple.fr", staffPassword)
		if !opened.Pending || r.step(opened.Token) != actor.ProveFactor {
			r.Fatalf("after the password: %+v, %q", opened, r.step(opened.Token))
		}
		if _, err := r.accounts.ProveByCode(ctx, opened.Token, confirmedWith); at(err, account.FieldCode) == "" {
			r.Errorf("the code that confirmed the application serves again: %v", err)
		}
		if _, err := r.accounts.NewApplication(ctx, opened.Token, "École"); !errors.Is(err, fault.ErrForbidden) {
			r.Errorf("a session that is to prove makes another factor: %v", err)
		}
		r.clock.Add(time.Minute)
		code := r.code(secret, r.clock.Now())
		full, err := r.accounts.ProveByCode(ctx, opened.Token, code[:3]+" "+code[3:])
		if err != nil || r.step(full.Token) != "" || !r.isOpen(full.Token) || r.isOpen(opened.Token) {
			r.Fatalf("a right code: %v; the former token still opens: %t", err, r.isOpen(opened.Token))
		}
		second := r.signIn("solene@exemple.fr", staffPassword)
		if _, err := r.accounts.ProveByCode(ctx, second.Token, code); at(err, account.FieldCode) == "" {
			r.Errorf("a code serves twice: %v", err)
		}
		r.clock.Add(time.Minute)
		if _, err := r.accounts.ProveByCode(ctx, second.Token, r.code(secret, r.clock.Now().Add(-2*time.Minute))); at(err, account.FieldCode) == "" {
			r.Errorf("an old code: %v", err)
		}
		for range 8 {
			if _, err := r.accounts.ProveByCode(ctx, second.Token, "000000"); isBusy(err) != nil {
				break
			}
		}
		if _, err := r.accounts.ProveByCode(ctx, second.Token, r.code(secret, r.clock.Now())); isBusy(err) == nil {
			r.Errorf("after too many tries: %v", err)
		}
		if _, err := r.accounts.ProveByRecovery(ctx, second.Token, "AAAA-AAAA-AAAA"); isBusy(err) == nil {
			r.Errorf("recovery codes have a throttle of their own: %v", err)
		}
	})
}

func TestARecoveryCodeServesOnceAndTheAdministrationResets(t *testing.T) {
	each(t, func(r *room) {
		who, secret, codes := r.equipped()
		kept, err := db.All[string](ctx, r.store, `select code_hash from recovery_code`)
		if err != nil || len(kept) != 10 || strings.Contains(strings.Join(kept, " "), codes[0]) {
			r.Errorf("codes are kept as %v (%v)", kept, err)
		}
		opened := r.signIn("solene@exemple.fr", staffPassword)
		full, err := r.accounts.ProveByRecovery(ctx, opened.Token, strings.ToLower(strings.ReplaceAll(codes[3], "-", " ")))
		if err != nil || r.step(full.Token) != "" {
			r.Fatalf("a recovery code: %v", err)
		}
		again := r.signIn("solene@exemple.fr", staffPassword)
		if _, err := r.accounts.ProveByRecovery(ctx, again.Token, codes[3]); at(err, account.FieldRecovery) == "" {
			r.Errorf("it serves twice: %v", err)
		}
		renewed, err := r.accounts.RenewCodes(ctx, full.Token)
		if err != nil || len(renewed) != 10 {
			r.Fatal(err)
		}
		if _, err := r.accounts.ProveByRecovery(ctx, again.Token, codes[4]); at(err, account.FieldRecovery) == "" {
			r.Errorf("a former code serves: %v", err)
		}
		device, err := r.accounts.KeepDevice(ctx, full)
		if err != nil {
			r.Fatal(err)
		}
		if trusted, err := r.accounts.TrustDevice(ctx, again, device); err != nil || !trusted || r.step(again.Token) != "" {
			r.Errorf("a trusted device: %t %v", trusted, err)
		}
		r.clock.Add(31 * 24 * time.Hour)
		late := r.signIn("solene@exemple.fr", staffPassword)
		if trusted, err := r.accounts.TrustDevice(ctx, late, device); err != nil || trusted {
			r.Errorf("a device trusted a month ago: %t %v", trusted, err)
		}
		second, err := r.accounts.CreateStaff(ctx, actor.System, actor.Administrator, "Pascal", "pascal@exemple.fr", staffPassword)
		if err != nil {
			r.Fatal(err)
		}
		if err := r.accounts.ResetFactor(ctx, actor.Actor{Account: "s", Role: actor.Secretary}, who.Account); !errors.Is(err, fault.ErrForbidden) {
			r.Errorf("a secretary resets: %v", err)
		}
		if err := r.accounts.ResetFactor(ctx, second.Actor(), who.Account); err != nil || r.isOpen(late.Token) {
			r.Errorf("reset: %v", err)
		}
		mails, err := db.All[string](ctx, r.store, `select recipient from outgoing_mail where kind = 'factor_reset'`)
		if err != nil || len(mails) != 1 || mails[0] != "solene@exemple.fr" {
			r.Errorf("who is told: %v %v", mails, err)
		}
		if plain := r.signIn("solene@exemple.fr", staffPassword); plain.Pending {
			r.Error("a reset account still asks for its second factor")
		}
		if secret == "" {
			r.Error("no secret")
		}
	})
}

func TestTheSchoolAsksTheStaffForASecondFactor(t *testing.T) {
	each(t, func(r *room) {
		who := r.administration()
		opened := r.signIn("solene@exemple.fr", staffPassword)
		family := r.settled("MOREAU-4821", "claire@exemple.fr")
		if err := r.accounts.RequireFactor(ctx, family.Actor, true); !errors.Is(err, fault.ErrForbidden) {
			r.Errorf("a family asks for it: %v", err)
		}
		if err := r.accounts.RequireFactor(ctx, who, true); err != nil {
			r.Fatal(err)
		}
		if r.step(opened.Token) != actor.MakeFactor || r.step(family.Token) != "" {
			r.Errorf("the staff must %q, a family %q", r.step(opened.Token), r.step(family.Token))
		}
		app, err := r.accounts.NewApplication(ctx, opened.Token, "École")
		if err != nil {
			r.Fatal(err)
		}
		if _, err := r.accounts.ConfirmApplication(ctx, opened.Token, r.code(app.Text, r.clock.Now())); err != nil || r.step(opened.Token) != "" {
			r.Errorf("once it is made: %q %v", r.step(opened.Token), err)
		}
		factors, err := account.Factors(ctx, r.store, who.Account)
		if err != nil || len(factors) != 1 {
			r.Fatalf("factors %v %v", factors, err)
		}
		if err := r.accounts.RemoveFactor(ctx, opened.Token, factors[0].ID); err != nil || r.step(opened.Token) != actor.MakeFactor {
			r.Errorf("once it is removed: %q %v", r.step(opened.Token), err)
		}
	})
}
