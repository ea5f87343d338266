package account

import (
	"context"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/journal"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
)

func foldLogin(login string) string { return french.Fold(login) }

// Length of an identifiant, in characters.
const (
	loginMin = 4
	loginMax = 40
)

// LoginWords says what an identifiant may be, beside its field.
const LoginWords = "De 4 à 40 lettres, chiffres, points ou tirets, sans espace."

// checkLogin returns Invalid for a text that is no identifiant.
func checkLogin(login string) error {
	n := utf8.RuneCountInString(login)
	strange := func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune(".-_@+'’", r)
	}
	if n < loginMin || n > loginMax || strings.ContainsFunc(login, strange) || foldLogin(login) == "" {
		return refuseField(FieldLogin, LoginWords)
	}
	return nil
}

// LoginProblem says why a text is no identifiant, "" when it may be one.
func LoginProblem(login string) string {
	if checkLogin(login) != nil {
		return LoginWords
	}
	return ""
}

func taken(login string) error {
	return refuseField(FieldLogin, "L’identifiant «\u202f"+login+"\u202f» est déjà pris. Choisissez-en un autre.")
}

// ChangeLogin personalises the account's identifiant (R5). It returns Invalid
// when it is too short, too long, or taken, case and accents aside.
func (a *Accounts) ChangeLogin(ctx context.Context, who actor.Actor, login string) error {
	if err := checkLogin(login); err != nil {
		return err
	}
	if err := a.count(ctx, changesByAccount.of("login:"+who.Account)); err != nil {
		return err
	}
	err := a.store.Write(ctx, func(tx *db.Tx) error {
		held, err := ByID(ctx, tx, who.Account)
		if err != nil {
			return err
		}
		if held.Login == login {
			return nil
		}
		if _, err := tx.Exec(ctx, `update account set login = $1, login_folded = $2 where id = $3`, login, foldLogin(login), held.ID); err != nil {
			return err
		}
		return journal.Append(ctx, tx, held.note(who, a.clock.Now(), "account.login_changed", held.Login, login))
	})
	if db.IsUnique(err) {
		return taken(login)
	}
	if err != nil {
		return fmt.Errorf("change the identifiant of %s: %w", who.Account, err)
	}
	return nil
}

// CreateFamily makes the account of a household, without password, within the
// transaction, and returns its identifiant: the wanted one (Invalid when it is
// taken or no identifiant), or the family's name and four figures (MOREAU-4821).
func (a *Accounts) CreateFamily(ctx context.Context, tx *db.Tx, by actor.Actor, household, wanted, familyName string) (string, error) {
	if wanted != "" {
		if err := checkLogin(wanted); err != nil {
			return "", err
		}
		made, err := a.insertFamily(ctx, tx, by, household, wanted, familyName)
		if err == nil && !made {
			err = taken(wanted)
		}
		return wanted, err
	}
	stem := loginStem(familyName)
	for figures := 4; figures <= 8; figures++ {
		for range 20 {
			login := stem + "-" + randomFigures(figures)
			made, err := a.insertFamily(ctx, tx, by, household, login, familyName)
			if err != nil || made {
				return login, err
			}
		}
	}
	return "", fmt.Errorf("no free identifiant for household %s", household)
}

func (a *Accounts) insertFamily(ctx context.Context, tx *db.Tx, by actor.Actor, household, login, familyName string) (bool, error) {
	made := Account{ID: db.NewID(), Login: login, Role: actor.Family, Household: household, Name: strings.TrimSpace("Famille " + familyName)}
	return a.insert(ctx, tx, by, made, "")
}

// insert answers false when the identifiant is taken.
func (a *Accounts) insert(ctx context.Context, tx *db.Tx, by actor.Actor, made Account, hash string) (bool, error) {
	now := a.clock.Now()
	var household any
	if made.Household != "" {
		household = made.Household
	}
	n, err := tx.Exec(ctx, `insert into account
		(id, login, login_folded, role, household_id, name, email, password_hash, link_hash, created_at)
		values ($1, $2, $3, $4, $5, $6, $7, $8, '', $9) on conflict (login_folded) do nothing`,
		made.ID, made.Login, foldLogin(made.Login), made.Role, household, made.Name, made.Email, hash, now)
	if err != nil {
		return false, fmt.Errorf("create account %s: %w", made.Login, err)
	}
	if n == 0 {
		return false, nil
	}
	return true, journal.Append(ctx, tx, made.note(by, now, "account.created", "", made.Login))
}

// loginStem is the family's name in plain capitals: « Le Goff » gives LEGOFF.
func loginStem(name string) string {
	var b strings.Builder
	for _, r := range strings.ToUpper(french.Fold(name)) {
		if r >= 'A' && r <= 'Z' && b.Len() < 20 {
			b.WriteRune(r)
		}
	}
	if b.Len() == 0 {
		return "FAMILLE"
	}
	return b.String()
}

func randomFigures(n int) string {
	var b strings.Builder
	for i := range n {
		if i == 0 {
			b.WriteByte(byte('1' + randomBelow(9)))
		} else {
			b.WriteByte(byte('0' + randomBelow(10)))
		}
	}
	return b.String()
}

// CreateStaff makes the account of a member of staff, whose identifiant is the
// e-mail address. It returns Invalid for a bad address, name or password, or
// an identifiant already taken; Forbidden unless by is the administration or a job.
func (a *Accounts) CreateStaff(ctx context.Context, by actor.Actor, role actor.Role, name, email, password string) (Account, error) {
	if !mayManage(by) {
		return Account{}, fault.ErrForbidden
	}
	made := Account{ID: db.NewID(), Login: email, Role: role, Name: name, Email: email}
	if !made.Actor().IsStaff() {
		return Account{}, fault.Refuse("Ce rôle n’est pas celui d’un compte de l’école.")
	}
	var check fault.Check
	checkStaff(&check, name, email)
	if err := check.Err(); err != nil {
		return Account{}, err
	}
	hash, err := a.hashChecked(ctx, role, password)
	if err != nil {
		return Account{}, err
	}
	err = a.store.Write(ctx, func(tx *db.Tx) error {
		inserted, err := a.insert(ctx, tx, by, made, hash)
		if err == nil && !inserted {
			err = taken(email)
		}
		return err
	})
	return made, err
}
