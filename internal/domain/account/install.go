package account

import (
	"context"
	"errors"
	"fmt"
	"unicode/utf8"

	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/journal"
	"pupitre/internal/domain/people"
	"pupitre/internal/domain/school"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
)

// InstallPath is where the one-time address of the first installation leads,
// before its token.
const InstallPath = "/installation/"

// The names of the fields of the first installation that are not an account's.
const (
	FieldSchool       = "ecole"
	FieldSchoolShort  = "ecole_court"
	FieldSchoolPlace  = "ecole_adresse"
	FieldSchoolPhone  = "ecole_telephone"
	FieldSchoolEmail  = "ecole_mail"
	hasStaff          = `select count(*) from account where role <> 'family'`
	longestSchoolName = 120
)

// Installation is what the first page of an empty school asks: who will keep
// its accounts, and the least that is to be known of the school.
type Installation struct {
	Name, Email, Password string
	School, SchoolShort   string
	Place, Phone, Mail    string
}

// OpenInstallation returns the token of a one-time address, valid until a first
// account is made by it; "" when the school has an account of its staff.
func (a *Accounts) OpenInstallation(ctx context.Context) (token string, err error) {
	err = a.store.Write(ctx, func(tx *db.Tx) error {
		token = ""
		staff, err := db.One[int64](ctx, tx, hasStaff)
		if err != nil || staff > 0 {
			return err
		}
		token = newToken()
		_, err = tx.Exec(ctx, `insert into installation (token_hash, made_at) values ($1, $2)`, digest(token), a.clock.Now())
		return err
	})
	if err != nil {
		return "", fmt.Errorf("open the installation: %w", err)
	}
	return token, nil
}

// MayInstall returns nil when the token still opens the first installation,
// else fault.ErrNotFound.
func (a *Accounts) MayInstall(ctx context.Context, token string) error {
	return mayInstall(ctx, a.store, token)
}

func mayInstall(ctx context.Context, r db.Reader, token string) error {
	if token == "" || len(token) > 100 {
		return fault.ErrNotFound
	}
	known, err := db.One[int64](ctx, r, `select count(*) from installation where token_hash = $1`, digest(token))
	if err != nil {
		return fmt.Errorf("read the installation: %w", err)
	}
	if known == 0 {
		return fault.ErrNotFound
	}
	staff, err := db.One[int64](ctx, r, hasStaff)
	if err != nil {
		return fmt.Errorf("read the installation: %w", err)
	}
	if staff > 0 {
		return fault.ErrNotFound
	}
	return nil
}

// Install makes the school's first account, of its administration, and the
// school, and opens a session; the address opens nothing afterwards. It returns
// Invalid for what cannot be kept, fault.ErrNotFound as MayInstall.
func (a *Accounts) Install(ctx context.Context, token string, in Installation, address string) (opened Opened, err error) {
	leave, err := a.Hashing.Enter()
	if err != nil {
		return Opened{}, err
	}
	defer leave()
	if err := a.count(ctx, linksByAddress.of(network(address))); err != nil {
		return Opened{}, err
	}
	if err := a.MayInstall(ctx, token); err != nil {
		return Opened{}, err
	}
	if err := a.checkInstallation(ctx, in); err != nil {
		return Opened{}, err
	}
	hash, err := a.hash(ctx, in.Password)
	if err != nil {
		return Opened{}, err
	}
	err = a.store.Write(ctx, func(tx *db.Tx) (err error) {
		if err := mayInstall(ctx, tx, token); err != nil { // another may have come first
			return err
		}
		opened, err = a.install(ctx, tx, in, hash)
		return err
	})
	return opened, err
}

func (a *Accounts) checkInstallation(ctx context.Context, in Installation) error {
	policy, err := a.Policy(ctx, actor.Administrator)
	if err != nil {
		return err
	}
	var check fault.Check
	checkStaff(&check, in.Name, in.Email)
	if words := policy.Refusal(in.Password); words != "" {
		check.Add(FieldNew, words)
	}
	check.That(in.School != "" && utf8.RuneCountInString(in.School) <= longestSchoolName, FieldSchool, "Indiquez le nom de l’école, en 120 caractères au plus.")
	check.That(utf8.RuneCountInString(in.SchoolShort) <= 40, FieldSchoolShort, "40 caractères au plus.")
	check.That(in.Place != "" && utf8.RuneCountInString(in.Place) <= 300, FieldSchoolPlace, "Indiquez l’adresse postale de l’école, en 300 caractères au plus.")
	phone, isPhone := people.NormalPhone(in.Phone)
	check.That(isPhone && phone != "", FieldSchoolPhone, "Indiquez un numéro de téléphone, par exemple 02 40 00 00 00.")
	_, isEmail := people.NormalEmail(in.Mail)
	check.That(isEmail, FieldSchoolEmail, "Indiquez une adresse mail complète, par exemple secretariat@exemple.fr.")
	return check.Err()
}

func checkStaff(check *fault.Check, name, email string) {
	check.That(name != "" && utf8.RuneCountInString(name) <= 100, FieldName, "Indiquez un nom de 100 caractères au plus.")
	_, isEmail := people.NormalEmail(email)
	check.That(isEmail, FieldEmail, "Indiquez une adresse mail complète, par exemple prenom.nom@exemple.fr.")
}

func (a *Accounts) install(ctx context.Context, tx *db.Tx, in Installation, hash string) (Opened, error) {
	if err := installSchool(ctx, tx, in); err != nil {
		return Opened{}, err
	}
	email, _ := people.NormalEmail(in.Email)
	made := Account{ID: db.NewID(), Login: email, Role: actor.Administrator, Name: in.Name, Email: email}
	inserted, err := a.insert(ctx, tx, made.Actor(), made, hash)
	switch {
	case err != nil:
		return Opened{}, err
	case !inserted:
		return Opened{}, taken(email)
	}
	if _, err := tx.Exec(ctx, `delete from installation`); err != nil {
		return Opened{}, fmt.Errorf("close the installation: %w", err)
	}
	now := a.clock.Now()
	line := journal.By(made.Actor(), now, journal.Line{Event: "school.installed", After: in.School})
	if err := journal.Append(ctx, tx, line); err != nil {
		return Opened{}, err
	}
	return a.open(ctx, tx, secrets{Account: made, Hash: hash})
}

// installSchool makes the school, or completes the one that was imported before
// it had any account.
func installSchool(ctx context.Context, tx *db.Tx, in Installation) error {
	s, err := school.Current(ctx, tx)
	if errors.Is(err, fault.ErrNotFound) {
		s, err = school.New(), nil
	}
	if err != nil {
		return err
	}
	s.Name, s.ShortName, s.Address = in.School, in.SchoolShort, in.Place
	if s.ShortName == "" {
		s.ShortName = in.School
	}
	s.Phone = in.Phone
	s.Email, _ = people.NormalEmail(in.Mail)
	return school.Put(ctx, tx, s)
}
