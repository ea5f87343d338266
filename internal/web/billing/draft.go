package billing

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"pupitre/internal/domain/billing"
	"pupitre/internal/domain/people"
	"pupitre/internal/domain/tariff"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
	"pupitre/internal/web/door"
	"pupitre/internal/web/ui"
)

// draftPage is an invoice as it would be issued now.
type draftPage struct {
	ui.Base
	billing.Prepared
	Season  string
	May     bool
	Refusal string
}

func (p *Pages) readDraft(v *door.Visit) (d draftPage, err error) {
	household := v.PathValue("household")
	d.May, d.Season = mayChange(v), v.Season.Name
	if v.Season.ID == "" {
		return d, fault.ErrNotFound
	}
	all, err := billing.Prepare(v.Ctx(), p.store, v.Actor, v.Now, v.School, v.Season, billing.Scope{Households: []string{household}})
	if err != nil {
		return d, err
	}
	if len(all) == 0 {
		return d, fault.ErrNotFound
	}
	d.Prepared = all[0]
	d.Base, err = p.base(v, "Facture à venir, "+d.Name, invoicesPath)
	return d, err
}

// Draft shows the calculation of an invoice that is not issued yet.
func (p *Pages) Draft(v *door.Visit) error {
	d, err := p.readDraft(v)
	if err != nil {
		if invalid, err := refused(err); err == nil {
			return v.Redirect(issuePath, ui.Flash{Kind: ui.MessageInfo, Title: invalid.Message})
		}
		return err
	}
	return v.Show(200, draftView(d))
}

// blocked is why no invoice may be made of it, "" when one may.
func (d draftPage) blocked() string {
	for _, o := range d.Oddities() {
		if o.Blocks {
			return o.Words + colon + o.Detail
		}
	}
	return ""
}

// IssueOne issues the invoice that the page has shown, whatever surprises of it.
func (p *Pages) IssueOne(v *door.Visit) error {
	form, err := v.Form()
	if err != nil {
		return err
	}
	d, err := p.readDraft(v)
	if err != nil {
		return err
	}
	shown, err := strconv.ParseInt(form.Value(fieldTotal), 10, 64)
	switch {
	case err != nil || shown != d.Total:
		d.Refusal = "Le montant a changé depuis que vous avez ouvert cette page" + french.Nbsp + ": c’est maintenant " + french.Euros(d.Total) + ". Relisez, puis émettez."
		return v.Show(409, draftView(d))
	case d.blocked() != "":
		d.Refusal = d.blocked()
		return v.Show(422, draftView(d))
	}
	issued, err := p.books.Issue(v.Ctx(), v.Actor, d.Prepared.Draft)
	var conflict *fault.Conflict
	if errors.As(err, &conflict) {
		d.Refusal = conflict.Message
		return v.Show(409, draftView(d))
	}
	if err != nil {
		invalid, err := refused(err)
		if err != nil {
			return err
		}
		d.Refusal = invalid.Message
		return v.Show(422, draftView(d))
	}
	return v.Redirect(invoicePath(issued[0].ID), door.Done("Facture "+issued[0].Label()+" émise"))
}

// The fields of how a pupil's season is invoiced; a household's part follows its
// prefix.
const (
	fieldArrives = "arrivee"
	fieldLeaves  = "depart"
	fieldExcused = "reconnu"
	fieldRented  = "location"
	fieldPart    = "part_"
	fieldVersion = "version"
)

// termsPage is how a pupil's season is invoiced, beside its formule.
type termsPage struct {
	ui.Base
	Pupil   people.Pupil
	Season  string
	Payer   string // whose draft leads here
	Terms   billing.Terms
	Rentals []tariff.Extra
	Homes   []home
	May     bool
	Typed   typedTerms
	Refusal string
	Invalid *fault.Invalid
}

// home is a household that may pay for the pupil.
type home struct{ ID, Name string }

// typedTerms is the form as it was typed.
type typedTerms struct {
	Arrives, Leaves string
	Excused         bool
	Rented          []string
	Parts           map[string]string
}

func (p *Pages) readTerms(v *door.Visit) (t termsPage, err error) {
	if v.Season.ID == "" {
		return t, fault.ErrNotFound
	}
	pupil := v.PathValue("pupil")
	found, err := people.PupilsByID(v.Ctx(), p.store, []string{pupil})
	if err != nil {
		return t, err
	}
	if t.Pupil = found[pupil]; t.Pupil.ID == "" {
		return t, fault.ErrNotFound
	}
	t.May, t.Season = mayChange(v), v.Season.Name
	if t.Base, err = p.base(v, "Facturation de "+t.Pupil.FullName(), invoicesPath); err != nil {
		return t, err
	}
	if t.Terms, err = billing.TermsOf(v.Ctx(), p.store, v.Actor, v.Season.ID, pupil); err != nil {
		return t, err
	}
	held, err := tariff.InForce(v.Ctx(), p.store, v.Season)
	if err != nil {
		return t, err
	}
	for _, e := range held.Extras {
		if e.To == tariff.Renter {
			t.Rentals = append(t.Rentals, e)
		}
	}
	homes, err := billing.PayersOf(v.Ctx(), p.store, v.Actor, v.Season.ID, pupil)
	if err != nil {
		return t, err
	}
	for _, h := range homes {
		t.Homes = append(t.Homes, home{h.Household, h.Name})
		if h.Dossier {
			t.Payer = h.Household
		}
	}
	t.Typed = typedTerms{Arrives: orDay(t.Terms.Arrives), Leaves: orDay(t.Terms.Leaves), Excused: t.Terms.Excused, Rented: t.Terms.Rented(), Parts: map[string]string{}}
	for _, s := range t.Terms.Shares {
		t.Typed.Parts[s.Household] = tariff.WriteDecimal(s.Percent, 2)
	}
	return t, nil
}

// back is where the page leads when it is done.
func (t termsPage) back() string {
	if t.Payer == "" {
		return issuePath
	}
	return draftPath(t.Payer)
}

func orDay(iso string) string {
	if iso == "" {
		return ""
	}
	return day(iso)
}

// Terms shows how the pupil's season is invoiced.
func (p *Pages) Terms(v *door.Visit) error {
	t, err := p.readTerms(v)
	if err != nil {
		return err
	}
	return v.Show(200, termsView(t))
}

// SaveTerms keeps how the pupil's season is invoiced.
func (p *Pages) SaveTerms(v *door.Visit) error {
	form, err := v.Form()
	if err != nil {
		return err
	}
	t, err := p.readTerms(v)
	if err != nil {
		return err
	}
	version, err := strconv.ParseInt(form.Value(fieldVersion), 10, 64)
	if err != nil {
		return fault.Refuse("Cette page a perdu ce qu’elle avait lu" + french.Nbsp + ": rouvrez-la, puis recommencez.")
	}
	terms, invalid := t.typed(form)
	if invalid == nil {
		err = p.books.SaveTerms(v.Ctx(), v.Actor, v.Season, version, terms)
		var conflict *fault.Conflict
		if errors.As(err, &conflict) {
			t.Refusal = conflict.Message + " Relisez ce que vous avez saisi, puis enregistrez."
			return v.Show(409, termsView(t))
		}
		if err == nil {
			return v.Redirect(t.back(), door.Done("Facturation de "+t.Pupil.FirstName+" enregistrée"))
		}
		if invalid, err = refused(err); err != nil {
			return err
		}
	}
	t.Invalid, t.Base.Errors = invalid, door.FieldErrors(invalid)
	return v.Show(422, termsView(t))
}

// typed reads the form, and keeps it as it was typed.
func (t *termsPage) typed(form door.Form) (billing.Terms, *fault.Invalid) {
	var c fault.Check
	terms := billing.Terms{Stay: billing.Stay{Pupil: t.Pupil.ID}}
	t.Typed = typedTerms{Arrives: form.Value(fieldArrives), Leaves: form.Value(fieldLeaves), Excused: form.Has(fieldExcused), Parts: map[string]string{}}
	read := func(name, typed string) string {
		if strings.TrimSpace(typed) == "" {
			return ""
		}
		iso, is := french.ReadDate(typed)
		c.That(is, name, "Écrivez une date, comme 04/10/2027, ou laissez vide.")
		return iso
	}
	terms.Arrives, terms.Leaves = read(fieldArrives, t.Typed.Arrives), read(fieldLeaves, t.Typed.Leaves)
	terms.Excused = t.Typed.Excused
	for _, name := range form.Values(fieldRented) {
		if slices.ContainsFunc(t.Rentals, func(e tariff.Extra) bool { return e.Name == name }) {
			t.Typed.Rented = append(t.Typed.Rented, name)
		}
	}
	terms.Stay = terms.Stay.Renting(t.Typed.Rented)
	for _, h := range t.Homes {
		typed := strings.TrimSpace(form.Value(fieldPart + h.ID))
		t.Typed.Parts[h.ID] = typed
		if typed == "" {
			continue
		}
		percent, is := tariff.ReadDecimal(typed, 2)
		if c.That(is && percent >= 0 && percent <= billing.Whole, "parts", "Écrivez chaque part en pour cent, comme 50 ou 33,33."); is && percent > 0 {
			terms.Shares = append(terms.Shares, billing.Share{Pupil: t.Pupil.ID, Household: h.ID, Percent: percent})
		}
	}
	invalid, _ := door.AsInvalid(c.Err())
	return terms, invalid
}
