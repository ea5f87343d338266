package family

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"time"

	"pupitre/internal/domain/people"
	"pupitre/internal/domain/school"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
	"pupitre/internal/web/door"
	"pupitre/internal/web/ui"
)

type identityPage struct {
	ui.Base
	Tabs     []ui.Tab
	Season   string
	Suite    string
	Form     people.HouseholdForm
	Invalid  *fault.Invalid
	Pending  []string // addresses that wait to be confirmed
	Changed  []ui.RecapRow
	Modes    []school.BillingMode
	Means    []school.PaymentMean
	Left     int  // yellow fields still empty
	CanAdd   bool // another responsible may be added
	Conflict string
}

// ShowHousehold leads to « Identité ».
func (p *Pages) ShowHousehold(v *door.Visit) error { return v.Redirect("/famille/identite") }

// ShowIdentity shows the household's details with the billing at their foot (R11, R12).
func (p *Pages) ShowIdentity(v *door.Visit) error {
	h, err := p.household(v)
	if err != nil {
		return err
	}
	return p.showIdentity(v, 200, h, formOf(h, v.Now), identityPage{Base: v.Base("Famille, identité"), Suite: v.Query("suite")})
}

// SaveIdentity saves the form; refused, it comes back as typed. The means of
// payment may complete a dossier, so the registrar runs the write.
func (p *Pages) SaveIdentity(v *door.Visit) error {
	h, err := p.household(v)
	if err != nil {
		return err
	}
	form, err := v.Form()
	if err != nil {
		return err
	}
	typed := readHousehold(form, h.ID)
	before, err := p.dossiers(v)
	if err != nil {
		return err
	}
	err = p.registrar.Alter(v.Ctx(), v.Actor, h.ID, func(ctx context.Context, tx *db.Tx) error {
		_, err := people.SaveIdentity(ctx, tx, v.Now, v.Actor, typed)
		return err
	})
	page := identityPage{Suite: form.Value("suite")}
	var conflict *fault.Conflict
	if invalid, ok := door.AsInvalid(err); ok {
		page.Base, page.Invalid = invalidBase(v, "Famille, identité", invalid), invalid
		return p.showIdentity(v, 422, h, typed, page)
	}
	if errors.As(err, &conflict) {
		page.Base, page.Conflict, page.Changed = v.Base("Famille, identité"), conflict.Message, savedMeanwhile(h, typed, v.Now)
		typed.Version = h.Version
		return p.showIdentity(v, 409, h, typed, page)
	}
	if err != nil {
		return err
	}
	flashes := []ui.Flash{door.Done("Modifications enregistrées")}
	if after, err := p.household(v); err == nil {
		for _, address := range pendingOf(after) {
			flashes = append(flashes, ui.Flash{Title: "Confirmez votre nouvelle adresse mail", Text: "Un message est parti à " + address + "\u202f: ouvrez-le et confirmez. Jusque-là, nous écrivons à l’ancienne adresse."})
		}
	}
	return v.Redirect(next(page.Suite, "/famille/identite"), append(flashes, p.followed(v, before)...)...)
}

func (p *Pages) showIdentity(v *door.Visit, status int, h people.Household, typed people.HouseholdForm, page identityPage) error {
	var err error
	if page.Modes, err = school.BillingModes(v.Ctx(), p.store); err != nil {
		return err
	}
	if page.Means, err = school.PaymentMeans(v.Ctx(), p.store); err != nil {
		return err
	}
	if page.Tabs, err = p.householdTabs(v, 0); err != nil {
		return err
	}
	page.Form, page.Season, page.Pending = typed, v.Season.Name, pendingOf(h)
	page.Left, page.CanAdd = len(people.MissingFamily(h)), len(h.Guardians) < 4
	return v.Show(status, identityView(page))
}

// householdTabs are the tabs of « Famille »; current counts from 0.
func (p *Pages) householdTabs(v *door.Visit, current int) ([]ui.Tab, error) {
	papers, err := p.householdPapers(v)
	if err != nil {
		return nil, err
	}
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
	return tabs, nil
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

// formOf is the form of what is stored. An address that waits to be confirmed
// stands in its field: the former one, typed there again, gives it up.
func formOf(h people.Household, now time.Time) people.HouseholdForm {
	f := people.HouseholdForm{
		HouseholdID: h.ID, Version: h.Version, Address: h.Address, AddressExtra: h.AddressExtra, Postcode: h.Postcode, Town: h.Town,
		BillingMode: h.BillingMode, Means: h.Means,
	}
	for _, g := range h.Guardians {
		email := g.Email
		if email == "" || now.Before(g.PendingUntil) {
			email = g.PendingEmail
		}
		f.Guardians = append(f.Guardians, people.GuardianForm{
			ID: g.ID, Civility: g.Civility, LastName: g.LastName, FirstName: g.FirstName, Email: email,
			Mobile: french.Phone(g.Mobile), Phone: french.Phone(g.Phone),
		})
	}
	return f
}

// readHousehold reads the form; a responsible to add of whom nothing was typed
// is none.
func readHousehold(form door.Form, household string) people.HouseholdForm {
	version, _ := strconv.ParseInt(form.Value("version"), 10, 64) // what is no number is no version: a conflict
	mode, _ := strconv.ParseInt(form.Value(people.FieldBilling), 10, 64)
	f := people.HouseholdForm{
		HouseholdID: household, Version: version, Address: form.Value(people.FieldAddress), AddressExtra: form.Value(people.FieldAddressExtra),
		Postcode: form.Value(people.FieldPostcode), Town: form.Value(people.FieldTown), BillingMode: mode, Means: form.Values(people.FieldMeans),
	}
	for i := int64(0); i < 6; i++ {
		at := func(field string) string { return form.Value(people.FieldOf(field, i)) }
		g := people.GuardianForm{
			ID: at("responsable"), Civility: at(people.FieldCivility), LastName: at(people.FieldLastName), FirstName: at(people.FieldFirstName),
			Email: at(people.FieldEmail), Mobile: at(people.FieldMobile), Phone: at(people.FieldPhone),
		}
		if i == 0 || g.ID != "" || g != (people.GuardianForm{Civility: g.Civility}) {
			f.Guardians = append(f.Guardians, g)
		}
	}
	return f
}

// savedMeanwhile lists what is stored now and differs from what was typed.
func savedMeanwhile(h people.Household, typed people.HouseholdForm, at time.Time) []ui.RecapRow {
	var rows []ui.RecapRow
	differs := func(label, stored, typed string) {
		if stored != typed {
			if stored == "" {
				stored = "(vide)"
			}
			rows = append(rows, ui.RecapRow{Term: label, Text: stored})
		}
	}
	now := formOf(h, at)
	differs("Numéro et voie", now.Address, typed.Address)
	differs("Complément", now.AddressExtra, typed.AddressExtra)
	differs("Code postal", now.Postcode, typed.Postcode)
	differs("Commune", now.Town, typed.Town)
	for i, g := range now.Guardians {
		if i >= len(typed.Guardians) {
			break
		}
		t := typed.Guardians[i]
		differs("Nom", g.LastName, t.LastName)
		differs("Prénom", g.FirstName, t.FirstName)
		differs("Adresse mail", g.Email, t.Email)
		differs("Téléphone mobile", g.Mobile, t.Mobile)
		differs("Téléphone fixe", g.Phone, t.Phone)
	}
	return rows
}

// field is a field of the form with its message.
func (page identityPage) field(f ui.Field) ui.Field {
	f.Error = page.Invalid.Of(f.Name)
	return f
}

func (page identityPage) modes() []ui.Option {
	options := make([]ui.Option, len(page.Modes))
	for i, m := range page.Modes {
		options[i] = ui.Option{Value: strconv.FormatInt(m.Code, 10), Label: m.Name, Checked: m.Code == page.Form.BillingMode}
	}
	return options
}

func (page identityPage) means() []ui.Option {
	options := make([]ui.Option, len(page.Means))
	for i, m := range page.Means {
		options[i] = ui.Option{Value: m.Code, Label: m.Name, Checked: slices.Contains(page.Form.Means, m.Code)}
		if m.IsDebit {
			options[i].Note = "RIB et mandat de prélèvement à fournir"
		}
	}
	return options
}
