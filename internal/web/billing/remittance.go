package billing

import (
	"strings"

	"pupitre/internal/domain/billing"
	"pupitre/internal/domain/tariff"
	"pupitre/internal/letter"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
	"pupitre/internal/web/door"
	"pupitre/internal/web/ui"
)

// remittancePage is what was handed over at once, and what became of it.
type remittancePage struct {
	ui.Base
	billing.Remittance
	Entries []billing.NamedEntry
	May     bool
	Date    string // of the money, as it is typed
	Amount  string
	Why     string // of cancelling it
	Invalid *fault.Invalid
	Refusal string
}

func (p *Pages) readRemittance(v *door.Visit) (r remittancePage, err error) {
	if r.Remittance, r.Entries, err = billing.RemittanceOf(v.Ctx(), p.store, v.Actor, v.PathValue("remittance")); err != nil {
		return r, err
	}
	r.May, r.Date, r.Amount = mayChange(v), day(today(v)), typedEuros(r.Total)
	r.Base, err = p.base(v, "Bordereau "+r.Label(), receiptsPath)
	return r, err
}

// Remittance shows what was handed over at once.
func (p *Pages) Remittance(v *door.Visit) error {
	r, err := p.readRemittance(v)
	if err != nil {
		return err
	}
	return v.Show(200, remittanceView(r))
}

// show answers a form of the page that was not taken; another error is returned.
func (r remittancePage) show(v *door.Visit, err error) error {
	status, invalid, err := refusalOf(err)
	if err != nil {
		return err
	}
	if r.Invalid, r.Base.Errors = invalid, door.FieldErrors(invalid); len(r.Base.Errors) == 0 {
		r.Refusal = invalid.Message
	}
	return v.Show(status, remittanceView(r))
}

// Settle says that the money of a remittance has come.
func (p *Pages) Settle(v *door.Visit) error {
	form, err := v.Form()
	if err != nil {
		return err
	}
	r, err := p.readRemittance(v)
	if err != nil {
		return err
	}
	r.Date, r.Amount = form.Value(fieldDate), form.Value(fieldAmount)
	var c fault.Check
	amount, is := tariff.ReadDecimal(r.Amount, 2)
	c.That(is, fieldAmount, "Écrivez le montant, comme 75,38.")
	on, dated := french.ReadDate(r.Date)
	c.That(dated, fieldDate, "Écrivez la date, comme 05/10/2027.")
	if err = c.Err(); err == nil {
		err = p.books.SettleRemittance(v.Ctx(), v.Actor, r.ID, on, amount)
	}
	if err != nil {
		return r.show(v, err)
	}
	return v.Redirect(remittancePath(r.ID), door.Done(french.Euros(amount)+" sur le compte le "+french.CivilDate(on)))
}

// CancelRemittance takes the slip back.
func (p *Pages) CancelRemittance(v *door.Visit) error {
	form, err := v.Form()
	if err != nil {
		return err
	}
	r, err := p.readRemittance(v)
	if err != nil {
		return err
	}
	var c fault.Check
	r.Why = form.Optional(&c, fieldReason, longest)
	if err = c.Err(); err == nil {
		err = p.books.CancelRemittance(v.Ctx(), v.Actor, r.ID, r.Why)
	}
	if err != nil {
		return r.show(v, err)
	}
	return v.Redirect(receiptsPath, door.Done("Bordereau "+r.Label()+" annulé"))
}

// Slip answers the slip on paper.
func (p *Pages) Slip(v *door.Visit) error {
	r, entries, err := billing.RemittanceOf(v.Ctx(), p.store, v.Actor, v.PathValue("remittance"))
	if err != nil {
		return err
	}
	if !r.Stands() {
		return &fault.Conflict{Message: "Ce bordereau est annulé" + french.Nbsp + ": il ne s’imprime plus."}
	}
	facts := letter.RemittanceFacts{School: letter.School{Name: v.School.Name, Address: v.School.Address, Phone: french.Phone(v.School.Phone), Email: v.School.Email}, Number: r.Label(), On: r.At, Issuer: r.Issuer, Total: r.Total}
	for _, e := range entries {
		facts.Items = append(facts.Items, letter.RemittanceItem{Drawer: e.Name(), Bank: e.Bank, Reference: e.Reference, Amount: e.Amount})
	}
	paper, err := letter.RemittanceSlip(facts)
	if err != nil {
		return err
	}
	return v.ShowFile("application/pdf", "bordereau-"+strings.ToLower(r.Label())+".pdf", len(entries), paper)
}

func (r remittancePage) settleLabel() string {
	if r.SettledOn != "" {
		return "Corriger"
	}
	return "L’argent est venu"
}

const findPath = receiptsPath + "/saisie"

// mostFound is how many households an answer has.
const mostFound = 20

// findPage looks for who pays.
type findPage struct {
	ui.Base
	Query string
	Found []billing.Payer
}

// Find looks for the account on which a payment is entered.
func (p *Pages) Find(v *door.Visit) (err error) {
	f := findPage{Query: strings.TrimSpace(v.Query(fieldQuery))}
	if f.Query != "" {
		if f.Found, err = billing.FindPayers(v.Ctx(), p.store, v.Actor, f.Query, mostFound); err != nil {
			return err
		}
	}
	if f.Base, err = p.base(v, "Saisir un paiement", receiptsPath); err != nil {
		return err
	}
	return v.Show(200, findView(f))
}
