package office

import (
	"context"
	"errors"

	"pupitre/internal/domain/document"
	"pupitre/internal/domain/enrolment"
	"pupitre/internal/domain/people"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
	"pupitre/internal/web/door"
	"pupitre/internal/web/identity"
	"pupitre/internal/web/ui"
)

// identityPage is a family's details and billing, changed on its request (R12).
type identityPage struct {
	ui.Base
	identity.Form
	H        people.Household
	Verified bool // « J’ai vérifié qui demande ces changements »
	Conflict string
	Changed  []ui.RecapRow
}

var identityWords = identity.Words{
	Email:   "Une nouvelle adresse compte aussitôt\u202f; l’ancienne est prévenue.",
	Mobile:  "Au moins un numéro, de préférence un mobile.",
	Billing: "La famille le change elle-même jusqu’à l’émission de sa facture.",
	Debit:   "RIB et mandat de prélèvement à fournir\u202f: la famille reçoit un mail s’ils deviennent obligatoires pour un dossier complet.",
}

// ShowIdentity shows the family's details as they count.
func (p *Pages) ShowIdentity(v *door.Visit) error {
	h, err := people.HouseholdByID(v.Ctx(), p.Store, v.Actor, v.PathValue("household"))
	if err != nil {
		return err
	}
	return p.showIdentity(v, 200, identityPage{H: h}, identity.Counting(h), nil)
}

// SaveIdentity saves the form for the family; refused, it comes back as typed.
// The means of payment may complete a dossier or ask for a paper, so the
// registrar runs the write.
func (p *Pages) SaveIdentity(v *door.Visit) error {
	page, err := identityPage{}, error(nil)
	if page.H, err = people.HouseholdByID(v.Ctx(), p.Store, v.Actor, v.PathValue("household")); err != nil {
		return err
	}
	form, err := v.Form()
	if err != nil {
		return err
	}
	before, err := enrolment.DossiersOf(v.Ctx(), p.Store, v.Actor, page.H.ID)
	if err != nil {
		return err
	}
	typed := identity.Read(form, page.H.ID)
	page.Verified = form.Has(fieldChecked)
	err = p.Registrar.Alter(v.Ctx(), v.Actor, page.H.ID, func(ctx context.Context, tx *db.Tx) error {
		if _, err := people.SaveIdentity(ctx, tx, v.Now, v.Actor, typed); err != nil {
			return err
		}
		var c fault.Check
		c.That(page.Verified, fieldChecked, "Cochez la case quand vous avez vérifié qui demande ces changements.")
		return c.Err()
	})
	var conflict *fault.Conflict
	if errors.As(err, &conflict) {
		page.Conflict, page.Changed = conflict.Message, identity.SavedMeanwhile(identity.Counting(page.H), typed)
		typed.Version = page.H.Version
		return p.showIdentity(v, 409, page, typed, nil)
	}
	invalid, err := refused(err)
	if err != nil {
		return err
	}
	if invalid != nil {
		return p.showIdentity(v, 422, page, typed, invalid)
	}
	flash := done("Identité et facturation enregistrées", "")
	if flash.Text, err = p.asked(v, page.H.ID); err != nil {
		return err
	}
	return v.Redirect(familyURL(page.H.ID), append([]ui.Flash{flash}, p.followed(v, page.H.ID, before)...)...)
}

// asked says which required papers the household must now hand in, or nothing.
func (p *Pages) asked(v *door.Visit, household string) (string, error) {
	papers, err := enrolment.HouseholdPapers(v.Ctx(), p.Store, v.Actor, household)
	var missing []document.Paper
	for _, s := range papers {
		if s.Paper.Required && !s.Deposit.State.Counts() {
			missing = append(missing, s.Paper)
		}
	}
	if err != nil || len(missing) == 0 {
		return "", err
	}
	return "À fournir\u202f: " + french.List(names(missing)) + ".", nil
}

func (p *Pages) showIdentity(v *door.Visit, status int, page identityPage, typed people.HouseholdForm, invalid *fault.Invalid) (err error) {
	if page.Form, err = identity.New(v, p.Store, page.H, typed, identityWords); err != nil {
		return err
	}
	page.Form.Invalid = invalid
	if page.Base, err = p.base(v, "Identité, famille "+page.H.Name()); err != nil {
		return err
	}
	page.Base = withErrors(page.Base, invalid)
	page.Errors = identity.Named(page.Errors, len(typed.Guardians))
	page.Base.Path = familiesPath
	return v.Show(status, identityView(page))
}

// pending are the addresses that the family has not confirmed yet.
func (p identityPage) pending() []string {
	var all []string
	for _, g := range p.H.Guardians {
		if g.PendingEmail != "" {
			all = append(all, g.PendingEmail)
		}
	}
	return all
}
