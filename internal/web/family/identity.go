package family

import (
	"context"
	"errors"

	"pupitre/internal/domain/enrolment"
	"pupitre/internal/domain/people"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
	"pupitre/internal/web/door"
	"pupitre/internal/web/identity"
	"pupitre/internal/web/ui"
)

type identityPage struct {
	ui.Base
	Tabs     []ui.Tab
	Season   string
	Suite    string
	Form     identity.Form
	Invalid  *fault.Invalid
	Pending  []string // addresses that wait to be confirmed
	Changed  []ui.RecapRow
	Left     int  // yellow fields still empty
	ToCheck  bool // nothing is missing, and nobody has said so this season
	Conflict string
}

const identityPath = "/famille/identite"

// ShowHousehold leads to « Identité ».
func (p *Pages) ShowHousehold(v *door.Visit) error { return v.Redirect("/famille/identite") }

// ShowIdentity shows the household's details with the billing at their foot (R11, R12).
func (p *Pages) ShowIdentity(v *door.Visit) error {
	h, err := p.household(v)
	if err != nil {
		return err
	}
	return p.showIdentity(v, 200, h, identity.Of(h, v.Now), identityPage{Base: v.Base("Famille, identité"), Suite: v.Query("suite")})
}

// SaveIdentity saves the form; refused, it comes back as typed. Saved with
// nothing missing it counts as checked for the season. The means of payment may
// complete a dossier, so the registrar runs the write.
func (p *Pages) SaveIdentity(v *door.Visit) error {
	h, err := p.household(v)
	if err != nil {
		return err
	}
	form, err := v.Form()
	if err != nil {
		return err
	}
	typed := identity.Read(form, h.ID)
	before, err := p.dossiers(v)
	if err != nil {
		return err
	}
	err = p.registrar.Alter(v.Ctx(), v.Actor, h.ID, func(ctx context.Context, tx *db.Tx) error {
		saved, err := people.SaveIdentity(ctx, tx, v.Now, v.Actor, typed)
		if err != nil || len(people.MissingFamily(saved)) > 0 {
			return err
		}
		return people.MarkChecked(ctx, tx, v.Now, v.Actor, saved.ID, v.Season.ID)
	})
	page := identityPage{Suite: form.Value("suite")}
	var conflict *fault.Conflict
	if invalid, ok := door.AsInvalid(err); ok {
		page.Base, page.Invalid = invalidBase(v, "Famille, identité", invalid), invalid
		page.Errors = identity.Named(page.Errors, len(typed.Guardians))
		return p.showIdentity(v, 422, h, typed, page)
	}
	if errors.As(err, &conflict) {
		page.Base, page.Conflict, page.Changed = v.Base("Famille, identité"), conflict.Message, identity.SavedMeanwhile(identity.Of(h, v.Now), typed)
		typed.Version = h.Version
		return p.showIdentity(v, 409, h, typed, page)
	}
	if err != nil {
		return err
	}
	flashes, to := []ui.Flash{door.Done("Modifications enregistrées")}, next(page.Suite, identityPath)
	if after, err := p.household(v); err == nil && to != identityPath { // which says it itself
		for _, address := range pendingOf(after) {
			flashes = append(flashes, ui.Flash{Title: "Confirmez votre nouvelle adresse mail", Text: "Un message est parti à " + address + "\u202f: ouvrez-le et confirmez. Jusque-là, nous écrivons à l’ancienne adresse."})
		}
	}
	return v.Redirect(to, append(flashes, p.followed(v, before)...)...)
}

func (p *Pages) showIdentity(v *door.Visit, status int, h people.Household, typed people.HouseholdForm, page identityPage) error {
	var err error
	if page.Form, err = identity.New(v, p.store, h, typed, identityWords(v.Season.Name)); err != nil {
		return err
	}
	page.Form.Invalid = page.Invalid
	if page.Tabs, err = p.householdTabs(v, 0); err != nil {
		return err
	}
	page.Season, page.Pending = v.Season.Name, pendingOf(h)
	page.Left = len(people.MissingFamily(h))
	page.ToCheck = page.Left == 0 && h.CheckedForSeason != v.Season.ID
	return v.Show(status, identityView(page))
}

func identityWords(season string) identity.Words {
	return identity.Words{
		Email:   "Une nouvelle adresse compte une fois confirmée depuis cette boîte.",
		Mobile:  "Au moins un numéro, de préférence un mobile\u202f: nous appelons en cas d’absence d’un professeur.",
		Billing: "Votre choix vaut pour toute la saison " + season + ". Vous pouvez le changer ici jusqu’à l’émission de votre facture.",
		Debit:   "RIB et mandat de prélèvement à fournir",
	}
}

// householdTabs are the tabs of « Famille »; current counts from 0.
func (p *Pages) householdTabs(v *door.Visit, current int) ([]ui.Tab, error) {
	papers, err := p.householdPapers(v)
	return tabsOf(papers, current), err
}

func tabsOf(papers []enrolment.PaperStatus, current int) []ui.Tab {
	todo := 0
	for _, paper := range papers {
		if toProvide(paper) {
			todo++
		}
	}
	tabs := []ui.Tab{
		{Label: "Identité", URL: "/famille/identite"},
		{Label: "Documents fournis", URL: "/famille/documents", Count: todo, CountWord: "à traiter"},
	}
	tabs[current].Current = true
	return tabs
}

func pendingOf(h people.Household) []string {
	var all []string
	for _, g := range h.Guardians {
		if g.PendingEmail != "" {
			all = append(all, g.PendingEmail)
		}
	}
	return all
}

// leftText is the line beside « Enregistrer »: what keeps it from being done.
func (page identityPage) leftText() string {
	switch {
	case len(page.Errors) > 0:
		return french.Count(int64(len(page.Errors)), "champ à corriger", "champs à corriger") + ", listés en haut de la page."
	case page.Left > 0:
		return yellowLeft(page.Left) + "."
	case page.ToCheck:
		return "Même sans rien changer, « Enregistrer » dit que tout est juste pour la saison " + page.Season + "."
	default:
		return ""
	}
}
