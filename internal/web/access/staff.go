package access

import (
	"net/http"
	"strings"

	"pupitre/internal/domain/account"
	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/catalogue"
	"pupitre/internal/domain/school"
	"pupitre/internal/platform/fault"
	"pupitre/internal/web/door"
	"pupitre/internal/web/ui"
)

type rightsPage struct {
	ui.Base
	Staff []account.StaffLine
	Sites []school.Site
	Me    string
	Keeps bool // the visitor keeps the accounts
	Must  bool // the staff must have a second factor
}

// Rights is the tab « Droits et comptes »: who has which account, and what
// each role opens.
func (p *Pages) Rights(v *door.Visit) error {
	base, err := p.base(v, "Droits et comptes")
	if err != nil {
		return err
	}
	page := rightsPage{Base: base, Sites: v.Settings.Sites, Me: v.Actor.Account, Keeps: v.Actor.May(actor.Changes, actor.Accounts), Must: v.School.SecondFactor}
	if page.Staff, err = account.Staff(v.Ctx(), p.store); err != nil {
		return err
	}
	return v.Show(http.StatusOK, rights(page))
}

// withFactor is how many of the open accounts have a second factor.
func (p rightsPage) withFactor() (with, open int64) {
	for _, line := range p.Staff {
		if line.DisabledAt.IsZero() {
			open++
			with += min(line.Factors, 1)
		}
	}
	return with, open
}

// accountPage is one account of the staff, or the form of a new one.
type accountPage struct {
	ui.Base
	Held     account.Account // the zero Account when it is to be made
	Typed    account.StaffForm
	Teachers []catalogue.Teacher
	Sites    []school.Site
	Invalid  *fault.Invalid
	Mine     bool
	Factors  []account.Factor
}

func (p accountPage) error(field string) string { return p.Invalid.Of(field) }

func (p accountPage) isNew() bool { return p.Held.ID == "" }

func (p accountPage) action() string {
	if p.isNew() {
		return rightsPath + "/nouveau"
	}
	return rightsPath + "/" + p.Held.ID
}

func (p accountPage) roles() []ui.Option {
	options := make([]ui.Option, 0, len(account.StaffRoles))
	for _, role := range account.StaffRoles {
		options = append(options, ui.Option{Value: string(role), Label: roleName(role), Note: roleNote(role)})
	}
	return options
}

func (p accountPage) teachers() []ui.Option {
	options := []ui.Option{{Value: "", Label: "Aucun"}}
	for _, t := range p.Teachers {
		options = append(options, ui.Option{Value: t.ID, Label: strings.TrimSpace(t.FirstName + " " + t.LastName)})
	}
	return options
}

func (p accountPage) sites() []ui.Option {
	options := []ui.Option{{Value: "", Label: "Toute l’école"}}
	for _, s := range p.Sites {
		options = append(options, ui.Option{Value: s.ID, Label: s.Name})
	}
	return options
}

// pole names the pole that the account is limited to, "" when none.
func (p rightsPage) pole(line account.StaffLine) string {
	if !line.Actor().IsLimited() {
		return ""
	}
	for _, s := range p.Sites {
		if s.ID == line.Site {
			return "pôle " + strings.TrimPrefix(s.Name, "Pôle ")
		}
	}
	return ""
}

// roleName is the role as a list names it.
func roleName(role actor.Role) string {
	name := role.French()
	for i, r := range name {
		return strings.ToUpper(string(r)) + name[i+len(string(r)):]
	}
	return name
}

func roleNote(role actor.Role) string {
	switch role {
	case actor.Secretary:
		return "dossiers, places, familles"
	case actor.Director:
		return "tout le bureau, et les réglages de l’école"
	case actor.Teacher:
		return "ses cours et ses élèves"
	case actor.Bursar:
		return "l’argent"
	case actor.Administrator:
		return "tout le bureau, les réglages et les comptes"
	default:
		return ""
	}
}

// NewAccount is the form that makes an account.
func (p *Pages) NewAccount(v *door.Visit) error {
	return p.showAccount(v, account.Account{}, account.StaffForm{}, nil)
}

// Account is one account of the staff.
func (p *Pages) Account(v *door.Visit) error {
	held, err := account.StaffByID(v.Ctx(), p.store, v.Actor, v.PathValue("account"))
	if err != nil {
		return err
	}
	return p.showAccount(v, held, account.StaffForm{Role: held.Role, Name: held.Name, Email: held.Email, Teacher: held.Teacher, Site: held.Site}, nil)
}

func (p *Pages) showAccount(v *door.Visit, held account.Account, typed account.StaffForm, invalid *fault.Invalid) error {
	title := held.Name
	if held.ID == "" {
		title = "Créer un compte"
	}
	base, err := p.base(v, title)
	if err != nil {
		return err
	}
	page := accountPage{Base: base, Held: held, Typed: typed, Sites: v.Settings.Sites, Invalid: invalid, Mine: held.ID == v.Actor.Account}
	if page.Teachers, err = catalogue.Teachers(v.Ctx(), p.store); err != nil {
		return err
	}
	if page.Factors, err = account.Factors(v.Ctx(), p.store, held.ID); err != nil {
		return err
	}
	status := http.StatusOK
	if invalid != nil {
		page.Errors, status = door.FieldErrors(invalid), http.StatusUnprocessableEntity
	}
	return v.Show(status, staffAccount(page))
}

// typedAccount reads the form; the room checks it. A teacher that the catalogue
// does not have is refused here, where the catalogue is read.
func (p *Pages) typedAccount(v *door.Visit) (account.StaffForm, error) {
	form, err := v.TypedForm(account.FieldName, account.FieldEmail)
	if err != nil {
		return account.StaffForm{}, err
	}
	var check fault.Check
	typed := account.StaffForm{
		Role: actor.Role(form.Value(account.FieldRole)), Name: form.Optional(&check, account.FieldName, 100),
		Email: form.Optional(&check, account.FieldEmail, 200), Teacher: form.Value(account.FieldTeacher), Site: form.Value(account.FieldSite),
	}
	if typed.Teacher != "" {
		teachers, err := catalogue.Teachers(v.Ctx(), p.store)
		if err != nil {
			return typed, err
		}
		known := false
		for _, t := range teachers {
			known = known || t.ID == typed.Teacher
		}
		check.That(known, account.FieldTeacher, "Choisissez un enseignant de la liste.")
	}
	return typed, check.Err()
}

// CreateAccount makes the account and mails its owner.
func (p *Pages) CreateAccount(v *door.Visit) error {
	typed, err := p.typedAccount(v)
	var made account.Account
	if err == nil {
		made, err = p.accounts.Invite(v.Ctx(), v.Actor, typed)
	}
	if invalid, ok := door.AsInvalid(err); ok {
		return p.showAccount(v, account.Account{}, typed, invalid)
	}
	if err != nil {
		return err
	}
	return v.Redirect(rightsPath, ui.Flash{
		Kind: ui.MessageOK, Title: "Le compte de " + made.Name + " est créé.", Text: "Un mail lui part, avec un lien valable 7 jours pour choisir son mot de passe.",
	})
}

// SaveAccount changes the account.
func (p *Pages) SaveAccount(v *door.Visit) error {
	held, err := account.StaffByID(v.Ctx(), p.store, v.Actor, v.PathValue("account"))
	if err != nil {
		return err
	}
	typed, err := p.typedAccount(v)
	if err == nil {
		err = p.accounts.ChangeStaff(v.Ctx(), v.Actor, held.ID, typed)
	}
	if invalid, ok := door.AsInvalid(err); ok {
		return p.showAccount(v, held, typed, invalid)
	}
	if err != nil {
		return err
	}
	return v.Redirect(rightsPath, door.Done("Le compte de "+typed.Name+" est enregistré."))
}

// act does something to the account of the path and goes back to it; a refusal
// is shown there.
func (p *Pages) act(v *door.Visit, do func(id string) error, title, text string) error {
	held, err := account.StaffByID(v.Ctx(), p.store, v.Actor, v.PathValue("account"))
	if err != nil {
		return err
	}
	err = do(held.ID)
	if invalid, ok := door.AsInvalid(err); ok {
		return p.showAccount(v, held, account.StaffForm{Role: held.Role, Name: held.Name, Email: held.Email, Teacher: held.Teacher, Site: held.Site}, invalid)
	}
	if err != nil {
		return err
	}
	return v.Redirect(rightsPath+"/"+held.ID, ui.Flash{Kind: ui.MessageOK, Title: title, Text: text})
}

// Disable shuts the account.
func (p *Pages) Disable(v *door.Visit) error {
	return p.act(v, func(id string) error { return p.accounts.Disable(v.Ctx(), v.Actor, id) },
		"Le compte est désactivé.", "Ses sessions sont fermées\u202f; son histoire reste au journal.")
}

// Enable opens it again.
func (p *Pages) Enable(v *door.Visit) error {
	return p.act(v, func(id string) error { return p.accounts.Enable(v.Ctx(), v.Actor, id) },
		"Le compte est réactivé.", "Il retrouve le mot de passe qu’il avait.")
}

// EndSessions ends all its sessions.
func (p *Pages) EndSessions(v *door.Visit) error {
	return p.act(v, func(id string) error { return p.accounts.EndSessionsOf(v.Ctx(), v.Actor, id) },
		"Toutes ses sessions sont fermées.", "")
}

// Invite mails another link to who has not chosen a password yet.
func (p *Pages) Invite(v *door.Visit) error {
	return p.act(v, func(id string) error { return p.accounts.Reinvite(v.Ctx(), v.Actor, id) },
		"Un nouveau lien est parti.", "Le précédent ne sert plus.")
}
