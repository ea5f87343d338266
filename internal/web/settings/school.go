package settings

import (
	"pupitre/internal/domain/school"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
	"pupitre/internal/web/door"
)

// schoolTab is a page of the school's own settings.
type schoolTab struct {
	path, title, lead string
	group             school.Group[school.School]
}

var (
	identityTab = schoolTab{schoolPath, "L’école", "Ce que les familles lisent en haut des pages, dans les mails et sur les lettres.", school.Identity}
	creditorTab = schoolTab{creditorPath, "Factures et prélèvement", "Ce que portent les factures et le mandat de prélèvement. Une facture émise garde ce qu’elle portait.", school.Creditor}
	rulesTab    = schoolTab{rulesPath, "Règles de l’école", "Les délais, les mots de passe, ce que voient les familles.", school.Policies}
)

// School shows who the school is.
func (p *Pages) School(v *door.Visit) error { return p.showSchool(v, identityTab) }

// SaveSchool saves it; in an empty store it makes the school.
func (p *Pages) SaveSchool(v *door.Visit) error { return p.saveSchool(v, identityTab) }

// Rules shows the rules of the house.
func (p *Pages) Rules(v *door.Visit) error { return p.showSchool(v, rulesTab) }

// SaveRules saves them.
func (p *Pages) SaveRules(v *door.Visit) error { return p.saveSchool(v, rulesTab) }

// Creditor shows who invoices are owed to.
func (p *Pages) Creditor(v *door.Visit) error { return p.showSchool(v, creditorTab) }

// SaveCreditor saves it.
func (p *Pages) SaveCreditor(v *door.Visit) error { return p.saveSchool(v, creditorTab) }

func (p *Pages) showSchool(v *door.Visit, t schoolTab) error {
	values := t.group.Values(schoolNow(v))
	return p.schoolForm(v, t, values, values, nil, nil)
}

func schoolNow(v *door.Visit) school.School {
	if v.School.ID == "" {
		return school.Beginning
	}
	return v.School
}

func (p *Pages) schoolForm(v *door.Visit, t schoolTab, read, values map[string]string, invalid *fault.Invalid, stale *school.Stale) error {
	page, err := p.page(v, t.path, t.title, invalid)
	if err != nil {
		return err
	}
	f := settingsForm{page: page, Title: t.title, Lead: t.lead, Action: t.path, Rows: rowsOf(t.group, values, invalid), Read: shownNow(read), Stale: stale, Submit: "Enregistrer"}
	return v.Show(status(invalid, stale), settingsView(f))
}

func (p *Pages) saveSchool(v *door.Visit, t schoolTab) error {
	form, err := v.TypedForm(names(t.group)...)
	if err != nil {
		return err
	}
	given, err := typed(t.group, form)
	e := p.edit(v, form)
	var changes []school.Difference
	if err == nil {
		err = p.Store.Write(v.Ctx(), func(tx *db.Tx) error {
			changes, err = school.SaveSchool(v.Ctx(), tx, t.group, e, given)
			return err
		})
	}
	invalid, stale, err := outcome(err)
	switch {
	case err != nil:
		return err
	case stale != nil:
		return p.schoolForm(v, t, stale.Now, merged(e.Read, given, stale), nil, stale)
	case invalid != nil:
		read := e.Read
		if read == nil {
			read = t.group.Values(schoolNow(v))
		}
		return p.schoolForm(v, t, read, given, invalid, nil)
	}
	return v.Redirect(t.path, changesWords(changes))
}
