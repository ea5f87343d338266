// Package identity is the form « Identité » of a household with the billing at
// its foot (R11, R12): the family fills it in, and the office on its request.
package identity

import (
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

// Form is « Identité » as a page shows it: what was typed, with the messages.
type Form struct {
	Typed   people.HouseholdForm
	Invalid *fault.Invalid
	Modes   []school.BillingMode
	Means   []school.PaymentMean
	CanAdd  bool // another responsible may be added
	Own     bool // of who fills it in: the browser may propose its own values
	Words   Words
	spared  map[string]bool // yellow fields that may stay empty
}

// Words are what the form says to who fills it in.
type Words struct {
	Email   string // about a new address
	Mobile  string // why a number
	Billing string // until when the mode may change
	Debit   string // what a direct debit asks for
}

// New is the form of the household, as typed, with the school's modes and means.
func New(v *door.Visit, r db.Reader, h people.Household, typed people.HouseholdForm, words Words) (Form, error) {
	f := Form{Typed: typed, CanAdd: len(h.Guardians) < people.MaxGuardians, Words: words, Own: v.Actor.Household == h.ID, spared: people.Spared(v.Actor, h)}
	var err error
	if f.Modes, err = school.BillingModes(v.Ctx(), r); err != nil {
		return f, err
	}
	f.Means, err = school.PaymentMeans(v.Ctx(), r)
	return f, err
}

// Of is the form of what is stored. An address that waits to be confirmed
// stands in its field: the former one, typed there again, gives it up.
func Of(h people.Household, now time.Time) people.HouseholdForm {
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

// Counting is Of with the addresses that count, whatever waits to be confirmed:
// what the office reads.
func Counting(h people.Household) people.HouseholdForm {
	f := Of(h, time.Time{})
	for i, g := range h.Guardians {
		f.Guardians[i].Email = g.Email
	}
	return f
}

// Read reads the form; a responsible to add of whom nothing was typed
// is none.
func Read(form door.Form, household string) people.HouseholdForm {
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

// SavedMeanwhile lists what is stored now and differs from what was typed.
func SavedMeanwhile(now, typed people.HouseholdForm) []ui.RecapRow {
	var rows []ui.RecapRow
	differs := func(label, stored, typed string) {
		if stored != typed {
			if stored == "" {
				stored = "(vide)"
			}
			rows = append(rows, ui.RecapRow{Term: label, Text: stored})
		}
	}
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

// Named puts the errors in the order of the screen, each under its field's name.
func Named(errors []ui.FieldError, guardians int) []ui.FieldError {
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
			errors[i].Message = label[e.ID] + french.Nbsp + ": " + e.Message
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

// field is a field of the form with its message.
func (form Form) field(f ui.Field) ui.Field {
	f.Error = form.Invalid.Of(f.Name)
	if !form.Own {
		f.Autocomplete = ""
	}
	f.Required = f.Required && !form.spared[f.Name]
	return f
}

func (form Form) modes() []ui.Option {
	options := make([]ui.Option, len(form.Modes))
	for i, m := range form.Modes {
		options[i] = ui.Option{Value: strconv.FormatInt(m.Code, 10), Label: m.Name, Checked: m.Code == form.Typed.BillingMode}
	}
	return options
}

func (form Form) means() []ui.Option {
	options := make([]ui.Option, len(form.Means))
	for i, m := range form.Means {
		options[i] = ui.Option{Value: m.Code, Label: m.Name, Checked: slices.Contains(form.Typed.Means, m.Code)}
		if m.IsDebit {
			options[i].Note = form.Words.Debit
		}
	}
	return options
}
