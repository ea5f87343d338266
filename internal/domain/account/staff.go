package account

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/correspondence"
	"pupitre/internal/domain/journal"
	"pupitre/internal/domain/people"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
)

// The names of the fields of a staff account, beside FieldName and FieldEmail.
const (
	FieldRole    = "role"
	FieldSite    = "pole"
	FieldTeacher = "enseignant"
)

// StaffRoles are the roles of the school's own accounts, as screens list them.
var StaffRoles = []actor.Role{actor.Secretary, actor.Director, actor.Teacher, actor.Bursar, actor.Administrator}

// invitationFor is how long the link of an invitation lives.
const invitationFor = 7 * 24 * time.Hour

// StaffForm is what the administration lays down of an account of the staff.
type StaffForm struct {
	Role        actor.Role
	Name, Email string
	Teacher     string // of the catalogue; for a teacher's account alone
	Site        string // the only pole a secretary sees and acts on; "" is the whole school
}

// StaffLine is an account of the staff as the administration sees it.
type StaffLine struct {
	Account
	Sessions int64     `db:"sessions"`
	SeenAt   time.Time `db:"seen_at"` // by a session that is still open
	Factors  int64     `db:"factors"`
	HasKey   bool      `db:"has_key"`
}

// Staff lists the school's own accounts, by name, those that are closed last.
func Staff(ctx context.Context, r db.Reader) ([]StaffLine, error) {
	return db.All[StaffLine](ctx, r, `select `+accountColumns+`,
			(select count(*) from session s where s.account_id = account.id) as sessions,
			(select count(*) from factor f where f.account_id = account.id and f.confirmed_at is not null) as factors,
			exists (select 1 from factor f where f.account_id = account.id and f.confirmed_at is not null and f.kind = 'key') as has_key,
			(select max(s.seen_at) from session s where s.account_id = account.id) as seen_at
		from account where role <> 'family'
		order by disabled_at is not null, name, login`)
}

// StaffByID returns an account of the staff; fault.ErrNotFound for a family's.
func StaffByID(ctx context.Context, r db.Reader, by actor.Actor, id string) (Account, error) {
	if !mayManage(by) {
		return Account{}, fault.ErrForbidden
	}
	held, err := ByID(ctx, r, id)
	if err == nil && !held.isStaff() {
		err = fault.ErrNotFound
	}
	return held, err
}

// check returns the form as it is kept, or Invalid.
func (f StaffForm) check() (StaffForm, error) {
	var check fault.Check
	f.Name = strings.TrimSpace(f.Name)
	checkStaff(&check, f.Name, f.Email)
	f.Email, _ = people.NormalEmail(f.Email)
	check.That(slices.Contains(StaffRoles, f.Role), FieldRole, "Choisissez le rôle de ce compte.")
	if f.Role != actor.Teacher {
		f.Teacher = ""
	}
	if f.Role != actor.Secretary {
		f.Site = ""
	}
	return f, check.Err()
}

// Invite makes an account of the staff, without password, and mails its owner
// the one-time link that chooses it; the identifiant is the address. It returns
// Invalid for what cannot be kept, Forbidden unless by keeps accounts.
func (a *Accounts) Invite(ctx context.Context, by actor.Actor, f StaffForm) (Account, error) {
	if !mayManage(by) {
		return Account{}, fault.ErrForbidden
	}
	f, err := f.check()
	if err != nil {
		return Account{}, err
	}
	made := Account{ID: db.NewID(), Login: f.Email, Role: f.Role, Name: f.Name, Email: f.Email, Teacher: f.Teacher, Site: f.Site}
	err = a.store.Write(ctx, func(tx *db.Tx) error {
		inserted, err := a.insert(ctx, tx, by, made, "")
		if err == nil && !inserted {
			err = refuseField(FieldEmail, "Un compte a déjà cette adresse pour identifiant.")
		}
		if err != nil {
			return err
		}
		if err := setReach(ctx, tx, made.ID, f); err != nil {
			return err
		}
		return a.invite(ctx, tx, by, made)
	})
	return made, err
}

// setReach ties the account to its teacher, or to the pole it is limited to.
func setReach(ctx context.Context, tx *db.Tx, id string, f StaffForm) error {
	if f.Site != "" {
		if _, found, err := db.Maybe[string](ctx, tx, `select id from site where id = $1`, f.Site); err != nil || !found {
			return cmp.Or(err, refuseField(FieldSite, "Choisissez un pôle de la liste."))
		}
	}
	if _, err := tx.Exec(ctx, `update account set teacher_id = $1, site_id = $2 where id = $3`, orNull(f.Teacher), orNull(f.Site), id); err != nil {
		return fmt.Errorf("set how far account %s reaches: %w", id, err)
	}
	return nil
}

func orNull(id string) any {
	if id == "" {
		return nil
	}
	return id
}

// invite gives the account a link and mails it; a former link is void.
func (a *Accounts) invite(ctx context.Context, tx *db.Tx, by actor.Actor, held Account) error {
	now := a.clock.Now()
	token, until := newToken(), now.Add(invitationFor)
	if _, err := tx.Exec(ctx, `update account set link_hash = $1, link_until = $2 where id = $3`, digest(token), until, held.ID); err != nil {
		return fmt.Errorf("invite %s: %w", held.ID, err)
	}
	if err := correspondence.Enqueue(ctx, tx, now, correspondence.Mail{
		Event: "invitation:" + db.NewID(), Recipient: held.Email, Kind: MailInvitation,
		Facts:  NewPasswordFacts{Name: held.Name, Identifier: held.Login, ValidUntil: until},
		Secret: RecoveryLinkSecret{Path: LinkPath + token},
	}); err != nil {
		return err
	}
	return journal.Append(ctx, tx, held.note(by, now, "account.invited", "", held.Email))
}

// Reinvite mails a new link to an account that has chosen no password yet. It
// returns Invalid when it has one: its owner asks by « Mot de passe perdu ».
func (a *Accounts) Reinvite(ctx context.Context, by actor.Actor, id string) error {
	return a.manage(ctx, by, id, func(tx *db.Tx, held Account) error {
		switch {
		case !held.DisabledAt.IsZero():
			return fault.Refuse("Ce compte est désactivé. Réactivez-le d’abord.")
		case held.HasPassword:
			return fault.Refuse("Cette personne a déjà choisi son mot de passe. Elle en demande un autre par «\u202fMot de passe perdu\u202f».")
		}
		return a.invite(ctx, tx, by, held)
	})
}

// manage is an act of the administration on an account of the staff.
func (a *Accounts) manage(ctx context.Context, by actor.Actor, id string, act func(*db.Tx, Account) error) error {
	if !mayManage(by) {
		return fault.ErrForbidden
	}
	return a.store.Write(ctx, func(tx *db.Tx) error {
		held, err := StaffByID(ctx, tx, by, id)
		if err != nil {
			return fmt.Errorf("manage account %s: %w", id, err)
		}
		return act(tx, held)
	})
}

// ChangeStaff changes the name, address, role and teacher of an account of the
// staff. An identifiant that was its address follows it. It returns Invalid for
// what cannot be kept, and for another role given to the last administrator.
func (a *Accounts) ChangeStaff(ctx context.Context, by actor.Actor, id string, f StaffForm) error {
	if !mayManage(by) {
		return fault.ErrForbidden
	}
	f, err := f.check()
	if err != nil {
		return err
	}
	err = a.manage(ctx, by, id, func(tx *db.Tx, held Account) error { return a.change(ctx, tx, by, held, f) })
	if db.IsUnique(err) {
		return refuseField(FieldEmail, "Un compte a déjà cette adresse pour identifiant.")
	}
	return err
}

func (a *Accounts) change(ctx context.Context, tx *db.Tx, by actor.Actor, held Account, f StaffForm) error {
	if f.Role != held.Role {
		if by.Account == held.ID {
			return refuseField(FieldRole, "Vous ne pouvez pas changer votre propre rôle. Un autre compte d’administration le peut.")
		}
		if err := keepsAdministrator(ctx, tx, held); err != nil {
			return refuseField(FieldRole, lastAdministrator)
		}
	}
	login := held.Login
	if foldLogin(held.Login) == foldLogin(held.Email) {
		login = f.Email
	}
	if _, err := tx.Exec(ctx, `update account set name = $1, email = $2, role = $3, login = $4, login_folded = $5 where id = $6`,
		f.Name, f.Email, f.Role, login, foldLogin(login), held.ID); err != nil {
		return fmt.Errorf("change account %s: %w", held.ID, err)
	}
	if err := setReach(ctx, tx, held.ID, f); err != nil {
		return err
	}
	before, err := held.words(ctx, tx)
	if err != nil {
		return err
	}
	after, err := Account{Name: f.Name, Email: f.Email, Role: f.Role, Site: f.Site}.words(ctx, tx)
	if err != nil || before == after && held.Teacher == f.Teacher {
		return err
	}
	return journal.Append(ctx, tx, held.note(by, a.clock.Now(), "account.changed", before, after))
}

// LimitedTo names the accounts of the staff that are limited to the pole.
func LimitedTo(ctx context.Context, r db.Reader, site string) ([]string, error) {
	return db.All[string](ctx, r, `select name from account where site_id = $1 order by name`, site)
}

// words say the account in the journal.
func (a Account) words(ctx context.Context, r db.Reader) (string, error) {
	words := a.Name + ", " + a.Email + ", " + a.Role.French()
	if a.Site == "" {
		return words, nil
	}
	name, _, err := db.Maybe[string](ctx, r, `select name from site where id = $1`, a.Site)
	return words + ", limité à " + name, err
}

const lastAdministrator = "C’est le dernier compte d’administration en service. Donnez d’abord ce rôle à un autre compte."

// keepsAdministrator returns Invalid when without this account nobody could keep
// accounts any more. Two such acts at a time wait for each other.
func keepsAdministrator(ctx context.Context, tx *db.Tx, held Account) error {
	if held.Role != actor.Administrator {
		return nil
	}
	n, err := tx.Exec(ctx, `update account set role = role where role = 'administrator' and role <> 'family' and disabled_at is null`)
	if err != nil {
		return fmt.Errorf("count the administrators: %w", err)
	}
	if n < 2 && held.DisabledAt.IsZero() {
		return fault.Refuse(lastAdministrator)
	}
	return nil
}

// EndSessionsOf ends every session of an account of the staff.
func (a *Accounts) EndSessionsOf(ctx context.Context, by actor.Actor, id string) error {
	return a.manage(ctx, by, id, func(tx *db.Tx, held Account) error {
		if err := endSessions(ctx, tx, id); err != nil {
			return err
		}
		return journal.Append(ctx, tx, held.note(by, a.clock.Now(), "account.sessions_ended", "", held.Login))
	})
}
