// Package public is the door for everyone: signing in, lost passwords, one's
// own password, the « Accessibilité » settings and the legal pages.
package public

import (
	"errors"

	"github.com/a-h/templ"

	"pupitre/internal/domain/account"
	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/school"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
	"pupitre/internal/web/door"
	"pupitre/internal/web/ui"
)

// Pages answers the public routes.
type Pages struct {
	store     *db.Store
	accounts  *account.Accounts
	officeNav func(actor.Actor) []ui.NavEntry // may be nil
}

// New makes the pages; officeNav is the office's menu, for its own account's page.
func New(store *db.Store, accounts *account.Accounts, officeNav func(actor.Actor) []ui.NavEntry) *Pages {
	return &Pages{store: store, accounts: accounts, officeNav: officeNav}
}

// layout is the frame of a page that several audiences share.
func (p *Pages) layout(v *door.Visit) func(ui.Base) templ.Component {
	switch {
	case v.Limited || v.Actor.Role == actor.Nobody:
		return ui.PlainPage
	case v.Actor.Role == actor.Family:
		return ui.FamilyPage
	case v.Actor.IsOffice() && p.officeNav != nil:
		return func(base ui.Base) templ.Component {
			base.Nav = p.officeNav(v.Actor)
			return ui.OfficePage(base)
		}
	default:
		return ui.PlainPage
	}
}

// Home leads to the first page of the role, or to the sign-in page.
func (p *Pages) Home(v *door.Visit) error {
	if v.Limited {
		return v.Redirect(door.StepPage(v.Step))
	}
	return v.Redirect(door.HomeOf(v.Actor.Role))
}

// Extranet is the address that the school's letters and its former site give.
func (p *Pages) Extranet(v *door.Visit) error { return v.Redirect("/connexion") }

// Waiting is the first page of the roles that have no screens yet.
func (p *Pages) Waiting(v *door.Visit) error {
	return v.Show(200, waitingPage(v.Base("Votre espace"), v.Actor))
}

// text is a text of the school, "" when it has none of that kind.
func (p *Pages) text(v *door.Visit, kind string) (school.Text, error) {
	text, err := school.LatestText(v.Ctx(), p.store, kind)
	if errors.Is(err, fault.ErrNotFound) {
		return school.Text{}, nil
	}
	return text, err
}

// Contact says how to reach the school.
func (p *Pages) Contact(v *door.Visit) error {
	base := v.Base("Contacter l’école")
	return v.Show(200, contactPage(p.layout(v), base, v.School))
}

// Legal is the page « Mentions légales ».
func (p *Pages) Legal(v *door.Visit) error {
	text, err := p.text(v, "mentions-legales")
	if err != nil {
		return err
	}
	base := v.Base("Mentions légales")
	return v.Show(200, legalPage(p.layout(v), base, v.School, text))
}

// Privacy is the page « Données personnelles ».
func (p *Pages) Privacy(v *door.Visit) error {
	text, err := p.text(v, "donnees-personnelles")
	if err != nil {
		return err
	}
	base := v.Base("Données personnelles")
	return v.Show(200, privacyPage(p.layout(v), base, v.School, text))
}
