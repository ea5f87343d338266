package office

import (
	"slices"
	"strings"

	"pupitre/internal/domain/account"
	"pupitre/internal/domain/people"
	"pupitre/internal/domain/report"
	"pupitre/internal/letter"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
	"pupitre/internal/web/door"
	"pupitre/internal/web/ui"
)

type identifiersPage struct {
	ui.Base
	Rows   []report.NeverIn
	Untold int64 // without a letter or a mail yet
}

// Identifiers lists the families that have not signed in yet (R1).
func (p *Pages) Identifiers(v *door.Visit) error {
	base, err := p.base(v, "Identifiants")
	if err != nil {
		return err
	}
	page := identifiersPage{Base: base}
	if page.Rows, err = report.NeverSignedIn(v.Ctx(), p.Store, v.Actor); err != nil {
		return err
	}
	for _, r := range page.Rows {
		if !r.Told() {
			page.Untold++
		}
	}
	return v.Show(200, identifiers(page))
}

// chosenAccounts are the families ticked, or those that the pressed button names.
func (p *Pages) chosenAccounts(v *door.Visit) ([]string, error) {
	form, err := v.Form()
	if err != nil {
		return nil, err
	}
	which := form.Value("lesquels")
	if which == "" {
		return form.Values("s"), nil
	}
	rows, err := report.NeverSignedIn(v.Ctx(), p.Store, v.Actor)
	var ids []string
	for _, r := range rows {
		if which == "tous" || !r.Told() {
			ids = append(ids, r.Account)
		}
	}
	return ids, err
}

func nobodyChosen(v *door.Visit) error {
	return v.Redirect("/bureau/identifiants", ui.Flash{Kind: ui.MessageInfo, Title: "Aucune famille choisie", Text: "Cochez des familles, ou choisissez un des boutons « toutes »."})
}

// Letters prints the families' letters as one PDF and notes it.
func (p *Pages) Letters(v *door.Visit) error {
	ids, err := p.chosenAccounts(v)
	if err != nil {
		return err
	}
	if len(ids) == 0 {
		return nobodyChosen(v)
	}
	return p.sendLetters(v, ids)
}

// Letter prints one family's letter (R3: a new letter).
func (p *Pages) Letter(v *door.Visit) error {
	held, err := p.accountOf(v)
	if err != nil {
		return err
	}
	return p.sendLetters(v, []string{held.ID})
}

func (p *Pages) accountOf(v *door.Visit) (account.Account, error) {
	if !v.Actor.IsOffice() {
		return account.Account{}, fault.ErrForbidden
	}
	return account.OfHousehold(v.Ctx(), p.Store, v.PathValue("household"))
}

func (p *Pages) sendLetters(v *door.Visit, ids []string) error {
	facts, printed, err := p.letterFacts(v, ids)
	if err != nil {
		return err
	}
	if len(facts) == 0 {
		return nobodyChosen(v)
	}
	body, err := letter.IdentifierLetters(facts)
	if err != nil {
		return err
	}
	if err := p.Accounts.NoteLetters(v.Ctx(), v.Actor, printed); err != nil {
		return err
	}
	return v.Attach("application/pdf", "lettres-identifiants.pdf", len(facts), body)
}

// letterFacts are one letter a family, in the order of the postcode: what the
// post likes.
func (p *Pages) letterFacts(v *door.Visit, ids []string) (facts []letter.IdentifierLetterFacts, printed []string, err error) {
	accounts, err := account.Families(v.Ctx(), p.Store)
	if err != nil {
		return nil, nil, err
	}
	var households []string
	var kept []account.Account
	for _, a := range accounts {
		if slices.Contains(ids, a.ID) && a.DisabledAt.IsZero() {
			kept = append(kept, a)
			households = append(households, a.Household)
		}
	}
	all, err := people.HouseholdsByID(v.Ctx(), p.Store, v.Actor, households)
	if err != nil {
		return nil, nil, err
	}
	slices.SortStableFunc(kept, func(a, b account.Account) int {
		return strings.Compare(all[a.Household].Postcode, all[b.Household].Postcode)
	})
	for _, a := range kept {
		h := all[a.Household]
		facts = append(facts, letter.IdentifierLetterFacts{
			School: letterSchool(v, p.PublicURL), Name: h.Name(), Address: h.AddressLines(), Identifier: a.Login,
			PortalURL: p.PublicURL, Date: v.Now,
		})
		printed = append(printed, a.ID)
	}
	return facts, printed, nil
}

func letterSchool(v *door.Visit, url string) letter.School {
	s := v.School
	return letter.School{Name: s.Name, ShortName: s.ShortName, Phone: french.Phone(s.Phone), Email: s.Email, Address: s.Address, URL: url}
}

// MailIdentifiers mails the identifiants of the families chosen.
func (p *Pages) MailIdentifiers(v *door.Visit) error {
	ids, err := p.chosenAccounts(v)
	if err != nil {
		return err
	}
	if len(ids) == 0 {
		return nobodyChosen(v)
	}
	n, err := p.Accounts.MailIdentifiers(v.Ctx(), v.Actor, ids)
	if err != nil {
		return err
	}
	return v.Redirect("/bureau/identifiants", mailed(int64(n), int64(len(ids)-n)))
}

func mailed(n, without int64) ui.Flash {
	if n == 0 {
		return ui.Flash{Kind: ui.MessageInfo, Title: "Aucun mail n’est parti", Text: "Ces familles n’ont pas d’adresse\u202f: imprimez leur lettre."}
	}
	f := done(french.Count(n, "identifiant part par mail", "identifiants partent par mail"), "")
	if without > 0 {
		f.Text = french.Count(without, "famille n’a pas d’adresse", "familles n’ont pas d’adresse") + "\u202f: imprimez leur lettre."
	}
	return f
}

// MailIdentifier mails one family its identifiant (R3).
func (p *Pages) MailIdentifier(v *door.Visit) error {
	held, err := p.accountOf(v)
	if err != nil {
		return err
	}
	n, err := p.Accounts.MailIdentifiers(v.Ctx(), v.Actor, []string{held.ID})
	if err != nil {
		return err
	}
	return v.Redirect("/bureau/familles/"+held.Household, mailed(int64(n), int64(1-n)))
}
