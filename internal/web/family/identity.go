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
	return p.showIdentity(v, 200, h, formOf(h, v.Now), identityPage{Base: v.Base("Famille, identité"), Suite: v.Query("suite")})
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
	typed := readHousehold(form, h.ID)
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
		page.Errors = named(page.Errors, len(typed.Guardians))
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
	page.ToCheck = page.Left == 0 && h.CheckedForSeason != v.Season.ID
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

// named puts the errors in the order of the screen, each under its field's name.
func named(errors []ui.FieldError, guardians int) []ui.FieldError {
	place, label := map[string]int{}, map[string]string{}
	add := func(name, text string) { place[name], label[name] = len(place), text }
	for i := range int64(guardians) {
		who := ""
		if i > 0 {
			who = "Responsable " + strconv.FormatInt(i+1, 10) + ", "
		}
		for _, f := range guardianLabels {
			add(people.FieldOf(f.name, i), who+f.label)
		}
	}
	for _, f := range householdLabels {
		add(f.name, f.label)
	}
	slices.SortStableFunc(errors, func(a, b ui.FieldError) int { return place[a.ID] - place[b.ID] })
	for i, e := range errors {
		if label[e.ID] != "" {
			errors[i].Message = label[e.ID] + colon + e.Message
		}
	}
	return errors
}

type labelled struct{ name, label string }

// The fields in the order of the screen.
var (
	guardianLabels = []labelled{
		{people.FieldCivility, "Civilité"}, {people.FieldLastName, "Nom"}, {people.FieldFirstName, "Prénom"},
		{people.FieldEmail, "Adresse mail"}, {people.FieldMobile, "Téléphone mobile"}, {people.FieldPhone, "Téléphone fixe"},
	}
	householdLabels = []labelled{
		{people.FieldAddress, "Numéro et voie"}, {people.FieldAddressExtra, "Complément"}, {people.FieldPostcode, "Code postal"},
		{people.FieldTown, "Commune"}, {people.FieldBilling, "Mode de facturation"}, {people.FieldMeans, "Moyens de paiement"},
	}
)

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
